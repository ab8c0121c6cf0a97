"""Commits made in the object store alone: the person's index and work tree are never used."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from ssot.deliver.diff import apply_to, edits_by_path, edits_diff, find_blob
from ssot.deliver.git import Git, GitError
from ssot.deliver.message import Trailers, commit_message
from ssot.deliver.objects import EXECUTABLE, REGULAR, CommitObject
from ssot.deliver.pack import BlobStore
from ssot.values import Blob, ChangeSet, Edit, Plan, Refusal, Snapshot, SsotError


@dataclass(frozen=True, slots=True)
class FileState:
    """A file as a commit is to hold it."""

    path: str
    mode: str
    oid: str


@dataclass(frozen=True, slots=True)
class AppliedCommit:
    """One commit, and what it holds."""

    id: str
    change_set: str
    files: int
    insertions: int
    deletions: int


@dataclass(frozen=True, slots=True)
class Series:
    """Change sets that become commits one after the other, on one branch."""

    branch: str
    change_sets: tuple[ChangeSet, ...]


@dataclass(frozen=True, slots=True)
class Context:
    """What every commit of a run shares."""

    git: Git
    snapshot: Snapshot
    plan: Plan
    base: CommitObject
    version: str
    refusals: Mapping[str, Sequence[Refusal]]


def commit_series(context: Context, series: Sequence[Series]) -> list[list[AppliedCommit]]:
    """The commits of each series, oldest first; nothing refers to them yet."""
    check_identity(context.git)
    store = BlobStore(context.git)
    states = [list(_states(context, store, one.change_sets)) for one in series]
    store.write()
    with context.git.scratch() as folder:
        return [_commit_one(context, one, state, folder) for one, state in zip(series, states, strict=True)]


def statistics(snapshot: Snapshot, change_set: ChangeSet, commit: str) -> AppliedCommit:
    """Lines count against the base: change sets are disjoint, so this is what each adds and removes."""
    edits = edits_by_path((change_set,))
    diffs = [edits_diff(find_blob(snapshot, path), edits[path]) for path in sorted(edits)]
    inserted, deleted = sum(diff.insertions for diff in diffs), sum(diff.deletions for diff in diffs)
    return AppliedCommit(commit, change_set.id, len(diffs), inserted, deleted)


def check_identity(git: Git) -> None:
    """Stops where git does not know who commits; an identity is never made up."""
    try:
        for variable in ("GIT_AUTHOR_IDENT", "GIT_COMMITTER_IDENT"):
            git.call("var", variable)
    except GitError as error:
        raise SsotError(
            "git does not know who you are",
            'git config --global user.name "Your Name" && git config --global user.email you@example.com',
        ) from error


def _states(context: Context, store: BlobStore, change_sets: Sequence[ChangeSet]) -> Iterator[list[FileState]]:
    """For each commit the files it changes: the base with the edits of this change set and of those before it."""
    edits: dict[str, list[Edit]] = {}
    for change_set in change_sets:
        added = edits_by_path((change_set,))
        for path in added:
            edits.setdefault(path, []).extend(added[path])
        blobs = [find_blob(context.snapshot, path) for path in sorted(added)]
        yield [FileState(blob.path, _mode(blob), store.add(apply_to(blob, edits[blob.path]))) for blob in blobs]


def _mode(blob: Blob) -> str:
    return EXECUTABLE if blob.executable else REGULAR


def _commit_one(context: Context, series: Series, states: list[list[FileState]], folder: Path) -> list[AppliedCommit]:
    index = _Index(context.git, folder / "index", context.base.tree)
    trees, commits, parent = [context.base.tree], [], context.base.id
    for change_set, files in zip(series.change_sets, states, strict=True):
        trees.append(index.write(files))
        parent = _commit(context, change_set, trees[-1], parent)
        commits.append(statistics(context.snapshot, change_set, parent))
    _check_trees(context.git, trees, states)
    return commits


class _Index:
    """An index of our own, outside the repository."""

    # a sparse checkout of the person's must not make our trees sparse
    _CONFIG = ("core.sparseCheckout=false", "index.sparse=false")

    def __init__(self, git: Git, file: Path, tree: str) -> None:
        self._git = git
        self._env = {"GIT_INDEX_FILE": str(file)}
        self._run("read-tree", tree)

    def write(self, files: Sequence[FileState]) -> str:
        """The tree with these files in it."""
        lines = "".join(f"{file.mode} {file.oid}\t{file.path}\0" for file in files).encode()
        self._run("update-index", "-z", "--index-info", stdin=lines)
        # objects that a partial clone has only promised are in the base's tree already
        return self._run("write-tree", "--missing-ok").decode("ascii").strip()

    def _run(self, *arguments: str, stdin: bytes = b"") -> bytes:
        return self._git.run(*arguments, stdin=stdin, env=self._env, config=self._CONFIG)


def _commit(context: Context, change_set: ChangeSet, tree: str, parent: str) -> str:
    trailers = Trailers(change_set.id, context.plan.id, context.base.id, tree, context.version)
    message = commit_message(change_set, context.refusals.get(change_set.id, ()), trailers).encode()
    # the base's date: the same plan on the same base is the same commit
    stamp = f"@{context.base.committer_stamp}"
    env = {"GIT_AUTHOR_DATE": stamp, "GIT_COMMITTER_DATE": stamp}
    sign = context.git.flag("commit.gpgsign")
    try:
        arguments = ("commit-tree", *(("-S",) if sign else ()), "-p", parent, tree)
        return context.git.run(*arguments, stdin=message, env=env).decode("ascii").strip()
    except GitError as error:
        if not sign:
            raise
        raise SsotError(
            "commits are to be signed (commit.gpgsign), and signing failed",
            "make `git commit -S` work with the signing program of your global configuration; nothing was written",
        ) from error


def _check_trees(git: Git, trees: Sequence[str], states: Sequence[Sequence[FileState]]) -> None:
    """Each tree differs from the one before in the planned files exactly; anything else is our own fault."""
    pairs = list(pairwise(trees))
    stdin = "".join(f"{before} {after}\n" for before, after in pairs).encode()
    output = git.run("diff-tree", "--stdin", "-r", "-z", "--raw", "--no-renames", "--no-abbrev", stdin=stdin)
    found = _parse_raw(output)
    for pair, files in zip(pairs, states, strict=True):
        expected = {file.path: f"{file.mode} {file.mode} {file.oid} M" for file in files}
        if found.get(pair, {}) != expected:
            raise RuntimeError(f"tree {pair[1]} does not hold exactly the planned files")


def _parse_raw(output: bytes) -> dict[tuple[str, str], dict[str, str]]:
    """``tree tree``, then for each path ``:mode mode oid oid status`` and the path."""
    found: dict[tuple[str, str], dict[str, str]] = {}
    current: dict[str, str] = {}
    fields = iter(output.decode("utf-8", "surrogateescape").replace("\n", "\0").split("\0"))
    for text in fields:
        if text.startswith(":"):
            old_mode, new_mode, _, oid, status = text[1:].split(" ")
            current[next(fields)] = f"{old_mode} {new_mode} {oid} {status}"
        elif text:
            before, _, after = text.partition(" ")
            current = found.setdefault((before, after), {})
    return found
