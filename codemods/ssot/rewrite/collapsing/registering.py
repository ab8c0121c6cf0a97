"""Functions and classes that are known elsewhere by what they are: handlers kept on a function, converters kept for a class."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ssot.index.facts import Kind
from ssot.index.table import External, Module
from ssot.rewrite.collapsing.ground import Ground, Use
from ssot.rewrite.collapsing.values import Objection, Pair

_KEEPING = frozenset({"register", "cache_clear", "cache_info", "cache_parameters", "registry", "dispatch"})


def kept(ground: Ground, pair: Pair) -> Iterator[Objection]:
    """What others keep on, or for, one of the two would be kept for both."""
    for one, other in ((pair.duplicate, pair.canonical), (pair.canonical, pair.duplicate)):
        function = ground.index.kind(one) is Kind.DEF
        for use in ground.uses(one):
            node = use.parent
            if function and isinstance(node, ast.Attribute) and node.value is use.node and node.attr in _KEEPING:
                reason = f"{use.path}:{use.line} uses {ast.unparse(node)}, which {other} has for itself"
                yield Objection("collapse-class-state", reason)
            if (
                not function
                and isinstance(node, ast.Call)
                and node.args[:1] == [use.node]
                and _registers(ground, use, node)
            ):
                reason = f"{use.path}:{use.line} registers one alone: {ast.unparse(node)[:60]}"
                yield Objection("collapse-told-apart", reason)


def _registers(ground: Ground, use: Use, call: ast.Call) -> bool:
    """Whether a function from elsewhere takes a class to know its objects by."""
    name = call.func.attr if isinstance(call.func, ast.Attribute) else str(getattr(call.func, "id", ""))
    if name.startswith("register_") and not ground.defines(name):
        return True
    root = call.func
    while isinstance(root, ast.Attribute):
        root = root.value
    found = ground.denoted(use.view, use.scope, root.id) if isinstance(root, ast.Name) else None
    foreign = isinstance(found, External) or (isinstance(found, Module) and not ground.index.layout.has(found.name))
    return foreign and (name.startswith("register") or name == "pickle")
