"""What the manifest licenses: made from the declarations and the index, never from what a codemod says."""

from __future__ import annotations

from collections.abc import Iterator, Set

from ssot.audit.governance import Governance, parse_reference
from ssot.declare.manifest import Manifest
from ssot.index.shims import WHOLE
from ssot.index.table import Index, Path, Symbol
from ssot.prove.warrant import Warrant
from ssot.rewrite.generated_tests import file_of
from ssot.rewrite.stage import Licence


def warrant(needs: Set[Licence], manifest: Manifest, index: Index, governance: Governance) -> Warrant:
    """As much as the kind of codemod may use."""
    becomes = dict(_becomes(manifest, index, governance)) if Licence.COLLAPSE in needs else {}
    mode = manifest.shims.mode if manifest.shims else ""
    old = frozenset(_old_paths(manifest, index, governance))
    return Warrant(
        becomes,
        frozenset(becomes.values()),
        old if Licence.RETIRE in needs and mode == "module-getattr" else frozenset(),
        old | frozenset(_offered(index))
        if Licence.REMOVE in needs
        else old
        if Licence.DROP in needs and mode == "none"
        else frozenset(),
        frozenset({file_of(manifest)}) - {""},
    )


def _offered(index: Index) -> Iterator[Path]:
    """Old paths that a table in the code says have an end, whatever the manifest says of them by now."""
    for path, facts in index.facts.items():
        module = index.layout.names.get(path, "")
        for row in facts.shims.rows if facts.shims.live else ():
            names = (index.star_names(module) or ()) if row.name == WHOLE else (row.name,)
            yield from ((module, name) for name in (row.name, *names))


def _becomes(manifest: Manifest, index: Index, governance: Governance) -> Iterator[tuple[Symbol, Symbol]]:
    for entry in manifest.collapse:
        canonical = index.resolve(*governance.final(parse_reference(entry.canonical)))
        for path in map(parse_reference, entry.duplicates):
            duplicate = index.resolve(*path)
            if isinstance(duplicate, Symbol) and isinstance(canonical, Symbol) and duplicate != canonical:
                yield duplicate, canonical


def _old_paths(manifest: Manifest, index: Index, governance: Governance) -> Iterator[Path]:
    """Import paths that are declared as replaced."""
    for entry in governance.entries:
        yield from entry.legacy
    for moved in manifest.module:
        for module in index.layout.paths:
            if any(module == legacy or module.startswith(f"{legacy}.") for legacy in moved.legacy):
                yield from ((module, name) for name in {*index.bindings(module), *(index.star_names(module) or ())})
