"""Each case is a tree, two of its definitions, and what one is to the other; programs run with and without the duplicate."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
from trees import workspace

from ssot.audit.duplicates.compare import compare
from ssot.audit.duplicates.comparison import Comparison, Verdict
from ssot.audit.duplicates.definitions import Definitions
from ssot.audit.governance import parse_reference
from ssot.index.table import Symbol

CASES = sorted((Path(__file__).parents[1] / "fixtures" / "duplicates").glob("*.toml"))
SAME = (Verdict.IDENTICAL, Verdict.EQUIVALENT, Verdict.ADAPTER)


def read(case: Path) -> dict[str, Any]:
    return tomllib.loads(case.read_text(encoding="utf-8"))


def definitions_of(files: dict[str, str]) -> Definitions:
    work = workspace(files)
    return Definitions(work.index, work.sources, work.is_test, work.hands_off)


def compared(case: dict[str, Any]) -> tuple[Definitions, Comparison]:
    project = definitions_of(case["files"])
    canonical, duplicate = (Symbol(*parse_reference(case[key])) for key in ("canonical", "duplicate"))
    return project, compare(project, canonical, duplicate)


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_the_verdict_and_its_reasons_are_as_the_case_says(path: Path) -> None:
    """Verdict, blockers, doubts, what an adapter adds, and which aspects are extra or in conflict."""
    case = read(path)
    _, found = compared(case)
    assert found.verdict.value == case["verdict"], [row for row in found.rows if row.note]
    assert {one.code for one in found.blockers} == set(case.get("blockers", ()))
    assert {one.code for one in found.doubts} == set(case.get("doubts", ()))
    assert found.adds == case.get("adds", "")
    if case["verdict"] != "unrelated":
        assert set(found.extra) == set(case.get("extra", ()))
        assert {row.aspect for row in found.conflicts} == set(case.get("conflicts", ()))


RUN = [path for path in CASES if "program" in read(path)]


@pytest.mark.parametrize("path", RUN, ids=lambda path: path.stem)
def test_a_program_does_the_same_when_the_duplicate_is_the_canonical_one(path: Path, tmp_path: Path) -> None:
    """Where the verdict is identical, equivalent or adapter and nothing stands against it."""
    case = read(path)
    project, found = compared(case)
    assert found.verdict in SAME
    assert not found.blockers
    after = {**case["files"], **replaced(project, found)}
    assert output(tmp_path / "before", case["files"], case["program"]) == output(
        tmp_path / "after", after, case["program"]
    )


def replaced(project: Definitions, found: Comparison) -> dict[str, str]:
    """The duplicate's file with an import in place of the definition."""
    definition = project.get(found.duplicate)
    if definition is None:
        return {}
    lines = definition.file.source.text.splitlines()
    new, old = found.canonical, found.duplicate
    first = min([definition.node.lineno, *(one.lineno for one in definition.node.decorator_list)])
    lines[first - 1 : definition.node.end_lineno] = [f"from {new.module} import {new.name} as {old.name}"]
    return {definition.path: "\n".join(lines) + "\n"}


def output(folder: Path, files: dict[str, str], program: str) -> str:
    for name, text in {**files, "main.py": program}.items():
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
    done = subprocess.run([sys.executable, "main.py"], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_every_verdict_has_cases() -> None:
    """The fixtures cover each word that a comparison may give."""
    assert {read(path)["verdict"] for path in CASES} == {verdict.value for verdict in Verdict}
