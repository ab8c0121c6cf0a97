"""``ssot registry``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ssot_cli import exit_codes
from ssot_cli.settings import settings_of

SUMMARY = "The import registry as Markdown"
EXAMPLES = (
    ("ssot registry --output docs/imports.md", "write it"),
    ("ssot registry --check docs/imports.md", "exit 1 if that file is out of date, for CI"),
)


def command(
    context: typer.Context,
    check: Annotated[Path | None, typer.Option(metavar="FILE", help="Compare with FILE; exit 1 if it differs.")] = None,
    output: Annotated[Path | None, typer.Option(metavar="FILE", help="Write to FILE instead of stdout.")] = None,
) -> None:
    """The import registry as Markdown: which path is right, fragmented or broken for each governed symbol."""
    from ssot_cli.engine import session
    from ssot_cli.output import emit

    with session(settings_of(context)) as opened:
        text = opened.registry()
    if check is None:
        emit(text, output)
    elif not _same(check, text):
        emit(f"{check} is out of date; write it again: ssot registry --output {check}\n")
        raise typer.Exit(exit_codes.FINDINGS)


def _same(path: Path, text: str) -> bool:
    """Line endings aside: a checkout may turn them."""
    from ssot.values import SsotError

    try:
        data = path.read_bytes()
    except OSError as error:
        raise SsotError(
            f"{path} can't be read: {error.strerror}", f"write it: ssot registry --output {path}"
        ) from error
    return data.replace(b"\r\n", b"\n") == text.encode("utf-8")
