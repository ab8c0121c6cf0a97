"""Deep syntax trees: an `elif` chain or a long sum is hundreds of levels, and both CPython and this library recurse over them.

Whatever handles syntax trees runs in a thread whose stack holds as many calls as Python's own limit then allows: code
too deep for it ends in a `RecursionError`, never in a crash. Python's usual limit is meant for runaway functions.
"""

from __future__ import annotations

import ctypes
import sys
import threading
from collections.abc import Callable
from functools import wraps
from typing import Generic, ParamSpec, TypeVar

from ssot.values import SsotError

FRAMES = 40_000
STACK = 256 * 2**20  # address space; memory is only used as far as calls go
_POLL = 0.5  # seconds; a wait without end could not be interrupted on Windows
_GRACE = 20.0  # seconds for what was interrupted to clean up

P = ParamSpec("P")
R = TypeVar("R")
_thread = threading.local()
_starting = threading.Lock()


def on_large_stack(function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """What the call gives or raises. An interrupt ends the call and is raised here."""
    if getattr(_thread, "large", False):
        return function(*args, **kwargs)
    call = _Call(lambda: function(*args, **kwargs))
    _start(call)
    return call.outcome()


def deep(function: Callable[P, R]) -> Callable[P, R]:
    """The function, on a large stack wherever it is called."""

    @wraps(function)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> R:
        return on_large_stack(function, *args, **kwargs)

    return wrapped


class _Call(Generic[R]):
    """One call in a thread of its own."""

    def __init__(self, function: Callable[[], R]) -> None:
        self._function = function
        self._done = threading.Event()
        self._result: list[R] = []
        self._error: BaseException | None = None
        self.thread = threading.Thread(target=self._run, name="ssot", daemon=True)

    def _run(self) -> None:
        _thread.large = True
        limit = sys.getrecursionlimit()
        sys.setrecursionlimit(max(limit, FRAMES))
        try:
            self._result.append(self._function())
        except BaseException as error:  # noqa: BLE001 - raised again where the call was made
            self._error = error
        finally:
            sys.setrecursionlimit(limit)
            self._done.set()

    def outcome(self) -> R:
        try:
            while not self._done.wait(_POLL):
                pass
        except KeyboardInterrupt:
            self._interrupt()
            raise
        if self._error is None:
            return self._result[0]
        try:
            raise self._error
        finally:
            self._error = None  # the traceback refers to this object

    def _interrupt(self) -> None:
        """Signals reach the main thread only; the one at work hears of it here, and may clean up."""
        identity = ctypes.c_ulong(self.thread.ident or 0)
        ctypes.pythonapi.PyThreadState_SetAsyncExc(identity, ctypes.py_object(KeyboardInterrupt))
        self._done.wait(_GRACE)


def _start(call: _Call[R]) -> None:
    with _starting:  # the size holds for all threads that are started meanwhile
        before = threading.stack_size(STACK)
        try:
            call.thread.start()
        except RuntimeError:
            todo = f"allow {STACK >> 20} MB of address space for it (ulimit -v)"
            raise SsotError("the system gives no thread a large stack", todo) from None
        finally:
            threading.stack_size(before)
