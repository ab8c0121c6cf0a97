"""Each entry of the tables that the gates go by, spelled out a second time."""

# Programs on one line each read better than broken up.

from __future__ import annotations

import pytest

from prove.test_corners import BASE, HEAD, LIB, TO_A, B, D, old
from prove.test_more_corners import HAND, RETIRE
from prove.warranted import Step, failures, warrant


def words(text: str) -> list[str]:
    return text.split()


QUIET = words("""
    warn warn_explicit getattr import_module globals dir sorted list set frozenset tuple dict str repr isinstance len get items
    keys values add union format join startswith endswith partition rpartition split _getframe AttributeError
    DeprecationWarning FutureWarning PendingDeprecationWarning
""")
OF_ITS_PLACE = words("""
    __name__ __file__ __doc__ __package__ __spec__ __loader__ __path__ __class__ globals locals vars dir eval exec super
""")


def codes(step: Step) -> dict[str, str]:
    return {path: failure.code for path, failure in failures(step).items()}


@pytest.mark.parametrize("name", QUIET)
def test_what_looks_something_up_may_be_called_on_the_way(name: str) -> None:
    """What offers a name on demand may call what only looks things up and warns."""
    shim = HAND.replace("        return", f"        found = given.{name}(1)\n        return")
    assert codes(Step(name, {**BASE, "shop/old.py": HEAD}, old(shim), warrant=RETIRE)) == {}
    louder = shim.replace(f".{name}(", f".{name}_(")
    assert codes(Step(name, {**BASE, "shop/old.py": HEAD}, old(louder), warrant=RETIRE)) == {"shop/old.py": B}


@pytest.mark.parametrize("name", OF_ITS_PLACE)
def test_what_means_something_else_elsewhere_does_not_move(name: str) -> None:
    """Code that asks where it stands can't be moved to another class or module."""
    member = f"    def f(self):\n        return {name}\n"
    tree = {"a.py": "class A:\n    x = 1\n", "b.py": f"class B:\n{member}"}
    after = {"a.py": f"class A:\n    x = 1\n{member}", "b.py": "from a import A as B\n"}
    # classes of the same bases have the same super and __class__
    expected = {} if name in ("super", "__class__") else {"a.py": D}
    assert codes(Step(name, tree, after, warrant=TO_A)) == expected
    tree = {key: text.replace("class", "class Z: ...\nclass", 1) for key, text in tree.items()}
    tree["b.py"] = tree["b.py"].replace("B:", "B(Z):")
    later = {**after, "a.py": after["a.py"].replace("class", "class Z: ...\nclass", 1)}
    later["b.py"] = "class Z: ...\n" + later["b.py"]
    assert "a.py" in codes(Step(name, tree, later, warrant=TO_A))


@pytest.mark.parametrize("base", ["abc.ABC", "typing.Generic", "typing.Protocol", "object"])
def test_bases_that_have_no_members_of_their_own(base: str) -> None:
    """A class may get a member beside a base that certainly has none of that name."""
    head = "import abc, typing\n"
    tree = {"a.py": f"{head}class A({base}):\n    x = 1\n", "b.py": f"{head}class B({base}):\n    y = 2\n"}
    after = {"a.py": f"{head}class A({base}):\n    x = 1\n    y = 2\n", "b.py": f"{head}from a import A as B\n"}
    assert codes(Step(base, tree, after, warrant=TO_A)) == {}
    other = "typing.NamedTuple"
    tree, after = ({key: text.replace(base, other) for key, text in one.items()} for one in (tree, after))
    assert codes(Step(base, tree, after, warrant=TO_A)) == {"a.py": D}


@pytest.mark.parametrize("name", ["conftest.py", "sitecustomize.py", "usercustomize.py", "setup.py", "__main__.py"])
def test_files_that_are_loaded_unasked_are_not_made(name: str) -> None:
    """Python and test runners load some files by their names."""
    assert codes(Step(name, LIB, {f"tests/{name}": "x = 1\n"})) == {f"tests/{name}": B}
    assert codes(Step(name, LIB, {f"tests/my{name.replace('__', 'x')}": "x = 1\n"})) == {}


@pytest.mark.parametrize("call", ["eval('A')", "exec('A')", "globals()"])
def test_names_of_a_module_that_are_looked_up_anywhere(call: str) -> None:
    """A function that may get any name of the module as text keeps them all where they are."""
    before = f"from quiet import A\nprint(A)\ndef f():\n    return {call}\n"
    after = before.replace("from quiet import A", "from lib import A as X").replace("print(A)", "print(X)")
    assert codes(Step(call, {**LIB, "m.py": before}, {"m.py": after})) == {"m.py": B}


@pytest.mark.parametrize("call", ["eval('A')", "exec('A')", "locals()", "vars()", "dir()"])
def test_names_of_a_function_that_are_looked_up(call: str) -> None:
    """A function that may get any of its own names as text keeps them; the module's locals are its globals."""
    before = f"def f():\n    from quiet import A\n    return A, {call}\n"
    after = before.replace("from quiet import A", "from lib import A as X").replace("return A", "return X")
    assert codes(Step(call, {**LIB, "m.py": before}, {"m.py": after})) == {"m.py": B}
    before = f"from quiet import A\nprint(A, {call})\n"
    after = before.replace("from quiet import A", "from lib import A as X").replace("print(A", "print(X")
    assert codes(Step(call, {**LIB, "m.py": before}, {"m.py": after})) == {"m.py": B}


@pytest.mark.parametrize("left", [" ", "\t", "\\", "(", ")", ",", ";"])
def test_layout_alone_is_no_edit(left: str) -> None:
    """Blanks, parentheses, commas and semicolons alone are nobody's business; letters are."""
    step = Step(left, {"m.txt": f"a{left}b\n"}, {"m.txt": "ab\n"})
    assert codes(step) == {"m.txt": "gate-minimal"}
    assert codes(Step(left, {"m.txt": "aXb\n"}, {"m.txt": "ab\n"})) == {}


def test_the_name_of_a_warrant_counts_with_its_module() -> None:
    """A class of the same name in another module gets no members by it."""
    tree = {"a.py": "class A:\n    x = 1\n", "b.py": "class B:\n    y = 2\n", "c.py": "class A:\n    x = 1\n"}
    grown = "class A:\n    x = 1\n    y = 2\n"
    step = Step("", tree, {"c.py": grown, "b.py": "from a import A as B\n"}, warrant=warrant({"b:B": "a:A"}))
    assert codes(step)["c.py"] == B
