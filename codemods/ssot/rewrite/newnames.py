"""Names that the edits of one file bring into scopes, and names that they bind there: one may hide the other."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from ssot.index.scopes import Scope
from ssot.index.view import local_name
from ssot.rewrite.statements import StatementPlan


@dataclass
class NewNames:
    """``statements`` is what is planned so far, and grows."""

    statements: Mapping[int, StatementPlan]
    _reads: dict[str, list[tuple[Scope, Scope]]] = field(default_factory=dict)  # where, and the scope that binds it

    def read(self, name: str, where: Scope, owner: Scope) -> None:
        self._reads.setdefault(name, []).append((where, owner))

    def hidden(self, name: str, where: Scope, owner: Scope) -> bool:
        """Whether an import that is added binds a name of an outer scope on the way to it."""
        way = set(map(id, _between(where, owner)))
        plans = (plan for plan in self.statements.values() if id(plan.found.scope) in way) if way else ()
        return any(name in _bound(line) for plan in plans for line in (*plan.before, *plan.after))

    def shadows(self, name: str, scope: Scope) -> bool:
        """Whether binding a name in a scope would take it away from what an edit brings there."""
        return any(one is scope for where, owner in self._reads.get(name, ()) for one in _between(where, owner))


def _between(scope: Scope, outer: Scope) -> Iterator[Scope]:
    here: Scope | None = scope
    while here is not None and here is not outer:
        yield here
        here = here.parent


@lru_cache(maxsize=256)
def _bound(line: str) -> frozenset[str]:
    """The names that an import statement binds."""
    return frozenset(local_name(alias) for node in ast.parse(line).body for alias in getattr(node, "names", []))
