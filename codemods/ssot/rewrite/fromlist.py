"""Surgery on one ``from`` statement: take names out, put names in, point it at another module.

The list of names is cut at the positions that `ast` gives, so that layout and comments around what stays are not touched;
LibCST changes the module and the names of what moves as a whole.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import libcst as cst

from ssot.index.source import Source

_LATER_COMMA = re.compile(rb"(?:\s|#[^\r\n]*)*,")
_AFTER = re.compile(rb"[ \t\f]*,?[ \t\f]*(#[^\r\n]*)?")
_BLANK = b" \t\f"


class LayoutError(Exception):
    """The statement is written in a way that can't be edited without losing something of it."""


@dataclass(frozen=True, slots=True)
class NewName:
    """``name as local``, or plain ``name`` where both are the same and `redundant` is not asked for."""

    name: str
    local: str
    redundant: bool = False

    def __str__(self) -> str:
        return self.name if self.name == self.local and not self.redundant else f"{self.name} as {self.local}"


@dataclass(frozen=True, slots=True)
class Cut:
    """A statement without some names, and the comments that belonged to those alone."""

    text: bytes
    comments: tuple[tuple[ast.alias, bytes], ...]


def statement(module: str, names: Sequence[NewName]) -> str:
    return f"from {module} import {', '.join(map(str, names))}"


def cut(source: Source, node: ast.ImportFrom, gone: Collection[ast.alias]) -> Cut:
    """The statement's text without some, but not all, of its names."""
    base, _ = source.span(node)
    text = bytearray(source.segment(node))
    comments: list[tuple[ast.alias, bytes]] = []
    removals: list[tuple[int, int]] = []
    for position, alias in enumerate(node.names):
        if alias in gone:
            start, end, comment = _extent(source, node, position, gone)
            removals.append((start - base, end - base))
            comments += [(alias, comment)] if comment else []
    for start, end in sorted(_joined(removals), reverse=True):
        del text[start:end]
    return Cut(bytes(text), tuple(comments))


def _joined(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def _extent(source: Source, node: ast.ImportFrom, position: int, gone: Collection[ast.alias]) -> tuple[int, int, bytes]:
    """What to delete for one name, and the comment that goes with it."""
    names = node.names
    start, end = source.span(names[position])
    mates = [other for other in names if other.lineno == names[position].lineno]
    whole = _whole_line(source, node, mates) if all(mate in gone for mate in mates) else None
    if whole is not None:
        return whole if mates[0] is names[position] else (*whole[:2], b"")
    before = [name for name in names[:position] if name not in gone]
    following = source.span(names[position + 1])[0] if position + 1 < len(names) else None
    if before and (following is None or before[-1].lineno == names[position].lineno):
        previous = source.span(before[-1])[1]
        return previous, end, _no_comment(source.u8[previous:start])
    if following is None:  # all before it go as well, and something must stay
        raise LayoutError("nothing would stay")
    return start, following, _no_comment(source.u8[end:following])


def _whole_line(source: Source, node: ast.ImportFrom, mates: list[ast.alias]) -> tuple[int, int, bytes] | None:
    """The line of names that stand on it alone, inside parentheses, with the comment that ends it."""
    first, last = source.span(mates[0])[0], source.span(mates[-1])[1]
    line = source.line_of(first)
    start, end = source.line_starts[line - 1], source.line_end(last)
    _, statement_end = source.span(node)
    after = _AFTER.fullmatch(source.u8[last:end])
    if source.u8[start:first].strip(_BLANK) or after is None or end >= statement_end:
        return None
    if b"," not in source.u8[last:end].partition(b"#")[0] and _LATER_COMMA.match(source.u8, last):
        return None  # the comma stands on a line further down
    return start, source.line_starts[source.line_of(last)], after.group(1) or b""


def _no_comment(text: bytes) -> bytes:
    if b"#" in text:
        raise LayoutError("a comment stands between names")
    return b""


def extended(source: Source, node: ast.ImportFrom, names: Sequence[NewName]) -> bytes:
    """The statement's text with names added at the end of its list, in its own layout."""
    base, _ = source.span(node)
    text = source.segment(node)
    last_start, last_end = source.span(node.names[-1])
    tail = source.u8[last_end : base + len(text)]
    added = ", ".join(map(str, names)).encode()
    line_start = source.line_starts[source.line_of(last_start) - 1]
    own_line = (
        not source.u8[line_start:last_start].strip(_BLANK)
        and tail.rstrip().endswith(b")")
        and b"\n" in tail.replace(b"\r", b"\n")
    )
    cut_at = last_end - base
    if not own_line:
        if b"#" in tail:
            raise LayoutError("a comment follows the last name")
        return text[:cut_at] + b", " + added + text[cut_at:]
    indent = source.u8[line_start:last_start]
    line_end = source.line_end(last_end) - base
    newline = _newline_at(source, line_end + base)
    lines = [indent + str(name).encode() for name in names]
    comma = re.match(rb"[ \t]*,", tail)
    if comma is not None:
        return text[:line_end] + b"".join(newline + line + b"," for line in lines) + text[line_end:]
    return text[:cut_at] + b"," + text[cut_at:line_end] + b",".join(newline + line for line in lines) + text[line_end:]


def _newline_at(source: Source, offset: int) -> bytes:
    match = re.compile(rb"\r\n|\r|\n").match(source.u8, offset)
    return match.group() if match else source.newline


def retargeted(text: bytes, module: str, names: Sequence[NewName]) -> bytes:
    """The statement with another module and, one for one, other names; everything else as it was."""
    try:
        tree = cst.parse_module(text)
    except cst.ParserSyntaxError as error:
        raise LayoutError(f"LibCST can't parse the statement: {error.message}") from error
    if tree.bytes != text:
        raise LayoutError("LibCST does not give the statement back as it was")
    line = tree.body[0]
    if not isinstance(line, cst.SimpleStatementLine) or not isinstance(line.body[0], cst.ImportFrom):
        raise LayoutError("not a from statement")
    changed = line.with_changes(body=[_retarget(line.body[0], module, names), *line.body[1:]])
    return tree.with_changes(body=[changed]).bytes


def restarred(text: bytes, module: str) -> bytes:
    """A star import of another module."""
    try:
        tree = cst.parse_module(text)
    except cst.ParserSyntaxError as error:
        raise LayoutError(f"LibCST can't parse the statement: {error.message}") from error
    line = tree.body[0]
    if not isinstance(line, cst.SimpleStatementLine) or not isinstance(line.body[0], cst.ImportFrom):
        raise LayoutError("not a from statement")
    changed = line.with_changes(body=[line.body[0].with_changes(**_source(line.body[0], module)), *line.body[1:]])
    return tree.with_changes(body=[changed]).bytes


def _source(node: cst.ImportFrom, module: str) -> dict[str, object]:
    """The parts of a statement that say which module."""
    dotted = module.lstrip(".")
    space = cst.SimpleWhitespace(" ")
    return {
        "module": cst.parse_expression(dotted) if dotted else None,
        "relative": [cst.Dot()] * (len(module) - len(dotted)),
        "whitespace_after_from": space if node.whitespace_after_from.empty else node.whitespace_after_from,
        "whitespace_before_import": space if node.whitespace_before_import.empty else node.whitespace_before_import,
    }


def _retarget(node: cst.ImportFrom, module: str, names: Sequence[NewName]) -> cst.ImportFrom:
    assert not isinstance(node.names, cst.ImportStar)
    return node.with_changes(
        **_source(node, module),
        names=[_renamed(alias, new) for alias, new in zip(node.names, names, strict=True)],
    )


def _renamed(alias: cst.ImportAlias, new: NewName) -> cst.ImportAlias:
    current = alias.asname.name.value if alias.asname and isinstance(alias.asname.name, cst.Name) else None
    if str(new) == new.name:
        return alias.with_changes(name=cst.Name(new.name), asname=None)
    if current == new.local:
        return alias.with_changes(name=cst.Name(new.name))
    return alias.with_changes(name=cst.Name(new.name), asname=cst.AsName(cst.Name(new.local)))
