"""What the manifest licenses: made from the declarations and the index, never from what a codemod says."""

from __future__ import annotations

from collections.abc import Iterator

from ssot.audit.governance import Governance, parse_reference
from ssot.declare.manifest import Manifest
from ssot.index.table import Index, Path, Symbol
from ssot.prove.warrant import Warrant
from ssot.rewrite.stage import Codemod, Licence


def warrant(codemod: Codemod, manifest: Manifest, index: Index, governance: Governance) -> Warrant:
    """As much as the kind of codemod may use."""
    becomes = dict(_becomes(manifest, index, governance)) if Licence.COLLAPSE in codemod.needs else {}
    gains = frozenset(becomes.values()) if Licence.COLLAPSE in codemod.needs else frozenset[Symbol]()
    old = frozenset(_old_paths(manifest, index, governance))
    return Warrant(
        becomes,
        gains,
        old if Licence.RETIRE in codemod.needs else frozenset(),
        old if Licence.DROP in codemod.needs else frozenset(),
    )


def _becomes(manifest: Manifest, index: Index, governance: Governance) -> Iterator[tuple[Symbol, Symbol]]:
    for entry in getattr(manifest, "collapse", ()):
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
                yield from ((module, name) for name in index.bindings(module))
