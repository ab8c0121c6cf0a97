"""Gate 4, imports: each local name keeps its place and time, and no import comes without a reason."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from itertools import accumulate

from ssot.index.table import External, Missing, Module, Path, Symbol
from ssot.index.view import FileView, local_name
from ssot.prove.gates import Failure
from ssot.prove.licensed import Licensed, merged_names, used_within
from ssot.prove.meaning import Told, Untold, told
from ssot.prove.terms import Terms

Place = tuple[tuple[str, ...], str]  # scope path, local name
_DOUBTFUL = (Missing, External, Untold)
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
    return (
        _unexplained(before, after, terms, license)
        or _modules(before, after, terms, license)
        or _from_itself(before, after)
    )


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
        was = {terms.expected(thing) for thing, _ in old.get(circumstance, ())}
        lost = any(isinstance(thing, _DOUBTFUL) for thing in was - {thing for thing, _ in objects})
        for found, local in objects:
            if found in was or isinstance(found, Module):
                continue
            mended = lost and isinstance(found, Symbol | External) and terms.allowed(found)
            if found is None or not (
                mended
                or _from_star(before, circumstance[0], local, found, terms)
                or _asked_for(after, circumstance, found, local, terms, license)
            ):
                return Failure("gate-bindings", f"{local} would be imported where nothing like it was")
    return None


def _asked_for(
    after: FileView, circumstance: Circumstance, found: Told, local: str, terms: Terms, license: Licensed
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


def _imported_objects(view: FileView, leave: frozenset[int]) -> dict[Circumstance, dict[tuple[Told | None, str], None]]:
    """What is imported in each scope and circumstance, with its local name, in order."""
    found: dict[Circumstance, dict[tuple[Told | None, str], None]] = {}
    for statement in view.scopes.imports:
        if id(statement.node) in leave:
            continue
        where = view.where(statement.node)
        place = (statement.scope.path, (where.type_only, _arms(where.guards)))
        for alias in statement.node.names:
            denotes = told(view, statement.node, alias) if alias.name != "*" else None
            found.setdefault(place, {})[denotes, local_name(alias)] = None
    return found


def _arms(guards: tuple[str, ...]) -> tuple[str, ...]:
    """Guards without their lines."""
    return tuple(guard.split(":")[0] + guard.split(":")[2] for guard in guards)


def _from_star(view: FileView, scope: tuple[str, ...], local: str, gives: Told, terms: Terms) -> bool:
    """Whether a star import of the file bound the name to the same thing already."""
    return any(
        view.index.star_may_bind(base, local) and terms.expected(view.index.resolve(base, local)) == gives
        for found, base in view.stars()
        if found.scope.path == scope
    )


def _modules(before: FileView, after: FileView, terms: Terms, license: Licensed) -> Failure | None:
    """Modules that a scope names as it did not: each is there; none is one that the file itself replaces in `sys.modules`."""
    old, new = _named(before, license.gone), _named(after, license.come)
    for _, module in sorted(new - old):
        found = after.index.resolve_module(module)
        # what a licensed statement asks of another distribution is compared with what it asked before
        known = isinstance(found, Module) or (isinstance(found, External) and (license.come or terms.allowed(found)))
        if not (module and known):
            return Failure("gate-bindings", f"{module} would be imported, and is no module of the project")
    if b"sys.modules" in before.source.u8:
        replaced = {module for _, module in old ^ new} & {text.value for text in before.scopes.strings}
        if replaced:
            return Failure("gate-bindings", f"the file puts something in the place of {min(replaced)}")
    return None


def _named(view: FileView, leave: frozenset[int]) -> set[Place]:
    """The modules that import statements name, by the scopes that they stand in."""
    found = [one for one in view.scopes.imports if id(one.node) not in leave]
    named = {(one.scope.path, view.base(one.node) or "") for one in found if isinstance(one.node, ast.ImportFrom)}
    plain = (one for one in found if isinstance(one.node, ast.Import))
    return named | {(one.scope.path, alias.name) for one in plain for alias in one.node.names}


def _from_itself(before: FileView, after: FileView) -> Failure | None:
    """A module has none of its names for sure while it is being loaded, and its package not the module."""
    for module, name in sorted(_own_names(after) - _own_names(before)):
        return Failure("gate-bindings", f"{module} would ask for its own {name} while it is being loaded")
    return None


def _own_names(view: FileView) -> set[Path]:
    """The names that a module asks itself for when it is loaded."""
    return {path for path in _asked_when_loaded(view) if path[0] == view.module}


def _asked_when_loaded(view: FileView) -> Iterator[Path]:
    for found, alias, base, denotes in view.from_imports():
        if not found.scope.deferred and not isinstance(denotes, Module) and not view.where(found.node).type_only:
            yield base, alias.name
    yield from (step.path for step in view.steps if not step.chain.scope.deferred and not step.chain.typing)


# -- where and when


def _places(view: FileView, leave: frozenset[int]) -> dict[Place, set[tuple[object, ...]]]:
    places: dict[Place, set[tuple[object, ...]]] = {}
    ahead: dict[int, list[int]] = {}
    for found in view.scopes.imports:
        if id(found.node) in leave:
            continue
        where = view.where(found.node)
        block = id(found.block)
        if block not in ahead:
            ahead[block] = _ran_before(found.block, leave)
        circumstances = (ahead[block][found.index], where.deferred, where.type_only, _arms(where.guards))
        for alias in found.node.names:
            places.setdefault((found.scope.path, local_name(alias)), set()).add(circumstances)
    return places


def _ran_before(block: list[ast.stmt], leave: frozenset[int]) -> list[int]:
    """How many statements that do something stand before each statement of a block."""
    counted = (not isinstance(node, ast.Import | ast.ImportFrom) and id(node) not in leave for node in block)
    return list(accumulate(counted))  # imports do not count themselves


def plain_package(view: FileView, name: str) -> bool:
    """Whether a name is only bound as the top of plain imports, which bind it to the same package each time."""
    return any(
        isinstance(found.node, ast.Import) and any(a.asname is None and local_name(a) == name for a in found.node.names)
        for found in view.scopes.imports
    )
