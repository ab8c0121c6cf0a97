"""Places where things of both classes are compared, or are taken for the same by a container."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ssot.index.view import FileView
from ssot.rewrite.collapsing.ground import Ground
from ssot.rewrite.collapsing.hierarchy import Hierarchy
from ssot.rewrite.collapsing.reach import Reach
from ssot.rewrite.collapsing.values import Definition, Objection, Pair

_BINARY = frozenset(
    f"__{side}{name}__"
    for name in [
        "add",
        "sub",
        "mul",
        "truediv",
        "floordiv",
        "mod",
        "pow",
        "matmul",
        "and",
        "or",
        "xor",
        "lshift",
        "rshift",
    ]
    for side in ("", "r", "i")
) | {"__eq__", "__ne__", "__lt__", "__le__", "__gt__", "__ge__"}


def equated(ground: Ground, hierarchy: Hierarchy, pair: Pair, old: Definition) -> Iterator[Objection]:
    """``Old(1) == Canon(1)``: unequal as long as they are of two classes."""
    if not isinstance(old.node, ast.ClassDef) or not _compares_by_value(old, hierarchy):
        return
    sides = [Reach.of(ground, hierarchy, frozenset({one})) for one in (pair.duplicate, pair.canonical)]
    uses = [{id(use.node) for use in ground.uses(one)} for one in (pair.duplicate, pair.canonical)]
    seen = {view.source.path: view for reach in sides for view in reach.views()}
    named = ground.mentioning(ground.aliases(pair.duplicate) | ground.aliases(pair.canonical))
    for view in {**seen, **{view.source.path: view for view in named}}.values():
        for node in ast.walk(view.tree):
            operands = _compared(node)
            if operands:
                holds = [
                    [i for i, one in enumerate(operands) if _holds(view, one, *side)]
                    for side in zip(sides, uses, strict=True)
                ]
                either = isinstance(node, ast.Compare) and _searches(node) and all(0 in held for held in holds)
                if either or any(a != b for a in holds[0] for b in holds[1]):
                    where = f"{view.source.path}:{operands[0].lineno}"
                    yield Objection("collapse-told-apart", f"{where} compares one of each: {ast.unparse(node)[:60]}")


_GATHERS = frozenset({"add", "index", "count", "remove", "discard", "set", "frozenset", "Counter", "fromkeys"}) | {
    *(
        "sorted",
        "sort",
        "min",
        "max",
        "sum",
        "reduce",
        "heappush",
        "heapify",
        "insort",
        "nlargest",
        "nsmallest",
        "merge",
    )
}


def gathered(ground: Ground, hierarchy: Hierarchy, pair: Pair, old: Definition) -> Iterator[Objection]:
    """Sets, keys and searches that take equal things for one, where things of both classes may be."""
    if not isinstance(old.node, ast.ClassDef) or not _compares_by_value(old, hierarchy):
        return
    sides = [Reach.of(ground, hierarchy, frozenset({one})) for one in (pair.duplicate, pair.canonical)]
    for view in {view.source.path: view for reach in sides for view in reach.views()}.values():
        for node, parts in _gathering(view):
            if all(any(reach.may(view, part) for part in parts) for reach in sides):
                reason = f"{view.source.path}:{node.lineno} may take one of each for the same: {ast.unparse(node)[:60]}"
                yield Objection("collapse-told-apart", reason)


def kept(ground: Ground, hierarchy: Hierarchy, pair: Pair, old: Definition) -> Iterator[Objection]:
    """Functions that keep a result for each argument, where equal things of both classes may come."""
    if not isinstance(old.node, ast.ClassDef) or not _compares_by_value(old, hierarchy):
        return
    sides = [Reach.of(ground, hierarchy, frozenset({one})) for one in (pair.duplicate, pair.canonical)]
    given = frozenset.intersection(*(frozenset(name for name, _ in reach.parameters) for reach in sides))
    for view in ground.mentioning(given) if given else ():
        for node in ast.walk(view.tree):
            marks = node.decorator_list if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) else []
            if any("cache" in ast.unparse(mark) for mark in marks) and getattr(node, "name", "") in given:
                where = f"{view.source.path}:{getattr(node, 'lineno', 1)}"
                yield Objection("collapse-told-apart", f"{where} keeps a result for each thing that it is given")


def _gathering(view: FileView) -> Iterator[tuple[ast.expr, list[ast.expr]]]:
    for node in ast.walk(view.tree):
        match node:
            case ast.Set(elts=parts):
                yield node, parts
            case ast.Dict(keys=keys):
                yield node, [key for key in keys if key is not None]
            case ast.Subscript(value=table, slice=part):
                yield node, [table, part]
            case ast.SetComp(elt=part) | ast.DictComp(key=part):
                yield node, [part]
            case ast.Call(func=ast.Attribute(attr="get" | "pop" | "setdefault", value=table), args=[key, *_]):
                yield node, [table, key]
            case ast.Call(args=args) if _called(node) in _GATHERS:
                owner = [node.func.value] if isinstance(node.func, ast.Attribute) else []
                yield node, [*args, *owner]
            case _:
                pass


def _searches(node: ast.Compare) -> bool:
    """``x in seen``: where x may be of either class, what has been put there may be of the other."""
    return any(isinstance(op, ast.In | ast.NotIn) for op in node.ops)


def _compared(node: ast.AST) -> list[ast.expr]:
    match node:
        case ast.Compare():
            return [node.left, *node.comparators]
        case ast.BinOp():
            return [node.left, node.right]
        case ast.AugAssign():
            return [node.target, node.value]
        case ast.Match():
            values = [inner.value for inner in ast.walk(node) if isinstance(inner, ast.MatchValue)]
            return [node.subject, *values] if values else []
        case _:
            return []


def _holds(view: FileView, node: ast.expr, reach: Reach, uses: set[int]) -> bool:
    return reach.may(view, node) or any(id(inner) in uses for inner in ast.walk(node))


def _compares_by_value(old: Definition, hierarchy: Hierarchy) -> bool:
    assert isinstance(old.node, ast.ClassDef)
    own = any(isinstance(item, ast.FunctionDef) and item.name in _BINARY for item in old.node.body)
    enum = any("Enum" in str(base) or "Flag" in str(base) for base in hierarchy.above(old.symbol))
    return own or enum or bool(old.node.decorator_list)


def _called(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else str(getattr(call.func, "id", ""))
