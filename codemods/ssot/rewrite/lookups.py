"""A module's attribute looked up by a constant name: ``getattr(module, "Foo")``, ``patch.object(module, "Foo")``."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ssot.audit.governance import Governance, Status, reference
from ssot.index.table import Module
from ssot.index.view import FileView
from ssot.rewrite.patches import attribute_paths, is_patching

_LOOKING = frozenset({"getattr", "hasattr"})


Found = tuple[int, str, str, str]  # line, symbol, reason code, reason


def lookups(view: FileView, governance: Governance) -> Iterator[Found]:
    """Each place that gets, or may get, a symbol by a path that should be another, without naming it in code."""
    yield from _by_name(view, governance)
    yield from _by_module_name(view, governance)
    yield from _handed_on(view, governance)


def _by_module_name(view: FileView, governance: Governance) -> Iterator[Found]:
    """``import_module("old")``, ``__import__("old")``, ``sys.modules["old"]`` of a module with replaced paths."""
    for use in view.scopes.strings:
        if not use.docstring and not use.typing and use.value in governance.legacy_modules:
            yield use.node.lineno, _key(governance, use.value), "dynamic-reference", f"names the module {use.value}"


def _handed_on(view: FileView, governance: Governance) -> Iterator[Found]:
    """A module with replaced paths used as a value: what is taken from it afterwards can't be followed."""
    looked_up = {
        id(inner)
        for call, _ in view.scopes.calls
        if is_patching(call) or (isinstance(call.func, ast.Name) and call.func.id in _LOOKING)
        for argument in call.args[:1]
        for inner in ast.walk(argument)
    }
    for use in view.scopes.names:
        module = view.hands_on(use)
        if isinstance(module, Module) and module.name in governance.legacy_modules and id(use.node) not in looked_up:
            reason = f"hands the module {module} on; what is taken from it can't be followed"
            yield use.node.lineno, _key(governance, module.name), "module-object", reason


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
