"""``old.module.Foo`` to ``new.module.Foo``: chains through module objects, and the imports that bind those.

A chain stays a chain: the attribute is still looked up when it is needed, so that cycles and replaced attributes behave as
they did. Sites are planned by the name their chains start from, because that name's import can only change as a whole.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

from ssot.audit.sites import Form, Site
from ssot.index.layout import is_init
from ssot.index.scopes import NameUse, Scope
from ssot.index.table import Module
from ssot.index.view import FileView
from ssot.rewrite.fileplan import Draft
from ssot.rewrite.fromlist import NewName
from ssot.rewrite.locate import chain_span
from ssot.rewrite.namespaces import can_bind, can_bind_top, evaluated, lent, listed, looked_up
from ssot.rewrite.outcomes import Redirect
from ssot.rewrite.statements import Move, StatementPlan, has_comment, module_text, shares_line
from ssot.values import Safety

Binding = tuple[ast.Import | ast.ImportFrom, ast.alias]


@dataclass
class Group:
    """All accepted chain sites that start from one name of one scope."""

    scope: Scope
    name: str
    sites: list[tuple[Site, Safety]] = field(default_factory=list)
    imports: list[Site] = field(default_factory=list)  # imports of a moved module under this name


def target_module(site: Site) -> str:
    """The module that a chain shall go through, or that a module import shall load."""
    if site.verdict.moved and site.verdict.entry is None and _names_module(site):
        return ".".join(filter(None, site.verdict.target))
    return site.verdict.target[0]


def _names_module(site: Site) -> bool:
    return site.form is Form.MODULE or site.verdict.key == ".".join(filter(None, site.verdict.target))


def plan_groups(draft: Draft, sites: Iterable[tuple[Site, Safety]], imports: Iterable[Site]) -> None:
    groups: dict[tuple[int, str], Group] = {}
    for site, safety in sites:
        assert site.step is not None
        use = site.step.chain.root
        scope = use.scope.lookup(use.node.id)
        assert scope is not None
        groups.setdefault((id(scope), use.node.id), Group(scope, use.node.id)).sites.append((site, safety))
    for site in imports:
        assert site.found is not None
        scope = site.found.scope
        groups.setdefault((id(scope), site.local), Group(scope, site.local)).imports.append(site)
    for group in groups.values():
        _GroupPlanner(draft, group).plan()


def _place(use: NameUse) -> tuple[int, int]:
    """Line and column; of the whole string where the name stands in one."""
    node = use.in_string or use.in_fstring or use.node
    return node.lineno, node.col_offset


class _GroupPlanner:
    def __init__(self, draft: Draft, group: Group) -> None:
        self.draft = draft
        self.view: FileView = draft.view
        self.group = group
        self.bindings: list[Binding] = self.view.import_bindings(group.scope, group.name) or []
        self.uses = self.view.scopes.uses_of(group.scope, group.name)
        self.moving = {id(site.step.chain.root): site for site, _ in group.sites if site.step is not None}
        self.changed: set[int] = set()  # ids of the aliases that were replaced in place

    def plan(self) -> None:
        for target in dict.fromkeys(target_module(site) for site, _ in self.group.sites):
            chosen = [(site, safety) for site, safety in self.group.sites if target_module(site) == target]
            self.plan_target(target, chosen)
        for site in self.group.imports:
            self.plan_import(site)

    def plan_target(self, target: str, sites: list[tuple[Site, Safety]]) -> None:
        uses = [site.step.chain.root for site, _ in sites if site.step is not None]
        if lent(self.view, self.group.scope, self.group.name):
            self.give_up(sites, "dynamic-reference", f"a text that is evaluated may use {self.group.name}")
            return
        accessor = self.existing(target, uses)
        names = [accessor] if accessor is not None else [target, target.rpartition(".")[2]]
        if self.view.index.resolve_import(target) != Module(target):
            accessor = None  # the package has something else under the module's name
        elif any(self.hidden(name, uses) for name in names):
            accessor = None
        elif accessor is not None:
            if not self.offered() or accessor == target:
                self.drop_unused(target, sites)
        else:
            accessor = self.in_place(target, sites, uses) or self.added(target, sites, uses)
        if accessor is None:
            self.give_up(sites, "name-taken", f"{target} can't be reached here without binding another name")
            return
        for site, safety in sites:
            self.replace(site, safety, accessor, target)

    def give_up(self, sites: list[tuple[Site, Safety]], code: str, reason: str) -> None:
        for site, _ in sites:
            assert site.step is not None
            self.moving.pop(id(site.step.chain.root), None)
            self.draft.refuse(site, code, reason)

    @cached_property
    def bound_from_within(self) -> bool:
        """Whether an import behind the name stands in another scope: any other name would be bound there."""
        nodes = {id(node) for node, _ in self.bindings}
        return any(id(one.node) in nodes and one.scope is not self.group.scope for one in self.view.scopes.imports)

    @cached_property
    def fixed(self) -> bool:
        """Whether the imports behind the name may bind no other."""
        return self.looked_up or self.bound_from_within

    def hidden(self, name: str, uses: list[NameUse]) -> bool:
        first, names = name.partition(".")[0], self.draft.names
        return any(names.hidden(first, use.scope, self.group.scope) for use in uses)

    def replace(self, site: Site, safety: Safety, accessor: str, target: str) -> None:
        assert site.step is not None
        span = chain_span(self.view, site.step)
        assert span is not None  # checked before the site was accepted
        whole = ".".join(filter(None, site.verdict.target)) == target
        new = accessor if whole else f"{accessor}.{site.verdict.target[1]}"
        self.draft.replace(span, new, site.verdict.key, safety)
        self.draft.names.read(accessor.partition(".")[0], site.step.chain.scope, self.group.scope)
        self.draft.rewrite(site)

    # -- a name that is there already

    def existing(self, target: str, uses: list[NameUse]) -> str | None:
        """A name of the same scope that certainly denotes the module, visible from all uses."""
        first = min(map(_place, uses))
        listing = self.group.scope.kind != "module" and listed(self.view, self.group.scope)
        for name in [self.group.name] if listing else self.group.scope.bindings:
            bindings = self.view.import_bindings(self.group.scope, name)
            if not bindings or any(not self.view.where(node).certain for node, _ in bindings):
                continue
            bindings = [(node, alias) for node, alias in bindings if (node.lineno, node.col_offset) < first]
            if any(use.scope.lookup(name) is not self.group.scope for use in uses):
                continue
            if bindings and name != self.group.name and self.view.denote(self.group.scope, name) == Module(target):
                return name
            if self.imports_whole(bindings, target):
                return target
        return None

    @staticmethod
    def imports_whole(bindings: list[Binding], target: str) -> bool:
        return any(
            isinstance(node, ast.Import) and alias.asname is None and (alias.name + ".").startswith(target + ".")
            for node, alias in bindings
        )

    def drop_unused(self, target: str, sites: list[tuple[Site, Safety]]) -> None:
        """The old import goes where it is a statement of its own that nothing else needs."""
        binding = self.replaceable(target, sites)
        if binding is None or self.imports_whole([binding], target) or self.looked_up:
            return
        node, alias = binding
        if len(node.names) > 1:
            if isinstance(node, ast.Import) and not shares_line(self.view.source, node):
                self.statement(node, {site.verdict.key for site, _ in sites}, sites).replaced[alias] = ""
                self.changed.add(id(alias))
                self.note_loading(node, alias, target)
            return
        found = next(found for found in self.view.scopes.imports if found.node is node)
        kept = any(
            (self.view.source.path, module) in self.draft.project.keep_loaded for module in self.loads(node, alias)
        )
        if kept or has_comment(self.view.source, node) or shares_line(self.view.source, node) or len(found.block) < 2:
            return
        self.statement(node, {site.verdict.key for site, _ in sites}, sites).dropped = True
        self.changed.add(id(alias))
        self.note_loading(node, alias, target)

    def loads(self, node: ast.Import | ast.ImportFrom, alias: ast.alias) -> list[str]:
        """The module that an alias loads."""
        if isinstance(node, ast.Import):
            return [alias.name]
        base = self.view.base(node)
        return [f"{base}.{alias.name}"] if base else []

    def note_loading(self, node: ast.Import | ast.ImportFrom, alias: ast.alias, target: str) -> None:
        """The file loads another module from now on."""
        where = self.view.where(node)
        for module in self.loads(node, alias):
            self.draft.redirects.append(Redirect(module, target, where.deferred, where.type_only, False))

    # -- the import itself is pointed at the new module

    def in_place(self, target: str, sites: list[tuple[Site, Safety]], uses: list[NameUse]) -> str | None:
        binding = self.replaceable(target, sites)
        if binding is None:
            return None
        node, alias = binding
        if isinstance(node, ast.Import) and alias.asname is None:
            return self.replace_plain(node, alias, target, sites, uses)
        keys = {site.verdict.key for site, _ in sites}
        plan = self.statement(node, keys, sites)
        if isinstance(node, ast.Import):
            plan.replaced[alias] = f"{target} as {alias.asname}"
            self.changed.add(id(alias))
            self.note_loading(node, alias, target)
            return alias.asname
        parent, _, leaf = target.rpartition(".")
        local = self.group.name
        if alias.asname is None and leaf != local and not self.fixed and self.can_bind(leaf, uses):
            local = leaf
        plan.moves.append(Move(alias, module_text(self.view, node, parent), NewName(leaf, local)))
        self.changed.add(id(alias))
        self.note_loading(node, alias, target)
        return local

    def replaceable(self, target: str, sites: list[tuple[Site, Safety]]) -> Binding | None:
        """The one import behind these chains, where nothing else needs it."""
        if self.read_elsewhere():
            return None
        if self.offered() and target.partition(".")[0] != self.group.name:
            return None
        if any(self.view.scopes.reads_outer_first(inner, self.group.name) for inner in self.group.scope.subtree()):
            return None  # a class body reads the outer name until it binds its own
        if self.seen_from_elsewhere():
            return None
        candidates = [binding for binding in self.bindings if self.serves(binding, sites)]
        if len(candidates) != 1:
            return None
        node, alias = candidates[0]
        if (isinstance(node, ast.ImportFrom) and "." not in target) or self.lacks_room(node):
            return None
        plain = isinstance(node, ast.Import) and alias.asname is None
        for use in self.uses:
            site = self.moving.get(id(use))
            if site is not None and (
                target_module(site) == target or (plain and self.longest_prefix(site) != alias.name)
            ):
                continue
            if not plain or self.under(use, alias.name) or not self.served_by_another(use, alias):
                return None
        if not plain and len(self.bindings) != 1:
            return None
        return candidates[0]

    @cached_property
    def looked_up(self) -> bool:
        return looked_up(self.view, self.group.scope)

    def in_class(self) -> bool:
        """Whether a class body inside binds the name as well, and may read either."""
        scopes = self.group.scope.subtree()
        return any(one.kind == "class" and self.group.name in one.bindings for one in scopes if one != self.group.scope)

    def seen_from_elsewhere(self) -> bool:
        """Whether what the name stands for is seen by code that does not spell it."""
        scope, name = self.group.scope, self.group.name
        return listed(self.view, scope) or evaluated(self.view, scope, name)

    def offered(self) -> bool:
        """Whether the name is there for others: a package offers all that it binds."""
        view, name = self.view, self.group.name
        public = is_init(view.source.path) or name in (view.facts.exports or ())
        return public and self.group.scope.kind == "module"

    def read_elsewhere(self) -> bool:
        """Whether other files get the module by the name that this one gives it."""
        at_top = self.group.scope.kind == "module"
        return at_top and bool(self.draft.project.read_elsewhere(self.view.module, self.group.name))

    def lacks_room(self, node: ast.Import | ast.ImportFrom) -> bool:
        """Whether an import that has to be kept beside the new one would bind a name that is taken."""
        path, kept = self.view.source.path, self.draft.project.keep_loaded
        modules = [module for alias in node.names for module in self.loads(node, alias) if (path, module) in kept]
        return not all(self.can_bind_top(module.partition(".")[0], [], node) for module in modules)

    def serves(self, binding: Binding, sites: list[tuple[Site, Safety]]) -> bool:
        """Whether this alias is the import through which the chains get their module."""
        node, alias = binding
        if not isinstance(node, ast.Import) or alias.asname is not None:
            return True
        needed = {self.longest_prefix(site) for site, _ in sites}
        return needed == {alias.name}

    def longest_prefix(self, site: Site) -> str:
        assert site.step is not None
        dotted = ".".join([self.group.name, *site.step.chain.attributes])
        names = [a.name for n, a in self.bindings if isinstance(n, ast.Import) and a.asname is None]
        return max((name for name in names if (dotted + ".").startswith(name + ".")), key=len, default="")

    def under(self, use: NameUse, module: str) -> bool:
        """Whether a use needs the module: its chain goes through it, or hands on a package above it."""
        handed = self.view.hands_on(use)
        if isinstance(handed, Module) and (module + ".").startswith(handed.name + "."):
            return True
        chain = self.view.scopes.chain_from(use)
        dotted = ".".join([self.group.name, *(chain.attributes if chain is not None else ())])
        return (dotted + ".").startswith(module + ".") if chain is not None else module == self.group.name

    def served_by_another(self, use: NameUse, alias: ast.alias) -> bool:
        """Whether another plain import makes what a use goes through."""
        return any(
            isinstance(node, ast.Import) and other is not alias and other.asname is None and self.under(use, other.name)
            for node, other in self.bindings
        )

    def replace_plain(
        self, node: ast.Import, alias: ast.alias, target: str, sites: list[tuple[Site, Safety]], uses: list[NameUse]
    ) -> str | None:
        top = target.partition(".")[0]
        if top != self.group.name and (self.fixed or not self.can_bind_top(top, uses, node)):
            return None
        plan = self.statement(node, {site.verdict.key for site, _ in sites}, sites)
        plan.replaced[alias] = target
        self.changed.add(id(alias))
        self.note_loading(node, alias, target)
        return target

    # -- an import is added behind the one there is

    def added(self, target: str, sites: list[tuple[Site, Safety]], uses: list[NameUse]) -> str | None:
        if not self.bindings or self.bound_from_within or self.group.scope.kind == "class":
            return None  # in a class every import is an attribute
        node, alias = self.beside(sites)
        keys = {site.verdict.key for site, _ in sites}
        parent, _, leaf = target.rpartition(".")
        if isinstance(node, ast.ImportFrom) and parent and self.can_bind(leaf, uses):
            line, accessor = f"from {module_text(self.view, node, parent)} import {leaf}", leaf
        elif self.can_bind_top(target.partition(".")[0], uses, node):
            line, accessor = f"import {target}", target
        else:
            return None
        plan = self.statement(node, keys, sites)
        if line not in plan.after:
            plan.after.append(line)
            self.note_loading(node, alias, target)
        return accessor

    def beside(self, sites: list[tuple[Site, Safety]]) -> Binding:
        """The import next to which another one is there for all that these chains stand on."""
        serving = [binding for binding in self.bindings if self.serves(binding, sites)]
        running = [one for one in (*serving, *self.bindings) if not self.view.where(one[0]).type_only]
        return (running or serving or self.bindings)[0]

    def can_bind(self, name: str, uses: list[NameUse]) -> bool:
        scope, names = self.group.scope, self.draft.names
        return can_bind(self.view, self.draft.project, scope, name, uses) and not names.shadows(name, scope)

    def can_bind_top(self, top: str, uses: list[NameUse], place: ast.stmt) -> bool:
        scope, names = self.group.scope, self.draft.names
        if uses and top != self.group.name and scope.kind != "module" and listed(self.view, scope):
            return False  # functions inside list what they spell
        return can_bind_top(self.view, self.draft.project, scope, top, uses, place) and not names.shadows(top, scope)

    def statement(
        self, node: ast.Import | ast.ImportFrom, keys: set[str], sites: list[tuple[Site, Safety]]
    ) -> StatementPlan:
        found = next(found for found in self.view.scopes.imports if found.node is node)
        unsafe = any(safety is Safety.UNSAFE for _, safety in sites)
        plan: StatementPlan | None = None
        for key in sorted(keys):
            plan = self.draft.statement(found, key, Safety.UNSAFE if unsafe else Safety.SAFE)
        assert plan is not None
        self.draft.keep_loaded(plan, [module for alias in node.names for module in self.loads(node, alias)])
        return plan

    # -- imports of moved modules

    def plan_import(self, site: Site) -> None:
        """The import of a moved module: changed with its chains, or by itself where nothing is lost by that."""
        assert site.alias is not None
        assert site.found is not None
        if id(site.alias) in self.changed:
            self.draft.rewrite(site)
            return
        if self.view.index.resolve_import(target_module(site)) != Module(target_module(site)):
            reason = f"the package of {site.verdict.key} has something else under the module's name"
            self.draft.refuse(site, "unresolved-path", reason)
            return
        others = [use for use in self.uses if id(use) not in self.moving]
        plain = isinstance(site.found.node, ast.Import) and site.alias.asname is None
        alias = site.alias
        needed = [u for u in others if not plain or self.under(u, alias.name) or not self.served_by_another(u, alias)]
        same_name = plain and target_module(site).partition(".")[0] == self.group.name
        seen = self.seen_from_elsewhere() or ((self.offered() or (plain and self.looked_up)) and not same_name)
        seen = seen or self.in_class() or (not same_name and self.read_elsewhere())
        if seen and not site.verdict.broken:
            self.draft.refuse(site, "module-object", f"others may see what {self.group.name} stands for")
        elif needed and not site.verdict.broken:
            reason = f"{self.group.name} is used as a module, and {site.verdict.key} is another module object"
            self.draft.refuse(site, "module-object", reason)
        elif plain and needed:
            self.draft.refuse(site, "module-object", f"uses of {site.alias.name} can't be followed")
        else:
            self.point_import(site)

    def point_import(self, site: Site) -> None:
        assert site.alias is not None
        assert site.found is not None
        node, alias, target = site.found.node, site.alias, target_module(site)
        parent, _, leaf = target.rpartition(".")
        if isinstance(node, ast.ImportFrom) and not parent:
            self.draft.refuse(site, "name-taken", f"{target} is no part of a package")
            return
        plan = self.draft.statement(site.found, site.verdict.key)
        if isinstance(node, ast.ImportFrom):
            plan.moves.append(Move(alias, module_text(self.view, node, parent), NewName(leaf, site.local)))
        else:
            plan.replaced[alias] = f"{target} as {alias.asname}" if alias.asname else target
        self.draft.keep_loaded(plan, [".".join(filter(None, site.path))])
        self.draft.rewrite(site)
