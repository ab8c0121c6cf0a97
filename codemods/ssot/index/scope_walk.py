"""One walk over a syntax tree that tells what every scope binds and where each name is used."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from ssot.index.lexical import Chain, ImportNode, NameUse, Scope, ScopeKind, StringUse, Uses

_TYPING_CALLS = {"cast": (0,), "TypeVar": tuple(range(1, 9)), "NewType": (1,)}
_PARAMETERIZED_BY_VALUE = ("Literal",)


class Walker:
    """Fills in the uses, and the bindings of each scope."""

    def __init__(self, out: Uses) -> None:
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
