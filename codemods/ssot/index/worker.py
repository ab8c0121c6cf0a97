"""What runs in a worker process: items come in, results go out, one at a time and in order."""

from __future__ import annotations

import gc
import math
import os
import pickle  # noqa: TID251 - see _receive
import signal
import sys
from collections.abc import Callable
from typing import Any, BinaryIO

from ssot.index.limits import Limits
from ssot.index.recursion import on_large_stack

try:
    import resource
except ImportError:  # Windows
    resource = None  # type: ignore[assignment]

_LATE = 2  # times the limit: then nobody is there to stop this process, and it stops itself
READY = "ready"


def main() -> None:
    """Ends when the other side closes its end, or is no more."""
    requests, results = _channels()
    task, limits = _receive(requests)
    gc.disable()  # syntax trees have no cycles, and the collector would walk them again and again
    _restrict(limits)
    try:
        on_large_stack(_serve, requests, results, task, limits)
    except (EOFError, OSError):
        os._exit(1)


def _channels() -> tuple[BinaryIO, BinaryIO]:
    """Standard input and output, kept away from whatever may want to print."""
    results = os.fdopen(os.dup(1), "wb")
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 1)
    os.dup2(null, 2)
    return sys.stdin.buffer, results


def _restrict(limits: Limits) -> None:
    if resource is None:
        return
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # no file where the process happens to die
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    soft = limits.memory if hard == resource.RLIM_INFINITY else min(limits.memory, hard)
    try:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))
    except (ValueError, OSError):
        return  # some systems know the limit and don't keep it


def _serve(requests: BinaryIO, results: BinaryIO, task: Callable[[Any], Any], limits: Limits) -> None:
    _send(results, READY)
    while True:
        for item in _receive(requests):
            _alarm(math.ceil(_LATE * limits.seconds))
            _send(results, task(item))
        _alarm(0)


def _receive(requests: BinaryIO) -> Any:
    return pickle.load(requests)  # noqa: S301 - from the process that started this one, never from disk


def _send(results: BinaryIO, value: object) -> None:
    pickle.dump(value, results, pickle.HIGHEST_PROTOCOL)
    results.flush()


def _alarm(seconds: int) -> None:
    if hasattr(signal, "alarm"):
        signal.alarm(seconds)
