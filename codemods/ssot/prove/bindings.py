"""Gate 4: every use of every name denotes what it did, moved by the manifest's map.

Both versions of a file are resolved from scratch, each against the index of its own tree, and compared use by use. How
the edits came about plays no part.
"""

from __future__ import annotations

from ssot.index.view import FileView
from ssot.prove.exports import compare_exports
from ssot.prove.gates import Failure
from ssot.prove.imports import compare_imports
from ssot.prove.licensed import Licensed, licensed
from ssot.prove.names import compare_names
from ssot.prove.strings import compare_strings
from ssot.prove.terms import Allowed, Terms
from ssot.prove.uses import compare_uses
from ssot.prove.warrant import NOTHING, Warrant


def check_bindings(
    path: str, before: FileView, after: FileView, allowed: Allowed, warrant: Warrant = NOTHING
) -> Failure | None:
    """One file of two trees whose edits are not known."""
    terms = Terms(before.index, after.index, allowed, warrant)
    return compare_bindings(path, before, after, terms, licensed(terms, before, after))


def compare_bindings(path: str, before: FileView, after: FileView, terms: Terms, license: Licensed) -> Failure | None:
    """Uses, texts, imports and exports of one file, less what the warrant licenses."""
    return (
        compare_uses(before, after, terms, license)
        or compare_strings(before, after, terms, license)
        or compare_imports(before, after, terms, license)
        or compare_names(before, after, terms, license)
        or compare_exports(path, before, after, terms)
    )
