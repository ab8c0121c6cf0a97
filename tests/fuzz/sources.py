"""Python sources as bytes: any program, in any encoding and layout, and bytes that are no program at all."""

from __future__ import annotations

import codecs
import re
from functools import cache
from random import Random

import hypothesmith
from generate.model import Author
from generate.packages import package
from hypothesis import strategies as st

ENCODINGS = ("utf-8", "latin-1", "cp1252", "shift_jis", "euc_jp", "gb18030", "koi8-r", "ascii")
WORDS = {"shift_jis": "日本", "euc_jp": "日本", "gb18030": "中文", "koi8-r": "слово", "ascii": "word"}
COOKIES = ("# coding: {}", "# -*- coding: {} -*-", "# vim: set fileencoding={} :", "#!/usr/bin/env python\n# coding={}")
SPECIAL = (
    "x = 'é'",
    "x = '\u2028'",
    "x = '''\na\tb\n'''",
    "x = 'a\x0cb'",
    "\x0cx = 1",
    "if 1:\n\tx = 1\n",
    "x = 1 \\\n  + 2",
)


@cache  # making the grammar takes two seconds
def programs() -> st.SearchStrategy[str]:
    """From Python's grammar, from our own packages, and now and then (they are slow) from LibCST's nodes."""
    ours, grammar = st.integers(0, 10**9).map(_module), hypothesmith.from_grammar(auto_target=False)
    node = hypothesmith.from_node(auto_target=False)
    return st.integers(0, 99).flatmap(lambda number: node if number == 99 else grammar if number > 60 else ours)


def _module(seed: int) -> str:
    author = Author(Random(seed))
    made = package(seed)
    files = made.files if made is not None else {"": b"import a.b.c as d; from . import (e,\n f)\n"}
    text = author.pick(sorted(files.values())).decode("latin-1").removeprefix("\xef\xbb\xbf")
    return text.replace("\r\n", "\n").replace("# coding: latin-1\n# é\n", "")


@st.composite
def sources(draw: st.DrawFn) -> bytes:
    """A program in one of its possible forms as a file."""
    text = "\n".join(draw(st.lists(st.one_of(programs(), st.sampled_from(SPECIAL)), min_size=1, max_size=2)))
    author = Author(draw(st.randoms(use_true_random=False)))
    encoding = author.pick(ENCODINGS) if author.chance(50) else "utf-8"
    if author.chance(30):
        text += f"\n# {WORDS.get(encoding, 'é')}\nx = '{WORDS.get(encoding, 'é')}'; y = 1\n"
    if encoding != "utf-8" or author.chance(15):
        text = author.pick(COOKIES).format(encoding) + "\n" + text
    data = _lines(author, text).encode(encoding, "replace")
    return codecs.BOM_UTF8 + data if author.chance(20) else data


def _lines(author: Author, text: str) -> str:
    """In one kind of line ending, or in all of them."""
    endings = author.pick((("\n",), ("\n",), ("\r\n",), ("\r",), ("\n", "\r\n", "\r")))
    text = re.sub(r"\r\n?|\n", lambda _: author.pick(endings), text)
    return text.rstrip("\r\n") if author.chance(20) else text


@st.composite
def rubbish(draw: st.DrawFn) -> bytes:
    """A program with some bytes lost, doubled or replaced, or just bytes."""
    if draw(st.booleans()):
        return draw(st.binary(max_size=200))
    data = bytearray(draw(sources()))
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(data)))
        data[at : at + draw(st.integers(0, 5))] = draw(st.one_of(st.just(b""), st.binary(max_size=3)))
    return bytes(data)
