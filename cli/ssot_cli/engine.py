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

    with progress(quiet=settings.quiet) as report:
        yield Session.open(settings.repo, settings.manifest, settings.rev, settings.jobs, report)
