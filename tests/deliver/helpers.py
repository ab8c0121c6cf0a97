"""A person's repository, driven by plain git, and plans made by hand."""

from __future__ import annotations

import hashlib
import os
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ssot.deliver.branch import Applied, apply_plan
from ssot.deliver.git import Git
from ssot.deliver.snapshot import read_commit
from ssot.index.source import Source, decode
from ssot.values import ChangeSet, Edit, FileChange, FileKind, Ledger, Plan, Refusal, Safety, Snapshot

FILES = {
    "shop/__init__.py": b"",
    "shop/a.py": b"from shop.old import Engine\n\nEngine()\n",
    "shop/b.py": b"import os\nfrom shop.old import Engine\r\nfrom shop.util import helper\n",
    "shop/engine.py": b"from shop.old import Engine\n",
    "shop/old.py": b"class Engine: ...\n",
    "tool.py": b"#!/usr/bin/env python3\nfrom shop.old import Engine",
}
CHANGES = {
    "engine": {"shop/a.py": [("shop.old", "shop.engine")], "tool.py": [("shop.old", "shop.engine")]},
    "helper": {"shop/b.py": [("shop.util import helper", "shop.helpers import helper")]},
    "both": {"shop/a.py": [("Engine()", "Engine(1)")], "shop/b.py": [("shop.old", "shop.engine")]},
}


def any_python(path: str) -> bool:
    return path.endswith(".py")


@dataclass(frozen=True)
class Sandbox:
    """A repository with a work tree."""

    root: Path

    @classmethod
    def create(cls, root: Path, *options: str, files: Mapping[str, bytes] = FILES) -> Sandbox:
        root.mkdir(parents=True)
        repo = cls(root)
        repo.git("init", "--quiet", *options)
        repo.write(files)
        if "tool.py" in files:
            (root / "tool.py").chmod(0o755)
        repo.commit("first")
        return repo

    def git(self, *arguments: str, check: bool = True, stdin: bytes = b"") -> str:
        done = subprocess.run(["git", *arguments], cwd=self.root, input=stdin, capture_output=True, check=False)
        assert done.returncode == 0 or not check, done.stderr.decode()
        return done.stdout.decode("utf-8", "surrogateescape").strip()

    def write(self, files: Mapping[str, bytes]) -> None:
        for path, data in files.items():
            target = self.root / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)

    def commit(self, message: str) -> str:
        self.git("add", "--all")
        stamp = {"GIT_AUTHOR_DATE": "2024-05-06T23:30:00+0200", "GIT_COMMITTER_DATE": "2024-05-06T23:30:00+0200"}
        subprocess.run(
            ["git", "commit", "--quiet", "--allow-empty", "-m", message],
            cwd=self.root,
            env={**os.environ, **stamp},
            check=True,
        )
        return self.git("rev-parse", "HEAD")

    def open(self) -> Git:
        return Git.open(self.root)


Replacements = Mapping[str, Sequence[tuple[str, str]]]


def edit(data: bytes, old: str, new: str) -> Edit:
    start = data.index(old.encode())
    return Edit(start, start + len(old.encode()), data.count(b"\n", 0, start) + 1, old, new)


def change_set(snapshot: Snapshot, name: str, replacements: Replacements, safety: Safety = Safety.SAFE) -> ChangeSet:
    blobs = snapshot.by_path()
    files = [
        FileChange(path, tuple(sorted(edit(blobs[path].data, old, new) for old, new in pairs)))
        for path, pairs in sorted(replacements.items())
    ]
    reason = f"{name} has more than one import path"
    return ChangeSet(
        name, "canonical-imports", f"Import {name} from one place", reason, safety, tuple(files), ("SSOT101",)
    )


def make_plan(snapshot: Snapshot, changes: Mapping[str, Replacements] = CHANGES) -> Plan:
    sets = tuple(change_set(snapshot, name, replacements) for name, replacements in changes.items())
    digest = hashlib.sha256(repr((snapshot.commit, sets)).encode()).hexdigest()
    return Plan(digest, snapshot.commit, snapshot.tree, sets, (), Ledger())


def edited(snapshot: Snapshot, path: str, old: str, new: str) -> FileChange:
    return FileChange(path, (edit(snapshot.by_path()[path].data, old, new),))


def created(path: str, text: str) -> FileChange:
    return FileChange(path, (Edit(0, 0, 1, "", text),), FileKind.CREATED)


def deleted(snapshot: Snapshot, path: str) -> FileChange:
    """As a codemod makes it: without the byte order mark, in the file's own encoding."""
    source = decode(path, snapshot.by_path()[path].data)
    assert isinstance(source, Source)
    return FileChange(path, (source.edit(0, len(source.u8), b""),), FileKind.DELETED)


def plan_for(snapshot: Snapshot, changes: Mapping[str, Sequence[FileChange]]) -> Plan:
    sets = tuple(
        ChangeSet(name, "shims", f"Do {name}", "because", Safety.SAFE, tuple(sorted(files, key=lambda one: one.path)))
        for name, files in changes.items()
    )
    digest = hashlib.sha256(repr((snapshot.commit, sets)).encode()).hexdigest()
    return Plan(digest, snapshot.commit, snapshot.tree, sets, (), Ledger())


def apply_changes(git: Git, snapshot: Snapshot, plan: Plan, *, split: bool = False) -> Applied:
    return apply_plan(git, snapshot, plan, branch="ssot/test", prefix="ssot/", split=split, version="0.1.0")


def apply(
    git: Git,
    *,
    branch: str | None = "ssot/test",
    split: bool = False,
    changes: Mapping[str, Replacements] = CHANGES,
    rev: str = "HEAD",
    refusals: Mapping[str, Sequence[Refusal]] | None = None,
) -> Applied:
    snapshot = read_commit(git, rev, any_python)
    plan = make_plan(snapshot, changes)
    return apply_plan(
        git, snapshot, plan, branch=branch, prefix="ssot/", split=split, version="0.1.0", refusals=refusals
    )


def fingerprint(root: Path, *, without: Sequence[str] = ()) -> dict[str, str]:
    """Every file below `root`: content, mode, link target, time stamp. Objects are git's store, not anybody's state."""
    found = {}
    for file in sorted(root.rglob("*")):
        path = file.relative_to(root).as_posix()
        if "/objects/" in f"/{path}/" or any(path == name or path.startswith(f"{name}/") for name in without):
            continue
        status = file.lstat()
        content = file.readlink() if file.is_symlink() else file.read_bytes() if file.is_file() else ""
        # a folder's own time changes when the new reference is put into it; any reading git touches a shared index
        when = 0 if file.is_dir() or file.name.startswith("sharedindex.") else status.st_mtime_ns
        found[path] = f"{status.st_mode:o} {when} {hashlib.sha256(repr(content).encode()).hexdigest()}"
    return found
