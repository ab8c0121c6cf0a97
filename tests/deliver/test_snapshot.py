from __future__ import annotations

import os
from pathlib import Path

import pytest

from deliver.helpers import FILES, Sandbox, any_python
from ssot.deliver.snapshot import read_commit, read_worktree
from ssot.values import SsotError


def test_a_commit_is_read_as_committed(repo: Sandbox) -> None:
    repo.write({"shop/a.py": b"dirty\n", "new.py": b"new\n", "note.txt": b"\n"})
    snapshot = read_commit(repo.open(), "HEAD", any_python)
    assert {blob.path: blob.data for blob in snapshot.blobs} == FILES
    assert [blob.path for blob in snapshot.blobs] == sorted(FILES)
    assert [blob.path for blob in snapshot.blobs if blob.executable] == ["tool.py"]
    assert snapshot.commit == repo.git("rev-parse", "HEAD")
    assert snapshot.tree == repo.git("rev-parse", "HEAD^{tree}")
    assert snapshot.uncommitted == 3


def test_uncommitted_counts_staged_and_deleted_but_not_ignored_files(repo: Sandbox) -> None:
    repo.write({"staged.py": b"", ".gitignore": b"*.log\n", "x.log": b""})
    repo.git("add", "staged.py")
    (repo.root / "shop/b.py").unlink()
    repo.git("mv", "shop/a.py", "shop/z.py")
    assert read_commit(repo.open(), "HEAD", any_python).uncommitted == 5


def test_the_work_tree_is_read_as_it_is_on_disk(repo: Sandbox) -> None:
    (repo.root / "shop/b.py").unlink()
    repo.write({"shop/a.py": b"dirty\n", "new/é b.py": b"new\n", ".gitignore": b"ignored.py\n", "ignored.py": b""})
    snapshot = read_worktree(repo.open(), any_python)
    expected = {**FILES, "shop/a.py": b"dirty\n", "new/é b.py": b"new\n"}
    del expected["shop/b.py"]
    assert {blob.path: blob.data for blob in snapshot.blobs} == expected
    assert (snapshot.commit, snapshot.tree, snapshot.skipped) == (None, None, ())
    assert [blob.path for blob in snapshot.blobs if blob.executable] == ["tool.py"]


def test_no_commit_yet(tmp_path: Path) -> None:
    root = tmp_path / "empty"
    root.mkdir()
    repo = Sandbox(root)
    repo.git("init", "--quiet")
    repo.write({"a.py": b"x\n"})
    with pytest.raises(SsotError, match="no commit yet"):
        read_commit(repo.open(), "HEAD", any_python)
    assert [blob.path for blob in read_worktree(repo.open(), any_python).blobs] == ["a.py"]


def test_links_are_skipped_and_never_followed(repo: Sandbox, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    (outside / "pkg").mkdir(parents=True)
    (outside / "secret.py").write_bytes(b"secret\n")
    (outside / "pkg/inner.py").write_bytes(b"secret\n")
    repo.write({"pkg/inner.py": b"mine\n"})
    (repo.root / "link.py").symlink_to(outside / "secret.py")
    (repo.root / "linked").symlink_to(outside / "pkg")
    (repo.root / "dangling.py").symlink_to("nowhere")
    (repo.root / "notes.txt").symlink_to("nowhere")
    repo.commit("links")
    skipped = [("dangling.py", "symlink"), ("link.py", "symlink"), ("linked", "symlink")]

    def wanted(path: str) -> bool:
        return path.endswith(".py")

    committed = read_commit(repo.open(), "HEAD", wanted)
    assert [(one.path, one.code) for one in committed.skipped] == skipped
    # a tracked folder swapped for a link that leads out
    (repo.root / "pkg/inner.py").unlink()
    (repo.root / "pkg").rmdir()
    (repo.root / "pkg").symlink_to(outside / "pkg")
    found = read_worktree(repo.open(), wanted)
    assert all(b"secret" not in blob.data for blob in found.blobs)
    assert {(one.path, one.code) for one in found.skipped} >= set(skipped)


def test_submodules_are_skipped_and_counted(repo: Sandbox, tmp_path: Path) -> None:
    other = Sandbox.create(tmp_path / "other")
    repo.git("submodule", "--quiet", "add", str(other.root), "vendor/other")
    repo.commit("submodule")
    for snapshot in (read_commit(repo.open(), "HEAD", any_python), read_worktree(repo.open(), any_python)):
        assert [(one.path, one.code) for one in snapshot.skipped] == [("vendor/other", "submodule")]
        assert not any(blob.path.startswith("vendor") for blob in snapshot.blobs)
    inside = Sandbox(repo.root / "vendor/other").open()
    assert inside.work_tree == repo.root / "vendor/other"
    assert len(read_commit(inside, "HEAD", any_python).blobs) == len(FILES)


def test_an_untracked_repository_inside_is_not_read(repo: Sandbox) -> None:
    Sandbox.create(repo.root / "nested")
    found = read_worktree(repo.open(), any_python)
    assert [(one.path, one.code) for one in found.skipped] == [("nested", "submodule")]


@pytest.mark.skipif(os.name == "nt", reason="such names cannot exist there")
def test_odd_names_and_lfs_pointers_are_skipped(repo: Sandbox) -> None:
    for name in (b"bad\xff.py", b"line\nbreak.py"):
        Path(os.fsdecode(os.fsencode(repo.root) + b"/" + name)).write_bytes(b"x\n")
    repo.write({"big.py": b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n"})
    repo.commit("odd")
    for snapshot in (read_commit(repo.open(), "HEAD", any_python), read_worktree(repo.open(), any_python)):
        assert [(one.path, one.code) for one in snapshot.skipped] == [
            ("bad\\\\xff.py", "odd-name"),
            ("big.py", "lfs-pointer"),
            ("line\\nbreak.py", "odd-name"),
        ]


def test_a_path_in_conflict_is_read_once(repo: Sandbox) -> None:
    _conflict(repo)
    found = read_worktree(repo.open(), any_python)
    assert [blob.path for blob in found.blobs].count("shop/a.py") == 1
    assert b"<<<<<<<" in found.by_path()["shop/a.py"].data


def _conflict(repo: Sandbox) -> None:
    repo.git("checkout", "--quiet", "-b", "side")
    repo.write({"shop/a.py": b"side\n"})
    repo.commit("side")
    repo.git("checkout", "--quiet", "main")
    repo.write({"shop/a.py": b"main\n"})
    repo.commit("main")
    repo.git("merge", "side", check=False)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes there")
def test_what_is_no_regular_file_does_not_hang(repo: Sandbox) -> None:
    (repo.root / "shop/a.py").unlink()
    os.mkfifo(repo.root / "shop/a.py")
    found = read_worktree(repo.open(), any_python)
    assert [(one.path, one.code) for one in found.skipped] == [("shop/a.py", "unreadable")]


def test_a_sparse_checkout_is_read_from_the_index(repo: Sandbox) -> None:
    repo.write({"far/x.py": b"far\n"})
    repo.commit("far")
    repo.git("sparse-checkout", "set", "--cone", "--sparse-index", "shop")
    assert not (repo.root / "far").exists()
    assert read_worktree(repo.open(), any_python).by_path()["far/x.py"].data == b"far\n"


def test_a_bare_repository_has_no_work_tree_to_read(repo: Sandbox, tmp_path: Path) -> None:
    repo.git("clone", "--quiet", "--bare", str(repo.root), str(tmp_path / "bare.git"))
    git = Sandbox(tmp_path / "bare.git").open()
    assert read_commit(git, "HEAD", any_python).uncommitted == 0
    with pytest.raises(SsotError, match="no work tree"):
        read_worktree(git, any_python)


def test_a_partial_clone_fetches_nothing(repo: Sandbox, tmp_path: Path) -> None:
    repo.git("config", "uploadpack.allowFilter", "true")
    url = repo.root.as_uri()
    repo.git("clone", "--quiet", "--no-checkout", "--filter=blob:none", url, str(tmp_path / "partial"))
    snapshot = read_commit(Sandbox(tmp_path / "partial").open(), "HEAD", any_python)
    assert snapshot.blobs == ()
    assert {(one.path, one.code) for one in snapshot.skipped} == {(path, "unreadable") for path in FILES}


def test_replaced_objects_are_not_what_is_read(repo: Sandbox) -> None:
    blob = repo.git("rev-parse", "HEAD:shop/a.py")
    other = repo.git("hash-object", "-w", "--stdin", stdin=b"other\n")
    repo.git("replace", blob, other)
    assert read_commit(repo.open(), "HEAD", any_python).by_path()["shop/a.py"].data == FILES["shop/a.py"]
