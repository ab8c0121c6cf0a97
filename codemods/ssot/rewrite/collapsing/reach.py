"""Whether objects of one class may reach a place: through names, attributes, arguments and results.

Functions, parameters and attributes are told by their names alone, whatever object they belong to, so that the answer is
rather yes than no. What comes from outside the project, or out of a container that is filled elsewhere, is not followed.
"""

from __future__ import annotations

import ast
import builtins
import re
from collections.abc import Iterable, Iterator, Sized
from dataclasses import dataclass, field

from ssot.index.table import Symbol
from ssot.index.view import FileView
from ssot.rewrite.collapsing.ground import Ground
from ssot.rewrite.collapsing.hierarchy import Hierarchy

_MAX_ROUNDS = 12
_MAX_FILES = 250  # beyond that the names are too common to tell anything
_CARRIERS = frozenset(
    ["list", "tuple", "set", "iter", "copy", "deepcopy", "next", "reversed", "zip", "enumerate", "chain", "cast"]
)
_GIVING = frozenset({"values", "items", "get", "pop", "popitem", "copy", "setdefault"})
_Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass
class Reach:
    """What may hold an object of one of the classes."""

    ground: Ground
    hierarchy: Hierarchy
    makes: frozenset[Symbol]  # calling one of these makes such an object
    itself: bool = False  # the objects looked for are the classes or functions themselves
    results: set[str] = field(default_factory=set)  # names of functions
    attributes: set[str] = field(default_factory=set)
    parameters: set[tuple[str, str]] = field(default_factory=set)  # function, parameter
    globals: set[Symbol] = field(default_factory=set)
    locals: set[tuple[str, str]] = field(default_factory=set)  # file, name

    @classmethod
    def of(cls, ground: Ground, hierarchy: Hierarchy, makes: frozenset[Symbol], *, itself: bool = False) -> Reach:
        """The same one for the same question."""
        known = ground.reaches
        key = (makes, itself)
        if key not in known:
            known[key] = cls(ground, hierarchy, makes, itself=itself)
        found = known[key]
        assert isinstance(found, Reach)
        return found

    def __post_init__(self) -> None:
        self._kinds = None if self.itself else Reach.of(self.ground, self.hierarchy, self.makes, itself=True)
        uses = [use for symbol in self.makes for use in self.ground.uses(symbol)]
        nodes = {id(use.node) for use in uses}
        self._calls, self._nodes = (set[int](), nodes) if self.itself else (nodes, set[int]())
        self._start = (
            {use.path for use in uses} | {view.source.path for view in self._kinds.views()}
            if self._kinds
            else {use.path for use in uses}
        )
        enums = {one for one in self.makes if not self.itself and self._is_enum(one)}
        self._members = {id(use.node) for use in uses if use.symbol in enums}
        for _ in range(_MAX_ROUNDS):
            before = self._size()
            for view in self.views():
                self._file(view)
            if self._size() == before:
                return

    def _is_enum(self, symbol: Symbol) -> bool:
        """Whether the objects are attributes of the class."""
        return any(str(base).rpartition(".")[2].endswith(("Enum", "Flag")) for base in self.hierarchy.above(symbol))

    def _size(self) -> tuple[int, ...]:
        known: tuple[Sized, ...] = (self.results, self.attributes, self.parameters, self.globals, self.locals)
        return tuple(map(len, known))

    def views(self) -> Iterator[FileView]:
        """The files in which such an object may be, those that name the classes first."""
        words = sorted(self.results | self.attributes | {symbol.name for symbol in self.globals})
        functions = sorted({name for name, _ in self.parameters if name.isidentifier()})
        patterns = [rb"\b(?:" + "|".join(words).encode() + rb")\b"] if words else []
        patterns += [rb"\b(?:def|class)\s+(?:" + "|".join(functions).encode() + rb")\b"] if functions else []
        wanted = re.compile(b"|".join(patterns)) if patterns else None
        others = (
            path
            for path, source in sorted(self.ground.tree.sources.items())
            if wanted is not None and path not in self._start and wanted.search(source.u8)
        )
        found = [*sorted(self._start), *others]
        return map(self.ground.view, found[:_MAX_FILES])

    # -- one file

    def _file(self, view: FileView) -> None:
        for target, value in self.ground.bindings_in(view):
            if self.may(view, value):
                self._stored(view, target)
        for node in self.ground.flows_in(view):
            match node:
                case ast.Return(value=ast.expr() as value) | ast.Yield(value=ast.expr() as value):
                    if self.may(view, value):
                        self.results.add(self._function(view, node))
                case ast.Call():
                    self._passed(view, node)
                case ast.Raise(exc=ast.expr() as value) if id(value) in self._calls or self.may(view, value):
                    self.results.add("raise")
                case _:
                    pass

    def _stored(self, view: FileView, target: ast.expr) -> None:
        match target:
            case ast.Attribute():
                self.attributes.add(target.attr)
            case ast.Subscript() | ast.Starred():
                self._stored(view, target.value)
            case ast.Tuple() | ast.List():
                for one in target.elts:
                    self._stored(view, one)
            case ast.Name():
                self.locals.add((view.source.path, target.id))
                if not self._function(view, target):
                    self.globals.add(Symbol(view.module, target.id))
            case _:
                pass

    def _passed(self, view: FileView, call: ast.Call) -> None:
        name = _called(call)
        if not name or hasattr(builtins, name):
            return
        for place, argument in enumerate(call.args):
            if self.may(view, argument):
                self.parameters.add((name, str(place)))
        for keyword in call.keywords:
            if self.may(view, keyword.value):
                self.parameters.add((name, keyword.arg or "*"))

    def _function(self, view: FileView, node: ast.AST) -> str:
        return next((n.name for n in self.ground.around(view, node) if isinstance(n, _Function)), "")

    # -- expressions

    def may(self, view: FileView, node: ast.expr) -> bool:
        """Whether the value of an expression may be, or hold, such an object."""
        if id(node) in self._nodes:
            return True
        match node:
            case ast.Call():
                made = id(node.func) in self._calls or _called(node) in self.results or self._calls_a_kind(view, node)
                if (
                    isinstance(node.func, ast.Attribute)
                    and node.func.attr in _GIVING
                    and self.may(view, node.func.value)
                ):
                    return True
                return made or (_called(node) in _CARRIERS and any(self.may(view, one) for one in node.args))
            case ast.Name():
                return self._name(view, node)
            case ast.Attribute():
                member = not self.itself and id(node.value) in self._members
                return member or node.attr in self.attributes or self._global_of(view, node)
            case ast.Constant() | ast.Compare() | ast.JoinedStr():
                return False
            case ast.Subscript() if id(node.value) in self._members:
                return True
            case ast.Subscript() | ast.Starred() | ast.Await():
                return self.may(view, node.value)
            case ast.Lambda():
                return self.may(view, node.body)
            case _:
                inner = (child for child in ast.iter_child_nodes(node) if isinstance(child, ast.expr))
                return any(self.may(view, child) for child in inner)

    def _calls_a_kind(self, view: FileView, call: ast.Call) -> bool:
        """``kind()`` where the name may have one of the classes."""
        return self._kinds is not None and isinstance(call.func, ast.Name) and self._kinds.may(view, call.func)

    def _name(self, view: FileView, node: ast.Name) -> bool:
        if self.parameters:
            for around in self.ground.around(view, node):
                if isinstance(around, _Function) and (place := _place(around, node.id)) is not None:
                    return self._parameter(view, around, place, node.id) or (view.source.path, node.id) in self.locals
        if (view.source.path, node.id) in self.locals:
            return True
        return bool(self.globals) and self.ground.index.resolve(view.module, node.id) in self.globals

    def _global_of(self, view: FileView, node: ast.Attribute) -> bool:
        """``module.router``, by the name of the attribute."""
        return any(symbol.name == node.attr for symbol in self.globals)

    def _parameter(self, view: FileView, function: _Function, place: int, name: str) -> bool:
        called = {function.name, *self._classes(view, function)}
        places = {str(place), str(place - 1), name, "*"}
        return any(owner in called and (place < 0 or at in places) for owner, at in self.parameters)

    def _classes(self, view: FileView, function: _Function) -> Iterator[str]:
        """The names by which a constructor is called."""
        outer = next(self.ground.around(view, function), None)
        if function.name in ("__init__", "__new__") and isinstance(outer, ast.ClassDef):
            yield outer.name
            for symbol in self.hierarchy.below(Symbol(view.module, outer.name)):
                yield symbol.name


def _called(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else str(getattr(call.func, "id", ""))


def _place(function: _Function, name: str) -> int | None:
    """Which argument a name is, from 0; -1 for those that are not told by their place."""
    arguments = function.args
    names = [a.arg for a in (*arguments.posonlyargs, *arguments.args)]
    if name in names:
        return names.index(name)
    others: Iterable[ast.arg] = (*arguments.kwonlyargs, *filter(None, (arguments.vararg, arguments.kwarg)))
    return -1 if any(name == one.arg for one in others) else None
