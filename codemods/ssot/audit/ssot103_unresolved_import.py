"""An import of something that this repository should have and does not."""

from __future__ import annotations

from collections.abc import Iterator

from ssot.audit.context import AuditContext
from ssot.index.facts import Where
from ssot.index.table import Missing
from ssot.values import Finding, Fix, Severity

RULE = "SSOT103"


def check(context: AuditContext) -> Iterator[Finding]:
    for path, fact, name, wanted, denotes in context.imported():
        if not isinstance(denotes, Missing) or context.governance.classify(wanted, denotes) is not None:
            continue
        expected = _expected(fact.where)
        note = " (the code around it expects that)" if expected else ""
        place = (path, name.line, name.column + 1, len(name.name))
        severity = Severity.NOTE if expected else Severity.WARNING
        symbol = ":".join(filter(None, wanted))
        yield context.finding(RULE, place, f"can't work: {denotes.reason}{note}", symbol, severity, Fix.NONE)


def _expected(where: Where) -> bool:
    return any(guard.startswith(("try:", "suppress:", "raises:", "if:")) for guard in where.guards)
