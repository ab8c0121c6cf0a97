"""``ssot verify``."""

from __future__ import annotations

from typing import Annotated

import typer

from ssot_cli import exit_codes
from ssot_cli.settings import settings_of

SUMMARY = "Check a branch that apply made"
EXAMPLES = (
    ("ssot verify ssot/2026-01-31-1a2b3c4d", "a branch that ssot apply made, against its base"),
    ("ssot verify", "the newest such branch"),
)


def command(
    context: typer.Context,
    branch: Annotated[str | None, typer.Argument(metavar="BRANCH", help="A branch that ssot apply made.")] = None,
) -> None:
    """Check, on a branch as committed, that imports resolve and names denote what they did. Exit 3 where not."""
    from ssot.report.verify_text import verify_lines
    from ssot_cli.engine import session
    from ssot_cli.output import show

    settings = settings_of(context)
    with session(settings) as opened:
        result = opened.verify(branch)
    show(
        verify_lines(
            result.branch,
            ok=result.ok,
            checked_imports=result.checked_imports,
            checked_files=result.checked_files,
            problems=result.problems,
        ),
        settings,
    )
    raise typer.Exit(exit_codes.OK if result.ok else exit_codes.PARTLY)
