"""``ssot explain``: one symbol with all its paths and users, or one code of the table."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ssot.report.audit_text import place
from ssot.report.codes import Code
from ssot.report.hygiene import visible
from ssot.report.lines import Line, Lines, Style, count, joined, title
from ssot.values import PathStatus, SymbolReport

_PLACES_SHOWN = 5


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A line of a file."""

    path: str
    line: int


@dataclass(frozen=True, slots=True)
class PathUsers:
    """Who gets a symbol by one import path."""

    path: str
    places: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """All that is known of one symbol."""

    symbol: SymbolReport
    definition_place: Place | None = None
    declared_at: str = ""  # "ssot.toml:12"; empty where the manifest does not name it
    legacy: tuple[str, ...] = ()
    approved: tuple[str, ...] = ()
    users: tuple[PathUsers, ...] = ()


def explain_lines(explanation: Explanation, *, verbose: bool = False) -> Lines:
    """The symbol for a reader: definition, manifest, every path and who uses it."""
    return joined(_head(explanation), _manifest(explanation), _paths(explanation, verbose))


def _head(explanation: Explanation) -> Lines:
    symbol, where = explanation.symbol, explanation.definition_place
    at = f"  ({place(where.path, where.line)})" if where else ""
    return (title(symbol.canonical), Line(f"  defined as {visible(symbol.definition)}{at}"))


def _manifest(explanation: Explanation) -> Lines:
    if not explanation.declared_at:
        why = explanation.symbol.why
        reason = f": {visible(why)}" if why else ""
        return (Line("Not in the manifest. This canonical path is a proposal" + reason + ".", Style.WARN),)
    lists = (("legacy", explanation.legacy), ("approved", explanation.approved))
    entries = tuple(Line(f"  {kind}: {visible(', '.join(paths))}") for kind, paths in lists if paths)
    return (title(f"Declared at {explanation.declared_at}"), *entries)


def _paths(explanation: Explanation, verbose: bool) -> Lines:
    users = {one.path: one.places for one in explanation.users}
    lines: list[Line] = []
    for use in explanation.symbol.paths:
        style = Style.GOOD if use.status in (PathStatus.CANONICAL, PathStatus.APPROVED) else Style.WARN
        lines.append(Line(f"  {visible(use.path)}  {use.status.value}, {count(use.uses, 'use')}", style))
        lines += _places(users.get(use.path, ()), verbose)
    return (title("Import paths"), *lines) if lines else ()


def _places(places: tuple[Place, ...], verbose: bool) -> Iterator[Line]:
    ordered = sorted(places)
    shown = ordered if verbose else ordered[:_PLACES_SHOWN]
    yield from (Line(f"    {place(one.path, one.line)}", Style.DIM) for one in shown)
    if len(shown) < len(ordered):
        yield Line(f"    … and {count(len(ordered) - len(shown), 'more place')} (-v lists all)", Style.DIM)


def code_lines(code: Code) -> Lines:
    """A rule or reason code for a reader."""
    name = f" {code.name}" if code.name != code.code else ""
    example = tuple(Line(f"    {line}", Style.DIM) for line in code.example.splitlines())
    return (
        title(f"{code.code}{name}  ({code.kind})"),
        Line(f"  {code.meaning}"),
        *_paragraph("Why", code.why),
        Line(""),
        Line("  Example", Style.TITLE),
        *example,
        *_paragraph("What to do", code.todo),
    )


def _paragraph(head: str, text: str) -> Lines:
    return (Line(""), Line(f"  {head}", Style.TITLE), Line(f"    {text}"))
