"""Scopes, bindings and uses of names in one syntax tree, by Python's own rules.

`symtable` knows which names a scope binds but not where in the source a use stands, so uses are collected here, from
`ast`; the suite compares both on the standard library.
"""

from __future__ import annotations

import ast
import weakref
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

ScopeKind = Literal["module", "class", "function", "comprehension", "type"]
_TYPING_CALLS = {"cast": (0,), "TypeVar": tuple(range(1, 9)), "NewType": (1,)}
_PARAMETERIZED_BY_VALUE = ("Literal",)


class Scope:
    """One lexical scope. ``bindings`` maps a name to the nodes that bind it here.

    Scopes refer to their parents weakly: a tree of them goes as soon as nobody holds its root, without the collector.
    """

    def __init__(self, kind: ScopeKind, name: str, parent: Scope | None, node: ast.AST) -> None:
        self.kind = kind
        self.name = name
        self.node = node
        self.bindings: dict[str, list[ast.AST]] = {}
        self.global_names: set[str] = set()
        self.nonlocal_names: set[str] = set()
        self.children: list[Scope] = []
        self._parent = weakref.ref(parent) if parent is not None else None

    @property
    def parent(self) -> Scope | None:
        return self._parent() if self._parent is not None else None

    @property
    def path(self) -> tuple[str, ...]:
        return () if self.parent is None else (*self.parent.path, self.name)

    @property
    def deferred(self) -> bool:
        """Whether code of this scope runs later than the module's own."""
        scope: Scope | None = self
        while scope is not None:
            if scope.kind == "function":
                return True
            scope = scope.parent
        return False

    def module(self) -> Scope:
        return self if self.parent is None else self.parent.module()

    def subtree(self) -> Iterator[Scope]:
        yield self
        for child in self.children:
            yield from child.subtree()

    def lookup(self, name: str) -> Scope | None:
        """The scope that a use of the name here refers to; None for builtins and names that nothing binds."""
        scope: Scope | None = self
        first = True
        while scope is not None:
            if name in scope.global_names:
                module = scope.module()
                return module if name in module.bindings else None
            visible = first or scope.kind != "class"
            if visible and name in scope.bindings and name not in scope.nonlocal_names:
                return scope
            # what a class's own type parameters and comprehensions' first iterables see is handled by where they are visited
            first = first and scope.kind == "type"
            scope = scope.parent
        return None


@dataclass(frozen=True, eq=False)
class NameUse:
    """A name read, written or deleted. ``in_string``: inside a string annotation, positions then count in that string."""

    node: ast.Name
    scope: Scope
    in_fstring: ast.JoinedStr | None = None
    in_string: ast.Constant | None = None

    @property
    def loads(self) -> bool:
        return isinstance(self.node.ctx, ast.Load)


@dataclass(frozen=True, eq=False)
class Chain:
    """A maximal ``root.a.b`` expression. ``nodes[i]`` is the expression that ends with ``attributes[i]``."""

    root: NameUse
    attributes: tuple[str, ...]
    nodes: tuple[ast.Attribute, ...]
    typing: bool  # in an annotation or another place that only type checkers look at

    @property
    def scope(self) -> Scope:
        return self.root.scope


@dataclass(frozen=True, eq=False)
class ImportNode:
    """An import statement with its surroundings."""

    node: ast.Import | ast.ImportFrom
    scope: Scope
    block: list[ast.stmt]  # the list of statements that holds it
    index: int  # its place there
    ancestors: tuple[ast.AST, ...]  # enclosing statements and handlers, outermost first


@dataclass(frozen=True, eq=False)
class StringUse:
    """A string constant with where it stands."""

    node: ast.Constant
    scope: Scope
    call: ast.Call | None  # the call it is a direct argument of
    typing: bool  # a string annotation
    docstring: bool

    @property
    def value(self) -> str:
        return str(self.node.value)


class Scopes:
    """The result of one walk over a module."""

    def __init__(self, tree: ast.Module) -> None:
        self.root = Scope("module", "", None, tree)
        self.names: list[NameUse] = []
        self.chains: list[Chain] = []
        self.imports: list[ImportNode] = []
        self.strings: list[StringUse] = []
        self.calls: list[tuple[ast.Call, Scope]] = []
        self._outer_first: dict[tuple[int, str], bool] = {}
        _Walker(self).module(tree)

    def uses_of(self, scope: Scope, name: str) -> list[NameUse]:
        """All uses anywhere that refer to this scope's name."""
        return [use for use in self.names if use.node.id == name and use.scope.lookup(name) is scope]

    def reads_outer_first(self, scope: Scope, name: str) -> bool:
        """Whether a class body that binds a name may read the outer one before: it looks names up as it runs."""
        key = (id(scope), name)
        if key not in self._outer_first:
            self._outer_first[key] = self._reads_outer_first(scope, name)
        return self._outer_first[key]

    def _reads_outer_first(self, scope: Scope, name: str) -> bool:
        if scope.kind != "class" or name not in scope.bindings or not isinstance(scope.node, ast.ClassDef):
            return False
        loads = [use.node.lineno for use in self.names if use.scope is scope and use.node.id == name and use.loads]
        bound = [node.lineno for node in scope.node.body if _binds_directly(node, name)]
        return bool(loads) and not (bound and min(bound) < min(loads))


def _binds_directly(node: ast.stmt, name: str) -> bool:
    if isinstance(node, ast.Assign):
        return any(isinstance(target, ast.Name) and target.id == name for target in node.targets)
    return isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and node.name == name


class _Walker:
    def __init__(self, out: Scopes) -> None:
        self.out = out
        self.scope = out.root
        self.ancestors: list[ast.AST] = []
        self.typing = 0
        self.fstring: ast.JoinedStr | None = None
        self.string: ast.Constant | None = None
        self.elsewhere: list[tuple[str, ast.AST, Scope]] = []  # bound by way of `nonlocal`

    def module(self, tree: ast.Module) -> None:
        self.docstring(tree.body)
        self.block(tree.body)
        for name, node, scope in self.elsewhere:
            owner = scope.parent.lookup(name) if scope.parent else None
            (owner or scope).bindings.setdefault(name, []).append(node)

    # -- bindings

    def bind(self, name: str, node: ast.AST, scope: Scope | None = None) -> None:
        scope = scope or self.scope
        if name in scope.global_names:
            scope = scope.module()
        elif name in scope.nonlocal_names:
            self.elsewhere.append((name, node, scope))  # the scope around may bind it further down
            return
        scope.bindings.setdefault(name, []).append(node)

    def declare(self, body: Iterable[ast.stmt]) -> None:
        """`global` and `nonlocal` hold for the whole scope, so they are looked for before anything is bound."""
        for node in body:
            if isinstance(node, ast.Global):
                self.scope.global_names.update(node.names)
            elif isinstance(node, ast.Nonlocal):
                self.scope.nonlocal_names.update(node.names)
            elif not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                for part in ("body", "orelse", "finalbody"):
                    self.declare(getattr(node, part, []))
                for inner in [*getattr(node, "handlers", []), *getattr(node, "cases", [])]:
                    self.declare(inner.body)

    def enter(self, kind: ScopeKind, name: str, node: ast.AST) -> Scope:
        inner = Scope(kind, name, self.scope, node)
        self.scope.children.append(inner)
        return inner

    # -- statements

    def block(self, body: list[ast.stmt]) -> None:
        for index, node in enumerate(body):
            if isinstance(node, ast.Import | ast.ImportFrom):
                self.out.imports.append(ImportNode(node, self.scope, body, index, tuple(self.ancestors)))
                for alias in node.names:
                    self.bind(alias.asname or alias.name.partition(".")[0], node)
            else:
                self.statement(node)

    def statement(self, node: ast.stmt) -> None:
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                self.bind(node.name, node)
                self.expressions(node.decorator_list)
                self.function(node)
            case ast.ClassDef():
                self.bind(node.name, node)
                self.expressions(node.decorator_list)
                self.class_(node)
            case ast.AnnAssign():
                self.annotation(node.annotation)
                if node.value is not None:
                    self.expression(node.value)
                self.expression(node.target)
            case ast.Global() | ast.Nonlocal():
                if self.scope.kind == "module":
                    return
                for name in node.names:
                    if name in self.scope.global_names:
                        self.scope.module().bindings.setdefault(name, [])
            case _ if type(node).__name__ == "TypeAlias":
                self.type_alias(node)
            case _:
                self.ancestors.append(node)
                for value in _fields(node):
                    self.part(value)
                self.ancestors.pop()

    def part(self, value: object) -> None:
        match value:
            case list() if value and isinstance(value[0], ast.stmt):
                self.block(value)
            case ast.ExceptHandler():
                self.ancestors.append(value)
                if value.type is not None:
                    self.expression(value.type)
                if value.name:
                    self.bind(value.name, value)
                self.block(value.body)
                self.ancestors.pop()
            case ast.match_case():
                self.ancestors.append(value)
                self.pattern(value.pattern)
                if value.guard is not None:
                    self.expression(value.guard)
                self.block(value.body)
                self.ancestors.pop()
            case ast.withitem():
                self.expression(value.context_expr)
                if value.optional_vars is not None:
                    self.expression(value.optional_vars)
            case ast.expr():
                self.expression(value)
            case list():
                for item in value:
                    self.part(item)
            case _:
                pass

    def pattern(self, node: ast.pattern) -> None:
        for inner in ast.walk(node):
            match inner:
                case ast.MatchAs(name=str() as name) | ast.MatchStar(name=str() as name):
                    self.bind(name, inner)
                case ast.MatchValue():
                    self.expression(inner.value)
                case ast.MatchClass():
                    self.expression(inner.cls)
                case ast.MatchMapping():
                    self.expressions(inner.keys)
                    if inner.rest:
                        self.bind(inner.rest, inner)
                case _:
                    pass

    def type_alias(self, node: ast.stmt) -> None:
        name: ast.Name = getattr(node, "name")  # noqa: B009 - not in every Python's ast
        self.bind(name.id, node)
        outer = self.type_scope(node)
        self.typing += 1
        inner = self.enter("type", name.id, node)
        previous, self.scope = self.scope, inner
        self.expression(getattr(node, "value"))  # noqa: B009
        self.scope = previous
        self.typing -= 1
        self.scope = outer

    def type_scope(self, node: ast.AST) -> Scope:
        """Enters the scope of PEP 695 type parameters if there are any; gives back the scope to return to."""
        outer = self.scope
        parameters: list[ast.AST] = getattr(node, "type_params", [])
        if parameters:
            self.scope = self.enter("type", getattr(node, "name", ""), node)
            for parameter in parameters:
                self.bind(getattr(parameter, "name"), parameter)  # noqa: B009
                for part in ("bound", "default_value"):
                    value = getattr(parameter, part, None)
                    if value is not None:
                        self.annotation(value)
        return outer

    def docstring(self, body: list[ast.stmt]) -> None:
        match body:
            case [ast.Expr(value=ast.Constant(value=str()) as constant), *_]:
                self.out.strings.append(StringUse(constant, self.scope, None, False, True))
            case _:
                pass

    def function(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        arguments = node.args
        self.expressions([*arguments.defaults, *(d for d in arguments.kw_defaults if d is not None)])
        outer = self.type_scope(node)
        everything = _all_arguments(arguments)
        for argument in everything:
            if argument.annotation is not None:
                self.annotation(argument.annotation)
        if node.returns is not None:
            self.annotation(node.returns)
        self.scope = self.enter("function", node.name, node)
        self.ancestors.append(node)
        for argument in everything:
            self.bind(argument.arg, argument)
        self.declare(node.body)
        self.docstring(node.body)
        self.block(node.body)
        self.ancestors.pop()
        self.scope = outer

    def class_(self, node: ast.ClassDef) -> None:
        outer = self.type_scope(node)
        self.expressions(node.bases)
        self.expressions([keyword.value for keyword in node.keywords])
        self.scope = self.enter("class", node.name, node)
        self.ancestors.append(node)
        self.declare(node.body)
        self.docstring(node.body)
        self.block(node.body)
        self.ancestors.pop()
        self.scope = outer

    # -- expressions

    def expressions(self, nodes: Iterable[ast.expr]) -> None:
        for node in nodes:
            self.expression(node)

    def annotation(self, node: ast.expr) -> None:
        self.typing += 1
        self.expression(node)
        self.typing -= 1

    def untyped(self, nodes: Iterable[ast.expr]) -> None:
        previous, self.typing = self.typing, 0
        self.expressions(nodes)
        self.typing = previous

    def expression(self, node: ast.expr) -> None:
        match node:
            case ast.Name():
                self.name(node)
            case ast.Attribute():
                self.attribute(node)
            case ast.Constant(value=str()):
                self.constant(node, None)
            case ast.Lambda():
                self.lambda_(node)
            case ast.ListComp() | ast.SetComp() | ast.GeneratorExp() | ast.DictComp():
                self.comprehension(node)
            case ast.NamedExpr():
                self.expression(node.value)
                self.bind(node.target.id, node.target, _walrus_scope(self.scope))
                self.out.names.append(NameUse(node.target, _walrus_scope(self.scope), self.fstring, self.string))
            case ast.Call():
                self.call(node)
            case ast.Subscript():
                self.subscript(node)
            case ast.JoinedStr():
                previous, self.fstring = self.fstring, self.fstring or node
                self.expressions(part for part in node.values if not isinstance(part, ast.Constant))
                self.fstring = previous
            case _:
                for child in ast.iter_child_nodes(node):
                    if isinstance(child, ast.expr):
                        self.expression(child)

    def name(self, node: ast.Name) -> NameUse:
        use = NameUse(node, self.scope, self.fstring, self.string)
        self.out.names.append(use)
        if isinstance(node.ctx, ast.Store | ast.Del):
            self.bind(node.id, node)
        return use

    def attribute(self, node: ast.Attribute) -> None:
        nodes = [node]
        while isinstance(nodes[-1].value, ast.Attribute):
            nodes.append(nodes[-1].value)
        bottom = nodes[-1].value
        if not isinstance(bottom, ast.Name):
            self.expression(bottom)
            return
        nodes.reverse()
        use = self.name(bottom)
        attributes = tuple(inner.attr for inner in nodes)
        self.out.chains.append(Chain(use, attributes, tuple(nodes), bool(self.typing)))

    def constant(self, node: ast.Constant, call: ast.Call | None) -> None:
        self.out.strings.append(StringUse(node, self.scope, call, bool(self.typing), False))
        if not self.typing or self.string is not None:
            return
        try:
            inner = ast.parse(str(node.value).strip(), mode="eval").body
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return
        self.string = node
        self.expression(inner)
        self.string = None

    def call(self, node: ast.Call) -> None:
        self.out.calls.append((node, self.scope))
        self.expression(node.func)
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        typed = _TYPING_CALLS.get(name, ())
        previous, self.typing = self.typing, 0
        for position, argument in enumerate(node.args):
            self.argument(argument, node, position in typed)
        for keyword in node.keywords:
            self.argument(keyword.value, node, name == "TypeVar" and keyword.arg == "bound")
        self.typing = previous

    def argument(self, node: ast.expr, call: ast.Call, typed: bool) -> None:
        self.typing = int(typed)
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            self.constant(node, call)
        else:
            self.expression(node)

    def subscript(self, node: ast.Subscript) -> None:
        self.expression(node.value)
        name = node.value.attr if isinstance(node.value, ast.Attribute) else getattr(node.value, "id", "")
        if name in _PARAMETERIZED_BY_VALUE:
            self.untyped([node.slice])
        elif name == "Annotated" and isinstance(node.slice, ast.Tuple) and node.slice.elts:
            self.expression(node.slice.elts[0])
            self.untyped(node.slice.elts[1:])
        else:
            self.expression(node.slice)

    def lambda_(self, node: ast.Lambda) -> None:
        self.expressions([*node.args.defaults, *(d for d in node.args.kw_defaults if d is not None)])
        outer, self.scope = self.scope, self.enter("function", "<lambda>", node)
        for argument in _all_arguments(node.args):
            self.bind(argument.arg, argument)
        self.expression(node.body)
        self.scope = outer

    def comprehension(self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp) -> None:
        first, *rest = node.generators
        self.expression(first.iter)
        outer, self.scope = self.scope, self.enter("comprehension", "<comprehension>", node)
        self.expression(first.target)
        self.expressions(first.ifs)
        for generator in rest:
            self.expression(generator.target)
            self.expression(generator.iter)
            self.expressions(generator.ifs)
        self.expressions([node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt])
        self.scope = outer


def _fields(node: ast.AST) -> Iterator[object]:
    return (getattr(node, name, None) for name in node._fields)


def _all_arguments(arguments: ast.arguments) -> list[ast.arg]:
    found = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    return found + [extra for extra in (arguments.vararg, arguments.kwarg) if extra is not None]


def _walrus_scope(scope: Scope) -> Scope:
    while scope.kind == "comprehension" and scope.parent is not None:
        scope = scope.parent
    return scope
