"""``ssot audit --format json``."""

from __future__ import annotations

from typing import Any

from ssot.report.json_text import to_json
from ssot.values import SCHEMA_VERSION, Audit, Finding, Score, SymbolReport


def audit_json(audit: Audit) -> str:
    return to_json(audit_document(audit))


def audit_document(audit: Audit) -> dict[str, Any]:
    areas = {area: _score(audit.areas[area]) for area in sorted(audit.areas)}
    return {
        "schema": SCHEMA_VERSION,
        "tree": audit.tree,
        "score": {**_score(audit.score), "areas": areas},
        "findings": [finding_document(finding) for finding in sorted(audit.findings)],
        "symbols": [_symbol(symbol) for symbol in sorted(audit.symbols, key=_worst_first)],
    }


def _worst_first(symbol: SymbolReport) -> tuple[int, str]:
    return -symbol.fragmented, symbol.canonical


def _score(score: Score) -> dict[str, Any]:
    canonical, compliance = score.canonical, score.compliance
    return {
        "canonical": {"canonical": canonical.part, "total": canonical.whole, "percent": canonical.percent},
        "compliance": {"clean": compliance.part, "files": compliance.whole, "percent": compliance.percent},
    }


def finding_document(finding: Finding) -> dict[str, Any]:
    return {
        "rule": finding.rule,
        "path": finding.path,
        "line": finding.line,
        "column": finding.column,
        "end_line": finding.end_line,
        "end_column": finding.end_column,
        "message": finding.message,
        "symbol": finding.symbol,
        "severity": finding.severity.value,
        "fix": finding.fix.value,
        "fingerprint": finding.fingerprint,
    }


def _symbol(symbol: SymbolReport) -> dict[str, Any]:
    paths = [{"path": use.path, "uses": use.uses, "status": use.status.value} for use in symbol.paths]
    return {"canonical": symbol.canonical, "definition": symbol.definition, "paths": paths}
