"""Which functions assign attributes of what they are given."""

from __future__ import annotations

import ast

import pytest
from trees import encoded, view_of

from ssot.rewrite.setters import ANY, Setters, given_modules
from ssot.rewrite.targets import computed


@pytest.mark.parametrize(
    ("text", "name", "sets"),
    [
        ("def f(m):\n    m.x = 1\n", "f", {"x"}),
        ("def f(m):\n    setattr(m, 'x', 1)\n", "f", {"x"}),
        ("def f(m, n):\n    setattr(m, n, 1)\n", "f", {ANY}),
        ("def f(m):\n    vars(m)['x'] = 1\n", "f", {ANY}),
        ("def f(m):\n    del m.x\n", "f", {"x"}),
        ("def f(m):\n    k = m\n    k.x = 1\n", "f", {"x"}),
        ("def f(*ms):\n    for m in ms:\n        m.x = 1\n", "f", {"x"}),
        ("def f(p):\n    p.old.x = 1\n", "f", {"x"}),
        ("def g(m):\n    m.x = 1\ndef f(k):\n    g(k)\n", "f", {"x"}),
        ("f = lambda m: setattr(m, 'x', 1)\n", "f", {"x"}),
        (
            "class F:\n    def __init__(self, m):\n        self.m = m\n    def go(self):\n        self.m.x = 1\n",
            "F",
            {"x"},
        ),
        ("def f(m):\n    return m.x\n", "f", set()),
        ("class A:\n    def f(self, m):\n        self.x = m\n", "f", set()),
        ("def f(m):\n    f(m)\n", "f", set()),
    ],
)
def test_setters(text: str, name: str, sets: set[str]) -> None:
    """Attributes assigned of an argument, directly, by another function, or later."""
    texts = encoded({"m.py": text})
    assert Setters(texts, lambda path: ast.parse(texts[path])).of(name) == sets


def test_given_modules() -> None:
    """A module handed to a function is given to it; one in a table is given to nobody in particular."""
    files = {"m.py": "import old\nsetup(old)\nTABLE = [old]\nold.x\n", "old.py": "x = 1\n"}
    assert list(given_modules(view_of(files, "m.py"))) == [("old", "setup", 2), ("old", "", 3)]


@pytest.mark.parametrize(
    ("expression", "path", "matches"),
    [
        ('f"shop.{x}.Engine"', ("shop.old", "Engine"), True),
        ('f"shop.{x}.Engine"', ("store.old", "Engine"), False),
        ('"%s.%s" % (x, "add")', ("shop.old", "add"), True),
        ('"%s.%s" % (x, "add")', ("shop.old", "Engine"), False),
        ('".".join(["shop", "old", x])', ("shop.old", "Engine"), True),
        ('"{}.Engine".format(x)', ("shop.old", "Engine"), True),
        ('MODULE + ".Engine"', ("shop.old", "Engine"), True),
        ('OTHER + ".Engine"', ("shop.old", "Engine"), False),
    ],
)
def test_computed_targets(expression: str, path: tuple[str, str], matches: bool) -> None:
    """A target of several parts may be every path that fits what is spelled out."""
    text = f'MODULE = "shop.old"\nOTHER = "shop.new"\ny = {expression}\n'
    view = view_of({"m.py": text}, "m.py")
    assignment = view.tree.body[-1]
    assert isinstance(assignment, ast.Assign)
    target = computed(assignment.value, view)
    assert target is not None
    assert target.may_be(path, frozenset({"shop", "old", "Engine", "add"})) is matches


def test_open_parts_must_be_spelled_out() -> None:
    """A target whose open parts nobody spells out near by stands for nothing."""
    view = view_of({"m.py": "y = f'shop.{x}.{z}'\n"}, "m.py")
    assignment = view.tree.body[-1]
    assert isinstance(assignment, ast.Assign)
    target = computed(assignment.value, view)
    assert target is not None
    assert not target.may_be(("shop.old", "Engine"), frozenset({"old"}))
