"""Subclasses and wrapper functions that hand everything on: what they add, or what keeps them from being mere adapters."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from ssot.audit.duplicates.classes import take_apart
from ssot.audit.duplicates.definitions import Definition, Definitions, Function
from ssot.audit.duplicates.functions import decorators, signature
from ssot.audit.duplicates.normal import Key, Normaliser, decorator_name
from ssot.index.table import External, Missing, Symbol

_LEVELS = frozenset({"debug", "info", "warning", "warn", "error", "exception", "critical", "log"})
_LOGGERS = frozenset({"logger", "_logger", "log", "_log", "LOG", "LOGGER"})
_SHOWS = frozenset({"type", "len", "str", "repr", "id", "format"})


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
            return _is_super(call.func, node.name, definition)

        return self._hands_on(definition, node, holder, inherited, calls_super)

    def bare_constructor(self, definition: Definition, node: Function) -> Passed | None:
        """``def __init__(self): super().__init__()`` above which there is only `object`."""
        body = [one for one in node.body if not _no_op(one)]
        calls = [
            one for one in body if (call := _call_of(one)) is not None and _is_super(call.func, "__init__", definition)
        ]
        others = [one for one in body if one not in calls]
        if signature(node).count(",") or len(calls) > 1 or not all(self._says(definition, one) for one in others):
            return None
        call = _call_of(calls[0]) if calls else None
        return None if call is not None and (call.args or call.keywords) else Passed(_words(others, node))

    # -- both

    def _hands_on(
        self,
        definition: Definition,
        node: Function,
        holder: Definition | None,
        target: Function | None,
        is_target: Callable[[ast.Call], bool],
    ) -> Passed | None:
        body = [one for one in node.body if not _no_op(one)]
        calls = [one for one in body if (call := _call_of(one)) is not None and is_target(call)]
        if len(calls) != 1 or (isinstance(calls[0], ast.Return) and calls[0] is not body[-1]):
            return None
        others = [one for one in body if one is not calls[0]]
        if not all(self._says(definition, one) for one in others):
            return None
        method = definition.node is not node or definition.owner is not None
        if not self._fits(definition, node, holder, target, calls[0], skip_first=method and not _is_static(node)):
            return None
        return Passed(_words(others, node))

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
        call = _call_of(statement)
        assert call is not None
        own = node.args
        plain = [*own.posonlyargs, *own.args][1 if skip_first else 0 :]
        everything = bool(own.vararg and own.kwarg and not plain and not own.kwonlyargs)
        if _given(call) != _taken(own, plain, call) or not _awaited(statement, node):
            return False
        if target is None or holder is None:
            return everything and (isinstance(statement, ast.Return) or node.name == "__init__")
        if type(node) is not type(target) or not _returned(statement, node, target):
            return False
        same = self._defaults(definition, node) == self._defaults(holder, target)
        return everything or (same and _same_parameters(node, target, skip_first=skip_first))

    def _defaults(self, definition: Definition, node: Function) -> list[Key]:
        normal = Normaliser(self.project, definition.view, frozenset())
        return [normal.expression(one) for one in (*node.args.defaults, *node.args.kw_defaults)]

    def _says(self, definition: Definition, node: ast.stmt) -> bool:
        """A warning, a log entry, or an import: nothing that callers see."""
        if isinstance(node, ast.Import | ast.ImportFrom):
            return True
        call = node.value if isinstance(node, ast.Expr) else None
        if not isinstance(call, ast.Call) or not all(
            map(_harmless, [*call.args, *(key.value for key in call.keywords)])
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


def _harmless(node: ast.expr) -> bool:
    """Whether evaluating an argument does nothing but look."""
    for one in ast.walk(node):
        if isinstance(one, ast.Call) and not (isinstance(one.func, ast.Name) and one.func.id in _SHOWS):
            return False
        if isinstance(one, ast.Await | ast.Yield | ast.YieldFrom | ast.NamedExpr):
            return False
    return True


def _no_op(node: ast.stmt) -> bool:
    return isinstance(node, ast.Pass) or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))


def _call_of(node: ast.stmt) -> ast.Call | None:
    value = node.value if isinstance(node, ast.Return | ast.Expr) else None
    value = value.value if isinstance(value, ast.Await) else value
    return value if isinstance(value, ast.Call) else None


def _is_super(called: ast.expr, name: str, definition: Definition) -> bool:
    """``super().name`` or ``super(Itself, self).name``."""
    if not isinstance(called, ast.Attribute) or called.attr != name or not isinstance(called.value, ast.Call):
        return False
    inner = called.value
    if not isinstance(inner.func, ast.Name) or inner.func.id != "super" or inner.keywords:
        return False
    own = definition.owner.name if definition.owner is not None else definition.node.name
    return not inner.args or (isinstance(inner.args[0], ast.Name) and inner.args[0].id == own)


def _returned(statement: ast.stmt, node: Function, target: Function) -> bool:
    """Whether callers get what the target gives."""
    if isinstance(statement, ast.Return):
        return True
    if _is_generator(target):
        return False
    return node.name == "__init__" or not any(
        isinstance(one, ast.Return) and one.value is not None for one in ast.walk(target)
    )


def _awaited(statement: ast.stmt, node: Function) -> bool:
    awaits = isinstance(getattr(statement, "value", None), ast.Await)
    return awaits is isinstance(node, ast.AsyncFunctionDef)


def _is_generator(node: Function) -> bool:
    return any(isinstance(one, ast.Yield | ast.YieldFrom) for one in ast.walk(node))


def _is_static(node: Function) -> bool:
    return any(isinstance(one, ast.Name) and one.id == "staticmethod" for one in node.decorator_list)


def _same_parameters(node: Function, target: Function, *, skip_first: bool) -> bool:
    left, right = signature(node), signature(target)
    if not skip_first:
        return left == right
    first = [[*one.args.posonlyargs, *one.args.args][:1] for one in (node, target)]
    if not first[0] or not first[1]:
        return False
    return left.replace(first[0][0].arg, "self", 1) == right.replace(first[1][0].arg, "self", 1)


def _given(call: ast.Call) -> list[tuple[str, str]]:
    return sorted(
        [("", ast.unparse(one)) for one in call.args]
        + [(key.arg or "**", ast.unparse(key.value)) for key in call.keywords]
    )


def _taken(own: ast.arguments, plain: list[ast.arg], call: ast.Call) -> list[tuple[str, str]]:
    """What the call must give: positional ones in order, or by their own names."""
    by_name = {key.arg for key in call.keywords if key.arg}
    wanted = [(one.arg if one.arg in by_name else "", one.arg) for one in plain]
    positional = [one.arg for one in plain if one.arg not in by_name]
    handed = [ast.unparse(one) for one in call.args if not isinstance(one, ast.Starred)]
    if handed != positional or [one.arg for one in plain][: len(positional)] != positional:
        return [("", "in another order")]
    wanted += [(one.arg, one.arg) for one in own.kwonlyargs]
    wanted += [("", f"*{own.vararg.arg}")] if own.vararg else []
    wanted += [("**", own.kwarg.arg)] if own.kwarg else []
    return sorted(wanted)


def _words(statements: list[ast.stmt], node: Function) -> str:
    calls = [one.value for one in statements if isinstance(one, ast.Expr) and isinstance(one.value, ast.Call)]
    when = "at construction" if node.name in ("__init__", "__new__") else f"in {node.name}"
    verbs = {
        ("warns" if ast.unparse(call.func).endswith("warn") and "log" not in ast.unparse(call.func) else "logs")
        for call in calls
    }
    return f"{' and '.join(sorted(verbs))} {when}" if verbs else ""


def thin_members(node: ast.ClassDef) -> Iterator[tuple[str, Function | None]]:
    """The members of a class body; None for one that is no plain method."""
    body = take_apart(node)
    if body.rest:
        yield "", None
    for name, member in body.members.items():
        last = member.nodes[-1]
        if not member.declares_only:
            yield name, last if isinstance(last, Function) and len(member.nodes) == 1 else None
