"""Tasks for worker processes, most of them deadly."""

from __future__ import annotations

import ctypes
import os
import time
from pathlib import Path

from ssot.index.facts import FileFacts
from ssot.index.reading import analysed
from ssot.values import Blob


def task(name: str) -> str:
    """What `name` says, or `name` twice."""
    if name.startswith("once:"):
        _once(Path(name.removeprefix("once:")))
    {"exit": _exit, "segfault": _segfault, "hang": _hang, "memory": _memory, "noise": _noise}.get(name, int)()
    return name * 2


def file_task(blob: Blob) -> FileFacts:
    """The facts of a file, if its content does not say otherwise."""
    task(blob.data.decode("utf-8", "replace").partition("\n")[0].removeprefix("# "))
    return analysed(blob)


def _exit() -> None:
    os._exit(3)


def _segfault() -> None:
    ctypes.string_at(0)


def _hang() -> None:
    while True:
        time.sleep(0)


def _memory() -> None:
    held = []
    while True:
        held.append(bytearray(10_000_000))


def _noise() -> None:
    print("noise")
    os.write(1, b"noise")
    os.write(2, b"noise")


def _once(marker: Path) -> None:
    if not marker.exists():
        marker.touch()
        os._exit(9)
