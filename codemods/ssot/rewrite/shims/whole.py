"""A module that moved with everything in it: what is left under the old name forwards each name."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator

from ssot.index import shims
from ssot.index.collect import is_type_checking
from ssot.index.shims import MODULE_ARMS, MODULE_DIR, MODULE_HELPER, NAME_GETATTR, TABLE, row_text
from ssot.index.table import Denotation, Missing, Module, Unknown
from ssot.index.view import FileView, local_name
from ssot.rewrite.outcomes import Splice
from ssot.rewrite.shims.announced import silenced
from ssot.rewrite.shims.block import NewRow, condition, type_checking
from ssot.rewrite.shims.layout import apart, appended, extent
from ssot.rewrite.shims.loads import Loads
from ssot.rewrite.shims.refused import NoShimError
from ssot.rewrite.stage import Tree

_LINE = 88


def splices(tree: Tree, loads: Loads, view: FileView, row: NewRow, keys: frozenset[str]) -> list[Splice]:
    """The module's statements go, and the functions that forward come. Raises NoShimError."""
    silent = silenced(tree, view, {*_public(view), *view.index.bindings(view.module)})
    going = check(tree, view, row.canonical, silent)
    kept = loads.kept(view, going)
    if kept:
        raise NoShimError(
            "shim-effects", f"{view.module} loads modules with effects: {sorted(set().union(*kept.values()))[0]}"
        )
    own = {
        local_name(alias) for node in silent if isinstance(node, ast.Import | ast.ImportFrom) for alias in node.names
    }
    public = sorted(_public(view) - own)
    body = view.tree.body
    found = apart(Splice(*extent(view.source, body, node), b"", keys) for node in [*going, *silent])
    parts = [f'{TABLE} = {{"{shims.WHOLE}": "{row_text(row.canonical, row.since, row.until)}"}}\n']
    if public and view.facts.exports is None:
        parts.insert(0, _listed(public))
    functions = [NAME_GETATTR + MODULE_ARMS, MODULE_DIR, MODULE_HELPER]
    if public:
        parts.insert(0, _typed(view, row.canonical, public))
        found += type_checking(view, keys, found)
    text = "\n".join(parts) + "".join(f"\n\n{function}" for function in functions)
    end = len(view.source.u8)
    return [*found, Splice(end, end, appended(view.source, text, found), keys)]


def check(tree: Tree, view: FileView, canonical: str, silent: Collection[ast.stmt] = ()) -> list[ast.stmt]:
    """The statements that go; NoShimError where the module is more than another name of the canonical one.

    `silent`: those by which it warned of itself.
    """
    going: list[ast.stmt] = []
    for node in view.tree.body:
        if _stays(node) or node in silent:
            continue
        if not isinstance(node, ast.Import | ast.ImportFrom):
            raise NoShimError("shim-has-code", f"{view.source.path}:{node.lineno}: {view.module} does more than import")
        for name in _bound(view, node):
            was, becomes = (tree.index.resolve(module, name) for module in (view.module, canonical))
            inside = isinstance(was, Module) and tree.governance.moved_module(was.name) is not None
            if was != becomes and not inside:
                said = f"{view.module}.{name} is {_in_words(was)}, in {canonical} it is {_in_words(becomes)}"
                raise NoShimError("shim-other-object", said)
        going.append(node)
    return going


def _in_words(found: Denotation) -> str:
    match found:
        case Unknown(reason=reason):
            return f"something that can't be told ({reason})"
        case Missing():
            return "nothing"
        case _:
            return str(found)


def _stays(node: ast.stmt) -> bool:
    match node:
        case ast.Expr(value=ast.Constant()) | ast.ImportFrom(module="__future__"):
            return True
        case ast.Assign(targets=[ast.Name(id="__all__")]):
            return True
        case ast.If(orelse=[]):
            return is_type_checking(node.test) and all(
                isinstance(one, ast.Import | ast.ImportFrom) for one in node.body
            )
        case ast.ImportFrom(module="typing", names=[ast.alias(name="TYPE_CHECKING")]):
            return True
        case _:
            return False


def _bound(view: FileView, node: ast.Import | ast.ImportFrom) -> Iterator[str]:
    for alias in node.names:
        if alias.name != "*":
            yield local_name(alias)
            continue
        base = view.base(node) if isinstance(node, ast.ImportFrom) else None
        offered = view.index.star_names(base) if base is not None else None
        if offered is None:
            raise NoShimError("shim-binding", f"the names that {base} gives by a star import can't be told")
        yield from sorted(offered)


def _public(view: FileView) -> set[str]:
    names = view.facts.exports
    if names is not None:
        return set(names)
    if view.facts.exports_computed:
        raise NoShimError("shim-all", f"__all__ of {view.module} is computed")
    offered = view.index.star_names(view.module)
    return set(offered) if offered is not None else set()


def _listed(public: list[str]) -> str:
    line = f"__all__ = [{', '.join(f'{chr(34)}{name}{chr(34)}' for name in public)}]\n"
    if len(line) <= _LINE:
        return line
    return "__all__ = [\n" + "".join(f'    "{name}",\n' for name in public) + "]\n"


def _typed(view: FileView, canonical: str, public: list[str]) -> str:
    line = f"    from {canonical} import {', '.join(public)}\n"
    if len(line) > _LINE:
        line = f"    from {canonical} import (\n" + "".join(f"        {name},\n" for name in public) + "    )\n"
    return f"if {condition(view)}:\n{line}"
