"""SSOT202: a shim that is past its day fails the audit, and so does a table that nobody can read."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import pytest
from tests.rewrite.test_shims_register import CANON, module
from tests.trees import workspace

from ssot.audit.context import AuditContext
from ssot.audit.ssot202_expired_shim import check
from ssot.values import Finding, Fix, Severity


def found(files: dict[str, str], today: date | None) -> list[Finding]:
    work = workspace({"canon.py": CANON, **files}, "")
    parts = (work.index, work.governance, work.sources, True, work.is_test, work.hands_off)
    findings: Iterable[Finding] = check(AuditContext(*parts, today=today))
    return list(findings)


@pytest.mark.parametrize(
    ("today", "count"), [(None, 0), (date(2026, 2, 1), 0), (date(2026, 2, 2), 1), (date(2030, 1, 1), 1)]
)
def test_a_shim_is_found_from_the_day_after_its_last(today: date | None, count: int) -> None:
    """A permanent one never; and nothing is asked where no day is said."""
    findings = found({"old.py": module()}, today)
    assert [one.severity for one in findings] == [Severity.ERROR] * count


def test_it_says_whether_it_can_go() -> None:
    """With the number of imports that are left."""
    (free,) = found({"old.py": module()}, date(2027, 1, 1))
    assert free.message == "the shim of Old ended on 2026-02-01: `ssot shims --remove` takes it away"
    assert (free.path, free.line, free.symbol, free.fix) == ("old.py", 2, "canon:New", Fix.MANUAL)
    (used,) = found({"old.py": module(), "a.py": "from old import Old\n"}, date(2027, 1, 1))
    assert used.message == "the shim of Old ended on 2026-02-01: 1 import of it left"
    assert used.fix is Fix.NONE


def test_a_table_that_can_not_be_read_is_found_on_any_day() -> None:
    """It is a promise that nobody can keep."""
    (finding,) = found({"old.py": module('    "Old": "canon:New until later",\n')}, None)
    assert finding.severity is Severity.WARNING
    assert "is not 'module:Name since DATE until DATE'" in finding.message
