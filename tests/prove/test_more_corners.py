"""More single conditions of the gates: texts, files, names for type checkers, comments of what moves, repairs."""

# Programs on one line each read better than broken up.

from __future__ import annotations

import pytest
from trees import edits_of, encoded, index_of

from prove.test_corners import BASE, HEAD, LIB, SHIM, WHOLE, WRITTEN, B, D, E, old, table
from prove.warranted import Step, failures, sources, warrant
from ssot.index.source import apply_edits
from ssot.index.table import Symbol
from ssot.prove.proof import Changed, Prover

RETIRE = warrant(retires="shop.old:Handler")
CHECKED = "from typing import TYPE_CHECKING\n\nif TYPE_CHECKING:\n    from shop.other import connect\n"
TYPED = {**BASE, "shop/old.py": CHECKED + HEAD + "LIMIT = 1\n"}
HAND = "def __getattr__(given):\n    if given == 'Handler':\n        from shop.router import Router\n        return Router\n    raise AttributeError(given)\n"
OWN_DIR = "def __dir__():\n    x = ['X']\n    return x\n"
OWN_GETATTR = "def __getattr__(given):\n    return given.upper()\n"
PATHS = {**LIB, "q.py": "import quiet\n"}


def text(before: str, after: str, gate: str = "") -> Step:
    return Step(
        f"{before} to {after}",
        {**PATHS, "m.py": f"x = {before}\n"},
        {"m.py": f"x = {after}\n"},
        gate,
        "m.py" if gate else "",
    )


STEPS = [
    # texts
    text("'quiet.A'", "'lib.A'"),
    text("'quiet:A'", "'lib:A'"),
    text("'quiet.A.x'", "'lib.A.x'"),
    text("'quiet.A.x'", "'lib.A.y'", D),
    text("'quiet.A'", "'lib.B'", D),
    text("'quiet'", "'lib'", D),
    text("'quiet.A!'", "'lib.A!'", D),
    text("'json.loads'", "'json.dumps'", D),
    text("'quiet.A'", "'A'", D),
    text("'json.loads'", "'A'", D),
    Step("a doctest", {**LIB, "m.py": "'''Text.\n\n>>> from quiet import A\n'''\n"}, {"m.py": "'''Text.\n\n>>> from lib import A\n'''\n"}),
    Step("what stands above a doctest", {**LIB, "m.py": "'''Text.\n\n>>> from quiet import A\n'''\n"}, {"m.py": "'''Another.\n\n>>> from lib import A\n'''\n"}, D, "m.py"),
    Step("a string that looks like a doctest", {**LIB, "m.py": "x = '''\n>>> from quiet import A\n'''\n"}, {"m.py": "x = '''\n>>> from lib import A\n'''\n"}, D, "m.py"),
    # __all__
    Step("a dropped name's text elsewhere than in __all__", {**BASE, "shop/old.py": HEAD + "__all__ = ['Handler']\nx = ['Handler']\n", "shop/user.py": ""}, old("__all__ = []\nx = []\n"), D, "shop/old.py", warrant(drops="shop.old:Handler")),
    Step("a dropped name in a longer __all__", {**BASE, "shop/old.py": HEAD + "__all__ = []\n__all__ += ['Handler']\n", "shop/user.py": ""}, old("__all__ = []\n__all__ += []\n"), warrant=warrant(drops="shop.old:Handler")),
    Step("a name of another module's __all__", {**BASE, "shop/old.py": HEAD + "__all__ = ['Handler']\n", "shop/user.py": ""}, old("__all__ = []\n"), D, "shop/old.py", warrant(drops="shop.other:Handler")),
    # names for type checkers
    Step("a block for type checkers gets the name", TYPED, old(CHECKED + "    from shop.router import Router as Handler\n" + SHIM), warrant=RETIRE),
    Step("a block for type checkers gets another object", TYPED, old(CHECKED + "    from shop.other import Router as Handler\n" + SHIM), B, "shop/old.py", RETIRE),
    Step("a block for type checkers gets a name that nobody retires", TYPED, old(CHECKED + "    from shop.router import connect as reach\n" + SHIM), B, "shop/old.py", RETIRE),
    Step("a new block for type checkers, by another name", {**BASE, "shop/old.py": "from typing import TYPE_CHECKING\n" + HEAD + "LIMIT = 1\n"}, old("from typing import TYPE_CHECKING\n\nif TYPE_CHECKING:\n    from shop.router import Router as _Router\n\n    Handler = _Router\n" + SHIM), warrant=RETIRE),
    Step("a new block for type checkers with one name more", {**BASE, "shop/old.py": "from typing import TYPE_CHECKING\n" + HEAD + "LIMIT = 1\n"}, old("from typing import TYPE_CHECKING\n\nif TYPE_CHECKING:\n    from shop.router import Router as Handler, connect\n" + SHIM), B, "shop/old.py", RETIRE),
    Step("a block for type checkers that also runs", {**BASE, "shop/old.py": "from typing import TYPE_CHECKING\n" + HEAD + "LIMIT = 1\n"}, old("from typing import TYPE_CHECKING\n\nif TYPE_CHECKING:\n    from shop.router import Router as Handler\nelse:\n    x = 1\n" + SHIM), B, "shop/old.py", RETIRE),
    # shims
    Step("what is offered can't be told", {**BASE, "shop/old.py": HEAD + "LIMIT = 1\n"}, old(SHIM.replace("    raise AttributeError", "    return {'a': 1}[name]\n    raise AttributeError")), B, "shop/old.py", RETIRE),
    Step("a star's name is deleted and offered", {**BASE, "shop/old.py": "from shop.router import *\nLIMIT = 1\n"}, old("from shop.router import *\nLIMIT = 1\ndel Router\n" + table(Router="Router") + WRITTEN), warrant=warrant(retires="shop.old:Router")),
    Step("another of a star's names is deleted", {**BASE, "shop/old.py": "from shop.router import *\nLIMIT = 1\n"}, old("from shop.router import *\nLIMIT = 1\ndel Router, connect\n" + table(Router="Router") + WRITTEN), B, "shop/old.py", warrant(retires="shop.old:Router")),
    Step("an __all__ of the names comes with the shim", {**BASE, "shop/old.py": HEAD}, old("__all__ = ['Handler']\n" + SHIM[SHIM.index("_SSOT"):]), warrant=RETIRE),
    Step("an __all__ with other names comes with the shim", {**BASE, "shop/old.py": HEAD + "LIMIT = 1\n"}, old("__all__ = ['Handler', 'LIMIT']\n" + SHIM), B, "shop/old.py", RETIRE),
    Step("a bound name becomes a row that nobody declared", {**BASE, "shop/old.py": HEAD + "from shop.router import connect\nLIMIT = 1\n"}, old("LIMIT = 1\n" + table(Handler="Router", connect="connect") + WRITTEN), B, "shop/old.py", RETIRE),
    Step("a shim in front of an import", {**BASE, "shop/old.py": HEAD + "from shop.router import connect\n"}, old(HAND + "\n\nfrom shop.router import connect\n"), warrant=RETIRE),
    Step("an existing __getattr__ forgets one thing", {**BASE, "shop/old.py": HEAD + OWN_GETATTR.replace("    return", "    print(given)\n    return")}, old(OWN_GETATTR.replace("    return", "    if given == 'Handler':\n        from shop.router import Router\n        return Router\n    return")), B, "shop/old.py", RETIRE),
    Step("an arm about an __all__ that is there", {**BASE, "shop/old.py": "__all__ = ['LIMIT']\nLIMIT = 1\n" + HEAD + OWN_GETATTR}, old("__all__ = ['LIMIT']\nLIMIT = 1\n" + OWN_GETATTR.replace("    return", "    if given == 'Handler':\n        from shop.router import Router\n        return Router\n    if given == '__all__':\n        return []\n    return")), B, "shop/old.py", RETIRE),
    Step("an existing __dir__ is widened", {**BASE, "shop/old.py": HEAD + OWN_DIR}, old(HAND + OWN_DIR.replace("return x", "return sorted([*x, 'Handler'])")), warrant=RETIRE),
    Step("an existing __dir__ is replaced", {**BASE, "shop/old.py": HEAD + OWN_DIR}, old(HAND + OWN_DIR.replace("return x", "return ['Handler']")), B, "shop/old.py", RETIRE),
    Step("an existing __dir__ gives the other thing", {**BASE, "shop/old.py": HEAD + OWN_DIR}, old(HAND + OWN_DIR.replace("return x", "return print(x)")), B, "shop/old.py", RETIRE),
    Step("an existing __dir__ without an end", {**BASE, "shop/old.py": HEAD + OWN_DIR.replace("return x", "raise TypeError")}, old(HAND + OWN_DIR), B, "shop/old.py", RETIRE),
    Step("an existing __dir__ ends with nothing", {**BASE, "shop/old.py": HEAD + OWN_DIR.replace("return x", "return")}, old(HAND + OWN_DIR), B, "shop/old.py", RETIRE),
    Step("a hook becomes something else", {**BASE, "shop/old.py": HEAD + OWN_GETATTR}, old(HAND.replace("def __getattr__", "def look") + "__getattr__ = look\n"), B, "shop/old.py", RETIRE),
    Step("an existing __getattr__ keeps nothing but the new arm", {**BASE, "shop/old.py": HEAD + OWN_GETATTR}, old(HAND[: HAND.index("    raise")]), B, "shop/old.py", RETIRE),
    Step("a block that is for nobody special brings the name", {**BASE, "shop/old.py": HEAD + "DEBUG = 0\n"}, old("DEBUG = 0\nif DEBUG:\n    from shop.router import Router as Handler\n" + HAND), B, "shop/old.py", RETIRE),
    Step("the shim of a loud module goes", {**BASE, "shop/router.py": "print('loud')\nclass Router: ...\n", "shop/old.py": HAND + "LIMIT = 1\n"}, old("LIMIT = 1\n"), warrant=warrant(drops="shop.old:Handler")),
    Step("a loud module is offered on demand", {**BASE, "shop/router.py": "print('loud')\nclass Router: ...\n", "shop/old.py": "import shop.router\n" + HEAD}, old("import shop.router\n" + HAND), warrant=RETIRE),
    Step("a loud module is no longer loaded where it is offered on demand", {**BASE, "shop/router.py": "print('loud')\nclass Router: ...\n"}, old(HAND + "LIMIT = 1\n"), E, "shop/old.py", RETIRE),
    Step("a star and a name of its own", {**BASE, "shop/old.py": "from shop.router import *\nif LIMIT:\n    from shop.router import Router\nprint(Router)\n"}, old("from shop.other import *\nif LIMIT:\n    from shop.other import Router\nprint(Router)\n"), B, "shop/old.py"),
    Step("a shim calls something on the way", {**BASE, "shop/old.py": HEAD}, old(HAND.replace("        return", "        found = print(1)\n        return")), B, "shop/old.py", RETIRE),
    Step("a shim by hand", {**BASE, "shop/old.py": HEAD}, old(HAND), warrant=RETIRE),
    Step("a row that nobody reads becomes another object", {**BASE, "shop/old.py": SHIM}, old(SHIM.replace("shop.router:Router", "shop.other:Router")), B, "shop/old.py", RETIRE),
    Step("an arm about a name and more", {**BASE, "shop/old.py": HEAD + OWN_GETATTR}, old(OWN_GETATTR.replace("    return", "    if given == 'Handler' and given:\n        from shop.router import Router\n        return Router\n    return")), B, "shop/old.py", RETIRE),
    Step("an arm about something else than the name", {**BASE, "shop/old.py": HEAD + OWN_GETATTR}, old(OWN_GETATTR.replace("    return", "    other = given\n    if other == 'Handler':\n        from shop.router import Router\n        return Router\n    return")), B, "shop/old.py", RETIRE),
    Step("an arm with another way out", {**BASE, "shop/old.py": HEAD + OWN_GETATTR}, old(OWN_GETATTR.replace("    return", "    if given == 'Handler':\n        from shop.router import Router\n        return Router\n    else:\n        given = 'x'\n    return")), B, "shop/old.py", RETIRE),
    Step("an arm about several names", {**BASE, "shop/old.py": HEAD + OWN_GETATTR}, old(OWN_GETATTR.replace("    return", "    if given in ('Handler', 'Else'):\n        from shop.router import Router\n        return Router\n    return")), B, "shop/old.py", RETIRE),
    Step("an arm about one of one", {**BASE, "shop/old.py": HEAD + OWN_GETATTR}, old(OWN_GETATTR.replace("    return", "    if given in ('Handler',):\n        from shop.router import Router\n        return Router\n    return")), warrant=RETIRE),
    Step("a star façade becomes the shim of a whole module", {**BASE, "shop/old.py": "from shop.router import *\n", "shop/user.py": "import shop.old\nprint(shop.old.Router)\n"}, old(WHOLE), warrant=warrant(retires="shop.old:Router shop.old:connect")),
    Step("a star façade of more than is declared", {**BASE, "shop/old.py": "from shop.router import *\n", "shop/user.py": ""}, old(WHOLE), B, "shop/old.py", RETIRE),
    Step("a name is used in an annotation that is text", {**BASE, "shop/old.py": HEAD + "LIMIT = 1\ndef f(x: 'Handler'): ...\n"}, old(SHIM + "def f(x: 'Handler'): ...\n"), B, "shop/old.py", RETIRE),
    Step("a local of the retired name", {**BASE, "shop/old.py": HEAD + "LIMIT = 1\ndef f(Handler):\n    return Handler\n"}, old("LIMIT = 1\ndef f(Handler):\n    return Handler\n" + SHIM.replace("LIMIT = 1\n", "")), warrant=RETIRE),
    # collapsing
    Step("duplicates of each other", {"a.py": "class A: ...\n", "b.py": "class B: ...\n", "u.py": "from b import B\nprint(B)\n"}, {"u.py": "from a import A as B\nprint(B)\n"}, B, "u.py", warrant({"b:B": "a:A", "a:A": "b:B"})),
    Step("a duplicate of itself", {"a.py": "class A: ...\n", "u.py": "from a import A\nprint(A)\n"}, {"a.py": "A = 1\n"}, B, "a.py", warrant({"a:A": "a:A"})),
    Step("a constant tuple is copied along", {"a.py": "class A:\n    x = 1\n", "b.py": "T = (1, 'a', (2,))\nclass B:\n    def f(self):\n        return T\n"}, {"a.py": "T = (1, 'a', (2,))\nclass A:\n    x = 1\n    def f(self):\n        return T\n", "b.py": "T = (1, 'a', (2,))\nfrom a import A as B\n"}, warrant=warrant({"b:B": "a:A"})),
    Step("a tuple of lists is copied along", {"a.py": "class A:\n    x = 1\n", "b.py": "T = (1, [])\nclass B:\n    def f(self):\n        return T\n"}, {"a.py": "T = (1, [])\nclass A:\n    x = 1\n    def f(self):\n        return T\n", "b.py": "T = (1, [])\nfrom a import A as B\n"}, D, "a.py", warrant({"b:B": "a:A"})),
    Step("a special method beside a base of another distribution", {"a.py": "from threading import Thread\nclass A(Thread):\n    pass\n", "b.py": "from threading import Thread\nclass B(Thread):\n    def __call__(self): ...\n"}, {"a.py": "from threading import Thread\nclass A(Thread):\n    def __call__(self): ...\n", "b.py": "from threading import Thread\nfrom a import A as B\n"}, warrant=warrant({"b:B": "a:A"})),
    Step("an alias behind what reads it at once", {"a.py": "class A: ...\n", "b.py": "class B: ...\nx = B\n"}, {"b.py": "x = B\nfrom a import A as B\n"}, B, "b.py", warrant({"b:B": "a:A"})),
    Step("a canonical definition under a condition", {"a.py": "import sys\nif sys.argv:\n    class A: ...\n", "b.py": "class B: ...\n"}, {"b.py": "from a import A as B\n"}, D, "b.py", warrant({"b:B": "a:A"})),
    Step("two duplicates, one of them in a file that is not changed", {"a.py": "class A:\n    x = 1\n", "b.py": "class B:\n    y = 1\n", "c.py": "class C:\n    y = 1\n"}, {"a.py": "class A:\n    x = 1\n    y = 1\n", "b.py": "from a import A as B\n"}, warrant=warrant({"b:B": "a:A", "c:C": "a:A"})),
    Step("a member that only a duplicate has that stays", {"a.py": "class A:\n    x = 1\n", "b.py": "class B:\n    y = 1\n", "c.py": "class C:\n    z = 1\n"}, {"a.py": "class A:\n    x = 1\n    y = 1\n    z = 1\n", "b.py": "from a import A as B\n"}, D, "a.py", warrant({"b:B": "a:A", "c:C": "a:A"})),
    Step("a canonical definition that is made twice", {"a.py": "class A: ...\nclass A: ...\n", "b.py": "class B: ...\n"}, {"b.py": "from a import A as B\n"}, D, "b.py", warrant({"b:B": "a:A"})),
    Step("bases in a circle", {"a.py": "class A: ...\n", "b.py": "class X(Y): ...\nclass Y(X): ...\nclass B(X): ...\n"}, {"b.py": "class X(Y): ...\nclass Y(X): ...\nfrom a import A as B\n"}, warrant=warrant({"b:B": "a:A"})),
    Step("a name that a function of the class reads from the module", {"a.py": "def run(): ...\nclass A:\n    def go(self):\n        return run()\n", "b.py": "class B:\n    def run(self): ...\n"}, {"a.py": "def run(): ...\nclass A:\n    def go(self):\n        return run()\n    def run(self): ...\n", "b.py": "from a import A as B\n"}, warrant=warrant({"b:B": "a:A"})),
    Step("a name that the class body reads from the module", {"a.py": "def run(): ...\nclass A:\n    go = run\n", "b.py": "class B:\n    def run(self): ...\n"}, {"a.py": "def run(): ...\nclass A:\n    go = run\n    def run(self): ...\n", "b.py": "from a import A as B\n"}, B, "a.py", warrant({"b:B": "a:A"})),
    Step("a duplicate whose name goes as well", {"a.py": "class A: ...\n", "b.py": "class B: ...\nx = 1\n", "u.py": "import b\nprint(b.x)\n"}, {"b.py": "x = 1\n"}, warrant=warrant({"b:B": "a:A"}, drops="b:B")),
    Step("a duplicate of a duplicate whose name goes as well", {"a.py": "class A: ...\n", "c.py": "class C: ...\n", "b.py": "class B: ...\nx = 1\n", "u.py": "import b, c\nprint(b.x, c.C)\n"}, {"b.py": "x = 1\n", "c.py": "from a import A as C\n"}, warrant=warrant({"b:B": "c:C", "c:C": "a:A"}, drops="b:B")),
    Step("a duplicate that lacks a home whose name goes as well", {"a.py": "class A: ...\n", "b.py": "class B:\n    x = 1\ny = 1\n", "u.py": "import b\nprint(b.y)\n"}, {"b.py": "y = 1\n"}, D, "b.py", warrant({"b:B": "a:A"}, drops="b:B")),
    Step("an alias behind functions that ask for it when they run", {"a.py": "class A: ...\n", "b.py": "class B: ...\n\n\ndef f():\n    return B\n"}, {"b.py": "def f():\n    return B\n\n\nfrom a import A as B\n"}, warrant=warrant({"b:B": "a:A"})),
    Step("an alias behind a call", {"a.py": "class A: ...\n", "b.py": "class B: ...\n\n\ndef f():\n    return B\n\n\nf()\n"}, {"b.py": "def f():\n    return B\n\n\nf()\nfrom a import A as B\n"}, D, "b.py", warrant({"b:B": "a:A"})),
    Step("comments in the first and last line move along", {"a.py": "class A:\n    x = 1\n", "b.py": "class B:\n    def f(self):  # first\n        return 1  # last\n"}, {"a.py": "class A:\n    x = 1\n    def f(self):  # first\n        return 1  # last\n", "b.py": "from a import A as B\n"}, warrant=warrant({"b:B": "a:A"})),
    Step("a comment in the last line stays behind", {"a.py": "class A:\n    x = 1\n", "b.py": "class B:\n    def f(self):  # first\n        return 1  # last\n"}, {"a.py": "class A:\n    x = 1\n    def f(self):  # first\n        return 1\n", "b.py": "from a import A as B\n"}, D, "a.py", warrant({"b:B": "a:A"})),
    Step("a comment in the first line stays behind", {"a.py": "class A:\n    x = 1\n", "b.py": "class B:\n    def f(self):  # first\n        return 1  # last\n"}, {"a.py": "class A:\n    x = 1\n    def f(self):\n        return 1  # last\n", "b.py": "from a import A as B\n"}, D, "a.py", warrant({"b:B": "a:A"})),
    Step("a comment above is made up", {"a.py": "class A:\n    x = 1\n", "b.py": "class B:\n    y = 2\n"}, {"a.py": "class A:\n    x = 1\n    # made up\n    y = 2\n", "b.py": "from a import A as B\n"}, D, "a.py", warrant({"b:B": "a:A"})),
    Step("a licence in front of what goes", {"a.py": "class A: ...\n", "b.py": "# licence\nclass B: ...\n"}, {"b.py": "from a import A as B\n"}, "gate-comments", "b.py", warrant({"b:B": "a:A"})),
    Step("a comment in front of what goes", {"a.py": "class A: ...\n", "b.py": "x = 1\n# about B\nclass B: ...\n"}, {"b.py": "x = 1\nfrom a import A as B\n"}, warrant=warrant({"b:B": "a:A"})),
    Step("a comment further up", {"a.py": "class A: ...\n", "b.py": "x = 1\n# about x\n\nclass B: ...\n"}, {"b.py": "x = 1\nfrom a import A as B\n"}, "gate-comments", "b.py", warrant({"b:B": "a:A"})),
    Step("a comment at the end of the body", {"a.py": "class A: ...\n", "b.py": "class B:\n    x = 1\n    # last\n\n\ny = 2\n", "u.py": ""}, {"a.py": "class A:\n    ...\n    x = 1\n", "b.py": "from a import A as B\n\n\ny = 2\n"}, warrant=warrant({"b:B": "a:A"})),
    Step("a comment behind the body", {"a.py": "class A:\n    x = 1\n", "b.py": "class B:\n    x = 1\n# behind\n\n\ny = 2\n"}, {"b.py": "from a import A as B\n\n\ny = 2\n"}, "gate-comments", "b.py", warrant({"b:B": "a:A"})),
    # loading
    Step("a package around what is needed is loud", {**LIB, "p/__init__.py": "print('p')\n", "p/m.py": "from lib import A\n", "m.py": "import quiet\nprint(quiet.A)\n"}, {"m.py": "import p.m\nprint(p.m.A)\n"}, governed="lib:A"),
    Step("a package around what is needed is loud, which is not declared", {**LIB, "p/__init__.py": "print('p')\n", "p/m.py": "from lib import A\n", "m.py": "import quiet\nprint(quiet.A)\n"}, {"m.py": "import p.m\nprint(p.m.A)\n"}, E, "m.py"),
    Step("a loud package around what is not needed", {**LIB, "p/__init__.py": "print('p')\n", "p/m.py": "from lib import A\n", "m.py": "import quiet\nprint(quiet.A)\n"}, {"m.py": "import quiet\nimport p.m\nprint(quiet.A)\n"}, E, "m.py"),
    Step("a loud module beside the one that is needed", {**LIB, "p/__init__.py": "", "p/m.py": "from lib import A\n", "p/mm.py": "print('mm')\n", "m.py": "import p.m\nprint(p.m.A)\n"}, {"m.py": "import p.m\nimport p.mm\nprint(p.m.A)\n"}, E, "m.py"),
    Step("a loud import goes with a file that comes", {**LIB, "m.py": "import loud\nfrom lib import A\nprint(A)\n"}, {"m.py": "from lib import A\nprint(A)\n", "tests/new.py": "x = 1\n"}, E, "m.py"),
    Step("a later import in a circle", {"a.py": "import b\nclass A: ...\n", "b.py": "class B: ...\ndef f():\n    from q import A\n    return A\n", "q.py": "from a import A\n"}, {"b.py": "class B: ...\ndef f():\n    from a import A\n    return A\n"}),
    Step("an import for type checkers in a circle", {"a.py": "import b\nclass A: ...\n", "b.py": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from q import A\nclass B: ...\n", "q.py": "from a import A\n"}, {"b.py": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from a import A\nclass B: ...\n"}),
    Step("another import in a circle that works", {"a.py": "import b\nclass A: ...\n", "b.py": "import a\nclass B: ...\ndef f():\n    return a.A\n", "c.py": "import a\n"}, {"a.py": "import b as b\nclass A: ...\n"}),
    Step("a circle that works breaks", {"a.py": "import b\nfrom c import X\n", "b.py": "import a\nfrom c import X\nprint(X)\n", "c.py": "class X: ...\n"}, {"b.py": "import a\nfrom a import X\nprint(X)\n"}, "gate-cycle", "b.py"),
    Step("a comment on an import in a handler", {**LIB, "m.py": "try:\n    x = 1\nexcept ImportError:\n    from quiet import A, B  # both\n    # end\n"}, {"m.py": "try:\n    x = 1\nexcept ImportError:\n    from lib import A\n    from quiet import B  # both\n    # end\n"}),
    Step("comments on imports change places in a handler", {**LIB, "m.py": "try:\n    x = 1\nexcept ImportError:\n    from quiet import A  # one\n    from lib import B  # two\n"}, {"m.py": "try:\n    x = 1\nexcept ImportError:\n    from lib import B  # two\n    from lib import A  # one\n"}),
    Step("an attribute of what a call gives", {"m.py": "import os\nprint(os.sep().x)\n"}, {"m.py": "import os\nprint(os.sep().y)\n"}, D, "m.py"),
    Step("a name in an annotation that is text", {"lib.py": "def start(): ...\n", "quiet.py": "from lib import start as begin\n", "m.py": "from quiet import begin\ndef f(x: 'begin'): ...\n"}, {"m.py": "from lib import start\ndef f(x: 'start'): ...\n"}),
    Step("another name in an annotation that is text", {"lib.py": "def start(): ...\ndef stop(): ...\n", "quiet.py": "from lib import start as begin\n", "m.py": "from quiet import begin\ndef f(x: 'begin'): ...\n"}, {"m.py": "from lib import stop\ndef f(x: 'stop'): ...\n"}, B, "m.py"),
    Step("a statement without names goes", {"m.py": "pass\nx = 1\n"}, {"m.py": "x = 1\n"}, D, "m.py"),
    Step("a statement without names comes", {"m.py": "x = 1\n"}, {"m.py": "pass\nx = 1\n"}, D, "m.py"),
    Step("a loud import beside another that is renamed", {**LIB, "m.py": "import quiet as q\nprint(q.A)\n"}, {"m.py": "import quiet as q\nimport loud\nprint(q.A)\n"}, E, "m.py"),
    Step("a loud import goes with a file that comes first", {**LIB, "m.py": "import loud\nfrom lib import A\nprint(A)\n"}, {"m.py": "from lib import A\nprint(A)\n", "aaa.py": "x = 1\n", "aab.py": "x = 1\n"}, E, "m.py"),
    Step("nothing is lost with files that come first", {**LIB, "m.py": "import loud\nfrom quiet import A\nprint(A)\n"}, {"m.py": "import loud\nfrom lib import A\nprint(A)\n", "aaa.py": "x = 1\n", "aab.py": "x = 1\n"}),
    Step("a loud import that the module has made already", {**LIB, "m.py": "import loud\nprint(loud)\ndef f():\n    from quiet import A\n    return A\n"}, {"m.py": "import loud\nprint(loud)\ndef f():\n    from lib import A\n    import loud\n    return A\n"}),
    Step("comments behind imports change places", {"m.py": "import os\n# a\nx = os\nimport sys\n# b\ny = sys\n"}, {"m.py": "import os\n# b\nx = os\nimport sys\n# a\ny = sys\n"}, "gate-comments", "m.py"),
    Step("the top of a plain import is bound a second time", {**LIB, "p/__init__.py": "", "p/one.py": "from lib import A\n", "p/two.py": "from lib import A\n", "m.py": "import p.one\nx = 1\nimport quiet\nprint(p.one.A, quiet.A)\n"}, {"m.py": "import p.one\nx = 1\nimport p.two\nprint(p.one.A, p.two.A)\n"}),
    Step("a name of a star goes that is read", {**LIB, "m.py": "from lib import *\nprint(A)\n", "u.py": "import m\nprint(m.B)\n"}, {"m.py": "from lib import A\nprint(A)\n"}, B, "m.py"),
    Step("a star goes of which nothing else is read", {**LIB, "m.py": "from lib import *\nprint(A)\n", "u.py": "import m\nprint(m.A)\n"}, {"m.py": "from lib import A\nprint(A)\n"}),
    # exports
    Step("a name goes from a module that lists it", {**LIB, "m.py": "from lib import A, B\n__all__ = ['A', 'B']\n"}, {"m.py": "from lib import A\n__all__ = ['A', 'B']\n"}, B, "m.py"),
    Step("a package offers another module", {**LIB, "p/__init__.py": "from p import one as part\n", "p/one.py": "", "p/two.py": ""}, {"p/__init__.py": "from p import two as part\n"}, B, "p/__init__.py"),
    Step("a listed name is another module", {"m.py": "from p import one as part\n__all__ = ['part']\n", "p/__init__.py": "", "p/one.py": "", "p/two.py": ""}, {"m.py": "from p import two as part\n__all__ = ['part']\n"}, B, "m.py"),
    Step("a package keeps the top of a plain import", {"p/__init__.py": "import p.one\nx = p.one\n", "p/one.py": ""}, {"p/__init__.py": "from p import one\nx = one\n"}),
    Step("a name for type checkers only goes from a package", {**LIB, "p/__init__.py": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from quiet import A\ndef f(x: 'A'): ...\n"}, {"p/__init__.py": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from lib import A\ndef f(x: 'A'): ...\n"}),
    # files
    Step("a module at the top goes that is imported", {**LIB, "u.py": "import idle\n", "idle.py": "from lib import A\n"}, {"idle.py": None}, B, "idle.py", warrant(drops="idle:A")),
    Step("a module at the top goes that a star takes", {**LIB, "u.py": "from idle import *\n", "idle.py": "from lib import A\n"}, {"idle.py": None}, B, "idle.py", warrant(drops="idle:A")),
    Step("a new file is what somebody tries to import", {**LIB, "p/__init__.py": "try:\n    import p.new\nexcept ImportError:\n    pass\n"}, {"p/new.py": "x = 1\n"}, B, "p/new.py"),
    Step("a module that goes with what is only its own", {**LIB, "idle.py": "'''Doc.'''\n__all__ = ['A']\nimport json\nfrom typing import TYPE_CHECKING\nfrom lib import A\nif TYPE_CHECKING:\n    from lib import B\n"}, {"idle.py": None}, warrant=warrant(drops="idle:A")),
    Step("a module that goes with a value", {**LIB, "idle.py": "from lib import A\n_x = 1\n"}, {"idle.py": None}, B, "idle.py", warrant(drops="idle:A")),
    Step("a module that goes with a function", {**LIB, "idle.py": "from lib import A\ndef f(): ...\n"}, {"idle.py": None}, B, "idle.py", warrant(drops="idle:A")),
    Step("a module that goes with another object of the project", {**LIB, "idle.py": "from lib import A, B\n"}, {"idle.py": None}, B, "idle.py", warrant(drops="idle:A")),
    Step("a shim that goes with its file", {**BASE, "shop/old.py": SHIM.replace("LIMIT = 1\n", ""), "shop/user.py": ""}, {"shop/old.py": None}, warrant=warrant(drops="shop.old:Handler")),
    Step("a package that goes with nothing in it", {**LIB, "p/__init__.py": "from lib import A\n"}, {"p/__init__.py": None}, warrant=warrant(drops="p:A")),
    Step("a new file has the name of a standard module that nobody imports", LIB, {"colorsys.py": "x = 1\n"}, B, "colorsys.py"),
    Step("a new text with a NUL", LIB, {"notes.txt": "a\0b\n"}, "gate-decode", "notes.txt"),
    Step("a new file imports from itself nothing", LIB, {"tests/new.py": "import pytest\nfrom lib import *\nfrom lib import A\nimport lib, quiet\n"}),
    Step("a new file tries an import", LIB, {"tests/new.py": "try:\n    from lib import Gone\nexcept ImportError:\n    Gone = None\ndef f():\n    from lib import Gone\n"}),
    Step("a new file imports a module that is not there", {**LIB, "p/__init__.py": ""}, {"p/new.py": "import p.gone\n"}, B, "p/new.py"),
]  # fmt: skip


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.name)
def test_it_is_judged_rightly(step: Step) -> None:
    found = failures(step)
    assert {path: failure.code for path, failure in found.items()} == ({step.at: step.gate} if step.gate else {}), found


@pytest.mark.parametrize(
    ("before", "after", "right"),
    [
        ("import gone\nprint(gone.A)\n", "import lib\nprint(lib.A)\n", True),
        ("import gone\nprint(gone.A.x)\n", "import lib\nprint(lib.A.x)\n", True),
        ("import gone\nprint(gone.A.x)\n", "import lib\nprint(lib.A.y)\n", False),
        ("import gone\nprint(gone.A)\n", "import lib\nprint(lib.B)\n", False),
        ("from gone import A\nprint(A)\n", "from lib import A\nprint(A)\n", True),
        ("from gone import A\nprint(A)\n", "from lib import B as A\nprint(A)\n", False),
        ("from quiet import B; print(B)\n", "from quiet import B; from lib import A; print(B)\n", False),
        ("import json; print(json)\n", "import json; from lib import A; print(json)\n", False),
        ("import lib\nprint(lib.B)\n", "import lib\nprint(lib.A)\n", False),
        ("x = 'gone.A'\n", "x = 'lib.A'\n", True),
        ("x = 'gone.A'\n", "x = 'lib.B'\n", False),
        ("x = 'lib.B'\n", "x = 'lib.A'\n", False),
        ("x = 'see it'\n", "x = 'lib.A'\n", False),
        ("x = 'see it.now'\n", "x = 'lib.A'\n", False),
        ("x = 'word'\n", "x = 'lib.A'\n", False),
        ("import lib\nprint(lib.C)\n", "import lib\nprint(lib.A)\n", True),
        ("import lib\nprint(lib.C.x.y)\n", "import lib\nprint(lib.A.x.y)\n", True),
        ("import lib\nprint(lib.C.x.y)\n", "import lib\nprint(lib.A.z.y)\n", False),
        (
            "import json\nfrom quiet import A\nprint(A, json)\n",
            "import json\nfrom quiet import A, B\nprint(A, json)\n",
            False,
        ),
        ("from gone import A\nimport antigravity\nprint(A)\n", "from lib import A\nprint(A)\n", True),
    ],
)
def test_what_could_not_work_is_mended_as_declared(before: str, after: str, right: bool) -> None:
    """Only the object that the manifest names may take the place of what is not there."""
    files = {**LIB, "m.py": before, "taker.py": "from m import A\n"}
    data = encoded(files)["m.py"]
    edits = tuple(
        edit
        for old_line, new_line in zip(before.splitlines(), after.splitlines(), strict=False)
        if old_line != new_line
        for edit in edits_of(data, [(old_line, new_line)])
    )
    edits += edits_of(data, [("import antigravity\nprint(A)", "print(A)")]) if "antigravity" in before else ()
    edits = edits[:1] + edits[2:] if "antigravity" in before else edits
    prover = Prover(index_of(files), lambda now: now in (Symbol("lib", "A"),), sources=sources(files))
    found = prover.failures([Changed("m.py", data, edits, apply_edits(data, edits))])
    assert (found == {}) is right, found
