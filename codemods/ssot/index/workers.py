"""Processes that may crash, hang or run out of memory, at the cost of the one item they are at.

Neither `concurrent.futures` nor `multiprocessing`: a crash costs the one every pending result, and the other starts its
helpers so that they import from the current folder, which is the repository that is looked at.
"""

from __future__ import annotations

import os
import pickle  # noqa: TID251 - see _receive
import queue
import subprocess  # noqa: TID251 - the one place besides deliver/git.py
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Generic, TypeVar

from ssot.index.limits import Limits
from ssot.index.worker import READY

Item = TypeVar("Item")
Result = TypeVar("Result")
_START_SECONDS = 60.0
_TICK = 0.2  # seconds between looks at the clock
# -I: nothing is imported from the current folder; then this process's own path, so that ssot is found.
_PROGRAM = "import pickle, sys; sys.path[:] = pickle.load(sys.stdin.buffer); from ssot.index.worker import main; main()"
_GONE = (EOFError, OSError, ValueError, pickle.UnpicklingError)  # what talking to a dead process may raise


class End(StrEnum):
    """Why there is no result; a reason code."""

    CRASH = "crash"
    TIMEOUT = "timeout"


@dataclass(frozen=True, slots=True)
class Lost:
    """What came of an item instead of a result. ``status``: of the process that died, as the system gives it."""

    end: End
    status: int = 0


class WorkersUnavailableError(Exception):
    """No process could be started."""


def default_jobs() -> int:
    """How many processes can run at once."""
    with suppress(AttributeError):
        return len(os.sched_getaffinity(0))  # not on every system
    return os.cpu_count() or 1


class Pool(Generic[Item, Result]):
    """Does `task`, a function of some module, for every item, in `jobs` processes."""

    def __init__(self, task: Callable[[Item], Result], jobs: int, limits: Limits) -> None:
        self.task = task
        self.limits = limits
        self.done: queue.Queue[tuple[int, Result | Lost] | BaseException | None] = queue.Queue()
        self.items: Sequence[Item] = ()
        self._jobs = jobs
        self._chunks: deque[deque[int]] = deque()
        self._lock = threading.Lock()

    def results(self, items: Sequence[Item], chunks: Iterable[Sequence[int]]) -> Iterator[tuple[int, Result | Lost]]:
        """Number and result of each item, as they come. A process is given the items of one chunk at a time."""
        self.items = items
        self._chunks = deque(deque(chunk) for chunk in chunks if chunk)
        lanes = [_Lane(self) for _ in range(min(self._jobs, len(self._chunks)))]
        try:
            for lane in lanes:
                lane.start()
            yield from self._received(lanes)
        except RuntimeError as error:  # no thread could be started
            raise WorkersUnavailableError from error
        finally:
            with self._lock:
                self._chunks.clear()
            for lane in lanes:
                lane.stop()
            for lane in lanes:
                lane.join_if_started()

    def _received(self, lanes: Sequence[_Lane[Item, Result]]) -> Iterator[tuple[int, Result | Lost]]:
        busy = len(lanes)
        while busy:
            with suppress(queue.Empty):
                event = self.done.get(timeout=_TICK)
                if isinstance(event, BaseException):
                    raise event
                if event is None:  # the end of a lane
                    busy -= 1
                else:
                    yield event
            for lane in lanes:
                lane.watch()
        if self._chunks:
            raise WorkersUnavailableError

    def next_chunk(self) -> deque[int] | None:
        with self._lock:
            return self._chunks.popleft() if self._chunks else None

    def give_back(self, chunk: deque[int]) -> None:
        with self._lock:
            self._chunks.append(chunk)


class _Lane(threading.Thread, Generic[Item, Result]):
    """One process after another, and the talk with it."""

    def __init__(self, pool: Pool[Item, Result]) -> None:
        super().__init__(name="ssot-worker", daemon=True)
        self._pool = pool
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()
        self._stopped = False
        self._at: int | None = None  # the item that the process is at; None while it starts
        self._deadline = float("inf")
        self._overdue: set[int | None] = set()
        self._again: set[int] = set()

    # -- called by the thread that owns the pool

    def watch(self) -> None:
        """End a process that has been at one item for too long."""
        with self._lock:
            if self._process is not None and time.monotonic() > self._deadline:
                self._overdue.add(self._at)
                self._process.kill()

    def stop(self) -> None:
        with self._lock:
            self._stopped = True
            if self._process is not None:
                self._process.kill()

    def join_if_started(self) -> None:
        if self.ident is not None:
            self.join()

    # -- the lane's own thread

    def run(self) -> None:
        try:
            while not self._stopped and (chunk := self._pool.next_chunk()) is not None:
                self._finish(chunk)
        except WorkersUnavailableError:
            self._pool.give_back(chunk or deque())  # others may have been luckier
        except BaseException as error:  # noqa: BLE001 - raised in the thread that waits for results
            self._pool.done.put(error)
        finally:
            self._end()
            self._pool.done.put(None)

    def _finish(self, chunk: deque[int]) -> None:
        while chunk and not self._stopped:
            self._work_off(chunk)

    def _work_off(self, chunk: deque[int]) -> None:
        """Results of the chunk as far as the process goes; what it died of is taken out of the chunk."""
        if self._process is None and not self._begin():
            return
        try:
            self._send([self._pool.items[number] for number in chunk])
            while chunk:
                self._expect(chunk[0], self._pool.limits.seconds)
                result = self._receive()
                self._pool.done.put((chunk.popleft(), result))
            self._expect(None, float("inf"))
        except _GONE:
            status = self._end()
            number = chunk[0]
            if number in self._overdue:
                self._pool.done.put((chunk.popleft(), Lost(End.TIMEOUT, status)))
            elif number in self._again:
                self._pool.done.put((chunk.popleft(), Lost(End.CRASH, status)))
            else:
                self._again.add(number)  # once more: somebody else may have ended the process

    def _begin(self) -> bool:
        """Whether there is a process now: not where the pool has been stopped."""
        with self._lock:
            if self._stopped:
                return False
            self._process = _started()
            self._at, self._deadline = None, time.monotonic() + _START_SECONDS
        try:
            self._send(sys.path)
            self._send((self._pool.task, self._pool.limits))
            if self._receive() != READY:
                raise EOFError
        except _GONE as error:
            self._end()
            raise WorkersUnavailableError from error
        return True

    def _expect(self, number: int | None, seconds: float) -> None:
        with self._lock:
            self._at = number
            self._deadline = time.monotonic() + seconds

    def _send(self, value: object) -> None:
        assert self._process is not None
        assert self._process.stdin is not None
        pickle.dump(value, self._process.stdin, pickle.HIGHEST_PROTOCOL)
        self._process.stdin.flush()

    def _receive(self) -> Any:
        assert self._process is not None
        assert self._process.stdout is not None
        return pickle.load(self._process.stdout)  # noqa: S301 - from a process of our own, never from disk

    def _end(self) -> int:
        """The status of the process, which is no more."""
        with self._lock:
            process, self._process = self._process, None
            self._deadline = float("inf")
        if process is None:
            return 0
        for stream in (process.stdin, process.stdout):
            with suppress(OSError):  # what was not sent is not wanted any more
                stream.close() if stream is not None else None
        return _status(process)


def _status(process: subprocess.Popen[bytes]) -> int:
    """Of a process that is dying by itself, or now."""
    try:
        return process.wait(_TICK)
    except subprocess.TimeoutExpired:
        process.kill()
        return process.wait()


def _started() -> subprocess.Popen[bytes]:
    # a session of its own: an interrupt at the terminal reaches this process alone, which then ends the others
    options: dict[str, Any] = {"start_new_session": True} if os.name == "posix" else {}
    try:
        return subprocess.Popen(
            [sys.executable, "-I", "-c", _PROGRAM],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            **options,
        )
    except (OSError, TypeError, ValueError) as error:  # no executable, no process left, no memory
        raise WorkersUnavailableError from error
