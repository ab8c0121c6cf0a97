"""Places that have one of two classes in a variable: handlers, type checks and tables that do not name it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from ssot.index.facts import Kind
from ssot.index.table import Symbol
from ssot.index.view import FileView
from ssot.rewrite.collapsing.ground import Ground, Use
from ssot.rewrite.collapsing.hierarchy import Hierarchy
from ssot.rewrite.collapsing.reach import Reach
from ssot.rewrite.collapsing.values import Objection, Pair

_CHECKS = frozenset({"isinstance", "issubclass", "assertIsInstance", "assertNotIsInstance"})
_EXPECTING = frozenset({"suppress", "raises", "assertRaises", "assertRaisesRegex"})
_KEYED = frozenset({"get", "setdefault", "pop", "add", "discard", "remove", "register"})
_HASHING = frozenset({"set", "frozenset", "Counter"})


@dataclass
class Handed:
    """The two of a pair, each as a value, and the objects of each."""

    ground: Ground
    hierarchy: Hierarchy
    pair: Pair

    def objections(self) -> Iterator[Objection]:
        if not self.ground.tree.unsafe:
            yield from self._arms()
            yield from self._generic()
        yield from self._keys()
        yield from self._assigned()

    @cached_property
    def _sides(self) -> tuple[tuple[Reach, Reach], tuple[Reach, Reach]]:
        """For each of the two: where it goes itself, and where objects of it go."""
        old, new = (self._reaches(one) for one in (self.pair.duplicate, self.pair.canonical))
        return old, new

    def _reaches(self, symbol: Symbol) -> tuple[Reach, Reach]:
        kinds = frozenset({symbol})
        made = (
            kinds if self.ground.index.kind(symbol) is Kind.CLASS else frozenset()
        )  # a result does not tell whose it is
        itself = Reach.of(self.ground, self.hierarchy, kinds, itself=True)
        return itself, Reach.of(self.ground, self.hierarchy, made)

    def _views(self) -> Iterator[FileView]:
        seen: set[str] = set()
        for side in self._sides:
            for reach in side:
                for view in reach.views():
                    if view.source.path not in seen:
                        seen.add(view.source.path)
                        yield view

    # -- handlers and checks

    def _arms(self) -> Iterator[Objection]:
        """``CATCH = (Old, KeyError)`` … ``except CATCH``: which objects match it changes."""
        adapter = self.pair.canonical in self.hierarchy.above(self.pair.duplicate)
        (old, of_old), (new, of_new) = self._sides
        together = self._in_one_display()
        for view in self._views():
            for kinds, tested in _arms(view, self._named):
                holds = old.may(view, kinds), new.may(view, kinds)
                if all(holds) and together:
                    continue
                if (holds[0] and _comes(view, tested, of_new)) or (
                    holds[1] and not adapter and _comes(view, tested, of_old)
                ):
                    where = f"{view.source.path}:{kinds.lineno}"
                    reason = f"objects of the other class may come to the test in {where}, which has it in a variable"
                    yield Objection("collapse-arm-reached", reason)

    @cached_property
    def _named(self) -> frozenset[int]:
        """Expressions that name one of the two."""
        pair = self.pair
        return frozenset(id(use.node) for one in (pair.duplicate, pair.canonical) for use in self.ground.uses(one))

    def _in_one_display(self) -> bool:
        """``KINDS = (Old, Canon)``."""
        displays = [
            {id(use.parent) for use in self.ground.uses(one) if isinstance(use.parent, ast.Tuple | ast.List)}
            for one in (self.pair.duplicate, self.pair.canonical)
        ]
        return not displays[0].isdisjoint(displays[1])

    # -- keys

    def _keys(self) -> Iterator[Objection]:
        """Tables with classes as keys: two entries would become one, or be found for objects of both."""
        keyed = [_keyed_in(self.ground, one) for one in (self.pair.duplicate, self.pair.canonical)]
        for path in sorted(keyed[0] & keyed[1]):
            yield Objection("collapse-told-apart", f"{path} has both as keys: two entries may become one")
        yield from self._cached()
        for view in self._views():
            for key in _keys(view):
                if all(itself.may(view, key) for itself, _ in self._sides):
                    yield self._by_class(view, key)
            for kind, tested in _types(view):
                comes = [objects.may(view, tested) for _, objects in self._sides]
                if all(comes) or (comes[0] and keyed[1]) or (comes[1] and keyed[0]):
                    yield self._by_class(view, kind)

    def _cached(self) -> Iterator[Objection]:
        """Functions that keep a result for each class that they are given."""
        given = [{name for name, _ in itself.parameters} for itself, _ in self._sides]
        for view in self._views() if given[0] & given[1] else ():
            for function in ast.walk(view.tree):
                marks = function.decorator_list if isinstance(function, ast.FunctionDef) else []
                kept = any("cache" in ast.unparse(mark) for mark in marks)
                if kept and isinstance(function, ast.FunctionDef) and function.name in given[0] & given[1]:
                    where = f"{view.source.path}:{function.lineno}"
                    yield Objection("collapse-told-apart", f"{where} keeps a result for each class that it is given")

    def _by_class(self, view: FileView, node: ast.expr) -> Objection:
        where = f"{view.source.path}:{node.lineno}"
        return Objection("collapse-told-apart", f"{where} goes by the class itself: {ast.unparse(node)[:60]}")

    # -- attributes

    def _assigned(self) -> Iterator[Objection]:
        """``kind.limit = 5``: what was set on one of the two would be set on both."""
        for view in self._views():
            for node, owner in _stores(view):
                inner = class_of(owner)
                if (id(owner) not in self._named and any(itself.may(view, owner) for itself, _ in self._sides)) or (
                    inner is not None and any(objects.may(view, inner) for _, objects in self._sides)
                ):
                    where = f"{view.source.path}:{node.lineno}"
                    yield Objection("collapse-assigned", f"{where} sets an attribute of what may be one of the two")

    # -- generic functions

    def _generic(self) -> Iterator[Objection]:
        """``@show.register def _(x: Canon)``, and a call ``show(Old())``."""
        (_, of_old), (_, of_new) = self._sides
        for symbol, others in ((self.pair.canonical, of_old), (self.pair.duplicate, of_new)):
            for use in self.ground.uses(symbol):
                name = _generic(use)
                if name and any((name, place) in others.parameters for place in ("0", "1", "*")):
                    reason = f"objects of the other class may come to {name}(), which {use.path}:{use.line} extends"
                    yield Objection("collapse-arm-reached", reason)


def _comes(view: FileView, tested: ast.expr | None, objects: Reach) -> bool:
    return objects.may(view, tested) if tested is not None else "raise" in objects.results


def _arms(view: FileView, named: frozenset[int]) -> Iterator[tuple[ast.expr, ast.expr | None]]:
    """The classes of each test that has them in variables, and what is tested; nothing for handlers."""
    for node in ast.walk(view.tree):
        match node:
            case ast.ExceptHandler(type=ast.expr() as kinds):
                yield from ((part, None) for part in _parts(kinds, named))
            case ast.Call(args=[tested, kinds, *_]) if _called(node) in _CHECKS:
                yield from ((part, tested) for part in _parts(kinds, named))
            case ast.Call(args=args) if _called(node) in _EXPECTING:
                yield from ((part, None) for kinds in args for part in _parts(kinds, named))
            case _:
                pass


def _parts(kinds: ast.expr, named: frozenset[int]) -> Iterator[ast.expr]:
    """The classes of a tuple that are not written out."""
    if isinstance(kinds, ast.Tuple | ast.List):
        for part in kinds.elts:
            yield from _parts(part, named)
    elif id(kinds) not in named:
        yield kinds


def _keys(view: FileView) -> Iterator[ast.expr]:
    """Expressions by which a container is asked, where it is not a constant."""
    for node in ast.walk(view.tree):
        match node:
            case ast.Subscript(slice=ast.Name() | ast.Attribute() as key):
                yield key
            case ast.Call(func=ast.Attribute(attr=attr), args=[ast.Name() | ast.Attribute() as key, *_]):
                if attr in _KEYED:
                    yield key
            case ast.Dict(keys=keys):
                yield from (key for key in keys if isinstance(key, ast.Name | ast.Attribute))
            case ast.DictComp(key=ast.Name() | ast.Attribute() as key):
                yield key
            case ast.SetComp(elt=ast.Name() | ast.Attribute() as key):
                yield key
            case ast.Compare(left=ast.Name() | ast.Attribute() as key, ops=[ast.In() | ast.NotIn()]):
                yield key
            case ast.Call(args=[*parts]) if _called(node) in _HASHING:
                yield from parts
            case _:
                pass


def _types(view: FileView) -> Iterator[tuple[ast.expr, ast.expr]]:
    """``type(x)`` and ``x.__class__`` as values, with what they are the class of."""
    spent = {id(inner) for node in ast.walk(view.tree) for inner in _not_a_value(node)}
    for node in ast.walk(view.tree):
        if id(node) in spent:
            continue
        tested = class_of(node) if isinstance(node, ast.expr) else None
        if isinstance(node, ast.expr) and tested is not None:
            yield node, tested


def class_of(node: ast.expr) -> ast.expr | None:
    """``x`` in ``type(x)`` and ``x.__class__``."""
    match node:
        case ast.Call(func=ast.Name(id="type"), args=[inner]):
            return inner
        case ast.Attribute(attr="__class__", value=inner):
            return inner
        case _:
            return None


def _stores(view: FileView) -> Iterator[tuple[ast.expr, ast.expr]]:
    """Each attribute that is set or deleted, and of what."""
    for node in ast.walk(view.tree):
        match node:
            case ast.Attribute(ctx=ast.Store() | ast.Del(), value=owner):
                yield node, owner
            case ast.Call(func=ast.Name(id="setattr" | "delattr"), args=[owner, *_]):
                yield node, owner
            case _:
                pass


def _not_a_value(node: ast.AST) -> Iterator[ast.expr]:
    """What a class is only called with, or asked for an attribute by."""
    match node:
        case ast.Attribute(value=inner):
            yield inner
        case ast.Call(func=inner):
            yield inner
            if _called(node) == "super":
                yield from node.args
        case _:
            pass


def _keyed_in(ground: Ground, symbol: Symbol) -> set[str]:
    """The files in which a class is, by its name, the key of a table."""
    return {use.path for use in ground.uses(symbol) if _is_key(use)}


def _is_key(use: Use) -> bool:
    match use.parent:
        case ast.Dict(keys=keys):
            return use.node in keys
        case ast.Set():
            return True
        case ast.Call(func=ast.Attribute(attr=attr), args=args):
            return attr in _KEYED and use.node in args
        case ast.Subscript(slice=key, ctx=ast.Store()):
            return key is use.node
        case _:
            return False


def _generic(use: Use) -> str:
    """The generic function that a use adds a case to: by a decorator with it, or by an annotation."""
    call = use.parent
    if isinstance(call, ast.Call) and use.node in call.args:
        return _extended(call.func)
    function = next((n for n in use.around if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)), None)
    annotated = any(isinstance(node, ast.arg) for node in use.around)
    found = (_extended(one) for one in function.decorator_list) if function is not None and annotated else iter(())
    return next(filter(None, found), "")


def _extended(node: ast.expr) -> str:
    """``show`` of ``show.register``."""
    if isinstance(node, ast.Attribute) and node.attr == "register":
        return node.value.attr if isinstance(node.value, ast.Attribute) else str(getattr(node.value, "id", ""))
    return ""


def _called(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else str(getattr(call.func, "id", ""))
