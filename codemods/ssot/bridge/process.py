"""Runs the worker: several at once, each file under a time limit; one that dies costs the file it was at."""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, Any

import ssot
from ssot.values import Blob, SsotError

SECONDS = 120.0  # for one file, the start of the process included
SCRIPT_SECONDS = 1800.0  # for a script that runs over all files by itself
_TICK = 0.2  # an interrupt reaches a thread only between waits
_LET_GO = 5.0  # seconds
_PATIENCE = 5  # files in a row that cost a process each, before the rest is given up
_FEW = 20  # files; fewer are not worth another process
_PROGRAM = "import sys; sys.path.append(sys.argv.pop()); from ssot.bridge.worker import main; main()"
Answer = Mapping[str, Any]


@dataclass(frozen=True)
class Request:
    """What is to be run on which files."""

    kind: str  # "libcst" or "bowler"
    name: str
    files: tuple[Answer, ...]  # path, module, package
    arguments: tuple[tuple[str, str | None], ...] = ()
    rest: tuple[str, ...] = ()
    search: tuple[str, ...] = ()  # folders that the operator puts on the import path
    seconds: float = SECONDS
    tree: tuple[Answer, ...] = ()  # all files of the run, whichever of them are asked for

    def document(self, root: Path) -> bytes:
        fields = ("kind", "name", "files", "arguments", "rest", "search", "tree")
        return json.dumps({**{name: getattr(self, name) for name in fields}, "root": str(root)}).encode()


@contextmanager
def copied(blobs: Sequence[Blob]) -> Iterator[Path]:
    """The tree in a folder of its own, for as long as it is needed."""
    with tempfile.TemporaryDirectory(prefix="ssot-run-", ignore_cleanup_errors=True) as folder:
        root = Path(folder).resolve()
        for blob in blobs:
            target = root / blob.path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(blob.data)
        yield root


def answers(request: Request, root: Path, jobs: int, done: Callable[[int], None]) -> tuple[str, list[Answer]]:
    """What the codemod says of itself, and an answer for each file in the order of the request."""
    request = replace(request, tree=request.files)
    jobs = max(1, min(jobs, len(request.files) // _FEW))
    crew = _Crew(done)
    with ThreadPoolExecutor(jobs) as pool:
        parts = [replace(request, files=request.files[number::jobs]) for number in range(jobs)]
        futures = [pool.submit(_part, part, root, crew) for part in parts]
        try:
            _wait_for(futures)
        finally:
            crew.stop()
    found = _results(futures)
    by_path = {answer["path"]: answer for _, part in found for answer in part}
    return found[0][0], [by_path[file["path"]] for file in request.files]


def _wait_for(futures: Sequence[Future[Any]]) -> None:
    while not wait(futures, _TICK, FIRST_EXCEPTION).done >= set(futures):
        if any(future.done() and future.exception() for future in futures):
            return


def _results(futures: Sequence[Future[Any]]) -> list[Any]:
    errors = [error for future in futures if (error := future.exception()) is not None]
    for error in errors:
        if not isinstance(error, _StoppedError):
            raise error
    return [future.result() for future in futures]


class _StoppedError(Exception):
    """No more processes are wanted."""


class _Crew:
    """The processes of one run: counted, and ended together."""

    def __init__(self, done: Callable[[int], None]) -> None:
        self._done, self._number, self._lock = done, 0, threading.Lock()
        self._stopped = False
        self._working: set[subprocess.Popen[bytes]] = set()

    def one_more(self) -> None:
        with self._lock:
            self._number += 1
            self._done(self._number)

    def start(self, root: Path, errors: IO[bytes]) -> subprocess.Popen[bytes]:
        with self._lock:
            if self._stopped:
                raise _StoppedError
            process = _started(root, errors)
            self._working.add(process)
            return process

    def end(self, process: subprocess.Popen[bytes]) -> None:
        with self._lock:
            self._working.discard(process)
        _kill(process)

    def stop(self) -> None:
        with self._lock:
            self._stopped = True
            for process in self._working:
                _kill(process)


def _started(root: Path, errors: IO[bytes]) -> subprocess.Popen[bytes]:
    # a session of its own: an interrupt at the terminal reaches this process alone, which then ends the others
    options: dict[str, Any] = {"start_new_session": True} if os.name == "posix" else {}
    return subprocess.Popen(
        [sys.executable, "-P", "-c", _PROGRAM, str(Path(ssot.__file__).parents[1])],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=errors,
        cwd=root,
        env=_environment(),
        **options,
    )


def _environment() -> dict[str, str]:
    """Without what could put the copied tree on the import path; with one hash seed, so that sets come in one order."""
    inherited = {name: value for name, value in os.environ.items() if not name.upper().startswith("PYTHON")}
    return {**inherited, "PYTHONHASHSEED": "0", "PYTHONDONTWRITEBYTECODE": "1", "PYTHONUTF8": "1"}


def _kill(process: subprocess.Popen[bytes]) -> None:
    """With the programs that it started."""
    with suppress(OSError):
        if os.name == "posix" and process.poll() is None:  # else the number may be another's by now
            os.killpg(process.pid, 9)
    process.kill()
    process.wait()


def _part(request: Request, root: Path, crew: _Crew) -> tuple[str, list[Answer]]:
    """One worker after the other, until all files have an answer."""
    found: list[Answer] = []
    said, lost, again = "", 0, False
    while len(found) < len(request.files) or not said:
        left = request.files[len(found) :]
        with _Worker(replace(request, files=left), root, crew) as worker:
            said = worker.said or " "
            got = list(_counted(worker.files(), crew))
        died = bool(got) and got[-1].get("code") == "codemod-crash"
        # what former files left behind may be the reason: it is tried once more in a fresh process
        again = died and len(got) > 1 and not again
        found += got[:-1] if again else got
        lost = lost + 1 if len(got) == 1 and got[0].get("code") in _LOST else 0
        if lost == _PATIENCE:
            found += [_given_up(file) for file in request.files[len(found) :]]
    return said.strip(), found


_LOST = ("codemod-crash", "codemod-timeout")


def _counted(found: Iterator[Answer], crew: _Crew) -> Iterator[Answer]:
    for answer in found:
        yield answer
        crew.one_more()


def _given_up(file: Answer) -> Answer:
    return _failed(file, "codemod-crash", f"not run: the {_PATIENCE} files before it each cost the process")


def _failed(file: Answer, code: str, reason: str) -> Answer:
    return {"path": file["path"], "status": "failed", "code": code, "reason": reason}


class _Worker:
    """One process; its answers come through a queue, so that waiting for one can end."""

    def __init__(self, request: Request, root: Path, crew: _Crew) -> None:
        self._request, self._root, self._crew = request, root, crew
        self._lines: queue.Queue[bytes] = queue.Queue()
        self._ended = False
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115  closed in __exit__
        try:
            self._process = crew.start(root, self._errors)
        except BaseException:
            self._errors.close()
            raise
        self._threads = [
            threading.Thread(target=self._read, daemon=True),
            threading.Thread(target=self._write, args=(request.document(root),), daemon=True),
        ]
        try:
            for thread in self._threads:
                thread.start()
            self.said = self._ready()
        except BaseException:
            self.__exit__()
            raise

    def _ready(self) -> str:
        first = self._next()
        if first is None and not self._ended:
            what = f"{self._request.name} took over {self._request.seconds:g} seconds before it had an answer"
            raise SsotError(what, "allow it more with --timeout")
        if first is None:
            what = f"{self._request.name} took its process down: {self._last_words()}"
            raise SsotError(what, "run it by itself to see why")
        if "ready" not in first:
            raise SsotError(first["error"], first.get("todo") or "check the name and its arguments")
        return str(first["ready"].get("description", ""))

    def __enter__(self) -> _Worker:
        return self

    def __exit__(self, *_: object) -> None:
        self._crew.end(self._process)
        for thread in self._threads:
            # they end with the process, unless a program that it started and set free holds its streams
            thread.join(_LET_GO)
        self._errors.close()

    def files(self) -> Iterator[Answer]:
        """An answer for each file up to the end, or to the file at which the process died or took too long."""
        for file in self._request.files:
            answer = self._next()
            if answer is None:
                yield self._lost(file)
                return
            yield answer

    def _lost(self, file: Answer) -> Answer:
        if self._ended:
            return _failed(file, "codemod-crash", f"took the process down: {self._last_words()}")
        return _failed(file, "codemod-timeout", f"took over {self._request.seconds:g} seconds")

    def _next(self) -> Answer | None:
        """The next answer; None where the process ended or took too long."""
        try:
            line = self._lines.get(timeout=self._request.seconds)
            found = json.loads(line)
        except queue.Empty:
            return None
        except ValueError:  # the end, or half an answer
            self._ended = True
            return None
        return {key: self._told(value) for key, value in found.items()} if isinstance(found, dict) else None

    def _told(self, value: Any) -> Any:
        """What it says, without the folder of the copy: that has another name each time. (Base64 can't hold it.)"""
        if isinstance(value, str):
            return value.replace(f"{self._root}{os.sep}", "").replace(str(self._root), ".")
        if isinstance(value, list):
            return [self._told(one) for one in value]
        return {key: self._told(one) for key, one in value.items()} if isinstance(value, dict) else value

    def _write(self, document: bytes) -> None:
        assert self._process.stdin is not None
        with suppress(OSError), self._process.stdin as stream:  # where it died, its answers end
            stream.write(document)

    def _read(self) -> None:
        assert self._process.stdout is not None
        with self._process.stdout as stream:
            for line in stream:
                self._lines.put(line)
        self._lines.put(b"")

    def _last_words(self) -> str:
        """How the process ended, in its own words where it left any."""
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(_TICK)
        self._errors.seek(0, os.SEEK_END)
        self._errors.seek(max(0, self._errors.tell() - 4000))
        lines = [line for line in self._errors.read().decode("utf-8", "replace").splitlines() if line.strip()]
        code = self._process.poll()
        ended = f"signal {-code}" if code is not None and code < 0 else f"exit code {code}"
        return str(self._told(f"{lines[-1].strip()} ({ended})" if lines else ended))
