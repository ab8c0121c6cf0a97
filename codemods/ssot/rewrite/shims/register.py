"""The register of shims: what the tables in the code say, and who still uses each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from ssot.index.shims import WHOLE, ShimRow
from ssot.rewrite.shims.places import Place, Places, Way
from ssot.rewrite.stage import Tree


@dataclass(frozen=True, slots=True)
class Registered:
    """One shim. ``path`` is the old path, ``package.module:Name``, or the module's name where it moved as a whole."""

    path: str
    canonical: str
    since: date
    until: date | None
    file: str
    line: int
    expired: bool
    live: bool  # the module really gives what the table says
    places: tuple[Place, ...]

    @property
    def permanent(self) -> bool:
        return self.until is None

    @property
    def in_code(self) -> tuple[Place, ...]:
        return tuple(place for place in self.places if place.way is not Way.TEXT)

    @property
    def in_texts(self) -> tuple[Place, ...]:
        return tuple(place for place in self.places if place.way is Way.TEXT)


@dataclass(frozen=True, slots=True)
class Fault:
    """A table, or a row of one, that can't be read."""

    file: str
    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class Register:
    shims: tuple[Registered, ...]
    faults: tuple[Fault, ...]

    def only_expired(self) -> Register:
        return Register(tuple(one for one in self.shims if one.expired), self.faults)


def register(tree: Tree, today: date) -> Register:
    """All shims by file and line. Those of files that are never edited are left out."""
    rows = list(_rows(tree))
    places = Places(tree, {(module, row.name) for _, module, row in rows}, everywhere=True, declared=False)
    found = [
        Registered(
            module if row.name == WHOLE else f"{module}:{row.name}",
            row.canonical,
            row.since,
            row.until,
            file,
            row.line,
            is_expired(row, today),
            tree.index.facts[file].shims.live,
            places.of((module, row.name)),
        )
        for file, module, row in rows
    ]
    faults = [
        Fault(file, fault.line, fault.reason)
        for file, facts in sorted(tree.index.facts.items())
        for fault in facts.shims.faults
        if not tree.hands_off(file)
    ]
    return Register(tuple(sorted(found, key=lambda one: (one.file, one.line))), tuple(faults))


def _rows(tree: Tree) -> Iterator[tuple[str, str, ShimRow]]:
    for file, facts in sorted(tree.index.facts.items()):
        module = tree.index.layout.names.get(file)
        if module is not None and not tree.hands_off(file):
            yield from ((file, module, row) for row in facts.shims.rows)


def is_expired(row: ShimRow, today: date) -> bool:
    """The day that is named is the last."""
    return row.until is not None and row.until < today
