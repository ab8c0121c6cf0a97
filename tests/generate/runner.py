"""The client of `server.py`: run a program, get what it printed."""

from __future__ import annotations

import atexit
import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a program printed, and the exception that ended it (empty: none)."""

    out: str
    error: str

    @property
    def lines(self) -> tuple[str, ...]:
        return tuple(self.out.splitlines())


@cache
def _server() -> subprocess.Popen[str]:
    command = [sys.executable, "-I", str(Path(__file__).with_name("server.py"))]
    server = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8")
    atexit.register(server.kill)
    return server


def run(files: Mapping[str, bytes], main: str) -> Outcome:
    """Run `main` with the modules in `files` (paths relative to their import root) importable."""
    server = _server()
    assert server.stdin
    assert server.stdout
    sources = {path: data.decode("latin-1") for path, data in files.items()}
    server.stdin.write(json.dumps({"files": sources, "main": main}) + "\n")
    server.stdin.flush()
    answer = json.loads(server.stdout.readline())
    return Outcome(answer["out"], answer["error"])
