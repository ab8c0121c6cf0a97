"""Places where a program shows, or goes by, what the class of a thing is called."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from ssot.index.collect import dotted
from ssot.index.facts import Kind
from ssot.index.table import Symbol
from ssot.index.view import FileView
from ssot.rewrite.collapsing.ground import Ground
from ssot.rewrite.collapsing.handed import class_of
from ssot.rewrite.collapsing.hierarchy import Hierarchy
from ssot.rewrite.collapsing.reach import Reach
from ssot.rewrite.collapsing.values import Definition, Objection, Pair
from ssot.rewrite.discovery import LISTS, listed

_NAMES = frozenset({"__name__", "__qualname__", "__module__"})
_ASKS = re.compile(
    rb"__(?:name|qualname|module|class)__|\btype\s*\(|\brepr\s*\(|!r|\bprint\s*\(|\bstr\s*\(|\binspect\b"
)
_SHOWS = frozenset({"print", "str", "repr", "format", "pformat", "pprint"})


def shown(ground: Ground, hierarchy: Hierarchy, pair: Pair) -> Iterator[Objection]:
    """The name of the class or function, read off itself or off an object of it."""
    if not any(_ASKS.search(source.u8) for source in ground.tree.sources.values()):
        return
    reaches = [(Reach.of(ground, hierarchy, frozenset({pair.duplicate}), itself=True), False)]
    if ground.index.kind(pair.duplicate) is Kind.CLASS:  # what a function gives does not tell who made it
        reaches.insert(0, (Reach.of(ground, hierarchy, frozenset({pair.duplicate})), True))
    for reach, of_class in reaches:
        for view in reach.views():
            for owner, node in _asked(view) if _ASKS.search(view.source.u8) else ():
                inner = class_of(node) or _kept_class(ground, view, node)
                plain = inner is None and isinstance(node, ast.Name | ast.Attribute)
                asked = inner if of_class else node if plain else None
                if asked is not None and reach.may(view, asked):
                    where = f"{view.source.path}:{node.lineno}"
                    yield Objection("collapse-name-read", f"{where} shows what it is called: {ast.unparse(owner)[:60]}")


def _asked(view: FileView) -> Iterator[tuple[ast.AST, ast.expr]]:
    """Expressions whose name, or whose text, is asked for, each with what asks."""
    for node in ast.walk(view.tree):
        match node:
            case ast.Attribute() if node.attr in _NAMES:
                yield node, node.value
            case ast.FormattedValue():
                yield node.value, node.value
            case ast.Call() if _called(node) in _SHOWS or dotted(node.func).startswith("inspect."):
                yield from ((node, argument) for argument in node.args)
            case ast.BinOp(op=ast.Mod(), left=ast.Constant(value=str()), right=right):
                yield from ((node, part) for part in (right.elts if isinstance(right, ast.Tuple) else [right]))
            case _:
                pass


_REFLECTS = re.compile(
    rb"get_type_hints|get_annotations|\bvars\b|\bdir\b|signature|getmembers|getsource|\bfields\b|__[a-z]+__"
)
_LOOKING = frozenset(
    ["get_type_hints", "get_annotations", "vars", "dir", "signature", "getmembers", "getsource", "fields", "getdoc"]
)
_INNER = frozenset(
    ["__dict__", "__annotations__", "__defaults__", "__kwdefaults__", "__code__", "__signature__", "__doc__"]
)


def reflected(ground: Ground, hierarchy: Hierarchy, pair: Pair) -> Iterator[Objection]:
    """Code that takes the class or function apart, where the two are not written the same."""
    if not any(_REFLECTS.search(source.u8) for source in ground.tree.sources.values()):
        return
    kinds = frozenset({pair.duplicate})
    made = kinds if ground.index.kind(pair.duplicate) is Kind.CLASS else frozenset()
    itself, objects = Reach.of(ground, hierarchy, kinds, itself=True), Reach.of(ground, hierarchy, made)
    for view in {view.source.path: view for reach in (itself, objects) for view in reach.views()}.values():
        for owner, node in _taken_apart(view):
            inner = class_of(node)
            if itself.may(view, node) or (inner is not None and objects.may(view, inner)):
                where = f"{view.source.path}:{owner.lineno}"
                yield Objection("collapse-name-read", f"{where} reads how it is written: {ast.unparse(owner)[:60]}")


def _taken_apart(view: FileView) -> Iterator[tuple[ast.expr, ast.expr]]:
    """Expressions that show all attributes of an object, with the object."""
    for node in ast.walk(view.tree):
        match node:
            case ast.Attribute() if node.attr in _INNER:
                yield node, node.value
            case ast.Call(args=[first, *_]) if _called(node) in _LOOKING:
                yield node, first
            case _:
                pass


def private_names(ground: Ground, hierarchy: Hierarchy, pair: Pair, old: Definition) -> Iterator[Objection]:
    """``vars(x)``, ``x.__dict__``: private attributes are spelled there by the name of the class."""
    private = re.search(rb"\b(?:self|cls)\.__[a-zA-Z]\w*(?<!__)\b", old.view.source.segment(old.node))
    if private is None or pair.duplicate.name.lstrip("_") == pair.canonical.name.lstrip("_"):
        return
    objects = Reach.of(ground, hierarchy, frozenset({pair.duplicate}))
    for view in objects.views():
        for owner, node in _taken_apart(view):
            if objects.may(view, node):
                where = f"{view.source.path}:{owner.lineno}"
                yield Objection("collapse-private", f"{where} shows private attributes: {ast.unparse(owner)[:60]}")


def _kept_class(ground: Ground, view: FileView, node: ast.expr) -> ast.expr | None:
    """``x`` of ``kind = type(x)``, where `node` is ``kind``."""
    if not isinstance(node, ast.Name):
        return None
    values = (value for target, value in ground.bindings_in(view) if getattr(target, "id", "") == node.id)
    return next(filter(None, map(class_of, values)), None)


def _called(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else str(getattr(call.func, "id", ""))


# -- exceptions say what they are called when they are shown


def caught_and_shown(ground: Ground, hierarchy: Hierarchy, pair: Pair) -> Iterator[Objection]:
    """``except Exception as e: print(repr(e))``."""
    above = {str(getattr(base, "name", base)).rpartition(".")[2] for base in hierarchy.above(pair.duplicate)}
    if pair.duplicate.name == pair.canonical.name or not above & {"Exception", "BaseException", *_builtin_errors()}:
        return
    kinds = above | ground.aliases(pair.duplicate)
    for path in sorted(ground.tree.sources):
        if re.search(rb"\bexcept\b", ground.tree.sources[path].u8):
            for handler in ast.walk(ground.view(path).tree):
                if isinstance(handler, ast.ExceptHandler) and handler.name and _catches(handler, kinds):
                    line = _shows(handler, handler.name)
                    if line:
                        yield Objection("collapse-name-read", f"{path}:{line} shows what the exception is called")


def _builtin_errors() -> set[str]:
    import builtins

    return {name for name, kind in vars(builtins).items() if isinstance(kind, type) and issubclass(kind, BaseException)}


def _catches(handler: ast.ExceptHandler, kinds: set[str]) -> bool:
    types = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return any(one is None or ast.unparse(one).rpartition(".")[2] in kinds for one in types)


def _shows(handler: ast.ExceptHandler, name: str) -> int:
    for node in ast.walk(handler):
        match node:
            case ast.Call(func=ast.Name(id="repr" | "type"), args=[ast.Name(id=inner)]) if inner == name:
                return node.lineno
            case ast.Attribute(attr="__class__", value=ast.Name(id=inner)) if inner == name:
                return node.lineno
            case ast.FormattedValue(value=ast.Name(id=inner), conversion=114) if inner == name:
                return node.lineno
            case ast.Attribute(attr="format_exc" | "print_exc" | "format_exception" | "print_exception"):
                return node.lineno
            case _:
                pass
    return 0


# -- modules gone through


def listed_with_module(ground: Ground, pair: Pair) -> Iterator[Objection]:
    """Code that goes through the names of the duplicate's module would meet a class of another module."""
    for path, source in sorted(ground.tree.sources.items()):
        for found in listed(ground.view(path)) if LISTS.search(source.u8) else ():
            apart = found.covers(pair.canonical.module) or b"__module__" in source.u8
            if found.covers(pair.duplicate.module) and apart:
                reason = f"{path}:{found.line} goes through the names of {pair.duplicate.module}"
                yield Objection("collapse-registered", reason)


# -- abstract base classes


def virtual(ground: Ground, pair: Pair) -> Iterator[Objection]:
    """``Base.register(Old)``: the canonical class would become a virtual subclass."""
    for use in ground.uses(pair.duplicate):
        call = use.parent
        if isinstance(call, ast.Call) and use.node in call.args and isinstance(call.func, ast.Attribute):
            owner = call.func.value
            found = ground.denoted(use.view, use.scope, owner.id) if isinstance(owner, ast.Name) else None
            if call.func.attr == "register" and isinstance(found, Symbol) and ground.index.kind(found) is Kind.CLASS:
                yield Objection("collapse-registered", f"{use.path}:{use.line} registers it with {found}")
