"""Gate 4, imports: each local name keeps its place and time, and no import comes without a reason."""

from __future__ import annotations

import ast

from ssot.index.scopes import Scope
from ssot.index.table import Denotation, External, Missing, Module, Unknown
from ssot.index.view import FileView, local_name
from ssot.prove.gates import Failure
from ssot.prove.licensed import Licensed, merged_names, used_within
from ssot.prove.terms import Terms

Place = tuple[tuple[str, ...], str]  # scope path, local name
Circumstance = tuple[tuple[str, ...], object]  # scope path, whether for type checkers only and under which guards


def compare_imports(before: FileView, after: FileView, terms: Terms, license: Licensed) -> Failure | None:
    old, new = _places(before, license.gone), _places(after, license.come)
    for local, places in old.items():
        if local in new and not places <= new[local] and not _for_checkers(after, local, terms):
            return Failure("gate-bindings", f"the import of {local[1]} would move, or be made at another time")
    for local, places in new.items():
        extra = places - old.get(local, set())
        if extra and local in old and not plain_package(after, local[1]) and not _for_checkers(after, local, terms):
            return Failure("gate-bindings", f"{local[1]} would be imported in a second place")
    return _unexplained(before, after, terms, license) or _new_names(before, after, license)


def _for_checkers(after: FileView, local: Place, terms: Terms) -> bool:
    """Whether a name that is offered on demand now is imported for type checkers only."""
    if local[0] or not terms.retires((after.module, local[1])):
        return False
    return all(
        after.where(found.node).type_only
        for found in after.scopes.imports
        if found.scope is after.scopes.root and any(local_name(alias) == local[1] for alias in found.node.names)
    )


# -- why each new import is there


def _unexplained(before: FileView, after: FileView, terms: Terms, license: Licensed) -> Failure | None:
    """A name that is imported in a scope where it was not must serve what was imported there, or be used there."""
    old = _imported_objects(before, license.gone)
    for circumstance, objects in _imported_objects(after, license.come).items():
        was = [terms.expected(thing) for thing, _ in old.get(circumstance, set())]
        lost = any(
            isinstance(thing, Missing | External | Unknown) for thing in {*was} - {thing for thing, _ in objects}
        )
        for found, local in objects:
            if found in was or isinstance(found, Module) or local == "*" or (lost and terms.allowed(found)):
                continue
            if not _from_star(before, circumstance[0], local) and not _asked_for(
                after, circumstance, found, local, terms, license
            ):
                return Failure("gate-bindings", f"{local} would be imported where nothing like it was")
    return None


def _asked_for(
    after: FileView, circumstance: Circumstance, found: Denotation, local: str, terms: Terms, license: Licensed
) -> bool:
    """Whether a licensed statement, or the name of something that was collapsed, is what an import is for."""
    if circumstance[0]:
        return False
    if terms.retires((after.module, local)) and circumstance[1] == (True, ()):
        return found == after.index.resolve(after.module, local)
    collapsed = merged_names(terms, after.module)
    if circumstance[1] == (False, ()) and found in collapsed.values():
        return collapsed.get(local) == found or used(after, local)
    return used_within(after, [local], license.come)


def used(view: FileView, local: str) -> bool:
    return bool(view.scopes.uses_of(view.scopes.root, local))


def _imported_objects(view: FileView, leave: frozenset[int]) -> dict[Circumstance, set[tuple[Denotation, str]]]:
    """What is imported in each scope and circumstance, with its local name."""
    found: dict[Circumstance, set[tuple[Denotation, str]]] = {}
    for statement in view.scopes.imports:
        if id(statement.node) in leave:
            continue
        where = view.where(statement.node)
        place = (statement.scope.path, (where.type_only, _arms(where.guards)))
        for alias in statement.node.names:
            denotes: Denotation = Unknown("star") if alias.name == "*" else view.imported(statement.node, alias)
            found.setdefault(place, set()).add((denotes, local_name(alias)))
    return found


def _arms(guards: tuple[str, ...]) -> tuple[str, ...]:
    """Guards without their lines."""
    return tuple(guard.split(":")[0] + guard.split(":")[2] for guard in guards)


def _from_star(view: FileView, scope: tuple[str, ...], local: str) -> bool:
    """Whether a star import of the file bound the name already."""
    return any(
        (offered := view.index.star_names(base)) is None or local in offered
        for found, base in view.stars()
        if found.scope.path == scope
    )


# -- where and when


def _places(view: FileView, leave: frozenset[int]) -> dict[Place, set[tuple[object, ...]]]:
    places: dict[Place, set[tuple[object, ...]]] = {}
    for found in view.scopes.imports:
        if id(found.node) in leave:
            continue
        where = view.where(found.node)
        ahead = _ran_before(found.block[: found.index], leave)
        for alias in found.node.names:
            place = (found.scope.path, local_name(alias))
            places.setdefault(place, set()).add((ahead, where.deferred, where.type_only, _arms(where.guards)))
    return places


def _ran_before(block: list[ast.stmt], leave: frozenset[int]) -> int:
    return sum(not isinstance(node, ast.Import | ast.ImportFrom) and id(node) not in leave for node in block)


def plain_package(view: FileView, name: str) -> bool:
    """Whether a name is only bound as the top of plain imports, which bind it to the same package each time."""
    return any(
        isinstance(found.node, ast.Import) and any(a.asname is None and local_name(a) == name for a in found.node.names)
        for found in view.scopes.imports
    )


# -- names that an edit binds


def _new_names(before: FileView, after: FileView, license: Licensed) -> Failure | None:
    """A name that an edit binds must not have meant anything else."""
    old = [scope for scope in before.scopes.root.subtree() if id(scope.node) not in license.gone]
    new = [scope for scope in after.scopes.root.subtree() if id(scope.node) not in license.come]
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
    if scope.kind == "class":  # functions inside don't see the names of the class
        return any(use.node.id == name and use.scope is scope and use.scope.lookup(name) for use in view.scopes.names)
    return any(
        use.node.id == name
        and id(use.scope) in inside
        and (owner := use.scope.lookup(name)) is not None
        and id(owner) not in inside
        for use in view.scopes.names
    )
