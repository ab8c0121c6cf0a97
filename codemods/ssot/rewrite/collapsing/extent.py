"""Which bytes of a file a definition consists of: decorators, body, and the comments that belong to it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ssot.index.source import Source
from ssot.rewrite.collapsing.values import Definition, DefinitionNode

_NEWLINE = re.compile(rb"\r\n|\r|\n")
_BLANK = b" \t\f"
# Dividers, and words to tools: they are about what follows in the file, not about one definition.
_APART = re.compile(
    rb"#\s*(?:[-=#*~_+]{3,}|endregion\b|region\b|(?:fmt|isort|yapf|ruff|pylint|mypy|pyright|flake8|type)\s*:|%%|!)"
)


@dataclass(frozen=True, slots=True)
class Extent:
    """Whole lines ``start:end``, the last line ending included where there is one."""

    start: int
    end: int


def extent(source: Source, node: DefinitionNode) -> Extent | None:
    """The lines of a definition; None where it shares a line with other code."""
    first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
    start = source.line_starts[first - 1]
    _, code_end = source.span(node)
    line_end = source.line_end(code_end)
    rest = source.u8[code_end:line_end].strip(_BLANK)
    lead = source.u8[start : source.offset(node.lineno, node.col_offset)] if first == node.lineno else b""
    if lead.strip(_BLANK) or not (rest == b"" or rest.startswith(b"#")):
        return None
    end = _with_inner_comments(source, _after_newline(source, line_end), source.u8[start:])
    return Extent(with_comments_above(source, start), end)


def with_comments_above(source: Source, start: int) -> int:
    """Where the comment lines directly above a line begin that belong to it: not those of the file, nor dividers."""
    indent = _indent(source.u8[start:])
    here = start
    while here > 0:
        above = source.line_starts[source.line_of(here - 1) - 1]
        line = source.u8[above:here]
        if _indent(line) != indent or not line.strip().startswith(b"#") or _APART.search(line):
            break
        here = above
    stopped = source.u8[source.line_starts[source.line_of(here - 1) - 1] : here] if here > 0 else b"#"
    return start if stopped.strip().startswith(b"#") else here  # a divider, or the head of the file, claims them all


def _indent(text: bytes) -> bytes:
    return text[: len(text) - len(text.lstrip(_BLANK))]


def _with_inner_comments(source: Source, end: int, first: bytes) -> int:
    """Comments below the last statement that are indented deeper than the definition are part of its body."""
    indent = _indent(first)
    here = end
    while here < len(source.u8):
        line_end = source.line_end(here)
        line = source.u8[here:line_end]
        text = line.strip(_BLANK)
        if text and not (text.startswith(b"#") and len(line) - len(line.lstrip(_BLANK)) > len(indent)):
            break
        here = _after_newline(source, line_end)
        if text:
            end = here
        if line_end == len(source.u8):
            break
    return end


def _after_newline(source: Source, offset: int) -> int:
    match = _NEWLINE.match(source.u8, offset)
    return match.end() if match else offset


def removal(source: Source, found: Extent) -> Extent:
    """The definition with the blank lines that then separate nothing."""
    end = found.end
    while end < len(source.u8) and (line := _line_at(source, end)) is not None and not line[0].strip(_BLANK):
        end = line[1]
    if end < len(source.u8):
        return Extent(found.start, end)
    return Extent(without_blank_lines(source, found.start), len(source.u8))


def without_blank_lines(source: Source, start: int) -> int:
    """Where the text ends if nothing follows any more from a line's start on: the blank lines above it go as well."""
    unended = not source.u8.endswith((b"\n", b"\r"))
    while start > 0:
        above = source.line_starts[source.line_of(start - 1) - 1]
        if source.u8[above:start].strip(_BLANK + b"\r\n"):
            break
        start = above
    if unended and start > 0 and source.u8[:start].endswith((b"\n", b"\r")):
        start -= len(_NEWLINE.findall(source.u8[:start])[-1])
    return start


def _line_at(source: Source, start: int) -> tuple[bytes, int] | None:
    line_end = source.line_end(start)
    return source.u8[start:line_end], _after_newline(source, line_end) if line_end < len(source.u8) else len(source.u8)


def newline_behind(source: Source, offset: int) -> bytes:
    """The line ending of the line in which an offset stands, or the file's own."""
    match = _NEWLINE.match(source.u8, source.line_end(offset))
    return match.group() if match else source.newline


def shares_line(definition: Definition) -> bool:
    return extent(definition.view.source, definition.node) is None
