"""A repository opened for one command."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from importlib.metadata import PackageNotFoundError, version
from multiprocessing import cpu_count
from pathlib import Path

from ssot.audit.context import AuditContext
from ssot.audit.governance import Governance, parse_reference, reference
from ssot.audit.rules import findings
from ssot.audit.score import areas_of, score, symbol_reports
from ssot.bridge.foreign import Foreign
from ssot.declare.load import find_manifest, load_manifest
from ssot.declare.manifest import Manifest
from ssot.declare.propose import write_manifest
from ssot.declare.suggest import nearest
from ssot.deliver.branch import Applied, apply_plan
from ssot.deliver.diff import change_set_patch, plan_patch
from ssot.deliver.git import Git
from ssot.deliver.in_place import apply_in_place
from ssot.deliver.owned import branch_base, own_branches
from ssot.deliver.snapshot import read_commit, read_worktree
from ssot.deliver.undo import UndoResult, undo_branch
from ssot.index.recursion import deep
from ssot.index.selection import is_wanted
from ssot.index.table import Missing, Symbol
from ssot.pipeline.comparing import compare_pair
from ssot.pipeline.guests import NOBODY, Guests, chosen
from ssot.pipeline.memory import without_collector
from ssot.pipeline.planning import CODEMODS, plan_with
from ssot.pipeline.stages import tree_of
from ssot.pipeline.verifying import Verification, verify
from ssot.pipeline.workspace import Progress, Workspace, silent
from ssot.report.duplicates_text import Pair
from ssot.report.explain_text import Explanation, PathUsers, Place
from ssot.report.registry_md import registry_markdown
from ssot.rewrite import generated_tests, remove_shims
from ssot.rewrite.shims.register import Register, register
from ssot.values import Audit, ChangeSet, Plan, Refusal, Snapshot, SsotError, SymbolReport

NO_MANIFEST = ("there is no manifest: nothing is declared canonical", "let `ssot init` propose one, read it, commit it")


@dataclass(frozen=True)
class Planned:
    """A plan with the tree it is for."""

    plan: Plan
    snapshot: Snapshot

    def patch(self) -> bytes:
        return plan_patch(self.snapshot, self.plan)

    def change_set_patch(self, change_set: ChangeSet) -> bytes:
        return change_set_patch(self.snapshot, change_set)


@dataclass
class Session:
    """Reads lazily; every command asks for what it needs."""

    git: Git
    manifest_file: Path | None
    rev: str | None
    jobs: int | None
    progress: Progress

    @classmethod
    def open(
        cls,
        repo: Path,
        manifest: Path | None = None,
        rev: str | None = None,
        jobs: int | None = None,
        progress: Callable[[str, int, int], None] | None = None,
    ) -> Session:
        return cls(Git.open(repo), manifest, rev, jobs, progress or silent)

    # -- reading

    def _snapshot(self, rev: str | None) -> Snapshot:
        if rev is not None:
            return read_commit(self.git, rev, is_wanted)
        return read_worktree(self.git, is_wanted) if self.git.work_tree is not None else self._snapshot("HEAD")

    def _manifest(self, snapshot: Snapshot) -> Manifest | None:
        """The manifest named on the command line, else the one of the tree that is read."""
        if self.manifest_file is not None:
            try:
                data = self.manifest_file.read_bytes()
            except OSError as error:
                raise SsotError(f"{self.manifest_file} can't be read: {error.strerror}", "check --manifest") from None
            return load_manifest(data, self.manifest_file.name)
        blobs = snapshot.by_path()
        return find_manifest(lambda name: blobs[name].data if name in blobs else None)

    def _workspace(self, rev: str | None, *, needs_manifest: bool = False) -> Workspace:
        snapshot = self._snapshot(rev)
        manifest = self._manifest(snapshot)
        if manifest is None and needs_manifest:
            raise self._no_manifest(rev)
        return Workspace(snapshot, manifest, self.jobs, self.progress)

    def _no_manifest(self, rev: str | None) -> SsotError:
        root = self.git.work_tree
        if rev is not None and root is not None and (root / "ssot.toml").is_file():
            todo = f"commit it, or name it with --manifest {shlex.quote(str(root / 'ssot.toml'))}"
            return SsotError(f"ssot.toml is not part of {rev}", todo)
        return SsotError(*NO_MANIFEST)

    @cached_property
    def here(self) -> Workspace:
        """The work tree, or the commit named with --rev."""
        return self._workspace(self.rev)

    # -- commands

    @deep
    def audit(self, paths: tuple[str, ...] = (), today: date | None = None) -> Audit:
        """Findings below `paths` (everything where none is named); the score always covers the whole.

        `today`: the day on which shims are looked at; they are not where none is said.
        """
        with without_collector():
            return self._audit(self.here, paths, today)

    def _audit(self, work: Workspace, paths: tuple[str, ...], today: date | None) -> Audit:
        context = self._context(work, paths, today)
        found = findings(context)
        files = [path for path in sorted(work.index.facts) if not work.hands_off(path)]
        uses = [use for use in context.uses if not work.hands_off(use.file)]
        everything = findings(self._context(work, (), today)) if paths else found
        areas = areas_of(files, work.index, work.is_test)
        return Audit(
            work.snapshot.tree,
            score(uses, everything, files),
            {name: score(uses, everything, members) for name, members in areas.items()},
            found,
            symbol_reports(work.governance, uses, work.manifest is not None, work.reasons),
            len(work.index.facts),
            sum(facts.problem is not None for facts in work.index.facts.values()),
            sum(len(fact.names) for facts in work.index.facts.values() for fact in facts.imports),
        )

    def _context(self, work: Workspace, paths: tuple[str, ...], today: date | None = None) -> AuditContext:
        def selected(path: str) -> bool:
            inside = not paths or any(
                path == one or path.startswith(one.rstrip("/") + "/") or one == "." for one in paths
            )
            return inside and not work.hands_off(path)

        declared = work.manifest is not None
        collapse = work.manifest.collapse if work.manifest is not None else ()
        parts = (work.index, work.governance, work.sources, declared, work.is_test, work.hands_off, selected)
        return AuditContext(*parts, work.skipped, collapse, today)

    @deep
    def plan(
        self, base: str | None = None, only: tuple[str, ...] = (), unsafe: bool = False, guests: Guests = NOBODY
    ) -> Planned:
        """Of one commit: `base`, else --rev, else HEAD. ``only`` names codemods; none means all."""
        rev = base or self.rev or "HEAD"
        work = self._workspace(rev, needs_manifest=True)
        jobs = self.jobs or cpu_count() or 1
        codemods = chosen(CODEMODS, work.manifest or Manifest(), only, guests, jobs)
        plan = plan_with(work, codemods, unsafe=unsafe)
        return Planned(plan, work.snapshot)

    @deep
    def shims(self, today: date) -> Register:
        """What the tables in the code say, and who uses each old path; expired is what ended before `today`."""
        with without_collector():
            return register(tree_of(self.here), today)

    @deep
    def plan_removal(self, today: date, base: str | None = None) -> Planned:
        """The plan that removes the shims that are expired on some day and unused."""
        work = self._workspace(base or self.rev or "HEAD")
        return Planned(plan_with(work, [remove_shims.codemod(today), generated_tests.CODEMOD]), work.snapshot)

    @deep
    def run(self, foreign: Foreign, base: str | None = None) -> Planned:
        """Somebody else's codemod on one commit, by itself."""
        work = self._workspace(base or self.rev or "HEAD")
        # nothing is governed here; without a manifest all that could be would be looked for
        work.manifest = work.manifest or Manifest()
        jobs = self.jobs or cpu_count() or 1
        return Planned(plan_with(work, [replace(foreign, jobs=jobs).codemod()]), work.snapshot)

    def apply(self, planned: Planned, branch: str | None = None, split: bool = False) -> Applied:
        manifest = self._manifest(planned.snapshot)
        prefix = manifest.git.branch_prefix if manifest else "ssot/"
        return apply_plan(
            self.git,
            planned.snapshot,
            planned.plan,
            branch=branch,
            prefix=prefix,
            split=split,
            version=_version(),
            refusals=_refusals_by_set(planned.plan),
        )

    def apply_in_place(self, planned: Planned) -> tuple[str, ...]:
        return apply_in_place(self.git, planned.snapshot, planned.plan)

    @deep
    def verify(self, branch: str | None = None) -> Verification:
        """The named branch, else the newest that ssot made here, against its base."""
        name = branch or self._newest()
        base, tip = branch_base(self.git, name)
        return verify(name, self._workspace(base), self._workspace(tip))

    def _newest(self) -> str:
        branches = own_branches(self.git)
        if not branches:
            raise SsotError("there is no branch that ssot made", "make one with `ssot apply`, or name a branch")
        return max(branches, key=lambda one: (self.git.call("log", "-1", "--format=%ct", one.tip), one.name)).name

    def undo(self, branch: str) -> UndoResult:
        return undo_branch(self.git, branch)

    @deep
    def propose(self) -> str:
        """The text of a manifest, whatever is declared now."""
        work = Workspace(self._snapshot(self.rev), None, self.jobs, self.progress)
        context = self._context(work, ())
        return write_manifest(symbol_reports(work.governance, context.uses, False, work.reasons))

    @deep
    def registry(self) -> str:
        work = self._workspace(self.rev, needs_manifest=True)
        context = self._context(work, ())
        legacy = {entry.key: tuple(sorted(map(reference, entry.legacy))) for entry in work.governance.entries}
        return registry_markdown(symbol_reports(work.governance, context.uses, True, {}), legacy)

    @deep
    def compare(self, canonical: str, duplicate: str) -> Pair:
        """Two definitions side by side; the first is taken for the one that would stay."""
        return compare_pair(self.here, canonical, duplicate)

    @deep
    def explain(self, text: str) -> Explanation:
        """All that is known of the symbol at a path."""
        work = self.here
        module, name = parse_reference(text)
        found = work.index.resolve(module, name)
        if isinstance(found, Missing) or not work.index.layout.has(module):
            known = (f"{one}:{other}" for one in work.index.layout.paths for other in work.index.bindings(one))
            near = nearest(text, known)
            hint = f"; did you mean {near}?" if near else ""
            raise SsotError(f"{text} does not resolve{hint}", "name a symbol like package.module:Name")
        context = self._context(work, ())
        return _explanation(work, context, text, found)


def _explanation(work: Workspace, context: AuditContext, text: str, found: object) -> Explanation:
    entries = [entry for entry in work.governance.entries if entry.denotes == found]
    if not entries and isinstance(found, Symbol):
        alone = Governance.of_symbol(work.index, found)
        context = AuditContext(
            work.index, alone, work.sources, True, context.is_test, context.hands_off, context.selected
        )
        entries = list(alone.entries)
    if not entries:
        return Explanation(SymbolReport(text, str(found), (), False))
    entry = entries[0]
    uses = [use for use in context.uses if use.verdict.key == entry.key]
    (report,) = symbol_reports(Governance(work.index, (entry,)), uses, work.manifest is not None, work.reasons)
    by_path: dict[str, list[Place]] = {}
    for use in uses:
        by_path.setdefault(reference(use.path), []).append(Place(use.file, use.line))
    declared = work.manifest is not None and entry in work.governance.entries
    where = work.manifest.location(entry.table, entry.number, "canonical") if declared and work.manifest else ""
    return Explanation(
        report,
        _definition(work, found),
        where,
        tuple(sorted(map(reference, entry.legacy))),
        tuple(sorted(map(reference, entry.approved))),
        tuple(PathUsers(path, tuple(sorted(places))) for path, places in sorted(by_path.items())),
    )


def _definition(work: Workspace, found: object) -> Place | None:
    if not isinstance(found, Symbol):
        return None
    bindings = work.index.bindings(found.module).get(found.name)
    return Place(work.index.layout.paths[found.module], bindings[0].line) if bindings else None


def _refusals_by_set(plan: Plan) -> dict[str, list[Refusal]]:
    """For each change set, the refusals of the symbols in its title."""
    return {
        change_set.id: [refusal for refusal in plan.refusals if f"- {refusal.symbol}\n" in change_set.reason]
        for change_set in plan.change_sets
    }


def _version() -> str:
    try:
        return version("ssot")
    except PackageNotFoundError:
        return "0+uninstalled"
