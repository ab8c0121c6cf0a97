"""Trying a codemod of your own in a test: folders of files in, what becomes of them out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ssot.bridge.plugins import guarded
from ssot.codemod import Codemod
from ssot.declare.load import find_manifest
from ssot.index.source import apply_edits
from ssot.pipeline.planning import plan_with
from ssot.pipeline.workspace import Workspace
from ssot.values import Blob, Edit, FileKind, Plan, Snapshot

Files = Mapping[str, bytes]


@dataclass(frozen=True)
class Tried:
    """The tree after the codemod, and the plan that made it."""

    files: Files
    plan: Plan


def read_folder(folder: Path) -> dict[str, bytes]:
    """Every file below a folder, by its path in it."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_file() and "__pycache__" not in path.parts)
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def try_codemod(codemod: Codemod, files: Files, *, unsafe: bool = False) -> Tried:
    """Plans and proves it as ``ssot plan --plugin`` does; a manifest among the files counts."""
    blobs = tuple(Blob(path, data) for path, data in sorted(files.items()))
    work = Workspace(Snapshot(blobs), find_manifest(files.get))
    plan = plan_with(work, [guarded(codemod.name, codemod)], unsafe=unsafe)
    return Tried(_after(files, plan), plan)


def _after(files: Files, plan: Plan) -> dict[str, bytes]:
    edits: dict[str, list[Edit]] = {}
    after = dict(files)
    for change in (change for one in plan.change_sets for change in one.files):
        edits.setdefault(change.path, []).extend(change.edits)
        if change.kind is FileKind.DELETED:
            del after[change.path]
    for path, found in edits.items():
        if path in after or path not in files:
            after[path] = apply_edits(files.get(path, b""), found)
    return after
