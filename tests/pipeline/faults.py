"""What every fault is held to: the person's state as before, two lines on stderr, and a next run that works."""

from __future__ import annotations

import importlib
import os
import signal
import subprocess
import sys
import tempfile
import traceback
import warnings
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


def forked(arguments: Sequence[str], **more: str) -> Result:
    """The same as a fork of this process: its own number, signals and streams, without the second that imports take."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as said:
        sys.stdout.flush()
        with warnings.catch_warnings():
            warnings.simplefilter(
                "ignore", DeprecationWarning
            )  # of 3.12, about threads that the test's runner may have
            child = os.fork()
        if not child:
            _become_command(arguments, more, out.fileno(), said.fileno())
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        out.seek(0)
        said.seek(0)
        return Result(code, out.read(), said.read().decode("utf-8"))


def _become_command(arguments: Sequence[str], more: dict[str, str], out: int, said: int) -> None:
    code = 70
    try:
        os.dup2(out, 1)
        os.dup2(said, 2)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        os.environ.update(more)
        tempfile.tempdir = None
        sys.stdin, sys.stdout, sys.stderr = (open(n, mode, closefd=False) for n, mode in enumerate("rww"))  # noqa: SIM115
        warnings.resetwarnings()
        code = importlib.import_module("ssot_cli.__main__").main(arguments)
    except BaseException:  # noqa: BLE001  as the interpreter does
        traceback.print_exc()
    finally:
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
        os._exit(code)


def spawn(arguments: Sequence[str], **more: str) -> Result:
    """The command line in a process of its own."""
    done = subprocess.run(command(*arguments), env=environment(**more), capture_output=True, check=False)
    return Result(done.returncode, done.stdout, done.stderr.decode("utf-8"))
