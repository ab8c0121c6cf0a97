"""Gate 4, names that come and go: what an edit binds meant nothing else, and what it takes away nobody looks up as text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from ssot.index.scopes import NameUse, Scope
from ssot.index.view import FileView
from ssot.prove.gates import Failure
from ssot.prove.licensed import Licensed
from ssot.prove.terms import Terms

_EVALUATING = ("eval", "exec")
_LISTING = ("locals", "vars", "dir")


def compare_names(before: FileView, after: FileView, terms: Terms, license: Licensed) -> Failure | None:
    old = [scope for scope in before.scopes.root.subtree() if id(scope.node) not in license.gone]
    new = [scope for scope in after.scopes.root.subtree() if id(scope.node) not in license.come]
    if [scope.path for scope in old] != [scope.path for scope in new]:
        return Failure("gate-bindings", "the scopes of the file would be others")
    names = _Names(before, license.gone)
    for was, scope in zip(old, new, strict=True):
        come = _bound(scope, license.come) - was.bindings.keys()
        gone = _bound(was, license.gone) - scope.bindings.keys()
        gone -= {name for name in gone if scope.kind == "module" and _may_go(terms, (after.module, name))}
        complaint = next(names.complaints(was, come, gone), None)
        if complaint:
            return Failure("gate-bindings", f"{complaint} in {'.'.join(scope.path) or 'the module'}")
    return None


def _bound(scope: Scope, leave: frozenset[int]) -> set[str]:
    """What is bound by statements that are compared."""
    return {name for name, nodes in scope.bindings.items() if not nodes or any(id(node) not in leave for node in nodes)}


def _may_go(terms: Terms, path: tuple[str, str]) -> bool:
    return terms.retires(path) or terms.drops(path)


@dataclass(frozen=True)
class _Names:
    """The names of a file before it is changed."""

    view: FileView
    leave: frozenset[int]  # nodes that go, and what they look up with them

    def complaints(self, scope: Scope, come: set[str], gone: set[str]) -> Iterator[str]:
        if scope.kind == "class":
            yield from (f"the class would have another attribute {name}" for name in sorted(come ^ gone))
        yield from (f"{name} already means something else" for name in sorted(come) if self._meant(scope, name))
        if come and self._listed(scope):
            yield f"names are listed, and {min(come)} would be one more"
        if gone and self._looks_up(scope):
            yield f"names are looked up as text, and {min(gone)} would be gone"

    @cached_property
    def _uses(self) -> dict[str, list[NameUse]]:
        found: dict[str, list[NameUse]] = {}
        for use in self.view.scopes.names:
            if id(use.node) not in self.leave:
                found.setdefault(use.node.id, []).append(use)
        return found

    def _meant(self, scope: Scope, name: str) -> bool:
        """Whether uses inside a scope get the name from outside it."""
        uses = self._uses.get(name, [])
        inside = {id(one) for one in scope.subtree()}
        owners = (use.scope.lookup(name) for use in uses if id(use.scope) in inside)
        return any(owner is not None and id(owner) not in inside for owner in owners)

    def _looks_up(self, scope: Scope) -> bool:
        """Whether code that sees the scope's names gets some by a text, or all of them."""
        names = (*_EVALUATING, "globals") if scope.kind == "module" else _EVALUATING
        inside = {id(one) for one in scope.subtree()}
        uses = (use for name in names for use in self._uses.get(name, []))
        return self._listed(scope) or any(_free(use) and id(use.scope) in inside for use in uses)

    def _listed(self, scope: Scope) -> bool:
        """Whether code asks which names the scope has; a function's are seen by those inside it, too."""
        inside = {id(scope)} if scope.kind == "module" else {id(one) for one in scope.subtree()}
        calls = {id(call.func) for call, where in self.view.scopes.calls if id(where) in inside and not call.args}
        return any(_free(use) and id(use.node) in calls for name in _LISTING for use in self._uses.get(name, []))


def _free(use: NameUse) -> bool:
    return use.scope.lookup(use.node.id) is None
