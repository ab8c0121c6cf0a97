"""What is loaded, by which scope, in which order, and what making a definition does beside that."""

# Programs on one line each read better than broken up.

from __future__ import annotations

import pytest

from prove.test_corners import LIB, TO_A, E
from prove.test_folds import ALIAS
from prove.warranted import Step, failures

CLASS_A, CLASS_B = "class A:\n    x = 1\n", "class B:\n    x = 1\n"
REGISTER = "seen = []\ndef add(x):\n    seen.append(x)\n    return lambda y: y\n"
LOADS = "    def f(self):\n        import json\n        return json\n"
OTHER = "def g():\n    import shelve\n    return 1\n"
QUIET_OTHER = OTHER.replace("    import shelve\n", "")
MORE = {**LIB, "more.py": "print('more')\nfrom lib import A\n", "also.py": "import loud\nfrom lib import A\n"}
PLACE = {**LIB, "n/also.py": "import json\nfrom lib import A\n", "n/other.py": "from lib import A\n"}


def file(name: str, tree: dict[str, str], before: str, after: str, gate: str = "", **more: str) -> Step:
    changed = {f"{key}.py": text for key, text in more.items()}
    return Step(name, {**tree, "m.py": before}, {**changed, "m.py": after}, gate, "m.py" if gate else "")


def collapse(name: str, a: tuple[str, str], b: tuple[str, str], at: str = "", **more: str) -> Step:
    others = {f"{key}.py": text for key, text in more.items()}
    return Step(name, {**others, "a.py": a[0], "b.py": b[0]}, {"a.py": a[1], "b.py": b[1]}, E if at else "", at, TO_A)


SAME = (CLASS_A, CLASS_A)
METHOD = (f"class A:\n{LOADS}", f"class A:\n{LOADS}")
STEPS = [
    # making a definition
    collapse("a duplicate that a decorator registers", SAME, (f"import reg\n@reg.add(1)\n{CLASS_B}print(reg)\n", f"import reg\n{ALIAS}print(reg)\n"), "b.py", reg=REGISTER),
    collapse("a duplicate that a decorator of several lines registers", SAME, (f"import reg\n@reg.add(\n    1\n)\n{CLASS_B}print(reg)\n", f"import reg\n{ALIAS}print(reg)\n"), "b.py", reg=REGISTER),
    collapse("a duplicate that prints when it is made", SAME, (f"{CLASS_B}    print(x)\n", ALIAS), "b.py"),
    # what goes with a definition
    collapse("what a duplicate's method loads goes with it", METHOD, (f"class B:\n{LOADS}{OTHER}", ALIAS + OTHER)),
    collapse("what another function loads does not", METHOD, (f"class B:\n{LOADS}{OTHER}", ALIAS + QUIET_OTHER), "b.py"),
    collapse("what the module loads does not", METHOD, (f"import shelve\nclass B:\n{LOADS}", ALIAS), "b.py"),
    collapse("what a function of a moved member's name loads does not", (CLASS_A + OTHER, CLASS_A + "    def g(self): ...\n" + QUIET_OTHER), (CLASS_B + "    def g(self): ...\n", ALIAS), "a.py"),
    # other distributions
    file("a module of a namespace loads it, too", PLACE, "import json\nfrom quiet import A\nprint(A)\n", "from n.also import A\nprint(A)\n"),
    file("a module of a namespace does not load it", PLACE, "import json\nfrom quiet import A\nprint(A)\n", "from n.other import A\nprint(A)\n", E),
    # scopes
    file("one function loads another way, and the next no longer", LIB, "def f():\n    from quiet import A\n    return A\ndef g():\n    import loud\n    return 1\n", "def f():\n    from lib import A\n    return A\ndef g():\n    return 1\n", E),
    file("one of two loud modules goes", MORE, "import loud\nfrom more import A\nprint(A, loud)\n", "import loud\nfrom lib import A\nprint(A, loud)\n", E),
    file("another file is new, and nothing is lost", {**LIB, "n/also.py": "import loud\n"}, "import loud\nimport n.also\nfrom quiet import A\nprint(A)\n", "import n.also\nfrom lib import A\nprint(A)\n", a0="y = 1\n"),
    file("a loud module that is the first of all goes", {**LIB, "a0.py": "print('loud')\n"}, "import a0\nfrom quiet import A\nprint(A)\n", "from lib import A\nprint(A)\n", E),
    file("a loud module that is the first of all goes from a function", {**LIB, "a0.py": "print('loud')\n"}, "def f():\n    import a0\n    return 1\n", "def f():\n    return 1\n", E),
    # order
    file("loud modules change places by the way that one is loaded", MORE, "import loud\nimport more\nfrom quiet import A\nprint(A)\n", "import more\nfrom also import A\nprint(A)\n", E),
    file("loud modules are loaded another way in the same order", MORE, "import loud\nimport more\nfrom quiet import A\nprint(A)\n", "from also import A\nimport more\nprint(A)\n"),
    file("loud modules change places in a function", MORE, "def f():\n    import loud\n    import more\n    return loud, more\n", "def f():\n    import more\n    import loud\n    return loud, more\n", E),
    file("loud modules change places in a function whose module has loaded them", MORE, "import loud, more\ndef f():\n    import loud\n    import more\n    return loud, more\n", "import loud, more\ndef f():\n    import more\n    import loud\n    return loud, more\n"),
    file("quiet modules change places in a function", LIB, "def f():\n    import lib\n    import quiet\n    return lib, quiet\n", "def f():\n    import quiet\n    import lib\n    return lib, quiet\n"),
]  # fmt: skip


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.name)
def test_it_is_judged_rightly(step: Step) -> None:
    """Nothing that loading does is lost, comes without need, or happens in another order."""
    found = failures(step)
    assert {path: failure.code for path, failure in found.items()} == ({step.at: step.gate} if step.gate else {}), found
