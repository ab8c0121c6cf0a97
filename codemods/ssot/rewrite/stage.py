"""What every codemod takes and gives. Codemods of one plan run one after the other, each on the tree that the one before left."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from ssot.audit.governance import Governance
from ssot.declare.manifest import Manifest
from ssot.index.source import Source
from ssot.index.table import Index
from ssot.index.trees import Trees
from ssot.index.view import FileView
from ssot.rewrite.outcomes import FilePlan
from ssot.values import Safety


@dataclass(frozen=True)
class Tree:
    """One tree as a codemod sees it."""

    manifest: Manifest
    index: Index
    governance: Governance
    sources: Mapping[str, Source]  # the Python files that could be parsed
    texts: Mapping[str, Source]  # the other text files
    paths: frozenset[str]  # every regular file
    hands_off: Callable[[str], str]  # the setting because of which a file is not edited; empty where it may be
    is_test: Callable[[str], bool]
    day: date | None = None  # of the base commit; None for a tree that is no commit
    unsafe: bool = False
    settled: frozenset[str] = (
        frozenset()
    )  # files that hold nothing to plan, as a former run on nearly the same tree has found
    progress: Callable[[str, int, int], None] = lambda what, done, total: None
    unread: Mapping[str, Source] = field(default_factory=dict)  # the Python files that could not be parsed
    trees: Trees = field(default_factory=Trees)

    def view(self, path: str) -> FileView:
        source = self.sources[path]
        return FileView(source, self.index, self.trees.of(source))


@dataclass(frozen=True, slots=True)
class Created:
    """A file that is to be there and is not."""

    text: bytes
    keys: frozenset[str]


@dataclass(frozen=True)
class Outcome:
    """What one codemod wants on one tree: edits of files, new files, files to go. Occurrences hold refusals and fates."""

    plans: Mapping[str, FilePlan]
    created: Mapping[str, Created] = field(default_factory=dict)
    deleted: Mapping[str, frozenset[str]] = field(default_factory=dict)  # path -> on behalf of which symbols
    inseparable: frozenset[str] = (
        frozenset()
    )  # keys whose edits make no sense without those other codemods make for them


class Licence(StrEnum):
    """What a kind of codemod may do beside changing how the same objects are got; the manifest says to which."""

    COLLAPSE = "collapse"  # make declared duplicates one
    RETIRE = "retire"  # offer declared legacy paths lazily
    DROP = "drop"  # take declared legacy paths away, where the manifest wants no shims
    REMOVE = "remove"  # take them away because their day has come


@dataclass(frozen=True)
class Codemod:
    """One codemod. Keys are canonical references; they say which edits belong together."""

    name: str
    plan: Callable[[Tree], Outcome]
    title: Callable[[list[str], Safety], str]  # of a commit on behalf of these keys
    reason: Callable[[list[str], Safety], str]
    rules: Callable[[Safety], tuple[str, ...]] = lambda safety: ()
    needs: frozenset[Licence] = frozenset()
    foreign: bool = False  # somebody else's: what it means to do is not known
    continues: bool = False  # what a second run on the result would find is made part of the first
    atomic: bool = False  # the edits made for one key stand or fall together, in all files
