"""Nothing out of a repository can steer a terminal or a Markdown page."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ssot.report.hygiene import code_line, markdown_code, visible


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain é 漢 🙂", "plain é 漢 🙂"),
        ("\x1b[31m", "\\x1b[31m"),
        ("a\nb\rc\td", "a\\x0ab\\x0dc\\x09d"),
        ("\u202eevil\u2066", "\\u202eevil\\u2066"),
        ("\x9b31m", "\\x9b31m"),
        ("\u2028", "\\u2028"),
        ("\udc80", "\\udc80"),
        ("\U000e0001", "\\U000e0001"),
        ("\u200b", "\\u200b"),
    ],
)
def test_what_can_not_be_seen_is_written_out(text: str, shown: str) -> None:
    assert visible(text) == shown


@settings(max_examples=200, deadline=None)
@given(st.text())
def test_nothing_invisible_is_left(text: str) -> None:
    assert not {unicodedata.category(char) for char in visible(text)} & {"Cc", "Cf", "Cs", "Zl", "Zp"}


def test_a_line_of_code_keeps_its_tabs_and_hides_only_the_carriage_return_at_its_end() -> None:
    assert code_line("\tx = 1\r") == "\tx = 1"
    assert code_line("a\rb\x0c") == "a\\x0db\\x0c"


@pytest.mark.parametrize(
    ("text", "shown"), [("a:B", "`a:B`"), ("a`b", "`` a`b ``"), ("a|b", "`a\\|b`"), ("a\nb", "`a\\x0ab`")]
)
def test_a_code_span_can_not_be_left(text: str, shown: str) -> None:
    assert markdown_code(text) == shown
