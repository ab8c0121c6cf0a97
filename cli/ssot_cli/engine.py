"""The library as the commands use it, imported only when a command needs it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from ssot_cli.progress import progress

if TYPE_CHECKING:
    from ssot.pipeline import Session
    from ssot_cli.settings import Settings


@contextmanager
def session(settings: Settings) -> Iterator[Session]:
    """The repository that the settings name, opened; with a progress bar while it is in use."""
    from ssot.pipeline import Session

    try:
        with progress(quiet=settings.quiet) as report:
            yield Session.open(settings.repo, settings.manifest, settings.rev, settings.jobs, report)
    except BrokenPipeError as error:
        # Typer would take it for a closed stdout and end in silence.
        raise RuntimeError("another program ended while it was being written to") from error
