"""Bytes of a file to text and back, and the one place where positions are translated.

Positions of `ast` are (line, column), the column counting UTF-8 bytes of the decoded line. Inside the library a position
is an offset into ``Source.u8``, the decoded text without byte order mark, encoded as UTF-8. Only here are those mapped to
offsets of the file itself, which is what an `Edit` holds.
"""

from __future__ import annotations

import ast
import codecs
import io
import re
import tokenize
import warnings
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate, pairwise

from ssot.values import Edit, Skipped, splice

MAX_BYTES = 8_000_000
# A cookie may name a codec that keeps state between characters; an offset in the text then has no place in the bytes.
_STATEFUL = re.compile(
    r"utf[-_]?(7|16|32)|iso[-_]?2022|hz|idna|punycode|unicode_escape|raw_unicode|rot|hex|base64|zip|bz2"
)
_NEWLINE = re.compile(rb"\r\n|\r|\n")
_COOKIE = re.compile(rb"[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")
_NO_CODE = re.compile(rb"[ \t\f]*(?:#.*)?")


@dataclass(frozen=True)
class Source:
    """One file's content, decoded without loss."""

    path: str
    data: bytes
    text: str
    encoding: str
    bom: int = 0  # bytes of the byte order mark, 0 or 3

    @cached_property
    def u8(self) -> bytes:
        return self.text.encode("utf-8")

    @cached_property
    def line_starts(self) -> tuple[int, ...]:
        """Where each line starts in `u8`; line 1 first. CPython ends lines at LF, CRLF and a lone CR."""
        return (0, *(match.end() for match in _NEWLINE.finditer(self.u8)))

    @cached_property
    def newline(self) -> bytes:
        """The line ending used most; LF where there is none."""
        counts = {b"\r\n": self.u8.count(b"\r\n")}
        counts[b"\n"] = self.u8.count(b"\n") - counts[b"\r\n"]
        counts[b"\r"] = self.u8.count(b"\r") - counts[b"\r\n"]
        best = max(counts.values())
        return next(ending for ending in (b"\n", b"\r\n", b"\r") if counts[ending] == best) if best else b"\n"

    def offset(self, line: int, column: int) -> int:
        return self.line_starts[line - 1] + column

    def line_of(self, offset: int) -> int:
        return bisect_right(self.line_starts, offset)

    def line_end(self, offset: int) -> int:
        """The offset of the line ending (or end of text) that follows `offset`."""
        line = self.line_of(offset)
        if line == len(self.line_starts):
            return len(self.u8)
        following = self.line_starts[line]
        ending = 2 if self.u8[following - 2 : following] == b"\r\n" else 1
        return max(offset, following - ending)

    def span(self, node: ast.stmt | ast.expr | ast.alias | ast.pattern) -> tuple[int, int]:
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        return self.offset(node.lineno, node.col_offset), self.offset(node.end_lineno, node.end_col_offset)

    def segment(self, node: ast.stmt | ast.expr | ast.alias | ast.pattern) -> bytes:
        start, end = self.span(node)
        return self.u8[start:end]

    def to_file(self, offset: int) -> int:
        """The offset in the file's own bytes of an offset in `u8`."""
        if self.encoding == "utf-8":
            return offset + self.bom
        line = self.line_of(offset)
        return self._file_starts[line - 1] + self._encoded(self.line_starts[line - 1], offset)

    @cached_property
    def _file_starts(self) -> tuple[int, ...]:
        """Where each line starts in the file's own bytes."""
        starts = self.line_starts
        sizes = (self._encoded(start, end) for start, end in pairwise(starts))
        return tuple(accumulate(sizes, initial=self.bom))

    def _encoded(self, start: int, end: int) -> int:
        """How many of the file's bytes a stretch of `u8` takes."""
        return len(self.u8[start:end].decode("utf-8").encode(self.encoding))

    def edit(self, start: int, end: int, new: bytes) -> Edit:
        """An `Edit` of the file from a span of `u8`."""
        old = self.u8[start:end].decode("utf-8")
        return Edit(self.to_file(start), self.to_file(end), self.line_of(start), old, new.decode("utf-8"))

    def spliced(self, replacements: Iterable[tuple[int, int, bytes]]) -> bytes:
        """The file's new bytes after replacing spans of `u8`. Raises ValueError where they overlap."""
        text = splice(self.u8, replacements)
        return self.data[: self.bom] + (
            text if self.encoding == "utf-8" else text.decode("utf-8").encode(self.encoding)
        )

    def parse(self) -> ast.Module:
        """Raises SyntaxError, ValueError, RecursionError or MemoryError as `ast.parse` does."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # invalid escapes in the user's strings are not ours to report
            return ast.parse(self.text, self.path, type_comments=False)


def decode(path: str, data: bytes) -> Source | Skipped:
    """The file's text, or why it can't be read."""
    if len(data) > MAX_BYTES:
        return Skipped(path, "too-large", f"{len(data)} bytes, the limit is {MAX_BYTES}")
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return Skipped(path, "encoding", "UTF-16; Python reads no such source")
    if b"\0" in data:
        return Skipped(path, "encoding", "contains a NUL byte")
    try:
        encoding = _encoding(data)
    except SyntaxError as error:
        return Skipped(path, "encoding", str(error))
    bom = 3 if data.startswith(codecs.BOM_UTF8) else 0
    name = "utf-8" if encoding in ("utf-8", "utf-8-sig") else codecs.lookup(encoding).name
    if _STATEFUL.search(name):
        return Skipped(path, "encoding", f"declares {encoding}, whose bytes can't be edited in place")
    return _decode_as(path, data, name, bom)


def _encoding(data: bytes) -> str:
    """As CPython finds it: `tokenize` wants the lines of the cookie to be UTF-8, whatever the cookie says."""
    try:
        return tokenize.detect_encoding(io.BytesIO(data).readline)[0]
    except SyntaxError:
        first, second = [*_NEWLINE.split(data, maxsplit=2), b"", b""][:2]
        cookie = _COOKIE.match(first) or (_COOKIE.match(second) if _NO_CODE.fullmatch(first) else None)
        if cookie is None or data.startswith(codecs.BOM_UTF8) or not _is_codec(cookie[1].decode("ascii", "replace")):
            raise
        return cookie[1].decode("ascii")


def _is_codec(name: str) -> bool:
    try:
        return codecs.lookup(name).name != "utf-8"
    except LookupError:
        return False


def decode_text(path: str, data: bytes) -> Source:
    """A text that is not Python, in whatever encoding: to be searched, not to be understood."""
    bom = 3 if data.startswith(codecs.BOM_UTF8) else 0
    found = _decode_as(path, data, "utf-8", bom)
    return found if isinstance(found, Source) else Source(path, data, data.decode("latin-1"), "latin-1")


def _decode_as(path: str, data: bytes, encoding: str, bom: int) -> Source | Skipped:
    try:
        text = data[bom:].decode(encoding)
        lossless = text.encode(encoding) == data[bom:]
    except (UnicodeError, LookupError) as error:
        return Skipped(path, "encoding", f"not {encoding}: {error}")
    if not lossless:
        return Skipped(path, "encoding", f"{encoding} does not give the same bytes back")
    return Source(path, data, text, encoding, bom)


def apply_edits(data: bytes, edits: Iterable[Edit]) -> bytes:
    """The file's new bytes. Raises ValueError where the edits overlap or `old` is not what stands there."""
    edits = tuple(edits)
    if not edits:
        return data
    source = decode("", data)
    encoding = source.encoding if isinstance(source, Source) else "utf-8"
    replacements = []
    for edit in edits:
        if data[edit.start : edit.end] != edit.old.encode(encoding):
            raise ValueError(f"line {edit.line} is not what the edit expects")
        replacements.append((edit.start, edit.end, edit.new.encode(encoding)))
    return splice(data, replacements)
