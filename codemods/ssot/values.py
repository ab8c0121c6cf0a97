"""The frozen values that pass between layers: edits, change sets, plans, findings.

Everything here is plain data. A value never knows how it was made nor how it is shown.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

SCHEMA_VERSION = 1


class Safety(StrEnum):
    """How sure the tool is of a change set."""

    SAFE = "safe"  # behaviour is shown to be kept
    UNSAFE = "unsafe"  # likely right, a person should look; needs --unsafe
    MANUAL = "manual"  # only shown


@dataclass(frozen=True, slots=True, order=True)
class Edit:
    """Bytes ``start:end`` of one file replaced.

    ``start`` and ``end`` count bytes of the file as it is at the plan's base, before any edit; ``line`` counts from 1.
    ``old`` and ``new`` are the bytes there, decoded with the file's own encoding.
    """

    start: int
    end: int
    line: int
    old: str
    new: str


class FileKind(StrEnum):
    """What a change set does to a file as a whole."""

    MODIFIED = "modified"
    CREATED = "created"  # one edit at 0:0 that holds the whole text
    DELETED = "deleted"  # one edit that takes the whole text away


@dataclass(frozen=True, slots=True)
class FileChange:
    """The edits of one change set in one file, by ascending ``start``, disjoint."""

    path: str
    edits: tuple[Edit, ...]
    kind: FileKind = FileKind.MODIFIED


@dataclass(frozen=True, slots=True)
class ChangeSet:
    """Edits that belong together and become one commit.

    Edits of all change sets of a plan are disjoint and all relative to the base, so that any subset can be applied.
    """

    id: str
    codemod: str
    title: str
    reason: str
    safety: Safety
    files: tuple[FileChange, ...]
    rules: tuple[str, ...] = ()

    @property
    def edit_count(self) -> int:
        return sum(len(change.edits) for change in self.files)


@dataclass(frozen=True, slots=True, order=True)
class Refusal:
    """A place the tool leaves alone, with the reason code that ``ssot explain CODE`` knows."""

    path: str
    line: int
    code: str
    symbol: str
    reason: str
    whole: bool = False  # a declared duplicate, factory or shim as a whole, not a single place: the run is partly done


@dataclass(frozen=True, slots=True)
class Ledger:
    """Where every occurrence of a governed path ended. The four outcomes add up to ``occurrences``."""

    occurrences: int = 0
    rewritten: int = 0
    shimmed: int = 0
    refused: int = 0
    ignored: int = 0
    ignored_by: tuple[tuple[str, int], ...] = ()  # (which setting or circumstance, how many), sorted

    def __post_init__(self) -> None:
        if self.rewritten + self.shimmed + self.refused + self.ignored != self.occurrences:
            raise ValueError(f"the ledger does not add up: {self}")
        if self.ignored_by and sum(count for _, count in self.ignored_by) != self.ignored:
            raise ValueError(f"the ledger's reasons do not add up: {self}")


@dataclass(frozen=True, slots=True)
class Plan:
    """The ordered change sets for one tree."""

    id: str  # hexadecimal digest of everything below; the same plan has the same id
    base: str | None  # commit id, None for a tree that is not a commit
    tree: str | None  # tree id of the base
    change_sets: tuple[ChangeSet, ...]
    refusals: tuple[Refusal, ...]
    ledger: Ledger

    @property
    def incomplete(self) -> bool:
        """Whether something that the manifest declares could not be done at all."""
        return any(refusal.whole for refusal in self.refusals)

    @property
    def paths(self) -> tuple[str, ...]:
        return tuple(sorted({change.path for change_set in self.change_sets for change in change_set.files}))


class Severity(StrEnum):
    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


class Fix(StrEnum):
    SAFE = "safe"
    UNSAFE = "unsafe"
    MANUAL = "manual"
    NONE = "none"


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """A rule broken at a place. Lines and columns count from 1; the end is exclusive, as in SARIF."""

    path: str
    line: int
    column: int
    end_line: int
    end_column: int
    rule: str
    message: str
    symbol: str
    severity: Severity
    fix: Fix
    fingerprint: str  # stable when lines above move


class PathStatus(StrEnum):
    CANONICAL = "canonical"
    APPROVED = "approved"
    FRAGMENTED = "fragmented"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class PathUse:
    """One import path of a symbol and how many places get it that way."""

    path: str  # object reference, package.module:Name
    uses: int
    status: PathStatus


@dataclass(frozen=True, slots=True)
class SymbolReport:
    """What the audit knows of one governed symbol."""

    canonical: str
    definition: str
    paths: tuple[PathUse, ...]
    declared: bool  # in the manifest, or the tool's own proposal
    why: str = ""  # why this path is the proposal

    @property
    def fragmented(self) -> int:
        return sum(use.uses for use in self.paths if use.status in (PathStatus.FRAGMENTED, PathStatus.BROKEN))


@dataclass(frozen=True, slots=True)
class Ratio:
    """A part of a whole, and its percentage; an empty whole is 100 %."""

    part: int
    whole: int

    @property
    def percent(self) -> float:
        return 100.0 if not self.whole else round(100.0 * self.part / self.whole, 2)


@dataclass(frozen=True, slots=True)
class Score:
    """``canonical``: imported names of governed symbols by a canonical or approved path / all of them.
    ``compliance``: files without a finding / all files read."""

    canonical: Ratio
    compliance: Ratio


@dataclass(frozen=True, slots=True)
class Audit:
    tree: str | None
    score: Score
    areas: Mapping[str, Score]
    findings: tuple[Finding, ...]
    symbols: tuple[SymbolReport, ...]
    files: int
    unreadable: int
    imports: int = 0  # internal imported names seen


class SsotError(Exception):
    """What is wrong, and what to do. Shown as two lines, never as a traceback."""

    exit_code = 2

    def __init__(self, what: str, todo: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.todo = todo


@dataclass(frozen=True, slots=True)
class Blob:
    """One regular file of a snapshot."""

    path: str  # POSIX, relative to the repository's root
    data: bytes
    executable: bool = False


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file that was not read, and why."""

    path: str
    code: str
    reason: str
    line: int = 1


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All files of one commit, or of the work tree, that the tool may look at. Sorted by path."""

    blobs: tuple[Blob, ...]
    commit: str | None = None
    tree: str | None = None
    skipped: tuple[Skipped, ...] = ()
    uncommitted: int = field(default=0)  # files of the work tree that differ from the commit read
    day: date | None = None  # of the commit, by its committer, in the zone it records

    def by_path(self) -> dict[str, Blob]:
        return {blob.path: blob for blob in self.blobs}


def splice(data: bytes, edits: Iterable[tuple[int, int, bytes]]) -> bytes:
    """`data` with each ``start:end`` replaced; raises ValueError where edits overlap or leave the data."""
    pieces: list[bytes] = []
    position = 0
    for start, end, new in sorted(edits, key=lambda edit: edit[:2]):
        if start < position or end < start or end > len(data):
            raise ValueError(f"edit {start}:{end} overlaps another or leaves the file")
        pieces += [data[position:start], new]
        position = end
    pieces.append(data[position:])
    return b"".join(pieces)
