"""Small projects written as text: their facts, index, views and plans."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from textwrap import dedent

from ssot.declare.load import parse_manifest
from ssot.index.collect import facts_of
from ssot.index.source import Source, apply_edits, decode
from ssot.index.table import Index
from ssot.index.view import FileView
from ssot.pipeline.planning import plan_workspace
from ssot.pipeline.workspace import Workspace
from ssot.values import Blob, Edit, Plan, Snapshot

Tree = Mapping[str, str]
Replacement = tuple[str, str] | tuple[str, str, int]  # old, new, and which of several


def encoded(files: Tree) -> dict[str, bytes]:
    return {path: dedent(text).encode() for path, text in files.items()}


def index_of(files: Tree, roots: Iterable[str] | None = None) -> Index:
    python = {path: data for path, data in encoded(files).items() if path.endswith((".py", ".pyi"))}
    return Index.build((facts_of(path, data) for path, data in python.items()), roots)


def source_of(text: str | bytes, path: str = "m.py") -> Source:
    source = decode(path, text.encode() if isinstance(text, str) else text)
    assert isinstance(source, Source)
    return source


def view_of(files: Tree, path: str) -> FileView:
    return FileView(source_of(encoded(files)[path], path), index_of(files))


def workspace(files: Tree, manifest: str | None = None, skipped: Iterable[str] = ()) -> Workspace:
    """Of a tree that is no commit; `skipped` paths are left out."""
    everything = encoded(files)
    if manifest is not None:
        everything["ssot.toml"] = dedent(manifest).encode()
    blobs = tuple(Blob(path, data) for path, data in sorted(everything.items()) if path not in set(skipped))
    declared = parse_manifest(everything["ssot.toml"]) if manifest is not None else None
    return Workspace(Snapshot(blobs), declared)


def plan_of(files: Tree, manifest: str, *, unsafe: bool = False) -> Plan:
    return plan_workspace(workspace(files, manifest), unsafe=unsafe)


def edits_by_path(plan: Plan) -> dict[str, list[Edit]]:
    edits: dict[str, list[Edit]] = {}
    for change_set in plan.change_sets:
        for change in change_set.files:
            edits.setdefault(change.path, []).extend(change.edits)
    return edits


def applied(files: Tree, plan: Plan) -> dict[str, str]:
    """The files that the plan changes, as they are afterwards."""
    before = encoded(files)
    return {path: apply_edits(before[path], edits).decode() for path, edits in edits_by_path(plan).items()}


def edits_of(data: bytes, replacements: Sequence[Replacement]) -> tuple[Edit, ...]:
    return tuple(sorted(_edit(data, *replacement) for replacement in replacements))


def _edit(data: bytes, old: str, new: str, which: int = 0) -> Edit:
    start = -1
    for _ in range(which + 1):
        start = data.index(old.encode(), start + 1)
    return Edit(start, start + len(old.encode()), data.count(b"\n", 0, start) + 1, old, new)


def symbol(canonical: str, *legacy: str, approved: Sequence[str] = (), more: str = "") -> str:
    """One ``[[symbol]]`` of a manifest."""
    quoted = [", ".join(f'"{path}"' for path in paths) for paths in (legacy, approved)]
    return f'[[symbol]]\ncanonical = "{canonical}"\nlegacy = [{quoted[0]}]\napproved = [{quoted[1]}]\n{more}\n'


def never(denotes: object) -> bool:
    return False


Allowed = Callable[[object], bool]
