"""In which order importing a module runs the statements that leave a trace: compared before and after a change."""

from __future__ import annotations

from collections.abc import Iterator, Set
from dataclasses import dataclass, field

from ssot.index.contested import Place
from ssot.index.facts import FileFacts, ImportFact, Run
from ssot.index.graph import ImportGraph, loaded_by, parents
from ssot.index.loading import effect_lines

Effect = int | str  # its number among those of its module, or the contested name that is bound
Step = tuple[str, ...] | Effect  # modules to load, or an effect
Trace = tuple[tuple[str, Effect], ...]  # with its module


@dataclass
class LoadOrder:
    """Traces of one state of a project; effects are those of modules in `noisy`."""

    graph: ImportGraph
    noisy: int
    watched: Set[str] = frozenset()  # further modules of which it matters when they have been loaded
    _steps: dict[str, tuple[Step, ...]] = field(default_factory=dict, repr=False)
    _traces: dict[str, Trace] = field(default_factory=dict, repr=False)

    def trace(self, entry: str) -> Trace:
        """What importing the module in a fresh process does, in order."""
        if entry not in self._traces:
            self._traces[entry] = tuple(self._run(entry))
        return self._traces[entry]

    def _run(self, entry: str) -> Iterator[tuple[str, Effect]]:
        begun: set[str] = set()
        pending = [self._load(entry, begun)]
        while pending:  # generators instead of recursion: import chains are longer than Python's stack
            following = next(pending[-1], None)
            if following is None:
                pending.pop()
            elif isinstance(following, str):
                pending.append(self._load(following, begun))
            else:
                yield following

    def _load(self, module: str, begun: set[str]) -> Iterator[str | tuple[str, Effect]]:
        for parent in parents(module):
            if parent not in begun:
                yield parent
        if module in begun:
            return
        begun.add(module)
        for step in self._steps_of(module):
            if isinstance(step, tuple):
                yield from (target for target in step if target not in begun)
            else:
                yield module, step

    def _steps_of(self, module: str) -> tuple[Step, ...]:
        found = self._steps.get(module)
        if found is None:
            found = tuple(self._read(module))
            self._steps[module] = found
        return found

    def _read(self, module: str) -> Iterator[Step]:
        facts = self.graph.index.module_facts(module)
        if facts is not None:
            yield from self._statements(module, facts)
        if module in self.watched or any(not name for _, _, name in self._contested(module)):
            yield ""

    def _statements(self, module: str, facts: FileFacts) -> Iterator[Step]:
        if facts.problem is not None or facts.replaced:
            yield -1
        imports = [f for f in facts.imports if not f.where.deferred and not f.where.type_only]
        events: list[tuple[int, int, ImportFact | Run | str | None]] = [(f.line, f.column, f) for f in imports]
        events += [(run.line, run.column, run) for run in facts.runs if run.called or run.method]
        events += [(line, -1, None) for line in self._effects(module)]
        events += [(line, column, name) for line, column, name in self._contested(module) if name]
        number = 0
        for _, _, event in sorted(events, key=lambda one: one[:2]):
            if event is None:
                yield number
                number += 1
            elif isinstance(event, str):
                yield event
            elif isinstance(event, Run):
                yield tuple(self._called(module, event))
            else:
                yield tuple(self._named(module, facts.path, event))

    def _contested(self, module: str) -> tuple[Place, ...]:
        return self.graph.index.contested.get(module, ())

    def _effects(self, module: str) -> tuple[int, ...]:
        """Lines of what leaves a trace."""
        if not self.graph.bit(module) & self.noisy:
            return ()
        return effect_lines(self.graph.index, module)

    def _called(self, module: str, run: Run) -> Iterator[str]:
        """What a function imports that is called while the module is loaded."""
        for symbol in self.graph.script.callees(module, run):
            yield from self.graph.script.imported_by(symbol)

    def _bound_instead(self, module: str, target: str) -> bool:
        """Whether the package of a submodule certainly has something of that name, so that asking for it loads nothing."""
        index, (package, _, name) = self.graph.index, target.rpartition(".")
        places = self._contested(package)
        return not index.share_circle(module, package) and any(
            one.where.certain and (one.line, one.column, name) in places
            for one in index.bindings(package).get(name, ())
        )

    def _named(self, module: str, path: str, fact: ImportFact) -> Iterator[str]:
        own = set(parents(module))
        base = self.graph.index.absolute(path, fact.module, fact.level) if fact.is_from else None
        for target in loaded_by(self.graph.index, path, fact):
            if target.rpartition(".")[0] == base and self._bound_instead(module, target):
                continue
            yield from (parent for parent in parents(target) if parent not in own)
            yield target
