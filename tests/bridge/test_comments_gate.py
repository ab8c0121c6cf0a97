"""Comments and somebody's codemod: a comment goes only with its statement."""

from __future__ import annotations

import pytest

from ssot.bridge.difference import line_splices
from ssot.index.source import Source, apply_edits, decode
from ssot.prove.foreign import _check
from ssot.prove.proof import Changed

LONG = ", ".join(f"value_{number}_a" for number in range(60))  # no word of it is in its other version


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
        ("x = []  # type: a\ny = []  # type: b\n", "x: a = []\ny: b = []\n"),
        ("def f(a):  # type: (int) -> str\n    return a\n", "def f(a) -> str:\n    return a\n"),
        ("async def f():  # type: () -> int\n    return a\n", "async def f() -> int:\n    return a\n"),
        ("def f(\n    a,  # type: int\n): ...\n", "def f(\n    a: int,\n): ...\n"),
        ("@d  # why\ndef f(): ...\nx = 1\n", "x = 1\n"),
        ("@d  # why\n# more\nclass C: ...\nx = 1\n", "x = 1\n"),
        ("if a:\n    b()\nelse:\n    print(1)  # x\n    b()\n", "if a:\n    b()\nelse:\n    b()\n"),
        ("try:\n    b()\nfinally:\n    print(1)  # x\n    b()\n", "try:\n    b()\nfinally:\n    b()\n"),
        ("match a:\n    case 1:\n        print(1)  # x\n        b()\n", "match a:\n    case 1:\n        b()\n"),
        ("print(1)  # x\nb(1)\nc(2)\n", "b(1)\nc(2)\n"),
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
        ("x = f()  # type: ignore\n", "x: int = f()\n"),
        ("x = f()  # type:ignore[a]\n", "x: int = f()\n"),
        ("x = []  # type: list\ny = []  # type: list\n", "x: list = []\ny = []\n"),
        ("x = 1  # type: int\ny = 2  # why\n", "x: int = 1\ny = 2\n"),
        ("x: int = 1\ny = []  # type: list\n", "x = 1\ny: list = []\n"),
        ("x = 1  # why\ny = 2  # why\n", "x = 1  # why\ny = 2\n"),
        ("x = 1  # why\nprint(x)  # why\n", "x = 2\n"),
        ("if a:\n    b()\nelse:\n    b(1)  # x\n    c()\n", "if a:\n    b()\nelse:\n    b(2)\n    c()\n"),
        ("try:\n    b()\nfinally:\n    b(1)  # x\n    c()\n", "try:\n    b()\nfinally:\n    b(2)\n    c()\n"),
        ("try:\n    b()\nexcept E:\n    b(1)  # x\n    c()\n", "try:\n    b()\nexcept E:\n    b(2)\n    c()\n"),
        ("match a:\n    case 1:\n        b(1)  # x\n", "match a:\n    case 1:\n        b(2)\n"),
        ("def f():  # why\n    return 1\nprint(0)\n", "def f():\n    while other: call(2)\n"),
        ("x = old(1)  # why\n", "x = old(2)\ny = 2\n"),
        ("call(1)  # why\n", "while other: pass\n"),
        (f"x = {LONG}  # why\nprint(x)\n", f"x = {LONG.replace('a', 'b')}\n"),
    ],
)
def test_it_does_not_go_when_the_statement_is_still_there(before: str, after: str) -> None:
    assert _failure(before, after) == "gate-comments"


def test_files_are_neither_made_nor_removed() -> None:
    """A codemod from elsewhere changes what is there."""
    for before, after in ((None, b"x = 1\n"), (b"x = 1\n", None)):
        found = _check(Changed("m.py", before, (), after))
        assert found is not None
        assert found.code == "gate-difference"


def test_what_no_edit_declares_is_refused() -> None:
    """The result is what the edits make of the file."""
    found = _check(Changed("m.py", b"x = 1\n", (), b"x = 2\n"))
    assert found is not None
    assert found.code == "gate-minimal"


def test_what_does_not_parse_is_refused() -> None:
    assert _failure("x = 1\n", "x = = 1\n") == "gate-parse"


def test_a_long_file_of_equal_statements_takes_moderate_time() -> None:
    """Statements are paired by what they are first, and by what they look like only where they differ."""
    many = "call()\n" * 1000
    assert _failure(f"x = 1  # why\n{many}", f"y = 2  # why\n{many}") == ""
    assert _failure(f"x = 1  # why\n{many}", f"x = 2\n{many}") == "gate-comments"
