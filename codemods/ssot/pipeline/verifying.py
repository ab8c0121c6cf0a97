"""Check a branch as committed: imports resolve and bindings denote as before."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from ssot.declare.manifest import Manifest
from ssot.index.facts import ImportFact
from ssot.index.selection import is_python
from ssot.index.source import Source, decode
from ssot.index.table import External, Index, Missing, Module, Symbol, Unknown
from ssot.index.view import FileView
from ssot.pipeline.licence import warrant
from ssot.pipeline.stages import allowed_repairs
from ssot.pipeline.workspace import Workspace
from ssot.prove.bindings import check_bindings
from ssot.prove.files import Files
from ssot.prove.terms import Terms
from ssot.prove.warrant import Warrant
from ssot.rewrite.stage import Licence
from ssot.values import Edit, Finding, Fix, Severity

RULE = "SSOT901"


@dataclass(frozen=True, slots=True)
class Verification:
    """What was compared on a branch, and what is wrong with it."""

    branch: str
    checked_imports: int
    checked_files: int
    problems: tuple[Finding, ...]

    @property
    def ok(self) -> bool:
        return not self.problems


def verify(branch: str, before: Workspace, after: Workspace) -> Verification:
    """Compare two trees: every import of the newer one, every name of every file that differs."""
    changed = [
        path
        for path, blob in after.blobs.items()
        if is_python(path) and path in before.blobs and before.blobs[path].data != blob.data
    ]
    terms = Terms(before.index, after.index, allowed_repairs(after.governance), _warrant(before))
    problems = [*_imports(terms), *_bindings(before, after, changed, terms), *_files(before, after, terms)]
    imports = sum(len(fact.names) for facts in after.index.facts.values() for fact in facts.imports)
    return Verification(branch, imports, len(changed), tuple(sorted(problems)))


def _warrant(work: Workspace) -> Warrant:
    """All that any codemod may do under the manifest of the base."""
    return warrant(frozenset(Licence), work.manifest or Manifest(), work.index, work.governance)


def _files(before: Workspace, after: Workspace, terms: Terms) -> Iterator[Finding]:
    """Files that one of the two trees does not have."""
    files = Files(terms)
    for path in sorted(before.blobs.keys() ^ after.blobs.keys()):
        if path in after.blobs:
            text = after.blobs[path].data
            failure = files.created(path, (Edit(0, 0, 1, "", text.decode("utf-8", "replace")),), text)
        else:
            text = before.blobs[path].data
            failure = files.deleted(path, (Edit(0, len(text), 1, text.decode("utf-8", "replace"), ""),), text)
        if failure is not None:
            what = "is new" if path in after.blobs else "is gone"
            yield _finding(path, 1, f"the file {what}: {failure.reason}")


def _imports(terms: Terms) -> Iterator[Finding]:
    """Imports that gave something of the project and now give nothing or something else."""
    before, after = terms.before, terms.after
    for path, facts in after.facts.items():
        old = before.facts.get(path)
        if old is not None and old.problem is None and facts.problem is not None:
            yield _finding(path, facts.problem.line, f"no longer parses: {facts.problem.reason}")
        for statement in facts.imports:
            for line, name, found in _resolved(after, path, statement):
                was = _was(before, path, statement, name)
                if isinstance(found, Missing) and not isinstance(was, Missing | External):
                    yield _finding(path, line, f"{name}: {found.reason}")
                elif terms.expected(was) != found and not isinstance(was, Missing | Unknown | External):
                    yield _finding(path, line, f"{name} gives {_word(found)}, and gave {_word(was)} before")


def _resolved(index: Index, path: str, statement: ImportFact) -> Iterator[tuple[int, str, object]]:
    base = index.absolute(path, statement.module, statement.level) if statement.is_from else None
    for name in statement.names:
        if not statement.is_from:
            yield name.line, name.name, index.resolve_module(name.name)
        elif base is not None and name.name != "*":
            yield name.line, name.name, index.resolve(base, name.name, typing=statement.where.type_only)


def _was(before: Index, path: str, statement: ImportFact, name: str) -> object:
    """What the same statement would have given before."""
    if not statement.is_from:
        return before.resolve_module(name)
    base = before.absolute(path, statement.module, statement.level)
    return before.resolve(base or "", name, typing=statement.where.type_only)


def _word(found: object) -> str:
    return str(found) if isinstance(found, Symbol | Module | External) else "nothing that can be told"


def _bindings(before: Workspace, after: Workspace, changed: list[str], terms: Terms) -> Iterator[Finding]:
    for path in changed:
        old, new = decode(path, before.blobs[path].data), decode(path, after.blobs[path].data)
        if before.index.facts[path].problem or after.index.facts[path].problem:
            continue
        if isinstance(old, Source) and isinstance(new, Source):
            failure = check_bindings(
                path, FileView(old, before.index), FileView(new, after.index), terms.allowed, terms.warrant
            )
            if failure is not None:
                yield _finding(path, 1, failure.reason)


def _finding(path: str, line: int, message: str) -> Finding:
    digest = hashlib.sha256(f"{RULE}\0{path}\0{message}".encode()).hexdigest()[:16]
    return Finding(path, line, 1, line, 2, RULE, message, "", Severity.ERROR, Fix.NONE, digest)
