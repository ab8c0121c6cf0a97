"""A plan written into the work tree's own files. Outside the promise that `apply` gives: see the checks below."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Sequence
from pathlib import Path

from ssot.deliver.disk import Create, Delete, Replace, Step, refusal
from ssot.deliver.files import FileEdits, check_created, file_edits
from ssot.deliver.git import Git
from ssot.deliver.snapshot import uncommitted
from ssot.values import FileKind, Plan, Safety, Snapshot, SsotError


def apply_in_place(git: Git, snapshot: Snapshot, plan: Plan) -> tuple[str, ...]:
    """Edits the files of a clean work tree; gives the paths. All of them or, as far as that can be had, none."""
    if git.work_tree is None:
        raise SsotError("a bare repository has no work tree", "apply to a branch instead")
    change_sets = [change_set for change_set in plan.change_sets if change_set.safety is not Safety.MANUAL]
    files = file_edits(snapshot, change_sets)
    _check_clean(git, files.keys())
    check_created(snapshot, change_sets, git)
    steps = [_step(git.work_tree, one) for one in files.values()]
    for step in steps:
        step.check()
    with contextlib.ExitStack() as stack:
        for step in steps:
            _prepare(step, stack)
        _make_all(steps)
    return tuple(files)


def _step(root: Path, file: FileEdits) -> Step:
    if file.kind is FileKind.CREATED:
        return Create(root, file.path, file.after())
    after = file.after()
    if file.kind is FileKind.DELETED:
        return Delete(root, file.path, file.blob.data)
    return Replace(root, file.path, file.blob.data, after)


def _check_clean(git: Git, paths: Iterable[str]) -> None:
    touched = set(paths)
    dirty = [path for status, path in uncommitted(git) if status != "??" or path in touched]
    if dirty:
        more = f" and {len(dirty) - 1} more" if len(dirty) > 1 else ""
        raise SsotError(f"the work tree has changes: {dirty[0]}{more}", "commit or stash them, or leave out --in-place")


def _prepare(step: Step, stack: contextlib.ExitStack) -> None:
    try:
        stack.enter_context(step.prepared())
    except OSError as error:
        raise refusal(step.path, error) from error


def _make_all(steps: Sequence[Step]) -> None:
    done: list[Step] = []
    try:
        for step in steps:
            done.append(step)  # before it is made: an interrupt may come at any moment
            step.make()
    except BaseException as error:
        _take_back(done)
        if isinstance(error, OSError):
            raise refusal(step.path, error) from error
        raise
    for step in done:
        with contextlib.suppress(OSError):  # everything is in place; at worst a hidden file stays behind
            step.finish()


def _take_back(done: Sequence[Step]) -> None:
    for step in reversed(done):
        with contextlib.suppress(OSError, SsotError):
            step.take_back()
