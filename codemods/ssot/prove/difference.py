"""Gate 3: without what edits may touch both syntax trees of a file are the same."""

from __future__ import annotations

import ast
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ssot.index.source import Source
from ssot.prove.gates import Failure, Versions
from ssot.values import Edit

_EDITED = "?"


@dataclass(frozen=True)
class Exempt:
    """Identities of nodes that the warrant takes out of the comparison: statements, and strings in ``__all__``."""

    gone: frozenset[int] = frozenset()
    come: frozenset[int] = frozenset()


NONE = Exempt()


def explained(versions: Versions, edits: Sequence[Edit], exempt: Exempt = NONE) -> Failure | None:
    old_spans = [(edit.start, edit.end) for edit in edits]
    before = _Blank(versions.old, old_spans, exempt.gone)
    after = _Blank(versions.new, list(moved(versions.new, edits)), exempt.come)
    old, new = before.remaining(versions.old_tree), after.remaining(versions.new_tree)
    if len(old) != len(new) or not all(_equal(before, one, after, other) for one, other in zip(old, new, strict=True)):
        return Failure("gate-difference", "code outside the edits would mean something else")
    return None


def _equal(before: _Blank, one: ast.stmt, after: _Blank, other: ast.stmt) -> bool:
    """By source where no edit touches the statement, else by its syntax without what is edited."""
    if before.touched(one) or after.touched(other):
        return before.dumped(one) == after.dumped(other)
    return before.text(one) == after.text(other)


def moved(new: Source, edits: Sequence[Edit]) -> Iterator[tuple[int, int]]:
    """Where the edits' new text stands in the result."""
    shift = 0
    for edit in sorted(edits):
        size = len(edit.new.encode(new.encoding))
        yield edit.start + shift, edit.start + shift + size
        shift += size - (edit.end - edit.start)


def whole_span(source: Source, node: ast.stmt | ast.expr | ast.alias) -> tuple[int, int]:
    """A node with its decorators."""
    start, end = source.span(node)
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    return min([start, *(source.span(one)[0] for one in decorators)]), end


class _Blank(ast.NodeTransformer):
    def __init__(self, source: Source, spans: list[tuple[int, int]], exempt: frozenset[int]) -> None:
        self.source = source
        self.spans = sorted(spans)
        self._starts = [start for start, _ in self.spans]
        self._ends = [end for _, end in self.spans]
        self.exempt = exempt

    def remaining(self, tree: ast.Module) -> list[ast.stmt]:
        """The module's statements that are on both sides, less imports."""
        return [
            node
            for node in tree.body
            if id(node) not in self.exempt and not isinstance(node, ast.Import | ast.ImportFrom)
        ]

    def dumped(self, node: ast.stmt) -> str:
        rest = self.visit(node)
        return ast.dump(rest) if rest is not None else ""

    def text(self, node: ast.stmt) -> bytes:
        start, end = whole_span(self.source, node)
        return self.source.u8[start:end]

    def touched(self, node: ast.stmt | ast.expr) -> bool:
        """Whether an edit overlaps the node."""
        start, end = (self.source.to_file(offset) for offset in whole_span(self.source, node))
        return bisect_right(self._ends, start) < bisect_left(self._starts, end)

    def _replaced(self, node: ast.expr) -> bool:
        """Whether one edit covers the node; edits are disjoint, so that it is the last to start before."""
        start, end = (self.source.to_file(offset) for offset in self.source.span(node))
        before = bisect_right(self._starts, start)
        return before > 0 and self._ends[before - 1] >= end

    def visit(self, node: ast.AST) -> ast.AST | None:
        found: ast.AST | None = None if id(node) in self.exempt else super().visit(node)
        return found

    def visit_Import(self, node: ast.Import) -> None:
        """Imports are compared by what they bind, and those that no edit touches are the same."""

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        pass

    def visit_Name(self, node: ast.Name) -> ast.AST:
        return ast.Name(_EDITED, node.ctx) if self.touched(node) else node

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        if _dotted(node) and self._replaced(node):
            return ast.Name(_EDITED, node.ctx)
        self.generic_visit(node)
        return node

    def visit_Constant(self, node: ast.Constant) -> ast.AST:
        if isinstance(node.value, str) and self.touched(node):
            return ast.Constant(None)
        return node

    def visit_JoinedStr(self, node: ast.JoinedStr) -> ast.AST:
        """Positions inside f-strings are right only from Python 3.12 on: names in an edited one are all blanked."""
        return BlankNames().visit(node) if self.touched(node) else node

    def generic_visit(self, node: ast.AST) -> ast.AST:
        super().generic_visit(node)
        body = getattr(node, "body", None)
        if isinstance(body, list) and not body and not isinstance(node, ast.Module):
            node.body = [ast.Pass()]  # type: ignore[attr-defined]
        return node


class BlankNames(ast.NodeTransformer):
    def visit_Name(self, node: ast.Name) -> ast.AST:
        return ast.Name(_EDITED, node.ctx)

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        if _dotted(node):
            return ast.Name(_EDITED, node.ctx)
        return self.generic_visit(node)


def _dotted(node: ast.expr) -> bool:
    while isinstance(node, ast.Attribute):
        node = node.value
    return isinstance(node, ast.Name)
