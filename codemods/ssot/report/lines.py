"""Lines of text with a style each; whoever prints them decides what a style looks like."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from ssot.report.hygiene import no_command, visible


class Style(StrEnum):
    PLAIN = "plain"
    TITLE = "title"
    GOOD = "good"
    BAD = "bad"
    WARN = "warn"
    DIM = "dim"
    COMMAND = "command"
    ADDED = "added"
    REMOVED = "removed"
    HUNK = "hunk"


@dataclass(frozen=True, slots=True)
class Line:
    """One line, without its line ending. Holds no control characters but tabs."""

    text: str
    style: Style = Style.PLAIN


Lines = tuple[Line, ...]
BLANK = Line("")


def title(text: str) -> Line:
    return Line(visible(text), Style.TITLE)


def to_text(lines: Iterable[Line]) -> str:
    """The lines without their styles, each ended by a newline."""
    return "".join(f"{no_command(line.text.rstrip())}\n" for line in lines)


def count(number: int, noun: str, plural: str = "") -> str:
    """``1 file``, ``1,234 files``."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def percent(value: float) -> str:
    return f"{value:.2f} %"


def table(rows: Sequence[Sequence[str]], *, right: frozenset[int] = frozenset(), indent: str = "  ") -> tuple[str, ...]:
    """Rows as aligned columns, two spaces apart; the columns in `right` are flush right."""
    if not rows:
        return ()
    cells = [[visible(cell) for cell in row] for row in rows]
    widths = [max(len(row[column]) for row in cells) for column in range(len(cells[0]))]
    return tuple(indent + "  ".join(_aligned(row, widths, right)).rstrip() for row in cells)


def _aligned(row: Sequence[str], widths: Sequence[int], right: frozenset[int]) -> Iterable[str]:
    for column, (cell, width) in enumerate(zip(row, widths, strict=True)):
        yield cell.rjust(width) if column in right else cell.ljust(width)


def joined(*blocks: Sequence[Line]) -> Lines:
    """The blocks that are not empty, a blank line between each two."""
    lines: list[Line] = []
    for block in blocks:
        if block:
            lines += [BLANK, *block] if lines else block
    return tuple(lines)
