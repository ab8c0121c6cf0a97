"""One tree, read and indexed, with the manifest applied to it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass
from functools import cached_property

from ssot.audit.governance import Governance
from ssot.audit.survey import Survey, proposed, survey
from ssot.declare.manifest import Manifest
from ssot.index.facts import FileFacts
from ssot.index.reading import all_facts
from ssot.index.selection import NATIVE, globs, hands_off, is_python, is_text, may_hold_code
from ssot.index.source import Source, decode, decode_text
from ssot.index.table import Index
from ssot.index.trees import Trees
from ssot.pipeline.references import check_references
from ssot.values import Blob, Skipped, Snapshot

Progress = Callable[[str, int, int], None]


def silent(what: str, done: int, total: int) -> None:
    """The progress report of whoever wants none."""


@dataclass
class Workspace:
    """Immutable in effect: everything is derived from the snapshot and the manifest, once."""

    snapshot: Snapshot
    manifest: Manifest | None
    jobs: int | None = 1
    progress: Progress = silent

    @cached_property
    def blobs(self) -> Mapping[str, Blob]:
        return self.snapshot.by_path()

    @cached_property
    def index(self) -> Index:
        python = [blob for blob in self.snapshot.blobs if is_python(blob.path)]
        facts: list[FileFacts] = all_facts(python, self.jobs, lambda done, total: self.progress("reading", done, total))
        roots = self.manifest.project.roots if self.manifest else ()
        native = [blob.path for blob in self.snapshot.blobs if blob.path.endswith(NATIVE)]
        # links, other repositories, files that can't be read: they exist, and what they hold is not known
        return Index.build(facts, roots or None, native + [one.path for one in self.skipped])

    @cached_property
    def skipped(self) -> tuple[Skipped, ...]:
        """What may hold code and was not read at all."""
        return tuple(one for one in self.snapshot.skipped if may_hold_code(one.path))

    @cached_property
    def _governed(self) -> tuple[Governance, dict[str, str]]:
        if self.manifest is None:
            return proposed(self.index, self.survey)
        governance = Governance.declared(self.index, self.manifest)
        check_references(self.manifest, self.index, governance)
        return governance, {}

    @cached_property
    def survey(self) -> Survey:
        return survey(self.index)

    @property
    def governance(self) -> Governance:
        return self._governed[0]

    @property
    def reasons(self) -> dict[str, str]:
        """Why each proposal, where there is no manifest."""
        return self._governed[1]

    @cached_property
    def sources(self) -> Mapping[str, Source]:
        """The Python files that could be parsed, decoded."""
        found = {}
        for path, facts in self.index.facts.items():
            source = decode(path, self.blobs[path].data) if facts.problem is None else None
            if isinstance(source, Source):
                found[path] = source
        return found

    @cached_property
    def trees(self) -> Trees:
        return Trees()

    @cached_property
    def texts(self) -> Mapping[str, Source]:
        """The other text files."""
        return {blob.path: decode_text(blob.path, blob.data) for blob in self.snapshot.blobs if is_text(blob.path)}

    @cached_property
    def unread(self) -> Mapping[str, Source]:
        """The Python files that could not be parsed: what they mention can be found all the same."""
        problems = [path for path, facts in self.index.facts.items() if facts.problem is not None]
        return {path: decode_text(path, self.blobs[path].data) for path in problems}

    @cached_property
    def is_test(self) -> Callable[[str], bool]:
        return globs((self.manifest or Manifest()).project.tests)

    @cached_property
    def _excluded(self) -> Callable[[str], bool]:
        return globs(self.manifest.project.exclude) if self.manifest else lambda path: False

    def changed_to(self, snapshot: Snapshot, index: Index, changed: Set[str]) -> Workspace:
        """The workspace of a tree that differs in some files; what is known of the others is kept."""
        after = Workspace(snapshot, self.manifest, self.jobs, self.progress)
        paths = after.blobs.keys()
        fresh = {path: decode(path, after.blobs[path].data) for path in changed & paths}
        good = {path: source for path, source in fresh.items() if isinstance(source, Source)}
        python = {path: source for path, source in good.items() if path in index.facts}
        after.index = index
        after.trees = self.trees
        after.sources = {path: self.sources[path] for path in self.sources.keys() & paths} | python
        after.texts = {path: self.texts[path] for path in self.texts.keys() & paths} | {
            path: source for path, source in good.items() if is_text(path)
        }
        if self.manifest is not None:
            after._governed = Governance.declared(index, self.manifest), {}
        return after

    def hands_off(self, path: str) -> str:
        """The setting because of which a file is read but never edited; empty where it may be."""
        if self.manifest is not None and path == self.manifest.file:
            return "manifest"
        if self._excluded(path):
            return "exclude"
        blob = self.blobs.get(path)  # none for what was skipped
        return hands_off(path, blob.data if blob is not None else b"")
