"""Names that a module binds more than once, asked for on the way round a circle: an earlier object, or another one."""

from __future__ import annotations

from ssot.audit.sites import Site
from ssot.index.asked import asked_meanwhile
from ssot.index.table import Symbol
from ssot.index.view import FileView
from ssot.rewrite.context import Project


def asked_in_between(project: Project, view: FileView, site: Site) -> str:
    """Why a site, or a module on the way to what it gets, may see an earlier binding, in words; empty where none may."""
    for path in dict.fromkeys((site.path, site.verdict.target)):
        here, function = view.module, _function(view, site)
        callers = project.graph.script.called_by.get(function, frozenset()) if function else ()
        asking = sorted(callers) if function else [here]
        for module, name in project.index.hops(*path):
            elsewhere = module != here or function is not None
            if elsewhere and asked_meanwhile(project.graph, asking, module, name, function):
                return f"{module} binds {name} more than once, and {here} may ask for it meanwhile"
            here, asking, function = module, [module], None
    return ""


def _function(view: FileView, site: Site) -> Symbol | None:
    """The function of the file that a site stands in, if it does not run with the file."""
    scope = site.step.chain.scope if site.step is not None else site.found.scope if site.found is not None else None
    name = scope.path[0] if scope is not None and scope.path else ""
    deferred = site.where.deferred and name in view.index.bindings(view.module)
    return Symbol(view.module, name) if deferred else None
