"""Every state that a repository can be in, through the command line."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from deliver.helpers import Sandbox
from deliver.test_repositories import KINDS

from pipeline.command import Run
from pipeline.faults import APPLY, BRANCH, MANIFEST, failed, state, works
from ssot.pipeline import session as session_module


@pytest.mark.parametrize("kind", list(KINDS))
def test_every_kind_of_repository(run: Run, tmp_path: Path, kind: str) -> None:
    folder = tmp_path / "kind"
    repo = KINDS[kind](folder)
    manifest = tmp_path / "manifest.toml"
    manifest.write_bytes(MANIFEST)
    before = state(folder)

    def on(*arguments: str) -> tuple[int, bytes]:
        result = run("--manifest", str(manifest), *arguments, root=repo.root)
        assert result.err == ""
        return result.code, result.out

    assert on(*APPLY)[0] == 0
    tip = repo.git("rev-parse", BRANCH)
    assert b"already holds this plan" in on(*APPLY)[1]
    assert on("verify", BRANCH)[0] == 0
    assert on("undo", BRANCH)[0] == 0
    assert state(folder) == before
    assert on(*APPLY)[0] == 0
    assert repo.git("rev-parse", BRANCH) == tip


def test_a_dirty_tree_is_left_alone_and_its_files_are_counted(run: Run, repo: Sandbox) -> None:
    repo.write({"shop/one.py": b"staged\n", "new.py": b"x\n"})
    repo.git("add", "shop/one.py")
    repo.write({"shop/one.py": b"from shop.old import Engine\n", "shop/core.py": b"changed\n"})
    repo.git("stash", "push", "--quiet", "shop/core.py")
    before = state(repo.root)
    result = run(*APPLY)
    assert result.code == 0
    assert "2 uncommitted files" in result.text
    assert state(repo.root) == before


def test_no_commit_yet(run: Run, tmp_path: Path) -> None:
    empty = Sandbox(tmp_path / "empty")
    empty.root.mkdir()
    empty.git("init", "--quiet")
    empty.write({"ssot.toml": MANIFEST, "a.py": b"x = 1\n"})
    before = state(empty.root)
    failed(run(*APPLY, root=empty.root), "no commit yet")
    assert state(empty.root) == before


def _rebasing(repo: Sandbox) -> None:
    repo.git("checkout", "--quiet", "-b", "side")
    repo.write({"shop/core.py": b"side\n"})
    repo.commit("side")
    repo.git("checkout", "--quiet", "main")
    repo.write({"shop/core.py": b"class Engine:\n    x = 1\n\n\nclass Motor:\n    pass\n"})
    repo.commit("main")
    repo.git("rebase", "side", check=False)
    assert (repo.root / ".git/rebase-merge").exists()


def _bisecting(repo: Sandbox) -> None:
    for number in range(3):
        repo.commit(str(number))
    repo.git("bisect", "start", "HEAD", "HEAD~3")


def _picking(repo: Sandbox) -> None:
    (repo.root / ".git/CHERRY_PICK_HEAD").write_text(repo.git("rev-parse", "HEAD") + "\n")


@pytest.mark.parametrize("make", [_rebasing, _bisecting, _picking])
def test_what_is_under_way_goes_on(run: Run, repo: Sandbox, make: object) -> None:
    assert callable(make)
    base = repo.git("rev-parse", "HEAD")
    make(repo)
    before, head = state(repo.root), repo.git("rev-parse", "HEAD")
    result = run(*APPLY, "--base", base)
    assert result.code == 0, result.err
    assert state(repo.root) == before
    assert repo.git("rev-parse", "HEAD") == head


@pytest.mark.parametrize("lock", ["index.lock", "HEAD.lock", "config.lock", "packed-refs.lock", "refs/heads/main.lock"])
def test_locks_that_others_hold_do_not_matter(run: Run, repo: Sandbox, lock: str) -> None:
    (repo.root / ".git" / lock).write_bytes(b"")
    before = state(repo.root)
    result = run(*APPLY)
    assert result.code == 0, result.err
    assert state(repo.root) == before


def test_a_stale_lock_of_the_branch_says_path_and_age(run: Run, repo: Sandbox) -> None:
    lock = repo.root / ".git/refs/heads/ssot/test.lock"
    lock.parent.mkdir()
    lock.write_bytes(b"")
    os.utime(lock, (time.time() - 4000, time.time() - 4000))
    before = state(repo.root)
    failed(run(*APPLY), "refs/heads/ssot/test.lock", "locked, for 400")
    assert lock.exists()
    assert state(repo.root) == before
    lock.unlink()
    works(run, repo)


def test_a_packed_branch_behind_a_lock_is_not_undone(run: Run, repo: Sandbox) -> None:
    assert run(*APPLY).code == 0
    repo.git("pack-refs", "--all")
    (repo.root / ".git/packed-refs.lock").write_bytes(b"")
    before, tip = state(repo.root), repo.git("rev-parse", BRANCH)
    failed(run("undo", BRANCH), "packed-refs.lock in the git directory is locked")
    assert (state(repo.root), repo.git("rev-parse", BRANCH)) == (before, tip)


@pytest.mark.parametrize("how", ["plain", "on top", "amended", "merged into", "symbolic", "checked out", "blob"])
def test_a_branch_that_is_not_ours_alone_is_never_moved(run: Run, repo: Sandbox, tmp_path: Path, how: str) -> None:
    assert run(*APPLY, "--only", "canonical-imports").code == 0
    _take_over(repo, tmp_path, how)
    repo.write({"shop/four.py": b"from shop.old import Motor\n"})
    repo.commit("more to do")
    before, refs = state(repo.root), repo.git("for-each-ref")
    failed(run(*APPLY), "branch 'ssot/test'")
    if how != "checked out":
        failed(run("undo", BRANCH))
    assert (state(repo.root), repo.git("for-each-ref")) == (before, refs)


def _take_over(repo: Sandbox, tmp_path: Path, how: str) -> None:
    tree = tmp_path / "person"
    if how in ("on top", "amended", "checked out"):
        repo.git("worktree", "add", "--quiet", str(tree), BRANCH)
        other = Sandbox(tree)
        if how == "on top":
            other.git("commit", "--quiet", "--allow-empty", "-m", "mine")
        if how == "amended":
            other.git("commit", "--quiet", "--amend", "-m", "mine")
        if how != "checked out":
            repo.git("worktree", "remove", str(tree))
    elif how == "plain":
        repo.git("branch", "--force", BRANCH, "main")
    elif how == "merged into":
        repo.git("branch", "other", "main")
        repo.git(
            "update-ref",
            f"refs/heads/{BRANCH}",
            repo.git("commit-tree", "-p", BRANCH, "-p", "main", "-m", "m", "main^{tree}"),
        )
    elif how == "symbolic":
        repo.git("branch", "person", BRANCH)
        repo.git("symbolic-ref", f"refs/heads/{BRANCH}", "refs/heads/person")
    else:
        (repo.root / f".git/refs/heads/{BRANCH}").write_text(repo.git("rev-parse", "HEAD:ssot.toml") + "\n")


@pytest.mark.parametrize(
    "name",
    [
        "-x",
        "a..b",
        "a b",
        "HEAD",
        "@",
        "refs/heads/x",
        "x.lock",
        "/x",
        "x/",
        "a~1",
        "@{-1}",
        "main/x",
        "",
        "\x1b[2J",
        "a\nb",
        "a" * 300,
    ],
)
def test_names_that_no_branch_can_have(run: Run, repo: Sandbox, name: str) -> None:
    before = state(repo.root)
    result = run("apply", f"--branch={name}")
    failed(result)
    assert "\x1b" not in result.err
    assert state(repo.root) == before
    works(run, repo)


def test_signing_that_fails(run: Run, repo: Sandbox, home: Path) -> None:
    expected = works(run, repo)
    repo.git("config", "--global", "commit.gpgSign", "true")
    repo.git("config", "--global", "gpg.program", "false")
    before = state(repo.root)
    failed(run(*APPLY), "signing failed", "nothing was written")
    assert state(repo.root) == before
    repo.git("config", "--global", "commit.gpgSign", "false")
    works(run, repo, expected)


def test_nobody_knows_who_commits(run: Run, repo: Sandbox, home: Path) -> None:
    text = (home / ".gitconfig").read_text()
    (home / ".gitconfig").write_text(text.replace("[user]", "[nobody]"))
    before = state(repo.root)
    failed(run(*APPLY), "git does not know who you are", "git config --global user.name", "user.email")
    assert state(repo.root) == before
    (home / ".gitconfig").write_text(text)
    works(run, repo)


def test_a_repository_of_another_user(run: Run, repo: Sandbox) -> None:
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        pytest.skip("only root can give a folder away")
    for path in (repo.root, repo.root / ".git"):
        os.chown(path, 12345, 12345)
    failed(run(*APPLY), "belongs to another user", "safe.directory")
    for path in (repo.root, repo.root / ".git"):
        os.chown(path, 0, 0)
    works(run, repo)


def test_the_base_moves_during_the_run(run: Run, repo: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    base = repo.git("rev-parse", "HEAD")
    expected = works(run, repo)
    plan_with = session_module.plan_with

    def meanwhile(*arguments: object, **options: object) -> object:
        repo.write({"shop/one.py": b"from shop.old import Motor\n"})
        repo.commit("somebody")
        return plan_with(*arguments, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(session_module, "plan_with", meanwhile)
    result = run(*APPLY)
    assert result.code == 0, result.err
    assert repo.git("rev-parse", BRANCH) == expected
    assert repo.git("merge-base", "main", BRANCH) == base
    assert repo.git("rev-list", "--count", f"{base}..main") == "1"


def test_two_plans_race_for_one_name(run: Run, repo: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """The other run has another plan: this one says so and changes nothing."""
    apply_plan = session_module.apply_plan

    def slow(*arguments: object, **options: object) -> object:
        from ssot.deliver import branch as branch_module

        update = branch_module.update_branches

        def late(*rest: object) -> None:
            repo.git("branch", BRANCH, "main")
            update(*rest)  # type: ignore[arg-type]

        monkeypatch.setattr(branch_module, "update_branches", late)
        return apply_plan(*arguments, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(session_module, "apply_plan", slow)
    failed(run(*APPLY), "changed while ssot was running")
    assert repo.git("rev-parse", BRANCH) == repo.git("rev-parse", "main")


SECRET = "s3cr3t-t0ken"


@pytest.mark.parametrize(
    "arguments",
    [("audit",), ("plan", "-v"), APPLY, ("verify", "nope"), ("undo", "nope"), ("apply", "--base", "origin/x")],
)
def test_secrets_of_remotes_are_never_printed(run: Run, repo: Sandbox, arguments: tuple[str, ...]) -> None:
    for name, url in {
        "origin": f"https://me:{SECRET}@example.com/x.git",
        "two": f"https://{SECRET}@example.com/a@b/x",
    }.items():
        repo.git("remote", "add", name, url)
        repo.git("config", f"remote.{name}.promisor", "true")
    repo.git("config", "http.extraHeader", f"Authorization: {SECRET}")
    tree = repo.git("rev-parse", "HEAD:shop")
    for verbose in (False, True):
        if verbose:  # what is missing would be fetched
            (repo.root / ".git/objects" / tree[:2] / tree[2:]).unlink()
        result = run(*[word for word in arguments if word != "-v"])
        assert SECRET not in result.err + result.text


BAD_PATHS = ("../outside", "/etc", "a/../../b", ".git", ".git/hooks", "x/.GIT/y")


@pytest.mark.parametrize("path", BAD_PATHS)
def test_a_manifest_can_not_lead_out_of_the_repository(run: Run, repo: Sandbox, tmp_path: Path, path: str) -> None:
    """Whatever the manifest of a pull request says, nothing outside is read or written."""
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside/shop.py").write_bytes(b"from shop.old import Engine\n")
    text = (repo.root / "ssot.toml").read_bytes()
    before = state(tmp_path)
    for table in (f'[project]\nroots = ["{path}"]\n', f'[git]\nbranch-prefix = "{path}/"\n'):
        repo.write({"ssot.toml": table.encode() + text})
        repo.commit("bad")
        result = run("apply")
        assert result.code in (0, 2), result.err
        names = repo.git("for-each-ref", "--format=%(refname)").split()
        assert all(name.startswith("refs/heads/") and ".." not in name for name in names)
        if result.code == 2:
            failed(result)
    assert (tmp_path / "outside/shop.py").read_bytes() == b"from shop.old import Engine\n"
    after = state(tmp_path)
    assert {one for one in after if not one.startswith("repo/")} == {
        one for one in before if not one.startswith("repo/")
    }
