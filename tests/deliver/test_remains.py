"""Locks that a killed run leaves behind go with the next run; those of anybody else stay."""

from __future__ import annotations

import itertools
import json
import os
import random
import re
import signal
import subprocess
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from deliver.helpers import Sandbox, apply
from ssot.deliver import git as git_module
from ssot.deliver import local_disk, remains
from ssot.deliver import refs as refs_module
from ssot.deliver.git import Git
from ssot.deliver.refs import RefChange, branch_tip, update_branches
from ssot.deliver.remains import PREFIX, Note, clear_remains
from ssot.deliver.undo import undo_branch
from ssot.values import SsotError

pytestmark = pytest.mark.skipif(not Path("/proc/sys/kernel/random/boot_id").exists(), reason="no such proof there")
LOCK = "refs/heads/ssot/test.lock"
Change = Callable[[Git], object]


def _create(git: Git) -> None:
    update_branches(git, (RefChange("ssot/test", None, git.resolve("HEAD")),), "x")


def _delete(git: Git) -> None:
    update_branches(git, (RefChange("ssot/test", git.resolve("HEAD"), None),), "x")


def _notes(repo: Sandbox) -> list[Path]:
    return list((repo.root / ".git").glob(f"{PREFIX}*"))


def _locks(repo: Sandbox) -> list[str]:
    folder = repo.root / ".git"
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.lock"))


def _forked(run: Callable[[], object]) -> int:
    """A process of its own, without the time that an interpreter takes to start."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of 3.12, about threads that the test's runner may have
        child = os.fork()
    if not child:
        try:
            run()
        finally:
            os._exit(1)
    return child


def _started(start: Callable[..., subprocess.Popen[bytes]]) -> list[subprocess.Popen[bytes]]:
    """The gits that are started from now on."""
    processes: list[subprocess.Popen[bytes]] = []

    def starting(*given: object) -> subprocess.Popen[bytes]:
        processes.append(start(*given))
        return processes[-1]

    git_module._start = starting  # type: ignore[assignment]
    return processes


def _die_at(moment: str, git: Git, change: Change) -> None:
    """Kills git and then this process, as when a container is stopped: neither can say anything more."""
    processes, name = _started(git_module._start), moment.partition(" ")[2]
    original = getattr(Note, name)

    def deadly(note: Note) -> None:
        if moment.startswith("after"):
            original(note)
        os.kill(processes[-1].pid, signal.SIGKILL)
        os.kill(os.getpid(), signal.SIGKILL)

    setattr(Note, name, deadly)
    change(git)


def _killed(repo: Sandbox, moment: str, change: Change = _create) -> None:
    git = repo.open()
    _, status = os.waitpid(_forked(lambda: _die_at(moment, git, change)), 0)
    assert os.waitstatus_to_exitcode(status) == -signal.SIGKILL
    _until_its_git_is_gone(repo)


def _until_its_git_is_gone(repo: Sandbox) -> None:
    """A killed process may need a moment."""
    end = time.monotonic() + 30
    for note in _notes(repo):
        with note.open("rb") as held:
            while not remains._is_free(held.fileno()):
                assert time.monotonic() < end
                time.sleep(0.01)


@pytest.fixture
def left(repo: Sandbox) -> Path:
    """The lock of a run that died after it had been noted whose it is."""
    _killed(repo, "after has_locked")
    assert _locks(repo) == [LOCK]
    return repo.root / ".git" / LOCK


@pytest.fixture
def unnamed(repo: Sandbox) -> Path:
    """The lock of a run that died in the instant before."""
    _killed(repo, "before has_locked")
    assert _locks(repo) == [LOCK]
    return repo.root / ".git" / LOCK


@contextmanager
def _short(monkeypatch: pytest.MonkeyPatch, seconds: float) -> Iterator[None]:
    with monkeypatch.context() as patch:
        for module in (remains, refs_module):
            patch.setattr(module, "INSTANT", seconds)
        yield


def _stays(repo: Sandbox, lock: Path) -> None:
    before = lock.read_bytes()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(refs_module, "_PATIENCE", 0.2)
        with pytest.raises(SsotError, match="is locked"):
            _create(repo.open())
    assert lock.read_bytes() == before
    assert repo.git("branch", "--list", "ssot/*") == ""


def test_the_next_run_removes_the_lock_of_a_dead_one(repo: Sandbox, left: Path) -> None:
    applied = apply(repo.open())
    assert repo.git("rev-parse", "ssot/test") == applied.commits[-1].id
    assert (_locks(repo), _notes(repo)) == ([], [])


@pytest.mark.parametrize("content", ["", "whole"])
def test_so_it_does_where_nobody_could_note_it_any_more(
    repo: Sandbox, unnamed: Path, content: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not content:
        times = unnamed.stat()
        unnamed.write_bytes(b"")
        os.utime(unnamed, ns=(times.st_atime_ns, times.st_mtime_ns))
    with _short(monkeypatch, 1.5):
        _create(repo.open())
    assert repo.git("rev-parse", "ssot/test") == repo.git("rev-parse", "HEAD")
    assert (_locks(repo), _notes(repo)) == ([], [])


def test_a_run_that_died_before_git_locked_anything_leaves_only_a_note(repo: Sandbox) -> None:
    _killed(repo, "before about_to_lock")
    assert (_locks(repo), len(_notes(repo))) == ([], 1)
    assert not clear_remains(repo.root / ".git")
    assert _notes(repo) == []


@pytest.mark.parametrize("packed", [False, True])
def test_a_removal_that_was_killed_leaves_nothing_that_blocks_the_persons_git(repo: Sandbox, packed: bool) -> None:
    _create(repo.open())
    if packed:
        repo.git("pack-refs", "--all")
    _killed(repo, "after has_locked", _delete)
    assert _locks(repo) == ["packed-refs.lock", LOCK]
    clear_remains(repo.root / ".git")
    assert _locks(repo) == []
    assert not (repo.root / ".git/packed-refs.new").exists()
    repo.git("pack-refs", "--all")
    _delete(repo.open())
    assert repo.git("branch", "--list", "ssot/*") == ""


def test_the_lock_of_all_packed_branches_is_removed_only_where_it_is_noted(
    repo: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    _create(repo.open())
    _killed(repo, "before has_locked", _delete)
    monkeypatch.setattr(refs_module, "_PATIENCE", 0.1)
    with _short(monkeypatch, 0.5), pytest.raises(SsotError, match=r"packed-refs\.lock in the git directory is locked"):
        _delete(repo.open())
    assert _locks(repo) == ["packed-refs.lock"]


def test_git_alone_is_killed_and_nothing_stays(repo: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(git_module, "_start", git_module._start)  # put back at the end
    processes, locked = _started(git_module._start), Note.has_locked

    def deadly(note: Note) -> None:
        locked(note)
        processes[-1].kill()
        processes[-1].wait()

    monkeypatch.setattr(Note, "has_locked", deadly)
    with pytest.raises(SsotError, match="killed by signal 9"):
        _create(repo.open())
    assert (_locks(repo), _notes(repo)) == ([], [])


def test_what_a_living_run_holds_is_left_to_it(repo: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also while only its git lives."""
    git, (read, write) = repo.open(), os.pipe()
    locked = Note.has_locked

    def waits(note: Note) -> None:
        locked(note)
        os.write(write, b"x")
        time.sleep(60)

    def hold() -> None:
        setattr(Note, "has_locked", waits)  # noqa: B010
        _create(git)

    child = _forked(hold)
    os.read(read, 1)
    try:
        with _short(monkeypatch, 0.0):
            _stays(repo, repo.root / ".git" / LOCK)
        assert len(_notes(repo)) == 1
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        os.close(read)
        os.close(write)
    _create(repo.open())  # its git lets go as soon as it sees that nobody tells it anything more
    assert (_locks(repo), _notes(repo)) == ([], [])


def test_a_note_that_something_of_the_dead_run_still_holds_is_not_touched(
    repo: Sandbox, left: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (note,) = _notes(repo)
    with note.open("rb") as held, _short(monkeypatch, 0.0):
        remains._lock(held.fileno(), wait=False)
        _stays(repo, left)
        assert note.exists()
        assert clear_remains(repo.root / ".git"), "waiting may help"
    _create(repo.open())


def _restarted(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, mounted: str = "ext4") -> None:
    """Another start of the machine, with a file system of that type where the tests' folders are."""
    device = tmp_path.stat().st_dev
    (tmp_path / "boot").write_text("another\n")
    table = f"1 0 {os.major(device)}:{os.minor(device)} / / rw shared:1 master:2 - {mounted} /dev/x rw\n"
    (tmp_path / "mounts").write_text(table)
    monkeypatch.setattr(remains, "_BOOT", tmp_path / "boot")
    monkeypatch.setattr(local_disk, "_MOUNTS", tmp_path / "mounts")


def _as_noted_on(repo: Sandbox, *, local: bool) -> None:
    """What the dead run wrote of the disk, whatever the disk of the tests is."""
    (note,) = _notes(repo)
    times = note.stat()
    note.write_text(re.sub(r'"local": (true|false)', f'"local": {json.dumps(local)}', note.read_text()))
    os.utime(note, ns=(times.st_atime_ns, times.st_mtime_ns))


def test_after_a_restart_too(repo: Sandbox, left: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """On a disk that one system mounts at a time, nobody of the one before is alive."""
    _as_noted_on(repo, local=True)
    _restarted(monkeypatch, tmp_path)
    _create(repo.open())
    assert not left.exists()
    assert (_locks(repo), _notes(repo)) == ([], [])


def test_after_a_restart_the_lock_of_all_packed_branches_goes_too(
    repo: Sandbox, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Where it was noted."""
    _create(repo.open())
    _killed(repo, "after has_locked", _delete)
    _as_noted_on(repo, local=True)
    _restarted(monkeypatch, tmp_path)
    assert _locks(repo) == ["packed-refs.lock", LOCK]
    _delete(repo.open())
    assert (_locks(repo), _notes(repo)) == ([], [])
    assert repo.git("branch", "--list", "ssot/*") == ""


@pytest.mark.parametrize(("then", "now"), [(True, "nfs4"), (False, "ext4"), (True, "overlay"), (True, "none")])
def test_what_another_machine_may_see_stays_after_a_restart(
    repo: Sandbox, left: Path, then: bool, now: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The run may live on: its kernel lock is not seen from here."""
    _as_noted_on(repo, local=then)
    _restarted(monkeypatch, tmp_path, now)
    if now == "none":
        monkeypatch.setattr(local_disk, "_MOUNTS", tmp_path / "missing")
    _stays(repo, left)


def test_a_lock_made_after_the_restart_stays(
    repo: Sandbox, left: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """It is not the file that was noted, whatever is in it."""
    _as_noted_on(repo, local=True)
    _restarted(monkeypatch, tmp_path)
    data = left.read_bytes()
    left.unlink()
    left.write_bytes(data)
    _stays(repo, left)


@pytest.mark.parametrize(
    ("table", "local"),
    [
        ("1 0 {} / / rw - ext4 /dev/x rw\n", True),
        ("1 0 {} / / rw shared:1 master:2 - xfs /dev/x rw\n1 0 {} /a /b rw - xfs /dev/x rw\n", True),
        ("1 0 {} / / rw - ext4 /dev/x rw\n2 0 {} / / rw - fuse.ext4 x rw\n", False),
        ("1 0 {}1 / / rw - ext4 /dev/x rw\n", False),
        ("1 0 {} / / rw ext4 /dev/x rw\n", False),
        ("", False),
    ],
)
def test_which_disks_are_one_machines_own(
    table: str, local: bool, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """By the number of the device, as the table of mounts shows it."""
    device = tmp_path.stat().st_dev
    (tmp_path / "mounts").write_text(table.replace("{}", f"{os.major(device)}:{os.minor(device)}"))
    monkeypatch.setattr(local_disk, "_MOUNTS", tmp_path / "mounts")
    assert local_disk.on_local_disk(tmp_path) is local
    assert not local_disk.on_local_disk(tmp_path / "missing")


@pytest.mark.parametrize("how", ["made again", "other machine", "no machine", "not a file"])
def test_a_lock_that_is_not_the_one_that_was_noted_stays(
    repo: Sandbox, left: Path, how: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    boot = tmp_path / "boot"
    if how == "made again":
        data = left.read_bytes()
        left.unlink()
        left.write_bytes(data)
    elif how == "not a file":
        (tmp_path / "other").write_bytes(left.read_bytes())
        left.unlink()
        left.symlink_to(tmp_path / "other")
    else:
        _as_noted_on(repo, local=False)
        monkeypatch.setattr(remains, "_BOOT", boot)
    if how == "other machine":
        boot.write_text("another\n")
    _stays(repo, left)


@pytest.mark.parametrize("how", ["other content", "older", "later", "not yet"])
def test_a_lock_that_was_not_noted_stays_in_any_doubt(
    repo: Sandbox, unnamed: Path, how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (note,) = _notes(repo)
    if how == "other content":
        unnamed.write_text(repo.git("rev-parse", "HEAD^{tree}") + "\n")
    shift = {"older": -5, "later": 11}.get(how, 0)
    made = note.stat().st_mtime_ns + shift * 10**9
    if how != "other content":
        os.utime(unnamed, ns=(made, made))
    if how == "not yet":
        monkeypatch.setattr(refs_module, "INSTANT", 0.0)
    else:
        monkeypatch.setattr(time, "time", lambda: made / 1e9 + 60)
    _stays(repo, unnamed)


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"{",
        b"[]\n",
        b'{"boot": 1}\n{"held": 3}\n',
        b'{"boot": "B", "locks": {"config": "x"}}\n{"locking": true}\n',
    ],
)
def test_a_note_that_says_nothing_is_removed_and_nothing_else(repo: Sandbox, text: bytes) -> None:
    (repo.root / ".git" / f"{PREFIX}x").write_bytes(text)
    before = (repo.root / ".git/config").read_bytes()
    assert not clear_remains(repo.root / ".git")
    assert _notes(repo) == []
    assert (repo.root / ".git/config").read_bytes() == before


@pytest.mark.parametrize(
    "name", ["config", "HEAD.lock", "refs/heads/../../HEAD.lock", "../HEAD.lock", "refs/heads/main"]
)
def test_only_locks_of_branches_are_ever_removed(repo: Sandbox, name: str) -> None:
    folder = repo.root / ".git"
    (folder / "HEAD.lock").write_bytes(b"x")
    identity = remains._identity(folder / name)
    lines = [{"boot": remains._boot(), "locks": {name: "x"}}, {"locking": True}, {"held": {name: identity}}]
    (folder / f"{PREFIX}x").write_text("".join(json.dumps(line) + "\n" for line in lines))
    clear_remains(folder)
    assert remains._identity(folder / name) == identity
    assert _notes(repo) == []


@pytest.mark.parametrize("change", [apply, lambda git: undo_branch(git, "ssot/test")], ids=["apply", "undo"])
def test_a_run_that_comes_to_its_end_leaves_no_note(repo: Sandbox, change: Change) -> None:
    if change is not apply:
        apply(repo.open())
    change(repo.open())
    assert _notes(repo) == []


def test_a_note_that_is_a_link_is_not_followed(repo: Sandbox, left: Path, tmp_path: Path) -> None:
    """It could name a file of anybody's, and would be read as a note of ours."""
    (note,) = _notes(repo)
    note.rename(tmp_path / "elsewhere")
    note.symlink_to(tmp_path / "elsewhere")
    clear_remains(repo.root / ".git")
    assert note.is_symlink()
    assert left.exists()


def test_nor_does_one_that_git_refuses(repo: Sandbox) -> None:
    git = repo.open()
    with pytest.raises(SsotError, match="changed while"):
        update_branches(git, (RefChange("main", None, git.resolve("HEAD")),), "x")
    assert _notes(repo) == []


def test_a_run_that_finds_its_branch_made_clears_up_too(repo: Sandbox) -> None:
    apply(repo.open())
    (repo.root / ".git" / f"{PREFIX}x").write_bytes(b"")
    assert apply(repo.open()).already
    assert _notes(repo) == []


def test_where_no_note_can_be_made_the_branch_is(repo: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(**_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(tempfile, "mkstemp", full)
    _create(repo.open())
    assert repo.git("rev-parse", "ssot/test") == repo.git("rev-parse", "HEAD")


def test_a_git_that_ends_without_an_answer_has_failed(
    repo: Sandbox, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    script = tmp_path / "git"
    script.write_text("#!/bin/sh\ncat > /dev/null &\nexit 0\n")
    script.chmod(0o755)
    git = repo.open()
    git.call("version")  # the other programs are found by now
    monkeypatch.setattr(git, "run", git.run)
    with monkeypatch.context() as patch:
        patch.setattr(refs_module, "_are_made", lambda *_: False)
        patch.setattr(git, "program", str(script))
        with pytest.raises(SsotError, match="did not answer"):
            _create(git)
    assert _notes(repo) == []


def _make(git: Git) -> None:
    for number in itertools.count():
        update_branches(git, (RefChange(f"ssot/{number}", None, git.resolve("HEAD")),), "x")


def _make_and_remove(git: Git) -> None:
    while True:
        _create(git)
        _delete(git)


def _kill_with_git(child: int) -> None:
    os.kill(child, signal.SIGSTOP)
    for file in Path(f"/proc/{child}/task").glob("*/children"):
        for victim in file.read_text().split():
            os.kill(int(victim), signal.SIGKILL)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)


def _kill_in_updates(repo: Sandbox, work: Change, times: int) -> tuple[int, list[str]]:
    """Kills a process that does nothing but change branches: how often locks were left, and what blocked the next run."""
    chance, git = random.Random(times), repo.open()
    found, blocked = 0, []
    for _ in range(times):
        child = _forked(lambda: work(git))
        time.sleep(chance.uniform(0.005, 0.15))
        _kill_with_git(child)
        locks = _locks(repo)
        found += bool(locks)
        names = [name.removeprefix("refs/heads/").removesuffix(".lock") for name in locks if "/" in name]
        blocked += _blocked(repo, names or ["ssot/test"])
        while clear_remains(repo.root / ".git"):  # its git may need a moment to be gone
            time.sleep(0.05)
        assert _notes(repo) == []
        for name in repo.git("branch", "--list", "ssot/*", "--format=%(refname:short)").split():
            repo.git("update-ref", "-d", f"refs/heads/{name}")
    return found, blocked


def _blocked(repo: Sandbox, names: list[str]) -> list[str]:
    """What the next run leaves, or is stopped by, where it changes the same branches."""
    git = repo.open()
    try:
        for name in names:
            tip = branch_tip(git, name)
            update_branches(git, (RefChange(name, tip, None if tip else git.resolve("HEAD")),), "x")
    except SsotError as error:
        found = [error.what]
    else:
        found = _locks(repo)
    for lock in _locks(repo):
        (repo.root / ".git" / lock).unlink()
    return found


def test_killed_with_its_git_at_some_moments_of_the_update(repo: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    with _short(monkeypatch, 0.5):
        assert _kill_in_updates(repo, _make, 12)[1] == []


@pytest.mark.slow
def test_killed_with_its_git_at_two_hundred_moments_of_the_update(repo: Sandbox) -> None:
    found, blocked = _kill_in_updates(repo, _make, 200)
    print(f"{found} of 200 left locks, {len(blocked)} next runs blocked")
    assert found > 10
    assert blocked == []


@pytest.mark.slow
def test_killed_with_its_git_while_a_branch_is_removed(repo: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the lock of all packed branches stays, where git died in the instant in which it made it."""
    with _short(monkeypatch, 0.5):
        found, blocked = _kill_in_updates(repo, _make_and_remove, 201)
    print(f"{found} of 201 left locks, {len(blocked)} next runs blocked")
    assert found > 10
    assert all(what.startswith("packed-refs.lock") for what in blocked)
