"""The whole command line on a repository whose every hook, filter and program would write to a log."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

import pytest
import typer.main
from deliver.helpers import Sandbox
from deliver.test_trap import arm

from pipeline.command import FILES, MANIFEST, Run
from ssot_cli.app import app

pytestmark = pytest.mark.skipif(os.name == "nt", reason="the traps are shell scripts")

CODEMOD = b"from libcst.codemod import CodemodCommand\n\n\nclass Nothing(CodemodCommand):\n    def transform_module_impl(self, tree):\n        return tree\n"
# What each command is given besides its formats; any other gets a word for each argument that it must have.
ARGUMENTS: dict[str, tuple[tuple[str, ...], ...]] = {
    "audit": ((), ("shop",), ("--exit-zero", "--output", "@audit.out")),
    "plan": ((), ("--unsafe",), ("--check",), ("--output", "@plan.out")),
    "apply": (("--check",), (), (), ("--split", "--branch", "ssot/split"), ("--unsafe", "--branch", "ssot/unsafe")),
    "verify": ((), ("ssot/unsafe",)),
    "explain": (("shop.old:Engine",), ("SSOT101",)),
    "registry": ((), ("--output", "@registry.md"), ("--check", "@registry.md")),
    "schema": ((), ("--plan",), ("--audit",)),
    "shims": ((), ("--expired",)),
    "undo": (("ssot/split",), ("ssot/unsafe",), ("main",)),
    "new codemod": (("acme-own", "--into", "@own"),),
    "run libcst": (("acme_codemods:Nothing",),),
}
LAST = ("undo",)  # after everything that needs the branches


def _leaves(command: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    for one, child in sorted(getattr(command, "commands", {}).items()):
        full = f"{name} {one}".strip()
        yield from _leaves(child, full) if hasattr(child, "commands") else [(full, child)]


def _formats(command: Any) -> list[tuple[str, ...]]:
    found = [parameter for parameter in command.params if "--format" in parameter.opts]
    return [("--format", choice.value) for choice in type(found[0].default)] if found else [()]


def _lines() -> list[tuple[str, ...]]:
    commands = dict(_leaves(typer.main.get_command(app)))
    ordered = sorted(commands, key=lambda name: (name in LAST, name))
    lines: list[tuple[str, ...]] = []
    for name in ordered:
        words = tuple("x" for parameter in commands[name].params if parameter.required)
        pairs = product(ARGUMENTS.get(name, (words,)), _formats(commands[name]))
        lines += [(*name.split(), *arguments, *form) for arguments, form in pairs]
    return lines


@pytest.fixture
def repo(tmp_path: Path) -> Sandbox:
    return Sandbox.create(tmp_path / "repo", files={**FILES, "ssot.toml": MANIFEST, "acme_codemods.py": CODEMOD})


@pytest.mark.filterwarnings(
    "ignore::pytest.PytestUnraisableExceptionWarning"
)  # files left open are another test's matter
def test_no_command_in_no_format_runs_anything_of_the_repository(run: Run, repo: Sandbox, tmp_path: Path) -> None:
    log = arm(repo, tmp_path / "traps")
    bare = _plant_bare_repository(repo, tmp_path)
    before = repo.git("for-each-ref")
    for line in _lines():
        _make_racy(repo)
        result = run(*(word.replace("@", f"{tmp_path}/") for word in line))
        assert not log.exists(), (line, log.read_text())
        assert result.code in (0, 1, 2, 3), (line, result.err)
        assert "Traceback" not in result.err
    refs = repo.git("for-each-ref", "--format=%(refname)").split()
    assert all(ref == "refs/heads/main" or ref.startswith("refs/heads/ssot/") for ref in refs)
    assert repo.git("for-each-ref", "refs/heads/main", "refs/tags", "refs/remotes") == before
    assert run("audit", root=bare).code == 2
    assert not log.exists(), log.read_text()


def test_in_place_runs_nothing_of_the_repository(run: Run, repo: Sandbox, tmp_path: Path) -> None:
    log = arm(repo, tmp_path / "traps")
    _make_racy(repo)
    result = run("apply", "--in-place")
    assert result.code == 0, result.err
    assert b"shop.core" in (repo.root / "shop/one.py").read_bytes()
    assert not log.exists(), log.read_text()


def test_the_arguments_are_for_commands_that_are_there() -> None:
    """Otherwise the runs above would be of fewer commands than they seem."""
    later = {"shims", "run libcst"}
    assert ARGUMENTS.keys() <= {name for name, _ in _leaves(typer.main.get_command(app))} | later


def _make_racy(repo: Sandbox) -> None:
    """A time stamp that says nothing makes git compare contents, which is when it would run filters."""
    future = time.time() + 5
    for path in FILES:
        os.utime(repo.root / path, (future, future))


def _plant_bare_repository(repo: Sandbox, tmp_path: Path) -> Path:
    bare = repo.root / "shop/bare"
    repo.git("init", "--quiet", "--bare", str(bare), "--template=")
    (bare / "config").write_text(
        f'[core]\n\tbare = true\n\tfsmonitor = "{tmp_path}/traps/trap"\n\tworktree = ".."\n'.replace(
            "\tbare = true\n", ""
        )
    )
    return bare
