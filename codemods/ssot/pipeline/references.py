"""Errors of a manifest that only the code can show: references that don't resolve, entries that meet."""

from __future__ import annotations

from collections.abc import Iterator

from ssot.audit.governance import Entry, Governance, parse_reference, reference
from ssot.declare.load import ManifestError
from ssot.declare.manifest import Manifest
from ssot.declare.suggest import nearest
from ssot.index.table import External, Index, Missing, Path, Symbol


def check_references(manifest: Manifest, index: Index, governance: Governance) -> None:
    """Raises ManifestError for a canonical or approved path that nothing is found at, and for entries that contradict."""
    for number, entry in enumerate(manifest.symbol):
        _exists(manifest, index, ("symbol", number, "canonical", None), parse_reference(entry.canonical), governance)
        for item, text in enumerate(entry.approved):
            _exists(manifest, index, ("symbol", number, "approved", item), parse_reference(text), governance)
    for number, collapse in enumerate(manifest.collapse):
        _exists(
            manifest, index, ("collapse", number, "canonical", None), parse_reference(collapse.canonical), governance
        )
    for number, move in enumerate(manifest.module):
        target = governance.moved_module(move.canonical) or move.canonical
        if not index.layout.has(target):
            hint = _did_you_mean(target, index.layout.paths)
            where = manifest.location("module", number, "canonical")
            raise ManifestError(f"{where}: there is no module {target}{hint}", "name the module where the code is now")
    _one_entry_each(manifest, governance)


def _exists(
    manifest: Manifest, index: Index, place: tuple[str, int, str, int | None], path: Path, governance: Governance
) -> None:
    path = governance.final(path)
    found = index.resolve(*path)
    if not isinstance(found, Missing | External) or (isinstance(found, External) and index.layout.has(path[0])):
        return
    why = found.reason if isinstance(found, Missing) else f"this repository has no module {path[0]}"
    why += _empty_roots(manifest, index)
    where = manifest.location(*place)
    hint = _did_you_mean(reference(path), _candidates(index, path))
    raise ManifestError(f"{where}: {reference(path)} does not resolve: {why}{hint}", "correct the reference")


def _empty_roots(manifest: Manifest, index: Index) -> str:
    """No error by itself: the last file of a root may have gone with the old paths that it held."""
    cleaned = ("/".join(part for part in text.split("/") if part not in ("", ".")) for text in manifest.project.roots)
    empty = [root for root in cleaned if root and not any(path.startswith(f"{root}/") for path in index.facts)]
    return f", and no Python file below its root {empty[0]}" if empty else ""


def _candidates(index: Index, path: Path) -> Iterator[str]:
    """References that the one that fails may have meant."""
    for module in index.layout.paths:
        if module == path[0]:
            yield from (f"{module}:{name}" for name in index.bindings(module))
        elif path[1] in index.bindings(module):
            yield f"{module}:{path[1]}"


def _did_you_mean(word: str, candidates: object) -> str:
    found = nearest(word, candidates)  # type: ignore[arg-type]
    return f"; did you mean {found}?" if found else ""


def _one_entry_each(manifest: Manifest, governance: Governance) -> None:
    """Two entries for one object have no single canonical path, unless one says that it replaced the other's."""
    seen: dict[Symbol, Entry] = {}
    for entry in governance.entries:
        if not isinstance(entry.denotes, Symbol):
            continue
        other = seen.setdefault(entry.denotes, entry)
        if other.canonical != entry.canonical:
            where = manifest.location(entry.table, entry.number, "canonical")
            what = f"{reference(entry.canonical)} and {reference(other.canonical)} are the same object, {entry.denotes}"
            raise ManifestError(f"{where}: {what}", "declare one of them canonical, the other legacy or approved")
