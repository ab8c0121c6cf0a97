"""A new repository with one commit, for `ssot demo` and for tests."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from ssot.deliver.git import Git, init_repository

# Fixed, so that two demonstrations show the same commit ids.
_DATE = "@1735689600 +0000"


def create_repository(root: Path, files: Mapping[str, bytes], message: str, *, name: str, email: str) -> Git:
    """Writes `files` below the empty folder `root` and commits them, with an identity of that repository alone."""
    for path, data in files.items():
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
    git = init_repository(root)
    git.run("config", "user.name", name)
    git.run("config", "user.email", email)
    # what the person has set for their own repositories would change or stop the demonstration
    git.run("config", "core.autocrlf", "false")
    git.run("config", "commit.gpgSign", "false")
    git.run("add", "--all", "--force")
    dates = {"GIT_AUTHOR_DATE": _DATE, "GIT_COMMITTER_DATE": _DATE}
    git.run("commit", "--quiet", "--no-gpg-sign", f"--message={message}", env=dates)
    return Git.open(root)
