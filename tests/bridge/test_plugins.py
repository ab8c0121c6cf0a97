"""Installed plug-ins: off until named, under the same proofs, and an error where they fail."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import typer
from deliver.helpers import Sandbox
from pipeline.command import Result, Run
from pipeline.conftest import run

from ssot.values import SsotError
from ssot_cli.commands.new import write_skeleton

__all__ = ["run"]
MANIFEST = b'[[symbol]]\ncanonical = "core:Engine"\n'
FILES = {"core.py": b"class Engine:\n    limit = 1000000  # bytes\n", "ssot.toml": MANIFEST}
OTHERS = """
from ssot.codemod import Codemod, Fate, FilePlan, Occurrence, Outcome, Splice


def edit(old, new):
    def plan(tree):
        source = tree.sources["core.py"]
        at = source.u8.find(old)
        splice = (Splice(at, at + len(old), new, frozenset({"k"})),) if at >= 0 else ()
        done = (Occurrence("core.py", 1, "k", Fate.REWRITTEN),) if at >= 0 else ()
        return Outcome({"core.py": FilePlan("core.py", splice, done)})

    return plan


def broken(tree):
    raise KeyError("oops")


def words(*_):
    return "words"


RENAMES = Codemod("renames", edit(b"Engine", b"Motor"), words, words, foreign=True)
RAISES = Codemod("raises", broken, words, words)
GIVES = Codemod("gives", lambda tree: None, words, words)
CLASHES = Codemod("canonical-imports", broken, words, words)
NOT_ONE = object()
"""


@pytest.fixture
def repo(tmp_path: Path) -> Sandbox:
    return Sandbox.create(tmp_path / "repo", files=FILES)


@pytest.fixture(autouse=True)
def _installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two distributions: the one that `ssot new codemod` writes, and one that is bad in every way."""
    place = tmp_path / "site"
    write_skeleton("nice-numbers", place)
    (place / "acme_others.py").write_text(OTHERS)
    points = ["nice-numbers = nice_numbers.codemod:CODEMOD", "gone = acme_nowhere:CODEMOD"]
    points += [f"{name.lower()} = acme_others:{name}" for name in ("RENAMES", "RAISES", "GIVES", "CLASHES", "NOT_ONE")]
    info = place / "acme-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: acme\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("\n".join(["[ssot.codemods]", *points, ""]))
    monkeypatch.syspath_prepend(str(place))
    monkeypatch.setattr(typer, "get_app_dir", lambda name: str(tmp_path / "config"))


def _names(result: Result) -> list[str]:
    return [one["codemod"] for one in result.json["change_sets"]]


def test_it_is_off_until_the_command_line_names_it(run: Run) -> None:
    assert _names(run("plan", "--format", "json")) == []
    assert _names(run("plan", "--plugin", "nice-numbers", "--format", "json")) == ["nice-numbers"]
    assert b"nice-numbers" in run("codemods").out


def test_or_the_operators_own_configuration_does(run: Run, tmp_path: Path, repo: Sandbox) -> None:
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "config.toml").write_text('plugins = ["nice-numbers"]\n')
    assert run("apply", "--branch", "tidy").code == 0
    assert repo.git("show", "tidy:core.py") == "class Engine:\n    limit = 1_000_000  # bytes"
    (tmp_path / "config" / "config.toml").write_text("plugins = 3\n")
    assert run("plan").code == 2


def test_its_edits_are_proved_like_ours_whatever_it_says_of_itself(run: Run) -> None:
    result = run("plan", "--plugin", "renames", "--format", "json")
    assert result.code == 3
    assert _names(result) == []
    assert [one["code"][:5] for one in result.json["refusals"]] == ["gate-"]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("raises", "plug-in 'raises' fails: KeyError: 'oops'"),
        ("gives", "plug-in 'gives' gives no Outcome"),
        ("clashes", "two codemods are called 'canonical-imports'"),
        ("not_one", "plug-in 'not_one' is a object"),
        ("gone", "plug-in 'gone' can't be loaded: ModuleNotFoundError"),
        ("nice-number", "no plug-in 'nice-number' is installed"),
    ],
)
def test_one_that_fails_is_an_error_and_nothing_is_written(name: str, said: str, run: Run, repo: Sandbox) -> None:
    result = run("apply", "--plugin", name)
    assert result.code == 2
    assert said in result.err
    assert repo.git("for-each-ref", "--format=%(refname)") == "refs/heads/main"


def test_what_is_written_anew_passes_its_own_tests(tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    program = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    done = subprocess.run(program, cwd=tmp_path / "site", env=environment, capture_output=True, text=True, check=False)
    assert "3 passed" in done.stdout, done.stdout + done.stderr


def test_nothing_that_exists_is_written_over(tmp_path: Path) -> None:
    before = (tmp_path / "site" / "pyproject.toml").read_bytes()
    with pytest.raises(SsotError, match="exists already"):
        write_skeleton("nice-numbers", tmp_path / "site")
    with pytest.raises(SsotError, match="can't name a codemod"):
        write_skeleton("Nice Numbers", tmp_path / "other")
    assert (tmp_path / "site" / "pyproject.toml").read_bytes() == before
    assert not (tmp_path / "other").exists()


@pytest.mark.parametrize("name", ["class", "json", "ssot", "tests", "async"])
def test_a_name_that_no_package_can_have_is_an_error(name: str, tmp_path: Path) -> None:
    """`import class` is no statement, and a package `json` would hide Python's."""
    with pytest.raises(SsotError, match="can't name a package"):
        write_skeleton(name, tmp_path / "other")
    assert not (tmp_path / "other").exists()


@pytest.mark.slow
@pytest.mark.parametrize(
    "program", [("ruff", "check", "."), ("ruff", "format", "--check", "."), ("mypy", "--strict", ".")]
)
def test_what_is_written_anew_is_clean(program: tuple[str, ...], tmp_path: Path) -> None:
    """As the linter, the formatter and the type checker see it, with the configuration that comes along."""
    name = "the-numbers-that-nobody-can-read-at-a-glance"
    write_skeleton(name, tmp_path / "new")
    paths = os.pathsep.join(str(Path(__file__).parents[2] / one) for one in ("codemods", "cli"))
    command = [sys.executable, "-m", *program]
    environment = {**os.environ, "MYPYPATH": paths}
    done = subprocess.run(command, cwd=tmp_path / "new", env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
