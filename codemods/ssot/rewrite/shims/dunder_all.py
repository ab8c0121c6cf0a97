"""Names taken out of a constant ``__all__``."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterator

from ssot.index.source import Source
from ssot.index.view import FileView
from ssot.rewrite.outcomes import Splice
from ssot.rewrite.shims.refused import NoShimError

_Display = ast.List | ast.Tuple | ast.Set
_COMMA = re.compile(rb"\s*,")


def without(view: FileView, names: Collection[str], keys: frozenset[str]) -> list[Splice]:
    """Edits that take `names` out of the module's ``__all__``. Raises NoShimError where that is computed."""
    listed = set(view.facts.exports or ())
    if view.facts.exports_computed and b"__all__" in view.source.u8 and not view.facts.shims.rows:
        raise NoShimError("shim-all", f"__all__ of {view.module} is computed")
    if listed.isdisjoint(names):
        return []
    found: list[Splice] = []
    for node in _lists(view.tree):
        found += _without(view.source, node, names, keys)
    return found


def _without(source: Source, node: _Display, names: Collection[str], keys: frozenset[str]) -> Iterator[Splice]:
    gone = [isinstance(item, ast.Constant) and item.value in names for item in node.elts]
    kept = [item for item, goes in zip(node.elts, gone, strict=True) if not goes]
    if isinstance(node, ast.Tuple) and len(kept) == 1 and any(gone):  # a tuple of one needs its comma
        end = source.span(node.elts[-1])[1]
        comma = _COMMA.match(source.u8, end)
        whole = source.span(node.elts[0])[0], comma.end() if comma is not None else end
        yield Splice(*whole, source.segment(kept[0]) + b",", keys)
        return
    for first, last in _runs(gone):
        yield Splice(*_span(source, node, first, last), b"", keys)


def _runs(gone: list[bool]) -> Iterator[tuple[int, int]]:
    """First and last position of neighbours that go."""
    first: int | None = None
    for position, goes in enumerate([*gone, False]):
        if goes and first is None:
            first = position
        elif not goes and first is not None:
            yield first, position - 1
            first = None


def _lists(tree: ast.Module) -> Iterator[_Display]:
    """Every list or tuple in a statement on ``__all__``."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign | ast.Expr) and any(
            isinstance(inner, ast.Name) and inner.id == "__all__" for inner in ast.walk(node)
        ):
            yield from (inner for inner in ast.walk(node) if isinstance(inner, ast.List | ast.Tuple | ast.Set))


def _span(source: Source, node: _Display, first: int, last: int) -> tuple[int, int]:
    """Neighbours with their commas; whole lines, where they stand on those alone."""
    items = node.elts
    start, end = source.span(items[first])[0], source.span(items[last])[1]
    comma = _COMMA.match(source.u8, end)
    behind = comma.end() if comma is not None else end
    line_start, line_end = source.line_starts[source.line_of(start) - 1], source.line_end(behind)
    inside = source.line_of(start) > source.line_of(source.span(node)[0])
    alone = not source.u8[line_start:start].strip() and not source.u8[behind:line_end].strip()
    if inside and alone and source.line_of(line_end) < len(source.line_starts):
        return line_start, source.line_starts[source.line_of(line_end)]
    if last + 1 < len(items):
        return start, source.span(items[last + 1])[0]
    return (source.span(items[first - 1])[1], end) if first else (start, behind)
