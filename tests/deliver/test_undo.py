from __future__ import annotations

from pathlib import Path

import pytest

from deliver.helpers import CHANGES, Sandbox, apply, fingerprint
from ssot.deliver.owned import branch_base, own_branches
from ssot.deliver.undo import undo_branch
from ssot.values import SsotError


def test_removes_our_branch_and_nothing_else(repo: Sandbox) -> None:
    before = fingerprint(repo.root)
    applied = apply(repo.open(), branch="solo")
    result = undo_branch(repo.open(), "solo")
    assert [(one.name, one.tip) for one in result.removed] == [("solo", applied.commits[-1].id)]
    assert fingerprint(repo.root) == before


def test_a_packed_branch_is_removed_too(repo: Sandbox) -> None:
    apply(repo.open())
    repo.git("pack-refs", "--all")
    undo_branch(repo.open(), "ssot/test")
    assert repo.git("branch", "--list", "ssot/*") == ""


def test_a_persons_commit_on_top_keeps_it(repo: Sandbox) -> None:
    apply(repo.open())
    repo.git("checkout", "--quiet", "ssot/test")
    tip = repo.commit("by hand")
    repo.git("checkout", "--quiet", "main")
    with pytest.raises(SsotError, match="not only ssot's"):
        undo_branch(repo.open(), "ssot/test")
    assert repo.git("rev-parse", "ssot/test") == tip


def test_a_revert_on_top_keeps_it(repo: Sandbox) -> None:
    apply(repo.open())
    repo.git("checkout", "--quiet", "ssot/test")
    repo.git("revert", "--no-edit", "HEAD")
    repo.git("checkout", "--quiet", "main")
    with pytest.raises(SsotError, match="not only ssot's"):
        undo_branch(repo.open(), "ssot/test")


def test_a_branch_in_use_is_kept(repo: Sandbox) -> None:
    apply(repo.open())
    repo.git("checkout", "--quiet", "ssot/test")
    with pytest.raises(SsotError, match="checked out"):
        undo_branch(repo.open(), "ssot/test")


def test_a_main_branch_that_took_our_commits_is_kept(repo: Sandbox) -> None:
    apply(repo.open())
    repo.git("merge", "--quiet", "--ff-only", "ssot/test")
    repo.git("checkout", "--quiet", "--detach")
    with pytest.raises(SsotError, match="not only ssot's"):
        undo_branch(repo.open(), "main")


@pytest.mark.parametrize("name", ["main", "missing", "HEAD", "-d", "a\0b"])
def test_what_is_not_ours_or_not_there(repo: Sandbox, name: str) -> None:
    repo.git("checkout", "--quiet", "--detach")
    with pytest.raises(SsotError):
        undo_branch(repo.open(), name)
    assert repo.git("rev-parse", "main")


def test_a_split_plan_goes_as_one(repo: Sandbox) -> None:
    apply(repo.open(), split=True)
    assert len(undo_branch(repo.open(), "ssot/test").removed) == 3
    assert repo.git("branch", "--list", "ssot/*") == ""


def test_several_plans_below_one_name_do_not(repo: Sandbox) -> None:
    apply(repo.open())
    apply(repo.open(), branch="ssot/other", changes={"engine": CHANGES["engine"]})
    with pytest.raises(SsotError, match="several plans"):
        undo_branch(repo.open(), "ssot")


def test_the_base_is_read_from_the_branch(repo: Sandbox) -> None:
    base = repo.git("rev-parse", "HEAD")
    applied = apply(repo.open())
    assert branch_base(repo.open(), "ssot/test") == (base, applied.commits[-1].id)
    repo.git("checkout", "--quiet", "ssot/test")
    tip = repo.commit("by hand")
    assert branch_base(repo.open(), "ssot/test") == (base, tip)


def test_a_branch_without_our_trailers_has_no_base(repo: Sandbox) -> None:
    with pytest.raises(SsotError, match="not a branch that ssot made"):
        branch_base(repo.open(), "main")
    with pytest.raises(SsotError, match="there is no branch"):
        branch_base(repo.open(), "missing")


def test_trailers_with_a_base_that_is_not_there(repo: Sandbox) -> None:
    lines = (
        "Change-Set: x",
        "Plan: x",
        f"Base: {'1' * 40}",
        f"Tree: {repo.git('rev-parse', 'HEAD^{tree}')}",
        "Version: 1",
    )
    repo.git("branch", "forged", repo.git("commit-tree", "HEAD^{tree}", stdin=_forged(lines)))
    with pytest.raises(SsotError, match="not a branch that ssot made"):
        branch_base(repo.open(), "forged")
    with pytest.raises(SsotError, match="recorded base"):
        undo_branch(repo.open(), "forged")


def _forged(lines: tuple[str, ...]) -> bytes:
    return ("title\n\n" + "\n".join(f"Ssot-{line}" for line in lines) + "\n").encode()


def test_our_branches_are_listed(repo: Sandbox, tmp_path: Path) -> None:
    apply(repo.open())
    apply(repo.open(), branch="other")
    repo.git("branch", "ssot/mine")
    assert [one.name for one in own_branches(repo.open(), "ssot/")] == ["ssot/test"]
    assert len(own_branches(repo.open())) == 2
