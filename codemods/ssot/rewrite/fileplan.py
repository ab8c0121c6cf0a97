"""The plan of one file while it is being made."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from ssot.audit.sites import Form, Site
from ssot.index.scopes import ImportNode
from ssot.index.table import Path
from ssot.index.view import FileView
from ssot.rewrite.context import Project
from ssot.rewrite.newnames import NewNames
from ssot.rewrite.outcomes import Fate, FilePlan, Occurrence, Redirect, Renamed, Splice
from ssot.rewrite.statements import StatementPlan
from ssot.values import Safety


@dataclass(frozen=True)
class UseEdit:
    """A name or chain replaced."""

    start: int
    end: int
    new: bytes
    key: str
    safety: Safety = Safety.SAFE


class Draft:
    """Collects outcomes and edits; `finish` groups them by the symbols whose edits can't be told apart."""

    def __init__(self, view: FileView, project: Project) -> None:
        self.view = view
        self.project = project
        self.statements: dict[int, StatementPlan] = {}
        self.uses: dict[UseEdit, None] = {}
        self.occurrences: list[Occurrence] = []
        self.renamed: list[Renamed] = []
        self.redirects: list[Redirect] = []
        self.stuck: set[Path] = set()
        self.names = NewNames(self.statements)

    @cached_property
    def suppliers(self) -> Mapping[tuple[int, str | None], Sequence[ImportNode]]:
        """The ``from`` statements of the file, by the block that they stand in and the module that they name."""
        found = defaultdict(list)
        for one in self.view.scopes.imports:
            if isinstance(one.node, ast.ImportFrom):
                found[id(one.block), self.view.base(one.node)].append(one)
        return found

    # -- outcomes

    def _note(self, site: Site, fate: Fate, code: str = "", reason: str = "") -> None:
        path = self.view.source.path
        self.occurrences.append(Occurrence(path, site.line, site.verdict.key, fate, code, reason))

    def rewrite(self, site: Site) -> None:
        self._note(site, Fate.REWRITTEN)
        module = site.path[0] if site.form is not Form.MODULE else ".".join(filter(None, site.path))
        target = site.verdict.target
        goal = target[0] if site.form is not Form.MODULE else ".".join(filter(None, target))
        where, name = site.where, site.path[1] if site.form is not Form.MODULE else ""
        becomes = target[1] if name else ""
        chain = site.form is Form.CHAIN
        self.redirects.append(Redirect(module, goal, where.deferred, where.type_only, chain, name, becomes))

    def refuse(self, site: Site, code: str, reason: str) -> None:
        self._note(site, Fate.REFUSED, code, reason)
        if site.where.deferred:
            self.stuck.add(site.path)

    def ignore(self, site: Site, setting: str) -> None:
        self._note(site, Fate.IGNORED, setting)

    # -- edits

    def statement(self, found: ImportNode, key: str, safety: Safety = Safety.SAFE) -> StatementPlan:
        plan = self.statements.setdefault(id(found.node), StatementPlan(found))
        plan.keys.add(key)
        if safety is Safety.UNSAFE:
            plan.safety = safety
        return plan

    def keep_loaded(self, plan: StatementPlan, modules: Iterable[str]) -> None:
        """Keep importing modules whose loading has effects, in front of the statement that no longer does."""
        for module in modules if not self.view.where(plan.node).type_only else ():
            line = f"import {module}"
            if (self.view.source.path, module) in self.project.keep_loaded and line not in plan.before:
                plan.before.append(line)

    def replace(self, span: tuple[int, int], new: str, key: str, safety: Safety = Safety.SAFE) -> None:
        edit = UseEdit(*span, new.encode(), key, safety)
        if self.view.source.u8[span[0] : span[1]] != edit.new:
            self.uses.setdefault(edit)

    def finish(self, splices: Iterable[Splice]) -> FilePlan:
        statements = list(splices)
        groups = _groups([set(splice.keys) for splice in statements])
        unsafe = {key for splice in statements if splice.safety is Safety.UNSAFE for key in splice.keys}

        def placed(start: int, end: int, new: bytes, keys: Iterable[str], safety: Safety) -> Splice:
            whole = frozenset().union(*(groups.get(key, frozenset({key})) for key in keys))
            safety = Safety.UNSAFE if whole & unsafe else safety
            return Splice(start, end, new, whole, safety)

        found = [placed(s.start, s.end, s.new, s.keys, s.safety) for s in statements]
        found += [placed(use.start, use.end, use.new, {use.key}, use.safety) for use in self.uses]
        return FilePlan(
            self.view.source.path,
            tuple(sorted(found)),
            tuple(self.occurrences),
            tuple(self.renamed),
            tuple(self.redirects),
            frozenset(self.stuck),
        )


def _groups(sets: list[set[str]]) -> dict[str, frozenset[str]]:
    """Symbols that share a statement, directly or through others, belong together."""
    groups: dict[str, set[str]] = {}
    for keys in sets:
        merged = set(keys).union(*(groups.get(key, set()) for key in keys))
        for key in merged:
            groups[key] = merged
    return {key: frozenset(group) for key, group in groups.items()}
