"""Interrupts, runs at once, readers that go away: no process and no file is left behind."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from pathlib import Path

import pytest
from deliver.helpers import Sandbox

from pipeline.command import Run
from pipeline.faults import APPLY, BRANCH, command, environment, failed, forked, spawn, state, works

unix = pytest.mark.skipif(os.name == "nt", reason="signals and descriptors are others there")


def _interrupting_git(folder: Path) -> Path:
    """A git that sends its parent an interrupt at the call that the file `at` names."""
    folder.mkdir()
    script = folder / "git"
    script.write_text(
        f'#!/bin/sh\ncount=$(($(cat "{folder}/count") + 1))\necho $count > "{folder}/count"\n'
        f'[ $count = "$(cat "{folder}/at")" ] && kill -INT $PPID\nexec "{shutil.which("git")}" "$@"\n'
    )
    script.chmod(0o755)
    return folder


def _processes_in(folder: Path) -> list[str]:
    found = []
    for entry in Path("/proc").iterdir() if Path("/proc").is_dir() else ():
        try:
            if entry.name.isdecimal() and (entry / "cwd").resolve().is_relative_to(folder):
                found.append((entry / "cmdline").read_text())
        except OSError:
            continue
    return found


def _interrupted(
    repo: Sandbox, wrapper: Path, scratch: Path, number: int, arguments: tuple[str, ...]
) -> tuple[int, str] | None:
    """Exit code and stderr; None where there is no such call any more."""
    (wrapper / "count").write_text("0")
    (wrapper / "at").write_text(str(number))
    result = forked(
        ("-C", str(repo.root), *arguments), PATH=f"{wrapper}{os.pathsep}{os.environ['PATH']}", TMPDIR=str(scratch)
    )
    return (result.code, result.err) if int((wrapper / "count").read_text()) >= number else None


def _interrupt_at(run: Run, repo: Sandbox, tmp_path: Path, numbers: range) -> int:
    wrapper, scratch = _interrupting_git(tmp_path / "wrapper"), tmp_path / "scratch"
    scratch.mkdir()
    expected, before = works(run, repo), state(repo.root)
    done = 0
    for number in numbers:
        ended = _interrupted(repo, wrapper, scratch, number, APPLY)
        if ended is None:
            break
        assert ended[0] in (130, 0), ended  # 0: it came after the last git had answered
        assert "Traceback" not in ended[1]
        assert state(repo.root) == before
        assert not list(scratch.iterdir())
        assert not list((repo.root / ".git").rglob("*.lock"))
        assert not _processes_in(repo.root)
        works(run, repo, expected)
        done += ended[0] == 130
    return done


@unix
def test_an_interrupt_ends_the_run_and_leaves_nothing(run: Run, repo: Sandbox, tmp_path: Path) -> None:
    assert _interrupt_at(run, repo, tmp_path, range(4, 30, 10)) >= 1


@unix
@pytest.mark.slow
def test_an_interrupt_at_every_call_of_git(run: Run, repo: Sandbox, tmp_path: Path) -> None:
    assert _interrupt_at(run, repo, tmp_path, range(1, 99)) >= 10


def test_of_several_runs_at_once_one_makes_the_branch(run: Run, repo: Sandbox) -> None:
    expected, before = works(run, repo), state(repo.root)
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    line = command("-C", str(repo.root), *APPLY)
    runs = [subprocess.Popen(line, env=environment(), **pipes) for _ in range(3)]  # type: ignore[call-overload]
    ended = [(*(text.decode() for text in one.communicate()), one.returncode) for one in runs]
    assert all(code == 0 for _, _, code in ended), ended
    assert sorted("made." in out for out, _, _ in ended) == [False, False, True]
    assert all("made." in out or "already holds" in out for out, _, _ in ended)
    assert repo.git("rev-parse", BRANCH) == expected
    assert state(repo.root) == before


@unix
@pytest.mark.parametrize("arguments", [("plan", "--format", "json"), APPLY, ("--help",)])
def test_a_reader_that_goes_away_changes_nothing(repo: Sandbox, arguments: tuple[str, ...]) -> None:
    read, write = os.pipe()
    os.close(read)
    process = subprocess.Popen(
        command("-C", str(repo.root), *arguments), env=environment(), stdout=write, stderr=subprocess.PIPE
    )
    os.close(write)
    _, said = process.communicate()
    assert (process.returncode, said) == (0, b"")
    assert arguments != APPLY or repo.git("rev-parse", BRANCH)


@unix
@pytest.mark.parametrize("redirection", [">&-", "<&- >&- 2>&-"])
def test_streams_that_are_closed_from_the_start(repo: Sandbox, redirection: str) -> None:
    line = ["sh", "-c", f'exec "$@" {redirection}', "sh", *command("-C", str(repo.root), *APPLY)]
    before = state(repo.root)
    done = subprocess.run(line, env=environment(), capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
    assert repo.git("rev-parse", BRANCH)
    assert state(repo.root) == before


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no such device there")
def test_a_full_device_behind_stdout_is_said(repo: Sandbox) -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            command("-C", str(repo.root), "plan"), env=environment(), stdout=full, stderr=subprocess.PIPE, check=False
        )
    assert done.returncode == 2
    assert b"the result can't be written" in done.stderr


@unix
@pytest.mark.parametrize(("more", "coloured"), [({}, True), ({"NO_COLOR": "1"}, False)])
def test_colour_only_on_a_terminal_that_wants_it(repo: Sandbox, more: dict[str, str], coloured: bool) -> None:
    import pty  # not there on Windows

    ours, theirs = pty.openpty()
    with subprocess.Popen(
        command("-C", str(repo.root), "audit"),
        env=environment(**{"TERM": "xterm", **more}),
        stdin=subprocess.DEVNULL,
        stdout=theirs,
        stderr=subprocess.PIPE,
    ):
        os.close(theirs)
        shown = b""
        while True:
            try:
                piece = os.read(ours, 4096)
            except OSError:  # how Linux says that the other end is closed
                break
            if not piece:
                break
            shown += piece
    os.close(ours)
    assert (b"\x1b[" in shown) == coloured
    assert b"\x1b[" not in forked(("-C", str(repo.root), "audit"), TERM="xterm").out


@unix
def test_ended_politely_it_leaves_the_repository_as_it_was(run: Run, repo: Sandbox) -> None:
    """SIGTERM and SIGHUP are what service managers and closing terminals send."""
    before = state(repo.root)
    for number in (signal.SIGTERM, signal.SIGHUP):
        with subprocess.Popen(
            command("-C", str(repo.root), *APPLY), env=environment(), stdout=subprocess.DEVNULL
        ) as process:
            process.send_signal(number)
        assert process.returncode != 0
        assert state(repo.root) == before
    works(run, repo)


def test_a_worker_pool_gives_the_same_commits(run: Run, repo: Sandbox) -> None:
    expected = works(run, repo)
    for jobs, seed, zone in (("1", "0", "UTC"), ("3", "1", "Asia/Kathmandu")):
        more = {"PYTHONHASHSEED": seed, "TZ": zone, "LC_ALL": "C"}
        assert spawn(("-C", str(repo.root), "-j", jobs, *APPLY), **more).code == 0
        assert repo.git("rev-parse", BRANCH) == expected
        assert run("undo", BRANCH).code == 0


def test_errors_need_no_terminal(tmp_path: Path) -> None:
    failed(spawn(("-C", str(tmp_path / "none"), "plan")), "there is no folder")
