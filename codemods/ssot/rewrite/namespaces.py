"""New names in a scope, and code that asks for the names of a scope or evaluates texts in it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from ssot.index.scopes import NameUse, Scope
from ssot.index.view import FileView
from ssot.rewrite.context import Project
from ssot.rewrite.renames import DYNAMIC, free, is_expression, words

_LISTING = frozenset({"locals", "vars", "dir"})
_EVALUATING = frozenset({"eval", "exec"})
_FRAMES = re.compile(rb"\bf_locals\b")


def listed(view: FileView, scope: Scope) -> bool:
    """Whether code asks which names a scope has: a local one more or one less would be noticed."""
    if scope.kind != "module" and _FRAMES.search(view.source.u8):
        return True
    inside = {id(inner) for inner in _sharing(scope)}
    return any(id(where) in inside and not call.args and not call.keywords for call, where in _calls(view, _LISTING))


def looked_up(view: FileView, scope: Scope) -> bool:
    """Whether names of a scope are got by texts, or all at once: none may go."""
    if listed(view, scope):
        return True
    inside = {id(one) for one in scope.subtree()}
    names = _EVALUATING | ({"globals"} if scope.kind == "module" else set())
    uses = (use for use in view.scopes.names if use.node.id in names and id(use.scope) in inside)
    return any(use.scope.lookup(use.node.id) is None for use in uses)


def _sharing(scope: Scope) -> Iterator[Scope]:
    """The scopes that list a name of this one: in a function those inside it, which list the free names they use."""
    if scope.kind != "module":
        yield from scope.subtree()
        return
    yield scope
    yield from (child for child in scope.children if child.kind == "comprehension")


def _calls(view: FileView, names: frozenset[str]) -> Iterator[tuple[ast.Call, Scope]]:
    for call, where in view.scopes.calls:
        if isinstance(call.func, ast.Name) and call.func.id in names and where.lookup(call.func.id) is None:
            yield call, where


def evaluated(view: FileView, scope: Scope, name: str) -> bool:
    """Whether a text that is evaluated uses, or may use, a name of a scope."""
    for call, where in _calls(view, _EVALUATING):
        if where.lookup(name) is scope and _may_use(call.args[0] if call.args else None, name):
            return True
    if not any(use.node.id in DYNAMIC for use in view.scopes.names):
        return False
    texts = (use.value for use in view.scopes.strings if not use.typing and not use.docstring)
    return any(words(text, name) and is_expression(text) for text in texts)


def _may_use(node: ast.expr | None, name: str) -> bool:
    text = node.value if isinstance(node, ast.Constant) else None
    return bool(words(text, name)) if isinstance(text, str) else True


def can_bind(view: FileView, project: Project, scope: Scope, name: str, uses: list[NameUse]) -> bool:
    """In a class a new name would be one more attribute; in a module somebody may look for it, or take all names."""
    if scope.kind == "class" or (scope.kind == "module" and project.would_notice(view.module, name)):
        return False
    return free(view, scope, name, uses) and not listed(view, scope)


def can_bind_top(view: FileView, project: Project, scope: Scope, top: str, uses: list[NameUse]) -> bool:
    """Whether a plain import may bind the top-level package's name in a scope, or does so already."""
    if top not in scope.bindings:
        return can_bind(view, project, scope, top, uses)
    bindings = view.import_bindings(scope, top)
    plain = bindings is not None and all(isinstance(node, ast.Import) and not alias.asname for node, alias in bindings)
    return plain and all(use.scope.lookup(top) is scope for use in uses)
