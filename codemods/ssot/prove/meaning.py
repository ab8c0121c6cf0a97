"""What each use of a name in a file amounts to, told without regard to how the file came about."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

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


Use = tuple[NameUse, Chain | None]  # with the chain that it starts, if it does


def uses_of(view: FileView) -> Iterator[Use]:
    """Every use of a name in the order of the walk."""
    chains = {id(chain.root): chain for chain in view.scopes.chains}
    return ((use, chains.get(id(use))) for use in view.scopes.names)


def place_of(use: NameUse) -> int:
    """The identity of the node of the file's own tree that holds the use."""
    return id(use.in_string or use.node)


def meaning_of(view: FileView, use: Use) -> Meaning:
    name, chain = use
    scope = name.scope.lookup(name.node.id)
    attributes = chain.attributes if chain else ()
    if scope is None:
        return _free(view, name.node.id, attributes)
    if scope is name.scope and view.scopes.reads_outer_first(scope, name.node.id):
        return _in_class_body(view, scope, name.node.id, attributes)
    denotes = view.denote(scope, name.node.id)
    if denotes is None and scope is view.scopes.root:
        denotes = _in_the_end(view, name.node.id)
    if denotes is not None:
        return _through(view, denotes, attributes)
    alternatives = _alternatives(view, scope, name.node.id)
    if alternatives or scope is not view.scopes.root:
        return Meaning(scope.path, alternatives or f"the name {name.node.id}", attributes)
    return _own(view, name.node.id, attributes)


def _own(view: FileView, name: str, attributes: tuple[str, ...]) -> Meaning:
    """A name that the module itself makes."""
    found = view.index.resolve(view.module, name)
    if isinstance(found, Symbol):
        return Meaning(None, found, attributes)
    return Meaning((), f"the name {name}", attributes)


def _in_class_body(view: FileView, scope: Scope, name: str, attributes: tuple[str, ...]) -> Meaning:
    """A name that the class binds: until then its body reads the one outside."""
    outer = scope.parent.lookup(name) if scope.parent is not None else None
    outside: object = view.denote(outer, name) if outer is not None else None
    if outside is None and outer is view.scopes.root:
        outside = _own(view, name, ()).denotes
    own = view.denote(scope, name)
    return Meaning(scope.path, (name, outer is not None, outside, own), attributes)


def _in_the_end(view: FileView, name: str) -> Denotation | None:
    """A module-level name that several statements bind, stars among them: what the last makes of it."""
    found = view.index.resolve(view.module, name)
    return found if isinstance(found, Symbol) and found != Symbol(view.module, name) else None


def _alternatives(view: FileView, scope: Scope, name: str) -> tuple[object, ...]:
    """A name that imports and other statements bind: what each of the imports gives."""
    found = [
        view.imported(node, alias)
        for node in scope.bindings.get(name, [])
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
        if local_name(alias) == name
    ]
    return (len(scope.bindings.get(name, [])), *found) if found else ()


def _free(view: FileView, name: str, attributes: tuple[str, ...]) -> Meaning:
    """A name that the file itself does not bind: from a star import, built in, or nothing."""
    stars = [base for _, base in view.stars()]
    if any((offered := view.index.star_names(base)) is None or name in offered for base in stars):
        return _through(view, view.index.resolve(view.module, name), attributes)
    return Meaning(None, name, attributes)


def _through(view: FileView, denotes: Denotation, attributes: tuple[str, ...]) -> Meaning:
    """Follow attributes as far as they lead through modules."""
    here = denotes
    for position, attribute in enumerate(attributes):
        if not isinstance(here, Module):
            return Meaning(None, here, attributes[position:])
        path = (here.name, attribute)
        here = view.index.resolve(*path)
        if isinstance(here, Missing | Unknown):
            return Meaning(None, Broken(path, here.reason), attributes[position + 1 :])
    return Meaning(None, here, ())


@dataclass(frozen=True, slots=True)
class Broken:
    """A path on which a chain of attributes gets lost."""

    path: Path
    reason: str

    def __str__(self) -> str:
        return f"{self.path[0]}:{self.path[1]} ({self.reason})"


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
