"""Which classes a class descends from, as far as the project shows it, without parsing: bases are facts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from ssot.index.facts import Binding, Kind
from ssot.index.table import Denotation, External, Index, Missing, Module, Symbol, Unknown

_BARE = frozenset({"abc.ABC", "builtins.object"}) | {
    f"{module}.{name}" for module in ("typing", "typing_extensions") for name in ("Generic", "Protocol", "TypedDict")
}


@dataclass
class Lineage:
    """Answers are memoised. ``merged``: classes that are to be taken for others."""

    index: Index
    merged: Mapping[Symbol, Symbol] = field(default_factory=dict)
    _bases: dict[Symbol, tuple[Denotation, ...]] = field(default_factory=dict)
    _mro: dict[Symbol, tuple[Denotation, ...] | None] = field(default_factory=dict)
    _children: dict[Symbol, list[Symbol]] = field(default_factory=dict)

    def bases(self, symbol: Symbol) -> tuple[Denotation, ...]:
        """What a class statement names as its bases; one `Unknown` where it is not one class statement."""
        if symbol not in self._bases:
            self._bases[symbol] = self._find(symbol)
        return self._bases[symbol]

    def _find(self, symbol: Symbol) -> tuple[Denotation, ...]:
        bindings = [one for one in self.index.bindings(symbol.module).get(symbol.name, []) if not one.where.type_only]
        if len(bindings) != 1 or bindings[0].kind is not Kind.CLASS:
            return (Unknown(f"{symbol} is not one class statement"),)
        found = (self.denotes(symbol.module, base) for base in bindings[0].bases)
        return tuple(self.merged.get(one, one) if isinstance(one, Symbol) else one for one in found)

    def denotes(self, module: str, dotted: str) -> Denotation:
        """What a dotted name of the module level is there; builtins as objects of a module of that name."""
        first, *rest = dotted.split(".")
        here = self.index.resolve(module, first)
        if isinstance(here, Missing):
            here = External(f"builtins.{first}")
        for attribute in rest:
            if isinstance(here, Module):
                here = self.index.resolve(here.name, attribute)
            elif isinstance(here, External):
                here = External(f"{here.name}.{attribute}")
            else:
                return Unknown(dotted)
        return here

    def mro(self, symbol: Symbol) -> tuple[Denotation, ...] | None:
        """The method resolution order, itself first; None where Python would raise a TypeError."""
        if symbol not in self._mro:
            self._mro[symbol] = (symbol,)  # a circle of classes can't be, but can be written
            self._mro[symbol] = self._linear(symbol)
        return self._mro[symbol]

    def _linear(self, symbol: Symbol) -> tuple[Denotation, ...] | None:
        bases = [base for base in self.bases(symbol) if base != External("builtins.object")]
        if len(set(bases)) != len(bases):
            return None
        sequences: list[list[Denotation]] = []
        for base in bases:
            linear = self.mro(base) if isinstance(base, Symbol) else (base,)
            if linear is None:
                return None
            sequences.append(list(linear))
        return _merged(symbol, [*sequences, list(bases)])

    def ancestors(self, symbol: Symbol) -> tuple[Denotation, ...]:
        """All classes it descends from, nearest first; without order where the order is an error."""
        found = self.mro(symbol)
        return found[1:] if found else tuple(dict.fromkeys(self._reached(symbol)))

    def _reached(self, symbol: Symbol) -> Iterator[Denotation]:
        for base in self.bases(symbol):
            yield base
            if isinstance(base, Symbol) and base != symbol:
                yield from self.ancestors(base)

    def strangers(self, symbol: Symbol) -> tuple[Denotation, ...]:
        """The ancestors whose members the project does not show."""
        return tuple(
            one
            for one in self.ancestors(symbol)
            if not isinstance(one, Symbol) and getattr(one, "name", "") not in _BARE
        )

    def subclasses(self, symbol: Symbol) -> tuple[Symbol, ...]:
        """The classes of the project that name it as a base."""
        if not self._children:
            for one in self.classes():
                for base in self.bases(one):
                    if isinstance(base, Symbol):
                        self._children.setdefault(base, []).append(one)
        return tuple(self._children.get(symbol, ()))

    def descendants(self, symbol: Symbol) -> tuple[Symbol, ...]:
        found: dict[Symbol, None] = {}
        waiting = [symbol]
        while waiting:
            for child in self.subclasses(waiting.pop()):
                if child not in found and child != symbol:
                    found[child] = None
                    waiting.append(child)
        return tuple(found)

    def classes(self) -> Iterator[Symbol]:
        for module in self.index.layout.paths:
            for name, bindings in self.index.bindings(module).items():
                if _one_class(bindings):
                    yield Symbol(module, name)


def _one_class(bindings: list[Binding]) -> bool:
    return len(bindings) == 1 and bindings[0].kind is Kind.CLASS


def _merged(head: Denotation, sequences: list[list[Denotation]]) -> tuple[Denotation, ...] | None:
    """C3, as Python does it."""
    order = [head]
    while sequences := [one for one in sequences if one]:
        heads = [one[0] for one in sequences]
        chosen = next((one for one in heads if not any(one in other[1:] for other in sequences)), None)
        if chosen is None:
            return None
        order.append(chosen)
        sequences = [one[1:] if one[0] == chosen else one for one in sequences]
    return tuple(order)
