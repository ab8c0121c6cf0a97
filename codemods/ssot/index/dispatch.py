"""Which functions and methods of the project a call runs: by what its chain denotes, or only by the method's name."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from ssot.index.facts import Binding, Kind, Run
from ssot.index.table import Denotation, Index, Module, Symbol, Unknown

_BELOW = "__init_subclass__"


@dataclass(frozen=True, slots=True)
class Callees:
    """Methods are symbols named ``Class.method``; a class stands for what makes an object of it."""

    known: tuple[Symbol, ...] = ()
    perhaps: tuple[Symbol, ...] = ()  # handed on to somebody who may call it
    unsure: str = ""  # any method of this name may be called


@dataclass
class Dispatch:
    """Of all modules of an index."""

    index: Index
    _families: dict[Symbol, tuple[tuple[Symbol, ...], bool]] = field(default_factory=dict, repr=False)
    _found: dict[tuple[str, Run], Callees] = field(default_factory=dict, repr=False)

    def of(self, module: str, run: Run) -> Callees:
        """What a call in a module runs; where a chain is only evaluated, what somebody may call who gets that."""
        key = module, run
        if key not in self._found:
            self._found[key] = self._find(module, run)
        return self._found[key]

    def _find(self, module: str, run: Run) -> Callees:
        if not run.dotted:
            return Callees(unsure=run.method)
        found, rest = self.followed(module, run)
        if isinstance(found, Unknown):
            return Callees(unsure=run.method or (rest[-1] if rest else ""))
        if not isinstance(found, Symbol):
            return Callees()
        if not (run.called or run.method):
            return Callees(unsure=rest[-1]) if rest else Callees(perhaps=self._called(found).known)
        if run.method:
            return Callees(unsure=run.method) if rest else self._method(found, run.method, made=run.called)
        if not rest:
            return self._called(found)
        return self._method(found, rest[0], made=False) if len(rest) == 1 else Callees(unsure=rest[-1])

    def start(self, module: str, run: Run) -> tuple[Denotation, list[str]]:
        """What a chain in a module starts from, and the attributes that it asks for from there."""
        first, *rest = run.dotted.split(".")
        if not run.source:
            return self.index.resolve(module, first), rest
        facts = self.index.module_facts(module)
        level = len(run.source) - len(run.source.lstrip("."))
        base = self.index.absolute(facts.path if facts else "", run.source[level:], level)
        return self.index.resolve_module(base or run.source), [first, *rest]

    def followed(self, module: str, run: Run) -> tuple[Denotation, list[str]]:
        """What a chain leads to through modules, and what it asks for from there."""
        found, rest = self.start(module, run)
        while rest and isinstance(found, Module):
            found = self.index.resolve(found.name, rest.pop(0))
        return found, rest

    def methods(self, name: str) -> tuple[Symbol, ...]:
        """All methods of a name that import something when they are called, or may call others that do."""
        return self._importing.get(name, ())

    @cached_property
    def _importing(self) -> dict[str, tuple[Symbol, ...]]:
        found: dict[str, dict[Symbol, None]] = {}
        for module in self.index.layout.paths:
            facts = self.index.module_facts(module)
            scopes = [one.where.scope for one in facts.imports if one.where.deferred] if facts else []
            scopes += [tuple(name.split(".")) for name, _ in facts.reach] if facts else []
            for scope in scopes:
                for name in scope[1:] if len(scope) > 2 or self._is_class(Symbol(module, scope[0])) else ():
                    found.setdefault(name, {})[Symbol(module, f"{scope[0]}.{scope[1]}")] = None
        return {name: tuple(symbols) for name, symbols in found.items()}

    # -- what is called

    def _called(self, symbol: Symbol) -> Callees:
        if self._is_class(symbol):
            return Callees(tuple(self._making(symbol)))
        called = self._method(symbol, "__call__", made=False)
        return Callees((symbol, *called.known), unsure=called.unsure)

    def _making(self, symbol: Symbol) -> Iterator[Symbol]:
        for above in self._family(symbol)[0]:
            yield above
            yield from (Symbol(one.module, f"{one.name}.__call__") for one in self._metaclasses(above))

    def _method(self, symbol: Symbol, method: str, *, made: bool) -> Callees:
        """A method of what a symbol stands for, or of what calling it gives."""
        if self._is_class(symbol):
            return self._of_class(symbol, method, itself=not made)
        makers = self._made_by(symbol)
        if made or not makers:
            plain = not made and self._kinds(symbol) <= {Kind.DEF}
            return Callees() if plain else Callees(unsure=method)
        found = [self._of_class(one, method, itself=False) for one in makers if self._is_class(one)]
        sure = len(found) == len(self._bindings(symbol)) and not any(one.unsure for one in found)
        known = dict.fromkeys(callee for one in found for callee in one.known)
        return Callees(tuple(known), unsure="" if sure else method)

    def _of_class(self, symbol: Symbol, method: str, *, itself: bool) -> Callees:
        """A method of an object, or of the class itself, which may make objects, or have others that are its subclasses made."""
        family, complete = self._family(symbol)
        known = [Symbol(one.module, f"{one.name}.{method}") for one in family]
        if method == _BELOW:
            known += [maker for one in family for above in self._metaclasses(one) for maker in self._making(above)]
        elif itself:
            known += self._making(symbol)
        return Callees(tuple(known), unsure="" if complete else method)

    # -- classes and what is made of them

    def _bindings(self, symbol: Symbol) -> list[Binding]:
        return [one for one in self.index.bindings(symbol.module).get(symbol.name, ()) if not one.where.type_only]

    def _kinds(self, symbol: Symbol) -> set[Kind]:
        return {one.kind for one in self._bindings(symbol)}

    def _is_class(self, symbol: Symbol) -> bool:
        return Kind.CLASS in self._kinds(symbol)

    def _made_by(self, symbol: Symbol) -> list[Symbol]:
        """What has been called to make the value of a name."""
        facts = self.index.module_facts(symbol.module)
        makers = [made for name, made in facts.made if name == symbol.name] if facts else []
        return [one for made in makers if isinstance(one := self._denoted(symbol.module, made), Symbol)]

    def _denoted(self, module: str, dotted: str) -> Denotation | None:
        found, rest = self.followed(module, Run(0, 0, dotted, False))
        return None if rest else found

    def _family(self, symbol: Symbol) -> tuple[tuple[Symbol, ...], bool]:
        """A class and the project's classes above it, and whether all that are above it are known."""
        if symbol not in self._families:
            found, complete, todo = dict.fromkeys([symbol]), True, [symbol]
            while todo:
                one = todo.pop()
                for base in (base for binding in self._bindings(one) for base in binding.bases):
                    above = self._denoted(one.module, base) if base != "?" else Unknown("")
                    if isinstance(above, Symbol) and self._is_class(above):
                        todo += [above] if above not in found else []
                        found[above] = None
                    elif isinstance(above, Symbol | Unknown):
                        complete = False
            self._families[symbol] = tuple(found), complete
        return self._families[symbol]

    def _metaclasses(self, symbol: Symbol) -> Iterator[Symbol]:
        for binding in self._bindings(symbol):
            found = self._denoted(symbol.module, binding.metaclass) if binding.metaclass else None
            if isinstance(found, Symbol) and self._is_class(found):
                yield found
