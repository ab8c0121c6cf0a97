"""Whom a test double reaches that is moved from the old path to the canonical one: nobody it did not reach before."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from ssot.audit.governance import Governance, Status
from ssot.audit.mentions import patched_where_used
from ssot.audit.sites import sites_of
from ssot.index.table import Index, Path
from ssot.index.view import FileView


@dataclass
class MovedPatches:
    """Looks through all files, once, for readers that look a symbol up when they need it."""

    index: Index
    governance: Governance
    views: Callable[[], Iterable[FileView]]
    view: Callable[[str], FileView]

    def obstacle(self, old: Path, new: Path, key: str) -> str:
        """Why patches of the old path can't become patches of the new one, in words; empty where they can."""
        if self._reads_its_own(old):
            return f"functions of {old[0]} itself see what replaces its {old[1]}"
        if self._reads_its_own(new):
            return f"functions of {new[0]} itself would see what replaces its {new[1]}"
        others = sorted(path for path in self._late.get(key, {}) if path != old)
        if others:
            module, name = others[0]
            return f"{self._late[key][others[0]]} gets it by {module}.{name}, which is not replaced today"
        return ""

    def _reads_its_own(self, path: Path) -> bool:
        file = self.index.layout.paths.get(path[0])
        facts = self.index.facts.get(file) if file is not None else None
        if file is None or facts is None or facts.problem is not None:
            return False
        return patched_where_used(self.view(file), path[1])

    @cached_property
    def _late(self) -> Mapping[str, Mapping[Path, str]]:
        """By symbol the paths through which it is looked up late, each with a file that does."""
        late: dict[str, dict[Path, str]] = {}
        for view in self.views():
            for site in sites_of(view, self.governance):
                moves = site.verdict.status in (Status.CANONICAL, Status.FRAGMENTED)
                if moves and site.where.deferred and not site.where.type_only:
                    late.setdefault(site.verdict.key, {}).setdefault(site.path, view.source.path)
        return late
