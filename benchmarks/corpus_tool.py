"""`ssot` as a person runs it: arguments in, exit code, output and seconds out."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SOURCE = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True)
class Ran:
    """One call of the tool."""

    code: int
    out: bytes
    error: str
    wall: float
    cpu: float

    @property
    def document(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.out)
        return found

    @property
    def seconds(self) -> str:
        return f"{self.wall:.1f} ({self.cpu:.1f})"


def ssot(place: Path, *arguments: str, expect: tuple[int, ...] = (0,)) -> Ran:
    """Run it on a repository; an exit code that is not expected ends the run."""
    begun, used = time.perf_counter(), _children()
    done = subprocess.run(
        [sys.executable, "-m", "ssot_cli", "-C", str(place), "--no-cache", *arguments],
        env=_environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )
    error = done.stderr.decode(errors="replace")
    ran = Ran(done.returncode, done.stdout, error, time.perf_counter() - begun, _children() - used)
    if ran.code not in expect:
        raise SystemExit(f"corpus: ssot {' '.join(arguments)} in {place.name}: exit {ran.code}\n{error[-3000:]}")
    return ran


def _children() -> float:
    times = os.times()
    return times.children_user + times.children_system


def _environment() -> dict[str, str]:
    roots = os.pathsep.join(str(SOURCE / root) for root in ("codemods", "cli"))
    return {**os.environ, "PYTHONPATH": roots, "PYTHONHASHSEED": "random", "NO_COLOR": "1"}
