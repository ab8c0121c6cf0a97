"""File plans to change sets, refusals and the ledger."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from ssot.index.source import Source
from ssot.rewrite.outcomes import Fate, FilePlan, Occurrence, Splice
from ssot.values import ChangeSet, Edit, FileChange, Ledger, Plan, Safety

_RULES = {Safety.SAFE: ("SSOT101", "SSOT102", "SSOT104"), Safety.UNSAFE: ("SSOT101", "SSOT105")}
_SHOWN = 3  # symbols named in a title


def assemble(
    codemod: str, plans: Iterable[FilePlan], sources: Mapping[str, Source], base: str | None, tree: str | None
) -> Plan:
    """Deterministic: depends on the order of nothing but the paths."""
    plans = sorted(plans, key=lambda plan: plan.path)
    grouped = _grouped(plans, sources)
    change_sets = tuple(
        _change_set(codemod, keys, safety, by_path, sources)
        for (keys, safety), by_path in sorted(grouped.items(), key=_order)
    )
    occurrences = [occurrence for plan in plans for occurrence in plan.occurrences]
    refusals = tuple(sorted(o.refusal() for o in occurrences if o.fate is Fate.REFUSED))
    ledger = ledger_of(occurrences)
    identity = [
        base,
        tree,
        [_as_data(change_set) for change_set in change_sets],
        [str(refusal) for refusal in refusals],
    ]
    digest = hashlib.sha256(json.dumps(identity, ensure_ascii=True).encode()).hexdigest()
    return Plan(digest, base, tree, change_sets, refusals, ledger)


def _as_data(change_set: ChangeSet) -> list[object]:
    files = [[change.path, [[e.start, e.end, e.old, e.new] for e in change.edits]] for change in change_set.files]
    return [change_set.id, change_set.safety, files]


def ledger_of(occurrences: Iterable[Occurrence]) -> Ledger:
    """Every occurrence is counted once, in the column of its fate."""
    occurrences = list(occurrences)
    fates = Counter(occurrence.fate for occurrence in occurrences)
    ignored = Counter(occurrence.code for occurrence in occurrences if occurrence.fate is Fate.IGNORED)
    return Ledger(
        len(occurrences),
        fates[Fate.REWRITTEN],
        fates[Fate.SHIMMED],
        fates[Fate.REFUSED],
        fates[Fate.IGNORED],
        tuple(sorted(ignored.items())),
    )


Grouped = dict[tuple[frozenset[str], Safety], dict[str, list[Splice]]]


def _order(item: tuple[tuple[frozenset[str], Safety], object]) -> tuple[bool, bool, list[str]]:
    (keys, safety), _ = item
    return safety is Safety.UNSAFE, len(keys) > 1, sorted(keys)


def _meetings(splices: Iterable[Splice], source: Source) -> Iterator[frozenset[str]]:
    """Symbols whose edits share a statement or stand on neighbouring lines, where a revert of one would conflict."""
    last: tuple[int, frozenset[str]] | None = None
    for splice in sorted(splices):
        yield splice.keys
        if last is not None and source.line_of(splice.start) <= last[0] + 1:
            yield splice.keys | last[1]
        last = (source.line_of(splice.end), splice.keys)


def _grouped(plans: Iterable[FilePlan], sources: Mapping[str, Source]) -> Grouped:
    """One group for each symbol; one for symbols that meet somewhere."""
    meetings = {plan.path: _together(_meetings(plan.splices, sources[plan.path])) for plan in plans if plan.splices}
    together = _together(group for found in meetings.values() for group in found.values() if len(group) > 1)
    grouped: Grouped = {}
    for plan in plans:
        for splice in plan.splices:
            here = meetings[plan.path][min(splice.keys)]
            keys = here if len(here) == 1 else together[min(here)]
            grouped.setdefault((keys, splice.safety), {}).setdefault(plan.path, []).append(splice)
    return grouped


def _together(sets: Iterable[frozenset[str]]) -> dict[str, frozenset[str]]:
    groups: dict[str, set[str]] = {}
    for keys in sets:
        merged = set(keys).union(*(groups.get(key, set()) for key in keys))
        for key in merged:
            groups[key] = merged
    return {key: frozenset(group) for key, group in groups.items()}


def _change_set(
    codemod: str,
    keys: frozenset[str],
    safety: Safety,
    by_path: Mapping[str, list[Splice]],
    sources: Mapping[str, Source],
) -> ChangeSet:
    names = sorted(keys)
    files = tuple(FileChange(path, _edits(sources[path], splices)) for path, splices in sorted(by_path.items()))
    digest = hashlib.sha256("\n".join([codemod, safety, *names]).encode()).hexdigest()[:8]
    shown = ", ".join(name.rpartition(":")[2] or name for name in names[:_SHOWN])
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    leaf = (names[0].rpartition(":")[2] or names[0]).rpartition(".")[2]
    return ChangeSet(
        f"{codemod}-{leaf}{f'-and-{len(names) - 1}-more' if len(names) > 1 else ''}-{digest}",
        codemod,
        _title(names, shown + more, safety),
        _reason(names, safety),
        safety,
        files,
        _RULES[safety],
    )


def _title(names: list[str], shown: str, safety: Safety) -> str:
    what = "Point strings and late imports at" if safety is Safety.UNSAFE else "Import"
    if len(names) > 1:
        return f"{what} {shown} from their canonical modules"
    module, colon, name = names[0].partition(":")
    return f"{what} {name} from {module}" if colon else f"{what} {module} by its canonical name"


def _reason(names: list[str], safety: Safety) -> str:
    listed = "\n".join(f"- {name}" for name in names)
    how = (
        "The objects are the same by static resolution; these places are read or replaced while the program runs, so a person should look."
        if safety is Safety.UNSAFE
        else "Every place denotes the object it did before; only the import path changes."
    )
    return f"The manifest declares as the one import path:\n{listed}\n\n{how}"


def _edits(source: Source, splices: Iterable[Splice]) -> tuple[Edit, ...]:
    return tuple(sorted(source.edit(splice.start, splice.end, splice.new) for splice in splices))
