"""The places of one file where governed symbols are imported or reached, each with its verdict."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from ssot.audit.governance import Governance, Status, Verdict
from ssot.index.facts import Where
from ssot.index.scopes import ImportNode
from ssot.index.table import Missing, Module, Path, Symbol
from ssot.index.view import FileView, Step, local_name


class Form(StrEnum):
    FROM = "from"  # from module import name
    CHAIN = "chain"  # module.name, the module imported
    STAR = "star"  # a name that only a star import supplies
    MODULE = "module"  # import legacy.module, from legacy import module


@dataclass(frozen=True, eq=False)
class Site:
    """One imported name, at one place."""

    form: Form
    path: Path
    verdict: Verdict
    where: Where
    node: ast.AST  # what the position is taken from
    found: ImportNode | None = None
    alias: ast.alias | None = None
    step: Step | None = None

    @property
    def line(self) -> int:
        return int(getattr(self.node, "lineno", 1))

    @property
    def local(self) -> str:
        return local_name(self.alias) if self.alias is not None else ""

    @property
    def legacy_local(self) -> bool:
        """Whether a canonical import binds the name of something the symbol replaced."""
        entry = self.verdict.entry
        if self.form is not Form.FROM or self.verdict.status is not Status.CANONICAL or entry is None:
            return False
        return self.alias is not None and self.alias.asname is not None and self.local in entry.replaced_names()

    @property
    def fragmented(self) -> bool:
        return self.verdict.status is Status.FRAGMENTED or self.legacy_local


def may_concern(words: Iterable[str]) -> re.Pattern[bytes]:
    """A search for any of the words; matches everything that may hold a site, and more."""
    return re.compile(b"|".join(re.escape(word.encode()) for word in sorted(words)) or b"(?!)")


def sites_of(view: FileView, governance: Governance) -> Iterator[Site]:
    """All sites in the order of the file's forms: imports, chains, names from stars."""
    yield from _from_sites(view, governance)
    yield from _module_sites(view, governance)
    yield from _chain_sites(view, governance)
    yield from _unclear_sites(view, governance)
    yield from _star_sites(view, governance)


def _from_sites(view: FileView, governance: Governance) -> Iterator[Site]:
    for found, alias, base, denotes in view.from_imports():
        verdict = governance.classify((base, alias.name), denotes)
        if verdict is not None:
            form = Form.MODULE if isinstance(denotes, Module) or _module_target(view, verdict) else Form.FROM
            yield Site(form, (base, alias.name), verdict, view.where(found.node), alias, found, alias)


def _module_target(view: FileView, verdict: Verdict) -> bool:
    return verdict.moved and isinstance(view.index.resolve(*verdict.target), Module)


def _module_sites(view: FileView, governance: Governance) -> Iterator[Site]:
    """``import legacy.module [as name]`` of a moved module."""
    if not governance.moves:
        return
    for found in view.scopes.imports:
        if not isinstance(found.node, ast.Import):
            continue
        for alias in found.node.names:
            target = governance.moved_module(alias.name)
            if target is not None:
                parent, _, leaf = alias.name.rpartition(".")
                verdict = _module_verdict(view, alias.name, target)
                yield Site(Form.MODULE, (parent, leaf), verdict, view.where(found.node), alias, found, alias)


def _module_verdict(view: FileView, module: str, target: str) -> Verdict:
    parent, _, leaf = target.rpartition(".")
    if not isinstance(view.index.resolve_module(target), Module):
        reason = f"the canonical module {target} can't be found"
        return Verdict(Status.REFUSED, target, (parent, leaf), None, "unresolved-path", reason, moved=True)
    broken = not view.index.layout.has(module)
    return Verdict(Status.FRAGMENTED, target, (parent, leaf), None, broken=broken, moved=True)


def _chain_sites(view: FileView, governance: Governance) -> Iterator[Site]:
    for found in view.steps:
        step = _through_missing(found, governance)
        verdict = governance.classify(step.path, step.denotation)
        if verdict is not None:
            node = step.chain.nodes[step.depth]
            where = Where(deferred=step.chain.scope.deferred, type_only=step.chain.typing)
            yield Site(Form.CHAIN, step.path, verdict, where, node, step=step)


def _unclear_sites(view: FileView, governance: Governance) -> Iterator[Site]:
    """Chains that start from a name which is bound again, or deleted: listed, never changed."""
    for chain in view.scopes.chains:
        owner = chain.scope.lookup(chain.root.node.id)
        if owner is None or view.denote(owner, chain.root.node.id) is not None:
            continue
        for step in view.perhaps(chain):
            verdict = governance.classify(step.path, step.denotation)
            if verdict is not None and verdict.status is Status.FRAGMENTED:
                reason = f"{chain.root.node.id} is bound more than once, so what it is here can't be told"
                refused = replace(verdict, status=Status.REFUSED, code="unresolved-path", reason=reason)
                where = Where(deferred=chain.scope.deferred)
                yield Site(Form.CHAIN, step.path, refused, where, chain.nodes[step.depth], step=step)
                break


def _through_missing(step: Step, governance: Governance) -> Step:
    """A chain through a module that is gone, or shadowed: followed by its words to a path that is declared."""
    if isinstance(step.denotation, Symbol | Module):
        return step
    module = step.path[0]
    for depth in range(step.depth + 1, len(step.chain.attributes)):
        module = f"{module}.{step.chain.attributes[depth - 1]}"
        path = (module, step.chain.attributes[depth])
        if governance.is_legacy(path):
            return Step(
                step.chain,
                depth,
                path,
                Missing(f"{module} can't be reached") if isinstance(step.denotation, Missing) else step.denotation,
            )
    return step


def _star_sites(view: FileView, governance: Governance) -> Iterator[Site]:
    """One site for each governed name that is used here and comes from a star import alone."""
    stars = list(view.stars())
    if not stars:
        return
    root = view.scopes.root
    used = {use.node.id for use in view.scopes.names if use.loads and use.scope.lookup(use.node.id) in (None, root)}
    for name in sorted(used | set(view.facts.exports or ())):
        last = max((int(getattr(node, "lineno", 0)) for node in root.bindings.get(name, [])), default=0)
        denotes = view.index.resolve(view.module, name)
        if not isinstance(denotes, Symbol):
            continue
        supplying = [(found, base) for found, base in stars if name in (view.index.star_names(base) or ())]
        if not supplying:
            continue
        found, base = supplying[-1]
        if last > found.node.lineno:
            continue
        verdict = governance.classify((base, name), denotes)
        if verdict is not None:
            yield Site(Form.STAR, (base, name), verdict, view.where(found.node), found.node, found)
