"""From uses that tell the two apart to reasons: what forbids a collapse, and what only has to be looked at."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ssot.audit.duplicates.comparison import Blocker, Level, Row, Verdict
from ssot.audit.duplicates.definitions import Definition, Definitions
from ssot.audit.duplicates.uses import ClassUse, UseKind, uses_of
from ssot.index.table import Symbol

_DECISIONS = frozenset({UseKind.CHECK, UseKind.HANDLER, UseKind.PATTERN, UseKind.KEY, UseKind.REGISTERED})


@dataclass(frozen=True, slots=True)
class Told:
    """``doubts`` are places whose meaning changes if an object of the other class gets there."""

    blockers: tuple[Blocker, ...]
    doubts: tuple[Blocker, ...]
    rows: tuple[Row, ...]


def told_apart(project: Definitions, one: Definition, two: Definition, verdict: Verdict) -> Told:
    """`one` is the canonical definition."""
    uses = uses_of(project, one, two)
    blockers = [*_blockers(project, one, two, uses, verdict), *_mangled(project, one, two, verdict)]
    doubts = list(_doubts(project, one.symbol, two.symbol, uses))
    rows = tuple(_row(one, use) for use in uses if use.kind in _DECISIONS and not use.both)
    return Told(tuple(dict.fromkeys(blockers)), tuple(dict.fromkeys(doubts)), rows)


def _row(one: Definition, use: ClassUse) -> Row:
    place = f"{use.path}:{use.line}"
    note = "also true for the other from now on" if not use.guarded else "turns the other away no longer"
    sides = (place, "") if use.symbol == one.symbol else ("", place)
    return Row(f"{use.kind.value} {use.text}", *sides, Level.SAME, note)


def _blockers(
    project: Definitions, one: Definition, two: Definition, uses: list[ClassUse], verdict: Verdict
) -> Iterator[Blocker]:
    for use, other in _pairs(uses):
        reason = f"{use.text} and line {other.line}: {other.text} would be one case"
        yield Blocker("distinguishing-arms", use.path, use.line, reason)
    for use in uses:
        match use.kind:
            case UseKind.BASE if use.both:
                yield Blocker("both-bases", use.path, use.line, f"{use.text} would name one class twice: a TypeError")
            case UseKind.KEY if use.both:
                yield Blocker("distinguishing-arms", use.path, use.line, f"{use.text} has a key for each of the two")
            case UseKind.SUPER if use.symbol == two.symbol and verdict is Verdict.ADAPTER:
                yield Blocker("super-of-duplicate", use.path, use.line, f"{use.text} would skip the canonical class")
            case UseKind.ASSIGNED if not project.is_test(use.path):
                yield Blocker("shared-state", use.path, use.line, f"{use.text} is set from outside, for both then")
            case UseKind.NAME if use.symbol == two.symbol and _other_name(one, two, use):
                yield Blocker("class-name-read", use.path, use.line, f"{use.text} would give another name or module")
            case _:
                pass
    yield from _orders(project, one.symbol, two.symbol)


def _other_name(one: Definition, two: Definition, use: ClassUse) -> bool:
    return use.text.endswith("__module__") or one.node.name != two.node.name


def _pairs(uses: list[ClassUse]) -> Iterator[tuple[ClassUse, ClassUse]]:
    """Decisions about one of the two beside decisions about the other."""
    decisions = [use for use in uses if use.kind in _DECISIONS and not use.both]
    seen: set[tuple[UseKind, str, int]] = set()
    for use in decisions:
        key = (use.kind, use.path, use.group)
        others = [one for one in decisions if (one.kind, one.path, one.group) == key and one.symbol != use.symbol]
        if others and key not in seen and not (use.guarded and others[0].guarded):
            seen.add(key)
            yield use, others[0]


def _doubts(project: Definitions, one: Symbol, two: Symbol, uses: list[ClassUse]) -> Iterator[Blocker]:
    """A check for a base holds for what descends from it already."""
    settled = {side for side, other in ((one, two), (two, one)) if side in project.lineage.ancestors(other)}
    for use in uses:
        other = one if use.symbol == two else two
        decides = use.kind in _DECISIONS and not use.both and not use.guarded
        if decides and (use.symbol not in settled or use.negative):
            yield Blocker("type-check", use.path, use.line, f"{use.text} will also hold for what was {other}")
        elif use.kind is UseKind.IDENTITY:
            yield Blocker("class-identity", use.path, use.line, f"{use.text} will have another outcome")
        elif use.kind is UseKind.INSPECTED:
            yield Blocker("type-check", use.path, use.line, f"{use.text} will give other classes")


def _orders(project: Definitions, one: Symbol, two: Symbol) -> Iterator[Blocker]:
    """Classes below both that could not be made any more, or would look members up in another order."""
    lineage = project.lineage
    if two in lineage.ancestors(one) or one in lineage.ancestors(two):
        lower, upper = (one, two) if two in lineage.ancestors(one) else (two, one)
        candidates = [child for child in lineage.descendants(lower) if upper in lineage.bases(child)]
    else:
        below = set(lineage.descendants(one))
        candidates = [child for child in lineage.descendants(two) if child in below]
    for child in candidates:
        found = project.get(child)
        if found is not None:
            yield Blocker("both-bases", found.path, found.line, f"{child} descends from both")


def _mangled(project: Definitions, one: Definition, two: Definition, verdict: Verdict) -> Iterator[Blocker]:
    """``_Old__name`` outside, or private names that two classes of one chain keep apart."""
    own = two.node.name.lstrip("_")
    if two.node.name != one.node.name:
        for path in project.holding(f"_{own}__"):
            source = project.sources[path]
            for match in re.finditer(rb"\b_%b__\w*[^_\W](?!\w*__\b)" % re.escape(own).encode(), source.u8):
                line = source.line_of(match.start())
                yield Blocker(
                    "mangled-name", path, line, f"{match.group().decode()} is the mangled name of a private attribute"
                )
    if verdict in (Verdict.ADAPTER, Verdict.SUPERSET) and two.symbol in project.lineage.descendants(one.symbol):
        private = re.search(r"\b__[a-zA-Z]\w*(?<!__)\b", two.text)
        if private:
            yield Blocker(
                "mangled-name", two.path, two.line, f"{private.group()} means another attribute in each class"
            )
