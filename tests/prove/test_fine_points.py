"""Edits that one condition each lets through or refuses: members that move, names on demand, files, guarded imports."""

# Programs on one line each read better than broken up.

from __future__ import annotations

from dataclasses import replace

import pytest
from trees import edits_of, index_of, never

from prove.test_conditions import LAZY
from prove.test_corners import BASE, HEAD, LIB, SHIM, TO_A, WRITTEN, B, D, E, old, table
from prove.test_folds import ALIAS
from prove.test_more_corners import HAND, OWN_GETATTR, RETIRE
from prove.warranted import Step, changes, failures, sources, warrant
from ssot.index.source import apply_edits
from ssot.index.table import Index
from ssot.prove.difference import explained
from ssot.prove.gates import Failure, read_versions
from ssot.prove.proof import Changed, Prover
from ssot.prove.warrant import Warrant
from ssot.values import Edit

OTHER = {"other.py": "class A: ...\n"}
LOADS = "    def f(self):\n        import json\n        return json\n"
TAKES = "def g():\n    from lib import A\n    x = 1\n    return 1\n"
CHECKING = "from typing import TYPE_CHECKING\n"
WARNED = "import warnings\n" + HEAD + "warnings.warn('shop.old is old', DeprecationWarning, stacklevel=2)\n"
OFFERED = "import warnings\n" + SHIM.removeprefix("LIMIT = 1\n")


def over(name: str, here: str, base: str, gate: str = "") -> Step:
    """A member of the class below makes way for that of its base."""
    tree = {"a.py": f"from b import B\nclass A(B):\n{here}", "b.py": f"class B:\n{base}"}
    return Step(name, tree, {"a.py": f"class A:\n{base}", "b.py": ALIAS}, gate, "a.py" if gate else "", TO_A)


def method(said: str, taken: str = "self, x", name: str = "f", waits: str = "") -> str:
    return f"    {waits}def {name}({taken}):\n        {said}\n"


STEPS = [
    # a class that takes over its base
    over("a value makes way for another", "    y = 1\n", "    y = 2\n", D),
    over("a plain method makes way for one that waits", method("return super().f(x)"), method("return x", waits="async "), D),
    over("a method that waits makes way for a plain one", method("return await super().f(x)", waits="async "), method("return x"), D),
    over("what waits hands on without waiting", method("return super().f(x)", waits="async "), method("return x", waits="async "), D),
    over("a method with a docstring makes way", method("'''Text.'''\n        return super().f(x)"), method("return x")),
    over("a method that does two things makes way", method("print(x)\n        return super().f(x)"), method("return x"), D),
    over("a method with a decorator makes way", "    @property\n" + method("return super().f(x)"), method("return x"), D),
    over("a constructor makes way", method("super().__init__(x)", name="__init__"), method("self.x = x", name="__init__")),
    over("a constructor that returns it makes way", method("return super().__init__(x)", name="__init__"), method("self.x = x", name="__init__")),
    over("arguments exchanged", method("return super().f(y, x)", "self, x, y"), method("return x, y", "self, x, y"), D),
    over("another method is called", method("return super().g(x)"), method("return x"), D),
    over("by position only", method("return super().f(x)", "self, x, /"), method("return x", "self, x, /")),
    over("by position only, which was not so", method("return super().f(x)", "self, x"), method("return x", "self, x, /"), D),
    over("everything after one parameter", method("return super().f(x, *rest, **more)", "self, x, *rest, **more"), method("return x", "self, x, *rest, **more")),
    over("everything after one parameter of another name", method("return super().f(x, *rest, **more)", "self, x, *rest, **more"), method("return z", "self, z, *rest, **more"), D),
    over("everything but a keyword", method("return super().f(*rest, **more)", "self, *rest, k, **more"), method("return 1", "self, *rest, **more"), D),
    over("all positions", method("return super().f(*rest)", "self, *rest"), method("return 1", "self, *rest, **more"), D),
    over("all keywords", method("return super().f(**more)", "self, **more"), method("return 1", "self, *rest, **more"), D),
    over("a keyword with a default", method("return super().f(k=k)", "self, *, k=1"), method("return k", "self, *, k=1")),
    over("a keyword with another default", method("return super().f(k=k)", "self, *, k=1"), method("return k", "self, *, k=2"), D),
    over("a default that is made anew", method("return super().f(x)", "self, x=[]"), method("return x", "self, x=[]"), D),
    over("a keyword default that is made anew", method("return super().f(k=k)", "self, *, k=[]"), method("return k", "self, *, k=[]"), D),
    over("a default of several constants", method("return super().f(x)", "self, x=(1, 2)"), method("return x", "self, x=(1, 2)")),
    over("annotations that differ", method("return super().f(x)", "self, x: int"), method("return x", "self, x: str")),
    # members that move
    Step("an annotation that is a constant becomes a name", {"a.py": "class A:\n    y = 1\n", "b.py": "class B:\n    def f(self) -> 'None': ...\n"}, {"a.py": "class A:\n    y = 1\n    def f(self) -> 'A': ...\n", "b.py": ALIAS}, D, "a.py", TO_A),
    Step("an annotation that is a constant moves", {"a.py": "class A:\n    y = 1\n", "b.py": "class B:\n    def f(self) -> 'None': ...\n"}, {"a.py": "class A:\n    y = 1\n    def f(self) -> 'None': ...\n", "b.py": ALIAS}, warrant=TO_A),
    # comments
    Step("a comment among the names of an import", {**LIB, "m.py": "from quiet import (\n    A,  # why\n)\nprint(A)\n"}, {"m.py": "from lib import A  # why\nprint(A)\n"}),
    Step("comments among the names of two imports change places", {**LIB, "m.py": "from quiet import (\n    A,  # one\n)\nfrom lib import (\n    B,  # two\n)\nprint(A, B)\n"}, {"m.py": "from lib import (\n    B,  # two\n    A,  # one\n)\nprint(A, B)\n"}),
    # loading
    Step("what only type checkers load is loud", {**LIB, "m.py": CHECKING + "if TYPE_CHECKING:\n    from loud import A\ndef f(x: 'A'): ...\n"}, {"m.py": CHECKING + "if TYPE_CHECKING:\n    from lib import A\ndef f(x: 'A'): ...\n"}),
    Step("what only type checkers load becomes loud", {**LIB, "m.py": CHECKING + "if TYPE_CHECKING:\n    from lib import A\ndef f(x: 'A'): ...\n"}, {"m.py": CHECKING + "if TYPE_CHECKING:\n    from loud import A\ndef f(x: 'A'): ...\n"}),
    Step("another distribution is imported for type checkers only", {**LIB, "m.py": CHECKING + "if TYPE_CHECKING:\n    import json\nx = 1\n"}, {"m.py": CHECKING + "if TYPE_CHECKING:\n    pass\nx = 1\n"}),
    # names
    Step("two objects change places where one may be missing", {**LIB, "one.py": "class A: ...\nclass C: ...\n", "two.py": "class A: ...\nclass C: ...\n", "m.py": "try:\n    from lib import A, B as C\nexcept ImportError:\n    from one import A\n    from two import C\nprint(A, C)\n"}, {"m.py": "try:\n    from lib import A, B as C\nexcept ImportError:\n    from two import A\n    from one import C\nprint(A, C)\n"}, B, "m.py"),
    Step("two objects change places where one may be missing, in a function", {**LIB, "one.py": "class A: ...\nclass C: ...\n", "two.py": "class A: ...\nclass C: ...\n", "m.py": "def f():\n    try:\n        from lib import A, B as C\n    except ImportError:\n        from one import A\n        from two import C\n    return A, C\n"}, {"m.py": "def f():\n    try:\n        from lib import A, B as C\n    except ImportError:\n        from two import C as A\n        from one import A as C\n    return A, C\n"}, B, "m.py"),
    Step("a package keeps a name by a declaration only", {"p/__init__.py": "import json\nfrom json import loads\nx = json\ndef f():\n    global loads\n"}, {"p/__init__.py": "import json\nx = json\ndef f():\n    global loads\n"}, B, "p/__init__.py"),
    Step("a name for type checkers only goes from a package", {**LIB, "p/__init__.py": CHECKING + "if TYPE_CHECKING:\n    from quiet import A\n"}, {"p/__init__.py": CHECKING + "if TYPE_CHECKING:\n    pass\n"}),
    Step("a function's module of another distribution is loaded by another", {**LIB, "also.py": "import json\nfrom lib import A\n", "m.py": "def f():\n    import json\n    from quiet import A\n    return A\n"}, {"m.py": "def f():\n    from also import A\n    return A\n"}),
    Step("a function's module of another distribution is loaded by none", {**LIB, "m.py": "def f():\n    import json\n    from quiet import A\n    return A\n"}, {"m.py": "def f():\n    from lib import A\n    return A\n"}, E, "m.py"),
    # texts
    Step("another text below one that stays", {**LIB, "m.py": "x = 'same'\ny = 'quiet.A'\n"}, {"m.py": "x = 'same'\ny = 'lib.B'\n"}, D, "m.py"),
    Step("another text below an annotation", {**LIB, "m.py": "from quiet import A\ndef f(x: 'A'): ...\ny = 'quiet.A'\n"}, {"m.py": "from lib import A\ndef f(x: 'A'): ...\ny = 'lib.B'\n"}, D, "m.py"),
    Step("another text below a doctest", {**LIB, "m.py": "'''Text.\n\n>>> from quiet import A\n'''\ny = 'quiet.A'\n"}, {"m.py": "'''Text.\n\n>>> from lib import A\n'''\ny = 'lib.B'\n"}, D, "m.py"),
    Step("another text below a path that moved", {**LIB, "m.py": "x = 'quiet.A'\ny = 'quiet.A'\n"}, {"m.py": "x = 'lib.A'\ny = 'lib.B'\n"}, D, "m.py"),
    Step("an attribute in a text with values becomes a name", {**LIB, "m.py": "import quiet, lib\nfrom lib import A\nprint(A, f'{quiet.A} {lib.B}')\n"}, {"m.py": "import quiet, lib\nfrom lib import A\nprint(A, f'{A} {lib.B}')\n"}),
    # names on demand
    Step("an existing __getattr__ forgets the last thing", {**BASE, "shop/old.py": HEAD + OWN_GETATTR.replace("    return", "    print(given)\n    return")}, old(OWN_GETATTR.replace("    return given.upper()\n", "    print(given)\n" + HAND[HAND.index("    if") : HAND.index("    raise")])), B, "shop/old.py", RETIRE),
    Step("a row comes beside one of a name that is bound as well", {**BASE, "shop/old.py": HEAD + "from shop.router import connect\n" + SHIM}, old(HEAD + "LIMIT = 1\n" + table(Handler="Router", connect="connect") + WRITTEN), warrant=warrant(retires="shop.old:Handler shop.old:connect")),
    Step("a deleted name stays deleted when its row goes", {**BASE, "shop/old.py": "from shop.router import *\nLIMIT = 1\ndel Router\n" + table(Router="Router") + WRITTEN}, old("from shop.router import *\nLIMIT = 1\ndel Router\n"), warrant=warrant(drops="shop.old:Router")),
    Step("another name changes when the row of a deleted one goes", {**BASE, "shop/old.py": "from shop.router import *\nfrom shop.router import connect as reach\nLIMIT = 1\ndel Router\n" + table(Router="Router") + WRITTEN}, old("from shop.router import *\nfrom shop.other import connect as reach\nLIMIT = 1\ndel Router\n"), B, "shop/old.py", warrant(drops="shop.old:Router")),
    Step("a package's own shim goes", {"p/__init__.py": "LIMIT = 1\n" + table(Handler="Router") + WRITTEN, "shop/__init__.py": "", "shop/router.py": BASE["shop/router.py"]}, {"p/__init__.py": "LIMIT = 1\n"}, warrant=warrant(drops="p:Handler")),
    Step("a package's shim goes and a name with it", {"p/__init__.py": "LIMIT = 1\n" + table(Handler="Router") + WRITTEN, "shop/__init__.py": "", "shop/router.py": BASE["shop/router.py"]}, {"p/__init__.py": ""}, B, "p/__init__.py", warrant(drops="p:Handler")),
    Step("an import is deleted and offered", {**BASE, "shop/old.py": HEAD + "LIMIT = 1\n"}, old(HEAD + "LIMIT = 1\ndel Handler\n" + table(Handler="Router") + WRITTEN), warrant=RETIRE),
    Step("an import is deleted, bound again and offered", {**BASE, "shop/old.py": HEAD + "LIMIT = 1\n" + HEAD}, old(HEAD + "LIMIT = 1\ndel Handler\n" + HEAD + table(Handler="Router") + WRITTEN), B, "shop/old.py", RETIRE),
    Step("a module says no more that it is deprecated", {**BASE, "shop/old.py": WARNED}, old(OFFERED), warrant=RETIRE),
    Step("a module with something else in it says no more that it is deprecated", {**BASE, "shop/old.py": WARNED + "LIMIT = 1\n"}, old("import warnings\n" + SHIM), B, "shop/old.py", RETIRE),
    Step("a module with something private in it says no more that it is deprecated", {**BASE, "shop/old.py": WARNED + "_x = 1\n"}, old("import warnings\n_x = 1\n" + SHIM.removeprefix("LIMIT = 1\n")), warrant=RETIRE),
    Step("a module with a shim by hand says no more that it is deprecated", {**BASE, "shop/old.py": WARNED}, old("import warnings\n" + HAND), B, "shop/old.py", RETIRE),
    Step("a module says no more something else", {**BASE, "shop/old.py": WARNED.replace("DeprecationWarning", "UserWarning")}, old(OFFERED), B, "shop/old.py", RETIRE),
    Step("two names change places below one that is deleted", {**BASE, "shop/old.py": "from shop.router import *\nfrom shop.router import connect as one\nfrom shop.other import connect as two\ndel Router\nx = (one, two)\n" + table(Router="Router") + WRITTEN}, old("from shop.router import *\nfrom shop.router import connect as one\nfrom shop.other import connect as two\ndel Router\nx = (two, one)\n"), B, "shop/old.py", warrant(drops="shop.old:Router")),
    # imports
    Step("a name of another object is imported below a duplicate", {**LIB, **OTHER, "a.py": "class A:\n" + LOADS, "b.py": "class B:\n" + LOADS + TAKES}, {"b.py": ALIAS + TAKES.replace("lib", "other")}, B, "b.py", TO_A),
    Step("an import moves below a duplicate", {**LIB, "a.py": "class A:\n" + LOADS, "b.py": "class B:\n" + LOADS + TAKES}, {"b.py": ALIAS + "def g():\n    x = 1\n    from lib import A\n    return 1\n"}, B, "b.py", TO_A),
    Step("a function imports what only the module's star brings", {**LIB, "m.py": "from quiet import *\nprint(A)\ndef f():\n    return 1\n"}, {"m.py": "from quiet import *\nprint(A)\ndef f():\n    from lib import A\n    return 1\n"}, B, "m.py"),
    # files
    Step("a module comes beside a package of its name", {**LIB, "p/__init__.py": ""}, {"p.py": "x = 1\n"}, B, "p.py"),
    Step("a module goes beside a package of its name", {**LIB, "p/__init__.py": "", "p.py": "from lib import A\n"}, {"p.py": None}, B, "p.py", warrant(drops="p:A")),
    Step("a module that can't be read goes", {**LIB, "idle.py": "from lib import A\nx = = 1\n"}, {"idle.py": None}, B, "idle.py", warrant(drops="idle:A")),
    Step("a package goes from around its modules", {**LIB, "p/__init__.py": "from lib import A\n", "p/q.py": ""}, {"p/__init__.py": None}, B, "p/__init__.py", warrant(drops="p:A")),
    Step("a shim that goes with its file and a value", {**BASE, "shop/old.py": SHIM, "shop/user.py": ""}, {"shop/old.py": None}, B, "shop/old.py", warrant(drops="shop.old:Handler")),
    Step("a module that goes with a function that may and what that needs", {**LIB, "idle.py": "import json\ndef f():\n    return json\n"}, {"idle.py": None}, warrant=warrant(drops="idle:f")),
    Step("a module that goes with its table and a value", {**LIB, "idle.py": LAZY + "LIMIT = 1\n", "u.py": ""}, {"idle.py": None}, B, "idle.py", warrant(drops="idle:A")),
    Step("a module that goes with its table and a private function", {**LIB, "idle.py": LAZY + "def _f(): ...\n", "u.py": ""}, {"idle.py": None}, B, "idle.py", warrant(drops="idle:A")),
    Step("a file of a name that somebody tries to import with what is in it", {**LIB, "u.py": "try:\n    import new.sub\nexcept ImportError:\n    new = None\n"}, {"new.py": "x = 1\n"}, B, "new.py"),
    Step("a text goes", {**LIB, "m.txt": "x\n"}, {"m.txt": None}, B, "m.txt"),
    Step("a module that goes with a name of two lines in front", {**LIB, "idle.py": "from lib import A\n__own = 1\n"}, {"idle.py": None}, B, "idle.py", warrant(drops="idle:A")),
    Step("a module that goes with a name of two lines behind", {**LIB, "idle.py": "from lib import A\nown__ = 1\n"}, {"idle.py": None}, B, "idle.py", warrant(drops="idle:A")),
    Step("a text beside a module that loses a name", {**LIB, "m.py": "from lib import A, B\n", "m.txt": "quiet.A = m.B = it is no program\n"}, {"m.py": "from lib import A\n", "m.txt": "lib.A = m.B = it is no program\n"}),
    Step("a new module reads what another loses", {**LIB, "m.py": "from lib import A, B\n"}, {"m.py": "from lib import A\n", "tests/new.py": "import m\nprint(m.B)\n"}, B, "m.py"),
]  # fmt: skip


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.name)
def test_it_is_judged_rightly(step: Step) -> None:
    """What is right passes; what is wrong is refused by the gate named, where it is wrong."""
    found = failures(step)
    assert {path: failure.code for path, failure in found.items()} == ({step.at: step.gate} if step.gate else {}), found


@pytest.mark.parametrize(
    ("old", "new"), [(".a)", ".b)"), (".a)", ".a.b)"), ("x.a", "x.a(1)"), ("x.a", "x.a + 1"), (", x.a", "")]
)
def test_an_edit_explains_no_more_than_the_name_that_it_covers(old: str, new: str) -> None:
    """A name may be spelled in another way behind it or in front of it; what is done with it is compared."""
    before = b"def f(x): return g(A, x.a)\n"
    edits = edits_of(before, [("A", "B"), (old, new)])
    after = apply_edits(before, edits)
    versions = read_versions("m.py", before, after)
    assert not isinstance(versions, Failure)
    found = explained(versions, edits)
    assert found is not None
    assert found.code == D


def test_a_new_file_takes_the_place_of_no_compiled_module() -> None:
    """What is not written in Python is imported under its name all the same."""
    index = index_of(LIB)
    compiled = Index(index.facts, replace(index.layout, native=frozenset({"fast"})))
    made = changes(Step("", LIB, {"fast.py": "x = 1\n"}))
    assert Prover(index, never, sources=sources(LIB)).failures(made) == {}
    assert Prover(compiled, never, sources=sources(LIB)).failures(made)["fast.py"].code == B


def test_a_file_with_a_byte_order_mark_goes_as_a_whole() -> None:
    """The mark is no text that an edit could hold; an empty file has nothing that one could."""
    data, mark = b"\xef\xbb\xbffrom lib import A\n", 3
    tree = {**LIB, "idle.py": data.decode(), "empty.py": ""}
    prover = Prover(index_of(tree), never, warrant(drops="idle:A"), sources(tree))
    whole, part = (
        Edit(mark, len(data), 1, "from lib import A\n", ""),
        Edit(mark, len(data) - 1, 1, "from lib import A", ""),
    )
    assert prover.failures([Changed("idle.py", data, (whole,), None)]) == {}
    assert prover.failures([Changed("idle.py", data, (part,), None)])["idle.py"].code == "gate-minimal"
    assert prover.failures([Changed("empty.py", b"", (), None)]) == {}
    assert (
        prover.failures([Changed("empty.py", b"", (Edit(0, 1, 1, "x", ""),), None)])["empty.py"].code == "gate-minimal"
    )


def test_what_the_tool_writes_itself_may_ask_for_lost_names_and_nobody_else() -> None:
    """Its tests hold that the old paths are gone."""
    tree = {**LIB, "m.py": "from lib import A, B\n", "gone_test.py": "import m\nprint(m.B)\n"}
    kept = Warrant(generated=frozenset({"gone_test.py"}))
    step = Step("", tree, {"m.py": "from lib import A\n"}, warrant=kept)
    assert failures(step) == {}
    assert failures(replace(step, warrant=Warrant()))["m.py"].code == B
    assert failures(replace(step, before={**tree, "user.py": "import m\nprint(m.B)\n"}))["m.py"].code == B
