"""A function becomes a call of the canonical one: what it is given must be what it takes, and then do what was done here."""

# Programs on one line each read better than broken up.

from __future__ import annotations

import pytest
from trees import index_of, never

from prove.test_wrappers import CALLS, HANDED, MARK, MARKED, MODERN, NEW, TABLE, TWIN
from prove.warranted import Step, changes, failures, warrant
from ssot.prove.proof import Prover

ASYNC = "from shop.new import LOG\n\n\nasync def tell(user, message):\n    return message, user\n"
WAITS = (
    "from shop.new import LOG\n\n\nasync def tell(user, message):\n"
    f"{MARK}    from shop.new import send\n\n    return await send(message, user)\n{TABLE}"
)
ALONE = "from shop.new import other, send\n"
UNTOLD = TWIN.replace("from shop.new import LOG", "from shop.dynamic import LOG")
LATER = NEW.replace("async def later", "async def send").replace("def send(message, user, *, retry=3)", "def kept()")
DYNAMIC = "globals().update(LOG=[])\n"
# parameters and body before; the call afterwards; the canonical function
CALLED = {
    "the rest of the arguments": ("user, *rest", "return LOG, user, rest", "send(user, *rest)", "def send(who, *more):\n    return LOG, who, more\n"),
    "all other keywords": ("user, **rest", "return LOG, user, rest", "send(user, **rest)", "def send(who, /, **more):\n    return LOG, who, more\n"),
    "all other keywords, beside the same name": ("user, **rest", "return LOG, user, rest", "send(user, **rest)", "def send(user, **more):\n    return LOG, user, more\n"),
    "a default that is a constant": ("user", "return LOG, user, 3", "send(user)", "def send(who, more=3):\n    return LOG, who, more\n"),
    "a default by keyword only": ("user", "return LOG, user, 3", "send(user)", "def send(who, *, more=3):\n    return LOG, who, more\n"),
    "two defaults": ("user", "return LOG, user, 1, 2", "send(user)", "def send(who, x=1, y=2):\n    return LOG, who, x, y\n"),
    "a default that nobody reads": ("user", "return LOG, user", "send(user)", "def send(who, more=LOG):\n    return LOG, who\n"),
    "by keyword": ("user", "return LOG, user", "send(who=user)", "def send(who):\n    return LOG, who\n"),
    "by a keyword only": ("user", "return LOG, user", "send(who=user)", "def send(*, who):\n    return LOG, who\n"),
    "in another order": ("a, b", "return LOG, a, b", "send(b, a)", "def send(y, x):\n    return LOG, x, y\n"),
    "what was taken by position only": ("user, /", "return LOG, user", "send(user)", "def send(who):\n    return LOG, who\n"),
    "what is bound again": ("user", "user = 4\n    return LOG, user", "send(user)", "def send(who):\n    who = 4\n    return LOG, who\n"),
    "a function inside": ("user", "return LOG, (lambda z: z + user)", "send(user)", "def send(who):\n    return LOG, (lambda z: z + who)\n"),
    "a keyword of the same name": ("user", "return LOG(user=user)", "send(user)", "def send(who):\n    return LOG(user=who)\n"),
    "a list made inside": ("user", "return LOG, [z for z in user]", "send(user)", "def send(who):\n    return LOG, [z for z in who]\n"),
}  # fmt: skip
MISUSED = {
    "a keyword that means something there": ("user, **rest", "return LOG, user, rest", "send(user, **rest)", "def send(who, deep=1, **more):\n    return LOG, who, more\n"),
    "a keyword that is another parameter there": ("user, **rest", "return LOG, user, rest", "send(user, **rest)", "def send(who, **more):\n    return LOG, who, more\n"),
    "the rest in front": ("user, *rest", "return LOG, user, rest", "send(*rest, user)", "def send(who, *more):\n    return LOG, who, more\n"),
    "the rest for everything": ("user, *rest", "return LOG, user, rest", "send(*rest)", "def send(who, *more):\n    return LOG, who, more\n"),
    "another argument for the rest": ("a, b, *rest", "return LOG, a, list(b)", "send(a, *b)", "def send(who, *more):\n    return LOG, who, list(more)\n"),
    "another argument for all other keywords": ("a, b, **rest", "return LOG, a, b", "send(a, **b)", "def send(who, /, **more):\n    return LOG, who, more\n"),
    "the rest for what has a default": ("*rest", "return LOG, 1, rest", "send(*rest)", "def send(who=1, *more):\n    return LOG, who, more\n"),
    "the rest, which it does not take": ("user, *rest", "return LOG, user", "send(user, *rest)", "def send(who):\n    return LOG, who\n"),
    "one argument for the rest": ("user, rest", "return LOG, user, rest", "send(user, *rest)", "def send(who, *more):\n    return LOG, who, more\n"),
    "the rest for one parameter": ("user, *rest", "return LOG, user, rest", "send(user, *rest)", "def send(who, more):\n    return LOG, who, more\n"),
    "one argument for all other keywords": ("user, rest", "return LOG, user, rest", "send(user, **rest)", "def send(who, /, **more):\n    return LOG, who, more\n"),
    "all other keywords, which it does not take": ("user, **rest", "return LOG, user, rest", "send(user, **rest)", "def send(who, more=1):\n    return LOG, who, more\n"),
    "the rest as one argument": ("user, *rest", "return LOG, user, list(rest)", "send(user, rest)", "def send(who, more):\n    return LOG, who, list(more)\n"),
    "all other keywords as one argument": ("user, **rest", "return LOG, user, rest", "send(user, rest)", "def send(who, more):\n    return LOG, who, more\n"),
    "another default": ("user", "return LOG, user, 3", "send(user)", "def send(who, more=4):\n    return LOG, who, more\n"),
    "two defaults exchanged": ("user", "return LOG, user, 2, 1", "send(user)", "def send(who, x=1, y=2):\n    return LOG, who, x, y\n"),
    "a default that is no constant": ("user", "return LOG, user, LOG", "send(user)", "def send(who, more=LOG):\n    return LOG, who, more\n"),
    "a default that is bound again": ("user", "x = 4\n    return LOG, user", "send(user)", "def send(who, x=3):\n    x = 4\n    return LOG, who\n"),
    "nothing for a keyword": ("user", "return LOG, user", "send(user)", "def send(who, *, x):\n    return LOG, who\n"),
    "a keyword for what is taken by position": ("user", "return LOG, user", "send(who=user)", "def send(who, /):\n    return LOG, who\n"),
    "a parameter inside of the other's name": ("user", "return LOG, (lambda user: user)", "send(user)", "def send(who):\n    return LOG, (lambda user: who)\n"),
    "a variable inside of the other's name": ("user", "return LOG, [user for user in LOG]", "send(user)", "def send(who):\n    return LOG, [who for user in LOG]\n"),
    "a set's variable of the other's name": ("user", "return LOG, {user for user in LOG}", "send(user)", "def send(who):\n    return LOG, {who for user in LOG}\n"),
    "a function inside of the other's name": ("user", "def user(): ...\n    return LOG, user", "send(user)", "def send(who):\n    def user(): ...\n    return LOG, who\n"),
    "an import of the other's name": ("user", "import json as user\n    return LOG, user", "send(user)", "def send(who):\n    import json as user\n    return LOG, who\n"),
    "an exception of the other's name": ("user", "try:\n        LOG()\n    except OSError as user:\n        return LOG, user", "send(user)", "def send(who):\n    try:\n        LOG()\n    except OSError as user:\n        return LOG, who\n"),
    "a pattern of the other's name": ("user", "match LOG:\n        case {1: 1, **user}:\n            return user", "send(user)", "def send(who):\n    match LOG:\n        case {1: 1, **user}:\n            return who\n"),
    "a captured pattern of the other's name": ("user", "match LOG:\n        case [user]:\n            return user", "send(user)", "def send(who):\n    match LOG:\n        case [user]:\n            return who\n"),
    "an attribute of a class inside": ("user", "class K:\n        user = user\n    return LOG, K", "send(user)", "def send(who):\n    class K:\n        user = who\n    return LOG, K\n"),
    "a variable of a function inside": ("user", "def inner():\n        user = 1\n        return user\n    return LOG, inner()", "send(user)", "def send(who):\n    def inner():\n        user = 1\n        return who\n    return LOG, inner()\n"),
    "a variable of an async function inside": ("user", "async def inner():\n        user = 1\n        return user\n    return LOG, inner()", "send(user)", "def send(who):\n    async def inner():\n        user = 1\n        return who\n    return LOG, inner()\n"),
    "a dictionary's variable of the other's name": ("user", "return LOG, {user: user for user in LOG}", "send(user)", "def send(who):\n    return LOG, {user: who for user in LOG}\n"),
    "a generator's variable of the other's name": ("user", "return LOG, (user for user in LOG)", "send(user)", "def send(who):\n    return LOG, (who for user in LOG)\n"),
    "a walrus inside": ("user", "return LOG, (lambda: (user := 1) + user)", "send(user)", "def send(who):\n    return LOG, (lambda: (user := 1) + who)\n"),
    "a generator": ("user", "yield user", "send(user)", "def send(who):\n    yield who\n"),
    "a generator of a generator": ("user", "yield from user", "send(user)", "def send(who):\n    yield from who\n"),
    "a module that it imports for all": ("user", "global json\n    import json\n    return LOG, json, user", "send(user)", "def send(who):\n    global json\n    import json\n    return LOG, json, who\n"),
    "all other keywords beside all that are named": ("a, b, **rest", "return LOG, a, b", "send(a, b, **rest)", "def send(a, b):\n    return LOG, a, b\n"),
    "by position and by keyword": ("a, b", "return LOG, a", "send(a, who=b)", "def send(who, x=1):\n    return LOG, who\n"),
    "a keyword among all others": ("a, b", "return LOG, a, {'b': b}", "send(a, b=b)", "def send(who, **more):\n    return LOG, who, more\n"),
    "a name there that is a parameter here": ("user, who2", "return LOG, user, who2", "send(user)", "def send(who):\n    return LOG, who, who2\n"),
    "a name that each module has for itself": ("user", "return LOG, user, __name__", "send(user)", "def send(who):\n    return LOG, who, __name__\n"),
    "a name that Python makes for each module": ("user", "return LOG, user, __cached__", "send(user)", "def send(who):\n    return LOG, who, __cached__\n"),
    "the frame of a call": ("user", "return LOG.currentframe, user", "send(user)", "def send(who):\n    return LOG.currentframe, who\n"),
    "a warning to a caller": ("user", "return LOG(stacklevel=2), user", "send(user)", "def send(who):\n    return LOG(stacklevel=2), who\n"),
    "names that are listed": ("user", "return LOG, user, dir()", "send(user)", "def send(who):\n    return LOG, who, dir()\n"),
}  # fmt: skip
CHAIN = "import shop.new\n\n\ndef tell(user, message):\n    return shop.new.send(message, user)\n"


def found(old: str, new: str, module: str = NEW, **more: str) -> dict[str, object]:
    before = {"shop/__init__.py": "", "shop/new.py": module, "shop/old.py": old, "shop/dynamic.py": DYNAMIC}
    return {
        **failures(Step("", before, {"shop/old.py": new}, warrant=warrant(**(more or {"retires": "shop.old:tell"}))))
    }


def handed(case: tuple[str, str, str, str]) -> dict[str, object]:
    parameters, body, call, canonical = case
    head = f"from shop.new import LOG\n\n\ndef tell({parameters}):\n"
    new = f"{head}{MARK}    from shop.new import send\n\n    return {call}\n{TABLE}"
    return found(f"{head}    {body}\n", new, f"LOG = []\n\n\n{canonical}")


def marked(text: str) -> str:
    at = text.index("    ")
    return text[:at] + MARK + text[at:] + TABLE


@pytest.mark.parametrize("name", CALLED)
def test_a_call_that_gives_what_is_taken_passes(name: str) -> None:
    """By position, by keyword, by default or as the rest."""
    assert handed(CALLED[name]) == {}


@pytest.mark.parametrize("name", MISUSED)
def test_a_call_that_gives_something_else_is_refused(name: str) -> None:
    """Or that makes something else of what it is given."""
    assert handed(MISUSED[name])


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (
            "# the module itself makes a category of that name\nDeprecationWarning = UserWarning\n" + CALLS,
            "# the module itself makes a category of that name\nDeprecationWarning = UserWarning\n" + MARKED,
        ),
        (CALLS + "\n\nif other:\n    tell = None\n", MARKED + "\n\nif other:\n    tell = None\n"),
        (CALLS.replace("def tell", "@print\ndef tell"), MARKED.replace("def tell", "@print\ndef tell")),
        (TWIN, HANDED.replace("retry=3):", "retry=3) -> 1:")),
        (
            TWIN.replace("LOG\n", "LOG, send\n", 1),
            HANDED.replace("LOG\n", "LOG, send\n", 1).replace("new import send", "new import other"),
        ),
        (TWIN, HANDED.replace("send(message, user, retry=retry)", "send(message, user, retry=retry).x")),
        (
            TWIN,
            HANDED.replace("from shop.new import send", "import shop.new").replace(
                "return send", "return shop.new.send"
            ),
        ),
        (TWIN, HANDED.replace("user, message, *, retry", "user, message, retry")),
        (CALLS, MARKED.replace("def tell", "async def tell")),
        (CALLS.replace("send", "gone"), MARKED.replace("send", "gone")),
        (
            CALLS.replace("return send(message, user)", "return message"),
            MARKED.replace("return send(message, user)", "return message"),
        ),
        (CALLS.replace("return send(message, user)", "pass"), MARKED.replace("return send(message, user)", "pass")),
        (TWIN.replace("retry=3):\n", "retry=3):\n    'Text.'\n"), HANDED),
        (UNTOLD, HANDED.replace("from shop.new import LOG", "from shop.dynamic import LOG")),
    ],
    ids=[
        "category",
        "bound twice",
        "decorated",
        "another annotation",
        "another import",
        "part of the result",
        "by its module",
        "other parameters",
        "waits",
        "nothing",
        "no call",
        "no result",
        "docstring",
        "untold",
    ],
)
def test_what_says_something_else_of_itself_is_refused(old: str, new: str) -> None:
    """A wrapper is one plain function with the head that it had, and warns as everybody does."""
    assert found(old, new)


@pytest.mark.parametrize(
    "line",
    [
        "import shop.new as warnings",
        "from shop import warnings",
        "def warnings(): ...",
        "for warnings in (): ...",
        "match user:\n        case {**warnings}: ...",
        "try: ...\n    except OSError as warnings: ...",
        "DeprecationWarning = UserWarning",
    ],
)
def test_words_that_mean_something_else_in_the_function_are_refused(line: str) -> None:
    """What warns would not be what Python has under that name."""
    old = CALLS.replace("    return", f"    {line}\n    return")
    assert found(old, marked(old))
    assert not found(CALLS, marked(CALLS))


@pytest.mark.parametrize(
    "module",
    [
        NEW.replace("def send", "@print\ndef send"),
        NEW.replace("def send", "async def send"),
        NEW + NEW[NEW.index("def send") : NEW.index("def other")],
        NEW + "\n\ndef reset():\n    global LOG\n    LOG = []\n",
    ],
    ids=["decorated", "async", "made twice", "what it uses is bound again"],
)
def test_a_canonical_function_that_is_more_than_its_statements_is_refused(module: str) -> None:
    """Nobody can say that a call of it does what was done here."""
    assert found(TWIN, HANDED, module)


def test_a_name_that_the_old_module_binds_again_is_refused() -> None:
    """The canonical function would not see it."""
    again = "\n\ndef reset():\n    global LOG\n    LOG = []\n"
    assert found(TWIN + again, HANDED.replace(TABLE, again + TABLE))


def test_an_async_function_waits_for_what_it_calls() -> None:
    """Without that it would give a coroutine in the place of the result."""
    assert found(ASYNC, WAITS, LATER) == {}
    assert found(ASYNC, WAITS.replace("await ", ""), LATER)


def test_a_path_that_may_only_vanish_becomes_no_wrapper() -> None:
    """It must be declared as replaced."""
    assert found(CALLS, MARKED, drops="shop.old:tell")


@pytest.mark.parametrize("call", ["shop.new.send.again", "shop.new.other", "shop.new.send(1)"])
def test_a_call_of_something_else_by_its_module_is_refused(call: str) -> None:
    """Attributes are followed through modules, and no further."""
    assert found(CHAIN, marked(CHAIN)) == {}
    old = CHAIN.replace("shop.new.send", call)
    assert found(old, marked(old))


@pytest.mark.parametrize(
    ("above", "below"),
    [
        ("", ""),
        ("", "\n\nimport warnings\n"),
        ("import json as warnings\n", ""),
        ("from shop import new as warnings\n", ""),
        ("def f():\n    import warnings\n\n\n", ""),
        ("import warnings\n\ndel warnings\n", ""),
        ("import sys\n\nif sys.argv:\n    import warnings\n", ""),
    ],
    ids=["missing", "below", "another", "of the project", "in a function", "deleted", "perhaps"],
)
def test_a_decorator_of_a_module_that_is_not_there_is_refused(above: str, below: str) -> None:
    """Whether the name was bound to something else before, or is bound too late: loading the module would fail."""
    new = above + MODERN.removeprefix("import warnings\n") + below
    assert found(above + CALLS + below, new)
    assert found(CALLS, new) if above + below else not found(CALLS, MODERN)


def test_what_can_not_be_told_of_either_side_is_refused() -> None:
    """Two modules may take one name from a third that makes it when it is loaded, and not get the same."""
    untold = NEW.replace("LOG = []", "from shop.dynamic import LOG")
    assert found(UNTOLD, HANDED.replace("from shop.new import LOG", "from shop.dynamic import LOG"), untold)


def test_a_name_of_a_star_import_is_the_same_name() -> None:
    """What the old function used by a star is what the canonical one has."""
    star = "from shop.new import *"
    assert found(TWIN.replace("from shop.new import LOG", star), HANDED.replace("from shop.new import LOG", star)) == {}


def test_each_of_two_wrappers_is_compared_with_its_own_row() -> None:
    """The table of a module has a row for each."""
    more = "\n\ndef say(user, message):\n    return other(message, user)\n"
    said = more.replace(
        "    return", MARK.replace("old.tell", "old.say").replace("new.send", "new.other") + "    return"
    )
    row = '    "say": "shop.new:other since 2026-11-21 until 2026-12-21",\n'
    above = TABLE.replace('    "tell"', f'{row}    "tell"')
    new = MARKED.replace(TABLE, said + above)
    assert found(CALLS + more, new, retires="shop.old:tell shop.old:say") == {}
    assert found(CALLS + more, new)
    assert found(CALLS + more, new.replace("return other(", "return send("), retires="shop.old:tell shop.old:say")


def test_without_the_sources_nobody_can_say_what_the_canonical_function_does() -> None:
    """A call of it may do anything."""
    tree = {"shop/__init__.py": "", "shop/new.py": NEW, "shop/old.py": TWIN}
    step = Step("", tree, {"shop/old.py": HANDED}, warrant=warrant(retires="shop.old:tell"))
    assert Prover(index_of(tree), never, step.warrant).failures(changes(step))


@pytest.mark.parametrize(
    ("before", "after", "right"),
    [
        (MARKED, ALONE, True),
        (MARKED, "", True),
        (MARKED, CALLS, False),
        (MARKED, CALLS.replace("return send", "return other"), False),
        (ALONE, MARKED, False),
        (ALONE + "\n\ntell = send\n", MARKED, False),
    ],
    ids=["goes", "goes with its imports", "warns no more", "is another", "comes", "was the canonical function itself"],
)
def test_a_wrapper_comes_from_a_function_and_goes_as_a_whole(before: str, after: str, right: bool) -> None:
    """It may go where its path may, and warns until then."""
    assert (not found(before, after, drops="shop.old:tell")) is right
    assert found(before, after, drops="shop.old:other", retires="shop.old:other")


@pytest.mark.parametrize("word", ["yield from", "yield"])
def test_a_generator_warns_its_caller_by_a_decorator_only(word: str) -> None:
    """Its statements run when its first value is asked for, by whoever does that."""
    before, inside, above = (text.replace("return send", f"{word} send") for text in (CALLS, MARKED, MODERN))
    assert found(before, inside)
    if word == "yield from":
        assert found(before, above) == {}
