"""Text of our own in the style of a file: its line endings, its indentation; whole statements taken out."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable

from ssot.index.source import Source
from ssot.rewrite.outcomes import Splice
from ssot.values import splice

_IMPORTS = (ast.Import, ast.ImportFrom)
_TAB = re.compile(rb"^\t", re.MULTILINE)
_SPACES = re.compile(r"^(?: {4})+", re.MULTILINE)


def laid_out(text: str, source: Source) -> bytes:
    """`text`, which is indented by four spaces and ends lines with LF, as the file would have it."""
    if _TAB.search(source.u8):
        text = _SPACES.sub(lambda spaces: "\t" * (len(spaces[0]) // 4), text)
    return text.encode().replace(b"\n", source.newline)


def appended(source: Source, text: str, taken: Iterable[Splice]) -> bytes:
    """What to put at the end of the file, of which something is taken, so that `text` stands there by itself.

    Behind one blank line where imports are all that stands before it at the end, else behind two.
    """
    rest = splice(source.u8, ((one.start, one.end, one.new) for one in taken))
    body = rest.rstrip(b" \t\r\n\f")
    if not body:
        return laid_out(text, source)
    ends = rest[len(body) :].count(source.newline)
    last = ast.parse(rest).body[-1:]
    wanted = 2 if last and isinstance(last[0], _IMPORTS) else 3
    return laid_out("\n" * max(0, wanted - ends) + text, source)


def extent(source: Source, body: list[ast.stmt], node: ast.stmt) -> tuple[int, int]:
    """The bytes to take out for a statement: its lines, or only itself where others share them."""
    position = body.index(node)
    start, end = source.span(node)
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    start = min([start, *(source.line_starts[one.lineno - 1] for one in decorators)])
    following = body[position + 1] if position + 1 < len(body) else None
    if following is not None and source.line_of(source.span(following)[0]) == source.line_of(end):
        return start, source.span(following)[0]
    before = body[position - 1] if position else None
    if before is not None and source.line_of(source.span(before)[1]) == source.line_of(start):
        return source.span(before)[1], end
    alone = not isinstance(node, _IMPORTS)  # where imports stood, others may be put
    return _lines(source, source.line_of(start), source.line_of(source.line_end(end)), alone)


def _lines(source: Source, first: int, last: int, alone: bool) -> tuple[int, int]:
    """Whole lines, with as many of the blank ones around them as leave the larger gap of the two."""
    count = len(source.line_starts)
    above, below = first, last
    while above > 1 and _blank(source, above - 1):
        above -= 1
    while below < count and _blank(source, below + 1):
        below += 1
    if below == count and above > 1 and alone:  # nothing follows
        return source.line_starts[above - 1], len(source.u8)
    last += min(first - above, below - last) if below < count else 0
    return source.line_starts[first - 1], source.line_starts[last] if last < count else len(source.u8)


def _blank(source: Source, line: int) -> bool:
    start = source.line_starts[line - 1]
    return not source.u8[start : source.line_end(start)].strip()


def apart(found: Iterable[Splice]) -> list[Splice]:
    """Cuts that meet as one; a blank line may lie in two."""
    whole: list[Splice] = []
    for one in sorted(dict.fromkeys(found), key=lambda one: (one.start, -one.end)):
        if not whole or one.start >= whole[-1].end:
            whole.append(one)
        elif one.end > whole[-1].end or one.new:
            last = whole[-1]
            whole[-1] = Splice(last.start, max(last.end, one.end), last.new + one.new, last.keys | one.keys)
    return whole


def merged(found: Iterable[Splice]) -> tuple[Splice, ...]:
    """Edits that touch, as one."""
    joined: list[Splice] = []
    for one in sorted(found, key=lambda one: (one.start, one.end)):  # what is put at one place stays in the given order
        last = joined[-1] if joined else None
        if last is not None and last.end == one.start:
            joined[-1] = Splice(last.start, one.end, last.new + one.new, last.keys | one.keys, last.safety)
        else:
            joined.append(one)
    return tuple(joined)
