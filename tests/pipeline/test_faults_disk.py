"""No room, no right to write: nothing is harmed, the reason is named, and the next run works."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from deliver.helpers import Sandbox

from pipeline.command import Result, Run
from pipeline.faults import APPLY, command, environment, failed, state, works

NEEDS_MOUNT = "mounting a file system needs root and the capability for it"
_BALLAST = "ballast"


@contextmanager
def _mounted(place: Path, *options: str) -> Iterator[None]:
    done = (
        subprocess.run(["mount", *options, str(place)], capture_output=True, check=False)
        if shutil.which("mount")
        else None
    )
    if done is None or done.returncode:
        pytest.skip(NEEDS_MOUNT)
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", str(place)], check=True)


@contextmanager
def _read_only(place: Path) -> Iterator[None]:
    with _mounted(place, "--bind", str(place)):
        subprocess.run(["mount", "-o", "remount,ro,bind", str(place)], check=True)
        yield


@contextmanager
def _small(place: Path) -> Iterator[None]:
    """A file system of its own at `place`, with the files that were there and next to no room."""
    with tempfile.TemporaryDirectory() as copy:
        shutil.copytree(place, copy, dirs_exist_ok=True)
        with _mounted(place, "-t", "tmpfs", "-o", "size=2m", "tmpfs"):
            shutil.copytree(copy, place, dirs_exist_ok=True)
            _fill(place)
            yield


def _fill(place: Path) -> None:
    with (place / _BALLAST).open("wb", buffering=0) as file:
        try:
            while True:
                file.write(b"\0" * 4096)
        except OSError:
            pass


def test_a_full_object_store(run: Run, repo: Sandbox) -> None:
    expected = works(run, repo)
    repo.git("repack", "-adq")
    repo.git("prune", "--expire=now")
    objects = repo.root / ".git/objects"
    with _small(objects):
        before = state(repo.root)
        failed(run(*APPLY), "No space left", "free some space")
        assert state(repo.root) == before
        (objects / _BALLAST).unlink()
        works(run, repo, expected)


def test_a_full_git_directory_but_for_the_objects(run: Run, repo: Sandbox) -> None:
    """The objects fit, and the reference does not."""
    expected = works(run, repo)
    with _small(repo.root / ".git/refs"):
        before = state(repo.root)
        failed(run(*APPLY), "couldn't write", "whether the disk has room")
        assert state(repo.root) == before
        (repo.root / ".git/refs" / _BALLAST).unlink()
        works(run, repo, expected)


def test_a_full_temporary_folder(run: Run, repo: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = works(run, repo)
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    with _small(scratch), monkeypatch.context() as patch:
        patch.setattr(tempfile, "tempdir", str(scratch))
        before = state(repo.root)
        failed(run(*APPLY), "temporary folder can't be written", "TMPDIR")
        assert state(repo.root) == before
        assert [one.name for one in scratch.iterdir()] == [_BALLAST]
    works(run, repo, expected)


def test_a_read_only_git_directory(run: Run, repo: Sandbox) -> None:
    expected = works(run, repo)
    place = repo.root / ".git"
    with _read_only(place):
        before = state(repo.root)
        failed(run(*APPLY), "make it writable")
        assert run("plan").code == 0
        assert state(repo.root) == before
    works(run, repo, expected)


def test_a_read_only_work_tree(run: Run, repo: Sandbox) -> None:
    place = repo.root / "shop"
    with _read_only(place):
        before = state(repo.root)
        failed(run("apply", "--in-place"), "cannot write shop/")
        assert state(repo.root) == before
        works(run, repo)


def test_a_full_work_tree(run: Run, repo: Sandbox) -> None:
    with _small(repo.root / "shop"):
        (repo.root / ".git/info/exclude").write_text(f"{_BALLAST}\n")
        before = state(repo.root)
        failed(run("apply", "--in-place"), "cannot write shop/", "No space left")
        assert state(repo.root) == before


@pytest.mark.skipif(os.name == "nt", reason="no such limits there")
@pytest.mark.parametrize("limit", [0, 1])
def test_files_that_may_not_grow(run: Run, repo: Sandbox, limit: int) -> None:
    """As with a quota: git dies of a signal."""
    expected = works(run, repo)
    before = state(repo.root)
    failed(_limited(limit, "-C", str(repo.root), *APPLY))
    assert state(repo.root) == before
    works(run, repo, expected)


def _limited(limit: int, *arguments: str) -> Result:
    script = f'ulimit -f {limit} && exec "$@"'
    done = subprocess.run(
        ["sh", "-c", script, "sh", *command(*arguments)],
        env=environment(PYTHONDONTWRITEBYTECODE="1"),
        capture_output=True,
        check=False,
    )
    return Result(done.returncode, done.stdout, done.stderr.decode())
