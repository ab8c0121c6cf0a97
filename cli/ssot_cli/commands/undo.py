"""``ssot undo``."""

from __future__ import annotations

from typing import Annotated

import typer

from ssot_cli import written
from ssot_cli.settings import settings_of

SUMMARY = "Remove a branch that apply made"
EXAMPLES = (("ssot undo ssot/2026-01-31-1a2b3c4d", "remove it; refused if anybody else committed on it"),)


def command(
    context: typer.Context,
    branch: Annotated[str, typer.Argument(metavar="BRANCH", help="A branch that ssot apply made.")],
) -> None:
    """Remove a branch that apply made, if nobody else committed on it."""
    from ssot.report.hygiene import visible
    from ssot.report.lines import Line, Style
    from ssot_cli.engine import session
    from ssot_cli.output import show

    settings = settings_of(context)
    with session(settings) as opened:
        written.begins(written.BRANCH)
        opened.undo(branch)
    show((Line(f"Removed branch {visible(branch)}.", Style.GOOD),), settings)
