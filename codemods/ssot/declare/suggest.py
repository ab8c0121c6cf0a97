"""The nearest valid spelling of a word."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

_LONGEST = 200  # difflib is quadratic in the length of what it compares


def nearest(word: str, candidates: Iterable[str]) -> str:
    """The candidate that `word` most resembles, or the empty string."""
    pool = sorted(set(candidates))
    folded = [one for one in pool if one.casefold() == word.casefold()]
    if folded or len(word) > _LONGEST:
        return folded[0] if folded else ""
    matches = get_close_matches(word, pool, n=1, cutoff=0.6)
    return matches[0] if matches else ""


def did_you_mean(word: str, candidates: Iterable[str]) -> str:
    """``"; did you mean 'x'?"``, or the empty string."""
    found = nearest(word, candidates)
    return f"; did you mean '{found}'?" if found else ""
