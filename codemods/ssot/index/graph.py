"""Which module loads which when it is imported, what that closes over, and what happens on the way round a cycle."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property

from ssot.index.facts import Binding, FileFacts, ImportFact, Kind
from ssot.index.table import Index, Module, Path


def parents(module: str) -> list[str]:
    """``a``, ``a.b`` for ``a.b.c``."""
    parts = module.split(".")
    return [".".join(parts[:count]) for count in range(1, len(parts))]


def loaded_by(index: Index, path: str, fact: ImportFact, asked: frozenset[Path] = frozenset()) -> Iterator[str]:
    """The project modules that an import statement itself names, without their parent packages.

    ``asked`` are the lazy names that are being looked up already: two modules may each offer the other's.
    """
    if not fact.is_from:
        for name in fact.names:
            yield from _nearest(index, name.name)
        return
    base = index.absolute(path, fact.module, fact.level)
    if base is None:
        return
    yield from _nearest(index, base)
    for name in fact.names:
        submodule = f"{base}.{name.name}"
        if index.layout.has(submodule) and index.resolve(base, name.name) == Module(submodule):
            yield submodule
        else:
            yield from looked_up(index, base, name.name, asked)


def looked_up(index: Index, base: str, name: str, asked: frozenset[Path] = frozenset()) -> Iterator[str]:
    """The module that a package's ``__getattr__`` imports for a name."""
    facts = index.module_facts(base)
    if (base, name) in asked:
        return
    if facts is None or not facts.lazy or any(not b.where.type_only for b in index.bindings(base).get(name, [])):
        return
    if any(lazy == name for lazy, _, _ in facts.lazy):
        for module in _lazy_sources(index, facts, name):
            yield from _nearest(index, module)
        for fact in facts.imports:
            if fact.where.scope == ("__getattr__",) and not _serves_another(facts, fact, name):
                yield from loaded_by(index, facts.path, fact, asked | {(base, name)})


def _lazy_sources(index: Index, facts: FileFacts, name: str) -> Iterator[str]:
    for lazy, source, _ in facts.lazy:
        if lazy == name:
            level = len(source) - len(source.lstrip("."))
            yield index.absolute(facts.path, source.lstrip("."), level) or ""


def _serves_another(facts: FileFacts, fact: ImportFact, name: str) -> bool:
    """Whether an import inside ``__getattr__`` gets one of the other names."""
    module = "." * fact.level + fact.module
    others = {(source, attribute) for lazy, source, attribute in facts.lazy if lazy != name}
    return fact.is_from and any((module, one.name) in others for one in fact.names)


def _nearest(index: Index, module: str) -> Iterator[str]:
    """The module, or the deepest of its parents that exists: that much is loaded before the import fails."""
    while module:
        if index.layout.has(module):
            yield module
            return
        module = module.rpartition(".")[0]


@dataclass
class ImportGraph:
    """The eager import graph of an index."""

    index: Index
    _edges: dict[str, tuple[str, ...]] = field(default_factory=dict, repr=False)
    _failures: dict[str, frozenset[tuple[str, str]]] = field(default_factory=dict, repr=False)
    _events: dict[str, tuple[ImportFact | Binding, ...]] = field(default_factory=dict, repr=False)

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

    def same_cycle(self, one: str, other: str) -> bool:
        labels = self._dependency_components
        return one in labels and labels[one] == labels.get(other)

    def cycle(self, module: str) -> list[str]:
        """All modules of the cycle that a module is part of, sorted."""
        labels = self._dependency_components
        return sorted(member for member, label in labels.items() if label == labels.get(module))

    # -- what really happens

    def failures(self, entry: str) -> frozenset[tuple[str, str]]:
        """Import one module in a fresh process: ``(importer, name)`` for each name that is not there yet when asked for."""
        if entry not in self._failures:
            self._failures[entry] = _Simulation(self).run(entry)
        return self._failures[entry]

    def events_of(self, module: str) -> tuple[ImportFact | Binding, ...]:
        """Eager imports and other module-level bindings in the order of the file."""
        found = self._events.get(module)
        if found is None:
            facts = self.index.module_facts(module)
            imports = [f for f in facts.imports if not f.where.deferred and not f.where.type_only] if facts else []
            others = [b for b in facts.bindings if b.kind not in (Kind.FROM, Kind.IMPORT, Kind.STAR)] if facts else []
            found = tuple(sorted([*imports, *others], key=lambda event: (event.line, event.column)))
            self._events[module] = found
        return found


class _Simulation:
    """Executes the import statements and nothing else, as CPython's import system orders them."""

    def __init__(self, graph: ImportGraph) -> None:
        self.graph = graph
        self.index = graph.index
        self.bound: dict[str, set[str]] = {}  # modules begun, and the names each has so far
        self.done: set[str] = set()
        self.failures: set[tuple[str, str]] = set()

    def run(self, entry: str) -> frozenset[tuple[str, str]]:
        stack = self._load(entry)
        pending = [stack]
        while pending:  # generators instead of recursion: import chains are longer than Python's stack
            following = next(pending[-1], None)
            if following is None:
                pending.pop()
            else:
                pending.append(self._load(following))
        return frozenset(self.failures)

    def _load(self, module: str) -> Iterator[str]:
        """Yields the modules that must be loaded before it goes on."""
        for parent in parents(module):
            if parent not in self.bound:
                yield parent
        if module in self.bound or not self.index.layout.has(module):
            return
        self.bound[module] = set()
        for event in self.graph.events_of(module):
            if isinstance(event, Binding):
                self.bound[module].add(event.name)
            else:
                yield from self._import(module, event)
        self.done.add(module)
        parent, _, name = module.rpartition(".")
        if parent in self.bound:
            self.bound[parent].add(name)

    def _import(self, module: str, fact: ImportFact) -> Iterator[str]:
        facts = self.index.module_facts(module)
        path = facts.path if facts else ""
        yield from loaded_by(self.index, path, fact)
        if not fact.is_from:
            self.bound[module].update(name.local for name in fact.names)
            return
        base = self.index.absolute(path, fact.module, fact.level) or ""
        for name in fact.names:
            if name.name == "*":
                self.bound[module] |= self.index.star_names(base) or set()
                continue
            if f"{base}.{name.name}" not in self.bound and name.name not in self.bound.get(base, {name.name}):
                yield f"{base}.{name.name}"  # CPython's fallback: a submodule nobody has loaded yet
            if base in self.bound and base not in self.done and not self._there(base, name.name):
                self.failures.add((module, name.local))
            self.bound[module].add(name.local)

    def _there(self, base: str, name: str) -> bool:
        facts = self.index.module_facts(base)
        asked = "__getattr__" in self.bound[base]  # defined by now
        lazy = asked and facts is not None and any(row[0] == name for row in facts.lazy)
        return name in self.bound[base] or f"{base}.{name}" in self.bound or lazy


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
