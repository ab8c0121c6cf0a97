"""One codemod after the other, each on the tree that the one before left; each proved; together one plan for the base."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from ssot.declare.manifest import Manifest
from ssot.index.recursion import deep
from ssot.pipeline.ledger import Account
from ssot.pipeline.memory import without_collector
from ssot.pipeline.stages import Staged, run_stage
from ssot.pipeline.workspace import Workspace
from ssot.rewrite import collapse_duplicates, deprecation_shims, generated_tests, import_stage
from ssot.rewrite.assemble import Wanted, assemble
from ssot.rewrite.compose import Piece, Topic, compose
from ssot.rewrite.stage import Codemod, Created
from ssot.values import Plan, Snapshot

CODEMODS: tuple[Codemod, ...] = (  # in the order in which they run
    collapse_duplicates.CODEMOD,
    import_stage.CODEMOD,
    deprecation_shims.CODEMOD,
    generated_tests.CODEMOD,
)


def plan_snapshot(snapshot: Snapshot, manifest: Manifest, *, unsafe: bool = False, only: Collection[str] = ()) -> Plan:
    """The proved plan for one tree."""
    return plan_workspace(Workspace(snapshot, manifest), unsafe=unsafe, only=only)


def plan_workspace(workspace: Workspace, *, unsafe: bool = False, only: Collection[str] = ()) -> Plan:
    """The proved plan; ``only`` names codemods, none means all."""
    return plan_with(workspace, [codemod for codemod in CODEMODS if not only or codemod.name in only], unsafe=unsafe)


@deep
def plan_with(workspace: Workspace, codemods: Sequence[Codemod], *, unsafe: bool = False) -> Plan:
    """The proved plan of these codemods, in this order."""
    with without_collector():
        stages = _stable(workspace, codemods, unsafe)
        wanted = _Joint(workspace).wanted(stages)
    everything = {**workspace.texts, **workspace.sources}
    return assemble(codemods, wanted, everything, workspace.snapshot.commit, workspace.snapshot.tree)


def _stages(workspace: Workspace, codemods: Sequence[Codemod], unsafe: bool, held: Mapping[str, str]) -> list[Staged]:
    stages = []
    for codemod in codemods:
        staged = run_stage(codemod, workspace, unsafe, held.get(codemod.name, ""))
        stages.append(staged)
        workspace = staged.after
    return stages


def _stable(workspace: Workspace, codemods: Sequence[Codemod], unsafe: bool) -> list[Staged]:
    """Gate 8 over all codemods: none of them has anything more to do on the result of all.

    Each has been shown to be stable on its own result; what a later one wrote may concern an earlier one.
    """
    held: dict[str, str] = {}
    while True:
        stages = _stages(workspace, codemods, unsafe, held)
        active = [stage for stage in stages if stage.edits]
        if len(active) < 2 or not any(
            run_stage(codemod, stages[-1].after, unsafe).edits for codemod in codemods if not codemod.foreign
        ):
            return stages
        held[active[-1].codemod.name] = "a second run of all codemods would change the result again"


@dataclass
class _Joint:
    """The stages' edits as edits of the base."""

    base: Workspace
    pieces: dict[str, tuple[Piece, ...]] = field(default_factory=dict)
    created: dict[str, tuple[str, Created]] = field(default_factory=dict)
    deleted: set[str] = field(default_factory=set)
    joined: list[frozenset[Topic]] = field(default_factory=list)
    concerned: dict[tuple[str, str], set[str]] = field(default_factory=dict)  # file, symbol -> who edits it there

    def wanted(self, stages: Sequence[Staged]) -> Wanted:
        account = Account(self.base)
        for staged in stages:
            account.add(staged, self.pieces)
            for path, pieces in staged.pieces().items():
                self._add(path, pieces)
                self._note(staged.codemod.name, path, pieces)
            for path, created in staged.outcome.created.items():
                self.created[path] = (staged.codemod.name, created)
            self.deleted |= staged.outcome.deleted.keys()
            names = [stage.codemod.name for stage in stages]
            self.joined += [frozenset((name, key) for name in names) for key in staged.outcome.inseparable]
        self.joined += self._shared(stages)
        there = {topic for pieces in self.pieces.values() for piece in pieces for topic in piece.topics}
        joined = tuple(group & there for group in self.joined if group & there)
        return Wanted(self.pieces, account.settled(), self.created, frozenset(self.deleted), joined)

    def _add(self, path: str, pieces: Sequence[Piece]) -> None:
        source = self.base.sources.get(path) or self.base.texts[path]
        self.pieces[path] = compose(source.u8, self.pieces.get(path, ()), pieces)

    def _note(self, codemod: str, path: str, pieces: Sequence[Piece]) -> None:
        for _, key in {topic for piece in pieces for topic in piece.topics}:
            self.concerned.setdefault((path, key), set()).add(codemod)

    def _shared(self, stages: Sequence[Staged]) -> list[frozenset[Topic]]:
        """A definition that becomes a shim in one go: the imports that avoid the shim belong to the same commit."""
        whole = {collapse_duplicates.CODEMOD.name, deprecation_shims.CODEMOD.name}
        keys = {key for (_, key), names in self.concerned.items() if names >= whole}
        found = [frozenset((stage.codemod.name, key) for stage in stages) for key in sorted(keys)]
        for pieces in self.pieces.values():
            for piece in pieces:
                for key in {key for _, key in piece.topics}:
                    if len({name for name, other in piece.topics if other == key}) > 1:
                        found.append(frozenset((stage.codemod.name, key) for stage in stages))
        return found
