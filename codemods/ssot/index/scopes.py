"""Scopes, bindings and uses of names in one syntax tree, by Python's own rules.

`symtable` knows which names a scope binds but not where in the source a use stands, so uses are collected here, from
`ast`; the suite compares both on the standard library.
"""

from __future__ import annotations

import ast
from functools import cached_property

from ssot.index.lexical import Chain, ImportNode, NameUse, Scope, StringUse, Uses
from ssot.index.scope_walk import Walker

__all__ = ["Chain", "ImportNode", "NameUse", "Scope", "Scopes", "StringUse"]


class Scopes(Uses):
    """The result of one walk over a module."""

    def __init__(self, tree: ast.Module) -> None:
        super().__init__(Scope("module", "", None, tree))
        self._outer_first: dict[tuple[int, str], bool] = {}
        Walker(self).module(tree)

    @cached_property
    def _named(self) -> dict[str, list[NameUse]]:
        found: dict[str, list[NameUse]] = {}
        for use in self.names:
            found.setdefault(use.node.id, []).append(use)
        return found

    def named(self, name: str) -> list[NameUse]:
        """All uses of a name, whatever they refer to."""
        return self._named.get(name, [])

    @cached_property
    def _chains(self) -> dict[int, Chain]:
        return {id(chain.root): chain for chain in self.chains}

    def chain_from(self, use: NameUse) -> Chain | None:
        """The chain that a use of a name starts, if it does."""
        return self._chains.get(id(use))

    def uses_of(self, scope: Scope, name: str) -> list[NameUse]:
        """All uses anywhere that refer to this scope's name."""
        return [use for use in self.named(name) if use.scope.lookup(name) is scope]

    def reads_outer_first(self, scope: Scope, name: str) -> bool:
        """Whether a class body that binds a name may read the outer one before: it looks names up as it runs."""
        key = (id(scope), name)
        if key not in self._outer_first:
            self._outer_first[key] = self._reads_outer_first(scope, name)
        return self._outer_first[key]

    def _reads_outer_first(self, scope: Scope, name: str) -> bool:
        if scope.kind != "class" or name not in scope.bindings or not isinstance(scope.node, ast.ClassDef):
            return False
        loads = [use.node.lineno for use in self.named(name) if use.scope is scope and use.loads]
        bound = [node.lineno for node in scope.node.body if _binds_directly(node, name)]
        return bool(loads) and not (bound and min(bound) < min(loads))


def _binds_directly(node: ast.stmt, name: str) -> bool:
    if isinstance(node, ast.Assign):
        return any(isinstance(target, ast.Name) and target.id == name for target in node.targets)
    return isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and node.name == name
