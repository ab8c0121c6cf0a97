"""Everything that can stand against a pair, in the order in which a person would want to hear it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ssot.audit.duplicates.compare import compare
from ssot.audit.duplicates.comparison import Comparison, Level, Verdict
from ssot.audit.duplicates.definitions import Definitions
from ssot.index.table import Symbol
from ssot.rewrite.collapsing import equality, identity, naming, registering, state
from ssot.rewrite.collapsing.extent import shares_line
from ssot.rewrite.collapsing.ground import Ground
from ssot.rewrite.collapsing.handed import Handed
from ssot.rewrite.collapsing.hierarchy import Hierarchy, descendants_that_break
from ssot.rewrite.collapsing.reach import Reach
from ssot.rewrite.collapsing.reported import reported
from ssot.rewrite.collapsing.surroundings import postponed
from ssot.rewrite.collapsing.values import Definition, Notice, Objection, Pair

_MIGRATIONS = re.compile(r"(?:^|/)(?:migrations|alembic|versions)/")
_SHOWN = 3  # rows of the evidence named in a reason


@dataclass
class Checks:
    """One pair against the project. ``equated``: the other duplicates that will be one with their canonical ones."""

    ground: Ground
    hierarchy: Hierarchy
    definitions: Definitions

    def comparison(self, pair: Pair) -> Comparison:
        return compare(self.definitions, pair.canonical, pair.duplicate)

    def objections(self, pair: Pair, old: Definition, new: Definition, comparison: Comparison) -> Iterator[Objection]:
        """Whatever the verdict is, these rule the collapse out."""
        yield from self._place(old, new)
        yield from state.registered(self.ground, self.hierarchy, old)
        adapter = pair.canonical in self.hierarchy.above(pair.duplicate)
        thin = comparison.verdict is Verdict.ADAPTER
        yield from state.objections(self.ground, pair, old, new, adapter=adapter, thin=thin)
        yield from identity.named(self.ground, pair, old, adapter=thin)
        yield from identity.assigned(self.ground, pair)
        yield from registering.kept(self.ground, pair)
        yield from naming.shown(self.ground, self.hierarchy, pair)
        alike = comparison.verdict is Verdict.IDENTICAL and ast.dump(old.node) == ast.dump(new.node)
        if not alike or postponed(old.view) is not postponed(new.view):
            yield from naming.reflected(self.ground, self.hierarchy, pair)
        if isinstance(old.node, ast.ClassDef):
            yield from naming.private_names(self.ground, self.hierarchy, pair, old)
        yield from naming.caught_and_shown(self.ground, self.hierarchy, pair)
        yield from naming.virtual(self.ground, pair)
        yield from identity.told_apart(self.ground, pair)
        yield from equality.equated(self.ground, self.hierarchy, pair, old)
        yield from naming.listed_with_module(self.ground, pair)
        yield from equality.gathered(self.ground, self.hierarchy, pair, old)
        yield from equality.kept(self.ground, self.hierarchy, pair, old)
        yield from identity.inner_classes(self.ground, old)
        if not self.ground.tree.unsafe:
            yield from self._arms_reached(pair, adapter=adapter)
        yield from Handed(self.ground, self.hierarchy, pair).objections()
        if isinstance(old.node, ast.ClassDef):
            yield from self._inheritance(pair)
        for blocker in comparison.blockers:
            yield Objection("collapse-blocked", f"{blocker.path}:{blocker.line} {blocker.reason} ({blocker.code})")

    def _place(self, old: Definition, new: Definition) -> Iterator[Objection]:
        tree = self.ground.tree
        setting = tree.hands_off(old.path)
        if setting:
            yield Objection("collapse-left-alone", f"{old.path} is not to be edited: {setting}")
        if _MIGRATIONS.search(old.path):
            yield Objection("collapse-left-alone", f"{old.path} is a migration: what it says is what was run")
        if old.path == new.path and old.symbol.module != new.symbol.module:
            yield Objection("collapse-same-file", f"both are {old.path}, imported under two module names")
        stub = re.sub(r"\.py$", ".pyi", old.path)
        if stub != old.path and stub in tree.paths:
            yield Objection(
                "collapse-stub", f"{stub} describes the module for type checkers and would no longer be right"
            )
        if shares_line(old):
            yield Objection("collapse-layout", f"{old.path}:{old.line} shares its line with other code")

    def _inheritance(self, pair: Pair) -> Iterator[Objection]:
        becomes = {pair.duplicate: pair.canonical}
        if pair.duplicate in self.hierarchy.above(pair.canonical):
            return  # asked where the canonical class takes over what it inherits
        for symbol in descendants_that_break(self.hierarchy, becomes):
            yield Objection(
                "collapse-both-bases", f"{symbol} could not be defined any more: its bases would have no order"
            )
        if pair.canonical not in self.hierarchy.above(pair.duplicate):
            for symbol in sorted(self.hierarchy.below(pair.duplicate) & self.hierarchy.below(pair.canonical), key=str):
                yield Objection("collapse-both-bases", f"{symbol} inherits from both")
        for use in (*self.ground.uses(pair.duplicate), *self.ground.uses(pair.canonical)):
            bases = self.hierarchy.written_bases(use)
            if bases and self.hierarchy.breaks(bases, becomes):
                reason = f"{use.path}:{use.line} could not be defined any more: its bases would have no order"
                yield Objection("collapse-both-bases", reason)

    def _arms_reached(self, pair: Pair, *, adapter: bool) -> Iterator[Objection]:
        """Tests of one class that objects of the other may come to: these would have another outcome."""
        old, new = identity.arms(self.ground, pair)
        others = self.hierarchy.below(pair.duplicate) | {pair.duplicate}
        made = frozenset({pair.canonical} | (self.hierarchy.below(pair.canonical) - others))
        if pair.canonical in others:  # its objects were of the duplicate's class all along
            others -= {pair.canonical, *self.hierarchy.below(pair.canonical)}
        else:
            yield from self._reached(old, made)
        if not adapter:  # objects of an adapter were of the canonical class all along
            yield from self._reached(new, frozenset(others))

    def _reached(self, arms: list[identity.Arm], made: frozenset[Symbol]) -> Iterator[Objection]:
        if not arms:
            return
        reach = Reach.of(self.ground, self.hierarchy, made, loose=True)
        for arm in arms:
            raised = arm.tested is None and "raise" in reach.results
            if raised or (arm.tested is not None and reach.may(arm.use.view, arm.tested)):
                reason = f"objects of the other class may come to the test in {arm.use.path}:{arm.use.line}"
                yield Objection("collapse-arm-reached", reason)

    def notices(self, pair: Pair, old: Definition, new: Definition, comparison: Comparison) -> Iterator[Notice]:
        """Places that a person should look at after the collapse."""
        yield from reported(self.ground, self.hierarchy, pair, old, new, comparison)
        yield from identity.compared(self.ground, pair)
        of_old, of_new = identity.arms(self.ground, pair)
        twins = pair.canonical not in self.hierarchy.above(pair.duplicate)
        if pair.duplicate in self.hierarchy.above(pair.canonical):
            of_old = []
        for arm in [*of_old, *(of_new if twins else ())]:
            reason = f"this test is true of every {pair.key} and every {pair.text} from now on"
            yield Notice("collapse-wider-test", arm.use.path, arm.use.line, reason)


def verdict_in_words(comparison: Comparison) -> str:
    """The verdict with the first rows of evidence."""
    rows = [row for row in comparison.rows if row.level in (Level.CONFLICT, Level.EXTRA)]
    worst = sorted(rows, key=lambda row: row.level is not Level.CONFLICT)
    shown = [f"{row.aspect}: {row.note or _sides(row.canonical, row.duplicate)}" for row in worst[:_SHOWN]]
    more = f"; and {len(worst) - _SHOWN} more" if len(worst) > _SHOWN else ""
    listed = f": {'; '.join(shown)}{more}" if shown else ""
    return f"the comparison says {comparison.verdict}{listed}"


def _sides(one: str, other: str) -> str:
    return f"{one or 'nothing'} there, {other or 'nothing'} here"


def first(found: Iterable[Objection]) -> Objection | None:
    return next(iter(found), None)
