"""Files that a plan creates or deletes: in patches, commits, split branches and in place."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from deliver.helpers import FILES, Sandbox, any_python, apply_changes, created, deleted, edited, fingerprint, plan_for
from ssot.deliver.diff import change_set_patch, plan_patch
from ssot.deliver.git import Git
from ssot.deliver.in_place import apply_in_place
from ssot.deliver.snapshot import read_commit
from ssot.values import FileChange, FileKind, Plan, Snapshot, SsotError

TREE = {
    **FILES,
    "shop/empty.py": b"",
    "shop/mark.py": b"\xef\xbb\xbfx = 1\n",
    "shop/latin.py": b"# coding: latin-1\nx = '\xe9'",
    "shop/old_pkg/__init__.py": b"",
    "shop/old_pkg/deep/only.py": b"y = 2\r\n",
    "data/pic.bin": b"\0\1",
}
NEW = {
    "shop/new/deep/mod.py": "x = 1\ny = '\u00e9'",
    "shop/new/__init__.py": "",
    "with space/t \u00e9.py": "# here\r\n\r\nx = 1\r\n",
}
GONE = (
    "shop/empty.py",
    "shop/mark.py",
    "shop/latin.py",
    "shop/old_pkg/deep/only.py",
    "shop/old_pkg/__init__.py",
    "tool.py",
)


@pytest.fixture
def repo(tmp_path: Path) -> Sandbox:
    return Sandbox.create(tmp_path / "repo", files=TREE)


@pytest.fixture
def git(repo: Sandbox) -> Git:
    return repo.open()


@pytest.fixture
def snapshot(git: Git) -> Snapshot:
    return read_commit(git, "HEAD", any_python)


@pytest.fixture
def plan(snapshot: Snapshot) -> Plan:
    return plan_for(
        snapshot,
        {
            "new": [created(path, text) for path, text in NEW.items()],
            "edit": [edited(snapshot, "shop/a.py", "shop.old", "shop.new")],
            "gone": [deleted(snapshot, path) for path in GONE],
        },
    )


def test_the_branch_holds_what_is_new_and_not_what_is_gone(
    repo: Sandbox, git: Git, snapshot: Snapshot, plan: Plan
) -> None:
    applied = apply_changes(git, snapshot, plan)
    rows = repo.git(
        "-c", "core.quotePath=false", "diff", "--name-status", "--no-renames", "HEAD", "ssot/test"
    ).splitlines()
    expected = [*(f"A\t{path}" for path in NEW), *(f"D\t{path}" for path in GONE), "M\tshop/a.py"]
    assert sorted(rows) == sorted(expected)
    for path, text in NEW.items():
        assert repo.git("ls-tree", "ssot/test", "--", path).startswith("100644 blob")
        assert repo.git("cat-file", "-s", f"ssot/test:{path}") == str(len(text.encode()))
    for commit in applied.commits:
        rows = repo.git("diff-tree", "--numstat", "-r", "--no-renames", "--no-commit-id", commit.id).splitlines()
        numbers = [tuple(map(int, row.split("\t")[:2])) for row in rows]
        sums = (len(rows), sum(added for added, _ in numbers), sum(removed for _, removed in numbers))
        assert (commit.files, commit.insertions, commit.deletions) == sums


def test_git_applies_the_patch_and_gets_the_branch(repo: Sandbox, git: Git, snapshot: Snapshot, plan: Plan) -> None:
    patch = plan_patch(snapshot, plan)
    apply_changes(git, snapshot, plan)
    repo.git("apply", "--check", "-", stdin=patch)
    repo.git("apply", "--index", "-", stdin=patch)
    assert repo.git("write-tree") == repo.git("rev-parse", "ssot/test^{tree}")


def test_the_patch_is_gits_own(repo: Sandbox, git: Git, snapshot: Snapshot, plan: Plan) -> None:
    apply_changes(git, snapshot, plan)
    options = ("--no-renames", "--no-color", "--no-ext-diff", "-U3")
    theirs = [
        line for line in repo.git("diff", *options, "HEAD", "ssot/test").splitlines() if not line.startswith("index ")
    ]
    ours = plan_patch(snapshot, plan).decode("utf-8", "surrogateescape").strip().splitlines()
    assert sorted(ours) == sorted(theirs)


def test_each_change_set_stands_alone(repo: Sandbox, git: Git, snapshot: Snapshot, plan: Plan) -> None:
    applied = apply_changes(git, snapshot, plan, split=True)
    for branch, change_set in zip(applied.branches, plan.change_sets, strict=True):
        repo.git("apply", "--index", "-", stdin=change_set_patch(snapshot, change_set))
        assert repo.git("write-tree") == repo.git("rev-parse", f"{branch.name}^{{tree}}")
        repo.git("reset", "--quiet", "--hard")


def test_each_commit_can_be_reverted_alone(repo: Sandbox, git: Git, snapshot: Snapshot, plan: Plan) -> None:
    applied = apply_changes(git, snapshot, plan)
    for commit in applied.commits:
        repo.git("checkout", "--quiet", "--detach", "ssot/test")
        repo.git("revert", "--no-edit", commit.id)


def test_a_second_run_finds_its_branch(git: Git, snapshot: Snapshot, plan: Plan) -> None:
    first, second = apply_changes(git, snapshot, plan), apply_changes(git, snapshot, plan)
    assert second.already
    assert second.commits == first.commits


def test_in_place_gives_the_branchs_files(repo: Sandbox, git: Git, snapshot: Snapshot, plan: Plan) -> None:
    apply_changes(git, snapshot, plan)
    assert set(apply_in_place(git, snapshot, plan)) == {*NEW, *GONE, "shop/a.py"}
    repo.git("add", "--all")
    assert repo.git("write-tree") == repo.git("rev-parse", "ssot/test^{tree}")
    assert not list(repo.root.rglob(".ssot-*"))
    assert not (repo.root / "shop/old_pkg").exists()
    assert (repo.root / "shop/new/deep").is_dir()
    umask = os.umask(0)
    os.umask(umask)
    assert stat.S_IMODE((repo.root / "shop/new/deep/mod.py").stat().st_mode) == 0o666 & ~umask


def test_a_folder_with_something_left_in_it_stays(repo: Sandbox, git: Git, snapshot: Snapshot, plan: Plan) -> None:
    repo.write({"shop/old_pkg/mine.txt": b"mine\n"})
    apply_in_place(git, snapshot, plan)
    assert (repo.root / "shop/old_pkg/mine.txt").read_bytes() == b"mine\n"
    assert not (repo.root / "shop/old_pkg/deep").exists()


BAD = (
    "../out.py", "/tmp/out.py", "a/../../out.py", "a/./b.py", "a//b.py", "a/", "", ".git/x.py", "shop/.GIT/x.py",
    ".git", "a/.Git./x.py", "a/git~1/x.py", ".g\u200cit/x.py", "a\\b.py", "c:x.py", "nul.py", "com1", "a/aux/x.py",
    "a\nb.py", "x\x1b[2J.py", "x\u202ey.py", "a\ud800.py", "x.py.", "x.py ", "a*.py", "a?.py",
)  # fmt: skip


@pytest.mark.parametrize("path", BAD)
def test_paths_that_can_not_be_are_refused(repo: Sandbox, git: Git, snapshot: Snapshot, path: str) -> None:
    before = fingerprint(repo.root.parent)
    plan = plan_for(snapshot, {"new": [created(path, "x = 1\n")]})
    for act in (apply_changes, apply_in_place, lambda _, *rest: plan_patch(*rest)):
        with pytest.raises(SsotError, match="the plan creates"):
            act(git, snapshot, plan)
    assert fingerprint(repo.root.parent) == before


TAKEN = (
    "shop/a.py", "shop/A.py", "Shop/x.py", "shop/a.py/x.py", "shop", "shop/old_pkg/Deep/y.py", "SHOP/OLD_PKG/z.py",
    "data/pic.bin", "data/PIC.bin", "data/pic.bin/x.py", "data", "link/x.py", "link", "vendor/x.py", "caf\u00e9.py",
)  # fmt: skip


@pytest.mark.parametrize("path", TAKEN)
def test_paths_where_something_is_are_refused(repo: Sandbox, tmp_path: Path, path: str) -> None:
    (repo.root / "link").symlink_to("shop")
    repo.write({"cafe\u0301.py": b"x = 1\n"})
    repo.commit("more")
    repo.git("update-index", "--add", "--cacheinfo", f"160000,{repo.git('rev-parse', 'HEAD')},vendor")
    repo.git("commit", "--quiet", "-m", "submodule")
    (repo.root / "vendor").mkdir()
    git = repo.open()
    snapshot = read_commit(git, "HEAD", any_python)
    plan = plan_for(snapshot, {"new": [created(path, "x = 1\n")]})
    before = fingerprint(tmp_path)
    for act in (apply_changes, apply_in_place):
        with pytest.raises(SsotError, match=r"is there|symbolic link"):
            act(git, snapshot, plan)
    assert fingerprint(tmp_path) == before


def test_the_same_path_twice_is_refused(git: Git, snapshot: Snapshot) -> None:
    twice = {"one": [created("n/x.py", "")], "two": [created("n/X.py", "")]}
    with pytest.raises(SsotError, match="is there"):
        apply_changes(git, snapshot, plan_for(snapshot, twice))
    both = {"one": [deleted(snapshot, "shop/a.py")], "two": [edited(snapshot, "shop/a.py", "Engine()", "Engine(1)")]}
    for act in (apply_changes, apply_in_place, lambda _, *rest: plan_patch(*rest)):
        with pytest.raises(SsotError, match="several change sets"):
            act(git, snapshot, plan_for(snapshot, both))


def test_a_plan_that_does_not_hold_all_of_a_file_is_refused(git: Git, snapshot: Snapshot) -> None:
    part = edited(snapshot, "shop/a.py", "Engine()", "")
    halves = [FileChange("shop/a.py", part.edits, FileKind.DELETED), FileChange("n.py", part.edits, FileKind.CREATED)]
    for half, said in zip(halves, ("does not know all", "whole text"), strict=True):
        with pytest.raises(SsotError, match=said):
            apply_changes(git, snapshot, plan_for(snapshot, {"half": [half]}))
    with pytest.raises(SsotError, match="not a file of its base"):
        apply_changes(git, snapshot, plan_for(snapshot, {"none": [FileChange("no.py", (), FileKind.DELETED)]}))


class TestInPlace:
    """What is on disk and not in the commit is never lost."""

    @pytest.mark.parametrize("ignored", [True, False])
    @pytest.mark.parametrize("path", ["shop/new/__init__.py", "shop/new", "With Space/other.py", "with space"])
    def test_an_untracked_file_in_the_way(
        self, repo: Sandbox, git: Git, snapshot: Snapshot, plan: Plan, path: str, ignored: bool
    ) -> None:
        repo.write({path: b"mine\n", ".git/info/exclude": b"*\n" if ignored else b""})
        before = fingerprint(repo.root)
        with pytest.raises(SsotError, match=r"has changes|cannot be created|would lie"):
            apply_in_place(git, snapshot, plan)
        assert fingerprint(repo.root) == before

    def test_a_folder_that_links_out(
        self, repo: Sandbox, git: Git, snapshot: Snapshot, plan: Plan, tmp_path: Path
    ) -> None:
        (tmp_path / "outside").mkdir()
        (repo.root / "with space").symlink_to(tmp_path / "outside")
        with pytest.raises(SsotError, match="symbolic link"):
            apply_in_place(git, snapshot, plan)
        assert not list((tmp_path / "outside").iterdir())

    def test_a_repository_that_nobody_added(self, repo: Sandbox, git: Git, snapshot: Snapshot, plan: Plan) -> None:
        (repo.root / "with space").mkdir()
        repo.git("init", "--quiet", "with space")
        with pytest.raises(SsotError, match="another repository, with space"):
            apply_in_place(git, snapshot, plan)

    def test_a_file_that_appears_meanwhile_is_kept(
        self, repo: Sandbox, git: Git, snapshot: Snapshot, plan: Plan, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        path = repo.root / "with space/t \u00e9.py"
        data = NEW["with space/t \u00e9.py"].encode()
        monkeypatch.setattr(os, "link", _first(os.link, lambda: path.write_bytes(data)))
        before = {name: (repo.root / name).read_bytes() for name in TREE}
        with pytest.raises(SsotError, match="is there already"):
            apply_in_place(git, snapshot, plan)
        assert path.read_bytes() == data
        assert {name: (repo.root / name).read_bytes() for name in TREE} == before
        assert repo.git("status", "--porcelain") == "?? with\\ space/" or "with space" in repo.git(
            "status", "--porcelain"
        )

    def test_a_file_saved_before_its_removal_is_kept(
        self, repo: Sandbox, git: Git, snapshot: Snapshot, plan: Plan, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        rename = Path.rename

        def saving(self: Path, target: Path) -> Path:
            if self.name == "only.py":
                self.write_bytes(b"saved\n")
            return rename(self, target)

        monkeypatch.setattr(Path, "rename", saving)
        with pytest.raises(SsotError, match=r"only\.py on disk is not what the plan read"):
            apply_in_place(git, snapshot, plan)
        left = {name: (repo.root / name).read_bytes() for name in TREE}
        assert left == {**TREE, "shop/old_pkg/deep/only.py": b"saved\n"}
        assert not list(repo.root.rglob(".ssot-*"))

    @pytest.mark.parametrize("links", [True, False])
    @pytest.mark.parametrize("interrupt", [OSError(28, "No space left on device"), KeyboardInterrupt()])
    def test_stopped_at_any_step_everything_is_as_before(
        self, repo: Sandbox, git: Git, snapshot: Snapshot, plan: Plan, monkeypatch: pytest.MonkeyPatch,
        interrupt: BaseException, links: bool,
    ) -> None:  # fmt: skip
        before = _content(repo.root)
        for number in range(100):
            with monkeypatch.context() as patch:
                if not links:
                    patch.setattr(os, "link", _no_links)
                count = _count_down(patch, number, interrupt)
                try:
                    apply_in_place(git, snapshot, plan)
                except (SsotError, KeyboardInterrupt):
                    assert _content(repo.root) == before, number
                    continue
            break
        assert number > 8
        assert not count()
        assert _content(repo.root) != before


def _first(function, meanwhile):  # type: ignore[no-untyped-def]
    def wrapped(*arguments, **options):  # type: ignore[no-untyped-def]
        if "t \u00e9" in str(arguments[1]):
            meanwhile()
        return function(*arguments, **options)

    return wrapped


def _no_links(*_: object, **__: object) -> None:
    raise PermissionError(1, "Operation not permitted")


def _content(root: Path) -> dict[str, tuple[int, bytes]]:
    files = [file for file in root.rglob("*") if ".git" not in file.parts]
    return {str(file): (file.stat().st_mode, file.read_bytes() if file.is_file() else b"") for file in files}


def _count_down(patch: pytest.MonkeyPatch, number: int, error: BaseException):  # type: ignore[no-untyped-def]
    """Each change of a name on disk counts; the one after `number` fails, once."""
    left = [number]

    def counted(function):  # type: ignore[no-untyped-def]
        def wrapped(*arguments, **options):  # type: ignore[no-untyped-def]
            left[0] -= 1
            if left[0] == -1:
                raise error
            return function(*arguments, **options)

        return wrapped

    for name in ("replace", "rename", "mkdir"):
        patch.setattr(Path, name, counted(getattr(Path, name)))
    if not isinstance(error, OSError):  # where linking is not possible it is done in another way
        patch.setattr(os, "link", counted(os.link))
    return lambda: left[0] < 0
