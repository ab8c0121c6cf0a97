"""``ssot shims``."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ssot_cli import written
from ssot_cli.selection import BaseOption, base_of
from ssot_cli.settings import Settings, settings_of

if TYPE_CHECKING:
    from ssot.pipeline import Session
    from ssot.rewrite.shims.register import Register

SUMMARY = "Old paths that warn: since when, until when, who uses them"
EXAMPLES = (
    ("ssot shims", "the register, read from the code"),
    ("ssot shims --expired -v", "those whose day has passed, with every place that uses them"),
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
    _check_options(remove, apply, branch)
    with session(settings) as opened:
        if remove:
            raise typer.Exit(_remove(opened, settings, day, base_of(settings, base), form, output, branch, apply=apply))
        register = opened.shims(day)
    _present(register, day, settings, form, output, expired=expired)


def _check_options(remove: bool, apply: bool, branch: str | None) -> None:
    from ssot.values import SsotError

    if apply and not remove:
        raise SsotError("--apply needs --remove", "write `ssot shims --remove --apply`")
    if branch is not None and not apply:
        raise SsotError("--branch needs --apply", "write `ssot shims --remove --apply --branch NAME`")


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


def _remove(
    opened: Session,
    settings: Settings,
    day: date,
    base: str | None,
    form: Format,
    output: Path | None,
    branch: str | None,
    *,
    apply: bool,
) -> int:
    """The removal as a plan, shown or committed; its exit code."""
    from ssot.report.apply_json import apply_json
    from ssot.report.apply_text import apply_lines
    from ssot.report.plan_json import plan_json
    from ssot_cli.commands.plan import partly, preview, would_change
    from ssot_cli.output import emit, show

    planned = opened.plan_removal(day, base)
    if not apply and form is Format.JSON:
        emit(plan_json(planned.plan), output)
    elif not apply:
        preview(planned, output, settings, False)
    else:
        applied = None
        if would_change(planned):
            written.begins(written.BRANCH)
            applied = opened.apply(planned, branch)
        if form is Format.JSON:
            emit(apply_json(planned.plan, applied), output)
        else:
            show(apply_lines(planned.plan, applied, verbose=settings.verbose), settings, output)
    return partly(planned)
