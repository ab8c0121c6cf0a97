"""Shims that are expired and unused go, with everything that served them; nothing else does."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from tests.shim_cases import Files, ShimCase, load_cases, pythons, run, workspace_of, written
from tests.trees import edits_by_path

from ssot.index.source import apply_edits
from ssot.pipeline.planning import plan_with
from ssot.rewrite.remove_shims import codemod
from ssot.values import FileKind, Plan

LATER = date(2027, 5, 1)
STAYING = {"permanent", "excluded-use", "subject-of-test"}
CASES = [case for case in load_cases() if case.probes]


def result(files: Files, plan: Plan) -> dict[str, bytes]:
    changes = [change for change_set in plan.change_sets for change in change_set.files]
    gone = {change.path for change in changes if change.kind is FileKind.DELETED}
    edits = edits_by_path(plan)
    return {path: apply_edits(data, edits.get(path, ())) for path, data in files.items() if path not in gone}


def removed(case: ShimCase, today: date = LATER) -> tuple[Plan, dict[str, bytes]]:
    plan = plan_with(workspace_of(case.expected(), case.manifest), [codemod(today)])
    return plan, result(case.expected(), plan)


def named(name: str) -> ShimCase:
    return next(case for case in CASES if case.name == name)


@pytest.mark.parametrize("case", [c for c in CASES if c.name not in STAYING], ids=lambda case: case.name)
def test_the_path_is_gone_and_programs_do_what_they_did(case: ShimCase, tmp_path: Path) -> None:
    """For every fixture: no trace of the shim is left, and a second run has nothing to do."""
    plan, after = removed(case)
    assert not plan.refusals
    index = workspace_of(after, case.manifest).index
    for old, canonical in case.probes:
        assert str(index.resolve(*old.split(":"))) != canonical
    assert not any(b"_SSOT_SHIMS" in data or b"_ssot_shim" in data for data in after.values())
    assert plan_with(workspace_of(after, case.manifest), [codemod(LATER)]).change_sets == ()
    was, now = written(case.expected(), tmp_path / "was"), written(after, tmp_path / "now")
    for program in case.run:
        one, other = run(pythons()[0], was, program), run(pythons()[0], now, program)
        assert (other.returncode, other.stdout) == (0, one.stdout), other.stderr
    for old, _ in case.probes:
        failed = run(pythons()[0], now, "-c", "from {} import {}".format(*old.split(":")))
        assert "ImportError" in failed.stderr or "ModuleNotFoundError" in failed.stderr


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("existing-both", "shop/old.py"),
        ("existing-dir", "shop/old.py"),
        ("existing-getattr-dynamic", "shop/old.py"),
        ("existing-getattr-state", "shop/old.py"),
    ],
)
def test_functions_that_were_there_before_are_what_they_were(name: str, path: str) -> None:
    """Only the binding of the old name is missing."""
    case = named(name)
    before = case.before[path].decode().partition("\n")[2].strip()
    assert removed(case)[1][path].decode().strip() == before


def test_a_module_that_holds_nothing_else_goes() -> None:
    """And a package with all that is in it."""
    assert "shop/old.py" not in removed(named("import-only"))[1]
    assert "shop/old.py" not in removed(named("module"))[1]
    left = removed(named("module-package"))[1]
    assert not [path for path in left if path.startswith("shop/old/")]


def test_a_module_that_somebody_loads_stays() -> None:
    """Empty, because loading it must go on working."""
    case = named("import-only")
    files = {**case.expected(), "loader.py": b"import shop.old\n"}
    after = result(files, plan_with(workspace_of(files, case.manifest), [codemod(LATER)]))
    assert after["shop/old.py"].strip() == b""


def test_before_the_last_day_is_over_nothing_goes() -> None:
    """The day itself counts."""
    assert removed(named("import-only"), date(2026, 12, 21))[0].change_sets == ()
    assert removed(named("import-only"), date(2026, 12, 22))[0].change_sets


@pytest.mark.parametrize("name", ["excluded-use", "subject-of-test"])
def test_what_is_expired_and_used_is_refused_as_a_whole(name: str) -> None:
    """Also where the use stands in a file that is never edited, or in a test of the old path."""
    plan, after = removed(named(name))
    assert [(refusal.code, refusal.whole) for refusal in plan.refusals] == [("shim-expired-in-use", True)]
    assert after == named(name).expected()


def test_a_permanent_shim_never_goes() -> None:
    """It has no day."""
    plan, _ = removed(named("permanent"), date(2999, 1, 1))
    assert plan.change_sets == () == plan.refusals


def test_rows_go_one_by_one() -> None:
    """The used row keeps its table, its functions and its name for type checkers."""
    case = named("several-names")
    files = {**case.expected(), "settings.py": b"MAKE = 'shop.old.make'\n"}
    plan = plan_with(workspace_of(files, case.manifest), [codemod(LATER)])
    text = result(files, plan)["shop/old.py"].decode()
    assert [refusal.code for refusal in plan.refusals] == ["shim-expired-in-use"]
    assert '"make": "shop.user:make since' in text
    assert "Engine" not in text
    index = workspace_of({**files, "shop/old.py": text.encode()}, case.manifest).index
    assert str(index.resolve("shop.old", "make")) == "shop.user:make"


def test_a_shim_that_somebody_changed_is_refused() -> None:
    """What is not the tool's own is not taken away."""
    case = named("import-only")
    files = {**case.expected()}
    files["shop/old.py"] = files["shop/old.py"].replace(b"return found", b"return found or None")
    plan = plan_with(workspace_of(files, case.manifest), [codemod(LATER)])
    assert [refusal.code for refusal in plan.refusals] == ["shim-marker"]
    assert plan.change_sets == ()
