"""The small parts of the git writer, at their edges."""

from __future__ import annotations

import io
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from deliver.helpers import Sandbox, any_python, apply, apply_changes, created, deleted, edited, make_plan, plan_for
from ssot.deliver import git as git_module
from ssot.deliver.branch import default_branch, split_names
from ssot.deliver.environment import ConfigEntry
from ssot.deliver.git import Git, find_git, init_repository
from ssot.deliver.git_error import GitError, without_secrets
from ssot.deliver.in_place import apply_in_place
from ssot.deliver.objects import CommitObject, list_tree, missing_objects, parse_commit, read_objects, tree_paths
from ssot.deliver.owned import Foreign, OwnBranch, inspect_branch
from ssot.deliver.pack import BlobStore, blob_id
from ssot.deliver.refs import RefChange, branch_tip, check_name, check_unused, update_branches
from ssot.deliver.remains import PREFIX
from ssot.deliver.snapshot import read_commit
from ssot.deliver.undo import undo_branch
from ssot.values import Ledger, Plan, Safety, SsotError


@pytest.mark.parametrize(
    ("one", "name"),
    [
        ("plain-1_2.x", "b/plain-1_2.x"),
        ("a b:c", "b/a-b-c-2a37ff1b"),
        ("a...b", "b/a.b-bbda8464"),
        ("-.a.-", "b/a-b5f1ccb1"),
        ("-X-", "b/X-00000000"),
        ("x.lock", "b/x-5f3fc0a2"),
        ("\u00e9", "b/change-4a99557e"),
        ("y" * 81, f"b/{'y' * 80}-d1eeeba8"),
        ("y" * 80, f"b/{'y' * 80}"),
    ],
)
def test_a_change_sets_id_becomes_a_name_that_can_be(one: str, name: str) -> None:
    import hashlib

    digest = hashlib.sha256(one.encode()).hexdigest()[:8]
    expected = name if name == f"b/{one}" else f"{name.rpartition('-')[0]}-{digest}"
    assert split_names("b", [one]) == {one: expected}


def test_ids_that_differ_in_case_only_get_names_that_differ() -> None:
    names = split_names("b", ["Ab", "aB", "AB"])
    assert names["Ab"] == "b/Ab"
    assert len({name.casefold() for name in names.values()}) == 3


def _commit(stamp: str) -> CommitObject:
    return CommitObject("1" * 40, "2" * 40, (), stamp, stamp, "")


@pytest.mark.parametrize(
    ("stamp", "day"),
    [
        ("0 +0000", "1970-01-01"),
        ("86399 +0000", "1970-01-01"),
        ("86399 +0001", "1970-01-02"),
        ("86400 -0001", "1970-01-01"),
        ("1735689600 +0130", "2025-01-01"),
        ("1735689600 -0030", "2024-12-31"),
        ("1735684200 +0130", "2025-01-01"),
        ("1735684199 +0130", "2024-12-31"),
        ("-1 +0000", "1969-12-31"),
        ("86400 +2400", "1970-01-02"),
        ("0 +2359", "1970-01-01"),
        ("60 +2359", "1970-01-02"),
        ("99999999999999 +0000", "1970-01-01"),
        ("nonsense", "1970-01-01"),
    ],
)
def test_the_day_of_a_commit_is_the_one_of_its_own_zone(stamp: str, day: str) -> None:
    assert _commit(stamp).date == day
    plan = Plan("0123456789abcdef", None, None, (), (), Ledger())
    assert default_branch("p/", _commit(stamp), plan) == f"p/{day}-01234567"


def test_a_commit_without_its_fields_is_none() -> None:
    whole = b"tree t\nparent p\nparent q\nauthor A <a> 1 +0000\ncommitter B <b> 2 +0100\nencoding x\n\nfirst\n\nlast\n"
    assert parse_commit("id", whole) == CommitObject("id", "t", ("p", "q"), "1 +0000", "2 +0100", "first\n\nlast\n")
    for field in (b"tree t\n", b"author A <a> 1 +0000\n", b"committer B <b> 2 +0100\n"):
        assert parse_commit("id", whole.replace(field, b"")) is None


@pytest.mark.parametrize("object_format", ["sha1", "sha256"])
@pytest.mark.parametrize("more", [0, 200])
def test_blobs_of_every_size_arrive_as_they_are(tmp_path: Path, object_format: str, more: int) -> None:
    repo = Sandbox.create(tmp_path / "repo", f"--object-format={object_format}")
    git = repo.open()
    sizes = (0, 1, 15, 16, 17, 2047, 2048, 2049, 262_143, 262_144)
    blobs = [os.urandom(size) for size in sizes] + [b"%d" % number for number in range(more)]
    store = BlobStore(git)
    ids = [store.add(data) for data in blobs]
    assert ids == [blob_id(data, object_format) for data in blobs]
    store.write()
    assert list(read_objects(git, ids)) == list(zip(ids, blobs, strict=True))
    packs = list((repo.root / ".git/objects/pack").glob("*.pack"))
    assert [pack.read_bytes()[:8] for pack in packs] == [b"PACK\0\0\0\2"] * (
        more > 0
    )  # the version that git itself writes
    store.write()
    assert list((repo.root / ".git/objects/pack").glob("*.pack")) == packs
    repo.git("fsck", "--strict")


def test_objects_that_are_not_there_are_none(repo: Sandbox) -> None:
    git = repo.open()
    known = repo.git("rev-parse", "HEAD:tool.py")
    found = list(read_objects(git, ["0" * 40, known, "1" * 40]))
    assert [(oid, data is None) for oid, data in found] == [("0" * 40, True), (known, False), ("1" * 40, True)]
    assert list(read_objects(git, [])) == []


def test_an_object_of_which_only_the_beginning_comes_is_an_error(
    repo: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The rest of a file must not be taken for the whole of it."""
    oid = repo.git("rev-parse", "HEAD:tool.py")

    @contextmanager
    def cut(_: Git, *arguments: str, stdin: bytes) -> Iterator[io.BytesIO]:
        yield io.BytesIO(f"{oid} blob 10\n".encode() + b"only this")

    monkeypatch.setattr(Git, "stream", cut)
    with pytest.raises(SsotError, match=f"in the middle of {oid}"):
        list(read_objects(repo.open(), [oid]))


def test_an_update_that_went_well_leaves_no_note(repo: Sandbox) -> None:
    """The note is for those who come after a run that died."""
    git = repo.open()
    update_branches(git, (RefChange("ssot/test", None, git.resolve("HEAD")),), "x")
    assert not list((repo.root / ".git").glob(f"{PREFIX}*"))


def test_a_path_of_bytes_that_are_no_text_is_a_path(repo: Sandbox) -> None:
    """It can be compared with others, and be shown."""
    blob = repo.git("rev-parse", "HEAD:tool.py")
    tree = repo.git("mktree", "-z", stdin=b"100644 blob " + blob.encode() + b"\ta\xff.py\0")
    assert list(tree_paths(repo.open(), repo.git("commit-tree", "-m", "odd", tree))) == ["a\\xff.py"]


def test_a_whole_repository_has_nothing_that_is_only_promised(repo: Sandbox) -> None:
    assert missing_objects(repo.open(), "HEAD") == frozenset()
    names = {entry.name: entry.mode for entry in list_tree(repo.open(), "HEAD")}
    assert names[b"tool.py"] == "100755"
    assert names[b"shop/a.py"] == "100644"


@pytest.mark.parametrize("key", ["extensions.partialclone", "remote.o.promisor", "remote.o.partialclonefilter"])
def test_each_mark_of_a_partial_clone_is_seen(repo: Sandbox, key: str) -> None:
    blob = repo.git("rev-parse", "HEAD:tool.py")
    git = repo.open()
    git.config = (ConfigEntry("local", key, "x"),)  # type: ignore[misc]
    (repo.root / ".git/objects" / blob[:2] / blob[2:]).unlink()
    assert missing_objects(git, "HEAD") == {blob}


@pytest.mark.parametrize(
    ("value", "flag"),
    [("true", True), ("Yes", True), ("on", True), ("1", True), ("-1", True), ("2k", True)]
    + [("false", False), ("No", False), ("off", False), ("0", False), ("", False)],
)
def test_a_setting_is_on_where_git_says_so(repo: Sandbox, value: str, flag: bool) -> None:
    repo.git("config", "commit.gpgsign", value)
    git = repo.open()
    assert git.flag("commit.gpgsign") is flag
    assert git.setting("commit.gpgsign") == value
    assert git.setting("no.such") is None
    assert git.flag("no.such") is False


def test_the_last_of_several_values_counts(repo: Sandbox, home: Path) -> None:
    repo.git("config", "--global", "x.y", "global")
    repo.git("config", "x.y", "local")
    assert repo.open().setting("x.y") == "local"


def test_a_git_that_is_too_old_is_named(repo: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script = '#!/bin/sh\ncase "$*" in *version) echo "git version {}" ;; *) echo one; echo two ;; esac\n'
    for version, said in (
        ("2.30.9", "git 2.30 is too old"),
        ("1.99", "git 1.99 is too old"),
        ("2.31.0", "line break"),
        ("3.0", "line break"),
    ):
        (tmp_path / "git").write_text(script.format(version))
        (tmp_path / "git").chmod(0o755)
        monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}/bin{os.pathsep}/usr/bin")
        with pytest.raises(SsotError, match=said):
            Git.open(repo.root)


def test_the_first_program_on_the_path_is_the_one(tmp_path: Path) -> None:
    for name in ("one", "two", "three"):
        (tmp_path / name).mkdir()
    (tmp_path / "one/git").write_text("not executable")
    for name in ("two", "three"):
        (tmp_path / name / "git").write_text("#!/bin/sh\n")
        (tmp_path / name / "git").chmod(0o755)
    path = os.pathsep.join(str(tmp_path / name) for name in ("none", "one", "two", "three"))
    assert find_git(path) == str(tmp_path / "two/git")


def test_what_git_says_becomes_one_line_and_its_cause_an_advice() -> None:
    error = GitError("x", 128, "warning: w\n\nerror: e1\nfatal: f\n")
    assert (error.what, error.code, error.killed) == ("git x failed: error: e1", 128, False)
    assert "git fsck" in error.todo
    assert GitError("x", 1, "\n first\nsecond\n").what == "git x failed:  first"
    assert GitError("x", 3, "").what == "git x failed: exit code 3"
    assert GitError("x", -9, "").what == "git x failed: it was killed by signal 9"
    assert GitError("x", -9, "").killed
    assert not GitError("x", 0, "").killed
    assert "free some space" in GitError("x", 1, "fatal: a\nNo space left on device").todo
    assert "writable" in GitError("x", 1, "fatal: Permission denied").todo


def test_secrets_go_up_to_the_last_at_sign_of_the_host() -> None:
    assert (
        without_secrets("see https://me:p@ss@h.example/a@b and ssh://git@h/x")
        == "see https://h.example/a@b and ssh://h/x"
    )


@pytest.mark.skipif(os.name == "nt", reason="no such signals there")
@pytest.mark.parametrize("deaf", [False, True])
def test_a_git_that_is_to_stop_is_asked_first_and_then_made_to(monkeypatch: pytest.MonkeyPatch, deaf: bool) -> None:
    monkeypatch.setattr(git_module, "_PATIENCE", 0.3 if deaf else 300.0)
    program = f"import signal, time; {'signal.signal(signal.SIGTERM, signal.SIG_IGN);' if deaf else ''} print('up', flush=True); time.sleep(600)"
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        git_module._stop(process)
        process.wait()
    assert process.returncode == -(signal.SIGKILL if deaf else signal.SIGTERM)


def test_a_new_repository_has_nobodys_hooks(tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    template = tmp_path / "template"
    (template / "hooks").mkdir(parents=True)
    (template / "hooks/pre-commit").write_text("#!/bin/sh\n")
    with (home / ".gitconfig").open("a") as file:
        file.write(f"[init]\n\ttemplateDir = {template}\n\tdefaultBranch = other\n")
    root = tmp_path / "new"
    root.mkdir()
    with monkeypatch.context() as patch:
        patch.setenv("PATH", str(tmp_path))
        with pytest.raises(SsotError, match="git is not installed"):
            init_repository(root)
        assert not list(root.iterdir())
    git = init_repository(root)
    assert not (git.git_dir / "hooks").exists()
    assert (git.git_dir / "HEAD").read_text() == "ref: refs/heads/main\n"


def test_references_change_together_or_not_at_all(repo: Sandbox) -> None:
    head, git = repo.git("rev-parse", "HEAD"), repo.open()
    repo.git("branch", "there")
    wrong = (RefChange("new", None, head), RefChange("there", None, head))
    with pytest.raises(SsotError, match="changed while"):
        update_branches(git, wrong, "x")
    assert repo.git("branch", "--list", "new") == ""
    update_branches(git, (RefChange("new", None, head), RefChange("there", head, None)), "why it is")
    assert repo.git("for-each-ref", "--format=%(refname:short)").split() == ["main", "new"]
    assert "why it is" in repo.git("reflog", "show", "new")
    with pytest.raises(SsotError, match="changed while"):
        update_branches(git, (RefChange("new", git.null_id[:-1] + "1", head),), "x")


def test_a_list_that_ends_early_changes_nothing(repo: Sandbox) -> None:
    """As when this process dies while git reads."""
    head, git = repo.git("rev-parse", "HEAD"), repo.open()
    git.run("update-ref", "--stdin", "-z", stdin=f"start\0create refs/heads/half\0{head}\0".encode())
    assert repo.git("branch", "--list", "half") == ""


@pytest.mark.parametrize("linked", [False, True])
@pytest.mark.parametrize(
    "file", ["rebase-merge/head-name", "rebase-apply/head-name", "BISECT_START", "rebase-merge/update-refs"]
)
def test_a_branch_that_some_work_tree_goes_back_to_is_refused(
    repo: Sandbox, tmp_path: Path, file: str, linked: bool
) -> None:
    repo.git("branch", "mine")
    repo.git("worktree", "add", "--quiet", "--detach", str(tmp_path / "linked"))
    place = repo.root / (".git/worktrees/linked" if linked else ".git") / file
    place.parent.mkdir(exist_ok=True)
    place.write_text("refs/heads/mine\n")
    with pytest.raises(SsotError, match="checked out in a rebase or bisection under way"):
        check_unused(repo.open(), "mine")
    check_unused(repo.open(), "other")


@pytest.mark.parametrize("which", ["plan", "base", "none"])
def test_a_commit_of_another_plan_below_ours_makes_it_somebody_elses(repo: Sandbox, which: str) -> None:
    """The newest commit alone says which plan the branch is of; all the others must say the same."""
    applied = apply(repo.open())
    other = {
        "plan": ("Ssot-Plan: ", "Ssot-Plan: 00"),
        "base": ("Ssot-Base: ", "Ssot-Base: 0"),
        "none": ("Ssot-Tree: ", "X: "),
    }
    parent = repo.git("rev-parse", "HEAD")
    for number, commit in enumerate(applied.commits):
        text = repo.git("cat-file", "commit", commit.id)
        text = re.sub(r"(?m)^parent .*$", f"parent {parent}", text)
        text = text.replace(*other[which]) if number == 0 else text
        parent = repo.git("hash-object", "-t", "commit", "-w", "--stdin", stdin=f"{text}\n".encode())
    found = inspect_branch(repo.open(), "ssot/test", parent)
    assert isinstance(found, Foreign)
    assert "was not made by ssot" in found.why


def test_a_merge_that_carries_our_message_is_somebody_elses(repo: Sandbox) -> None:
    applied = apply(repo.open())
    side = repo.git("commit-tree", "-p", "main", "-m", "side", "main^{tree}")
    text = repo.git("cat-file", "commit", applied.commits[-1].id).replace("\nauthor ", f"\nparent {side}\nauthor ", 1)
    merge = repo.git("hash-object", "-t", "commit", "-w", "--stdin", stdin=f"{text}\n".encode())
    found = inspect_branch(repo.open(), "ssot/test", merge)
    assert isinstance(found, Foreign)
    assert "does not start at its recorded base" in found.why


def test_names_that_git_refuses_are_the_persons_to_change(repo: Sandbox) -> None:
    for name in ("a..b", "x.lock", "a b", "x/"):
        with pytest.raises(SsotError, match="cannot be a branch's name") as caught:
            check_name(repo.open(), name)
        assert "--branch" in caught.value.todo


def test_the_branch_that_a_bare_repository_stands_on_is_refused(repo: Sandbox, tmp_path: Path) -> None:
    repo.git("clone", "--quiet", "--bare", str(repo.root), str(tmp_path / "bare.git"))
    bare = Sandbox(tmp_path / "bare.git")
    check_unused(bare.open(), "ssot/test")
    bare.git("symbolic-ref", "HEAD", "refs/heads/ssot/test")
    with pytest.raises(SsotError, match="checked out in HEAD"):
        check_unused(bare.open(), "ssot/test")
    bare.git("update-ref", "--no-deref", "HEAD", "main")
    check_unused(bare.open(), "ssot/test")


def test_a_git_that_was_killed_says_nothing_about_names(repo: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    git = repo.open()

    def killed(name: str, *_: str) -> str:
        raise GitError(name, -9, "")

    monkeypatch.setattr(git, "call", killed)
    for ask in (branch_tip, check_name):
        with pytest.raises(GitError, match="killed by signal 9"):
            ask(git, "ssot/test")


def test_a_configuration_that_git_can_not_read_is_named(repo: Sandbox) -> None:
    (repo.root / ".git/config").write_text("[core\n")
    with pytest.raises(GitError, match="git rev-parse failed: fatal: bad config"):
        repo.open()


@pytest.mark.skipif(os.name == "nt" or sys.platform == "darwin", reason="such names cannot exist there")
def test_a_branch_whose_name_is_no_utf_8(repo: Sandbox) -> None:
    name = "ssot/caf\udce9"
    tip = apply(repo.open(), branch=name).commits[-1].id
    assert repo.git("rev-parse", os.fsencode(f"refs/heads/{name}").decode("utf-8", "surrogateescape")) == tip
    undo_branch(repo.open(), name)
    assert repo.git("branch", "--list", "ssot/*") == ""


@pytest.mark.parametrize("command", ["--reverse", "--walk-reflogs", "cat-file"])
def test_a_git_that_was_killed_makes_no_branch_somebody_elses(
    repo: Sandbox, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    applied = apply(repo.open())
    git = repo.open()
    call = git.call

    def killed(name: str, *arguments: str) -> str:
        if command in arguments:
            raise GitError(name, -9, "")
        return call(name, *arguments)

    def stream(*_: object, **__: object) -> object:
        raise GitError("cat-file", -9, "")

    if command == "cat-file":
        monkeypatch.setattr(git, "stream", stream)
    monkeypatch.setattr(git, "call", killed)
    with pytest.raises(GitError, match="killed by signal 9"):
        inspect_branch(git, "ssot/test", applied.commits[-1].id)


def test_an_update_that_was_made_is_made_whatever_git_says_then(repo: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    git = repo.open()
    run = git.run

    def dies(*arguments: str, **options: object) -> bytes:
        out = run(*arguments, **options)  # type: ignore[arg-type]
        if arguments[0] == "update-ref":
            raise GitError("update-ref", -9, "")
        return out

    monkeypatch.setattr(git, "run", dies)
    tip = apply(git).commits[-1].id
    assert repo.git("rev-parse", "ssot/test") == tip
    undo_branch(git, "ssot/test")
    assert repo.git("branch", "--list", "ssot/*") == ""


def test_what_is_only_shown_is_never_committed(repo: Sandbox) -> None:
    git = repo.open()
    snapshot = read_commit(git, "HEAD", any_python)
    plan = make_plan(snapshot)
    manual, empty, kept = plan.change_sets
    sets = (replace(manual, safety=Safety.MANUAL), replace(empty, files=()), kept)
    applied = apply_changes(git, snapshot, replace(plan, change_sets=sets))
    assert [commit.change_set for commit in applied.commits] == [kept.id]
    assert apply_in_place(git, snapshot, replace(plan, change_sets=sets[:2])) == ()
    assert apply_changes(git, snapshot, replace(plan, change_sets=sets[:2])).branch is None


def test_a_commit_that_fails_without_signing_is_not_a_matter_of_signing(
    repo: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    git = repo.open()
    run = git.run

    def fails(*arguments: str, **options: object) -> bytes:
        if arguments[0] == "commit-tree":
            raise GitError("commit-tree", 128, "fatal: no such luck")
        return run(*arguments, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(git, "run", fails)
    with pytest.raises(GitError, match="git commit-tree failed: fatal: no such luck"):
        apply(git)
    assert repo.git("branch", "--list", "ssot/*") == ""


def test_a_branch_whose_past_can_not_be_read_is_not_ours(repo: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    tip = apply(repo.open()).commits[-1].id
    log = repo.root / ".git/logs/refs/heads/ssot/test"
    lost = repo.git("commit-tree", "-m", "a person's", "main^{tree}")
    line = log.read_text()
    log.write_text(f"{'0' * 40} {lost} A <a> 1 +0000\tmine\n{lost} {tip} {line.split(' ', 2)[2]}")
    assert isinstance(inspect_branch(repo.open(), "ssot/test", tip), Foreign)
    log.write_text(line)
    git = repo.open()
    assert isinstance(inspect_branch(git, "ssot/test", tip), OwnBranch)
    call = git.call

    def unreadable(name: str, *arguments: str) -> str:
        if "--walk-reflogs" in arguments:
            raise GitError(name, 128, "fatal: your reflog is broken")
        return call(name, *arguments)

    monkeypatch.setattr(git, "call", unreadable)
    assert isinstance(inspect_branch(git, "ssot/test", tip), Foreign)


def test_messages_that_are_no_utf_8_are_read_all_the_same(repo: Sandbox) -> None:
    whole = b"tree t\nauthor A\xe9 <a> 1 +0000\ncommitter B <b> 2 +0100\n\ncaf\xe9\n"
    assert parse_commit("id", whole) == CommitObject("id", "t", (), "1 +0000", "2 +0100", "caf\ufffd\n")


@pytest.mark.parametrize("before", [None, "mine"])
def test_the_environment_is_given_back(repo: Sandbox, monkeypatch: pytest.MonkeyPatch, before: str | None) -> None:
    names = ("GIT_PYTHON_GIT_EXECUTABLE", "GIT_PYTHON_REFRESH")
    for name in names:
        monkeypatch.delenv(name, raising=False)
        if before:
            monkeypatch.setenv(name, before)
    repo.open().call("version")
    assert [os.environ.get(name) for name in names] == [before, before]


def test_a_sparse_checkout_makes_no_tree_sparse(repo: Sandbox) -> None:
    repo.write({"far/deep/y.py": b"y = 1\n", "far/x.py": b"x = 1\n", "near/z.py": b"z = 1\n"})
    repo.commit("far")
    repo.git("sparse-checkout", "set", "--cone", "--sparse-index", "near")
    git = repo.open()
    snapshot = read_commit(git, "HEAD", any_python)
    changes = [
        edited(snapshot, "far/deep/y.py", "1", "2"),
        deleted(snapshot, "far/x.py"),
        created("far/new/w.py", "w = 1\n"),
    ]
    apply_changes(git, snapshot, plan_for(snapshot, {"far": changes}))
    rows = repo.git("diff", "--name-status", "--no-renames", "HEAD", "ssot/test").splitlines()
    assert sorted(rows) == ["A\tfar/new/w.py", "D\tfar/x.py", "M\tfar/deep/y.py"]
