"""Gate 4: every use of every name denotes what it did, moved by the manifest's map.

Both versions of a file are resolved from scratch, each against the index of its own tree, and compared use by use. How
the edits came about plays no part.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from ssot.index.scopes import Chain, NameUse, Scope
from ssot.index.table import Denotation, External, Index, Missing, Module, Path, Symbol, Unknown
from ssot.index.view import FileView, local_name
from ssot.prove.gates import Failure

Allowed = Callable[[Denotation], bool]  # may what does not work today become this?


@dataclass(frozen=True, slots=True)
class Meaning:
    """What one use of a name amounts to: where it is bound, what it denotes, and what is taken from that."""

    owner: tuple[str, ...] | None
    denotes: object
    rest: tuple[str, ...]


def check_bindings(path: str, before: FileView, after: FileView, allowed: Allowed) -> Failure | None:
    """Uses, imports and exports of one file, before and after."""
    return (
        _compare_uses(before, after, allowed)
        or _compare_strings(before, after, allowed)
        or _compare_imports(before, after, allowed)
        or _compare_exports(path, before, after)
    )


# -- uses


def _compare_uses(before: FileView, after: FileView, allowed: Allowed) -> Failure | None:
    old, new = list(_uses(before)), list(_uses(after))
    if len(old) != len(new):
        return Failure("gate-bindings", f"there would be {len(new)} uses of names where there were {len(old)}")
    for one, other in zip(old, new, strict=True):
        was, becomes = _meaning(before, one), _meaning(after, other)
        if not _same(was, becomes, allowed):
            line = one[0].node.lineno
            return Failure(
                "gate-bindings", f"a name used in line {line} would denote {becomes.denotes}, not {was.denotes}"
            )
    return None


def _uses(view: FileView) -> Iterator[tuple[NameUse, Chain | None]]:
    """Every use in the order of the walk, with the chain it starts if it does."""
    chains = {id(chain.root): chain for chain in view.scopes.chains}
    return ((use, chains.get(id(use))) for use in view.scopes.names)


def _meaning(view: FileView, use: tuple[NameUse, Chain | None]) -> Meaning:
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
    if denotes is None:
        imported = _alternatives(view, scope, name.node.id)
        return Meaning(scope.path, imported or f"the name {name.node.id}", attributes)
    return _through(view, denotes, attributes)


def _in_class_body(view: FileView, scope: Scope, name: str, attributes: tuple[str, ...]) -> Meaning:
    """A name that the class binds: until then its body reads the one outside."""
    outer = scope.parent.lookup(name) if scope.parent is not None else None
    outside = view.denote(outer, name) if outer is not None else None
    own = view.denote(scope, name)
    return Meaning(scope.path, (name, outer is not None, outside, own), attributes)


def _in_the_end(view: FileView, name: str) -> Denotation | None:
    """A module-level name that several statements bind, stars among them: what the last makes of it."""
    found = view.index.resolve(view.module, name)
    return found if isinstance(found, Symbol) and found != Symbol(view.module, name) else None


def _alternatives(view: FileView, scope: Scope, name: str) -> tuple[object, ...]:
    """A name that imports and other statements bind: what each of the imports gives."""
    found = [
        _comparable(view.imported(node, alias))
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
            return Meaning(None, _comparable(here), attributes[position:])
        path = (here.name, attribute)
        here = view.index.resolve(*path)
        if isinstance(here, Missing | Unknown):
            return Meaning(None, _Broken(path, here.reason), attributes[position + 1 :])
    return Meaning(None, _comparable(here), ())


@dataclass(frozen=True, slots=True)
class _Broken:
    path: Path
    reason: str

    def __str__(self) -> str:
        return f"{self.path[0]}:{self.path[1]} ({self.reason})"


def _comparable(denotes: Denotation) -> object:
    return denotes


def _same(was: Meaning, becomes: Meaning, allowed: Allowed) -> bool:
    if was == becomes:
        return True
    return _repaired(was, becomes, allowed)


def _repaired(was: Meaning, becomes: Meaning, allowed: Allowed) -> bool:
    """A use that could not work before, and now denotes what the manifest says replaced it."""
    now = becomes.denotes
    if not isinstance(was.denotes, Missing | External | _Broken) or not isinstance(now, Symbol | Module | External):
        return False
    return was.rest[len(was.rest) - len(becomes.rest) :] == becomes.rest and allowed(now)


# -- strings


def _compare_strings(before: FileView, after: FileView, allowed: Allowed) -> Failure | None:
    """A string may change where it is an annotation, holds doctests, or spells a path that denotes the same afterwards."""
    old, new = before.scopes.strings, after.scopes.strings
    if len(old) != len(new):
        return Failure("gate-difference", "there would be other strings")
    documentation = {id(one.node) for one in old if one.docstring and ">>>" in one.value}
    for one, other in zip(old, new, strict=True):
        if one.value == other.value or one.typing:
            continue
        if id(one.node) in documentation and _prose(one.value) == _prose(other.value):
            continue
        if not _same_path(before, one.value, after, other.value, allowed):
            return Failure("gate-difference", f"the text in line {one.node.lineno} would say something else")
    return None


def _prose(text: str) -> list[str]:
    """The lines of a docstring that are no doctest."""
    return [line for line in text.splitlines() if not line.lstrip().startswith((">>>", "..."))]


def _same_path(before: FileView, old: str, after: FileView, new: str, allowed: Allowed) -> bool:
    was, becomes = _spelled(before.index, old), _spelled(after.index, new)
    if was is None or becomes is None:
        return False
    moved = isinstance(was[0], Missing | External | Module) and allowed(becomes[0])
    return was == becomes or moved


def _spelled(index: Index, text: str) -> tuple[Denotation, str] | None:
    """What a dotted text denotes as far as it leads through modules, and the rest of it."""
    parts = text.replace(":", ".").split(".")
    if len(parts) < 2 or not all(part.isidentifier() for part in parts):
        return None
    for count in range(len(parts) - 1, 0, -1):
        module = ".".join(parts[:count])
        if index.layout.has(module):
            return index.resolve(module, parts[count]), ".".join(parts[count + 1 :])
    return External(text), ""


# -- imports


def _compare_imports(before: FileView, after: FileView, allowed: Allowed) -> Failure | None:
    """Each local name keeps its place, each import its time, and no import comes or goes without a reason."""
    old, new = _places(before), _places(after)
    for local, places in old.items():
        if local in new and not places <= new[local]:
            return Failure("gate-bindings", f"the import of {local[1]} would move, or be made at another time")
    for local, places in new.items():
        extra = places - old.get(local, set())
        if extra and local in old and not _plain_package(after, local[1]):
            return Failure("gate-bindings", f"{local[1]} would be imported in a second place")
    return _unexplained(before, after) or _new_names(before, after)


def _unexplained(before: FileView, after: FileView) -> Failure | None:
    """A name that is imported in a scope where it was not must serve what was imported there, or be used there."""
    old, new = _imported_objects(before), _imported_objects(after)
    for (scope, place), objects in new.items():
        for found, local in objects:
            was = [thing for thing, _ in old.get((scope, place), set())]
            if found in was or isinstance(found, Module) or local == "*":
                continue
            if not any(isinstance(thing, Missing | External | Unknown) for thing in was) and not _from_star(
                before, scope, local
            ):
                return Failure("gate-bindings", f"{local} would be imported where nothing like it was")
    return None


def _imported_objects(view: FileView) -> dict[tuple[tuple[str, ...], object], set[tuple[Denotation, str]]]:
    """What is imported in each scope and circumstance, with its local name."""
    found: dict[tuple[tuple[str, ...], object], set[tuple[Denotation, str]]] = {}
    for statement in view.scopes.imports:
        where = view.where(statement.node)
        guards = tuple(guard.split(":")[0] + guard.split(":")[2] for guard in where.guards)
        place = (statement.scope.path, (where.type_only, guards))
        for alias in statement.node.names:
            denotes: Denotation = Unknown("star") if alias.name == "*" else view.imported(statement.node, alias)
            found.setdefault(place, set()).add((denotes, local_name(alias)))
    return found


def _from_star(view: FileView, scope: tuple[str, ...], local: str) -> bool:
    """Whether a star import of the file bound the name already."""
    return any(
        (offered := view.index.star_names(base)) is None or local in offered
        for found, base in view.stars()
        if found.scope.path == scope
    )


Place = tuple[tuple[str, ...], str]  # scope path, local name


def _places(view: FileView) -> dict[Place, set[tuple[object, ...]]]:
    places: dict[Place, set[tuple[object, ...]]] = {}
    for found in view.scopes.imports:
        earlier = sum(not isinstance(node, ast.Import | ast.ImportFrom) for node in found.block[: found.index])
        where = view.where(found.node)
        guards = tuple(guard.split(":")[0] + guard.split(":")[2] for guard in where.guards)
        for alias in found.node.names:
            place = (found.scope.path, local_name(alias))
            places.setdefault(place, set()).add((earlier, where.deferred, where.type_only, guards))
    return places


def _plain_package(view: FileView, name: str) -> bool:
    """Whether a name is only bound as the top of plain imports, which bind it to the same package each time."""
    return any(
        isinstance(found.node, ast.Import) and any(a.asname is None and local_name(a) == name for a in found.node.names)
        for found in view.scopes.imports
    )


def _new_names(before: FileView, after: FileView) -> Failure | None:
    """A name that an edit binds must not have meant anything else."""
    old, new = list(before.scopes.root.subtree()), list(after.scopes.root.subtree())
    if [scope.path for scope in old] != [scope.path for scope in new]:
        return Failure("gate-bindings", "the scopes of the file would be others")
    for was, scope in zip(old, new, strict=True):
        for name in scope.bindings:
            if name not in was.bindings and _meant(before, was, name):
                return Failure(
                    "gate-bindings", f"{name} already means something else in {'.'.join(scope.path) or 'the module'}"
                )
    return None


def _meant(view: FileView, scope: Scope, name: str) -> bool:
    inside = set(map(id, scope.subtree()))
    stars = [base for _, base in view.stars()] if scope.kind == "module" else []
    if stars and any(use.node.id == name and use.scope.lookup(name) is None for use in view.scopes.names):
        return False  # the explicit import behind a star: compared as a use
    return any(
        use.node.id == name
        and id(use.scope) in inside
        and (owner := use.scope.lookup(name)) is not None
        and id(owner) not in inside
        for use in view.scopes.names
    )


# -- exports


def _compare_exports(path: str, before: FileView, after: FileView) -> Failure | None:
    """A module-level name that goes must be one that nobody gets from here."""
    old = {name for name, nodes in before.scopes.root.bindings.items() if nodes}
    new = {name for name, nodes in after.scopes.root.bindings.items() if nodes}
    gone = old - new
    if gone & set(before.facts.exports or ()):
        return Failure("gate-bindings", f"{', '.join(sorted(gone))} would vanish from __all__'s names")
    if gone and path.endswith(("/__init__.py", "/__init__.pyi", "__init__.py")):
        kept = {name for name in gone if not _plain_package(before, name)}
        if kept:
            return Failure("gate-bindings", f"the package would no longer offer {', '.join(sorted(kept))}")
    for name in sorted(old & new):
        was, becomes = (view.index.resolve(view.module, name) for view in (before, after))
        if isinstance(was, Module) and isinstance(becomes, Module) and not _offers(path, before, name):
            continue  # a module under a local name, whose uses have been compared one by one
        if was != becomes and not isinstance(was, Missing | Unknown | External):
            return Failure("gate-bindings", f"{name} of this module would be {becomes}, not {was}")
    return None


def _offers(path: str, view: FileView, name: str) -> bool:
    return path.rpartition("/")[2].startswith("__init__.") or name in (view.facts.exports or ())


# -- the other files


def broken_imports(before: Index, after: Index, changed: Iterable[str]) -> Iterator[tuple[str, int, str]]:
    """Imports anywhere that gave something from a changed module and now give something else: file, line, what."""
    modules = {before.module_of(path) for path in changed}
    for path, facts in after.facts.items():
        for statement in facts.imports:
            if not statement.is_from:
                continue
            base = after.absolute(path, statement.module, statement.level)
            if base not in modules:
                continue
            for name in statement.names:
                was, becomes = before.resolve(base, name.name), after.resolve(base, name.name)
                if name.name != "*" and was != becomes and not isinstance(was, Missing | Unknown | External):
                    yield path, statement.line, f"{base}:{name.name} would be {becomes}, not {was}"
