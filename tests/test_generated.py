"""Whole random packages: what the code does is the same before and after."""

from __future__ import annotations

import ast
import os
import re
from collections.abc import Mapping

from generate.manifests import Declared
from generate.packages import Package, packages
from generate.runner import Outcome, run
from hypothesis import HealthCheck, Phase, assume, given, note, settings

from ssot.declare.load import parse_manifest
from ssot.index.collect import facts_of
from ssot.index.source import apply_edits
from ssot.index.table import Index, Symbol, Unknown
from ssot.pipeline import plan_snapshot
from ssot.values import Blob, Edit, Plan, Safety, Snapshot

FUZZ = int(os.environ.get("SSOT_FUZZ_EXAMPLES", "0"))
Files = Mapping[str, bytes]

generated = settings(
    max_examples=FUZZ or 100,
    derandomize=not FUZZ,
    database=None,
    deadline=None,
    report_multiple_bugs=False,
    # Shrinking a package that runs in processes takes minutes: worth it when fuzzing, not in a check that is waited for.
    phases=[Phase.explicit, Phase.generate, *([Phase.shrink] if FUZZ else [])],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
)


@generated
@given(packages())
def test_the_symbol_table_agrees_with_running(package: Package) -> None:
    note(package.show())
    index = Index.build([facts_of(path, data) for path, data in package.files.items()], [""])
    objects: dict[Symbol, str] = {}
    for path, shown in exports(package.before):
        found = index.resolve(*path)
        assert isinstance(found, Symbol | Unknown) or not shown.partition("#")[2], (path, found, shown)
        if isinstance(found, Symbol) and "#" in shown:
            assert objects.setdefault(found, shown) == shown, (path, found, shown)


@generated
@given(packages())
def test_a_rewritten_package_does_what_it_did(package: Package) -> None:
    note(package.show())
    plan = plan_for(package, package.files)
    after = applied(package, plan)
    show_changes(package.files, after)
    check_shape(plan, after)
    check_same(package.before, run(after, package.main))
    again = plan_for(package, after)
    assert not safe_edits(again), f"a second run changes {sorted(safe_edits(again))}"


@generated
@given(packages())
def test_unsafe_edits_parse_and_are_stable(package: Package) -> None:
    note(package.show())
    plan = plan_for(package, package.files, unsafe=True)
    after = applied(package, plan, unsafe=True)
    show_changes(package.files, after)
    check_shape(plan, after)
    again = plan_for(package, after, unsafe=True)
    assert not safe_edits(again, unsafe=True), f"a second run changes {sorted(safe_edits(again, unsafe=True))}"


@generated
@given(packages())
def test_legacy_paths_can_go_where_nothing_was_refused(package: Package) -> None:
    assume(not package.moves)  # what a moved module leaves behind stands on other paths, and stays
    plan = plan_for(package, package.files)
    assume(all(change_set.safety is Safety.SAFE for change_set in plan.change_sets))
    clean = [symbol for symbol in package.symbols if is_clean(package, plan, symbol)]
    after = dict(applied(package, plan))
    gone = [path for symbol in clean for path in symbol.legacy if remove(package, after, path)]
    assume(gone)
    note(package.show())
    show_changes(package.files, after)
    check_same(package.before, run(after, package.main), except_for=gone)


def exports(outcome: Outcome) -> list[tuple[tuple[str, str], str]]:
    """Path, and the object that running found there (or the exception)."""
    words = [line.split(" ") for line in outcome.lines if line.startswith("export ")]
    return [((word[1].partition(":")[0], word[1].partition(":")[2]), word[2]) for word in words]


def plan_for(package: Package, files: Files, *, unsafe: bool = False) -> Plan:
    blobs = sorted((Blob(located(package, path), data) for path, data in files.items()), key=lambda blob: blob.path)
    return plan_snapshot(Snapshot(tuple(blobs)), parse_manifest(package.manifest, "ssot.toml"), unsafe=unsafe)


def located(package: Package, path: str) -> str:
    return f"{package.root}/{path}" if package.root else path


def safe_edits(plan: Plan, *, unsafe: bool = False) -> dict[str, list[Edit]]:
    """Path -> the edits that `apply` would make."""
    wanted = {Safety.SAFE, Safety.UNSAFE} if unsafe else {Safety.SAFE}
    found: dict[str, list[Edit]] = {}
    for change_set in plan.change_sets:
        for change in change_set.files if change_set.safety in wanted else ():
            found.setdefault(change.path, []).extend(change.edits)
    return found


def applied(package: Package, plan: Plan, *, unsafe: bool = False) -> Files:
    edits = safe_edits(plan, unsafe=unsafe)
    return {path: apply_edits(data, edits.get(located(package, path), [])) for path, data in package.files.items()}


def show_changes(before: Files, after: Files) -> None:
    for path in sorted(before):
        if before[path] != after[path]:
            note(f"# ++++ {path}\n{after[path].decode('utf-8-sig')}")


def check_shape(plan: Plan, after: Files) -> None:
    ledger = plan.ledger
    assert ledger.occurrences == ledger.rewritten + ledger.shimmed + ledger.refused + ledger.ignored
    assert all(re.fullmatch(r"[A-Z]+\d+|[a-z][a-z-]+", refusal.code) for refusal in plan.refusals), plan.refusals
    assert all(refusal.path and refusal.line > 0 and refusal.reason for refusal in plan.refusals), plan.refusals
    for path, data in after.items():
        ast.parse(data, path)


def check_same(before: Outcome, after: Outcome, except_for: list[str] | None = None) -> None:
    # A façade that is taken away no longer loads what it stood for: effects are compared where nothing is removed.
    ignored = (*(f"export {path} " for path in except_for or ()), *(["effects"] if except_for else []))
    assert not after.error, after.error
    wanted = [plain(line) for line in before.lines if not line.startswith(ignored or ("\n",))]
    assert [plain(line) for line in after.lines if not line.startswith(ignored or ("\n",))] == wanted


def plain(line: str) -> str:
    line = re.sub(r" at 0x[0-9a-f]+", "", line)  # where an object lies in memory is nobody's business
    return re.sub(r"#\d+$", "", line) if line.startswith("export ") else line


def is_clean(package: Package, plan: Plan, symbol: Declared) -> bool:
    """Whether every use was rewritten and every legacy path is a re-export that nothing else stands on."""
    if any(refusal.symbol == symbol.canonical for refusal in plan.refusals):
        return False
    needed = {path for kept in (symbol.canonical, *symbol.approved) for path in chain(package, kept)}
    return all(path in package.plain and path not in needed for path in symbol.legacy)


def chain(package: Package, path: str) -> list[str]:
    """A path, and the paths through which it gets its object."""
    found = [path]
    while (path := package.via.get(path, "")) and path not in found:
        found.append(path)
    return found


def remove(package: Package, files: dict[str, bytes], path: str) -> bool:
    """Take the statement of a legacy path out of its module, if the module itself does not use the name."""
    file, statement = package.plain[path]
    name, data = path.partition(":")[2], files[file].decode()
    rest = data.replace(statement, "", 1)
    if statement not in data or re.search(rf"\b{name}\b", rest):
        return False
    files[file] = rest.encode()
    return True
