"""``ssot plan``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ssot_cli import exit_codes
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
    from ssot.pipeline import Planned

SUMMARY = "Show every change, with reason and diff"
EXAMPLES = (
    ("ssot plan", "every change set with its reason and diff, every refusal, the ledger"),
    ("ssot plan --unsafe", "also the edits that a person should look at"),
    ("ssot plan --check", "exit 1 if anything would change, for CI"),
    ("ssot plan --format patch | git apply --check -", "the same as one patch"),
)


class Format(StrEnum):
    TEXT = "text"
    JSON = "json"
    PATCH = "patch"


def command(
    context: typer.Context,
    only: OnlyOption = None,
    unsafe: UnsafeOption = False,
    form: Annotated[Format, typer.Option("--format", help="How to print it.")] = Format.TEXT,
    output: Annotated[Path | None, typer.Option(metavar="FILE", help="Write to FILE instead of stdout.")] = None,
    check: Annotated[bool, typer.Option("--check", help="Exit 1 if anything would change.")] = False,
    base: BaseOption = None,
    allow_exec: AllowExecOption = False,
    search: SearchOption = None,
    plugin: PluginOption = None,
) -> None:
    """The dry run: every change with its reason, its safety and its diff; every refusal. Writes nothing."""
    from ssot_cli.engine import session

    settings = settings_of(context)
    rev = base_of(settings, base)
    invited = guests(allow_exec, search, plugin)
    named = {"--only": only, "--base": [rev] if rev else (), "--search": search, "--plugin": plugin}
    again = typed(settings, "apply", named, {"--unsafe": unsafe, "--allow-exec": allow_exec})
    look = typed(settings, "plan", named, {"--unsafe": True, "--allow-exec": allow_exec})
    with session(settings) as opened:
        planned = opened.plan(rev, each_once(only), unsafe, guests=invited)
    if form is Format.TEXT:
        preview(planned, output, settings, unsafe, again, look)
    else:
        _present(planned, form, output, settings)
    raise typer.Exit(exit_codes.FINDINGS if check and would_change(planned) else partly(planned))


def typed(
    settings: Settings, verb: str, named: Mapping[str, Iterable[object] | None], flags: Mapping[str, bool]
) -> str:
    """The command that works on what was planned with these options, typed in the same folder."""
    import shlex

    before = {
        "-C": [settings.repo] if settings.repo != Path() else (),
        "--manifest": [settings.manifest] if settings.manifest else (),
    }
    words = [*_words(before), verb, *_words(named), *(option for option, given in flags.items() if given)]
    return shlex.join(["ssot", *words])


def _words(named: Mapping[str, Iterable[object] | None]) -> list[str]:
    return [word for option, values in named.items() for value in values or () for word in (option, str(value))]


def _present(planned: Planned, form: Format, output: Path | None, settings: Settings) -> None:
    from ssot.report.plan_json import plan_json
    from ssot_cli.output import emit

    if form is Format.JSON:
        emit(plan_json(planned.plan), output)
    else:
        show_patch(planned.patch(), output, settings)


def show_patch(patch: bytes, output: Path | None, settings: Settings) -> None:
    """The bytes as they are for a program or a file; for a reader's terminal, what they look like."""
    import sys

    from ssot.report.plan_text import diff_lines
    from ssot_cli.output import emit, show

    if output is None and sys.stdout.isatty():
        show(diff_lines(patch), settings)
    else:
        emit(patch, output)


def preview(
    planned: Planned,
    output: Path | None,
    settings: Settings,
    unsafe: bool,
    again: str = "",
    look: str = "",
    guest: bool = False,
) -> None:
    """The plan for a reader, with every diff."""
    from ssot.report.plan_text import plan_lines
    from ssot_cli.output import show

    patches = {one.id: planned.change_set_patch(one) for one in planned.plan.change_sets}
    told = {"verbose": settings.verbose, "unsafe": unsafe, "guest": guest}
    uncommitted = planned.snapshot.uncommitted
    lines = plan_lines(planned.plan, patches, uncommitted=uncommitted, again=again, look=look, **told)
    show(lines, settings, output)


def would_change(planned: Planned) -> bool:
    """Whether `apply` would commit anything; what is only shown does not count."""
    from ssot.values import Safety

    return any(change_set.safety is not Safety.MANUAL for change_set in planned.plan.change_sets)


def partly(planned: Planned) -> int:
    """The exit code where something declared, or a whole file, had to be left alone; single places are normal."""
    plan = planned.plan
    # A gate refuses whole files, which is more than a single place left alone.
    dropped = plan.incomplete or any(refusal.code.startswith("gate-") for refusal in plan.refusals)
    return exit_codes.PARTLY if dropped else exit_codes.OK
