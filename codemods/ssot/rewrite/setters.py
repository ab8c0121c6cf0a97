"""Functions that assign attributes of what they are given, and the modules that they are given.

``setup(shop.old)`` with ``def setup(module): module.Engine = Fake`` replaces a name of the module as ``shop.old.Engine = Fake``
does, only that both halves stand in different places. They are joined by the function's name.
"""

from __future__ import annotations

import ast
import builtins
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from ssot.index.table import Module
from ssot.index.trees import walked
from ssot.index.view import FileView

ANY = "*"  # an attribute whose name is computed
SETTING = re.compile(rb"\b(?:setattr|delattr|vars|__dict__|object|multiple)\b")
_BY_NAME = frozenset({"setattr", "delattr", "object"})
_ALIAS = rb"\b%s\s*=\s*(?:\w+\.)*(?:setattr|delattr|__setattr__|__delattr__)\b"
_WRITING = frozenset({"update", "setdefault", "pop", "__setitem__", "clear"})
_DEPTH = 4  # how long a chain of functions that hand a module to each other may be
_COMMON = frozenset(dir(builtins))
_OWN = frozenset({"self", "cls"})

Function = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda


@dataclass(frozen=True, slots=True)
class Setting:
    """One place that assigns an attribute of an object: `owner` is the expression, `name` may be `ANY`."""

    owner: ast.expr
    name: str
    line: int


@lru_cache(maxsize=8)
def settings_of(view: FileView) -> tuple[Setting, ...]:
    """Every place of a file that assigns or deletes an attribute."""
    return tuple(settings(view.parsed.nodes))


def settings(nodes: Iterable[ast.AST]) -> Iterator[Setting]:
    """Each of the nodes that assigns or deletes an attribute."""
    for node in nodes:
        match node:
            case ast.Attribute(value=owner, attr=name, ctx=ast.Store() | ast.Del()):
                yield Setting(owner, name, node.lineno)
            case ast.Call() if called(node) in _BY_NAME:
                yield from _by_name(node)
            case ast.Call(func=ast.Attribute(value=owner, attr="__setattr__" | "__delattr__" as method)):
                own = len(node.args) == (2 if method == "__setattr__" else 1)
                yield from _named([owner, *node.args] if own else node.args, node.lineno)
            case ast.Call(args=[owner, *_]) if called(node) == "multiple":
                for keyword in node.keywords:
                    yield Setting(owner, keyword.arg or ANY, node.lineno)
            case ast.Call(func=ast.Attribute(value=space, attr=method)) if method in _WRITING:
                yield from (Setting(owner, ANY, node.lineno) for owner in _namespace(space))
            case ast.Subscript(value=space, ctx=ast.Store() | ast.Del()):
                yield from (Setting(owner, ANY, node.lineno) for owner in _namespace(space))
            case _:
                pass


def _by_name(call: ast.Call) -> Iterator[Setting]:
    """What ``setattr`` and ``patch.object`` replace; they take their arguments by position or by name."""
    keywords = {keyword.arg: keyword.value for keyword in call.keywords}
    given = [keywords[word] for word in ("target", "obj", "attribute", "name") if word in keywords]
    yield from _named([*call.args, *given], call.lineno)


def _named(values: list[ast.expr], line: int) -> Iterator[Setting]:
    match values:
        case [ast.Starred(value=given), *_]:
            yield from (Setting(one, ANY, line) for one in ast.walk(given) if isinstance(one, ast.Name | ast.Attribute))
        case [owner, name, *_]:
            constant = name.value if isinstance(name, ast.Constant) else ANY
            yield Setting(owner, constant if isinstance(constant, str) else ANY, line)
        case _:
            pass


def _namespace(node: ast.expr) -> Iterator[ast.expr]:
    """Whose names ``vars(x)`` or ``x.__dict__`` are."""
    match node:
        case ast.Call(func=ast.Name(id="vars"), args=[owner]):
            yield owner
        case ast.Attribute(value=owner, attr="__dict__"):
            yield owner
        case _:
            pass


def called(call: ast.Call) -> str:
    """The last part of what a call calls."""
    return call.func.attr if isinstance(call.func, ast.Attribute) else str(getattr(call.func, "id", ""))


# -- functions that set attributes of their arguments


@dataclass
class Setters:
    """Which attributes of an argument functions and classes assign, by their names; looked for when asked."""

    texts: Mapping[str, bytes]
    tree: Callable[[str], ast.Module]
    _known: dict[str, frozenset[str]] = field(default_factory=dict)

    def of(self, name: str, depth: int = 0) -> frozenset[str]:
        """Names of the attributes; `ANY` for computed ones."""
        if name not in self._known:
            self._known[name] = frozenset()  # for functions that call themselves
            if depth < _DEPTH and name not in _COMMON:
                self._known[name] = frozenset().union(*self._found(name, depth))
        return self._known[name]

    def _found(self, name: str, depth: int) -> Iterator[frozenset[str]]:
        made = [b"%s %s" % (word, name.encode()) for word in (b"def", b"class")] + [b"%s = lambda" % name.encode()]
        renamed = re.compile(_ALIAS % re.escape(name.encode()))
        for path, text in self.texts.items():
            if name.encode() in text and b"attr" in text and renamed.search(text):
                yield frozenset({ANY})
            if any(one in text for one in made):
                for found, function, owner in _functions(self.tree(path)):
                    if found == name:
                        yield _sets(function, owner, lambda inner: self.of(inner, depth + 1))


def _functions(tree: ast.Module) -> Iterator[tuple[str, Function, ast.ClassDef | None]]:
    for node in ast.walk(tree):
        match node:
            case ast.ClassDef():
                for inner in node.body:
                    if isinstance(inner, ast.FunctionDef | ast.AsyncFunctionDef) and inner.name == "__init__":
                        yield node.name, inner, node
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                yield node.name, node, None
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Lambda() as value):
                yield name, value, None
            case _:
                pass


def _sets(function: Function, owner: ast.ClassDef | None, known: Callable[[str], frozenset[str]]) -> frozenset[str]:
    """Names of the attributes that a function assigns of what it is given, itself or by calling one that does."""
    arguments = function.args
    everything = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, arguments.vararg, arguments.kwarg]
    given = {argument.arg for argument in everything if argument is not None} - _OWN
    body: Iterable[ast.AST] = [function.body] if isinstance(function, ast.Lambda) else function.body
    parts = [*body, *(owner.body if owner is not None else ())]
    if owner is not None:
        given |= _kept(parts, given)
    for _ in range(2):
        given |= {name for part in parts for name in _derived(part, given)}
    found: set[str] = set()
    for part in parts:
        nodes = walked(part)
        found.update(one.name for one in settings(nodes) if _rooted(one.owner, given))
        for node in nodes:
            if isinstance(node, ast.Call) and _hands(node, given):
                found |= known(called(node))
    return frozenset(found)


def _kept(parts: Iterable[ast.AST], given: set[str]) -> set[str]:
    """Attributes of its own in which an object keeps what it was given, spelled ``self.name``."""
    return {
        ast.unparse(target)
        for part in parts
        for node in ast.walk(part)
        if isinstance(node, ast.Assign) and _mentions(node.value, given)
        for target in node.targets
        if isinstance(target, ast.Attribute)
    }


def _derived(part: ast.AST, given: set[str]) -> Iterator[str]:
    """Local names that hold what was given, or a part of it."""
    for node in ast.walk(part):
        match node:
            case ast.Assign(targets=targets, value=value) if _mentions(value, given) and not isinstance(
                value, ast.Call
            ):
                yield from (name for target in targets for name in _bound(target))
            case ast.For(target=target, iter=value) | ast.comprehension(target=target, iter=value) if _mentions(
                value, given
            ):
                yield from _bound(target)
            case _:
                pass


def _bound(target: ast.expr) -> Iterator[str]:
    return (name.id for name in ast.walk(target) if isinstance(name, ast.Name) and isinstance(name.ctx, ast.Store))


def _mentions(node: ast.AST, given: set[str]) -> bool:
    return any(isinstance(inner, ast.Name | ast.Attribute) and ast.unparse(inner) in given for inner in ast.walk(node))


def _rooted(node: ast.expr, given: set[str]) -> bool:
    """Whether an expression is what was given, or an attribute of it: a module of a package."""
    while isinstance(node, ast.Attribute):
        if ast.unparse(node) in given:
            return True
        node = node.value
    return isinstance(node, ast.Name) and node.id in given


def _hands(call: ast.Call, given: set[str]) -> bool:
    values = [*call.args, *(keyword.value for keyword in call.keywords)]
    return any(_rooted(value.value if isinstance(value, ast.Starred) else value, given) for value in values)


# -- modules that are given


def given_modules(view: FileView) -> Iterator[tuple[str, str, int]]:
    """Modules handed to a function, with its name; to nobody in particular (in a table, returned, kept): with no name."""
    if not view.handed:
        return
    setting = {id(call) for call, _ in view.scopes.calls if any(map(_is_setattr, call.args))}
    calls = [
        (call, {id(inner) for value in (*call.args, *(k.value for k in call.keywords)) for inner in ast.walk(value)})
        for call, _ in view.scopes.calls
    ]
    kept = {id(inner) for node in view.parsed.nodes if isinstance(node, _KEEPING) for inner in ast.walk(node)}
    for use, modules in view.handed:
        for module in sorted(modules):
            takers = {called(call) for call, inside in calls if id(use.node) in inside}
            for name in sorted(takers):
                yield module, name, use.node.lineno
            if any(id(call) in setting and id(use.node) in inside for call, inside in calls):
                yield module, ANY, use.node.lineno  # ``partial(setattr, module)``
            if not takers or id(use.node) in kept or takers & _RETURNING:
                yield module, "", use.node.lineno


def _is_setattr(node: ast.expr) -> bool:
    return isinstance(node, ast.Name | ast.Attribute) and ast.unparse(node).rpartition(".")[2] in _SETATTR


_SETATTR = ("setattr", "delattr", "__setattr__", "__delattr__")
_RETURNING = frozenset(
    {
        "getattr",
        "next",
        "iter",
        "list",
        "tuple",
        "set",
        "dict",
        "zip",
        "enumerate",
        "sorted",
        "nullcontext",
        "append",
        "add",
    }
)
_KEEPING = (ast.List, ast.Tuple, ast.Set, ast.Dict, ast.Return, ast.Lambda, ast.Yield)


def loose(view: FileView) -> Iterator[Setting]:
    """Places that assign attributes of an object that can't be told: a loop's variable, what a call returns."""
    for one in settings_of(view):
        if isinstance(one.owner, ast.Name) and (one.owner.id in _OWN or _is_module(view, one.owner)):
            continue
        if not isinstance(one.owner, ast.Constant):
            yield one


def _is_module(view: FileView, node: ast.Name) -> bool:
    return any(
        use.node is node and isinstance(view.denote(use.scope.lookup(node.id), node.id), Module)
        for use in view.scopes.names
    )
