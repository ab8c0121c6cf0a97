"""What the new import makes of the order in which modules are loaded: circles, and effects that did not happen before."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ssot.index.collect import known_facts
from ssot.index.graph import ImportGraph
from ssot.index.table import Index
from ssot.rewrite.circles import cycle_reason
from ssot.rewrite.collapsing.adjacent import disjoint
from ssot.rewrite.collapsing.ground import Ground
from ssot.rewrite.collapsing.loud import is_loud
from ssot.rewrite.collapsing.values import Objection
from ssot.rewrite.outcomes import Redirect, Splice

Splices = Mapping[str, Iterable[Splice]]


def index_after(ground: Ground, splices: Splices) -> Index:
    """The index of the tree with these edits made."""
    sources = ground.tree.sources
    return ground.index.with_facts(
        known_facts(
            path, sources[path].spliced((one.start, one.end, one.new) for one in disjoint(found, sources[path]))
        )
        for path, found in splices.items()
    )


def circle(ground: Ground, after: ImportGraph, module: str, target: str) -> Objection | None:
    """Whether loading `target` when `module` is loaded closes a circle."""
    redirect = Redirect(module, target, deferred=False, type_only=False, chain=False)
    reason = cycle_reason(module, redirect, ground.graph, after)
    if not reason:
        return None
    late = (
        "; importing it late would need a function around every use" if _imported_back(ground, module, target) else ""
    )
    return Objection("collapse-cycle", reason + late)


def _imported_back(ground: Ground, module: str, target: str) -> bool:
    return module in ground.graph.targets(target)


def new_effects(ground: Ground, module: str, target: str) -> list[str]:
    """Modules that `module` does not load today and would load with `target`, and whose loading others can notice."""
    graph = ground.graph
    bits = graph.closure(target) & ground.graph.effectful & ~graph.closure(module)
    return [one for one in graph.members(bits) if is_loud(ground, one)]
