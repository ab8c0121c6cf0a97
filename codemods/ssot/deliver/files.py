"""What some change sets together do to each file: edit it, create it or delete it."""

from __future__ import annotations

import codecs
from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import chain

from ssot.deliver.git import Git
from ssot.deliver.new_paths import check_new_paths, check_possible
from ssot.deliver.objects import tree_paths
from ssot.index.source import apply_edits
from ssot.values import Blob, ChangeSet, Edit, FileChange, FileKind, Snapshot, SsotError

_AGAIN = "make the plan again"


@dataclass(frozen=True, slots=True)
class FileEdits:
    """One file of the base, or an empty one that is to be created, and all that happens to it."""

    blob: Blob
    edits: tuple[Edit, ...]
    kind: FileKind

    @property
    def path(self) -> str:
        return self.blob.path

    def after(self) -> bytes:
        """The file's new bytes; none for one that is deleted."""
        data = apply_to(self.blob, self.edits)
        if self.kind is not FileKind.DELETED:
            return data
        if data not in (b"", codecs.BOM_UTF8):
            raise SsotError(f"the plan deletes {self.path} but does not know all of it", _AGAIN)
        return b""

    def joined(self, other: FileEdits) -> FileEdits:
        """With the edits of another change set too."""
        if {self.kind, other.kind} != {FileKind.MODIFIED}:
            raise SsotError(f"several change sets of the plan create or delete {self.path}", _AGAIN)
        return replace(self, edits=self.edits + other.edits)


def file_edits(snapshot: Snapshot, change_sets: Iterable[ChangeSet]) -> dict[str, FileEdits]:
    """By path, sorted; any selection of a plan's change sets will do. A plan that does not fit its base is refused."""
    found: dict[str, FileEdits] = {}
    for change_set in change_sets:
        for change in change_set.files:
            one = _file_edits(snapshot, change)
            found[one.path] = found[one.path].joined(one) if one.path in found else one
    return {path: found[path] for path in sorted(found)}


def check_created(snapshot: Snapshot, change_sets: Iterable[ChangeSet], git: Git | None = None) -> None:
    """Refuses new files that can't be; with `git` also where links, submodules and files that nobody reads are."""
    changes = (change for change_set in change_sets for change in change_set.files)
    created = [change.path for change in changes if change.kind is FileKind.CREATED]
    if created:
        read = (blob.path for blob in snapshot.blobs)
        check_new_paths(created, chain(read, (skipped.path for skipped in snapshot.skipped)))
    if created and git is not None and snapshot.commit is not None:
        check_new_paths(created, tree_paths(git, snapshot.commit))


def _file_edits(snapshot: Snapshot, change: FileChange) -> FileEdits:
    if change.kind is not FileKind.CREATED:
        return FileEdits(find_blob(snapshot, change.path), change.edits, change.kind)
    if [(edit.start, edit.end, edit.old) for edit in change.edits] != [(0, 0, "")]:
        raise SsotError(f"the plan does not hold the whole text of the new file {change.path!r}", _AGAIN)
    check_possible(change.path)
    return FileEdits(Blob(change.path, b""), change.edits, change.kind)


def find_blob(snapshot: Snapshot, path: str) -> Blob:
    """The file that a plan names; a plan for another tree, or one that names a path we never read, is refused."""
    position = bisect_left(snapshot.blobs, path, key=lambda blob: blob.path)
    if position < len(snapshot.blobs) and snapshot.blobs[position].path == path:
        return snapshot.blobs[position]
    raise SsotError(f"the plan names {path!r}, which is not a file of its base", _AGAIN)


def apply_to(blob: Blob, edits: Iterable[Edit]) -> bytes:
    """The file's new bytes."""
    try:
        return apply_edits(blob.data, edits)
    except ValueError as error:
        raise SsotError(f"the plan does not fit {blob.path}: {error}", _AGAIN) from error
