"""A folder of codemods as somebody might have it, and what a run of one gives."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from ssot.bridge.foreign import LIBCST, Foreign
from ssot.pipeline.planning import plan_with
from ssot.pipeline.workspace import Workspace
from ssot.rewrite.stage import Codemod
from ssot.values import Blob, Edit, Plan, Snapshot, splice

COMMANDS = '''
import argparse, ctypes, os, signal, sys, time
import libcst as cst
from libcst.codemod import CodemodCommand, SkipFile
from libcst.metadata import FullyQualifiedNameProvider


class Base(CodemodCommand):
    """Says what it does."""

    def transform_module_impl(self, tree):
        return self.changed(tree)


class Append(Base):
    """Appends a line."""

    @staticmethod
    def add_args(parser):
        parser.add_argument("--word", required=True)
        parser.add_argument("--loud", action="store_true")

    def __init__(self, context, word, loud=False):
        super().__init__(context)
        self.word = word.upper() if loud else word

    def changed(self, tree):
        code = tree.code if not tree.code or tree.has_trailing_newline else tree.code + "\\n"
        return cst.parse_module(code + f"{self.word} = 1\\n", tree.config_for_parsing)


class Where(Base):
    """Appends the names of module and package."""

    METADATA_DEPENDENCIES = (FullyQualifiedNameProvider,)

    def changed(self, tree):
        names = sorted(one.name for one in self.get_metadata(FullyQualifiedNameProvider, tree))
        text = f"w = {(self.context.full_module_name, self.context.full_package_name, names)}\\n"
        return tree.with_changes(body=[*tree.body, *cst.parse_module(text).body])


class Moody(Base):
    """Fails in the way that each file asks for."""

    def changed(self, tree):
        word = tree.code.split()[1] if tree.code.startswith("#") else ""
        print("noise on stdout")
        os.write(1, b"more noise\\n")
        if word == "warn":
            self.warn("look here")
        if word == "skip":
            raise SkipFile("as agreed")
        if word == "raise":
            raise KeyError("a")
        if word == "exit":
            sys.exit(3)
        if word == "die":
            os._exit(7)
        if word == "segfault":
            signal.signal(signal.SIGSEGV, signal.SIG_DFL)
            os.kill(os.getpid(), signal.SIGSEGV)
        if word == "tells":
            raise ValueError(self.context.filename)
        if word == "told":
            self.warn(self.context.filename)
        if word == "dies":
            sys.stderr.write(self.context.filename + "\\n")
            sys.stderr.flush()
            os._exit(7)
        if word == "hang":
            time.sleep(600)
        if word == "recurse":
            return self.changed(tree)
        if word == "write":
            open("new.txt", "w").write("x")
            open("data.toml", "w").write("x = 2")
        if word == "where":
            return tree.with_changes(header=[], body=cst.parse_module(f"p = {os.getcwd()!r}").body)
        return tree.with_changes(body=[*tree.body, *cst.parse_module("done = 1\\n").body])


class Deadly(Base):
    """Takes its process down at every file."""

    def changed(self, tree):
        os._exit(1)


class NoComments(Base):
    """Drops what an option names."""

    @staticmethod
    def add_args(parser):
        parser.add_argument("--old", required=True)
        parser.add_argument("--new", default="")

    def __init__(self, context, old, new):
        super().__init__(context)
        self.old, self.new = (word.encode().decode("unicode_escape") for word in (old, new))

    def changed(self, tree):
        return cst.parse_module(tree.code.replace(self.old, self.new), tree.config_for_parsing)


class Sets(Base):
    """Writes what depends on the order of a set."""

    def changed(self, tree):
        return tree.with_changes(body=[*tree.body, *cst.parse_module(f"s = {list({'a', 'b', 'c', 'd'})}\\n").body])


class Abstract(CodemodCommand):
    pass


class Plain:
    pass
'''


def folder_of(path: Path, modules: Mapping[str, str] | None = None) -> str:
    """A folder that the operator names with --search."""
    for name, text in (modules or {"acme_codemods": COMMANDS}).items():
        (path / f"{name}.py").write_text(text, encoding="utf-8")
    return str(path)


def workspace_of(files: Mapping[str, bytes]) -> Workspace:
    return Workspace(Snapshot(tuple(Blob(path, data) for path, data in sorted(files.items()))), None)


def run(
    files: Mapping[str, bytes],
    name: str,
    folder: Path,
    *arguments: tuple[str, str | None],
    jobs: int = 1,
    seconds: float = 60.0,
    rest: tuple[str, ...] = (),
    kind: str = LIBCST,
) -> Plan:
    """The plan of one command of the folder."""
    return plan_with(
        workspace_of(files), [codemod(name, folder, *arguments, jobs=jobs, seconds=seconds, rest=rest, kind=kind)]
    )


def codemod(
    name: str,
    folder: Path,
    *arguments: tuple[str, str | None],
    jobs: int = 1,
    seconds: float = 60.0,
    rest: tuple[str, ...] = (),
    kind: str = LIBCST,
) -> Codemod:
    full = f"acme_codemods:{name}" if kind == LIBCST and "." not in name and ":" not in name else name
    return Foreign(kind, full, arguments, rest, (folder_of(folder),), jobs, seconds).codemod()


def results(files: Mapping[str, bytes], plan: Plan) -> dict[str, bytes]:
    """The files that the plan changes, as they are afterwards."""
    edits: dict[str, list[Edit]] = {}
    for change_set in plan.change_sets:
        for change in change_set.files:
            edits.setdefault(change.path, []).extend(change.edits)
    return {path: splice(files[path], [_bytes(files[path], edit) for edit in found]) for path, found in edits.items()}


def _bytes(data: bytes, edit: Edit) -> tuple[int, int, bytes]:
    encoding = "latin-1" if b"latin-1" in data else "utf-8"
    return edit.start, edit.end, edit.new.encode(encoding)


def codes(plan: Plan) -> dict[str, list[str]]:
    """Reason codes by file."""
    found: dict[str, list[str]] = {}
    for refusal in plan.refusals:
        found.setdefault(refusal.path, []).append(refusal.code)
    return found
