"""Two object references of one tree to their comparison."""

from __future__ import annotations

from dataclasses import replace

from ssot.audit.duplicates.compare import compare
from ssot.audit.duplicates.comparison import Blocker, Verdict
from ssot.audit.duplicates.definitions import Definitions
from ssot.audit.governance import parse_reference
from ssot.declare.suggest import nearest
from ssot.index.table import Symbol
from ssot.pipeline.stages import tree_of
from ssot.pipeline.workspace import Workspace
from ssot.report.duplicates_text import Pair
from ssot.rewrite.collapsing import values as collapsing
from ssot.rewrite.collapsing.plan_pair import Collapse
from ssot.values import SsotError


def compare_pair(work: Workspace, canonical: str, duplicate: str) -> Pair:
    """Raises SsotError for a reference at which there is no definition."""
    project = Definitions(work.index, work.sources, work.is_test, work.hands_off)
    one, two = _symbol(work, canonical), _symbol(work, duplicate)
    if one == two:  # another name of one object, which is an adapter of it
        two = Symbol(*parse_reference(duplicate))
    if one == two:
        raise SsotError(f"{canonical} and {duplicate} are one path", "name two definitions")
    found = compare(project, one, two)
    shown = Pair(found, _place(project, one), _place(project, two), _declared(work, canonical, duplicate))
    if found.blockers or found.conflicts or found.verdict is Verdict.UNRELATED or "." in one.name + two.name:
        return shown
    return _planned(work, shown, canonical, duplicate)


def _planned(work: Workspace, shown: Pair, canonical: str, duplicate: str) -> Pair:
    """With what collapse-duplicates would do, if the pair were declared."""
    one, two = shown.comparison.canonical, shown.comparison.duplicate
    if work.index.resolve(two.module, two.name) == one:
        return shown
    asked = collapsing.Pair(canonical, parse_reference(canonical), one, parse_reference(duplicate), two, "auto")
    done = Collapse(tree_of(work), (asked,)).run({})[asked]
    if isinstance(done, collapsing.Objection):
        return replace(shown, refusal=(done.code, done.reason))
    notes = tuple(Blocker(note.code, note.path, note.line, note.reason) for note in done.notices)
    return replace(shown, notes=notes)


def _symbol(work: Workspace, text: str) -> Symbol:
    """What a path leads to; ``Class.method`` is asked of the class."""
    module, name = parse_reference(text)
    first, dot, rest = name.partition(".")
    found = work.index.resolve(module, first)
    if not isinstance(found, Symbol):
        known = (f"{one}:{other}" for one in work.index.layout.paths for other in work.index.bindings(one))
        near = nearest(text, (one for one in known if one != text))
        hint = f"; did you mean {near}?" if near else ""
        raise SsotError(f"{text} does not lead to a definition{hint}", "name a definition like package.module:Name")
    return Symbol(found.module, f"{found.name}{dot}{rest}")


def _place(project: Definitions, symbol: Symbol) -> str:
    definition = project.get(symbol)
    if definition is not None:
        return f"{definition.path}:{definition.line}"
    bindings = project.index.bindings(symbol.module).get(symbol.name)
    path = project.index.layout.paths.get(symbol.module)
    return f"{path}:{bindings[0].line}" if bindings and path else ""


def _declared(work: Workspace, canonical: str, duplicate: str) -> str:
    for number, entry in enumerate(work.manifest.collapse if work.manifest is not None else ()):
        if entry.canonical == canonical and duplicate in entry.duplicates:
            assert work.manifest is not None
            return work.manifest.location("collapse", number, "duplicates", entry.duplicates.index(duplicate))
    return ""
