"""What git says when it fails, as one line of what is wrong and one of what to do."""

from __future__ import annotations

import re
from pathlib import Path

from ssot.values import SsotError

_SECRET = re.compile(r"(?<=://)[^/\s]*@")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]+")


class GitError(SsotError):
    """git said no. `stderr` is what it said."""

    def __init__(self, command: str, code: int, stderr: str) -> None:
        said = [line for line in stderr.splitlines() if line.strip()]
        first = next((line for line in said if line.startswith(("fatal:", "error:"))), said[0] if said else "")
        reason = _CONTROL.sub(" ", without_secrets(first)) or _how_it_ended(code)
        super().__init__(f"git {command} failed: {reason}", _todo(stderr))
        self.code = code
        self.stderr = stderr

    @property
    def killed(self) -> bool:
        """It had no chance to say anything: its exit code answers no question."""
        return self.code < 0


# What git or the system says, and what helps against it.
_CAUSES = (
    (("No space left", "Disk quota exceeded", "File too large"), "free some space, and run the command again"),
    (
        ("Permission denied", "Read-only file system", "insufficient permission"),
        "make it writable, and run the command again",
    ),
    (("couldn't write", "unable to write", "failed to write"), "see whether the disk has room; run the command again"),
)


def _todo(said: str) -> str:
    found = (todo for words, todo in _CAUSES if any(word in said for word in words))
    return next(found, "run `git fsck`; if the repository is fine, report this")


def _how_it_ended(code: int) -> str:
    return f"it was killed by signal {-code}" if code < 0 else f"exit code {code}"


def without_secrets(text: str) -> str:
    """`text` with no user name, password or token in front of the host of an address."""
    return _SECRET.sub("", text)


def explained(error: GitError, start: Path) -> SsotError:
    """Why there is no repository to work on, where git says so in a way we know."""
    if "dubious ownership" in error.stderr or "unsafe repository" in error.stderr:
        return SsotError(
            f"the repository at {start} belongs to another user",
            f"if you trust it: git config --global --add safe.directory '{start}'",
        )
    if "safe.bareRepository" in error.stderr:
        return SsotError(f"{start} is in a bare repository inside another one", "name a work tree with -C")
    if "not a git repository" in error.stderr:
        return SsotError(f"{start} is not in a git repository", "run `git init` there, or name another folder with -C")
    return error
