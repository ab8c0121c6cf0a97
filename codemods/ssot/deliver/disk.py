"""One file of the work tree replaced, created or removed, in a way that can be taken back and loses nothing."""

from __future__ import annotations

import contextlib
import os
import secrets
import stat
from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from ssot.deliver.new_paths import folded
from ssot.deliver.snapshot import plain_folder, read_plain
from ssot.values import SsotError

ELSEWHERE = "apply to a branch instead"


@dataclass
class Step(ABC):
    """What happens to one file. Each change looks again first: somebody may have saved the file meanwhile."""

    root: Path
    path: str

    @property
    def target(self) -> Path:
        return self.root / self.path

    @property
    def folder(self) -> str:
        return self.path.rpartition("/")[0]

    @abstractmethod
    def check(self) -> None:
        """Refuses where the work tree is not as the plan expects."""

    @contextlib.contextmanager
    def prepared(self) -> Iterator[None]:
        """What can fail for want of space or rights is done here, where nobody sees it."""
        yield

    @abstractmethod
    def make(self) -> None:
        """The change itself."""

    @abstractmethod
    def take_back(self) -> None:
        """The file as it was, also where `make` came to nothing or half way; an error where that can't be."""

    def finish(self) -> None:  # noqa: B027 - most steps have nothing left to do
        """Called when every step is made."""


@dataclass
class Replace(Step):
    """Another content for a file that is there."""

    before: bytes
    after: bytes
    _temporary: Path = field(default_factory=Path)

    def check(self) -> None:
        _check_same(self, self.before)

    @contextlib.contextmanager
    def prepared(self) -> Iterator[None]:
        with _beside(self.target, self.after, _mode(self)) as self._temporary:
            yield

    def make(self) -> None:
        self.check()
        self._temporary.replace(self.target)

    def take_back(self) -> None:
        with _beside(self.target, self.before, _mode(self)) as temporary:
            _check_same(self, self.after)
            temporary.replace(self.target)


@dataclass
class Create(Step):
    """A file where none is."""

    data: bytes
    _temporary: Path = field(default_factory=Path)
    _ours: os.stat_result | None = None

    def check(self) -> None:
        for folder, name in _way(self.path):
            _check_entry(self, folder, name)

    @contextlib.contextmanager
    def prepared(self) -> Iterator[None]:
        with _folders(self), _beside(self.target, self.data, None) as self._temporary:
            self._ours = self._temporary.lstat()
            yield

    def make(self) -> None:
        if not plain_folder(self.root, self.folder):
            raise _linked(self.path)
        try:
            _move(self._temporary, self.target)
        except FileExistsError as error:
            raise SsotError(f"{self.path} is there already", ELSEWHERE) from error

    def take_back(self) -> None:
        # the same bytes could be somebody's own file, because of which ours was not made
        if self._ours and os.path.samestat(self._ours, self.target.lstat()):
            _check_same(self, self.data)
            self.target.unlink()


@dataclass
class Delete(Step):
    """No file any more."""

    before: bytes
    _aside: Path | None = None

    def check(self) -> None:
        _check_same(self, self.before)

    def make(self) -> None:
        self.check()
        self._aside = _unused(self.target)
        self.target.rename(self._aside)
        # what was taken away is looked at, not what was there a moment before
        if read_plain(self._aside)[0] != self.before:
            raise _differs(self.path)

    def take_back(self) -> None:
        if self._aside:
            _move(self._aside, self.target)

    def finish(self) -> None:
        if self._aside:
            self._aside.unlink()
        _remove_empty(self.root, self.folder)


def refusal(path: str, error: OSError) -> SsotError:
    return SsotError(f"cannot write {path}: {error.strerror}", "make it a writable, regular file; nothing was changed")


def _differs(path: str) -> SsotError:
    return SsotError(
        f"{path} on disk is not what the plan read",
        f"plan again; where git converts line endings or filters content, {ELSEWHERE}",
    )


def _linked(path: str) -> SsotError:
    return SsotError(f"{path} would lie behind a symbolic link or a file", ELSEWHERE)


def _check_same(step: Step, expected: bytes) -> None:
    try:
        plain = plain_folder(step.root, step.folder)
        found = read_plain(step.target)[0] if plain else None
    except OSError as error:
        raise refusal(step.path, error) from error
    if not plain:
        raise SsotError(f"{step.path} lies behind a symbolic link", ELSEWHERE)
    if found != expected:
        raise _differs(step.path)


def _mode(step: Step) -> int:
    return stat.S_IMODE(step.target.lstat().st_mode)


def _unused(target: Path) -> Path:
    return target.with_name(f".ssot-{secrets.token_hex(8)}")


@contextlib.contextmanager
def _beside(target: Path, data: bytes, mode: int | None) -> Iterator[Path]:
    """A complete, synced file in the target's own folder, gone afterwards unless it has become the target."""
    temporary = _unused(target)
    # without a mode the person's umask decides, as for any new file
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666 if mode is None else 0o600)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        if mode is not None:
            temporary.chmod(mode)
        yield temporary
    finally:
        with contextlib.suppress(FileNotFoundError):
            temporary.unlink()


def _move(source: Path, target: Path) -> None:
    """`source` becomes `target`; FileExistsError where something is there, as `rename` would overwrite it."""
    try:
        os.link(source, target, follow_symlinks=False)
    except FileExistsError:
        raise
    except (OSError, NotImplementedError):  # a file system without hard links
        if os.path.lexists(target):
            raise FileExistsError(target) from None
        source.rename(target)
    else:
        source.unlink()


def _way(path: str) -> Iterator[tuple[str, str]]:
    """(folder, name in it) from the root down."""
    parts = path.split("/")
    for depth, name in enumerate(parts):
        yield "/".join(parts[:depth]), name


def _check_entry(step: Create, folder: str, name: str) -> None:
    """Refuses where `name` stands in the way of the new file, or is the new file's folder under another spelling."""
    here = step.root / folder
    if folder and os.path.lexists(here / ".git"):
        raise SsotError(f"{step.path} would lie in another repository, {folder}", ELSEWHERE)
    try:
        names = set(os.listdir(here))  # noqa: PTH208 - the names alone, in one call
    except FileNotFoundError:
        return
    except OSError as error:
        raise refusal(step.path, error) from error
    is_file = step.path == f"{folder}/{name}".lstrip("/")
    alike = [one for one in names if folded(one) == folded(name) and (is_file or one != name)]
    if alike and (is_file or name not in names):
        raise SsotError(f"{step.path} cannot be created: {f'{folder}/{alike[0]}'.lstrip('/')} is there", ELSEWHERE)
    if not is_file and name in names and not plain_folder(step.root, f"{folder}/{name}".lstrip("/")):
        raise _linked(step.path)


@contextlib.contextmanager
def _folders(step: Create) -> Iterator[None]:
    """The folders above the new file; those that were made and stayed empty are removed again."""
    made: list[Path] = []
    try:
        for folder, _ in _way(step.path):
            if not plain_folder(step.root, folder.rpartition("/")[0]):
                raise _linked(step.path)
            with contextlib.suppress(FileExistsError):
                (step.root / folder).mkdir()
                made.append(step.root / folder)
        yield
    finally:
        for one in reversed(made):
            with contextlib.suppress(OSError):
                one.rmdir()


def _remove_empty(root: Path, folder: str) -> None:
    """As git does: an empty folder left behind would still be a namespace package."""
    with contextlib.suppress(OSError):
        while folder:
            (root / folder).rmdir()
            folder = folder.rpartition("/")[0]
