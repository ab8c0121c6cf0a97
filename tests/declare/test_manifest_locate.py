"""Line numbers of keys, in every way that TOML can be written."""

from __future__ import annotations

import tomllib
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from ssot.declare.locate import Key, locate, nearest_line

TRICKY = '''\
# [[symbol]]
title = """
[[symbol]]
canonical = "no"
"""
literal = \'\'\'
[x]\'\'\'
quoted."a.b" = 'x = ['

[[symbol]]
canonical = "a:B" # legacy = [
legacy = [ # first
  "x]:Y", # ]

  'z', [1, 2], { k = 1, l = [3] },
]
[symbol.inner]
key = 1
[[symbol]]
"canonical" = "c:D"
legacy = []
[a.b]
c.d = 1979-05-27 07:32:00
[[a.list]]
x = -inf
[[a.list]]
x = """a\\"""b"""
last = true'''


def test_every_form_is_found_on_its_line() -> None:
    lines = locate(TRICKY)
    wanted = {
        ("title",): 2,
        ("literal",): 6,
        ("quoted", "a.b"): 8,
        ("symbol",): 10,
        ("symbol", 0): 10,
        ("symbol", 0, "canonical"): 11,
        ("symbol", 0, "legacy"): 12,
        ("symbol", 0, "legacy", 0): 13,
        ("symbol", 0, "legacy", 1): 15,
        ("symbol", 0, "legacy", 2, 1): 15,
        ("symbol", 0, "legacy", 3, "l", 0): 15,
        ("symbol", 0, "inner", "key"): 18,
        ("symbol", 1): 19,
        ("symbol", 1, "canonical"): 20,
        ("a", "b", "c", "d"): 23,
        ("a", "list", 1, "x"): 27,
        ("a", "list", 1, "last"): 28,
    }
    assert {key: lines.get(key) for key in wanted} == wanted


def test_what_is_absent_is_found_at_what_would_hold_it() -> None:
    lines = locate(TRICKY)
    assert nearest_line(lines, ("symbol", 1, "approved", 3)) == 19
    assert nearest_line(lines, ("nothing",)) == 0


def _keys(value: Any, path: Key = ()) -> set[Key]:
    found: set[Key] = {path} if path else set()
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in children:
        found |= _keys(child, (*path, key))
    return found


def test_exactly_the_keys_of_the_document_are_found() -> None:
    assert set(locate(TRICKY)) == _keys(tomllib.loads(TRICKY))


_WORDS = st.text(alphabet="ab\"'[]{}#=,\n\\é", max_size=8)


def _toml(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def _entry(name: str, legacy: list[str]) -> str:
    items = "".join(f"{_toml(one)},\n" for one in legacy)
    return f"[[symbol]]\ncanonical = {_toml(name)}\nlegacy = [\n{items}]\n"


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(_WORDS, st.lists(_WORDS, max_size=3)), min_size=1, max_size=4))
def test_no_string_leads_it_astray(entries: list[tuple[str, list[str]]]) -> None:
    text = "".join(_entry(name, legacy) for name, legacy in entries)
    assert set(locate(text)) == _keys(tomllib.loads(text))
