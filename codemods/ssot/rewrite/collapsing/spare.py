"""Imports that nothing but the definition used: they go with it, where nobody else gets them from the module."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass

from ssot.index.graph import loaded_by
from ssot.index.layout import is_init
from ssot.index.source import Source
from ssot.index.view import FileView, local_name
from ssot.rewrite.collapsing.extent import Extent
from ssot.rewrite.collapsing.ground import Ground
from ssot.rewrite.collapsing.values import Definition
from ssot.rewrite.fromlist import LayoutError, cut
from ssot.rewrite.outcomes import Splice
from ssot.rewrite.statements import has_comment, shares_line

_KEPT_ON_PURPOSE = re.compile(rb"#\s*(?:noqa|type|pylint|pyright|ruff|isort|flake8)\b", re.IGNORECASE)


@dataclass(frozen=True, eq=False)
class Spare:
    """An import statement of which some names are not needed any more."""

    node: ast.Import | ast.ImportFrom
    names: tuple[ast.alias, ...]

    @property
    def whole(self) -> bool:
        return len(self.names) == len(self.node.names)


def spare_imports(ground: Ground, old: Definition, gone: Extent, loaded: str) -> list[Spare]:
    """`loaded`: the module that is imported in the definition's stead."""
    view = old.view
    if is_init(view.source.path) or view.index.bindings(view.module).get("*"):
        return []
    found = []
    for node in view.tree.body:
        if isinstance(node, ast.Import | ast.ImportFrom) and not _stays(ground, view, node, loaded):
            names = tuple(alias for alias in node.names if _only_inside(ground, view, alias, gone))
            found += [Spare(node, names)] if names else []
    return found


def named_only_inside(
    ground: Ground, view: FileView, node: ast.Import | ast.ImportFrom, alias: ast.alias, gone: Extent
) -> bool:
    """Whether an imported name is used in one place only, and its statement is there for nothing else."""
    source = view.source
    text = source.u8[source.line_starts[node.lineno - 1] : source.line_end(source.span(node)[1])]
    kept = shares_line(source, node) or _KEPT_ON_PURPOSE.search(text) or has_comment(source, node)
    return not kept and _only_inside(ground, view, alias, gone, texts=False)


def _stays(ground: Ground, view: FileView, node: ast.Import | ast.ImportFrom, loaded: str) -> bool:
    """Whether the statement is there for more than its names, or can't be edited."""
    source = view.source
    text = source.u8[source.line_starts[node.lineno - 1] : source.line_end(source.span(node)[1])]
    if shares_line(source, node) or _KEPT_ON_PURPOSE.search(text) or has_comment(source, node):
        return True
    if isinstance(node, ast.ImportFrom) and node.module == "__future__":
        return True
    fact = view.fact(node)
    modules = list(loaded_by(view.index, source.path, fact)) if fact else []
    if not modules:
        top = (node.module or "") if isinstance(node, ast.ImportFrom) else node.names[0].name
        return top.partition(".")[0] not in sys.stdlib_module_names or (
            isinstance(node, ast.ImportFrom) and bool(node.level)
        )
    still = ground.graph.closure(loaded)
    return any(ground.graph.closure(module) & ground.graph.effectful & ~still for module in modules)


def _only_inside(ground: Ground, view: FileView, alias: ast.alias, gone: Extent, *, texts: bool = True) -> bool:
    """`texts`: whether a text that is the name, wherever it stands, may be what somebody asks the module for."""
    local, root = local_name(alias), view.scopes.root
    if local == "*" or alias.asname == alias.name or "." in alias.name or len(root.bindings.get(local, ())) != 1:
        return False
    uses = [use.in_string or use.node for use in view.scopes.uses_of(root, local)]
    inside = uses and all(gone.start <= view.source.offset(u.lineno, u.col_offset) < gone.end for u in uses)
    if not inside or local in (view.facts.exports or ()) or view.facts.exports_computed:
        return False
    if ground.patches.on((view.module, local)) or _read(ground, view.module, local, texts=texts):
        return False
    return not _named_in_text(view, local, gone)


def _read(ground: Ground, module: str, name: str, *, texts: bool) -> bool:
    readers = ground.readers
    if texts:
        return bool(readers.of(module, name))
    taken = {(module, name), (module, "*")} & readers.taken
    return bool(taken or readers.reached(module, name) or readers.enumerated(module))


def _named_in_text(view: FileView, local: str, gone: Extent) -> bool:
    """Whether a string outside of the definition is the name."""
    strings = (use for use in view.scopes.strings if use.value == local)
    return any(not gone.start <= view.source.offset(use.node.lineno, use.node.col_offset) < gone.end for use in strings)


def without(view: FileView, spare: list[Spare], keys: frozenset[str], replaced: dict[int, bytes]) -> Iterator[Splice]:
    """The edits; `replaced`: what stands in the place of a whole statement, by its line."""
    source = view.source
    whole = [one.node for one in spare if one.whole and one.node.lineno not in replaced]
    yield from (Splice(start, end, b"", keys) for start, end in _lines(source, whole))
    for one in spare:
        start, end = source.span(one.node)
        if one.node.lineno in replaced:
            yield Splice(start, end, replaced[one.node.lineno], keys)
        elif not one.whole and isinstance(one.node, ast.ImportFrom):
            try:
                yield Splice(start, end, cut(source, one.node, one.names).text, keys)
            except LayoutError:
                continue


def _lines(source: Source, gone: list[ast.Import | ast.ImportFrom]) -> Iterator[tuple[int, int]]:
    """The lines of import statements, with the smaller of the two gaps around a section that goes as a whole."""
    count = len(source.line_starts)
    going = {line for node in gone for line in range(node.lineno, (node.end_lineno or node.lineno) + 1)}
    for first in sorted(line for line in going if line - 1 not in going):
        last = next(line for line in range(first, count + 1) if line + 1 not in going)
        above, below = first, last
        while above > 1 and _blank(source, above - 1):
            above -= 1
        while below < count and _blank(source, below + 1):
            below += 1
        if above == 1 or first - above > below - last:
            last = below
        elif below > last:
            first = above
        yield source.line_starts[first - 1], source.line_starts[last] if last < count else len(source.u8)


def _blank(source: Source, line: int) -> bool:
    start = source.line_starts[line - 1]
    return not source.u8[start : source.line_end(start)].strip()
