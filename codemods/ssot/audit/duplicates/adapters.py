"""Subclasses and wrapper functions that hand everything on: what they add, or what keeps them from being mere adapters."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from ssot.audit.duplicates.classes import take_apart
from ssot.audit.duplicates.definitions import Definition, Definitions, Function
from ssot.audit.duplicates.functions import decorators, signature
from ssot.audit.duplicates.handing import (
    awaited,
    call_of,
    given,
    harmless,
    in_words,
    is_property,
    is_static,
    is_super,
    names_first,
    no_op,
    returned,
    same_parameters,
    taken,
    without_detour,
)
from ssot.audit.duplicates.normal import Key, Normaliser, decorator_name
from ssot.index.table import External, Missing, Symbol

_LEVELS = frozenset({"debug", "info", "warning", "warn", "error", "exception", "critical", "log"})
_LOGGERS = frozenset({"logger", "_logger", "log", "_log", "LOG", "LOGGER"})


@dataclass(frozen=True, slots=True)
class Passed:
    """What a function that hands on everything does besides, in words; empty where nothing."""

    adds: str = ""


@dataclass(frozen=True)
class Adapters:
    """Recognises them in one project."""

    project: Definitions

    # -- functions

    def wrapper(self, definition: Definition, canonical: Definition) -> Passed | None:
        """Whether a function only calls the canonical one with its own arguments."""
        node, target = definition.node, canonical.node
        if not isinstance(node, Function) or not isinstance(target, Function) or definition.owner is not None:
            return None
        if not all(self._only_marks(definition, one) for one in node.decorator_list):
            return None

        def calls_target(call: ast.Call) -> bool:
            return self.denoted(definition, node, call.func) == canonical.symbol

        return self._hands_on(definition, node, canonical, target, calls_target)

    def calls(self, definition: Definition, canonical: Definition) -> bool:
        """Whether a function calls the canonical one at all."""
        node = definition.node
        calls = [one for one in ast.walk(node) if isinstance(one, ast.Call)]
        return isinstance(node, Function) and any(
            self.denoted(definition, node, call.func) == canonical.symbol for call in calls
        )

    def denoted(self, definition: Definition, node: Function, called: ast.expr) -> object:
        """What is called: a name of the module, or of an import at the head of the function."""
        bare = called
        while isinstance(bare, ast.Attribute):
            bare = bare.value
        scope = definition.view.scope_of[id(node)]
        if isinstance(called, ast.Name) and called.id in scope.bindings:
            found = definition.view.denote(scope, called.id)
            return self.project.equated.get(found, found) if isinstance(found, Symbol) else found
        if isinstance(bare, ast.Name) and bare.id in scope.bindings:
            return None
        return self.project.expression(definition.file, called)

    def _only_marks(self, definition: Definition, decorator: ast.expr) -> bool:
        name = decorator_name(self.project, definition.file, decorator)
        return name.rpartition(".")[2] in ("deprecated", "final", "override", "staticmethod", "wraps")

    # -- methods of a subclass

    def method(
        self, definition: Definition, node: Function, holder: Definition | None, inherited: Function | None
    ) -> Passed | None:
        """Whether a method only calls the one it overrides. ``inherited`` is None where the project does not show that."""
        if inherited is not None and decorators(node) != decorators(inherited):
            return None

        def calls_super(call: ast.Call) -> bool:
            return is_super(call.func, node.name, definition) or self._is_base(definition, node, holder, call)

        if inherited is not None and is_property(node):
            return self._read_through(definition, node)
        return self._hands_on(definition, node, holder, inherited, calls_super)

    def _is_base(self, definition: Definition, node: Function, holder: Definition | None, call: ast.Call) -> bool:
        """``Base.name(self, …)``, where that is the method that is overridden."""
        called, first = call.func, [*node.args.posonlyargs, *node.args.args][:1]
        if not isinstance(called, ast.Attribute) or called.attr != node.name or holder is None:
            return False
        if (
            decorators(node) not in ("", "@staticmethod")
            or self.denoted(definition, node, called.value) != holder.symbol
        ):
            return False
        return is_static(node) or (bool(first) and names_first(call, first[0].arg))

    def _read_through(self, definition: Definition, node: Function) -> Passed | None:
        """A property that gives what that of the base gives."""
        body = [one for one in node.body if not no_op(one)]
        value = body[-1].value if body and isinstance(body[-1], ast.Return) else None
        if value is None or not is_super(value, node.name, definition):
            return None
        others = body[:-1]
        return Passed(in_words(others, node)) if all(self._says(definition, one) for one in others) else None

    def bare_constructor(self, definition: Definition, node: Function) -> Passed | None:
        """``def __init__(self): super().__init__()`` above which there is only `object`."""
        body = [one for one in node.body if not no_op(one)]
        calls = [
            one for one in body if (call := call_of(one)) is not None and is_super(call.func, "__init__", definition)
        ]
        others = [one for one in body if one not in calls]
        if signature(node).count(",") or len(calls) > 1 or not all(self._says(definition, one) for one in others):
            return None
        call = call_of(calls[0]) if calls else None
        return None if call is not None and (call.args or call.keywords) else Passed(in_words(others, node))

    # -- both

    def _hands_on(
        self,
        definition: Definition,
        node: Function,
        holder: Definition | None,
        target: Function | None,
        is_target: Callable[[ast.Call], bool],
    ) -> Passed | None:
        body = without_detour([one for one in node.body if not no_op(one)])
        calls = [one for one in body if (call := call_of(one)) is not None and is_target(call)]
        if len(calls) != 1 or (isinstance(calls[0], ast.Return) and calls[0] is not body[-1]):
            return None
        others = [one for one in body if one is not calls[0]]
        if not all(self._says(definition, one) for one in others):
            return None
        method = definition.node is not node or definition.owner is not None
        if not self._fits(definition, node, holder, target, calls[0], skip_first=method and not is_static(node)):
            return None
        return Passed(in_words(others, node))

    def _fits(
        self,
        definition: Definition,
        node: Function,
        holder: Definition | None,
        target: Function | None,
        statement: ast.stmt,
        *,
        skip_first: bool,
    ) -> bool:
        """Whether arguments go in and the result comes out unchanged."""
        call = call_of(statement)
        assert call is not None
        own = node.args
        plain = [*own.posonlyargs, *own.args][1 if skip_first else 0 :]
        by_base = isinstance(call.func, ast.Attribute) and not isinstance(call.func.value, ast.Call)
        if skip_first and by_base:
            call = ast.Call(call.func, call.args[1:], call.keywords)
        everything = bool(own.vararg and own.kwarg and not plain and not own.kwonlyargs)
        if given(call) != taken(own, plain, call) or not awaited(statement, node):
            return False
        if target is None or holder is None:
            return everything and (isinstance(statement, ast.Return) or node.name == "__init__")
        if type(node) is not type(target) or not returned(statement, node, target):
            return False
        same = self._defaults(definition, node) == self._defaults(holder, target)
        return everything or (same and same_parameters(node, target, skip_first=skip_first))

    def _defaults(self, definition: Definition, node: Function) -> list[Key]:
        normal = Normaliser(self.project, definition.view, frozenset())
        return [normal.expression(one) for one in (*node.args.defaults, *node.args.kw_defaults)]

    def _says(self, definition: Definition, node: ast.stmt) -> bool:
        """A warning, a log entry, or an import: nothing that callers see."""
        if isinstance(node, ast.Import | ast.ImportFrom):
            return True
        call = node.value if isinstance(node, ast.Expr) else None
        if not isinstance(call, ast.Call) or not all(
            map(harmless, [*call.args, *(key.value for key in call.keywords)])
        ):
            return False
        return self._is_warning(definition, call.func) or self._is_log(definition, call.func)

    def _is_warning(self, definition: Definition, called: ast.expr) -> bool:
        return self.project.expression(definition.file, called) == External("warnings.warn")

    def _is_log(self, definition: Definition, called: ast.expr) -> bool:
        if not isinstance(called, ast.Attribute) or called.attr not in _LEVELS:
            return False
        where = called.value
        if isinstance(where, ast.Name):
            found = self.project.global_name(definition.file, where.id)
            return found == External("logging") or (where.id in _LOGGERS and not isinstance(found, Missing))
        return isinstance(where, ast.Attribute) and where.attr in _LOGGERS


def thin_members(node: ast.ClassDef) -> Iterator[tuple[str, Function | None]]:
    """The members of a class body; None for one that is no plain method."""
    body = take_apart(node)
    if body.rest:
        yield "", None
    for name, member in body.members.items():
        last = member.nodes[-1]
        if not member.declares_only:
            yield name, last if isinstance(last, Function) and len(member.nodes) == 1 else None
