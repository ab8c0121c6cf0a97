"""The gates of one file: everything that must hold between its bytes before, the declared edits, and its bytes after.

They know nothing of how the edits were found. A gate that fails on an edit of our own is a bug of ours, and the file is
left alone.
"""

from __future__ import annotations

import ast
import symtable
import warnings
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ssot.index.lexer import skipped
from ssot.index.source import Source, apply_edits, decode
from ssot.values import Edit

_DEEP = (RecursionError, MemoryError)


@dataclass(frozen=True, slots=True)
class Failure:
    """Which gate, as its reason code, and what it saw."""

    code: str
    reason: str


@dataclass(frozen=True)
class Versions:
    """One file before and after, parsed once for all gates."""

    old: Source
    old_tree: ast.Module
    new: Source
    new_tree: ast.Module


def read_versions(path: str, before: bytes, after: bytes) -> Versions | Failure:
    """Gates 1 (decode) and 2 (parse)."""
    old, new = decode(path, before), decode(path, after)
    if not isinstance(old, Source) or not isinstance(new, Source):
        return Failure("gate-decode", "the file can't be read as text")
    if (old.encoding, old.bom) != (new.encoding, new.bom):
        return Failure("gate-decode", "the encoding would change")
    try:
        _compile_names(path, new.text)
        return Versions(old, old.parse(), new, new.parse())
    except SyntaxError as error:
        return Failure("gate-parse", f"the result does not parse: {error.msg}, line {error.lineno}")
    except _DEEP:
        return Failure("gate-parse", "the result is nested too deeply to check")


def _compile_names(path: str, text: str) -> None:
    """Raises SyntaxError for what `ast` lets pass: a late ``__future__``, a star in a function."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        symtable.symtable(text, path, "exec")


def check_versions(versions: Versions, before: bytes, edits: Sequence[Edit], after: bytes) -> Failure | None:
    """Gates 7 (minimal), 3 (explained difference) and 5 (comments)."""
    return minimal(before, edits, after) or _explained(versions, edits) or _comments(versions.old, versions.new)


# -- gate 7: the changed bytes are those of the declared edits


def minimal(before: bytes, edits: Sequence[Edit], after: bytes) -> Failure | None:
    try:
        expected = apply_edits(before, edits)
    except ValueError as error:
        return Failure("gate-minimal", f"the edits don't fit the file: {error}")
    if expected != after:
        return Failure("gate-minimal", "the result holds changes that no edit declares")
    if any(edit.old == edit.new for edit in edits):
        return Failure("gate-minimal", "an edit changes nothing")
    return None


# -- gate 3: without the declared edits both syntax trees are the same


def _explained(versions: Versions, edits: Sequence[Edit]) -> Failure | None:
    old_spans = [(edit.start, edit.end) for edit in edits]
    before = _outline(versions.old, versions.old_tree, old_spans)
    after = _outline(versions.new, versions.new_tree, list(_moved(versions.new, edits)))
    if before != after:
        return Failure("gate-difference", "code outside the edits would mean something else")
    return None


def _moved(new: Source, edits: Sequence[Edit]) -> Iterator[tuple[int, int]]:
    """Where the edits' new text stands in the result."""
    shift = 0
    for edit in sorted(edits):
        size = len(edit.new.encode(new.encoding))
        yield edit.start + shift, edit.start + shift + size
        shift += size - (edit.end - edit.start)


def _outline(source: Source, tree: ast.Module, spans: list[tuple[int, int]]) -> list[str]:
    """The module's statements as text: where an edit touches one, its syntax without what is edited, else its source."""
    blank = _Blank(source, spans)
    found = []
    for node in tree.body:
        if blank.touched(node):
            rest = blank.visit(node)
            found += [ast.dump(rest)] if rest is not None else []
        else:
            found.append(source.segment(node).decode())
    return found


class _Blank(ast.NodeTransformer):
    def __init__(self, source: Source, spans: list[tuple[int, int]]) -> None:
        self.source = source
        self.spans = spans
        self.lines: set[int] = set()
        for start, end in spans:
            first, last = source.line_of(self._u8(start)), source.line_of(self._u8(end))
            self.lines.update(range(first, last + 1))

    def _u8(self, offset: int) -> int:
        """The other way round than `Source.to_file`."""
        if self.source.encoding == "utf-8":
            return offset - self.source.bom
        return len(self.source.data[self.source.bom : offset].decode(self.source.encoding).encode())

    def touched(self, node: ast.stmt | ast.expr) -> bool:
        """Whether an edit overlaps the node; for a statement, also where it stands directly before or behind it."""
        lines = range(node.lineno, (node.end_lineno or node.lineno) + 1)
        if self.lines.isdisjoint(lines):
            return False
        start, end = (self.source.to_file(offset) for offset in self.source.span(node))
        if isinstance(node, ast.stmt):
            return any(first <= end and start <= last for first, last in self.spans)
        return any(first < end and start < last for first, last in self.spans)

    def visit_Import(self, node: ast.Import) -> ast.AST | None:
        return None if self.touched(node) else node

    def visit_ImportFrom(self, node: ast.ImportFrom) -> ast.AST | None:
        return None if self.touched(node) else node

    def visit_Name(self, node: ast.Name) -> ast.AST:
        return ast.Name("EDIT", node.ctx) if self.touched(node) else node

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        start, end = self.source.span(node)
        whole = (self.source.to_file(start), self.source.to_file(end))
        if _dotted(node) and any(first <= whole[1] <= last and first == whole[0] for first, last in self.spans):
            return ast.Name("EDIT", node.ctx)
        self.generic_visit(node)
        return node

    def visit_Constant(self, node: ast.Constant) -> ast.AST:
        if isinstance(node.value, str) and self.touched(node):
            return ast.Constant("EDIT")
        return node

    def visit_JoinedStr(self, node: ast.JoinedStr) -> ast.AST:
        """Positions inside f-strings are right only from Python 3.12 on: names in an edited one are all blanked."""
        return _BlankNames().visit(node) if self.touched(node) else node

    def generic_visit(self, node: ast.AST) -> ast.AST:
        super().generic_visit(node)
        body = getattr(node, "body", None)
        if isinstance(body, list) and not body and not isinstance(node, ast.Module):
            node.body = [ast.Pass()]  # type: ignore[attr-defined]
        return node


class _BlankNames(ast.NodeTransformer):
    def visit_Name(self, node: ast.Name) -> ast.AST:
        return ast.Name("EDIT", node.ctx)

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        if _dotted(node):
            return ast.Name("EDIT", node.ctx)
        return self.generic_visit(node)


def _dotted(node: ast.expr) -> bool:
    while isinstance(node, ast.Attribute):
        node = node.value
    return isinstance(node, ast.Name)


# -- gate 5: no comment is lost


def _comments(old: Source, new: Source) -> Failure | None:
    before, after = Counter(comments(old.u8)), Counter(comments(new.u8))
    if before != after:
        lost = ", ".join(sorted((before - after) + (after - before)))
        return Failure("gate-comments", f"comments would be lost or made: {lost[:200]}")
    return None


def comments(text: bytes) -> list[str]:
    """All comments of a source text."""
    if b"#" not in text:
        return []
    return [
        match.group().decode("utf-8", "replace").rstrip() for match in skipped(text) if match.group().startswith(b"#")
    ]
