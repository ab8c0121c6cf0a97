"""Names of a package that are also submodules of it: loading the submodule binds the name too, and the last one wins."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from ssot.index.facts import Binding, Kind
from ssot.index.layout import is_init
from ssot.index.shims import WHOLE

if TYPE_CHECKING:
    from ssot.index.table import Index

Place = tuple[int, int, str]  # line, column, the name that is bound there


def contested(index: Index) -> Mapping[str, tuple[Place, ...]]:
    """Module -> where it binds names for which it matters what has been loaded by then; a submodule's end is ``(0, 0, "")``."""
    found: dict[str, set[Place]] = {}
    for package in sorted(index.layout.packages):
        for name in sorted(_contested_in(index, package)):
            found.setdefault(f"{package}.{name}", set()).add((0, 0, ""))
            found.setdefault(package, set()).update(_places(index, package, name))
    for module in sorted(index.layout.paths):
        for star in index.bindings(module).get("*", ()):
            for submodule in _brought_if_loaded(index, module, star):
                found.setdefault(submodule, set()).add((0, 0, ""))
                found.setdefault(module, set()).add((star.line, star.column, submodule.rpartition(".")[2]))
    return {module: tuple(sorted(places)) for module, places in found.items() if places}


def _contested_in(index: Index, package: str) -> Iterator[str]:
    facts = index.module_facts(package)
    if facts is None or not is_init(facts.path):
        return
    made = {row[0] for row in facts.lazy} | facts.spelled | facts.rebound
    any_name = facts.unstable or WHOLE in made
    for name in index.layout.children(package):
        if any_name or name in made or any(True for _ in _places(index, package, name)):
            yield name


def _places(index: Index, package: str, name: str) -> Iterator[Place]:
    """Where a package binds a name to anything but its submodule."""
    for binding in index.bindings(package).get(name, ()):
        if not binding.where.type_only and not _is_submodule(index, package, name, binding):
            yield binding.line, binding.column, name
    for star in index.bindings(package).get("*", ()):
        source = index.absolute(index.layout.paths[package], star.target, star.level)
        if source is None or (index.star_may_bind(source, name) and not _within(source, f"{package}.{name}")):
            yield star.line, star.column, name


def _is_submodule(index: Index, package: str, name: str, binding: Binding) -> bool:
    """Whether a binding takes the submodule, or something that only is there when the submodule has been loaded."""
    submodule = f"{package}.{name}"
    if binding.kind is Kind.IMPORT:
        return binding.target == submodule
    source = index.absolute(index.layout.paths[package], binding.target, binding.level)
    if binding.kind is not Kind.FROM or source is None:
        return False
    return _within(source, submodule) or (source, binding.attribute) == (package, name)


def _within(module: str, other: str) -> bool:
    return module == other or module.startswith(f"{other}.")


def _brought_if_loaded(index: Index, module: str, star: Binding) -> Iterator[str]:
    """The submodules of a package that a star import of it takes where they happen to be loaded."""
    source = index.absolute(index.layout.paths[module], star.target, star.level)
    facts = index.module_facts(source) if source is not None else None
    if facts is None or source is None or star.where.type_only:
        return
    if facts.exports is not None and not facts.exports_computed:
        return
    for name in index.layout.children(source):
        if not name.startswith("_") and not index.bindings(source).get(name):
            yield f"{source}.{name}"
