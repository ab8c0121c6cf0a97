"""The symbol table: what a `(module, name)` path denotes, through re-exports of any length.

A name that is a plain, unconditional alias denotes what its source denotes. Any other module-level name is an object of
its own, whatever made it: two paths are the same symbol exactly where they end at the same `Symbol`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from ssot.index.contested import Place, contested
from ssot.index.facts import Binding, FileFacts, Kind
from ssot.index.flux import Edges, circles_of, in_flux
from ssot.index.layout import Layout, is_init, lay_out
from ssot.index.shims import WHOLE
from ssot.index.stars import may_offer, star_names

_MODULE_ATTRIBUTES = frozenset(
    [
        "__name__",
        "__file__",
        "__doc__",
        "__path__",
        "__package__",
        "__spec__",
        "__loader__",
        "__dict__",
        "__builtins__",
        "__cached__",
        "__annotations__",
    ]
)


@dataclass(frozen=True, slots=True)
class Symbol:
    """A module-level object of the project, named by where it is made."""

    module: str
    name: str

    def __str__(self) -> str:
        return f"{self.module}:{self.name}"


@dataclass(frozen=True, slots=True)
class Module:
    """A module of the project."""

    name: str

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class External:
    """Something of another distribution."""

    name: str

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class Unknown:
    """Something that can't be told without running the code."""

    reason: str


@dataclass(frozen=True, slots=True)
class Missing:
    """Provably nothing: the module or the name does not exist."""

    reason: str


_REPLACING = frozenset({Kind.FROM, Kind.IMPORT, Kind.ALIAS})

Denotation = Symbol | Module | External | Unknown | Missing
Path = tuple[str, str]  # module, name


@dataclass
class Index:
    """Facts of all files, and the questions that span files. Treat as immutable; answers are memoised."""

    facts: Mapping[str, FileFacts]
    layout: Layout
    _memo: dict[tuple[str, str, bool], Denotation] = field(default_factory=dict, repr=False)
    _names: dict[str, dict[str, list[Binding]]] = field(default_factory=dict, repr=False)
    _stars: dict[str, frozenset[str] | None] = field(default_factory=dict, repr=False)
    _offered: dict[Path, bool] = field(default_factory=dict, repr=False)
    _edges: Edges = field(default_factory=dict, repr=False)

    @classmethod
    def build(cls, facts: Iterable[FileFacts], roots: Iterable[str] | None = None, native: Iterable[str] = ()) -> Index:
        """`native` are paths of compiled modules and their sources: they exist, their names can't be told."""
        by_path = {fact.path: fact for fact in facts}
        return cls(by_path, lay_out(by_path, roots, native))

    def with_facts(self, changed: Iterable[FileFacts]) -> Index:
        """The index of the same tree with some files' contents replaced."""
        return Index({**self.facts, **{fact.path: fact for fact in changed}}, self.layout, _edges=self._edges)

    @cached_property
    def specials(self) -> frozenset[str]:
        """Names of all methods of the project that expressions may run unseen, and that leave a trace."""
        return frozenset().union(*(facts.specials for facts in self.facts.values()))

    @cached_property
    def contested(self) -> Mapping[str, tuple[Place, ...]]:
        """Where modules bind names that loading a submodule binds as well."""
        return contested(self)

    @cached_property
    def circles(self) -> Mapping[str, int]:
        """The number of the import circle of each module that is in one, as far as import statements tell."""
        return circles_of(self, self._edges)

    def share_circle(self, one: str, other: str) -> bool:
        """Whether two modules load each other, directly or through more, when either is imported."""
        return one in self.circles and self.circles[one] == self.circles.get(other)

    # -- modules

    def module_of(self, path: str) -> str:
        """The module's dotted name; a path-like stand-in for files that can't be imported by name."""
        return self.layout.names.get(path) or path

    def module_facts(self, module: str) -> FileFacts | None:
        path = self.layout.paths.get(module)
        return self.facts[path] if path is not None else None

    def absolute(self, path: str, module: str, level: int) -> str | None:
        return self.layout.absolute(path, module, level)

    def resolve_module(self, module: str) -> Denotation:
        """What ``import module`` loads."""
        if module in self.layout.ambiguous:
            return Unknown(f"several import roots have a module {module}")
        if self.layout.has(module):
            return Module(module)
        if self.layout.provably_absent(module):
            if self._lookalike(module):
                return Unknown(f"a parent package of {module} is made at run time")
            return Missing(f"there is no module {module}")
        return External(module)

    def resolve_import(self, module: str) -> Denotation:
        """What ``import module as name`` binds: the package's attribute, which need not be the module."""
        package, _, leaf = module.rpartition(".")
        loaded = self.resolve_module(module)
        return self.resolve(package, leaf) if package and isinstance(loaded, Module) else loaded

    def _lookalike(self, module: str) -> bool:
        """Whether a parent package edits ``__path__`` or can't be read, so that the module may come from elsewhere."""
        parent = module.rpartition(".")[0]
        while parent:
            facts = self.module_facts(parent)
            if facts is not None and (facts.path_hack or facts.problem is not None or facts.replaced or facts.dynamic):
                return True
            parent = parent.rpartition(".")[0]
        return False

    # -- names

    def bindings(self, module: str) -> dict[str, list[Binding]]:
        """Module-level bindings by name, in the order of the file; stars under ``*``."""
        known = self._names.get(module)
        if known is None:
            facts = self.module_facts(module)
            known = {}
            for binding in facts.bindings if facts else ():
                known.setdefault(binding.name, []).append(binding)
            self._names[module] = known
        return known

    def resolve(self, module: str, name: str, *, typing: bool = False) -> Denotation:
        """What ``from module import name`` gives; with `typing`, what a type checker takes it for."""
        key = (module, name, typing)
        if key not in self._memo:
            self._memo[key] = Unknown(f"{module}:{name} is defined by going in a circle")
            self._memo[key] = self._resolve(module, name, typing)
        return self._memo[key]

    def _resolve(self, module: str, name: str, typing: bool) -> Denotation:
        where = self.resolve_module(module)
        if isinstance(where, External):
            return External(f"{module}.{name}")
        if not isinstance(where, Module):
            return where
        submodule = f"{module}.{name}"
        facts = self.module_facts(module)
        if facts is None:  # a namespace package has no names of its own
            return self.resolve_module(submodule) if self.layout.has(submodule) else External(submodule)
        if facts.problem is not None:
            return Unknown(f"{facts.path} can't be parsed")
        if facts.replaced:
            return Unknown(f"{facts.path} puts another object in its own place")
        found = self._bound(module, name, typing)
        if found is not None:
            return self._beside_submodule(module, name, found)
        return self._unbound(module, name, facts)

    def _unbound(self, module: str, name: str, facts: FileFacts) -> Denotation:
        """A name that no statement of the module binds."""
        submodule = f"{module}.{name}"
        if is_init(facts.path) and self.layout.has(submodule):
            rival = self._rival(module, name, facts)
            return Unknown(f"{submodule} is a module, and {rival}") if rival else self.resolve_module(submodule)
        bound = [one.kind for one in self.bindings(module).get(name, ()) if not one.where.type_only]
        deleted = bound[-1:] == [Kind.DELETE]  # for `__getattr__` to give it
        starred = any(self._star_brings(module, star, name) for star in self.bindings(module).get("*", []))
        if starred and not deleted and facts.known:
            return Unknown(f"{facts.path} star-imports names that can't be told")
        if name in _MODULE_ATTRIBUTES or name in facts.rebound:
            return Symbol(module, name)
        for lazy, source, attribute in facts.lazy:
            if lazy == name:
                return self._lazy(facts, source, attribute)
            if lazy == WHOLE and not name.startswith("__"):
                return self._lazy(facts, source, name)
        if not facts.known:
            return Unknown(f"{facts.path} makes names at run time")
        if any(not self._lists(module, star) for star in self.bindings(module).get("*", [])):
            return Unknown(f"{facts.path} star-imports names that can't be told")
        return Missing(f"{module} has no {name}")

    def _rival(self, module: str, name: str, facts: FileFacts) -> str:
        """What else may give a package the name of a submodule; it is asked first where that has not been loaded."""
        if facts.unstable or name in facts.rebound:
            return f"{facts.path} may assign its name"
        if any(row[0] in (name, WHOLE) for row in facts.lazy) or name in facts.spelled:
            return f"{facts.path} may look its name up"
        if any(self._star_brings(module, star, name) for star in self.bindings(module).get("*", [])):
            return f"a star import in {facts.path} may bind its name"
        return ""

    def _lazy(self, facts: FileFacts, source: str, attribute: str) -> Denotation:
        level = len(source) - len(source.lstrip("."))
        absolute = self.absolute(facts.path, source.lstrip("."), level)
        return (
            self.resolve(absolute, attribute) if absolute else Unknown(f"{facts.path} looks {attribute} up at run time")
        )

    def _beside_submodule(self, module: str, name: str, found: Denotation) -> Denotation:
        """A package's name and its submodule of the same name: the one bound last wins, so it must be plain which."""
        submodule = f"{module}.{name}"
        if not self.layout.is_package(module) or not self.layout.has(submodule) or found == Module(submodule):
            return found
        for binding in self.candidates(module, name):
            source = self._source_module(module, binding)
            if source != submodule and not source.startswith(submodule + "."):
                return Unknown(f"{submodule} is a module and a name of its package")
            if binding not in self.bindings(module).get(name, ()) and self.share_circle(module, source):
                return Unknown(f"the star import that gives {module} its {name} is part of an import circle")
        return found

    def _source_module(self, module: str, binding: Binding) -> str:
        path = self.layout.paths[module]
        return self.absolute(path, binding.target, binding.level) or "" if binding.kind is Kind.FROM else ""

    def _bound(self, module: str, name: str, typing: bool) -> Denotation | None:
        """What the module's own statements make of a name; None where none binds it."""
        facts = self.module_facts(module)
        assert facts is not None
        candidates = self.candidates(module, name)
        runtime = [binding for binding in candidates if not binding.where.type_only]
        chosen = candidates if typing and not runtime else runtime
        if not chosen:
            lazy = any(row[0] in (name, WHOLE) for row in facts.lazy)
            if candidates and not typing and not lazy:
                return Unknown(f"{module}:{name} exists for type checkers only")
            return None
        if chosen[-1].kind is Kind.DELETE and chosen[-1].where.certain and any(row[0] == name for row in facts.lazy):
            return None  # what a star import brought is taken away again, for `__getattr__` to give
        if facts.unstable or name in facts.rebound or any(binding.kind is Kind.DELETE for binding in chosen):
            return Symbol(module, name)
        return self._one_of(module, name, chosen, typing)

    def _one_of(self, module: str, name: str, chosen: list[Binding], typing: bool) -> Denotation:
        chosen = _lasting(chosen)
        ends = {self._follow(module, name, binding, typing) for binding in chosen}
        if len(ends) != 1:
            return Symbol(module, name)
        (end,) = ends
        certain = any(binding.where.certain for binding in chosen)
        return end if certain or end == Symbol(module, name) else Symbol(module, name)

    def candidates(self, module: str, name: str) -> list[Binding]:
        """All bindings that may supply a name, in order; star imports that do, as if they had named it."""
        own = self.bindings(module).get(name, [])
        stars = self.bindings(module).get("*", [])
        supplied = [binding for star in stars if (binding := self._from_star(module, star, name, own)) is not None]
        return sorted([*own, *supplied], key=lambda binding: (binding.line, binding.column))

    def _from_star(self, module: str, star: Binding, name: str, own: list[Binding]) -> Binding | None:
        path = self.layout.paths[module]
        source = self.absolute(path, star.target, star.level)
        offered = self.star_names(source) if source else None
        if offered is None or (name not in offered and self.star_may_bind(source or "", name)):
            # Unknown names: they may replace what was bound before, and are all there is where nothing else binds it.
            others = [s for s in self.bindings(module).get("*", []) if s is not star and self._offers(module, s, name)]
            before = [b for b in [*own, *others] if (b.line, b.column) < (star.line, star.column)]
            return Binding(name, Kind.VALUE, star.line, star.column, where=star.where) if before else None
        if name not in offered or source is None:
            return None
        where, stars = star.where, self.bindings(module).get("*", [])
        rivals = bool(own) or any(one is not star and self._offers(module, one, name) for one in stars)
        if rivals and self.share_circle(module, source):  # it may come too early to bring the name
            where = replace(where, guards=(*where.guards, f"circle:{star.line}:star"))
        return Binding(name, Kind.FROM, star.line, star.column, source, 0, name, where)

    def _star_brings(self, module: str, star: Binding, name: str) -> bool:
        """Whether a star import of a module may bind a name there."""
        source = self.absolute(self.layout.paths[module], star.target, star.level)
        return source is None or self.star_may_bind(source, name)

    def _lists(self, module: str, star: Binding) -> bool:
        source = self.absolute(self.layout.paths[module], star.target, star.level)
        return source is not None and self.star_names(source) is not None

    def _offers(self, module: str, star: Binding, name: str) -> bool:
        source = self.absolute(self.layout.paths[module], star.target, star.level)
        offered = self.star_names(source) if source else None
        return offered is not None and name in offered

    def star_names(self, module: str) -> frozenset[str] | None:
        """The names that ``from module import *`` binds; None where that can't be told."""
        if module not in self._stars:
            self._stars[module] = star_names(self, module)
        return self._stars[module]

    def star_may_bind(self, module: str, name: str) -> bool:
        """Whether ``from module import *`` may bind a name."""
        key = (module, name)
        if key not in self._offered:
            self._offered[key] = may_offer(self, module, name)
        return self._offered[key]

    def _follow(self, module: str, name: str, binding: Binding, typing: bool) -> Denotation:
        own = Symbol(module, name)
        path = self.layout.paths[module]
        match binding.kind:
            case Kind.FROM:
                source = self.absolute(path, binding.target, binding.level)
                if source is None:
                    return Missing(f"a relative import in {path} leaves the package")
                submodule = f"{source}.{binding.attribute}"
                if (source, binding.attribute) == (module, name):  # `from . import sub` in the package itself
                    return self.resolve_module(submodule) if self.layout.has(submodule) else own
                if in_flux(self, module, source, binding.attribute):
                    return Unknown(f"{source} binds {binding.attribute} more than once, and loads {module} meanwhile")
                found = self.resolve(source, binding.attribute, typing=typing)
                if f"{module}.".startswith(f"{source}.") and self.layout.has(submodule) and found != Module(submodule):
                    return Unknown(f"{submodule} is a module until its package has bound the name")
                return self._as_it_was(own, found)
            case Kind.IMPORT:
                itself = binding.target == f"{module}.{name}"  # `import package.part as part` in the package
                return self.resolve_module(binding.target) if itself else self.resolve_import(binding.target)
            case Kind.ALIAS:
                return self._follow_alias(module, own, binding, typing)
            case _:
                return own

    def _at(self, module: str, name: str, binding: Binding, sources: list[Binding], typing: bool) -> Denotation | None:
        """What a name denotes where another binding stands; None where that can't be told."""
        before = [one for one in sources if (one.line, one.column) < (binding.line, binding.column)]
        if not before or any(one.kind is Kind.DELETE for one in before):
            return None
        if len(before) < len(sources) and not any(one.where.certain for one in before):
            return None
        ends = {self._follow(module, name, one, typing) for one in sources if one.kind is not Kind.DELETE}
        if len(ends) != 1:
            return None
        gone = any(one.kind is Kind.DELETE for one in sources)
        return ends.pop() if gone else self.resolve(module, name, typing=typing)

    def _as_it_was(self, own: Symbol, found: Denotation) -> Denotation:
        """A name that its module rebinds while the program runs: whoever took it earlier keeps the earlier object."""
        facts = self.module_facts(found.module) if isinstance(found, Symbol) else None
        return own if facts is not None and isinstance(found, Symbol) and found.name in facts.rebound else found

    def _follow_alias(self, module: str, own: Symbol, binding: Binding, typing: bool) -> Denotation:
        """``New = old.path``: the object that the path had at that moment, told only where it has one for good."""
        first, *rest = binding.target.split(".")
        sources = self.candidates(module, first)
        facts = self.module_facts(module)
        if first == own.name or not sources or (facts and first in facts.rebound):
            return own
        here = self._at(module, first, binding, sources, typing)
        if here is None:
            return own
        for attribute in rest:
            if not isinstance(here, Module) or in_flux(self, module, here.name, attribute):
                return own
            here = self.resolve(here.name, attribute, typing=typing)
        return self._as_it_was(own, here) if isinstance(here, Symbol | Module | External) else own

    # -- chains

    def hops(self, module: str, name: str) -> tuple[Path, ...]:
        """The paths from a re-export to the definition, both included."""
        found: list[Path] = []
        here: Path | None = (module, name)
        while here is not None and here not in found:
            found.append(here)
            here = self._next_hop(*here)
        return tuple(found)

    def _next_hop(self, module: str, name: str) -> Path | None:
        if self.module_facts(module) is None or self.resolve(module, name) == Symbol(module, name):
            return None
        facts = self.module_facts(module)
        bindings = [binding for binding in self.candidates(module, name) if not binding.where.type_only]
        for binding in _lasting(bindings):
            if binding.kind is Kind.FROM:
                source = self.absolute(self.layout.paths[module], binding.target, binding.level)
                return (source, binding.attribute) if source else None
            if binding.kind is Kind.ALIAS:
                return self._alias_hop(module, binding)
        for lazy, source, attribute in facts.lazy if facts else ():
            if lazy == WHOLE and not bindings:
                return (source, name)
            if lazy == name:
                level = len(source) - len(source.lstrip("."))
                absolute = self.absolute(self.layout.paths[module], source.lstrip("."), level)
                return (absolute, attribute) if absolute else None
        return None

    def _alias_hop(self, module: str, alias: Binding) -> Path | None:
        first, *rest = alias.target.split(".")
        if not rest:
            return self._taken_away(module, first, alias) or (module, first)
        here = self.resolve(module, first)
        for attribute in rest[:-1]:
            here = self.resolve(here.name, attribute) if isinstance(here, Module) else here
        return (here.name, rest[-1]) if isinstance(here, Module) else None

    def _taken_away(self, module: str, name: str, alias: Binding) -> Path | None:
        """Where a name was imported from that is deleted as soon as another one stands for the same."""
        bound = self.bindings(module).get(name, [])
        before = [one for one in bound if (one.line, one.column) < (alias.line, alias.column)]
        if not before or before[-1].kind is not Kind.FROM or all(one.kind is not Kind.DELETE for one in bound):
            return None
        source = self.absolute(self.layout.paths[module], before[-1].target, before[-1].level)
        return (source, before[-1].attribute) if source else None

    def kind(self, symbol: Symbol) -> Kind | None:
        """How a symbol is made; None where several statements make it."""
        bindings = self.bindings(symbol.module).get(symbol.name, [])
        return bindings[0].kind if len(bindings) == 1 else None

    def is_choice(self, symbol: Symbol) -> bool:
        """Whether which object a name is, or whether it is there at all, is decided when the program runs."""
        bindings = [binding for binding in self.candidates(symbol.module, symbol.name) if not binding.where.type_only]
        facts = self.module_facts(symbol.module)
        if facts is not None and facts.unstable and not all(b.kind in (Kind.DEF, Kind.CLASS) for b in bindings):
            return True
        made_here = {Kind.DEF, Kind.CLASS}
        if all(b.kind in made_here for b in bindings) or (
            bindings[-1].where.certain and bindings[-1].kind in made_here
        ):
            return False
        return len(bindings) > 1 or not all(binding.where.certain for binding in bindings)


def _lasting(bindings: list[Binding]) -> list[Binding]:
    """Without what was bound before something that certainly takes its place: that is what the module has in the end."""
    last = bindings[-1] if bindings else None
    return [last] if last is not None and last.where.certain and last.kind in _REPLACING else bindings
