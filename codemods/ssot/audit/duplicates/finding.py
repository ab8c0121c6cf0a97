"""Undeclared duplicates of a project: groups that a person might collapse, each with the one that could stay."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from ssot.audit.duplicates.adapters import Adapters
from ssot.audit.duplicates.candidates import (
    LEAST_CLASS,
    LEAST_FUNCTION,
    OTHER_NAME,
    Candidate,
    groups,
    one_thing,
    thin_classes,
    thin_functions,
    variant_words,
)
from ssot.audit.duplicates.compare import compare
from ssot.audit.duplicates.comparison import Comparison, Verdict
from ssot.audit.duplicates.definitions import Definition, Definitions
from ssot.audit.duplicates.functions import Side, key_of
from ssot.audit.duplicates.kinds import Kinds, Special
from ssot.audit.duplicates.normal import Key
from ssot.audit.duplicates.places import words
from ssot.audit.duplicates.stand_ins import StandIns
from ssot.index.table import Symbol

SAME = (Verdict.IDENTICAL, Verdict.EQUIVALENT, Verdict.ADAPTER)
_NEVER = frozenset(
    [
        Special.ORM,
        Special.ENUM,
        Special.PROTOCOL,
        Special.TYPED_DICT,
        Special.NAMED_TUPLE,
        Special.SLOTS,
        Special.TEST_CASE,
    ]
)


@dataclass(frozen=True, slots=True)
class Reported:
    """``proposed``: a person may declare the collapse; else it is only worth knowing (methods of unrelated classes)."""

    comparison: Comparison
    proposed: bool


def find(project: Definitions) -> list[Reported]:
    """Sorted by the duplicate's name; a duplicate is reported once."""
    found: dict[Symbol, Reported] = {}
    stand_ins = StandIns(project)
    for one in (*_copies(project, stand_ins), *_adapters(project)):
        found.setdefault(one.comparison.duplicate, one)
    whole = {one.comparison.duplicate for one in found.values() if one.proposed}
    for one in _methods(project, whole, stand_ins):
        found.setdefault(one.comparison.duplicate, one)
    return sorted(found.values(), key=lambda one: str(one.comparison.duplicate))


def _copies(project: Definitions, stand_ins: StandIns) -> Iterator[Reported]:
    for group in groups(project):
        if not group[0].is_method:
            for members in _alike(project, group, stand_ins):
                yield from _reports(project, members, group[0].shape.size)


def _reports(project: Definitions, members: list[Definition], size: int) -> Iterator[Reported]:
    canonical = min(members, key=lambda one: rank(one.symbol))
    for one in members:
        if one is not canonical and proposable(project, canonical, one) and _named_alike(project, canonical, one, size):
            comparison = compare(project, canonical.symbol, one.symbol, uses=False)
            if comparison.verdict in SAME and not comparison.blockers:
                yield Reported(comparison, proposed=True)


def _alike(project: Definitions, group: tuple[Candidate, ...], stand_ins: StandIns) -> Iterator[list[Definition]]:
    """The members of a group by what they mean."""
    keys: dict[Key, list[Definition]] = {}
    for one in group:
        definition = project.get(one.symbol)
        if definition is not None and definition.line == one.shape.line:
            keys.setdefault(_key(project, definition, stand_ins), []).append(definition)
    yield from (members for members in keys.values() if len(members) > 1)


def _key(project: Definitions, definition: Definition, stand_ins: StandIns) -> Key:
    side = Side.of(definition, frozenset({definition.symbol}))
    if not isinstance(definition.node, ast.ClassDef):
        return key_of(project, side, stand_ins)
    parts = [key_of(project, side.inner(one), stand_ins) for one in definition.node.body if not _is_text(one)]
    return (len(definition.node.bases), *sorted(map(repr, parts)))


def _is_text(node: ast.stmt) -> bool:
    return isinstance(node, ast.Pass) or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))


def proposable(project: Definitions, one: Definition, two: Definition) -> bool:
    kinds = Kinds(project, project.lineage)
    return not (_NEVER & (kinds.of(one) | kinds.of(two)))


def _named_alike(project: Definitions, one: Definition, two: Definition, size: int) -> bool:
    """One name, or variants of one; for other names it takes more text, another module, and no exception."""
    if one_thing(one.node.name, two.node.name) or one.node.name == two.node.name:
        return True
    least = (LEAST_CLASS if isinstance(one.node, ast.ClassDef) else LEAST_FUNCTION) * OTHER_NAME
    special = Kinds(project, project.lineage).of(one)
    return size >= least and one.path != two.path and Special.EXCEPTION not in special


def rank(symbol: Symbol) -> tuple[object, ...]:
    """The one that could stay: public, not named as a variant, high up, first by name."""
    parts = (*symbol.module.split("."), symbol.name)
    private = any(part.startswith("_") for part in parts)
    return private, variant_words(symbol.name), _legacy(symbol.module), symbol.module.count("."), str(symbol)


def _legacy(module: str) -> int:
    return sum(word in ("legacy", "old", "compat", "deprecated", "backup") for word in words(module))


# -- adapters


def _adapters(project: Definitions) -> Iterator[Reported]:
    for canonical, duplicate in thin_classes(project):
        yield from _adapter(project, canonical, duplicate)
    for canonical, duplicate in thin_functions(project):
        one, two = project.get(canonical), project.get(duplicate)
        if one is not None and two is not None and not _imports(two) and Adapters(project).wrapper(two, one):
            yield from _adapter(project, canonical, duplicate)


def _imports(definition: Definition) -> bool:
    """Whether a function imports what it needs itself, which is done to break a circle."""
    return any(isinstance(one, ast.Import | ast.ImportFrom) for one in definition.node.body)


def _adapter(project: Definitions, canonical: Symbol, duplicate: Symbol) -> Iterator[Reported]:
    one, two = project.get(canonical), project.get(duplicate)
    if one is None or two is None or not proposable(project, one, two) or project.lineage.subclasses(duplicate):
        return
    if Special.EXCEPTION in Kinds(project, project.lineage).of(two):
        return
    comparison = compare(project, canonical, duplicate, uses=False)
    if comparison.verdict is Verdict.ADAPTER and not comparison.blockers:
        yield Reported(comparison, proposed=True)


# -- methods


def _methods(project: Definitions, whole: set[Symbol], stand_ins: StandIns) -> Iterator[Reported]:
    """Equal methods of classes of which neither descends from the other, nor is a duplicate itself."""
    for group in groups(project):
        if not group[0].is_method:
            continue
        for members in _alike(project, group, stand_ins):
            apart = _apart(project, [one for one in members if _class(one.symbol) not in whole])
            for one in apart[1:]:
                comparison = compare(project, apart[0].symbol, one.symbol, uses=False)
                if comparison.verdict in SAME:
                    yield Reported(comparison, proposed=False)


def _apart(project: Definitions, members: list[Definition]) -> list[Definition]:
    """Of the members, best first, those of one name whose classes do not descend from that of the first."""
    ordered = sorted(members, key=lambda one: rank(one.symbol))
    ordered = [one for one in ordered if one.node.name == ordered[0].node.name]
    if not ordered:
        return []
    first = _class(ordered[0].symbol)
    above = {first, *project.lineage.ancestors(first)}
    return [
        ordered[0],
        *(
            one
            for one in ordered[1:]
            if _class(one.symbol) not in above and first not in project.lineage.ancestors(_class(one.symbol))
        ),
    ]


def _class(symbol: Symbol) -> Symbol:
    return Symbol(symbol.module, symbol.name.partition(".")[0])
