"""An import of the standard library put where sorting would have it."""

from __future__ import annotations

import ast
import sys
from collections.abc import Sequence

from ssot.index.view import FileView
from ssot.rewrite.outcomes import Splice
from ssot.rewrite.shims.layout import laid_out


def put(view: FileView, line: str, keys: frozenset[str], taken: Sequence[Splice]) -> Splice:
    """One more import at the top of the module. `taken`: the other edits of the file."""
    at, before, after = _top(view, line, taken)
    return Splice(at, at, laid_out(f"{before}{line}\n{after}", view.source), keys)


def _top(view: FileView, line: str, taken: Sequence[Splice]) -> tuple[int, str, str]:
    """Where imports may start, and the blank lines that belong around them there."""
    source, body = view.source, view.tree.body
    position = 0
    if body and isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant):
        position = 1
    while position < len(body) and _is_future(body[position]):
        position += 1
    if position < len(body) and isinstance(body[position], ast.Import | ast.ImportFrom):
        return _among(view, position, line, taken)
    if position == 0:
        decorated = [one.lineno for node in body[:1] for one in getattr(node, "decorator_list", [])]
        first = min([node.lineno for node in body[:1]] + decorated, default=0)
        gap = "\n\n" if body and isinstance(body[0], ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) else "\n"
        return (source.line_starts[first - 1], "", gap) if first else (len(source.u8), "", "")
    last = source.line_of(source.span(body[position - 1])[1])
    if last < len(source.line_starts):
        return source.line_starts[last], "\n", ""
    return len(source.u8), "\n\n", ""


def _among(view: FileView, position: int, line: str, taken: Sequence[Splice]) -> tuple[int, str, str]:
    """The place among the imports of the standard library where sorting would put it; else in front of all."""
    source, body = view.source, view.tree.body
    after: ast.stmt | None = None
    for node in body[position:]:
        if not isinstance(node, ast.Import | ast.ImportFrom) or not _standard(node):
            break
        if _key(node) < _key(ast.parse(line).body[0]):
            after = node
    if after is None:
        at = source.line_starts[body[position].lineno - 1]
        gap = "\n" if _foreign_follows(view, body[position:], taken) else _blank_lines(view, at, taken)
        return at, "", gap
    last = source.line_of(source.line_end(source.span(after)[1]))
    if last < len(source.line_starts):
        return source.line_starts[last], "", ""
    return len(source.u8), "\n", ""


def _key(node: ast.stmt) -> tuple[bool, str]:
    """Whole modules first, each by name."""
    if isinstance(node, ast.ImportFrom):
        return True, node.module or ""
    return False, node.names[0].name if isinstance(node, ast.Import) else ""


def _blank_lines(view: FileView, at: int, taken: Sequence[Splice]) -> str:
    """The blank lines that go with a statement, where something takes its place."""
    cut = next((one for one in taken if one.start == at and not one.new), None)
    text = view.source.u8[cut.start : cut.end] if cut is not None else b""
    return "\n" * max(0, text[len(text.rstrip()) :].count(view.source.newline) - 1)


def _foreign_follows(view: FileView, body: Sequence[ast.stmt], taken: Sequence[Splice]) -> bool:
    """Whether the first statement that stays is an import of something else than the standard library."""
    for node in body:
        start, end = view.source.span(node)
        if not any(one.start <= start and end <= one.end and not one.new for one in taken):
            return isinstance(node, ast.Import | ast.ImportFrom) and not _standard(node)
    return False


def _standard(node: ast.stmt) -> bool:
    """Whether an import is of the standard library."""
    if isinstance(node, ast.ImportFrom):
        return not node.level and (node.module or "").partition(".")[0] in sys.stdlib_module_names
    return isinstance(node, ast.Import) and all(
        alias.name.partition(".")[0] in sys.stdlib_module_names for alias in node.names
    )


def _is_future(node: ast.stmt) -> bool:
    return isinstance(node, ast.ImportFrom) and node.module == "__future__" and not node.level
