"""The options that `plan` and `apply` share."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

import typer

from ssot_cli.settings import Settings

OnlyOption = Annotated[
    list[str] | None, typer.Option("--only", metavar="CODEMOD", help="Only this codemod; may be given several times.")
]
UnsafeOption = Annotated[bool, typer.Option("--unsafe", help="Also the edits that are likely right but need a look.")]
BaseOption = Annotated[
    str | None, typer.Option("--base", metavar="REV", help="The commit to start from.  [default: HEAD]")
]


def base_of(settings: Settings, base: str | None) -> str | None:
    """The commit to read: ``--base``, else the global ``--rev``."""
    return base if base is not None else settings.rev


def checked(only: Iterable[str] | None) -> tuple[str, ...]:
    """The codemods named, each once; an unknown one is an error."""
    from ssot.declare.suggest import did_you_mean
    from ssot.report.codemods_text import CODEMODS
    from ssot.values import SsotError

    known = [codemod.id for codemod in CODEMODS]
    chosen = tuple(dict.fromkeys(only or ()))
    for name in chosen:
        if name not in known:
            raise SsotError(f"there is no codemod '{name}'{did_you_mean(name, known)}", "`ssot codemods` lists them")
    return chosen
