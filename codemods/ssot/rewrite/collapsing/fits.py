"""Whether the uses of a duplicate fit a canonical class that has more than it."""

from __future__ import annotations

import re

from ssot.audit.duplicates.comparison import Comparison, Level
from ssot.rewrite.collapsing.ground import Ground
from ssot.rewrite.collapsing.hierarchy import Hierarchy
from ssot.rewrite.collapsing.noticed import listed, noticed, stored, stores
from ssot.rewrite.collapsing.reach import Reach
from ssot.rewrite.collapsing.values import Objection, Pair


def subset(ground: Ground, hierarchy: Hierarchy, pair: Pair, comparison: Comparison) -> Objection | None:
    """Members that only the canonical one has must not be noticed by users of the duplicate."""
    if any(row.level is Level.MISSING for row in comparison.rows):
        makes = frozenset({pair.duplicate})
        reach = (Reach.of(ground, hierarchy, makes, itself=itself) for itself in (False, True))
        reason = next(filter(None, map(listed, reach)), "")
        if reason:
            return Objection("collapse-subset", f"the canonical one has more, and {reason}")
    for row in comparison.rows:
        if row.level is not Level.MISSING:
            continue
        name = row.aspect.partition(" ")[2]
        if not name.isidentifier() or name.startswith("__"):
            return Objection("collapse-subset", f"{row.aspect} of {pair.key} would change what objects of it do")
        objection = meets(ground, hierarchy, pair, name)
        if objection is not None:
            return objection
    return None


def meets(ground: Ground, hierarchy: Hierarchy, pair: Pair, name: str) -> Objection | None:
    """Whether somebody asks for the name, or subclasses of the duplicate, or code that has one, use it for something else."""
    reason = noticed(ground, name)
    if reason:
        return Objection("collapse-subset", reason)
    word = re.compile(rb"\b" + name.encode() + rb"\b")
    canonical = {pair.canonical, *hierarchy.below(pair.canonical)}
    for symbol in sorted(hierarchy.below(pair.duplicate) - canonical, key=str):
        found = ground.definition(symbol)
        if isinstance(found, Objection) or word.search(found.view.source.segment(found.node)):
            return Objection("collapse-subset", f"{symbol} inherits from it and has a {name} of its own")
        others = hierarchy.above(symbol) - {pair.duplicate, *hierarchy.above(pair.duplicate)}
        if others - hierarchy.below(pair.duplicate) or b"__getattr__" in found.view.source.segment(found.node):
            return Objection("collapse-subset", f"{symbol} inherits from it and may get {name} from elsewhere")
    for path in sorted({use.path for use in ground.uses(pair.duplicate)}):
        if word.search(ground.tree.sources[path].u8) and any(stores(ground.view(path).tree, name)):
            return Objection("collapse-subset", f"{path} sets an attribute {name}")
    reason = stored(Reach.of(ground, hierarchy, frozenset({pair.duplicate})), name)
    return Objection("collapse-subset", reason) if reason else None
