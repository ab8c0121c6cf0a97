"""A plan written into the work tree's own files. Outside the promise that `apply` gives: see the checks below."""

from __future__ import annotations

import contextlib
import os
import stat
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ssot.deliver.diff import apply_to, edits_by_path, find_blob
from ssot.deliver.git import Git
from ssot.deliver.snapshot import plain_folder, read_plain, uncommitted
from ssot.values import Plan, Safety, Snapshot, SsotError


@dataclass(frozen=True, slots=True)
class _Write:
    """One file: what must be there, and what is to be there."""

    path: str
    target: Path
    before: bytes
    after: bytes


def apply_in_place(git: Git, snapshot: Snapshot, plan: Plan) -> tuple[str, ...]:
    """Edits the files of a clean work tree; gives the paths. All of them or, as far as that can be had, none."""
    if git.work_tree is None:
        raise SsotError("a bare repository has no work tree", "apply to a branch instead")
    change_sets = [change_set for change_set in plan.change_sets if change_set.safety is not Safety.MANUAL]
    edits = edits_by_path(change_sets)
    _check_clean(git, edits.keys())
    blobs = [find_blob(snapshot, path) for path in sorted(edits)]
    writes = [
        _Write(blob.path, git.work_tree / blob.path, blob.data, apply_to(blob, edits[blob.path])) for blob in blobs
    ]
    for write in writes:
        _check_same(git.work_tree, write, write.before)
    with contextlib.ExitStack() as stack:
        prepared = [(write, stack.enter_context(_beside(write, write.after))) for write in writes]
        _replace_all(git.work_tree, prepared)
    return tuple(write.path for write in writes)


def _check_clean(git: Git, paths: Iterable[str]) -> None:
    touched = set(paths)
    dirty = [path for status, path in uncommitted(git) if status != "??" or path in touched]
    if dirty:
        more = f" and {len(dirty) - 1} more" if len(dirty) > 1 else ""
        raise SsotError(f"the work tree has changes: {dirty[0]}{more}", "commit or stash them, or leave out --in-place")


def _replace_all(root: Path, prepared: Sequence[tuple[_Write, Path]]) -> None:
    done: list[_Write] = []
    try:
        for write, temporary in prepared:
            _check_same(root, write, write.before)
            temporary.replace(write.target)
            done.append(write)
    except BaseException as error:
        _put_back(root, done)
        if isinstance(error, OSError):
            raise _refusal(write.path, error) from error
        raise


def _put_back(root: Path, done: Sequence[_Write]) -> None:
    for write in done:
        with contextlib.suppress(OSError, SsotError), _beside(write, write.before) as temporary:
            _check_same(root, write, write.after)
            temporary.replace(write.target)


def _check_same(root: Path, write: _Write, expected: bytes) -> None:
    """Looked at again just before the replacement: an editor may have saved the file meanwhile."""
    try:
        plain = plain_folder(root, write.path.rpartition("/")[0])
        found = read_plain(write.target)[0] if plain else None
    except OSError as error:
        raise _refusal(write.path, error) from error
    if not plain:
        raise SsotError(f"{write.path} lies behind a symbolic link", "apply to a branch instead")
    if found != expected:
        raise SsotError(
            f"{write.path} on disk is not what the plan read",
            "plan again; where git converts line endings or filters content, apply to a branch instead",
        )


@contextlib.contextmanager
def _beside(write: _Write, data: bytes) -> Iterator[Path]:
    """A complete, synced file in the target's own folder, gone afterwards unless it has become the target."""
    try:
        status = write.target.lstat()
        handle, name = tempfile.mkstemp(prefix=".ssot-", dir=write.target.parent)
    except OSError as error:
        raise _refusal(write.path, error) from error
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        temporary.chmod(stat.S_IMODE(status.st_mode))
        yield temporary
    finally:
        with contextlib.suppress(FileNotFoundError):
            temporary.unlink()


def _refusal(path: str, error: OSError) -> SsotError:
    return SsotError(f"cannot write {path}: {error.strerror}", "make it a writable, regular file; nothing was changed")
