"""Edits of edits, as edits of the first text."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ssot.rewrite.compose import Piece, Shift, compose
from ssot.values import Safety, splice


def piece(start: int, end: int, new: bytes, topic: str = "t", safety: Safety = Safety.SAFE) -> Piece:
    return Piece(start, end, new, frozenset({("codemod", topic)}), safety)


def done(text: bytes, pieces: tuple[Piece, ...] | list[Piece]) -> bytes:
    return splice(text, ((one.start, one.end, one.new) for one in pieces))


@st.composite
def pieces_of(draw: st.DrawFn, size: int, topic: str) -> list[Piece]:
    """Disjoint pieces of a text, insertions and deletions among them."""
    cuts = sorted(draw(st.sets(st.integers(0, size), max_size=8)))
    found = []
    for start, end in zip(cuts[::2], cuts[1::2], strict=False):
        new = draw(st.binary(max_size=3))
        stop = start if new and draw(st.booleans()) else end
        found.append(piece(start, stop, new, topic))
        if stop > start and draw(st.booleans()):
            found.append(piece(start, start, b"I", topic))  # put in front of what is replaced
    return found


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=16), st.data())
def test_composed_pieces_do_what_both_stages_do(base: bytes, data: st.DataObject) -> None:
    """The composed pieces are disjoint and give the text that the two stages give one after the other."""
    first = data.draw(pieces_of(len(base), "first"))
    middle = done(base, first)
    second = data.draw(pieces_of(len(middle), "second"))
    assert done(base, compose(base, first, second)) == done(middle, second)


def test_a_piece_that_stays_alone_keeps_its_topic() -> None:
    found = compose(b"one two three", [piece(0, 3, b"ONE!", "a")], [piece(9, 14, b"THREE", "b")])
    assert [(one.start, one.end, one.topics) for one in found] == [
        (0, 3, frozenset({("codemod", "a")})),
        (8, 13, frozenset({("codemod", "b")})),
    ]


def test_pieces_that_touch_become_one_for_both_topics() -> None:
    (found,) = compose(b"class Old: ...\n", [piece(0, 14, b"Old = New", "a")], [piece(0, 9, b"", "b", Safety.UNSAFE)])
    assert found.new == b""
    assert found.topics == {("codemod", "a"), ("codemod", "b")}
    assert found.safety is Safety.UNSAFE


def test_what_is_undone_is_left_out() -> None:
    assert compose(b"abc", [piece(1, 2, b"X")], [piece(1, 2, b"b")]) == ()


@pytest.mark.parametrize(("offset", "before"), [(0, (0, False)), (2, (2, True)), (4, (2, True)), (5, (3, False))])
def test_offsets_are_told_back(offset: int, before: tuple[int, bool]) -> None:
    """What a piece put there belongs to the piece's start."""
    assert Shift.of([piece(2, 3, b"xyz")]).back(offset) == before


def test_several_later_pieces_that_touch_an_earlier_one_keep_their_order() -> None:
    first = [piece(0, 0, b"I"), piece(0, 1, b""), piece(2, 2, b"zz")]
    second = [piece(0, 1, b""), piece(2, 2, b"~", "b"), piece(2, 3, b"", "b")]
    middle = done(b"abcde", first)
    assert done(b"abcde", compose(b"abcde", first, second)) == done(middle, second) == b"b~zcde"
