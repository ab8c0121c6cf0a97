"""Codemods that a manifest names: run only where the command line allows it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from deliver.helpers import Sandbox
from pipeline.command import FILES, MANIFEST, Result, Run
from pipeline.conftest import run

from bridge.commands import folder_of

__all__ = ["run"]
TABLE = b'\n[[codemod]]\nid = "append-z"\nlibcst = "acme_codemods:Append"\nargs = { word = "z" }\n'


@pytest.fixture
def repo(tmp_path: Path) -> Sandbox:
    return Sandbox.create(tmp_path / "repo", files={**FILES, "ssot.toml": MANIFEST + TABLE})


@pytest.fixture
def folder(tmp_path: Path) -> str:
    (tmp_path / "tools").mkdir()
    return folder_of(tmp_path / "tools")


def _codes(result: Result) -> set[str]:
    return {refusal["code"] for refusal in result.json["refusals"]}


def test_without_permission_it_is_listed_and_everything_else_goes_on(run: Run) -> None:
    result = run("plan", "--format", "json")
    assert result.code == 0
    assert "needs-allow-exec" in _codes(result)
    assert {one["codemod"] for one in result.json["change_sets"]} == {"canonical-imports"}
    (place,) = [one for one in result.json["refusals"] if one["code"] == "needs-allow-exec"]
    assert place["path"] == "ssot.toml"
    assert place["line"] == MANIFEST.count(b"\n") + 3


def test_with_permission_it_runs_last_on_what_the_others_left(run: Run, repo: Sandbox, folder: str) -> None:
    result = run("apply", "--allow-exec", "--search", folder, "--branch", "tidy", "--format", "json")
    assert result.code == 0, result.json["refusals"]
    assert [one["codemod"] for one in result.json["change_sets"]][-1] == "append-z"
    text = repo.git("show", "tidy:shop/one.py")
    assert "from shop.core import Engine  # why" in text
    assert text.endswith("z = 1")


def test_it_can_be_named_alone(run: Run, folder: str) -> None:
    result = run("plan", "--allow-exec", "--search", folder, "--only", "append-z", "--format", "json")
    assert {one["codemod"] for one in result.json["change_sets"]} == {"append-z"}
    assert {one["safety"] for one in result.json["change_sets"]} == {"unsafe"}


def test_one_called_like_ours_is_an_error(run: Run, repo: Sandbox) -> None:
    repo.write({"ssot.toml": MANIFEST + TABLE.replace(b"append-z", b"canonical-imports")})
    repo.commit("clash")
    result = run("plan")
    assert result.code == 2
    assert "two codemods are called 'canonical-imports'" in result.err


ENGINE = b"class Engine:\n    def run(self):\n        return 'runs'\n"
PADDING = b"\n\n# as it was\n\n\n"
MANIFEST_OF_ALL = b"""[[symbol]]
canonical = "shop.core:Engine"
legacy = ["shop.old:Engine"]

[[collapse]]
canonical = "shop.core:Engine"
duplicates = ["shop.twin:Engine"]

[[codemod]]
id = "ceiling"
bowler = "tools/rename.py"

[[codemod]]
id = "append-z"
libcst = "acme_codemods:Append"
args = { word = "z" }
"""
COMMON = {
    "shop/__init__.py": b"",
    "shop/core.py": ENGINE + PADDING + b"def limit(n):\n    return n + 1\n",
    "shop/old.py": b"from shop.core import Engine\n",
    "shop/twin.py": ENGINE,
    "tools/rename.py": b'from bowler import Query\n\nQuery("shop").select_function("limit").rename("ceiling").idiff()\n',
    "ssot.toml": MANIFEST_OF_ALL,
}
# every edit beside another
MEETING = COMMON | {
    "shop/main.py": (
        b"from shop.core import limit\nfrom shop.old import Engine  # why\nfrom shop.twin import Engine as Twin\n\n"
        b"print(Engine().run(), Twin().run(), limit(1))\n"
    )
}
# each edit on lines of its own
APART = COMMON | {
    "shop/twin.py": ENGINE + PADDING + b"x = 1\n" + PADDING,
    "shop/core.py": COMMON["shop/core.py"] + PADDING,
    "shop/limits.py": b"from shop.core import limit\n\none = limit(1)\n" + PADDING,
    "shop/pair.py": b"from shop.twin import Engine as Twin\n\ntwin = Twin()\n" + PADDING,
    "shop/main.py": (
        b"from shop.limits import one\nfrom shop.pair import twin\n"
        + PADDING
        + b"from shop.old import Engine  # why\n"
        + PADDING
        + b"print(Engine().run(), twin.run(), one)\n"
    ),
}


def _program(repo: Sandbox, rev: str, tmp_path: Path) -> str:
    tree = tmp_path / rev
    repo.git("worktree", "add", "--quiet", "--detach", str(tree), rev)
    done = subprocess.run([sys.executable, "-m", "shop.main"], cwd=tree, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(params=[MEETING, APART], ids=["meeting", "apart"])
def together(tmp_path: Path, request: pytest.FixtureRequest) -> Sandbox:
    return Sandbox.create(tmp_path / "together", files=request.param)


@pytest.mark.parametrize("together", [MEETING], indirect=True)
def test_a_bowler_script_of_the_repository_runs_where_it_is_allowed(
    run: Run, together: Sandbox, tmp_path: Path
) -> None:
    words = ("--only", "ceiling", "--format", "json")
    held_back = run("plan", *words, root=together.root)
    assert (held_back.json["change_sets"], _codes(held_back)) == ([], {"needs-allow-exec"})
    result = run("apply", "--allow-exec", "--branch", "tidy", *words, root=together.root)
    assert result.code == 0, result.err
    assert [(one["codemod"], one["safety"]) for one in result.json["change_sets"]] == [("ceiling", "unsafe")]
    assert together.git("diff", "--name-only", "main", "tidy").split() == ["shop/core.py", "shop/main.py"]
    assert "def ceiling(n)" in together.git("show", "tidy:shop/core.py")
    assert _program(together, "tidy", tmp_path) == _program(together, "main", tmp_path)


def test_symbols_duplicates_and_two_declared_codemods_make_commits_of_which_each_runs_as_before(
    run: Run, together: Sandbox, folder: str, tmp_path: Path
) -> None:
    words = ("--allow-exec", "--search", folder, "--branch", "tidy", "--format", "json")
    result = run("apply", *words, root=together.root)
    assert result.code == 0, result.json["refusals"]
    ledger = result.json["ledger"]
    assert ledger["occurrences"] == sum(ledger[one] for one in ("rewritten", "shimmed", "refused", "ignored"))
    sources = together.git("grep", "-h", "-E", "import|limit|ceiling", "tidy", "--", "shop")
    assert "limit(" not in sources
    assert "shop.old" not in sources
    assert "shop.twin" not in sources
    commits = together.git("rev-list", "--reverse", "main..tidy").split()
    assert [one["id"] for one in result.json["commits"]] == commits
    expected = _program(together, "main", tmp_path)
    assert {_program(together, commit, tmp_path) for commit in commits} == {expected}


@pytest.mark.parametrize("together", [APART], indirect=True)
def test_edits_of_several_codemods_that_do_not_meet_are_commits_of_their_own(
    run: Run, together: Sandbox, folder: str
) -> None:
    result = run("plan", "--allow-exec", "--search", folder, "--format", "json", root=together.root)
    found = {(one["codemod"], one["safety"]) for one in result.json["change_sets"]}
    assert found >= {("collapse-duplicates", "safe"), ("ceiling", "unsafe"), ("append-z", "unsafe")}


@pytest.mark.parametrize("together", [MEETING], indirect=True)
def test_where_edits_meet_the_commit_says_so_and_claims_nothing_of_ours_that_is_not_so(
    run: Run, together: Sandbox, folder: str
) -> None:
    """Ours are safe; what makes the commit unsafe is theirs."""
    result = run("plan", "--allow-exec", "--search", folder, "--format", "json", root=together.root)
    first = result.json["change_sets"][0]
    assert first["safety"] == "unsafe"
    assert first["title"] == "Collapse the duplicates of Engine; Run rename.py; Run acme_codemods:Append"
    assert "what callers can see is the same" in first["reason"]
    assert "Its own author answers" in first["reason"]
