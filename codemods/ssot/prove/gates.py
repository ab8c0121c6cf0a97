"""The gates of one file: everything that must hold between its bytes before, the declared edits, and its bytes after.

They know nothing of how the edits were found. A gate that fails on an edit of our own is a bug of ours, and the file is
left alone.
"""

from __future__ import annotations

import ast
import warnings
from collections.abc import Sequence
from dataclasses import dataclass

from ssot.index.source import Source, apply_edits, decode
from ssot.values import Edit

_LAYOUT = str.maketrans("", "", " \t\\(),;")
_DEEP = (RecursionError, MemoryError)


@dataclass(frozen=True, slots=True)
class Failure:
    """Which gate, as its reason code, and what it saw."""

    code: str
    reason: str


@dataclass(frozen=True)
class Versions:
    """One file before and after, parsed once for all gates."""

    old: Source
    old_tree: ast.Module
    new: Source
    new_tree: ast.Module


def read_versions(path: str, before: bytes | None, after: bytes) -> Versions | Failure:
    """Gates 1 (decode) and 2 (parse); a file that is made is compared with itself."""
    new = decode(path, after)
    old = decode(path, before) if before is not None else new
    if not isinstance(old, Source) or not isinstance(new, Source):
        return Failure("gate-decode", "the file can't be read as text")
    if (old.encoding, old.bom) != (new.encoding, new.bom):
        return Failure("gate-decode", "the encoding would change")
    try:
        versions = Versions(old, old.parse(), new, new.parse())
        problem = _problem(new)
        if problem is not None and (before is None or _problem(old) is None):
            raise problem
        return versions
    except SyntaxError as error:
        return Failure("gate-parse", f"the result does not parse: {error.msg}, line {error.lineno}")
    except _DEEP:
        return Failure("gate-parse", "the result is nested too deeply to check")


def _problem(source: Source) -> Exception | None:
    """What `ast` lets pass, like a late ``__future__``; a file that never compiled need not do so afterwards."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            compile(source.text, source.path, "exec", dont_inherit=True)
        except (SyntaxError, *_DEEP) as error:
            return error
    return None


# -- gate 7: the changed bytes are those of the declared edits


def minimal(before: bytes, edits: Sequence[Edit], after: bytes) -> Failure | None:
    try:
        expected = apply_edits(before, edits)
    except ValueError as error:
        return Failure("gate-minimal", f"the edits don't fit the file: {error}")
    if expected != after:
        return Failure("gate-minimal", "the result holds changes that no edit declares")
    return None


def more_than_layout(edits: Sequence[Edit]) -> Failure | None:
    """Blanks, line ends, parentheses and commas are nobody's business where nothing else changes with them."""
    for edit in edits:
        if _words(edit.old) == _words(edit.new):
            return Failure("gate-minimal", f"the edit in line {edit.line} changes nothing but the layout")
    return None


def _words(text: str) -> list[tuple[int, str]]:
    """What the lines say and how far they are indented, which may put them into another block."""
    return [(len(line) - len(line.lstrip()), line.translate(_LAYOUT)) for line in text.splitlines() if line.strip()]
