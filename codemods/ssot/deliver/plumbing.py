"""GitPython's `git.<plumbing>` with our own way of running git beneath it.

GitPython hands the whole inherited environment to its children, and its `Repo` takes folders from GIT_OBJECT_DIRECTORY,
GIT_COMMON_DIR and GIT_WORK_TREE; so only its command interface is used, and only to build command lines.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from git.cmd import Git as Commands

Runner = Callable[[Sequence[str]], bytes]


def open_commands(folder: Path, run: Runner) -> Commands:
    """GitPython's command interface, every command of which goes through `run`."""

    class HardenedCommands(Commands):
        def execute(self, command: Sequence[str], *_: Any, **__: Any) -> str:  # type: ignore[override]  # the one result type we use
            return run(command[1:]).decode("utf-8", "surrogateescape").removesuffix("\n")

    return HardenedCommands(folder)
