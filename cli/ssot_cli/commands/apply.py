"""``ssot apply``."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from ssot_cli import exit_codes, written
from ssot_cli.commands.plan import partly, preview, would_change
from ssot_cli.selection import (
    AllowExecOption,
    BaseOption,
    OnlyOption,
    PluginOption,
    SearchOption,
    UnsafeOption,
    base_of,
    each_once,
    guests,
)
from ssot_cli.settings import Settings, settings_of

if TYPE_CHECKING:
    from ssot.deliver.branch import Applied
    from ssot.pipeline import Planned, Session

SUMMARY = "Put the changes on a new branch"
EXAMPLES = (
    ("ssot apply", "one commit per change set on a new branch; your files stay as they are"),
    ("ssot apply --branch tidy-imports", "on a branch of that name"),
    ("ssot apply --split", "a branch per change set, to review one at a time"),
    ("ssot apply --in-place", "edit the work tree instead; refused where it is dirty"),
)


class Format(StrEnum):
    TEXT = "text"
    JSON = "json"


def command(
    context: typer.Context,
    branch: Annotated[
        str | None, typer.Option(metavar="NAME", help="Name of the new branch.  [default: ssot/<date>-<plan>]")
    ] = None,
    base: BaseOption = None,
    only: OnlyOption = None,
    unsafe: UnsafeOption = False,
    split: Annotated[bool, typer.Option("--split", help="A branch per change set.")] = False,
    in_place: Annotated[bool, typer.Option("--in-place", help="Edit the work tree; no branch.")] = False,
    check: Annotated[bool, typer.Option("--check", help="Write nothing; exit 1 if anything would change.")] = False,
    form: Annotated[Format, typer.Option("--format", help="How to print it.")] = Format.TEXT,
    allow_exec: AllowExecOption = False,
    search: SearchOption = None,
    plugin: PluginOption = None,
) -> None:
    """The plan as commits on a new branch. Work tree, index and HEAD stay as they are (but for --in-place)."""
    from ssot_cli.engine import session

    settings = settings_of(context)
    _check_options(settings, branch, base, split, in_place)
    invited = guests(allow_exec, search, plugin)
    with session(settings) as opened:
        planned = opened.plan(base_of(settings, base), each_once(only), unsafe, guests=invited)
        applied = None
        if in_place and not check:
            written.begins(written.FILES)
            opened.apply_in_place(planned)
        elif not check:
            applied = _commit(opened, planned, branch, split)
    _present(planned, applied, form, settings, in_place=in_place, check=check, unsafe=unsafe)
    raise typer.Exit(_exit_code(planned, check))


def _exit_code(planned: Planned, check: bool) -> int:
    return exit_codes.FINDINGS if check and would_change(planned) else partly(planned)


def _check_options(settings: Settings, branch: str | None, base: str | None, split: bool, in_place: bool) -> None:
    """In place there is no branch to name or split, and the base can only be what is checked out."""
    from ssot.values import SsotError

    clashing = {"--branch": branch, "--split": split, "--base": base, "--rev": settings.rev}
    given = [option for option, value in clashing.items() if value]
    if in_place and given:
        raise SsotError(f"--in-place and {given[0]} exclude each other", f"leave out one of the two: {given[0]}")


def _commit(opened: Session, planned: Planned, branch: str | None, split: bool) -> Applied | None:
    if not would_change(planned):
        return None
    written.begins(written.BRANCH)
    return opened.apply(planned, branch, split)


def _present(
    planned: Planned,
    applied: Applied | None,
    form: Format,
    settings: Settings,
    *,
    in_place: bool,
    check: bool,
    unsafe: bool,
) -> None:
    from ssot.report.apply_json import apply_json
    from ssot.report.apply_text import apply_lines, in_place_lines
    from ssot_cli.output import emit, show

    if form is Format.JSON:
        emit(apply_json(planned.plan, applied))
    elif check:
        preview(planned, None, settings, unsafe, "the same command without --check")
    elif in_place:
        show(in_place_lines(planned.plan, verbose=settings.verbose), settings)
    else:
        uncommitted = planned.snapshot.uncommitted
        show(apply_lines(planned.plan, applied, verbose=settings.verbose, uncommitted=uncommitted), settings)
