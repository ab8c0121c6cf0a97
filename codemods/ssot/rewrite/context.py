"""What the planner of one file must know of all others: who reads its names, what is patched, what is not to be touched."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from ssot.audit.governance import Governance
from ssot.index.table import Index, Module, Path
from ssot.rewrite.patches import PatchTable


@dataclass(frozen=True)
class Block:
    """An edit that a check over the whole project has ruled out."""

    code: str
    reason: str


@dataclass
class Project:
    """The project as seen from one file that is being planned."""

    index: Index
    governance: Governance
    texts: Mapping[str, bytes]  # UTF-8 text of every file that names something governed
    is_test: Callable[[str], bool]
    patches: PatchTable
    unsafe: bool = False
    blocked: dict[tuple[str, str], Block] = field(default_factory=dict)  # (file, target module) -> why not
    keep_loaded: set[tuple[str, str]] = field(default_factory=set)  # (file, module) whose import has effects to keep

    # -- who reads a module's names

    @cached_property
    def _taken(self) -> frozenset[Path]:
        taken: set[Path] = set()
        for path, facts in self.index.facts.items():
            for statement in facts.imports:
                base = self.index.absolute(path, statement.module, statement.level) if statement.is_from else None
                taken.update((base, name.name) for name in statement.names if base is not None)
        return frozenset(taken)

    @cached_property
    def _holders(self) -> Mapping[str, frozenset[str]]:
        """For each module the files that have it as an object."""
        holders: dict[str, set[str]] = {}
        for path, facts in self.index.facts.items():
            for statement in facts.imports:
                for name in statement.names:
                    if not statement.is_from:
                        holders.setdefault(name.name, set()).add(path)
                        continue
                    base = self.index.absolute(path, statement.module, statement.level)
                    if base is not None and isinstance(self.index.resolve(base, name.name), Module):
                        holders.setdefault(f"{base}.{name.name}", set()).add(path)
        return {module: frozenset(paths) for module, paths in holders.items()}

    def read_elsewhere(self, module: str, name: str) -> str:
        """Who else gets this name from this module, in words; empty where nobody does."""
        if (module, name) in self._taken:
            return f"other modules import {name} from here"
        if (module, "*") in self._taken:
            return "another module star-imports this one"
        attribute = re.compile(rb"\.\s*" + name.encode() + rb"\b|(['\"])" + name.encode() + rb"\1")
        dotted = f"{module}.{name}".encode()
        holders = self._holders.get(module, frozenset())
        for path, text in self.texts.items():
            if dotted in text:
                return f"{path} names {module}.{name}"
            if path in holders and attribute.search(text):
                return f"{path} may read it as an attribute"
        return ""
