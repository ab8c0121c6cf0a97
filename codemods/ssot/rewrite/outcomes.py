"""What becomes of each occurrence, and the edits of one file before they are sorted into change sets."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from ssot.index.table import Path
from ssot.values import Refusal, Safety


class Fate(StrEnum):
    """The four columns of the ledger."""

    REWRITTEN = "rewritten"
    SHIMMED = "shimmed"
    REFUSED = "refused"
    IGNORED = "ignored"


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One occurrence of a governed path. ``code`` is the reason of a refusal, or the setting that ignores it."""

    path: str
    line: int
    symbol: str
    fate: Fate
    code: str = ""
    reason: str = ""
    whole: bool = False  # a declared duplicate or shim as a whole is refused, not a single place

    def refusal(self) -> Refusal:
        return Refusal(self.path, self.line, self.code, self.symbol, self.reason, self.whole)


@dataclass(frozen=True, slots=True, order=True)
class Splice:
    """Bytes ``start:end`` of `Source.u8` replaced, on behalf of one or more symbols."""

    start: int
    end: int
    new: bytes
    keys: frozenset[str] = field(compare=False)
    safety: Safety = field(default=Safety.SAFE, compare=False)


@dataclass(frozen=True, slots=True)
class Renamed:
    """A module-level name that the plan takes away from a file, because nobody reads it."""

    module: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Redirect:
    """A place that loaded one module and now loads another."""

    source: str
    target: str
    deferred: bool
    type_only: bool
    chain: bool  # reaches the name as an attribute, when it is needed
    name: str = ""  # that was taken from the source; empty for the module itself
    becomes: str = ""  # the name that is taken from the target instead


@dataclass(frozen=True)
class FilePlan:
    """All that is to happen in one file."""

    path: str
    splices: tuple[Splice, ...] = ()
    occurrences: tuple[Occurrence, ...] = ()
    renamed: tuple[Renamed, ...] = ()
    redirects: tuple[Redirect, ...] = ()
    stuck: frozenset[Path] = frozenset()  # paths that late readers in this file still go through

    def without_edits(
        self, code: str, reason: str, keys: Iterable[str] | None = None, *, whole: bool = False
    ) -> FilePlan:
        """The same file left alone, what was to be rewritten refused instead."""
        chosen = None if keys is None else frozenset(keys)
        occurrences = tuple(
            Occurrence(o.path, o.line, o.symbol, Fate.REFUSED, code, reason, whole)
            if o.fate in (Fate.REWRITTEN, Fate.SHIMMED) and (chosen is None or o.symbol in chosen)
            else o
            for o in self.occurrences
        )
        splices = () if chosen is None else tuple(s for s in self.splices if s.keys.isdisjoint(chosen))
        return FilePlan(self.path, splices, occurrences, () if chosen is None else self.renamed, (), self.stuck)

    def joined(self, other: FilePlan) -> FilePlan:
        """Both plans for one file; edits of the other that overlap this one's are dropped as already made."""
        spans = [(splice.start, splice.end) for splice in self.splices]
        fresh = [s for s in other.splices if not any(a < s.end and s.start < b for a, b in spans)]
        return FilePlan(
            self.path,
            tuple(sorted([*self.splices, *fresh])),
            (*self.occurrences, *other.occurrences),
            (*self.renamed, *other.renamed),
            (*self.redirects, *other.redirects),
            self.stuck | other.stuck,
        )
