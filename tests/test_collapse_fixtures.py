"""Every case of collapse-duplicates against the whole pipeline: bytes, refusals, identities, and what the programs print."""

from __future__ import annotations

import subprocess
import sys
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from collapse_cases import Case, in_variants, load_cases
from fixture_cases import Files

from ssot.declare.load import parse_manifest
from ssot.index.source import apply_edits
from ssot.pipeline import plan_snapshot
from ssot.values import Blob, Edit, Plan, Snapshot

CASES = load_cases()
EVERY = [variant for case in CASES for variant in in_variants(case)]
MANIFEST = "ssot.toml"
SECONDS = 30
EXECUTED_VARIANTS = ("", "crlf")
STRICT = ("-W", "error::DeprecationWarning")


@pytest.mark.parametrize("case", EVERY, ids=[case.id for case in EVERY])
def test_case(case: Case, tmp_path: Path) -> None:
    """The result is the expected one byte for byte, nothing is left to do, and the program prints what it did."""
    plan = planned(case, case.before)
    result = applied(case.before, plan)
    check_bytes(case, result)
    check_refusals(case, plan)
    assert planned(case, result).change_sets == ()
    if case.variant in EXECUTED_VARIANTS:
        for script in case.run:
            assert printed(result, script, tmp_path / "after") == printed_before(case.name, script), script
    if not case.variant:
        check_identities(case, plan, result, tmp_path / "identities")


@pytest.mark.parametrize("case", CASES, ids=[case.id for case in CASES])
def test_case_is_well_formed(case: Case) -> None:
    """A case says what it is about, changes only files that are there, runs something, and changes or refuses something."""
    assert case.about
    assert case.line
    assert case.before.keys() >= case.after.keys()
    assert all(case.before[path] != data for path, data in case.after.items())
    assert case.run
    assert case.before.keys() >= set(case.run)
    assert case.after or case.refused


def test_every_code_has_a_case() -> None:
    """Each reason for which a duplicate is left alone, or a place is listed, is shown by a program."""
    from ssot.report.codes_collapse import COLLAPSE

    shown = {code for case in CASES for code in (*case.refused, *case.listed)}
    assert {entry.code for entry in COLLAPSE} - shown == set()


def test_there_are_enough_cases() -> None:
    """The promise of the issue."""
    assert len(CASES) >= 60


def planned(case: Case, files: Files) -> Plan:
    everything = {**files, MANIFEST: case.manifest.encode()}
    snapshot = Snapshot(tuple(Blob(path, data) for path, data in sorted(everything.items())))
    return plan_snapshot(snapshot, parse_manifest(case.manifest.encode(), MANIFEST), unsafe=case.unsafe)


def applied(files: Files, plan: Plan) -> dict[str, bytes]:
    edits: dict[str, list[Edit]] = {}
    for change_set in plan.change_sets:
        for change in change_set.files:
            edits.setdefault(change.path, []).extend(change.edits)
    assert edits.keys() <= files.keys(), "edits outside of the project"
    return {path: apply_edits(data, edits[path]) if path in edits else data for path, data in files.items()}


def check_bytes(case: Case, result: Files) -> None:
    for path, data in sorted(case.expected().items()):
        assert result[path].decode("latin-1") == data.decode("latin-1"), path


def check_refusals(case: Case, plan: Plan) -> None:
    """Duplicates that stay are refused as a whole, for the expected reasons; no gate has had to step in."""
    assert {refusal.code for refusal in plan.refusals if refusal.whole} == set(case.refused), plan.refusals
    assert plan.incomplete == bool(case.refused)
    assert {refusal.code for refusal in plan.refusals} >= set(case.listed), plan.refusals
    assert not [refusal for refusal in plan.refusals if refusal.code.startswith("gate-")], plan.refusals
    ledger = plan.ledger
    assert ledger.occurrences == ledger.rewritten + ledger.shimmed + ledger.refused + ledger.ignored
    assert bool(plan.refusals) == bool(ledger.refused)


def check_identities(case: Case, plan: Plan, result: Files, folder: Path) -> None:
    """Every duplicate that is not refused is the canonical object itself, in a fresh process, without a warning."""
    refused = " ".join(refusal.reason for refusal in plan.refusals if refusal.whole)
    pairs = [(one, two) for one, duplicates in case.declared for two in duplicates if f"{two}:" not in refused]
    if not pairs:
        return
    lines = ["import importlib", *(f"import {script.removesuffix('.py')}" for script in case.run)]
    for one, two in pairs:
        objects = (
            f"importlib.import_module({module!r}).{name}"
            for module, _, name in (one.partition(":"), two.partition(":"))
        )
        lines += [f"assert {' is '.join(objects)}"]
    lines.append("print('same')")
    program = {**result, "identities.py": "\n".join(lines).encode()}
    assert printed(program, "identities.py", folder).endswith("same\n")


@cache
def printed_before(name: str, script: str) -> str:
    (case,) = (case for case in CASES if case.name == name)
    with TemporaryDirectory() as folder:
        return printed(case.before, script, Path(folder))


def printed(files: Files, script: str, folder: Path) -> str:
    """What `script` prints in a project of `files`; it must succeed and print something."""
    for path, data in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
    program = subprocess.run(
        [sys.executable, "-E", "-s", "-S", "-B", *STRICT, script],
        capture_output=True, cwd=folder, timeout=SECONDS, check=False, encoding="utf-8",
    )  # fmt: skip
    assert program.returncode == 0, program.stderr
    assert program.stdout, f"{script} prints nothing, so it shows nothing"
    return program.stdout
