"""Which module loads which when it is imported, what that closes over, and what happens on the way round a cycle."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property

from ssot.index.named import loaded_by, looked_up, parents
from ssot.index.script import Script
from ssot.index.simulation import Failure, Simulation
from ssot.index.table import Index

__all__ = ["ImportGraph", "loaded_by", "looked_up", "parents"]


@dataclass
class ImportGraph:
    """The eager import graph of an index."""

    index: Index
    _edges: dict[str, tuple[str, ...]] = field(default_factory=dict, repr=False)
    _simulations: dict[str, Simulation] = field(default_factory=dict, repr=False)

    def targets(self, module: str) -> tuple[str, ...]:
        """What importing the module loads directly, in order: named modules and their packages, less its own packages."""
        found = self._edges.get(module)
        if found is None:
            found = tuple(dict.fromkeys(self._targets(module)))
            self._edges[module] = found
        return found

    def _targets(self, module: str) -> Iterator[str]:
        facts = self.index.module_facts(module)
        own = set(parents(module))
        for fact in facts.imports if facts else ():
            if fact.where.deferred or fact.where.type_only:
                continue
            for target in loaded_by(self.index, facts.path if facts else "", fact):
                yield from (parent for parent in parents(target) if parent not in own)
                yield target

    @cached_property
    def _closures(self) -> tuple[dict[str, int], dict[str, int], dict[str, int]]:
        """Number of each module; its component; the bits of all that loading a component loads."""
        modules = sorted({*self.index.layout.paths, *self.index.layout.namespaces})
        number = {module: position for position, module in enumerate(modules)}
        component: dict[str, int] = {}
        bits: dict[str, int] = {}
        for label, members in enumerate(_components(modules, self._loads)):
            reach = 0
            for member in members:
                reach |= 1 << number[member]
                for target in self._loads(member):
                    reach |= bits.get(target, 0)
            for member in members:
                component[member] = label
                bits[member] = reach
        return number, component, bits

    def _loads(self, module: str) -> tuple[str, ...]:
        return (*parents(module), *self.targets(module))

    def closure(self, module: str) -> int:
        """The set of modules loaded by importing a module, itself and its packages included, as bits."""
        return self._closures[2].get(module, 0)

    def bit(self, module: str) -> int:
        number = self._closures[0].get(module)
        return 0 if number is None else 1 << number

    def members(self, bits: int) -> list[str]:
        return [module for module, number in self._closures[0].items() if bits >> number & 1]

    @cached_property
    def _dependency_components(self) -> dict[str, int]:
        """Strongly connected components of what modules ask for; that a package is loaded before its modules is no cycle."""
        modules = sorted({*self.index.layout.paths, *self.index.layout.namespaces})
        groups = _components(modules, self.targets)
        return {member: label for label, members in enumerate(groups) for member in members}

    def asks_for(self, module: str, other: str) -> bool:
        """Whether loading a module loads another one, by import statements alone: that of its package does not count."""
        todo, seen = [module], {module}
        while todo:
            fresh = [target for target in self.targets(todo.pop()) if target not in seen]
            if other in fresh:
                return True
            seen.update(fresh)
            todo += fresh
        return False

    def same_cycle(self, one: str, other: str) -> bool:
        labels = self._dependency_components
        return one in labels and labels[one] == labels.get(other)

    def cycle(self, module: str) -> list[str]:
        """All modules of the cycle that a module is part of, sorted."""
        labels = self._dependency_components
        return sorted(member for member, label in labels.items() if label == labels.get(module))

    # -- what really happens

    @cached_property
    def _circles(self) -> dict[str, list[str]]:
        """Module -> the modules that may be begun while it is, and it while they are; functions called meanwhile included."""
        modules = sorted({*self.index.layout.paths, *self.index.layout.namespaces})
        groups = _components(modules, lambda one: (*self._loads(one), *self.script.late_targets(one)))
        circles = (group for group in groups if len(group) > 1 or group[0] in self.targets(group[0]))
        return {member: sorted(group) for group in circles for member in group}

    def circle(self, module: str) -> list[str]:
        """All modules from which loading may come back to this one, as long as it is being loaded; none where it can't."""
        return self._circles.get(module, [])

    @cached_property
    def script(self) -> Script:
        return Script(self.index)

    def failures(self, entry: str) -> frozenset[Failure]:
        """Import one module in a fresh process: ``(importer, name)`` for each name that is not there yet when asked for."""
        return frozenset(self.simulation(entry).failures)

    def shortfalls(self, entry: str) -> frozenset[Failure]:
        """The same, with the names that star imports don't bring because they come later."""
        simulation = self.simulation(entry)
        return frozenset(simulation.failures | simulation.short)

    def simulation(self, entry: str) -> Simulation:
        """One module imported in a fresh process: where its package imports it, that is how it is loaded."""
        if entry not in self._simulations:
            for above in parents(entry):
                simulation = self.simulation(above)
                if entry in simulation.begun:
                    return simulation
            self._simulations[entry] = Simulation(self.script)
            self._simulations[entry].run(entry)
        return self._simulations[entry]


def _components(modules: Iterable[str], targets: object) -> Iterator[list[str]]:
    """Strongly connected components, each after all it leads to (Tarjan 1972, without recursion)."""
    order: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    on_stack: set[str] = set()
    assert callable(targets)
    for root in modules:
        if root in order:
            continue
        work: list[tuple[str, Iterator[str]]] = []

        def enter(module: str, work: list[tuple[str, Iterator[str]]] = work) -> None:
            order[module] = low[module] = len(order)
            stack.append(module)
            on_stack.add(module)
            work.append((module, iter(targets(module))))

        enter(root)
        while work:
            module, following = work[-1]
            child = next(following, None)
            if child is not None:
                if child not in order:
                    enter(child)
                elif child in on_stack:
                    low[module] = min(low[module], order[child])
                continue
            work.pop()
            if work:
                low[work[-1][0]] = min(low[work[-1][0]], low[module])
            if low[module] == order[module]:
                members: list[str] = []
                while not members or members[-1] != module:
                    members.append(stack.pop())
                    on_stack.discard(members[-1])
                yield members
