"""Commits made in the object store alone: the person's index and work tree are never used."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from ssot.deliver.diff import edits_diff
from ssot.deliver.files import FileEdits, check_created, file_edits
from ssot.deliver.git import Git
from ssot.deliver.git_error import GitError
from ssot.deliver.message import Trailers, commit_message
from ssot.deliver.objects import EXECUTABLE, REGULAR, CommitObject
from ssot.deliver.pack import BlobStore
from ssot.values import ChangeSet, FileKind, Plan, Refusal, Snapshot, SsotError


@dataclass(frozen=True, slots=True)
class FileState:
    """A file as a commit is to hold it; mode "0" where it is not to hold it any more."""

    path: str
    mode: str
    oid: str
    row: str  # what `git diff-tree --raw` says of it: modes before and after, id, status


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
    check_created(context.snapshot, [change_set for one in series for change_set in one.change_sets], context.git)
    store = BlobStore(context.git)
    states = [list(_states(context, store, one.change_sets)) for one in series]
    store.write()
    with context.git.scratch() as folder:
        return [_commit_one(context, one, state, folder) for one, state in zip(series, states, strict=True)]


def statistics(snapshot: Snapshot, change_set: ChangeSet, commit: str) -> AppliedCommit:
    """Lines count against the base: change sets are disjoint, so this is what each adds and removes."""
    diffs = [edits_diff(one) for one in file_edits(snapshot, (change_set,)).values()]
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
    seen: dict[str, FileEdits] = {}
    for change_set in change_sets:
        added = file_edits(context.snapshot, (change_set,))
        seen |= {path: seen[path].joined(one) if path in seen else one for path, one in added.items()}
        yield [_state(context.git, store, seen[path]) for path in added]


def _state(git: Git, store: BlobStore, file: FileEdits) -> FileState:
    mode = EXECUTABLE if file.blob.executable else REGULAR
    data = file.after()
    if file.kind is FileKind.DELETED:
        return FileState(file.path, "0", git.null_id, f"{mode} 000000 {git.null_id} D")
    oid = store.add(data)
    created = file.kind is FileKind.CREATED
    return FileState(file.path, mode, oid, f"{'000000' if created else mode} {mode} {oid} {'A' if created else 'M'}")


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
        if found.get(pair, {}) != {file.path: file.row for file in files}:
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
