"""Which branches are ours: made by `apply`, with nobody else's commit on them.

A branch is ours only if every commit from its tip down to the base it records carries our trailers, has the tree that
they record, one parent, and the base's date. Anything else is a person's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from ssot.deliver.git import Git
from ssot.deliver.git_error import GitError
from ssot.deliver.message import Trailers, parse_trailers
from ssot.deliver.objects import CommitObject, read_commit_object, read_commits
from ssot.deliver.refs import branch_tip, list_branches
from ssot.values import SsotError

_OID = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")


@dataclass(frozen=True, slots=True)
class OwnCommit:
    """A commit that `apply` made."""

    id: str
    trailers: Trailers


@dataclass(frozen=True, slots=True)
class OwnBranch:
    """A branch that `apply` made; commits from the oldest on."""

    name: str
    tip: str
    base: str
    plan: str
    commits: tuple[OwnCommit, ...]


@dataclass(frozen=True, slots=True)
class Foreign:
    """A branch that is somebody else's, at least in part, and how we know."""

    name: str
    tip: str
    why: str


def inspect_branch(git: Git, name: str, tip: str) -> OwnBranch | Foreign:
    try:
        newest = read_commit_object(git, tip)
    except GitError:
        raise
    except SsotError:
        return Foreign(name, tip, f"it points to {tip[:10]}, which is no commit that can be read")
    trailers = parse_trailers(newest.message)
    if trailers is None or not _OID.fullmatch(trailers.base):
        return Foreign(name, tip, f"its newest commit {tip[:10]} was not made by ssot")
    chain = _chain(git, trailers.base, tip)
    if chain is None:
        return Foreign(name, tip, f"it does not start at its recorded base {trailers.base[:10]}")
    base, *commits = chain
    for commit in commits:
        if why := _objection(commit, base, trailers):
            return Foreign(name, tip, f"commit {commit.id[:10]} {why}")
    if not _only_ever_ours(git, name):
        return Foreign(name, tip, "it has pointed at commits that ssot did not make")
    return OwnBranch(name, tip, base.id, trailers.plan, tuple(_own(commits)))


def own_branches(git: Git, prefix: str = "") -> tuple[OwnBranch, ...]:
    """Our branches whose names begin with `prefix`, by name."""
    found = (
        inspect_branch(git, name, tip) for name, tip in sorted(list_branches(git).items()) if name.startswith(prefix)
    )
    return tuple(branch for branch in found if isinstance(branch, OwnBranch))


def branch_base(git: Git, branch: str) -> tuple[str, str]:
    """(base commit, tip commit) of a branch that `apply` made, also where somebody has committed on top since."""
    tip = branch_tip(git, branch)
    if tip is None:
        raise SsotError(f"there is no branch {branch!r}", "list the branches with `git branch --list`")
    for commit in _first_parents(git, tip):
        trailers = parse_trailers(commit.message)
        if (
            trailers
            and _OID.fullmatch(trailers.base)
            and git.succeeds("merge-base", "--is-ancestor", trailers.base, tip)
        ):
            return trailers.base, tip
    raise SsotError(f"{branch!r} is not a branch that ssot made", "name a branch that `ssot apply` printed")


def _chain(git: Git, base: str, tip: str) -> list[CommitObject] | None:
    """The base and every commit after it, oldest first; None unless they are one line from base to tip."""
    try:
        newer = git.call("rev_list", "--reverse", tip, f"^{base}").split()
        chain = list(read_commits(git, (base, *newer)))
    except SsotError as error:
        _pass_on(error)
        return None
    linked = all(child.parents == (parent.id,) for parent, child in pairwise(chain))
    return chain if linked and chain[-1].id == tip and len(chain) > 1 else None


def _objection(commit: CommitObject, base: CommitObject, expected: Trailers) -> str:
    trailers = parse_trailers(commit.message)
    if trailers is None or (trailers.base, trailers.plan) != (expected.base, expected.plan):
        return "was not made by ssot"
    if trailers.tree != commit.tree:
        return "has other content than ssot gave it"
    if {commit.author_stamp, commit.committer_stamp} != {base.committer_stamp}:
        return "was made again by somebody (its date is not its base's)"
    return ""


def _only_ever_ours(git: Git, name: str) -> bool:
    """A branch that was fast-forwarded to our commits stays its owner's: its reflog says where it has been."""
    try:
        # nothing where no reflog is kept, as in bare repositories
        visited = git.call("rev_list", "--walk-reflogs", f"refs/heads/{name}", "--").split()
        return all(parse_trailers(commit.message) for commit in read_commits(git, dict.fromkeys(visited)))
    except SsotError as error:
        _pass_on(error)
        return False


def _pass_on(error: SsotError) -> None:
    """What a git that was killed did not say is no answer."""
    if isinstance(error, GitError) and error.killed:
        raise error


def _own(commits: list[CommitObject]) -> Iterator[OwnCommit]:
    for commit in commits:
        trailers = parse_trailers(commit.message)
        assert trailers is not None
        yield OwnCommit(commit.id, trailers)


def _first_parents(git: Git, tip: str) -> tuple[CommitObject, ...]:
    return read_commits(git, git.call("rev_list", "--first-parent", "--max-count=1000", tip).split())
