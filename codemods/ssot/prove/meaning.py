"""What each use of a name in a file amounts to, told without regard to how the file came about."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field

from ssot.index.scopes import Chain, NameUse, Scope
from ssot.index.table import Denotation, External, Missing, Module, Path, Symbol, Unknown
from ssot.index.view import FileView, local_name
from ssot.prove.terms import Terms


@dataclass(frozen=True, slots=True)
class Meaning:
    """Where a name is bound, what it denotes, and what is taken from that."""

    owner: tuple[str, ...] | None
    denotes: object
    rest: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Broken:
    """A path on which a chain of attributes gets lost."""

    path: Path
    missing: bool  # nothing is there, or nobody can tell
    reason: str = field(compare=False)  # of a circle, whichever path was looked at first

    def __str__(self) -> str:
        return f"{self.path[0]}:{self.path[1]} ({self.reason})"


@dataclass(frozen=True, slots=True)
class Untold:
    """What can't be told: two such are the same where they are got by the same path."""

    path: Path

    def __str__(self) -> str:
        return f"{self.path[0]}:{self.path[1]}"


Told = Denotation | Untold
Use = tuple[NameUse, Chain | None]  # with the chain that it starts, if it does


def uses_of(view: FileView) -> Iterator[Use]:
    """Every use of a name in the order of the walk."""
    return ((use, view.scopes.chain_from(use)) for use in view.scopes.names)


def place_of(use: NameUse) -> int:
    """The identity of the node of the file's own tree that holds the use."""
    return id(use.in_string or use.node)


def told(view: FileView, node: ast.Import | ast.ImportFrom, alias: ast.alias) -> Told:
    """What an alias of an import statement gives."""
    found = view.imported(node, alias)
    if not isinstance(found, Unknown):
        return found
    base = view.base(node) if isinstance(node, ast.ImportFrom) else None
    return untold(view, base, alias.name) if base is not None else Untold(("", alias.name))


def untold(view: FileView, module: str, name: str) -> Untold:
    """What a path gives that can't be told: what the last of the re-exports that it goes through gives."""
    return Untold(view.index.hops(module, name)[-1])


class Meanings:
    """The meanings of the names of one file; those that are bound in one scope share what is found out about it."""

    def __init__(self, view: FileView) -> None:
        self.view = view
        self._imported: dict[tuple[int, str], tuple[int, tuple[Told, ...]]] = {}

    def of(self, use: Use) -> Meaning:
        name, chain = use[0].node.id, use[1]
        scope = use[0].scope.lookup(name)
        attributes = chain.attributes if chain else ()
        if scope is None:
            return self._free(name, attributes)
        if scope is use[0].scope and self.view.scopes.reads_outer_first(scope, name):
            return self._in_class_body(scope, name, attributes)
        denotes = self._denoted(scope, name)
        if denotes is None and scope is self.view.scopes.root:
            denotes = self._in_the_end(name)
        if denotes is not None:
            return self._through(denotes, attributes)
        bound, alternatives = self._alternatives(scope, name)
        if alternatives:
            return Meaning(scope.path, (bound, *alternatives), attributes)
        if scope is not self.view.scopes.root:
            return Meaning(scope.path, f"the name {name}", attributes)
        return self._own(name, attributes)

    def _own(self, name: str, attributes: tuple[str, ...]) -> Meaning:
        """A name that the module itself makes."""
        found = self.view.index.resolve(self.view.module, name)
        if isinstance(found, Symbol):
            return Meaning(None, found, attributes)
        return Meaning((), f"the name {name}", attributes)

    def _in_class_body(self, scope: Scope, name: str, attributes: tuple[str, ...]) -> Meaning:
        """A name that the class binds: until then its body reads the one outside."""
        assert scope.parent is not None
        outer = scope.parent.lookup(name)
        outside: object = self._denoted(outer, name) if outer is not None else None
        if outside is None and outer is self.view.scopes.root:
            outside = self._own(name, ()).denotes
        own = self._denoted(scope, name)
        return Meaning(scope.path, (name, outer is not None, outside, own), attributes)

    def _in_the_end(self, name: str) -> Denotation | None:
        """A module-level name that several statements bind, stars among them: what the last makes of it."""
        found = self.view.index.resolve(self.view.module, name)
        return found if isinstance(found, Symbol) and found != Symbol(self.view.module, name) else None

    def _denoted(self, scope: Scope, name: str) -> Told | None:
        """What a name is that nothing but imports of one thing bind."""
        bound, found = self._alternatives(scope, name)
        return found[0] if len(found) == bound and len({*found}) == 1 else None

    def _alternatives(self, scope: Scope, name: str) -> tuple[int, tuple[Told, ...]]:
        """How often a name is bound, and what each of the imports among that gives."""
        key = (id(scope), name)
        if key not in self._imported:
            nodes = dict.fromkeys(scope.bindings.get(name, []))  # one that binds a name twice stands there twice
            found = tuple(
                told(self.view, node, alias)
                for node in nodes
                if isinstance(node, ast.Import | ast.ImportFrom)
                for alias in node.names
                if local_name(alias) == name
            )
            self._imported[key] = len(scope.bindings.get(name, [])), found
        return self._imported[key]

    def _free(self, name: str, attributes: tuple[str, ...]) -> Meaning:
        """A name that the file itself does not bind: from a star import, built in, or nothing."""
        view = self.view
        if any(view.index.star_may_bind(base, name) for _, base in view.stars()):
            found = view.index.resolve(view.module, name)
            return self._through(untold(view, view.module, name) if isinstance(found, Unknown) else found, attributes)
        return Meaning(None, name, attributes)

    def _through(self, denotes: Told, attributes: tuple[str, ...]) -> Meaning:
        """Follow attributes as far as they lead through modules."""
        here = denotes
        for position, attribute in enumerate(attributes):
            if not isinstance(here, Module):
                return Meaning(None, here, attributes[position:])
            path = (here.name, attribute)
            here = self.view.index.resolve(*path)
            if isinstance(here, Missing | Unknown):
                return Meaning(None, Broken(path, isinstance(here, Missing), here.reason), attributes[position + 1 :])
        return Meaning(None, here, ())


def meaning_of(view: FileView, use: Use) -> Meaning:
    """One use alone; `Meanings` shares the work among many."""
    return Meanings(view).of(use)


def same(was: Meaning, becomes: Meaning, terms: Terms) -> bool:
    """Whether a use means afterwards what it did, or what the manifest makes of that."""
    moved = Meaning(was.owner, terms.expected(was.denotes), was.rest)
    return moved == becomes or _repaired(was, becomes, terms)


def _repaired(was: Meaning, becomes: Meaning, terms: Terms) -> bool:
    """A use that could not work before, and now denotes what the manifest says replaced it."""
    now = becomes.denotes
    if not isinstance(was.denotes, Missing | External | Broken) or not isinstance(now, Symbol | Module | External):
        return False
    return was.rest[len(was.rest) - len(becomes.rest) :] == becomes.rest and terms.allowed(now)
