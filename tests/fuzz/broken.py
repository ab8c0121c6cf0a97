"""A random edit of one file of a package, the verdict of the gates on it, and what running the result shows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from generate.examine import Files, PropertyError, check_same
from generate.model import Author
from generate.packages import Package
from generate.runner import run

from fuzz.breakage import breakage, page
from ssot.index.collect import facts_of
from ssot.index.source import apply_edits
from ssot.index.table import Index
from ssot.prove.gates import Failure
from ssot.prove.proof import Changed, Prover
from ssot.values import Edit


@dataclass(frozen=True)
class Broken:
    """One edit as a wrong codemod would hand it in."""

    package: Package
    kind: str
    path: str
    edits: tuple[Edit, ...]
    failure: Failure | None

    @property
    def after(self) -> Files:
        data = apply_edits(self.package.files[self.path], self.edits)
        return {**self.package.files, self.path: data}

    def difference(self) -> PropertyError | None:
        """What running the result shows to be different."""
        try:
            # What a module offers and nobody gets may go.
            module = self.path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
            outcome = run(self.after, self.package.looks.main)
            check_same(self.kind, self.package.before, outcome, self.after, [f"export {module}:"])
        except PropertyError as wrong:
            return wrong
        return None


def broken(package: Package, count: int) -> Iterator[Broken]:
    """Up to `count` random edits, each on its own."""
    author = Author(Random(f"{package.seed} broken"))
    index = Index.build([facts_of(path, data) for path, data in package.files.items()], [""])
    paths = [path for path in package.files if path != "_fx.py"]
    for _ in range(count):
        given = page(package, author.pick(paths))
        kind, edits = breakage(author, given) if given is not None else ("", [])
        if given is not None and edits:
            yield Broken(package, kind, given.path, tuple(edits), judged(index, package, given.path, edits))


def judged(index: Index, package: Package, path: str, edits: list[Edit]) -> Failure | None:
    """What the gates say, told that nothing may change; none where they accept the edit."""
    before = package.files[path]
    try:
        after = apply_edits(before, edits)
    except ValueError as problem:
        return Failure("overlap", str(problem))
    return Prover(index, lambda now: False).failures([Changed(path, before, tuple(edits), after)]).get(path)
