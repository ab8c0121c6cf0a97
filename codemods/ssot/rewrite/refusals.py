"""Why a fragmented import is left alone: the circumstances of its place."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from functools import cached_property

from ssot.audit.governance import Status
from ssot.audit.sites import Form, Site
from ssot.index.collect import is_type_checking
from ssot.index.facts import Kind
from ssot.index.graph import looked_up, parents
from ssot.index.scopes import Chain
from ssot.index.table import Module, Path, Symbol
from ssot.index.view import FileView
from ssot.rewrite.alongside import taken_alongside
from ssot.rewrite.context import Project
from ssot.rewrite.meanwhile import asked_in_between
from ssot.values import Safety

Reason = tuple[str, str]


class Checks:
    """Knows all sites of a file, because some are only understood together."""

    def __init__(self, view: FileView, project: Project, sites: Iterable[Site]) -> None:
        self.view = view
        self.project = project
        self.sites = list(sites)
        self.test = project.is_test(view.source.path)

    # -- not ours to change

    def ignored(self, site: Site) -> str:
        """The setting or circumstance because of which a site is none of our business; empty where it is."""
        if site.verdict.status is Status.CANONICAL and not site.legacy_local:
            return "canonical"
        if site.verdict.status is Status.APPROVED:
            return "approved"
        if site.verdict.status is Status.REFUSED:
            return ""
        if self.provides(site):
            return "provider"
        return ""

    def provides(self, site: Site) -> bool:
        """Whether the statement is what a declared path consists of."""
        module = self.view.module
        for legacy, _ in self.project.governance.moves:
            if module == legacy or module.startswith(legacy + "."):
                return True
        if site.found is None or site.found.scope.kind != "module":
            return self.provides_lazily(site) if site.step is None else self.provides_alias(site)
        local = site.path[1] if site.form is Form.STAR else site.local
        governance = self.project.governance
        return (module, local) in governance.providers and (module, local) not in governance.rerouted

    def provides_lazily(self, site: Site) -> bool:
        """An import in the module's own ``__getattr__``, which offers a declared path."""
        if site.found is None or site.found.scope.path != ("__getattr__",):
            return False
        offered = {(self.view.module, name) for name, _, attribute in self.view.facts.lazy if attribute == site.path[1]}
        return not offered.isdisjoint(self.project.governance.providers)

    def provides_alias(self, site: Site) -> bool:
        """``Old = module.New`` at module level."""
        assert site.step is not None
        names = self.assigned.get(id(site.step.chain.nodes[-1]), ())
        return any((self.view.module, name) in self.project.governance.providers for name in names)

    @cached_property
    def assigned(self) -> dict[int, list[str]]:
        """The names that the module level assigns a value to, by the id of its node."""
        return {
            id(node.value): [target.id for target in node.targets if isinstance(target, ast.Name)]
            for node in self.view.tree.body
            if isinstance(node, ast.Assign)
        }

    @cached_property
    def texts(self) -> frozenset[str]:
        return frozenset(use.value for use in self.view.scopes.strings)

    # -- ours, but not to be changed without a person

    def refusal(self, site: Site) -> Reason | None:
        return (
            self.expects_failure(site)
            or self.guarded(site)
            or self.equal_arms(site)
            or self.compares_paths(site)
            or self.written(site)
            or self.patched(site)
            or self.outside(site)
            or self.defines_itself(site)
            or self.partly_loaded(site)
            or self.rebound_in_circle(site)
            or self.in_flux(site)
            or self.half_starred(site)
            or self.put_in_place(site)
            or self.loaded_by_lookup(site)
            or self.blocked(site)
            or self.keeps_moved_module(site)
        )

    def expects_failure(self, site: Site) -> Reason | None:
        if any(guard.startswith("raises:") for guard in site.where.guards):
            return "old-path-test", "stands in a block that expects an error or a warning from this import"
        return None

    def guarded(self, site: Site) -> Reason | None:
        arms = ("try:", "suppress:")
        if site.verdict.broken and any(guard.startswith(arms) for guard in site.where.guards):
            return "guarded-import", "the import can't work today and the code around it expects that"
        return None

    def equal_arms(self, site: Site) -> Reason | None:
        """Another arm of the same `try` or `if` gets the same symbol for the same name."""
        for guard in site.where.guards:
            kind, line, arm = guard.split(":")
            for other in self.sites:
                if other is site or other.verdict.key != site.verdict.key or self.name(other) != self.name(site):
                    continue
                if other.verdict.status not in (Status.FRAGMENTED, Status.CANONICAL):
                    continue
                arms = [g.split(":")[2] for g in other.where.guards if g.startswith(f"{kind}:{line}:")]
                if arms and arms != [arm]:
                    return "equal-arms", "the alternatives would all import the same thing"
        return self.equal_to_type_checker(site)

    def equal_to_type_checker(self, site: Site) -> Reason | None:
        """The other branch of ``if TYPE_CHECKING`` imports the same."""
        test = _type_checking_test(site)
        for other in self.sites if test is not None else ():
            same = other.verdict.key == site.verdict.key and self.name(other) == self.name(site)
            if same and other.where.type_only != site.where.type_only and _type_checking_test(other) is test:
                return "equal-arms", "both branches of the TYPE_CHECKING test would import the same thing"
        return None

    def name(self, site: Site) -> str:
        return site.local if site.alias is not None else site.path[1]

    def compares_paths(self, site: Site) -> Reason | None:
        """A test that gets one symbol by several paths is about the paths."""
        if not self.test or site.found is None or site.form is not Form.FROM:
            return None
        others = [
            other
            for other in self.sites
            if other.found is not None and other.verdict.key == site.verdict.key and other.path != site.path
        ]
        if any(self.shares_scope(other, site) for other in others):
            return "old-path-test", "the test gets the symbol by several paths: they are its subject"
        return None

    @staticmethod
    def shares_scope(one: Site, other: Site) -> bool:
        assert one.found is not None
        assert other.found is not None
        scope = other.found.scope
        return scope.kind == "function" and (one.found.scope is scope)

    def written(self, site: Site) -> Reason | None:
        if site.step is not None and not isinstance(site.step.chain.nodes[site.step.depth].ctx, ast.Load):
            return "patched-path", "the attribute is assigned here; who reads it by the old path would not see it"
        return None

    def patched(self, site: Site) -> Reason | None:
        """A reader that may see a replaced attribute, now or after the change."""
        if site.where.type_only:
            return None
        patches = self.project.patches.on(site.path)
        aimed = self.project.patches.on(site.verdict.target) if site.path != site.verdict.target else ()
        if (
            site.step is not None
            and site.step.chain.root.scope.lookup(site.step.chain.root.node.id) is self.view.scopes.root
        ):
            patches = (*patches, *self.project.patches.on((self.view.module, site.step.chain.root.node.id)))
        own = self.view.source.path
        lasting = [p for p in (*patches, *aimed) if p.lasting or (p.file == own and not p.editable)]
        if not (lasting or (site.where.deferred and (patches or aimed))):
            return None
        both = patches and aimed  # one test's patch would hide the other's
        if self.project.unsafe and not lasting and not both and all(patch.editable for patch in patches):
            stays = self.project.patch_stays(site.path, site.verdict.target, site.verdict.key) if patches else ""
            return ("patched-path", stays) if stays else None
        first = (*lasting, *patches, *aimed)[0]
        what = "the old path" if patches else "the canonical path"
        return "patched-path", f"{first.file}:{first.line} replaces {what} while the program runs"

    def outside(self, site: Site) -> Reason | None:
        if site.verdict.uncertain and not self.project.unsafe:
            return "needs-unsafe", f"{site.path[0]} is not part of this repository; that it is gone can't be shown"
        return None

    def defines_itself(self, site: Site) -> Reason | None:
        target: Path = site.verdict.target
        # a function with a chain may run while this file is loaded
        late = site.where.deferred and site.step is None and not self.early(site)
        if target[0] == self.view.module and not late and not _for_type_checkers(site):
            return "new-cycle", "the canonical module is this file"
        return None

    def early(self, site: Site) -> bool:
        """Whether the function or lambda around a site may be called before its module is there as a whole."""
        scope = site.step.chain.scope if site.step is not None else site.found.scope if site.found is not None else None
        name, module, graph = (
            scope.path[0] if scope is not None and scope.path else "",
            self.view.module,
            self.project.graph,
        )
        if name not in self.project.index.bindings(module):
            return True
        callers = graph.script.called_by.get(Symbol(module, name), frozenset())
        return not callers.isdisjoint({module, *graph.circle(module)})

    def partly_loaded(self, site: Site) -> Reason | None:
        """A chain that runs while its file is loaded, to a module that loads this file: it may not have the name yet."""
        late = site.where.deferred and not self.early(site)
        if site.step is None or late or _for_type_checkers(site):
            return None
        graph, target, module = self.project.graph, site.verdict.target[0], self.view.module
        if package := self.passes_unfinished(site.step.chain):
            return "new-cycle", f"{package} is still being loaded here, and not yet an attribute of its own package"
        if target == site.path[0] or not graph.closure(target) & graph.bit(module):
            return None
        if graph.asks_for(target, module):
            return "new-cycle", f"{target} loads this module, and may not have the name yet when it is asked for here"
        around = [package for package in parents(target) if "." in package and f"{module}.".startswith(f"{package}.")]
        for package in around:
            if package == module or graph.asks_for(package, module):
                return "new-cycle", f"{package} is still being loaded here, and not yet an attribute of its own package"
        return None

    def passes_unfinished(self, chain: Chain) -> str:
        """The package around this file that loads it and that a chain asks its own package for: today that fails."""
        module = self.view.module
        for passed, attribute in zip(self.view.passed(chain), chain.attributes, strict=False):
            package = f"{passed}.{attribute}"
            around = isinstance(passed, Module) and f"{module}.".startswith(f"{package}.")
            if around and (package == module or self.project.graph.asks_for(package, module)):
                return package
        return ""

    def rebound_in_circle(self, site: Site) -> Reason | None:
        """A name that its module binds again: on the way round an import circle the old path may have the earlier one."""
        home = site.verdict.entry.denotes if site.verdict.entry is not None else None
        if not isinstance(home, Symbol) or site.verdict.broken:
            return None
        if self.may_be_submodule(site):
            return "unresolved-path", f"{'.'.join(site.path)} is also a module, until its package has bound the name"
        kinds = [binding.kind for binding in self.project.index.bindings(home.module).get(home.name, [])]
        again = len(kinds) > 1 and any(kind is not Kind.DEF for kind in kinds)
        if again and site.path[0] != home.module and self.project.graph.same_cycle(site.path[0], home.module):
            return (
                "unresolved-path",
                f"{home} is bound more than once, and the old path is part of an import circle with it",
            )
        return None

    def in_flux(self, site: Site) -> Reason | None:
        reason = asked_in_between(self.project, self.view, site) if not _for_type_checkers(site) else ""
        return ("new-cycle", reason) if reason else None

    def half_starred(self, site: Site) -> Reason | None:
        """A name that a star import inside an import circle brings, if it is there by then."""
        index, graph = self.project.index, self.project.graph
        own = [(self.view.module, site.path[1])] if site.form is Form.STAR else []
        for module, name in (*own, *index.hops(*site.path)):
            circle = graph.circle(module) if "*" in index.bindings(module) else []
            if len(circle) > 1 and any((module, name) in graph.shortfalls(entry) for entry in circle):
                return "unresolved-path", f"the star import that gives {module} its {name} is part of an import circle"
        return None

    def put_in_place(self, site: Site) -> Reason | None:
        """A module that the file spells out and may have put something in the place of, in ``sys.modules``."""
        if b"sys.modules" not in self.view.source.u8:
            return None
        modules = {site.path[0], site.verdict.target[0], *(".".join(path) for path in (site.path, site.verdict.target))}
        for module in sorted(modules & self.texts):
            return "dynamic-reference", f"the file may put something in the place of {module}"
        return None

    def may_be_submodule(self, site: Site) -> bool:
        """Whether a name of a package may still be that of its submodule when a file that loads with it asks."""
        (package, name), module = site.path, self.view.module
        if site.where.deferred or not self.project.index.layout.has(f"{package}.{name}"):
            return False
        return f"{module}.".startswith(f"{package}.") or self.project.graph.same_cycle(package, module)

    def loaded_by_lookup(self, site: Site) -> Reason | None:
        """A name that its package looks up when asked: keeping the package's import does not load what that loads."""
        graph = self.project.graph
        for module in looked_up(self.project.index, *site.path) if not site.where.type_only else ():
            lost = graph.closure(module) & self.project.noisy & ~graph.closure(site.verdict.target[0])
            if lost:
                names = ", ".join(graph.members(lost)[:3])
                return "load-order", f"{site.path[0]} loads {module} for it, and with that {names}"
        if submodule := taken_alongside(self.project, self.view, site):
            return "load-order", f"asking for it here loads {submodule}, which the same statement takes by its name"
        return self.loads_by_lookup(site)

    def loads_by_lookup(self, site: Site) -> Reason | None:
        """A name that the canonical module looks up when asked: what that loads must not do more than the old path did."""
        graph, index, (target, name) = self.project.graph, self.project.index, site.verdict.target
        known = graph.closure(target) | graph.closure(self.view.module)
        for source in (site.path[0], *looked_up(index, *site.path)):
            known |= graph.closure(source)
        for module in looked_up(index, target, name) if not site.where.type_only else ():
            fresh = graph.closure(module) & self.project.noisy & ~known
            if fresh:
                names = ", ".join(graph.members(fresh)[:3])
                return "load-order", f"{target} loads {module} for it, and with that {names}"
        return None

    def blocked(self, site: Site) -> Reason | None:
        block = self.project.blocked.get((self.view.source.path, site.verdict.target[0]))
        loads = site.step is not None or not site.where.type_only  # the import behind a chain serves annotations, too
        return (block.code, block.reason) if block and loads else None

    def keeps_moved_module(self, site: Site) -> Reason | None:
        """Keeping the import of a module that has moved would be the very import that is to go."""
        module = ".".join(filter(None, site.path)) if site.form is Form.MODULE else site.path[0]
        kept = (self.view.source.path, module) in self.project.keep_loaded
        if kept and self.project.governance.moved_module(module) is not None:
            return "load-order", f"loading {module} does something that the canonical module does not do"
        return None

    # -- how sure

    def safety(self, site: Site) -> Safety:
        deferred = site.where.deferred and not site.where.type_only
        if site.verdict.uncertain:
            return Safety.UNSAFE
        if deferred and (self.project.patches.on(site.path) or self.project.patches.on(site.verdict.target)):
            return Safety.UNSAFE if site.path != site.verdict.target else Safety.SAFE
        return Safety.SAFE


def _for_type_checkers(site: Site) -> bool:
    """Whether nothing is evaluated here: the chains of an annotation are, where it is no string."""
    return site.where.type_only and (site.step is None or site.step.chain.root.in_string is not None)


def _type_checking_test(site: Site) -> ast.If | None:
    """The innermost ``if TYPE_CHECKING`` around an import."""
    for node in reversed(site.found.ancestors if site.found else ()):
        if isinstance(node, ast.If):
            test = node.test.operand if isinstance(node.test, ast.UnaryOp) else node.test
            return node if is_type_checking(test) else None
    return None
