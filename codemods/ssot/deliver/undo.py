"""Removes a branch that `apply` made, if nobody else committed on it."""

from __future__ import annotations

from dataclasses import dataclass

from ssot.deliver.git import Git
from ssot.deliver.owned import OwnBranch, inspect_branch
from ssot.deliver.refs import RefChange, branch_tip, check_unused, list_branches, update_branches
from ssot.values import SsotError


@dataclass(frozen=True, slots=True)
class UndoResult:
    """The branches that were removed: one, or all of a split plan. Their commits can be had back by id."""

    branch: str
    removed: tuple[OwnBranch, ...]


def undo_branch(git: Git, branch: str) -> UndoResult:
    """Deletes the branch, or the branches that ``--split`` made below that name, all or none."""
    ours = [_own(git, name, tip) for name, tip in _named(git, branch).items()]
    if len({(one.plan, one.base) for one in ours}) != 1:
        raise SsotError(f"the branches below {branch!r} come from several plans", "undo them one by one")
    for one in ours:
        check_unused(git, one.name)
    update_branches(git, (RefChange(one.name, one.tip, None) for one in ours), "ssot: undo")
    return UndoResult(branch, tuple(ours))


def _named(git: Git, branch: str) -> dict[str, str]:
    tip = branch_tip(git, branch)
    if tip is not None:
        return {branch: tip}
    below = {name: oid for name, oid in sorted(list_branches(git).items()) if name.startswith(f"{branch}/")}
    if not below:
        raise SsotError(f"there is no branch {branch!r}", "list the branches with `git branch --list`")
    return below


def _own(git: Git, name: str, tip: str) -> OwnBranch:
    found = inspect_branch(git, name, tip)
    if isinstance(found, OwnBranch):
        return found
    raise SsotError(
        f"branch {name!r} is not only ssot's: {found.why}", "if you really want it gone: `git branch -D`, by hand"
    )
