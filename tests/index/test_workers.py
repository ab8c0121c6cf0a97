"""The facts do not depend on how many processes find them, and no file takes the others with it."""

from __future__ import annotations

import os

import pytest

from ssot.index import workers
from ssot.index.facts import FileFacts
from ssot.index.workers import all_facts
from ssot.values import Blob

ODD = [
    b"",
    b"def (",
    b"\xff",
    b"x = 1\0",
    b"from a import (b,\n c)\n",
    b"try:\n    import a\nexcept ImportError: pass\n",
]
BLOBS = [Blob(f"m{number}.py", ODD[number % len(ODD)] + b"# %d\n" % number) for number in range(650)]


def nothing(done: int, total: int) -> None:
    pass


def test_one_process_and_two_find_the_same_and_report_to_the_end() -> None:
    one: list[tuple[int, int]] = []
    two: list[tuple[int, int]] = []
    found = {
        1: all_facts(BLOBS, 1, lambda done, total: one.append((done, total))),
        2: all_facts(BLOBS, 2, lambda done, total: two.append((done, total))),
    }
    assert found[1] == found[2]
    assert [facts.path for facts in found[1]] == [blob.path for blob in BLOBS]
    assert one[-1] == two[-1] == (650, 650)


def test_few_files_need_no_workers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "ProcessPoolExecutor", None)
    assert len(all_facts(BLOBS[:50], 8, nothing)) == 50
    assert len(all_facts(BLOBS, 1, nothing)) == 650


def _dies(path: str, data: bytes) -> FileFacts:
    if path == "m3.py":
        os._exit(11)
    return FileFacts(path)


def _chunk(chunk: list[Blob]) -> list[FileFacts]:
    return [_dies(blob.path, blob.data) for blob in chunk]


def test_a_file_that_takes_its_worker_down_is_the_only_one_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "_FEW", 4)
    monkeypatch.setattr(workers, "_CHUNK", 2)
    monkeypatch.setattr(workers, "_chunk_facts", _chunk)
    monkeypatch.setattr(workers, "facts_of", _dies)
    found = all_facts(BLOBS[:6], 2, nothing)
    assert [facts.path for facts in found] == [blob.path for blob in BLOBS[:6]]
    assert [facts.problem.code if facts.problem else "" for facts in found].count("crash") == 1
    assert found[3].problem is not None
