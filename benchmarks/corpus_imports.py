"""Import modules and say how each went. Run by the project's interpreter; needs nothing but the standard library.

Input (JSON on standard input): `prelude`, `together` (modules imported one after another in one process) and `alone`
(modules each imported in a process of its own). Output (JSON in the file named by the first argument): for both,
module -> "ok" or the name of the exception.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

SECONDS = 60


class Hung(BaseException):
    """An import took too long."""


def _stop(*_: Any) -> None:
    raise Hung


def attempt(module: str, seconds: int = SECONDS) -> str:
    alarm = getattr(signal, "alarm", lambda _: None)
    if hasattr(signal, "SIGALRM"):
        signal.signal(signal.SIGALRM, _stop)
    alarm(seconds)
    try:
        importlib.import_module(module)
    except BaseException as problem:  # noqa: BLE001  # SystemExit of a script is an answer, too
        return type(problem).__name__
    finally:
        alarm(0)
    return "ok"


def forked(module: str) -> str:
    reader, writer = os.pipe()
    child = os.fork()
    if not child:
        os.close(reader)
        os.write(writer, attempt(module).encode())
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as pipe:
        answer = pipe.read()
    os.waitpid(child, 0)
    return answer or "died"


def spawned(module: str) -> str:
    code = (
        "import sys; sys.path.insert(0, sys.argv[2]); import corpus_imports; print(corpus_imports.attempt(sys.argv[1]))"
    )
    command = [sys.executable, "-c", code, module, str(Path(__file__).parent)]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", errors="replace", check=False)
    return (done.stdout.split() or ["died"])[-1]


def main() -> None:
    request = json.load(sys.stdin)
    exec(request["prelude"])
    isolated = forked if hasattr(os, "fork") else spawned
    alone = {module: isolated(module) for module in request["alone"]}
    together = {module: attempt(module) for module in request["together"]}
    Path(sys.argv[1]).write_text(json.dumps({"alone": alone, "together": together}), encoding="utf-8")


if __name__ == "__main__":
    with Path(os.devnull).open("w", encoding="utf-8") as silence, contextlib.redirect_stdout(silence):
        main()
    os._exit(0)  # whatever threads and exit handlers the imports left behind
