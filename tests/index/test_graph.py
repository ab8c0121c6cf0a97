"""What loads what, and what a round of imports would do: compared with importing for real."""

# Programs on one line each read better than broken up.

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from trees import Tree, encoded, index_of

from ssot.index.graph import ImportGraph, loaded_by, parents
from ssot.index.loading import has_effects


def graph(files: Tree) -> ImportGraph:
    return ImportGraph(index_of(files))


def test_parents() -> None:
    assert parents("a.b.c") == ["a", "a.b"]
    assert parents("a") == []


FILES = {
    "p/__init__.py": "from p.a import A\n",
    "p/a.py": "import p.b\nclass A: ...\n",
    "p/b.py": "def f():\n    import p.c\n",
    "p/c.py": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import p.a\n",
    "q.py": "from p import c, b as d\nimport json, p.nothing\nfrom p.nothing.more import x\n",
    "r.py": "import q\n",
    "n/m.py": "import r\n",
}


def test_targets_are_what_the_statements_name_with_their_packages() -> None:
    found = graph(FILES)
    assert found.targets("q") == ("p", "p.c", "p.b")
    assert set(found.targets("p")) - {"p"} == {"p.a"}
    assert found.targets("p.a") == ("p.b",)
    assert found.targets("p.b") == ()
    assert found.targets("p.c") == ()
    assert found.targets("nothing") == ()


def test_closures_hold_all_that_is_loaded() -> None:
    found = graph(FILES)
    assert set(found.members(found.closure("r"))) == {"r", "q", "p", "p.a", "p.b", "p.c"}
    assert set(found.members(found.closure("p.c"))) == {"p", "p.a", "p.b", "p.c"}
    assert set(found.members(found.closure("n.m"))) >= {"n", "n.m", "r"}
    assert found.closure("nothing") == found.bit("nothing") == 0
    assert found.closure("q") & found.bit("p.c")


def test_what_a_statement_loads() -> None:
    index = index_of(FILES)
    loaded = [list(loaded_by(index, "q.py", fact)) for fact in index.facts["q.py"].imports]
    assert loaded == [["p", "p.c", "p.b"], ["p"], ["p"]]


def test_cycles_are_of_dependencies_not_of_packages() -> None:
    found = graph(
        {
            "a.py": "import b\n",
            "b.py": "import c\n",
            "c.py": "import a\n",
            "d.py": "import a\n",
            "p/__init__.py": "",
            "p/x.py": "import p\n",
        }
    )
    assert found.cycle("a") == ["a", "b", "c"]
    assert found.same_cycle("a", "c")
    assert not found.same_cycle("a", "d")
    assert not found.same_cycle("p", "p.x")
    assert not found.same_cycle("nothing", "nothing")


def test_a_chain_longer_than_the_stack() -> None:
    files = {f"m{number}.py": f"import m{number + 1}\n" for number in range(3000)}
    found = graph(files)
    assert len(found.members(found.closure("m0"))) == 3000
    assert found.failures("m0") == frozenset()


CIRCLES = {
    "fails either way": {"a.py": "from b import y\nx = 1\n", "b.py": "from a import x\ny = 1\n"},
    "works from one side": {"a.py": "x = 1\nfrom b import y\n", "b.py": "from a import x\ny = 1\n"},
    "works with modules": {"a.py": "import b\nx = 1\n", "b.py": "import a\ny = 1\n"},
    "works when deferred": {"a.py": "from b import y\nx = 1\n", "b.py": "def f():\n    from a import x\ny = 1\n"},
    "through a package": {"p/__init__.py": "from p.a import x\n", "p/a.py": "from p import b\nx = 1\n", "p/b.py": "from p import x\n"},
    "a submodule is found": {"p/__init__.py": "from p import a\n", "p/a.py": "from p import b\n", "p/b.py": "from p import a\n"},
    "a star from a module half made": {"a.py": "x = 1\nimport b\ny = 1\n", "b.py": "from a import *\nz = x\n"},
    "relative": {"p/__init__.py": "", "p/a.py": "from .b import y\nx = 1\n", "p/b.py": "from .a import x\ny = 1\n"},
    "three": {"a.py": "from b import y\nx = 1\n", "b.py": "from c import z\ny = 1\n", "c.py": "from a import x\nz = 1\n"},
    "on demand": {"a.py": "import b\ndef __getattr__(n):\n    if n == 'x':\n        from c import x\n        return x\n    raise AttributeError(n)\n", "b.py": "from a import x\n", "c.py": "x = 1\n"},
}  # fmt: skip


def really_fails(files: Tree, entry: str, folder: Path) -> bool:
    """Import one module in a fresh process."""
    for path, data in encoded(files).items():
        (folder / path).parent.mkdir(exist_ok=True, parents=True)
        (folder / path).write_bytes(data)
    command = [sys.executable, "-E", "-s", "-S", "-B", "-c", f"import {entry}"]
    done = subprocess.run(command, cwd=folder, capture_output=True, check=False)
    assert done.returncode == 0 or b"ImportError" in done.stderr, done.stderr.decode()
    return done.returncode != 0


@pytest.mark.parametrize("name", CIRCLES)
def test_what_really_happens_on_the_way_round_a_circle(name: str, tmp_path: Path) -> None:
    files = CIRCLES[name]
    found = graph(files)
    for entry in found.index.layout.paths:
        assert bool(found.failures(entry)) is really_fails(files, entry, tmp_path), entry


@settings(max_examples=12, deadline=None)
@given(st.data())
def test_random_circles(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    names = ["a", "b", "c", "d"]
    files = {}
    for name in names:
        lines = [f"{name}1 = 1"]
        for target in data.draw(st.lists(st.sampled_from(names), max_size=3, unique=True)):
            line = data.draw(
                st.sampled_from(
                    [f"import {target}", f"from {target} import {target}1", f"from {target} import {target}2"]
                )
            )
            if target != name:
                lines.insert(data.draw(st.integers(0, len(lines))), line)
        lines.append(f"{name}2 = 1")
        files[f"{name}.py"] = "\n".join(lines) + "\n"
    found = graph(files)
    entry = data.draw(st.sampled_from(names))
    assert bool(found.failures(entry)) is really_fails(files, entry, tmp_path_factory.mktemp("circle"))


# -- what loading leaves behind

EFFECTS = [
    ("x = 1\n", False),
    ("print(1)\n", True),
    ("class A(Exception): ...\n", False),
    ("class A(int): ...\n", False),
    ("import abc\nclass A(abc.ABC): ...\n", False),
    ("from lib import Model\nclass A(Model): ...\n", True),
    ("from base import Plain\nclass A(Plain): ...\n", False),
    ("from base import Hooked\nclass A(Hooked): ...\n", True),
    ("from base import Below\nclass A(Below): ...\n", True),
    ("import base\nclass A(base.Hooked): ...\n", True),
    ("import base\nclass A(base.Plain): ...\n", False),
    ("class A(B): ...\n", True),
    ("class A(f()): ...\n", True),
    ("class A(metaclass=M): ...\n", True),
    ("def (\n", True),
    ("import sys\nsys.modules[__name__] = 1\n", True),
]


@pytest.mark.parametrize(("text", "leaves"), EFFECTS)
def test_what_loading_a_module_leaves_behind(text: str, leaves: bool) -> None:
    base = "class Plain: ...\nclass Hooked:\n    def __init_subclass__(cls): ...\nclass Below(Hooked): ...\n"
    index = index_of({"m.py": text, "base.py": base})
    assert has_effects(index, "m") is leaves
    found = ImportGraph(index)
    assert ("m" in found.members(found.noisy)) is leaves
    assert not has_effects(index, "nothing")
