"""What importing a module does beyond defining names, itself or through what it loads."""

from __future__ import annotations

import builtins
import sys

from ssot.index.facts import Kind
from ssot.index.graph import ImportGraph
from ssot.index.table import External, Index, Missing, Symbol


def has_effects(index: Index, module: str) -> bool:
    """Whether loading the module, without what it imports, leaves a trace elsewhere."""
    facts = index.module_facts(module)
    if facts is None:
        return False
    if facts.problem is not None or facts.effects or facts.replaced:
        return True
    return any(
        binding.kind is Kind.CLASS
        and (binding.hooked or any(_hooked(index, module, base, frozenset()) for base in binding.bases))
        for binding in facts.bindings
    )


def _hooked(index: Index, module: str, base: str, seen: frozenset[tuple[str, str]]) -> bool:
    """Whether subclassing a base may run code: a metaclass or ``__init_subclass__`` somewhere above it."""
    if base == "?" or (module, base) in seen:
        return base == "?"
    first, *rest = base.split(".")
    found = index.resolve(module, first)
    if isinstance(found, Missing) and not rest:
        return not hasattr(builtins, first)
    for attribute in rest:
        name = getattr(found, "name", "")
        found = (
            index.resolve(name, attribute) if not isinstance(found, External) else External(f"{found.name}.{attribute}")
        )
    if isinstance(found, External):
        return found.name.partition(".")[0] not in sys.stdlib_module_names
    if not isinstance(found, Symbol) or index.kind(found) is not Kind.CLASS:
        return True
    (binding,) = index.bindings(found.module)[found.name]
    return binding.hooked or any(
        _hooked(index, found.module, above, seen | {(module, base)}) for above in binding.bases
    )


def effectful(graph: ImportGraph) -> int:
    """The set of all modules whose loading leaves a trace, as bits of the graph."""
    bits = 0
    for module in graph.index.layout.paths:
        if has_effects(graph.index, module):
            bits |= graph.bit(module)
    return bits
