from __future__ import annotations

import hashlib
import os
import subprocess
from pathlib import Path

import pytest

from deliver.helpers import CHANGES, Sandbox, any_python, apply, fingerprint, make_plan
from ssot.deliver.branch import apply_plan, split_names
from ssot.deliver.diff import plan_patch
from ssot.deliver.message import parse_trailers
from ssot.deliver.snapshot import read_commit
from ssot.values import Refusal, SsotError


def test_one_commit_a_change_set_each_with_its_edits(repo: Sandbox) -> None:
    applied = apply(repo.open())
    assert applied.branch == "ssot/test"
    assert [commit.change_set for commit in applied.commits] == ["engine", "helper", "both"]
    assert [commit.id for commit in applied.commits] == repo.git("rev-list", "--reverse", "HEAD..ssot/test").split()
    assert not applied.already
    names = [repo.git("diff-tree", "--name-only", "-r", "--no-commit-id", commit.id) for commit in applied.commits]
    assert names == ["shop/a.py\ntool.py", "shop/b.py", "shop/a.py\nshop/b.py"]
    raw = subprocess.run(["git", "show", "ssot/test:shop/b.py"], cwd=repo.root, capture_output=True, check=True).stdout
    assert raw == b"import os\nfrom shop.engine import Engine\r\nfrom shop.helpers import helper\n"


def test_the_statistics_are_those_of_git(repo: Sandbox) -> None:
    for commit in apply(repo.open()).commits:
        lines = repo.git("diff-tree", "--numstat", "-r", "--no-commit-id", commit.id).splitlines()
        numbers = [tuple(map(int, line.split("\t")[:2])) for line in lines]
        expected = (len(lines), sum(added for added, _ in numbers), sum(removed for _, removed in numbers))
        assert (commit.files, commit.insertions, commit.deletions) == expected


def test_modes_are_kept(repo: Sandbox) -> None:
    apply(repo.open())
    assert repo.git("ls-tree", "ssot/test", "tool.py").startswith("100755 ")
    assert repo.git("ls-tree", "-r", "ssot/test", "shop/a.py").startswith("100644 ")


def test_the_branch_holds_byte_for_byte_what_the_patch_shows(repo: Sandbox, tmp_path: Path) -> None:
    git = repo.open()
    snapshot = read_commit(git, "HEAD", any_python)
    patch = plan_patch(snapshot, make_plan(snapshot))
    apply(git)
    repo.git("apply", "--index", "-", stdin=patch)
    assert repo.git("write-tree") == repo.git("rev-parse", "ssot/test^{tree}")


def test_each_commit_can_be_reverted_alone(repo: Sandbox) -> None:
    # git merges around changes that have a line between them
    repo.write({"shop/c.py": b"import shop.old\n\n\n\nimport shop.util\n", "shop/d.py": b"import shop.util\n"})
    repo.commit("second")
    changes = {
        "old": {"shop/c.py": [("shop.old", "shop.engine")]},
        "util": {"shop/c.py": [("shop.util", "shop.helpers")], "shop/d.py": [("shop.util", "shop.helpers")]},
    }
    applied = apply(repo.open(), changes=changes)
    for commit in applied.commits:
        repo.git("checkout", "--quiet", "--detach", "ssot/test")
        repo.git("revert", "--no-edit", commit.id)


def test_author_and_committer_are_gits_user_and_dates_are_the_bases(repo: Sandbox) -> None:
    apply(repo.open())
    shown = repo.git("log", "-1", "--format=%an <%ae> %cn <%ce>|%ad|%cd", "--date=raw", "ssot/test")
    base = repo.git("log", "-1", "--format=%cd", "--date=raw", "HEAD")
    assert shown == f"Ada Example <ada@example.com> Ada Example <ada@example.com>|{base}|{base}"


def test_identity_variables_are_kept_and_all_others_dropped(repo: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    for who in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{who}_NAME", "Bot")
        monkeypatch.setenv(f"GIT_{who}_EMAIL", "bot@example.com")
        monkeypatch.setenv(f"GIT_{who}_DATE", "1999-01-01T00:00:00Z")
    monkeypatch.setenv("GIT_INDEX_FILE", str(repo.root / "elsewhere"))
    monkeypatch.setenv("GIT_DIR", str(repo.root / "nowhere"))
    monkeypatch.setenv("GIT_OBJECT_DIRECTORY", str(repo.root / "objects"))
    apply(repo.open())
    for name in ("GIT_INDEX_FILE", "GIT_DIR", "GIT_OBJECT_DIRECTORY"):
        monkeypatch.delenv(name)
    assert repo.git("log", "-1", "--format=%an %ae %cn %ce %cs", "ssot/test") == (
        "Bot bot@example.com Bot bot@example.com 2024-05-06"
    )


def test_the_message_says_what_why_how_sure_and_what_was_refused(repo: Sandbox) -> None:
    refusals = {"engine": [Refusal("shop/c.py", 7, "new-cycle", "shop.engine:Engine", "would import itself")]}
    applied = apply(repo.open(), refusals=refusals)
    commit, base = applied.commits[0].id, repo.git("rev-parse", "HEAD")
    tree = repo.git("rev-parse", f"{commit}^{{tree}}")
    plan = make_plan(read_commit(repo.open(), "HEAD", any_python)).id
    assert repo.git("log", "-1", "--format=%B", commit).rstrip() == (
        "Import engine from one place\n\nengine has more than one import path\n\n"
        "Codemod: canonical-imports\nRules: SSOT101\nSafety: safe\nEdits: 2 in 2 files\n\n"
        "Left alone: 1 place\n- new-cycle shop/c.py:7 would import itself\n\n"
        f"Ssot-Change-Set: engine\nSsot-Plan: {plan}\nSsot-Base: {base}\nSsot-Tree: {tree}\nSsot-Version: 0.1.0"
    )
    assert repo.git("log", "-1", "--format=%(trailers:key=Ssot-Plan,valueonly)", commit) == plan


def test_the_default_name_holds_the_bases_date_in_its_own_zone_and_the_plans_id(repo: Sandbox) -> None:
    applied = apply(repo.open(), branch=None)
    plan = make_plan(read_commit(repo.open(), "HEAD", any_python))
    assert applied.branch == f"ssot/2024-05-06-{plan.id[:8]}"


def test_the_persons_state_is_byte_for_byte_the_same(repo: Sandbox) -> None:
    repo.write({"shop/a.py": b"dirty\n", "staged.py": b"staged\n", "untracked.txt": b"u\n"})
    repo.git("stash", "push", "--quiet", "--", "shop/a.py")
    repo.write({"shop/a.py": b"dirty again\n"})
    repo.git("add", "staged.py")
    (repo.root / ".git/index.lock").write_bytes(b"")
    before = fingerprint(repo.root)
    applied = apply(repo.open())
    new = (".git/refs/heads/ssot", ".git/logs/refs/heads/ssot")
    assert fingerprint(repo.root, without=new) == before
    assert (repo.root / ".git/refs/heads/ssot/test").read_text().strip() == applied.commits[-1].id


def test_a_second_run_finds_its_branch_and_writes_nothing(repo: Sandbox) -> None:
    first = apply(repo.open())
    before = _everything(repo.root)
    second = apply(repo.open())
    assert second.already
    assert (second.branch, second.commits) == (first.branch, first.commits)
    assert _everything(repo.root) == before


def test_the_same_plan_on_the_same_base_is_the_same_commit(repo: Sandbox) -> None:
    first = apply(repo.open(), branch="ssot/one")
    second = apply(repo.open(), branch="ssot/two")
    assert first.commits == second.commits


def test_our_own_branch_of_another_plan_is_moved(repo: Sandbox) -> None:
    apply(repo.open(), changes={"engine": CHANGES["engine"]})
    repo.write({"other.py": b"x = 1\n"})
    base = repo.commit("second")
    applied = apply(repo.open())
    assert not applied.already
    assert repo.git("merge-base", "ssot/test", "HEAD") == base
    assert len(repo.git("rev-list", "HEAD..ssot/test").split()) == 3


def _as_person(repo: Sandbox, how: str) -> None:
    repo.git("checkout", "--quiet", "ssot/test")
    if how == "commit":
        repo.commit("by hand")
    elif how == "amend":
        repo.git("commit", "--amend", "--quiet", "--no-edit", "--reset-author")
    elif how == "amend-tree":
        repo.write({"mine.py": b"mine\n"})
        repo.git("add", "--all")
        repo.git("commit", "--amend", "--quiet", "--no-edit", "--date=2024-05-06T23:30:00+0200")
    elif how == "merge":
        repo.git("checkout", "--quiet", "-b", "side", "main")
        repo.commit("side")
        repo.git("checkout", "--quiet", "ssot/test")
        repo.git("merge", "--quiet", "--no-edit", "side")
    repo.git("checkout", "--quiet", "main")


@pytest.mark.parametrize("how", ["commit", "amend", "amend-tree", "merge"])
def test_a_branch_with_a_persons_commit_is_never_moved(repo: Sandbox, how: str) -> None:
    apply(repo.open())
    _as_person(repo, how)
    tip = repo.git("rev-parse", "ssot/test")
    with pytest.raises(SsotError, match="exists and is not only ssot's"):
        apply(repo.open(), changes={"engine": CHANGES["engine"]})
    assert repo.git("rev-parse", "ssot/test") == tip


def test_a_branch_that_is_somebodys_is_never_moved_packed_or_not(repo: Sandbox) -> None:
    repo.git("branch", "ssot/test")
    repo.git("pack-refs", "--all")
    with pytest.raises(SsotError, match="not made by ssot"):
        apply(repo.open())


def test_a_main_branch_that_was_fast_forwarded_to_our_commits_stays_its_owners(repo: Sandbox) -> None:
    apply(repo.open())
    repo.git("merge", "--quiet", "--ff-only", "ssot/test")
    repo.git("checkout", "--quiet", "--detach")
    with pytest.raises(SsotError, match="pointed at commits that ssot did not make"):
        apply(repo.open(), branch="main", rev="HEAD~3", changes={"engine": CHANGES["engine"]})


def test_a_fetched_branch_of_ours_is_still_ours(repo: Sandbox, tmp_path: Path) -> None:
    apply(repo.open())
    repo.git("clone", "--quiet", str(repo.root), str(tmp_path / "clone"))
    clone = Sandbox(tmp_path / "clone")
    clone.git("branch", "ssot/test", "origin/ssot/test")
    assert apply(clone.open()).already
    assert not apply(clone.open(), changes={"engine": CHANGES["engine"]}).already


@pytest.mark.parametrize(
    "name", ["a..b", "-x", "HEAD", "@", "a b", "x.lock", "/x", "x/", "@{-1}", "refs/heads/x", "a\0b", "x~1", "é^"]
)
def test_names_that_cannot_be(repo: Sandbox, name: str) -> None:
    repo.git("checkout", "--quiet", "-b", "other")
    before = fingerprint(repo.root)
    with pytest.raises(SsotError, match="branch"):
        apply(repo.open(), branch=name)
    assert fingerprint(repo.root) == before


@pytest.mark.parametrize("existing", ["ssot", "ssot/test/deeper"])
def test_names_that_cannot_stand_beside_another(repo: Sandbox, existing: str) -> None:
    repo.git("branch", existing)
    with pytest.raises(SsotError, match="cannot exist beside"):
        apply(repo.open())


def test_names_that_differ_in_case_only(repo: Sandbox) -> None:
    repo.git("branch", "SSOT/test")
    repo.git("config", "core.ignorecase", "true")
    with pytest.raises(SsotError, match="in case only"):
        apply(repo.open())


def test_a_branch_checked_out_in_a_linked_work_tree_is_refused(repo: Sandbox, tmp_path: Path) -> None:
    apply(repo.open())
    repo.git("worktree", "add", "--quiet", str(tmp_path / "linked"), "ssot/test")
    tip = repo.git("rev-parse", "ssot/test")
    with pytest.raises(SsotError, match=r"checked out in .*linked"):
        apply(repo.open(), changes={"engine": CHANGES["engine"]})
    assert repo.git("rev-parse", "ssot/test") == tip
    assert apply(repo.open()).already


def test_a_branch_that_is_being_rebased_is_refused(repo: Sandbox) -> None:
    apply(repo.open())
    repo.git("checkout", "--quiet", "ssot/test")
    repo.git(
        "-c", "sequence.editor=sed -i s/^pick/edit/", "rebase", "--quiet", "-i", "main~0", "--force-rebase", check=False
    )
    assert (repo.root / ".git/rebase-merge/head-name").exists()
    with pytest.raises(SsotError, match="rebase or bisection"):
        apply(repo.open(), rev="main", changes={"engine": CHANGES["engine"]})


def test_the_unborn_branch_of_head_is_refused(repo: Sandbox) -> None:
    commit = repo.git("rev-parse", "HEAD")
    repo.git("symbolic-ref", "HEAD", "refs/heads/unborn")
    with pytest.raises(SsotError, match="checked out"):
        apply(repo.open(), branch="unborn", rev=commit)


def test_a_symbolic_branch_is_never_followed(repo: Sandbox) -> None:
    apply(repo.open(), branch="ssot/real")
    repo.git("symbolic-ref", "refs/heads/ssot/test", "refs/heads/ssot/real")
    tip = repo.git("rev-parse", "ssot/real")
    with pytest.raises(SsotError, match="symbolic"):
        apply(repo.open(), changes={"engine": CHANGES["engine"]})
    assert repo.git("rev-parse", "ssot/real") == tip


def test_no_identity_names_the_commands_and_makes_none_up(repo: Sandbox, home: Path) -> None:
    (home / ".gitconfig").write_text("")
    with pytest.raises(SsotError, match="does not know who you are") as caught:
        apply(repo.open())
    assert "user.name" in caught.value.todo
    assert "user.email" in caught.value.todo
    assert repo.git("branch", "--list", "ssot/*") == ""


def _signer(file: Path, body: str) -> None:
    file.write_text(f"#!/bin/sh\n{body}\n")
    file.chmod(0o755)


def test_signing_that_fails_stops_the_run(repo: Sandbox, home: Path) -> None:
    _signer(home / "gpg", "exit 1")
    repo.git("config", "--global", "gpg.program", str(home / "gpg"))
    repo.git("config", "commit.gpgsign", "true")
    with pytest.raises(SsotError, match="signing failed"):
        apply(repo.open())
    assert repo.git("branch", "--list", "ssot/*") == ""


def test_signed_commits_where_signing_is_configured(repo: Sandbox, home: Path) -> None:
    _signer(home / "gpg", "cat >/dev/null; echo '[GNUPG:] SIG_CREATED ' >&2; printf 'SIGNED\\n'")
    repo.git("config", "--global", "gpg.program", str(home / "gpg"))
    repo.git("config", "commit.gpgsign", "true")
    apply(repo.open())
    assert "gpgsig SIGNED" in repo.git("cat-file", "commit", "ssot/test")
    assert apply(repo.open()).already


def test_an_empty_plan_writes_nothing(repo: Sandbox) -> None:
    before = _everything(repo.root)
    applied = apply(repo.open(), changes={})
    assert (applied.branch, applied.commits, applied.already) == (None, (), False)
    assert _everything(repo.root) == before


def test_a_plan_for_another_base_is_refused(repo: Sandbox) -> None:
    git = repo.open()
    plan = make_plan(read_commit(git, "HEAD", any_python))
    repo.write({"more.py": b"x\n"})
    repo.commit("second")
    with pytest.raises(SsotError, match="the plan is for commit"):
        apply_plan(git, read_commit(git, "HEAD", any_python), plan, branch="b", prefix="", split=False, version="1")


def test_a_stale_lock_is_named_with_its_age(repo: Sandbox) -> None:
    lock = repo.root / ".git/refs/heads/ssot/test.lock"
    lock.parent.mkdir()
    lock.write_bytes(b"")
    os.utime(lock, (lock.stat().st_mtime - 3600,) * 2)
    with pytest.raises(SsotError, match=r"refs/heads/ssot/test.lock .* locked, for 36\d\d seconds"):
        apply(repo.open())


def test_split_makes_a_branch_for_each_change_set_on_the_base_alone(repo: Sandbox) -> None:
    applied = apply(repo.open(), split=True)
    assert [branch.name for branch in applied.branches] == ["ssot/test/engine", "ssot/test/helper", "ssot/test/both"]
    base = repo.git("rev-parse", "HEAD")
    for branch in applied.branches:
        assert repo.git("rev-parse", f"{branch.name}^") == base
    assert apply(repo.open(), split=True).already
    repo.git("branch", "-D", "ssot/test/helper")
    again = apply(repo.open(), split=True)
    assert not again.already
    assert again.commits == applied.commits


def test_split_names_never_clash() -> None:
    names = split_names("b", ["shop.engine:Engine", "shop.engine-Engine", "SHOP.engine-Engine", "..", "x.lock", "é"])
    assert len({name.casefold() for name in names.values()}) == 6
    assert all(name.isascii() and ".." not in name and not name.endswith(".lock") for name in names.values())


def test_titles_from_code_cannot_forge_trailers_or_move_the_cursor(repo: Sandbox) -> None:
    git = repo.open()
    snapshot = read_commit(git, "HEAD", any_python)
    plan = make_plan(snapshot, {"x\n\nSsot-Tree: 0\u202e\x1b[31m": CHANGES["engine"]})
    applied = apply_plan(git, snapshot, plan, branch="b", prefix="", split=False, version="1")
    message = repo.git("cat-file", "commit", "b").partition("\n\n")[2]
    assert "\u202e" not in message
    assert "\x1b" not in message
    trailers = parse_trailers(message)
    assert trailers is not None
    assert trailers.tree == repo.git("rev-parse", "b^{tree}")
    assert applied.commits[0].change_set == plan.change_sets[0].id


def test_a_thousand_files_in_one_commit(tmp_path: Path) -> None:
    files = {f"pkg/m{number}.py": b"from shop.old import Engine  # %d\n" % number for number in range(1000)}
    repo = Sandbox.create(tmp_path / "many", files=files)
    applied = apply(repo.open(), changes={"all": {path: [("shop.old", "shop.engine")] for path in files}})
    assert applied.commits[0].files == 1000
    repo.git("fsck", "--strict")


def _everything(root: Path) -> dict[str, str]:
    """Unlike `fingerprint`, with git's objects."""
    return {
        str(file): hashlib.sha256(file.read_bytes()).hexdigest() for file in sorted(root.rglob("*")) if file.is_file()
    }
