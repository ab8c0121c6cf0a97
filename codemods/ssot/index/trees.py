"""Syntax trees of texts that many questions are asked about: parsed once, and kept as long as there is room."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from functools import cached_property

from ssot.index.scopes import Scopes
from ssot.index.source import Source

_ROOM = 12_000_000  # bytes of text; a tree with its scopes takes some forty times as much


class Parsed:
    """What a text alone tells. Whoever wants to change the tree has to parse a tree of his own."""

    def __init__(self, tree: ast.Module) -> None:
        self.tree = tree

    @cached_property
    def scopes(self) -> Scopes:
        return Scopes(self.tree)

    @cached_property
    def nodes(self) -> list[ast.AST]:
        """Every node, in the order of `ast.walk`."""
        return walked(self.tree)

    @cached_property
    def called(self) -> frozenset[int]:
        """Ids of the name nodes that are assigned what a call returns."""
        found: set[int] = set()
        for node in self.nodes:
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
                found.update(id(target) for target in node.targets if isinstance(target, ast.Name))
        return frozenset(found)


@dataclass
class Trees:
    """The first texts that are asked for stay until there is no more room: scans in turn would drive out each other's."""

    room: int = _ROOM
    _kept: dict[Source, Parsed] = field(default_factory=dict, repr=False)

    def of(self, source: Source) -> Parsed:
        """Raises as `Source.parse` does."""
        known = self._kept.get(source)
        if known is None:
            known = Parsed(source.parse())
            if len(source.text) <= self.room:
                self.room -= len(source.text)
                self._kept[source] = known
        return known


def walked(node: ast.AST) -> list[ast.AST]:
    """What `ast.walk` gives, in its order, in two thirds of its time."""
    found = [node]
    for one in found:  # grows meanwhile
        for name in one._fields:
            value = getattr(one, name, None)
            if isinstance(value, list):
                found += [item for item in value if isinstance(item, ast.AST)]
            elif isinstance(value, ast.AST):
                found.append(value)
    return found
