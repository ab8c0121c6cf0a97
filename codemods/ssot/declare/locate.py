"""Line numbers of keys and list items in a TOML document, which tomllib does not give.

Scans a document that tomllib has accepted, so it need not notice errors, only find its way.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

Key = tuple[str | int, ...]

_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_SPACE = re.compile(r"[ \t]*")
_BARE = re.compile(r"[A-Za-z0-9_-]+")
_STRING = re.compile(
    r'"""(?:\\.|[^\\])*?"{3,5}' r"|'''.*?'{3,5}" r'|"(?:\\.|[^"\\])*"' r"|'[^']*'",
    re.DOTALL,
)
_SCALAR = re.compile(r"[^,\]}#\n]*")


def locate(text: str) -> dict[Key, int]:
    """The line, from 1, of every table header, key and list item, by its path: ``("symbol", 0, "legacy", 1)``."""
    scanner = _Scanner(text)
    scanner.document()
    return scanner.lines


def nearest_line(lines: Mapping[Key, int], key: Key) -> int:
    """The line of `key`, or of what holds it; 0 where even that is not in the document."""
    for length in range(len(key), 0, -1):
        if key[:length] in lines:
            return lines[key[:length]]
    return 0


class _Scanner:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.lines: dict[Key, int] = {}
        self._counts: dict[Key, int] = {}
        self._counted_to = 0
        self._line = 1

    def document(self) -> None:
        table: Key = ()
        self._skip(_BLANK)
        while self.at < len(self.text):
            if self._peek("["):
                table = self._header()
            else:
                self._pair(table)
            self._skip(_BLANK)

    def _header(self) -> Key:
        start = self.at
        double = self._peek("[[")
        self.at += 2 if double else 1
        names = self._key()
        self.at += 2 if double else 1
        path = self._resolve(names, double)
        for length in range(1, len(path) + 1):
            self._note(path[:length], start)
        return path

    def _resolve(self, names: tuple[str, ...], appends: bool) -> Key:
        """A header's path: each array of tables on the way stands for its last entry."""
        path: Key = ()
        for depth, name in enumerate(names):
            path += (name,)
            if appends and depth == len(names) - 1:
                self._counts[path] = self._counts.get(path, 0) + 1
            if path in self._counts:
                path += (self._counts[path] - 1,)
        return path

    def _pair(self, table: Key) -> None:
        start = self.at
        path = (*table, *self._key())
        for length in range(len(table) + 1, len(path) + 1):
            self._note(path[:length], start)
        self.at += 1  # the equals sign
        self._skip(_SPACE)
        self._value(path)

    def _key(self) -> tuple[str, ...]:
        names: list[str] = []
        while True:
            self._skip(_SPACE)
            names.append(self._name())
            self._skip(_SPACE)
            if not self._peek("."):
                return tuple(names)
            self.at += 1

    def _name(self) -> str:
        quote = self.text[self.at]
        raw = self._take(_STRING if quote in "\"'" else _BARE)
        return _unquote(raw) if quote in "\"'" else raw

    def _value(self, path: Key) -> None:
        if self._peek("["):
            self._array(path)
        elif self._peek("{"):
            self._inline_table(path)
        else:
            self._take(_STRING if self._peek('"') or self._peek("'") else _SCALAR)

    def _array(self, path: Key) -> None:
        self.at += 1
        index = 0
        self._skip(_BLANK)
        while not self._peek("]"):
            self._note((*path, index), self.at)
            self._value((*path, index))
            index += 1
            self._separator()
        self.at += 1

    def _inline_table(self, path: Key) -> None:
        self.at += 1
        self._skip(_BLANK)
        while not self._peek("}"):
            self._pair(path)
            self._separator()
        self.at += 1

    def _separator(self) -> None:
        self._skip(_BLANK)
        if self._peek(","):
            self.at += 1
        self._skip(_BLANK)

    def _note(self, path: Key, offset: int) -> None:
        if path not in self.lines:
            self._line += self.text.count("\n", self._counted_to, offset)
            self._counted_to = offset
            self.lines[path] = self._line

    def _peek(self, mark: str) -> bool:
        return self.text.startswith(mark, self.at)

    def _skip(self, pattern: re.Pattern[str]) -> None:
        match = pattern.match(self.text, self.at)
        self.at = match.end() if match else self.at

    def _take(self, pattern: re.Pattern[str]) -> str:
        match = pattern.match(self.text, self.at)
        if match is None or match.end() == self.at:
            raise ValueError(f"not TOML at offset {self.at}")  # never loop on a document tomllib would refuse
        self.at = match.end()
        return match.group()


def _unquote(raw: str) -> str:
    if raw.startswith("'"):
        return raw[1:-1]
    try:
        return str(json.loads(raw, strict=False))
    except ValueError:
        return raw[1:-1]  # an escape that JSON lacks, in a key: close enough for a line number
