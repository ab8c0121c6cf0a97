"""Gate 4, exports: a module-level name that goes must be one that nobody gets from here; the others stay what they are."""

from __future__ import annotations

from ssot.index.facts import Kind
from ssot.index.layout import is_init
from ssot.index.shims import HELPER, TABLE, WHOLE
from ssot.index.table import External, Missing, Module, Unknown
from ssot.index.view import FileView
from ssot.prove.gates import Failure
from ssot.prove.imports import plain_package
from ssot.prove.terms import Terms


def compare_exports(path: str, before: FileView, after: FileView, terms: Terms) -> Failure | None:
    old, new = bound_names(before), bound_names(after)
    on_demand = {row[0] for row in after.facts.lazy}
    gone = {name for name in old - new if not _licensed_to_go(before, after, name, terms)}
    if gone and is_init(path):
        kept = {name for name in gone if not plain_package(before, name)}
        if kept:
            return Failure("gate-bindings", f"the package would no longer offer {', '.join(sorted(kept))}")
    listed = {name for name in after.facts.exports or () if not _given(after, name, on_demand)} - new
    if listed & old:
        return Failure("gate-bindings", f"__all__ would list {', '.join(sorted(listed & old))}, which is gone")
    return _changed(path, before, after, sorted(old & new), terms)


def _given(view: FileView, name: str, on_demand: set[str]) -> bool:
    """Whether the module gives a name when asked for it."""
    return name in on_demand or (WHOLE in on_demand and not isinstance(view.index.resolve(view.module, name), Missing))


def bound_names(view: FileView) -> set[str]:
    """What the module's statements bind when it runs."""
    made = {name for name, nodes in view.scopes.root.bindings.items() if nodes}
    known = view.index.bindings(view.module)
    return {name for name in made if name not in known or any(not one.where.type_only for one in known[name])}


def _licensed_to_go(before: FileView, after: FileView, name: str, terms: Terms) -> bool:
    """Whether the name is offered on demand now, as the same object; or may vanish."""
    if name in (TABLE, HELPER, "__getattr__", "__dir__") and before.facts.shims.live:
        return not after.facts.shims.rows  # they serve nothing any more; what they gave is accounted for by its rows
    if name == WHOLE:
        starred = [one for _, base in before.stars() for one in before.index.star_names(base) or (WHOLE + base,)]
        return all(_licensed_to_go(before, after, one, terms) for one in starred)
    path = (before.module, name)
    if terms.retires(path):
        return terms.expected(before.index.resolve(*path)) == after.index.resolve(*path)
    return terms.drops(path)


def _changed(path: str, before: FileView, after: FileView, names: list[str], terms: Terms) -> Failure | None:
    for name in names:
        was, becomes = (view.index.resolve(view.module, name) for view in (before, after))
        if isinstance(was, Module) and isinstance(becomes, Module) and not _offers(path, before, name):
            continue  # a module under a local name, whose uses have been compared one by one
        if terms.drops((before.module, name)) and after.index.bindings(after.module)[name][-1].kind is Kind.DELETE:
            continue  # deleted for a shim's sake, and still deleted without it
        if terms.expected(was) != becomes and not isinstance(was, Missing | Unknown | External):
            return Failure("gate-bindings", f"{name} of this module would be {becomes}, not {was}")
    return None


def _offers(path: str, view: FileView, name: str) -> bool:
    return is_init(path) or name in (view.facts.exports or ())
