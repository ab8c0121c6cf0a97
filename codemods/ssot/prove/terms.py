"""How what a name denotes before and after a change may differ: by the warrant, and by repairs that the manifest allows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

from ssot.index.shims import WHOLE
from ssot.index.table import Denotation, Index, Missing, Path, Symbol
from ssot.prove.warrant import NOTHING, Warrant

Allowed = Callable[[Denotation], bool]  # may what does not work today become this?


@dataclass(frozen=True)
class Terms:
    """Two trees, and what the manifest says about the way from one to the other."""

    before: Index
    after: Index
    allowed: Allowed
    warrant: Warrant = NOTHING

    @cached_property
    def merged(self) -> Mapping[Symbol, Symbol]:
        """Duplicates that are no definitions of their own any more, each with what its path gives now."""
        found = {}
        for duplicate in self.warrant.becomes:
            now = self.after.resolve(duplicate.module, duplicate.name)
            ends = self._ends(duplicate)
            if now in ends:
                found[duplicate] = now
            elif isinstance(now, Missing) and self.drops((duplicate.module, duplicate.name)):
                found[duplicate] = next((end for end in ends if self._stands(end)), ends[-1])
        return {duplicate: now for duplicate, now in found.items() if isinstance(now, Symbol)}

    def _ends(self, duplicate: Symbol) -> list[Symbol]:
        """What a duplicate may collapse into: its canonical definition, or what that in turn collapses into."""
        ends: list[Symbol] = []
        here = self.warrant.becomes.get(duplicate)
        while here is not None and here not in ends and here != duplicate:
            ends.append(here)
            here = self.warrant.becomes.get(here)
        return ends or [duplicate]

    def _stands(self, symbol: Symbol) -> bool:
        return self.after.resolve(symbol.module, symbol.name) == symbol

    def expected(self, was: object) -> object:
        """What something denotes after the change if everything is right."""
        if isinstance(was, tuple):
            return tuple(map(self.expected, was))
        return self.merged.get(was, was) if isinstance(was, Symbol) else was

    def retires(self, path: Path) -> bool:
        """Whether the name may be offered on demand only, and now is."""
        if path not in self.warrant.retires:
            return False
        facts = self.after.module_facts(path[0])
        return facts is not None and any(row[0] in (path[1], WHOLE) for row in facts.lazy)

    def drops(self, path: Path) -> bool:
        """Whether the name may vanish."""
        return path in self.warrant.drops
