"""Texts that may read an attribute of some name, or look whether something has it: told before they are parsed.

Every pattern is linear in the text, however long its lines are.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

# the dots in these are no attributes; what stands behind on the same line is kept
_IMPORT_HEADS = re.compile(rb"(?m)^[ \t]*(?:from +[.\w]+ +import\b|import +[\w., ]+)")
# Patterns that begin with the name are found fast; what has to stand in front of it is looked at then.
_QUOTED = rb"%(w)s(?<=['\"]%(w)s)['\"]"
# a text, the first part of one, or of what follows a field of an f-string; a keyword
_TEXT = rb"%(w)s(?:(?<=[:}'\"\n]%(w)s)[.'\"{\\]|(?<![0-9A-Za-z_]%(w)s)\s*=[^=])"


@dataclass(frozen=True)
class Mentioned:
    """One name."""

    name: str

    def reads(self, text: bytes, lists: bool) -> bool:
        """Whether a text may read it; with `lists` also by a list of words, split at run time."""
        if self._word not in text:
            return False
        return (
            self._text.search(text) is not None
            or self._as_attribute(text)
            or (lists and b"split" in text and self._before_quote(text))
        )

    def looks_for(self, text: bytes) -> bool:
        """Whether a text may ask something for it."""
        return self._word in text and (self._quoted.search(text) is not None or self._as_attribute(text))

    def _as_attribute(self, text: bytes) -> bool:
        return self._behind_dot(text) and self._behind_dot(_IMPORT_HEADS.sub(b"", text))

    def _behind_dot(self, text: bytes) -> bool:
        text = text.replace(b"\r", b"\n")
        return any(_is_attribute(text, found.start()) for found in self._apart.finditer(text))

    def _before_quote(self, text: bytes) -> bool:
        """Whether it stands in a line before a quotation mark. The first in a line is enough, for it has most behind it."""
        position = 0
        while (found := self._apart.search(text, position)) is not None:
            line = _REST.match(text, found.end())
            assert line is not None
            if b"'" in line.group() or b'"' in line.group():
                return True
            position = line.end()
        return False

    @cached_property
    def _word(self) -> bytes:
        return self.name.encode()

    @cached_property
    def _text(self) -> re.Pattern[bytes]:
        return re.compile(_TEXT % {b"w": re.escape(self._word)})

    @cached_property
    def _quoted(self) -> re.Pattern[bytes]:
        return re.compile(_QUOTED % {b"w": re.escape(self._word)})

    @cached_property
    def _apart(self) -> re.Pattern[bytes]:
        return re.compile(rb"\b%s\b" % re.escape(self._word))


def _is_attribute(text: bytes, start: int) -> bool:
    """Whether a dot stands in front of a place, be it on a line above with nothing but comments in between."""
    while True:
        end = start
        while end and text[end - 1] in b" \t\f\v\n\\":
            end -= 1
        if end and text[end - 1] == ord("."):
            return True
        if b"\n" not in text[end:start]:
            return False
        start = text.rfind(b"\n", 0, end) + 1
        code, comment, _ = text[start:end].partition(b"#")
        if not comment or code.strip():
            return _DOT_AND_COMMENT.search(text, start, end) is not None


_REST = re.compile(rb"[^\r\n]*")
_DOT_AND_COMMENT = re.compile(rb"\.\s*#")
