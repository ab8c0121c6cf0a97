"""Edits made one after the other, as edits of the first text.

Each codemod of a plan works on the tree that the one before it left, and a plan's edits are all relative to the base.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from ssot.values import Safety, splice

Topic = tuple[str, str]  # codemod, canonical reference: on behalf of what an edit is made


@dataclass(frozen=True, slots=True, order=True)
class Piece:
    """Bytes ``start:end`` of a text replaced. The pieces of one file are disjoint."""

    start: int
    end: int
    new: bytes
    topics: frozenset[Topic] = field(compare=False)
    safety: Safety = field(default=Safety.SAFE, compare=False)
    merged_from: tuple[Piece, ...] = field(default=(), compare=False)

    @property
    def doubtful(self) -> frozenset[str]:
        """The codemods whose own part of it is unsafe."""
        if self.merged_from:
            return frozenset().union(*(one.doubtful for one in self.merged_from))
        return frozenset(codemod for codemod, _ in self.topics) if self.safety is not Safety.SAFE else frozenset()


@dataclass(frozen=True)
class Shift:
    """Where offsets of a text stand in the result of some pieces, and the other way round."""

    pieces: tuple[Piece, ...]
    spans: tuple[tuple[int, int], ...]  # of each piece's new bytes in the result

    @classmethod
    def of(cls, pieces: Sequence[Piece]) -> Shift:
        ordered, spans, moved = tuple(sorted(pieces)), [], 0
        for piece in ordered:
            spans.append((piece.start + moved, piece.start + moved + len(piece.new)))
            moved += len(piece.new) - (piece.end - piece.start)
        return cls(ordered, tuple(spans))

    def back(self, offset: int) -> tuple[int, bool]:
        """The offset before the pieces, and whether it lay in what a piece put there (then: where that piece starts)."""
        number = bisect_right(self.spans, offset, key=lambda span: span[0]) - 1
        if number < 0:
            return offset, False
        start, end = self.spans[number]
        if start <= offset < end:
            return self.pieces[number].start, True
        return offset - end + self.pieces[number].end, False


def compose(base: bytes, first: Sequence[Piece], second: Sequence[Piece]) -> tuple[Piece, ...]:
    """Pieces of `base` that do what `first` does to it and then `second` to the result.

    Pieces that touch become one, on behalf of both; a piece that changes nothing in the end is left out.
    """
    if not first or not second:
        return tuple(sorted(first or second))
    shift = Shift.of(first)
    middle = splice(base, ((piece.start, piece.end, piece.new) for piece in first))
    parts: list[Part] = [(*span, number, None) for number, span in enumerate(shift.spans)]
    parts += [(piece.start, piece.end, None, piece) for piece in second]
    found = (_merged(middle, shift, group) for group in _touching(sorted(parts, key=lambda part: part[:2])))
    return tuple(sorted(piece for piece in found if piece.new != base[piece.start : piece.end]))


Part = tuple[
    int, int, int | None, Piece | None
]  # a span of the middle text; an earlier piece by number, or a later one


def _touching(parts: list[Part]) -> list[list[Part]]:
    groups: list[list[Part]] = []
    for part in parts:
        group = [part]
        # several pieces of one stage may touch a piece of the other
        while groups and max(end for _, end, _, _ in groups[-1]) >= group[0][0] and not _apart(groups[-1], group):
            group = groups.pop() + group
        groups.append(group)
    return groups


def _apart(group: list[Part], other: list[Part]) -> bool:
    """Pieces of the same stage may touch and stay several."""
    return len({one[3] is None for one in (*group, *other)}) == 1


def _merged(middle: bytes, shift: Shift, group: list[Part]) -> Piece:
    if len(group) == 1:
        ((_, _, number, piece),) = group
        return shift.pieces[number] if number is not None else _moved_back(shift, piece)
    start, end = min(part[0] for part in group), max(part[1] for part in group)
    earlier = [shift.pieces[part[2]] for part in group if part[2] is not None]
    later = [part[3] for part in group if part[3] is not None]
    new = splice(middle[start:end], ((one.start - start, one.end - start, one.new) for one in later))
    topics = frozenset().union(*(one.topics for one in (*earlier, *later)))
    safety = Safety.UNSAFE if any(one.safety is not Safety.SAFE for one in (*earlier, *later)) else Safety.SAFE
    first, last = _edge(shift, start, earlier, low=True), _edge(shift, end, earlier, low=False)
    return Piece(first, last, new, topics, safety, (*earlier, *later))


def _edge(shift: Shift, offset: int, earlier: list[Piece], *, low: bool) -> int:
    """An end of a merged span, in the base; where it is an end of an earlier piece, that piece's."""
    pairs = list(zip(shift.pieces, shift.spans, strict=True))
    # an insertion and a deletion of one stage may share their place: the first begins, the last ends
    for piece, span in pairs if low else reversed(pairs):
        if piece in earlier and (span[0] if low else span[1]) == offset:
            return piece.start if low else piece.end
    return shift.back(offset)[0]


def _moved_back(shift: Shift, piece: Piece | None) -> Piece:
    assert piece is not None
    start = shift.back(piece.start)[0]
    return replace(piece, start=start, end=start + piece.end - piece.start)
