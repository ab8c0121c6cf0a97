"""Import circles that a plan would close, or in which something would be asked for before it is there."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass

from ssot.index.graph import ImportGraph, parents
from ssot.rewrite.outcomes import FilePlan, Redirect


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
            fresh = self.after.shortfalls(entry) - self.before.shortfalls(entry)
            if fresh:
                suspects = [modules[one] for one in self.after.simulation(entry).begun if one in modules]
                for path in self._guilty(entry, fresh, suspects):
                    yield from ((path, target) for target in self._targets(changed[path], entry))

    def _entries(self, plans: Collection[FilePlan], modules: Collection[str]) -> list[str]:
        """Modules to begin with: those of the circles concerned, if they load what is changed."""
        targets = {r.target for plan in plans for r in plan.redirects if not r.type_only}
        circles = {tuple(circle) for one in (*modules, *targets) if (circle := self.after.circle(one))}
        loaded = (
            (entry, self.before.simulation(entry).begun.keys() | self.after.simulation(entry).begun.keys())
            for circle in sorted(circles)
            for entry in circle
        )
        return [entry for entry, begun in loaded if not begun.isdisjoint(modules)]

    def _guilty(self, entry: str, fresh: frozenset[tuple[str, str]], suspects: list[str]) -> list[str]:
        """Files without whose edits less would fail; all of them, where no single one is to blame."""
        alone = [path for path in suspects if not fresh <= self.without(path).shortfalls(entry)]
        return alone or suspects

    def _targets(self, plan: FilePlan, entry: str) -> list[str]:
        circle = {*self.after.circle(entry)}
        targets = list(dict.fromkeys(r.target for r in plan.redirects if r.chain or not r.type_only))
        return [one for one in targets if one in circle or not circle.isdisjoint(parents(one))] or targets


def cycle_reason(module: str, redirect: Redirect, before: ImportGraph, after: ImportGraph) -> str:
    """Why loading the target when `module` is imported closes a circle that was not there, or that now breaks."""
    target = redirect.target
    own = {module, *parents(module)}
    for loaded in (*parents(target), target):
        if loaded in own and loaded != target:
            continue
        if not after.same_cycle(module, loaded):
            continue
        if not before.same_cycle(module, loaded):
            return f"importing {target} here would make a circle: it imports {module} in turn"
        if _breaks(module, before, after):
            return f"importing {target} here would break the import circle that {module} is part of"
    if len(after.cycle(target)) > 1 and after.failures(target) - before.failures(redirect.source):
        return f"{target} is part of an import circle that does not work from there"
    return ""


def _breaks(module: str, before: ImportGraph, after: ImportGraph) -> bool:
    """Whether any way into the circle, tried out before and after, fails where it did not."""
    return any(after.failures(entry) - before.failures(entry) for entry in after.cycle(module))
