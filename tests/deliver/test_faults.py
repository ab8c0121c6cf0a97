"""Killed, raced, out of space: the person's repository is as before, and the next run works."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from deliver.helpers import CHANGES, FILES, Sandbox, any_python, apply, fingerprint, make_plan
from ssot.deliver import branch as branch_module
from ssot.deliver.commits import AppliedCommit, Context, Series, commit_series
from ssot.deliver.git import Git
from ssot.deliver.git_error import GitError
from ssot.deliver.objects import read_objects
from ssot.deliver.remains import PREFIX
from ssot.deliver.sample import create_repository
from ssot.deliver.snapshot import read_commit
from ssot.values import SsotError

SCRIPT = """
import sys
from pathlib import Path
from deliver.helpers import apply
from ssot.deliver.git import Git
git = Git.open(Path(sys.argv[1]))
print("ready", flush=True)
apply(git)
"""
# Git leaves an unfinished object behind when killed, and folders for a reference; neither is anybody's state.
NEW = (".git/refs/heads/ssot", ".git/logs/refs/heads/ssot")


def _state(repo: Sandbox) -> dict[str, str]:
    """Without our note of what was under way, which the next run removes."""
    found = fingerprint(repo.root, without=NEW)
    return {path: value for path, value in found.items() if not path.startswith(f".git/{PREFIX}")}


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="no such signal there")
def test_killed_at_any_moment(repo: Sandbox, tmp_path: Path) -> None:
    (tmp_path / "tmp").mkdir()
    root = Path(__file__).parents[2]
    search = os.pathsep.join(str(root / folder) for folder in ("codemods", "tests"))
    environment = {**os.environ, "PYTHONPATH": search, "TMPDIR": str(tmp_path / "tmp")}
    before = _state(repo)
    chance = random.Random(7)
    for _ in range(12):
        command = [sys.executable, "-c", SCRIPT, str(repo.root)]
        with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE) as process:
            assert process.stdout is not None
            process.stdout.readline()
            time.sleep(chance.uniform(0, 0.25))
            process.kill()
        time.sleep(0.02)  # its last git may still run
        assert _state(repo) == before
        tip = repo.git("rev-parse", "--verify", "--quiet", "ssot/test", check=False)
        assert tip in ("", repo.git("rev-list", "-1", "ssot/test", check=False))
    applied = apply(repo.open())
    assert repo.git("rev-parse", "ssot/test") == applied.commits[-1].id
    assert fingerprint(repo.root, without=NEW) == before
    repo.git("fsck", "--strict")


def test_a_branch_made_meanwhile_is_not_overwritten(repo: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    def slow(context: Context, series: list[Series]) -> list[list[AppliedCommit]]:
        made = commit_series(context, series)
        repo.git("branch", "ssot/test")
        return made

    monkeypatch.setattr(branch_module, "commit_series", slow)
    with pytest.raises(SsotError, match="changed while ssot was running"):
        apply(repo.open())
    assert repo.git("rev-parse", "ssot/test") == repo.git("rev-parse", "HEAD")


def test_a_branch_moved_meanwhile_is_not_overwritten(repo: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    apply(repo.open(), changes={"engine": CHANGES["engine"]})

    def slow(context: Context, series: list[Series]) -> list[list[AppliedCommit]]:
        made = commit_series(context, series)
        repo.git("branch", "--force", "ssot/test", "HEAD")
        return made

    monkeypatch.setattr(branch_module, "commit_series", slow)
    with pytest.raises(SsotError, match="changed while ssot was running"):
        apply(repo.open())
    assert repo.git("rev-parse", "ssot/test") == repo.git("rev-parse", "HEAD")


def test_of_two_runs_at_once_one_wins_and_the_other_says_so(repo: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    winner: list[str] = []

    def slow(context: Context, series: list[Series]) -> list[list[AppliedCommit]]:
        made = commit_series(context, series)
        monkeypatch.setattr(branch_module, "commit_series", commit_series)
        winner.append(apply(repo.open()).commits[-1].id)
        return made

    monkeypatch.setattr(branch_module, "commit_series", slow)
    assert apply(repo.open()).already
    assert [repo.git("rev-parse", "ssot/test")] == winner


def test_split_branches_appear_together_or_not_at_all(repo: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    def slow(context: Context, series: list[Series]) -> list[list[AppliedCommit]]:
        made = commit_series(context, series)
        repo.git("branch", "ssot/test/both")
        return made

    monkeypatch.setattr(branch_module, "commit_series", slow)
    with pytest.raises(SsotError, match="changed while"):
        apply(repo.open(), split=True)
    assert repo.git("branch", "--list", "ssot/*", "--format=%(refname:short)") == "ssot/test/both"


def test_a_tree_that_is_not_as_planned_is_never_published(repo: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ssot.deliver.commits._parse_raw", lambda output: {})
    with pytest.raises(RuntimeError, match="does not hold exactly"):
        apply(repo.open())
    assert repo.git("branch", "--list", "ssot/*") == ""


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write anywhere")
def test_a_read_only_repository(repo: Sandbox) -> None:
    (repo.root / ".git/objects").chmod(0o555)
    try:
        with pytest.raises(SsotError, match="failed"):
            apply(repo.open())
    finally:
        (repo.root / ".git/objects").chmod(0o755)


def test_a_damaged_repository_is_an_error_not_a_traceback(repo: Sandbox) -> None:
    blob = repo.git("rev-parse", "HEAD:shop/a.py")
    file = repo.root / ".git/objects" / blob[:2] / blob[2:]
    file.chmod(0o644)
    file.write_bytes(b"garbage")
    skipped = [("shop/a.py", "unreadable")]
    assert [(one.path, one.code) for one in read_commit(repo.open(), "HEAD", any_python).skipped] == skipped
    file.unlink()
    assert [(one.path, one.code) for one in read_commit(repo.open(), "HEAD", any_python).skipped] == skipped
    file = repo.root / ".git/objects" / (tree := repo.git("rev-parse", "HEAD^{tree}"))[:2] / tree[2:]
    file.unlink()
    with pytest.raises(GitError, match="git ls-tree failed"):
        read_commit(repo.open(), "HEAD", any_python)


def test_a_command_that_fails_midway_is_an_error(repo: Sandbox) -> None:
    git = repo.open()
    with pytest.raises(GitError, match="git cat-file failed"), git.stream("cat-file", "--nonsense", stdin=b"") as out:
        out.read()


def test_a_consumer_that_stops_early_leaves_no_process(repo: Sandbox) -> None:
    git = repo.open()
    oid = repo.git("rev-parse", "HEAD")
    objects = read_objects(git, [oid] * 9999)
    assert next(objects)[0] == oid
    objects.close()


def test_a_plan_is_read_from_a_sample_repository(tmp_path: Path) -> None:
    root = tmp_path / "sample"
    root.mkdir()
    git = create_repository(root, FILES, "Sample", name="Demo", email="demo@example.com")
    again = tmp_path / "again"
    again.mkdir()
    other = create_repository(again, FILES, "Sample", name="Demo", email="demo@example.com")
    assert git.resolve("HEAD") == other.resolve("HEAD")
    snapshot = read_commit(git, "HEAD", any_python)
    assert snapshot.uncommitted == 0
    assert len(apply(git, branch=None).commits) == len(make_plan(snapshot).change_sets)
    assert isinstance(Git.open(root), Git)
