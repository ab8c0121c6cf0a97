"""Files that are made, and files that go."""

from __future__ import annotations

import codecs
import sys
from collections.abc import Iterator
from dataclasses import dataclass

from ssot.index.facts import Kind
from ssot.index.selection import is_python
from ssot.index.shims import HELPER, TABLE
from ssot.index.source import Source, decode
from ssot.index.table import External, Index, Missing
from ssot.prove.gates import Failure, minimal, read_versions
from ssot.prove.readers import named_modules
from ssot.prove.terms import Terms
from ssot.values import Edit

_LOADED_UNASKED = frozenset(["conftest.py", "sitecustomize.py", "usercustomize.py", "setup.py", "__main__.py"])


@dataclass(frozen=True)
class Files:
    """Which files there are, in both trees."""

    terms: Terms

    def created(self, path: str, edits: tuple[Edit, ...], after: bytes) -> Failure | None:
        """A new file must be readable, be what its edit says, and stand in nobody's place."""
        if "".join(edit.new for edit in edits).encode() != after or any(edit.old for edit in edits):
            return Failure("gate-minimal", "the file holds something that no edit declares")
        if not is_python(path):
            return _readable(path, after)
        versions = read_versions(path, None, after)
        if isinstance(versions, Failure):
            return versions
        complaint = next(self._shadows(path), None) or next(self._unresolved(path), None)
        return Failure("gate-bindings", complaint) if complaint else None

    def _shadows(self, path: str) -> Iterator[str]:
        before, after = self.terms.before.layout, self.terms.after.layout
        if path in self.terms.before.facts:
            yield "the file exists"
        if path.rpartition("/")[2] in _LOADED_UNASKED:
            yield "Python or a test runner would load the file unasked"
        for module, home in before.paths.items():
            if after.paths.get(module) not in (home, None):
                yield f"{module} would be another file"
        for kind in ("ambiguous", "shadowed"):
            more = getattr(after, kind) - getattr(before, kind)
            if more:
                yield f"{', '.join(sorted(more))} could no longer be imported for certain"
        if (before.namespaces - after.namespaces) & after.packages:
            yield "a namespace package would become a regular one"
        module = after.names.get(path, "")
        if module in before.native or (module and self._means_another(module)):
            yield f"{module} is imported already, and is nothing of the repository"

    def _means_another(self, module: str) -> bool:
        """Whether somebody imports the top-level name, which nothing in the repository supplied."""
        if module in sys.stdlib_module_names:
            return True
        index = self.terms.before
        return any(
            module in named_modules(index, path, statement)
            for path, facts in index.facts.items()
            for statement in facts.imports
        )

    def _unresolved(self, path: str) -> Iterator[str]:
        """An import that is made whenever the file is loaded must work."""
        index = self.terms.after
        for statement in index.facts[path].imports:
            if statement.where.deferred or not statement.where.certain:
                continue
            base = index.absolute(path, statement.module, statement.level) if statement.is_from else None
            for name in statement.names:
                found = index.resolve(base, name.name) if base is not None else index.resolve_module(name.name)
                if isinstance(found, Missing) and name.name != "*":
                    yield f"line {statement.line} imports {name.name}: {found.reason}"

    def deleted(self, path: str, edits: tuple[Edit, ...], before: bytes) -> Failure | None:
        """A file goes when each of its names may, and nobody loads it; that nobody reads them is looked at elsewhere."""
        failure = minimal(before, edits, codecs.BOM_UTF8 if before.startswith(codecs.BOM_UTF8) else b"")
        if failure is not None:
            return failure
        if not is_python(path):
            return Failure("gate-bindings", "only modules go")
        complaint = next(self._missed(path), None)
        return Failure("gate-bindings", complaint) if complaint else None

    def _missed(self, path: str) -> Iterator[str]:
        index = self.terms.before
        module = index.module_of(path)
        facts = index.facts.get(path)
        if facts is None or facts.problem is not None or index.layout.paths.get(module) != path:
            yield "the file is no module that can be read"
            return
        if module in index.layout.packages and _inhabited(self.terms.after, module):
            yield f"{module} holds other modules"
        for binding in facts.bindings:
            if (
                binding.name == "*"
                or self.terms.drops((module, binding.name))
                or _incidental(index, path, binding.name)
            ):
                continue
            yield f"{module}:{binding.name} would go"


def _incidental(index: Index, path: str, name: str) -> bool:
    """Whether a name is there for the module's own use only: hooks, ``__all__``, what it imports of other distributions."""
    if (name.startswith("__") and name.endswith("__")) or (name in (TABLE, HELPER) and index.facts[path].shims.live):
        return True
    bindings = [one for one in index.facts[path].bindings if one.name == name]
    imported = all(one.kind in (Kind.FROM, Kind.IMPORT) for one in bindings)
    table = all(one.kind is Kind.VALUE for one in bindings) and name.startswith("_") and bool(index.facts[path].lazy)
    type_only = all(one.where.type_only for one in bindings)
    return table or type_only or (imported and isinstance(index.resolve(index.module_of(path), name), External))


def _inhabited(index: Index, package: str) -> bool:
    return any(module.startswith(f"{package}.") for module in index.layout.paths)


def _readable(path: str, data: bytes) -> Failure | None:
    return None if isinstance(decode(path, data), Source) else Failure("gate-decode", "the file can't be read as text")
