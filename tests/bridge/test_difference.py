"""Where the result is not the one that LibCST's own runner gives, the plan says so and why."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from bridge.commands import codes, folder_of, results, run
from ssot.values import Plan, SsotError

COMMANDS = '''
import libcst as cst
from libcst.codemod import CodemodCommand, SkipFile
from libcst.metadata import FullyQualifiedNameProvider, TypeInferenceProvider


class Fix(CodemodCommand):
    """Renames old to new, and does what the file's first word says."""

    def transform_module_impl(self, tree):
        word = tree.code.split()[1] if tree.code.startswith("#") else ""
        code = tree.code.replace("old", "new")
        if word == "comment":
            code = code.replace("  # why", "")
        if word == "nothing":
            return None
        if word == "raise":
            raise ValueError("no")
        if word == "skip":
            raise SkipFile("as agreed")
        if word == "warn":
            self.warn("look here")
        return cst.parse_module(code, tree.config_for_parsing)


class Name(CodemodCommand):
    """Writes what the module is called."""

    def transform_module_impl(self, tree):
        text = f"name = {self.context.full_module_name!r}, {self.context.full_package_name!r}"
        return tree.with_changes(body=[*tree.body, cst.parse_statement(text)])


class Qualified(CodemodCommand):
    """Writes the full names that metadata knows."""

    METADATA_DEPENDENCIES = (FullyQualifiedNameProvider,)

    def transform_module_impl(self, tree):
        names = sorted(one.name for one in self.get_metadata(FullyQualifiedNameProvider, tree))
        return tree.with_changes(body=[*tree.body, cst.parse_statement(f"names = {names}")])


class Typed(CodemodCommand):
    """Wants types, which LibCST has from a type checker's server."""

    METADATA_DEPENDENCIES = (TypeInferenceProvider,)

    def transform_module_impl(self, tree):
        return tree
'''
GENERATED = b"@" + b"generated"
FILES = {
    "plain.py": b"old = 1  # why\r\nx = 2",
    "same.py": b"x = 1\n",
    "comment.py": b"# comment\nold = 1  # why\n",
    "nothing.py": b"# nothing\nold = 1\n",
    "raises.py": b"# raise\nold = 1\n",
    "skips.py": b"# skip\nold = 1\n",
    "warns.py": b"# warn\nold = 1\n",
    "syntax.py": b"def old(:\n",
    "python2.py": b"print 'old'\n",
    "latin.py": b"old = '\xe9'\n",
    "marked.py": b"# " + GENERATED + b"\nold = 1\n",
    "feed.py": b"old = 1\n\x0cdef f():\n    pass\n",
    "feed_meets.py": b"x = 1\n\x0cdef old():\n    pass\n",
    "returns.py": b"old = 1\ry = 2\r",
    "vendor/copy.py": b"old = 1\n",
}
# What LibCST's own runner changes and ssot does not, or does otherwise; and what is said of it.
OTHERWISE = {"comment.py": "gate-comments", "feed_meets.py": "round-trip", "returns.py": "round-trip"}
LISTED = {
    "nothing.py": "codemod-error",
    "raises.py": "codemod-error",
    "skips.py": "codemod-skip",
    "warns.py": "codemod-warning",
    "syntax.py": "codemod-unread",
    "python2.py": "codemod-unread",
}


def _their_own(files: Mapping[str, bytes], name: str, root: Path, tools: str) -> dict[str, bytes]:
    """The files that LibCST's runner changes, as it leaves them."""
    for path, data in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(data)
    words = ["codemod", "-x", f"acme_differs.{name}", "--no-format", "--hide-progress", "-j", "1", "."]
    program = [sys.executable, "-m", "libcst.tool", *words]
    subprocess.run(program, cwd=root, env={**os.environ, "PYTHONPATH": tools}, capture_output=True, check=False)
    return {path: after for path, data in files.items() if (after := (root / path).read_bytes()) != data}


@pytest.fixture
def tools(tmp_path: Path) -> Path:
    folder = tmp_path / "tools"
    folder.mkdir()
    folder_of(folder, {"acme_differs": COMMANDS})
    return folder


def _ours(files: Mapping[str, bytes], name: str, tools: Path) -> Plan:
    return run(files, f"acme_differs:{name}", tools)


def test_every_file_that_comes_out_otherwise_is_listed_with_its_reason(tools: Path, tmp_path: Path) -> None:
    theirs = _their_own(FILES, "Fix", tmp_path / "own", str(tools))
    plan = _ours(FILES, "Fix", tools)
    ours = results(FILES, plan)
    reasons = codes(plan)
    otherwise = {path for path in FILES if ours.get(path) != theirs.get(path)}
    assert otherwise == {*OTHERWISE, "feed.py", "vendor/copy.py"}
    assert {path: reasons[path] for path in OTHERWISE} == {path: [code] for path, code in OTHERWISE.items()}
    assert {path: reasons[path] for path in LISTED} == {path: [code] for path, code in LISTED.items()}
    assert ours["feed.py"] == FILES["feed.py"].replace(b"old", b"new")
    (change_set,) = plan.change_sets
    assert "otherwise than it read them (feed.py)" in change_set.reason
    # LibCST leaves the one alone, too, and not the other
    assert dict(plan.ledger.ignored_by) == {"generated": 1, "vendored": 1}
    assert plan.incomplete


def test_names_of_modules_are_those_of_python_and_the_plan_says_where_they_differ(tools: Path, tmp_path: Path) -> None:
    files = {
        "pyproject.toml": b"[project]\nname = 'shop'\n",
        "src/shop/__init__.py": b"",
        "src/shop/web.py": b"def f(): ...\n",
        "src/shop/__main__.py": b"",
    }
    for command in ("Name", "Qualified"):
        theirs = _their_own(files, command, tmp_path / command, str(tools))
        plan = _ours(files, command, tools)
        ours = results(files, plan)
        assert sorted(ours) == sorted(theirs) == [path for path in sorted(files) if path.endswith(".py")]
        assert b"src.shop.web" in theirs["src/shop/web.py"]
        assert b"src.shop" not in b"".join(ours.values())
        (change_set,) = plan.change_sets
        assert "calls 3 of the files otherwise" in change_set.reason
        assert "src/shop/__init__.py is shop here, src.shop there" in change_set.reason


def test_a_codemod_that_asks_for_no_names_gets_no_such_remark(tools: Path) -> None:
    files = {"pyproject.toml": b"[project]\nname = 'shop'\n", "src/shop/__init__.py": b"old = 1\n"}
    (change_set,) = _ours(files, "Fix", tools).change_sets
    assert "otherwise" not in change_set.reason


def test_libcsts_own_configuration_is_not_read_and_the_plan_says_so(tools: Path, tmp_path: Path) -> None:
    text = b"formatter: ['cat']\nblacklist_patterns: ['.*/b.py']\nmodules: []\nrepo_root: '.'\n"
    files = {".libcst.codemod.yaml": text, "a.py": b"old = 1\n", "b.py": b"old = 1\n"}
    assert sorted(_their_own(files, "Fix", tmp_path / "own", str(tools))) == ["a.py"]
    plan = _ours(files, "Fix", tools)
    assert sorted(results(files, plan)) == ["a.py", "b.py"]
    assert ".libcst.codemod.yaml was not read" in plan.change_sets[0].reason


def test_types_that_no_server_gives_are_an_error_of_two_lines(
    tools: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "bin").mkdir()
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    with pytest.raises(SsotError, match=r"metadata for the whole tree can't be had: .*pyre") as error:
        _ours({"a.py": b"x = 1\n"}, "Typed", tools)
    assert "\n" not in error.value.what
    assert "type checker" in error.value.todo
