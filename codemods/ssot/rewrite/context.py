"""What the planner of one file must know of all others: who reads its names, what is patched, what is not to be touched."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from ssot.audit.governance import Governance
from ssot.index.facts import ImportFact
from ssot.index.graph import ImportGraph, loaded_by
from ssot.index.table import Index, Path
from ssot.rewrite.moved_patches import MovedPatches
from ssot.rewrite.patches import PatchTable
from ssot.rewrite.readers import Readers


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
    readers: Readers  # in the state that the plan so far leads to
    is_test: Callable[[str], bool]
    patches: PatchTable
    graph: ImportGraph
    noisy: int = 0  # the modules whose loading leaves a trace, as bits of the graph
    unsafe: bool = False
    moved_patches: MovedPatches | None = None  # where --unsafe may move them
    blocked: dict[tuple[str, str], Block] = field(default_factory=dict)  # (file, target module) -> why not
    keep_loaded: set[tuple[str, str]] = field(default_factory=set)  # (file, module) whose import has effects to keep
    watched: set[str] = field(default_factory=set)  # modules that others use as attributes, and those others
    _answers: dict[Path, str] = field(default_factory=dict)

    def observe(self, readers: Readers) -> set[str]:
        """Take notice of what the files will be after the plan so far; the modules for which that changes an answer."""
        answers = dict(self._answers)
        self.readers = readers
        self._answers.clear()
        return {asked[0] for asked, answer in answers.items() if bool(self.read_elsewhere(*asked)) != bool(answer)}

    def read_elsewhere(self, module: str, name: str) -> str:
        """Who else gets this name from this module, in words; empty where nobody does."""
        if (module, name) not in self._answers:
            self._answers[module, name] = self.readers.of(module, name)
        return self._answers[module, name]

    def offers(self, module: str, name: str) -> bool:
        """Whether other files import a name from a module, by itself or among all."""
        return not self.readers.taken.isdisjoint({(module, name), (module, "*")})

    def would_notice(self, module: str, name: str) -> bool:
        """Whether somebody takes all names of the module, or looks for one that it has not."""
        facts = self.index.module_facts(module)
        all_names = facts is not None and facts.exports is None and (module, "*") in self.readers.taken
        return all_names or bool(self.readers.looked_for(module, name))

    def patch_stays(self, old: Path, new: Path, key: str) -> str:
        """Why patches of the old path can't follow it, in words; empty where they can."""
        return self.moved_patches.obstacle(old, new, key) if self.moved_patches is not None else ""

    def loads_ours(self, path: str, fact: ImportFact) -> bool:
        """Whether an import statement loads modules of the project."""
        return any(True for _ in loaded_by(self.index, path, fact))

    def loads_noise(self, path: str, fact: ImportFact) -> bool:
        """Whether loading what an import statement names does more than define names."""
        return any(self.graph.closure(module) & self.noisy for module in loaded_by(self.index, path, fact))
