"""Where in the duplicate's module the import of the canonical definition goes, and how it is spelled."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass

from ssot.index.source import Source
from ssot.index.table import Path
from ssot.index.view import FileView
from ssot.rewrite.collapsing.extent import newline_behind
from ssot.rewrite.collapsing.values import Definition
from ssot.rewrite.fromlist import NewName, statement
from ssot.rewrite.statements import module_text, shares_line

_WALL = re.compile(rb"#\s*(?:isort|fmt|yapf|ruff)\s*:", re.IGNORECASE)


def import_block(view: FileView) -> list[ast.Import | ast.ImportFrom]:
    """The unbroken run of plain imports at the top of a module, behind its docstring."""
    body = view.tree.body
    start = 1 if body and _docstring(body[0]) else 0
    found: list[ast.Import | ast.ImportFrom] = []
    for node in body[start:]:
        if not isinstance(node, ast.Import | ast.ImportFrom):
            break
        found.append(node)
    return found


def _docstring(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)


def import_line(view: FileView, target: Path, local: str) -> str:
    """``from module import name as local`` in the style of the file: relative where its own imports are."""
    return statement(spelled_module(view, target[0]), [NewName(target[1], local)])


def spelled_module(view: FileView, module: str) -> str:
    """As the file spells this module already, else relative where it imports from its package relatively."""
    statements = [node for node in import_block(view) if isinstance(node, ast.ImportFrom)]
    same = next((node for node in statements if view.base(node) == module), None)
    if same is not None:
        return "." * same.level + (same.module or "")
    top = view.module.partition(".")[0]
    own = [node for node in statements if (view.base(node) or "").partition(".")[0] == top]
    relative = next((node for node in own if node.level), None)
    absolute = any(not node.level for node in own)
    return module_text(view, None if absolute else relative, module)


@dataclass(frozen=True, slots=True)
class Slot:
    """The end of a line behind which an import line can be added; `apart`: as a section of its own.

    ``ahead``: the start of a line in front of which it can be added, as a section of its own.
    """

    offset: int
    apart: bool = False
    ahead: bool = False


def slot(view: FileView, module: str, *, plain: bool = False) -> Slot | None:
    """Behind imports of the same module, else behind those of its kind, else behind all; None: there is no place.

    ``plain``: for ``import module``, which stands with others of that form.
    """
    block, source = import_block(view), view.source
    if not block:
        return None
    first, end = source.line_starts[block[0].lineno - 1], source.line_end(source.span(block[-1])[1])
    if _WALL.search(source.u8[first:end]):
        return None
    ours = view.index.layout.has(module.partition(".")[0])
    same = [node for node in block if isinstance(node, ast.ImportFrom) and view.base(node) == module]
    kind = [node for node in block if _future(node) is False and _ours(view, node) is ours]
    form = [node for node in kind if isinstance(node, ast.Import)] if plain else []
    last = (form or same or kind or block)[-1]
    following = [node for node in view.tree.body if node.lineno > last.lineno or node.col_offset > last.col_offset]
    if shares_line(source, last) and any(node.lineno == last.end_lineno for node in following):
        return None
    if _future(last) and not same:
        return Slot(source.line_end(source.span(last)[1]), apart=True)
    return Slot(source.line_end(source.span(last)[1]), apart=not (form or same or kind))


def slot_ahead(view: FileView, module: str) -> Slot | None:
    """In front of the project's imports, for a module of the standard library where all other imports are those."""
    block, source = [node for node in import_block(view) if not _future(node)], view.source
    if module.partition(".")[0] not in sys.stdlib_module_names or not block:
        return None
    start = source.line_starts[block[0].lineno - 1]
    above = source.u8[source.line_starts[block[0].lineno - 2] : start] if block[0].lineno > 1 else b""
    walled = _WALL.search(source.u8[start : source.line_end(source.span(block[-1])[1])])
    plain = source.span(block[0])[0] == start and not above.lstrip().startswith(b"#") and not walled
    return Slot(start, ahead=True) if plain and all(_ours(view, node) for node in block) else None


def _future(node: ast.stmt) -> bool:
    return isinstance(node, ast.ImportFrom) and node.module == "__future__"


def _ours(view: FileView, node: ast.Import | ast.ImportFrom) -> bool:
    """Whether a statement imports from the project."""
    if isinstance(node, ast.ImportFrom):
        return bool(node.level) or view.index.layout.has((node.module or "").partition(".")[0])
    return view.index.layout.has(node.names[0].name.partition(".")[0])


def between(view: FileView, definition: Definition) -> Iterator[ast.stmt]:
    """The statements that run after the imports and before the definition."""
    block = import_block(view)
    last = block[-1].lineno if block else 0
    return (node for node in view.tree.body if last < node.lineno < definition.line)


def added_line(source: Source, place: Slot, line: str) -> bytes:
    """A line to insert at the end of another one."""
    newline = newline_behind(source, place.offset)
    return newline * (2 if place.apart else 1) + line.encode()
