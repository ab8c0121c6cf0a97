"""A git on PATH that fails at its n-th call, for every n: nothing is harmed, and the next run works."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from deliver.helpers import Sandbox

from pipeline.command import Run
from pipeline.faults import APPLY, BRANCH, failed, spawn, state, works

pytestmark = pytest.mark.skipif(os.name == "nt", reason="the wrapper is a shell script")

MODES = ("exit 1", "exit 128", "killed", "done, then exit 1", "half the output")
_SCRIPT = """#!/bin/sh
count=$(($(cat "{folder}/count") + 1))
echo $count > "{folder}/count"
if [ $count = "$(cat "{folder}/at")" ]; then
  case "$(cat "{folder}/mode")" in
    "exit 1") exit 1 ;;
    "exit 128") echo "fatal: no such luck with https://me:secret@example.com/x" >&2; exit 128 ;;
    "killed") kill -9 $$ ;;
    "done, then exit 1") "{git}" "$@"; exit 1 ;;
    "half the output") "{git}" "$@" | head -c 7; exit 1 ;;
  esac
fi
exec "{git}" "$@"
"""
Arm = Callable[[int, str], None]


@pytest.fixture
def calls(tmp_path: Path) -> Path:
    folder = tmp_path / "wrapper"
    folder.mkdir()
    (folder / "git").write_text(_SCRIPT.format(folder=folder, git=shutil.which("git")))
    (folder / "git").chmod(0o755)
    return folder


def _arm(calls: Path, at: int, mode: str) -> None:
    for name, value in {"count": "0", "at": str(at), "mode": mode}.items():
        (calls / name).write_text(value)


def _count(calls: Path) -> int:
    return int((calls / "count").read_text())


def _sweep(
    run: Run,
    repo: Sandbox,
    calls: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: tuple[str, ...],
    modes: tuple[str, ...],
) -> int:
    """One run for each call and mode; the tip is the same after every recovery."""
    expected = works(run, repo)
    number = 0
    while True:
        number += 1
        for mode in modes if len(modes) > 1 else MODES[number % len(MODES) :][:1]:
            if arguments[0] == "undo":
                assert run(*APPLY).code == 0
            before, refs = state(repo.root), repo.git("for-each-ref")
            _arm(calls, number, mode)
            with monkeypatch.context() as patch:
                patch.setenv("PATH", f"{calls}{os.pathsep}{os.environ['PATH']}")
                result = run(*arguments)
            if _count(calls) < number:
                assert result.code == 0
                return number - 1
            assert state(repo.root) == before, (number, mode)
            assert "secret" not in result.err
            if result.code != 0:
                failed(result)
                assert repo.git("for-each-ref") == refs, (number, mode)
            elif "--split" in arguments:
                assert run("undo", BRANCH).code == 0
            works(run, repo, expected)


@pytest.mark.parametrize("arguments", [APPLY, ("undo", BRANCH)], ids=["apply", "undo"])
def test_every_call_fails_once(
    run: Run, repo: Sandbox, calls: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...]
) -> None:
    assert _sweep(run, repo, calls, monkeypatch, arguments, ()) > 6


@pytest.mark.slow
@pytest.mark.parametrize(
    "arguments", [APPLY, (*APPLY, "--split"), ("undo", BRANCH), ("plan",), ("verify",)], ids=" ".join
)
def test_every_call_fails_once_in_every_way(
    run: Run, repo: Sandbox, calls: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...]
) -> None:
    if arguments[0] == "verify":
        assert run("apply", "--branch", "ssot/other").code == 0
    assert _sweep(run, repo, calls, monkeypatch, arguments, MODES) > 6


def test_a_git_that_does_not_start_is_an_error(run: Run, repo: Sandbox, calls: Path) -> None:
    before = state(repo.root)
    (calls / "git").write_text("#!/no/such/interpreter\n")
    failed(spawn(("-C", str(repo.root), *APPLY), PATH=str(calls)), "git does not start")
    assert state(repo.root) == before
    works(run, repo)


def test_gitpython_finding_no_git_is_an_error(run: Run, repo: Sandbox, calls: Path) -> None:
    """GitPython runs `git version` when it is imported."""
    real = shutil.which("git")
    (calls / "git").write_text(f'#!/bin/sh\ncase "$*" in version) exit 1;; esac\nexec "{real}" "$@"\n')
    before = state(repo.root)
    failed(spawn(("-C", str(repo.root), *APPLY), PATH=f"{calls}{os.pathsep}{os.environ['PATH']}"), "GitPython")
    assert state(repo.root) == before
    works(run, repo)


def test_gitpython_runs_no_git_of_the_current_folder(
    repo: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    planted = repo.root / "git"
    planted.write_text(f'#!/bin/sh\ntouch "{tmp_path}/ran"\nexec "{shutil.which("git")}" "$@"\n')
    planted.chmod(0o755)
    monkeypatch.chdir(repo.root)
    more = {"PATH": f".{os.pathsep}{os.environ['PATH']}", "GIT_PYTHON_REFRESH": "nonsense"}
    assert spawn(APPLY, **more).code == 0
    assert not (tmp_path / "ran").exists()
