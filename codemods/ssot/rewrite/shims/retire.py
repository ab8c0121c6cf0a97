"""Shims taken away again: rows out of the table, and all that serves it where no row is left."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Set

from ssot.index import shims
from ssot.index.collect import is_type_checking
from ssot.index.layout import is_init
from ssot.index.shims import HELPER, NAME_DIR, NO_ATTRIBUTE, TABLE
from ssot.index.view import FileView
from ssot.index.wrappers import functions_of
from ssot.rewrite.outcomes import Splice
from ssot.rewrite.shims.block import NewRow, table_text
from ssot.rewrite.shims.drop import Edits, names
from ssot.rewrite.shims.dynamic import looks_names_up
from ssot.rewrite.shims.layout import apart, extent, laid_out
from ssot.rewrite.shims.refused import NoShimError
from ssot.rewrite.stage import Tree


def without_rows(tree: Tree, view: FileView, gone: Set[str], keys: frozenset[str], going: Collection[str]) -> Edits:
    """The module without some of its shims; `going`: files that go as well.

    Raises NoShimError where they are not as the tool wrote them.
    """
    facts = view.facts
    if not facts.shims.live or facts.shims.faults:
        reason = facts.shims.faults[0].reason if facts.shims.faults else "nothing gives its names"
        raise NoShimError("shim-marker", f"{view.source.path}: {reason}")
    left = [row for row in facts.shims.rows if row.name not in gone]
    found = list(_typed(view, gone, keys))
    found += [
        _cut(view, node, keys) for name in sorted(gone & facts.shims.wrapped) for node in functions_of(view.tree, name)
    ]
    if left:
        found.append(_shorter(view, left, keys))
    if not left or (facts.shims.asked and facts.shims.wrapped.issuperset(row.name for row in left)):
        found += _machinery(view, keys, table=not left)
        found += _import_gone(view, found, "TYPE_CHECKING", keys)
    found += _import_gone(view, found, "warnings", keys)
    if shims.WHOLE in gone:
        found += [_cut(view, node, keys) for node in view.tree.body if _is_all(node)]
        return names(tree, view, (), apart(found), keys, going)
    return names(tree, view, set(gone), apart(found), keys, going)


def _is_all(node: ast.stmt) -> bool:
    return isinstance(node, ast.Assign) and any(shims.named(target, "__all__") for target in node.targets)


def _shorter(view: FileView, left: list[shims.ShimRow], keys: frozenset[str]) -> Splice:
    node = shims.table_of(view.tree)
    assert node is not None
    if b"#" in view.source.segment(node):
        raise NoShimError("shim-marker", f"{view.source.path}:{node.lineno}: the table holds comments")
    rows = [NewRow(row.name, row.canonical, row.since, row.until) for row in left]
    return Splice(*view.source.span(node), laid_out(table_text(rows).rstrip("\n"), view.source), keys)


def _machinery(view: FileView, keys: frozenset[str], *, table: bool) -> Iterator[Splice]:
    """The table and its functions; of functions that were there before, what was put into them."""
    made = shims.table_of(view.tree)
    for node in view.tree.body:
        if (table and node is made) or (isinstance(node, ast.FunctionDef) and node.name == HELPER):
            yield _cut(view, node, keys)
        elif isinstance(node, ast.FunctionDef) and node.name == "__getattr__":
            yield from _getter(view, node, keys)
        elif isinstance(node, ast.FunctionDef) and node.name == "__dir__":
            yield from _lister(view, node, keys)


def _cut(view: FileView, node: ast.stmt, keys: frozenset[str]) -> Splice:
    return Splice(*extent(view.source, view.tree.body, node), b"", keys)


def _getter(view: FileView, node: ast.FunctionDef, keys: frozenset[str]) -> Iterator[Splice]:
    parameter = node.args.args[0].arg
    ours = [one for one in node.body if shims.is_arm(one, parameter) or shims.is_all_arm(one)]
    rest = [one for one in node.body if one not in ours]
    raising = ast.dump(ast.parse(f"def f():\n    {NO_ATTRIBUTE}\n").body[0].body[0])  # type: ignore[attr-defined]
    whole = any(row.name == shims.WHOLE for row in view.facts.shims.rows)
    if whole or (parameter == "name" and [ast.dump(one) for one in rest] == [raising]):
        yield _cut(view, node, keys)
        return
    for one in ours:
        end = view.source.span(one)[1]
        first = view.source.line_starts[one.lineno - 1]
        line = view.source.line_of(view.source.line_end(end))
        yield Splice(first, view.source.line_starts[line] if line < len(view.source.line_starts) else end, b"", keys)


def _lister(view: FileView, node: ast.FunctionDef, keys: frozenset[str]) -> Iterator[Splice]:
    if shims.is_written(node, NAME_DIR) or shims.is_written(node, shims.MODULE_DIR):
        yield _cut(view, node, keys)
        return
    for inner in ast.walk(node):
        match inner:
            case ast.Call(
                func=ast.Name(id="sorted"),
                args=[ast.Set(elts=[ast.Starred(value=value), ast.Starred(value=ast.Name(id=table))])],
            ) if table == TABLE:
                yield Splice(*view.source.span(inner), view.source.segment(value), keys)
            case ast.Name(id=name) if name == TABLE and not _inside_sorted(node, inner):
                raise NoShimError("shim-marker", f"{view.source.path}: __dir__ uses {TABLE} in its own way")
            case _:
                pass


def _inside_sorted(function: ast.FunctionDef, node: ast.Name) -> bool:
    return any(
        isinstance(call, ast.Call)
        and getattr(call.func, "id", "") == "sorted"
        and any(n is node for n in ast.walk(call))
        for call in ast.walk(function)
    )


# -- what type checkers were told


def _typed(view: FileView, gone: Collection[str], keys: frozenset[str]) -> Iterator[Splice]:
    for node in view.tree.body:
        if isinstance(node, ast.If) and is_type_checking(node.test) and not node.orelse:
            yield from _block(view, node, gone, keys)


def _block(view: FileView, node: ast.If, gone: Collection[str], keys: frozenset[str]) -> Iterator[Splice]:
    aliases = [one for one in node.body if _alias_of(one) in gone]
    locals_ = {one.value.id for one in aliases if isinstance(one, ast.Assign) and isinstance(one.value, ast.Name)}
    whole = shims.WHOLE in gone
    going: list[ast.stmt] = [*aliases]
    for one in node.body:
        if isinstance(one, ast.ImportFrom) and (whole or _only_for(view, one, locals_, gone, aliases)):
            going.append(one)
    if going and len(going) == len(node.body):
        yield _cut(view, node, keys)
        return
    for one in going:
        yield Splice(*extent(view.source, node.body, one), b"", keys)


def _alias_of(node: ast.stmt) -> str:
    match node:
        case ast.Assign(targets=[ast.Name(id=name)], value=ast.Name()):
            return name
        case _:
            return ""


def _only_for(
    view: FileView, node: ast.ImportFrom, locals_: set[str], gone: Collection[str], aliases: list[ast.stmt]
) -> bool:
    """Whether an import serves nothing but the aliases that go."""
    bound = {alias.asname or alias.name for alias in node.names}
    if bound <= set(gone):
        return True
    uses = [use for name in bound for use in view.scopes.uses_of(view.scopes.root, name) if use.loads]
    inside = {id(inner) for one in aliases for inner in ast.walk(one)}
    return bound <= locals_ and all(id(use.node) in inside for use in uses)


def _import_gone(view: FileView, found: list[Splice], name: str, keys: frozenset[str]) -> Iterator[Splice]:
    """``from typing import TYPE_CHECKING`` or ``import warnings``, where nothing asks for it any more."""
    uses = [use for use in view.scopes.uses_of(view.scopes.root, name) if use.loads]
    left = [use for use in uses if not _covered(view, use.node, found)]
    if is_init(view.source.path) or left or name in (view.facts.exports or ()) or not uses or looks_names_up(view):
        return
    for node in view.tree.body:
        match node:
            case (
                ast.ImportFrom(module="typing", names=[ast.alias(name=one, asname=None)])
                | ast.Import(names=[ast.alias(name=one, asname=None)])
            ) if one == name:
                yield _cut(view, node, keys)
            case _:
                pass


def _covered(view: FileView, node: ast.expr, found: list[Splice]) -> bool:
    start, end = view.source.span(node)
    return any(one.start <= start and end <= one.end for one in found)
