"""Every fixture case and variant against the whole pipeline: bytes, proofs, patch, and what the program prints."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
import tempfile
from collections import Counter
from functools import cache
from pathlib import Path

import pytest
from fixture_cases import Case, Files, in_variants, load_cases

from ssot.declare.load import parse_manifest
from ssot.deliver.diff import plan_patch
from ssot.index.source import apply_edits
from ssot.pipeline import plan_snapshot
from ssot.values import Blob, Edit, Plan, Snapshot

CASES = load_cases()
EVERY = [variant for case in CASES for variant in in_variants(case)]
MANIFEST = "ssot.toml"
SECONDS = 30
EXECUTED_VARIANTS = ("", "crlf")


OPEN = pytest.mark.xfail(reason="known to go wrong: docs/limits.md", strict=False)


@pytest.mark.parametrize("case", [pytest.param(c, id=c.id, marks=[OPEN] if c.open else []) for c in EVERY])
def test_case(case: Case, tmp_path: Path) -> None:
    """The result is the expected one byte for byte, proves itself, and the program still prints the same."""
    snapshot = snapshot_of(case.before, case.manifest)
    plan = planned(snapshot, case)
    result = applied(case.before, plan)
    check_bytes(case, result)
    assert not [refusal for refusal in plan.refusals if refusal.code.startswith("gate-")], plan.refusals
    check_edits(snapshot, plan)
    check_parses(case.before, result)
    check_refusals(case, plan)
    check_second_run(case, plan, result)
    check_patch(snapshot, plan, result, tmp_path / "patched")
    if case.variant in EXECUTED_VARIANTS:
        check_runs(case, plan, result, tmp_path)


@pytest.mark.parametrize("case", CASES, ids=[case.id for case in CASES])
def test_case_is_well_formed(case: Case) -> None:
    """A case says what it is about, changes only files that are there, and changes each of them."""
    assert case.about
    assert case.line
    assert case.before.keys() >= case.after.keys()
    assert all(case.before[path] != data for path, data in case.after.items())
    assert case.before.keys() >= set(case.run)
    assert not case.free or case.run, "without expected bytes there must be something to run"


def test_there_are_enough_cases() -> None:
    """The promise of the issue: at least 150 cases."""
    assert len(CASES) >= 150


def snapshot_of(files: Files, manifest: str) -> Snapshot:
    everything = {**files, MANIFEST: manifest.encode()}
    return Snapshot(tuple(Blob(path, data) for path, data in sorted(everything.items())))


def planned(snapshot: Snapshot, case: Case) -> Plan:
    return plan_snapshot(snapshot, parse_manifest(case.manifest, MANIFEST), unsafe=case.unsafe)


def edits_by_path(plan: Plan) -> dict[str, list[Edit]]:
    edits: dict[str, list[Edit]] = {}
    for change_set in plan.change_sets:
        for change in change_set.files:
            edits.setdefault(change.path, []).extend(change.edits)
    return edits


def applied(files: Files, plan: Plan) -> dict[str, bytes]:
    edits = edits_by_path(plan)
    assert edits.keys() <= files.keys(), "edits outside of the project"
    return {path: apply_edits(data, edits[path]) if path in edits else data for path, data in files.items()}


def check_bytes(case: Case, result: Files) -> None:
    if case.free:
        return
    expected = case.expected()
    for path in sorted(expected):
        assert result[path].decode("latin-1") == expected[path].decode("latin-1"), path


def check_edits(snapshot: Snapshot, plan: Plan) -> None:
    """Each edit says truly what it replaces and where, and none is empty."""
    blobs = snapshot.by_path()
    for path, edits in edits_by_path(plan).items():
        data = blobs[path].data
        for edit in edits:
            assert edit.old != edit.new, (path, edit)
            assert edit.line == line_at(data, edit.start), (path, edit)
            assert not data.isascii() or data[edit.start : edit.end].decode() == edit.old, (path, edit)


def line_at(data: bytes, offset: int) -> int:
    """The line of `offset` as Python counts: a lone carriage return ends a line too."""
    return data[:offset].replace(b"\r\n", b"\n").replace(b"\r", b"\n").count(b"\n") + 1


def check_parses(before: Files, result: Files) -> None:
    for path, data in result.items():
        if path.endswith((".py", ".pyi")) and parses(before[path]):
            assert parses(data), path


@cache
def parses(data: bytes) -> bool:
    try:
        ast.parse(data)
    except (SyntaxError, ValueError):
        return False
    return True


def check_refusals(case: Case, plan: Plan) -> None:
    """Refusals name the expected codes, and the ledger counts no fewer places than were rewritten and refused."""
    codes = {refusal.code for refusal in plan.refusals}
    assert codes >= set(case.refused), plan.refusals
    ledger = plan.ledger
    assert ledger.occurrences == ledger.rewritten + ledger.shimmed + ledger.refused + ledger.ignored
    assert bool(plan.change_sets) == bool(ledger.rewritten), ledger
    assert bool(plan.refusals) == bool(ledger.refused), (ledger, plan.refusals)
    assert ledger.shimmed == 0


def check_second_run(case: Case, first: Plan, result: Files) -> None:
    """Planning on the result gives nothing more to do, and refuses no more than before."""
    second = planned(snapshot_of(result, case.manifest), case)
    assert second.change_sets == ()
    codes = Counter(refusal.code for refusal in second.refusals)
    assert codes <= Counter(refusal.code for refusal in first.refusals)


def check_patch(snapshot: Snapshot, plan: Plan, result: Files, folder: Path) -> None:
    """git takes the patch on the base, and it gives the same bytes."""
    patch = plan_patch(snapshot, plan)
    if not plan.change_sets:
        assert patch == b""
        return
    touched = {path: data for path, data in snapshot.by_path().items() if path in plan.paths}
    write_tree(folder, {path: blob.data for path, blob in touched.items()})
    for arguments in (["--check"], []):
        git = subprocess.run(
            ["git", "apply", "--whitespace=nowarn", *arguments, "-"],
            input=patch, capture_output=True, cwd=folder, env=git_environment(folder), timeout=SECONDS, check=False,
        )  # fmt: skip
        assert git.returncode == 0, git.stderr.decode()
    for path in touched:
        assert (folder / path).read_bytes() == result[path], path


def git_environment(folder: Path) -> dict[str, str]:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    own = {"GIT_CEILING_DIRECTORIES": str(folder.parent), "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    return {**inherited, **own}


def check_runs(case: Case, plan: Plan, result: Files, folder: Path) -> None:
    """The scripts print the same before and after, and still when the old path is gone.

    Where several results are right a refusal is one of them, and what was refused still needs the old path.
    """
    removable = case.remove is not None and not (case.free and plan.refusals)
    for script in case.run:
        before = printed_before(case.name, script)
        assert printed(result, script, folder / "after") == before, script
        if removable:
            assert printed(case.without_old_path(result), script, folder / "removed") == before, script


@cache
def printed_before(name: str, script: str) -> str:
    (case,) = (case for case in CASES if case.name == name)
    with tempfile.TemporaryDirectory() as folder:
        return printed(case.before, script, Path(folder))


def printed(files: Files, script: str, folder: Path) -> str:
    """What `script` prints in a project of `files`; it must succeed and print something."""
    write_tree(folder, files)
    program = subprocess.run(
        [sys.executable, "-E", "-s", "-S", "-B", script],
        capture_output=True, cwd=folder, timeout=SECONDS, check=False, encoding="utf-8",
    )  # fmt: skip
    assert program.returncode == 0, program.stderr
    assert program.stdout, f"{script} prints nothing, so it shows nothing"
    return program.stdout


def write_tree(folder: Path, files: Files) -> None:
    for path, data in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
