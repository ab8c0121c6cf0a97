"""Where the members that come stand in a class: behind its last one, in the place of a `pass`, below a head of one line."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from ssot.index.view import FileView
from ssot.rewrite.collapsing.extent import newline_behind
from ssot.rewrite.collapsing.members import body_indent

_BLANK = b" \t\f"
_USUAL = b"    "


@dataclass(frozen=True, slots=True)
class Room:
    """``start:end`` makes way for the members, which are indented by `unit`.

    Their text begins with a line ending and a blank line, of which `less` line endings are left out. ``cut`` goes besides:
    what stood behind the colon of the head, which comes back in ``lead`` where it does something.
    """

    start: int
    end: int
    unit: bytes
    less: int = 0
    cut: tuple[int, int] | None = None
    lead: bytes = b""


def room(view: FileView, node: ast.ClassDef, unit: bytes | None) -> Room | None:
    """None where the last line holds more than the last statement. `unit`: the indentation at the members' old place."""
    source, last = view.source, node.body[-1]
    start, end = source.span(last)
    line_end = source.line_end(end)
    rest = source.u8[end:line_end].strip(_BLANK)
    if rest and not rest.startswith(b"#"):
        return None
    own = body_indent(source, node)
    if own is None:
        return _below_head(view, node, _indent_of(view) or unit or _USUAL)
    line = source.line_starts[last.lineno - 1]
    if _fills(last) and all(map(_no_op, node.body)) and not rest and source.u8[line:start] == own:
        return Room(line, line_end, own, less=2 if len(node.body) == 1 else 1)
    return Room(line_end, line_end, own)


def _below_head(view: FileView, node: ast.ClassDef, unit: bytes) -> Room | None:
    source = view.source
    first, last = source.span(node.body[0])[0], source.span(node.body[-1])[1]
    colon = len(source.u8[:first].rstrip(_BLANK))
    if not source.u8[:colon].endswith(b":"):
        return None
    line_end = source.line_end(last)
    if all(map(_fills, node.body)):
        return Room(line_end, line_end, unit, 1, (colon, last))
    body = newline_behind(source, colon) + unit + source.u8[first:line_end]
    return Room(colon, line_end, unit, lead=body)


def _fills(node: ast.stmt) -> bool:
    """``pass`` and ``...``."""
    return isinstance(node, ast.Pass) or (
        isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and node.value.value is ...
    )


def _no_op(node: ast.stmt) -> bool:
    return _fills(node) or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))


def _indent_of(view: FileView) -> bytes | None:
    """How the file indents the body of its first class."""
    for node in view.tree.body:
        found = body_indent(view.source, node) if isinstance(node, ast.ClassDef) else None
        if found is not None:
            return found
    return None
