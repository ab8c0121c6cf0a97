"""Single conditions of the gates, each by an edit that only it lets through or refuses."""

# Programs on one line each read better than broken up.

from __future__ import annotations

import pytest
from trees import encoded, index_of, never, view_of

from prove.warranted import Step, changes, edits_between, failures, sources, warrant
from ssot.index.shims import (
    ARM,
    MODULE_ARMS,
    MODULE_DIR,
    MODULE_HELPER,
    NAME_DIR,
    NAME_GETATTR,
    NAME_HELPER,
    NO_ATTRIBUTE,
)
from ssot.prove.bindings import check_bindings
from ssot.prove.gates import Failure
from ssot.prove.proof import Changed, Prover, changed_files
from ssot.values import Edit

B, D, E = "gate-bindings", "gate-difference", "gate-effects"
SINCE = "since 2026-01-01 until 2026-02-01"
ROUTER = "class Router:\n    pass\n\n\ndef connect():\n    return 1\n"
HEAD = "from shop.router import Router as Handler\n"
BASE = {
    "shop/__init__.py": "",
    "shop/router.py": ROUTER,
    "shop/other.py": ROUTER,
    "shop/old.py": HEAD + "LIMIT = 1\n",
    "shop/user.py": "import shop.old\nprint(shop.old.LIMIT)\n",
}
TWO = "shop.old:Handler shop.old:connect"


def table(**rows: str) -> str:
    return (
        "_SSOT_SHIMS = {\n"
        + "".join(f'    "{name}": "shop.router:{target} {SINCE}",\n' for name, target in rows.items())
        + "}\n"
    )


GETATTR = NAME_GETATTR + ARM.format(name="name") + f"    {NO_ATTRIBUTE}\n"
WRITTEN = "\n\n" + NAME_HELPER + "\n\n" + GETATTR + "\n\n" + NAME_DIR
SHIM = "LIMIT = 1\n" + table(Handler="Router") + WRITTEN
OWN = "def __getattr__(given):\n    return given.upper()\n\n\ndef __dir__():\n    return ['X']\n"
EXTENDED = (
    table(Handler="Router")
    + "\n\n"
    + NAME_HELPER
    + "\n\n"
    + "def __getattr__(given):\n"
    + ARM.format(name="given")
    + "    return given.upper()\n\n\ndef __dir__():\n    return sorted({*['X'], *_SSOT_SHIMS})\n"
)
MOVED = {
    **BASE,
    "shop/old.py": "from shop.router import Router, connect\n",
    "shop/user.py": "import shop.old\nprint(shop.old.Router)\n",
}
WHOLE = (
    f'_SSOT_SHIMS = {{"*": "shop.router {SINCE}"}}\n\n\n'
    + MODULE_HELPER
    + "\n\n"
    + NAME_GETATTR
    + MODULE_ARMS
    + "\n\n"
    + MODULE_DIR
)
READ = {**BASE, "shop/user.py": "import shop.old\nprint(shop.old.Handler)\n"}


def old(text: str) -> dict[str, str | None]:
    return {"shop/old.py": text}


RETIRE = warrant(retires="shop.old:Handler")
SHIMS = [
    Step("the tool's own shim", READ, old(SHIM), warrant=RETIRE),
    Step("with another row", {**READ, "shop/old.py": HEAD + "from shop.router import connect\nLIMIT = 1\n"}, old("LIMIT = 1\n" + table(Handler="Router", connect="connect") + WRITTEN), warrant=warrant(retires=TWO)),
    Step("a row comes", {**READ, "shop/old.py": "from shop.router import connect\n" + SHIM}, old("LIMIT = 1\n" + table(Handler="Router", connect="connect") + WRITTEN), warrant=warrant(retires=TWO)),
    Step("a row goes", {**BASE, "shop/old.py": "LIMIT = 1\n" + table(Handler="Router", connect="connect") + WRITTEN}, old(SHIM), warrant=warrant(drops="shop.old:connect")),
    Step("all rows go", {**BASE, "shop/old.py": SHIM}, old("LIMIT = 1\n"), warrant=warrant(drops=TWO)),
    Step("in front of the module's own", {**READ, "shop/old.py": HEAD + OWN, "shop/user.py": "import shop.old\nprint(shop.old.Handler, shop.old.any)\n"}, old(EXTENDED), warrant=RETIRE),
    Step("and out of it again", {**BASE, "shop/old.py": EXTENDED, "shop/user.py": "import shop.old\nprint(shop.old.any)\n"}, old(OWN), warrant=warrant(drops="shop.old:Handler")),
    Step("a whole module", MOVED, old(WHOLE), warrant=warrant(retires="shop.old:Router shop.old:connect")),
    Step("the shim of a whole module, not all of it declared", MOVED, old(WHOLE), B, "shop/old.py", RETIRE),
    Step("the shim of a whole module that is another", MOVED, old(WHOLE.replace("shop.router since", "shop.user since")), B, "shop/old.py", warrant(retires="shop.old:Router shop.old:connect")),
    Step("a row of another object", READ, old(SHIM.replace("shop.router:Router", "shop.other:Router")), B, "shop/old.py", RETIRE),
    Step("a row of another name", READ, old(SHIM.replace("router:Router", "router:connect")), B, "shop/old.py", RETIRE),
    Step("a row that nobody declared", READ, old("LIMIT = 1\n" + table(Handler="Router", connect="connect") + WRITTEN), B, "shop/old.py", RETIRE),
    Step("a row goes that was not declared", {**BASE, "shop/old.py": "LIMIT = 1\n" + table(Handler="Router", connect="connect") + WRITTEN}, old(SHIM), B, "shop/old.py", warrant(drops="shop.old:Handler")),
    Step("a row goes that is read", {**READ, "shop/old.py": SHIM}, old("LIMIT = 1\n"), B, "shop/old.py", warrant(drops=TWO)),
    Step("a helper that prints", READ, old(SHIM.replace("    return found", "    print(found)\n    return found")), B, "shop/old.py", RETIRE),
    Step("a hook of another signature", {**READ, "shop/old.py": HEAD + OWN}, old(EXTENDED.replace("def __getattr__(given)", "def __getattr__(given, more=1)")), B, "shop/old.py", RETIRE),
    Step("the module's own __dir__ is another", {**READ, "shop/old.py": HEAD + OWN}, old(EXTENDED.replace("*['X']", "*['Y']")), B, "shop/old.py", RETIRE),
    Step("the module's own __getattr__ goes with the shim", {**BASE, "shop/old.py": EXTENDED}, old(OWN[OWN.index("def __dir__"):]), B, "shop/old.py", warrant(drops="shop.old:Handler")),
    Step("the module's own __getattr__ has changed when the shim goes", {**BASE, "shop/old.py": EXTENDED}, old(OWN.replace("upper", "lower")), B, "shop/old.py", warrant(drops="shop.old:Handler")),
    Step("the name is bound after all", READ, old(SHIM + HEAD), B, "shop/old.py", RETIRE),
    Step("a table becomes a list", {**READ, "shop/old.py": "T = {'A': 'shop.router:Router'}\n" + HEAD + "def __getattr__(name):\n    if name in T:\n        import importlib\n        module, _, attribute = T[name].partition(':')\n        return getattr(importlib.import_module(module), attribute)\n    raise AttributeError(name)\n"}, old("T = ['A']\ndef __getattr__(name):\n    if name in T:\n        import importlib\n        module, _, attribute = T[name].partition(':')\n        return getattr(importlib.import_module(module), attribute)\n    raise AttributeError(name)\n"), B, "shop/old.py", RETIRE),
]  # fmt: skip

A_AND_B = {"a.py": "class A:\n    x = 1\n", "b.py": "class B:\n    x = 1\n"}
TO_A = warrant({"b:B": "a:A"})
COLLAPSES = [
    Step("what is a class body's own name", {"a.py": "class A:\n    pass\n", "b.py": "class B:\n    x = 1\n    y = x\n    @property\n    def p(self): ...\n    @p.setter\n    def p(self, v): ...\n"}, {"a.py": "class A:\n    x = 1\n    y = x\n    @property\n    def p(self): ...\n    @p.setter\n    def p(self, v): ...\n", "b.py": "from a import A as B\n"}, warrant=TO_A),
    Step("an annotated member", {"a.py": "class A:\n    pass\n", "b.py": "class B:\n    x: int = 1\n    y: str\n"}, {"a.py": "class A:\n    x: int = 1\n    y: str\n", "b.py": "from a import A as B\n"}, warrant=TO_A),
    Step("a member that imports", {"p/__init__.py": "", "p/a.py": "class A:\n    pass\n", "p/s/__init__.py": "", "p/c.py": "C = 1\n", "p/s/b.py": "class B:\n    def f(self):\n        from ..c import C\n        return C\n"}, {"p/a.py": "class A:\n    def f(self):\n        from .c import C\n        return C\n", "p/s/b.py": "from p.a import A as B\n"}, warrant=warrant({"p.s.b:B": "p.a:A"})),
    Step("a member that imports something else", {"p/__init__.py": "", "p/a.py": "class A:\n    pass\n", "p/s/__init__.py": "", "p/c.py": "C = 1\n", "p/d.py": "C = 2\n", "p/s/b.py": "class B:\n    def f(self):\n        from ..c import C\n        return C\n"}, {"p/a.py": "class A:\n    def f(self):\n        from .d import C\n        return C\n", "p/s/b.py": "from p.a import A as B\n"}, D, "p/a.py", warrant({"p.s.b:B": "p.a:A"})),
    Step("super, with the same bases", {"z.py": "class Z: ...\n", "a.py": "from z import Z\nclass A(Z):\n    pass\n", "b.py": "from z import Z\nclass B(Z):\n    def f(self):\n        return super().__repr__()\n"}, {"a.py": "from z import Z\nclass A(Z):\n    def f(self):\n        return super().__repr__()\n", "b.py": "from z import Z\nfrom a import A as B\n"}, warrant=TO_A),
    Step("a private name of classes of one name", {"a.py": "class A:\n    pass\n", "b.py": "class A:\n    def f(self):\n        return self.__x\n"}, {"a.py": "class A:\n    def f(self):\n        return self.__x\n", "b.py": "from a import A\n"}, warrant=warrant({"b:A": "a:A"})),
    Step("a base that is abstract", {"a.py": "from abc import ABC\nclass A(ABC):\n    pass\n", "b.py": "from abc import ABC\nclass B(ABC):\n    def f(self): ...\n"}, {"a.py": "from abc import ABC\nclass A(ABC):\n    def f(self): ...\n", "b.py": "from abc import ABC\nfrom a import A as B\n"}, warrant=TO_A),
    Step("a base by its module", {"a.py": "import abc\nclass A(abc.ABC):\n    def f(self): ...\n", "b.py": "import abc\nclass B(abc.ABC):\n    def f(self): ...\n"}, {"b.py": "import abc\nfrom a import A as B\n"}, warrant=TO_A),
    Step("members of builtin bases count", {"a.py": "class A(dict):\n    pass\n", "b.py": "class B:\n    def keys(self): ...\n"}, {"b.py": "from a import A as B\n"}, warrant=TO_A),
    Step("members of bases count", {"a.py": "class Z:\n    def f(self): ...\nclass A(Z):\n    pass\n", "b.py": "class B:\n    def f(self): ...\n"}, {"b.py": "from a import A as B\n"}, warrant=TO_A),
    Step("what every object has need not be there", {"a.py": "class A:\n    pass\n", "b.py": "class B:\n    '''Doc.'''\n    __doc__ = 'x'\n    __module__ = 'y'\n    def __init__(self): ...\n"}, {"b.py": "from a import A as B\n"}, warrant=TO_A),
    Step("a value", {"a.py": "X = 1\n", "b.py": "Y = 1\n"}, {"b.py": "from a import X as Y\n"}, warrant=warrant({"b:Y": "a:X"})),
    Step("an annotated value", {"a.py": "X: int = 1\n", "b.py": "Y: int = 1\n"}, {"b.py": "from a import X as Y\n"}, warrant=warrant({"b:Y": "a:X"})),
    Step("a value becomes a class", {"a.py": "class X: ...\n", "b.py": "Y = 1\n"}, {"b.py": "from a import X as Y\n"}, D, "b.py", warrant({"b:Y": "a:X"})),
    Step("a name that several statements make", {"a.py": "class A: ...\n", "b.py": "import sys\nif sys.argv:\n    class B: ...\nelse:\n    class B: ...\n"}, {"b.py": "import sys\nfrom a import A as B\n"}, B, "b.py", TO_A),
    Step("a definition twice", {"a.py": "class A: ...\n", "b.py": "class B: ...\nprint(B)\nclass B: ...\n"}, {"b.py": "print(B)\nfrom a import A as B\n"}, B, "b.py", TO_A),
    Step("two names of one value", {"a.py": "X = 1\n", "b.py": "Y = Z = 1\n"}, {"b.py": "from a import X as Y\nfrom a import X as Z\n"}, warrant=warrant({"b:Y": "a:X", "b:Z": "a:X"})),
    Step("two names of one value, one declared", {"a.py": "X = 1\n", "b.py": "Y = Z = 1\n"}, {"b.py": "from a import X as Y\n"}, B, "b.py", warrant({"b:Y": "a:X"})),
    Step("the name is bound twice afterwards", A_AND_B, {"b.py": "from a import A as B\nprint(B)\nB = B\n"}, B, "b.py", TO_A),
    Step("users elsewhere", {**A_AND_B, "u.py": "from b import B\nimport b\nprint(B, b.B)\n"}, {"b.py": "from a import A as B\n", "u.py": "from a import A as B\nimport a\nprint(B, a.A)\n"}, warrant=TO_A),
    Step("users elsewhere go to another", {**A_AND_B, "c.py": "class A: ...\n", "u.py": "from b import B\nprint(B)\n"}, {"b.py": "from a import A as B\n", "u.py": "from c import A as B\nprint(B)\n"}, B, "u.py", TO_A),
    Step("users go first, and the duplicate stays", {**A_AND_B, "u.py": "from b import B\nprint(B)\n"}, {"u.py": "from a import A as B\nprint(B)\n"}, B, "u.py", TO_A),
    Step("a class in the body of another that reads the duplicate", {**A_AND_B, "b.py": "class B:\n    x = 1\n\n\nclass C:\n    y = B\n    B = B\n"}, {"b.py": "from a import A as B\n\n\nclass C:\n    y = B\n    B = B\n"}, warrant=TO_A),
    Step("the class itself among its bases", {"a.py": "from b import B\nclass A(B):\n    y = 1\n", "b.py": "class B:\n    x = 1\n"}, {"b.py": "from a import A as B\n"}, D, "b.py", TO_A),
    Step("a default of a parameter is the module's name", {"a.py": "class A:\n    pass\n", "b.py": "class B:\n    def f(self, x=__file__): ...\n"}, {"a.py": "class A:\n    def f(self, x=__file__): ...\n", "b.py": "from a import A as B\n"}, D, "a.py", TO_A),
    Step("a merge in a class of placeholders", {"a.py": "class A:\n    '''Doc.'''\n    ...\n", "b.py": "class B:\n    y = 1\n"}, {"a.py": "class A:\n    '''Doc.'''\n    y = 1\n", "b.py": "from a import A as B\n"}, warrant=TO_A),
    Step("a docstring that is indented otherwise", {"a.py": "class A:\n\tx = 1\n", "b.py": "class B:\n    def f(self):\n        '''One.\n\n        Two.\n        '''\n"}, {"a.py": "class A:\n\tx = 1\n\tdef f(self):\n\t\t'''One.\n\n\t\tTwo.\n\t\t'''\n", "b.py": "from a import A as B\n"}, warrant=TO_A),
    Step("a docstring that says something else", {"a.py": "class A:\n    x = 1\n", "b.py": "class B:\n    def f(self):\n        '''One.'''\n"}, {"a.py": "class A:\n    x = 1\n    def f(self):\n        '''Two.'''\n", "b.py": "from a import A as B\n"}, D, "a.py", TO_A),
]  # fmt: skip

LIB = {
    "lib.py": "class A: ...\nclass B: ...\n",
    "loud.py": "print('loud')\nfrom lib import A\n",
    "quiet.py": "from lib import A\n",
}
PLAIN = [
    Step("a decorator's argument", {"m.py": "def d(x):\n    return lambda f: f\n@d(1)\ndef f(): ...\n"}, {"m.py": "def d(x):\n    return lambda f: f\n@d(2)\ndef f(): ...\n"}, D, "m.py"),
    Step("only blanks", {"m.py": "x = 1\n"}, {"m.py": "x  =  1\n"}, "gate-minimal", "m.py"),
    Step("only blank lines", {"m.py": "x = 1\ny = 2\n"}, {"m.py": "x = 1\n\n\ny = 2\n"}, "gate-minimal", "m.py"),
    Step("only parentheses", {"m.py": "x = (1)\n"}, {"m.py": "x = 1\n"}, "gate-minimal", "m.py"),
    Step("only a comma", {"m.py": "from a import (b,)\n"}, {"m.py": "from a import (b)\n"}, "gate-minimal", "m.py"),
    Step("only line ends", {"m.py": "x = 1\n"}, {"m.py": "x = 1\r\n"}, "gate-minimal", "m.py"),
    Step("only blanks in a text", {"m.txt": "see  it\n"}, {"m.txt": "see it\n"}, "gate-minimal", "m.txt"),
    Step("the order of loud imports", {**LIB, "more.py": "print('more')\n", "m.py": "import loud\nimport more\n"}, {"m.py": "import more\nimport loud\n"}, E, "m.py"),
    Step("the order of quiet imports", {**LIB, "m.py": "import quiet\nimport lib\nprint(quiet, lib)\n"}, {"m.py": "import lib\nimport quiet\nprint(quiet, lib)\n"}),
    Step("an import moves over what the file prints", {**LIB, "m.py": "import loud\nif 1: print(1)\n"}, {"m.py": "if 1: print(1)\nimport loud\n"}, B, "m.py"),
    Step("a loud import goes from a function", {**LIB, "m.py": "def f():\n    from loud import A\n    return A\n"}, {"m.py": "def f():\n    from lib import A\n    return A\n"}, E, "m.py"),
    Step("a loud import goes from a function, and the module has made it", {**LIB, "m.py": "import loud\ndef f():\n    from loud import A\n    return A, loud\n"}, {"m.py": "import loud\ndef f():\n    from lib import A\n    return A, loud\n"}),
    Step("what is loud is loaded by what comes", {**LIB, "also.py": "import loud\nfrom lib import A\n", "m.py": "from loud import A\nprint(A)\n"}, {"m.py": "from also import A\nprint(A)\n"}),
    Step("a loud import is kept in front", {**LIB, "m.py": "from loud import A\nprint(A)\n"}, {"m.py": "import loud\nfrom lib import A\nprint(A)\n"}),
    Step("a loud module is where the object comes from", {**LIB, "m.py": "from quiet import A\nprint(A)\n"}, {"m.py": "from loud import A\nprint(A)\n"}, governed="lib:A"),
    Step("a loud module is where the object comes from, which is not declared", {**LIB, "m.py": "from quiet import A\nprint(A)\n"}, {"m.py": "from loud import A\nprint(A)\n"}, E, "m.py"),
    Step("a loud module is imported for its name", {**LIB, "m.py": "import quiet\nprint(quiet.A)\n"}, {"m.py": "import loud\nprint(loud.A)\n"}, governed="lib:A"),
    Step("a loud module is imported for its name, which is not declared", {**LIB, "m.py": "import quiet\nprint(quiet.A)\n"}, {"m.py": "import loud\nprint(loud.A)\n"}, E, "m.py"),
    Step("a loud module is imported by another name", {**LIB, "m.py": "import quiet as q\nprint(q.A)\n"}, {"m.py": "import loud as q\nprint(q.A)\n"}, governed="lib:A"),
    Step("a loud module is imported by another name, which is not declared", {**LIB, "m.py": "import quiet as q\nprint(q.A)\n"}, {"m.py": "import loud as q\nprint(q.A)\n"}, E, "m.py"),
    Step("a loud module is imported by another name for nothing", {**LIB, "m.py": "from quiet import A\nprint(A)\n"}, {"m.py": "from quiet import A\nimport loud as q\nprint(A)\n"}, E, "m.py"),
    Step("a loud module is imported in a function for nothing", {**LIB, "m.py": "def f():\n    from quiet import A\n    return A\n"}, {"m.py": "def f():\n    from quiet import A\n    import loud\n    return A\n"}, E, "m.py"),
    Step("another distribution goes with a new home for what it gave", {**LIB, "j.py": "from json import loads\n", "m.py": "from json import loads\nprint(loads)\n"}, {"m.py": "from j import loads\nprint(loads)\n"}),
    Step("another distribution goes from a function", {**LIB, "m.py": "def f():\n    import json\n    return 1\n"}, {"m.py": "def f():\n    return 1\n"}, E, "m.py"),
    Step("strings come", {"m.py": "x = 1\n"}, {"m.py": "x = 1\n'text'\n"}, D, "m.py"),
    Step("a star taker lists what goes", {**LIB, "m.py": "from lib import A, B\nprint(A)\n", "t.py": "from m import *\n__all__ = ['B']\n"}, {"m.py": "from lib import A\nprint(A)\n"}, B, "m.py"),
    Step("a star taker has its own", {**LIB, "m.py": "from lib import A, B\nprint(A)\n", "t.py": "from m import *\nfrom lib import B\nprint(B)\n"}, {"m.py": "from lib import A\nprint(A)\n"}),
    Step("a name of another distribution goes that is imported", {"m.py": "from json import loads\nprint(1)\n", "j.py": "from json import loads\n", "p/__init__.py": "", "p/m.py": "from json import loads, dumps\nprint(loads)\n", "u.py": "from p.m import dumps\n"}, {"p/m.py": "from json import loads\nprint(loads)\n"}, B, "p/m.py"),
    Step("what a class body binds is what it read outside", {"m.py": "from lib import A\nclass C:\n    x = A\n    A = 1\n", **LIB}, {"m.py": "from quiet import A\nclass C:\n    x = A\n    A = 1\n"}),
    Step("an import that closes no circle", {**LIB, "m.py": "from quiet import A\n"}, {"m.py": "from lib import A\n"}),
    Step("a scope goes", {"m.py": "f = lambda: 1\n"}, {"m.py": "f = 1\n"}, B, "m.py"),
    Step("a guarded import of what could not work is mended by nothing", {**LIB, "m.py": "from gone import A\nprint(A)\n"}, {"m.py": "from lib import A\nprint(A)\n"}, B, "m.py"),
]  # fmt: skip


@pytest.mark.parametrize("step", [*SHIMS, *COLLAPSES, *PLAIN], ids=lambda step: step.name)
def test_it_is_judged_rightly(step: Step) -> None:
    found = failures(step)
    assert {path: failure.code for path, failure in found.items()} == ({step.at: step.gate} if step.gate else {}), found


def test_without_the_sources_whoever_might_read_a_name_counts() -> None:
    """The same edit passes when the files show that nobody does."""
    before = {
        **LIB,
        "m.py": "from lib import A, B\nprint(A)\n",
        "u.py": "import m\nprint(m.A)\n",
        "s.py": "from m import *\nprint(A)\n",
    }
    step = Step("", before, {"m.py": "from lib import A\nprint(A)\n"})
    assert failures(step) == {}
    found = Prover(index_of(before), never).failures(changes(step))
    assert found["m.py"].code == B
    assert Prover(index_of({**before, "u.py": "", "s.py": ""}), never).failures(changes(step)) == {}
    assert Prover(index_of({**before, "u.py": "from lib import A\n", "s.py": ""}), never).failures(changes(step)) == {}
    assert (
        Prover(index_of({**before, "p/__init__.py": "", "u.py": "", "s.py": "import m as n\n"}), never).failures(
            changes(step)
        )
        != {}
    )


def test_two_trees_are_compared_without_knowing_the_edits() -> None:
    before, after = {**LIB, "m.py": "from quiet import A\n"}, {**LIB, "m.py": "from lib import B as A\n"}
    old_view, new_view = view_of(before, "m.py"), view_of(after, "m.py")
    found = check_bindings("m.py", old_view, new_view, never)
    assert isinstance(found, Failure)
    assert found.code == B
    assert check_bindings("m.py", old_view, view_of({**LIB, "m.py": "from loud import A\n"}, "m.py"), never) is None


def test_a_file_that_the_tool_keeps_is_looked_at_only_as_text() -> None:
    """What it asserts changes with what it asserts it of."""
    generated = warrant()
    before = {"tests/t.py": "x = 1\n", **LIB}
    data = encoded(before)["tests/t.py"]
    edits = edits_between("x = 1\n", "y = 'other'\n")
    changed = Changed("tests/t.py", data, edits, b"y = 'other'\n")
    kept = type(generated)(generated=frozenset({"tests/t.py"}))
    assert Prover(index_of(before), never, kept, sources(before)).failures([changed]) == {}
    assert Prover(index_of(before), never, generated, sources(before)).failures([changed]) != {}
    broken = Changed("tests/t.py", data, (Edit(0, 0, 1, "", "("),), b"(x = 1\n")
    assert Prover(index_of(before), never, kept, sources(before)).failures([broken])["tests/t.py"].code == "gate-parse"


def test_a_file_whose_bytes_can_not_be_read_afterwards_is_refused_and_the_others_are_looked_at() -> None:
    before = {**LIB, "m.py": "from lib import A, B\nprint(A)\n", "u.py": "x = 1\n"}
    bad = Changed("u.py", b"x = 1\n", (Edit(0, 1, 1, "x", "y"),), b"\xff\n")
    good = changed_files({"m.py": edits_between(before["m.py"], "from lib import A\nprint(A)\n")}, encoded(before))
    found = Prover(index_of(before), never, sources=sources(before)).failures([bad, *good])
    assert {path: failure.code for path, failure in found.items()} == {"u.py": "gate-decode"}


def test_a_new_file_is_what_its_edit_says() -> None:
    prover = Prover(index_of(LIB), never, sources=sources(LIB))
    for edits in ((), (Edit(0, 0, 1, "", "x"),), (Edit(0, 1, 1, "z", "y = 1\n"),)):
        found = prover.failures([Changed("new.py", None, edits, b"y = 1\n")])
        assert found["new.py"].code == "gate-minimal", edits
    prover = Prover(index_of({**LIB, "p/m.py": ""}), never, sources=sources(LIB))
    assert prover.failures([Changed("p/m.py", None, (Edit(0, 0, 1, "", "y = 1\n"),), b"y = 1\n")])["p/m.py"].code == B


def test_a_file_that_goes_goes_as_a_whole() -> None:
    before = {**LIB, "idle.py": "from lib import A\n"}
    data = encoded(before)["idle.py"]
    dropped = warrant(drops="idle:A")
    prover = Prover(index_of(before), never, dropped, sources(before))
    assert prover.failures([Changed("idle.py", data, (Edit(0, len(data), 1, data.decode(), ""),), None)]) == {}
    assert (
        prover.failures([Changed("idle.py", data, (Edit(0, 4, 1, "from", ""),), None)])["idle.py"].code
        == "gate-minimal"
    )
