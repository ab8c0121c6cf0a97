"""Names of one ``from`` statement: all are asked for before the first is taken, and asking may load a submodule of that name."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ssot.audit.sites import Site
from ssot.index.facts import Kind
from ssot.index.graph import looked_up
from ssot.index.table import Module
from ssot.index.view import FileView
from ssot.rewrite.context import Project


def taken_alongside(project: Project, view: FileView, site: Site) -> str:
    """The submodule that another name of the statement may stand for, only because this one is asked for with it."""
    node = site.found.node if site.found is not None else None
    base = view.base(node) if isinstance(node, ast.ImportFrom) else None
    if base is None or site.alias is None or not isinstance(node, ast.ImportFrom) or site.where.type_only:
        return ""
    names = [alias.name for alias in node.names if alias.name != site.alias.name]
    return next(
        (one for one in _in_doubt(project, base, names) if _loads(project, view, base, site.alias.name, one)), ""
    )


def _in_doubt(project: Project, base: str, names: list[str]) -> Iterator[str]:
    """The submodules whose names their package may have bound to something else."""
    for name in names:
        submodule = f"{base}.{name}"
        if project.index.layout.has(submodule) and project.index.resolve(base, name) != Module(submodule):
            yield submodule


def _loads(project: Project, view: FileView, base: str, name: str, submodule: str) -> bool:
    """Whether asking a package for a name loads the submodule, which has not been loaded with the package."""
    graph = project.graph
    bit, hook = graph.bit(submodule), graph.script.hook(base, name)
    if view.module not in graph.circle(base) and _imported_by(project, base, submodule):
        return False
    late = graph.script.imported_by(hook) if hook is not None else ()
    asked = (f"{base}.{name}", *looked_up(project.index, base, name), *late)
    return any(graph.wide_closure(module) & bit for module in asked)


def _imported_by(project: Project, package: str, submodule: str) -> bool:
    """Whether a statement of the package itself certainly loads the submodule: a star or a look-up of another may not."""
    index = project.index
    for binding in (one for bound in index.bindings(package).values() for one in bound if one.where.certain):
        level = binding.level if binding.kind is Kind.FROM else 0
        source = index.absolute(index.layout.paths[package], binding.target, level)
        if binding.kind in (Kind.FROM, Kind.IMPORT) and f"{source}.".startswith(f"{submodule}."):
            return True
    return False
