"""The pairs that the manifest declares, each followed to the end of the chain of declarations."""

from __future__ import annotations

from collections.abc import Iterator

from ssot.audit.governance import parse_reference, reference
from ssot.index.table import Denotation, Missing, Path, Symbol
from ssot.rewrite.collapsing.values import Objection, Pair
from ssot.rewrite.shims.wrap import becomes_wrapper
from ssot.rewrite.stage import Tree


def pairs(tree: Tree) -> Iterator[tuple[str, Path, Pair | Objection]]:
    """Each declared duplicate that is not the canonical object yet: key, path, and the pair or why there is none."""
    seen: set[Symbol] = set()
    for entry in tree.manifest.collapse:
        target = tree.governance.final(parse_reference(entry.canonical))
        canonical = tree.index.resolve(*target)
        for text in entry.duplicates:
            declared = parse_reference(text)
            found = tree.index.resolve(*declared)
            if found == canonical or isinstance(found, Missing) or found in seen:
                continue
            if becomes_wrapper(tree, declared, target):
                continue
            if isinstance(found, Symbol):
                seen.add(found)
            made = _same_file(tree, canonical, declared) or _pair(target, canonical, declared, found, entry.strategy)
            yield reference(target), declared, made


def _same_file(tree: Tree, canonical: Denotation, declared: Path) -> Objection | None:
    """Whether the duplicate's module is the canonical one's file under another name."""
    file = tree.index.layout.paths.get(canonical.module, "") if isinstance(canonical, Symbol) else ""
    folder = declared[0].replace(".", "/")
    other = isinstance(canonical, Symbol) and declared[0] != canonical.module
    if other and file in (f"{folder}.py", f"{folder}/__init__.py"):
        return Objection("collapse-same-file", f"both are {file}, imported under two module names")
    return None


def _pair(target: Path, canonical: Denotation, declared: Path, found: Denotation, strategy: str) -> Pair | Objection:
    if not isinstance(canonical, Symbol):
        return Objection("collapse-unresolved", f"{reference(target)} can't be followed to a definition")
    if not isinstance(found, Symbol):
        return Objection("collapse-unresolved", f"{reference(declared)} can't be followed to a definition")
    return Pair(reference(target), target, canonical, declared, found, strategy)
