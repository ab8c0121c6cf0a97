"""Codemods that a manifest names: run only where the command line allows it."""

from __future__ import annotations

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
