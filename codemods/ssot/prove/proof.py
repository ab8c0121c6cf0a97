"""All gates over all changed files of a plan; the verdict names the files that must be left alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from ssot.index.collect import known_facts
from ssot.index.layout import lay_out
from ssot.index.selection import is_python
from ssot.index.source import Source, apply_edits, decode
from ssot.index.table import Denotation, Index
from ssot.index.trees import Parsed
from ssot.index.view import FileView
from ssot.prove.bindings import compare_bindings
from ssot.prove.collapse import Collapse, bases_broken
from ssot.prove.comments import Excused, check_comments, unbound
from ssot.prove.cycles import new_cycles
from ssot.prove.difference import Exempt, explained
from ssot.prove.effects import Loading, Loads
from ssot.prove.files import Files
from ssot.prove.gates import Failure, minimal, more_than_layout, read_versions
from ssot.prove.licensed import licensed
from ssot.prove.readers import Elsewhere
from ssot.prove.shims import Shims
from ssot.prove.strings import dropped_exports
from ssot.prove.terms import Terms
from ssot.prove.warrant import NOTHING, Warrant
from ssot.prove.wrappers import Wrappers
from ssot.values import Edit


@dataclass(frozen=True, slots=True)
class Changed:
    """One file before and after."""

    path: str
    before: bytes | None  # None: a file that is made
    edits: tuple[Edit, ...]
    after: bytes | None  # None: a file that goes


def changed_files(edits: Mapping[str, Sequence[Edit]], contents: Mapping[str, bytes]) -> list[Changed]:
    """Raises ValueError where edits overlap."""
    return [
        Changed(path, contents[path], tuple(found), apply_edits(contents[path], found))
        for path, found in sorted(edits.items())
    ]


@dataclass
class Prover:
    """Proves plans of one tree. `sources` are its Python files; without them, whoever might read a name counts as reading it."""

    index: Index
    allowed: Callable[[Denotation], bool]
    warrant: Warrant = NOTHING
    sources: Mapping[str, Source] | None = None

    def failures(self, changed: Iterable[Changed]) -> dict[str, Failure]:
        """Files that fail a gate, with what failed. An empty answer is the proof."""
        changed = sorted(changed, key=lambda file: file.path)
        return _Proof(self, {file.path: file for file in changed}, self.after(changed)).failures()

    def after(self, changed: Iterable[Changed]) -> Index:
        """The index of the tree with the changes made."""
        python = [file for file in changed if is_python(file.path)]
        gone = {file.path for file in python if file.after is None}
        found = [known_facts(file.path, file.after) for file in python if file.after is not None]
        if not gone and all(facts.path in self.index.facts for facts in found):
            return self.index.with_facts(found)
        merged = {**self.index.facts, **{facts.path: facts for facts in found}}
        left = {path: merged[path] for path in sorted(merged) if path not in gone}
        layout = replace(lay_out(left, self.index.layout.roots), native=self.index.layout.native)
        return Index(left, layout)

    @cached_property
    def loads(self) -> Loads:
        return Loads(self.index)


@dataclass
class _Proof:
    """One plan. Every file is looked at with all the others changed, so nothing is taken over from another plan's proof."""

    prover: Prover
    changed: Mapping[str, Changed]
    after: Index
    _views: dict[tuple[bool, str], FileView | None] = field(default_factory=dict)

    @cached_property
    def terms(self) -> Terms:
        return Terms(self.prover.index, self.after, self.prover.allowed, self.prover.warrant)

    @cached_property
    def loading(self) -> Loading:
        return Loading(self.prover.loads, Loads(self.after))

    def failures(self) -> dict[str, Failure]:
        found = {path: failure for path, file in self.changed.items() if (failure := self._check(file)) is not None}
        paths = [path for path in self.changed if is_python(path)]
        for path, failure in self._elsewhere(paths):
            found.setdefault(path, failure)
        for path in new_cycles(self.prover.loads.graph, self.loading.after.graph, paths):
            if path in self.after.facts:
                found.setdefault(path, Failure("gate-cycle", "the edits would close an import circle or break one"))
        return found

    # -- single files

    def _check(self, file: Changed) -> Failure | None:
        if file.before is None:
            return Files(self.terms).created(file.path, file.edits, file.after or b"")
        if file.after is None:
            return Files(self.terms).deleted(file.path, file.edits, file.before)
        if file.path in self.terms.warrant.generated:
            versions = read_versions(file.path, file.before, file.after)
            return versions if isinstance(versions, Failure) else minimal(file.before, file.edits, file.after)
        if not is_python(file.path):
            return minimal(file.before, file.edits, file.after) or more_than_layout(file.edits)
        return self._python(file.path, file.before, file.edits, file.after)

    def _python(self, path: str, before: bytes, edits: tuple[Edit, ...], after: bytes) -> Failure | None:
        versions = read_versions(path, before, after)
        if isinstance(versions, Failure):
            return versions
        old = FileView(versions.old, self.prover.index, Parsed(versions.old_tree))
        new = FileView(versions.new, self.after, Parsed(versions.new_tree))
        license = licensed(self.terms, old, new)
        exempt = Exempt(
            license.gone | license.placeholders | dropped_exports(old.tree, old.module, self.terms),
            license.come | license.placeholders,
        )
        # comparing the trees comes last: it takes them apart
        return (
            compare_bindings(path, old, new, self.terms, license)
            or Shims(self.terms, old, new, license).check()
            or Wrappers(self.terms, self._after).check(old, new, license)
            or Collapse(self.terms, self._before, self._after).check(old, new, license)
            or self.loading.check(old, new, self.terms, license)
            or minimal(before, edits, after)
            or check_comments(
                versions,
                Excused((*license.statements[0], *license.emptied, *unbound(old, self.terms)), license.commented),
            )
            or explained(versions, edits, exempt)
            or more_than_layout(edits)
        )

    # -- other files

    def _elsewhere(self, paths: list[str]) -> Iterator[tuple[str, Failure]]:
        """Charged to the changed file, not to the one that would suffer."""
        home = {self.prover.index.module_of(path): path for path in paths}
        elsewhere = Elsewhere(self.terms, frozenset(home), self._sources())
        for module, what in (*elsewhere.complaints(), *bases_broken(self.terms)):
            if module in home:
                yield home[module], Failure("gate-bindings", what)

    def _sources(self) -> Mapping[str, Source] | None:
        if self.prover.sources is None:
            return None
        return _Later(self.prover.sources, self.changed)

    def _before(self, module: str) -> FileView | None:
        return self._view(module, late=False)

    def _after(self, module: str) -> FileView | None:
        return self._view(module, late=True)

    def _view(self, module: str, *, late: bool) -> FileView | None:
        if (late, module) not in self._views:
            self._views[late, module] = self._read(module, self.after if late else self.prover.index, late)
        return self._views[late, module]

    def _read(self, module: str, index: Index, late: bool) -> FileView | None:
        path = index.layout.paths.get(module, "")
        file = self.changed.get(path)
        data = (file.after if late else file.before) if file is not None else None
        source = decode(path, data) if data is not None else (self.prover.sources or {}).get(path)
        facts = index.facts.get(path)
        return FileView(source, index) if isinstance(source, Source) and facts and facts.problem is None else None


class _Later(Mapping[str, Source]):
    """The Python files of the tree as they are after the changes."""

    def __init__(self, sources: Mapping[str, Source], changed: Mapping[str, Changed]) -> None:
        self._sources = sources
        self._changed = changed
        gone = {path for path, file in changed.items() if file.after is None}
        there = {*sources, *filter(is_python, changed)} - gone
        self._paths = sorted(path for path in there if self._read(path) is not None)

    def _read(self, path: str) -> Source | None:
        file = self._changed.get(path)
        if file is None or file.after is None:
            return self._sources.get(path)
        found = decode(path, file.after)
        return found if isinstance(found, Source) else None

    def __getitem__(self, path: str) -> Source:
        found = self._read(path)
        if found is None:
            raise KeyError(path)
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(self._paths)

    def __len__(self) -> int:
        return len(self._paths)
