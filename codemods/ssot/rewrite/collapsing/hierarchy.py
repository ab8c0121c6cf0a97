"""Classes above and below a class, over the whole project, and whether the rest still has a method resolution order."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from ssot.index.facts import Kind
from ssot.index.table import Denotation, External, Missing, Symbol
from ssot.rewrite.collapsing.ground import Ground, Use

Base = Symbol | str  # a class of the project, or the spelling of another


class NoOrderError(Exception):
    """The bases of a class can't be brought into one order."""


@dataclass
class Hierarchy:
    """The classes of the project by what they inherit from."""

    ground: Ground

    @cached_property
    def _bases(self) -> Mapping[Symbol, tuple[Base, ...]]:
        found = {}
        for path, facts in self.ground.index.facts.items():
            module = self.ground.index.module_of(path)
            for binding in facts.bindings:
                if binding.kind is Kind.CLASS and not binding.where.type_only:
                    found[Symbol(module, binding.name)] = tuple(self._base(module, base) for base in binding.bases)
        return found

    def _base(self, module: str, text: str) -> Base:
        first, *rest = text.split(".")
        here: Denotation | None = self.ground.index.resolve(module, first)
        for attribute in rest:
            name = getattr(here, "name", "")
            here = None if here is None or isinstance(here, Symbol) else self.ground.index.resolve(name, attribute)
        if isinstance(here, Symbol):
            return here
        return here.name if isinstance(here, External) else text

    def bases(self, symbol: Symbol) -> tuple[Base, ...]:
        return self._bases.get(symbol, ())

    def above(self, symbol: Symbol) -> frozenset[Base]:
        """Everything a class inherits from."""
        found: set[Base] = set()
        todo: list[Base] = [symbol]
        while todo:
            here = todo.pop()
            fresh = [base for base in self.bases(here) if base not in found] if isinstance(here, Symbol) else []
            found.update(fresh)
            todo += fresh
        return frozenset(found)

    @cached_property
    def _children(self) -> Mapping[Base, tuple[Symbol, ...]]:
        children: dict[Base, list[Symbol]] = {}
        for symbol, bases in self._bases.items():
            for base in bases:
                children.setdefault(base, []).append(symbol)
        return {base: tuple(found) for base, found in children.items()}

    def below(self, symbol: Symbol) -> frozenset[Symbol]:
        """The module-level classes that inherit from a class."""
        found: set[Symbol] = set()
        todo = [symbol]
        while todo:
            fresh = [child for child in self._children.get(todo.pop(), ()) if child not in found]
            found.update(fresh)
            todo += fresh
        return frozenset(found)

    def hooked(self, symbol: Symbol) -> bool:
        """Whether defining the class, or a subclass of it, runs code of another class: a hook or a metaclass above it."""
        index = self.ground.index
        classes = [symbol, *(base for base in self.above(symbol) if isinstance(base, Symbol))]
        return any(binding.hooked for one in classes for binding in index.bindings(one.module).get(one.name, []))

    # -- method resolution order

    def order(self, bases: Sequence[Base], becomes: Mapping[Symbol, Symbol]) -> list[Base]:
        """The order of a class with these bases, after some classes have become others; raises NoOrderError."""
        heads = [self._mapped(base, becomes) for base in bases]
        if len(set(heads)) != len(heads):
            raise NoOrderError
        parts = [self._linear(head, becomes, ()) for head in heads]
        return _merged([*parts, heads])

    def _mapped(self, base: Base, becomes: Mapping[Symbol, Symbol]) -> Base:
        return becomes.get(base, base) if isinstance(base, Symbol) else base

    def _linear(self, base: Base, becomes: Mapping[Symbol, Symbol], seen: tuple[Base, ...]) -> list[Base]:
        if not isinstance(base, Symbol) or base in seen:
            return [base]
        heads = [self._mapped(above, becomes) for above in self.bases(base)]
        if len(set(heads)) != len(heads):
            raise NoOrderError
        return [base, *_merged([*(self._linear(head, becomes, (*seen, base)) for head in heads), heads])]

    def breaks(self, bases: Sequence[Base], becomes: Mapping[Symbol, Symbol]) -> bool:
        """Whether a class with these bases can be made now, and could not be after the change."""
        try:
            self.order(bases, {})
        except NoOrderError:
            return False
        try:
            self.order(bases, becomes)
        except NoOrderError:
            return True
        return False

    def written_bases(self, use: Use) -> list[Base]:
        """The bases of the class statement in whose list of bases a use stands; empty elsewhere."""
        node = use.parent
        if isinstance(node, ast.Subscript):
            node = use.around[1] if len(use.around) > 1 else None
        if not isinstance(node, ast.ClassDef):
            return []
        inside = [base.value if isinstance(base, ast.Subscript) else base for base in node.bases]
        if not any(base is use.node for base in inside):
            return []
        return [self._expression(use, base) for base in inside]

    def _expression(self, use: Use, node: ast.expr) -> Base:
        if node is use.node:
            return use.symbol
        parts: list[str] = []
        while isinstance(node, ast.Attribute):
            parts.insert(0, node.attr)
            node = node.value
        if not isinstance(node, ast.Name):
            return ast.dump(node)
        here = self.ground.denoted(use.view, use.scope, node.id)
        for attribute in parts:
            name = getattr(here, "name", "")
            here = (
                None
                if here is None or isinstance(here, Symbol | Missing)
                else self.ground.index.resolve(name, attribute)
            )
        return here if isinstance(here, Symbol) else ".".join([node.id, *parts])


def _merged(parts: list[list[Base]]) -> list[Base]:
    """The C3 merge."""
    parts = [list(part) for part in parts if part]
    found: list[Base] = []
    while parts:
        head = next((p[0] for p in parts if not any(p[0] in other[1:] for other in parts)), None)
        if head is None:
            raise NoOrderError
        found.append(head)
        parts = [rest for part in parts if (rest := [base for base in part if base != head])]
    return found


def descendants_that_break(hierarchy: Hierarchy, becomes: Mapping[Symbol, Symbol]) -> Iterator[Symbol]:
    """Module-level classes that could not be made any more."""
    (duplicate, canonical), *_ = becomes.items()
    for symbol in sorted(hierarchy.below(duplicate) | hierarchy.below(canonical), key=str):
        if symbol != duplicate and hierarchy.breaks(hierarchy.bases(symbol), becomes):
            yield symbol
