"""Which declared paths exist, lead to the canonical object, and can therefore become shims."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ssot.audit.governance import Entry, parse_reference, reference
from ssot.declare.manifest import Manifest
from ssot.index.shims import WHOLE
from ssot.index.table import Denotation, Index, Missing, Path, Symbol
from ssot.rewrite.shims.wrap import is_function_of_its_own
from ssot.rewrite.stage import Tree


@dataclass(frozen=True, slots=True)
class Candidate:
    """One declared path that is offered today. ``whole``: a module that moved, `path` is then ``(module, "*")``."""

    path: Path
    key: str
    canonical: str
    file: str
    line: int
    permanent: bool
    code: str = ""  # why it is not known to be the canonical object
    fault: str = ""
    bound: bool = True  # by a statement; else by the table that is there already
    wraps: bool = False  # a function of its own, which may come to call the canonical one

    @property
    def whole(self) -> bool:
        return self.path[1] == WHOLE

    @property
    def shown(self) -> str:
        return self.path[0] if self.whole else reference(self.path)


def candidates(tree: Tree) -> list[Candidate]:
    """Every declared path that exists, by file and line."""
    moved = list(_moved(tree))
    modules = {one.path[0] for one in moved}
    named = [one for one in _named(tree) if one.path[0] not in modules]
    return sorted([*moved, *named], key=lambda one: (one.file, one.line, one.path))


def permanent_paths(manifest: Manifest) -> frozenset[Path]:
    shims = manifest.shims
    return frozenset(map(parse_reference, shims.permanent)) if shims is not None else frozenset()


def _named(tree: Tree) -> Iterator[Candidate]:
    permanent = permanent_paths(tree.manifest)
    seen: set[Path] = set()  # chained declarations end at one symbol
    for entry in tree.governance.entries:
        for path in sorted(entry.legacy - entry.approved - {entry.canonical} - seen):
            seen.add(path)
            found = _candidate(tree.index, entry, path, path in permanent)
            if found is not None:
                yield found


def _candidate(index: Index, entry: Entry, path: Path, permanent: bool) -> Candidate | None:
    module, name = path
    file = index.layout.paths.get(module)
    denotes = index.resolve(module, name)
    if file is None or isinstance(denotes, Missing):
        return None
    bindings = [one for one in index.bindings(module).get(name, []) if not one.where.type_only]
    rows = {row.name: row for row in index.facts[file].shims.rows}
    if not bindings and (name in rows or WHOLE in rows):
        same = name not in rows or parse_reference(rows[name].canonical) == entry.canonical
        return None if same else Candidate(path, entry.key, entry.key, file, rows[name].line, permanent, bound=False)
    line = bindings[0].line if bindings else 1
    if bindings and is_function_of_its_own(index, path, entry.denotes):
        wrapped = name in index.facts[file].shims.wrapped
        return None if wrapped else Candidate(path, entry.key, entry.key, file, line, permanent, wraps=True)
    code, fault = _fault(index, path, denotes, entry)
    return Candidate(path, entry.key, entry.key, file, line, permanent, code, fault)


def _fault(index: Index, path: Path, denotes: Denotation, entry: Entry) -> tuple[str, str]:
    """Why a path is not known to give the canonical object."""
    if denotes == entry.denotes and isinstance(denotes, Symbol):
        return "", ""
    facts = index.module_facts(path[0])
    if facts is not None and path[1] in facts.rebound:
        return "shim-binding", f"a function of {path[0]} binds {path[1]} again"
    if denotes == Symbol(*path) and index.is_choice(Symbol(*path)):
        return "shim-conditional", f"what {reference(path)} is, is decided when the program runs"
    said = str(getattr(denotes, "reason", "")) or f"{reference(path)} is {denotes}, not {entry.key}"
    return "shim-other-object", said


def _moved(tree: Tree) -> Iterator[Candidate]:
    """Modules that are still there under the name they had before."""
    for module, file in sorted(tree.index.layout.paths.items()):
        canonical = tree.governance.moved_module(module)
        if canonical is None or not tree.index.layout.has(canonical):
            continue
        if any(row.name == WHOLE for row in tree.index.facts[file].shims.rows):
            continue
        permanent = any(one[0] == module for one in permanent_paths(tree.manifest))
        yield Candidate((module, WHOLE), canonical, canonical, file, 1, permanent)
