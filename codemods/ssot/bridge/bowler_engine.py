"""A Bowler script or fixer class, run over the whole copy at once; each file's answer is what became of it there.

Bowler writes through a text patch of lines without their ends; here the text that its syntax tree gives is kept instead, so
that line ends, encodings and a missing final newline survive.
"""

from __future__ import annotations

import base64
import importlib
import re
import runpy
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ssot.bridge.grammar import construct_at
from ssot.bridge.worker import Answer, UsageError

_HUNK = re.compile(r"^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@", re.MULTILINE)
_CONTEXT = re.compile(r"context=\(.*?, \((\d+), (\d+)\)\)")


@dataclass
class _Run:
    """What happened to each file, by its path in the copy."""

    root: Path
    before: dict[str, bytes]
    failed: dict[str, tuple[str, str]] = field(default_factory=dict)  # path -> code, reason

    def key(self, filename: str) -> str:
        path = Path(filename)
        return (path if path.is_absolute() else self.root / path).resolve().relative_to(self.root).as_posix()

    def fail(self, filename: str, code: str, reason: str) -> None:
        self.failed.setdefault(self.key(filename), (code, reason))

    def answer(self, file: Answer) -> Answer:
        path = file["path"]
        if path in self.failed:
            code, reason = self.failed[path]
            return {"status": "failed", "code": code, "reason": reason}
        try:
            after = (self.root / path).read_bytes()
        except OSError as error:
            return {"status": "failed", "code": "codemod-error", "reason": f"the script took the file away: {error}"}
        return {"status": "done", "before": _text(self.before[path]), "after": _text(after)}


def open_script(request: Answer) -> tuple[Answer, Callable[[Answer], Answer]]:
    """Runs the script at once; what is returned only looks up a file's outcome."""
    bowler = _bowler()
    root = Path(request["root"])
    run = _Run(root, {file["path"]: (root / file["path"]).read_bytes() for file in request["files"]})
    queries = _take_over(bowler, run)
    namespace = _execute(request["name"], request["rest"])
    _execute_the_rest(bowler, queries, namespace)
    return {"description": (namespace.get("__doc__") or "").strip()}, run.answer


def _bowler() -> Any:
    try:
        return importlib.import_module("bowler")
    except ImportError as error:
        raise UsageError(
            f"Bowler can't be imported: {error}", "install it: python -m pip install 'bowler==0.9.0'"
        ) from error


def _execute(name: str, rest: list[str]) -> dict[str, Any]:
    """The script's names after it ran as the main program; or the one fixer that was named."""
    module, colon, attribute = name.partition(":")
    try:
        if colon and not Path(name).exists():
            return {attribute: getattr(importlib.import_module(module), attribute)}
        sys.argv = [name, *(rest or ["."])]
        sys.path.insert(0, str(Path(name).parent))
        return runpy.run_path(name, run_name="__main__")
    except SystemExit as end:
        if end.code not in (None, 0):
            raise UsageError(f"the script ended with {end.code!r}") from end
        return {}
    except UsageError:
        raise
    except Exception as error:
        raise UsageError(f"the script fails: {type(error).__name__}: {error}") from error


def _execute_the_rest(bowler: Any, queries: list[Any], namespace: dict[str, Any]) -> None:
    """Queries that the script makes and leaves to others to execute; fixer classes of its own."""
    base: type = importlib.import_module("fissix.fixer_base").BaseFix
    for query in queries:
        if query.retcode is None and query.transforms:
            query.execute()
    for value in namespace.values():
        mine = isinstance(value, type) and issubclass(value, base) and value.__module__ != base.__module__
        if mine and not value.__module__.startswith(("bowler", "fissix")):
            bowler.Query(".").fixer(value).execute()


def _take_over(bowler: Any, run: _Run) -> list[Any]:
    """Every way to execute a query does the same now: all hunks accepted, nothing asked, the copy changed."""
    tool = _tool(run)
    made: list[Any] = []
    original = bowler.Query.__init__
    execute = bowler.Query.execute
    module = importlib.import_module("bowler.query")

    def initialise(query: Any, *paths: Any, **options: Any) -> None:
        original(query, *paths, **options)
        query.paths = [_inside(path, run.root) for path in query.paths] or ["."]
        made.append(query)

    def collect(query: Any, **options: Any) -> Any:
        options.update(interactive=False, write=True, silent=True, in_process=True)
        return execute(query, **options)

    create = bowler.Query.create_fixer
    base: type = importlib.import_module("fissix.fixer_base").BaseFix

    def create_fixer(query: Any, transform: Any) -> Any:
        fixer = transform.fixer
        # Bowler makes a fixer without its two arguments, which a class that derives from BaseFix does not survive
        whole = (
            isinstance(fixer, type) and issubclass(fixer, base) and not transform.filters and not transform.callbacks
        )
        return fixer if whole else create(query, transform)

    bowler.Query.create_fixer = create_fixer
    module.BowlerTool = tool  # type: ignore[attr-defined]
    bowler.Query.__init__ = initialise
    bowler.Query.execute = collect
    bowler.Query.dump = lambda query, *_, **__: query  # shows trees, changes nothing
    return made


def _inside(path: str, root: Path) -> str:
    found = (root / path).resolve()
    if not found.is_relative_to(root):
        raise UsageError(f"the script names {path}, which is not below the repository; give paths relative to its root")
    return str(found)


def _tool(run: _Run) -> type:
    """Bowler's tool, with its reading and writing replaced."""
    base: Any = importlib.import_module("bowler.tool").BowlerTool

    class Tool(base):  # type: ignore[misc]
        texts: dict[str, tuple[str, str, str, bool]]  # by file name: before, after, encoding, a final newline was added

        def refactor_file(self, filename: str, *_: Any, **__: Any) -> Any:
            self.texts = getattr(self, "texts", {})
            if run.key(filename) not in run.before:
                return []
            try:
                return self._refactored(filename)
            except Exception as error:
                run.fail(filename, "codemod-error", f"{type(error).__name__}: {str(error).partition(chr(10))[0]}")
                raise

        def _refactored(self, filename: str) -> Any:
            text, encoding = self._read_python_source(filename)
            added = not text.endswith("\n")
            full = text + "\n" if added else text
            tree = self.refactor_string(full, filename)
            if tree is None:
                return []
            self.texts[filename] = (full, str(tree), encoding, added)
            return self.processed_file(str(tree), filename, full)

        def log_error(self, msg: str, *args: Any, **_: Any) -> None:
            if msg.startswith("Can't parse") and len(args) == 3:
                run.fail(args[0], "bowler-parse", _stopped(run, args[0], str(args[2])))

        def apply_hunks(self, accepted_hunks: str, filename: str) -> None:
            if accepted_hunks:
                before, after, encoding, added = self.texts[filename]
                text = "".join(_accepted(before.splitlines(True), after.splitlines(True), accepted_hunks))
                text = text.removesuffix("\n") if added and text.endswith("\n") else text
                Path(filename).write_bytes(text.encode(encoding))

    return Tool


def _accepted(before: list[str], after: list[str], hunks: str) -> Iterator[str]:
    """The old lines, with those of each accepted hunk replaced."""
    position = 0
    for found in _HUNK.finditer(hunks):
        first, count, low, size = (int(number) if number is not None else 1 for number in found.groups())
        start, begin = (first - 1 if count else first), (low - 1 if size else low)
        yield from before[position:start]
        yield from after[begin : begin + size]
        position = start + count
    yield from before[position:]


def _stopped(run: _Run, filename: str, message: str) -> str:
    found = _CONTEXT.search(message)
    if not found:
        return f"Bowler's grammar can't read it: {message[:120]}"
    what = construct_at(run.before[run.key(filename)], int(found[1]), int(found[2]))
    return f"Bowler's grammar stops at line {found[1]}: {what}"


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")
