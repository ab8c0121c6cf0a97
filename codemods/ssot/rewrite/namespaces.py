"""New names in a scope, and code that asks for the names of a scope or evaluates texts in it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from ssot.index.scopes import ImportNode, NameUse, Scope
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


def lent(view: FileView, scope: Scope, name: str) -> bool:
    """Whether a function inside evaluates a text that sees the name of this one only because the function spells it."""
    inside = {id(one) for one in scope.subtree() if one is not scope} if scope.kind != "module" else set()
    calls = {id(call.func): call for call, _ in _calls(view, _EVALUATING)}
    for use in view.scopes.names if inside else ():
        if use.node.id not in _EVALUATING or use.scope.lookup(use.node.id) is not None:
            continue
        call = calls.get(id(use.node))
        if call is None:  # handed on: there is no telling who calls it
            return True
        near = id(use.scope) in inside and use.scope.lookup(name) is scope
        if near and _may_use(call.args[0] if call.args else None, name):
            return True
    return False


def _may_use(node: ast.expr | None, name: str) -> bool:
    text = node.value if isinstance(node, ast.Constant) else None
    return bool(words(text, name)) if isinstance(text, str) else True


def can_bind(view: FileView, project: Project, scope: Scope, name: str, uses: list[NameUse]) -> bool:
    """In a class a new name would be one more attribute; in a module somebody may look for it, or take all names."""
    if scope.kind == "class" or (scope.kind == "module" and project.would_notice(view.module, name)):
        return False
    noticed = listed(view, scope) or (scope.kind == "module" and looks_in_globals(view, name))
    return free(view, scope, name, uses) and not noticed and not _in_a_text(view, name)


def _in_a_text(view: FileView, name: str) -> bool:
    """Whether a text that is evaluated asks for a name."""
    texts = (call.args[0] for call, _ in _calls(view, _EVALUATING) if call.args)
    return any(
        words(text.value, name) for text in texts if isinstance(text, ast.Constant) and isinstance(text.value, str)
    )


def can_bind_top(
    view: FileView, project: Project, scope: Scope, top: str, uses: list[NameUse], place: ast.stmt
) -> bool:
    """Whether a plain import at a place may bind the top-level package's name in a scope, or one does so already."""
    if top not in scope.bindings:
        return can_bind(view, project, scope, top, uses)
    bindings = view.import_bindings(scope, top)
    plain = bindings is not None and all(isinstance(node, ast.Import) and not alias.asname for node, alias in bindings)
    seen = all(use.scope.lookup(top) is scope for use in uses)
    return plain and seen and _bound_anyway(view, project, scope, top, place)


def _bound_anyway(view: FileView, project: Project, scope: Scope, name: str, place: ast.stmt) -> bool:
    """Whether nobody who reads a name notices that an import at a place binds it, too: another has run by then."""
    nodes = {id(node) for node in scope.bindings[name]}
    imports = [found for found in view.scopes.imports if id(found.node) in nodes]
    if any(found.node is place or _comes_behind(found, place) for found in imports):
        return True
    if scope.kind == "module" and (project.would_notice(view.module, name) or looks_in_globals(view, name)):
        return False
    uses = [use.in_string or use.in_fstring or use.node for use in view.scopes.uses_of(scope, name)]
    return not listed(view, scope) and all(any(_comes_behind(found, use) for found in imports) for use in uses)


def _comes_behind(found: ImportNode, node: ast.stmt | ast.expr) -> bool:
    """Whether something stands behind an import in the same block, at any depth: it does not run without it."""
    last = found.block[-1]
    end, here = (found.node.end_lineno or 0, found.node.end_col_offset or 0), (node.lineno, node.col_offset)
    return end <= here <= (last.end_lineno or 0, last.end_col_offset or 0)


def looks_in_globals(view: FileView, name: str) -> bool:
    """Whether a file looks, or may look, in ``globals()`` for a name."""
    if b"globals" not in view.source.u8:
        return False
    harmless = {id(call) for node in ast.walk(view.tree) for call in _about_others(node, name)}
    called = {id(call.func): call for call, _ in _calls(view, frozenset({"globals"}))}
    uses = (use for use in view.scopes.names if use.node.id == "globals" and use.scope.lookup("globals") is None)
    return any(id(called.get(id(use.node))) not in harmless for use in uses)


def _about_others(node: ast.AST, name: str) -> Iterator[ast.expr]:
    """The namespaces that an expression stores into, or asks for one other name."""
    match node:
        case ast.Subscript(value=space, ctx=ast.Store() | ast.Del()):
            yield space
        case ast.Subscript(value=space, slice=ast.Constant(value=value)) if value != name:
            yield space
        case ast.Compare(left=ast.Constant(value=value), comparators=[space]) if value != name:
            yield space
        case ast.Call(func=ast.Attribute(value=space, attr="get"), args=[ast.Constant(value=value), *_]) if (
            value != name
        ):
            yield space
        case ast.Call(func=ast.Attribute(value=space, attr="update")):
            yield space
        case _:
            pass
