"""``ssot shims``."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ssot_cli import written
from ssot_cli.commands.plan import partly, preview, would_change
from ssot_cli.selection import BaseOption, base_of
from ssot_cli.settings import Settings, settings_of

if TYPE_CHECKING:
    from ssot.deliver.branch import Applied
    from ssot.pipeline import Planned
    from ssot.rewrite.shims.register import Register

SUMMARY = "Old paths that warn: since when, until when, who uses them"
EXAMPLES = (
    ("ssot shims", "the register, read from the code"),
    ("ssot -v shims --expired", "those whose day has passed, with every place that uses them"),
    ("ssot shims --remove", "what their removal would change; writes nothing"),
    ("ssot shims --remove --apply", "the same on a new branch"),
)


class Format(StrEnum):
    TEXT = "text"
    JSON = "json"


def command(
    context: typer.Context,
    expired: Annotated[bool, typer.Option("--expired", help="Only those whose day has passed.")] = False,
    remove: Annotated[bool, typer.Option("--remove", help="Plan the removal of those expired and unused.")] = False,
    apply: Annotated[bool, typer.Option("--apply", help="With --remove: commit it on a new branch.")] = False,
    branch: Annotated[str | None, typer.Option(metavar="NAME", help="With --apply: the branch's name.")] = None,
    today: Annotated[
        datetime | None, typer.Option(metavar="DATE", formats=["%Y-%m-%d"], help="Count as if it were that day.")
    ] = None,
    form: Annotated[Format, typer.Option("--format", help="How to print it.")] = Format.TEXT,
    output: Annotated[Path | None, typer.Option(metavar="FILE", help="Write to FILE instead of stdout.")] = None,
    base: BaseOption = None,
) -> None:
    """The register of shims. The day of removal itself is still fine; a shim is expired from the next day on."""
    from ssot_cli.engine import session

    settings = settings_of(context)
    day = today.date() if today is not None else date.today()
    _check_options(remove, apply, branch, base)
    if remove:
        planned, applied = _removed(settings, day, base_of(settings, base), branch, apply=apply)
        _present_removal(planned, applied, settings, form, output, shown_only=not apply)
        raise typer.Exit(partly(planned))
    with session(settings) as opened:
        register = opened.shims(day)
    _present(register, day, settings, form, output, expired=expired)


def _check_options(remove: bool, apply: bool, branch: str | None, base: str | None) -> None:
    from ssot.values import SsotError

    if apply and not remove:
        raise SsotError("--apply needs --remove", "write `ssot shims --remove --apply`")
    if branch is not None and not apply:
        raise SsotError("--branch needs --apply", "write `ssot shims --remove --apply --branch NAME`")
    if base is not None and not remove:
        raise SsotError("--base needs --remove", "read the register of a commit with `ssot --rev REV shims`")


def _present(
    register: Register, day: date, settings: Settings, form: Format, output: Path | None, *, expired: bool
) -> None:
    from ssot.report.shims_json import shims_json
    from ssot.report.shims_text import shims_lines
    from ssot_cli.output import emit, show

    shown = register.only_expired() if expired else register
    if form is Format.JSON:
        emit(shims_json(shown, day), output)
    else:
        show(shims_lines(shown, verbose=settings.verbose), settings, output)


def _removed(
    settings: Settings, day: date, base: str | None, branch: str | None, *, apply: bool
) -> tuple[Planned, Applied | None]:
    """The removal as a plan, and the branch where there is to be one."""
    from ssot_cli.engine import session

    with session(settings) as opened:
        planned = opened.plan_removal(day, base)
        if not apply or not would_change(planned):
            return planned, None
        written.begins(written.BRANCH)
        return planned, opened.apply(planned, branch)


def _present_removal(
    planned: Planned,
    applied: Applied | None,
    settings: Settings,
    form: Format,
    output: Path | None,
    *,
    shown_only: bool,
) -> None:
    from ssot.report.apply_json import apply_json
    from ssot.report.apply_text import apply_lines
    from ssot.report.plan_json import plan_json
    from ssot_cli.output import emit, show

    if form is Format.JSON:
        emit(plan_json(planned.plan) if shown_only else apply_json(planned.plan, applied), output)
    elif shown_only:
        preview(planned, output, settings, False, "the same command with --apply")
    else:
        uncommitted = planned.snapshot.uncommitted
        lines = apply_lines(planned.plan, applied, verbose=settings.verbose, uncommitted=uncommitted)
        show(lines, settings, output)
