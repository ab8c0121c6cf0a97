"""How expressions are spelled: what is called, which key is asked for, which parameter a name is."""

from __future__ import annotations

import ast
from collections.abc import Iterable

Function = ast.FunctionDef | ast.AsyncFunctionDef
KEYED = frozenset({"get", "pop", "setdefault"})
CARRIERS = frozenset(
    ["list", "tuple", "set", "iter", "copy", "deepcopy", "next", "reversed", "zip", "enumerate", "chain", "cast"]
)
GIVING = frozenset({"values", "items", "get", "pop", "popitem", "copy", "setdefault", "popleft", "get_nowait"})
TAKING = frozenset(
    ["append", "appendleft", "add", "extend", "insert", "put", "put_nowait", "push", "setdefault", "update", "heappush"]
)
KEPT_ERRORS = frozenset({"__cause__", "__context__", "exception", "exc_info", "exc_val", "exc_value"})
BARE = frozenset(
    {"object", "ABC", "abc.ABC", "Exception", "ValueError", "RuntimeError", "Generic", "Enum", "enum.Enum"}
)


def key_of(node: ast.expr) -> str | None:
    """``key`` of ``table["key"]`` and ``table.get("key")``."""
    match node:
        case ast.Subscript(slice=ast.Constant(value=str() as key)):
            return key
        case ast.Call(func=ast.Attribute(attr=attr), args=[ast.Constant(value=str() as key), *_]) if attr in KEYED:
            return key
        case _:
            return None


def text_of(node: ast.expr) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def last_of(node: ast.expr) -> str:
    bare = node.func if isinstance(node, ast.Call) else node
    return bare.attr if isinstance(bare, ast.Attribute) else ""


def called(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else str(getattr(call.func, "id", ""))


def place_of(function: Function | ast.Lambda, name: str) -> int | None:
    """Which argument a name is, from 0; -1 for those that are not told by their place."""
    arguments = function.args
    names = [a.arg for a in (*arguments.posonlyargs, *arguments.args)]
    if name in names:
        return names.index(name)
    others: Iterable[ast.arg] = (*arguments.kwonlyargs, *filter(None, (arguments.vararg, arguments.kwarg)))
    return -1 if any(name == one.arg for one in others) else None
