"""Files in which a plan changes what is loaded when: modules that do something at import time would do it in another order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass

from ssot.index.graph import ImportGraph, looked_up, parents
from ssot.index.order import LoadOrder
from ssot.rewrite.outcomes import FilePlan, Redirect


@dataclass
class Disorder:
    """Two states of one project."""

    before: LoadOrder
    after: LoadOrder
    noisy: int
    kept: Set[tuple[str, str]]  # (file, module) that is imported in front of what was redirected

    def found(self, changed: Mapping[str, FilePlan]) -> Iterator[tuple[str, list[Redirect]]]:
        """Each file whose own edits are at fault, with the redirects that may be."""
        guilty = {path: found for path, plan in changed.items() if (found := list(self._guilty(path, plan)))}
        modules = {path: self.before.graph.index.module_of(path) for path in guilty}
        for path, found in guilty.items():
            if not any(self._below(modules[other], modules[path]) for other in guilty if other != path):
                yield path, found

    def _below(self, other: str, module: str) -> bool:
        """Whether a module loads another, and not the other way round: the other's edits are looked at first."""
        graph = self.before.graph
        return bool(graph.closure(module) & graph.bit(other)) and not graph.closure(other) & graph.bit(module)

    def _guilty(self, path: str, plan: FilePlan) -> Iterator[Redirect]:
        module = self.before.graph.index.module_of(path)
        suspects = [r for r in plan.redirects if not r.type_only and not r.chain and self._concerned(module, r)]
        early = [redirect for redirect in suspects if not redirect.deferred]
        candidates = early or [r for r in plan.redirects if r.deferred and not r.type_only and not r.chain]
        if candidates and self._moved(module):
            yield from candidates
        for redirect in suspects:
            if redirect.deferred and (path, redirect.source) not in self.kept and self._differs(module, redirect):
                yield redirect

    def _moved(self, module: str) -> bool:
        """Whether loading the module, one that calls its functions meanwhile, or one of its circle, which another may
        enter first, leaves its traces in another order."""
        before, after = self.before.graph, self.after.graph
        entries = (module, *before.script.callers.get(module, ()), *before.circle(module), *after.circle(module))
        return any(self.before.trace(one) != self.after.trace(one) for one in sorted({*entries}))

    def _concerned(self, module: str, redirect: Redirect) -> int:
        """The modules with effects that only one of source and target loads, or that they load in their own order."""
        before, after = self.before.graph, self.after.graph
        sources = self._sources(redirect)
        closed = before.closure(redirect.source) | before.closure(sources[-1])
        for gained in looked_up(after.index, redirect.target, redirect.becomes):
            closed |= after.closure(gained)
        either = (closed | after.closure(redirect.target)) & self.noisy
        for one, other in zip(_way_to(sources[-1]), _way_to(redirect.target), strict=False):
            if one != other or (before.closure(one) | after.closure(other)) & before.bit(module):
                break  # loaded on both ways before anything else, unless the module itself is part of that
            either &= ~(before.closure(one) & after.closure(other))
        if redirect.deferred:  # what the module has loaded when it was imported itself
            either &= ~(before.closure(module) & after.closure(module))
        return either

    def _sources(self, redirect: Redirect) -> list[str]:
        """What the old import loads: the module, and what that imports to look the name up."""
        return [redirect.source, *looked_up(self.before.graph.index, redirect.source, redirect.name)]

    def _differs(self, module: str, redirect: Redirect) -> bool:
        """An import that runs when it is needed: what it loads may be there by then, or not."""
        names = set(self.before.graph.members(self._concerned(module, redirect)))
        steps = (step for source in self._sources(redirect) for step in self.before.trace(source))
        was = list(dict.fromkeys(step for step in steps if step[0] in names))
        return was != [step for step in self.after.trace(redirect.target) if step[0] in names]


def _way_to(module: str) -> list[str]:
    return [*parents(module), module]


def compared(
    before: ImportGraph, after: ImportGraph, noisy: int, kept: Set[tuple[str, str]], watched: Set[str]
) -> Disorder:
    return Disorder(LoadOrder(before, noisy, watched), LoadOrder(after, noisy, watched), noisy, kept)
