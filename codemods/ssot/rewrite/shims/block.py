"""What is written into a module whose names become shims: the table, the functions that serve it, the names for type checkers."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from ssot.index import shims
from ssot.index.shims import ALL_ARM, ARM, NAME_DIR, NAME_GETATTR, NAME_HELPER, NO_ATTRIBUTE, TABLE, row_text
from ssot.index.view import FileView
from ssot.rewrite.outcomes import Splice
from ssot.rewrite.shims.importing import put
from ssot.rewrite.shims.layout import appended, laid_out
from ssot.rewrite.shims.refused import NoShimError

_TIGHT = (
    ast.Call,
    ast.Name,
    ast.Attribute,
    ast.List,
    ast.ListComp,
    ast.SetComp,
    ast.BinOp,
)  # need no parentheses behind ``*``


@dataclass(frozen=True, slots=True)
class NewRow:
    """A row to write. ``since`` and ``until`` of one that is there already are kept."""

    name: str
    canonical: str
    since: date
    until: date | None


def splices(
    view: FileView,
    rows: Sequence[NewRow],
    typed: Sequence[NewRow],
    keys: frozenset[str],
    known: Mapping[str, str] = MappingProxyType({}),
    taken: Sequence[Splice] = (),
    calling: Collection[str] = (),
) -> list[Splice]:
    """Everything that makes the module offer `rows`; type checkers are told of `typed`. Raises NoShimError.

    `known`: names under which the module itself goes on using some of the objects. `taken`: the edits that unbind names.
    `calling`: names that are functions, which the module is not asked for.
    """
    facts, source = view.facts, view.source
    if facts.shims.faults:
        fault = facts.shims.faults[0]
        raise NoShimError("shim-marker", f"{source.path}:{fault.line}: {fault.reason}")
    if any(row.name == shims.WHOLE for row in facts.shims.rows):
        raise NoShimError("shim-marker", f"{view.module} already offers everything of another module")
    there = shims.table_of(view.tree)
    found: list[Splice] = []
    tail: list[str] = []
    checked = _type_block(view, typed, known)
    if checked:
        tail.append(checked)
        found += type_checking(view, keys, taken)
    if there is None:
        tail.append(table_text(rows))
    else:
        found.append(Splice(*source.span(there), laid_out(_grown(view, there, rows).rstrip("\n"), source), keys))
    asked = [row for row in rows if row.name not in calling]
    functions, added = _functions(view, asked, keys) if asked else ([], [])
    text = "\n".join(tail) + "".join(f"\n\n{function}" for function in added)
    found += functions
    if text:
        found.append(
            Splice(len(source.u8), len(source.u8), appended(source, text.lstrip("\n"), [*taken, *found]), keys)
        )
    return found


# -- the table


def table_text(rows: Iterable[NewRow]) -> str:
    lines = "".join(f'    "{row.name}": "{row_text(row.canonical, row.since, row.until)}",\n' for row in rows)
    return f"{TABLE} = {{\n{lines}}}\n"


def _grown(view: FileView, there: ast.stmt, rows: Sequence[NewRow]) -> str:
    if b"#" in view.source.segment(there):
        raise NoShimError("shim-marker", f"{view.source.path}:{there.lineno}: the table holds comments")
    old = {row.name: NewRow(row.name, row.canonical, row.since, row.until) for row in view.facts.shims.rows}
    return table_text({**old, **{row.name: row for row in rows}}.values())


# -- the functions


def _functions(view: FileView, rows: Sequence[NewRow], keys: frozenset[str]) -> tuple[list[Splice], list[str]]:
    """Edits of the module's own functions, and those to be added."""
    if view.facts.shims.live and view.facts.shims.asked:
        _static_all(view, rows)
        return [], []
    found: list[Splice] = []
    added: list[str] = []
    star = _static_all(view, rows)
    getter = _own(view, "__getattr__")
    if getter is None:
        arm = ALL_ARM.format(name="name") if star else ""
        added.append(f"{NAME_GETATTR}{ARM.format(name='name')}{arm}    {NO_ATTRIBUTE}\n")
    else:
        found.append(_entered(view, getter, star, keys))
    lister = _own(view, "__dir__")
    if lister is None:
        added.append(NAME_DIR)
    else:
        found += _listed(view, lister, keys)
    added.append(NAME_HELPER)
    return found, added


def _static_all(view: FileView, rows: Iterable[NewRow]) -> bool:
    """Whether star imports need to be told of the names."""
    public = [row.name for row in rows if not row.name.startswith("_")]
    if not public or view.facts.exports is not None:
        return False
    if view.facts.exports_computed and not view.facts.shims.live:
        raise NoShimError("shim-all", f"__all__ of {view.module} is computed, so star imports would lose {public[0]}")
    return True


def _own(view: FileView, name: str) -> ast.FunctionDef | None:
    """The module's own function of that name. Raises NoShimError where there is one that can't be extended."""
    bound = view.scopes.root.bindings.get(name, [])
    if not bound:
        return None
    function = shims.function_of(view.tree, name)
    if function is None or len(bound) != 1 or function.decorator_list:
        raise NoShimError("shim-getattr", f"{name} of {view.module} is not one plain function")
    if function.body[0].lineno == function.lineno or (name == "__getattr__" and not function.args.args):
        raise NoShimError("shim-getattr", f"{name} of {view.module} is written in a way that can't be extended")
    return function


def _entered(view: FileView, getter: ast.FunctionDef, star: bool, keys: frozenset[str]) -> Splice:
    """The new arms in front of the function's first statement behind its docstring."""
    source, parameter = view.source, getter.args.args[0].arg
    body = shims.body_of(getter)
    first = body[0] if body else getter.body[-1]
    line = source.line_starts[first.lineno - 1]
    if not body:  # nothing but a docstring
        raise NoShimError("shim-getattr", f"__getattr__ of {view.module} does nothing")
    arms = ARM.format(name=parameter)
    mentions_all = b"__all__" in source.segment(getter)
    arms += ALL_ARM.format(name=parameter) if star and not mentions_all else ""
    if any(
        isinstance(node, ast.Name) and node.id == parameter and not isinstance(node.ctx, ast.Load)
        for node in ast.walk(getter)
    ):
        raise NoShimError("shim-getattr", f"__getattr__ of {view.module} changes its parameter")
    return Splice(line, line, laid_out(arms, source), keys)


def _listed(view: FileView, lister: ast.FunctionDef, keys: frozenset[str]) -> Iterator[Splice]:
    """Each value that the function returns, with the table's names."""
    returns = list(_returns(lister.body))
    if not returns or any(node.value is None for node in returns):
        raise NoShimError("shim-getattr", f"__dir__ of {view.module} returns no list")
    for node in returns:
        assert node.value is not None
        start, end = view.source.span(node.value)
        bare = isinstance(node.value, _TIGHT)
        yield Splice(start, start, b"sorted({*" if bare else b"sorted({*(", keys)
        yield Splice(end, end, f"{'' if bare else ')'}, *{TABLE}}})".encode(), keys)


def _returns(body: Iterable[ast.stmt]) -> Iterator[ast.Return]:
    for node in body:
        if isinstance(node, ast.Return):
            yield node
        elif not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            for part in ("body", "orelse", "finalbody"):
                yield from _returns(getattr(node, part, []))
            for part in ("handlers", "cases"):
                for inner in getattr(node, part, []):
                    yield from _returns(inner.body)


# -- for type checkers


def _type_block(view: FileView, rows: Sequence[NewRow], known: Mapping[str, str]) -> str:
    """``if TYPE_CHECKING:`` with the names as what they are; nothing where the module has them there already."""
    there = view.index.bindings(view.module)
    wanted = [row for row in rows if not any(one.where.type_only for one in there.get(row.name, []))]
    if not wanted:
        return ""
    imports: dict[str, str] = {}
    lines: list[str] = []
    for row in wanted:
        module, _, attribute = row.canonical.partition(":")
        if module == view.module or row.name in known:
            lines.append(f"    {row.name} = {known.get(row.name, attribute)}\n")
            continue
        local = _free(view, f"_{attribute.lstrip('_')}", imports, row.canonical)
        imports[local] = f"    from {module} import {attribute} as {local}\n"
        lines.append(f"    {row.name} = {local}\n")
    gap = "\n" if imports else ""
    return f"if {condition(view)}:\n{''.join(sorted(imports.values()))}{gap}{''.join(lines)}"


def _free(view: FileView, wanted: str, taken: dict[str, str], canonical: str) -> str:
    """A local name that means nothing else in the file; the same one for the same object."""
    module, _, attribute = canonical.partition(":")
    local, number = wanted, 1
    while True:
        line = f"    from {module} import {attribute} as {local}\n"
        if taken.get(local, line) == line and local.encode() not in view.source.u8:
            return local
        number += 1
        local = f"{wanted}_{number}"


def condition(view: FileView) -> str:
    return "TYPE_CHECKING" if _typing_name(view) != "typing" else "typing.TYPE_CHECKING"


def _typing_name(view: FileView) -> str:
    """The name under which the module can ask whether a type checker reads it; empty where it has none yet."""
    for name, target, attribute in (("TYPE_CHECKING", "typing", "TYPE_CHECKING"), ("typing", "typing", "")):
        bound = view.index.bindings(view.module).get(name, [])
        if len(bound) == 1 and (bound[0].target, bound[0].attribute) == (target, attribute) and bound[0].where.certain:
            return name if not bound[0].where.type_only else ""
    return ""


def type_checking(view: FileView, keys: frozenset[str], taken: Sequence[Splice]) -> list[Splice]:
    """The import of TYPE_CHECKING, where the module lacks it."""
    if _typing_name(view):
        return []
    if view.index.bindings(view.module).get("TYPE_CHECKING"):
        raise NoShimError("shim-binding", f"TYPE_CHECKING means something else in {view.module}")
    return [put(view, "from typing import TYPE_CHECKING", keys, taken)]


def importing(view: FileView, module: str, keys: frozenset[str], taken: Sequence[Splice]) -> list[Splice]:
    """The import of a module of the standard library under its own name, where the module lacks it."""
    bound = view.index.bindings(view.module).get(module, [])
    if not bound:
        return [put(view, f"import {module}", keys, taken)]
    (one, *others) = bound
    if others or (one.target, one.attribute) != (module, "") or not one.where.certain or one.where.type_only:
        raise NoShimError("shim-binding", f"{module} means something else in {view.module}, or may do so")
    return []
