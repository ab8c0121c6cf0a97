"""Lexical scopes, and what stands in them: uses of names, dotted chains, import statements, strings."""

from __future__ import annotations

import ast
import weakref
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

ScopeKind = Literal["module", "class", "function", "comprehension", "type"]


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


class Uses:
    """All that a walk over a module has come by, in its order."""

    def __init__(self, root: Scope) -> None:
        self.root = root
        self.names: list[NameUse] = []
        self.chains: list[Chain] = []
        self.imports: list[ImportNode] = []
        self.strings: list[StringUse] = []
        self.calls: list[tuple[ast.Call, Scope]] = []
