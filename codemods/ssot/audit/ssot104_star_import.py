"""A governed symbol comes into a module by a star import: nothing there says where it is from."""

from __future__ import annotations

from collections.abc import Iterator

from ssot.audit.context import AuditContext
from ssot.audit.governance import Status, reference
from ssot.audit.sites import Form
from ssot.values import Finding, Fix, Severity

RULE = "SSOT104"


def check(context: AuditContext) -> Iterator[Finding]:
    for use in context.uses:
        if use.form is Form.STAR and not use.provides and use.verdict.status is Status.FRAGMENTED:
            place = (use.file, use.line, use.column, use.width)
            message = f"{use.path[1]} comes from a star import of {use.path[0]}; the canonical path is {reference(use.verdict.target)}"
            yield context.finding(RULE, place, message, use.verdict.key, Severity.ERROR, Fix.SAFE)
