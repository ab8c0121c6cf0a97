"""A file that can't be read or parsed: what it defines and uses is not known."""

from __future__ import annotations

from collections.abc import Iterator

from ssot.audit.context import AuditContext
from ssot.values import Finding, Fix, Severity

RULE = "SSOT001"


def check(context: AuditContext) -> Iterator[Finding]:
    for path, facts in sorted(context.index.facts.items()):
        if facts.problem is not None:
            read = "; its imports were read" if facts.lexed else ""
            message = f"can't be read: {facts.problem.reason}{read}"
            place = (path, facts.problem.line, 1, 1)
            yield context.finding(RULE, place, message, "", Severity.WARNING, Fix.NONE)
