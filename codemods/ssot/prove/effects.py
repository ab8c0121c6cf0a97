"""What loading does beside binding names: nothing of it may be lost, come without need, or happen in another order."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Set
from dataclasses import dataclass
from functools import cached_property

from ssot.index.facts import ImportedName, ImportFact
from ssot.index.graph import ImportGraph, loaded_by, parents
from ssot.index.loading import effect_lines
from ssot.index.order import LoadOrder
from ssot.index.table import Denotation, External, Index, Module
from ssot.index.view import FileView, local_name
from ssot.prove.gates import Failure
from ssot.prove.licensed import Licensed, bound_by, used_within
from ssot.prove.terms import Terms

Scope = tuple[str, ...] | None  # of imports that run later; None for those made when the module is loaded


class Loads:
    """What importing the modules of one tree loads in turn, and in which order."""

    def __init__(self, index: Index) -> None:
        self.index = index

    @cached_property
    def graph(self) -> ImportGraph:
        return ImportGraph(self.index)

    @cached_property
    def order(self) -> LoadOrder:
        return LoadOrder(self.graph, self.graph.noisy)

    def all_of(self, modules: Iterable[str]) -> int:
        """All that loading some modules loads, as bits."""
        bits = 0
        for module in modules:
            bits |= self.graph.closure(module)
        return bits

    def named(self, path: str) -> dict[Scope, list[str]]:
        """What the import statements of a file name, by when they run."""
        found: dict[Scope, list[str]] = {}
        own = {*parents(self.index.module_of(path))}
        for fact in self.imports(path):
            scope = fact.where.scope if fact.where.deferred else None
            for target in loaded_by(self.index, path, fact):
                found.setdefault(scope, []).extend(one for one in (*parents(target), target) if one not in own)
        return found

    def imports(self, path: str) -> Iterator[ImportFact]:
        facts = self.index.facts.get(path)
        return (fact for fact in (facts.imports if facts else ()) if not fact.where.type_only)

    def foreign(self, path: str) -> dict[Scope, set[str]]:
        """What a file imports of other distributions, by when it does."""
        found: dict[Scope, set[str]] = {}
        for fact in self.imports(path):
            scope = fact.where.scope if fact.where.deferred else None
            for name in fact.names:
                outside = _outside(self.index, path, fact, name)
                if outside:
                    found.setdefault(scope, set()).add(outside)
        return found


def _outside(index: Index, path: str, fact: ImportFact, name: ImportedName) -> str:
    module = index.absolute(path, fact.module, fact.level) if fact.is_from else name.name
    return module if module and isinstance(index.resolve_module(module), External) else ""


@dataclass(frozen=True)
class Loading:
    """Both trees, loaded."""

    before: Loads
    after: Loads

    def lost(self, was: int, becomes: int) -> list[str]:
        """Modules with effects of `was` that are not in `becomes`; each counts the modules of its own tree."""
        return self._less(self.before, was, self.after, becomes)

    def added(self, was: int, becomes: int) -> list[str]:
        return self._less(self.after, becomes, self.before, was)

    @cached_property
    def _aligned(self) -> bool:
        one, other = self.before.index.layout, self.after.index.layout
        return one.paths.keys() == other.paths.keys() and one.namespaces == other.namespaces

    def _less(self, one: Loads, bits: int, other: Loads, without: int) -> list[str]:
        if self._aligned:
            found = bits & ~without & self._noisy(one)
            return one.graph.members(found) if found else []
        return sorted({*one.graph.members(bits & self._noisy(one))} - {*other.graph.members(without)})

    def _noisy(self, one: Loads) -> int:
        """Modules with effects, and those that decide in both trees what a name is; where only one has it, bindings tell."""
        return one.graph.effectful | one.graph.bits(self._deciding)

    @cached_property
    def _deciding(self) -> Set[str]:
        return self.before.index.contested.keys() & self.after.index.contested.keys()

    # -- one file

    def check(self, before: FileView, after: FileView, terms: Terms, license: Licensed) -> Failure | None:
        """Each scope of one changed file by itself; what others have changed is charged to them."""
        path = before.source.path
        old, new = self.before.named(path), self.after.named(path)
        leave = _names(license)
        for scope in {**old, **new}:
            was, becomes = old.get(scope, []), new.get(scope, [])
            if was != becomes and not (scope and scope[0] in leave):
                failure = self._compared(after, terms, scope, (was, becomes))
                if failure is not None:
                    return failure
        return self._registered(before, license) or self._foreign(before, after, terms, license)

    def _registered(self, before: FileView, license: Licensed) -> Failure | None:
        """A definition that goes must not have told anybody that it is there."""
        lines = effect_lines(before.index, before.module)
        for node in license.collapsed:
            first = min([node.lineno, *(one.lineno for one in getattr(node, "decorator_list", []))])
            if any(first <= line <= (node.end_lineno or first) for line in lines):
                return _failure(f"making {', '.join(bound_by(node))} leaves a trace elsewhere")
        return None

    def _compared(
        self, after: FileView, terms: Terms, scope: Scope, named: tuple[list[str], list[str]]
    ) -> Failure | None:
        module = after.module
        own_before, own_after = self.before.all_of([module]), self.after.all_of([module])
        was, becomes = self.before.all_of(named[0]), self.after.all_of(named[1])
        lost = self.lost(was, becomes | own_after)
        if lost:
            return _failure(f"{', '.join(lost)} would no longer be loaded, though that has effects")
        for target in dict.fromkeys(named[1]):
            fresh = self.added(was | own_before, self.after.all_of([target]))
            if fresh and not _needed(after, target, terms):
                return _failure(f"{', '.join(fresh)} would be loaded, which has effects")
        if not self._in_order(module, ([module], [module]) if scope is None else named):
            return _failure("modules with effects would be loaded in another order")
        return None

    def _in_order(self, module: str, named: tuple[list[str], list[str]]) -> bool:
        """Whether what loading some modules does happens as before; a function finds what its own module has loaded."""
        was, becomes = (
            dict.fromkeys(effect for target in targets for effect in loads.order.trace(target))
            for loads, targets in ((self.before, named[0]), (self.after, named[1]))
        )
        both = was.keys() & becomes.keys()
        if module not in named[0]:
            both -= {*self.before.order.trace(module)} & {*self.after.order.trace(module)}
        return [one for one in was if one in both] == [one for one in becomes if one in both]

    # -- other distributions: nobody knows what loading them does

    def _foreign(self, before: FileView, after: FileView, terms: Terms, license: Licensed) -> Failure | None:
        path = before.source.path
        old, new = self.before.foreign(path), self.after.foreign(path)
        leave = _names(license)
        for scope, modules in old.items():
            if scope and scope[0] in leave:
                continue  # of a function or class that the warrant lets go
            for module in sorted(modules - new.get(scope, set())):
                idle = _only_for(before, module, license.gone)
                if not (idle or self._still(after.module, path, scope, module) or _replaced(before, after, terms)):
                    return _failure(f"{module} would no longer be loaded, and what that does is unknown")
        return None

    def _still(self, own: str, path: str, scope: Scope, module: str) -> bool:
        """Whether what the file loads afterwards loads the other distribution's module."""
        loaded = self.after.graph.closure(own)
        for target in self.after.named(path).get(scope, []):
            loaded |= self.after.graph.closure(target)
        paths = self.after.index.layout.paths
        members = (paths[one] for one in self.after.graph.members(loaded) if one in paths)
        return any(module in self.after.foreign(one).get(None, ()) for one in members)


def _names(license: Licensed) -> set[str]:
    """Module-level functions and classes that stand on one side only."""
    gone, come = license.statements
    members = {id(member) for grown in license.grown for member in grown.members}
    return {name for node in (*gone, *come) if id(node) not in members for name in bound_by(node)}


def _failure(reason: str) -> Failure:
    return Failure("gate-effects", reason)


def _needed(view: FileView, target: str, terms: Terms) -> bool:
    """Whether the file takes something declared from the module or from what stands in it, or asks for the module itself."""
    imported = ((base, denotes) for _, _, base, denotes in view.from_imports() if not isinstance(denotes, Module))
    taken = [*imported, *((step.path[0], step.denotation) for step in view.steps)]
    if any(_inside(module, target) and terms.allowed(denotes) for module, denotes in taken):
        return True
    handed = (view.hands_on(use) for use in view.scopes.names)
    return any(isinstance(one, Module) and _inside(one.name, target) for one in handed)


def _inside(module: str, target: str) -> bool:
    return module == target or module.startswith(f"{target}.")


def _only_for(view: FileView, module: str, gone: frozenset[int]) -> bool:
    """Whether all that the file takes from a module was for statements that the warrant lets go."""
    return all(
        id(found.node) in gone or used_within(view, [local_name(alias)], gone)
        for found in view.scopes.imports
        for alias in found.node.names
        if module == (found.node.module if isinstance(found.node, ast.ImportFrom) else alias.name)
    )


def _replaced(before: FileView, after: FileView, terms: Terms) -> bool:
    """Whether something that the manifest declares is got that was not: the import that could not work is mended."""
    old, new = (set(_got(view)) for view in (before, after))
    return any(terms.allowed(denotes) for denotes in new - old)


def _got(view: FileView) -> Iterator[Denotation]:
    yield from (step.denotation for step in view.steps)
    for found in view.scopes.imports:
        for alias in found.node.names:
            if alias.name != "*":
                yield view.imported(found.node, alias)
