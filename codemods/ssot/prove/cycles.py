"""Gate 6: no new circle of imports that run at load time, and none that breaks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ssot.index.graph import ImportGraph


def new_cycles(before: ImportGraph, after: ImportGraph, paths: Iterable[str]) -> Iterator[str]:
    """The changed files whose imports close a circle, or break one."""
    for path in paths:
        module = after.index.module_of(path)
        circles = [target for target in _asked_anew(before, after, path, module) if after.same_cycle(module, target)]
        if not circles:
            continue
        fresh = any(not before.same_cycle(module, target) for target in circles)
        if fresh or any(after.failures(entry) - before.failures(entry) for entry in after.cycle(module)):
            yield path


def _asked_anew(before: ImportGraph, after: ImportGraph, path: str, module: str) -> set[str]:
    """Modules that the file loads, or takes a name from, as it did not before."""
    loaded = set(after.targets(module)) - set(before.targets(module))
    asked = _asked(after, path) - _asked(before, path)
    return loaded | {base for base, _ in asked}


def _asked(graph: ImportGraph, path: str) -> set[tuple[str, str]]:
    """Names that a file takes from modules when it is loaded."""
    facts = graph.index.facts.get(path)
    found = set()
    for fact in facts.imports if facts else ():
        if fact.is_from and not fact.where.deferred and not fact.where.type_only:
            base = graph.index.absolute(path, fact.module, fact.level)
            found |= {(base, name.name) for name in fact.names if base is not None}
    return found
