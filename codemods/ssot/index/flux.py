"""Names that stand for one thing after another while their module is loaded: who asks on the way round a circle gets an earlier."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import combinations
from typing import TYPE_CHECKING

from ssot.index.components import components
from ssot.index.facts import Binding, FileFacts, ImportFact, Kind
from ssot.index.shims import WHOLE

if TYPE_CHECKING:
    from ssot.index.table import Index

Place = tuple[int, int]  # line, column
Edges = dict[str, tuple[FileFacts | None, tuple[str, ...]]]  # module -> what it has been read from, what it loads
_BRANCHING = ("if", "try", "match")


def circles_of(index: Index, known: Edges) -> dict[str, int]:
    """The number of the import circle of each module that is in one, as far as import statements tell.

    `known` remembers what modules import, for other states of the same tree in which they are the same.
    """
    for module in index.layout.paths:
        facts = index.module_facts(module)
        if module not in known or known[module][0] is not facts:
            known[module] = facts, tuple(dict.fromkeys(_targets(index, module)))
    edges = {module: known[module][1] for module in sorted(index.layout.paths)}
    groups = components(edges, lambda module: edges.get(module, ()))
    return {member: label for label, group in enumerate(groups) if len(group) > 1 for member in group}


def in_flux(index: Index, asking: str, module: str, name: str) -> bool:
    """Whether a module may load another one between two statements that bind a name, which that one asks for."""
    if asking == module or not index.share_circle(asking, module):
        return False
    circle = index.circles[module]
    spans = spans_of(index, module, name)
    return any(
        index.circles.get(target) == circle for span in spans for target in imported_between(index, module, *span)
    )


def spans_of(index: Index, module: str, name: str) -> Iterator[tuple[Place, Place]]:
    """From where a module has bound a name to where it binds it again."""
    for one, other in combinations(_versions(index, module, name), 2):
        if not exclusive(one, other) and not _same(index, module, one, other):
            yield (one.line, one.column), (other.line, other.column)


def _versions(index: Index, module: str, name: str) -> list[Binding]:
    """The statements that bind a name; among them the function that makes it as long as none of the others has run."""
    facts, bound = index.module_facts(module), index.candidates(module, name) if index.layout.has(module) else []
    found = [one for one in bound if not one.where.type_only]
    made = facts is not None and (facts.dynamic or any(row[0] in (name, WHOLE) for row in facts.lazy))
    hooks = [one for one in index.bindings(module).get("__getattr__", ()) if one.kind is Kind.DEF] if made else []
    return [*hooks, *found] if found else []


def _same(index: Index, module: str, one: Binding, other: Binding) -> bool:
    """Whether two statements import the same: where that has more than one version, it is in flux itself."""
    if one.kind is not other.kind or one.kind not in (Kind.FROM, Kind.IMPORT):
        return False
    path = index.layout.paths[module]
    sources = {index.absolute(path, each.target, each.level) for each in (one, other)}
    return len(sources) == 1 and one.attribute == other.attribute


def exclusive(one: Binding, other: Binding) -> bool:
    """Whether two statements stand in different branches, of which one runs."""
    arms = {guard.rpartition(":")[0]: guard for guard in one.where.guards if guard.startswith(_BRANCHING)}
    return any(arms.get(guard.rpartition(":")[0], guard) != guard for guard in other.where.guards)


def imported_between(index: Index, module: str, after: Place, until: Place) -> Iterator[str]:
    facts = index.module_facts(module)
    for fact in facts.imports if facts else ():
        if _runs(fact) and after < (fact.line, fact.column) <= until:
            yield from _named(index, module, fact)


def _runs(fact: ImportFact) -> bool:
    return not fact.where.deferred and not fact.where.type_only


def _targets(index: Index, module: str) -> Iterator[str]:
    facts = index.module_facts(module)
    for fact in facts.imports if facts else ():
        if _runs(fact):
            yield from _named(index, module, fact)


def _named(index: Index, module: str, fact: ImportFact) -> Iterator[str]:
    """The modules of the project that an import statement may load, without looking at what names are."""
    base = index.absolute(index.layout.paths[module], fact.module, fact.level) if fact.is_from else None
    names = [name.name for name in fact.names]
    dotted: Iterable[str] = names if not fact.is_from else [base, *(f"{base}.{name}" for name in names)] if base else []
    own = f"{module}."
    for target in dotted:
        parts = target.split(".")
        for count in range(1, len(parts) + 1):
            part = ".".join(parts[:count])
            if index.layout.has(part) and (count == len(parts) or not own.startswith(f"{part}.")):
                yield part
