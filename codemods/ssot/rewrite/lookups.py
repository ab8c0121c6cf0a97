"""A module's attribute looked up by a constant name: ``getattr(module, "Foo")``, ``patch.object(module, "Foo")``."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ssot.audit.governance import Governance, Status, reference
from ssot.index.view import FileView
from ssot.rewrite.patches import attribute_paths, is_patching

_LOOKING = frozenset({"getattr", "hasattr"})


def lookups(view: FileView, governance: Governance) -> Iterator[tuple[int, str, str, str]]:
    """Line, symbol, reason code and reason of each lookup by a path that should be another."""
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
