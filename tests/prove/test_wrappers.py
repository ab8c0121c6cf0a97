"""Wrappers under old names: the right ones pass, and each that would do something else is refused."""

from __future__ import annotations

import pytest

from prove.warranted import Step, failures, warrant

NEW = """\
LOG = []
LIMIT = 3


def send(message, user, *, retry=3):
    LOG.append((message, user, retry))
    return len(LOG)


def other(message, user):
    return message, user


async def later(message, user):
    return message, user
"""
CALLS = "from shop.new import other, send\n\n\ndef tell(user, message):\n    return send(message, user)\n"
TWIN = (
    "from shop.new import LOG\n\n\ndef tell(user, message, *, retry=3):\n"
    "    LOG.append((message, user, retry))\n    return len(LOG)\n"
)
MARK = (
    "    import warnings\n\n    warnings.warn(\n"
    '        "shop.old.tell is deprecated and will be removed after 2026-12-21; use shop.new.send",\n'
    "        DeprecationWarning,\n        stacklevel=2,\n    )\n"
)
DECORATED = '@warnings.deprecated(\n    "shop.old.tell is deprecated and will be removed after 2026-12-21; use shop.new.send"\n)\n'
TABLE = '\n\n_SSOT_SHIMS = {\n    "tell": "shop.new:send since 2026-11-21 until 2026-12-21",\n}\n'
CALLED = "    from shop.new import send\n\n    return send(message, user, retry=retry)\n"
MARKED = CALLS.replace("    return", f"{MARK}    return") + TABLE
MODERN = "import warnings\n" + CALLS.replace("def tell", f"{DECORATED}def tell") + TABLE
HANDED = f"{TWIN[: TWIN.index('    LOG')]}{MARK}{CALLED}{TABLE}"
RIGHT = {"marked": (CALLS, MARKED), "decorated": (CALLS, MODERN), "handed over": (TWIN, HANDED)}
WRONG = {
    "other parameters": (CALLS, MARKED.replace("tell(user, message)", "tell(user, message=None)")),
    "arguments exchanged": (CALLS, MARKED.replace("send(message, user)", "send(user, message)")),
    "another function is called": (CALLS, MARKED.replace("return send(", "return other(")),
    "more is done": (CALLS, MARKED.replace("    return send", "    LOG = 1\n    return send")),
    "another decorator": (CALLS, MODERN.replace("def tell", "@print\ndef tell")),
    "the row names another": (CALLS, MARKED.replace("shop.new:send", "shop.new:other")),
    "the text names another": (CALLS, MARKED.replace("use shop.new.send", "use shop.new.other")),
    "another day": (CALLS, MARKED.replace("2026-12-21;", "2026-12-22;")),
    "not the caller's line": (CALLS, MARKED.replace("stacklevel=2", "stacklevel=1")),
    "another category": (CALLS, MARKED.replace("DeprecationWarning", "UserWarning")),
    "no row": (CALLS, MARKED.replace(TABLE, "")),
    "a row and no mark": (CALLS, CALLS + TABLE),
    "calls nothing": (CALLS.replace("return send", "return other"), MARKED.replace("return send", "return other")),
    "warnings is something else": (CALLS.replace("user", "warnings"), MARKED.replace("user", "warnings")),
    "handed over the wrong way": (TWIN, HANDED.replace("send(message, user,", "send(user, message,")),
    "an argument left out": (TWIN, HANDED.replace(", retry=retry", "")),
    "an argument made up": (TWIN, HANDED.replace("retry=retry", "retry=4")),
    "one argument twice": (TWIN, HANDED.replace("send(message, user,", "send(user, user,")),
    "too many": (TWIN, HANDED.replace("user, retry=retry", "user, retry")),
    "nothing for a parameter": (TWIN, HANDED.replace("send(message, user,", "send(message,")),
    "unknown keyword": (TWIN, HANDED.replace("retry=retry", "again=retry")),
    "its docstring": (TWIN, HANDED.replace("retry=3):\n", 'retry=3):\n    """New."""\n')),
    "more than a call": (TWIN, HANDED.replace("    return send", "    print(user)\n    return send")),
    "not what it did": (TWIN.replace("len(LOG)", "0"), HANDED),
    "another log": (
        TWIN.replace("from shop.new import LOG", "LOG = []"),
        HANDED.replace("from shop.new import LOG", "LOG = []"),
    ),
    "no return": (TWIN, HANDED.replace("return send", "send")),
    "called by its module": (CALLS + "\n\nALIAS = tell\n", MARKED.replace(TABLE, f"\n\nALIAS = tell\n{TABLE}")),
    "its frame is seen": (
        TWIN.replace("len(LOG)", "sorted(locals())"),
        HANDED,
    ),
}


def found(texts: tuple[str, str], declared: str = "shop.old:tell") -> dict[str, object]:
    before = {"shop/__init__.py": "", "shop/new.py": NEW, "shop/old.py": texts[0]}
    return {**failures(Step("", before, {"shop/old.py": texts[1]}, warrant=warrant(retires=declared)))}


@pytest.mark.parametrize("name", RIGHT)
def test_what_does_what_it_did_and_warns_passes(name: str) -> None:
    """However it is written."""
    assert found(RIGHT[name]) == {}


@pytest.mark.parametrize("name", WRONG)
def test_what_would_do_something_else_is_refused(name: str) -> None:
    """Or would warn in other words than its row says."""
    assert found(WRONG[name])


def test_nothing_is_a_wrapper_that_nobody_declared() -> None:
    """The manifest names the old path."""
    assert found(RIGHT["marked"], "shop.old:other")


def test_a_canonical_function_that_differs_by_a_name_inside_is_refused() -> None:
    """What a parameter is called there may be something else here."""
    new = NEW.replace("LOG.append((message, user, retry))", "LOG.append((message, user, LIMIT))")
    before = {"shop/__init__.py": "", "shop/new.py": new, "shop/old.py": TWIN}
    assert failures(Step("", before, {"shop/old.py": HANDED}, warrant=warrant(retires="shop.old:tell")))
