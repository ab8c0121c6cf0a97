"""canonical-imports: every governed symbol is imported by its canonical path.

Takes one file, yields its edits and what becomes of each occurrence in it. Looks at other files only through `Project`.
"""

from __future__ import annotations

import ast

from ssot.audit.governance import Status
from ssot.audit.sites import Form, Site, sites_of
from ssot.index.scopes import Scope
from ssot.index.table import Missing, Module
from ssot.index.view import FileView
from ssot.rewrite.chain_uses import plan_groups
from ssot.rewrite.context import Project
from ssot.rewrite.fileplan import Draft
from ssot.rewrite.from_imports import note_kept, plan_from, plan_local_name
from ssot.rewrite.fromlist import LayoutError, NewName, statement
from ssot.rewrite.locate import chain_span, prints_itself
from ssot.rewrite.lookups import lookups, passed_on
from ssot.rewrite.outcomes import Fate, FilePlan, Occurrence
from ssot.rewrite.refusals import Checks
from ssot.rewrite.statements import at_one_time, module_text, render
from ssot.values import Safety

NAME = "canonical-imports"


def plan_file(view: FileView, project: Project) -> FilePlan:
    """The plan of one file; refuses all of it where a statement is laid out in a way that can't be edited."""
    draft = Draft(view, project)
    sites = list(sites_of(view, project.governance))
    accepted = _accepted(draft, sites)
    moving = frozenset(
        id(site.found.node)
        for site, _ in accepted
        if site.found is not None
        and site.form in (Form.FROM, Form.MODULE)
        and isinstance(site.found.node, ast.ImportFrom)
    )
    moving |= {
        id(node)
        for site, _ in accepted
        if site.step is not None and (owner := site.step.chain.scope.lookup(site.step.chain.root.node.id)) is not None
        for node in owner.bindings.get(site.step.chain.root.node.id, [])
    }
    chains = [(site, safety) for site, safety in accepted if site.form is Form.CHAIN]
    modules = [site for site, _ in accepted if site.form is Form.MODULE]
    for site, safety in accepted:
        if site.form is Form.FROM:
            plan_local_name(draft, site) if site.legacy_local else plan_from(draft, site, safety, moving)
        elif site.form is Form.STAR:
            _plan_star(draft, site, safety)
    plan_groups(draft, chains, modules)
    stars = {site.path[1] for site in sites if site.form is Form.STAR}
    others = passed_on(view, project.governance, stars, lambda name: project.offers(view.module, name))
    for line, key, code, reason in (*lookups(view, project.governance), *others):
        draft.occurrences.append(Occurrence(view.source.path, line, key, Fate.REFUSED, code, reason))
    try:
        return draft.finish(render(view, draft.statements.values()))
    except LayoutError as error:
        return draft.finish(()).without_edits("layout", str(error))


def _accepted(draft: Draft, sites: list[Site]) -> list[tuple[Site, Safety]]:
    """The sites to edit; the outcome of every other is noted."""
    checks = Checks(draft.view, draft.project, sites)
    accepted = []
    for site in sites:
        setting = checks.ignored(site)
        if setting:
            draft.ignore(site, setting)
            continue
        if site.verdict.status is Status.REFUSED:
            draft.refuse(site, site.verdict.code, site.verdict.reason)
            continue
        refusal = checks.refusal(site) or _unlocatable(draft.view, site)
        if refusal is not None:
            draft.refuse(site, *refusal)
            continue
        accepted.append((site, checks.safety(site)))
    return accepted


def _unlocatable(view: FileView, site: Site) -> tuple[str, str] | None:
    if site.step is None:
        return None
    chain = site.step.chain
    text = ".".join([chain.root.node.id, *chain.attributes[: site.step.depth + 1]])
    if prints_itself(view, chain.root, text):
        return "prints-own-name", f"an f-string prints the text {text}="
    target = site.verdict.target[1]
    if target.startswith("__") and not target.endswith("__") and _in_class(chain.scope):
        return "position-unknown", f"{target} means something else inside a class"
    if chain_span(view, site.step) is None:
        return "position-unknown", f"where {text} stands can't be told for sure"
    return None


def _in_class(scope: Scope | None) -> bool:
    while scope is not None and scope.kind != "class":
        scope = scope.parent
    return scope is not None


def same_offer(view: FileView, site: Site) -> bool:
    """Whether a star import of the moved module binds the same names to the same objects."""
    index, old, new = view.index, site.path[0], site.verdict.target[0]
    offered = index.star_names(new)
    if offered is None or old not in index.layout.paths:
        return offered is not None and isinstance(index.resolve_module(old), Missing)
    submodules = {name for module in (old, new) for name in index.layout.children(module)}
    return (
        index.star_names(old) == offered
        and all(index.resolve(old, name) == index.resolve(new, name) for name in offered)
        and not any(index.star_may_bind(module, name) for module in (old, new) for name in submodules - offered)
    )


def _used_above(view: FileView, star: ast.stmt, name: str) -> bool:
    """Whether code that runs at once uses a name before the star import that gives it in the end."""
    return any(
        use.loads
        and use.node.id == name
        and (use.node.lineno, use.node.col_offset) < (star.lineno, star.col_offset)
        and not use.scope.deferred
        and use.scope.lookup(name) is None
        for use in view.scopes.names
    )


def _plan_star(draft: Draft, site: Site, safety: Safety) -> None:
    """An explicit import after the star; the star stays, because other names come from it."""
    assert site.found is not None
    assert isinstance(site.found.node, ast.ImportFrom)
    module, name = site.verdict.target
    if site.verdict.moved and same_offer(draft.view, site):
        plan = draft.statement(site.found, site.verdict.key, safety)
        plan.star = module_text(draft.view, site.found.node, module)
        draft.keep_loaded(plan, [site.path[0]])
        draft.rewrite(site)
        return
    if isinstance(draft.view.index.resolve(module, name), Module):
        draft.refuse(site, "star-import", f"{name} is a module")
        return
    if any(draft.view.scopes.reads_outer_first(scope, site.path[1]) for scope in draft.view.scopes.root.subtree()):
        draft.refuse(site, "star-import", f"a class body binds {site.path[1]} and reads the outer one until then")
        return
    bound = draft.view.scopes.root.bindings.get(site.path[1], [])
    others = [node for node in bound if isinstance(node, ast.Import | ast.ImportFrom)]
    if any(not draft.view.where(one).certain or draft.view.where(one).type_only for one in others):
        draft.refuse(site, "star-import", f"{site.path[1]} is imported under a condition as well")
        return
    if any(not at_one_time(site.found, one) for one in others):
        draft.refuse(site, "star-import", f"{site.path[1]} is imported by itself as well, at another time")
        return
    same = draft.view.denote(draft.view.scopes.root, site.path[1]) == draft.view.index.resolve(*site.path)
    if others and not same:
        draft.refuse(site, "star-import", f"{site.path[1]} is imported from elsewhere as well, as something else")
        return
    if _used_above(draft.view, site.found.node, site.path[1]):
        draft.refuse(site, "star-import", f"{site.path[1]} comes from another star import further up as well")
        return
    plan = draft.statement(site.found, site.verdict.key, safety)
    line = statement(module_text(draft.view, site.found.node, module), [NewName(name, site.path[1])])
    if line not in plan.after:
        plan.after.append(line)
    draft.rewrite(site)
    if name != site.path[1]:
        note_kept(draft, site)
