from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from deliver.helpers import Sandbox
from ssot.deliver.environment import child_environment, disarm, parse_config
from ssot.deliver.git import Git, find_git
from ssot.values import SsotError


def test_finds_the_repository_around_a_folder(repo: Sandbox) -> None:
    git = Git.open(repo.root / "shop")
    assert git.work_tree == repo.root
    assert git.git_dir == git.common_dir == repo.root / ".git"
    assert Git.open(repo.root / "shop" / "a.py").work_tree == repo.root


def test_not_a_repository(tmp_path: Path) -> None:
    with pytest.raises(SsotError, match="not in a git repository") as caught:
        Git.open(tmp_path)
    assert "git init" in caught.value.todo


def test_no_such_folder(tmp_path: Path) -> None:
    with pytest.raises(SsotError, match="there is no folder"):
        Git.open(tmp_path / "missing")


def test_inside_the_git_directory(repo: Sandbox) -> None:
    with pytest.raises(SsotError, match=r"inside a git directory|bare repository"):
        Git.open(repo.root / ".git" / "refs")


def test_git_missing(repo: Sandbox, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SsotError, match="git is not installed"):
        Git.open(repo.root)


def test_a_git_in_the_current_folder_is_never_run(repo: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    fake = repo.root / "git"
    fake.write_text("#!/bin/sh\ntouch ran\n")
    fake.chmod(0o755)
    monkeypatch.chdir(repo.root)
    real = os.environ["PATH"]
    assert find_git(f".{os.pathsep}{os.pathsep}{real}") != str(fake)
    assert child_environment({"PATH": f".{os.pathsep}{real}"})["PATH"] == real


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can give a folder away")
def test_a_repository_of_another_user(repo: Sandbox) -> None:
    os.chown(repo.root, 12345, 12345)
    os.chown(repo.root / ".git", 12345, 12345)
    with pytest.raises(SsotError, match="belongs to another user") as caught:
        repo.open()
    assert "safe.directory" in caught.value.todo


def test_a_bare_repository_named_itself(repo: Sandbox, tmp_path: Path) -> None:
    repo.git("clone", "--quiet", "--bare", str(repo.root), str(tmp_path / "bare.git"))
    git = Git.open(tmp_path / "bare.git")
    assert git.work_tree is None
    assert git.resolve("HEAD") == repo.git("rev-parse", "HEAD")


def test_a_bare_repository_planted_in_a_work_tree_is_refused(repo: Sandbox) -> None:
    repo.git("clone", "--quiet", "--bare", str(repo.root), "planted")
    with pytest.raises(SsotError, match="bare repository inside another"):
        Git.open(repo.root / "planted")


def test_a_work_tree_elsewhere_is_refused(repo: Sandbox, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    repo.git("config", "core.worktree", str(tmp_path / "elsewhere"))
    with pytest.raises(SsotError, match="is inside a git directory"):
        repo.open()


@pytest.mark.parametrize("rev", ["nope", "--all", "HEAD^{tree}", "a\0b", "HEAD:tool.py"])
def test_what_is_no_commit(repo: Sandbox, rev: str) -> None:
    with pytest.raises(SsotError, match="is not a commit here"):
        repo.open().resolve(rev)


def test_tags_and_short_ids_are_commits(repo: Sandbox) -> None:
    repo.git("tag", "-a", "-m", "v1", "v1")
    head = repo.git("rev-parse", "HEAD")
    assert repo.open().resolve("v1") == repo.open().resolve(head[:8]) == head


def test_the_environment_keeps_identity_and_drops_the_rest() -> None:
    inherited = {"GIT_AUTHOR_NAME": "A", "GIT_AUTHOR_DATE": "x", "GIT_DIR": "x", "git_trace": "1", "HOME": "/h"}
    environment = child_environment(inherited)
    assert environment["GIT_AUTHOR_NAME"] == "A"
    assert environment["HOME"] == "/h"
    assert not {"GIT_AUTHOR_DATE", "GIT_DIR", "git_trace"} & environment.keys()
    assert environment["GIT_NO_LAZY_FETCH"] == "1"


def test_programs_of_the_repositorys_configuration_are_disarmed() -> None:
    listing = (
        b"global\0gpg.program\n/usr/bin/gpg2\0local\0gpg.program\n./evil\0local\0filter.a.b.clean\nevil\0"
        b"local\0hook.x.command\nevil\0local\0gpg.ssh.defaultkeycommand\nevil\0local\0core.bare\0"
    )
    config = parse_config(listing)
    assert config[-1].value == "true"
    settings = dict(disarm(config))
    assert settings["filter.a.b.clean"] == settings["gpg.ssh.defaultkeycommand"] == ""
    assert settings["hook.x.enabled"] == "false"
    assert settings["gpg.openpgp.program"] == "/usr/bin/gpg2"


def test_errors_hide_passwords_and_control_characters(repo: Sandbox) -> None:
    from ssot.deliver.git_error import GitError

    error = GitError("fetch", 128, "hint: x\nfatal: https://me:secret@example.com/\x1b[31m is down\n")
    assert error.what == "git fetch failed: fatal: https://example.com/ [31m is down"


def test_a_temporary_folder_inside_the_repository_is_refused(repo: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(repo.root / "shop"))
    with pytest.raises(SsotError, match="temporary folder is inside"), repo.open().scratch():
        pass


def test_gitpython_is_imported_only_when_something_is_written(repo: Sandbox) -> None:
    script = (
        "import sys; from pathlib import Path; from ssot.deliver.git import Git; from ssot.deliver.snapshot import *\n"
        "import ssot.deliver.branch, ssot.deliver.undo, ssot.deliver.in_place, ssot.deliver.diff\n"
        "git = Git.open(Path(sys.argv[1])); read_commit(git, 'HEAD', bool); read_worktree(git, bool)\n"
        "assert 'git' not in sys.modules\n"
    )
    root = Path(__file__).parents[2] / "codemods"
    environment = {**os.environ, "PYTHONPATH": str(root)}
    subprocess.run([sys.executable, "-c", script, str(repo.root)], env=environment, check=True)
