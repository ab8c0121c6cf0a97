"""The figures: canonical usage and compliance, for the whole and for each area."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from ssot.audit.context import Use
from ssot.audit.governance import Governance, reference
from ssot.index.table import Index
from ssot.values import Finding, PathStatus, PathUse, Ratio, Score, Severity, SymbolReport


def score(uses: Iterable[Use], findings: Iterable[Finding], files: Iterable[str]) -> Score:
    """Over the given files alone."""
    chosen = set(files)
    counted = [use for use in uses if use.counts and use.file in chosen]
    good = sum(not use.fragmented for use in counted)
    unclean = {f.path for f in findings if f.severity is not Severity.NOTE and f.path in chosen}
    return Score(Ratio(good, len(counted)), Ratio(len(chosen) - len(unclean), len(chosen)))


def areas_of(files: Iterable[str], index: Index, is_test: Callable[[str], bool]) -> dict[str, list[str]]:
    """``production``, ``tests`` and each top-level package of production code."""
    areas: dict[str, list[str]] = {}
    for path in files:
        if is_test(path):
            areas.setdefault("tests", []).append(path)
            continue
        areas.setdefault("production", []).append(path)
        top, dot, _ = index.layout.names.get(path, "").partition(".")
        if dot or index.layout.is_package(top):
            areas.setdefault(f"package {top}", []).append(path)
    return dict(sorted(areas.items()))


def symbol_reports(
    governance: Governance, uses: Iterable[Use], declared: bool, reasons: dict[str, str]
) -> tuple[SymbolReport, ...]:
    """Every governed symbol with its paths, worst first."""
    counts: dict[str, dict[str, int]] = {}
    status: dict[tuple[str, str], PathStatus] = {}
    for use in uses:
        path = reference(use.path)
        if use.counts:
            by_path = counts.setdefault(use.verdict.key, {})
            by_path[path] = by_path.get(path, 0) + 1
            status[use.verdict.key, path] = _status(use)
    reports = []
    for entry in governance.entries:
        own = counts.get(entry.key, {})
        own.setdefault(entry.key, 0)
        status.setdefault((entry.key, entry.key), PathStatus.CANONICAL)
        paths = [PathUse(path, n, status[entry.key, path]) for path, n in own.items()]
        ordered = tuple(sorted(paths, key=lambda p: (p.status is not PathStatus.CANONICAL, -p.uses, p.path)))
        reports.append(SymbolReport(entry.key, str(entry.denotes), ordered, declared, reasons.get(entry.key, "")))
    return tuple(sorted(reports, key=lambda report: (-report.fragmented, report.canonical)))


def _status(use: Use) -> PathStatus:
    if use.verdict.broken:
        return PathStatus.BROKEN
    if use.legacy_local:
        return PathStatus.CANONICAL
    return PathStatus(use.verdict.status.value)
