"""What ``from module import *`` binds: the names that are told, and those that it may bind besides."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ssot.index.table import Index


def star_names(index: Index, module: str, seen: frozenset[str] = frozenset()) -> frozenset[str] | None:
    """The names that a star import binds; None where that can't be told. Loaded submodules may come on top."""
    facts = index.module_facts(module)
    if facts is None or not facts.known or facts.exports_computed:
        return None
    if module in seen or module in index.layout.ambiguous:
        return None
    if facts.exports is not None:
        return frozenset(facts.exports)
    names: set[str] = set()
    for name, bindings in index.bindings(module).items():
        if name == "*":
            for star in bindings:
                source = index.absolute(facts.path, star.target, star.level)
                offered = star_names(index, source, seen | {module}) if source else None
                if offered is None:
                    return None
                names |= offered
        elif any(not binding.where.type_only for binding in bindings):
            names.add(name)
    return frozenset(name for name in names if not name.startswith("_"))


def may_offer(index: Index, module: str, name: str, seen: frozenset[str] = frozenset()) -> bool:
    """Whether a star import of a module may bind a name: a package offers the submodules that are loaded by then."""
    facts = index.module_facts(module)
    if facts is None:
        return module not in index.layout.namespaces or index.layout.has(f"{module}.{name}")
    if facts.exports is not None and not facts.exports_computed:
        return name in facts.exports
    if not facts.known or module in index.layout.ambiguous:
        return True
    if name.startswith("_") and not facts.exports_computed:
        return False
    if index.bindings(module).get(name) or any(row[0] == name for row in facts.lazy) or name in facts.rebound:
        return True
    if index.layout.is_package(module) and index.layout.has(f"{module}.{name}"):
        return True
    return module not in seen and any(
        (source := index.absolute(facts.path, star.target, star.level)) is None
        or may_offer(index, source, name, seen | {module})
        for star in index.bindings(module).get("*", [])
    )
