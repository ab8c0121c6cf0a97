"""Where the project tells the two apart: type checks, handlers, bases, names and identities of classes."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from ssot.audit.duplicates.definitions import Definition, Definitions, File
from ssot.index.facts import Binding, Kind
from ssot.index.table import Denotation, Module, Symbol


class UseKind(StrEnum):
    CHECK = "type check"
    HANDLER = "except"
    PATTERN = "match"
    BASE = "base"
    SUPER = "super"
    IDENTITY = "identity"
    NAME = "class name"
    KEY = "key"
    REGISTERED = "registered"
    ASSIGNED = "assigned"
    INSPECTED = "inspected"


@dataclass(frozen=True, slots=True)
class ClassUse:
    """A place where it matters which of the two a name denotes. ``both``: this very expression names both."""

    kind: UseKind
    path: str
    line: int
    symbol: Symbol
    text: str
    group: int  # the statement, chain of arms, table or function that the use is part of
    both: bool = False
    guarded: bool = False  # the other outcome is an error: nothing but a refusal changes
    negative: bool = False


@dataclass
class _Look:
    """One file."""

    project: Definitions
    file: File
    wanted: frozenset[Symbol]
    gone: frozenset[int]  # ids of the nodes of the duplicate's own definition

    def mention(self, node: ast.AST) -> Symbol | None:
        """Which of the wanted symbols an expression denotes."""
        if not isinstance(node, ast.Name | ast.Attribute) or id(node) in self.gone:
            return None
        found = self.denotes(node)
        return found if isinstance(found, Symbol) and found in self.wanted else None

    def denotes(self, node: ast.expr) -> Denotation | None:
        if isinstance(node, ast.Attribute):
            here = self.denotes(node.value)
            return self.file.index.resolve(here.name, node.attr) if isinstance(here, Module) else None
        if not isinstance(node, ast.Name):
            return None
        use = self.file.use_of.get(id(node))
        owner = use.scope.lookup(node.id) if use is not None else None
        if owner is None or owner.kind == "module":
            return self.file.index.resolve(self.file.module, node.id)
        return self.file.denote(owner, node.id)

    def among(self, node: ast.AST | None) -> list[Symbol]:
        """The wanted symbols in a class, a tuple of classes or a union of them."""
        match node:
            case ast.Tuple(elts=parts) | ast.List(elts=parts) | ast.Set(elts=parts):
                return [found for part in parts for found in self.among(part)]
            case ast.BinOp(left=left, op=ast.BitOr(), right=right):
                return [*self.among(left), *self.among(right)]
            case None:
                return []
            case _:
                found = self.mention(node)
                return [found] if found is not None else []

    def uses(self) -> Iterator[ClassUse]:
        self.parents = {
            id(child): parent for parent in ast.walk(self.file.tree) for child in ast.iter_child_nodes(parent)
        }
        for node in ast.walk(self.file.tree):
            if id(node) not in self.gone:
                yield from self._of(node)

    def _of(self, node: ast.AST) -> Iterator[ClassUse]:
        match node:
            case ast.Call(func=ast.Name(id="isinstance" | "issubclass"), args=[_, kinds]):
                yield from self._check(UseKind.CHECK, node, self.among(kinds))
            case ast.Call(func=ast.Name(id="super"), args=[first, *_]):
                yield from self._plain(UseKind.SUPER, node, self.among(first))
            case ast.Call(func=ast.Name(id="setattr" | "delattr"), args=[first, *_]):
                yield from self._plain(UseKind.ASSIGNED, node, self.among(first))
            case ast.Call(func=ast.Attribute(attr="register" | "register_class" | "add_class"), args=args):
                yield from self._plain(UseKind.REGISTERED, node, [found for one in args for found in self.among(one)])
            case ast.Call(func=ast.Attribute(attr=attr), args=[_, kinds, *_]) if attr.startswith(
                ("assertIsInst", "assertNotIsInst")
            ):
                guarded = attr.startswith("assertIs")  # a test that fails or not, as before for what is one of them
                yield from self._check(UseKind.CHECK, node, self.among(kinds), guarded=guarded, negative=not guarded)
            case ast.ExceptHandler(type=kinds):
                yield from self._check(UseKind.HANDLER, node, self.among(kinds))
            case ast.MatchClass(cls=kind):
                yield from self._check(UseKind.PATTERN, node, self.among(kind))
            case ast.ClassDef(bases=bases):
                yield from self._plain(UseKind.BASE, node, [found for one in bases for found in self.among(one)])
            case ast.Compare(left=left, comparators=others):
                yield from self._compared(node, [left, *others])
            case ast.Attribute(attr="__name__" | "__qualname__" | "__module__", value=value):
                yield from self._plain(UseKind.NAME, node, self.among(value))
            case ast.Attribute(
                attr="__subclasses__" | "__mro__" | "__bases__" | "__dict__" | "__init_subclass__", value=value
            ):
                yield from self._plain(UseKind.INSPECTED, node, self.among(value))
            case ast.Attribute(ctx=ast.Store() | ast.Del(), value=value):
                yield from self._plain(UseKind.ASSIGNED, node, self.among(value))
            case ast.Dict(keys=keys):
                yield from self._check(UseKind.KEY, node, [found for one in keys if one for found in self.among(one)])
            case ast.Set(elts=elements):
                yield from self._check(UseKind.KEY, node, [found for one in elements for found in self.among(one)])
            case ast.Subscript(slice=key):
                if not self._is_typing(node):
                    yield from self._check(UseKind.KEY, node, [found for found in [self.mention(key)] if found])
            case _:
                return

    def _is_typing(self, node: ast.Subscript) -> bool:
        """``list[Old]``: a parameter of a type, not the key of a table."""
        name = node.value.attr if isinstance(node.value, ast.Attribute) else getattr(node.value, "id", "")
        if name[:1].isupper() or name in ("list", "dict", "set", "type", "tuple", "frozenset"):
            return True
        here: ast.AST | None = node
        while here is not None and not isinstance(here, ast.stmt):
            parent = self.parents.get(id(here))
            if isinstance(parent, ast.arg) or (isinstance(parent, ast.AnnAssign) and here is parent.annotation):
                return True
            if isinstance(parent, ast.FunctionDef | ast.AsyncFunctionDef) and here is parent.returns:
                return True
            here = parent
        return False

    def _compared(self, node: ast.Compare, sides: list[ast.expr]) -> Iterator[ClassUse]:
        found = [symbol for one in sides for symbol in self.among(one)]
        if found and isinstance(node.ops[0], ast.Is | ast.IsNot | ast.Eq | ast.NotEq | ast.In | ast.NotIn):
            negative = isinstance(node.ops[0], ast.IsNot | ast.NotEq | ast.NotIn)
            if len(set(found)) > 1 and not isinstance(node.ops[0], ast.In | ast.NotIn):
                yield from self._plain(UseKind.IDENTITY, node, found)
            else:
                yield from self._check(UseKind.CHECK, node, found, flipped=negative)

    def _plain(self, kind: UseKind, node: ast.AST, found: list[Symbol]) -> Iterator[ClassUse]:
        for symbol in dict.fromkeys(found):
            yield self._use(kind, node, symbol, both=len(set(found)) > 1)

    def _check(
        self,
        kind: UseKind,
        node: ast.AST,
        found: list[Symbol],
        *,
        guarded: bool = False,
        negative: bool = False,
        flipped: bool = False,
    ) -> Iterator[ClassUse]:
        guard = guarded or (kind is UseKind.CHECK and _is_guard(node, self.parents, flipped=flipped))
        guard = guard or self._made_here(node, found)
        for symbol in dict.fromkeys(found):
            yield self._use(kind, node, symbol, both=len(set(found)) > 1, guarded=guard, negative=negative)

    def _made_here(self, node: ast.AST, found: list[Symbol]) -> bool:
        """Whether what is checked is plainly an object of that class."""
        subject = node.args[0] if isinstance(node, ast.Call) and node.args else None
        if isinstance(subject, ast.Name):
            use = self.file.use_of.get(id(subject))
            owner = use.scope.lookup(subject.id) if use is not None else None
            bound = owner.bindings.get(subject.id, []) if owner is not None else []
            parent = self.parents.get(id(bound[0])) if len(bound) == 1 else None
            subject = parent.value if isinstance(parent, ast.Assign) and bound[0] in parent.targets else None
        made = self.mention(subject.func) if isinstance(subject, ast.Call) else None
        return made is not None and set(found) == {made}

    def _use(
        self,
        kind: UseKind,
        node: ast.AST,
        symbol: Symbol,
        *,
        both: bool = False,
        guarded: bool = False,
        negative: bool = False,
    ) -> ClassUse:
        line = getattr(node, "lineno", 1)
        text = re.sub(r"\s+", " ", ast.unparse(node).split(":\n")[0])
        text = text if len(text) <= 80 else text[:77] + "…"
        return ClassUse(
            kind, self.file.source.path, line, symbol, text, self._group(kind, node), both, guarded, negative
        )

    def _group(self, kind: UseKind, node: ast.AST) -> int:
        """What two uses must share to be alternatives of one decision."""
        if kind is UseKind.HANDLER:
            return id(self.parents.get(id(node)))
        if kind is UseKind.KEY and not isinstance(node, ast.Subscript):
            return id(node)
        here: ast.AST | None = node
        while here is not None and not isinstance(here, ast.FunctionDef | ast.AsyncFunctionDef | ast.Module):
            here = self.parents.get(id(here))
        return id(here)


def _is_guard(node: ast.AST, parents: dict[int, ast.AST], *, flipped: bool) -> bool:
    """Whether the check only turns others away: ``assert isinstance(…)``, ``if not isinstance(…): raise``."""
    negated = flipped
    here, parent = node, parents.get(id(node))
    while isinstance(parent, ast.UnaryOp) and isinstance(parent.op, ast.Not):
        negated = not negated
        here, parent = parent, parents.get(id(parent))
    if isinstance(parent, ast.Assert):
        return not negated and here is parent.test
    if isinstance(parent, ast.If) and here is parent.test:
        if negated:
            return isinstance(parent.body[-1], ast.Raise)
        return bool(parent.orelse) and isinstance(parent.orelse[-1], ast.Raise) and len(parent.orelse) == 1
    return False


def uses_of(project: Definitions, one: Definition, two: Definition) -> list[ClassUse]:
    """In the order of files and lines; what stands in the duplicate's own definition goes with it."""
    wanted = frozenset({one.symbol, two.symbol})
    names = {side.symbol.name for side in (one, two)}
    paths = sorted({path for name in names for path in project.holding(name)} | _aliasing(project, wanted))
    found: list[ClassUse] = []
    for path in paths:
        file = two.file if path == two.path else project.file(path)
        if file is not None:
            own = frozenset(id(node) for node in ast.walk(two.node)) if path == two.path else frozenset()
            found += _Look(project, file, wanted, own).uses()
    return sorted(found, key=lambda use: (use.path, use.line, use.kind, str(use.symbol)))


def _aliasing(project: Definitions, wanted: frozenset[Symbol]) -> set[str]:
    """Files that may get one of them under another name: they import it from where it has that."""
    return {
        path
        for module in project.index.layout.paths
        for name, bindings in project.index.bindings(module).items()
        if any(_renames(one) for one in bindings) and project.index.resolve(module, name) in wanted
        for path in project.holding(name)
    }


def _renames(binding: Binding) -> bool:
    return binding.kind is Kind.ALIAS or (binding.kind is Kind.FROM and binding.attribute != binding.name)
