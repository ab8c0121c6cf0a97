"""Pieces of all codemods to change sets; occurrences to refusals and the ledger."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from ssot.index.source import Source
from ssot.rewrite.compose import Piece, Topic
from ssot.rewrite.outcomes import Fate, Occurrence
from ssot.rewrite.stage import Codemod, Created
from ssot.values import ChangeSet, Edit, FileChange, FileKind, Ledger, Plan, Safety


@dataclass(frozen=True)
class Wanted:
    """All that is to happen to one tree, relative to it."""

    pieces: Mapping[str, Sequence[Piece]]
    occurrences: Sequence[Occurrence]
    created: Mapping[str, tuple[str, Created]] = field(default_factory=dict)  # path -> codemod, file
    deleted: frozenset[str] = frozenset()  # files of which a piece takes everything away
    joined: tuple[frozenset[Topic], ...] = ()  # topics that must share a commit


def assemble(
    codemods: Sequence[Codemod], wanted: Wanted, sources: Mapping[str, Source], base: str | None, tree: str | None
) -> Plan:
    """Deterministic: depends on the order of nothing but the paths and the codemods."""
    order = {codemod.name: number for number, codemod in enumerate(codemods)}
    grouped = sorted(_grouped(wanted, sources).items(), key=lambda item: _order(item[0], order))
    change_sets = tuple(
        _change_set(codemods, topics, safety, changes, wanted, sources) for (topics, safety), changes in grouped
    )
    refusals = tuple(sorted(o.refusal() for o in wanted.occurrences if o.fate is Fate.REFUSED))
    ledger = ledger_of(wanted.occurrences)
    identity = [base, tree, [_as_data(one) for one in change_sets], [str(refusal) for refusal in refusals]]
    digest = hashlib.sha256(json.dumps(identity, ensure_ascii=True).encode()).hexdigest()
    return Plan(digest, base, tree, change_sets, refusals, ledger)


def _as_data(change_set: ChangeSet) -> list[object]:
    files = [
        [change.path, change.kind, [[e.start, e.end, e.old, e.new] for e in change.edits]]
        for change in change_set.files
    ]
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


# -- which edits belong together

Group = tuple[frozenset[Topic], Safety]
Changes = dict[str, list[Piece]]  # what a group does in each file; nothing but the path for a created one


def _order(group: Group, order: Mapping[str, int]) -> tuple[bool, int, bool, list[Topic]]:
    topics, safety = group
    first = min(order[codemod] for codemod, _ in topics)
    return safety is Safety.UNSAFE, first, len({key for _, key in topics}) > 1, sorted(topics)


def _meetings(pieces: Iterable[Piece], source: Source) -> Iterator[frozenset[Topic]]:
    """Topics whose edits share a statement or stand on neighbouring lines, where a revert of one would conflict."""
    last: tuple[int, frozenset[Topic]] | None = None
    for piece in sorted(pieces):
        yield piece.topics
        if last is not None and source.line_of(piece.start) <= last[0] + 1:
            yield piece.topics | last[1]
        last = (source.line_of(piece.end), piece.topics)


def _grouped(wanted: Wanted, sources: Mapping[str, Source]) -> dict[Group, Changes]:
    """One group for each topic; where several meet, one for those; one everywhere for topics that must not be parted."""
    meetings = {path: _together(_meetings(pieces, sources[path])) for path, pieces in wanted.pieces.items() if pieces}
    shared = [group for found in meetings.values() for group in found.values() if len(group) > 1]
    together = _together([*shared, *wanted.joined])
    joined = frozenset[Topic]().union(*wanted.joined)
    grouped: dict[Group, Changes] = {}
    for path, pieces in sorted(wanted.pieces.items()):
        for piece in pieces:
            here = meetings[path][min(piece.topics)]
            topics = here if len(here) == 1 and here.isdisjoint(joined) else together[min(here)]
            grouped.setdefault((topics, piece.safety), {}).setdefault(path, []).append(piece)
    for path, (codemod, file) in sorted(wanted.created.items()):
        topics = frozenset((codemod, key) for key in file.keys)
        grouped.setdefault((together.get(min(topics), topics), Safety.SAFE), {})[path] = []
    return _unparted(grouped)


def _unparted(grouped: dict[Group, Changes]) -> dict[Group, Changes]:
    """What a later codemod's unsafe edit has grown together with is unsafe, and so is the other half of what it was part of."""
    found: dict[Group, Changes] = {}
    for (topics, safety), changes in grouped.items():
        several = len({codemod for codemod, _ in topics}) > 1
        unsafe = several and (topics, Safety.UNSAFE) in grouped
        into = found.setdefault((topics, Safety.UNSAFE if unsafe else safety), {})
        for path, pieces in changes.items():
            into.setdefault(path, []).extend(pieces)
    return found


def _together(sets: Iterable[frozenset[Topic]]) -> dict[Topic, frozenset[Topic]]:
    groups: dict[Topic, set[Topic]] = {}
    for topics in sets:
        merged = set(topics).union(*(groups.get(topic, set()) for topic in topics))
        for topic in merged:
            groups[topic] = merged
    return {topic: frozenset(group) for topic, group in groups.items()}


# -- one change set


def _change_set(
    codemods: Sequence[Codemod],
    topics: frozenset[Topic],
    safety: Safety,
    changes: Changes,
    wanted: Wanted,
    sources: Mapping[str, Source],
) -> ChangeSet:
    involved = [codemod for codemod in codemods if codemod.name in {name for name, _ in topics}]
    main = involved[0]
    keys = {codemod.name: sorted(key for name, key in topics if name == codemod.name) for codemod in involved}
    doubtful = frozenset[str]().union(*(piece.doubtful for pieces in changes.values() for piece in pieces))
    sure = {one.name: Safety.UNSAFE if one.name in doubtful else Safety.SAFE for one in involved}
    return ChangeSet(
        _id(main, topics, safety, sorted({key for _, key in topics})),
        main.name,
        "; ".join(one.title(keys[one.name], sure[one.name]) for one in involved if one is main or one.foreign),
        _joint_reason(codemod.reason(keys[codemod.name], sure[codemod.name]) for codemod in involved),
        safety,
        tuple(_file_change(path, pieces, wanted, sources) for path, pieces in sorted(changes.items())),
        tuple(dict.fromkeys(rule for codemod in involved for rule in codemod.rules(sure[codemod.name]))),
    )


def _joint_reason(reasons: Iterable[str]) -> str:
    """The reasons one after the other; a list of symbols that an earlier one holds is not repeated."""
    listed: set[str] = set()
    kept = []
    for paragraph in (paragraph for reason in reasons for paragraph in reason.split("\n\n")):
        items = {line for line in paragraph.split("\n") if line.startswith("- ")}
        if not items or not items <= listed:
            kept.append(paragraph)
        listed |= items
    return "\n\n".join(kept)


def _id(codemod: Codemod, topics: frozenset[Topic], safety: Safety, keys: list[str]) -> str:
    parts = [codemod.name, safety, *(f"{name} {key}" for name, key in sorted(topics))]
    digest = hashlib.sha256("\n".join(parts).encode()).hexdigest()[:8]
    leaf = (keys[0].rpartition(":")[2] or keys[0]).rpartition(".")[2]
    return "-".join(filter(None, [codemod.name, leaf, f"and-{len(keys) - 1}-more" if len(keys) > 1 else "", digest]))


def _file_change(path: str, pieces: list[Piece], wanted: Wanted, sources: Mapping[str, Source]) -> FileChange:
    if path in wanted.created:
        text = wanted.created[path][1].text.decode("utf-8")
        return FileChange(path, (Edit(0, 0, 1, "", text),), FileKind.CREATED)
    edits = tuple(sorted(sources[path].edit(piece.start, piece.end, piece.new) for piece in pieces))
    return FileChange(path, edits, FileKind.DELETED if path in wanted.deleted else FileKind.MODIFIED)
