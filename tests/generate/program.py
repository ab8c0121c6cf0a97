"""The modules around a generated package: what it calls, and the `main.py` that shows what it does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

HELPERS = """\
import contextlib, sys, types, typing

EVENTS = []
TRACES = {}
YES = True


def tag(thing):
    if isinstance(thing, type(sys)):
        return f"module {thing.__name__}"
    if isinstance(thing, (str, int)) or thing is None:
        return str(thing)
    if isinstance(thing, (list, tuple)):
        return "[" + ", ".join(map(tag, thing)) + "]"
    if isinstance(thing, (type, types.FunctionType)):
        return f"{thing.__module__}:{thing.__qualname__}"
    return f"a {type(thing).__module__}:{type(thing).__qualname__}"


def say(*things):
    module = sys._getframe(1).f_globals["__name__"]
    TRACES.setdefault(module, []).append(" ".join(map(tag, things)))


@contextlib.contextmanager
def safely():
    module = sys._getframe(2).f_globals["__name__"]
    try:
        yield
    except Exception as problem:
        TRACES.setdefault(module, []).append(type(problem).__name__)


def mark(thing):
    def wrap(function):
        function.mark = tag(thing)
        return function
    return wrap


def register(thing):
    EVENTS.append(tag(thing))
    return thing


class Registering(type):
    def __new__(meta, name, bases, space):
        EVENTS.append(f"{space['__module__']}:{name}")
        return type.__new__(meta, name, bases, space)


def hints(thing):
    return sorted((name, str(hint)) for name, hint in typing.get_type_hints(thing).items())


def finish(coroutine):
    try:
        coroutine.send(None)
    except StopIteration as done:
        return done.value


@contextlib.contextmanager
def context(given=None):
    yield given


named, space = dict, types.SimpleNamespace
"""
MAIN = """\
import importlib, _fx

seen = {{}}


def show(*words):
    try:
        return words[0](*words[1:])
    except Exception as problem:
        return type(problem).__name__


def identity(module, name):
    thing = getattr(importlib.import_module(module), name)
    return f"{{_fx.tag(thing).replace(' ', '_')}}#{{seen.setdefault(id(thing), len(seen))}}"


def traces(word):
    for module in sorted(_fx.TRACES):
        print(word, module, *_fx.TRACES.pop(module), sep=" | ")


for module in {entries!r}:
    importlib.import_module(module)
print("loaded", *sorted(_fx.EVENTS))
print("order", *_fx.EVENTS)
traces("trace")
for module in {modules!r}:
    importlib.import_module(module)
traces("late trace")
for module, name in {exports!r}:
    print("export", f"{{module}}:{{name}}", show(identity, module, name))
for module, name in {checks!r}:
    print("check", f"{{module}}:{{name}}", show(getattr(importlib.import_module(module), name)))
    traces("traced")
"""

Path = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Looks:
    """What `main.py` looks at."""

    entries: Sequence[str]  # the modules that are loaded first
    modules: Sequence[str]
    exports: Sequence[Path]
    checks: Sequence[Path]

    @property
    def main(self) -> str:
        return MAIN.format(entries=self.entries, modules=self.modules, exports=self.exports, checks=self.checks)
