"""A sample of real code that every machine has: modules of the standard library, spread over the alphabet."""

from __future__ import annotations

import ast
import sysconfig
import warnings
from collections.abc import Iterator
from pathlib import Path

LIBRARY = Path(sysconfig.get_path("stdlib"))
_SKIP = {"site-packages", "lib2to3"}  # the latter holds Python 2 on purpose


def sample(every: int) -> Iterator[tuple[str, bytes, ast.Module]]:
    """Every so-manieth parsable file: path, bytes, tree."""
    files = sorted(
        path for path in LIBRARY.rglob("*.py") if not _SKIP.intersection(path.parts) and "badsyntax" not in path.name
    )
    for path in files[::every]:
        data = path.read_bytes()
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                tree = ast.parse(data)
        except (SyntaxError, ValueError):
            continue
        yield path.relative_to(LIBRARY).as_posix(), data, tree
