"""Runs the worker: several at once, each file under a time limit; one that dies costs the file it was at."""

from __future__ import annotations

import json
import queue
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, Any

from ssot.values import Blob, SsotError

SECONDS = 120.0  # for one file, the start of the process included
Answer = Mapping[str, Any]


@dataclass(frozen=True)
class Request:
    """What is to be run on which files."""

    kind: str  # "libcst" or "bowler"
    name: str
    files: tuple[Answer, ...]  # path, module, package
    arguments: tuple[tuple[str, str], ...] = ()
    rest: tuple[str, ...] = ()
    search: tuple[str, ...] = ()  # folders that the operator puts on the import path
    seconds: float = SECONDS

    def document(self, root: Path) -> bytes:
        fields = ("kind", "name", "files", "arguments", "rest", "search")
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
    parts = [request.files[number::jobs] for number in range(max(1, jobs))]
    counted = _Counter(done)
    with ThreadPoolExecutor(len(parts)) as pool:
        found = list(pool.map(lambda part: _part(replace(request, files=part), root, counted), parts))
    by_path = {answer["path"]: answer for _, part in found for answer in part}
    return found[0][0], [by_path[file["path"]] for file in request.files]


class _Counter:
    def __init__(self, done: Callable[[int], None]) -> None:
        self._done, self._number, self._lock = done, 0, threading.Lock()

    def one_more(self) -> None:
        with self._lock:
            self._number += 1
            self._done(self._number)


def _part(request: Request, root: Path, counted: _Counter) -> tuple[str, list[Answer]]:
    """One worker after the other, until all files have an answer."""
    found: list[Answer] = []
    while True:
        with _Worker(replace(request, files=request.files[len(found) :]), root) as worker:
            for answer in worker.files():
                found.append(answer)
                counted.one_more()
        if len(found) == len(request.files):
            return worker.said, found


class _Worker:
    """One process; its answers come through a queue, so that waiting for one can end."""

    def __init__(self, request: Request, root: Path) -> None:
        self._request = request
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115  closed in __exit__
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "ssot.bridge.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            cwd=root,
        )
        self._lines: queue.Queue[bytes] = queue.Queue()
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        threading.Thread(target=self._read, args=(self._process.stdout,), daemon=True).start()
        try:
            self._process.stdin.write(request.document(root))
            self._process.stdin.close()
        except OSError:
            pass  # it died; its answers end
        first = self._next() or {}
        if "ready" not in first:
            self.__exit__()
            raise SsotError(
                first.get("error") or f"the codemod's process ended: {self._last_words()}",
                "check the name and its arguments",
            )
        self.said = str(first["ready"].get("description", ""))

    def __enter__(self) -> _Worker:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()

    def files(self) -> Iterator[Answer]:
        """An answer for each file up to the end, or to the file at which the process died or took too long."""
        for file in self._request.files:
            answer = self._next()
            if answer is None:
                hangs = self._process.poll() is None
                code, why = (
                    ("codemod-timeout", f"took over {self._request.seconds:g} seconds")
                    if hangs
                    else ("codemod-crash", f"took the process down: {self._last_words()}")
                )
                yield {"path": file["path"], "status": "failed", "code": code, "reason": why}
                return
            yield answer

    def _next(self) -> Answer | None:
        try:
            line = self._lines.get(timeout=self._request.seconds)
        except queue.Empty:
            return None
        return json.loads(line) if line else None

    def _read(self, stream: IO[bytes]) -> None:
        for line in stream:
            self._lines.put(line)
        self._process.wait()
        self._lines.put(b"")

    def _last_words(self) -> str:
        if self._errors.closed:
            return ""
        self._errors.seek(0)
        lines = [line for line in self._errors.read()[-4000:].decode("utf-8", "replace").splitlines() if line.strip()]
        return lines[-1] if lines else f"exit code {self._process.returncode}"
