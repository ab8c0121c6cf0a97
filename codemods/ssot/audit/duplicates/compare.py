"""Two definitions of a project to a verdict with its evidence."""

from __future__ import annotations

import ast
from dataclasses import replace

from ssot.audit.duplicates.adapters import Adapters
from ssot.audit.duplicates.classes import definition_side, head_rows, member_rows
from ssot.audit.duplicates.comparison import Blocker, Comparison, Level, Row, Verdict
from ssot.audit.duplicates.definitions import Definition, Definitions, Function
from ssot.audit.duplicates.functions import Likeness, compare_functions, signature, similar, uses_super
from ssot.audit.duplicates.inheritance import Descent, lifted
from ssot.audit.duplicates.places import blockers_of_places, twins
from ssot.audit.duplicates.specials import blockers_of_kinds, is_plain, order_rows
from ssot.audit.duplicates.state import shared_state
from ssot.audit.duplicates.telling import Told, told_apart
from ssot.index.table import Symbol


def compare(project: Definitions, canonical: Symbol, duplicate: Symbol, *, uses: bool = True) -> Comparison:
    """What `duplicate` is to `canonical`. Both name definitions (or aliases of them): ``Name`` or ``Class.method``.

    Without `uses` the rest of the project is not searched for places that tell the two apart.
    """
    if project.index.resolve(duplicate.module, duplicate.name) == canonical and canonical != duplicate:
        row = Row(
            "alias", canonical.name, f"{duplicate.name} = {canonical.name}", Level.SAME, "the same object already"
        )
        return Comparison(canonical, duplicate, Verdict.ADAPTER, (row,))
    one, two = project.get(canonical), project.get(duplicate)
    if one is None or two is None:
        return _not_defined(project, canonical, duplicate, one, two)
    if isinstance(one.node, ast.ClassDef) is not isinstance(two.node, ast.ClassDef):
        left, right = ("class" if isinstance(side.node, ast.ClassDef) else "function" for side in (one, two))
        return Comparison(canonical, duplicate, Verdict.CONFLICTING, (Row("kind", left, right, Level.CONFLICT),))
    found = _classes(project, one, two) if isinstance(one.node, ast.ClassDef) else _functions(project, one, two)
    blockers = [*found.blockers, *blockers_of_places(project, one, two)]
    told = told_apart(project, one, two, found.verdict) if uses else Told((), (), ())
    if isinstance(one.node, ast.ClassDef):
        blockers += [*blockers_of_kinds(project, one, two, found), *shared_state(project, one, two)]
    blockers = list(dict.fromkeys([*blockers, *told.blockers]))
    rows = (*found.rows, *told.rows)
    return Comparison(canonical, duplicate, found.verdict, rows, found.adds, tuple(blockers), told.doubts)


def _not_defined(
    project: Definitions, canonical: Symbol, duplicate: Symbol, one: Definition | None, two: Definition | None
) -> Comparison:
    left, right = ("" if side else "no class or function statement" for side in (one, two))
    path = project.index.layout.paths.get(duplicate.module if two is None else canonical.module, "")
    missing = duplicate if two is None else canonical
    blocker = Blocker("not-a-definition", path, 1, f"{missing} is not made by a class or function statement")
    blockers = (*twins(project, canonical, duplicate), blocker)
    rows = (Row("definition", left, right, Level.CONFLICT),)
    return Comparison(canonical, duplicate, Verdict.UNRELATED, rows, "", blockers)


def _functions(project: Definitions, one: Definition, two: Definition) -> Comparison:
    assert isinstance(one.node, Function)
    assert isinstance(two.node, Function)
    left, right = (f"{node.name}{signature(node)}" for node in (one.node, two.node))
    passed = Adapters(project).wrapper(two, one)
    if passed is not None:
        note = "hands on" + (f", {passed.adds}" if passed.adds else "")
        rows: tuple[Row, ...] = (Row("function", left, right, Level.COSMETIC, note), *_name_row(one, two))
        return Comparison(one.symbol, two.symbol, Verdict.ADAPTER, rows, passed.adds)
    found = compare_functions(project, definition_side(one), definition_side(two, one))
    if one.owner is not None and uses_super(one.node) and not _same_bases(project, one, two):
        found = Likeness(Level.CONFLICT, "super() is another class there")
    rows = (Row("function", left, right, found.level, found.note), *_name_row(one, two))
    verdict = verdict_of(rows)
    if verdict is Verdict.UNRELATED and (similar(one.node, two.node) or Adapters(project).calls(two, one)):
        verdict = Verdict.CONFLICTING
    return Comparison(one.symbol, two.symbol, verdict, rows)


def _same_bases(project: Definitions, one: Definition, two: Definition) -> bool:
    left, right = (
        project.lineage.bases(Symbol(side.symbol.module, side.symbol.name.partition(".")[0])) for side in (one, two)
    )
    return left == right


def _classes(project: Definitions, one: Definition, two: Definition) -> Comparison:
    below, above = (
        Descent(project, project.lineage, lower.symbol, upper.symbol) for lower, upper in ((two, one), (one, two))
    )
    if below.links():
        return _adapter(below, one, two)
    if above.links():
        return _absorbing(above, one, two)
    plain = is_plain(project, one) and is_plain(project, two)
    left, right = (replace(side, plain=plain) for side in (definition_side(one), definition_side(two, one)))
    rows = (*_name_row(one, two), *head_rows(project, left, right), *member_rows(project, left, right))
    rows = (*rows, *order_rows(project, one, two))
    rows = lifted(project, project.lineage, rows, one.symbol, two.symbol)
    return Comparison(one.symbol, two.symbol, verdict_of(rows), rows)


def _adapter(descent: Descent, one: Definition, two: Definition) -> Comparison:
    """The duplicate descends from the canonical one."""
    rows = (*_name_row(one, two), *descent.rows())
    levels = {row.level for row in rows}
    verdict = (
        Verdict.CONFLICTING
        if Level.CONFLICT in levels
        else Verdict.SUPERSET
        if Level.EXTRA in levels
        else Verdict.ADAPTER
    )
    adds = "; ".join(dict.fromkeys(descent.adds))
    return Comparison(one.symbol, two.symbol, verdict, rows, adds, tuple(descent.lost()))


def _absorbing(descent: Descent, one: Definition, two: Definition) -> Comparison:
    """The canonical one descends from the duplicate."""
    turned = {Level.EXTRA: Level.MISSING}
    found = [
        Row(row.aspect, row.duplicate, row.canonical, turned.get(row.level, row.level), row.note)
        for row in descent.rows()
    ]
    note = "the canonical one must take over what it inherits"
    rows = (*_name_row(one, two), Row("inheritance", one.node.name, "is its base", Level.COSMETIC, note), *found)
    levels = {row.level for row in rows}
    verdict = (
        Verdict.CONFLICTING
        if Level.CONFLICT in levels
        else Verdict.SUBSET
        if Level.MISSING in levels
        else Verdict.EQUIVALENT
    )
    return Comparison(one.symbol, two.symbol, verdict, rows, "", tuple(descent.lost()))


def _name_row(one: Definition, two: Definition) -> tuple[Row, ...]:
    if one.node.name == two.node.name:
        return ()
    return (Row("name", one.node.name, two.node.name, Level.COSMETIC, "repr and __name__ change"),)


def verdict_of(rows: tuple[Row, ...]) -> Verdict:
    levels = {row.level for row in rows}
    if Level.CONFLICT in levels:
        return Verdict.CONFLICTING if _related(rows) else Verdict.UNRELATED
    if Level.EXTRA in levels:
        return Verdict.SUPERSET if _related(rows) else Verdict.UNRELATED
    if Level.MISSING in levels:
        return Verdict.SUBSET if _related(rows) else Verdict.UNRELATED
    return Verdict.EQUIVALENT if Level.COSMETIC in levels else Verdict.IDENTICAL


def _related(rows: tuple[Row, ...]) -> bool:
    """Whether two classes are about the same thing at all.

    A member that both have alike counts one; one of the same name and signature that does something else, a half, unless
    every class may have it (``__init__``); the sum must reach a third of all members. An empty class has nothing that differs.
    """
    members = [row for row in rows if row.aspect.partition(" ")[0] in ("method", "field", "class")]
    if not any(row.level is Level.CONFLICT for row in rows) and len({row.level for row in members}) == 1:
        return True  # one of the two has no members at all
    alike = sum(row.level in (Level.SAME, Level.COSMETIC) and bool(row.canonical and row.duplicate) for row in members)
    similar = [row for row in members if row.level is Level.CONFLICT and row.canonical == row.duplicate]
    return (alike + sum(not row.aspect.endswith("__") for row in similar) / 2) * 3 >= max(len(members), 1)
