"""Runs one program after another, each in a process of its own; requests and answers are JSON lines.

Started as a script: it must import nothing but the standard library. Where the platform forks, a program costs a
fork; elsewhere, a new interpreter.
"""

from __future__ import annotations

import contextlib
import importlib.abc
import importlib.machinery
import importlib.util
import io
import json
import os
import select
import signal
import subprocess
import sys
import unittest.mock  # noqa: F401  # loaded once here instead of in every program that patches
from collections.abc import Mapping, Sequence
from types import CodeType, ModuleType

LIMIT = 20.0


class Finder(importlib.abc.MetaPathFinder, importlib.abc.InspectLoader):
    """Modules from a mapping of paths to sources, relative to one root."""

    def __init__(self, files: Mapping[str, str]) -> None:
        self.sources = {path.removesuffix(".py"): text.encode("latin-1") for path, text in files.items()}
        self.folders = {path[:at] for path in self.sources for at, sign in enumerate(path) if sign == "/"}

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        stem = fullname.replace(".", "/")
        package = f"{stem}/__init__" in self.sources
        if package or stem in self.sources:
            return importlib.machinery.ModuleSpec(fullname, self, origin=stem, is_package=package)
        if stem in self.folders:
            return importlib.machinery.ModuleSpec(fullname, None, is_package=True)
        return None

    def is_package(self, fullname: str) -> bool:
        return fullname.replace(".", "/") + "/__init__" in self.sources

    def get_source(self, fullname: str) -> str:
        return importlib.util.decode_source(self.data(fullname))

    def get_code(self, fullname: str) -> CodeType:
        return compile(self.data(fullname), f"{fullname}.py", "exec", dont_inherit=True)

    def data(self, fullname: str) -> bytes:
        stem = fullname.replace(".", "/")
        return self.sources[f"{stem}/__init__" if self.is_package(fullname) else stem]


def perform(request: Mapping[str, object]) -> dict[str, str]:
    """Run the program of a request in this process."""
    files, main = request["files"], request["main"]
    assert isinstance(files, dict)
    assert isinstance(main, str)
    sys.meta_path.insert(0, Finder(files))
    out, error = io.StringIO(), ""
    with contextlib.redirect_stdout(out):
        try:
            exec(compile(main, "main.py", "exec"), {"__name__": "__main__"})  # a program we generated
        except BaseException as problem:  # noqa: BLE001  # whatever the program does is an answer
            error = f"{type(problem).__name__}: {problem}"
    return {"out": out.getvalue(), "error": error}


def forked(request: Mapping[str, object]) -> dict[str, str]:
    reader, writer = os.pipe()
    child = os.fork()
    if not child:
        os.close(reader)
        with os.fdopen(writer, "w", encoding="utf-8") as pipe:
            json.dump(perform(request), pipe)
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader, encoding="utf-8") as pipe:
        ready = select.select([pipe], [], [], LIMIT)[0]
        if not ready:
            os.kill(child, signal.SIGKILL)
        text = pipe.read()
    os.waitpid(child, 0)
    answer: dict[str, str] = json.loads(text) if text else {"out": "", "error": "died or took too long"}
    return answer


def spawned(request: Mapping[str, object]) -> dict[str, str]:
    command = [sys.executable, "-I", __file__, "--once"]
    try:
        done = subprocess.run(
            command, input=json.dumps(request), capture_output=True, encoding="utf-8", timeout=LIMIT, check=True
        )
    except subprocess.SubprocessError:
        return {"out": "", "error": "died or took too long"}
    answer: dict[str, str] = json.loads(done.stdout)
    return answer


def serve() -> None:
    isolated = forked if hasattr(os, "fork") else spawned
    for line in sys.stdin:
        sys.stdout.write(json.dumps(isolated(json.loads(line))) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    if "--once" in sys.argv:
        sys.stdout.write(json.dumps(perform(json.loads(sys.stdin.read()))))
    else:
        serve()
