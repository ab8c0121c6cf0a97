"""``ssot run libcst`` and ``ssot run bowler``."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ssot_cli import exit_codes, written
from ssot_cli.commands.plan import partly, would_change
from ssot_cli.help import examples
from ssot_cli.selection import BaseOption, SearchOption, base_of
from ssot_cli.settings import Settings, settings_of

if TYPE_CHECKING:
    from ssot.bridge.foreign import Foreign
    from ssot.deliver.branch import Applied
    from ssot.pipeline import Planned

SUMMARY = "Run somebody else's codemod, with everything ssot gives its own"
EXAMPLES = (
    ("ssot run libcst rename.RenameCommand --arg old_name=a.B --arg new_name=c.B", "one that ships with LibCST"),
    ("ssot run libcst acme.codemods:DropPrint --search tools --dry-run", "a class below ./tools; show, write nothing"),
    ("ssot run bowler rename.py", "an existing Bowler script"),
)


class Format(StrEnum):
    TEXT = "text"
    JSON = "json"
    PATCH = "patch"


DryRun = Annotated[bool, typer.Option("--dry-run", help="Show what would be committed; write nothing.")]
Check = Annotated[bool, typer.Option("--check", help="As --dry-run, and exit 1 if anything would change.")]
Branch = Annotated[
    str | None, typer.Option(metavar="NAME", help="Name of the new branch.  [default: ssot/<date>-<plan>]")
]
Form = Annotated[Format, typer.Option("--format", help="How to print it; patch implies --dry-run.")]
Arguments = Annotated[
    list[str] | None,
    typer.Option("--arg", metavar="KEY[=VALUE]", help="An argument of the codemod; may be given several times."),
]
Rest = Annotated[list[str] | None, typer.Argument(metavar="-- ARGS", help="Arguments to pass on as they are.")]
Seconds = Annotated[
    float | None,
    typer.Option("--timeout", metavar="SECONDS", min=1, help="Give up a file that takes longer.  [default: 120]"),
]
ScriptSeconds = Annotated[
    float | None,
    typer.Option("--timeout", metavar="SECONDS", min=1, help="Give up where the script takes longer.  [default: 1800]"),
]

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)


@app.command("libcst", short_help="A LibCST CodemodCommand", epilog=examples(*EXAMPLES[:2]))
def libcst(
    context: typer.Context,
    name: Annotated[
        str, typer.Argument(metavar="MODULE:CLASS", help="A libcst.codemod.CodemodCommand that can be imported.")
    ],
    rest: Rest = None,
    arguments: Arguments = None,
    search: SearchOption = None,
    branch: Branch = None,
    base: BaseOption = None,
    dry_run: DryRun = False,
    check: Check = False,
    form: Form = Format.TEXT,
    seconds: Seconds = None,
) -> None:
    """Run a LibCST codemod on a copy of the commit; what it changes becomes one commit on a new branch."""
    from ssot.bridge.foreign import Foreign

    foreign = Foreign("libcst", name, _pairs(arguments), tuple(rest or ()), _folders(search), seconds=seconds)
    _go(context, foreign, branch, base, dry_run=dry_run, check=check, form=form)


@app.command("bowler", short_help="A Bowler script", epilog=examples(EXAMPLES[2]))
def bowler(
    context: typer.Context,
    script: Annotated[
        str, typer.Argument(metavar="SCRIPT", help="A file with Bowler queries or fixer classes, or MODULE:FIXER.")
    ],
    rest: Rest = None,
    search: SearchOption = None,
    branch: Branch = None,
    base: BaseOption = None,
    dry_run: DryRun = False,
    check: Check = False,
    form: Form = Format.TEXT,
    seconds: ScriptSeconds = None,
) -> None:
    """Run a Bowler script on a copy of the commit; what it changes becomes one commit on a new branch."""
    from ssot.bridge.foreign import Foreign

    foreign = Foreign("bowler", _script(script), (), tuple(rest or ()), _folders(search), seconds=seconds)
    _go(context, foreign, branch, base, dry_run=dry_run, check=check, form=form)


def _pairs(arguments: list[str] | None) -> tuple[tuple[str, str | None], ...]:
    """``key=value``; a key alone switches a flag on."""
    words = (argument.partition("=") for argument in arguments or ())
    return tuple((key, value if equals else None) for key, equals, value in words)


def _folders(search: list[Path] | None) -> tuple[str, ...]:
    return tuple(str(folder.resolve()) for folder in search or ())


def _script(name: str) -> str:
    """A file by its full path: the script runs in another folder. MODULE:FIXER stays as it is."""
    from ssot.values import SsotError

    if Path(name).is_file():
        return str(Path(name).resolve())
    if ":" in name and not name.endswith(".py"):
        return name
    raise SsotError(f"there is no script {name}", "name a Python file, or a fixer class as MODULE:FIXER")


def _go(
    context: typer.Context,
    foreign: Foreign,
    branch: str | None,
    base: str | None,
    *,
    dry_run: bool,
    check: bool,
    form: Format,
) -> None:
    from ssot_cli.engine import session

    settings = settings_of(context)
    with session(settings) as opened:
        planned = opened.run(foreign, base_of(settings, base))
        applied = None
        if not (dry_run or check or form is Format.PATCH) and would_change(planned):
            written.begins(written.BRANCH)
            applied = opened.apply(planned, branch)
    _present(planned, applied, form, settings, shown_only=dry_run or check)
    raise typer.Exit(exit_codes.FINDINGS if check and would_change(planned) else partly(planned))


def _present(planned: Planned, applied: Applied | None, form: Format, settings: Settings, *, shown_only: bool) -> None:
    from ssot.report.apply_json import apply_json
    from ssot.report.apply_text import apply_lines
    from ssot.report.plan_json import plan_json
    from ssot_cli.commands.plan import preview, show_patch
    from ssot_cli.output import emit, show

    if form is Format.PATCH:
        show_patch(planned.patch(), None, settings)
    elif form is Format.JSON:
        emit(plan_json(planned.plan) if shown_only else apply_json(planned.plan, applied))
    elif shown_only:
        again = "the same command without --dry-run or --check"
        preview(planned, None, settings, unsafe=True, again=again, guest=True)
    else:
        uncommitted = planned.snapshot.uncommitted
        lines = apply_lines(planned.plan, applied, verbose=settings.verbose, uncommitted=uncommitted, guest=True)
        show(lines, settings)
