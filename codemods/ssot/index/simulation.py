"""What happens when one module is imported in a fresh process: which names are asked for before they are there.

Executes imports, bindings, and what the modules evaluate, as CPython's import system orders them; branches are all taken.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ssot.index.facts import Binding, ImportedName, ImportFact, Kind, Run
from ssot.index.flux import Place
from ssot.index.named import lazy_sources, looked_up, parents
from ssot.index.script import Event, Script
from ssot.index.table import Index, Symbol

Namespace = dict[str, str]  # name -> the module it stands for; empty for anything else
Failure = tuple[str, str]  # who asks, for what


class Simulation:
    """One process. After `run`, `begun` holds all that was loaded, and `failures` what was asked for in vain.

    A `bold` one calls every method that may be called; `unsure` says whether there was any. A `last` one takes, of
    the branches that bind a name, the last; `forked` says whether there were several.
    """

    def __init__(self, script: Script, *, bold: bool = False, last: bool = False) -> None:
        self.script = script
        self.bold = bold
        self.last = last
        self.unsure = False
        self.forked = False
        self.entry = ""
        self.index: Index = script.index
        self.begun: dict[str, Namespace] = {}
        self.done: set[str] = set()
        self.called: set[tuple[str, str]] = set()
        self.failures: set[Failure] = set()
        self.short: set[Failure] = set()  # names that a star import does not bring, because they come later

    def run(self, entry: str) -> None:
        self.entry = entry
        pending = [self._load(entry)]
        while pending:  # generators instead of recursion: import chains are longer than Python's stack
            following = next(pending[-1], None)
            if following is None:
                pending.pop()
            else:
                pending.append(self._load(following))

    def _load(self, module: str) -> Iterator[str]:
        """Yields the modules that must be loaded before it goes on."""
        for parent in parents(module):
            if parent not in self.begun:
                yield parent
        if module in self.begun or not self.index.layout.has(module):
            return
        space = self.begun[module] = {}
        forks = self.script.forks(module)
        for event in self.script.events_of(module):
            fresh = self._forked(forks, event) - space.keys() if forks else frozenset[str]()
            yield from self._run(module, event, space)
            for name in fresh if self.last else ():
                space.pop(name, None)
        self.done.add(module)
        parent, _, name = module.rpartition(".")
        if parent in self.begun:
            self.begun[parent][name] = module

    def _run(self, module: str, event: Event, space: Namespace) -> Iterator[str]:
        if isinstance(event, tuple):
            space.update(dict.fromkeys(event, ""))
        elif isinstance(event, Binding):
            self._bind(space, event)
        elif isinstance(event, Run):
            yield from self._evaluate(module, event)
        else:
            yield from self._import(module, event, space)

    def _forked(self, forks: dict[Place, frozenset[str]], event: Event) -> frozenset[str]:
        """The names that an event binds in a branch, and that a later one binds instead."""
        if isinstance(event, tuple | Run):
            return frozenset()
        bound = event.names if isinstance(event, ImportFact) else (event,)
        names = frozenset[str]().union(*(forks.get((one.line, one.column), ()) for one in bound))
        self.forked |= bool(names)
        return names

    def _bind(self, space: Namespace, binding: Binding) -> None:
        if binding.kind is Kind.DELETE:
            space.pop(binding.name, None)
            return
        value = ""
        if binding.kind is Kind.ALIAS:
            first, *rest = binding.target.split(".")
            value = space.get(first, "")
            for name in rest:
                value = self.begun.get(value, {}).get(name, "")
        space[binding.name] = value

    # -- imports

    def _import(self, module: str, fact: ImportFact, space: Namespace) -> Iterator[str]:
        facts = self.index.module_facts(module)
        path = facts.path if facts else ""
        yield from (target for target in self.script.loads(path, fact) if target not in self.begun)
        if not fact.is_from:
            space.update({name.local: name.name if name.asname else name.local for name in fact.names})
            return
        base = self.index.absolute(path, fact.module, fact.level) or ""
        for name in fact.names:
            if name.name == "*":
                self._star(module, base, space)
            else:
                yield from self._take(module, base, name, space)

    def _take(self, module: str, base: str, name: ImportedName, space: Namespace) -> Iterator[str]:
        submodule = f"{base}.{name.name}"
        yield from self._hooked(module, base, name.name)
        if submodule not in self.begun and name.name not in self.begun.get(base, {name.name}):
            yield submodule  # CPython's fallback: a submodule nobody has loaded yet
        if base in self.begun and base not in self.done and not self._there(base, name.name):
            self.failures.add((module, name.local))
        found = self.begun.get(base, {}).get(name.name)
        space[name.local] = found if found is not None else submodule if submodule in self.begun else ""

    def _star(self, module: str, base: str, space: Namespace) -> None:
        """What is there by now, of a module that is still being loaded."""
        names, there = self.index.star_names(base), self.begun.get(base, {})
        if names is None:
            names = frozenset(name for name in there if not name.startswith("_"))
        if base not in self.begun or base in self.done:
            space.update({name: there.get(name, "") for name in names})
        else:
            space.update({name: there[name] for name in names if name in there})
            self.short.update((module, name) for name in names if name not in there)

    def _there(self, base: str, name: str) -> bool:
        return name in self.begun[base] or f"{base}.{name}" in self.begun or self._lazy(base, name)

    def _lazy(self, base: str, name: str) -> bool:
        """Whether the module's ``__getattr__``, defined by now, makes the name."""
        facts = self.index.module_facts(base)
        return "__getattr__" in self.begun[base] and facts is not None and any(row[0] == name for row in facts.lazy)

    # -- what is evaluated

    def _evaluate(self, module: str, run: Run) -> Iterator[str]:
        yield from self._call(module, run)
        if run.method:
            return
        value, asked = self._root(module, run)
        for name in asked:
            space = self.begun.get(value or "")
            if value is None or space is None:
                return
            if name in space:
                value = space[name]
                continue
            yield from self._hooked(module, value, name)
            if self._lazy(value, name) or not self._missing(value, name):
                yield from looked_up(self.index, value, name)
            else:
                self.failures.add((module, run.dotted))
            return

    def _root(self, module: str, run: Run) -> tuple[str | None, list[str]]:
        """Where a chain starts, and the attributes that are asked for from there."""
        parts = run.dotted.split(".")
        facts = self.index.module_facts(module)
        if run.source:
            level = len(run.source) - len(run.source.lstrip("."))
            return self.index.absolute(facts.path if facts else "", run.source[level:], level), parts
        space = self.begun[module]
        if parts[0] in space:
            return space[parts[0]], parts[1:]
        if parts[0] in self.index.bindings(module) or "*" in self.index.bindings(module):
            self.failures.add((module, parts[0]))
        return None, []

    def _missing(self, module: str, name: str) -> bool:
        """Whether a module that was begun certainly has no such attribute yet, though it will."""
        facts = self.index.module_facts(module)
        if self.index.layout.has(f"{module}.{name}") and f"{module}.{name}" not in self.done:
            return True
        bound = self.index.bindings(module)
        return module not in self.done and facts is not None and facts.known and (name in bound or "*" in bound)

    def _call(self, module: str, run: Run) -> Iterator[str]:
        """The imports that functions make when they are called."""
        called = self.script.dispatch.of(module, run)
        for symbol in called.known:
            yield from self._imports_of(symbol)
        yield from self._perhaps((*called.perhaps, *self.script.dispatch.methods(called.unsure)))

    def _perhaps(self, symbols: Iterable[Symbol]) -> Iterator[str]:
        """The imports of what may be called now, if anybody is that bold."""
        for symbol in symbols:
            if symbol.module in self.begun and self.script.late_imports(symbol):
                self.unsure = True
                if self.bold:
                    yield from self._imports_of(symbol)

    def _hooked(self, asking: str, module: str, name: str, asked: frozenset[Failure] = frozenset()) -> Iterator[str]:
        """The imports that a module makes when it is asked for a name that it does not bind."""
        symbol = self.script.hook(module, name)
        if symbol is None or symbol.name not in self.begun.get(module, {}) or (module, name) in asked:
            return
        yield from self._imports_of(symbol)
        for source, attribute in lazy_sources(self.index, module, name):
            yield from self._hooked(asking, source, attribute, asked | {(module, name)})
            if source in self.begun and source not in self.done and attribute and not self._there(source, attribute):
                self.failures.add((asking, name))

    def _imports_of(self, symbol: Symbol) -> Iterator[str]:
        if (symbol.module, symbol.name) in self.called:
            return
        self.called.add((symbol.module, symbol.name))
        if symbol.module in self.begun:
            for module in self.script.spelled_by(symbol):
                if module not in self.begun:
                    yield module
                if symbol.name in self.begun.get(module, {}):  # it may be asked in turn
                    yield from self._imports_of(Symbol(module, symbol.name))
            for fact in self.script.late_imports(symbol):
                yield from self._import(symbol.module, fact, {})
