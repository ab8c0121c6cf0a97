"""Names that a module offers on demand: what may be added to hooks that are there, what may go, and what may happen on the way."""

# Programs on one line each read better than broken up.

from __future__ import annotations

import pytest

from prove.test_corners import (
    BASE,
    EXTENDED,
    HEAD,
    MOVED,
    NAME_DIR,
    OWN,
    SHIM,
    SINCE,
    WHOLE,
    WRITTEN,
    B,
    old,
    table,
)
from prove.test_more_corners import HAND, OWN_DIR, OWN_GETATTR, RETIRE
from prove.warranted import Step, failures, warrant
from ssot.prove.warrant import Warrant

DROP = warrant(drops="shop.old:Handler")
BOTH = warrant(retires="shop.old:Router shop.old:connect")
UNDATED = SHIM.replace(SINCE, "since yesterday")
FALLING = "def __getattr__(given):\n    if given == 'x':\n        return 1\n"
ARM = HAND[HAND.index("    if") : HAND.index("    raise")]
OTHER_ARM = ARM.replace("'Handler'", "'connect'").replace("Router", "connect")
TWO_ARMS = HAND.replace("    raise", OTHER_ARM + "    raise")
LISTED = "NAMES = ['Handler']\n" + OWN_GETATTR
NESTED = "def __dir__():\n    def g():\n        return ['X']\n    return g()\n"
AWAY = {"shop/away.py": "from shop.router import connect\n"}
FROM_AWAY, DIRECT = "from shop.away import connect\nx = connect\n", "from shop.router import connect\nx = connect\n"


def hook(name: str, before: str, after: str, gate: str = "", declared: Warrant = RETIRE) -> Step:
    """The module with the names before and after."""
    return Step(
        name, {**BASE, **AWAY, "shop/old.py": before}, old(after), gate, "shop/old.py" if gate else "", declared
    )


STEPS = [
    # tables
    hook("a row without a date", HEAD + "LIMIT = 1\n", UNDATED, B),
    hook("a row that had no date", FROM_AWAY + UNDATED, DIRECT + UNDATED),
    hook("a row goes and another becomes another object", "LIMIT = 1\n" + table(Handler="Router", connect="connect") + WRITTEN, "LIMIT = 1\n" + table(connect="Router") + WRITTEN, B, DROP),
    hook("a name of a star is offered and stays bound", "from shop.router import *\nLIMIT = 1\n", "from shop.router import *\nLIMIT = 1\n" + table(Router="Router") + WRITTEN, B, warrant(retires="shop.old:Router")),
    hook("a whole module beside another name", MOVED["shop/old.py"] + "from shop import router as public\n", WHOLE, B, BOTH),
    hook("a row goes and __dir__ with it, where another stays", "LIMIT = 1\n" + table(Handler="Router", connect="connect") + WRITTEN, ("LIMIT = 1\n" + table(connect="connect") + WRITTEN).replace(NAME_DIR, ""), B, DROP),
    hook("a row goes and another stays", "LIMIT = 1\n" + table(Handler="Router", connect="connect") + WRITTEN, "LIMIT = 1\n" + table(connect="connect") + WRITTEN, declared=DROP),
    # functions that are there
    hook("what can't be told stays as it was", FROM_AWAY + OWN_GETATTR, DIRECT + OWN_GETATTR),
    hook("an arm in front of what there is", HEAD + FALLING, FALLING.replace(":\n", f":\n{ARM}", 1)),
    hook("an arm behind what there is", HEAD + FALLING, FALLING + ARM),
    hook("an arm about a list of names", HEAD + LISTED, LISTED.replace("    return", ARM.replace("== 'Handler'", "in NAMES") + "    return"), B),
    hook("an arm about another name that gives a constant", HEAD + OWN_GETATTR, HEAD + OWN_GETATTR.replace("    return", "    if given == 'Else':\n        return 1\n    return"), B),
    hook("a __dir__ of one's own goes with the last row", EXTENDED, OWN[: OWN.index("def __dir__")], B, DROP),
    hook("a __dir__ that prints goes with the last row", SHIM.replace(NAME_DIR, "def __dir__():\n    print(1)\n    return []\n"), "LIMIT = 1\n", B, DROP),
    hook("a function inside __dir__ is another", HEAD + NESTED, HAND + NESTED.replace("'X'", "'Y'"), B),
    hook("a function inside __dir__ stays", HEAD + NESTED, HAND + NESTED),
    hook("a __dir__ that is wider does more", HEAD + OWN_DIR, HAND + OWN_DIR.replace("return x", "print(x)\n    return x"), B),
    hook("a shim by hand goes", "LIMIT = 1\n" + HAND, "LIMIT = 1\n", declared=DROP),
    hook("a shim by hand gives nothing instead of an error", "LIMIT = 1\n" + HAND, "LIMIT = 1\n" + HAND[: HAND.index("    raise")], B),
    hook("a shim by hand loses a name and its error", "LIMIT = 1\n" + TWO_ARMS, "LIMIT = 1\n" + HAND[: HAND.index("    raise")], B, warrant(drops="shop.old:connect")),
]  # fmt: skip


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.name)
def test_it_is_judged_rightly(step: Step) -> None:
    """The same names give the same objects, those that may come do, and all else that a hook does it goes on doing."""
    found = failures(step)
    assert {path: failure.code for path, failure in found.items()} == ({step.at: step.gate} if step.gate else {}), found


@pytest.mark.parametrize(
    ("line", "right"),
    [
        ("x = given", True),
        ("import sys", True),
        ("x = [y for y in given]", True),
        ("sys.modules['x'] = 1", False),
        ("given.y = 1", False),
        ("del given.y", False),
        ("del given['y']", False),
        ("del given", False),
        ("global x", False),
        ("while given: pass", False),
        ("yield 1", False),
        ("yield from given", False),
        ("given()", False),
        ("(lambda: 1)()", False),
    ],
)
def test_only_a_look_up_may_happen_on_the_way(line: str, right: bool) -> None:
    """Whoever asks for a name gets it, and nothing is changed by that."""
    shim = HAND.replace("        return", f"        {line}\n        return")
    assert (not failures(hook(line, HEAD, shim))) is right
    # where nobody can tell what the function offers in any case
    own = OWN_GETATTR.replace(
        "    return", f"{ARM.replace('        return', f'        {line}{chr(10)}        return')}    return"
    )
    assert (not failures(hook(line, HEAD + OWN_GETATTR, own))) is right


@pytest.mark.parametrize(
    ("above", "right"),
    [
        ("from __future__ import annotations\nimport warnings\n", True),
        ("from typing import TYPE_CHECKING\nimport warnings\n", True),
        ("import typing, warnings\n", True),
        ("from warnings import warn\n", True),
        ("import json, warnings\n", False),
    ],
)
def test_a_module_of_nothing_but_shims_need_not_say_so(above: str, right: bool) -> None:
    """What each name says replaces what the module said of itself, as long as nobody wants anything else of it."""
    said = "warnings.warn('shop.old is old', DeprecationWarning, stacklevel=2)\n"
    said = said if "import warn\n" not in above else said.removeprefix("warnings.")
    assert (not failures(hook(above, above + HEAD + said, above + SHIM.removeprefix("LIMIT = 1\n")))) is right
