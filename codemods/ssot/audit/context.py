"""What the rules look at: all uses of governed symbols, whichever way they were found."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from ssot.audit.governance import Governance, Status, Verdict
from ssot.audit.mentions import patched_where_used
from ssot.audit.sites import Form, Site, may_concern, sites_of
from ssot.declare.manifest import Collapse
from ssot.index.facts import ImportedName, ImportFact, Where
from ssot.index.source import Source
from ssot.index.table import Denotation, Index, Module, Path
from ssot.index.view import FileView
from ssot.values import Finding, Fix, Severity, Skipped


@dataclass(frozen=True, slots=True)
class Use:
    """One imported name at one place."""

    file: str
    line: int
    column: int  # from 1
    width: int
    form: Form
    path: Path
    local: str
    verdict: Verdict
    where: Where
    provides: bool = False

    @property
    def legacy_local(self) -> bool:
        entry = self.verdict.entry
        if self.form is not Form.FROM or self.verdict.status is not Status.CANONICAL or entry is None:
            return False
        return self.local != self.path[1] and self.local in entry.replaced_names()

    @property
    def fragmented(self) -> bool:
        return not self.provides and (self.verdict.status is Status.FRAGMENTED or self.legacy_local)

    @property
    def counts(self) -> bool:
        """Whether it belongs to the canonical usage figure."""
        good = self.verdict.status in (Status.CANONICAL, Status.APPROVED)
        return self.fragmented or (good and not self.provides)


@dataclass
class AuditContext:
    """One audit. ``sources`` are the parsable Python files; ``declared`` tells a manifest from the tool's own proposal."""

    index: Index
    governance: Governance
    sources: Mapping[str, Source]
    declared: bool
    is_test: Callable[[str], bool]
    hands_off: Callable[[str], str]
    selected: Callable[[str], bool] = lambda path: True
    skipped: Sequence[Skipped] = ()  # of the files that may hold code
    collapse: Sequence[Collapse] = ()  # as declared
    today: date | None = None  # from when on a shim is expired; None: that is not asked
    _seen: Counter[tuple[str, str, str]] = field(default_factory=Counter)

    @cached_property
    def uses(self) -> tuple[Use, ...]:
        """In the order of paths and lines."""
        found = [use for path in sorted(self.index.facts) for use in self._in_file(path)]
        return tuple(sorted(found, key=lambda use: (use.file, use.line, use.column, use.form)))

    def _in_file(self, path: str) -> Iterator[Use]:
        if self._needs_view(path):
            view = FileView(self.sources[path], self.index)
            yield from (self._of_site(path, site) for site in sites_of(view, self.governance))
        else:
            yield from self._from_facts(path)

    @cached_property
    def _words(self) -> Callable[[bytes], object]:
        return may_concern(self.governance.words).search

    def _needs_view(self, path: str) -> bool:
        """Chains and stars need the whole syntax; they are looked at for declared symbols."""
        facts = self.index.facts[path]
        if not self.declared or path not in self.sources or facts.problem is not None:
            return False
        return any(self._reaches_modules(path, fact) for fact in facts.imports) and bool(
            self._words(self.sources[path].u8)
        )

    def _reaches_modules(self, path: str, fact: ImportFact) -> bool:
        if not fact.is_from:
            return any(
                self.index.layout.has(n.name.partition(".")[0]) or self.governance.moved_module(n.name)
                for n in fact.names
            )
        base = self.index.absolute(path, fact.module, fact.level)
        return base is not None and any(
            name.name == "*" or isinstance(self.index.resolve(base, name.name), Module) or self.governance.moves
            for name in fact.names
        )

    def _from_facts(self, path: str) -> Iterator[Use]:
        for fact in self.index.facts[path].imports:
            base = self.index.absolute(path, fact.module, fact.level) if fact.is_from else None
            for name in fact.names if base is not None else ():
                denotes = self.index.resolve(base or "", name.name, typing=fact.where.type_only)
                verdict = self.governance.classify((base or "", name.name), denotes)
                if verdict is not None and name.name != "*":
                    yield self._of_fact(path, fact, name, base or "", verdict)

    def _of_fact(self, path: str, fact: ImportFact, name: ImportedName, base: str, verdict: Verdict) -> Use:
        provides = not fact.where.scope and self._provides(path, name.local)
        width = len(name.name) + (len(f" as {name.asname}") if name.asname else 0)
        place = (path, name.line, name.column + 1, width)
        return Use(*place, Form.FROM, (base, name.name), name.local, verdict, fact.where, provides)

    def _of_site(self, path: str, site: Site) -> Use:
        column = int(getattr(site.node, "col_offset", 0))
        end = int(getattr(site.node, "end_col_offset", column))
        in_module = site.found is not None and site.found.scope.kind == "module"
        local = site.local or site.path[1]
        provides = in_module and self._provides(path, local)
        place = (path, site.line, column + 1, max(end - column, 1))
        return Use(*place, site.form, site.path, local, site.verdict, site.where, provides)

    def _provides(self, path: str, local: str) -> bool:
        module = self.index.module_of(path)
        moved = any(module == legacy or module.startswith(legacy + ".") for legacy, _ in self.governance.moves)
        return moved or (module, local) in self.governance.providers

    def used_in_own_module(self, path: Path) -> bool:
        """Whether a module's own functions read this global of it."""
        file = self.index.layout.paths.get(path[0])
        if file is None or file not in self.sources:
            return False
        return patched_where_used(FileView(self.sources[file], self.index), path[1])

    # -- unresolved imports need all names, governed or not

    def imported(self) -> Iterator[tuple[str, ImportFact, ImportedName, Path, Denotation]]:
        """Every name of every ``from`` statement, and every plain import (with an empty name), with what it denotes."""
        for path, facts in sorted(self.index.facts.items()):
            for fact in facts.imports:
                base = self.index.absolute(path, fact.module, fact.level) if fact.is_from else None
                for name in fact.names:
                    if not fact.is_from:
                        yield path, fact, name, (name.name, ""), self.index.resolve_module(name.name)
                    elif base is not None and name.name != "*":
                        denotes = self.index.resolve(base, name.name, typing=True)
                        yield path, fact, name, (base, name.name), denotes

    # -- findings

    def finding(
        self, rule: str, place: tuple[str, int, int, int], message: str, symbol: str, severity: Severity, fix: Fix
    ) -> Finding:
        """``place``: file, line, column from 1, width."""
        file, line, column, width = place
        key = (rule, file, f"{symbol}\0{message}")
        number = self._seen[key]
        self._seen[key] += 1
        digest = hashlib.sha256("\0".join([*key, str(number)]).encode()).hexdigest()[:16]
        return Finding(file, line, column, line, column + width, rule, message, symbol, severity, fix, digest)
