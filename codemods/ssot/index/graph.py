"""Which module loads which when it is imported, what that closes over, and what happens on the way round a cycle."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property

from ssot.index.components import components
from ssot.index.facts import ImportFact
from ssot.index.loading import has_effects
from ssot.index.named import loaded_by, looked_up, parents
from ssot.index.script import Script
from ssot.index.simulation import Failure, Simulation
from ssot.index.table import Index, Module

__all__ = ["ImportGraph", "loaded_by", "looked_up", "parents"]


@dataclass
class ImportGraph:
    """The eager import graph of an index."""

    index: Index
    _edges: dict[str, tuple[str, ...]] = field(default_factory=dict, repr=False)
    _simulations: dict[str, Simulation] = field(default_factory=dict, repr=False)
    _bold: dict[str, Simulation] = field(default_factory=dict, repr=False)
    _last: dict[str, Simulation] = field(default_factory=dict, repr=False)

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
            path = facts.path if facts else ""
            left = own & {self._only_for_modules(path, fact)}
            for target in loaded_by(self.index, path, fact):
                yield from (parent for parent in parents(target) if parent not in own)
                if target not in left:
                    yield target

    def _only_for_modules(self, path: str, fact: ImportFact) -> str:
        """The package of which a statement takes submodules alone: that works however much of the package is there."""
        base = self.index.absolute(path, fact.module, fact.level) if fact.is_from else None
        modules = (self.index.resolve(base or "", name.name) == Module(f"{base}.{name.name}") for name in fact.names)
        return base if base is not None and all(modules) else ""

    @cached_property
    def _closures(self) -> tuple[dict[str, int], dict[str, int], dict[str, int]]:
        """Number of each module; its component; the bits of all that loading a component loads."""
        return self._closed(self._loads)

    def _closed(self, loads: Callable[[str], Iterable[str]]) -> tuple[dict[str, int], dict[str, int], dict[str, int]]:
        modules = sorted({*self.index.layout.paths, *self.index.layout.namespaces})
        number = {module: position for position, module in enumerate(modules)}
        component: dict[str, int] = {}
        bits: dict[str, int] = {}
        for label, members in enumerate(components(modules, loads)):
            reach = 0
            for member in members:
                reach |= 1 << number[member]
                for target in loads(member):
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

    @cached_property
    def _wide_closures(self) -> dict[str, int]:
        return self._closed(self._asks)[2]

    def _asks(self, module: str) -> Iterator[str]:
        own = set(parents(module))
        yield from self.targets(module)
        yield from (target for target in self.script.late_targets(module) if target not in own)

    def wide_closure(self, module: str) -> int:
        """What import statements of a module and of functions called meanwhile load; its own packages are there before."""
        return self._wide_closures.get(module, 0)

    def bit(self, module: str) -> int:
        number = self._closures[0].get(module)
        return 0 if number is None else 1 << number

    def bits(self, modules: Iterable[str]) -> int:
        found = 0
        for module in modules:
            found |= self.bit(module)
        return found

    @cached_property
    def effectful(self) -> int:
        """The set of all modules whose loading has effects, as bits."""
        return self.bits(one for one in self.index.layout.paths if has_effects(self.index, one))

    @cached_property
    def noisy(self) -> int:
        """The set of all modules whose loading leaves a trace, be it that their package has a name then, as bits."""
        return self.effectful | self.bits(self.index.contested)

    def members(self, bits: int) -> list[str]:
        return [module for module, number in self._closures[0].items() if bits >> number & 1]

    @cached_property
    def _dependency_components(self) -> dict[str, int]:
        """Strongly connected components of what modules ask for; that a package is loaded before its modules is no cycle."""
        modules = sorted({*self.index.layout.paths, *self.index.layout.namespaces})
        groups = components(modules, self.targets)
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
        groups = components(
            modules, lambda one: (*self._loads(one), *self.script.late_targets(one), *self._perhaps(one))
        )
        circles = (group for group in groups if len(group) > 1 or group[0] in self.targets(group[0]))
        return {member: sorted(group) for group in circles for member in group}

    def _perhaps(self, module: str) -> Iterator[str]:
        """What methods import that may be called while a module is loaded, of classes that are loaded with it."""
        for symbol in self.script.perhaps_called(module):
            if self.closure(module) & self.bit(symbol.module):
                yield from self.script.imported_by(symbol)

    def circle(self, module: str) -> list[str]:
        """All modules from which loading may come back to this one, as long as it is being loaded; none where it can't."""
        return self._circles.get(module, [])

    @cached_property
    def script(self) -> Script:
        return Script(self.index)

    def failures(self, entry: str) -> frozenset[Failure]:
        """Import one module in a fresh process: ``(importer, name)`` for each name that is not there yet when asked for.

        Told apart: what fails where only the methods run that surely do, where all those do that may, and where of
        several branches the last one runs.
        """
        sure, bold, last = self._variants(entry)
        doubtful = {(one, f"{name}?") for one, name in bold.failures}
        return frozenset(sure.failures | doubtful | {(one, f"{name}|") for one, name in last.failures})

    def shortfalls(self, entry: str) -> frozenset[Failure]:
        """The same, with the names that star imports don't bring because they come later."""
        sure, bold, last = self._variants(entry)
        doubtful = {(one, f"{name}?") for one, name in bold.short} | {(one, f"{name}|") for one, name in last.short}
        return self.failures(entry) | sure.short | doubtful

    def begun(self, entry: str) -> list[str]:
        """All that may be loaded by importing a module, in order."""
        return list(dict.fromkeys(module for simulation in self._variants(entry) for module in simulation.begun))

    def _variants(self, entry: str) -> tuple[Simulation, Simulation, Simulation]:
        """One in which only the methods run that surely do; one in which all those do that may; one of last branches."""
        sure = self.simulation(entry)
        if sure.unsure and sure.entry not in self._bold:
            self._bold[sure.entry] = Simulation(self.script, bold=True)
            self._bold[sure.entry].run(sure.entry)
        if sure.forked and sure.entry not in self._last:
            self._last[sure.entry] = Simulation(self.script, last=True)
            self._last[sure.entry].run(sure.entry)
        return sure, self._bold.get(sure.entry, sure), self._last.get(sure.entry, sure)

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
