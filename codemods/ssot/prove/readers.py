"""Gate 4, the other files: what they get from a changed module, by import, by star or as an attribute, stays what it was."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from ssot.index.facts import ImportFact
from ssot.index.source import Source
from ssot.index.table import Denotation, External, Index, Missing, Module, Path, Unknown
from ssot.index.view import FileView
from ssot.prove.terms import Terms

Complaint = tuple[str, str]  # the module at fault, what would go wrong where


@dataclass(frozen=True)
class Elsewhere:
    """Both trees as seen by everybody who reads from `modules`. Without `sources`, whoever might read a name counts as reading it."""

    terms: Terms
    modules: frozenset[str]  # that are changed or go
    sources: Mapping[str, Source] | None  # Python files as they are afterwards

    def complaints(self) -> Iterator[Complaint]:
        yield from self._imports()
        yield from self._stars()
        yield from self._brought()
        if self.lost:
            yield from self._attributes() if self.sources is not None else self._handed_on()

    # -- names that are imported

    @cached_property
    def _affected(self) -> dict[str, str]:
        """Changed modules, and those that take names from them by star, each with the changed one."""
        affected = {module: module for module in self.modules}
        takers = list(self._star_takers())
        while True:
            more = {taker: affected[base] for taker, base, _, _ in takers if base in affected and taker not in affected}
            if not more:
                return affected
            affected.update(more)

    def _star_takers(self) -> Iterator[tuple[str, str, str, int]]:
        """Module, the module it takes everything from, path and line of that."""
        index = self.terms.after
        for path, facts in index.facts.items():
            for statement in facts.imports:
                if statement.is_from and statement.names[0].name == "*":
                    base = index.absolute(path, statement.module, statement.level)
                    if base is not None:
                        yield index.module_of(path), base, path, statement.line

    def _imports(self) -> Iterator[Complaint]:
        before, after = self.terms.before, self.terms.after
        for path, facts in after.facts.items():
            for statement in facts.imports:
                base = after.absolute(path, statement.module, statement.level) if statement.is_from else None
                if base not in self._affected or base is None:
                    continue
                for name in statement.names:
                    was, becomes = before.resolve(base, name.name), after.resolve(base, name.name)
                    if name.name != "*" and (self._differs(was, becomes) or self._unbound(base, name.name, was)):
                        where = f"{path}:{statement.line}: {base}:{name.name}"
                        yield self._affected[base], f"{where} would be {becomes}, not {was}"
        yield from self._modules_gone()

    def _modules_gone(self) -> Iterator[Complaint]:
        gone = {module for module in self.modules if not self.terms.after.layout.has(module)}
        for path, facts in self.terms.after.facts.items() if gone else ():
            for statement in facts.imports:
                for module in gone & set(named_modules(self.terms.after, path, statement)):
                    yield module, f"{path}:{statement.line}: {module} is imported, and would be gone"

    def _differs(self, was: Denotation, becomes: Denotation) -> bool:
        if isinstance(was, External) and isinstance(becomes, Missing | Unknown):
            return True
        if isinstance(was, Unknown) and isinstance(becomes, Missing):
            return True
        return self.terms.expected(was) != becomes and not isinstance(was, Missing | Unknown | External)

    def _unbound(self, module: str, name: str, was: Denotation) -> bool:
        """Whether what can't be told, like a name that modules take from each other in a circle, is no longer bound."""
        before, after = self.terms.before, self.terms.after
        return isinstance(was, Unknown) and name in _bound(before, module) and name not in _bound(after, module)

    # -- names that are gone

    @cached_property
    def lost(self) -> frozenset[Path]:
        """Names that changed modules offered, and that are something else or nothing now."""
        found = set()
        for module in self.modules:
            for name in self._offered(module):
                was, becomes = self.terms.before.resolve(module, name), self.terms.after.resolve(module, name)
                if self._differs(was, becomes):
                    found.add((module, name))
        return frozenset(found)

    def _offered(self, module: str) -> set[str]:
        index = self.terms.before
        names = _bound(index, module)
        for star in index.bindings(module).get("*", []):
            source = index.absolute(index.layout.paths[module], star.target, star.level)
            names |= (index.star_names(source) if source else None) or frozenset()
        return names

    def _stars(self) -> Iterator[Complaint]:
        before, after = self.terms.before, self.terms.after
        for module in sorted(self.modules):
            were = before.star_names(module) or frozenset()
            gone = were - (after.star_names(module) or frozenset())
            for _, base, path, line in self._star_takers() if gone else ():
                if base == module and (used := gone & self._free_names(path, gone)):
                    yield module, f"{path}:{line}: the star import would no longer bind {', '.join(sorted(used))}"

    def _brought(self) -> Iterator[Complaint]:
        """Names that star imports bring now: each must be what the name was to the file that gets it."""
        before, after = self.terms.before, self.terms.after
        for taker, base, path, line in self._star_takers():
            were, are = before.star_names(base), after.star_names(base)
            come = sorted(are - were) if base in self._affected and were is not None and are is not None else []
            for name in come:
                was, becomes = before.resolve(taker, name), after.resolve(taker, name)
                fresh = isinstance(was, Missing) and name not in self._free_names(path, come)
                if not fresh and self.terms.expected(was) != becomes:
                    yield self._affected[base], f"{path}:{line}: the star import would make {name} {becomes}, not {was}"

    def _free_names(self, path: str, gone: Iterable[str]) -> set[str]:
        """Names that the file uses and does not bind itself."""
        view = self._view(path)
        if view is None:
            return set(gone)
        listed = set(view.facts.exports or ())
        return listed | {use.node.id for use in view.scopes.names if use.scope.lookup(use.node.id) is None}

    def _view(self, path: str) -> FileView | None:
        source = self.sources.get(path) if self.sources is not None else None
        return FileView(source, self.terms.after) if source is not None else None

    def _attributes(self) -> Iterator[Complaint]:
        names = b"|".join(sorted(re.escape(name.encode()) for _, name in self.lost))
        read = re.compile(rb"[.:]\s*(?:" + names + rb")\b")
        for path, source in (self.sources or {}).items():
            if path in self.terms.warrant.generated:
                continue  # holds that the old paths are gone
            view = self._view(path) if read.search(source.u8) else None
            if view is not None:
                yield from self._read_in(path, view)

    def _read_in(self, path: str, view: FileView) -> Iterator[Complaint]:
        steps = [*view.steps, *(step for chain in view.scopes.chains for step in view.perhaps(chain))]
        for step in steps:
            if step.path in self.lost:
                yield step.path[0], f"{path}:{step.chain.root.node.lineno}: {':'.join(step.path)} is read there"
        spelled = {spelling: path for path in self.lost for spelling in (".".join(path), ":".join(path))}
        for text in view.scopes.strings:
            if text.value in spelled:
                lost = spelled[text.value]
                yield lost[0], f"{path}:{text.node.lineno}: {text.value} is looked up there"

    def _handed_on(self) -> Iterator[Complaint]:
        """Whoever gets a module as an object may read any of its names."""
        index = self.terms.after
        modules = {module for module, _ in self.lost}
        for path, facts in index.facts.items():
            for statement in facts.imports:
                for name in statement.names:
                    for module in modules & set(_got(index, path, statement, name.name)):
                        if index.module_of(path) != module:
                            yield module, f"{path}:{statement.line}: names of {module} may be read there"


def _bound(index: Index, module: str) -> set[str]:
    """The names that a module's own statements bind when it runs, or that it offers on demand."""
    facts = index.module_facts(module)
    made = index.bindings(module).items()
    names = {name for name, found in made if name != "*" and any(not one.where.type_only for one in found)}
    return names | {row[0] for row in facts.lazy} if facts else names


def named_modules(index: Index, path: str, statement: ImportFact) -> Iterator[str]:
    """The modules, and packages around them, that an import statement names; submodules it may name, too."""
    if not statement.is_from:
        for name in statement.names:
            parts = name.name.split(".")
            yield from (".".join(parts[:count]) for count in range(1, len(parts) + 1))
        return
    base = index.absolute(path, statement.module, statement.level)
    if base is not None:
        parts = base.split(".")
        yield from (".".join(parts[:count]) for count in range(1, len(parts) + 1))
        yield from (f"{base}.{name.name}" for name in statement.names)


def _got(index: Index, path: str, statement: ImportFact, name: str) -> Iterator[str]:
    if not statement.is_from:
        yield from named_modules(index, path, statement)
        return
    base = index.absolute(path, statement.module, statement.level)
    found = index.resolve(base, name) if base else None
    if isinstance(found, Module):
        yield found.name
