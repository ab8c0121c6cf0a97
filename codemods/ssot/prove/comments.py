"""Gate 5: the same comments in the same order; those on import statements may move with what they are about."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ssot.index.lexer import skipped
from ssot.index.source import Source
from ssot.index.view import FileView
from ssot.prove.difference import whole_span
from ssot.prove.gates import Failure, Versions
from ssot.prove.terms import Terms


@dataclass(frozen=True, slots=True)
class Comment:
    offset: int
    line: int
    text: str
    alone: bool  # on a line of its own


@dataclass(frozen=True)
class Excused:
    """Statements whose comments go or come with them."""

    gone: tuple[ast.stmt | ast.alias, ...] = ()
    come: tuple[ast.stmt, ...] = ()


NONE = Excused()


def check_comments(versions: Versions, excused: Excused = NONE) -> Failure | None:
    old = _remaining(versions.old, versions.old_tree, excused.gone)
    whole = _remaining(versions.old, versions.old_tree, ())  # what is excused may go, and may stay
    new = _remaining(versions.new, versions.new_tree, excused.come)
    before, most, after = (Counter([*one[0], *one[1]]) for one in (old, whole, new))
    if before - after or after - most:
        lost = ", ".join(sorted((before - after) + (after - most)))
        return Failure("gate-comments", f"comments would be lost or made: {lost[:200]}")
    if not (_in_order(old[0], new[0]) and _in_order(new[0], whole[0])):
        moved = next((one for one, other in zip(old[0], new[0], strict=False) if one != other), "on an import")
        return Failure("gate-comments", f"a comment would stand elsewhere: {moved[:200]}")
    return None


def _in_order(few: list[str], many: list[str]) -> bool:
    """Whether `few` are some of `many`, in their order."""
    rest = iter(many)
    return all(any(one == other for other in rest) for one in few)


def _remaining(
    source: Source, tree: ast.Module, excused: Iterable[ast.stmt | ast.alias]
) -> tuple[list[str], list[str]]:
    """Comments in the order of the file, and those on import statements, which may move with a name."""
    found = comments(source)
    if not found:
        return [], []
    out = {id(comment) for node in excused for comment in attached(source, found, node)}
    lines = {line for node in _imports(tree.body) for line in range(node.lineno, (node.end_lineno or node.lineno) + 1)}
    staying = [comment for comment in found if id(comment) not in out]
    return (
        [comment.text for comment in staying if comment.line not in lines],
        [comment.text for comment in staying if comment.line in lines],
    )


def _imports(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """The import statements at any depth; expressions hold none."""
    for node in body:
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield node
        for part in ("body", "orelse", "finalbody"):
            yield from _imports(getattr(node, part, []))
        for inner in (*getattr(node, "handlers", []), *getattr(node, "cases", [])):
            yield from _imports(inner.body)


def unbound(view: FileView, terms: Terms) -> Iterator[ast.stmt | ast.alias]:
    """Imports of names that the module may cease to bind: whole statements, or single names of one."""
    for node in view.tree.body:
        if isinstance(node, ast.ImportFrom):
            paths = [(view.module, alias.asname or alias.name) for alias in node.names]
            going = [
                alias for alias, path in zip(node.names, paths, strict=True) if terms.retires(path) or terms.drops(path)
            ]
            yield from [node] if len(going) == len(node.names) else going


def attached(source: Source, found: list[Comment], node: ast.stmt | ast.alias) -> list[Comment]:
    """The comments of a statement: inside it, behind its last line, directly above it, and below, indented as its body."""
    start, end = whole_span(source, node)
    first, last = source.line_of(start), source.line_of(end)
    above = first
    alone = {comment.line for comment in found if comment.alone}
    while above - 1 in alone:
        above -= 1
    if above == 1:  # a shebang, a coding line, a licence: the file's, not the statement's
        above = first
    return [comment for comment in found if above <= comment.line <= max(last, _lines_below(source, node, last))]


def _lines_below(source: Source, node: ast.stmt | ast.alias, last: int) -> int:
    """The last comment line below a statement that is indented deeper than it."""
    reach = last
    for line in range(last + 1, len(source.line_starts) + 1):
        start = source.line_starts[line - 1]
        text = source.u8[start : source.line_end(start)]
        words = text.lstrip()
        if words and not (words.startswith(b"#") and len(text) - len(words) > node.col_offset):
            break
        reach = line if words else reach
    return reach


def inside(source: Source, node: ast.stmt) -> list[Comment]:
    """The comments between a statement's first and last line."""
    start, end = whole_span(source, node)
    return [one for one in comments(source) if source.line_of(start) <= one.line <= source.line_of(end)]


def comments(source: Source) -> list[Comment]:
    """All comments of a source text."""
    text = source.u8
    if b"#" not in text:
        return []
    found = []
    for match in skipped(text):
        if match.group().startswith(b"#"):
            line = source.line_of(match.start())
            ahead = text[source.line_starts[line - 1] : match.start()]
            words = match.group().decode().rstrip()
            found.append(Comment(match.start(), line, words, not ahead.strip()))
    return found
