"""The facts do not depend on how many processes find them, and no file takes the others with it."""

from __future__ import annotations

import pytest

from index.deadly import file_task
from ssot.index import reading, workers
from ssot.index.facts import FileFacts
from ssot.index.limits import Limits
from ssot.index.reading import all_facts
from ssot.values import Blob

ODD = [
    b"",
    b"def (",
    b"\xff",
    b"x = 1\0",
    b"from a import (b,\n c)\n",
    b"try:\n    import a\nexcept ImportError: pass\n",
    b"x = " + b"(" * 5_000,
    b"x = " + b"[" * 70 + b"]" * 70 + b"\n",
]
BLOBS = [Blob(f"m{number}.py", ODD[number % len(ODD)] + b"# %d\n" % number) for number in range(650)]
SHORT = Limits(seconds=1.0, memory=2 * 2**30)


def nothing(done: int, total: int) -> None:
    pass


def codes(found: list[FileFacts]) -> list[str]:
    return [facts.problem.code if facts.problem else "" for facts in found]


def test_one_process_and_several_find_the_same_and_report_to_the_end() -> None:
    seen: dict[int, list[tuple[int, int]]] = {1: [], 2: [], 3: []}
    found = {
        jobs: all_facts(BLOBS, jobs, lambda done, total, jobs=jobs: seen[jobs].append((done, total))) for jobs in seen
    }
    assert found[1] == found[2] == found[3]
    assert [facts.path for facts in found[1]] == [blob.path for blob in BLOBS]
    assert {tuple(reports) for reports in seen.values()} == {tuple((number, 650) for number in range(1, 651))}


def test_few_harmless_files_need_no_process(monkeypatch: pytest.MonkeyPatch) -> None:
    harmless = [blob for blob in BLOBS if b"((" not in blob.data and b"[[" not in blob.data]
    monkeypatch.setattr(workers, "_started", None)
    assert len(all_facts(harmless[:50], 8, nothing)) == 50
    assert len(all_facts(harmless, 1, nothing)) == len(harmless)


@pytest.mark.parametrize("jobs", [1, 2])
@pytest.mark.parametrize(("deadly", "code"), [(b"exit", "crash"), (b"segfault", "crash"), (b"hang", "timeout")])
def test_a_suspicious_file_can_do_no_harm_even_where_there_is_one_process(
    deadly: bytes, code: str, jobs: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "analysed", file_task)
    bomb = Blob("bomb.py", b"# " + deadly + b"\nx = " + b"(" * 100 + b")" * 100 + b"\n")
    found = all_facts([Blob("a.py", b"import b\n"), bomb, Blob("c.py", b"import d\n")], jobs, nothing, SHORT)
    assert codes(found) == ["", code, ""]
    assert [len(facts.imports) for facts in found] == [1, 0, 1]


def test_a_deadly_file_among_many_is_the_only_one_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "analysed", file_task)
    blobs = [Blob(f"m{number}.py", b"# exit\n" if number == 317 else b"import a\n") for number in range(650)]
    found = all_facts(blobs, 2, nothing, SHORT)
    assert [number for number, code in enumerate(codes(found)) if code] == [317]
    assert all(facts.imports for number, facts in enumerate(found) if number != 317)


def test_where_no_process_can_be_started_the_files_are_analysed_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    expected = all_facts(BLOBS, 2, nothing)
    monkeypatch.setattr(workers, "_PROGRAM", "raise SystemExit(1)")
    assert all_facts(BLOBS, 2, nothing) == expected


def test_a_defect_of_our_own_costs_the_one_file_that_shows_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(path: str, data: bytes) -> FileFacts:
        if path == "b.py":
            raise AttributeError("nothing has no body")
        return FileFacts(path)

    monkeypatch.setattr(reading, "facts_of", broken)
    found = all_facts([Blob("a.py", b""), Blob("b.py", b""), Blob("c.py", b"")], 1, nothing)
    assert codes(found) == ["", "crash", ""]
    assert "defect of ssot" in found[1].problem.reason if found[1].problem else False


def test_a_limit_on_time_says_that_it_depends_on_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "analysed", file_task)
    (found,) = all_facts([Blob("a.py", b"# hang\n" + b"(" * 100)], 1, nothing, SHORT)
    assert found.problem is not None
    assert found.problem.reason == "analysing it took more than 1 s; a faster machine might do it"
