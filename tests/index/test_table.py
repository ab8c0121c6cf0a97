"""What a path denotes, through re-exports of every kind, and why it can't be told."""

# Programs on one line each read better than broken up.

from __future__ import annotations

import pytest
from trees import Tree, index_of

from ssot.index.facts import Kind
from ssot.index.table import External, Index, Missing, Module, Symbol, Unknown

A = Symbol("p.a", "A")
BASE = {"p/__init__.py": "", "p/a.py": "class A: ...\nclass B: ...\n_private = 1\n"}


def resolve(text: str, name: str = "A", *, typing: bool = False, **more: str) -> object:
    files = {**BASE, "p/m.py": text, **{path.replace("__", "/") + ".py": content for path, content in more.items()}}
    return index_of(files).resolve("p.m", name, typing=typing)


EXHAUSTIVE = pytest.mark.xfail(reason="B17: that alternatives leave no gap is not seen yet", strict=True)
SAME = [
    "from p.a import A",
    "from .a import A",
    "from p.a import *",
    "from .a import *",
    "from p import a\nA = a.A",
    "import p.a\nA = p.a.A",
    "import p.a as q\nA = q.A",
    "from p.a import A as X\nA = X",
    "from p.a import A as X\nY = X\nA = Y",
    "A = None\nfrom p.a import A",
    pytest.param("try:\n    from p.a import A\nexcept ImportError:\n    from p.a import A", marks=EXHAUSTIVE),
    pytest.param("if x:\n    from p.a import A\nelse:\n    from p.a import A", marks=EXHAUSTIVE),
    "from p.a import A\nif x:\n    from p.a import A",
    "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from p.a import B as A\nfrom p.a import A",
    "def __getattr__(name):\n    if name == 'A':\n        from p.a import A\n        return A\n    raise AttributeError(name)",
    "def __getattr__(name):\n    if name == 'A':\n        from .a import A\n        return A\n    raise AttributeError(name)",
    "from p.n import A",
]


@pytest.mark.parametrize("text", SAME)
def test_the_object_behind_every_kind_of_reexport(text: str) -> None:
    assert resolve(text, p__n="from p.o import *\n", p__o="from p.a import A as A\n") == A


OWN = [
    "class A: ...",
    "def A(): ...",
    "A = 1",
    "from p.a import A as X\nA = X()",
    "try:\n    from p.a import A\nexcept ImportError:\n    A = None",
    "try:\n    from p.a import A\nexcept ImportError:\n    from p.b import A",
    "if x:\n    from p.a import A",
    "from p.a import A\ndel A",
    "from p.a import A\ndef f():\n    global A\n    A = 1",
    "from p.a import A\nclass A(A): ...",
    "for A in (): pass",
    "from p.a import A\nA += 1",
    "A = B = X\nfrom p.a import A as X",
    "from p.a import A as X\nX = 1\nA = X",
    "A = A",
    "from p.a import A as X\nA = X.y",
]


@pytest.mark.parametrize("text", OWN)
def test_what_is_an_object_of_its_own(text: str) -> None:
    assert resolve(text, p__b="class A: ...\n") == Symbol("p.m", "A")


UNTOLD = [
    ("from p.gone import A", Missing, "there is no module p.gone"),
    ("from p.a import C as A", Missing, "p.a has no C"),
    ("x = 1", Missing, "p.m has no A"),
    ("from p.n import A", Unknown, "going in a circle"),
    ("globals()['A'] = 1", Unknown, "makes names at run time"),
    ("def __getattr__(name): return make(name)", Unknown, "makes names at run time"),
    ("import sys\nsys.modules[__name__] = x", Unknown, "another object in its own place"),
    ("def (", Unknown, "can't be parsed"),
    ("from p.broken import *", Unknown, "p/m.py"),
    ("from p.computed import *", Unknown, "p/m.py"),
    ("from ... import A", Missing, "leaves the package"),
    ("from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from p.a import A", Unknown, "for type checkers only"),
    ("from p.hacked.gone import A", Unknown, "made at run time"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "kind", "reason"), UNTOLD)
def test_why_it_can_not_be_told(text: str, kind: type, reason: str) -> None:
    more = {
        "p__n": "from p.m import A\n",
        "p__broken": "def (\n",
        "p__computed": "__all__ = [n for n in dir()]\n",
        "p__hacked____init__": "",
    }
    files = {**BASE, "p/m.py": text, "p/hacked/__init__.py": "__path__ = []\n"}
    files |= {path.replace("__", "/") + ".py": content for path, content in more.items() if "hacked" not in path}
    found = index_of(files).resolve("p.m", "A")
    assert isinstance(found, kind), found
    assert isinstance(found, Missing | Unknown)
    assert reason in found.reason


def test_what_only_type_checkers_see_is_resolved_for_them() -> None:
    text = "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from p.a import A\n"
    assert resolve(text, typing=True) == A


def test_other_distributions() -> None:
    assert resolve("from json import loads as A") == External("json.loads")
    assert resolve("import json as A") == External("json")
    assert index_of(BASE).resolve("json", "loads") == External("json.loads")
    assert index_of(BASE).resolve_module("numpy.linalg") == External("numpy.linalg")
    assert resolve("from json import *") == Missing("p.m has no A") or isinstance(
        resolve("from json import *"), Unknown
    )


def test_modules_and_packages() -> None:
    index = index_of({**BASE, "n/x.py": "", "p/sub/__init__.py": ""})
    assert index.resolve("p", "a") == Module("p.a")
    assert index.resolve("n", "x") == Module("n.x")
    assert index.resolve("n", "y") == External("n.y")
    assert index.resolve_module("p.sub") == Module("p.sub")
    assert index.resolve_module("p.zzz") == Missing("there is no module p.zzz")
    assert index.resolve("p.a", "__name__") == Symbol("p.a", "__name__")
    assert index.resolve("p.a", "__zzz__") == Missing("p.a has no __zzz__")


SUBMODULES = [
    ("", Module("p.s")),
    ("from p.s import s", Symbol("p.s", "s")),
    ("from .s import s", Symbol("p.s", "s")),
    ("from p import s", Module("p.s")),
    ("from . import s", Module("p.s")),
    ("import p.s as s", Module("p.s")),
    ("def s(): ...", Unknown("p.s is a module and a name of its package")),
    ("from p.a import A as s", Unknown("p.s is a module and a name of its package")),
]


@pytest.mark.parametrize(("init", "expected"), SUBMODULES)
def test_a_name_of_a_package_beside_a_submodule_of_that_name(init: str, expected: object) -> None:
    files = {**BASE, "p/__init__.py": init, "p/s.py": "def s(): ...\n"}
    assert index_of(files).resolve("p", "s") == expected


def test_two_roots_with_one_module_are_not_told_apart() -> None:
    index = index_of({"one/a.py": "x = 1\n", "two/a.py": "x = 1\n"}, ["one", "two"])
    assert index.resolve_module("a") == Unknown("several import roots have a module a")
    assert isinstance(index.resolve("a", "x"), Unknown)


def test_a_stub_does_not_hide_the_module() -> None:
    index = index_of({"p/__init__.py": "", "p/a.py": "class A: ...\n", "p/a.pyi": "class A: ...\nclass B: ...\n"})
    assert index.resolve("p.a", "A") == A
    assert index.resolve("p.a", "B") == Missing("p.a has no B")


STARS = [
    ("class A: ...\n_b = 1\nimport c\n", {"A", "c"}),
    ("__all__ = ['_b', 'A']\nA = _b = D = 1\n", {"_b", "A"}),
    ("from p.a import *\nx = 1\n", {"A", "B", "x"}),
    ("from p.m import *\nx = 1\n", None),
    ("__all__ = f()\n", None),
    ("from json import *\n", None),
    ("def (\n", None),
    ("globals()['x'] = 1\n", None),
    ("from typing import TYPE_CHECKING as T\nif TYPE_CHECKING:\n    from p.a import A\n", {"T"}),
]


@pytest.mark.parametrize(("text", "names"), STARS)
def test_what_a_star_brings(text: str, names: set[str] | None) -> None:
    assert index_of({**BASE, "p/m.py": text}).star_names("p.m") == names


def test_the_last_of_several_stars_wins_and_a_later_name_wins_over_them() -> None:
    one, other = "class A: ...\nclass X: ...\n", "class A: ...\n"
    text = "from p.one import *\nfrom p.other import *\n"
    assert resolve(text, p__one=one, p__other=other) == Symbol("p.other", "A")
    assert resolve(text, "X", p__one=one, p__other=other) == Symbol("p.one", "X")
    assert resolve(text + "from p.a import A\n", p__one=one, p__other=other) == A
    assert resolve("from p.a import A\n" + text, p__one=one, p__other=other) == Symbol("p.other", "A")


CHAIN = {
    "p/__init__.py": "from p.api import Manager\n",
    "p/api.py": "from p.mid import Thing as Manager\n",
    "p/mid.py": "import p.impl\nThing = p.impl._Real\n",
    "p/impl.py": "class _Real: ...\n",
    "p/lazy.py": "def __getattr__(name):\n    if name == 'L':\n        from .api import Manager\n        return Manager\n    raise AttributeError(name)\n",
    "p/local.py": "from p.api import Manager\nOther = Manager\n",
}


def test_hops_lead_to_the_definition() -> None:
    index = index_of(CHAIN)
    whole = (("p", "Manager"), ("p.api", "Manager"), ("p.mid", "Thing"), ("p.impl", "_Real"))
    assert index.hops("p", "Manager") == whole
    assert index.hops("p.impl", "_Real") == whole[-1:]
    assert index.hops("p.lazy", "L") == (("p.lazy", "L"), *whole[1:])
    assert index.hops("p.local", "Other") == (("p.local", "Other"), ("p.local", "Manager"), *whole[1:])
    assert index.hops("json", "loads") == (("json", "loads"),)
    assert index.resolve("p.lazy", "L") == Symbol("p.impl", "_Real")


CHOICES = [
    ("class A: ...", False),
    ("if x:\n    class A: ...\nelse:\n    class A: ...", False),
    ("A = None\nclass A: ...", False),
    ("try:\n    from p.x import A\nexcept ImportError:\n    A = None", True),
    ("if x:\n    A = 1", True),
    ("A = 1\nA = 2", True),
    ("A = 1", False),
]


@pytest.mark.parametrize(("text", "choice"), CHOICES)
def test_what_is_decided_while_the_program_runs(text: str, choice: bool) -> None:
    index = index_of({**BASE, "p/m.py": text, "p/x.py": "A = 1\n"})
    assert index.is_choice(Symbol("p.m", "A")) is choice


def test_how_a_symbol_is_made() -> None:
    index = index_of({"m.py": "class A: ...\ndef f(): ...\nx = 1\nx = 2\n"})
    assert [index.kind(Symbol("m", name)) for name in ("A", "f", "x", "y")] == [Kind.CLASS, Kind.DEF, None, None]


def test_an_index_with_other_contents_leaves_the_first_as_it_was() -> None:
    files: Tree = {**BASE, "p/m.py": "from p.a import A\n"}
    index = index_of(files)
    other: Index = index.with_facts([index_of({**files, "p/m.py": "A = 1\n"}).facts["p/m.py"]])
    assert index.resolve("p.m", "A") == A
    assert other.resolve("p.m", "A") == Symbol("p.m", "A")


RIVALS = [  # a package and another module, beside the submodule p.core.user
    ("from p.other import *\n", "user = 1\n"),
    ("from elsewhere import *\n", ""),
    ("globals()[key()] = 1\n", ""),
    ("def __getattr__(name):\n    return {'user': 1}[name]\n", ""),
    ("def set_it():\n    global user\n    user = 1\n", ""),
]


@pytest.mark.parametrize(("package", "other"), RIVALS)
def test_a_submodule_may_have_a_rival_in_its_package(package: str, other: str) -> None:
    """Which of the two the package's name stands for depends on what was loaded first."""
    files = {"p/__init__.py": "", "p/core/__init__.py": package, "p/core/user.py": "", "p/other.py": other}
    assert isinstance(index_of(files).resolve("p.core", "user"), Unknown)


def test_a_star_import_may_take_submodules() -> None:
    """They are there if something has loaded them by then."""
    files = {"p/__init__.py": "", "p/core/__init__.py": "", "p/core/user.py": "", "p/m.py": "from p.core import *\n"}
    index = index_of(files)
    assert isinstance(index.resolve("p.m", "user"), Unknown)
    assert index.star_may_bind("p.core", "user")
    assert not index.star_may_bind("p.core", "other")


def test_a_name_that_is_looked_up_and_kept_is_looked_up_all_the_same() -> None:
    """`globals()[name] = …` for the name that was asked for binds nothing that was bound."""
    package = """\
        def __getattr__(name):
            if name == "A":
                from p.a import A
                globals()[name] = A
                return A
            raise AttributeError(name)
        """
    index = index_of(
        {"p/__init__.py": "", "p/a.py": "class A: ...\n", "p/core/__init__.py": package, "p/core/b.py": ""}
    )
    assert index.resolve("p.core", "b") == Module("p.core.b")
    assert not index.module_facts("p.core").unstable  # type: ignore[union-attr]


def test_an_alias_is_what_its_source_was_before_it_was_deleted() -> None:
    """The usual way to give a name another one."""
    assert resolve("from p.a import A as _gone\nA = _gone\ndel _gone\n") == Symbol("p.a", "A")
