"""``ssot shims --format json``."""

from __future__ import annotations

from datetime import date
from typing import Any

from ssot.report.json_text import to_json
from ssot.rewrite.shims.register import Register, Registered
from ssot.values import SCHEMA_VERSION


def shims_json(register: Register, today: date) -> str:
    """The register as one document."""
    return to_json(
        {
            "schema": SCHEMA_VERSION,
            "today": today.isoformat(),
            "shims": [_shim(one) for one in register.shims],
            "faults": [{"path": one.file, "line": one.line, "reason": one.reason} for one in register.faults],
        }
    )


def _shim(one: Registered) -> dict[str, Any]:
    return {
        "path": one.path,
        "canonical": one.canonical,
        "since": one.since.isoformat(),
        "until": one.until.isoformat() if one.until else None,
        "permanent": one.permanent,
        "expired": one.expired,
        "file": one.file,
        "line": one.line,
        "uses": {"code": len(one.in_code), "strings": len(one.in_texts)},
        "places": [{"path": place.file, "line": place.line, "way": place.way.value} for place in one.places],
    }
