"""The Typer application: global options, and the commands in the order of work."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ssot_cli.commands import (
    apply,
    audit,
    codemods,
    demo,
    explain,
    init,
    new,
    plan,
    registry,
    run,
    schema,
    shims,
    undo,
    verify,
)
from ssot_cli.help import examples
from ssot_cli.settings import Settings
from ssot_cli.version import version

_EPILOG = examples(
    ("ssot demo", "see all of it on a sample, in a temporary folder"),
    ("ssot audit", "what is fragmented here, without any set-up"),
    ("ssot init", "write that as a manifest, ssot.toml"),
    ("ssot plan", "every change as a diff; writes nothing"),
    ("ssot apply", "the same changes as commits on a new branch; your files stay as they are"),
)

app = typer.Typer(
    name="ssot",
    help="Take a Python codebase with competing versions of the same thing back to a single source of truth.",
    epilog=_EPILOG,
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"ssot {version()}")
        raise typer.Exit


@app.callback()
def _globals(
    context: typer.Context,
    repo: Annotated[
        Path, typer.Option("-C", "--repo", metavar="DIR", help="The repository around DIR.", show_default=False)
    ] = Path(),
    manifest: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Read the manifest from FILE instead of the repository's root.")
    ] = None,
    rev: Annotated[
        str | None, typer.Option(metavar="REV", help="Read that commit instead of the work tree (or HEAD).")
    ] = None,
    jobs: Annotated[
        int | None, typer.Option("-j", "--jobs", metavar="N", min=1, help="Worker processes. Default: one per core.")
    ] = None,
    no_cache: Annotated[
        bool, typer.Option("--no-cache", help="Accepted, without effect: this version keeps no cache.")
    ] = False,
    quiet: Annotated[bool, typer.Option("-q", "--quiet", help="No progress on stderr.")] = False,
    verbose: Annotated[bool, typer.Option("-v", "--verbose", help="List everything, not only the first few.")] = False,
    no_color: Annotated[
        bool, typer.Option("--no-color", help="No colours. NO_COLOR in the environment does the same.")
    ] = False,
    show_version: Annotated[
        bool, typer.Option("--version", is_eager=True, callback=_show_version, help="Show the version and exit.")
    ] = False,
) -> None:
    context.obj = Settings(repo, manifest, rev, jobs, quiet, verbose, color=not no_color)


# In the order of work, which is the order of the help.
for _module in (init, audit, plan, apply, verify, undo, explain, registry, shims, codemods, schema, demo):
    _name = _module.__name__.rpartition(".")[2]
    app.command(_name, short_help=_module.SUMMARY, epilog=examples(*_module.EXAMPLES))(_module.command)

app.add_typer(new.app, name="new", short_help=new.SUMMARY, help=f"{new.SUMMARY}.", epilog=examples(*new.EXAMPLES))
app.add_typer(run.app, name="run", short_help=run.SUMMARY, help=f"{run.SUMMARY}.", epilog=examples(*run.EXAMPLES))
