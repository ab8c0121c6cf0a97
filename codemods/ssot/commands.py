"""ssot's codemods as LibCST commands: ``python -m libcst.tool codemod -x ssot.commands.CanonicalImports --from a:X --to b:X PATH``.

LibCST hands over one file at a time; whether an import may be rewritten depends on all of them. So the first file makes
each process plan the whole tree, and every file is given its part of that plan, proved like any other.
"""

from __future__ import annotations

import argparse
import os
from abc import ABC
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import libcst
from libcst.codemod import CodemodCommand, CodemodContext, SkipFile
from libcst.metadata import BaseMetadataProvider

from ssot.declare.load import find_manifest
from ssot.declare.manifest import Collapse, Manifest, Module, Strategy, Symbol
from ssot.declare.syntax import InvalidValueError, module_name, object_reference
from ssot.deliver.git import Git
from ssot.deliver.snapshot import read_worktree
from ssot.index.selection import is_wanted
from ssot.index.source import apply_edits
from ssot.pipeline.planning import plan_workspace
from ssot.pipeline.workspace import Workspace
from ssot.values import Blob, Edit, FileKind, Plan, Snapshot, SsotError

_READ: dict[str, Snapshot] = {}  # by root; read before LibCST starts to write, and inherited by processes that it forks


class WholeTree(BaseMetadataProvider[None]):
    """Makes LibCST's runner read the tree before it changes the first file; holds nothing by itself."""

    def __init__(self, cache: object = None) -> None:
        super().__init__(cache if cache is not None else {})  # without a runner there is none

    @classmethod
    def gen_cache(cls, root_path: Path, paths: list[str], **_: Any) -> Mapping[str, object]:
        _snapshot(str(Path(root_path).resolve()))
        return {path: {} for path in paths}


class _Command(CodemodCommand, ABC):  # LibCST lists what is not abstract
    METADATA_DEPENDENCIES = (WholeTree,)

    def __init__(self, context: CodemodContext, manifest: Manifest, unsafe: bool) -> None:
        super().__init__(context)
        self._manifest, self._unsafe = manifest, unsafe

    def transform_module_impl(self, tree: libcst.Module) -> libcst.Module:
        manager, name = self.context.metadata_manager, self.context.filename
        if name is None:
            raise SkipFile("a file is needed: what may be rewritten depends on the other files")
        root = Path(manager.root_path if manager is not None else Path.cwd()).resolve()
        return self._planned(str(root), os.path.relpath(Path(name).resolve(), root).replace(os.sep, "/"), tree)

    def _planned(self, root: str, path: str, tree: libcst.Module) -> libcst.Module:
        before = _snapshot(root).by_path().get(path)
        if before is None or libcst.parse_module(before.data).bytes != tree.bytes:
            raise SkipFile("the file is not part of the tree, or has changed since the tree was read")
        plan = _plan(root, self._manifest.model_dump_json(), self._unsafe)
        for refusal in plan.refusals:
            if refusal.path == path:
                self.warn(f"line {refusal.line}: {refusal.symbol}: {refusal.code}: {refusal.reason}")
        edits = _edits(plan, path)
        return libcst.parse_module(apply_edits(before.data, edits)) if edits else tree


class CanonicalImports(_Command):
    """Imports of declared old paths go to the canonical path, where nothing else changes by that."""

    DESCRIPTION = "Rewrite imports of old paths to the canonical path, with the proofs of ssot."

    @staticmethod
    def add_args(arg_parser: argparse.ArgumentParser) -> None:
        old = "An old path, module:Name, or a module that moved; may be given several times."
        path: Any = {"metavar": "PATH", "action": "append", "required": True, "type": _path}
        arg_parser.add_argument("--from", dest="old", help=old, **path)
        new = "The canonical path of the --from at the same place, or of all where it is given once."
        arg_parser.add_argument("--to", dest="new", help=new, **path)
        arg_parser.add_argument("--unsafe", action="store_true", help="Also what is likely right but needs a look.")

    def __init__(self, context: CodemodContext, old: Sequence[str], new: Sequence[str], unsafe: bool = False) -> None:
        super().__init__(context, _moves(old, new), unsafe)


class CollapseDuplicates(_Command):
    """Duplicates become other names of the one definition; their users go to it."""

    DESCRIPTION = "Make duplicates of a class or function other names of one definition, with the proofs of ssot."

    @staticmethod
    def add_args(arg_parser: argparse.ArgumentParser) -> None:
        path: Any = {"metavar": "PATH", "required": True, "type": _checked(object_reference)}
        arg_parser.add_argument("--canonical", help="The definition that stays.", **path)
        more = "A definition that becomes it; may be given several times."
        arg_parser.add_argument("--duplicate", action="append", help=more, **path)
        arg_parser.add_argument("--strategy", choices=("auto", "alias", "merge"), default="auto")
        arg_parser.add_argument("--unsafe", action="store_true", help="Also what is likely right but needs a look.")

    def __init__(
        self,
        context: CodemodContext,
        canonical: str,
        duplicate: Sequence[str],
        strategy: Strategy = "auto",
        unsafe: bool = False,
    ) -> None:
        entry = Collapse(canonical=canonical, duplicates=tuple(duplicate), strategy=strategy)
        super().__init__(context, Manifest(collapse=(entry,)), unsafe)


def _checked(grammar: Callable[[str], str]) -> Callable[[str], str]:
    """For LibCST's parser, which then says in a line what would else be said with a traceback at every file."""

    def check(value: str) -> str:
        try:
            return grammar(value)
        except InvalidValueError as error:
            raise argparse.ArgumentTypeError(f"'{value}' {error}") from None

    return check


def _path(value: str) -> str:
    return _checked(object_reference if ":" in value else module_name)(value)


def _moves(old: Sequence[str], new: Sequence[str]) -> Manifest:
    if len(new) not in (1, len(old)):
        raise SsotError(f"{len(old)} times --from and {len(new)} times --to", "give one --to for each --from")
    by_target: dict[str, list[str]] = {}
    for number, path in enumerate(old):
        by_target.setdefault(new[number if len(new) > 1 else 0], []).append(path)
    symbols = [Symbol(canonical=one, legacy=tuple(paths)) for one, paths in by_target.items() if ":" in one]
    modules = [Module(canonical=one, legacy=tuple(paths)) for one, paths in by_target.items() if ":" not in one]
    return Manifest(symbol=tuple(symbols), module=tuple(modules))


def _snapshot(root: str) -> Snapshot:
    """The tree as it was when it was first asked for."""
    if root not in _READ:
        try:
            _READ[root] = read_worktree(Git.open(Path(root)), is_wanted)
        except SsotError:
            _READ[root] = Snapshot(tuple(_files(Path(root))))
    return _READ[root]


def _files(root: Path) -> list[Blob]:
    """Of a folder that is no repository."""
    found = []
    for folder, folders, names in os.walk(root):
        folders[:] = [name for name in folders if not name.startswith(".") and name != "__pycache__"]
        paths = [Path(folder, name) for name in names]
        wanted = [path for path in paths if is_wanted(path.relative_to(root).as_posix()) and path.is_file()]
        found += [Blob(path.relative_to(root).as_posix(), path.read_bytes()) for path in wanted]
    return sorted(found, key=lambda blob: blob.path)


@cache
def _plan(root: str, manifest: str, unsafe: bool) -> Plan:
    snapshot = _snapshot(root)
    asked = Manifest.model_validate_json(manifest)
    blobs = snapshot.by_path()
    own = find_manifest(lambda name: blobs[name].data if name in blobs else None)
    declared = asked.model_copy(update={"project": own.project}) if own is not None else asked
    return plan_workspace(Workspace(snapshot, declared), unsafe=unsafe)


def _edits(plan: Plan, path: str) -> tuple[Edit, ...]:
    changes = [change for one in plan.change_sets for change in one.files if change.path == path]
    if any(change.kind is not FileKind.MODIFIED for change in changes):
        raise SkipFile("ssot would make or remove this file, which LibCST can't; use ssot apply")
    return tuple(sorted(edit for change in changes for edit in change.edits))
