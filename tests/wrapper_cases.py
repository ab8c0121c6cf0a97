"""Functions under old names beside the canonical ones: what can become a wrapper, and what can't."""

from __future__ import annotations

from dataclasses import dataclass

LOGGING = "LOG = []\n\n\n"
SEND = LOGGING + "def send(message, user, *, retry=3):\n    LOG.append((message, user, retry))\n    return len(LOG)\n"
CALLING = "from shop.new_{name} import send\n\n\n"
SHARING = "from shop.new_{name} import LOG\n\n\n"


@dataclass(frozen=True)
class Wrapped:
    """Two modules and some calls of ``old.tell``. ``modern``: can be a wrapper only where PEP 702 is there."""

    old: str
    calls: tuple[str, ...] = ("old.tell(1, 2)", "old.tell(user=1, message=2)", "old.tell()", "old.tell(1, bad=3)")
    new: str = SEND
    modern: bool = False


def delegate(body: str, signature: str = "user, message", **more: object) -> Wrapped:
    return Wrapped(f"{CALLING}def tell({signature}):\n{body}", **more)  # type: ignore[arg-type]


def twin(new: str, signature: str, body: str, *calls: str) -> Wrapped:
    text = "".join(f"    {line}\n" for line in body.split("; "))
    return Wrapped(f"{SHARING}def tell({signature}):\n{text}", calls, new)


def made(signature: str, body: str = "LOG.append((message, user))") -> str:
    return f"{LOGGING}def send({signature}):\n" + "".join(f"    {line}\n" for line in body.split("; "))


BODY = "LOG.append((message, user, retry)); return len(LOG)"
PAIR = "LOG.append((message, user))"
MAKES = {
    "delegate": delegate("    return send(message, user)\n"),
    "documented": delegate('    """Tell.\n\n    More.\n    """\n    # why\n    return send(message, user)\n'),
    "statement": delegate("    send(message, user)\n"),
    "prepared": delegate("    user = user or 7\n    return send(message, user)\n", calls=("old.tell(0, 1)",)),
    "in_one_line": Wrapped(f"{CALLING}def tell(user, message): return send(message, user)\n"),
    "in_one_line_twice": Wrapped(f"{CALLING}def tell(user, message): user += 1; return send(message, user)\n"),
    "by_module": Wrapped(
        "import shop.new_{name}\n\n\ndef tell(user, message):\n    return shop.new_{name}.send(message, user)\n"
    ),
    "late_import": Wrapped(
        "def tell(user, message):\n    from shop import new_{name}\n\n    return new_{name}.send(message, user)\n"
    ),
    "variadic": delegate(
        "    return send(rest[0], user, **more)\n",
        "user, *rest, **more",
        calls=("old.tell(1, 2)", "old.tell(1, 2, retry=9)", "old.tell(1)"),
    ),
    "annotated": Wrapped(
        "from __future__ import annotations\n\n"
        + CALLING
        + "def tell(user: 'int', message: str) -> int:\n    return send(message, user)\n"
    ),
    "long_signature": Wrapped(
        CALLING + "def tell(\n    user,\n    message,\n) -> None:\n    return send(message, user)\n"
    ),
    "tabs": Wrapped(CALLING + "def tell(user, message):\n\treturn send(message, user)\n"),
    "no_final_newline": Wrapped(CALLING + "def tell(user, message):\n    return send(message, user)"),
    "listed": Wrapped(
        CALLING.rstrip() + "\n\n__all__ = ['tell']\n\n\ndef tell(user, message):\n    return send(message, user)\n"
    ),
    "awaited": Wrapped(
        CALLING + "async def tell(user, message):\n    return await send(message, user)\n",
        ("inspect.iscoroutinefunction(old.tell)", "asyncio.run(main(old.tell, 1, 2))"),
        LOGGING + "async def send(message, user):\n    LOG.append((message, user))\n",
    ),
    "yielded": Wrapped(
        CALLING + "def tell(user, message):\n    yield from send(message, user)\n",
        ("list(old.tell(1, 2))",),
        LOGGING + "def send(message, user):\n    yield message\n    yield user\n",
        modern=True,
    ),
    "reordered": twin(
        SEND, "user, message, *, retry=3", BODY, "old.tell(1, 2)", "old.tell(1, 2, retry=8)", "old.tell()"
    ),
    "renamed": twin(
        SEND, "who, what, *, retry=3", "LOG.append((what, who, retry)); return len(LOG)", "old.tell(1, what=2)"
    ),
    "left_to_the_default": twin(
        SEND, "user, message", "LOG.append((message, user, 3)); return len(LOG)", "old.tell(1, 2)"
    ),
    "default_of_its_own": twin(SEND, "user, message, retry=5", BODY, "old.tell(1, 2)", "old.tell(1, 2, 7)"),
    "same_parameters": twin(SEND, "message, user, *, retry=3", BODY, "old.tell(1, 2)", "old.tell(1, 2, retry=0)"),
    "unused_extra": twin(
        made("message, user"), "user, message, colour='red'", PAIR, "old.tell(1, 2)", "old.tell(1, 2, 3)"
    ),
    "canonical_by_position": twin(made("message, /, user"), "user, message", PAIR, "old.tell(1, message=2)"),
    "old_by_position": twin(
        made("message, user"), "user, message, /", PAIR, "old.tell(1, 2)", "old.tell(1, message=2)"
    ),
    "rest": twin(made("message, *user"), "message, *user", PAIR, "old.tell(1, 2, 3)", "old.tell(1)"),
    "more": twin(
        made("user, message, **more"), "message, user, **more", PAIR, "old.tell(1, 2, z=3)", "old.tell(1, user=2)"
    ),
    "bound_again": twin(
        made("message, user", "user = user or 5; LOG.append((message, user))"),
        "who, message",
        "who = who or 5; LOG.append((message, who))",
        "old.tell(0, 1)",
        "old.tell(2, 1)",
    ),
    "comprehension": twin(
        made("message, user", "LOG.append([x + user for x in message])"),
        "who, message",
        "LOG.append([x + who for x in message])",
        "old.tell(1, [1, 2])",
    ),
    "kept_default": twin(
        made("message, acc=[]", "acc.append(message); LOG.append(list(acc))"),
        "message, acc=[]",
        "acc.append(message); LOG.append(list(acc))",
        "old.tell(1)",
        "old.tell(2)",
    ),
    "name_taken": twin(made("message, user"), "send, message", "LOG.append((message, send))", "old.tell(1, 2)"),
    "async_twin": Wrapped(
        SHARING + "async def tell(user, message):\n    LOG.append((message, user))\n    return 5\n",
        ("inspect.iscoroutinefunction(old.tell)", "asyncio.run(main(old.tell, 1, 2))"),
        LOGGING + "async def send(message, user):\n    LOG.append((message, user))\n    return 5\n",
    ),
    "commented": Wrapped(
        SHARING
        + "def tell(user, message, *, retry=3):\n    # one\n    LOG.append((message, user, retry))  # two\n    # three\n    return len(LOG)\n",
        ("old.tell(1, 2)",),
    ),
}

REFUSES = {
    "another_constant": twin(SEND, "user, message", "LOG.append((message, user, 4)); return len(LOG)"),
    "a_constant_that_only_equals": twin(made("message, flag=True", "LOG.append(flag)"), "message", "LOG.append(1)"),
    "captured": twin(made("u", "user = 1; LOG.append(u)"), "user", "user = 1; LOG.append(user)"),
    "captured_free": twin(made("u", "LOG.append((u, user))") + "\n\nuser = 1\n", "user", "LOG.append((user, user))"),
    "parameter_of_a_comprehension": twin(
        made("m, u", "LOG.append([u for u in m])"), "u, m", "LOG.append([u for u in m])"
    ),
    "named_by_an_error": twin(
        made("m, u", "try:;     m(); except TypeError as u:;     LOG.append(u)".replace(";     ", "; \t")),
        "u, m",
        "try:;     m(); except TypeError as u:;     LOG.append(u)".replace(";     ", "; \t"),
    ),
    "another_global": Wrapped(
        SHARING + "X = 1\n\n\ndef tell(u, m):\n    LOG.append((m, u, X))\n",
        (),
        LOGGING + "X = 1\n\n\ndef send(m, u):\n    LOG.append((m, u, X))\n",
    ),
    "global_bound_again": Wrapped(
        "from shop.new_{name} import LOG, X\n\n\ndef tell(u, m):\n    LOG.append((m, u, X))\n",
        (),
        LOGGING + "X = 1\n\n\ndef bump():\n    global X\n    X += 1\n\n\ndef send(m, u):\n    LOG.append((m, u, X))\n",
    ),
    "sees_its_frame": twin(made("m, u", "LOG.append(sorted(locals()))"), "u, m", "LOG.append(sorted(locals()))"),
    "prints_itself": twin(made("m, u", "LOG.append(f'{m=}')"), "u, text", "LOG.append(f'{text=}')"),
    "any_name": twin(made("u, message, **more"), "message, user, **more", "LOG.append((message, user))"),
    "something_else": twin(SEND, "user, message", "return None"),
    "decorated": Wrapped(
        "import functools\n\n"
        + CALLING
        + "@functools.lru_cache\ndef tell(user, message):\n    return send(message, user)\n"
    ),
    "warns_by_itself": Wrapped(
        "import warnings\n\n"
        + CALLING
        + "def tell(user, message):\n    warnings.warn('x', DeprecationWarning, stacklevel=2)\n    return send(message, user)\n"
    ),
    "called_by_its_module": delegate("    return send(message, user)\n\n\ndef both():\n    return tell(1, 2)\n"),
    "in_an_example": delegate('    """\n    >>> tell(1, 2)\n    """\n    return send(message, user)\n'),
    "overloaded": Wrapped(
        "from typing import overload\n\n"
        + CALLING
        + "@overload\ndef tell(user: int, message: int): ...\n@overload\ndef tell(user: str, message: int): ...\n"
        + "def tell(user, message):\n    return send(message, user)\n"
    ),
    "conditional": Wrapped(CALLING + "if send:\n    def tell(user, message):\n        return send(message, user)\n"),
    "async_and_not": Wrapped(
        SHARING + "def tell(user, message):\n    LOG.append((message, user))\n",
        (),
        LOGGING + "async def send(message, user):\n    LOG.append((message, user))\n",
    ),
    "generator": Wrapped(
        SHARING + "def tell(user, message):\n    yield message\n    yield user\n",
        (),
        LOGGING + "def send(message, user):\n    yield message\n    yield user\n",
    ),
    "canonical_decorated": twin(
        "import functools\n\n" + LOGGING + "@functools.lru_cache\ndef send(m, u):\n    LOG.append((m, u))\n",
        "u, m",
        "LOG.append((m, u))",
    ),
    "calls_on_the_way": delegate("    for one in user:\n        send(message, one)\n"),
}
