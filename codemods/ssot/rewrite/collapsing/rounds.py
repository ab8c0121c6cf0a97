"""Collapses that change what others are compared with come first: each round sees the tree that the one before it left.

A canonical class that takes over its base is another class from then on, to its adapters and to its twins.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from ssot.audit.governance import Governance
from ssot.index.source import Source, decode
from ssot.index.table import Path
from ssot.rewrite.collapsing.adjacent import disjoint
from ssot.rewrite.collapsing.declared import pairs
from ssot.rewrite.collapsing.loading import index_after
from ssot.rewrite.collapsing.plan_pair import Collapse, Done
from ssot.rewrite.collapsing.values import Notice, Objection, Pair
from ssot.rewrite.compose import Piece, Shift, compose
from ssot.rewrite.outcomes import Splice
from ssot.rewrite.stage import Tree

Found = tuple[str, Path, Pair | Objection, Done | Objection]
Pieces = Mapping[str, tuple[Piece, ...]]
_TOPIC = "collapse"


@dataclass(frozen=True)
class Round:
    """What some pairs came to, and the edits so far, relative to the first tree."""

    found: tuple[Found, ...]
    pieces: Pieces


def rounds(tree: Tree) -> Iterator[Round]:
    """Until nothing more is to be done; the last round has all the refusals."""
    base, pieces = tree, dict[str, tuple[Piece, ...]]()
    while True:
        declared = list(pairs(tree))
        collapse = Collapse(tree, tuple(made for _, _, made in declared if isinstance(made, Pair)))
        first = collapse.folds()
        chosen = {pair: done for pair, done in first.items() if isinstance(done, Done)}
        refused = {pair: why for pair, why in first.items() if isinstance(why, Objection)}
        results: Mapping[Pair, Done | Objection] = chosen or collapse.run(refused)
        found = [
            (key, path, made, results[made] if isinstance(made, Pair) else made)
            for key, path, made in declared
            if not chosen or made in chosen
        ]
        back = [(key, path, made, _on_base(done, base, tree, pieces)) for key, path, made, done in found]
        fresh = _splices(tree, found)
        pieces = _composed(base, pieces, fresh)
        yield Round(tuple(back), pieces)
        if not chosen:
            return
        tree = _after(tree, collapse, fresh)


def splices(pieces: tuple[Piece, ...]) -> tuple[Splice, ...]:
    return tuple(
        Splice(one.start, one.end, one.new, frozenset(key for _, key in one.topics), one.safety) for one in pieces
    )


def _splices(tree: Tree, found: list[Found]) -> dict[str, list[Splice]]:
    gathered: dict[str, list[Splice]] = {}
    for *_, done in found:
        for path, here in done.splices.items() if isinstance(done, Done) else ():
            gathered.setdefault(path, []).extend(here)
    return {path: disjoint(here, tree.sources[path]) for path, here in gathered.items()}


def _composed(base: Tree, pieces: Pieces, fresh: Mapping[str, list[Splice]]) -> dict[str, tuple[Piece, ...]]:
    composed = dict(pieces)
    for path, here in fresh.items():
        later = [Piece(s.start, s.end, s.new, frozenset((_TOPIC, key) for key in s.keys), s.safety) for s in here]
        composed[path] = compose(base.sources[path].u8, composed.get(path, ()), later)
    return composed


def _after(tree: Tree, collapse: Collapse, fresh: Mapping[str, list[Splice]]) -> Tree:
    index = index_after(collapse.ground, fresh)
    changed = {path: _source(tree.sources[path], here) for path, here in fresh.items()}
    governance = Governance.declared(index, tree.manifest)
    return replace(tree, index=index, governance=governance, sources={**tree.sources, **changed})


def _source(source: Source, here: list[Splice]) -> Source:
    found = decode(source.path, source.spliced((one.start, one.end, one.new) for one in here))
    assert isinstance(found, Source)
    return found


# -- places, as the first tree has them


def _on_base(done: Done | Objection, base: Tree, tree: Tree, pieces: Pieces) -> Done | Objection:
    if isinstance(done, Objection) or tree is base:
        return done
    notices = tuple(_noted(one, base, tree, pieces) for one in done.notices)
    return replace(done, line=_line(done.path, done.line, base, tree, pieces), notices=notices)


def _noted(one: Notice, base: Tree, tree: Tree, pieces: Pieces) -> Notice:
    return replace(one, line=_line(one.path, one.line, base, tree, pieces))


def _line(path: str, line: int, base: Tree, tree: Tree, pieces: Pieces) -> int:
    if path not in pieces:
        return line
    offset, _ = Shift.of(pieces[path]).back(tree.sources[path].line_starts[line - 1])
    return base.sources[path].line_of(offset)
