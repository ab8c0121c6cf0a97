"""A shim whose day has passed, or a table of shims that can't be read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date

from ssot.audit.context import AuditContext
from ssot.index.shims import WHOLE, ShimRow
from ssot.index.table import Path
from ssot.values import Finding, Fix, Severity

RULE = "SSOT202"


def check(context: AuditContext) -> Iterator[Finding]:
    uses: Counter[Path] | None = None
    for path, facts in sorted(context.index.facts.items()):
        if context.hands_off(path):
            continue
        for fault in facts.shims.faults:
            yield context.finding(RULE, (path, fault.line, 1, 1), fault.reason, "", Severity.WARNING, Fix.NONE)
        for row in facts.shims.rows:
            if context.today is not None and row.until is not None and row.until < context.today:
                uses = _imports(context) if uses is None else uses
                module = context.index.module_of(path)
                yield _expired(context, path, row, row.until, uses[module, row.name])


def _expired(context: AuditContext, path: str, row: ShimRow, until: date, uses: int) -> Finding:
    name = "the whole module" if row.name == WHOLE else row.name
    still = f"{uses} import{'s' if uses != 1 else ''} of it left" if uses else "`ssot shims --remove` takes it away"
    message = f"the shim of {name} ended on {until.isoformat()}: {still}"
    place = (path, row.line, row.column + 1, len(row.name) + 2)
    return context.finding(RULE, place, message, row.canonical, Severity.ERROR, Fix.NONE if uses else Fix.MANUAL)


def _imports(context: AuditContext) -> Counter[Path]:
    """How often each name, and each module as a whole, is imported."""
    found: Counter[Path] = Counter()
    for path, facts in context.index.facts.items():
        for fact in facts.imports:
            base = context.index.absolute(path, fact.module, fact.level) if fact.is_from else None
            for name in fact.names:
                found[base or name.name, name.name if base is not None else WHOLE] += 1
            if base is not None:
                found[base, WHOLE] += 1
    return found
