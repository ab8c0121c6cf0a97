"""A governed symbol is imported by another path than the canonical or an approved one."""

from __future__ import annotations

from collections.abc import Iterator

from ssot.audit.context import AuditContext
from ssot.audit.governance import Status, reference
from ssot.audit.sites import Form
from ssot.values import Finding, Fix, Severity

RULE = "SSOT101"


def check(context: AuditContext) -> Iterator[Finding]:
    for use in context.uses:
        if use.provides or use.form is Form.STAR:
            continue
        place = (use.file, use.line, use.column, use.width)
        if use.verdict.status is Status.FRAGMENTED:
            state = "does not exist any more" if use.verdict.broken else "is a fragmented path"
            message = f"{reference(use.path)} {state}; the canonical path is {reference(use.verdict.target)}"
            fix = Fix.MANUAL if context.hands_off(use.file) else Fix.UNSAFE if use.verdict.uncertain else Fix.SAFE
            yield context.finding(RULE, place, message, use.verdict.key, Severity.ERROR, fix)
        elif use.verdict.status is Status.REFUSED:
            yield context.finding(RULE, place, use.verdict.reason, use.verdict.key, Severity.WARNING, Fix.MANUAL)
