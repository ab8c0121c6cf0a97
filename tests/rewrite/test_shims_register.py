"""The register of shims is the code itself: what is read from it, and what is said where it can't be read."""

from __future__ import annotations

from datetime import date

import pytest
from tests.trees import index_of, symbol, workspace

from ssot.index import shims
from ssot.index.shims import ALL_ARM, ARM, NAME_DIR, NAME_GETATTR, NAME_HELPER, NO_ATTRIBUTE, TABLE
from ssot.index.table import Symbol
from ssot.pipeline.stages import tree_of
from ssot.rewrite.shims.register import Register, register

CANON = "class New:\n    pass\n\n\nclass Other:\n    pass\n"
ROWS = '    "Old": "canon:New since 2026-01-01 until 2026-02-01",\n    "Kept": "canon:Other since 2026-01-01",\n'


def module(rows: str = ROWS) -> str:
    getter = f"{NAME_GETATTR}{ARM.format(name='name')}{ALL_ARM.format(name='name')}    {NO_ATTRIBUTE}\n"
    return f"{TABLE} = {{\n{rows}}}\n\n\n{getter}\n\n{NAME_DIR}\n\n{NAME_HELPER}"


def register_of(files: dict[str, str], today: date, manifest: str = "") -> Register:
    return register(tree_of(workspace({"canon.py": CANON, **files}, manifest)), today)


def test_rows_are_read_with_their_days() -> None:
    """Path, canonical path, since, until; a row without an end is permanent."""
    old, kept = register_of({"old.py": module()}, date(2026, 2, 1)).shims
    assert (old.path, old.canonical, old.since, old.until) == (
        "old:Old",
        "canon:New",
        date(2026, 1, 1),
        date(2026, 2, 1),
    )
    assert (kept.path, kept.permanent, kept.expired) == ("old:Kept", True, False)
    assert old.live


@pytest.mark.parametrize(("today", "expired"), [(date(2026, 2, 1), False), (date(2026, 2, 2), True)])
def test_the_last_day_is_still_fine(today: date, expired: bool) -> None:
    """A shim is expired from the day after the one it names."""
    assert register_of({"old.py": module()}, today).shims[0].expired is expired


def test_the_index_resolves_names_through_the_table() -> None:
    """A shim is a re-export like any other."""
    index = index_of({"canon.py": CANON, "old.py": module()})
    assert index.resolve("old", "Old") == Symbol("canon", "New")
    assert index.resolve("old", "Kept") == Symbol("canon", "Other")
    assert "has no Gone" in str(index.resolve("old", "Gone"))


def test_a_formatter_may_lay_it_out_anew() -> None:
    """What counts is the syntax tree."""
    text = module().replace('"', "'").replace("\n\n\n", "\n\n\n\n").replace("    ", "  ")
    assert index_of({"canon.py": CANON, "old.py": text}).resolve("old", "Old") == Symbol("canon", "New")


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        ('    "Old": "canon:New until later",\n', "'canon:New until later' is not 'module:Name since DATE until DATE'"),
        ('    "Old": "canon:New since 2026-02-30",\n', "has a day that does not exist"),
        ('    "Old": NEW,\n', "is no pair of constant texts"),
        ("    **OTHERS,\n", "is no pair of constant texts"),
        ('    "Old": "canon since 2026-01-01",\n', "is not 'module:Name since DATE until DATE'"),
        (ROWS + ROWS, "Old stands twice"),
    ],
)
def test_a_row_that_can_not_be_read_is_a_fault_at_its_line(rows: str, reason: str) -> None:
    """Never a crash, and never taken for something else."""
    faults = register_of({"old.py": module(rows)}, date(2026, 1, 1)).faults
    assert any(reason in fault.reason for fault in faults)
    assert all(fault.line > 0 for fault in faults)


@pytest.mark.parametrize(
    "change",
    [
        ("return found", "return None"),
        ("stacklevel=3", "stacklevel=2"),
        (f"if name in {TABLE}:", f"if name in {TABLE} and name:"),
        ("DeprecationWarning", "UserWarning"),
        (f"def {shims.HELPER}", "def other"),
    ],
)
def test_functions_that_somebody_changed_are_a_fault_and_resolve_to_nothing(change: tuple[str, str]) -> None:
    """The table is only believed where the tool's own functions serve it."""
    files = {"canon.py": CANON, "old.py": module().replace(*change)}
    assert "not given by the functions" in register_of(files, date(2026, 1, 1)).faults[0].reason
    assert index_of(files).resolve("old", "Old") != Symbol("canon", "New")


@pytest.mark.parametrize("text", [f"{TABLE} = [1]\n", f"print({TABLE})\n", f"{TABLE}: dict\n", f"# {TABLE}\n"])
def test_something_else_under_the_name_of_the_table_is_a_fault(text: str) -> None:
    """A comment as well: somebody commented the table out."""
    assert register_of({"old.py": text}, date(2026, 1, 1)).faults


def test_uses_are_counted_in_code_and_in_texts() -> None:
    """Whether or not the manifest still names the path."""
    files = {
        "old.py": module(),
        "a.py": "from old import Old\n",
        "b.py": "import old\n\nprint(old.Old, old.Kept)\n",
        "settings.py": 'ENGINE = "old.Old"\nOTHER = "old:Kept"\n',
        "app.yaml": "engine: old.Old\n",
        "README.md": "old.Old\n",
    }
    for manifest in ("", symbol("canon:New", "old:Old") + symbol("canon:Other", "old:Kept")):
        old, kept = register_of(files, date(2026, 1, 1), manifest).shims
        assert [str(place) for place in old.in_code] == ["a.py:1", "b.py:3"]
        assert [str(place) for place in old.in_texts] == ["app.yaml:1", "settings.py:1"]
        assert [str(place) for place in kept.places] == ["b.py:3", "settings.py:2"]
