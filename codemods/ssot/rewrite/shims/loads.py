"""Modules with effects that a file would no longer load."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from functools import cached_property

from ssot.index.facts import ImportFact
from ssot.index.graph import ImportGraph, loaded_by
from ssot.index.layout import is_init
from ssot.index.table import Index
from ssot.index.view import FileView
from ssot.rewrite.shims.refused import NoShimError


class Loads:
    """Asks the import graph of one tree; made when first needed."""

    def __init__(self, index: Index) -> None:
        self.index = index

    @cached_property
    def graph(self) -> ImportGraph:
        return ImportGraph(self.index)

    def kept(self, view: FileView, going: Iterable[ast.stmt]) -> dict[int, set[str]]:
        """For import statements that go, the modules with effects that must still be imported in their place."""
        going = [node for node in going if isinstance(node, ast.Import | ast.ImportFrom)]
        if not self.graph.effectful or not going:
            return {}
        rest = self._rest(view, going)
        found: dict[int, set[str]] = {}
        for node in going:
            known = view.fact(node)
            lost = self._closure(view.source.path, known) & self.graph.effectful & ~rest if known else 0
            if lost and known is not None:
                found[id(node)] = {self._named(view, known)}
                rest |= lost
        return found

    def parts(self, view: FileView, going: Iterable[ast.stmt]) -> dict[int, set[str]]:
        """For import statements of a package that go, its own modules that are attributes of it because of them."""
        going = [node for node in going if isinstance(node, ast.Import | ast.ImportFrom)]
        if not going or not is_init(view.source.path):
            return {}
        rest = self._rest(view, going)
        found: dict[int, set[str]] = {}
        for node in going:
            fact = view.fact(node)
            for module in loaded_by(self.index, view.source.path, fact) if fact is not None else ():
                part = module.removeprefix(f"{view.module}.").partition(".")[0]
                bit = self.graph.bit(f"{view.module}.{part}")
                if module.startswith(f"{view.module}.") and not bit & rest and not view.scopes.root.bindings.get(part):
                    found.setdefault(id(node), set()).add(part)
                    rest |= bit
        return found

    def _rest(self, view: FileView, going: Iterable[ast.stmt]) -> int:
        """What the other statements load."""
        gone = {(node.lineno, node.col_offset) for node in going}
        rest = 0
        for fact in view.facts.imports:
            if not fact.where.deferred and not fact.where.type_only and (fact.line, fact.column) not in gone:
                rest |= self._closure(view.source.path, fact)
        return rest

    def _closure(self, path: str, fact: ImportFact) -> int:
        bits = 0
        for module in loaded_by(self.index, path, fact):
            bits |= self.graph.closure(module) | self.graph.bit(module)
        return bits

    def _named(self, view: FileView, fact: ImportFact) -> str:
        base = self.index.absolute(view.source.path, fact.module, fact.level) if fact.is_from else fact.names[0].name
        top = (base or "").partition(".")[0]
        if not base or view.scopes.root.bindings.get(top):
            raise NoShimError("shim-effects", f"loading {base} has effects, and {top} means something in {view.module}")
        return base
