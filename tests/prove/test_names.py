"""Names that an edit binds, takes away, or points at what is not there or not there yet."""

# Programs on one line each read better than broken up.

from __future__ import annotations

import pytest

from prove.test_corners import LIB, B, E
from prove.warranted import Step, failures

P = "gate-parse"
DYNAMIC = {**LIB, "dyn.py": "globals().update(A=1, B=2)\n", "hub.py": "from dyn import A, B\n"}
CIRCLE = {
    "p/__init__.py": "from p.gone import A\n",
    "p/base.py": "from p.gone import A\ndef make(): ...\n",
    "p/gone.py": "from p.base import A, make\n",
    "u.py": "from p.base import make\nprint(make)\n",
}


def one(name: str, before: str, after: str, gate: str = "", path: str = "m.py", **more: str) -> Step:
    tree = {**DYNAMIC, **{f"{name.replace('__', '/')}.py": text for name, text in more.items()}}
    return Step(name, {**tree, path: before}, {path: after}, gate, path if gate else "")


STEPS = [
    # what does not compile
    one("a future import and another change places", "from __future__ import annotations\nimport json\nprint(json)\n", "import json\nfrom __future__ import annotations\nprint(json)\n", P),
    one("what never compiled need not do so now", "from quiet import A\nreturn A\n", "from lib import A\nreturn A\n"),
    one("what compiled must do so afterwards", "from quiet import A\nprint(A)\n", "from lib import A\nreturn A\n", P),
    one("what Python warns of, it may warn of afterwards", "from quiet import A\nprint(A is 1)\n", "from lib import A\nprint(A is 1)\n"),
    # what is imported for nothing
    one("an unused name becomes one that is not there", "from dyn import *\nfrom json import loads\n", "from dyn import *\nfrom lib import loads\n", B),
    one("an unused name is added that is not there", "from dyn import *\nfrom json import loads\n", "from dyn import *\nfrom json import loads, gone\n", B),
    one("a name of a star becomes one of its own", "from quiet import *\nprint(A)\n", "from quiet import *\nfrom lib import A\nprint(A)\n"),
    one("a name that no star brings comes", "from quiet import *\nprint(A)\n", "from quiet import *\nfrom lib import C\nprint(A)\n", B),
    one("a name of a star becomes another object that nobody reads", "from quiet import *\nprint(B)\n", "from quiet import *\nfrom lib import B as A\nprint(B)\n", B),
    one("a name comes where no star stands", "def f():\n    return 1\n", "from lib import A\ndef f():\n    return 1\n", B),
    # what can't be told
    one("one unknown name becomes another", "from dyn import A, B\nprint(A, B)\n", "from dyn import A, B\nprint(B, B)\n", B),
    one("an unknown name comes as another", "from dyn import A, B\nprint(A)\n", "from dyn import B as A, B\nprint(A)\n", B),
    one("an unknown name behind a star becomes another", "from dyn import *\nprint(A)\n", "from dyn import *\nprint(B)\n", B),
    one("an unknown name by its shorter way", "from hub import A\nprint(A)\n", "from dyn import A\nprint(A)\n"),
    one("an unknown name by the way of another", "from hub import A\nprint(A)\n", "from dyn import B as A\nprint(A)\n", B),
    Step("a name that modules take from each other goes", CIRCLE, {"p/gone.py": "from p.base import make\n"}, B, "p/gone.py"),
    Step("a name that modules take from each other stays", CIRCLE, {"p/gone.py": "from p.base import A\nfrom p.base import make\n"}),
    Step("a name that was perhaps there goes for good", {**DYNAMIC, "s.py": "from dyn import *\n", "u.py": "from s import A\n"}, {"s.py": "import dyn\n"}, B, "s.py"),
    # what is not there yet
    Step("a module asks itself", {**LIB, "lib.py": "try:\n    from quiet import A\nexcept ImportError:\n    class A: ...\nclass B: ...\n", "quiet.py": "class A: ...\n"}, {"lib.py": "try:\n    from lib import A\nexcept ImportError:\n    class A: ...\nclass B: ...\n"}, B, "lib.py"),
    Step("a package asks itself for what it makes below", {"p/__init__.py": "from p.one import A\ndef make(): ...\nprint(A)\n", "p/one.py": "class A: ...\n"}, {"p/__init__.py": "from p import make\nfrom p.one import A\ndef make(): ...\nprint(A)\n"}, B, "p/__init__.py"),
    Step("a package asks itself for its module", {"p/__init__.py": "import p.one as o\nprint(o)\n", "p/one.py": "class A: ...\n"}, {"p/__init__.py": "from p import one as o\nprint(o)\n"}),
    Step("a module asks itself when it is called", {"lib.py": "def f():\n    from quiet import A\n    return A\nclass A: ...\n", "quiet.py": "from lib import A\n"}, {"lib.py": "def f():\n    from lib import A\n    return A\nclass A: ...\n"}),
    Step("a module asks itself for checkers", {"lib.py": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from quiet import A as X\nclass A: ...\n", "quiet.py": "from lib import A\n"}, {"lib.py": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from lib import A as X\nclass A: ...\n"}),
    Step("a module reads its own name as an attribute", {"p/__init__.py": "", "p/m.py": "import p.q\nclass A: ...\nprint(p.q.A)\n", "p/q.py": "from p.m import A\n"}, {"p/m.py": "import p.m\nclass A: ...\nprint(p.m.A)\n"}, B, "p/m.py"),
    Step("a module reads its own name as an attribute when called", {"p/__init__.py": "", "p/m.py": "import p.q\nclass A: ...\ndef f():\n    return p.q.A\n", "p/q.py": "from p.m import A\n"}, {"p/m.py": "import p.m\nclass A: ...\ndef f():\n    return p.m.A\n"}),
    # what is looked up as text
    one("a local name that eval may ask for", "def f():\n    from quiet import A\n    return eval('A')\n", "def f():\n    from lib import A as X\n    return eval('A')\n", B),
    one("a local name that an inner function's eval may ask for", "def f():\n    from quiet import A\n    print(A)\n    return lambda: eval('A')\n", "def f():\n    from lib import A as X\n    print(X)\n    return lambda: eval('A')\n", B),
    one("a local name beside somebody else's eval", "def f():\n    from quiet import A\n    return A\ndef g():\n    return eval('A')\n", "def f():\n    from lib import A as X\n    return X\ndef g():\n    return eval('A')\n"),
    one("a local name in what locals gives", "def f():\n    from quiet import A\n    return locals()\n", "def f():\n    from lib import A as X\n    return locals()\n", B),
    one("a local name in what vars gives", "def f():\n    from quiet import A\n    return vars()\n", "def f():\n    from lib import A as X\n    return vars()\n", B),
    one("a local name beside the vars of something", "def f(x):\n    from quiet import A\n    return A, vars(x), dir(x)\n", "def f(x):\n    from lib import A as X\n    return X, vars(x), dir(x)\n"),
    one("a local name beside an eval of one's own", "from re import sub as eval\ndef f():\n    from quiet import A\n    return A, eval('A')\n", "from re import sub as eval\ndef f():\n    from lib import A as X\n    return X, eval('A')\n"),
    one("a name of the module that globals gives to a function", "from quiet import A\nprint(A)\ndef f():\n    return globals()['A']\n", "from lib import A as X\nprint(X)\ndef f():\n    return globals()['A']\n", B),
    one("a name of the module beside the locals of a function", "from quiet import A\nprint(A)\ndef f():\n    return locals()\n", "from lib import A as X\nprint(X)\ndef f():\n    return locals()\n"),
    one("a name of the module that dir lists", "from quiet import A\nprint(A, dir())\n", "from lib import A as X\nprint(X, dir())\n", B),
    one("a name of the module that nobody looks up", "from quiet import A\nprint(A)\n", "from lib import A as X\nprint(X)\n"),
    # what star imports bring elsewhere
    one("a star brings a name that replaces another", "import json\nprint(json)\n", "import json as B\nprint(B)\n", B, t="from lib import B\nfrom m import *\n"),
    one("a star brings a name that is built in", "import json\nprint(json)\n", "import json as len\nprint(len)\n", B, t="from m import *\nprint(len)\n"),
    one("a star of a star brings a name that replaces another", "import json\nprint(json)\n", "import json as B\nprint(B)\n", B, s="from m import *\n", t="from lib import B\nfrom s import *\n"),
    one("a star brings a name that is bound anew", "import json\nprint(json)\n", "import json as B\nprint(B)\n", t="from m import *\nfrom lib import B\nprint(B)\n"),
    one("a star brings a name that nobody uses", "import json\nprint(json)\n", "import json as X\nprint(X)\n", t="from m import *\nprint(len)\n"),
    one("a star does not bring a private name", "import json\nprint(json)\n", "import json as _x\nprint(_x)\n", t="from lib import A as _x\nfrom m import *\nprint(_x)\n"),
    # attributes of modules that are being loaded
    Step("a name is read from a module that is being loaded", {"p/__init__.py": "import p.m\nfrom p.q import make\n", "p/q.py": "def make(): ...\n", "p/m.py": "import p.q\nx = p.q.make\n"}, {"p/m.py": "import p\nx = p.make\n"}, "gate-cycle", "p/m.py"),
    Step("a name is read from a module that is being loaded already", {"p/__init__.py": "import p.m\nfrom p.q import make\n", "p/q.py": "def make(): ...\n", "p/m.py": "import p, p.q\nx = p.q.make\n"}, {"p/m.py": "import p, p.q\nx = p.make\n"}, "gate-cycle", "p/m.py"),
    Step("a name is read from a module that has it by now", {"p/__init__.py": "from p.q import make\nimport p.m\n", "p/q.py": "def make(): ...\n", "p/m.py": "import p, p.q\nx = p.q.make\n"}, {"p/m.py": "import p, p.q\nx = p.make\n"}),
    one("a local name more where the names are listed", "def f():\n    return locals()\n", "def f():\n    import lib\n    return locals()\n", B),
    one("a local name more where somebody else's names are listed", "def f(x):\n    import quiet\n    return vars(x), quiet.A\n", "def f(x):\n    import lib\n    return vars(x), lib.A\n"),
    # what is bound too late
    one("a local import below the inner function that uses it", "import quiet\ndef f():\n    def g():\n        return quiet.A\n    g()\n    return 1\n", "import quiet\ndef f():\n    def g():\n        return lib.A\n    g()\n    import lib\n    return 1\n", B),
    one("an import below its use", "import quiet\nprint(quiet.A)\n", "import quiet\nprint(lib.A)\nimport lib\n", B),
    one("an import below a function that uses it", "import quiet\ndef f():\n    return quiet.A\n", "import quiet\ndef f():\n    return lib.A\nimport lib\n"),
    one("an import above its use", "import quiet\nprint(quiet.A)\n", "import quiet\nimport lib\nprint(lib.A)\n"),
    one("a relative star that leaves the package", "from .q import *\n", "from ..q import *\n", B, "p/m.py", p____init__="", p__q="x = 1\n"),
    one("a star of another distribution", "from quiet import *\n", "from gone import *\n", B),
    # modules that are named
    one("a submodule that is not there", "import xml.dom\nprint(xml)\n", "import xml.doom\nprint(xml)\n", B),
    one("a submodule of the project that is not there", "import p.q\nprint(p)\n", "import p.r\nprint(p)\n", B, p____init__="", p__q=""),
    one("a module that the file replaces", "import sys\nsys.modules['quiet'] = 1\ndef f():\n    from quiet import A\n    return A\n", "import sys\nsys.modules['quiet'] = 1\ndef f():\n    from lib import A\n    return A\n", B),
    one("a module that the file does not replace", "import sys\nsys.modules['other'] = 1\ndef f():\n    from quiet import A\n    return A\n", "import sys\nsys.modules['other'] = 1\ndef f():\n    from lib import A\n    return A\n"),
    one("a module that the file replaces comes", "import sys\nsys.modules['lib'] = 1\ndef f():\n    from quiet import A\n    return A\n", "import sys\nsys.modules['lib'] = 1\ndef f():\n    from lib import A\n    return A\n", B),
    # attributes of classes
    one("a class loses an attribute", "class C:\n    from quiet import A\n    x = A\n", "class C:\n    from lib import A as X\n    x = X\n", B),
    one("a class gets an attribute", "class C:\n    from quiet import A\n    x = A\n", "class C:\n    from lib import A, B\n    x = A\n", B),
    one("a class gets a module for an attribute", "class C:\n    import quiet\n    x = quiet\n", "class C:\n    import quiet, lib\n    x = quiet\n", B),
    one("a class loses a module that nobody here reads", "class C:\n    import quiet, lib\n    x = quiet\n", "class C:\n    import quiet\n    x = quiet\n", B),
    one("a class keeps its attributes", "class C:\n    from quiet import A\n    x = A\n", "class C:\n    from lib import A\n    x = A\n"),
    # loading
    one("a loud module by an attribute that is not declared", "import quiet\nprint(quiet.A)\n", "import loud\nprint(loud.A)\n", E),
    one("a loud module that is handed on", "import quiet as q\nprint(q)\n", "import quiet as q, loud as r\nprint(q)\n", E),
]  # fmt: skip


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.name)
def test_it_is_judged_rightly(step: Step) -> None:
    """An edit that leaves every name what it was passes, and any other does not."""
    found = failures(step)
    assert {path: failure.code for path, failure in found.items()} == ({step.at: step.gate} if step.gate else {}), found
