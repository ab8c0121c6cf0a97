"""`ssot shims` and the day of the audit, from the command line, in real repositories."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from tests.shim_cases import load_cases, written
from typer.testing import CliRunner

from ssot_cli.app import app

CASES = {case.name: case for case in load_cases()}


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    case = CASES["several-names"]
    written({**case.expected(), "ssot.toml": case.manifest.encode()}, tmp_path)
    for command in (["init", "-q"], ["add", "-A"], ["-c", "user.name=a", "-c", "user.email=a@b", "commit", "-qm", "x"]):
        subprocess.run(["git", *command], cwd=tmp_path, check=True)
    subprocess.run(["git", "config", "user.name", "a"], cwd=tmp_path, check=True)
    subprocess.run(["git", "config", "user.email", "a@b"], cwd=tmp_path, check=True)
    return tmp_path


def ssot(folder: Path, *arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["-C", str(folder), "-q", *arguments])
    return done.exit_code, done.stdout


def shims(folder: Path, *arguments: str) -> dict[str, Any]:
    code, text = ssot(folder, "shims", "--format", "json", *arguments)
    assert code == 0
    document: dict[str, Any] = json.loads(text)
    return document


def test_the_register_as_json(repository: Path) -> None:
    """One document with every shim, its days and its uses."""
    document = shims(repository, "--today", "2026-12-21")
    assert document["schema"] == 1
    assert document["faults"] == []
    first = document["shims"][0]
    assert first["path"] == "shop.old:Engine"
    assert first["canonical"] == "shop.user:UserEngine"
    assert (first["since"], first["until"]) == ("2026-11-21", "2026-12-21")
    assert (first["expired"], first["permanent"]) == (False, False)
    assert first["uses"] == {"code": 0, "strings": 0}


def test_only_the_expired(repository: Path) -> None:
    """From the day after the last."""
    assert shims(repository, "--expired", "--today", "2026-12-21")["shims"] == []
    assert len(shims(repository, "--expired", "--today", "2026-12-22")["shims"]) == 2


def test_the_register_as_text(repository: Path) -> None:
    """Old path, canonical path, days, uses; with -v every place."""
    (repository / "app.py").write_text("from shop.old import Engine\n")
    code, text = ssot(repository, "-v", "shims", "--today", "2026-12-01")
    assert code == 0
    assert "shop.old:Engine → shop.user:UserEngine" in text
    assert "since 2026-11-21 · until 2026-12-21 · 1 use in code, 0 in texts" in text
    assert "app.py:1  import" in text
    assert "2 shims: 0 expired, 1 still used." in text


def test_the_removal_is_planned_and_applied_on_a_branch(repository: Path) -> None:
    """The work tree stays as it is."""
    code, text = ssot(repository, "shims", "--remove", "--today", "2027-01-01")
    assert code == 0
    assert "-_SSOT_SHIMS = {" in text
    code, text = ssot(repository, "shims", "--remove", "--apply", "--branch", "ssot/gone", "--today", "2027-01-01")
    assert code == 0, text
    listed = subprocess.run(
        ["git", "ls-tree", "-r", "--name-only", "ssot/gone"], cwd=repository, capture_output=True, text=True, check=True
    )
    assert "shop/old.py" not in listed.stdout.split()
    assert (repository / "shop/old.py").exists()


def test_what_is_expired_and_used_makes_the_removal_partly_done(repository: Path) -> None:
    """Exit code 3, and the place."""
    (repository / "app.py").write_text("from shop.old import Engine\n")
    subprocess.run(["git", "add", "-A"], cwd=repository, check=True)
    subprocess.run(["git", "commit", "-qm", "y"], cwd=repository, check=True)
    code, text = ssot(repository, "shims", "--remove", "--today", "2027-01-01")
    assert code == 3
    assert "still used: app.py:1 (import)" in text


def test_an_expired_shim_fails_the_audit(repository: Path) -> None:
    """On the day that is said, or today's."""
    assert ssot(repository, "audit", "--today", "2026-12-21")[0] == 0
    code, text = ssot(repository, "audit", "--today", "2026-12-22", "--format", "json")
    assert code == 1
    assert [one["rule"] for one in json.loads(text)["findings"]] == ["SSOT202", "SSOT202"]


def test_the_preview_names_what_applies_it(repository: Path) -> None:
    """`ssot apply` would not remove a shim."""
    text = ssot(repository, "shims", "--remove", "--today", "2027-01-01")[1]
    assert "  the same command with --apply  commit exactly this on a new branch" in text
    assert "  ssot apply" not in text


def test_the_removal_says_what_it_did_not_read(repository: Path) -> None:
    """Files that are not committed are no part of the plan."""
    (repository / "app.py").write_text("from shop.old import Engine\n")
    for arguments in ([], ["--apply"]):
        text = ssot(repository, "shims", "--remove", "--today", "2027-01-01", *arguments)[1]
        assert "1 uncommitted file is not part of this" in text


def test_expired_and_remove_go_together(repository: Path) -> None:
    """No other shims than the expired are removed anyway."""
    both = ssot(repository, "shims", "--expired", "--remove", "--today", "2027-01-01")
    assert both == ssot(repository, "shims", "--remove", "--today", "2027-01-01")


@pytest.mark.parametrize(
    "arguments", [["--apply"], ["--branch", "x"], ["--remove", "--branch", "x"], ["--base", "HEAD"]]
)
def test_options_that_make_no_sense_alone(repository: Path, arguments: list[str]) -> None:
    """Exit code 2 or an error, and nothing is written."""
    done = CliRunner().invoke(app, ["-C", str(repository), "-q", "shims", *arguments])
    assert done.exit_code != 0
