"""What loading each module executes, in the order of its file; and what the functions import that are called meanwhile."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import groupby

from ssot.index.dispatch import Dispatch
from ssot.index.facts import Binding, FileFacts, ImportFact, Kind, Run
from ssot.index.flux import Place, exclusive
from ssot.index.named import lazy_sources, loaded_by, parents
from ssot.index.reach import MAKING
from ssot.index.table import Index, Module, Path, Symbol

Event = ImportFact | Binding | Run | tuple[str, ...]  # several names that are bound to no module
_IMPORTS = (Kind.FROM, Kind.IMPORT, Kind.STAR)
_HOOK = "__getattr__"
_SPECIAL = (Kind.ALIAS, Kind.DELETE)
_RANKS: dict[type, int] = {Run: 0, ImportFact: 1, Binding: 2}  # a value is evaluated before its name is bound


@dataclass
class Script:
    """Of all modules of an index."""

    index: Index
    _events: dict[str, tuple[Event, ...]] = field(default_factory=dict, repr=False)
    _forks: dict[str, dict[Place, frozenset[str]]] = field(default_factory=dict, repr=False)
    _late: dict[Symbol, tuple[ImportFact, ...]] = field(default_factory=dict, repr=False)
    _loads: dict[tuple[str, int, int], tuple[str, ...]] = field(default_factory=dict, repr=False)

    def events_of(self, module: str) -> tuple[Event, ...]:
        """Eager imports, other module-level bindings, and chains evaluated or called."""
        found = self._events.get(module)
        if found is None:
            order = sorted(self._read(module), key=lambda one: (one.line, one.column, _RANKS[type(one)]))
            found = self._events[module] = tuple(_gathered(order, self.forks(module).keys()))
        return found

    def _read(self, module: str) -> Iterator[ImportFact | Binding | Run]:
        facts = self.index.module_facts(module)
        if facts is not None:
            yield from (f for f in facts.imports if not f.where.deferred and not f.where.type_only)
            yield from (b for b in facts.bindings if b.kind not in _IMPORTS and not b.where.type_only)
            yield from facts.runs

    def forks(self, module: str) -> dict[Place, frozenset[str]]:
        """Where a module binds names in one branch that a later one binds instead."""
        if module not in self._forks:
            found: dict[Place, set[str]] = {}
            for name, bound in self.index.bindings(module).items():
                for number, one in enumerate(bound):
                    if one.where.guards and any(exclusive(one, other) for other in bound[number + 1 :]):
                        found.setdefault((one.line, one.column), set()).add(name)
            self._forks[module] = {place: frozenset(names) for place, names in found.items()}
        return self._forks[module]

    def loads(self, path: str, fact: ImportFact) -> tuple[str, ...]:
        """The modules that an import statement of a file names."""
        key = path, fact.line, fact.column
        if key not in self._loads:
            self._loads[key] = tuple(loaded_by(self.index, path, fact))
        return self._loads[key]

    # -- functions that are called while something is loaded

    @cached_property
    def dispatch(self) -> Dispatch:
        return Dispatch(self.index)

    def callees(self, module: str, run: Run) -> tuple[Symbol, ...]:
        """The functions, classes and methods of the project that a call in a module certainly runs."""
        return self.dispatch.of(module, run).known

    def perhaps_called(self, module: str) -> Iterator[Symbol]:
        """Functions and methods that import something and may be called while a module is loaded."""
        facts = self.index.module_facts(module)
        called = [self.dispatch.of(module, run) for run in facts.runs] if facts else []
        yield from dict.fromkeys(symbol for one in called for symbol in one.perhaps)
        for name in sorted({one.unsure for one in called} - {""}):
            yield from self.dispatch.methods(name)

    def late_imports(self, called: Symbol) -> tuple[ImportFact, ...]:
        """The imports that a function makes when it is called, or those of the same file that it may call."""
        if called not in self._late:
            self._late[called] = self._find_late(called)
        return self._late[called]

    def _find_late(self, called: Symbol) -> tuple[ImportFact, ...]:
        facts = self.index.module_facts(called.module)
        if facts is None:
            return ()
        names = {called.name, *(other for name, other in facts.reach if name == called.name)}
        late = (f for f in facts.imports if f.where.deferred and not f.where.type_only)
        return tuple(f for f in late if any(self._runs(called.module, name, f.where.scope) for name in names))

    def _runs(self, module: str, name: str, scope: tuple[str, ...]) -> bool:
        """Whether a call runs what stands in a scope: making an object runs no other methods than those that make it."""
        owner, _, method = name.partition(".")
        if scope[0] != owner or method:
            return scope[:2] == (owner, method)
        return self.index.kind(Symbol(module, owner)) is not Kind.CLASS or not scope[1:] or scope[1] in MAKING

    def hook(self, module: str, name: str) -> Symbol | None:
        """The function that a module calls when it is asked for a name that it does not bind (PEP 562)."""
        bound = self.index.bindings(module)
        there = any(not binding.where.type_only for binding in bound.get(name, ()))
        return Symbol(module, _HOOK) if _HOOK in bound and not there else None

    def hooks(self, module: str, name: str, asked: frozenset[Path] = frozenset()) -> Iterator[Symbol]:
        """The same, and those that are called in turn to get the name."""
        hook = self.hook(module, name)
        if hook is not None and (module, name) not in asked:
            yield hook
            for source, attribute in lazy_sources(self.index, module, name):
                yield from self.hooks(source, attribute, asked | {(module, name)})

    def _behind(self, hook: Symbol) -> Iterator[Symbol]:
        """A ``__getattr__``, and those of the modules that it may load to ask them."""
        found = [hook]
        for one in found:
            further = [Symbol(module, _HOOK) for module in self.spelled_by(one) if _HOOK in self.index.bindings(module)]
            found += [other for other in dict.fromkeys(further) if other not in found]
        yield from found

    def spelled_by(self, hook: Symbol) -> Iterator[str]:
        """The modules whose names stand as texts beside a ``__getattr__`` that is not understood: it may load them."""
        facts = self.index.module_facts(hook.module) if hook.name == _HOOK else None
        for text in sorted(facts.spelled) if facts is not None else ():
            module = text.lstrip(".")
            absolute = self.index.absolute(facts.path if facts else "", module, len(text) - len(module))
            for one in (absolute, f"{hook.module}.{module}"):
                if one is not None and self.index.layout.has(one):
                    yield from (*parents(one), one)

    @cached_property
    def calls(self) -> dict[str, frozenset[Symbol]]:
        """Module -> the functions and classes of the project, its own included, that loading it calls."""
        found: dict[str, frozenset[Symbol]] = {}
        for module in self.index.layout.paths:
            facts = self.index.module_facts(module)
            if facts is not None:
                called = {one for run in facts.runs for one in self.callees(module, run)}
                if symbols := frozenset((*called, *self._hooks(facts))):
                    found[module] = symbols
        return found

    def _hooks(self, facts: FileFacts) -> Iterator[Symbol]:
        module = self.index.module_of(facts.path)
        for run in (run for run in facts.runs if run.dotted):
            found, names = self.dispatch.start(module, run)
            for name in names:
                if not isinstance(found, Module):
                    break
                yield from self.hooks(found.name, name)
                found = self.index.resolve(found.name, name)
        for fact in facts.imports:
            base = self.index.absolute(facts.path, fact.module, fact.level) if fact.is_from else None
            if base is not None and not fact.where.deferred and not fact.where.type_only:
                yield from (hook for name in fact.names for hook in self.hooks(base, name.name))

    @cached_property
    def callers(self) -> dict[str, frozenset[str]]:
        """Module -> the modules that call functions of it which import something, while they are loaded themselves."""
        found: dict[str, set[str]] = {}
        for module, symbols in self.calls.items():
            for symbol in symbols:
                if self.late_imports(symbol) or any(self.spelled_by(symbol)):
                    found.setdefault(symbol.module, set()).add(module)
        return {module: frozenset(names) for module, names in found.items()}

    @cached_property
    def called_by(self) -> dict[Symbol, frozenset[str]]:
        """Functions and classes that are called while some module is loaded, with those modules."""
        found: dict[Symbol, set[str]] = {}
        for module, symbols in self.calls.items():
            for symbol in symbols:
                facts = self.index.module_facts(symbol.module)
                reached = [other for name, other in (facts.reach if facts else ()) if name == symbol.name]
                for name in (symbol.name, *reached):
                    found.setdefault(Symbol(symbol.module, name.partition(".")[0]), set()).add(module)
        return {symbol: frozenset(modules) for symbol, modules in found.items()}

    def late_targets(self, module: str) -> Iterator[str]:
        """What the functions that loading a module calls import in turn."""
        for symbol in sorted(self.calls.get(module, ()), key=str):
            yield from self.imported_by(symbol)

    def imported_by(self, called: Symbol) -> Iterator[str]:
        for one in self._behind(called) if called.name == _HOOK else (called,):
            facts = self.index.module_facts(one.module)
            yield from self.spelled_by(one)
            for fact in self.late_imports(one):
                for target in self.loads(facts.path if facts else "", fact):
                    yield from (*parents(target), target)


def _gathered(events: Iterable[ImportFact | Binding | Run], forks: Collection[Place]) -> Iterator[Event]:
    """The same with neighbours made one, but for forks: every entry into every circle goes through all of them."""

    def plain_one(one: ImportFact | Binding | Run) -> bool:
        return isinstance(one, Binding) and one.kind not in _SPECIAL and (one.line, one.column) not in forks

    for plain, group in groupby(events, key=plain_one):
        if plain:
            yield tuple(one.name for one in group if isinstance(one, Binding))
        else:
            yield from group
