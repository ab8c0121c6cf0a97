"""Reasons against a collapse that lie in what kind of classes the two are."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ssot.audit.duplicates.comparison import Blocker, Comparison, Level, Row, Verdict
from ssot.audit.duplicates.definitions import Definition, Definitions
from ssot.audit.duplicates.kinds import Kinds, Special, table_is_named
from ssot.index.table import Symbol

_EQUAL = (Verdict.IDENTICAL, Verdict.EQUIVALENT)
_REASONS = {
    Special.ENUM: "members of two enumerations are different objects",
    Special.PROTOCOL: "a protocol is what it lists, not what it inherits",
    Special.TYPED_DICT: "a typed dict is what it lists",
    Special.NAMED_TUPLE: "the order of fields is part of it",
    Special.SLOTS: "__slots__ fix which attributes instances may have",
}


def blockers_of_kinds(project: Definitions, one: Definition, two: Definition, found: Comparison) -> Iterator[Blocker]:
    """Unless the two are equal; a table also where the equal text makes two tables."""
    kinds = Kinds(project, project.lineage)
    special = kinds.of(one) | kinds.of(two)
    if Special.ORM in special and not (found.verdict in _EQUAL and _same_table(one, two)):
        yield Blocker("orm-model", two.path, two.line, "its name, place and fields make a database table")
    for kind, reason in _REASONS.items():
        if kind in special and found.verdict not in _EQUAL:
            yield Blocker(kind.value, two.path, two.line, reason)
    yield from _hooks(project, one, two)


def _same_table(one: Definition, two: Definition) -> bool:
    return all(isinstance(side.node, ast.ClassDef) and table_is_named(side.node) for side in (one, two))


def _hooks(project: Definitions, one: Definition, two: Definition) -> Iterator[Blocker]:
    """Code that runs when a class is made, and may keep it."""
    for side in (two, one):
        for base in (side.symbol, *project.lineage.ancestors(side.symbol)):
            holder = project.get(base) if isinstance(base, Symbol) else None
            if holder is None or not isinstance(holder.node, ast.ClassDef):
                continue
            if base != side.symbol and _defines(holder.node, "__init_subclass__"):
                yield Blocker("registered", side.path, side.line, f"{base}.__init_subclass__ runs for each subclass")
            for key in holder.node.keywords:
                name = ast.unparse(key.value)
                if key.arg != "metaclass" or not name.endswith(("ABCMeta", "EnumMeta", "EnumType")):
                    yield Blocker("registered", side.path, side.line, f"{base} is made with {key.arg or '**'}={name}")


def _defines(node: ast.ClassDef, name: str) -> bool:
    return any(isinstance(one, ast.FunctionDef) and one.name == name for one in node.body)


def is_plain(project: Definitions, side: Definition) -> bool:
    """Whether nobody is known or likely to read the annotations in the class body."""
    node = side.node
    known = isinstance(node, ast.ClassDef) and not node.decorator_list and not node.keywords
    return known and not project.lineage.strangers(side.symbol) and not Kinds(project, project.lineage).of(side)


def order_rows(project: Definitions, one: Definition, two: Definition) -> Iterator[Row]:
    """Where the order of fields counts, the order, and every field that one side lacks."""
    kinds = Kinds(project, project.lineage)
    special = kinds.of(one) | kinds.of(two)
    ordered = {Special.RECORD, Special.NAMED_TUPLE, Special.ENUM, Special.ORM}
    if not special & ordered:
        return
    left, right = _fields(one), _fields(two)
    level = Level.SAME if left == right else Level.CONFLICT
    if left or right:
        yield Row(
            "order of fields",
            ", ".join(left),
            ", ".join(right),
            level,
            "" if left == right else "it is part of the constructor, or of the members",
        )


def _fields(side: Definition) -> list[str]:
    found = []
    for one in side.node.body:
        if isinstance(one, ast.AnnAssign) and isinstance(one.target, ast.Name):
            found.append(one.target.id)
        elif isinstance(one, ast.Assign):
            found += [
                target.id for target in one.targets if isinstance(target, ast.Name) and not target.id.startswith("__")
            ]
    return found
