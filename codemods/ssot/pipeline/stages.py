"""One codemod on one tree: plan, prove, and leave alone what can't be proved."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from ssot.audit.governance import Governance
from ssot.declare.manifest import Manifest
from ssot.index.source import Source
from ssot.index.table import Denotation, Module, Symbol
from ssot.pipeline.licence import warrant
from ssot.pipeline.workspace import Workspace
from ssot.prove.foreign import ForeignProver
from ssot.prove.gates import Failure
from ssot.prove.proof import Changed, Prover
from ssot.rewrite.compose import Piece
from ssot.rewrite.continued import continued
from ssot.rewrite.outcomes import Fate, Occurrence, Splice
from ssot.rewrite.stage import Codemod, Outcome, Tree
from ssot.values import Blob, Edit

MAX_ROUNDS = 5  # in which a codemod may go on from its own result


@dataclass(frozen=True)
class Staged:
    """What one codemod does to one tree, proved."""

    codemod: Codemod
    before: Workspace
    outcome: Outcome
    prover: Prover

    @cached_property
    def edits(self) -> tuple[Changed, ...]:
        return tuple(changes(self.outcome, self.before))

    @cached_property
    def after(self) -> Workspace:
        """The tree that it leaves."""
        return evolved(self.before, self.edits, self.prover) if self.edits else self.before

    def pieces(self) -> dict[str, list[Piece]]:
        """Its edits on behalf of their topics, relative to its own tree."""
        found = {plan.path: [self._piece(one) for one in plan.splices] for plan in self.outcome.plans.values()}
        for path, keys in self.outcome.deleted.items():
            whole = Splice(0, len(_source(self.before, path).u8), b"", keys)
            found[path] = [self._piece(whole)]
        return {path: pieces for path, pieces in found.items() if pieces}

    def _piece(self, one: Splice) -> Piece:
        topics = frozenset((self.codemod.name, key) for key in one.keys)
        return Piece(one.start, one.end, one.new, topics, one.safety)


def tree_of(work: Workspace, unsafe: bool = False, settled: Iterable[str] = ()) -> Tree:
    return Tree(
        work.manifest or Manifest(),
        work.index,
        work.governance,
        work.sources,
        work.texts,
        frozenset(work.blobs),
        work.hands_off,
        work.is_test,
        work.snapshot.day,
        unsafe,
        frozenset(settled),
        work.progress,
        work.unread,
        work.trees,
    )


def run_stage(codemod: Codemod, work: Workspace, unsafe: bool, held: str = "") -> Staged:
    """`held`: why everything that the codemod wants is to be left alone; empty where nothing speaks against it."""
    outcome = codemod.plan(tree_of(work, unsafe))
    prover = (ForeignProver if codemod.foreign else Prover)(
        work.index,
        allowed_repairs(work.governance),
        warrant(codemod.needs, work.manifest or Manifest(), work.index, work.governance),
        work.sources,
    )
    if held:
        paths = [plan.path for plan in outcome.plans.values() if plan.splices]
        outcome = _without(outcome, dict.fromkeys(paths, Failure("gate-stable", held)), atomic=False)
        return Staged(codemod, work, replace(outcome, created={}, deleted={}), prover)
    return Staged(codemod, work, _Proof(codemod, work, prover, unsafe).settled(outcome), prover)


@dataclass
class _Proof:
    """Takes back what can't be proved, and takes in what a second run would find, until neither is left."""

    codemod: Codemod
    work: Workspace
    prover: Prover
    unsafe: bool
    refused: set[str] = field(default_factory=set)  # each file is named once, so that this comes to an end
    rounds: int = 0

    def settled(self, outcome: Outcome) -> Outcome:
        atomic = self.codemod.atomic
        while True:
            failures = self.unproved(outcome)
            if not failures and not self.codemod.foreign and changes(outcome, self.work):
                again = self.again(outcome)
                grown = self.grown(outcome, again) if self.codemod.continues else None
                if grown is not None:
                    outcome = grown
                    continue
                failures = self.unstable(again)
            if not failures:
                return outcome
            outcome = _without(outcome, failures, atomic=atomic)
            # an atomic outcome has lost the edits of the first file only; what fails beside it has to fail again
            self.refused |= {min(failures)} if atomic else failures.keys()

    def unproved(self, outcome: Outcome) -> dict[str, Failure]:
        changed = changes(outcome, self.work)
        failures = self.prover.failures(changed) if changed else {}
        return {path: failure for path, failure in failures.items() if path not in self.refused}

    def again(self, outcome: Outcome) -> Outcome:
        """What planning gives on the result."""
        # A file in which nothing was fragmented has nothing to plan, whatever happened elsewhere; but for what made a
        # declared path exist, which may go another way now.
        settled = (
            frozenset[str]()
            if self.codemod.atomic
            else {p.path for p in outcome.plans.values() if all(map(_stays_ignored, p.occurrences))}
        )
        after = evolved(self.work, changes(outcome, self.work), self.prover)
        return self.codemod.plan(tree_of(after, self.unsafe, settled))

    def grown(self, outcome: Outcome, again: Outcome) -> Outcome | None:
        """The outcome with what a second run adds; None where that adds nothing, or nothing that can be proved."""
        more = {path: plan for path, plan in again.plans.items() if plan.splices and path not in self.refused}
        while more and self.rounds < MAX_ROUNDS:
            both = continued(outcome, replace(again, plans=more), lambda path: _source(self.work, path))
            failures = self.unproved(both)
            if not failures:
                self.rounds += 1
                return both
            more = {path: plan for path, plan in more.items() if path not in failures} if more.keys() & failures else {}
        return None

    def unstable(self, again: Outcome) -> dict[str, Failure]:
        """Gate 8: planning again on the result gives nothing, but for what has been refused already."""
        failure = Failure("gate-stable", "a second run would change the file again")
        changed = {plan.path for plan in again.plans.values() if plan.splices}
        return dict.fromkeys(sorted((changed | again.created.keys() | again.deleted.keys()) - self.refused), failure)


def _stays_ignored(occurrence: Occurrence) -> bool:
    return occurrence.fate is Fate.IGNORED and occurrence.code != "provider"


def _without(outcome: Outcome, failures: Mapping[str, Failure], *, atomic: bool) -> Outcome:
    """The outcome less the files that fail; for an atomic codemod, less all that is done for the same symbols."""
    if not atomic:
        plans = dict(outcome.plans)
        for path, failure in failures.items():
            if path in plans:
                plans[path] = plans[path].without_edits(failure.code, failure.reason)
        keep = {path: file for path, file in outcome.created.items() if path not in failures}
        kept = {path: keys for path, keys in outcome.deleted.items() if path not in failures}
        return replace(outcome, plans=plans, created=keep, deleted=kept)
    path, failure = min(failures.items())
    keys = _with_mates(outcome, _keys(outcome, path))
    reason = f"{path}: {failure.reason}"
    plans = {one: plan.without_edits(failure.code, reason, keys, whole=True) for one, plan in outcome.plans.items()}
    keep = {one: file for one, file in outcome.created.items() if file.keys.isdisjoint(keys)}
    kept = {one: own for one, own in outcome.deleted.items() if own.isdisjoint(keys)}
    return replace(outcome, plans=plans, created=keep, deleted=kept)


def _keys(outcome: Outcome, path: str) -> frozenset[str]:
    """The symbols on behalf of which a file is changed; all of them where it is not the file that is changed."""
    plan = outcome.plans.get(path)
    found = frozenset[str]().union(*(splice.keys for splice in plan.splices)) if plan else frozenset[str]()
    found |= outcome.created[path].keys if path in outcome.created else frozenset()
    found |= outcome.deleted.get(path, frozenset())
    return found or frozenset(_all_keys(outcome))


def _with_mates(outcome: Outcome, keys: frozenset[str]) -> frozenset[str]:
    """The symbols, and those that share an edit or a file with one of them: what is done for those goes too."""
    shared = [splice.keys for plan in outcome.plans.values() for splice in plan.splices]
    shared += [file.keys for file in outcome.created.values()] + list(outcome.deleted.values())
    while grown := [one for one in shared if one & keys and not one <= keys]:
        keys = keys.union(*grown)
    return keys


def _all_keys(outcome: Outcome) -> Iterator[str]:
    for plan in outcome.plans.values():
        for splice in plan.splices:
            yield from splice.keys
    for file in outcome.created.values():
        yield from file.keys
    for keys in outcome.deleted.values():
        yield from keys


# -- from edits to trees


def changes(outcome: Outcome, work: Workspace) -> list[Changed]:
    """Every file that the outcome changes, makes or removes, by path."""
    found = []
    for plan in outcome.plans.values():
        if plan.splices and plan.path not in outcome.deleted:
            source = _source(work, plan.path)
            edits = tuple(sorted(source.edit(s.start, s.end, s.new) for s in plan.splices))
            after = source.spliced((s.start, s.end, s.new) for s in plan.splices)
            found.append(Changed(plan.path, source.data, edits, after))
    for path in outcome.deleted:
        source = _source(work, path)
        found.append(Changed(path, source.data, (source.edit(0, len(source.u8), b""),), None))
    for path, file in outcome.created.items():
        found.append(Changed(path, None, (Edit(0, 0, 1, "", file.text.decode("utf-8")),), file.text))
    return sorted(found, key=lambda one: one.path)


def _source(work: Workspace, path: str) -> Source:
    return work.sources.get(path) or work.texts[path]


def evolved(work: Workspace, changed: Iterable[Changed], prover: Prover) -> Workspace:
    """The tree after the changes, indexed."""
    changed = tuple(changed)
    blobs = dict(work.blobs)
    for file in changed:
        if file.after is None:
            del blobs[file.path]
        else:
            executable = file.path in blobs and blobs[file.path].executable
            blobs[file.path] = Blob(file.path, file.after, executable)
    snapshot = replace(work.snapshot, blobs=tuple(blobs[path] for path in sorted(blobs)))
    return work.changed_to(snapshot, prover.after(changed), {file.path for file in changed})


def allowed_repairs(governance: Governance) -> Callable[[Denotation], bool]:
    """What a path that does not work today may become: a declared symbol, or a part of a module that moved."""
    symbols = {entry.denotes for entry in governance.entries}
    modules = tuple(canonical for _, canonical in governance.moves)

    def allowed(now: Denotation) -> bool:
        module = now.module if isinstance(now, Symbol) else now.name if isinstance(now, Module) else ""
        inside = any(module == one or module.startswith(one + ".") for one in modules)
        # a moved module may offer what it imports from elsewhere
        return now in symbols or inside or bool(modules)

    return allowed
