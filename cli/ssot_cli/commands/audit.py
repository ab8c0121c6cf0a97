"""``ssot audit``."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ssot_cli import exit_codes
from ssot_cli.settings import settings_of

if TYPE_CHECKING:
    from ssot.values import Audit

SUMMARY = "Find fragmented imports; measure canonical usage"
EXAMPLES = (
    ("ssot audit", "the whole repository, with or without a manifest"),
    ("ssot audit shop/engine tests", "only findings below these paths"),
    ("ssot audit --fail-under 95", "exit 1 only if canonical usage is below 95 %"),
    ("ssot audit --format json --output audit.json", "for another program"),
)


class Format(StrEnum):
    TEXT = "text"
    JSON = "json"


def command(
    context: typer.Context,
    paths: Annotated[list[str] | None, typer.Argument(metavar="PATH", help="Files or folders to report on.")] = None,
    form: Annotated[Format, typer.Option("--format", help="How to print it.")] = Format.TEXT,
    output: Annotated[Path | None, typer.Option(metavar="FILE", help="Write to FILE instead of stdout.")] = None,
    fail_under: Annotated[
        float | None,
        typer.Option(metavar="PCT", min=0, max=100, help="Exit 1 only if canonical usage is below PCT per cent."),
    ] = None,
    today: Annotated[
        datetime | None,
        typer.Option(metavar="DATE", formats=["%Y-%m-%d"], help="Look at shims as if it were that day."),
    ] = None,
    exit_zero: Annotated[bool, typer.Option("--exit-zero", help="Exit 0 whatever was found.")] = False,
) -> None:
    """Find fragmented imports and measure canonical usage. Exit 1 where there are findings that are more than notes."""
    from ssot.report.audit_json import audit_json
    from ssot.report.audit_text import audit_lines
    from ssot_cli.engine import session
    from ssot_cli.output import emit, show
    from ssot_cli.paths import inside

    settings = settings_of(context)
    below = inside(paths or (), settings)
    with session(settings) as opened:
        audit = opened.audit(below, today.date() if today is not None else date.today())
    if form is Format.JSON:
        emit(audit_json(audit), output)
    else:
        show(audit_lines(audit, verbose=settings.verbose), settings, output)
    raise typer.Exit(exit_codes.OK if exit_zero else _exit_code(audit, fail_under))


def _exit_code(audit: Audit, fail_under: float | None) -> int:
    from ssot.values import Severity

    # A note tells of something that is meant to be so: a symbolic link, an import whose failure is expected.
    found = any(finding.severity is not Severity.NOTE for finding in audit.findings)
    failed = found if fail_under is None else audit.score.canonical.percent < fail_under
    return exit_codes.FINDINGS if failed else exit_codes.OK
