"""Import lines added to the canonical module."""

from __future__ import annotations

import ast

from ssot.index.view import FileView
from ssot.rewrite.collapsing.extent import newline_behind, with_comments_above
from ssot.rewrite.collapsing.placement import Slot, added_line, import_block
from ssot.rewrite.collapsing.values import Definition
from ssot.rewrite.outcomes import Splice


def module_of(view: FileView, line: str) -> str:
    """The module that an import line names."""
    node = ast.parse(line).body[0] if line and not line.startswith((" ", "if ")) else None
    if isinstance(node, ast.ImportFrom):
        return view.base(node) or ""
    return node.names[0].name if isinstance(node, ast.Import) else "typing"


def block(new: Definition, place: Slot | None, lines: list[str], keys: frozenset[str]) -> Splice:
    """Lines added to the imports; a module without any gets them in front of its first statement."""
    view, source = new.view, new.view.source
    if place is not None:
        text = added_line(source, place, lines[0])
        newline = newline_behind(source, place.offset)
        return Splice(place.offset, place.offset, text + b"".join(newline + line.encode() for line in lines[1:]), keys)
    head, imports = view.tree.body[0], import_block(view)
    newline = source.newline
    text = newline.join(line.encode() for line in lines)
    if imports or (isinstance(head, ast.Expr) and isinstance(head.value, ast.Constant)):
        at = source.line_end(source.span(imports[-1] if imports else head)[1])
        return Splice(at, at, newline * (1 if imports else 2) + text, keys)
    first = min([head.lineno, *(d.lineno for d in getattr(head, "decorator_list", []))])
    at = with_comments_above(source, source.line_starts[first - 1])
    return Splice(at, at, text + newline * 3, keys)
