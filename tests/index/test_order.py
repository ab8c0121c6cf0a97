"""In which order effects happen when a module is imported."""

from __future__ import annotations

import pytest
from trees import Tree, index_of

from ssot.index.graph import ImportGraph
from ssot.index.loading import effect_lines
from ssot.index.order import LoadOrder


def trace(files: Tree, entry: str) -> list[str]:
    graph = ImportGraph(index_of(files))
    return [f"{module}:{number}" for module, number in LoadOrder(graph, graph.noisy).trace(entry)]


def test_effects_come_between_imports() -> None:
    """What a module does before an import comes before what the import does."""
    files = {"m.py": "print(1)\nimport n\nprint(2)\n", "n.py": "print(3)\n"}
    assert trace(files, "m") == ["m:0", "n:0", "m:1"]


def test_a_module_is_loaded_once() -> None:
    """The second import of a module does nothing."""
    files = {"m.py": "import a\nimport b\n", "a.py": "import n\n", "b.py": "import n\n", "n.py": "print(3)\n"}
    assert trace(files, "m") == ["n:0"]


def test_packages_come_first() -> None:
    """A package is loaded before its modules, that of the entry too."""
    files = {
        "p/__init__.py": "print(1)\n",
        "p/m.py": "import q.n\n",
        "q/__init__.py": "print(2)\n",
        "q/n.py": "print(3)\n",
    }
    assert trace(files, "p.m") == ["p:0", "q:0", "q.n:0"]


def test_a_lookup_loads_what_it_imports() -> None:
    """A name that a package looks up when asked loads the module it is in, and what the lookup imports besides."""
    lookup = """
        def __getattr__(name):
            if name == "X":
                import noise
                from home import X
                return X
            raise AttributeError(name)
    """
    files = {"m.py": "from p import X\n", "p.py": lookup, "home.py": "print(1)\nX = 1\n", "noise.py": "print(2)\n"}
    assert sorted(trace(files, "m")) == ["home:0", "noise:0"]


SPECIAL = """
    LOG = []
    class Loud:
        def __or__(self, other): LOG.append(other); return self
        def __hash__(self): LOG.append(1); return 1
        def __set_name__(self, owner, name): LOG.append(name)
        def get(self, key): LOG.append(key)
    class Quiet:
        def __or__(self, other): return self
    loud, quiet, number = Loud(), Quiet(), 3
"""


@pytest.mark.parametrize(
    ("text", "loud"),
    [
        ("from special import loud\nx = loud | 1\n", True),
        ("from special import number\nx = number | 1\n", True),  # what a tuple assigns can't be told
        ("import re\nx = re.I | re.M\n", False),
        ("x = 1 | 2\n", False),
        ("from special import Quiet\nx = Quiet | None\n", False),
        ("from special import loud\nx = {loud: 1}\n", True),
        ("from special import loud\nclass A:\n    d = loud\n", True),
        ("from special import loud\nx = loud.get(1)\n", True),
        ("x = {}\ny = x.get(1)\n", False),
        ("from special import loud\nf = lambda: loud | 1\n", False),
    ],
)
def test_special_methods(text: str, loud: bool) -> None:
    """An operator is an effect where its object is the project's and some class of the project makes it one."""
    assert bool(effect_lines(index_of({"m.py": text, "special.py": SPECIAL}), "m")) is loud
