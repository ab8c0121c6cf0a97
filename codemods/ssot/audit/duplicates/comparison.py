"""What two definitions have in common, as evidence and a verdict. Plain values; `compare` makes them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from ssot.index.table import Symbol


class Verdict(StrEnum):
    """What a duplicate is to the definition it is compared with (the canonical one)."""

    IDENTICAL = "identical"  # the same syntax, and every global in it denotes the same
    EQUIVALENT = "equivalent"  # differs in comments, docstrings, annotations, names of locals
    ADAPTER = "adapter"  # a subclass, wrapper or alias of the canonical one that adds nothing callers can see, or only logging
    SUPERSET = "superset"  # the duplicate has members that the canonical one lacks; what they share is equivalent
    SUBSET = "subset"  # the canonical one has everything the duplicate has, and more
    CONFLICTING = "conflicting"  # the same member means something else
    UNRELATED = "unrelated"  # the same name only


class Level(StrEnum):
    """How much one row of the evidence weighs."""

    SAME = "same"
    COSMETIC = "cosmetic"
    EXTRA = "extra"  # only the duplicate has it
    MISSING = "missing"  # only the canonical one has it
    CONFLICT = "conflict"


@dataclass(frozen=True, slots=True)
class Row:
    """One aspect, side by side: bases, decorators, a field, a method …"""

    aspect: str  # "bases", "decorators", "metaclass", "method send", "field retries", "constructor", …
    canonical: str  # source text or summary; empty where it has none
    duplicate: str
    level: Level
    note: str = ""


@dataclass(frozen=True, slots=True)
class Blocker:
    """A reason why the two must not become one, whatever the verdict: a code, and the place that shows it."""

    code: str
    path: str
    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two definitions side by side."""

    canonical: Symbol
    duplicate: Symbol
    verdict: Verdict
    rows: tuple[Row, ...]
    adds: str = ""  # what an adapter adds, in words
    blockers: tuple[Blocker, ...] = ()
    doubts: tuple[Blocker, ...] = ()  # places whose meaning changes if an object of the other class gets there

    @property
    def extra(self) -> tuple[str, ...]:
        """Aspects that only the duplicate has: what a merge would have to move."""
        return tuple(row.aspect for row in self.rows if row.level is Level.EXTRA)

    @property
    def conflicts(self) -> tuple[Row, ...]:
        return tuple(row for row in self.rows if row.level is Level.CONFLICT)
