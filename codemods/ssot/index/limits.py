"""How large, how deep and how odd a file may be, told before or right after it is parsed.

The limits count bytes, words and levels, so that they are the same on every machine; those of `Limits` are a second line
of defence and far above what any file within the others needs.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass

from ssot.index.source import Source
from ssot.values import Skipped

MAX_DEPTH = 2_000  # levels of a syntax tree; an `elif`, an operator, an attribute are one each
MAX_TOKENS = 2_000_000  # one costs up to a kilobyte once it is parsed
_LARGE = 1_000_000  # bytes from which a file is given a process of its own
_NESTED = 64  # brackets in brackets
_NOT_BRACKETS = bytes(set(range(256)) - set(b"()[]{}"))
_BLOCKS = (ast.stmt, ast.excepthandler, ast.match_case)
_TOKEN = re.compile(rb"\w+|[^\w\s]")


@dataclass(frozen=True, slots=True)
class Limits:
    """What one file may cost. Both depend on the machine, so they are generous."""

    seconds: float = 60.0
    memory: int = 6 * 2**30  # bytes of address space, where the system can hold a process to that


def is_suspicious(data: bytes) -> bool:
    """Whether a file is to be analysed in a process of its own, because it might cost more than its own result."""
    return len(data) > _LARGE or _nested(data)


def _nested(data: bytes) -> bool:
    """An upper bound: brackets in strings and comments count too."""
    rest = data.translate(None, _NOT_BRACKETS)
    for _ in range(_NESTED):
        size = len(rest)
        rest = rest.replace(b"()", b"").replace(b"[]", b"").replace(b"{}", b"")
        if len(rest) == size:
            return sum(rest.count(bracket) for bracket in (b"(", b"[", b"{")) > _NESTED
    return bool(rest)


def too_large(source: Source) -> Skipped | None:
    """A file whose syntax tree would not fit into memory."""
    if len(source.data) <= MAX_TOKENS:
        return None
    tokens = sum(1 for _ in _TOKEN.finditer(source.u8))
    if tokens <= MAX_TOKENS:
        return None
    return Skipped(source.path, "too-large", f"{tokens} words and signs, the limit is {MAX_TOKENS}")


def too_deep(source: Source, tree: ast.Module) -> Skipped | None:
    """A syntax tree in which this library's own recursion would not come to an end."""
    line = _deep_line(source, tree) if len(source.u8) >= MAX_DEPTH else 0
    if not line:
        return None
    return Skipped(source.path, "too-deep", f"nested more than {MAX_DEPTH} levels deep (line {line})", line)


def _deep_line(source: Source, tree: ast.Module) -> int:
    """Where a statement begins that is too deep, or 0. A level takes a byte or more, so few statements need a look."""
    starts = (*source.line_starts, len(source.u8))
    todo: list[tuple[ast.AST, int]] = [(node, 1) for node in tree.body]
    while todo:
        node, depth = todo.pop()
        first, last = _first_line(node), getattr(node, "end_lineno", len(starts) - 1)
        if depth + starts[last] - starts[first - 1] < MAX_DEPTH:
            continue
        if depth >= MAX_DEPTH or _exceeds(_own(node), MAX_DEPTH - depth):
            return first
        todo += [(child, depth + 1) for child in ast.iter_child_nodes(node) if isinstance(child, _BLOCKS)]
    return 0


def _first_line(node: ast.AST) -> int:
    lines: list[int] = [one.lineno for one in getattr(node, "decorator_list", ())]
    return min([getattr(node, "lineno", 1), *lines])


def _own(node: ast.AST) -> list[ast.AST]:
    """The parts of a statement that are not statements."""
    return [child for child in ast.iter_child_nodes(node) if not isinstance(child, _BLOCKS)]


def _exceeds(level: list[ast.AST], limit: int) -> bool:
    for _ in range(limit):
        level = [child for parent in level for child in ast.iter_child_nodes(parent)]
        if not level:
            return False
    return True
