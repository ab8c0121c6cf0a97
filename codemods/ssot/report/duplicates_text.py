"""``ssot explain A B``: two definitions side by side, verdict first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ssot.audit.duplicates.comparison import Blocker, Comparison, Level, Row, Verdict
from ssot.report.audit_text import place
from ssot.report.hygiene import visible
from ssot.report.lines import Line, Lines, Style, joined, title

_ASPECT, _SIDE = 26, 29  # with the level they fit a terminal of 100 columns
_STYLES = {
    Level.SAME: Style.PLAIN,
    Level.COSMETIC: Style.DIM,
    Level.EXTRA: Style.ADDED,
    Level.MISSING: Style.REMOVED,
    Level.CONFLICT: Style.BAD,
}
_MEANINGS = {
    Verdict.IDENTICAL: "the same syntax, and every name in it means the same",
    Verdict.EQUIVALENT: "they differ in comments, docstrings, annotations, names of locals or their own names",
    Verdict.ADAPTER: "the duplicate adds nothing that callers can see",
    Verdict.SUPERSET: "the duplicate has members that the canonical one lacks; what they share is equivalent",
    Verdict.SUBSET: "the canonical one has everything the duplicate has, and more",
    Verdict.CONFLICTING: "the same member means something else",
    Verdict.UNRELATED: "they have little more in common than a name",
}
_SAME = (Verdict.IDENTICAL, Verdict.EQUIVALENT, Verdict.ADAPTER)


@dataclass(frozen=True, slots=True)
class Pair:
    """A comparison with where the two are defined, as ``path:line``, and what the manifest says of them."""

    comparison: Comparison
    canonical_place: str = ""
    duplicate_place: str = ""
    declared_at: str = ""
    refusal: tuple[str, str] = ("", "")  # the code and the reason with which collapse-duplicates would leave it alone
    notes: tuple[Blocker, ...] = ()  # what it would list


def comparison_lines(pair: Pair) -> Lines:
    """The verdict, the evidence as a table, what stands against a collapse, what would happen."""
    found = pair.comparison
    return joined(_head(pair), _table(found), _reasons(found), _outlook(pair))


def _head(pair: Pair) -> Lines:
    found = pair.comparison
    style = Style.GOOD if found.verdict in _SAME else Style.WARN
    adds = f" (it {found.adds})" if found.adds else ""
    return (
        Line(f"{found.verdict.value}: {_MEANINGS[found.verdict]}{visible(adds)}", style),
        *_side("canonical", str(found.canonical), pair.canonical_place),
        *_side("duplicate", str(found.duplicate), pair.duplicate_place),
    )


def _side(what: str, symbol: str, where: str) -> Iterator[Line]:
    yield Line(f"  {what}  {visible(symbol)}")
    if where:
        yield Line(f"             {visible(where)}", Style.DIM)


def _table(found: Comparison) -> Lines:
    rows = [("", "canonical", "duplicate", ""), *map(_cells, found.rows)]
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    lines = [
        Line(
            "  " + "  ".join(cell.ljust(width) for cell, width in zip(rows[0], widths, strict=True)).rstrip(),
            Style.TITLE,
        )
    ]
    for row, cells in zip(found.rows, rows[1:], strict=True):
        text = "  ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)).rstrip()
        lines.append(Line("  " + text, _STYLES[row.level]))
        if row.note:
            lines.append(Line(f"      {visible(row.note)}", Style.DIM))
    return tuple(lines) if found.rows else ()


def _cells(row: Row) -> tuple[str, str, str, str]:
    sides = (_cut(text, _SIDE) or "-" for text in (row.canonical, row.duplicate))
    return (_cut(row.aspect, _ASPECT), *sides, row.level.value)  # type: ignore[return-value]


def _cut(text: str, width: int) -> str:
    shown = visible(" ".join(text.split()))
    return shown if len(shown) <= width else shown[: width - 1] + "…"


def _reasons(found: Comparison) -> Lines:
    return joined(
        tuple(_listed("In the way", found.blockers, Style.BAD)),
        tuple(_listed("Places whose meaning changes", found.doubts, Style.WARN)),
    )


def outlook_of(pair: Pair) -> tuple[str, ...]:
    """What collapse-duplicates says, asked for this pair; what the comparison says where that is enough."""
    code, reason = pair.refusal
    return (f"refused ({code}): {reason}",) if code else outlook(pair.comparison)


def _listed(head: str, reasons: tuple[Blocker, ...], style: Style) -> Iterator[Line]:
    if reasons:
        yield title(head)
    for one in reasons:
        yield Line(f"  {one.code}  {place(one.path, one.line)}  {visible(one.reason)}", style)


def _outlook(pair: Pair) -> Lines:
    declared = f" (declared at {visible(pair.declared_at)})" if pair.declared_at else ""
    said = (Line(f"  {visible(text)}") for text in outlook_of(pair))
    listed = (
        Line(f"  {one.code}  {place(one.path, one.line)}  {visible(one.reason)}", Style.DIM) for one in pair.notes
    )
    return (title(f"With [[collapse]]{declared}"), *said, *listed)


def outlook(found: Comparison) -> tuple[str, ...]:
    """What the tool would do, and what a person has to decide."""
    if found.blockers:
        return ("refused: see what is in the way; `ssot explain CODE` says what to do about each",)
    if found.verdict is Verdict.UNRELATED:
        return ("refused: these are two things; give one of them another name if that misleads",)
    if found.conflicts:
        aspects = ", ".join(row.aspect for row in found.conflicts)
        return (f"refused: decide which is right for {aspects}, and change the other first",)
    careful = ("; only with --unsafe is that done where a place above changes its meaning",) if found.doubts else ("",)
    if found.verdict in _SAME:
        return (f"the duplicate's definition is replaced by an import of the canonical one{careful[0]}",)
    if found.verdict is Verdict.SUPERSET:
        moved = ", ".join(found.extra)
        return (f"strategy merge (or auto): {moved} would move to the canonical one, then as an alias{careful[0]}",)
    return (f"the duplicate's users get more members than before; an alias where every use fits{careful[0]}",)
