"""Long `elif` chains are deep trees: Python's own limit on recursion is meant for runaway functions, not for those."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

DEEP = 6_000  # syntax trees far deeper than this take CPython 3.11 itself down


@contextmanager
def deep_recursion() -> Iterator[None]:
    """Python functions may call each other that deep; since CPython 3.11 this costs no C stack."""
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(max(limit, DEEP))
    try:
        yield
    finally:
        sys.setrecursionlimit(limit)
