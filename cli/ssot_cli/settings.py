"""The options that stand before the command."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import typer


@dataclass(frozen=True, slots=True)
class Settings:
    """What every command is told."""

    repo: Path
    manifest: Path | None = None
    rev: str | None = None
    jobs: int | None = None
    quiet: bool = False
    verbose: bool = False
    color: bool = True


def settings_of(context: typer.Context) -> Settings:
    """The settings that the callback before the command left."""
    settings = context.find_root().obj
    assert isinstance(settings, Settings)
    return settings
