"""Import circles that a plan would close, or in which something would be asked for before it is there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from ssot.index.graph import ImportGraph, loaded_by, parents
from ssot.index.simulation import Failure
from ssot.rewrite.outcomes import FilePlan, Redirect

CycleReason = Callable[[str, Redirect, ImportGraph, ImportGraph], str]  # module, redirect, before, after


@dataclass(frozen=True)
class Circles:
    """Both states of one project, and a third that lacks the edits of one file."""

    before: ImportGraph
    after: ImportGraph
    without: Callable[[str], ImportGraph]

    def broken(self, changed: Mapping[str, FilePlan]) -> Iterator[tuple[str, str]]:
        """File and target module of the redirects at fault; every way into each circle is tried out."""
        modules = {self.after.index.module_of(path): path for path in changed}
        for entry in self._entries(changed.values(), modules.keys()):
            fresh, mended = self._fresh(entry), self._mended(entry)
            if fresh or mended or self._shaken(entry):
                suspects = [modules[one] for one in self._begun(entry) if one in modules]
                for path in self._guilty(entry, fresh, mended, suspects):
                    yield from ((path, target) for target in self._targets(changed[path], entry))

    def _fresh(self, entry: str) -> frozenset[Failure]:
        return self.after.shortfalls(entry) - self.before.shortfalls(entry)

    def _mended(self, entry: str) -> frozenset[Failure]:
        """What certainly comes too late today and would no longer: stars would take it, no ``except`` would make up for it."""
        today = self.before.simulation(entry)
        stars = today.short
        mended = frozenset(today.failures | stars) - self.after.shortfalls(entry)
        bits = self._expected if mended - stars else 0
        return frozenset(one for one in mended if one in stars or self.before.bit(one[0]) & bits)

    def _shaken(self, entry: str) -> bool:
        """Whether something fails that the program goes on without, and loads again, while anybody loads other things."""
        failed = self.before.simulation(entry).failures & self.after.simulation(entry).failures
        bits = self.before.bits(asking for asking, _ in failed)
        bits &= self._tried(self.before.simulation(entry).begun) if bits else 0
        return bool(bits) and any(self._loaded_otherwise(one) & bits for one in self._begun(entry))

    def _tried(self, modules: Iterable[str]) -> int:
        """What some modules load in a ``try`` while they are loaded, with themselves, as bits."""
        bits = 0
        for module in modules:
            facts = self.before.index.module_facts(module)
            for fact in facts.imports if facts else ():
                if not fact.where.deferred and any(guard.startswith("try:") for guard in fact.where.guards):
                    bits |= self.before.bit(module)
                    for target in loaded_by(self.before.index, facts.path if facts else "", fact):
                        bits |= self.before.closure(target)
        return bits

    def _loaded_otherwise(self, module: str) -> int:
        """What imports of a module load that only one of both states has, as bits."""
        was, becomes = _loads(self.before, module), _loads(self.after, module)
        bits = 0
        for graph, fresh in ((self.before, was - becomes), (self.after, becomes - was)):
            for target in fresh:
                bits |= graph.closure(target)
        return bits

    @cached_property
    def _expected(self) -> int:
        """The modules in which an import may fail and the program goes on, as bits of the graph before."""
        bits = 0
        for path, facts in self.before.index.facts.items():
            for fact in facts.imports:
                if any(guard.startswith(("try:", "suppress:", "raises:")) for guard in fact.where.guards):
                    bits |= self.before.bit(self.before.index.module_of(path))
                    for target in loaded_by(self.before.index, path, fact):
                        bits |= self.before.closure(target)
        return bits

    def _begun(self, entry: str) -> list[str]:
        """The modules that are loaded with one, in either state."""
        return list(dict.fromkeys([*self.after.begun(entry), *self.before.begun(entry)]))

    def _entries(self, plans: Collection[FilePlan], modules: Collection[str]) -> list[str]:
        """Modules to begin with: those of the circles concerned, if they load what is changed."""
        targets = {r.target for plan in plans for r in plan.redirects if not r.type_only}
        concerned = [*modules, *targets]
        circles = {tuple(c) for one in concerned for c in (self.before.circle(one), self.after.circle(one)) if c}
        entries = dict.fromkeys(entry for circle in sorted(circles) for entry in circle)
        return [entry for entry in entries if not set(modules).isdisjoint(self._begun(entry))]

    def _guilty(
        self, entry: str, fresh: frozenset[Failure], mended: frozenset[Failure], suspects: list[str]
    ) -> list[str]:
        """Files without whose edits less would differ; all of them, where no single one is to blame."""
        without = {path: self.without(path).shortfalls(entry) for path in suspects}
        return [path for path in suspects if not fresh <= without[path] or mended & without[path]] or suspects

    def _targets(self, plan: FilePlan, entry: str) -> list[str]:
        circle = {*self.after.circle(entry)}
        targets = list(dict.fromkeys(r.target for r in plan.redirects if r.chain or not r.type_only))
        return [one for one in targets if one in circle or not circle.isdisjoint(parents(one))] or targets


def _loads(graph: ImportGraph, module: str) -> Counter[str]:
    """What each import of a module loads, again or for the first time."""
    facts = graph.index.module_facts(module)
    eager = (f for f in facts.imports if not f.where.deferred and not f.where.type_only) if facts else ()
    return Counter(target for fact in eager for target in graph.script.loads(facts.path if facts else "", fact))


def cycle_reason(module: str, redirect: Redirect, before: ImportGraph, after: ImportGraph) -> str:
    """Why loading the target when `module` is imported closes a circle that was not there, or that now breaks."""
    found = (reason(module, redirect, before, after) for reason in CYCLE_REASONS)
    return next(filter(None, found), "")


def _closes(module: str, redirect: Redirect, before: ImportGraph, after: ImportGraph) -> str:
    fresh = any(not before.same_cycle(module, loaded) for loaded in _in_circle(module, redirect, after))
    return f"importing {redirect.target} here would make a circle: it imports {module} in turn" if fresh else ""


def _breaks(module: str, redirect: Redirect, before: ImportGraph, after: ImportGraph) -> str:
    """Any way into the circle is tried out before and after."""
    if not any(_in_circle(module, redirect, after)):
        return ""
    if any(after.failures(entry) - before.failures(entry) for entry in after.cycle(module)):
        return f"importing {redirect.target} here would break the import circle that {module} is part of"
    return ""


def _enters_broken(module: str, redirect: Redirect, before: ImportGraph, after: ImportGraph) -> str:
    target = redirect.target
    if len(after.cycle(target)) > 1 and after.failures(target) - before.failures(redirect.source):
        return f"{target} is part of an import circle that does not work from there"
    return ""


def _in_circle(module: str, redirect: Redirect, after: ImportGraph) -> Iterator[str]:
    """What an import loads that loads the importing module in turn."""
    own = {module, *parents(module)}
    for loaded in (*parents(redirect.target), redirect.target):
        if (loaded not in own or loaded == redirect.target) and after.same_cycle(module, loaded):
            yield loaded


# The first is the file's own doing; what the others see may be the doing of another file, so that they come later.
CYCLE_REASONS: tuple[CycleReason, ...] = (_closes, _breaks, _enters_broken)
