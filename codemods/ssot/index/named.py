"""The project's modules that import statements name, and those that are loaded to look a name up."""

from __future__ import annotations

from collections.abc import Iterator

from ssot.index.facts import FileFacts, ImportFact
from ssot.index.table import Denotation, Index, Module, Path, Unknown


def parents(module: str) -> list[str]:
    """``a``, ``a.b`` for ``a.b.c``."""
    parts = module.split(".")
    return [".".join(parts[:count]) for count in range(1, len(parts))]


def loaded_by(index: Index, path: str, fact: ImportFact, asked: frozenset[Path] = frozenset()) -> Iterator[str]:
    """The project modules that an import statement itself names, without their parent packages.

    ``asked`` are the lazy names that are being looked up already: two modules may each offer the other's.
    """
    if not fact.is_from:
        for name in fact.names:
            yield from _nearest(index, name.name)
        return
    base = index.absolute(path, fact.module, fact.level)
    if base is None:
        return
    yield from _nearest(index, base)
    for taken in _asked_for(index, base, fact):
        submodule = f"{base}.{taken}"
        if index.layout.has(submodule) and _may_be(index.resolve(base, taken), submodule):
            yield submodule
        else:
            yield from looked_up(index, base, taken, asked)


def _asked_for(index: Index, base: str, fact: ImportFact) -> Iterator[str]:
    """The names that a ``from`` statement takes; a star those that the module lists, which may be its submodules."""
    facts = index.module_facts(base)
    for name in fact.names:
        listed = facts.exports if name.name == "*" and facts is not None else None
        yield from (name.name,) if listed is None else listed


def _may_be(found: Denotation, submodule: str) -> bool:
    """Whether asking for a name loads the submodule; a star import may or may not have bound it before."""
    return found == Module(submodule) or isinstance(found, Unknown)


def looked_up(index: Index, base: str, name: str, asked: frozenset[Path] = frozenset()) -> Iterator[str]:
    """The module that a package's ``__getattr__`` imports for a name."""
    facts = index.module_facts(base)
    if (base, name) in asked:
        return
    if facts is None or not facts.lazy or any(not b.where.type_only for b in index.bindings(base).get(name, [])):
        return
    if any(lazy == name for lazy, _, _ in facts.lazy):
        for module, _ in lazy_sources(index, base, name):
            yield from _nearest(index, module)
        for fact in facts.imports:
            if fact.where.scope == ("__getattr__",) and not _serves_another(facts, fact, name):
                yield from loaded_by(index, facts.path, fact, asked | {(base, name)})


def lazy_sources(index: Index, base: str, name: str) -> Iterator[Path]:
    """Where a module's table of names that are made on demand says that one comes from."""
    facts = index.module_facts(base)
    for lazy, source, attribute in facts.lazy if facts is not None else ():
        if lazy == name:
            level = len(source) - len(source.lstrip("."))
            yield index.absolute(facts.path if facts else "", source[level:], level) or "", attribute


def _serves_another(facts: FileFacts, fact: ImportFact, name: str) -> bool:
    """Whether an import inside ``__getattr__`` gets one of the other names."""
    module = "." * fact.level + fact.module
    others = {(source, attribute) for lazy, source, attribute in facts.lazy if lazy != name}
    return fact.is_from and any((module, one.name) in others for one in fact.names)


def _nearest(index: Index, module: str) -> Iterator[str]:
    """The module, or the deepest of its parents that exists: that much is loaded before the import fails."""
    while module:
        if index.layout.has(module):
            yield module
            return
        module = module.rpartition(".")[0]
