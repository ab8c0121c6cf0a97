"""Gate 6: no new circle of imports that run at load time, and none that breaks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ssot.index.graph import ImportGraph


def new_cycles(before: ImportGraph, after: ImportGraph, paths: Iterable[str]) -> Iterator[str]:
    """The changed files whose imports close a circle, or break one."""
    for path in paths:
        module = after.index.module_of(path)
        circles = [target for target in _asked_anew(before, after, path, module) if after.same_cycle(module, target)]
        fresh = any(not before.same_cycle(module, target) for target in circles)
        asks = bool(circles) or not _evaluated(after, path) <= _evaluated(before, path)
        if fresh or (asks and any(after.failures(one) - before.failures(one) for one in after.cycle(module))):
            yield path


def _asked_anew(before: ImportGraph, after: ImportGraph, path: str, module: str) -> set[str]:
    """Modules that the file loads, or takes a name from, as it did not before."""
    loaded = set(after.targets(module)) - set(before.targets(module))
    asked = _asked(after, path) - _asked(before, path)
    return loaded | {base for base, _ in asked}


def _evaluated(graph: ImportGraph, path: str) -> set[str]:
    """Chains that a file evaluates when it is loaded, by which it may ask modules for names that are not there yet."""
    facts = graph.index.facts.get(path)
    return {run.dotted for run in facts.runs} if facts else set()


def _asked(graph: ImportGraph, path: str) -> set[tuple[str, str]]:
    """Names that a file takes from modules when it is loaded."""
    facts = graph.index.facts.get(path)
    found = set()
    for fact in facts.imports if facts else ():
        if fact.is_from and not fact.where.deferred and not fact.where.type_only:
            base = graph.index.absolute(path, fact.module, fact.level)
            found |= {(base, name.name) for name in fact.names if base is not None}
    return found
