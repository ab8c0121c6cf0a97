"""Text out of a repository, made harmless for a terminal, a log or a Markdown page."""

from __future__ import annotations

import re
import unicodedata

_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})

_LINE_COMMAND = re.compile(r"^(\s*):(?=:)")
_MIDLINE_COMMAND = re.compile(r"#(?=#\w*\[)")
_CREDENTIALS = re.compile(r"(\b[A-Za-z][A-Za-z0-9+.-]*://)[^/\s'\"]*@")


def visible(text: str, *, keep: str = "") -> str:
    """`text` with control, formatting and bidi characters and lone surrogates written as escapes, except `keep`."""
    if text.isprintable():
        return text
    return "".join(char if char in keep else _escaped(char) for char in text)


def is_unseen(char: str) -> bool:
    """Whether a character steers or hides what is shown, rather than showing anything itself."""
    return unicodedata.category(char) in _UNSEEN


def _escaped(char: str) -> str:
    if not is_unseen(char):
        return char
    code = ord(char)
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def no_command(line: str) -> str:
    """A line that no build service takes for a command to itself (``::error::``, ``##[debug]``, ``##vso[…]``)."""
    if "::" not in line and "##" not in line:
        return line
    return _MIDLINE_COMMAND.sub("\\\\x23", _LINE_COMMAND.sub(r"\1\\x3a", line))


def without_credentials(text: str) -> str:
    """Addresses without the user and password that may stand in them."""
    return _CREDENTIALS.sub(r"\1", text)


def code_line(text: str) -> str:
    """A line of source: tabs stay, a carriage return at its end (CRLF) is not shown."""
    return visible(text.removesuffix("\r"), keep="\t")


def markdown_code(text: str) -> str:
    """An inline code span that no backtick in `text` can end; safe in a table's cell."""
    shown = visible(text).replace("|", "\\|")
    longest = max((len(run) for run in re.findall(r"`+", shown)), default=0)
    fence = "`" * (longest + 1)
    pad = " " if longest else ""
    return f"{fence}{pad}{shown}{pad}{fence}"
