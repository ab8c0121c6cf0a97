"""Locks that git leaves behind when it is killed together with us, told from those of the living.

While git changes branches, a note in the git directory says which. We hold a kernel lock on the note and git inherits it,
so the note is free exactly when all who worked under it are dead. Once git holds its lock files, the note also names them by
inode and time. Only such files are ever removed: those that a dead run's note names, or, where it died in the instant before
they were named, those with the content and the age that they must have. Any doubt leaves the file to the person.
"""

from __future__ import annotations

import json
import os
import stat
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from enum import Enum, auto
from pathlib import Path
from typing import Any

from ssot.deliver.git_error import GitError
from ssot.deliver.local_disk import on_local_disk

if sys.platform != "win32":
    import fcntl

PREFIX = "ssot-update-"
_BOOT = Path("/proc/sys/kernel/random/boot_id")
INSTANT = (
    10.0  # seconds in which a git that was told to lock has done so, and after which nobody is still about to write
)
PACKED = ("packed-refs.lock", "packed-refs.new")  # made where a branch is deleted
Identity = list[int]


@dataclass
class Note:
    """One change of branches under way. Without a descriptor nothing is noted, and nothing will be removed."""

    folder: Path
    locks: Mapping[
        str, str | None
    ]  # lock files that git will make -> what it writes into them, None where nobody can know
    descriptor: int | None = None
    path: Path = Path()

    @property
    def inherited(self) -> tuple[int, ...]:
        return () if self.descriptor is None else (self.descriptor,)

    def about_to_lock(self) -> None:
        self._add({"locking": True})
        self._keep()

    def has_locked(self) -> None:
        """Now each lock file there is git's own."""
        found = {name: identity for name in self.locks if (identity := _identity(self.folder / name))}
        self._add({"held": found})
        self._keep()

    def _add(self, line: Mapping[str, Any]) -> None:
        if self.descriptor is not None:
            with suppress(OSError):
                os.write(self.descriptor, json.dumps(line).encode() + b"\n")

    def _keep(self) -> None:
        """The lock may outlive a power cut, and so must what tells whose it is."""
        if self.descriptor is not None:
            with suppress(OSError):
                os.fsync(self.descriptor)


@contextmanager
def noted(folder: Path, locks: Mapping[str, str | None]) -> Iterator[Note]:
    """A note for as long as git works; kept where it was cut short."""
    note = Note(folder, locks)
    _open(note)
    try:
        yield note
    except BaseException as error:
        # a git that ended by itself has let go of its locks; one that was killed may not have
        _close(note, keep=not isinstance(error, GitError) or error.killed)
        raise
    _close(note, keep=False)


def _open(note: Note) -> None:
    boot = _boot()
    if boot is None:
        return
    with suppress(OSError):
        note.descriptor, note.path = _locked_file(note.folder)
    note._add({"boot": boot, "local": on_local_disk(note.folder), "locks": dict(note.locks)})


def _close(note: Note, *, keep: bool) -> None:
    if note.descriptor is None:
        return
    if not keep:
        note.path.unlink(missing_ok=True)
    os.close(note.descriptor)
    if keep:
        clear_remains(note.folder)


def _locked_file(folder: Path) -> tuple[int, Path]:
    while True:
        descriptor, name = tempfile.mkstemp(prefix=PREFIX, dir=folder)
        try:
            _lock(descriptor, wait=True)
        except OSError:
            os.close(descriptor)
            Path(name).unlink(missing_ok=True)
            raise
        if os.fstat(descriptor).st_nlink:
            return descriptor, Path(name)
        os.close(descriptor)  # another run took it for a dead one's before it was locked


def _lock(descriptor: int, *, wait: bool) -> None:
    if sys.platform != "win32":
        fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))


def _is_free(descriptor: int) -> bool:
    try:
        _lock(descriptor, wait=False)
    except BlockingIOError:
        return False
    return True


def _boot() -> str | None:
    """Which start of which machine this is: kernel locks are known to hold only among its processes."""
    try:
        return _BOOT.read_text("ascii").strip() or None
    except (OSError, ValueError):
        return None


def _identity(file: Path) -> Identity | None:
    """What no other file has, nor a later one of the same name."""
    try:
        found = file.lstat()
    except OSError:
        return None
    return [found.st_ino, found.st_mtime_ns, found.st_size] if stat.S_ISREG(found.st_mode) else None


class _Verdict(Enum):
    GONE = auto()
    OURS = auto()
    TOO_EARLY = auto()  # to tell
    LIVES = auto()  # somebody works under the note
    FOREIGN = auto()


@dataclass
class _Read:
    """What a dead run's note says."""

    boot: str | None = None
    local: bool = False  # only one running system at a time can see the folder
    locks: dict[str, str | None] = field(default_factory=dict)
    locking: bool = False
    held: dict[str, Identity] | None = None
    since: int = 0  # when its last line was written, in nanoseconds


def clear_remains(folder: Path) -> bool:
    """Removes what dead runs of ours left in the git directory; whether waiting may help against what is still there."""
    verdicts = [_clear(path) for path in sorted(folder.glob(f"{PREFIX}*"))]
    return not {_Verdict.TOO_EARLY, _Verdict.LIVES}.isdisjoint(verdicts)


def _clear(path: Path) -> _Verdict:
    try:
        descriptor = os.open(path, os.O_RDWR | getattr(os, "O_NOFOLLOW", 0))
    except OSError:
        return _Verdict.FOREIGN
    try:
        if not _is_free(descriptor):
            return _Verdict.LIVES
        if path.stat().st_ino != os.fstat(descriptor).st_ino:  # another run has cleared it, and somebody made it anew
            return _Verdict.FOREIGN
        return _clear_dead(path, _parse(descriptor))
    except OSError:
        return _Verdict.FOREIGN
    finally:
        os.close(descriptor)


def _clear_dead(path: Path, note: _Read) -> _Verdict:
    verdicts = []
    if note.locking and _all_dead(note, path.parent):
        for name in _within(note.locks):
            file = path.parent / name
            verdicts.append(verdict := _judge(file, note, name))
            if verdict is _Verdict.OURS:
                file.unlink()
    if _Verdict.TOO_EARLY in verdicts:
        return _Verdict.TOO_EARLY
    path.unlink()
    return _Verdict.GONE


def _all_dead(note: _Read, folder: Path) -> bool:
    """Whether a note that is free says so of its processes: on this system, or on one that has ended since."""
    here = _boot()
    if here is None or note.boot is None:
        return False
    return note.boot == here or (note.local and on_local_disk(folder))


def _within(names: Iterable[str]) -> Iterator[str]:
    """The names that git gives its locks; nothing else is removed, whatever a note says."""
    for name in names:
        ours = name in PACKED or (name.startswith("refs/heads/") and name.endswith(".lock"))
        if ours and ".." not in Path(name).parts:
            yield name


def _judge(file: Path, note: _Read, name: str) -> _Verdict:
    found = _identity(file)
    if found is None:
        return _Verdict.GONE
    if note.held is not None:
        return _Verdict.OURS if note.held.get(name) == found else _Verdict.FOREIGN
    return _judge_unnamed(file, note, note.locks[name])


def _judge_unnamed(file: Path, note: _Read, content: str | None) -> _Verdict:
    """It died between its word to lock and ours that it had: the file is of that instant, and empty or complete."""
    if content is None or file.read_text("latin-1") not in ("", content):
        return _Verdict.FOREIGN
    made = file.lstat().st_mtime_ns
    if not 0 <= made - note.since <= INSTANT * 1e9:
        return _Verdict.FOREIGN
    return _Verdict.OURS if time.time() - made / 1e9 > INSTANT else _Verdict.TOO_EARLY


def _parse(descriptor: int) -> _Read:
    with os.fdopen(os.dup(descriptor), "rb") as stream:
        text = stream.read()
    note = _Read(since=os.fstat(descriptor).st_mtime_ns)
    for line in text.split(b"\n")[:-1]:  # the last one may have been cut short
        with suppress(ValueError):
            _take_in(note, json.loads(line))
    return note


def _take_in(note: _Read, line: Any) -> None:
    match line:
        case {"boot": str(boot), "locks": dict(locks)}:
            note.boot, note.locks, note.local = boot, locks, line.get("local") is True
        case {"locking": True}:
            note.locking = True
        case {"held": dict(held)}:
            note.held = held
