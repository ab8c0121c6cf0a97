"""Nothing out of a repository can steer a terminal or a Markdown page."""

from __future__ import annotations

import json
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ssot.report.hygiene import code_line, markdown_code, no_command, visible, without_credentials
from ssot.report.json_text import to_json
from ssot.report.lines import Line, to_text


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


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("::error::boo", "\\x3a:error::boo"),
        ("   ::set-output name=a::b", "   \\x3a:set-output name=a::b"),
        ("a ##[debug]b", "a \\x23#[debug]b"),
        ("##vso[task.setvariable]", "\\x23#vso[task.setvariable]"),
        ("##teamcity[x]", "\\x23#teamcity[x]"),
        ("shop.a::b", "shop.a::b"),
        ("## heading", "## heading"),
    ],
)
def test_a_line_is_no_command_to_a_build_service(line: str, shown: str) -> None:
    assert no_command(line) == shown
    assert to_text([Line(line)]) == shown + "\n"


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet=st.sampled_from("#[:a\u202e\x1b\udc80\U000e0001é漢 ")))
def test_json_is_the_same_document_with_nothing_in_it_that_acts(text: str) -> None:
    shown = to_json({"a": text})
    assert json.loads(shown) == {"a": text}
    assert not {unicodedata.category(char) for char in shown.replace("\n", "")} & {"Cc", "Cf", "Cs", "Zl", "Zp"}
    assert not any(line.strip().startswith("::") for line in shown.splitlines())
    assert "##[" not in shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("fatal: https://ada:secret@example.com/x.git", "fatal: https://example.com/x.git"),
        ("ssh://git:p%40ss@host:22/x", "ssh://host:22/x"),
        ("https://ghp_token@host", "https://host"),
        ("https://a@b:c@host/x", "https://host/x"),
        ("https://host/ada@example.com", "https://host/ada@example.com"),
        ("git@host:x.git", "git@host:x.git"),
    ],
)
def test_addresses_lose_their_credentials(text: str, shown: str) -> None:
    assert without_credentials(text) == shown
