from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from deliver.helpers import Sandbox, any_python, change_set, edit, make_plan
from ssot.deliver.diff import change_set_patch, edits_diff, plan_patch, quote_path, split_lines, unified_diff
from ssot.deliver.files import FileEdits
from ssot.deliver.snapshot import read_commit
from ssot.values import Blob, Edit, FileKind, SsotError

CASES = {
    "lf": (b"a\nb\nc\n", b"a\nB\nc\n"),
    "crlf": (b"a\r\nb\r\nc\r\n", b"a\r\nB\r\nc\r\n"),
    "lone cr": (b"a\rb\rc\n", b"a\rB\rc\n"),
    "mixed": (b"a\r\nb\nc\r", b"a\r\nB\nc\r"),
    "bom": (b"\xef\xbb\xbfa\nb\n", b"\xef\xbb\xbfa\nB\n"),
    "latin-1": (b"# coding: latin-1\nx = '\xe9'\n", b"# coding: latin-1\ny = '\xe9'\n"),
    "form feed and separators": (b"a\x0cb\n\x0b\x1c\n\xe2\x80\xa8x\n", b"A\x0cb\n\x0b\x1c\n\xe2\x80\xa8y\n"),
    "no final newline": (b"a\nb", b"a\nB"),
    "final newline lost": (b"a\nb\n", b"a\nb"),
    "final newline gained": (b"a\nb", b"a\nb\n"),
    "line appended without newline": (b"a\nb", b"a\nb\nc"),
    "emptied": (b"a\n", b""),
    "filled": (b"", b"a\n"),
    "first line": (b"a\nb\nc\nd\ne\n", b"x\na\nb\nc\nd\ne\n"),
    "last lines go": (b"a\nb\nc\nd\ne\nf\n", b"a\nb\nc\n"),
    "lines like headers": (b"-- a\n++ b\n@@ c\n", b"-- a\n++ B\n@@ c\n"),
}


@pytest.mark.parametrize("name", list(CASES))
def test_git_applies_it(repo: Sandbox, name: str) -> None:
    before, after = CASES[name]
    _check_applies(repo, "f.py", before, after, unified_diff("f.py", before, after))


@pytest.mark.parametrize(
    "path",
    [
        "with space.py",
        "é/ü.py",
        'quo"te.py',
        "back\\slash.py",
        "tab\there.py",
        "a b/é.py",
        "-x.py",
        "b/f.py",
        "日本.py",
    ],
)
def test_paths_are_quoted_as_git_quotes_them(repo: Sandbox, path: str) -> None:
    _check_applies(repo, path, b"a\n", b"b\n", unified_diff(path, b"a\n", b"b\n"))
    repo.write({path: b"a\n"})
    repo.git("add", "--all")
    repo.write({path: b"b\n"})
    ours = unified_diff(path, b"a\n", b"b\n").decode()
    headers = [line for line in repo.git("diff").splitlines() if line.startswith(("diff ", "--- ", "+++ "))]
    assert headers == [line for line in ours.splitlines() if line.startswith(("diff ", "--- ", "+++ "))]


def test_quoting() -> None:
    assert quote_path("plain/x.py") == "plain/x.py"
    assert quote_path("é.py") == '"\\303\\251.py"'


def test_nothing_changed_gives_no_patch() -> None:
    assert unified_diff("f.py", b"a\n", b"a\n") == b""


LINE = st.sampled_from([b"a", b"b", b"", b"x\r", b"\xef\xbb\xbf", b"\xc3\xa9", b"import a", b"\x0c"])
FILE = st.builds(
    lambda lines, last: b"\n".join(lines) + last, st.lists(LINE, max_size=30), st.sampled_from([b"", b"\n"])
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), before=FILE)
def test_patches_from_edits_give_what_the_edits_give(repo: Sandbox, data: st.DataObject, before: bytes) -> None:
    edits = data.draw(_edits(before))
    diff = edits_diff(FileEdits(Blob("f.py", before), tuple(edits), FileKind.MODIFIED))
    expected = _spliced(before, edits)
    assert b"".join(diff.after) == expected
    _check_applies(repo, "f.py", before, expected, diff.patch())
    assert len(diff.after) - len(diff.before) == diff.insertions - diff.deletions


@settings(max_examples=400, deadline=None)
@given(data=st.data(), before=FILE)
def test_changes_cover_every_difference(data: st.DataObject, before: bytes) -> None:
    diff = edits_diff(FileEdits(Blob("f.py", before), tuple(data.draw(_edits(before))), FileKind.MODIFIED))
    rebuilt, position, new_position = [], 0, 0
    for change in diff.changes:
        assert list(diff.before[position : change.start]) == list(diff.after[new_position : change.new_start])
        rebuilt += [*diff.before[position : change.start], *diff.after[change.new_start : change.new_end]]
        position, new_position = change.end, change.new_end
    assert [*rebuilt, *diff.before[position:]] == list(diff.after)


@st.composite
def _edits(draw: st.DrawFn, data: bytes) -> list[Edit]:
    # character borders: an edit never cuts one
    borders = [place for place in range(len(data) + 1) if place == len(data) or data[place] & 0xC0 != 0x80]
    borders = [
        place for place in borders if place >= 3 or not data.startswith(b"\xef\xbb\xbf") or place == 0 == len(data)
    ]
    if not borders:
        return []
    points = sorted(draw(st.lists(st.sampled_from(borders), max_size=8)))
    spans = list(zip(points[0::2], points[1::2], strict=False))
    new = st.text(alphabet="ab\n\ré", max_size=5)
    return [Edit(start, end, 1, data[start:end].decode(), draw(new)) for start, end in spans]


def _spliced(before: bytes, edits: list[Edit]) -> bytes:
    result = before
    for one in reversed(edits):
        result = result[: one.start] + one.new.encode() + result[one.end :]
    return result


def test_a_large_file_costs_no_more_than_reading_it() -> None:
    data = b"x = 1\n" * 200_000 + b"from shop.old import Engine\n" + b"x = 1\n" * 200_000
    started = time.process_time()
    patch = edits_diff(
        FileEdits(Blob("big.py", data), (edit(data, "shop.old", "shop.engine"),), FileKind.MODIFIED)
    ).patch()
    assert patch.count(b"\n") == 12
    assert b"@@ -199998,7 +199998,7 @@\n" in patch
    assert time.process_time() - started < 30  # quadratic would be hours


def test_a_changed_region_too_large_to_compare_is_replaced_whole() -> None:
    before, after = b"".join(b"a%d\n" % n for n in range(5000)), b"".join(b"b%d\n" % n for n in range(5000))
    assert unified_diff("f.py", before, after).count(b"\n-a") == 5000


def test_the_plan_and_each_change_set_apply_to_the_base(repo: Sandbox) -> None:
    snapshot = read_commit(repo.open(), "HEAD", any_python)
    plan = make_plan(snapshot)
    patch = plan_patch(snapshot, plan)
    repo.git("apply", "--check", "--index", "-", stdin=patch)
    files = [line.split(b" b/")[1] for line in patch.split(b"\n") if line.startswith(b"diff ")]
    assert files == [b"shop/a.py", b"shop/b.py", b"tool.py"]
    for one in plan.change_sets:
        repo.git("apply", "--check", "-", stdin=change_set_patch(snapshot, one))


def test_a_plan_that_does_not_fit_is_refused(repo: Sandbox) -> None:
    snapshot = read_commit(repo.open(), "HEAD", any_python)
    fits = change_set(snapshot, "engine", {"shop/a.py": [("shop.old", "shop.engine")]})
    repo.write({"shop/a.py": b"something else entirely, and longer than it was\n"})
    repo.commit("second")
    with pytest.raises(SsotError, match=r"does not fit shop/a\.py"):
        change_set_patch(read_commit(repo.open(), "HEAD", any_python), fits)
    with pytest.raises(SsotError, match="not a file of its base"):
        change_set_patch(read_commit(repo.open(), "HEAD", lambda path: path == "tool.py"), fits)


def test_lines_end_at_lf_alone() -> None:
    assert split_lines(b"a\r\n\x0cb\rc\n\nd") == [b"a\r\n", b"\x0cb\rc\n", b"\n", b"d"]


def _check_applies(repo: Sandbox, path: str, before: bytes, after: bytes, patch: bytes) -> None:
    target = repo.root / path
    repo.write({path: before})
    if patch:
        repo.git("apply", "--check", "-", stdin=patch)
        repo.git("apply", "--whitespace=nowarn", "-", stdin=patch)
    assert (target.read_bytes() if target.exists() else b"") == after
    _remove(target)


def _remove(target: Path) -> None:
    target.unlink(missing_ok=True)
