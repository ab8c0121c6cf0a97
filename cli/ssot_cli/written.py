"""What an internal error can say of the repository: nothing was written, up to the moment in which writing begins."""

from __future__ import annotations

BRANCH = "a branch may have been made or removed: see `git branch --list`"
FILES = "files may have been written: see `git status`"
_NOTHING = "nothing was written to the repository"
_said = [_NOTHING]


def begins(what: str) -> None:
    """From here on `what` is the truth, whether writing succeeds, fails half-way, or telling about it fails."""
    _said[:] = [what]


def reset() -> None:
    _said[:] = [_NOTHING]


def what_is_known() -> str:
    return _said[0]
