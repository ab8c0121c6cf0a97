"""Unified diffs that `git apply` accepts, built from the edits themselves.

A line ends at LF alone, as git sees it: a lone CR, a form feed or a line separator is content. difflib compares only
the lines that edits touch, so that the size of a file does not matter.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import accumulate

from ssot.deliver.files import FileEdits, check_created, file_edits
from ssot.deliver.objects import EXECUTABLE, REGULAR
from ssot.index.source import Source, decode
from ssot.values import ChangeSet, Edit, FileKind, Plan, Snapshot

CONTEXT = 3
_MAX_COMPARED = 2000  # lines a side; SequenceMatcher is quadratic at worst
_ESCAPES = {7: "\\a", 8: "\\b", 9: "\\t", 10: "\\n", 11: "\\v", 12: "\\f", 13: "\\r", 34: '\\"', 92: "\\\\"}


@dataclass(frozen=True, slots=True)
class Change:
    """Lines ``start:end`` before become lines ``new_start:new_end`` after; counted from 0."""

    start: int
    end: int
    new_start: int
    new_end: int


@dataclass(frozen=True, slots=True)
class FileDiff:
    """One file before and after, as lines, and where they differ."""

    path: str
    before: Sequence[bytes]
    after: Sequence[bytes]
    changes: tuple[Change, ...]
    kind: FileKind = FileKind.MODIFIED
    mode: str = REGULAR  # of a file that is created or deleted

    @property
    def insertions(self) -> int:
        return sum(change.new_end - change.new_start for change in self.changes)

    @property
    def deletions(self) -> int:
        return sum(change.end - change.start for change in self.changes)

    def patch(self) -> bytes:
        """The file's part of a patch; empty where nothing differs."""
        if not self.changes and self.kind is FileKind.MODIFIED:
            return b""
        return _header(self) + b"".join(_hunk(self, group) for group in _groups(self.changes))


def unified_diff(path: str, before: bytes, after: bytes) -> bytes:
    """The patch that turns `before` into `after`."""
    old, new = split_lines(before), split_lines(after)
    return FileDiff(path, old, new, tuple(_compare(old, new, 0, len(old), 0, len(new)))).patch()


def plan_patch(snapshot: Snapshot, plan: Plan) -> bytes:
    """The whole plan, one diff a file, files sorted."""
    return _patch(snapshot, plan.change_sets)


def change_set_patch(snapshot: Snapshot, change_set: ChangeSet) -> bytes:
    """One change set alone, on the base."""
    return _patch(snapshot, (change_set,))


def _patch(snapshot: Snapshot, change_sets: Iterable[ChangeSet]) -> bytes:
    change_sets = tuple(change_sets)
    check_created(snapshot, change_sets)
    return b"".join(edits_diff(one).patch() for one in file_edits(snapshot, change_sets).values())


def edits_diff(file: FileEdits) -> FileDiff:
    """The difference that edits make, looked for only where they are."""
    data = file.blob.data
    before, after = split_lines(data), split_lines(file.after())
    mode = EXECUTABLE if file.blob.executable else REGULAR
    if file.kind is FileKind.MODIFIED:
        ordered = sorted(file.edits, key=lambda edit: (edit.start, edit.end))
        changes = tuple(_changes(data, before, after, ordered))
    else:
        changes = tuple(_compare(before, after, 0, len(before), 0, len(after)))
    return FileDiff(file.path, before, after, changes, file.kind, mode)


def split_lines(data: bytes) -> list[bytes]:
    if b"\r" not in data:
        return data.splitlines(keepends=True)  # several times faster, but it also ends lines at CR
    lines = data.split(b"\n")
    last = lines.pop()
    return [*(line + b"\n" for line in lines), *([last] if last else [])]


def _changes(data: bytes, before: list[bytes], after: list[bytes], edits: Sequence[Edit]) -> Iterator[Change]:
    """Each run of touched lines is compared with what it became; all other lines are the same by construction."""
    shift = 0  # how many lines later the text stands after the edits so far
    for start, end, added in _regions(data, before, edits):
        # counting from the end where the last line is concerned: a missing final newline makes line counts ambiguous
        new_end = len(after) if end == len(before) else end + shift + added
        yield from _compare(before, after, start, end, start + shift, new_end)
        shift += added


def _regions(data: bytes, before: list[bytes], edits: Sequence[Edit]) -> Iterator[tuple[int, int, int]]:
    """Disjoint runs of touched lines ``start:end``, and how many lines each gains."""
    starts = _line_starts(before)
    source = decode("", data) if edits else None
    encoding = source.encoding if isinstance(source, Source) else "utf-8"
    current: tuple[int, int, int] | None = None
    for edit in edits:
        # the line that holds the end belongs to it: an edit that removes a line break joins two lines
        first, last = bisect_right(starts, edit.start) - 1, bisect_right(starts, edit.end)
        gained = edit.new.encode(encoding).count(b"\n") - data.count(b"\n", edit.start, edit.end)
        if current and (first < current[1] or current[1] == len(before)):
            current = (current[0], max(current[1], min(last, len(before))), current[2] + gained)
            continue
        if current:
            yield current
        current = (first, min(last, len(before)), gained)
    if current:
        yield current


def _line_starts(lines: Sequence[bytes]) -> list[int]:
    starts = list(accumulate(map(len, lines), initial=0))
    # what is appended to a last line without a line break belongs to that line
    return starts if not lines or lines[-1].endswith(b"\n") else starts[:-1]


def _compare(
    old: Sequence[bytes], new: Sequence[bytes], start: int, end: int, new_start: int, new_end: int
) -> Iterator[Change]:
    """What differs between two runs of lines."""
    while start < end and new_start < new_end and old[start] == new[new_start]:
        start, new_start = start + 1, new_start + 1
    while start < end and new_start < new_end and old[end - 1] == new[new_end - 1]:
        end, new_end = end - 1, new_end - 1
    if start == end and new_start == new_end:
        return
    if start == end or new_start == new_end or max(end - start, new_end - new_start) > _MAX_COMPARED:
        yield Change(start, end, new_start, new_end)
        return
    matcher = SequenceMatcher(None, old[start:end], new[new_start:new_end], autojunk=False)
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        if tag != "equal":
            yield Change(start + i1, start + i2, new_start + j1, new_start + j2)


def _groups(changes: Iterable[Change]) -> Iterator[list[Change]]:
    """Changes whose context would touch share a hunk."""
    group: list[Change] = []
    for change in changes:
        if group and change.start - group[-1].end > 2 * CONTEXT:
            yield group
            group = []
        group.append(change)
    if group:
        yield group


def _hunk(diff: FileDiff, group: Sequence[Change]) -> bytes:
    first, last = group[0], group[-1]
    lead = min(CONTEXT, first.start)
    trail = min(CONTEXT, len(diff.before) - last.end)
    old = _range(first.start - lead, last.end + trail)
    new = _range(first.new_start - lead, last.new_end + trail)
    pieces = [f"@@ -{old} +{new} @@\n".encode()]
    position = first.start - lead
    for change in group:
        pieces += _marked(b" ", diff.before[position : change.start])
        pieces += _marked(b"-", diff.before[change.start : change.end])
        pieces += _marked(b"+", diff.after[change.new_start : change.new_end])
        position = change.end
    pieces += _marked(b" ", diff.before[position : last.end + trail])
    return b"".join(pieces)


def _marked(mark: bytes, lines: Iterable[bytes]) -> Iterator[bytes]:
    for line in lines:
        yield mark + line if line.endswith(b"\n") else mark + line + b"\n\\ No newline at end of file\n"


def _range(start: int, end: int) -> str:
    length = end - start
    if length == 1:
        return str(start + 1)
    # an empty range names the line before it
    return f"{start + 1 if length else start},{length}"


def _header(diff: FileDiff) -> bytes:
    old, new = quote_path(f"a/{diff.path}"), quote_path(f"b/{diff.path}")
    lines = [f"diff --git {old} {new}"]
    if diff.kind is not FileKind.MODIFIED:
        lines.append(f"{'new' if diff.kind is FileKind.CREATED else 'deleted'} file mode {diff.mode}")
    if diff.changes:
        # without the tab a reader takes what follows a space for a time stamp
        tab = "\t" if " " in diff.path else ""
        lines.append("--- /dev/null" if diff.kind is FileKind.CREATED else f"--- {old}{tab}")
        lines.append("+++ /dev/null" if diff.kind is FileKind.DELETED else f"+++ {new}{tab}")
    return "".join(f"{line}\n" for line in lines).encode()


def quote_path(path: str) -> str:
    """A path as git writes it: in C quotes with octal escapes where it is not plain ASCII."""
    quoted = "".join(_ESCAPES.get(byte) or _letter(byte) for byte in path.encode("utf-8"))
    return path if quoted == path else f'"{quoted}"'


def _letter(byte: int) -> str:
    return chr(byte) if 32 <= byte < 127 else f"\\{byte:03o}"
