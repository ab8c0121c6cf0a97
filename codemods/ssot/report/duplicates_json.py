"""``ssot explain A B --format json``: the comparison of two definitions as data."""

from __future__ import annotations

from typing import Any

from ssot.audit.duplicates.comparison import Blocker, Row
from ssot.report.duplicates_text import Pair, outlook_of
from ssot.report.json_text import to_json
from ssot.values import SCHEMA_VERSION


def comparison_json(pair: Pair) -> str:
    found = pair.comparison
    return to_json(
        {
            "schema": SCHEMA_VERSION,
            "verdict": found.verdict.value,
            "canonical": {"symbol": str(found.canonical), "place": pair.canonical_place},
            "duplicate": {"symbol": str(found.duplicate), "place": pair.duplicate_place},
            "declared": pair.declared_at,
            "adds": found.adds,
            "rows": [_row(row) for row in found.rows],
            "blockers": [_blocker(one) for one in found.blockers],
            "doubts": [_blocker(one) for one in found.doubts],
            "outlook": list(outlook_of(pair)),
            "refusal": {"code": pair.refusal[0], "reason": pair.refusal[1]} if pair.refusal[0] else None,
            "notes": [_blocker(one) for one in pair.notes],
        }
    )


def _row(row: Row) -> dict[str, Any]:
    return {
        "aspect": row.aspect,
        "canonical": row.canonical,
        "duplicate": row.duplicate,
        "level": row.level.value,
        "note": row.note,
    }


def _blocker(one: Blocker) -> dict[str, Any]:
    return {"code": one.code, "path": one.path, "line": one.line, "reason": one.reason}
