"""Comments and somebody's codemod: a comment goes only with its statement."""

from __future__ import annotations

import pytest

from ssot.bridge.difference import line_splices
from ssot.index.source import Source, apply_edits, decode
from ssot.prove.foreign import _check
from ssot.prove.proof import Changed


def _failure(before: str, after: str) -> str:
    source = decode("m.py", before.encode())
    assert isinstance(source, Source)
    edits = tuple(source.edit(s.start, s.end, s.new) for s in line_splices(source.u8, after.encode(), "k"))
    assert apply_edits(before.encode(), edits) == after.encode()
    found = _check(Changed("m.py", before.encode(), edits, after.encode()))
    return found.code if found else ""


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("import a  # gone\nimport b\n", "import b\n"),
        ("import a  # gone\nimport b, c\n", "import b\n"),
        ("def f():\n    # why\n    return 1\n\n\ndef g(): ...\n", "def g(): ...\n"),
        ("def f():\n    x = 1\n    print(x)  # debug\n    return x\n", "def f():\n    x = 1\n    return x\n"),
        ("if a:\n    print(1)  # debug\n", "if a:\n    pass\n"),
        ("try:\n    a()\nexcept E:\n    print(1)  # x\n    b()\n", "try:\n    a()\nexcept E:\n    b()\n"),
        ("x = []  # type: list[int]\n", "x: list[int] = []\n"),
        ("x = f(  # why\n    1)\n", "x = g(  # why\n    1)\n"),
    ],
)
def test_it_may_go_with_its_statement_or_stay(before: str, after: str) -> None:
    assert _failure(before, after) == ""


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("x = old()  # important\n", "x = new()\n"),
        ("x = f(  # why\n    1)\n", "x = g(1)\n"),
        ("# licence\nimport a\nimport b\n", "import b\n"),
        ("def f():\n    return old()  # why\n", "def f():\n    return new()\n"),
        ("def f():\n    # why\n    return 1\n", "def f():\n    return 1\n"),
        ("import a; import b  # both\n", "import b\n"),
        ("x = []  # type: list[int]\n", "x = list()\n"),
        ("from a import b  # noqa\nx = 1\n", "from c import b\nx = 1\n"),
    ],
)
def test_it_does_not_go_when_the_statement_is_still_there(before: str, after: str) -> None:
    assert _failure(before, after) == "gate-comments"


def test_what_does_not_parse_is_refused() -> None:
    assert _failure("x = 1\n", "x = = 1\n") == "gate-parse"
