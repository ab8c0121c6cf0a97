"""All gates over all changed files of a plan; the verdict names the files that must be left alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from ssot.index.collect import facts_of
from ssot.index.graph import ImportGraph
from ssot.index.source import Source, apply_edits, decode
from ssot.index.table import Denotation, Index
from ssot.index.view import FileView
from ssot.prove.bindings import broken_imports, check_bindings
from ssot.prove.gates import Failure, check_file
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


def prove(
    index: Index, changed: Iterable[Changed], allowed: Callable[[Denotation], bool]
) -> dict[str, Failure]:
    """Files that fail a gate, with what failed. An empty answer is the proof."""
    changed = list(changed)
    failures = {
        file.path: failure
        for file in changed
        if (failure := check_file(file.path, file.before, file.edits, file.after)) is not None
    }
    python = [file for file in changed if file.path not in failures and file.path.endswith((".py", ".pyi"))]
    after = index.with_facts(facts_of(file.path, file.after) for file in python)
    for file in python:
        failure = _bindings(file, index, after, allowed)
        if failure is not None:
            failures[file.path] = failure
    for path, failure in _elsewhere(index, after, [file.path for file in python]):
        failures.setdefault(path, failure)
    for path in _new_cycles(index, after, [file.path for file in python]):
        failures.setdefault(path, Failure("gate-cycle", "the edits would close an import circle or break one"))
    return failures


def _bindings(file: Changed, before: Index, after: Index, allowed: Callable[[Denotation], bool]) -> Failure | None:
    old, new = decode(file.path, file.before), decode(file.path, file.after)
    if not isinstance(old, Source) or not isinstance(new, Source):
        return Failure("gate-decode", "the file can't be read as text")
    return check_bindings(file.path, FileView(old, before), FileView(new, after), allowed)


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
