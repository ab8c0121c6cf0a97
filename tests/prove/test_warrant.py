"""What the manifest declares may be done and is let through; everything else that such a codemod might do is refused."""

# Programs on one line each read better than broken up.

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from trees import Tree

from prove.warranted import Step, failures, tree_after, warrant

ROUTER = '''\
import logging


class Router:
    """The router."""

    def send(self, message):
        # on the wire
        return f"sent {message}"


def connect(url):
    return url
'''
OLD = '''\
"""Old things."""
import json

LIMIT = 3


def helper(value):
    return json.dumps(value)


# the one before
class Handler:
    """Handles."""

    # not here
    def send(self, message):
        # on the wire
        return f"sent {message}"


def twice(message):
    return [Handler().send(message)] * 2


ROUTES = {"a": Handler}
'''
MORE = OLD.replace(
    """        return f"sent {message}"

""",
    '''        return f"sent {message}"

    # as JSON
    @staticmethod
    def dump(value, limit=LIMIT):
        """Text of it,
        cut."""
        return helper(value)[:limit]

''',
    1,
)
USER = "from shop.old import Handler, twice\nprint(Handler().send('x'), twice('y'))\n"
BASE = {"shop/__init__.py": "", "shop/router.py": ROUTER, "shop/old.py": OLD, "shop/user.py": USER}
MERGE = {**BASE, "shop/old.py": MORE, "shop/user.py": "from shop.old import Handler\nprint(Handler.dump({'a': 1}))\n"}
CLASS = OLD[OLD.index("# the one before") : OLD.index("def twice")]
MORE_CLASS = MORE[MORE.index("# the one before") : MORE.index("def twice")]
IMPORT = "from shop.router import Router as Handler\n\n\n"
COLLAPSED = OLD.replace(CLASS, IMPORT)
MERGED = MORE.replace(MORE_CLASS, IMPORT)
TO_ROUTER = warrant({"shop.old:Handler": "shop.router:Router"})

GROWN = ROUTER.replace("import logging\n", "import logging\n\nfrom shop.tools import helper, LIMIT\n").replace(
    """        return f"sent {message}"
""",
    '''        return f"sent {message}"

    # as JSON
    @staticmethod
    def dump(value, limit=LIMIT):
        """Text of it,
        cut."""
        return helper(value)[:limit]
''',
)
TOOLS = "import json\n\nLIMIT = 3\n\n\ndef helper(value):\n    return json.dumps(value)\n"
APART = {
    **MERGE,
    "shop/tools.py": TOOLS,
    "shop/old.py": MORE.replace(
        """LIMIT = 3


def helper(value):
    return json.dumps(value)
""",
        "from shop.tools import LIMIT, helper\n",
    ),
}
APART_MERGED = APART["shop/old.py"].replace(MORE_CLASS, IMPORT)
COPIED = GROWN.replace(
    "from shop.tools import helper, LIMIT\n",
    """import json

LIMIT = 3


def helper(value):
    return json.dumps(value)
""",
)

SHIM = """\
def __getattr__(name):
    if name == "Handler":
        import warnings

        from shop.router import Router

        warnings.warn("shop.old.Handler is shop.router.Router", DeprecationWarning, stacklevel=2)
        return Router
    raise AttributeError(name)


def __dir__():
    return sorted([*globals(), "Handler"])
"""
FACADE = "from shop.router import Router as Handler\nfrom shop.router import connect\n"
SHIMMED = "from shop.router import connect\n\n\n" + SHIM
FACADES = {
    "shop/__init__.py": "",
    "shop/router.py": ROUTER,
    "shop/old.py": FACADE,
    "shop/user.py": "import shop.old\nprint(shop.old.Handler().send('x'))\n",
}
RETIRE = warrant(retires="shop.old:Handler")
DROP = warrant(drops="shop.old:Handler shop.old:connect")
IDLE = {**FACADES, "shop/user.py": "import shop.old\nprint(shop.old.connect('x'))\n"}

RIGHT = [
    Step("a duplicate becomes an import", BASE, {"shop/old.py": COLLAPSED}, warrant=TO_ROUTER, run="shop.user"),
    Step("an import in front", BASE, {"shop/old.py": OLD.replace(CLASS, "").replace("import json\n", "import json\n\nfrom shop.router import Router as Handler\n")}, warrant=TO_ROUTER, run="shop.user"),
    Step("an alias by assignment", BASE, {"shop/old.py": OLD.replace(CLASS, "Handler = Router\n\n\n").replace("import json\n", "import json\n\nfrom shop.router import Router\n")}, warrant=TO_ROUTER, run="shop.user"),
    Step("an alias through the module", BASE, {"shop/old.py": OLD.replace(CLASS, "Handler = shop.router.Router\n\n\n").replace("import json\n", "import json\nimport shop.router\n")}, warrant=TO_ROUTER, run="shop.user"),
    Step("an alias in the same module", {"m.py": "class A:\n    x = 1\n\n\nclass B:\n    x = 1\n\n\nprint(A.x, B.x)\n"}, {"m.py": "class A:\n    x = 1\n\n\nB = A\n\n\nprint(A.x, B.x)\n"}, warrant=warrant({"m:B": "m:A"}), run="m"),
    Step("uses follow", BASE, {"shop/old.py": OLD.replace(CLASS, "").replace("import json\n", "import json\n\nfrom shop.router import Router\n").replace("[Handler()", "[Router()").replace(": Handler}", ": Router}\nHandler = Router")}, warrant=TO_ROUTER, gate="gate-difference", at="shop/old.py"),
    Step("a function", {"a.py": "def f(x):\n    return x\n", "b.py": "def g(x):\n    return x\n\n\nprint(g(1))\n"}, {"b.py": "from a import f as g\n\n\nprint(g(1))\n"}, warrant=warrant({"b:g": "a:f"}), run="b"),
    Step("a chain of duplicates", {"a.py": "class A:\n    x = 1\n", "b.py": "from a import A\nclass B(A):\n    pass\n", "c.py": "from b import B\nclass C(B):\n    pass\nprint(C.x)\n"}, {"b.py": "from a import A\nfrom a import A as B\n", "c.py": "from a import A as C\nprint(C.x)\n"}, warrant=warrant({"b:B": "a:A", "c:C": "b:B"}), run="c"),
    Step("a member moves with what it imports", APART, {"shop/old.py": APART_MERGED, "shop/router.py": GROWN}, warrant=TO_ROUTER, run="shop.user"),
    Step("a member moves with copies of what it needs", MERGE, {"shop/old.py": MERGED, "shop/router.py": COPIED}, warrant=TO_ROUTER, run="shop.user"),
    Step("an empty class gets its first member", {"a.py": "class A:\n    pass\n", "b.py": "class B:\n    def f(self):\n        return 1\n\n\nprint(B().f())\n"}, {"a.py": "class A:\n    def f(self):\n        return 1\n", "b.py": "from a import A as B\n\n\nprint(B().f())\n"}, warrant=warrant({"b:B": "a:A"}), run="b"),
    Step("a name is offered on demand", FACADES, {"shop/old.py": SHIMMED}, warrant=RETIRE, run="shop.user"),
    Step("a name of __all__ is offered on demand", {**FACADES, "shop/old.py": FACADE + "__all__ = ['Handler']\n", "shop/user.py": "from shop.old import *\nprint(Handler().send(1))\n"}, {"shop/old.py": SHIMMED.replace("connect\n", "connect\n__all__ = ['Handler']\n")}, warrant=RETIRE, run="shop.user"),
    Step("with a name for type checkers", FACADES, {"shop/old.py": SHIMMED.replace("connect\n", "connect\nfrom typing import TYPE_CHECKING\n\nif TYPE_CHECKING:\n    from shop.router import Router as Handler\n", 1)}, warrant=RETIRE, run="shop.user"),
    Step("an assignment is offered on demand", {**FACADES, "shop/old.py": "from shop import router\nHandler = router.Router\nconnect = router.connect\n"}, {"shop/old.py": "from shop import router\nconnect = router.connect\n\n\n" + SHIM}, warrant=RETIRE, run="shop.user"),
    Step("an existing __getattr__ is extended", {**FACADES, "shop/old.py": FACADE + "def __getattr__(name):\n    return name.upper()\n"}, {"shop/old.py": "from shop.router import connect\ndef __getattr__(name):\n    if name == 'Handler':\n        from shop.router import Router\n        return Router\n    return name.upper()\n"}, warrant=RETIRE, run="shop.user"),
    Step("nobody uses the name, and it goes", IDLE, {"shop/old.py": "from shop.router import connect\n"}, warrant=DROP, run="shop.user"),
    Step("with its place in __all__", {**IDLE, "shop/old.py": FACADE + "__all__ = ['connect', 'Handler']\n"}, {"shop/old.py": "from shop.router import connect\n__all__ = ['connect']\n"}, warrant=DROP, run="shop.user"),
    Step("a shim goes", {**IDLE, "shop/old.py": SHIMMED}, {"shop/old.py": "from shop.router import connect\n"}, warrant=DROP, run="shop.user"),
    Step("a file nobody imports goes", {**IDLE, "shop/user.py": "import shop\nprint(shop)\n"}, {"shop/old.py": None}, warrant=DROP),
    Step("a file is made", BASE, {"tests/test_single.py": "import shop.old\n\n\ndef test_it():\n    assert shop.old.Handler\n"}),
    Step("an empty file is made", BASE, {"tests/__init__.py": ""}),
    Step("a text is made", BASE, {"notes.txt": "made\n"}),
]  # fmt: skip


@pytest.mark.parametrize("step", RIGHT, ids=[step.name for step in RIGHT])
def test_what_is_declared_is_let_through(step: Step) -> None:
    found = failures(step)
    assert {path: failure.code for path, failure in found.items()} == ({step.at: step.gate} if step.gate else {}), found


@pytest.mark.parametrize("step", [pytest.param(step, id=step.name) for step in RIGHT if step.run])
def test_programs_print_the_same_after_what_is_let_through(step: Step, tmp_path: Path) -> None:
    before, after = (
        printed(tree, step.run, tmp_path / name) for tree, name in ((step.before, "a"), (tree_after(step), "b"))
    )
    assert before == after


def printed(tree: Tree, module: str, folder: Path) -> str:
    for path, text in tree.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    result = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", f"import {module}"],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=30,
    )
    assert result.returncode == 0, result.stderr
    return result.stdout


def old(text: str) -> dict[str, str | None]:
    return {"shop/old.py": text}


CANON = "shop.router:Router"
D = "gate-difference"
B = "gate-bindings"
OTHER = {**BASE, "shop/other.py": "class Router:\n    def send(self, message):\n        return message\n"}
TWO = {**BASE, "shop/old.py": OLD + "\n\nclass Second:\n    pass\n"}
GETATTR = FACADE + "def __getattr__(name):\n    return name.upper()\n"

BROKEN = [
    # collapsing
    Step("an alias without a warrant", BASE, old(COLLAPSED), B, "shop/old.py"),
    Step("an alias of another class", OTHER, old(COLLAPSED.replace("shop.router", "shop.other")), B, "shop/old.py", TO_ROUTER),
    Step("an alias of what is not there", BASE, old(COLLAPSED.replace("Router as", "Rooter as")), B, "shop/old.py", TO_ROUTER),
    Step("the definition goes and nothing comes", BASE, old(OLD.replace(CLASS, "")), B, "shop/old.py", TO_ROUTER),
    Step("the alias comes too late", BASE, old(OLD.replace(CLASS, "").replace("ROUTES =", "from shop.router import Router as Handler\nROUTES =")), D, "shop/old.py", TO_ROUTER),
    Step("a second class goes as well", TWO, old(TWO["shop/old.py"].replace(CLASS, IMPORT).replace("class Second:\n    pass\n", "")), B, "shop/old.py", TO_ROUTER),
    Step("a second class becomes an alias as well", TWO, old(TWO["shop/old.py"].replace(CLASS, IMPORT).replace("class Second:\n    pass\n", "Second = Handler\n")), B, "shop/old.py", TO_ROUTER),
    Step("a function beside it changes", BASE, old(COLLAPSED.replace("* 2", "* 3")), D, "shop/old.py", TO_ROUTER),
    Step("a use beside it changes", BASE, old(COLLAPSED.replace("{\"a\": Handler}", "{\"a\": helper}")), B, "shop/old.py", TO_ROUTER),
    Step("a comment beside it goes", {**BASE, "shop/old.py": OLD + "# the end\n"}, old(COLLAPSED), "gate-comments", "shop/old.py", TO_ROUTER),
    Step("an alias brings a comment", BASE, old(COLLAPSED.replace(IMPORT, "Handler = Router  # TODO\n").replace("import json\n", "import json\nfrom shop.router import Router\n")), "gate-comments", "shop/old.py", TO_ROUTER),
    Step("a statement beside it goes", BASE, old(COLLAPSED.replace("LIMIT = 3\n", "")), B, "shop/old.py", TO_ROUTER),
    Step("a class becomes a function", {"a.py": "def f():\n    pass\n", "b.py": "class G:\n    pass\n"}, {"b.py": "from a import f as G\n"}, D, "b.py", warrant({"b:G": "a:f"})),
    Step("a function becomes an async one", {"a.py": "async def f():\n    pass\n", "b.py": "def g():\n    pass\n"}, {"b.py": "from a import f as g\n"}, D, "b.py", warrant({"b:g": "a:f"})),
    Step("a member is dropped", MERGE, old(MERGED), D, "shop/old.py", TO_ROUTER),
    Step("an inherited member is dropped", {"a.py": "class A:\n    pass\n", "b.py": "class Base:\n    def f(self): ...\nclass B(Base):\n    pass\n"}, {"b.py": "class Base:\n    def f(self): ...\nfrom a import A as B\n"}, D, "b.py", warrant({"b:B": "a:A"})),
    Step("a base of another distribution is dropped", {"a.py": "class A:\n    pass\n", "b.py": "from threading import Thread\nclass B(Thread):\n    pass\n"}, {"b.py": "from threading import Thread\nfrom a import A as B\n"}, D, "b.py", warrant({"b:B": "a:A"})),
    Step("a duplicate that registers itself goes", {"a.py": "class A:\n    pass\n", "reg.py": "ALL = []\ndef register(c):\n    ALL.append(c)\n    return c\n", "b.py": "from reg import register\n@register\nclass B:\n    pass\n"}, {"b.py": "from reg import register\nfrom a import A as B\n"}, "gate-effects", "b.py", warrant({"b:B": "a:A"})),
    Step("an alias that closes a circle", {"a.py": "import b\nclass A:\n    x = b.B\n", "b.py": "class B:\n    x = 1\n"}, {"b.py": "from a import A as B\n"}, "gate-cycle", "b.py", warrant({"b:B": "a:A"})),
    # merging
    Step("a moved body changes", APART, {"shop/old.py": APART_MERGED, "shop/router.py": GROWN.replace("[:limit]", "[limit:]")}, D, "shop/router.py", TO_ROUTER),
    Step("a moved default changes", APART, {"shop/old.py": APART_MERGED, "shop/router.py": GROWN.replace("limit=LIMIT", "limit=4")}, B, "shop/router.py", TO_ROUTER),
    Step("a moved decorator goes", APART, {"shop/old.py": APART_MERGED, "shop/router.py": GROWN.replace("    @staticmethod\n", "")}, D, "shop/router.py", TO_ROUTER),
    Step("a moved member's comment goes to another", APART, {"shop/old.py": APART_MERGED, "shop/router.py": GROWN.replace("        # on the wire\n", "").replace("        return helper", "        # on the wire\n        return helper")}, D, "shop/router.py", TO_ROUTER),
    Step("a comment is made up on the way", APART, {"shop/old.py": APART_MERGED, "shop/router.py": GROWN.replace("        return helper", "        # TODO\n        return helper")}, D, "shop/router.py", TO_ROUTER),
    Step("a moved member's global is another", {**APART, "shop/tools2.py": TOOLS}, {"shop/old.py": APART_MERGED, "shop/router.py": GROWN.replace("shop.tools", "shop.tools2")}, D, "shop/router.py", TO_ROUTER),
    Step("a moved member's global means something in its new module", {**APART, "shop/router.py": ROUTER + "\n\ndef helper(x):\n    return x\n"}, {"shop/old.py": APART_MERGED, "shop/router.py": GROWN.replace("helper, LIMIT", "LIMIT") + "\n\ndef helper(x):\n    return x\n"}, D, "shop/router.py", TO_ROUTER),
    Step("a moved member's global is missing", APART, {"shop/old.py": APART_MERGED, "shop/router.py": GROWN.replace("\nfrom shop.tools import helper, LIMIT\n", "")}, D, "shop/router.py", TO_ROUTER),
    Step("a copied helper is not the same", MERGE, {"shop/old.py": MERGED, "shop/router.py": COPIED.replace("json.dumps(value)", "json.dumps(value, indent=1)")}, D, "shop/router.py", TO_ROUTER),
    Step("a copied constant is not the same", MERGE, {"shop/old.py": MERGED, "shop/router.py": COPIED.replace("LIMIT = 3", "LIMIT = 4")}, D, "shop/router.py", TO_ROUTER),
    Step("a copied list would be a second one", {**MERGE, "shop/old.py": MORE.replace("LIMIT = 3", "LIMIT = []")}, {"shop/old.py": MERGED.replace("LIMIT = 3", "LIMIT = []"), "shop/router.py": COPIED.replace("LIMIT = 3", "LIMIT = []")}, D, "shop/router.py", TO_ROUTER),
    Step("a helper that nothing needs comes along", APART, {"shop/old.py": APART_MERGED, "shop/router.py": GROWN + "\n\ndef more():\n    return 1\n"}, B, "shop/router.py", TO_ROUTER),
    Step("an import that nothing needs comes along", {**APART, "shop/spare.py": "class Spare: ...\n"}, {"shop/old.py": APART_MERGED, "shop/router.py": GROWN.replace("import logging\n", "import logging\nfrom shop.spare import Spare\n")}, B, "shop/router.py", TO_ROUTER),
    Step("a member that no duplicate has", APART, {"shop/old.py": APART_MERGED, "shop/router.py": GROWN.replace("    # as JSON", "    def extra(self):\n        return 1\n\n    # as JSON")}, D, "shop/router.py", TO_ROUTER),
    Step("an existing member changes", APART, {"shop/old.py": APART_MERGED, "shop/router.py": GROWN.replace("sent {", "SENT {")}, D, "shop/router.py", TO_ROUTER),
    Step("an existing member is replaced by the duplicate's", {"a.py": "class A:\n    def f(self):\n        return 1\n", "b.py": "class B:\n    def f(self):\n        return 2\n"}, {"a.py": "class A:\n    def f(self):\n        return 2\n", "b.py": "from a import A as B\n"}, D, "a.py", warrant({"b:B": "a:A"})),
    Step("members change places", {"a.py": "class A:\n    x = 1\n    y = 2\n", "b.py": "class B:\n    z = 3\n"}, {"a.py": "class A:\n    y = 2\n    x = 1\n    z = 3\n", "b.py": "from a import A as B\n"}, B, "a.py", warrant({"b:B": "a:A"})),
    Step("a member hides an inherited one", {"a.py": "class Base:\n    def f(self): ...\nclass A(Base):\n    pass\n", "b.py": "class B:\n    def f(self): ...\n"}, {"a.py": "class Base:\n    def f(self): ...\nclass A(Base):\n    def f(self): ...\n", "b.py": "from a import A as B\n"}, D, "a.py", warrant({"b:B": "a:A"})),
    Step("a member may hide one of another distribution", {"a.py": "from threading import Thread\nclass A(Thread):\n    pass\n", "b.py": "from threading import Thread\nclass B(Thread):\n    def run(self): ...\n"}, {"a.py": "from threading import Thread\nclass A(Thread):\n    def run(self): ...\n", "b.py": "from threading import Thread\nfrom a import A as B\n"}, D, "a.py", warrant({"b:B": "a:A"})),
    Step("super would be another", {"a.py": "class A:\n    pass\n", "b.py": "class Base:\n    pass\nclass B(Base):\n    def f(self):\n        return super().__repr__()\n"}, {"a.py": "class A:\n    def f(self):\n        return super().__repr__()\n", "b.py": "class Base:\n    pass\nfrom a import A as B\n"}, D, "a.py", warrant({"b:B": "a:A"})),
    Step("__name__ would be another", {"a.py": "class A:\n    pass\n", "b.py": "class B:\n    def f(self):\n        return __name__\n"}, {"a.py": "class A:\n    def f(self):\n        return __name__\n", "b.py": "from a import A as B\n"}, D, "a.py", warrant({"b:B": "a:A"})),
    Step("a private name would be another", {"a.py": "class A:\n    pass\n", "b.py": "class B:\n    def f(self):\n        return self.__x\n"}, {"a.py": "class A:\n    def f(self):\n        return self.__x\n", "b.py": "from a import A as B\n"}, D, "a.py", warrant({"b:B": "a:A"})),
    Step("members without the duplicate's going", APART, {"shop/router.py": GROWN}, D, "shop/router.py", TO_ROUTER),
    Step("members where none are licensed", APART, {"shop/old.py": APART_MERGED, "shop/router.py": GROWN}, B, "shop/router.py", warrant({"shop.old:Handler": CANON}, gains=False)),
    Step("a class twice among the bases", {**BASE, "shop/both.py": "from shop.old import Handler\nfrom shop.router import Router\nclass Both(Handler, Router):\n    pass\n"}, old(COLLAPSED), B, "shop/old.py", TO_ROUTER),
    # shims
    Step("a shim that nobody licensed", FACADES, old(SHIMMED), B, "shop/old.py"),
    Step("a shim offers another object", {**FACADES, "shop/other.py": "class Router: ...\n"}, old(SHIMMED.replace("from shop.router import Router\n", "from shop.other import Router\n")), B, "shop/old.py", RETIRE),
    Step("a bare use is left behind a shim", {**FACADES, "shop/old.py": FACADE + "def make():\n    return Handler()\n"}, old(SHIMMED.replace("def __getattr__", "def make():\n    return Handler()\ndef __getattr__")), B, "shop/old.py", RETIRE),
    Step("a bare use is left that only type checkers understand", {**FACADES, "shop/old.py": FACADE + "def make():\n    return Handler()\n"}, old("from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from shop.router import Router as Handler\n" + SHIMMED.replace("def __getattr__", "def make():\n    return Handler()\ndef __getattr__")), B, "shop/old.py", RETIRE),
    Step("a shim beside the binding", FACADES, old(FACADE + SHIM), B, "shop/old.py", RETIRE),
    Step("the name goes and no shim comes", FACADES, old("from shop.router import connect\n"), B, "shop/old.py", RETIRE),
    Step("a shim offers one name more", FACADES, old(SHIMMED.replace("    raise", "    if name == 'More':\n        from shop.router import connect\n        return connect\n    raise")), B, "shop/old.py", RETIRE),
    Step("a shim does something", FACADES, old(SHIMMED.replace("        return Router", "        print('asked')\n        return Router")), B, "shop/old.py", RETIRE),
    Step("a shim sets something", FACADES, old(SHIMMED.replace("        return Router", "        Router.old = True\n        return Router")), B, "shop/old.py", RETIRE),
    Step("a shim decides when it runs", FACADES, old(SHIMMED.replace('if name == "Handler"', 'if name == "Handler" and connect')), B, "shop/old.py", RETIRE),
    Step("a shim takes another name with it", {**FACADES, "shop/more.py": "from shop.old import connect\n"}, old(SHIM), B, "shop/old.py", RETIRE),
    Step("a shim brings another import", {**FACADES, "shop/spare.py": "class Spare: ...\n"}, old(SHIMMED.replace("connect\n", "connect\nfrom shop.spare import Spare\n", 1)), B, "shop/old.py", RETIRE),
    Step("__all__ forgets the name", {**FACADES, "shop/old.py": FACADE + "__all__ = ['Handler', 'connect']\n"}, old(SHIMMED.replace("connect\n", "connect\n__all__ = ['connect']\n", 1)), D, "shop/old.py", RETIRE),
    Step("a star no longer takes the name", {**FACADES, "shop/user.py": "from shop.old import *\nprint(Handler)\n"}, old(SHIMMED), B, "shop/old.py", RETIRE),
    Step("an existing __getattr__ forgets what it did", {**FACADES, "shop/old.py": GETATTR}, old(SHIMMED), B, "shop/old.py", RETIRE),
    Step("an existing __getattr__ is changed", {**FACADES, "shop/old.py": GETATTR}, old("from shop.router import connect\ndef __getattr__(name):\n    if name == 'Handler':\n        from shop.router import Router\n        return Router\n    return name.lower()\n"), B, "shop/old.py", RETIRE),
    Step("an existing __getattr__ asks first about something else", {**FACADES, "shop/old.py": GETATTR}, old("from shop.router import connect\ndef __getattr__(name):\n    if name == 'Handler':\n        from shop.router import Router\n        return Router\n    if name == 'Else':\n        return None\n    return name.upper()\n"), B, "shop/old.py", RETIRE),
    # names and files that go
    Step("a name goes that is imported", {**IDLE, "shop/more.py": "from shop.old import Handler\n"}, old("from shop.router import connect\n"), B, "shop/old.py", DROP),
    Step("a name goes that is imported later", {**IDLE, "shop/more.py": "def f():\n    from shop.old import Handler\n"}, old("from shop.router import connect\n"), B, "shop/old.py", DROP),
    Step("a name goes that is read", FACADES, old("from shop.router import connect\n"), B, "shop/old.py", DROP),
    Step("a name goes that is patched", {**IDLE, "shop/more.py": "from unittest.mock import patch\npatch('shop.old.Handler')\n"}, old("from shop.router import connect\n"), B, "shop/old.py", DROP),
    Step("a name goes that a star takes", {**IDLE, "shop/more.py": "from shop.old import *\nprint(Handler)\n"}, old("from shop.router import connect\n"), B, "shop/old.py", DROP),
    Step("a name goes that a star hands on", {**IDLE, "shop/more.py": "from shop.old import *\n", "shop/last.py": "from shop.more import Handler\n"}, old("from shop.router import connect\n"), B, "shop/old.py", DROP),
    Step("a name goes that __all__ lists", {**IDLE, "shop/old.py": FACADE + "__all__ = ['Handler']\n"}, old("from shop.router import connect\n__all__ = ['Handler']\n"), B, "shop/old.py", DROP),
    Step("a name goes that the module uses", {**IDLE, "shop/old.py": FACADE + "def f():\n    return Handler\n"}, old("from shop.router import connect\ndef f():\n    return Handler\n"), B, "shop/old.py", DROP),
    Step("another name goes as well", {**IDLE, "shop/old.py": FACADE + "X = connect\n"}, old("from shop.router import connect\n"), B, "shop/old.py", DROP),
    Step("another name of __all__ goes as well", {**IDLE, "shop/old.py": FACADE + "__all__ = ['Handler', 'connect']\n"}, old("from shop.router import connect\n__all__ = []\n"), D, "shop/old.py", warrant(drops="shop.old:Handler")),
    Step("a row of a shim goes that is still used", {**FACADES, "shop/old.py": SHIMMED}, old("from shop.router import connect\n"), B, "shop/old.py", DROP),
    Step("a row of a shim goes that is not named", {**IDLE, "shop/old.py": SHIMMED}, old("from shop.router import connect\n"), B, "shop/old.py", warrant(drops="shop.old:connect")),
    Step("a deleted file is still imported", IDLE, {"shop/old.py": None}, B, "shop/old.py", DROP),
    Step("a deleted file is still imported in a function", {**IDLE, "shop/user.py": "def f():\n    import shop.old\n"}, {"shop/old.py": None}, B, "shop/old.py", DROP),
    Step("a deleted file is still named by its package", {**IDLE, "shop/user.py": "from shop import old\n"}, {"shop/old.py": None}, B, "shop/old.py", DROP),
    Step("a deleted file held something else", {**BASE, "shop/user.py": ""}, {"shop/old.py": None}, B, "shop/old.py", DROP),
    Step("a deleted file that is no module", {**BASE, "notes.md": "see\n"}, {"notes.md": None}, B, "notes.md", DROP),
    Step("a deleted file that can't be parsed", {**BASE, "shop/bad.py": "x = (\n"}, {"shop/bad.py": None}, B, "shop/bad.py", DROP),
    Step("a package goes and its modules stay", {"p/__init__.py": "from q import A\n", "p/m.py": "", "q.py": "class A: ...\n"}, {"p/__init__.py": None}, B, "p/__init__.py", warrant(drops="p:A")),
    # files that come
    Step("a new file shadows a module", BASE, {"shop/old/__init__.py": "x = 1\n"}, B, "shop/old/__init__.py"),
    Step("a new file makes a namespace a package", {"n/m.py": "x = 1\n", "user.py": "import n.m\n"}, {"n/__init__.py": "x = 1\n"}, B, "n/__init__.py"),
    Step("a new file has the name of a standard module", BASE, {"json.py": "x = 1\n"}, B, "json.py"),
    Step("a new file has the name of another distribution", {**BASE, "u.py": "import requests\n"}, {"requests.py": "x = 1\n"}, B, "requests.py"),
    Step("a new file is loaded unasked", BASE, {"tests/conftest.py": "x = 1\n"}, B, "tests/conftest.py"),
    Step("a new file does not parse", BASE, {"tests/t.py": "x = (\n"}, "gate-parse", "tests/t.py"),
    Step("a new file has two encodings", BASE, {"tests/t.py": "# coding: ascii\nx = 'é'\n"}, "gate-decode", "tests/t.py"),
    Step("a new file imports what is not there", BASE, {"tests/t.py": "from shop.old import Gone\n"}, B, "tests/t.py"),
]  # fmt: skip


@pytest.mark.parametrize("step", BROKEN, ids=lambda step: step.name)
def test_what_is_not_declared_is_refused(step: Step) -> None:
    found = failures(step)
    assert {path: failure.code for path, failure in found.items()} == {step.at: step.gate}, found
