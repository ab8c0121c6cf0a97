"""`ssot apply` killed at random moments: the person's state is as before, and the next run gives the same commits."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from deliver.helpers import Sandbox

from pipeline.command import Run
from pipeline.faults import APPLY, BRANCH, command, environment, state
from ssot.deliver.remains import PREFIX

SEED = 20_240_506
pytestmark = pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="no such signal there")


@dataclass
class Toll:
    """What a series of kills did."""

    killed: int = 0  # before the run came to its end
    made: int = 0  # the branch was there already
    harmed: list[str] = field(default_factory=list)
    blocked: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return f"{self.killed} killed, {self.made} after the branch was made, {len(self.harmed)} harmed, {len(self.blocked)} blocked"


def _start(repo: Sandbox, scratch: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        command("-C", str(repo.root), *APPLY),
        env=environment(TMPDIR=str(scratch)),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def _remove(repo: Sandbox) -> None:
    """`git branch -D` would write the configuration too."""
    repo.git("update-ref", "-d", f"refs/heads/{BRANCH}", check=False)


def _duration(repo: Sandbox, scratch: Path) -> float:
    """Of a whole run, the branch made and removed again; the second is the one with warm caches."""
    for _ in range(2):
        begun = time.monotonic()
        assert _start(repo, scratch).wait() == 0
        lasted = time.monotonic() - begun
        _remove(repo)
    return lasted


def _children(pid: int) -> Iterator[int]:
    for file in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            found = [int(word) for word in file.read_text().split()]
        except OSError:
            continue
        for child in found:
            yield from _children(child)
            yield child


def _kill(process: subprocess.Popen[bytes], everything: bool) -> None:
    """The process group; with `everything` the gits as well, which are in sessions of their own."""
    os.kill(process.pid, signal.SIGSTOP)
    victims = list(_children(process.pid)) if everything else []
    for victim in victims:
        try:
            os.kill(victim, signal.SIGKILL)
        except ProcessLookupError:
            continue
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _settled(repo: Sandbox) -> None:
    """A git that outlived its parent comes to its end."""
    for _ in range(200):
        if not any(_works_in(entry, repo.root) for entry in Path("/proc").iterdir() if entry.name.isdecimal()):
            return
        time.sleep(0.01)


def _works_in(entry: Path, folder: Path) -> bool:
    try:
        return (entry / "cwd").resolve().is_relative_to(folder)
    except OSError:
        return False


def _kill_often(run: Run, repo: Sandbox, scratch: Path, times: int, seed: int, everything: bool = False) -> Toll:
    scratch.mkdir()
    lasted, chance, toll = _duration(repo, scratch), random.Random(seed), Toll()
    assert run(*APPLY).code == 0
    expected = repo.git("rev-list", f"main..{BRANCH}")
    _remove(repo)
    before, refs = state(repo.root), repo.git("for-each-ref")
    while toll.killed < times:
        fraction = (toll.killed + chance.random()) / times  # uniform over the run, in slices
        process, begun = _start(repo, scratch), time.monotonic()
        try:
            process.wait(lasted * fraction)
            lasted = min(lasted, time.monotonic() - begun)  # the machine is less busy than it was
        except subprocess.TimeoutExpired:
            _kill(process, everything)
            toll.killed += 1
        _settled(repo)
        _judge(run, repo, f"{fraction:.3f}", (before, refs, expected), toll)
    return toll


def _state(repo: Sandbox) -> dict[str, str]:
    """Without our note of what was under way, which the next run removes."""
    return {path: value for path, value in state(repo.root).items() if not path.startswith(f".git/{PREFIX}")}


def _judge(run: Run, repo: Sandbox, when: str, wanted: tuple[dict[str, str], str, str], toll: Toll) -> None:
    before, refs, expected = wanted
    made = repo.git("rev-list", f"main..{BRANCH}", check=False) if repo.git("branch", "--list", BRANCH) else ""
    toll.made += bool(made)
    if _state(repo) != before or made not in ("", expected) or (not made and repo.git("for-each-ref") != refs):
        toll.harmed.append(when)
    result = run(*APPLY)
    if result.code != 0 or repo.git("rev-list", f"main..{BRANCH}") != expected:
        toll.blocked.append(f"{when}: {result.err}")
        for lock in (repo.root / ".git").rglob("*.lock"):
            lock.unlink()
    _remove(repo)
    if state(repo.root) != before:
        toll.harmed.append(f"{when}, by the next run")


def test_killed_at_some_moments(run: Run, repo: Sandbox, tmp_path: Path) -> None:
    toll = _kill_often(run, repo, tmp_path / "scratch", 8, SEED)
    assert (toll.harmed, toll.blocked) == ([], [])


@pytest.mark.slow
def test_killed_at_two_hundred_moments(run: Run, repo: Sandbox, tmp_path: Path) -> None:
    toll = _kill_often(run, repo, tmp_path / "scratch", 200, SEED)
    print(toll)
    assert toll.made > 0
    assert (toll.harmed, toll.blocked) == ([], [])
    repo.git("fsck", "--strict")


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="needs to know a process's children")
def test_killed_with_every_git_at_two_hundred_moments(run: Run, repo: Sandbox, tmp_path: Path) -> None:
    """As when a container is stopped: a git that dies while it holds the branch's lock leaves that lock to the next run."""
    toll = _kill_often(run, repo, tmp_path / "scratch", 200, SEED + 1, everything=True)
    print(toll)
    assert toll.made > 0
    assert (toll.harmed, toll.blocked) == ([], [])
