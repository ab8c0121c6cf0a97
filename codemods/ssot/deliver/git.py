"""The one module that runs git."""

from __future__ import annotations

import os
import re
import subprocess  # noqa: TID251 - the module that runs git
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from ssot.deliver.dialogue import Dialogue
from ssot.deliver.environment import ConfigEntry, absolute_entries, child_environment, disarm, parse_config
from ssot.deliver.git_error import GitError, explained
from ssot.deliver.room import temporary_room
from ssot.values import SsotError

if TYPE_CHECKING:
    from git.cmd import Git as Commands

MINIMUM = (2, 31)  # GIT_CONFIG_COUNT; an older git would silently ignore our settings
_PATIENCE = 5.0  # seconds for a git that was asked to stop


class Git:
    """A repository, and the only way to run git on it."""

    def __init__(
        self, program: str, git_dir: Path, common_dir: Path, work_tree: Path | None, object_format: str
    ) -> None:
        self.program = program
        self.git_dir = git_dir
        self.common_dir = common_dir
        self.work_tree = work_tree
        self.object_format = object_format
        self._environment = child_environment(os.environ)
        self._environment = child_environment(os.environ, disarm(self.config))

    @classmethod
    def open(cls, start: Path) -> Git:
        """The repository around a folder, or a bare one named itself."""
        program = find_git(os.environ.get("PATH", os.defpath))
        start = _folder(start)
        try:
            facts = _discover(program, start, ("-C", str(start)))
        except GitError as error:
            if not _is_bare(program, start):
                raise explained(error, start) from error
            facts = _discover(program, start, (f"--git-dir={start}",))
        return cls._from_facts(program, start, facts)

    @classmethod
    def _from_facts(cls, program: str, start: Path, facts: Sequence[str]) -> Git:
        bare, _, object_format, git_dir, common_dir, *top = facts
        if bare == "true":
            return cls(program, Path(git_dir), Path(common_dir), None, object_format)
        if not top:
            raise SsotError(f"{start} is inside a git directory", "run this from the work tree")
        return cls(program, Path(git_dir), Path(common_dir), Path(top[0]), object_format)

    @property
    def null_id(self) -> str:
        return "0" * (64 if self.object_format == "sha256" else 40)

    @cached_property
    def config(self) -> tuple[ConfigEntry, ...]:
        return parse_config(self.run("config", "--list", "-z", "--show-scope"))

    def setting(self, key: str) -> str | None:
        """The value of a configuration key (lower case) that counts."""
        values = [entry.value for entry in self.config if entry.key == key]
        return values[-1] if values else None

    def flag(self, key: str) -> bool:
        # git knows many spellings of true (1, -1, 2k); what is no spelling of false may be one
        return (self.setting(key) or "").lower() not in ("", "false", "no", "off", "0")

    @cached_property
    def _commands(self) -> Commands:
        # GitPython runs `git version` when it is imported, with whatever PATH says
        with _variable("GIT_PYTHON_GIT_EXECUTABLE", self.program), _variable("GIT_PYTHON_REFRESH", "raise"):
            try:
                # imported on first use: that takes longer than most commands
                from ssot.deliver.plumbing import open_commands
            except ImportError as error:
                raise SsotError("GitPython does not start", f"see whether `{self.program} version` works") from error
        return open_commands(self.git_dir, lambda arguments: self.run(*arguments))

    def call(self, command: str, *arguments: str) -> str:
        """The text that a plumbing command prints, without its last line break."""
        return str(getattr(self._commands, command)(*arguments))

    def run(
        self,
        *arguments: str,
        stdin: bytes | IO[bytes] = b"",
        env: Mapping[str, str] | None = None,
        config: Sequence[str] = (),
    ) -> bytes:
        """The bytes a command prints; GitError where it fails."""
        data, source = (stdin, subprocess.PIPE) if isinstance(stdin, bytes) else (None, stdin)
        return _finish(arguments[0], _start(self._command(arguments, config), source, self._options(env)), data)

    def succeeds(self, *arguments: str) -> bool:
        try:
            self.run(*arguments)
        except GitError as error:
            if error.killed:
                raise
            return False
        return True

    @contextmanager
    def stream(self, *arguments: str, stdin: bytes) -> Iterator[IO[bytes]]:
        """The output of a command as it comes; all its input is known before."""
        with temporary_room(), tempfile.TemporaryFile() as source:
            source.write(stdin)
            source.seek(0)
            with self._running(arguments, source) as process:
                assert process.stdout is not None
                yield process.stdout

    @contextmanager
    def dialogue(self, *arguments: str, inherited: Sequence[int] = ()) -> Iterator[Dialogue]:
        """A command that answers in turns; the `inherited` descriptors stay open for as long as it lives."""
        with self._running(arguments, subprocess.PIPE, pass_fds=tuple(inherited)) as process:
            assert process.stdin is not None
            assert process.stdout is not None
            yield Dialogue(process.stdin, process.stdout)

    @contextmanager
    def _running(
        self, arguments: Sequence[str], stdin: IO[bytes] | int, **options: Any
    ) -> Iterator[subprocess.Popen[bytes]]:
        with temporary_room(), tempfile.TemporaryFile() as errors:
            with _start(self._command(arguments), stdin, {**self._options(None), **options}, errors) as process:
                try:
                    yield process
                except BaseException:
                    _stop(process)
                    raise
            if process.returncode:
                errors.seek(0)
                raise GitError(arguments[0], process.returncode, errors.read().decode("utf-8", "replace"))

    def _command(self, arguments: Sequence[str], config: Sequence[str] = ()) -> list[str]:
        tree = [f"--work-tree={self.work_tree}"] if self.work_tree else []
        options = [word for setting in config for word in ("-c", setting)]
        return [self.program, f"--git-dir={self.git_dir}", *tree, *options, *arguments]

    def _options(self, env: Mapping[str, str] | None) -> dict[str, Any]:
        return _process_options(self.work_tree or self.git_dir, self._environment | dict(env or {}))

    def resolve(self, rev: str) -> str:
        """The id of the commit that `rev` names."""
        try:
            if rev.startswith("-"):
                raise GitError("rev-parse", 128, "")
            return self.run("rev-parse", "--verify", "--quiet", f"{rev}^{{commit}}").decode("ascii").strip()
        except (GitError, ValueError) as error:  # ValueError: a NUL in the name
            if isinstance(error, GitError) and error.killed:
                raise
            if rev == "HEAD":
                raise SsotError("no commit yet", "commit something first: this command reads a commit") from error
            raise SsotError(f"{rev!r} is not a commit here", "name a branch, a tag or a commit id") from error

    @contextmanager
    def scratch(self) -> Iterator[Path]:
        """A temporary folder outside the repository."""
        home = Path(tempfile.gettempdir()).resolve()
        for own in (self.work_tree, self.common_dir):
            if own is not None and home.is_relative_to(own.resolve()):
                raise SsotError("the temporary folder is inside the repository", "set TMPDIR to a folder outside it")
        with temporary_room(), tempfile.TemporaryDirectory(prefix="ssot-") as folder:
            yield Path(folder)


def init_repository(root: Path) -> Git:
    """An empty repository at `root`, without the hooks of anybody's template."""
    program = find_git(os.environ.get("PATH", os.defpath))
    _run_in(program, root, ("init", "--quiet", "--template=", "--initial-branch=main"))
    return Git.open(root)


def find_git(search_path: str) -> str:
    """The git program; never one that lies in the current folder."""
    name = "git.exe" if sys.platform == "win32" else "git"
    for entry in absolute_entries(search_path):
        candidate = Path(entry, name)
        if candidate.is_file() and os.access(candidate, os.X_OK):
            return str(candidate)
    raise SsotError("git is not installed", "install git 2.31 or later and make sure it is on PATH")


def _process_options(folder: Path, environment: Mapping[str, str]) -> dict[str, Any]:
    options: dict[str, Any] = {"cwd": folder, "env": dict(environment)}
    if sys.platform == "win32":
        options["creationflags"] = subprocess.CREATE_NO_WINDOW
    else:
        options["start_new_session"] = True  # Ctrl-C is ours to handle; git is not torn from a half-written lock
    return options


def _run_in(program: str, folder: Path, arguments: Sequence[str]) -> str:
    options = _process_options(folder, child_environment(os.environ))
    command = next(word for word in arguments if word in ("rev-parse", "version", "init"))
    return os.fsdecode(_finish(command, _start([program, *arguments], subprocess.PIPE, options), b""))


def _start(
    command: Sequence[str], stdin: IO[bytes] | int, options: dict[str, Any], stderr: IO[bytes] | int = subprocess.PIPE
) -> subprocess.Popen[bytes]:
    try:
        return subprocess.Popen(command, stdin=stdin, stdout=subprocess.PIPE, stderr=stderr, **options)
    except OSError as error:
        raise SsotError(
            f"git does not start: {error.strerror}", f"see whether `{command[0]} version` works in that folder"
        ) from error


def _finish(name: str, process: subprocess.Popen[bytes], stdin: bytes | None) -> bytes:
    """The bytes that it prints; GitError where it fails."""
    with process:
        try:
            out, said = process.communicate(stdin)
        except BaseException:
            _stop(process)
            raise
    if process.returncode:
        raise GitError(name, process.returncode, said.decode("utf-8", "replace"))
    return out


def _stop(process: subprocess.Popen[bytes]) -> None:
    """Asked first: git then removes its locks and temporary files."""
    process.terminate()
    try:
        process.wait(_PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()


@contextmanager
def _variable(name: str, value: str) -> Iterator[None]:
    before = os.environ.get(name)
    os.environ[name] = value
    try:
        yield
    finally:
        os.environ.pop(name)
        if before is not None:
            os.environ[name] = before


def _folder(start: Path) -> Path:
    if not start.exists():
        raise SsotError(f"there is no folder {start}", "name an existing folder with -C")
    return (start if start.is_dir() else start.parent).absolute()


_FACTS = ("--is-bare-repository", "--is-inside-work-tree", "--show-object-format")
_FOLDERS = ("--path-format=absolute", "--git-dir", "--git-common-dir")


def _discover(program: str, start: Path, where: Sequence[str]) -> list[str]:
    """Bare?, in the work tree?, object format, git dir, common dir and, where there is one, the work tree's root."""
    base = _run_in(program, start, (*where, "rev-parse", *_FACTS, *_FOLDERS)).splitlines()
    if len(base) != 5:
        _refuse_old_git(program, start)
        raise SsotError("the path of the repository contains a line break", "move the repository")
    if base[1] == "true":
        base.append(_run_in(program, start, (*where, "rev-parse", "--show-toplevel")).removesuffix("\n"))
    return base


def _refuse_old_git(program: str, start: Path) -> None:
    found = re.search(r"(\d+)\.(\d+)", _run_in(program, start, ("version",)))
    if found and (int(found[1]), int(found[2])) < MINIMUM:
        raise SsotError(f"git {found[0]} is too old", "install git 2.31 or later")


def _is_bare(program: str, start: Path) -> bool:
    """A bare repository counts only when named itself and not inside a work tree, where it may have been planted."""
    if not all((start / name).exists() for name in ("HEAD", "objects", "refs")):
        return False
    try:
        _run_in(program, start, ("-C", str(start.parent), "rev-parse", "--git-dir"))
    except GitError:
        return True
    return False
