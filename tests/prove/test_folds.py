"""A class that takes over its base, and the loggers and constants that members find in the module they move to."""

# Programs on one line each read better than broken up.

from __future__ import annotations

import pytest

from prove.test_corners import TO_A, D
from prove.warranted import Step, failures, warrant

BASE = "class B:\n    def f(self, x=1):\n        return x\n"
ALIAS = "from a import A as B\n"
BELOW = {"a.py": "from b import B\nclass A(B):\n    y = 1\n", "b.py": BASE}
FOLDED = "class A:\n    y = 1\n    def f(self, x=1):\n        return x\n"
THIN = "from b import B\nclass A(B):\n    def f(self, {taken}):\n        {said}\n"
OVER = "class A:\n    def f(self, x=1):\n        return x\n"
LOG = "import logging\nlog = logging.getLogger(__name__)\n"
LOGS = "    def f(self):\n        log.info('x')\n"


def thin(name: str, said: str, taken: str = "x=1", gate: str = "", base: str = BASE) -> Step:
    """A method of the class below makes way for that of its base."""
    over = base.replace("class B", "class A")
    before = {"a.py": THIN.format(taken=taken, said=said), "b.py": base}
    return Step(name, before, {"a.py": over, "b.py": ALIAS}, gate, "a.py" if gate else "", TO_A)


CHAIN = {
    "a.py": "from b import B\nclass A(B):\n    y = 1\n",
    "b.py": "from c import C\nclass B(C):\n    def f(self): ...\n",
    "c.py": "class C:\n    def g(self): ...\n",
}
WHOLE = "class A:\n    y = 1\n    def f(self): ...\n    def g(self): ...\n"
HALF = WHOLE.replace("    def g(self): ...\n", "")


def chain(name: str, became: str, gate: str = "", **before: str) -> Step:
    """A class takes over its base and the base of that."""
    tree = {**CHAIN, **{f"{key}.py": text for key, text in before.items()}}
    after = {"a.py": became, "b.py": ALIAS, "c.py": "from a import A as C\n"}
    return Step(name, tree, after, gate, "a.py" if gate else "", warrant({"b:B": "a:A", "c:C": "a:A"}))


STEPS = [
    chain("a class takes over a chain of bases", WHOLE),
    chain("a class takes over a part of what it inherits", HALF, D),
    chain("the last base's base is kept", WHOLE.replace("A:", "A(Exception):"), c=CHAIN["c.py"].replace("C:", "C(Exception):")),
    chain("the last base's base is lost", WHOLE, D, c=CHAIN["c.py"].replace("C:", "C(Exception):")),
    chain("a method that two bases have", HALF, D, c=CHAIN["c.py"].replace("g(self)", "f(self)")),
    Step("a class takes over its base and keeps the base of that", CHAIN, {"a.py": "from c import C\n" + HALF.replace("A:", "A(C):"), "b.py": "from c import C\n" + ALIAS}, warrant=TO_A),
    Step("a class takes over its base and loses the base of that", CHAIN, {"a.py": HALF, "b.py": "from c import C\n" + ALIAS}, D, "a.py", TO_A),
    Step("a class that asks for itself", {**BELOW, "a.py": BELOW["a.py"] + "    def g(self):\n        return __class__\n"}, {"a.py": FOLDED + "    def g(self):\n        return __class__\n", "b.py": ALIAS}, D, "a.py", TO_A),
    Step("a base that can't be told is lost", {"a.py": "class A:\n    y = 1\n", "b.py": "def z(): return object\nclass B(z()):\n    y = 1\n"}, {"b.py": "def z(): return object\n" + ALIAS}, D, "b.py", TO_A),
    Step("a class takes over its base", BELOW, {"a.py": FOLDED, "b.py": ALIAS}, warrant=TO_A),
    Step("a member is lost", {**BELOW, "b.py": BASE + "    z = 1\n"}, {"a.py": FOLDED, "b.py": ALIAS}, D, "a.py", TO_A),
    Step("a member is another", BELOW, {"a.py": FOLDED.replace("return x", "return 2"), "b.py": ALIAS}, D, "a.py", TO_A),
    Step("another base comes", BELOW, {"a.py": FOLDED.replace("class A", "class A(Exception)"), "b.py": ALIAS}, D, "a.py", TO_A),
    Step("the base's base stays", {**BELOW, "b.py": BASE.replace("B:", "B(Exception):")}, {"a.py": FOLDED.replace("A:", "A(Exception):"), "b.py": ALIAS}, warrant=TO_A),
    Step("the base's base goes", {**BELOW, "b.py": BASE.replace("B:", "B(Exception):")}, {"a.py": FOLDED, "b.py": ALIAS}, D, "a.py", TO_A),
    Step("super stays", {**BELOW, "a.py": BELOW["a.py"] + "    def g(self):\n        return super().f()\n"}, {"a.py": FOLDED + "    def g(self):\n        return super().f()\n", "b.py": ALIAS}, D, "a.py", TO_A),
    Step("a metaclass is lost", {**BELOW, "b.py": "from abc import ABCMeta\n" + BASE.replace("B:", "B(metaclass=ABCMeta):")}, {"a.py": FOLDED, "b.py": "from abc import ABCMeta\n" + ALIAS}, D, "a.py", TO_A),
    thin("what hands on makes way", "return super().f(x)"),
    thin("whatever it takes", "return super().f(*args, **more)", "*args, **more"),
    thin("what swallows the result", "super().f(x)", gate=D),
    thin("what changes the argument", "return super().f(x + 1)", gate=D),
    thin("what has another default", "return super().f(x)", "x=2", gate=D),
    Step("what waits makes way", {"a.py": "from b import B\nclass A(B):\n    async def f(self, *, x):\n        return await super().f(x=x)\n", "b.py": "class B:\n    async def f(self, *, x):\n        return x\n"}, {"a.py": "class A:\n    async def f(self, *, x):\n        return x\n", "b.py": ALIAS}, warrant=TO_A),
    thin("what a decorator changes", "return super().f(x)", gate=D, base=BASE.replace("    def", "    @property\n    def")),
    Step("each module's logger", {"a.py": LOG + "class A:\n    y = 1\n", "b.py": LOG + "class B:\n    y = 1\n" + LOGS}, {"a.py": LOG + "class A:\n    y = 1\n" + LOGS, "b.py": LOG + ALIAS}, warrant=TO_A),
    Step("a logger comes along", {"a.py": "import logging\nclass A:\n    y = 1\n", "b.py": LOG + "class B:\n    y = 1\n" + LOGS}, {"a.py": LOG + "class A:\n    y = 1\n" + LOGS, "b.py": LOG + ALIAS}, warrant=TO_A),
    Step("a logger of another name", {"a.py": LOG.replace("__name__", "'z'") + "class A:\n    y = 1\n", "b.py": LOG + "class B:\n    y = 1\n" + LOGS}, {"a.py": LOG.replace("__name__", "'z'") + "class A:\n    y = 1\n" + LOGS, "b.py": LOG + ALIAS}, D, "a.py", TO_A),
    Step("equal constants", {"a.py": "N = 1\nclass A:\n    y = 1\n", "b.py": "N = 1\nclass B:\n    y = 1\n    def f(self):\n        return N\n"}, {"a.py": "N = 1\nclass A:\n    y = 1\n    def f(self):\n        return N\n", "b.py": "N = 1\n" + ALIAS}, warrant=TO_A),
    Step("constants that differ", {"a.py": "N = 2\nclass A:\n    y = 1\n", "b.py": "N = 1\nclass B:\n    y = 1\n    def f(self):\n        return N\n"}, {"a.py": "N = 2\nclass A:\n    y = 1\n    def f(self):\n        return N\n", "b.py": "N = 1\n" + ALIAS}, D, "a.py", TO_A),
    Step("a class names itself in quotes", {"a.py": "class A:\n    y = 1\n", "b.py": "class B:\n    y = 1\n    def f(self) -> 'B':\n        return B()\n"}, {"a.py": "class A:\n    y = 1\n    def f(self) -> 'A':\n        return A()\n", "b.py": ALIAS}, warrant=TO_A),
    Step("a class names another in quotes", {"a.py": "class A:\n    y = 1\n", "b.py": "class B:\n    y = 1\n    def f(self) -> 'B':\n        return B()\n"}, {"a.py": "class A:\n    y = 1\n    def f(self) -> 'int':\n        return A()\n", "b.py": ALIAS}, D, "a.py", TO_A),
]  # fmt: skip


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.name)
def test_it_is_judged_rightly(step: Step) -> None:
    """A class may take over its base where every step of what it inherits stays what it was."""
    found = failures(step)
    assert found.keys() >= {step.at} if step.gate else not found, found
    assert {failure.code for failure in found.values()} == ({step.gate} if step.gate else set())
