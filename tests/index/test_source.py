"""Positions of `ast` to offsets of the file, whatever the encoding and the line endings."""

# Programs on one line each read better than broken up.

from __future__ import annotations

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from trees import source_of

from ssot.index.source import Source, apply_edits, decode
from ssot.values import Edit, Skipped

WORDS = {
    "utf-8": "é日😀",
    "latin-1": "é",
    "cp1252": "€",
    "shift_jis": "日本",
    "utf-8-sig": "é",
    "big5": "中",
    "koi8-r": "ж",
}
ENDINGS = ["\n", "\r\n", "\r"]


@pytest.mark.parametrize("newline", ENDINGS)
@pytest.mark.parametrize("encoding", WORDS)
def test_an_edit_stands_where_the_bytes_are(encoding: str, newline: str) -> None:
    if newline == "\r" and not encoding.startswith("utf-8"):
        pytest.skip("a declaration that only a lone CR ends is not read: the file is left alone")
    word = WORDS[encoding]
    cookie = "" if encoding.startswith("utf-8") else f"# coding: {encoding}"
    text = newline.join([cookie, f"x = '{word}'; target = 1  # {word}", "\x0c", f"y = '{word}', target", ""])
    data = text.encode(encoding)
    source = decode("m.py", data)
    assert isinstance(source, Source)
    names = [node for node in ast.walk(source.parse()) if isinstance(node, ast.Name) and node.id == "target"]
    assert len(names) == 2
    edits = [source.edit(*source.span(name), b"changed") for name in names]
    assert apply_edits(data, edits) == data.replace(b"target", b"changed")
    assert [data[edit.start : edit.end] for edit in edits] == [b"target"] * 2
    assert [edit.line for edit in edits] == [name.lineno for name in names]
    assert source.spliced((*source.span(name), b"changed") for name in names) == data.replace(b"target", b"changed")


@given(
    st.lists(st.sampled_from(["a", "é", "日", "😀", "\t", "\n", "\r\n", "\r", "\x0c", " "]), max_size=40), st.booleans()
)
def test_lines_are_those_of_python(pieces: list[str], bom: bool) -> None:
    text = "".join(pieces)
    data = b"\xef\xbb\xbf" * bom + text.encode()
    source = decode("m.py", data)
    assert isinstance(source, Source)
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    assert len(source.line_starts) == len(lines)
    for number, line in enumerate(lines, 1):
        start = source.line_starts[number - 1]
        assert source.u8[start : source.line_end(start)].decode() == line
        assert source.line_of(start) == number
    for offset in range(len(source.u8) + 1):
        assert source.to_file(offset) == offset + 3 * bom


@pytest.mark.parametrize(
    ("text", "newline"),
    [("", b"\n"), ("a", b"\n"), ("a\nb\n", b"\n"), ("a\r\nb", b"\r\n"), ("a\rb\r", b"\r"), ("a\r\nb\r\nc\n", b"\r\n"), ("a\nb\r\n", b"\n")],
)  # fmt: skip
def test_the_newline_used_most(text: str, newline: bytes) -> None:
    assert source_of(text).newline == newline


def test_warnings_of_the_users_strings_are_not_ours() -> None:
    assert source_of(b"x = '\\d'\n").parse()


def test_edits_must_fit() -> None:
    with pytest.raises(ValueError, match="line 1 is not what"):
        apply_edits(b"abc", [Edit(0, 1, 1, "b", "x")])
    with pytest.raises(ValueError, match="overlaps"):
        apply_edits(b"abc", [Edit(0, 2, 1, "ab", "x"), Edit(1, 3, 1, "bc", "y")])
    assert apply_edits(b"\xff", []) == b"\xff"


def test_a_name_that_the_encoding_lacks_can_not_be_written() -> None:
    data = b"# coding: latin-1\nx = 1\n"
    with pytest.raises(UnicodeEncodeError):
        apply_edits(data, [Edit(18, 19, 2, "x", "日")])


def test_bytes_that_do_not_come_back_are_not_read() -> None:
    """Some codecs have two spellings of one character; an edit elsewhere would change the other spelling."""
    data = b"# coding: euc_jis_2004\nx = '\xa1\xef'\n"
    found = decode("m.py", data)
    assert isinstance(found, Skipped) or found.text.encode(found.encoding) == data


COOKIES = [
    (b"# coding: latin-1 (\xe9)\nx = '\xe9'\n", "iso8859-1"),
    (b"# \xe9\n# coding: latin-1\nx = '\xe9'\n", "iso8859-1"),
    (b"\r# \xe9 coding=latin-1\rx = 1", "iso8859-1"),
]


@pytest.mark.parametrize(("data", "encoding"), COOKIES)
def test_a_cookie_may_stand_among_bytes_that_are_not_utf_8(data: bytes, encoding: str) -> None:
    """The file is read as CPython reads it."""
    ast.parse(data)
    assert source_of(data).encoding == encoding


@pytest.mark.parametrize("data", [b"# coding: nonsense \xe9\n", b"\xef\xbb\xbf# coding: latin-1 \xe9\n", b"'\xe9'\n"])
def test_what_is_no_cookie_for_python_is_none_here(data: bytes) -> None:
    """Such a file is left alone, as CPython refuses it."""
    with pytest.raises(SyntaxError):
        ast.parse(data)
    assert isinstance(decode("m.py", data), Skipped)
