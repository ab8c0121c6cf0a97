"""What the manifest says, applied to what the index knows: which import path of which object should be another one."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property

from ssot.declare.manifest import Manifest
from ssot.index.facts import Kind
from ssot.index.table import Denotation, External, Index, Missing, Module, Path, Symbol, Unknown


class Status(StrEnum):
    """What an import path is to a governed symbol."""

    CANONICAL = "canonical"
    APPROVED = "approved"
    FRAGMENTED = "fragmented"
    REFUSED = "refused"  # declared, but not shown to be the same object


@dataclass(frozen=True, slots=True)
class Entry:
    """One governed symbol. ``canonical`` is where the chain of declarations ends; ``declared`` is what this one says."""

    canonical: Path
    declared: Path
    legacy: frozenset[Path]
    approved: frozenset[Path]
    rename: bool
    denotes: Denotation
    number: int  # its place in the manifest
    table: str = "symbol"

    @property
    def key(self) -> str:
        return reference(self.canonical)

    def replaced_names(self) -> frozenset[str]:
        """Local names of what the symbol replaced."""
        names = {name for _, name in self.legacy}
        if isinstance(self.denotes, Symbol):
            names.add(self.denotes.name)
        return frozenset(names - {self.canonical[1]})


@dataclass(frozen=True, slots=True)
class Verdict:
    """What should become of one path. ``target`` is the path to use instead, for a fragmented one."""

    status: Status
    key: str  # the governed symbol, or the canonical module of a moved one
    target: Path
    entry: Entry | None = None
    code: str = ""
    reason: str = ""
    broken: bool = False  # the path does not work today
    moved: bool = False  # by a [[module]] entry
    uncertain: bool = False  # a declared path outside the repository: that it is gone can't be shown


@dataclass(frozen=True, slots=True)
class _Declaration:
    """One canonical path, by whichever table it is declared."""

    canonical: Path
    legacy: frozenset[Path]
    approved: frozenset[Path]
    rename: bool
    number: int
    table: str


def _declarations(manifest: Manifest) -> Iterator[_Declaration]:
    """Every canonical path once: duplicates to be collapsed are legacy paths of what they collapse into."""
    duplicates: dict[Path, set[Path]] = {}
    numbers: dict[Path, int] = {}
    for number, entry in enumerate(manifest.collapse):
        canonical = parse_reference(entry.canonical)
        duplicates.setdefault(canonical, set()).update(map(parse_reference, entry.duplicates))
        numbers.setdefault(canonical, number)
    for number, symbol in enumerate(manifest.symbol):
        canonical = parse_reference(symbol.canonical)
        legacy = frozenset(map(parse_reference, symbol.legacy)) | duplicates.pop(canonical, set())
        approved = frozenset(map(parse_reference, symbol.approved))
        yield _Declaration(canonical, legacy, approved, symbol.rename_uses, number, "symbol")
    for canonical, found in duplicates.items():
        yield _Declaration(canonical, frozenset(found), frozenset(), True, numbers[canonical], "collapse")


def reference(path: Path) -> str:
    """``package.module:Name``."""
    return f"{path[0]}:{path[1]}"


def parse_reference(text: str) -> Path:
    module, _, name = text.partition(":")
    return module, name


@dataclass
class Governance:
    """All governed symbols and moved modules."""

    index: Index
    entries: tuple[Entry, ...]
    moves: tuple[tuple[str, str], ...] = ()  # legacy module, canonical module; the longest legacy first
    retiring: bool = False  # legacy paths are to warn, or to go
    _verdicts: dict[tuple[Path, Denotation], Verdict | None] = field(default_factory=dict, repr=False)

    @classmethod
    def declared(cls, index: Index, manifest: Manifest) -> Governance:
        moves = [(legacy, entry.canonical) for entry in manifest.module for legacy in entry.legacy]
        ordered = tuple(sorted(moves, key=lambda move: (-len(move[0]), move)))
        bare = cls(index, (), ordered)
        declarations = list(_declarations(manifest))
        finals = {one.canonical: bare.moved_to(one.canonical) for one in declarations}
        replaced_by = {old: one.canonical for one in declarations for old in one.legacy}
        entries = []
        for one in declarations:
            final = _end(one.canonical, replaced_by, finals)
            legacy = one.legacy | ({one.canonical} - {final})
            denotes = index.resolve(*final)
            entries.append(
                Entry(final, one.canonical, legacy, one.approved, one.rename, denotes, one.number, one.table)
            )
        retiring = manifest.shims is not None and manifest.shims.mode != "alias"
        return cls(index, tuple(entries), ordered, retiring)

    @classmethod
    def of_symbol(cls, index: Index, symbol: Symbol) -> Governance:
        """Governance of one symbol by its definition, to look at its paths."""
        path = (symbol.module, symbol.name)
        return cls(index, (Entry(path, path, frozenset(), frozenset(), False, symbol, 0),))

    @cached_property
    def _by_object(self) -> dict[Denotation, Entry]:
        return {entry.denotes: entry for entry in self.entries if isinstance(entry.denotes, Symbol | External)}

    @cached_property
    def _by_path(self) -> dict[Path, Entry]:
        known: dict[Path, Entry] = {}
        for entry in self.entries:
            for path in (*entry.legacy, *entry.approved, entry.canonical):
                known.setdefault(path, entry)
        return known

    # -- modules

    def moved_module(self, module: str) -> str | None:
        """Where a declared legacy module, or one inside it, has gone; to the end of the chain."""
        here, seen = module, {module}
        while (following := self._one_move(here)) is not None and following not in seen:
            here = following
            seen.add(here)
        return here if here != module else None

    def _one_move(self, module: str) -> str | None:
        for legacy, canonical in self.moves:
            if module == legacy:
                return canonical
            if module.startswith(legacy + ".") and not module.startswith(canonical + "."):
                return canonical + module[len(legacy) :]
        return None

    def moved_to(self, path: Path) -> Path:
        """Where a path has gone; the module of a top-level module is the empty text."""
        module, name = path
        whole = self.moved_module(f"{module}.{name}")
        if whole is not None and self.index.layout.has(whole):
            return (whole.rpartition(".")[0], whole.rpartition(".")[2])
        return (self.moved_module(module) or module, name)

    # -- symbols

    def final(self, path: Path) -> Path:
        """The canonical path that a declared one leads to in the end."""
        entry = next((entry for entry in self.entries if path in (entry.canonical, entry.declared)), None)
        return entry.canonical if entry else self.moved_to(path)

    def is_legacy(self, path: Path) -> bool:
        """Whether a path is declared as replaced."""
        return any(path in entry.legacy for entry in self.entries) or self.moved_to(path) != path

    @cached_property
    def legacy_modules(self) -> frozenset[str]:
        """Modules with a path that is declared as replaced, by a symbol or as a whole."""
        return frozenset(
            {module for entry in self.entries for module, _ in entry.legacy} | {old for old, _ in self.moves}
        )

    def classify(self, path: Path, denotes: Denotation) -> Verdict | None:
        """What should become of getting `denotes` by `path`; None where nothing is declared about it."""
        key = (path, denotes)
        if key not in self._verdicts:
            self._verdicts[key] = self._classify(path, denotes)
        return self._verdicts[key]

    def _classify(self, path: Path, denotes: Denotation) -> Verdict | None:
        moved = self.moved_to(path) if self.moves else path
        if moved != path:
            return self._classify_moved(path, denotes, moved)
        entry = self._by_object.get(denotes) or self._by_path.get(path)
        if entry is None or (isinstance(denotes, Module) and path not in entry.legacy):
            return None
        return self._in_entry(entry, path, denotes)

    def _in_entry(self, entry: Entry, path: Path, denotes: Denotation) -> Verdict:
        target = entry.canonical
        if path == target:
            return Verdict(Status.CANONICAL, entry.key, target, entry)
        if path in entry.approved:
            return Verdict(Status.APPROVED, entry.key, target, entry)
        if denotes == entry.denotes and isinstance(denotes, Symbol | External):
            return Verdict(Status.FRAGMENTED, entry.key, target, entry)
        if isinstance(denotes, Missing) and not isinstance(entry.denotes, Missing | Unknown):
            return Verdict(Status.FRAGMENTED, entry.key, target, entry, broken=True)
        if _outside(denotes):
            return Verdict(Status.FRAGMENTED, entry.key, target, entry, uncertain=True)
        return self._refuse(entry.key, path, target, denotes, entry)

    def _classify_moved(self, path: Path, denotes: Denotation, moved: Path) -> Verdict | None:
        ends = self.index.resolve(*moved) if moved[0] else self.index.resolve_module(moved[1])
        further = self._by_object.get(ends) or self._by_path.get(moved)
        key = further.key if further is not None else moved[0]
        broken = isinstance(denotes, Missing)
        if isinstance(ends, Missing | Unknown):
            reason = f"{reference(moved)} can't be told to be the same: {ends.reason}"
            return Verdict(Status.REFUSED, key, moved, further, "unresolved-path", reason, broken, True)
        if isinstance(denotes, Module) and isinstance(ends, Module):
            return Verdict(Status.FRAGMENTED, ends.name, moved, None, moved=True)
        onward = self._in_entry(further, moved, ends) if further is not None else None
        if onward is not None and onward.status is Status.REFUSED:
            return replace(onward, moved=True)
        target = onward.target if onward is not None and onward.status is Status.FRAGMENTED else moved
        if _outside(denotes):
            return Verdict(Status.FRAGMENTED, key, target, further, moved=True, uncertain=True)
        if broken or denotes == ends:
            return Verdict(Status.FRAGMENTED, key, target, further, broken=broken, moved=True)
        return self._refuse(key, path, target, denotes, further)

    def _refuse(self, key: str, path: Path, target: Path, denotes: Denotation, entry: Entry | None) -> Verdict:
        unclear = isinstance(denotes, Unknown) or (isinstance(denotes, Symbol) and self.index.is_choice(denotes))
        if unclear:
            why = denotes.reason if isinstance(denotes, Unknown) else f"{reference(path)} is decided at run time"
            return Verdict(Status.REFUSED, key, target, entry, "unresolved-path", why)
        reason = f"{reference(path)} is another object than {key}: it is {denotes}"
        if isinstance(denotes, Missing):
            reason = f"{denotes.reason}, and {key} can't be resolved either"
        return Verdict(Status.REFUSED, key, target, entry, "different-object", reason)

    # -- what makes the declared paths exist

    @cached_property
    def providers(self) -> frozenset[Path]:
        """Module-level names whose binding statement is what a declared path consists of."""
        kept: set[Path] = set()
        for entry in self.entries:
            kept |= entry.legacy
            for path in (entry.canonical, *entry.approved):
                kept.update(self.index.hops(*path))
        return frozenset(kept)

    @cached_property
    def rerouted(self) -> frozenset[Path]:
        """What makes approved paths exist and can do so without the legacy ones, where those are to warn or to go."""
        found: set[Path] = set()
        for entry in self.entries if self.retiring else ():
            found.update(hop for path in entry.approved for hop in self.index.hops(*path))
        for entry in self.entries if found else ():
            found -= {*entry.legacy, *self.index.hops(*entry.canonical)}
        return frozenset(found)

    @cached_property
    def words(self) -> frozenset[str]:
        """Every identifier under which a governed thing can be named; a file without any of them is of no interest."""
        words = {name for entry in self.entries for _, name in (entry.canonical, *entry.legacy, *entry.approved)}
        words |= {entry.denotes.name for entry in self.entries if isinstance(entry.denotes, Symbol)}
        words |= {legacy.rpartition(".")[2] for legacy, _ in self.moves}
        targets = {entry.denotes for entry in self.entries if isinstance(entry.denotes, Symbol)}
        grown = True
        while grown:
            fresh = set(self._aliases(words, targets)) - words
            words |= fresh
            grown = bool(fresh)
        return frozenset(words)

    def _aliases(self, words: set[str], targets: set[Symbol]) -> Iterable[str]:
        """Other names that modules give to one of the targets."""
        for path, facts in self.index.facts.items():
            module = self.index.layout.names.get(path)
            for binding in facts.bindings if module else ():
                source = binding.attribute or binding.target.rpartition(".")[2]
                if (
                    source in words
                    and binding.name not in words
                    and (
                        self.index.resolve(module or "", binding.name) in targets or self._deleted(module, binding.name)
                    )
                ):
                    yield binding.name

    def _deleted(self, module: str | None, name: str) -> bool:
        """Whether a name is gone in the end; another one may have been made from it before."""
        return any(one.kind is Kind.DELETE for one in self.index.bindings(module or "").get(name, ()))


def _outside(denotes: Denotation) -> bool:
    """Of a distribution that is neither this repository nor the standard library."""
    return isinstance(denotes, External) and denotes.name.partition(".")[0] not in sys.stdlib_module_names


def _end(path: Path, replaced_by: dict[Path, Path], finals: dict[Path, Path]) -> Path:
    """Follow "legacy of" declarations to the last one; the manifest has been checked for circles."""
    seen = {path}
    here = finals.get(path, path)
    while here in replaced_by and replaced_by[here] not in seen:
        here = replaced_by[here]
        seen.add(here)
        here = finals.get(here, here)
    return here
