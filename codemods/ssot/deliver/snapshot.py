"""All files of a commit or of the work tree that the tool may look at."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from ssot.deliver.git import Git
from ssot.deliver.objects import (
    EXECUTABLE,
    LINK,
    SUBMODULE,
    TreeEntry,
    list_tree,
    missing_objects,
    read_commit_object,
    read_objects,
)
from ssot.values import Blob, Skipped, Snapshot, SsotError

Wanted = Callable[[str], bool]

_LFS = b"version https://git-lfs.github.com/spec/"
_NO_FOLLOW = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


def read_commit(git: Git, rev: str, wanted: Wanted) -> Snapshot:
    """The files of the commit that `rev` names, from git's objects alone."""
    commit = git.resolve(rev)
    found = _Found()
    entries = [(path, entry) for path, entry in _eligible(list_tree(git, commit), wanted, found)]
    _read_blobs(git, entries, missing_objects(git, commit), found)
    read = read_commit_object(git, commit)
    uncommitted, day = count_uncommitted(git), date.fromisoformat(read.date)
    return found.snapshot(commit=commit, tree=read.tree, uncommitted=uncommitted, day=day)


def read_worktree(git: Git, wanted: Wanted) -> Snapshot:
    """The files on disk: tracked ones and untracked ones that are not ignored."""
    if git.work_tree is None:
        raise SsotError("a bare repository has no work tree", "name a commit with --rev")
    found = _Found()
    walk = _Walk(git.work_tree)
    sparse: list[tuple[str, TreeEntry]] = []
    for path, entry in _eligible(_listed(git), wanted, found):
        if isinstance(entry, SparseEntry) and not (git.work_tree / path).exists():
            sparse.append((path, entry))
        else:
            walk.read(path, entry.mode, found)
    _read_blobs(git, sparse, frozenset(), found)
    return found.snapshot()


def count_uncommitted(git: Git) -> int:
    """Files of the work tree or index that differ from HEAD, untracked ones included."""
    return len(uncommitted(git)) if git.work_tree else 0


def uncommitted(git: Git) -> tuple[tuple[str, str], ...]:
    """(git's two status letters, path) of each file that differs from HEAD; ``??`` is untracked."""
    # a submodule's own status would run git inside it, with its configuration
    flags = ("--porcelain=v1", "-z", "--untracked-files=all", "--no-renames", "--ignore-submodules=all")
    records = git.run("status", *flags).decode("utf-8", "surrogateescape").split("\0")
    return tuple((record[:2], record[3:]) for record in records if record)


class SparseEntry(TreeEntry):
    """A file of the index that a sparse checkout leaves out of the work tree."""


@dataclass
class _Found:
    """What a walk has gathered so far."""

    blobs: dict[str, Blob] = field(default_factory=dict)
    skipped: dict[str, Skipped] = field(default_factory=dict)

    def skip(self, path: str, code: str, reason: str) -> None:
        self.skipped.setdefault(path, Skipped(path, code, reason))

    def add(self, path: str, data: bytes, executable: bool) -> None:
        if data.startswith(_LFS) and len(data) < 1024:
            self.skip(path, "lfs-pointer", "its content is kept by Git LFS")
        else:
            self.blobs[path] = Blob(path, data, executable)

    def snapshot(
        self, commit: str | None = None, tree: str | None = None, uncommitted: int = 0, day: date | None = None
    ) -> Snapshot:
        blobs = tuple(self.blobs[path] for path in sorted(self.blobs))
        skipped = tuple(self.skipped[path] for path in sorted(self.skipped))
        return Snapshot(blobs, commit, tree, skipped, uncommitted, day)


def _eligible(entries: Iterable[TreeEntry], wanted: Wanted, found: _Found) -> Iterator[tuple[str, TreeEntry]]:
    """The wanted regular files; what else is of interest is noted as skipped."""
    for entry in entries:
        path = entry.name.decode("utf-8", "backslashreplace")
        if entry.mode == SUBMODULE:
            found.skip(path.removesuffix("/"), "submodule", "another repository's files are its own")
        elif _is_odd(entry.name):
            if wanted(path):
                found.skip(path.encode("unicode_escape").decode("ascii"), "odd-name", "not a name that can be edited")
        elif entry.mode == LINK:
            if wanted(path) or _may_be_package(path, wanted):
                found.skip(path, "symlink", "a symbolic link; its target is read where it lies")
        elif wanted(path):
            yield path, entry


def _may_be_package(path: str, wanted: Wanted) -> bool:
    """A link to a folder stands for a package: names in it are then unknown, not absent."""
    return path.rpartition("/")[2].isidentifier() and wanted(f"{path}/__init__.py")


def _is_odd(name: bytes) -> bool:
    try:
        text = name.decode("utf-8")
    except UnicodeDecodeError:
        return True
    if any(ord(letter) < 32 or ord(letter) == 127 for letter in text):
        return True
    return not {"", ".", "..", ".git"}.isdisjoint(text.lower().split("/"))


def _read_blobs(git: Git, entries: list[tuple[str, TreeEntry]], missing: frozenset[str], found: _Found) -> None:
    present = [(path, entry) for path, entry in entries if entry.oid not in missing]
    for path, entry in entries:
        if entry.oid in missing:
            found.skip(path, "unreadable", "a partial clone does not have it, and nothing is fetched")
    contents = read_objects(git, (entry.oid for _, entry in present))
    for (path, entry), (_, data) in zip(present, contents, strict=True):
        if data is None:
            found.skip(path, "unreadable", f"git cannot read its object {entry.oid}")
        else:
            found.add(path, data, entry.mode == EXECUTABLE)


def _listed(git: Git) -> Iterator[TreeEntry]:
    """Tracked and untracked paths, each once; a path in conflict has several stages."""
    seen = set()
    listing = git.run("ls-files", "-z", "-t", "--stage", "--cached", "--others", "--exclude-standard", "--full-name")
    for record in listing.split(b"\0"):
        if record and (entry := _parse_listed(record)).name not in seen:
            seen.add(entry.name)
            yield entry


def _parse_listed(record: bytes) -> TreeEntry:
    tag, rest = record[:1], record[2:]
    if tag == b"?":
        # a folder among the files is a repository that nobody added
        return TreeEntry(SUBMODULE if rest.endswith(b"/") else "", "", rest)
    head, _, name = rest.partition(b"\t")
    mode, oid, _ = head.decode("ascii").split(" ")
    return (SparseEntry if tag == b"S" else TreeEntry)(mode, oid, name)


class _Walk:
    """Reads files below a root without ever following a link."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._plain: dict[str, bool] = {"": True}

    def read(self, path: str, mode: str, found: _Found) -> None:
        try:
            if not self._plain_folder(path.rpartition("/")[0]):
                found.skip(path, "symlink", "its folder is a symbolic link")
                return
            data, status = read_plain(self._root / path)
        except FileNotFoundError:
            return  # tracked, and deleted in the work tree
        except OSError as error:
            code = "symlink" if (self._root / path).is_symlink() else "unreadable"
            found.skip(path, code, error.strerror or "cannot be read")
            return
        executable = mode == EXECUTABLE if os.name == "nt" else bool(status.st_mode & stat.S_IXUSR)
        found.add(path, data, executable)

    def _plain_folder(self, folder: str) -> bool:
        if folder not in self._plain:
            parent = folder.rpartition("/")[0]
            self._plain[folder] = self._plain_folder(parent) and _is_plain(self._root / folder)
        return self._plain[folder]


def plain_folder(root: Path, folder: str) -> bool:
    """No part of the way from `root` to there is a symbolic link."""
    parts = folder.split("/") if folder else []
    return all(_is_plain(root.joinpath(*parts[: depth + 1])) for depth in range(len(parts)))


def _is_plain(folder: Path) -> bool:
    junction = getattr(folder, "is_junction", None)  # Windows; Python 3.12
    return stat.S_ISDIR(folder.lstat().st_mode) and not (junction and junction())


def read_plain(file: Path) -> tuple[bytes, os.stat_result]:
    """A regular file's bytes; OSError for a link, a pipe, a device."""
    if not stat.S_ISREG(file.lstat().st_mode):
        raise OSError(0, "not a regular file")
    # opened without following links: the file may have been swapped since
    with os.fdopen(os.open(file, os.O_RDONLY | _NO_FOLLOW), "rb") as stream:
        status = os.fstat(stream.fileno())
        if not stat.S_ISREG(status.st_mode):
            raise OSError(0, "not a regular file")
        return stream.read(), status
