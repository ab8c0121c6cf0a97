from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from deliver.helpers import FILES, Sandbox, any_python, apply, make_plan
from ssot.deliver.in_place import apply_in_place
from ssot.deliver.snapshot import read_commit
from ssot.values import SsotError


def _run(repo: Sandbox) -> tuple[str, ...]:
    git = repo.open()
    snapshot = read_commit(git, "HEAD", any_python)
    return apply_in_place(git, snapshot, make_plan(snapshot))


def test_the_files_become_what_the_branch_would_hold(repo: Sandbox) -> None:
    apply(repo.open())
    repo.write({"untracked.txt": b"mine\n"})
    assert _run(repo) == ("shop/a.py", "shop/b.py", "tool.py")
    assert repo.git("diff", "ssot/test", "--") == ""
    assert stat.S_IMODE((repo.root / "tool.py").stat().st_mode) == 0o755
    assert not list(repo.root.rglob(".ssot-*"))


@pytest.mark.parametrize("staged", [True, False])
def test_a_dirty_work_tree_is_refused(repo: Sandbox, staged: bool) -> None:
    repo.write({"shop/old.py": b"changed\n"})
    if staged:
        repo.git("add", "--all")
    with pytest.raises(SsotError, match=r"the work tree has changes: shop/old\.py"):
        _run(repo)
    assert (repo.root / "shop/a.py").read_bytes() == FILES["shop/a.py"]


def test_an_untracked_file_that_would_be_touched_is_refused(repo: Sandbox) -> None:
    git = repo.open()
    snapshot = read_commit(git, "HEAD", any_python)
    repo.git("rm", "--quiet", "--cached", "tool.py")
    repo.git("commit", "--quiet", "-m", "untrack")
    with pytest.raises(SsotError, match=r"the work tree has changes: tool\.py"):
        apply_in_place(git, snapshot, make_plan(snapshot))


def test_content_that_git_converts_is_refused(repo: Sandbox) -> None:
    repo.git("config", "core.autocrlf", "true")
    (repo.root / "shop/a.py").unlink()
    repo.git("checkout", "shop/a.py")
    assert b"\r\n" in (repo.root / "shop/a.py").read_bytes()
    with pytest.raises(SsotError, match=r"shop/a\.py on disk is not what the plan read"):
        _run(repo)


def _hide(repo: Sandbox, path: str) -> None:
    """git is told not to look, so that only our own check stands between a swap and the write."""
    repo.git("update-index", "--assume-unchanged", path)


def test_a_file_swapped_for_a_link_is_refused(repo: Sandbox, tmp_path: Path) -> None:
    outside = tmp_path / "outside.py"
    outside.write_bytes(FILES["tool.py"])
    _hide(repo, "tool.py")
    (repo.root / "tool.py").unlink()
    (repo.root / "tool.py").symlink_to(outside)
    with pytest.raises(SsotError, match=r"tool\.py"):
        _run(repo)
    assert outside.read_bytes() == FILES["tool.py"]


def test_a_folder_swapped_for_a_link_is_refused(repo: Sandbox, tmp_path: Path) -> None:
    for path in FILES:
        _hide(repo, path)
    (repo.root / "shop").rename(tmp_path / "shop")
    (repo.root / "shop").symlink_to(tmp_path / "shop")
    with pytest.raises(SsotError, match=r"behind a symbolic link|has changes"):
        _run(repo)
    assert (tmp_path / "shop/a.py").read_bytes() == FILES["shop/a.py"]


def test_a_failure_half_way_puts_everything_back(repo: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    replaced: list[Path] = []
    replace = Path.replace

    def failing(self: Path, target: Path) -> Path:
        replaced.append(target)
        if len(replaced) == 3:
            raise OSError(28, "No space left on device")
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", failing)
    with pytest.raises(SsotError, match=r"cannot write tool\.py: No space left"):
        _run(repo)
    assert {path: (repo.root / path).read_bytes() for path in FILES} == FILES
    assert repo.git("status", "--porcelain") == ""


def test_a_file_saved_meanwhile_is_not_overwritten(repo: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    sync = os.fsync

    def save_meanwhile(handle: int) -> None:
        sync(handle)
        repo.write({"tool.py": b"saved by an editor\n"})

    monkeypatch.setattr(os, "fsync", save_meanwhile)
    with pytest.raises(SsotError, match=r"tool\.py on disk is not what the plan read"):
        _run(repo)
    assert (repo.root / "tool.py").read_bytes() == b"saved by an editor\n"
    assert (repo.root / "shop/a.py").read_bytes() == FILES["shop/a.py"]


def test_a_bare_repository_has_nothing_to_edit(repo: Sandbox, tmp_path: Path) -> None:
    repo.git("clone", "--quiet", "--bare", str(repo.root), str(tmp_path / "bare.git"))
    with pytest.raises(SsotError, match="no work tree"):
        _run(Sandbox(tmp_path / "bare.git"))
