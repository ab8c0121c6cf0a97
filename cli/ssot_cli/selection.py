"""The options that `plan` and `apply` share."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ssot_cli.settings import Settings

if TYPE_CHECKING:
    from ssot.pipeline.guests import Guests

OnlyOption = Annotated[
    list[str] | None, typer.Option("--only", metavar="CODEMOD", help="Only this codemod; may be given several times.")
]
UnsafeOption = Annotated[bool, typer.Option("--unsafe", help="Also the edits that are likely right but need a look.")]
AllowExecOption = Annotated[
    bool, typer.Option("--allow-exec", help="Run the codemods that the manifest's [[codemod]] tables name.")
]
SearchOption = Annotated[
    list[Path] | None,
    typer.Option("--search", metavar="DIR", help="Find somebody's codemods below DIR too; may be given several times."),
]
PluginOption = Annotated[
    list[str] | None,
    typer.Option("--plugin", metavar="NAME", help="Also this installed plug-in; may be given several times."),
]
BaseOption = Annotated[
    str | None, typer.Option("--base", metavar="REV", help="The commit to start from.  [default: HEAD]")
]


def base_of(settings: Settings, base: str | None) -> str | None:
    """The commit to read: ``--base``, else the global ``--rev``."""
    return base if base is not None else settings.rev


def each_once(only: Iterable[str] | None) -> tuple[str, ...]:
    """The codemods named; the session knows which there are."""
    return tuple(dict.fromkeys(only or ()))


def guests(allow_exec: bool, search: Iterable[Path] | None, plugins: Iterable[str] | None) -> Guests:
    """What the options, and the operator's own configuration, allow besides our own codemods."""
    from ssot.pipeline.guests import Guests
    from ssot_cli.configuration import configured_plugins

    named = tuple(dict.fromkeys([*configured_plugins(), *(plugins or ())]))
    folders = tuple(str(folder.resolve()) for folder in search or ())
    return Guests(allow_exec, folders, named)
