"""Whether objects of one class may reach a place: through names, attributes, arguments and results.

Functions, parameters and attributes are told by their names alone, whatever object they belong to, so that the answer is
rather yes than no. What comes from outside the project, or out of a container that is filled elsewhere, is not followed.
"""

from __future__ import annotations

import ast
import builtins
import re
from collections.abc import Iterator, Sized
from dataclasses import dataclass, field

from ssot.index.table import Symbol
from ssot.index.view import FileView
from ssot.rewrite.collapsing.ground import Ground
from ssot.rewrite.collapsing.hierarchy import Hierarchy
from ssot.rewrite.collapsing.spelling import (
    BARE,
    CARRIERS,
    GIVING,
    KEPT_ERRORS,
    TAKING,
    Function,
    called,
    key_of,
    last_of,
    place_of,
    text_of,
)

_MAX_ROUNDS = 12
_MAX_FILES = 250  # beyond that the names are too common to tell anything
_SOMEBODY = "?"  # a function that is called by another name than its own, or by code from elsewhere


@dataclass
class Reach:
    """What may hold an object of one of the classes."""

    ground: Ground
    hierarchy: Hierarchy
    makes: frozenset[Symbol]  # calling one of these makes such an object
    itself: bool = False  # the objects looked for are the classes or functions themselves
    loose: bool = False  # functions that are handed on as values are followed too, and errors that somebody catches
    results: set[str] = field(default_factory=set)  # names of functions
    attributes: set[str] = field(default_factory=set)
    keys: set[str] = field(default_factory=set)  # constant keys of tables
    parameters: set[tuple[str, str]] = field(default_factory=set)  # function, parameter
    globals: set[Symbol] = field(default_factory=set)
    locals: set[tuple[str, str]] = field(default_factory=set)  # file, name
    _asking: set[int] = field(default_factory=set)

    @classmethod
    def of(
        cls,
        ground: Ground,
        hierarchy: Hierarchy,
        makes: frozenset[Symbol],
        *,
        itself: bool = False,
        loose: bool = False,
    ) -> Reach:
        """The same one for the same question."""
        known = ground.reaches
        key = (makes, itself, loose)
        if key not in known:
            known[key] = cls(ground, hierarchy, makes, itself=itself, loose=loose)
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
        known: tuple[Sized, ...] = (
            self.results,
            self.attributes,
            self.keys,
            self.parameters,
            self.globals,
            self.locals,
        )
        return tuple(map(len, known))

    def views(self) -> Iterator[FileView]:
        """The files in which such an object may be, those that name the classes first."""
        words = sorted(self.results | self.attributes | {symbol.name for symbol in self.globals})
        functions = sorted({name for name, _ in self.parameters if name.isidentifier()})
        patterns = [rb"\b(?:" + "|".join(words).encode() + rb")\b"] if words else []
        patterns += [rb"[\"']" + re.escape(key).encode() + rb"[\"']" for key in sorted(self.keys)]
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
                case ast.ExceptHandler(name=str() as name) if self.loose and "raise" in self.results:
                    self.locals.add((view.source.path, name))
                case ast.Dict():
                    self._displayed(view, node)
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
            case ast.Subscript(slice=ast.Constant(value=str() as key)):
                self.keys.add(key)
                self._stored(view, target.value)
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

    def _displayed(self, view: FileView, node: ast.Dict) -> None:
        for key, value in zip(node.keys, node.values, strict=True):
            if isinstance(key, ast.Constant) and isinstance(key.value, str) and self.may(view, value):
                self.keys.add(key.value)

    def _put(self, view: FileView, call: ast.Call) -> None:
        """``queue.append(x)``: the container is known by its name from then on."""
        if isinstance(call.func, ast.Attribute) and any(self.may(view, one) for one in call.args):
            match call.func.value, call.args:
                case _, [ast.Constant(value=str() as key), *_]:
                    self.keys.add(key)
                case ast.Name() as owner, _:
                    self.locals.add((view.source.path, owner.id))
                    found = self.ground.index.resolve(view.module, owner.id)
                    self.globals |= {found} if isinstance(found, Symbol) else set()
                case owner, _:
                    self._stored(view, owner)

    def _passed(self, view: FileView, call: ast.Call) -> None:
        name = called(call)
        if name in TAKING:
            self._put(view, call)
        if self.loose and self._unknown(view, call, name):
            taken = [*call.args, *(key.value for key in call.keywords)]
            self.parameters |= {(_SOMEBODY, "*")} if any(self.may(view, one) for one in taken) else set()
        if not name or hasattr(builtins, name):
            return
        for place, argument in enumerate(call.args):
            if self.may(view, argument):
                self.parameters.add((name, str(place)))
        for keyword in call.keywords:
            if self.may(view, keyword.value):
                self.parameters.add((name, keyword.arg or "*"))

    def _unknown(self, view: FileView, call: ast.Call, name: str) -> bool:
        """Whether it can't be told which function is called: a parameter, an entry of a table, something from elsewhere."""
        if not isinstance(call.func, ast.Name | ast.Attribute):
            return True
        if isinstance(call.func, ast.Name) and any(
            isinstance(one, Function | ast.Lambda) and place_of(one, name) is not None
            for one in self.ground.around(view, call)
        ):
            return True
        return not (name in TAKING | GIVING or hasattr(builtins, name) or self.ground.defines(name))

    def _function(self, view: FileView, node: ast.AST) -> str:
        return next((n.name for n in self.ground.around(view, node) if isinstance(n, Function)), "")

    # -- expressions

    def may(self, view: FileView, node: ast.expr) -> bool:
        """Whether the value of an expression may be, or hold, such an object."""
        if id(node) in self._nodes or (self.keys and key_of(node) in self.keys):
            return True
        if self.loose and "raise" in self.results and last_of(node) in KEPT_ERRORS:
            return True
        match node:
            case ast.Call():
                made = id(node.func) in self._calls or called(node) in self.results or self._calls_a_kind(view, node)
                if (
                    isinstance(node.func, ast.Attribute)
                    and node.func.attr in GIVING
                    and self.may(view, node.func.value)
                ):
                    return True
                if called(node) == "getattr" and len(node.args) > 1 and text_of(node.args[1]) in self.attributes:
                    return True
                return made or (called(node) in CARRIERS and any(self.may(view, one) for one in node.args))
            case ast.Name():
                return self._name(view, node)
            case ast.Attribute():
                member = not self.itself and id(node.value) in self._members
                return member or node.attr in self.attributes or self._global_of(node)
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
        """``kind()`` where the name may have one of the classes, or a function that gives objects of them."""
        if not isinstance(call.func, ast.Name):
            return False
        maker = (
            not self.itself and (view.source.path, call.func.id) in self.locals
        )  # a variable that has a function which gives one
        return maker or (self._kinds is not None and self._kinds.may(view, call.func))

    def _name(self, view: FileView, node: ast.Name) -> bool:
        for around in self.ground.around(view, node):
            if isinstance(around, ast.Lambda) and place_of(around, node.id) is not None:
                return self._lambda(view, around)
        if self.parameters:
            for around in self.ground.around(view, node):
                if isinstance(around, Function) and (place := place_of(around, node.id)) is not None:
                    return self._parameter(view, around, place, node.id) or (view.source.path, node.id) in self.locals
        if (view.source.path, node.id) in self.locals or node.id in self.results:
            return True
        return bool(self.globals) and self.ground.index.resolve(view.module, node.id) in self.globals

    def _lambda(self, view: FileView, node: ast.Lambda) -> bool:
        """``sorted(routers, key=lambda router: …)``."""
        if (_SOMEBODY, "*") in self.parameters:
            return True
        if id(node) in self._asking:  # two of them in one call
            return False
        self._asking.add(id(node))
        try:
            return self._beside(view, node)
        finally:
            self._asking.discard(id(node))

    def _beside(self, view: FileView, node: ast.Lambda) -> bool:
        """Whether another argument of the call that a lambda is handed to may hold such an object."""
        around = {id(node), *map(id, self.ground.around(view, node))}
        call = next((one for one in self.ground.around(view, node) if isinstance(one, ast.Call)), None)
        others = [one for one in call.args if id(one) not in around] if call is not None else []
        return any(self.may(view, one) for one in others)

    def _global_of(self, node: ast.Attribute) -> bool:
        """``module.router``, by the name of the attribute."""
        return any(symbol.name == node.attr for symbol in self.globals)

    def _parameter(self, view: FileView, function: Function, place: int, name: str) -> bool:
        if (_SOMEBODY, "*") in self.parameters and self._called_by_others(view, function):
            return True
        names = {function.name, *self._classes(view, function)}
        places = {str(place), str(place - 1), name, "*"}
        return any(owner in names and (place < 0 or at in places) for owner, at in self.parameters)

    def _called_by_others(self, view: FileView, function: Function) -> bool:
        """Whether a function is handed on as a value, or overrides one of a class from elsewhere."""
        outer = next(self.ground.around(view, function), None)
        if isinstance(outer, ast.ClassDef):
            above = self.hierarchy.above(Symbol(view.module, outer.name))
            return any(isinstance(base, str) and base not in BARE for base in above)
        return bool(function.decorator_list) or self.ground.handed_on(function.name)

    def _classes(self, view: FileView, function: Function) -> Iterator[str]:
        """The names by which a constructor is called."""
        outer = next(self.ground.around(view, function), None)
        if function.name in ("__init__", "__new__") and isinstance(outer, ast.ClassDef):
            yield outer.name
            for symbol in self.hierarchy.below(Symbol(view.module, outer.name)):
                yield symbol.name
