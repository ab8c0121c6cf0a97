"""Whether a look-up of names by their texts can be followed."""

from __future__ import annotations

import ast

from ssot.index.shims import HELPER
from ssot.index.view import FileView

LOOKS_UP = frozenset({"eval", "exec", "globals", "locals", "vars"})
_HOOKS = ("__getattr__", "__dir__", HELPER)
_BY_KEY = ("get", "pop", "setdefault", "__getitem__", "__contains__")


def own_lookups(view: FileView) -> list[ast.Name]:
    """Where the module looks names up by their texts, its own ``__getattr__`` and ``__dir__`` apart."""
    functions = [one for one in view.tree.body if isinstance(one, ast.FunctionDef) and one.name in _HOOKS]
    hooks = {id(inner) for function in functions for inner in ast.walk(function)}
    return [use.node for use in view.scopes.names if use.node.id in LOOKS_UP and id(use.node) not in hooks]


def looks_names_up(view: FileView) -> bool:
    return bool(own_lookups(view))


def looks_up_constants(view: FileView, node: ast.Name) -> bool:
    """Whether `eval`, `globals` and the like, as used here, see no names of the module but those spelled out in it."""
    if _inside_function(view, node) and node.id == "locals":
        return True
    return any(_follows(statement, node) for statement in view.tree.body)


def _inside_function(view: FileView, node: ast.Name) -> bool:
    return any(use.node is node and use.scope.kind != "module" for use in view.scopes.names)


def _follows(statement: ast.stmt, node: ast.Name) -> bool:
    return any(_is_harmless(one, node) for one in ast.walk(statement))


def _is_harmless(one: ast.AST, node: ast.Name) -> bool:
    """``globals()["Name"]``, ``globals().get("Name")``, ``"Name" in globals()``, ``eval("Name")``, ``eval(x, {})``, ``vars(x)``."""
    match one:
        case ast.Subscript(value=ast.Call(func=called), slice=ast.Constant()):
            return called is node
        case ast.Call(func=ast.Attribute(value=ast.Call(func=called), attr=attr), args=[ast.Constant(), *_]):
            return called is node and attr in _BY_KEY
        case ast.Compare(left=ast.Constant(), comparators=[ast.Call(func=called)]):
            return called is node
        case ast.Call(func=called, args=arguments) if called is node:
            return _names_its_own(node.id, arguments)
        case _:
            return False


def _names_its_own(called: str, arguments: list[ast.expr]) -> bool:
    """Whether a call gets by what names it looks, or where."""
    if called == "vars":
        return len(arguments) == 1
    if called not in ("eval", "exec"):
        return False
    return (bool(arguments) and isinstance(arguments[0], ast.Constant)) or (
        len(arguments) > 1 and isinstance(arguments[1], ast.Dict)
    )
