"""What every fault is held to: the person's state as before, two lines on stderr, and a next run that works."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from deliver.helpers import Sandbox, fingerprint

from pipeline.command import Result, Run

ROOT = Path(__file__).parents[2]
BRANCH = "ssot/test"
APPLY = ("apply", "--branch", BRANCH)
MANIFEST = b'[[symbol]]\ncanonical = "shop.engine:Engine"\nlegacy = ["shop.old:Engine"]\n'
# The folders that git makes for our own references, and those references.
_OURS = ("refs/heads/ssot", "logs/refs/heads/ssot")
_FOLDERS = ("refs", "refs/heads", "logs", "logs/refs", "logs/refs/heads")


def state(root: Path) -> dict[str, str]:
    """Every file below `root` but objects and our own branches: content, mode, time stamp."""
    found = fingerprint(root)
    ours = tuple(f"{one}/" for one in _OURS)
    return {
        path: value
        for path, value in found.items()
        if not path.endswith((*_OURS, *_FOLDERS)) and not any(one in path for one in ours)
    }


def failed(result: Result, *said: str, code: int = 2) -> None:
    """The exit code of the contract, one line what, one line what to do, nothing else."""
    lines = result.err.splitlines()
    assert result.code == code, (result.code, result.err)
    assert len(lines) == 2, result.err
    assert lines[0].startswith("ssot: ")
    assert lines[1].startswith("  ")
    assert result.out == b""
    for text in said:
        assert text in result.err, result.err


def works(run: Run, repo: Sandbox, expected: str | None = None, *options: str) -> str:
    """A run after the fault; gives the commit and removes the branch again."""
    result = run(*options, *APPLY)
    assert result.code == 0, result.err
    tip = repo.git("rev-parse", BRANCH)
    assert expected in (None, tip)
    assert run(*options, "undo", BRANCH).code == 0
    return tip


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "ssot_cli", *arguments]


def environment(**more: str) -> dict[str, str]:
    search = os.pathsep.join(str(ROOT / folder) for folder in ("codemods", "cli"))
    return {**os.environ, "PYTHONPATH": search, **more}


def spawn(arguments: Sequence[str], **more: str) -> Result:
    """The command line in a process of its own."""
    done = subprocess.run(command(*arguments), env=environment(**more), capture_output=True, check=False)
    return Result(done.returncode, done.stdout, done.stderr.decode("utf-8"))
