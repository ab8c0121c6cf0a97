"""Edits that are wrong in every way we could think of: each is refused, by the right gate."""

# Programs on one line each read better than broken up.

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pytest
from _pytest.mark import ParameterSet
from trees import Replacement, Tree, edits_of, encoded, index_of, never

from ssot.index.source import apply_edits
from ssot.prove.proof import Changed, Prover
from ssot.values import Edit

LIBRARY = {
    "shop/__init__.py": "",
    "shop/engine.py": "class Engine:\n    pass\n\n\nclass Motor:\n    pass\n\n\ndef start(engine):\n    return engine\n",
    "shop/compat.py": "from shop.engine import Engine, Motor\nfrom shop.engine import start as begin\n",
    "shop/fake.py": "class Engine:\n    pass\n",
    "shop/noisy.py": "print('loaded')\nfrom shop.engine import Engine\n",
}


@dataclass(frozen=True)
class Broken:
    """One wrong codemod: the file it edits, what it replaces there, the gate that must see it."""

    name: str
    gate: str
    text: str
    edits: Sequence[Replacement]
    path: str = "shop/user.py"
    more: Mapping[str, str] = field(default_factory=dict)
    open: str = ""  # what no gate looks at yet

    def files(self) -> Tree:
        return {**LIBRARY, **self.more, self.path: self.text}


HONEST = "from shop.compat import Engine\n\nprint(Engine())\n"
FUNCTION = "def make():\n    from shop.compat import Engine\n    return Engine()\n"
GUARDED = "try:\n    from shop.compat import Engine\nexcept ImportError:\n    Engine = None\nprint(Engine)\n"
TYPING = """\
from typing import TYPE_CHECKING
if TYPE_CHECKING:
    from shop.compat import Engine
def f(engine: "Engine"): ...
"""

BROKEN = [
    # imports
    Broken("drops the import", "gate-bindings", HONEST, [("from shop.compat import Engine\n", "")]),
    Broken(
        "drops one name of several",
        "gate-bindings",
        "from shop.compat import Engine, Motor\nprint(Engine, Motor)\n",
        [(", Motor", "", 0)],
    ),
    Broken(
        "binds the object under another local name",
        "gate-bindings",
        HONEST,
        [("shop.compat import Engine", "shop.engine import Engine as Motor")],
    ),
    Broken("another object of the same name", "gate-bindings", HONEST, [("shop.compat", "shop.fake")]),
    Broken("another object under the same local name", "gate-bindings", HONEST, [("Engine", "Motor as Engine", 0)]),
    Broken("a name that is not there", "gate-bindings", HONEST, [("shop.compat", "shop.noisier")]),
    Broken("a module that is not there", "gate-bindings", HONEST, [("shop.compat", "shop.engine.user")]),
    Broken(
        "hoists a deferred import to module level",
        "gate-bindings",
        FUNCTION,
        [("def make", "from shop.engine import Engine\n\n\ndef make"), ("    from shop.compat import Engine\n", "")],
    ),
    Broken(
        "sinks a module-level import into the function that uses it",
        "gate-bindings",
        "from shop.compat import Engine\ndef make():\n    return Engine()\n",
        [("from shop.compat import Engine\n", ""), ("    return", "    from shop.engine import Engine\n    return")],
    ),
    Broken(
        "moves an import up past code that runs",
        "gate-bindings",
        "import sys\nsys.path.insert(0, 'x')\nfrom shop.compat import Engine\nprint(Engine)\n",
        [
            ("import sys\n", "import sys\nfrom shop.engine import Engine\n"),
            ("from shop.compat import Engine\n", ""),
        ],
    ),
    Broken(
        "moves an import down past code that runs",
        "gate-bindings",
        "from shop.compat import Engine\nprint('ready')\nprint(Engine)\n",
        [
            ("from shop.compat import Engine\n", ""),
            ("print('ready')\n", "print('ready')\nfrom shop.engine import Engine\n"),
        ],
    ),
    Broken(
        "takes an import out of its try arm",
        "gate-bindings",
        GUARDED,
        [("try:\n    from shop.compat import Engine", "from shop.engine import Engine\ntry:\n    pass")],
    ),
    Broken(
        "moves an import to the handler",
        "gate-bindings",
        "try:\n    from shop.compat import Engine\nexcept ImportError:\n    raise\nprint(Engine)\n",
        [("from shop.compat import Engine", "pass"), ("    raise", "    from shop.engine import Engine\n    raise")],
    ),
    Broken(
        "a type-only import becomes one that runs",
        "gate-bindings",
        TYPING,
        [("if TYPE_CHECKING:\n    from shop.compat", "from shop.engine import Engine\nif TYPE_CHECKING:\n    from shop.engine")],
    ),
    Broken(
        "a running import becomes type-only",
        "gate-bindings",
        "from typing import TYPE_CHECKING\nfrom shop.compat import Engine\nprint(Engine)\n",
        [("from shop.compat import Engine", "if TYPE_CHECKING:\n    from shop.engine import Engine")],
    ),
    Broken(
        "makes an import conditional",
        "gate-bindings",
        "import sys\nfrom shop.compat import Engine\nprint(Engine)\n",
        [("from shop.compat import Engine", "if sys.version_info:\n    from shop.engine import Engine")],
    ),
    Broken(
        "swaps the arms of a version test",
        "gate-bindings",
        "import sys\nif sys.version_info > (3, 12):\n    from shop.engine import Engine\nelse:\n    from shop.fake import Engine\nprint(Engine)\n",
        [("shop.engine", "shop.fake"), ("shop.fake", "shop.engine")],
    ),
    Broken(
        "a star in place of the name",
        "gate-bindings",
        "from shop.compat import Engine\nprint(Engine, Motor)\n",
        [("from shop.compat import Engine", "from shop.engine import *")],
    ),
    Broken(
        "the star that supplied a name goes",
        "gate-bindings",
        "from shop.compat import *\nprint(Engine, Motor)\n",
        [("from shop.compat import *", "from shop.engine import Engine")],
    ),
    Broken(
        "the explicit import stands before a star that binds the name again",
        "gate-bindings",
        "from shop.fake import *\nfrom shop.engine import Engine\nprint(Engine)\n",
        [("from shop.fake import *\n", ""), ("from shop.engine import Engine", "from shop.engine import Engine\nfrom shop.fake import *")],
    ),
    Broken(
        "an alias module is replaced by another module",
        "gate-bindings",
        "import shop.engine as engine\nprint(engine.Engine)\n",
        [("import shop.engine as", "import shop.fake as")],
    ),
    Broken(
        "a plain import goes although its chain is used",
        "gate-bindings",
        "import shop.compat\nimport shop.engine\nprint(shop.compat.Engine)\n",
        [("shop.compat.Engine", "engine.Engine")],
    ),
    Broken(
        "a chain goes through a module that nobody imports",
        "gate-bindings",
        "import os\nprint(os.path)\n",
        [("os.path", "shop.engine.Engine")],
    ),
    Broken(
        "a relative import with a dot too many",
        "gate-bindings",
        "from .compat import Engine\nprint(Engine)\n",
        [("from .compat", "from ..engine")],
    ),
    Broken(
        "a relative import with a dot too few",
        "gate-bindings",
        "from ..compat import Engine\nprint(Engine)\n",
        [("from ..compat", "from .engine")],
        path="shop/sub/user.py",
        more={"shop/sub/__init__.py": ""},
    ),
    Broken(
        "a new local name hides a builtin",
        "gate-bindings",
        "from shop.compat import Engine\nprint(Engine)\n",
        [("import Engine", "import Engine as print"), ("(Engine)", "(print)")],
    ),
    Broken(
        "a new local name hides a module-level one",
        "gate-bindings",
        "Motor = 1\ndef f():\n    from shop.compat import Engine\n    return Engine, Motor\n",
        [("compat import Engine", "engine import Engine as Motor"), ("return Engine", "return Motor")],
    ),
    # uses
    Broken(
        "renames a use of the parameter",
        "gate-bindings",
        "from shop.compat import begin\ndef run(begin):\n    return begin()\nprint(begin)\n",
        [
            ("shop.compat import begin", "shop.engine import start"),
            ("return begin()", "return start()"),
            ("print(begin)", "print(start)"),
        ],
    ),
    Broken(
        "forgets a use",
        "gate-bindings",
        "from shop.compat import begin\nprint(begin)\nbegin(1)\n",
        [("shop.compat import begin", "shop.engine import start"), ("print(begin)", "print(start)")],
    ),
    Broken(
        "forgets a use in a string annotation",
        "gate-bindings",
        "from shop.compat import Engine\ndef f(x: 'Engine'): ...\n",
        [("from shop.compat import Engine", "from shop.engine import Engine as E")],
    ),
    Broken(
        "forgets a use in an f-string",
        "gate-bindings",
        "from shop.compat import begin\nprint(f'{begin}')\n",
        [("shop.compat import begin", "shop.engine import start")],
    ),
    Broken(
        "renames into a comprehension's own variable",
        "gate-bindings",
        "from shop.compat import begin\nprint([begin for start in (1, 2)])\n",
        [("shop.compat import begin", "shop.engine import start"), ("[begin", "[start")],
    ),
    Broken(
        "renames the variable of a comprehension",
        "gate-bindings",
        "from shop.compat import begin\nprint(begin, [begin for begin in (1, 2)])\n",
        [
            ("shop.compat import begin", "shop.engine import start"),
            ("print(begin", "print(start"),
            ("[begin for", "[start for"),
        ],
    ),
    Broken(
        "renames a name that a class body binds itself",
        "gate-bindings",
        "from shop.compat import begin\nclass A:\n    begin = 1\n    x = begin\nprint(begin)\n",
        [
            ("shop.compat import begin", "shop.engine import start"),
            ("x = begin", "x = start"),
            ("print(begin", "print(start"),
        ],
    ),
    Broken(
        "turns a global into a local",
        "gate-bindings",
        "from shop.compat import Engine\ndef f():\n    print(Engine)\n    return Engine\n",
        [("    return Engine\n", "    from shop.engine import Engine\n    return Engine\n")],
    ),
    Broken("replaces a use by something else", "gate-bindings", HONEST, [("(Engine())", "(Motor())")]),
    Broken("adds a use", "gate-bindings", HONEST, [("(Engine())", "(Engine(Engine))")]),
    Broken("drops a use", "gate-bindings", HONEST, [("print(Engine())", "print()")]),
    Broken(
        "another attribute of the chain",
        "gate-bindings",
        "import shop.engine\nprint(shop.engine.Engine.x)\n",
        [("Engine.x", "Engine.y")],
    ),
    Broken(
        "a chain to another object of the same name",
        "gate-bindings",
        "import shop.engine, shop.fake\nprint(shop.engine.Engine, shop.fake.Engine)\n",
        [("(shop.engine.Engine", "(shop.fake.Engine")],
    ),
    Broken("the order of two uses", "gate-bindings", "from shop.engine import Engine, Motor\nprint(Engine, Motor)\n", [("(Engine, Motor)", "(Motor, Engine)")]),
    # exports
    Broken(
        "an export of a package vanishes",
        "gate-bindings",
        "from shop.engine import Engine, Motor\n",
        [("Engine, Motor", "Engine")],
        path="shop/api/__init__.py",
    ),
    Broken(
        "a name of __all__ vanishes",
        "gate-bindings",
        "from shop.compat import Engine\n__all__ = ['Engine']\n",
        [("compat import Engine", "engine import Engine as E")],
    ),
    Broken(
        "a name that another module imports vanishes",
        "gate-bindings",
        "from shop.compat import Engine, Motor\nprint(Engine)\n",
        [("compat import Engine, Motor", "engine import Engine")],
        more={"shop/other.py": "from shop.user import Motor\nprint(Motor)\n"},
    ),
    Broken(
        "a name that another module imports becomes another object",
        "gate-bindings",
        "from shop.compat import Engine\n",
        [("shop.compat", "shop.fake")],
        more={"shop/other.py": "from shop.user import Engine\n"},
    ),
    Broken(
        "a name that another module takes by a star vanishes",
        "gate-bindings",
        "from shop.compat import Engine, Motor\nprint(Engine)\n",
        [("compat import Engine, Motor", "engine import Engine")],
        more={"shop/other.py": "from shop.user import *\nprint(Motor)\n"},
    ),
    Broken(
        "a name that another module reads as an attribute vanishes",
        "gate-bindings",
        "from shop.compat import Engine, Motor\nprint(Engine)\n",
        [("compat import Engine, Motor", "engine import Engine")],
        more={"shop/other.py": "import shop.user\nprint(shop.user.Motor)\n"},
    ),
    Broken(
        "a published alias becomes another object",
        "gate-bindings",
        "from shop.engine import Engine\nPublic = Engine\n",
        [("shop.engine", "shop.fake")],
    ),
    # what is not an import
    Broken("changes a string", "gate-difference", "from shop.compat import Engine\nprint('Engine')\n", [("shop.compat", "shop.engine"), ("'Engine'", "'Motor'")]),
    Broken("changes a number", "gate-difference", HONEST + "LIMIT = 10\n", [("10", "11")]),
    Broken("changes an operator", "gate-difference", "a = 1\nb = a + 1\n", [("+", "-")]),
    Broken("changes a keyword argument", "gate-difference", "def f(a, b): ...\nf(a=1, b=2)\n", [("a=1", "b=1"), ("b=2", "a=2")]),
    Broken("changes an attribute", "gate-difference", "import os\nprint(os.sep().x)\n", [("().x", "().y")]),
    Broken("reorders assignments", "gate-bindings", "a = 1\nb = 2\n", [("a = 1\nb = 2", "b = 2\na = 1")]),
    Broken("reorders statements", "gate-difference", "assert 1\nassert 2\n", [("assert 1\nassert 2", "assert 2\nassert 1")]),
    Broken("swallows the next statement", "gate-difference", "from shop.compat import Engine\nassert 1\nprint(Engine)\n", [("from shop.compat import Engine\nassert 1\n", "from shop.engine import Engine\n")]),
    Broken("adds a statement", "gate-difference", "from shop.compat import Engine\nprint(Engine)\n", [("from shop.compat import Engine\n", "from shop.engine import Engine\n1 + 1\n")]),
    Broken("empties a function", "gate-difference", "def f():\n    return 1\n", [("return 1", "return")]),
    Broken("negates a condition", "gate-difference", "import sys\nif sys.argv:\n    x = 1\n", [("if sys", "if not sys")]),
    Broken("edits a docstring", "gate-difference", '"""Uses shop.compat."""\nx = 1\n', [("shop.compat", "shop.engine")]),
    Broken("dedents a statement", "gate-difference", "if 1:\n    a = 1\n    b = 2\n", [("    b = 2", "b = 2")]),
    Broken("makes a function async", "gate-difference", "def f():\n    return 1\n", [("def f", "async def f")]),
    # comments and layout
    Broken("loses a comment", "gate-comments", "from shop.compat import Engine  # why\nprint(Engine)\n", [("shop.compat import Engine  # why", "shop.engine import Engine")]),
    Broken("loses a comment line", "gate-comments", "# licence\nfrom shop.compat import Engine\nprint(Engine)\n", [("# licence\n", "")]),
    Broken("makes up a comment", "gate-comments", HONEST, [("shop.compat import Engine", "shop.engine import Engine  # TODO")]),
    Broken("changes a comment", "gate-comments", "x = 1  # see shop.compat\n", [("shop.compat", "shop.engine")]),
    Broken("comments code out", "gate-bindings", HONEST, [("print(", "# print(")]),
    Broken("does not parse", "gate-parse", HONEST, [("import Engine", "import (Engine")]),
    Broken("wrong indentation", "gate-parse", FUNCTION, [("    from", "      from")]),
    Broken("a future import that is not first", "gate-parse", HONEST, [("print", "from __future__ import annotations\nprint")]),
    Broken("edits that change nothing", "gate-minimal", HONEST, [("Engine", "Engine")]),
    # what a run would notice and the names in the file would not
    Broken("drops an import with effects", "gate-effects", "import shop.noisy\nfrom shop.compat import Engine\nprint(Engine)\n", [("import shop.noisy\n", "")]),
    Broken("drops an import of another distribution", "gate-effects", "import antigravity\nx = 1\n", [("import antigravity\n", "")]),
    Broken("goes round a module with effects", "gate-effects", "from shop.noisy import Engine\nprint(Engine)\n", [("shop.noisy", "shop.engine")]),
    Broken("imports something more", "gate-bindings", HONEST, [("compat import Engine", "engine import Engine, Motor")]),
    Broken("imports a module with effects", "gate-effects", HONEST, [("shop.compat import Engine", "shop.engine import Engine\nimport shop.noisy")]),
    Broken("changes __all__", "gate-difference", "from shop.compat import Engine\n__all__ = ['Engine']\nMotor = 1\n", [("['Engine']", "['Motor']")]),
    Broken("changes a name that is looked up", "gate-difference", "import shop.engine\nprint(getattr(shop.engine, 'Engine'))\n", [("'Engine'", "'Motor'")]),
    Broken("changes a module that is looked up", "gate-difference", "import importlib\nprint(importlib.import_module('shop.compat'))\n", [("shop.compat", "shop.fake")]),
    Broken("swaps two comments", "gate-comments", "# about x\nx = 1\n# about y\ny = 2\n", [("# about x", "# about y"), ("# about y", "# about x")]),
    Broken("changes what an f-string prints", "gate-difference", "from shop.compat import begin\nprint(f'{begin=}')\n", [("compat import begin", "engine import start"), ("{begin=}", "{start=}")]),
    Broken("changes the format in an f-string", "gate-difference", "x = 1\nprint(f'{x:>3}')\n", [(">3", ">4")]),
    Broken("adds an await", "gate-difference", "async def f(g):\n    return g()\n", [("return g", "return await g")]),
    Broken("renames a parameter that callers name", "gate-bindings", "def f(a):\n    return a\n", [("f(a)", "f(b)"), ("return a", "return b")]),
    Broken("renames a class attribute", "gate-bindings", "class A:\n    a = 1\n", [("a = 1", "b = 1")]),
    Broken("catches something else", "gate-bindings", "try:\n    pass\nexcept ValueError:\n    pass\n", [("ValueError", "KeyError")]),
    Broken("matches another attribute", "gate-difference", "from shop.compat import Engine\nmatch 1:\n    case Engine(x=1): ...\n", [("x=1", "y=1")]),
    Broken("an import sinks into a loop", "gate-bindings", "from shop.compat import Engine\nfor i in ():\n    pass\nprint(Engine)\n", [("from shop.compat import Engine\n", ""), ("    pass", "    from shop.engine import Engine")]),
    Broken("an import leaves a class body", "gate-bindings", "class A:\n    from shop.compat import Engine\n    x = Engine\n", [("class A:\n    from shop.compat import Engine", "from shop.engine import Engine\nclass A:")]),
    Broken("an import leaves a suppress block", "gate-bindings", "import contextlib\nwith contextlib.suppress(ImportError):\n    from shop.compat import Engine\nprint(Engine)\n", [("with contextlib.suppress(ImportError):\n    from shop.compat import Engine", "from shop.engine import Engine\nwith contextlib.suppress(ImportError):\n    pass")]),
    Broken("a star inside a function", "gate-parse", "def f():\n    from shop.compat import Engine\n    return Engine\n", [("compat import Engine", "engine import *")]),
    Broken("another distribution", "gate-bindings", "from json import loads\nprint(loads)\n", [("from json", "from ujson")]),
    # other files
    Broken("closes an import circle", "gate-cycle", "from shop.compat import Engine\nprint(Engine)\n", [("shop.compat", "shop.late")], more={"shop/late.py": "from shop.engine import Engine\nimport shop.user\n"}),
]  # fmt: skip


def failures(broken: Broken) -> dict[str, str]:
    files = encoded(broken.files())
    edits = edits_of(files[broken.path], broken.edits)
    after = apply_edits(files[broken.path], edits)
    prover = Prover(index_of(broken.files()), never)
    found = prover.failures([Changed(broken.path, files[broken.path], edits, after)])
    return {path: failure.code for path, failure in found.items()}


def marked(broken: Broken) -> ParameterSet:
    marks = [pytest.mark.xfail(reason=f"no gate sees it yet: {broken.open}", strict=True)] if broken.open else []
    return pytest.param(broken, id=broken.name, marks=marks)


@pytest.mark.parametrize("broken", [marked(broken) for broken in BROKEN])
def test_it_is_refused(broken: Broken) -> None:
    assert failures(broken) == {broken.path: broken.gate}


RIGHT = [
    Broken("the import", "", HONEST, [("shop.compat", "shop.engine")]),
    Broken("a deferred import", "", FUNCTION, [("shop.compat", "shop.engine")]),
    Broken("in its arm", "", GUARDED, [("shop.compat", "shop.engine")]),
    Broken("a type-only import", "", TYPING, [("shop.compat", "shop.engine")]),
    Broken(
        "all uses renamed",
        "",
        "from shop.compat import begin\ndef run(begin):\n    return begin()\nprint(begin)\n",
        [("shop.compat import begin", "shop.engine import start"), ("print(begin)", "print(start)")],
    ),
    Broken(
        "one name of several moves",
        "",
        "from shop.compat import Engine, Motor  # both\nprint(Engine, Motor)\n",
        [("Engine, Motor  # both", "Motor  # both\nfrom shop.engine import Engine")],
    ),
    Broken(
        "behind a star",
        "",
        "from shop.compat import *\nprint(Engine, Motor)\n",
        [("import *", "import *\nfrom shop.engine import Engine")],
    ),
    Broken(
        "a chain",
        "",
        "import shop.compat\nprint(shop.compat.Engine)\n",
        [("import shop.compat", "import shop.engine"), ("shop.compat.Engine", "shop.engine.Engine")],
    ),
]


@pytest.mark.parametrize("right", RIGHT, ids=[right.name for right in RIGHT])
def test_the_right_edit_passes(right: Broken) -> None:
    """The gates that refuse everything above do not refuse everything."""
    assert failures(right) == {}


def changed(before: bytes, edits: Sequence[Edit], after: bytes) -> dict[str, str]:
    prover = Prover(index_of({**LIBRARY, "shop/user.py": before.decode("latin-1")}), never)
    found = prover.failures([Changed("shop/user.py", before, tuple(edits), after)])
    return {path: failure.code for path, failure in found.items()}


DATA = HONEST.encode()
MOVE = edits_of(DATA, [("shop.compat", "shop.engine")])


def test_a_change_that_no_edit_declares() -> None:
    after = apply_edits(DATA, MOVE)
    assert changed(DATA, MOVE, after + b"\n") == {"shop/user.py": "gate-minimal"}
    assert changed(DATA, MOVE, after.replace(b"\n", b"\r\n")) == {"shop/user.py": "gate-minimal"}
    assert changed(DATA, (), after) == {"shop/user.py": "gate-minimal"}


def test_edits_that_overlap() -> None:
    (move,) = MOVE
    twice = (move, Edit(move.start + 2, move.end + 2, 1, "op.compat i", "op.engine i"))
    assert changed(DATA, twice, apply_edits(DATA, MOVE)) == {"shop/user.py": "gate-minimal"}


def test_an_edit_of_something_else_than_stands_there() -> None:
    (move,) = MOVE
    other = (Edit(move.start, move.end, 1, "shop.combat", "shop.engine"),)
    assert changed(DATA, other, apply_edits(DATA, MOVE)) == {"shop/user.py": "gate-minimal"}


@pytest.mark.parametrize(
    "after",
    [
        b"\xef\xbb\xbf" + DATA,
        b"# coding: latin-1\n" + DATA,
        DATA + b"\0",
        DATA + b"\xff",
        DATA.decode().encode("utf-16"),
    ],
)
def test_another_encoding(after: bytes) -> None:
    assert changed(DATA, MOVE, after) == {"shop/user.py": "gate-decode"}
