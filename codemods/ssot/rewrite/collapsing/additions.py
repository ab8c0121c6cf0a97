"""Import lines added to the canonical module."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from ssot.index.view import FileView
from ssot.rewrite.collapsing.extent import newline_behind, with_comments_above
from ssot.rewrite.collapsing.placement import Slot, added_line, import_block, slot
from ssot.rewrite.collapsing.surroundings import Needs
from ssot.rewrite.collapsing.values import Definition
from ssot.rewrite.outcomes import Splice


def module_of(view: FileView, line: str) -> str:
    """The module that an import line names."""
    node = ast.parse(line).body[0] if line and not line.startswith((" ", "if ")) else None
    if isinstance(node, ast.ImportFrom):
        return view.base(node) or ""
    return node.names[0].name if isinstance(node, ast.Import) else "typing"


def added_imports(new: Definition, needs: Needs, keys: frozenset[str]) -> Iterator[Splice]:
    """What moved members need, behind the imports of its kind."""
    view = new.view
    lines = list(dict.fromkeys(needs.imports))
    if needs.type_imports:
        guarded = next((node for node in view.tree.body if isinstance(node, ast.If) and _for_type_checkers(node)), None)
        if guarded is not None:
            yield _guarded(view, guarded, needs.type_imports, keys)
        else:
            lines.append("from typing import TYPE_CHECKING")
            lines += ["", "if TYPE_CHECKING:", *(f"    {line}" for line in dict.fromkeys(needs.type_imports))]
    by_place: dict[Slot | None, list[str]] = {}
    for line in lines:
        by_place.setdefault(slot(view, module_of(view, line)), []).append(line)
    for place, found in by_place.items():
        yield block(new, place, found, keys)


def _guarded(view: FileView, guarded: ast.If, lines: Iterable[str], keys: frozenset[str]) -> Splice:
    source, last = view.source, guarded.body[-1]
    at = source.line_end(source.span(last)[1])
    newline = newline_behind(source, at)
    indent = source.u8[source.line_starts[last.lineno - 1] :][: last.col_offset]
    return Splice(at, at, b"".join(newline + indent + line.encode() for line in dict.fromkeys(lines)), keys)


def _for_type_checkers(node: ast.If) -> bool:
    return ast.unparse(node.test).rpartition(".")[2] == "TYPE_CHECKING" and not node.orelse


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
