"""A syntax tree as a value that equals another's where the code means the same.

Left out: positions, no-op statements and, unless `exact`, docstrings, annotations and the names of local variables. A
global is replaced by what it denotes, since the same text means something else where the name does.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass, field

from ssot.audit.duplicates.definitions import Definitions, File, Function
from ssot.index.scopes import Scope
from ssot.index.table import Denotation, External, Missing, Module, Symbol, Unknown

Key = Hashable
_SKIPPED = frozenset({"ctx", "type_comment", "kind", "lineno", "col_offset"})
_BUILTINS = frozenset(dir(builtins))
_SEES_LOCALS = frozenset({"locals", "vars", "eval", "exec", "dir"})
SELF = "itself"


@dataclass(frozen=True, slots=True)
class Global:
    """A name of the module level (or a builtin) as the code spells it, and what it denotes."""

    name: str
    denotes: Key
    called: bool = False


@dataclass
class Normaliser:
    """Of one definition. ``itself``: symbols that the definition refers to as itself."""

    project: Definitions
    file: File
    itself: frozenset[Symbol]
    exact: bool = False
    named: bool = True  # False leaves out which globals are meant: their order of appearance is kept
    stand_in: Callable[[Symbol, bool], Key | None] = lambda symbol, called: (
        None
    )  # a value that two objects may have in common
    plain: bool = False  # nobody reads the annotations of the class body
    globals: list[Global] = field(default_factory=list)
    _locals: dict[tuple[int, str], int] = field(default_factory=dict)
    _called: set[int] = field(default_factory=set)  # names that are only called: equal functions serve as well there
    _keep_names: bool = False
    _strict: bool = False  # keep annotations and docstrings: somebody may look at them

    # -- entry points

    def expression(self, node: ast.expr | None) -> Key:
        return None if node is None else self.visit(node, self.file.scopes.root)

    def method(self, node: Function, scope: Scope) -> Key:
        """A function without its own name, which may differ: its decorators, signature and body."""
        self.parameters(node, scope)
        kind, _, *rest = self.function(node, scope)
        return (kind, *rest)

    # -- statements

    def block(self, body: list[ast.stmt], scope: Scope) -> Key:
        return tuple(self.visit(node, scope) for node in self.kept(body))

    def kept(self, body: list[ast.stmt]) -> Iterator[ast.stmt]:
        """Statements that do something, and docstrings where they count."""
        for position, node in enumerate(body):
            constant = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
            doc = position == 0 and constant and isinstance(getattr(node, "value").value, str)  # noqa: B009
            bare = isinstance(node, ast.AnnAssign) and node.value is None and not self.exact
            if not (isinstance(node, ast.Pass) or constant or bare) or (doc and (self.exact or self._strict)):
                yield node

    def visit(self, node: object, scope: Scope) -> Key:
        match node:
            case ast.Name():
                return self.name(node, scope)
            case ast.Call(func=ast.Name() as called):
                self._called.add(id(called))
                return ("Call", *self.fields(node, scope))
            case ast.Attribute(ctx=ast.Load()) if not self.exact and (found := self.chain(node, scope)) is not None:
                return found
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                return self.function(node, scope)
            case ast.ClassDef():
                return self.class_(node, scope)
            case ast.Lambda():
                inner = self.file.scope_of[id(node)]
                return ("Lambda", self.arguments(node.args, scope, inner), self.visit(node.body, inner))
            case ast.ListComp() | ast.SetComp() | ast.GeneratorExp() | ast.DictComp():
                return self.comprehension(node, scope)
            case ast.Import() | ast.ImportFrom():
                return self.import_(node, scope)
            case ast.Constant():
                return ("Constant", type(node.value).__name__, repr(node.value))
            case ast.AnnAssign():
                return self.annotated(node, scope)
            case ast.ExceptHandler() | ast.MatchAs() | ast.MatchStar():
                name = self.local(node.name, scope) if node.name else None
                return (type(node).__name__, name, *self.fields(node, scope, {"name"}))
            case ast.MatchMapping():
                rest = self.local(node.rest, scope) if node.rest else None
                return ("MatchMapping", rest, *self.fields(node, scope, {"rest"}))
            case ast.Global():
                return ("Global", tuple(self.global_(name) for name in node.names))
            case ast.Nonlocal():
                return ("Nonlocal", tuple(self.local(name, scope) for name in node.names))
            case list():
                if node and isinstance(node[0], ast.stmt):
                    return self.block(node, scope)
                return tuple(self.visit(item, scope) for item in node)
            case ast.AST():
                return (type(node).__name__, *self.fields(node, scope))
            case _:
                return repr(node)

    def fields(self, node: ast.AST, scope: Scope, without: frozenset[str] | set[str] = frozenset()) -> tuple[Key, ...]:
        names = [name for name in node._fields if name not in _SKIPPED and name not in without]
        return tuple(self.visit(getattr(node, name, None), scope) for name in names)

    def function(self, node: Function, scope: Scope) -> tuple[Key, ...]:
        inner = self.file.scope_of[id(node)]
        decorators = tuple(self.visit(one, scope) for one in node.decorator_list)
        before = self._strict, self._keep_names
        self._strict = self._strict or any(not is_transparent(self.project, self.file, d) for d in node.decorator_list)
        self._keep_names = self._keep_names or _looks_at_locals(node)
        arguments = self.arguments(node.args, scope, inner)
        returns = self.annotation(node.returns)
        body = self.block(node.body, inner)
        self._strict, self._keep_names = before
        return (type(node).__name__, node.name, decorators, arguments, returns, body)

    def class_(self, node: ast.ClassDef, scope: Scope) -> Key:
        inner = self.file.scope_of[id(node)]
        before = self._strict
        self._strict = True
        head = tuple(self.visit(one, scope) for one in (*node.decorator_list, *node.bases, *node.keywords))
        body = self.block(node.body, inner)
        self._strict = before
        return ("ClassDef", node.name, head, body)

    def annotated(self, node: ast.AnnAssign, scope: Scope) -> Key:
        target, value = self.visit(node.target, scope), self.visit(node.value, scope)
        if self.exact or (scope.kind == "class" and not self.plain):
            return ("AnnAssign", target, value, ast.unparse(node.annotation))
        return ("Assign", (target,), value)

    def annotation(self, node: ast.expr | None) -> Key:
        return ast.unparse(node) if node is not None and (self.exact or self._strict) else None

    # -- names

    def parameters(self, node: Function, scope: Scope) -> None:
        """The first parameter of a method may be called anything: number it first."""
        if scope.kind == "class" and not self.exact:
            first = [*node.args.posonlyargs, *node.args.args][:1]
            for argument in first:
                self._locals[id(self.file.scope_of[id(node)]), argument.arg] = -1

    def arguments(self, arguments: ast.arguments, scope: Scope, inner: Scope) -> Key:
        kinds = ("posonlyargs", "args", "vararg", "kwonlyargs", "kwarg")
        named = []
        for kind in kinds:
            value = getattr(arguments, kind)
            several = value if isinstance(value, list) else [value] if value is not None else []
            named.append(tuple((self._numbered(inner, one.arg), self.annotation(one.annotation)) for one in several))
        defaults = tuple(self.visit(one, scope) for one in (*arguments.defaults, *arguments.kw_defaults))
        return (tuple(named), defaults)

    def name(self, node: ast.Name, scope: Scope) -> Key:
        use = self.file.use_of.get(id(node))
        owner = (use.scope if use else scope).lookup(node.id)
        if owner is None or owner.kind == "module":
            return self.global_(node.id, called=id(node) in self._called)
        if owner.kind == "class":
            return ("member", node.id)
        return self._numbered(owner, node.id)

    def chain(self, node: ast.Attribute, scope: Scope) -> Key | None:
        """``module.name`` as what it denotes, so that it equals ``name`` imported from there; None for other attributes."""
        root: ast.expr = node
        while isinstance(root, ast.Attribute):
            root = root.value
        if not isinstance(root, ast.Name):
            return None
        use = self.file.use_of.get(id(root))
        owner = (use.scope if use else scope).lookup(root.id)
        if owner is not None and owner.kind != "module":
            return None
        found = self.project.expression(self.file, node)
        if not isinstance(found, Symbol | Module | External):
            return None
        key = self.identity(found)
        self.globals.append(Global(ast.unparse(node), key))
        return ("global", key if self.named else "")

    def local(self, name: str, scope: Scope) -> Key:
        owner = scope.lookup(name)
        if owner is None or owner.kind == "module":
            return self.global_(name)
        return ("member", name) if owner.kind == "class" else self._numbered(owner, name)

    def _numbered(self, owner: Scope, name: str) -> Key:
        bound = owner.bindings.get(name, [])
        kept = (
            self.exact or self._keep_names or any(isinstance(one, ast.arg | Function | ast.ClassDef) for one in bound)
        )
        if kept and (id(owner), name) not in self._locals:
            return ("local", name)
        return ("local", self._locals.setdefault((id(owner), name), len(self._locals)))

    def global_(self, name: str, *, called: bool = False) -> Key:
        key = self.denotes(name, called=called)
        self.globals.append(Global(name, key))
        return ("global", key if self.named else "")

    def denotes(self, name: str, *, called: bool = False) -> Key:
        found = self.project.global_name(self.file, name)
        if isinstance(found, Missing) and name in _BUILTINS:
            return f"builtins.{name}"
        return self.identity(found, called=called)

    def identity(self, found: Denotation, *, called: bool = False) -> Key:
        match found:
            case Symbol():
                own = self.stand_in(found, called) if found.module == self.file.module else None
                return SELF if found in self.itself else own or str(found)
            case Module() | External():
                return found.name
            case Unknown() | Missing():
                return f"? {self.file.module} {found.reason}"

    # -- the rest

    def comprehension(self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp, scope: Scope) -> Key:
        inner = self.file.scope_of[id(node)]
        generators = []
        for position, one in enumerate(node.generators):
            source = self.visit(one.iter, scope if position == 0 else inner)
            generators.append((self.visit(one.target, inner), source, self.visit(one.ifs, inner), one.is_async))
        element = (node.key, node.value) if isinstance(node, ast.DictComp) else (node.elt,)
        return (type(node).__name__, tuple(generators), tuple(self.visit(one, inner) for one in element))

    def import_(self, node: ast.Import | ast.ImportFrom, scope: Scope) -> Key:
        found = []
        for alias in node.names:
            bound = alias.asname or alias.name.partition(".")[0]
            source = self.identity(self.file.imported(node, alias)) if alias.name != "*" else "*"
            loads = alias.name if isinstance(node, ast.Import) else self.file.base(node)
            found.append((self.local(bound, scope), source, loads))
        return ("import", tuple(found))


def _looks_at_locals(node: ast.AST) -> bool:
    return any(isinstance(one, ast.Name) and one.id in _SEES_LOCALS for one in ast.walk(node))


_TRANSPARENT = frozenset(f"builtins.{name}" for name in ("property", "staticmethod", "classmethod")) | frozenset(
    [
        "abc.abstractmethod",
        "contextlib.contextmanager",
        "contextlib.asynccontextmanager",
        "functools.cache",
        "functools.cached_property",
        "functools.lru_cache",
        "functools.wraps",
        "typing.final",
        "typing.overload",
        "typing.override",
        "typing_extensions.override",
        "typing_extensions.final",
        "warnings.deprecated",
        "typing.no_type_check",
        "typing_extensions.deprecated",
        "asyncio.coroutine",
        "types.coroutine",
    ]
)


def decorator_name(project: Definitions, file: File, node: ast.expr) -> str:
    """The full name of a decorator (called or not): ``functools.wraps``, ``builtins.property``, ``pkg.mod:name``."""
    bare = node.func if isinstance(node, ast.Call) else node
    if isinstance(bare, ast.Attribute) and bare.attr in ("setter", "getter", "deleter"):
        return "builtins.property"
    if isinstance(bare, ast.Name) and bare.id in _BUILTINS and isinstance(project.global_name(file, bare.id), Missing):
        return f"builtins.{bare.id}"
    found = project.expression(file, bare)
    return str(found) if isinstance(found, Symbol | Module | External) else f"? {ast.unparse(bare)}"


def is_transparent(project: Definitions, file: File, node: ast.expr) -> bool:
    """Whether a decorator is known to look at neither annotations nor docstring."""
    return decorator_name(project, file, node) in _TRANSPARENT
