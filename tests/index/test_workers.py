"""Processes that crash, hang or run out of memory cost the one item they are at."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from index.deadly import task
from ssot.index import workers
from ssot.index.limits import Limits
from ssot.index.workers import End, Lost, Pool, WorkersUnavailableError

SHORT = Limits(seconds=5.0, memory=2**30)
PATIENT = Limits(seconds=30.0, memory=2**30)
needs_proc = pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="looks at processes in /proc")


def results(items: list[str], chunk: int = 3, jobs: int = 2, limits: Limits = PATIENT) -> list[str | Lost]:
    chunks = [range(start, min(start + chunk, len(items))) for start in range(0, len(items), chunk)]
    found = dict(Pool(task, jobs, limits).results(items, chunks))
    return [found[number] for number in range(len(items))]


def children() -> set[int]:
    """Processes that this one has started and that are still there, zombies included."""
    me = os.getpid()
    return {pid for pid, parent in _parents() if parent == me}


def _parents() -> Iterator[tuple[int, int]]:
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        yield int(folder.name), int(fields[1])


@pytest.mark.parametrize("deadly", ["exit", "segfault", "memory"])
def test_an_item_that_ends_its_process_is_the_only_one_lost(deadly: str) -> None:
    """Whatever the place in the chunk, before and behind it everything is there."""
    items = [deadly, "a", "b", "c", deadly, "d", "e", "f", deadly]
    found = results(items)
    assert [one for one in found if isinstance(one, str)] == ["aa", "bb", "cc", "dd", "ee", "ff"]
    assert {one.end for one in found if isinstance(one, Lost)} == {End.CRASH}


def test_an_item_that_does_not_end_is_given_up_and_the_rest_done() -> None:
    found = results(["a", "hang", "b", "c"], jobs=1, limits=SHORT)
    assert [one.end if isinstance(one, Lost) else one for one in found] == ["aa", End.TIMEOUT, "bb", "cc"]


def test_what_is_printed_does_not_get_in_the_way() -> None:
    assert results(["noise", "a", "noise"]) == ["noisenoise", "aa", "noisenoise"]


def test_a_process_that_somebody_else_ended_is_started_again(tmp_path: Path) -> None:
    """A crash counts only when it happens twice."""
    name = f"once:{tmp_path / 'marker'}"
    assert results([name, "a"], jobs=1) == [name * 2, "aa"]


def test_nothing_to_do_starts_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "_PROGRAM", "raise SystemExit(1)")
    assert results([]) == []


@pytest.mark.parametrize("program", ["raise SystemExit(1)", "pass", "import sys; print('noise', flush=True)"])
def test_processes_that_do_not_start_are_told_from_deadly_items(program: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "_PROGRAM", program)
    with pytest.raises(WorkersUnavailableError):
        results(["a"])


def test_an_interpreter_that_is_not_there_is_no_deadly_item(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/nonexistent/python")
    with pytest.raises(WorkersUnavailableError):
        results(["a"])


@needs_proc
def test_nothing_is_left_behind_whether_all_results_are_wanted_or_not() -> None:
    before = children()
    results(["a", "exit", "b"])
    stopped = Pool(task, 2, SHORT).results(["a", "hang"], [[0], [1]])
    assert next(stopped) == (0, "aa")
    stopped.close()
    assert children() == before
    assert not [thread for thread in threading.enumerate() if thread.name == "ssot-worker"]


HELD = """
import sys
sys.path[:] = {path!r}
from index.deadly import task
from ssot.index.limits import Limits
from ssot.index.recursion import on_large_stack
from ssot.index.workers import Pool

def work():
    for number, _ in Pool(task, 2, Limits({seconds}, 2**31)).results(["a", "b", "hang", "hang"], [[0], [1], [2], [3]]):
        print(number, flush=True)

try:
    on_large_stack(work)
except KeyboardInterrupt:
    print("interrupted", flush=True)
    sys.exit(130)
"""


def held(seconds: float) -> subprocess.Popen[bytes]:
    """A program whose worker processes hang."""
    program = HELD.format(path=sys.path, seconds=seconds)
    process = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, start_new_session=True)
    assert process.stdout is not None
    assert {process.stdout.readline(), process.stdout.readline()} == {b"0\n", b"1\n"}
    time.sleep(0.3)
    return process


def descendants(pid: int) -> set[int]:
    return {one for one, parent in _parents() if parent == pid}


def gone(pids: set[int], seconds: float) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if pids.isdisjoint(pid for pid, _ in _parents()):
            return True
        time.sleep(0.05)
    return False


@needs_proc
def test_an_interrupt_ends_the_processes_too() -> None:
    process = held(60)
    workers_of_it = descendants(process.pid)
    assert len(workers_of_it) == 2
    os.killpg(process.pid, signal.SIGINT)
    assert process.stdout is not None
    assert process.stdout.read() == b"interrupted\n"
    assert process.wait(300) == 130
    process.stdout.close()
    assert gone(workers_of_it, 200)


@needs_proc
def test_processes_end_by_themselves_when_nobody_waits_for_them_any_more() -> None:
    """Also where they hang: the one that started them can be killed at any moment."""
    process = held(1.5)
    workers_of_it = descendants(process.pid)
    process.kill()
    process.wait()
    assert process.stdout is not None
    process.stdout.close()
    assert gone(workers_of_it, 200)


def test_workers_import_nothing_from_the_current_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The current folder is the repository that is looked at, and none of its code may run."""
    for name in (
        "pickle",
        "ast",
        "re",
        "multiprocessing",
        "signal",
        "sitecustomize",
        "usercustomize",
        "struct",
        "ssot",
    ):
        (tmp_path / f"{name}.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w').close()\n")
    monkeypatch.chdir(tmp_path)
    assert results(["a", "exit", "b"])[::2] == ["aa", "bb"]
    assert not (tmp_path / "ran").exists()
