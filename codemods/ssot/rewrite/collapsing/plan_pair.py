"""From pairs to edits: each pair is checked against the project as it will be with the pairs before it."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from ssot.audit.duplicates.comparison import Comparison, Verdict
from ssot.audit.duplicates.definitions import Definitions
from ssot.index.graph import ImportGraph
from ssot.index.table import Path, Symbol
from ssot.rewrite.collapsing.alias import alias, eager_uses_between
from ssot.rewrite.collapsing.checks import Checks, first, verdict_in_words
from ssot.rewrite.collapsing.fits import subset
from ssot.rewrite.collapsing.fold import Fold
from ssot.rewrite.collapsing.ground import Ground
from ssot.rewrite.collapsing.hierarchy import Hierarchy
from ssot.rewrite.collapsing.loading import circle, index_after, new_effects
from ssot.rewrite.collapsing.making import constructor, only_constructor
from ssot.rewrite.collapsing.merge import Brought, Merge
from ssot.rewrite.collapsing.values import Definition, Notice, Objection, Pair
from ssot.rewrite.outcomes import Splice
from ssot.rewrite.stage import Tree
from ssot.values import Safety

Splices = Mapping[str, Iterable[Splice]]
NONE: Splices = {}
SAME = frozenset({Verdict.IDENTICAL, Verdict.EQUIVALENT, Verdict.ADAPTER})


@dataclass(frozen=True)
class Done:
    """A duplicate that is collapsed by these edits."""

    path: str
    line: int
    splices: Mapping[str, tuple[Splice, ...]]
    notices: tuple[Notice, ...] = ()
    gains: bool = False  # the canonical one has members from it, without which its users could not do


@dataclass
class Collapse:
    """One run over all pairs."""

    tree: Tree
    pairs: tuple[Pair, ...]
    _accepted: dict[str, tuple[Splice, ...]] = field(default_factory=dict)
    _brought: dict[str, Brought] = field(default_factory=dict)  # what is on its way, by canonical class

    @cached_property
    def ground(self) -> Ground:
        return Ground(self.tree)

    @cached_property
    def hierarchy(self) -> Hierarchy:
        return Hierarchy(self.ground)

    def folds(self) -> dict[Pair, Done | Objection]:
        """What becomes of the pairs of which the canonical class inherits from the duplicate."""
        chosen = tuple(pair for pair in self.pairs if pair.duplicate in self.hierarchy.above(pair.canonical))
        return Collapse(self.tree, chosen).run({}) if chosen else {}

    def run(self, refused: Mapping[Pair, Objection]) -> dict[Pair, Done | Objection]:
        """What becomes of each pair; a refused one is no longer taken for its canonical one, so the rest is tried again."""
        refused = dict(refused)
        while True:
            self._accepted, self._brought = {}, {}
            equated = {pair.duplicate: pair.canonical for pair in self.pairs if pair not in refused}
            found: dict[Pair, Done | Objection] = {**refused}
            for pair in self.pairs:
                if pair not in refused:
                    found[pair] = self._one(pair, equated)
            fresh = {pair: why for pair, why in found.items() if isinstance(why, Objection) and pair not in refused}
            if not fresh or len(equated) == len(fresh):
                return found
            refused |= fresh

    def _one(self, pair: Pair, equated: Mapping[Symbol, Symbol]) -> Done | Objection:
        new, old = self.ground.definition(pair.canonical), self.ground.definition(pair.duplicate)
        if isinstance(new, Objection):
            return replace(new, reason=f"the canonical {new.reason}")
        if isinstance(old, Objection):
            return old
        if pair.duplicate in self.hierarchy.above(pair.canonical):  # no class is its own base
            above = self.hierarchy.above(pair.canonical)
            equated = {one: other for one, other in equated.items() if one not in above}
        checks = Checks(self.ground, self.hierarchy, self._definitions(equated))
        comparison = checks.comparison(pair)
        objection = first(checks.objections(pair, old, new, comparison))
        if objection is not None:
            return objection
        made = self._edits(pair, old, new, comparison, checks.definitions)
        if isinstance(made, Objection):
            return made
        for path, splices in made.items():
            self._accepted[path] = (*self._accepted.get(path, ()), *splices)
        gains = bool(comparison.extra) and pair.duplicate not in self.hierarchy.above(pair.canonical)
        return Done(old.path, old.line, made, tuple(checks.notices(pair, old, new, comparison)), gains)

    def _definitions(self, equated: Mapping[Symbol, Symbol]) -> Definitions:
        tree = self.tree
        return Definitions(tree.index, tree.sources, tree.is_test, tree.hands_off, equated)

    # -- edits

    def _edits(
        self, pair: Pair, old: Definition, new: Definition, comparison: Comparison, definitions: Definitions
    ) -> Mapping[str, tuple[Splice, ...]] | Objection:
        if pair.duplicate in self.hierarchy.above(pair.canonical):
            return self._folded(pair, old, new, comparison, definitions)
        if comparison.verdict in SAME:
            return self._aliased(pair, old, new)
        built = only_constructor(comparison)
        if pair.strategy == "alias" or not isinstance(old.node, ast.ClassDef):
            return Objection("collapse-verdict", verdict_in_words(comparison))
        if comparison.verdict not in (Verdict.SUPERSET, Verdict.SUBSET) and not built:
            return Objection("collapse-verdict", verdict_in_words(comparison))
        objection = constructor(self.ground, self.hierarchy, pair, old, new) if built else None
        objection = objection or subset(self.ground, self.hierarchy, pair, comparison)
        if objection is not None:
            return objection
        return (
            self._merged(pair, old, new, comparison, definitions) if comparison.extra else self._aliased(pair, old, new)
        )

    def _folded(
        self, pair: Pair, old: Definition, new: Definition, comparison: Comparison, definitions: Definitions
    ) -> Mapping[str, tuple[Splice, ...]] | Objection:
        """The canonical class takes over what it inherits from the duplicate."""
        if comparison.verdict is not Verdict.EQUIVALENT and (
            pair.strategy == "alias" or comparison.verdict is not Verdict.SUBSET
        ):
            return Objection("collapse-verdict", verdict_in_words(comparison))
        objection = subset(self.ground, self.hierarchy, pair, comparison)
        fold = Fold(self.ground, self.hierarchy, pair, old, new, definitions, Brought())
        return objection or self._moved(pair, old, new, fold, comparison)

    def _merged(
        self, pair: Pair, old: Definition, new: Definition, comparison: Comparison, definitions: Definitions
    ) -> Mapping[str, tuple[Splice, ...]] | Objection:
        taken = self._brought.setdefault(pair.key, Brought())
        merge = Merge(self.ground, self.hierarchy, pair, old, new, definitions, taken)
        made = self._moved(pair, old, new, merge, comparison)
        if not isinstance(made, Objection):
            taken.add(merge.brought)
        return made

    def _moved(
        self, pair: Pair, old: Definition, new: Definition, merge: Merge, comparison: Comparison
    ) -> Mapping[str, tuple[Splice, ...]] | Objection:
        moved = merge.plan(comparison)
        if isinstance(moved, Objection):
            return moved
        noise = [one for module in merge.loads for one in new_effects(self.ground, new.symbol.module, module)]
        if noise and not self.tree.unsafe:
            return Objection("needs-unsafe", f"{new.path} would load {noise[0]}, whose loading has effects")
        here = {new.path: tuple(replace(one, safety=Safety.UNSAFE) if noise else one for one in moved)}
        return self._aliased(pair, old, new, here, merge.loads)

    def _aliased(
        self, pair: Pair, old: Definition, new: Definition, besides: Splices = NONE, loads: Iterable[str] = ()
    ) -> Mapping[str, tuple[Splice, ...]] | Objection:
        """`besides`: the edits of the canonical one's file, whose new imports load `loads`."""
        folds = pair.duplicate in self.hierarchy.above(pair.canonical)
        if old.path == new.path:
            early = eager_uses_between(old, new, {id(base) for base in getattr(new.node, "bases", ()) if folds})
            if early:
                reason = f"line {early[0]} may need it before {new.symbol.name} is defined"
                return Objection("collapse-order", reason)
            edits = {old.path: tuple(alias(self.ground, pair, old, new, pair.target, tidy=False))}
            return self._verified(pair, joined(besides, edits), [(new.symbol.module, one) for one in loads])
        found: Mapping[str, tuple[Splice, ...]] | Objection = Objection("collapse-cycle", "")
        for target in dict.fromkeys([pair.target, (pair.canonical.module, pair.canonical.name)]):
            found = self._imported(pair, old, new, target, besides, loads)
            if not isinstance(found, Objection):
                return found
        return found

    def _imported(
        self, pair: Pair, old: Definition, new: Definition, target: Path, besides: Splices, loads: Iterable[str]
    ) -> Mapping[str, tuple[Splice, ...]] | Objection:
        noise = new_effects(self.ground, old.symbol.module, target[0])
        if noise and not self.tree.unsafe:
            reason = (
                f"importing {target[0]} here would load {noise[0]}, whose loading has effects, where it was not loaded"
            )
            return Objection("needs-unsafe", reason)
        splices = tuple(alias(self.ground, pair, old, new, target, tidy=self._alone(old)))
        if noise:
            splices = tuple(replace(one, safety=Safety.UNSAFE) for one in splices)
        edges = [(old.symbol.module, target[0]), *((new.symbol.module, one) for one in loads)]
        return self._verified(pair, joined({old.path: splices}, besides), edges)

    def _alone(self, old: Definition) -> bool:
        """Whether no other pair may change the same file, so that its import statements are this one's to edit."""
        modules = [m for pair in self.pairs for m in (pair.duplicate.module, pair.canonical.module)]
        return modules.count(old.symbol.module) == 1

    def _verified(
        self, pair: Pair, splices: Mapping[str, tuple[Splice, ...]], edges: Iterable[tuple[str, str]]
    ) -> Mapping[str, tuple[Splice, ...]] | Objection:
        """The edits, if with them and those before the name is the canonical object and no circle is closed."""
        index = index_after(self.ground, joined(self._accepted, splices))
        graph = ImportGraph(index)
        for module, target in edges:
            objection = circle(self.ground, graph, module, target)
            if objection is not None:
                return objection
        for path in {pair.declared, (pair.duplicate.module, pair.duplicate.name)}:
            if index.resolve(*path) != pair.canonical:
                return Objection(
                    "collapse-unresolved", f"{path[0]}:{path[1]} could not be followed to {pair.canonical} afterwards"
                )
        return splices


def joined(one: Mapping[str, Iterable[Splice]], other: Mapping[str, Iterable[Splice]]) -> dict[str, tuple[Splice, ...]]:
    return {path: (*one.get(path, ()), *other.get(path, ())) for path in one.keys() | other.keys()}
