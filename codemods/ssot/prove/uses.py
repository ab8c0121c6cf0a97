"""Gate 4, names: every use of every name denotes what it did, moved by the manifest's map."""

from __future__ import annotations

import ast

from ssot.index.scopes import NameUse
from ssot.index.view import FileView
from ssot.prove.gates import Failure
from ssot.prove.licensed import Licensed
from ssot.prove.meaning import Meanings, place_of, same, uses_of
from ssot.prove.terms import Terms


def compare_uses(before: FileView, after: FileView, terms: Terms, license: Licensed) -> Failure | None:
    old = [use for use in uses_of(before) if place_of(use[0]) not in license.gone]
    new = [use for use in uses_of(after) if place_of(use[0]) not in license.come]
    if len(old) != len(new):
        return Failure("gate-bindings", f"there would be {len(new)} uses of names where there were {len(old)}")
    meanings, others = Meanings(before), Meanings(after)
    for one, other in zip(old, new, strict=True):
        if isinstance(other[0].node.ctx, ast.Del) and terms.drops((after.module, other[0].node.id)):
            continue  # deleted for a shim's sake, and still deleted without it
        was, becomes = meanings.of(one), others.of(other)
        if not same(was, becomes, terms):
            line = one[0].node.lineno
            return Failure(
                "gate-bindings", f"a name used in line {line} would denote {becomes.denotes}, not {was.denotes}"
            )
        if _too_early(one[0], other[0]):
            return Failure(
                "gate-bindings", f"{other[0].node.id} would be used in line {one[0].node.lineno} before it is bound"
            )
        lost = terms.retires((after.module, other[0].node.id)) and other[0].loads
        if lost and other[0].scope.lookup(other[0].node.id) in (None, after.scopes.root):
            return Failure("gate-bindings", f"{other[0].node.id} is used where it is no longer bound")
    return None


def _too_early(was: NameUse, use: NameUse) -> bool:
    """Whether a use is bound further down only, as it was not."""
    return _bound_below(use) and not _bound_below(was)


def _bound_below(use: NameUse) -> bool:
    """Whether what binds a name first stands below its use, which may run before."""
    owner = use.scope.lookup(use.node.id)
    if owner is None or use.in_string or (owner.kind == "module" and use.scope.deferred):
        return False
    first = next(iter(owner.bindings[use.node.id]), use.node)  # in the order of the file
    return (first.lineno, first.col_offset) > (use.node.lineno, use.node.col_offset)  # type: ignore[attr-defined]
