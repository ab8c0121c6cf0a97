"""A canonical import binds the name of something the symbol replaced: ``from canonical import New as Old``."""

from __future__ import annotations

from collections.abc import Iterator

from ssot.audit.context import AuditContext
from ssot.values import Finding, Fix, Severity

RULE = "SSOT102"


def check(context: AuditContext) -> Iterator[Finding]:
    for use in context.uses:
        if use.legacy_local and not use.provides:
            place = (use.file, use.line, use.column, use.width)
            message = f"{use.path[1]} goes by the name of what it replaced, {use.local}"
            fix = Fix.SAFE if use.verdict.entry is not None and use.verdict.entry.rename else Fix.MANUAL
            yield context.finding(RULE, place, message, use.verdict.key, Severity.WARNING, fix)
