"""Branches by name: which exist, which are in use, and the one transaction that changes them."""

from __future__ import annotations

import re
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ssot.deliver.dialogue import Dialogue
from ssot.deliver.git import Git
from ssot.deliver.git_error import GitError
from ssot.deliver.remains import INSTANT, PACKED, Note, clear_remains, noted
from ssot.values import SsotError

_HEADS = "refs/heads/"
_LOCK = re.compile(r"Unable to create '(.+?\.lock)'")
_PATIENCE = 1.0  # seconds
_RACE = re.compile(r"reference already exists|but expected|unable to resolve reference")


@dataclass(frozen=True, slots=True)
class RefChange:
    """A branch moves from `old` to `new`; None is a branch that is not there."""

    branch: str
    old: str | None
    new: str | None


class BranchMovedError(SsotError):
    """Somebody else changed a branch between our look at it and our change; nothing was changed."""


def list_branches(git: Git) -> dict[str, str]:
    """Every branch and its commit."""
    lines = git.call("for_each_ref", "--format=%(objectname) %(refname)", _HEADS).split("\n")
    pairs = (line.partition(" ") for line in lines if line)
    return {name.removeprefix(_HEADS): oid for oid, _, name in pairs}


def branch_tip(git: Git, branch: str) -> str | None:
    """What the branch points to: a commit, unless somebody has damaged it."""
    try:
        return git.call("rev_parse", "--verify", "--quiet", f"{_HEADS}{branch}") or None
    except GitError as error:
        if error.code != 1:
            raise
        return None
    except ValueError:  # a NUL in the name
        return None


def check_name(git: Git, branch: str) -> None:
    """Refuses what git would not take as a branch, or would take as something else."""
    if branch.startswith(("refs/", "-")) or branch in ("HEAD", "@", "") or "\0" in branch:
        raise SsotError(f"{branch!r} cannot be a branch's name", "choose another with --branch")
    try:
        expanded = git.call("check_ref_format", "--branch", branch)
    except GitError as error:
        if error.killed:
            raise
        raise SsotError(f"{branch!r} cannot be a branch's name", "choose another with --branch") from error
    if expanded != branch:  # @{-1} and the like
        raise SsotError(f"{branch!r} stands for another branch", "choose a plain name with --branch")


def check_free(git: Git, branch: str, existing: Iterable[str]) -> None:
    """Refuses a name that cannot stand beside the branches there are."""
    for other in existing:
        if other != branch and (other.startswith(f"{branch}/") or branch.startswith(f"{other}/")):
            raise SsotError(
                f"branch {branch!r} cannot exist beside branch {other!r}", "choose another name with --branch"
            )
        # two files whose names differ in case are one file on some systems
        if other != branch and git.flag("core.ignorecase") and other.casefold() == branch.casefold():
            raise SsotError(f"branch {branch!r} differs from {other!r} in case only", "choose another with --branch")


def check_unused(git: Git, branch: str) -> None:
    """Refuses a branch that a work tree has checked out, or is rebasing or bisecting."""
    for place, used in _in_use(git):
        if used == branch:
            raise SsotError(f"branch {branch!r} is checked out in {place}", "switch that work tree to another branch")
    if git.run("for-each-ref", "--format=%(symref)", f"{_HEADS}{branch}").strip():
        raise SsotError(f"branch {branch!r} is a symbolic reference", "choose another with --branch")


def _in_use(git: Git) -> Iterator[tuple[str, str]]:
    """(where, branch) for each branch that some work tree works on."""
    place = ""
    for line in git.call("worktree", "list", "--porcelain").split("\n"):
        key, _, value = line.partition(" ")
        if key == "worktree":
            place = value
        elif key == "branch":
            yield place, value.removeprefix(_HEADS)
    if git.work_tree is None and git.succeeds("symbolic-ref", "--quiet", "HEAD"):
        yield "HEAD", git.call("symbolic_ref", "HEAD").removeprefix(_HEADS)
    linked = git.common_dir / "worktrees"
    for folder in (git.common_dir, *(sorted(linked.iterdir()) if linked.is_dir() else ())):
        for name in _under_way(folder):
            yield "a rebase or bisection under way", name.removeprefix(_HEADS)


def _under_way(folder: Path) -> Iterator[str]:
    """HEAD is detached meanwhile; these files say which branch it will go back to."""
    for file in ("rebase-merge/head-name", "rebase-apply/head-name", "BISECT_START", "rebase-merge/update-refs"):
        try:
            text = (folder / file).read_text("utf-8", "surrogateescape")
        except OSError:
            continue
        yield from (line for line in text.splitlines() if line)


def update_branches(git: Git, changes: Iterable[RefChange], reason: str) -> None:
    """All of the changes or none. What the branches were when we looked is checked again under git's locks."""
    changes = tuple(changes)
    clear_remains(git.common_dir)
    for change in changes:
        _check_lock(git, git.common_dir / _lock(change))
    try:
        _with_patience(git, changes, reason)
    except GitError as error:
        if _RACE.search(error.stderr):
            raise BranchMovedError("the branch changed while ssot was running", "run the command again") from error
        # a git that was killed, or failed at something else, may have come this far
        if not _are_made(git, changes):
            raise


def _with_patience(git: Git, changes: Sequence[RefChange], reason: str) -> None:
    """Once more where somebody else's lock was in the way and is not any longer."""
    try:
        _carry_out(git, changes, reason)
    except GitError as error:
        found = _LOCK.search(error.stderr)
        if not found:
            raise
        _check_lock(git, Path(found[1]))
        _carry_out(git, changes, reason)


def _carry_out(git: Git, changes: Sequence[RefChange], reason: str) -> None:
    """Git does nothing before the last word: where we die before, it lets go of its locks and ends."""
    commands = "".join(_command(change) for change in changes).encode("utf-8", "surrogateescape")
    with (
        noted(git.common_dir, _locks(changes)) as note,
        git.dialogue("update-ref", "--stdin", "-z", "-m", reason, inherited=note.inherited) as told,
    ):
        done = _in_turns(told, note, commands)
    if not done:
        raise GitError("update-ref", 0, "it did not answer as git does")


def _in_turns(told: Dialogue, note: Note, commands: bytes) -> bool:
    if not told.ask(b"start\0", b"start: ok"):
        return False
    note.about_to_lock()
    if not told.ask(commands + b"prepare\0", b"prepare: ok"):
        return False
    note.has_locked()
    return told.ask(b"commit\0", b"commit: ok")


def _lock(change: RefChange) -> str:
    return f"{_HEADS}{change.branch}.lock"


def _locks(changes: Sequence[RefChange]) -> dict[str, str | None]:
    locks: dict[str, str | None] = {_lock(change): f"{change.new}\n" if change.new else "" for change in changes}
    deleted = any(change.new is None for change in changes)
    return locks | dict.fromkeys(PACKED if deleted else ())


def _are_made(git: Git, changes: Iterable[RefChange]) -> bool:
    return all(branch_tip(git, change.branch) == change.new for change in changes)


def _command(change: RefChange) -> str:
    ref = f"option no-deref\0{{}} {_HEADS}{change.branch}\0"
    if change.old is None:
        return f"{ref.format('create')}{change.new}\0"
    if change.new is None:
        return f"{ref.format('delete')}{change.old}\0"
    return f"{ref.format('update')}{change.new}\0{change.old}\0"


def _check_lock(git: Git, lock: Path) -> None:
    """Refuses where a lock stays; one of a git that is at work is gone in a moment."""
    begun = time.monotonic()
    while _age(lock) is not None:
        may_go = clear_remains(git.common_dir)
        age = _age(lock)
        if age is not None and time.monotonic() - begun >= (_PATIENCE + INSTANT if may_go else _PATIENCE):
            raise _locked(git, lock, age)
        time.sleep(0.05)


def _age(file: Path) -> float | None:
    try:
        return max(0.0, time.time() - file.stat().st_mtime)
    except OSError:
        return None


def _locked(git: Git, lock: Path, age: float) -> SsotError:
    try:
        shown = lock.relative_to(git.common_dir).as_posix()
    except ValueError:
        shown = lock.name
    return SsotError(
        f"{shown} in the git directory is locked, for {round(age)} seconds",
        "if no git process is running, remove that file and run again",
    )
