"""Every kind of repository: read, apply twice, undo; the person's state stays as it was."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from deliver.helpers import FILES, Sandbox, any_python, apply, fingerprint
from ssot.deliver.snapshot import read_commit
from ssot.deliver.undo import undo_branch

Make = Callable[[Path], Sandbox]


def _plain(root: Path) -> Sandbox:
    return Sandbox.create(root / "repo")


def _sha256(root: Path) -> Sandbox:
    return Sandbox.create(root / "repo", "--object-format=sha256")


def _detached(root: Path) -> Sandbox:
    repo = _plain(root)
    repo.git("checkout", "--quiet", "--detach")
    return repo


def _linked(root: Path) -> Sandbox:
    _plain(root).git("worktree", "add", "--quiet", "-b", "linked", str(root / "linked"))
    return Sandbox(root / "linked")


def _bare(root: Path) -> Sandbox:
    _plain(root).git("clone", "--quiet", "--bare", str(root / "repo"), str(root / "bare.git"))
    return Sandbox(root / "bare.git")


def _shallow(root: Path) -> Sandbox:
    repo = _plain(root)
    repo.commit("second")
    repo.git("clone", "--quiet", "--depth=1", repo.root.as_uri(), str(root / "shallow"))
    return Sandbox(root / "shallow")


def _split_index(root: Path) -> Sandbox:
    repo = _plain(root)
    repo.git("config", "core.splitIndex", "true")
    repo.git("update-index", "--split-index")
    return repo


def _index_v4(root: Path) -> Sandbox:
    repo = _plain(root)
    repo.git("update-index", "--index-version", "4")
    return repo


def _sparse(root: Path) -> Sandbox:
    repo = _plain(root)
    repo.write({"far/x.py": b"far\n", "far/deep/y.py": b"y\n"})
    repo.commit("far")
    repo.git("sparse-checkout", "set", "--cone", "--sparse-index", "shop")
    return repo


def _merging(root: Path) -> Sandbox:
    repo = _plain(root)
    repo.git("checkout", "--quiet", "-b", "side")
    repo.write({"shop/util.py": b"side\n"})
    repo.commit("side")
    repo.git("checkout", "--quiet", "main")
    repo.write({"shop/util.py": b"main\n"})
    repo.commit("main")
    repo.git("merge", "side", check=False)
    assert (repo.root / ".git/MERGE_HEAD").exists()
    return repo


def _submodule(root: Path) -> Sandbox:
    repo = _plain(root)
    other = Sandbox.create(root / "other")
    repo.git("submodule", "--quiet", "add", str(other.root), "vendor")
    repo.commit("submodule")
    return repo


def _partial(root: Path) -> Sandbox:
    repo = _plain(root)
    repo.write({"data/big.bin": b"\0" * 10_000})
    repo.commit("data")
    repo.git("config", "uploadpack.allowFilter", "true")
    repo.git("clone", "--quiet", "--no-checkout", "--filter=blob:limit=5k", repo.root.as_uri(), str(root / "partial"))
    return Sandbox(root / "partial")


def _worktree_config(root: Path) -> Sandbox:
    repo = _plain(root)
    repo.git("config", "extensions.worktreeConfig", "true")
    repo.git("config", "--worktree", "core.filemode", "false")
    return repo


def _packed(root: Path) -> Sandbox:
    repo = _plain(root)
    repo.git("gc", "--quiet")
    return repo


def _autocrlf(root: Path) -> Sandbox:
    repo = _plain(root)
    repo.git("config", "core.autocrlf", "true")
    return repo


KINDS: dict[str, Make] = {
    make.__name__.strip("_"): make
    for make in (
        _plain, _sha256, _detached, _linked, _bare, _shallow, _split_index, _index_v4, _sparse, _merging, _submodule,
        _partial, _worktree_config, _packed, _autocrlf,
    )
}  # fmt: skip


@pytest.mark.parametrize("kind", list(KINDS))
def test_read_apply_again_and_undo(tmp_path: Path, kind: str) -> None:
    repo = KINDS[kind](tmp_path)
    before = _state(tmp_path)
    git = repo.open()
    snapshot = read_commit(git, "HEAD", any_python)
    assert {path: snapshot.by_path()[path].data for path in FILES} == FILES
    applied = apply(git)
    assert applied.commits[-1].id == repo.git("rev-parse", "ssot/test")
    assert repo.git("diff", "--name-only", "HEAD", "ssot/test", "--").split() == ["shop/a.py", "shop/b.py", "tool.py"]
    if kind != "partial":
        repo.git("fsck", "--connectivity-only")
    assert apply(repo.open()).already
    assert undo_branch(repo.open(), "ssot/test").removed[0].tip == applied.commits[-1].id
    assert repo.git("branch", "--list", "ssot/*") == ""
    assert _state(tmp_path) == before


def _state(root: Path) -> dict[str, str]:
    """All but the folders that git keeps for references."""
    folders = ("refs", "refs/heads", "logs", "logs/refs", "logs/refs/heads", "refs/heads/ssot", "logs/refs/heads/ssot")
    return {path: value for path, value in fingerprint(root).items() if not path.endswith(folders)}
