"""Conditions that only one edit each tells apart, found by breaking the gates on purpose."""

# Programs on one line each read better than broken up.

from __future__ import annotations

import pytest
from trees import index_of, never

from prove.test_corners import BASE, HEAD, LIB, MOVED, TO_A, WHOLE, B, D, E, old
from prove.test_more_corners import HAND, OWN_GETATTR, RETIRE
from prove.warranted import Step, changes, failures, warrant
from ssot.index.table import Module, Symbol
from ssot.prove.gates import more_than_layout
from ssot.prove.proof import Prover
from ssot.values import Edit

PACKAGE = {**LIB, "p/__init__.py": "", "p/q.py": "from lib import A\n"}
TWO = warrant(retires="shop.old:Router shop.old:connect")
LAZY = "_LAZY = {'A': ('lib', 'A')}\ndef __getattr__(name):\n    if name in _LAZY:\n        import importlib\n        module, found = _LAZY[name]\n        return getattr(importlib.import_module(module), found)\n    raise AttributeError(name)\n"
TWICE = "import sys\nif sys.argv:\n    class Z: ...\nelse:\n    class Z: ...\n"
OWN_NAME = "def __getattr__(name):\n    return name.upper()\n"
ARM = HAND[HAND.index("    if") : HAND.index("    raise")]

STEPS = [
    # names
    Step("a local name that was the module's until then", {**LIB, "m.py": "from lib import A\ndef f():\n    print(A)\n    from quiet import A as X\n    return X\n"}, {"m.py": "from lib import A\ndef f():\n    print(A)\n    from lib import A\n    return A\n"}, B, "m.py"),
    Step("a local name in an inner function that was the module's", {**LIB, "m.py": "from lib import A\ndef f():\n    from quiet import A as X\n    return X, lambda: A\n"}, {"m.py": "from lib import A\ndef f():\n    from lib import A\n    return A, lambda: A\n"}, B, "m.py"),
    Step("a local name beside the same one of another function", {**LIB, "m.py": "def f():\n    from quiet import A as X\n    return X\ndef g():\n    from lib import A\n    return A\n"}, {"m.py": "def f():\n    from lib import A\n    return A\ndef g():\n    from lib import A\n    return A\n"}),
    # imports
    Step("a guarded import further up", {**LIB, "m.py": "from quiet import (\n    A,\n)\ntry:\n    from lib import B\nexcept ImportError:\n    B = A\n"}, {"m.py": "from lib import A\ntry:\n    from lib import B\nexcept ImportError:\n    B = A\n"}),
    Step("an import in another arm of the same kind", {**LIB, "m.py": "import sys\nif sys.argv:\n    from lib import A\nelse:\n    pass\n"}, {"m.py": "import sys\nif sys.argv:\n    pass\nelse:\n    from lib import A\n"}, B, "m.py"),
    Step("a star in the place of a name", {**LIB, "m.py": "from quiet import A\nprint(A)\n"}, {"m.py": "from quiet import *\nprint(A)\n"}, B, "m.py"),
    Step("another star of the same names", {**LIB, "s.py": "from lib import *\n", "m.py": "from s import *\nprint(A)\n"}, {"m.py": "from lib import *\nprint(A)\n"}),
    # loading
    Step("a loud import comes where nothing was imported", {**LIB, "m.py": "def f():\n    return 1\n"}, {"m.py": "def f():\n    import loud\n    return 1\n"}, E, "m.py"),
    Step("another distribution goes that something else of it stays for", {**LIB, "m.py": "import json\nimport json.decoder\nprint(json)\nclass B: ...\n"}, {"m.py": "import json\nprint(json)\nfrom lib import A as B\n"}, E, "m.py", warrant({"m:B": "lib:A"})),
    # texts
    Step("a longer path", {**PACKAGE, "m.py": "x = 'p.q.A'\n"}, {"m.py": "x = 'lib.A'\n"}),
    Step("a longer path to another object", {**PACKAGE, "m.py": "x = 'p.q.A'\n"}, {"m.py": "x = 'lib.B'\n"}, D, "m.py"),
    Step("the path of a module", {**PACKAGE, "m.py": "x = 'p.q'\n"}, {"m.py": "x = 'p.r'\n"}, D, "m.py"),
    Step("the name of a module", {**LIB, "m.py": "x = 'quiet'\n"}, {"m.py": "x = 'lib'\n"}, D, "m.py"),
    Step("the name of a module becomes a text", {**LIB, "m.py": "x = 'quiet'\n"}, {"m.py": "x = 'loudly'\n"}, D, "m.py"),
    # exports
    Step("a package retires a name", {"p/__init__.py": "from p.r import Router as Handler\n", "p/r.py": "class Router: ...\n"}, {"p/__init__.py": HAND.replace("shop.router", "p.r")}, warrant=warrant(retires="p:Handler")),
    Step("a package drops a name", {**LIB, "p/__init__.py": "from lib import A, B\n", "u.py": "from p import B\n"}, {"p/__init__.py": "from lib import B\n"}, warrant=warrant(drops="p:A")),
    Step("a whole module offers what it lists", {**MOVED, "shop/old.py": MOVED["shop/old.py"] + "__all__ = ['Router', 'connect']\n"}, old("__all__ = ['Router', 'connect']\n" + WHOLE), warrant=TWO),
    # shims
    Step("an arm of one's own with what it imports", {**BASE, "shop/old.py": HEAD + OWN_GETATTR}, old(OWN_GETATTR.replace(":\n", ":\n    import warnings\n" + ARM, 1)), warrant=RETIRE),
    Step("an arm of one's own with what it does", {**BASE, "shop/old.py": HEAD + OWN_GETATTR}, old(OWN_GETATTR.replace(":\n", ":\n    given = given\n" + ARM, 1)), B, "shop/old.py", RETIRE),
    Step("a whole module beside a hook of its own", {**MOVED, "shop/old.py": MOVED["shop/old.py"] + OWN_NAME}, old(WHOLE.replace("    raise AttributeError", "    return name.upper()\n    raise AttributeError")), B, "shop/old.py", TWO),
    Step("an import behind what offers a name on demand moves", {**BASE, "shop/old.py": HEAD + "LIMIT = 1\nimport json\nprint(json)\n"}, old(HAND + "import json\nLIMIT = 1\nprint(json)\n"), B, "shop/old.py", RETIRE),
    # collapsing
    Step("a base that is made in two ways", {"z.py": TWICE, "a.py": "from z import Z\nclass A(Z):\n    x = 1\n", "b.py": "class B:\n    x = 1\n"}, {"b.py": "from a import A as B\n"}, warrant=TO_A, governed="a:A"),
    Step("a helper with names of its own kind", {"a.py": "class A:\n    x = 1\n", "b.py": "def help(x):\n    return x.__own\nclass B:\n    def f(self):\n        return help(self)\n"}, {"a.py": "def help(x):\n    return x.__own\nclass A:\n    x = 1\n    def f(self):\n        return help(self)\n", "b.py": "def help(x):\n    return x.__own\nfrom a import A as B\n"}, warrant=TO_A),
    Step("a comment in the body in front of the next statement", {"a.py": "class A:\n    x = 1\n", "b.py": "class B:\n    x = 1\n    # last\ny = 2\n"}, {"b.py": "from a import A as B\ny = 2\n"}, warrant=TO_A),
    Step("one base twice by their modules", {"a.py": "class A: ...\n", "b.py": "class B: ...\n", "u.py": "import a, b\nclass C(a.A, b.B): ...\n"}, {"b.py": "from a import A as B\n"}, B, "b.py", TO_A),
    Step("two bases by their modules", {"a.py": "class A: ...\n", "b.py": "class B: ...\n", "c.py": "class A: ...\n", "u.py": "import b, c\nclass C(c.A, b.B): ...\n"}, {"b.py": "from a import A as B\n"}, warrant=TO_A),
    Step("a duplicate whose name is gone for no reason", {"a.py": "class A: ...\n", "b.py": "class B: ...\nx = 1\n", "u.py": "import b\nprint(b.x)\n"}, {"b.py": "x = 1\n"}, B, "b.py", TO_A),
    Step("a member becomes another of the same value", {"a.py": "class A:\n    y = 1\n", "b.py": "class B:\n    y = 1\n"}, {"a.py": "class A:\n    y = 1\n    z = 1\n", "b.py": "from a import A as B\n"}, D, "a.py", TO_A),
    Step("an import in a member moves", {"a.py": "class A:\n    pass\n", "b.py": "class B:\n    def f(self):\n        import json\n        self.x = 1\n        return json\n"}, {"a.py": "class A:\n    def f(self):\n        self.x = 1\n        import json\n        return json\n", "b.py": "from a import A as B\n"}, D, "a.py", TO_A),
    Step("a from-import in a member moves", {"a.py": "class A:\n    pass\n", "b.py": "class B:\n    def f(self):\n        from json import loads\n        self.x = 1\n        return loads\n"}, {"a.py": "class A:\n    def f(self):\n        self.x = 1\n        from json import loads\n        return loads\n", "b.py": "from a import A as B\n"}, D, "a.py", TO_A),
    Step("a member comes with a module of another distribution", {"a.py": "class A:\n    pass\n", "b.py": "import os.path\nclass B:\n    def f(self):\n        return os.path.sep\nprint(os)\n"}, {"a.py": "import os.path\nclass A:\n    def f(self):\n        return os.path.sep\n", "b.py": "import os.path\nfrom a import A as B\nprint(os)\n"}, warrant=TO_A),
    # comments
    Step("a comment on an import in a case", {**LIB, "m.py": "match 1:\n    case 1:\n        from quiet import A, B  # both\n        # end\n"}, {"m.py": "match 1:\n    case 1:\n        from lib import A\n        from quiet import B  # both\n        # end\n"}),
    Step("comments on imports change places in a case", {**LIB, "m.py": "match 1:\n    case 1:\n        from quiet import A  # one\n        from lib import B  # two\n"}, {"m.py": "match 1:\n    case 1:\n        from lib import B  # two\n        from lib import A  # one\n"}),
    Step("a comment on an import in the end", {**LIB, "m.py": "try:\n    x = 1\nfinally:\n    from quiet import A, B  # both\n    # end\n"}, {"m.py": "try:\n    x = 1\nfinally:\n    from lib import A\n    from quiet import B  # both\n    # end\n"}),
    Step("comments on imports change places in the end", {**LIB, "m.py": "try:\n    x = 1\nfinally:\n    from quiet import A  # one\n    from lib import B  # two\n"}, {"m.py": "try:\n    x = 1\nfinally:\n    from lib import B  # two\n    from lib import A  # one\n"}),
    Step("a comment in the last line of all", {"a.py": "class A:\n    x = 1\n", "b.py": "class B:\n    x = 1\n    # last\n"}, {"b.py": "from a import A as B\n"}, warrant=TO_A),
    Step("a comment on an import otherwise", {**LIB, "m.py": "import sys\nif sys.argv:\n    x = 1\nelse:\n    from quiet import A, B  # both\n    # end\n"}, {"m.py": "import sys\nif sys.argv:\n    x = 1\nelse:\n    from lib import A\n    from quiet import B  # both\n    # end\n"}),
    Step("comments on imports change places otherwise", {**LIB, "m.py": "import sys\nif sys.argv:\n    x = 1\nelse:\n    from quiet import A  # one\n    from lib import B  # two\n"}, {"m.py": "import sys\nif sys.argv:\n    x = 1\nelse:\n    from lib import B  # two\n    from lib import A  # one\n"}),
    Step("comments on statements change places", {"m.py": "x = 1  # one\ny = 2  # two\n"}, {"m.py": "x = 1  # two\ny = 2  # one\n"}, "gate-comments", "m.py"),
    Step("a comment on an import of what is retired", {**BASE, "shop/old.py": HEAD.replace("\n", "  # why\n") + "LIMIT = 1\n"}, old("LIMIT = 1\n" + HAND), warrant=RETIRE),
    Step("a comment on an import of what is not retired", {**BASE, "shop/old.py": "from shop.other import connect as reach  # why\n" + HEAD + "LIMIT = 1\n"}, old("from shop.other import connect as reach\nLIMIT = 1\n" + HAND), "gate-comments", "shop/old.py", RETIRE),
    # what edits may touch
    Step("attributes in a text with values", {**LIB, "m.py": "import quiet, lib\nprint(f'{quiet.A} {str().x}')\n"}, {"m.py": "import quiet, lib\nprint(f'{lib.A} {str().x}')\n"}),
    Step("another attribute in a text with values", {**LIB, "m.py": "import quiet, lib\nprint(f'{quiet.A} {str().x}')\n"}, {"m.py": "import quiet, lib\nprint(f'{lib.A} {str().y}')\n"}, D, "m.py"),
    Step("another call in a text with values", {**LIB, "m.py": "import quiet, lib\nprint(f'{quiet.A} {str().x()}')\n"}, {"m.py": "import quiet, lib\nprint(f'{lib.A} {str().x}')\n"}, D, "m.py"),
    Step("an import for checkers makes way", {**LIB, "m.py": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from quiet import A\n"}, {"m.py": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    pass\n"}),
    # collapsing, more than one thing at once
    Step("what only a duplicate needed of another distribution goes", {"a.py": "import json\nclass A:\n    def f(self):\n        return json\n", "b.py": "import json\nimport os\nclass B:\n    def f(self):\n        return json\nprint(os)\n"}, {"b.py": "import os\nfrom a import A as B\nprint(os)\n"}, warrant=TO_A),
    Step("one of two classes gets a member", {"a.py": "class A:\n    x = 1\nclass C:\n    x = 1\n", "b.py": "class B:\n    x = 1\nclass D:\n    y = 1\n"}, {"a.py": "class A:\n    x = 1\nclass C:\n    x = 1\n    y = 1\n", "b.py": "from a import A as B\nfrom a import C as D\n"}, warrant=warrant({"b:B": "a:A", "b:D": "a:C"})),
    # other files
    Step("a changed file reads what is lost", {**LIB, "m.py": "from lib import A, B\n", "u.py": "x = 'm.B'\nfrom quiet import A\nprint(A)\n"}, {"m.py": "from lib import A\n", "u.py": "x = 'm.B'\nfrom lib import A\nprint(A)\n"}, B, "m.py"),
    Step("an unknown name of another module", {**LIB, "d.py": "globals().update(A=1)\n", "e.py": "globals().update(A=1)\n", "m.py": "from d import A\nprint(A)\n"}, {"m.py": "from e import A\nprint(A)\n"}, B, "m.py"),
    Step("an unknown module beside what moves", {**LIB, "p/__init__.py": "__path__.append('x')\n", "m.py": "import p.x as q\nfrom quiet import A\nprint(q, A)\n"}, {"m.py": "import p.x as q\nfrom lib import A\nprint(q, A)\n"}),
    # more of what goes and comes
    Step("the names of a method that moves", {"a.py": "class A:\n    pass\n", "b.py": "class B:\n    def f(self):\n        def __own(): ...\n        return 1\n"}, {"a.py": "class A:\n    def f(self):\n        def __own(): ...\n        return 1\n", "b.py": "from a import A as B\n"}, D, "a.py", TO_A),
    Step("the attributes of a method that moves", {"a.py": "class A:\n    pass\n", "b.py": "class B:\n    def f(self):\n        return self.__own\n"}, {"a.py": "class A:\n    def f(self):\n        return self.__own\n", "b.py": "from a import A as B\n"}, D, "a.py", TO_A),
    Step("an async function becomes a plain one", {"a.py": "def A(): ...\n", "b.py": "async def B(): ...\n"}, {"b.py": "from a import A as B\n"}, D, "b.py", TO_A),
    Step("a plain function becomes an async one", {"a.py": "async def A(): ...\n", "b.py": "def B(): ...\n"}, {"b.py": "from a import A as B\n"}, D, "b.py", TO_A),
    Step("an async function becomes another", {"a.py": "async def A(): ...\n", "b.py": "async def B(): ...\n"}, {"b.py": "from a import A as B\n"}, warrant=TO_A),
    Step("a base by the modules of its package", {"p/__init__.py": "", "p/z.py": "class Z:\n    def f(self): ...\n", "a.py": "import p.z\nclass A(p.z.Z): ...\n", "b.py": "class B:\n    def f(self): ...\n"}, {"b.py": "from a import A as B\n"}, warrant=TO_A, governed="a:A"),
    Step("a canonical definition that is not there", {"a.py": "A = 1\nA = 2\n", "b.py": "class B: ...\n"}, {"b.py": "from a import A as B\n"}, D, "b.py", TO_A),
    Step("a doctest of several lines", {**LIB, "m.py": "\'\'\'Text.\n\n>>> (quiet.\n... A)\n\'\'\'\n"}, {"m.py": "\'\'\'Text.\n\n>>> (lib.\n... B)\n\'\'\'\n"}),
    # files
    Step("a namespace becomes a package", {**LIB, "n/m.py": "x = 1\n", "u.py": "import n.m\n"}, {"n/__init__.py": "x = 1\n"}, B, "n/__init__.py"),
    Step("a package in the place of a module", {**LIB, "p.py": "from lib import A\n", "u.py": "import p\nprint(p.A)\n"}, {"p/__init__.py": "from lib import A\n"}, B, "p/__init__.py"),
    Step("a file of a name that somebody tries to import from", {**LIB, "u.py": "try:\n    from new.sub import x\nexcept ImportError:\n    x = 1\n"}, {"new.py": "x = 1\n"}, B, "new.py"),
    Step("a module that goes with its table", {**LIB, "idle.py": LAZY, "u.py": ""}, {"idle.py": None}, warrant=warrant(drops="idle:A")),
    Step("a text of a name that somebody tries to import", {**LIB, "m.txt": "see quiet\n", "m/__init__.py": "", "u.py": "try:\n    import m.txt\nexcept ImportError:\n    pass\n"}, {"m.txt": "see lib\n"}),
]  # fmt: skip


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.name)
def test_it_is_judged_rightly(step: Step) -> None:
    """Each of these edits passes, or is refused, by one condition alone."""
    found = failures(step)
    assert {path: failure.code for path, failure in found.items()} == ({step.at: step.gate} if step.gate else {}), found


def test_letters_are_more_than_layout() -> None:
    """A name that loses a letter is another name."""
    assert more_than_layout([Edit(0, 2, 1, "aX", "a")]) is None
    assert more_than_layout([Edit(0, 2, 1, "a;", "a")]) is not None


def test_a_star_that_goes_is_no_name_that_is_read() -> None:
    """Without the sources, whoever gets a module reads all its names, but not the star."""
    tree = {"lib.py": "class A: ...\n", "m.py": "from lib import *\nprint(A)\n", "u.py": "import m\nprint(m)\n"}
    step = Step("", tree, {"m.py": "from lib import A\nprint(A)\n"})
    assert Prover(index_of(tree), never).failures(changes(step)) == {}


@pytest.mark.parametrize(("after", "right"), [("'new'", True), ("'newer'", False), ("'lib'", False)])
def test_the_name_of_a_module_follows_the_module(after: str, right: bool) -> None:
    """A text that names a module may name what the manifest says took its place."""
    tree = {**LIB, "old.py": "", "new.py": "", "m.py": "x = 'old'\n"}
    step = Step("", tree, {"m.py": f"x = {after}\n"})
    prover = Prover(index_of(tree), lambda now: now in (Module("new"), Symbol("new", "A")))
    assert (prover.failures(changes(step)) == {}) is right


def test_a_module_that_took_the_place_of_another_may_do_something_when_loaded() -> None:
    """A module that is handed on is needed, whatever loading it does."""
    tree = {"new.py": "print('new')\n", "m.py": "import old as o\nprint(o)\n"}
    step = Step("", tree, {"m.py": "import new as o\nprint(o)\n"})
    assert Prover(index_of(tree), lambda now: now == Module("new")).failures(changes(step)) == {}


def test_texts_are_no_modules() -> None:
    """The index of the result holds the Python files alone."""
    tree = {**LIB, "m.txt": "see quiet\n"}
    step = Step("", tree, {"m.txt": "see lib\n"})
    assert set(Prover(index_of(tree), never).after(changes(step)).facts) == set(LIB)


def test_without_the_sources_a_base_elsewhere_can_not_be_looked_at() -> None:
    """Two classes with the same such base may still collapse."""
    tree = {
        "z.py": "class Z: ...\n",
        "a.py": "from z import Z\nclass A(Z): ...\n",
        "b.py": "from z import Z\nclass B(Z): ...\n",
    }
    step = Step(
        "", tree, {"a.py": "from z import Z\nclass A(Z): pass\n", "b.py": "from z import Z\nfrom a import A as B\n"}
    )
    found = Prover(index_of(tree), never, TO_A).failures(changes(step))
    assert {path: failure.code for path, failure in found.items()} == {"a.py": D}


def test_what_got_lost_is_named() -> None:
    """The reason says which path leads nowhere."""
    tree = {**LIB, "m.py": "import lib\nprint(lib.A)\n"}
    found = failures(Step("", tree, {"m.py": "import lib\nprint(lib.gone)\n"}))
    assert "lib:gone (lib has no gone)" in found["m.py"].reason
    tree = {**tree, "d.py": "globals().update(A=1)\n"}
    found = failures(Step("", tree, {"m.py": "import d as lib\nfrom d import A\nprint(A)\n"}))
    assert "d:A" in found["m.py"].reason


def test_only_what_is_lost_is_named() -> None:
    """The reason lists the comments that would go, and no others."""
    tree = {"m.py": "x = 1  # stays\ny = 2  # goes\n"}
    found = failures(Step("", tree, {"m.py": "x = 1  # stays\ny = 2\n"}))
    assert found["m.py"].reason == "comments would be lost or made: # goes"


def test_the_first_comment_that_stands_elsewhere_is_named() -> None:
    """Those in front of it stand where they stood."""
    tree = {"m.py": "x = 1  # stays\ny = 2  # one\nz = 3  # two\n"}
    found = failures(Step("", tree, {"m.py": "x = 1  # stays\ny = 2  # two\nz = 3  # one\n"}))
    assert found["m.py"].reason == "a comment would stand elsewhere: # one"
