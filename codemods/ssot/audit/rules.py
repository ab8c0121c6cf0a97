"""All rules, in the order of their ids."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from ssot.audit import (
    ssot001_unreadable_file,
    ssot101_fragmented_path,
    ssot102_legacy_local_name,
    ssot103_unresolved_import,
    ssot104_star_import,
    ssot105_string_reference,
    ssot201_duplicate_definition,
    ssot202_expired_shim,
)
from ssot.audit.context import AuditContext
from ssot.values import Finding

RULES: tuple[Callable[[AuditContext], Iterator[Finding]], ...] = (
    ssot001_unreadable_file.check,
    ssot101_fragmented_path.check,
    ssot102_legacy_local_name.check,
    ssot103_unresolved_import.check,
    ssot104_star_import.check,
    ssot105_string_reference.check,
    ssot201_duplicate_definition.check,
    ssot202_expired_shim.check,
)


def findings(context: AuditContext) -> tuple[Finding, ...]:
    """Sorted by place."""
    return tuple(sorted(finding for rule in RULES for finding in rule(context) if context.selected(finding.path)))
