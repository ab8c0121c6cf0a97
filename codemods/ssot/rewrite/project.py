"""Plan all files, then take back what the whole project can't bear: new cycles, modules that would no longer be loaded."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

from ssot.audit.governance import Governance
from ssot.audit.sites import sites_of
from ssot.index.collect import known_facts
from ssot.index.graph import ImportGraph, loaded_by, parents
from ssot.index.source import Source, decode
from ssot.index.table import Index
from ssot.index.trees import Trees
from ssot.index.view import FileView
from ssot.rewrite.canonical_imports import plan_file
from ssot.rewrite.circles import CYCLE_REASONS, Circles, CycleReason
from ssot.rewrite.context import Block, Project
from ssot.rewrite.handed import Handed
from ssot.rewrite.load_order import compared
from ssot.rewrite.moved_patches import MovedPatches
from ssot.rewrite.outcomes import Fate, FilePlan, Occurrence
from ssot.rewrite.owners import takes_namespaces
from ssot.rewrite.patches import COMPUTED, MOCKING, STORED, PatchTable, patch_table, replacing
from ssot.rewrite.readers import Readers
from ssot.rewrite.relied import Relied

MAX_ROUNDS = 25


@dataclass
class Planner:
    """One run of canonical-imports over a project."""

    index: Index
    governance: Governance
    sources: Mapping[str, Source]  # the parsable Python files that name something governed
    everything: Mapping[str, Source]  # all parsable Python files
    editable: Callable[[str], bool]
    is_test: Callable[[str], bool]
    unsafe: bool = False
    documents: Mapping[str, bytes] = field(default_factory=dict)  # text files that are not Python
    progress: Callable[[int, int], None] = lambda done, total: None
    trees: Trees = field(default_factory=Trees)

    def __post_init__(self) -> None:
        self.view = lru_cache(maxsize=128)(self._view)
        self._names_asked: set[tuple[str, str]] = set()

    def _view(self, path: str) -> FileView:
        source = self.everything[path]
        return FileView(source, self.index, self.trees.of(source))

    def views(self, paths: Iterable[str]) -> Iterator[FileView]:
        return (self.view(path) for path in paths)

    @cached_property
    def patches(self) -> PatchTable:
        may = replacing(self.governance.words)
        paths = [path for path, source in self.sources.items() if self.governance.moves or may(source.u8)]
        tests = {path for path in paths if self.is_test(path)}
        elsewhere = [path for path in self.everything if path not in self.sources and self._replaces_unseen(path)]
        tests |= {path for path in elsewhere if self.is_test(path)}
        table = patch_table(self.views([*paths, *elsewhere]), tests)
        handed = Handed(self.index, self.readers.texts, self.readers, self.view, self.is_test, self.governance.words)
        table.handed, table.words = handed.on, handed.words_near
        return table

    def _replaces_unseen(self, path: str) -> bool:
        """Whether a file that names nothing governed may replace attributes of modules by names that are computed."""
        text = self.everything[path].u8
        by_path = any(word in text for word in MOCKING) and COMPUTED.search(text) is not None
        return by_path or STORED.search(text) is not None or takes_namespaces(text, self.readers.held_in(path))

    @cached_property
    def readers(self) -> Readers:
        return Readers(self.index, self.everything, self.documents, self._names_asked, self.trees)

    @cached_property
    def project(self) -> Project:
        graph = ImportGraph(self.index)
        return Project(
            self.index,
            self.governance,
            self.readers,
            self.is_test,
            self.patches,
            graph,
            graph.noisy,
            self.unsafe,
            MovedPatches(self.index, self.governance, lambda: self.views(self.sources), self.view),
        )

    def run(self) -> dict[str, FilePlan]:
        """The plan of every file, sorted by path."""
        project = self.project
        plans: dict[str, FilePlan] = {}
        todo = [path for path in sorted(self.sources) if self.editable(path)]
        for _ in range(MAX_ROUNDS):
            for done, path in enumerate(todo):
                plans[path] = plan_file(self.view(path), project)
                self.progress(done + 1, len(todo))
            todo = sorted(self._objections(plans))
            if not todo:
                break
        else:
            reason = "its edits and those of other files can't be made to fit together"
            plans.update({path: plans[path].without_edits("new-cycle", reason) for path in todo})
        return dict(sorted(plans.items()))

    def left_alone(self, path: str, setting: str) -> FilePlan:
        """A file that is not to be edited: its occurrences, ignored by that setting."""
        occurrences = [
            Occurrence(path, site.line, site.verdict.key, Fate.IGNORED, setting or "canonical")
            for site in sites_of(self.view(path), self.governance)
        ]
        return FilePlan(path, (), tuple(occurrences))

    # -- what the project as a whole can't bear

    def _objections(self, plans: Mapping[str, FilePlan]) -> set[str]:
        """Files to plan again, after noting in the project what they must do without."""
        changed = {path: plan for path, plan in plans.items() if plan.splices}
        before = self.project.graph
        contents = {path: self._spliced(plan) for path, plan in changed.items()}
        after = ImportGraph(self.index.with_facts(map(known_facts, contents, contents.values())))
        self.project.noisy |= before.bits(after.index.contested)
        readers = Readers(after.index, self._sources(contents), self.documents, self._names_asked, self.trees)
        self._rely(changed, Relied(after, readers), before)
        again = set(self._unloaded(changed, after, readers))
        for path, plan in changed.items():
            again |= set(self._lost(path, plan, before, after))
        for reason in CYCLE_REASONS:
            blocked = {one for path, plan in changed.items() for one in self._cycles(reason, path, plan, before, after)}
            if blocked:
                return again | blocked
        again = again or set(self._circles(changed, before, after))
        again = again or set(self._disordered(changed, before, after))
        if again:
            return again
        # Who reads which names has changed by the plan, so that more, or less, can be renamed.
        modules = self.project.observe(readers)
        return {path for path in plans if self.index.module_of(path) in modules}

    def _spliced(self, plan: FilePlan) -> bytes:
        return self.sources[plan.path].spliced((s.start, s.end, s.new) for s in plan.splices)

    def _sources(self, contents: Mapping[str, bytes]) -> dict[str, Source]:
        """All files, some of them with other contents."""
        found = {path: decode(path, data) for path, data in contents.items()}
        return {**self.everything, **{path: one for path, one in found.items() if isinstance(one, Source)}}

    def _unloaded(self, changed: Mapping[str, FilePlan], after: ImportGraph, readers: Readers) -> Iterator[str]:
        """Modules that nobody would load any more, though somebody counts on their being loaded."""
        redirects = [(path, r) for path, plan in changed.items() for r in plan.redirects if not r.chain]
        sources = {redirect.source for _, redirect in redirects}
        loaded = (
            {m for module in after.index.layout.paths for m in _loaded_anywhere(after, module)} if sources else set()
        )
        for module in sorted(sources - loaded):
            package, _, leaf = module.rpartition(".")
            if not ((package and readers.reached(package, leaf)) or readers.quotes(module)):
                continue
            for path, redirect in redirects:
                if redirect.source == module and (path, module) not in self.project.keep_loaded:
                    self.project.keep_loaded.add((path, module))
                    yield path

    def _rely(self, changed: Mapping[str, FilePlan], relied: Relied, before: ImportGraph) -> None:
        """Note the modules that the plan no longer loads in some place, and that others need loaded without doing so."""
        lost, after = 0, relied.graph
        for path, plan in changed.items():
            own = after.closure(self.index.module_of(path))
            for one in (r for r in plan.redirects if not r.type_only and not r.chain):
                lost |= before.closure(one.source) & ~after.closure(one.target) & (~own | before.bit(one.source))
        for module in before.members(lost):
            if files := relied.on(module):
                self.project.noisy |= before.bit(module)
                self.project.watched |= {module, *map(self.index.module_of, files)}

    def _lost(self, path: str, plan: FilePlan, before: ImportGraph, after: ImportGraph) -> Iterator[str]:
        """Modules with effects that the file no longer loads: their import is kept."""
        own = after.closure(self.index.module_of(path))
        for redirect in plan.redirects:
            if redirect.type_only or redirect.chain or (path, redirect.source) in self.project.keep_loaded:
                continue
            still = own | after.closure(redirect.target)
            if before.closure(redirect.source) & self.project.noisy & ~still:
                self.project.keep_loaded.add((path, redirect.source))
                yield path

    def _disordered(self, changed: Mapping[str, FilePlan], before: ImportGraph, after: ImportGraph) -> Iterator[str]:
        """Where effects would come in another order the old import is kept in front; refused where that is no help."""
        project = self.project
        for path, redirects in compared(before, after, project.noisy, project.keep_loaded, project.watched).found(
            changed
        ):
            fresh = {(path, r.source) for r in redirects} - project.keep_loaded
            if not fresh:
                reason = "modules with effects would be loaded in another order"
                project.blocked.update({(path, r.target): Block("load-order", reason) for r in redirects})
            project.keep_loaded |= fresh
            yield path

    def _circles(self, changed: Mapping[str, FilePlan], before: ImportGraph, after: ImportGraph) -> Iterator[str]:
        """Circles in which something would be asked for before it is there."""
        facts = {path: after.index.facts[path] for path in changed}

        def without(path: str) -> ImportGraph:
            return ImportGraph(self.index.with_facts(fact for other, fact in facts.items() if other != path))

        for path, target in Circles(before, after, without).broken(changed):
            if (path, target) not in self.project.blocked:
                reason = f"importing {target} here would change which names an import circle finds"
                self.project.blocked[path, target] = Block("new-cycle", reason)
                yield path

    def _cycles(
        self, why: CycleReason, path: str, plan: FilePlan, before: ImportGraph, after: ImportGraph
    ) -> Iterator[str]:
        module = self.index.module_of(path)
        for redirect in plan.redirects:
            if redirect.deferred or redirect.type_only or (path, redirect.target) in self.project.blocked:
                continue
            reason = why(module, redirect, before, after)
            if reason:
                self.project.blocked[path, redirect.target] = Block("new-cycle", reason)
                yield path


def _loaded_anywhere(graph: ImportGraph, module: str) -> Iterator[str]:
    """What any import statement of a module loads, whenever it runs."""
    facts = graph.index.module_facts(module)
    for fact in facts.imports if facts else ():
        for target in loaded_by(graph.index, facts.path if facts else "", fact):
            yield from (*parents(target), target)
