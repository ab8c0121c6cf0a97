"""A new text of a file as edits of the old one: as few lines as difflib finds."""

from __future__ import annotations

from difflib import SequenceMatcher

from ssot.rewrite.outcomes import Splice


class RoundTripError(ValueError):
    """The tool that made the new text changes the file even where its codemod does nothing, and the two can't be told apart."""


def line_splices(old: bytes, new: bytes, key: str) -> tuple[Splice, ...]:
    """What makes `new` of `old`, whole lines at a time."""
    before, after = lines_of(old), lines_of(new)
    starts = [0]
    for line in before:
        starts.append(starts[-1] + len(line))
    return tuple(
        Splice(starts[first], starts[last], b"".join(after[low:high]), frozenset({key}))
        for first, last, low, high in _differences(before, after)
    )


def without_round_trip(old: bytes, untouched: bytes, new: bytes) -> bytes:
    """What `new` would be had reading and writing the file not changed it already: `untouched` is `old` read and written.

    Raises RoundTripError where a line that the codemod changes is one that the round trip changes too.
    """
    if untouched == old:
        return new
    before, written = lines_of(old), lines_of(untouched)
    if len(before) != len(written):
        raise RoundTripError("reading and writing the file changes its lines")
    odd = {number for number, (one, other) in enumerate(zip(before, written, strict=True)) if one != other}
    after = lines_of(new)
    result, position = [], 0
    for first, last, low, high in _differences(written, after):
        if odd & set(range(first, last)):
            raise RoundTripError("reading and writing the file changes lines that the codemod changes too")
        result += [*before[position:first], *after[low:high]]
        position = last
    return b"".join([*result, *before[position:]])


def lines_of(text: bytes) -> list[bytes]:
    """The lines as git counts them, each with its line feed."""
    # not splitlines(): a form feed ends no line
    pieces = text.split(b"\n")
    lines = [piece + b"\n" for piece in pieces[:-1]]
    return [*lines, pieces[-1]] if pieces[-1] else lines


def _differences(before: list[bytes], after: list[bytes]) -> list[tuple[int, int, int, int]]:
    """Lines `first:last` of the one become lines `low:high` of the other."""
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    return [found[1:] for found in matcher.get_opcodes() if found[0] != "equal"]
