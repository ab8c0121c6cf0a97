"""A module's attribute looked up by a constant name: ``getattr(module, "Foo")``, ``patch.object(module, "Foo")``."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator

from ssot.audit.governance import Governance, Status, reference
from ssot.index.view import FileView
from ssot.rewrite.patches import attribute_paths, is_patching

_LOOKING = frozenset({"getattr", "hasattr"})


Found = tuple[int, str, str, str]  # line, symbol, reason code, reason


def lookups(view: FileView, governance: Governance) -> Iterator[Found]:
    """Each place that gets, or may get, a symbol by a path that should be another, without naming it in code."""
    yield from _by_name(view, governance)
    yield from _by_module_name(view, governance)
    yield from _handed_on(view, governance)
    yield from _through_values(view, governance)


def passed_on(
    view: FileView, governance: Governance, seen: set[str], offered: Callable[[str], bool]
) -> Iterator[Found]:
    """Names that a star import supplies, or may supply, and that are no sites: `seen`. ``offered``: others take them."""
    root = view.scopes.root
    unbound = {use.node.id for use in view.scopes.names if use.loads and use.scope.lookup(use.node.id) is None}
    used = unbound | {use.node.id for use in view.scopes.names if use.loads and use.scope.lookup(use.node.id) is root}
    used |= {use.value for use in view.scopes.strings if not use.typing and not use.docstring}
    names = {name for entry in governance.entries for _, name in entry.legacy} - seen
    for found, base in view.stars():
        supplied = view.index.star_names(base)
        perhaps = {name for name in names & unbound if view.index.star_may_bind(base, name)}
        for name in sorted(perhaps | (names & (supplied or frozenset()))):
            if (view.module, name) in governance.providers or _bound_unused(view, name, found.node.lineno):
                continue
            verdict = governance.classify((base, name), view.index.resolve(base, name))
            if verdict is None or verdict.status in (Status.CANONICAL, Status.APPROVED):
                continue
            if name in used or offered(name):
                reason = f"{name} comes, or may come, from the star import of {base}"
                yield found.node.lineno, verdict.key, "star-import", reason


def _bound_unused(view: FileView, name: str, line: int) -> bool:
    """Whether the module certainly binds a name again after a line, and nothing reads it before that."""
    again = [b.line for b in view.index.bindings(view.module).get(name, []) if b.line > line and b.where.certain]
    between = (use for use in view.scopes.names if use.node.id == name and not isinstance(use.node.ctx, ast.Store))
    return bool(again) and not any(line < use.node.lineno <= min(again) for use in between)


def _through_values(view: FileView, governance: Governance) -> Iterator[Found]:
    """``shop.old.Engine`` where ``shop`` is a parameter or a variable, in a file that hands the package on."""
    handed = {module for _, modules in view.handed for module in modules}
    tails = {
        (*module[len(package) + 1 :].split("."), name): entry.key
        for entry in governance.entries
        for module, name in entry.legacy
        for package in handed
        if module.startswith(package + ".")
    }
    for use in view.scopes.strings if tails else ():
        for tail, key in tails.items():
            if f".{'.'.join(tail)}." in f".{use.value}." and not use.docstring:
                reason = f"{use.value} may be looked up in a package that this file hands on"
                yield use.node.lineno, key, "dynamic-reference", reason
    for chain in view.scopes.chains if tails else ():
        owner = chain.scope.lookup(chain.root.node.id)
        if owner is None or view.import_bindings(owner, chain.root.node.id) is not None:
            continue
        for tail, key in tails.items():
            if tail in [chain.attributes[at : at + len(tail)] for at in range(len(chain.attributes))]:
                reason = f"{chain.root.node.id} may be a package of the project: {'.'.join(tail)} can't be followed"
                yield chain.root.node.lineno, key, "module-object", reason


def _by_module_name(view: FileView, governance: Governance) -> Iterator[Found]:
    """``import_module("old")``, ``__import__("old")``, ``sys.modules["old"]`` of a module with replaced paths."""
    for use in view.scopes.strings:
        if not use.docstring and not use.typing and use.value in governance.legacy_modules:
            yield use.node.lineno, _key(governance, use.value), "dynamic-reference", f"names the module {use.value}"


def _handed_on(view: FileView, governance: Governance) -> Iterator[Found]:
    """A module with replaced paths used as a value: what is taken from it afterwards can't be followed."""
    handed = [(use, found) for use, modules in view.handed if (found := modules & governance.legacy_modules)]
    if not handed:
        return
    looked_up = {
        id(inner)
        for call, _ in view.scopes.calls
        if is_patching(call) or (isinstance(call.func, ast.Name) and call.func.id in _LOOKING)
        for argument in call.args[:1]
        for inner in ast.walk(argument)
    }
    for use, modules in handed:
        for module in sorted(modules):
            if id(use.node) not in looked_up:
                reason = f"hands the module {module} on; what is taken from it can't be followed"
                yield use.node.lineno, _key(governance, module), "module-object", reason


def _key(governance: Governance, module: str) -> str:
    """The first symbol, in the manifest's order, with a replaced path in the module; else where the module has gone."""
    for entry in governance.entries:
        if any(one == module for one, _ in entry.legacy):
            return entry.key
    return governance.moved_module(module) or module


def _by_name(view: FileView, governance: Governance) -> Iterator[Found]:
    """``getattr(module, "Foo")``, ``patch.object(module, "Foo")``."""
    for call, _ in view.scopes.calls:
        if not (isinstance(call.func, ast.Name) and call.func.id in _LOOKING) and not is_patching(call):
            continue
        for path in attribute_paths(view, call):
            verdict = governance.classify(path, view.index.resolve(*path))
            if verdict is None or verdict.status is not Status.FRAGMENTED:
                continue
            if is_patching(call):
                reason = f"replaces {reference(path)}; who reads that would have to move with it"
                yield call.lineno, verdict.key, "patched-path", reason
            else:
                reason = f"looks up {reference(path)} by its name"
                yield call.lineno, verdict.key, "dynamic-reference", reason
