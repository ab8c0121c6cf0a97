"""Reading git's objects: listings of trees, batches of blobs, commits."""

from __future__ import annotations

import re
from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone

from ssot.deliver.git import Git
from ssot.values import SsotError

LINK = "120000"
SUBMODULE = "160000"
EXECUTABLE = "100755"
REGULAR = "100644"

_STAMP = re.compile(r"(-?\d+) ([+-])(\d\d)(\d\d)$")


@dataclass(frozen=True, slots=True)
class TreeEntry:
    """A path of a tree; `name` holds git's own bytes."""

    mode: str
    oid: str
    name: bytes


@dataclass(frozen=True, slots=True)
class CommitObject:
    """What we need of a commit. The stamps are git's: seconds since the epoch and the zone's offset."""

    id: str
    tree: str
    parents: tuple[str, ...]
    author_stamp: str
    committer_stamp: str
    message: str

    @property
    def date(self) -> str:
        """The committer's calendar day, in the zone the commit records."""
        found = _STAMP.match(self.committer_stamp)
        if not found:
            return "1970-01-01"
        minutes = int(found[3]) * 60 + int(found[4])
        zone = timezone(timedelta(minutes=minutes if found[2] == "+" else -minutes)) if minutes < 1440 else UTC
        try:
            return _day(int(found[1]), zone)
        except (OverflowError, ValueError):
            return "1970-01-01"


def _day(seconds: int, zone: timezone) -> str:
    # not fromtimestamp(): its range depends on the platform
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)).astimezone(zone).date().isoformat()


def list_tree(git: Git, commit: str) -> Iterator[TreeEntry]:
    for record in git.run("ls-tree", "-r", "-z", "--full-tree", commit).split(b"\0"):
        if record:
            head, _, name = record.partition(b"\t")
            mode, _, oid = head.decode("ascii").split(" ")
            yield TreeEntry(mode, oid, name)


def tree_paths(git: Git, commit: str) -> Iterator[str]:
    """Every path of a commit, whatever lies there."""
    return (entry.name.decode("utf-8", "backslashreplace") for entry in list_tree(git, commit))


def read_objects(git: Git, oids: Iterable[str]) -> Generator[tuple[str, bytes | None], None, None]:
    """Each object's id and content, in the order asked for; None where the repository does not have it."""
    wanted = list(oids)
    if not wanted:
        return
    with git.stream("cat-file", "--batch", "--buffer", stdin="".join(f"{oid}\n" for oid in wanted).encode()) as out:
        for oid in wanted:
            header = out.readline().decode("ascii", "replace").split()
            if len(header) != 3:
                yield oid, None
                continue
            size = int(header[2])
            content = out.read(size + 1)
            if len(content) != size + 1:
                raise SsotError(f"git cat-file stopped in the middle of {oid}", "run `git fsck`")
            yield oid, content[:-1]


def missing_objects(git: Git, commit: str) -> frozenset[str]:
    """Objects that a partial clone has only promised to have; asking for one would end `cat-file`."""
    promised = any(
        entry.key == "extensions.partialclone"
        or (entry.key.startswith("remote.") and entry.key.endswith((".promisor", ".partialclonefilter")))
        for entry in git.config
    )
    if not promised:
        return frozenset()
    listing = git.run("rev-list", "--objects", "--no-walk", "--missing=print", commit).decode("utf-8", "replace")
    return frozenset(line[1:] for line in listing.splitlines() if line.startswith("?"))


def read_commits(git: Git, oids: Iterable[str]) -> tuple[CommitObject, ...]:
    """Commits in the order asked for; SsotError where one is missing or is something else."""
    commits = []
    for oid, content in read_objects(git, oids):
        commit = parse_commit(oid, content) if content is not None else None
        if commit is None:
            raise SsotError(f"{oid} is not a commit of this repository", "run `git fsck`")
        commits.append(commit)
    return tuple(commits)


def read_commit_object(git: Git, oid: str) -> CommitObject:
    return read_commits(git, (oid,))[0]


def parse_commit(oid: str, content: bytes) -> CommitObject | None:
    head, _, message = content.partition(b"\n\n")
    fields: dict[str, list[str]] = {}
    for line in head.decode("utf-8", "replace").split("\n"):
        key, _, value = line.partition(" ")
        fields.setdefault(key, []).append(value)
    if not {"tree", "author", "committer"} <= fields.keys():
        return None
    return CommitObject(
        oid,
        fields["tree"][0],
        tuple(fields.get("parent", ())),
        _stamp(fields["author"][0]),
        _stamp(fields["committer"][0]),
        message.decode("utf-8", "replace"),
    )


def _stamp(person: str) -> str:
    return person.rpartition("> ")[2]
