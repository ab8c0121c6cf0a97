"""A plan as commits on a new branch. The branch appears last, in one atomic step; until then nothing refers to us."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from ssot.deliver.commits import AppliedCommit, Context, Series, commit_series, statistics
from ssot.deliver.git import Git
from ssot.deliver.message import one_line
from ssot.deliver.objects import CommitObject, read_commit_object
from ssot.deliver.owned import OwnBranch, inspect_branch
from ssot.deliver.refs import (
    BranchMovedError,
    RefChange,
    branch_tip,
    check_free,
    check_name,
    check_unused,
    list_branches,
    update_branches,
)
from ssot.deliver.remains import clear_remains
from ssot.values import ChangeSet, Plan, Refusal, Safety, Snapshot, SsotError

_PLAIN = re.compile(r"[^A-Za-z0-9._-]+")
_MAX_NAME = 80


@dataclass(frozen=True, slots=True)
class AppliedBranch:
    """One branch and its commits, oldest first."""

    name: str
    commits: tuple[AppliedCommit, ...]


@dataclass(frozen=True, slots=True)
class Applied:
    """What `apply` has made, or found already made.

    `branch` is the one branch, or with `--split` what the names of all `branches` begin with; None for an empty plan.
    """

    branch: str | None
    base: str | None
    branches: tuple[AppliedBranch, ...]
    already: bool  # every branch was there, made of the same plan: nothing was written

    @property
    def commits(self) -> tuple[AppliedCommit, ...]:
        return tuple(commit for branch in self.branches for commit in branch.commits)


@dataclass(frozen=True, slots=True)
class _Target:
    """A branch to be made, where it stands now, and whether it is there already."""

    series: Series
    tip: str | None
    already: OwnBranch | None


def apply_plan(
    git: Git,
    snapshot: Snapshot,
    plan: Plan,
    *,
    branch: str | None,
    prefix: str,
    split: bool,
    version: str,
    refusals: Mapping[str, Sequence[Refusal]] | None = None,
) -> Applied:
    """One commit a change set, on `branch`; `refusals` by change set id go into the messages."""
    base = _base(git, snapshot, plan)
    change_sets = tuple(change_set for change_set in plan.change_sets if _applicable(change_set))
    if not change_sets:
        return Applied(None, base.id, (), False)
    clear_remains(git.common_dir)
    name = default_branch(prefix, base, plan) if branch is None else branch
    targets = [_inspect(git, plan, series) for series in _series(name, change_sets, split)]
    context = Context(git, snapshot, plan, base, version, refusals or {})
    missing = [target for target in targets if not target.already]
    made, won = _make(context, missing) if missing else ({}, False)
    branches = (AppliedBranch(target.series.branch, _commits(context, target, made)) for target in targets)
    return Applied(name, base.id, tuple(branches), not won)


def default_branch(prefix: str, base: CommitObject, plan: Plan) -> str:
    """Named after the base's day and the plan, so that the same plan finds its own branch again."""
    return f"{prefix}{base.date}-{plan.id[:8]}"


def split_names(branch: str, ids: Iterable[str]) -> dict[str, str]:
    """A branch name for each change set id; ids that are no branch names, or clash as such, carry a digest."""
    names: dict[str, str] = {}
    taken: set[str] = set()
    for one in ids:
        slug = _slug(one)
        if slug != one or slug.casefold() in taken:
            slug = f"{slug}-{hashlib.sha256(one.encode('utf-8', 'surrogatepass')).hexdigest()[:8]}"
        taken.add(slug.casefold())
        names[one] = f"{branch}/{slug}"
    return names


def _slug(text: str) -> str:
    plain = re.sub(r"\.{2,}", ".", _PLAIN.sub("-", text))[:_MAX_NAME].strip("-.").removesuffix(".lock")
    return plain or "change"


def _base(git: Git, snapshot: Snapshot, plan: Plan) -> CommitObject:
    if plan.base is None or snapshot.commit is None:
        raise SsotError("the plan is for the work tree, and a branch needs a commit", "plan a commit with --base")
    if plan.base != snapshot.commit:
        raise SsotError(f"the plan is for commit {plan.base[:10]}, not {snapshot.commit[:10]}", "make the plan again")
    base = read_commit_object(git, plan.base)
    if base.tree != (plan.tree or base.tree):
        raise SsotError(f"the plan is not for the tree of commit {base.id[:10]}", "make the plan again")
    return base


def _applicable(change_set: ChangeSet) -> bool:
    return change_set.safety is not Safety.MANUAL and bool(change_set.files)


def _series(name: str, change_sets: tuple[ChangeSet, ...], split: bool) -> Iterator[Series]:
    if not split:
        yield Series(name, change_sets)
        return
    names = split_names(name, [change_set.id for change_set in change_sets])
    for change_set in change_sets:
        yield Series(names[change_set.id], (change_set,))


def _inspect(git: Git, plan: Plan, series: Series) -> _Target:
    check_name(git, series.branch)
    tip = branch_tip(git, series.branch)
    if tip is None:
        return _Target(series, None, None)
    found = inspect_branch(git, series.branch, tip)
    if not isinstance(found, OwnBranch):
        raise SsotError(
            f"branch {series.branch!r} exists and is not only ssot's: {found.why}", "choose another name with --branch"
        )
    held = [commit.trailers.change_set for commit in found.commits]
    expected = [one_line(change_set.id) for change_set in series.change_sets]
    same = (found.plan, found.base, held) == (one_line(plan.id), plan.base, expected)
    return _Target(series, tip, found if same else None)


def _check_targets(git: Git, targets: Sequence[_Target]) -> None:
    existing = list_branches(git)
    for target in targets:
        check_free(git, target.series.branch, existing)
        check_unused(git, target.series.branch)


def _make(context: Context, targets: Sequence[_Target]) -> tuple[dict[str, tuple[AppliedCommit, ...]], bool]:
    """The commits of each branch, and whether it was this run that made the branches."""
    _check_targets(context.git, targets)
    series = [target.series for target in targets]
    made = {one.branch: tuple(commits) for one, commits in zip(series, commit_series(context, series), strict=True)}
    tips = {name: commits[-1].id for name, commits in made.items()}
    changes = (RefChange(target.series.branch, target.tip, tips[target.series.branch]) for target in targets)
    try:
        update_branches(context.git, changes, "ssot: apply")
    except BranchMovedError:
        # another run with the same plan came first: its commits are these
        if any(branch_tip(context.git, name) != tip for name, tip in tips.items()):
            raise
        return made, False
    return made, True


def _commits(
    context: Context, target: _Target, made: Mapping[str, tuple[AppliedCommit, ...]]
) -> tuple[AppliedCommit, ...]:
    if target.already is None:
        return made[target.series.branch]
    pairs = zip(target.series.change_sets, target.already.commits, strict=True)
    return tuple(statistics(context.snapshot, change_set, commit.id) for change_set, commit in pairs)
