"""``from old import Foo`` to ``from canonical import Foo``, in place, name by name."""

from __future__ import annotations

import ast
import re

from ssot.audit.sites import Site
from ssot.index.scopes import ImportNode
from ssot.index.table import Path
from ssot.rewrite.fileplan import Draft
from ssot.rewrite.fromlist import NewName
from ssot.rewrite.namespaces import can_bind_top
from ssot.rewrite.outcomes import Fate, Occurrence, Renamed
from ssot.rewrite.renames import obstacle, spans
from ssot.rewrite.statements import (
    Move,
    StatementPlan,
    bound_between,
    has_comment,
    imports_between,
    module_text,
    only_imports_between,
    shares_line,
)
from ssot.values import Safety

_NOQA = re.compile(rb"#\s*noqa(?!\s*:)|#\s*noqa\s*:[^#\r\n]*F401", re.IGNORECASE)


def plan_from(draft: Draft, site: Site, safety: Safety, moving: frozenset[int]) -> None:
    """Redirect one name. ``moving`` holds the ids of the statements from which names move: those take nothing up."""
    assert site.found is not None
    assert site.alias is not None
    assert isinstance(site.found.node, ast.ImportFrom)
    entry = site.verdict.entry
    name = NewName(site.verdict.target[1], site.local)
    if site.alias.asname == site.alias.name != name.name and entry is not None and site.local in entry.replaced_names():
        draft.refuse(site, "local-name-kept", "an explicit re-export of the old name")
        return
    if lacks_room(draft, site):
        draft.refuse(site, "name-taken", f"keeping {site.path[0]} loaded would bind another name here")
        return
    if _gives_way(draft, site):
        draft.refuse(site, "name-taken", f"loading {draft.view.module}.{site.local} later would take the name")
        return
    wanted = entry is not None and _follows(site)
    if wanted and len(site.found.node.names) > 1 and _marked(draft, site):
        draft.refuse(site, "layout", "the mark on the whole statement would not go with the one name")
        return
    renamed = wanted and _rename(draft, site)
    if renamed:
        name = NewName(name.name, name.name)
    elif site.alias.asname == site.alias.name:
        name = NewName(name.name, site.local, redundant=True)
    plan = draft.statement(site.found, site.verdict.key, safety)
    module = module_text(draft.view, site.found.node, site.verdict.target[0])
    into = _taker(draft, site, name, moving)
    plan.moves.append(Move(site.alias, module, name, into))
    if into is not None:
        into.keys |= plan.keys
        plan.keys |= into.keys
    draft.keep_loaded(plan, [site.path[0]])
    draft.rewrite(site)
    if wanted and not renamed and site.verdict.target[1] != site.local:
        note_kept(draft, site)


def lacks_room(draft: Draft, site: Site) -> bool:
    """Whether the old module's import, to be kept beside the new one, would bind a name that is taken."""
    assert site.found is not None
    view, module = draft.view, site.path[0]
    kept = (view.source.path, module) in draft.project.keep_loaded
    scope, top, place = site.found.scope, module.partition(".")[0], site.found.node
    return kept and (draft.names.shadows(top, scope) or not can_bind_top(view, draft.project, scope, top, [], place))


def _gives_way(draft: Draft, site: Site) -> bool:
    """Whether the import loads a submodule whose name its package binds here, and the new one does not."""
    submodule = f"{draft.view.module}.{site.local}."
    ours = _at_module_level(site) and draft.view.index.layout.has(submodule[:-1])
    return ours and f"{site.path[0]}.".startswith(submodule) and not f"{site.verdict.target[0]}.".startswith(submodule)


def plan_local_name(draft: Draft, site: Site) -> None:
    """``from canonical import UserEngine as Engine``: take the old local name away."""
    assert site.found is not None
    assert site.alias is not None
    assert isinstance(site.found.node, ast.ImportFrom)
    entry = site.verdict.entry
    if entry is not None and not entry.rename:
        draft.ignore(site, "rename-uses = false")
    elif (draft.view.module, site.local) in draft.project.governance.providers and _at_module_level(site):
        draft.ignore(site, "provider")
    elif _rename(draft, site):
        plan = draft.statement(site.found, site.verdict.key)
        module = module_text(draft.view, site.found.node, site.path[0])
        written = ("." * site.found.node.level) + (site.found.node.module or "")
        name = NewName(site.verdict.target[1], site.verdict.target[1])
        plan.moves.append(Move(site.alias, written or module, name))
        draft.rewrite(site)
    else:
        draft.refuse(site, "local-name-kept", _why(draft, site))


def _at_module_level(site: Site) -> bool:
    return site.found is not None and site.found.scope.kind == "module"


def _follows(site: Site) -> bool:
    """Whether the local name should become the canonical one: not where the user chose it."""
    entry, alias = site.verdict.entry, site.alias
    if entry is None or alias is None or not entry.rename or site.local == site.verdict.target[1]:
        return False
    return alias.asname is None or (alias.asname != alias.name and site.local in entry.replaced_names())


def _marked(draft: Draft, site: Site) -> bool:
    """Whether the statement says that it is there for others."""
    assert site.found is not None
    source = draft.view.source
    start, end = source.span(site.found.node)
    return _NOQA.search(source.u8[start : source.line_end(end)]) is not None


def _why(draft: Draft, site: Site) -> str:
    assert site.found is not None
    view = draft.view
    if _marked(draft, site):
        return "the statement is marked as a re-export"
    local = site.local or site.path[1]
    return obstacle(view, draft.project, site.found.scope, local, site.verdict.target[1])


def _rename(draft: Draft, site: Site) -> bool:
    if _why(draft, site):
        return False
    assert site.found is not None
    new, scope = site.verdict.target[1], site.found.scope
    uses = draft.view.scopes.uses_of(scope, site.local)
    if any(draft.names.hidden(new, use.scope, scope) for use in uses):
        return False
    for use in uses:
        draft.names.read(new, use.scope, scope)
    for span in spans(draft.view, site.found.scope, site.local):
        draft.replace(span, new, site.verdict.key)
    if site.found.scope.kind == "module":
        draft.renamed.append(Renamed(draft.view.module, site.local, new))
    return True


def note_kept(draft: Draft, site: Site) -> None:
    """Another occurrence stays behind: the old local name."""
    entry = site.verdict.entry
    local = site.local or site.path[1]
    if entry is not None and local in entry.replaced_names():
        path, reason = draft.view.source.path, _why(draft, site)
        draft.occurrences.append(Occurrence(path, site.line, site.verdict.key, Fate.REFUSED, "local-name-kept", reason))


def _taker(draft: Draft, site: Site, name: NewName, moving: frozenset[int]) -> StatementPlan | None:
    """A statement of the same block that imports from the target already and can take the name up."""
    found, view = site.found, draft.view
    assert found is not None
    if name.local in found.scope.bindings and view.denote(found.scope, name.local) is None:
        return None  # how often a name is bound matters where other statements bind it, or imports of something else
    if has_comment(view.source, found.node) or shares_line(view.source, found.node):
        return None
    if any((view.source.path, module) in draft.project.keep_loaded for module in [site.path[0]]):
        return None
    for other in draft.suppliers.get((id(found.block), site.verdict.target[0]), ()):
        if _takes(draft, other, site, name, moving):
            plan = draft.statement(other, site.verdict.key)
            already = any((alias.asname or alias.name) == name.local for alias in other.node.names)
            if not already and str(name) not in map(str, plan.taken_up):
                plan.taken_up.append(name)
            return plan
    return None


def _takes(draft: Draft, other: ImportNode, site: Site, name: NewName, moving: frozenset[int]) -> bool:
    found, view, node = site.found, draft.view, other.node
    assert found is not None
    if not isinstance(node, ast.ImportFrom) or node is found.node or id(node) in moving:
        return False
    if node.names[0].name == "*" or shares_line(view.source, node):
        return False
    if not only_imports_between(view, other, found) or bound_between(other, found, name.local):
        return False
    for alias in node.names:
        if (alias.asname or alias.name) == name.local and alias.name != name.name:
            return False
    if _comment_in_tail(draft, node):
        return False
    between = [fact for node in imports_between(other, found) if (fact := view.fact(node)) is not None]
    if any(draft.project.loads_noise(view.source.path, fact) for fact in between):
        return False
    taken: Path = (view.module, name.local)
    harmless = not any(draft.project.loads_ours(view.source.path, fact) for fact in between)
    return other.index < found.index or harmless or not draft.project.read_elsewhere(*taken)


def _comment_in_tail(draft: Draft, node: ast.ImportFrom) -> bool:
    """A comment between the last name and the end of the list, not on a line of its own name, has no safe place."""
    source = draft.view.source
    last = source.span(node.names[-1])[1]
    end = source.span(node)[1]
    one_line = node.names[-1].lineno == node.lineno
    return one_line and b"#" in source.u8[last:end]
