"""Every case of ``fixtures/deprecation-shims``: planned, compared byte for byte, and executed under every Python here."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.shim_cases import DAY, ShimCase, load_cases, probe, pythons, run, workspace_of, written
from tests.trees import edits_by_path

from ssot.index.source import apply_edits
from ssot.pipeline.planning import plan_with
from ssot.rewrite import deprecation_shims, import_stage
from ssot.values import FileKind, Plan

CASES = load_cases()
BYTES = ("crlf", "bom", "tabs")


def planned(case: ShimCase) -> Plan:
    codemods = [deprecation_shims.CODEMOD] if case.alone else [import_stage.CODEMOD, deprecation_shims.CODEMOD]
    return plan_with(workspace_of(case.before, case.manifest), codemods)


def result(case: ShimCase, plan: Plan) -> dict[str, bytes]:
    changes = [change for change_set in plan.change_sets for change in change_set.files]
    gone = {change.path for change in changes if change.kind is FileKind.DELETED}
    edits = edits_by_path(plan)
    return {path: apply_edits(data, edits.get(path, ())) for path, data in case.before.items() if path not in gone}


def each(*, probed: bool = False) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("case", [c for c in CASES if c.probes or not probed], ids=lambda case: case.name)


def test_there_are_enough_cases() -> None:
    """The issue asks for at least forty-five."""
    assert len(CASES) >= 45


@each()
def test_the_plan_is_what_the_case_says(case: ShimCase) -> None:
    """Bytes, refusals and files that go are as written down."""
    plan = planned(case)
    assert result(case, plan) == case.expected()
    codes = {refusal.code for refusal in plan.refusals if refusal.whole}
    assert codes == set(case.refused)
    assert plan.incomplete == bool(case.refused)


@each()
@pytest.mark.parametrize("variant", BYTES)
def test_line_ends_marks_and_tabs_are_kept(case: ShimCase, variant: str) -> None:
    """A file in another layout gets the same shim in that layout."""
    changed = case.variant(variant)
    assert result(changed, planned(changed)) == changed.expected()


@each()
def test_a_second_run_changes_nothing(case: ShimCase) -> None:
    """Neither do dates become younger."""
    codemods = [deprecation_shims.CODEMOD] if case.alone else [import_stage.CODEMOD, deprecation_shims.CODEMOD]
    later = workspace_of(case.expected(), case.manifest)
    assert plan_with(later, codemods).change_sets == ()


@each()
@pytest.mark.parametrize("python", pythons(), ids=lambda python: Path(python).parent.parent.name)
def test_programs_of_the_repository_do_what_they_did(case: ShimCase, python: str, tmp_path: Path) -> None:
    """Their output is the same before and after, and no warning is raised by them."""
    if not case.run:
        pytest.skip("the case holds no program")
    before, after = written(case.before, tmp_path / "before"), written(case.expected(), tmp_path / "after")
    for program in case.run:
        was = run(python, before, program)
        now = run(python, after, "-W", "error::DeprecationWarning", program)
        assert (now.returncode, now.stdout, now.stderr) == (0, was.stdout, "")


@each(probed=True)
@pytest.mark.parametrize("python", pythons(), ids=lambda python: Path(python).parent.parent.name)
def test_old_paths_give_the_object_and_warn_once_at_the_importer(case: ShimCase, python: str, tmp_path: Path) -> None:
    """From import, from-import, star import, getattr, import_module, a loop and a function."""
    folder = written(case.expected(), tmp_path)
    for old, form, places, texts, same, listed in probe(python, folder, case.probes):
        if form == "star" and not case.star:
            continue
        assert same, (old, form)
        assert places == [["DeprecationWarning", "user.py", 3]], (old, form, texts)
        assert listed, old
        canonical = dict(case.probes)[str(old)].replace(":", ".")
        assert str(texts).endswith(f"use {canonical}']")
        dated = "will be removed after" in str(texts)
        assert dated != ("permanent" in case.manifest)


@pytest.mark.parametrize("case", [c for c in CASES if c.gone], ids=lambda case: case.name)
def test_removed_paths_are_gone(case: ShimCase, tmp_path: Path) -> None:
    """The old path is an ImportError."""
    folder = written(case.expected(), tmp_path)
    for old in case.gone:
        module, _, name = old.partition(":")
        done = run(pythons()[0], folder, "-c", f"from {module} import {name}")
        assert "ImportError" in done.stderr or "ModuleNotFoundError" in done.stderr


def test_the_day_is_that_of_the_commit() -> None:
    """Not of the run: the same plan has the same bytes tomorrow."""
    case = next(case for case in CASES if case.name == "import-only")
    assert f"since {DAY.isoformat()} until 2026-12-21".encode() in case.expected()["shop/old.py"]
