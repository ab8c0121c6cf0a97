"""All gates over all changed files of a plan; the verdict names the files that must be left alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from ssot.index.collect import facts_of
from ssot.index.facts import FileFacts
from ssot.index.graph import ImportGraph
from ssot.index.selection import is_python
from ssot.index.source import apply_edits
from ssot.index.table import Denotation, Index
from ssot.index.view import FileView
from ssot.prove.bindings import broken_imports, check_bindings
from ssot.prove.warrant import NOTHING, Warrant
from ssot.prove.gates import Failure, check_versions, minimal, read_versions
from ssot.values import Edit


@dataclass(frozen=True, slots=True)
class Changed:
    """One file before and after."""

    path: str
    before: bytes
    edits: tuple[Edit, ...]
    after: bytes


def changed_files(edits: Mapping[str, Sequence[Edit]], contents: Mapping[str, bytes]) -> list[Changed]:
    """Raises ValueError where edits overlap."""
    return [
        Changed(path, contents[path], tuple(found), apply_edits(contents[path], found))
        for path, found in sorted(edits.items())
    ]


@dataclass
class Prover:
    """Proves plans of one index; what has been proved of a file is not proved again for a smaller plan."""

    index: Index
    allowed: Callable[[Denotation], bool]
    warrant: Warrant = NOTHING
    _facts: dict[tuple[str, bytes], FileFacts] = field(default_factory=dict)
    _proved: set[tuple[str, bytes]] = field(default_factory=set)

    def failures(self, changed: Iterable[Changed]) -> dict[str, Failure]:
        """Files that fail a gate, with what failed. An empty answer is the proof."""
        changed = list(changed)
        after = self.after(changed)
        failures: dict[str, Failure] = {}
        for file in changed:
            if (file.path, file.after) not in self._proved:
                failure = self._check(file, after)
                if failure is not None:
                    failures[file.path] = failure
                else:
                    self._proved.add((file.path, file.after))
        paths = [file.path for file in changed if is_python(file.path) and file.path not in failures]
        for path, failure in _elsewhere(self.index, after, paths):
            failures.setdefault(path, failure)
        for path in _new_cycles(self.index, after, paths):
            failures.setdefault(path, Failure("gate-cycle", "the edits would close an import circle or break one"))
        return failures

    def after(self, changed: Iterable[Changed]) -> Index:
        """The index of the tree with the changes made."""
        found = []
        for file in changed:
            if is_python(file.path):
                key = (file.path, file.after)
                if key not in self._facts:
                    self._facts[key] = facts_of(file.path, file.after)
                found.append(self._facts[key])
        return self.index.with_facts(found)

    def _check(self, file: Changed, after: Index) -> Failure | None:
        if not is_python(file.path):
            return minimal(file.before, file.edits, file.after)
        versions = read_versions(file.path, file.before, file.after)
        if isinstance(versions, Failure):
            return versions
        old = FileView(versions.old, self.index, versions.old_tree)
        new = FileView(versions.new, after, versions.new_tree)
        # the bindings first: comparing the trees takes them apart
        return check_bindings(file.path, old, new, self.allowed) or check_versions(
            versions, file.before, file.edits, file.after
        )


def _elsewhere(before: Index, after: Index, paths: list[str]) -> Iterable[tuple[str, Failure]]:
    """Charged to the changed file, not to the one that would suffer."""
    for path, line, what in broken_imports(before, after, paths):
        culprit = what.partition(":")[0]
        for changed in paths:
            if before.module_of(changed) == culprit:
                yield changed, Failure("gate-bindings", f"{path}:{line}: {what}")


def _new_cycles(before: Index, after: Index, paths: list[str]) -> Iterable[str]:
    old, new = ImportGraph(before), ImportGraph(after)
    for path in paths:
        module = before.module_of(path)
        added = set(new.targets(module)) - set(old.targets(module))
        circles = [target for target in added if new.same_cycle(module, target)]
        if not circles:
            continue
        fresh = any(not old.same_cycle(module, target) for target in circles)
        if fresh or any(new.failures(entry) - old.failures(entry) for entry in new.cycle(module)):
            yield path
