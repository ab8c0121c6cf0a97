"""Gate 4, names: every use of every name denotes what it did, moved by the manifest's map."""

from __future__ import annotations

import ast

from ssot.index.view import FileView
from ssot.prove.gates import Failure
from ssot.prove.licensed import Licensed
from ssot.prove.meaning import meaning_of, place_of, same, uses_of
from ssot.prove.terms import Terms


def compare_uses(before: FileView, after: FileView, terms: Terms, license: Licensed) -> Failure | None:
    old = [use for use in uses_of(before) if place_of(use[0]) not in license.gone]
    new = [use for use in uses_of(after) if place_of(use[0]) not in license.come]
    if len(old) != len(new):
        return Failure("gate-bindings", f"there would be {len(new)} uses of names where there were {len(old)}")
    for one, other in zip(old, new, strict=True):
        if isinstance(other[0].node.ctx, ast.Del) and terms.drops((after.module, other[0].node.id)):
            continue  # deleted for a shim's sake, and still deleted without it
        was, becomes = meaning_of(before, one), meaning_of(after, other)
        if not same(was, becomes, terms):
            line = one[0].node.lineno
            return Failure(
                "gate-bindings", f"a name used in line {line} would denote {becomes.denotes}, not {was.denotes}"
            )
        lost = terms.retires((after.module, other[0].node.id)) and other[0].loads
        if lost and other[0].scope.lookup(other[0].node.id) in (None, after.scopes.root):
            return Failure("gate-bindings", f"{other[0].node.id} is used where it is no longer bound")
    return None
