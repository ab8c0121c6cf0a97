"""``ssot demo``."""

from __future__ import annotations

import tempfile
from pathlib import Path

import typer

from ssot_cli.settings import Settings, settings_of

SUMMARY = "Try all of it on a sample repository"
EXAMPLES = (("ssot demo", "nothing outside a new temporary folder is touched"),)


def command(context: typer.Context) -> None:
    """Make a small sample repository in a temporary folder and run audit, plan, apply and verify on it."""
    from ssot.report.lines import Line
    from ssot_cli.output import show
    from ssot_cli.sample import make_sample

    settings = settings_of(context)
    folder = Path(tempfile.mkdtemp(prefix="ssot-demo-"))
    make_sample(folder)
    show((Line(f"A sample repository is in {folder}"),), settings)
    inside = Settings(folder, jobs=1, quiet=True, verbose=settings.verbose, color=settings.color)
    _tour(inside)
    _farewell(folder, settings)


def _tour(settings: Settings) -> None:
    """The four commands, on one session's reading of the sample each, as somebody would type them."""
    from ssot.report.apply_text import apply_lines
    from ssot.report.audit_text import audit_lines
    from ssot.report.verify_text import verify_lines
    from ssot_cli.commands.plan import preview
    from ssot_cli.engine import session
    from ssot_cli.output import show

    with session(settings) as opened:
        _heading("audit", settings)
        show(audit_lines(opened.audit(), verbose=settings.verbose), settings)
        _heading("plan", settings)
        planned = opened.plan(None)
        preview(planned, None, settings, unsafe=False)
        _heading("apply", settings)
        applied = opened.apply(planned, None, False)
        show(apply_lines(planned.plan, applied, verbose=settings.verbose), settings)
        _heading(f"verify {applied.branch}", settings)
        result = opened.verify(applied.branch)
        show(
            verify_lines(
                applied.branch,
                ok=result.ok,
                checked_imports=result.checked_imports,
                checked_files=result.checked_files,
                problems=result.problems,
            ),
            settings,
        )
    _check(result.ok)


def _check(ok: bool) -> None:
    from ssot_cli import exit_codes

    if not ok:
        raise typer.Exit(exit_codes.PARTLY)


def _heading(command_line: str, settings: Settings) -> None:
    from ssot.report.lines import BLANK, Line, Style
    from ssot_cli.output import show

    show((BLANK, Line(f"$ ssot {command_line}", Style.COMMAND), BLANK), settings)


def _farewell(folder: Path, settings: Settings) -> None:
    from ssot.report.lines import BLANK, Line, Style, title
    from ssot_cli.output import show

    steps = (f"  cd {folder}", "  git log --oneline --all", "  ssot explain shop.engine.user:UserEngine")
    lines = (BLANK, title("Look around"), *(Line(step, Style.COMMAND) for step in steps))
    show(lines, settings)
