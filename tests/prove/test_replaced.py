"""What a duplicate's name becomes, and what moves from it to the canonical definition, with all that this needs."""

# Programs on one line each read better than broken up.

from __future__ import annotations

import pytest

from prove.test_corners import TO_A, B, D
from prove.test_folds import ALIAS, LOG, LOGS
from prove.warranted import Step, failures, warrant

CLASS_A, CLASS_B = "class A:\n    x = 1\n", "class B:\n    x = 1\n"
CALLS = "    def f(self):\n        return h()\n"
READS = "    def f(self):\n        return h\n"
HELPER = "def h():\n    return 1\n"
NAMED = LOG.replace("import logging", "from logging import getLogger").replace("logging.", "")
GENERIC = "from typing import Generic, TypeVar\nT = TypeVar('T')\n"
FLAG, CHECKED = "from typing import TYPE_CHECKING\n", "if TYPE_CHECKING:\n    from z import Z\n"
ANNOTATED = "    def f(self, z: 'Z'): ...\n"
BOTH = warrant({"b:B": "a:A", "c:C": "a:A"})
PAIRS = warrant({"b:B": "a:A", "b:D": "a:C"})
ALIASES = "from a import A as B\nfrom a import C as D\n"
TAKES_C = "from a import A as C\n"


def place(name: str, before: str, after: str, gate: str = "") -> Step:
    """The file of a duplicate before and after."""
    return Step(name, {"a.py": CLASS_A, "b.py": before}, {"b.py": after}, gate, "b.py" if gate else "", TO_A)


def becomes(name: str, canonical: str, duplicate: str, gate: str = "") -> Step:
    head = duplicate[: duplicate.index("class B")]
    return Step(
        name, {"a.py": canonical, "b.py": duplicate}, {"b.py": head + ALIAS}, gate, "b.py" if gate else "", TO_A
    )


def moves(
    name: str,
    member: str,
    gate: str = "",
    became: str | None = None,
    above: str = "",
    there: str = "",
    needs: str | None = None,
    bases: str = "",
) -> Step:
    """A member of the duplicate moves; `above` stands above the duplicate, `needs` above the canonical class, `there` did before."""
    canonical = CLASS_A.replace("A:", f"A({bases}):") if bases else CLASS_A
    before = {"a.py": there + canonical, "b.py": above + CLASS_B + member}
    new = (there if needs is None else needs) + canonical + (member if became is None else became)
    return Step(name, before, {"a.py": new, "b.py": above + ALIAS}, gate, "a.py" if gate else "", TO_A)  # fmt: skip


def helped(
    name: str, head: str, gate: str = "", needs: str | None = None, member: str = READS, there: str = ""
) -> Step:
    """What a member uses is there for the canonical class, too."""
    return moves(name, member, gate, above=head, there=there, needs=head if needs is None else needs)


def typed(name: str, before: str, after: str, gate: str = "") -> Step:
    """A member with an annotation whose name only type checkers know."""
    tree = {"z.py": "class Z: ...\n", "y.py": "class Z: ...\n", "a.py": before + CLASS_A}
    new = {"a.py": after + CLASS_A + ANNOTATED, "b.py": FLAG + CHECKED + ALIAS}
    at = "a.py" if gate else ""
    return Step(name, {**tree, "b.py": FLAG + CHECKED + CLASS_B + ANNOTATED}, new, gate, at, TO_A)


STEPS = [
    # where the name is bound
    place("bound below what prints", CLASS_B + "print(1)\n", "print(1)\n" + ALIAS, D),
    place("bound below a value", CLASS_B + "x = 1\n", "x = 1\n" + ALIAS),
    place("bound below a function that uses it", CLASS_B + "def f():\n    return B\n", "def f():\n    return B\n" + ALIAS),
    place("bound below a function that has it for a default", CLASS_B + "def f(x=B): ...\n", "def f(x=B): ...\n" + ALIAS, B),
    place("bound above what prints", "print(1)\n" + CLASS_B, ALIAS + "print(1)\n"),
    place("bound twice", CLASS_B, ALIAS + ALIAS, D),
    place("bound below a value, and below what prints", "print(1)\n" + CLASS_B + "x = 1\n", "print(1)\nx = 1\n" + ALIAS),
    place("renamed below a value", CLASS_B + "x = 1\n", "from a import A\nx = 1\nB = A\n"),
    place("renamed below what prints", CLASS_B + "print(1)\n", "from a import A\nprint(1)\nB = A\n", D),
    place("bound below what prints on two lines", "x = (\n    1)\n" + CLASS_B + "print(\n    1)\n", "x = (\n    1)\nprint(\n    1)\n" + ALIAS, D),
    Step("two names", {"a.py": CLASS_A + "class C: ...\n", "b.py": CLASS_B + "class D: ...\n"}, {"b.py": ALIASES}, warrant=PAIRS),
    Step("two names below what prints", {"a.py": CLASS_A + "class C: ...\n", "b.py": CLASS_B + "class D: ...\nprint(1)\n"}, {"b.py": "print(1)\n" + ALIASES}, D, "b.py", PAIRS),
    Step("a comment behind the statement above it goes with it", {"a.py": CLASS_A, "b.py": "import os\ny = 2  # stays\n" + CLASS_B}, {"b.py": "import os\ny = 2\n" + ALIAS}, "gate-comments", "b.py", TO_A),
    Step("a comment above it goes with it", {"a.py": CLASS_A, "b.py": "import os\ny = 2\n# goes\n" + CLASS_B}, {"b.py": "import os\ny = 2\n" + ALIAS}, warrant=TO_A),
    Step("a licence above it goes with it", {"a.py": CLASS_A, "b.py": "# licence\n" + CLASS_B}, {"b.py": ALIAS}, "gate-comments", "b.py", TO_A),
    Step("a licence of two lines above it goes with it", {"a.py": CLASS_A, "b.py": "# licence\n# of two lines\n" + CLASS_B}, {"b.py": ALIAS}, "gate-comments", "b.py", TO_A),
    Step("a licence above it stays", {"a.py": CLASS_A, "b.py": "# licence\n" + CLASS_B}, {"b.py": "# licence\n" + ALIAS}, warrant=TO_A),
    Step("a comment below it, at the margin, goes with it", {"a.py": CLASS_A, "b.py": CLASS_B + "# next\nx = 1\n"}, {"b.py": ALIAS + "x = 1\n"}, "gate-comments", "b.py", TO_A),
    Step("a comment behind a blank line in its body goes with it", {"a.py": CLASS_A, "b.py": CLASS_B + "\n    # last\n\nx = 1\n"}, {"b.py": ALIAS + "x = 1\n"}, warrant=TO_A),
    # what it becomes
    becomes("a class that is made perhaps", "if 1:\n    class A:\n        x = 1\n", CLASS_B, D),
    becomes("a class of other members", "class A:\n    y = 1\n", CLASS_B, D),
    becomes("a class of more members", "class A:\n    y = 1\n    x = 1\n", CLASS_B),
    becomes("a class without the base", CLASS_A, "import ext\n" + CLASS_B.replace("B:", "B(ext.Base):"), D),
    becomes("a class without the named base", CLASS_A, "from ext import Base\n" + CLASS_B.replace("B:", "B(Base):"), D),
    becomes("a class with the base", "from ext import Base\n" + CLASS_A.replace("A:", "A(Base):"), "import ext\n" + CLASS_B.replace("B:", "B(ext.Base):")),
    becomes("a class with one base more", CLASS_A.replace("A:", "A(Exception):"), CLASS_B),
    becomes("a class with object for a base", CLASS_A, CLASS_B.replace("B:", "B(object):")),
    becomes("a generic class", GENERIC + CLASS_A.replace("A:", "A(Generic[T]):"), GENERIC + CLASS_B.replace("B:", "B(Generic[T]):")),
    becomes("a member that an exception has", CLASS_A.replace("A:", "A(Exception):"), CLASS_B + "    args = 1\n"),
    becomes("a member that an exception lacks", CLASS_A.replace("A:", "A(Exception):"), CLASS_B + "    arguments = 1\n", D),
    # members
    moves("a method that is made twice", "    def f(self): ...\n    def f(self, x): ...\n"),
    moves("a method that is made twice, the other way round", "    def f(self): ...\n    def f(self, x): ...\n", D, "    def f(self, x): ...\n    def f(self): ...\n"),
    moves("the first of two methods", "    def f(self): ...\n    def f(self, x): ...\n", D, "    def f(self): ...\n"),
    moves("a property without its setter", "    @property\n    def f(self): ...\n    @f.setter\n    def f(self, x): ...\n", D, "    @property\n    def f(self): ...\n"),
    moves("two values, the other way round", "    a = 1\n    b = 2\n", became="    b = 2\n    a = 1\n"),
    moves("two values, the other way round, where one needs the other", "    a = 1\n    b = a\n", D, "    b = a\n    a = 1\n"),
    moves("a value that is replaced perhaps", "    a = 1\n    if a:\n        a = 2\n", D, "    a = 1\n"),
    moves("a value that is increased", "    a = 1\n    a += 2\n", D, "    a = 1\n"),
    moves("a value that is deleted", "    a = 1\n    del a\n", D, "    a = 1\n"),
    moves("another value", "    a = 1\n", D, "    a = 2\n"),
    moves("a value that no duplicate has", "", D, "    a = 2\n"),
    moves("a member of a base", "    def f(self): ...\n", D, there="class Z:\n    def f(self): ...\n", bases="Z"),
    moves("a member beside a base of the project", "    def g(self): ...\n", there="class Z:\n    def f(self): ...\n", bases="Z"),
    moves("a member beside a base from elsewhere", "    def f(self): ...\n", D, there="import ext\n", bases="ext.Base"),
    moves("a private member beside a base from elsewhere", "    def __f(self): ...\n", D, there="import ext\n", bases="ext.Base"),
    moves("a member with underscores behind beside a base from elsewhere", "    def f__(self): ...\n", D, there="import ext\n", bases="ext.Base"),
    Step("of the second duplicate", {"a.py": CLASS_A, "b.py": CLASS_B, "c.py": "class C:\n    x = 1\n    def f(self): ...\n"}, {"a.py": CLASS_A + "    def f(self): ...\n", "b.py": ALIAS, "c.py": TAKES_C}, warrant=BOTH),
    Step("of the first duplicate", {"a.py": CLASS_A, "b.py": CLASS_B + "    def f(self): ...\n", "c.py": "class C:\n    x = 1\n"}, {"a.py": CLASS_A + "    def f(self): ...\n", "b.py": ALIAS, "c.py": TAKES_C}, warrant=BOTH),
    Step("with the second duplicate's function", {"a.py": CLASS_A, "b.py": "def h(): return 2\n" + CLASS_B, "c.py": HELPER + "class C:\n    x = 1\n" + CALLS}, {"a.py": HELPER + CLASS_A + CALLS, "b.py": "def h(): return 2\n" + ALIAS, "c.py": HELPER + TAKES_C}, warrant=BOTH),
    Step("with the other duplicate's function", {"a.py": CLASS_A, "b.py": "def h(): return 2\n" + CLASS_B, "c.py": HELPER + "class C:\n    x = 1\n" + CALLS}, {"a.py": "def h(): return 2\n" + CLASS_A + CALLS, "b.py": "def h(): return 2\n" + ALIAS, "c.py": HELPER + TAKES_C}, D, "a.py", BOTH),
    Step("a class of the same name elsewhere", {"a.py": CLASS_A, "b.py": CLASS_B, "c.py": CLASS_B}, {"b.py": ALIAS, "c.py": ALIAS}, B, "c.py", TO_A),
    # names for type checkers
    typed("an import", FLAG, FLAG + CHECKED),
    typed("an import where there was none", "", FLAG + CHECKED),
    typed("an import of another object", FLAG, FLAG + CHECKED.replace("from z", "from y"), D),
    typed("an import in a block that may run", "TYPE_CHECKING = 0\n", "TYPE_CHECKING = 0\n" + CHECKED, B),
    typed("an import, and otherwise something else", FLAG, FLAG + CHECKED + "else:\n    Z = None\n", B),
    # what members use
    helped("a function", HELPER, member=CALLS),
    helped("a function and what that calls", HELPER.replace("1", "g()") + "def g():\n    return 1\n", member=CALLS),
    helped("another function", HELPER, D, "def h():\n    return 2\n", CALLS),
    helped("an async function", "async " + HELPER, member=CALLS),
    helped("a function with a decorator", "import functools\n@functools.cache\n" + HELPER, D, member=CALLS),
    helped("a function that keeps a list", "def h(seen=[]):\n    return seen\n", D, member=CALLS),
    helped("a function that keeps a dictionary", "def h(*, seen={}):\n    return seen\n", D, member=CALLS),
    helped("a function that keeps what is made", "def h(seen=set()):\n    return seen\n", D, member=CALLS),
    helped("a function with constant defaults", "def h(a=-1, *, b, c='x'):\n    return a\n", member=CALLS),
    helped("a class", "class h: ...\n", D, member=CALLS),
    helped("a constant", "h = 1\n"),
    helped("an annotated constant", "h: int = 1\n"),
    helped("several constants", "h = (1, ('a', None))\n"),
    helped("another constant", "h = 1\n", D, "h = 2\n"),
    helped("a list", "h = []\n", D),
    helped("constants and a list", "h = (1, [])\n", D),
    helped("a constant that is there", "h = 1\n", there="h = 1\n"),
    helped("another constant that is there", "h = 1\n", D, "h = 2\n", there="h = 2\n"),
    helped("a constant of two names that is there", "h = k = 1\n", there="h = k = 1\n"),
    helped("a constant that is there and bound again", "h = 1\nh = 2\n", D, there="h = 1\nh = 2\n"),
    helped("a list that is there", "h = []\n", D, there="h = []\n"),
    helped("a logger that is there", LOG, member=LOGS, there=LOG),
    helped("a logger by its function", NAMED, member=LOGS, there=NAMED),
    helped("a logger by another name of its module", LOG.replace("import logging", "import logging as l").replace("logging.get", "l.get"), member=LOGS, there=LOG.replace("import logging", "import logging as l").replace("logging.get", "l.get")),
    helped("something else that knows the module's name", NAMED.replace("getLogger", "getLevelName"), D, member=LOGS, there=NAMED.replace("getLogger", "getLevelName")),
    helped("a logger of another library", NAMED.replace("logging", "other"), D, member=LOGS, there=NAMED.replace("logging", "other")),
    helped("a logger with more arguments", NAMED.replace("__name__", "__name__, x=1"), D, member=LOGS, there=NAMED.replace("__name__", "__name__, x=1")),
    helped("a logger of a fixed name", NAMED.replace("__name__", "'z'"), D, member=LOGS, there=NAMED.replace("__name__", "'y'")),
]  # fmt: skip


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.name)
def test_it_is_judged_rightly(step: Step) -> None:
    """A name that was a duplicate's must offer at no later time all that it did."""
    found = {path: failure.code for path, failure in failures(step).items() if failure.code != "gate-effects"}
    assert found == ({step.at: step.gate} if step.gate else {}), failures(step)


def test_what_a_member_differs_in_is_named() -> None:
    """The reason says what is wrong with the member of the duplicate that comes nearest."""
    step = moves("", "    a = 1\n", D, "    a = 2\n")
    assert failures(step)["a.py"].reason == "a:A would get a: its code is not what it was"
    step = moves("", "    a = 1\n    a += 2\n", D, "    a = 1\n")
    assert failures(step)["a.py"].reason == "a:A would get a: there it is made in other steps"
    step = moves("", "    a = 1\n", D, "    b = 1\n")
    assert failures(step)["a.py"].reason == "a:A would get b: none of its duplicates has that"
