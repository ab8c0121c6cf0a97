"""What importing a module does beyond defining names, itself or through what it loads."""

from __future__ import annotations

import builtins
import sys
from collections.abc import Iterator

from ssot.index.facts import FileFacts, Kind, Perhaps
from ssot.index.special import LOOKUP
from ssot.index.table import External, Index, Missing, Module, Symbol, Unknown


def has_effects(index: Index, module: str) -> bool:
    """Whether loading the module, without what it imports, leaves a trace elsewhere."""
    facts = index.module_facts(module)
    if facts is None:
        return False
    return facts.problem is not None or facts.replaced or bool(effect_lines(index, module))


def effect_lines(index: Index, module: str) -> tuple[int, ...]:
    """Lines of the module-level statements that leave a trace elsewhere."""
    facts = index.module_facts(module)
    if facts is None:
        return ()
    by_methods = {one.line for one in facts.perhaps if one.method in index.specials and _runs(index, module, one)}
    return tuple(sorted({*facts.effects, *by_methods, *_classes(index, module), *_looked_up(index, facts)}))


def _looked_up(index: Index, facts: FileFacts) -> Iterator[int]:
    """Lines of imports of names that a module makes by a ``__getattr__`` which does more than import."""
    for fact in facts.imports if LOOKUP in index.specials else ():
        base = index.absolute(facts.path, fact.module, fact.level) if fact.is_from else None
        source = index.module_facts(base) if base is not None else None
        if source is not None and LOOKUP in source.specials and not fact.where.deferred and not fact.where.type_only:
            known = index.bindings(base or "")
            if any(name.name not in known and not index.layout.has(f"{base}.{name.name}") for name in fact.names):
                yield fact.line


def _classes(index: Index, module: str) -> Iterator[int]:
    """Lines of the classes whose definition runs code of a class above them."""
    facts = index.module_facts(module)
    for binding in facts.bindings if facts else ():
        hooked = binding.hooked or any(_hooked(index, module, base, frozenset()) for base in binding.bases)
        if binding.kind is Kind.CLASS and hooked:
            yield binding.line


def _runs(index: Index, module: str, perhaps: Perhaps) -> bool:
    """Whether the object may have such a method: it is one of the project, and no plain value."""
    name = perhaps.subject.removesuffix("()")
    made = name != perhaps.subject or perhaps.method == "__set_name__"
    first, *rest = name.split(".")
    found = index.resolve(module, first)
    for attribute in rest:
        if isinstance(found, Symbol | Unknown):
            return True
        found = index.resolve(found.name, attribute) if isinstance(found, Module) else found
    if not isinstance(found, Symbol):
        return isinstance(found, Unknown)
    bindings = index.bindings(found.module).get(found.name, [])
    kinds = {binding.kind for binding in bindings}
    if perhaps.method == "__get__" and Kind.CLASS in kinds:
        return True
    if kinds <= {Kind.CLASS, Kind.DEF} and not made:
        return perhaps.method == found.name or any(binding.hooked for binding in bindings)
    return not all(binding.plain for binding in bindings)


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
