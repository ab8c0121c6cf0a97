"""The text of one class member as it will stand in another class: indentation, line endings, comments above it."""

from __future__ import annotations

import ast
from collections.abc import Iterable

from ssot.index.source import Source
from ssot.rewrite.collapsing.extent import with_comments_above

_BLANK = b" \t\f"


def body_indent(source: Source, node: ast.ClassDef) -> bytes | None:
    """The white space before the statements of a class body; None where the body is on the line of the head."""
    first = node.body[0]
    start, line = source.offset(*_start(first)), source.line_starts[_start(first)[0] - 1]
    lead = source.u8[line:start]
    return lead if lead and not lead.strip(_BLANK) and _start(first)[0] > node.lineno else None


def _start(node: ast.stmt) -> tuple[int, int]:
    decorators = getattr(node, "decorator_list", [])
    if decorators:
        return decorators[0].lineno, node.col_offset
    return node.lineno, node.col_offset


def lines_of(source: Source, node: ast.stmt) -> tuple[int, int] | None:
    """The whole lines of a statement with the comments above it; None where it shares a line with others."""
    start = source.line_starts[_start(node)[0] - 1]
    _, end = source.span(node)
    rest = source.u8[end : source.line_end(end)].strip(_BLANK)
    lead = source.u8[start : source.offset(*_start(node))].strip(_BLANK + b"@")
    if lead or (rest and not rest.startswith(b"#")):
        return None
    return with_comments_above(source, start), source.line_end(end)


def moved_text(
    source: Source,
    node: ast.stmt,
    span: tuple[int, int],
    units: tuple[bytes, bytes],
    newline: bytes,
    renamed: Iterable[tuple[ast.expr, bytes]] = (),
) -> bytes:
    """The statement's lines, each level of the old indentation unit replaced by the new one."""
    inside = _inside_strings(node)
    first = source.line_of(span[0])
    text = source.u8[span[0] : span[1]]
    for one, name in sorted(renamed, key=lambda pair: source.span(pair[0]), reverse=True):
        start, end = (offset - span[0] for offset in source.span(one))
        if start >= 0 and end <= len(text):
            quote = text[start : start + 1] if isinstance(one, ast.Constant) else b""
            text = text[:start] + quote + name + quote + text[end:]
    text = text.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    lines = text.split(b"\n")
    moved = (line if first + place in inside else _reindented(line, *units) for place, line in enumerate(lines))
    return newline.join(moved)


def _reindented(line: bytes, old: bytes, new: bytes) -> bytes:
    levels, rest = 0, line
    while rest.startswith(old):
        levels, rest = levels + 1, rest[len(old) :]
    return new * levels + rest


def _inside_strings(node: ast.stmt) -> set[int]:
    """The lines that begin inside a string, whose white space is text."""
    strings: Iterable[ast.AST] = (n for n in ast.walk(node) if isinstance(n, ast.Constant | ast.JoinedStr))
    return {
        line
        for one in strings
        for line in range(getattr(one, "lineno", 0) + 1, (getattr(one, "end_lineno", 0) or 0) + 1)
    }
