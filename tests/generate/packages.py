"""The strategy of whole packages: files, a manifest, and the `main.py` that shows what the code does.

A package is run while it is drawn: the groups of paths that denote one object are what running it says they are.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from hypothesis import assume
from hypothesis import strategies as st

from generate.exports import declare, define, reexport, stand_for
from generate.manifests import Declared, declare_symbols, manifest
from generate.model import MOVED, Author, Module, layout
from generate.runner import Outcome, run
from generate.uses import cycle, use

HELPERS = """\
import contextlib, types, typing

EVENTS = []
YES = True


def tag(thing):
    if isinstance(thing, (str, tuple)) or thing is None:
        return str(thing)
    return f"{thing.__module__}:{thing.__qualname__}"


def mark(thing):
    def wrap(function):
        function.mark = tag(thing)
        return function
    return wrap


def hints(thing):
    return sorted((name, str(hint)) for name, hint in typing.get_type_hints(thing).items())


def finish(coroutine):
    try:
        coroutine.send(None)
    except StopIteration as done:
        return done.value


@contextlib.contextmanager
def context():
    yield


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
    return f"{{_fx.tag(thing)}}#{{seen.setdefault(id(thing), len(seen))}}"


for module in {entries!r}:
    importlib.import_module(module)
print("effects", *sorted(_fx.EVENTS))
for module in {modules!r}:
    importlib.import_module(module)
for module, name in {exports!r}:
    print("export", f"{{module}}:{{name}}", show(identity, module, name))
for module, name in {checks!r}:
    print("check", f"{{module}}:{{name}}", show(getattr(importlib.import_module(module), name)))
"""


@dataclass(frozen=True, slots=True)
class Package:
    """Files below an import root, how to look at them, and what is governed."""

    root: str
    files: Mapping[str, bytes]
    main: str
    symbols: tuple[Declared, ...]
    before: Outcome
    plain: Mapping[str, tuple[str, str]]  # path -> its file, and the one statement through which it exists
    via: Mapping[str, str]  # path -> the path that its re-export takes
    moves: Mapping[str, str]  # module -> the one it moved to

    @property
    def manifest(self) -> str:
        return manifest(self.root or ".", self.symbols, self.moves)

    def show(self) -> str:
        """Everything needed to see it fail by hand."""
        parts = [f"# ---- {path}\n{data.decode('utf-8-sig')}" for path, data in sorted(self.files.items())]
        return "\n".join((*parts, f"# ---- main.py\n{self.main}", f"# ---- ssot.toml\n{self.manifest}"))


@st.composite
def packages(draw: st.DrawFn) -> Package:
    author = Author(draw)
    modules = layout(author)
    _write(author, modules)
    files = {module.path: _encode(author, _text(module)) for module in modules} | {"_fx.py": HELPERS.encode()}
    main = _main(author, modules)
    before = run(files, main)
    assume(not before.error)
    groups = _groups(before)
    moves = {one.name: one.stands_for for one in modules if one.stands_for and author.chance(75)}
    symbols = declare_symbols(author, groups, moves)
    assume(symbols or moves)
    plain = {f"{one.name}:{name}": (one.path, text) for one in modules for name, text in one.plain.items()}
    via = {f"{one.name}:{name}": path for one in modules for name, path in one.via.items()}
    return Package(author.pick(("", "src")), files, main, symbols, before, plain, via, moves)


def _write(author: Author, modules: list[Module]) -> None:
    for module in modules:
        module.effect, module.future = author.chance(30), author.chance(15)
        earlier = [one for one in modules[: module.order] if not module.within(one)]
        if module.parts[-1] == MOVED:
            stand_for(author, module, earlier)
            continue
        define(author, module)
        reexport(author, module, earlier)
        declare(author, module)
    users = [module for module in modules if not module.stands_for]
    for number in range(author.count(3, 14)):
        use(author, author.pick(users), modules, number)
    for module in users:
        cycle(author, module, modules, 100 + module.order)


def _text(module: Module) -> str:
    top = [f'"""{module.name}."""']
    top += ["from __future__ import annotations"] if module.future else []
    top += ["import typing as _t", "from unittest import mock as _mock", "import _fx"]
    effect = [f"_fx.EVENTS.append({module.name!r})"] if module.effect else []
    return "\n".join((*top, *module.head, *effect)) + "\n\n\n" + "\n\n\n".join((*module.body, *module.tail, ""))


def _encode(author: Author, text: str) -> bytes:
    text = text.rstrip("\n") + ("" if author.chance(10) else "\n")
    text = text.replace("\n", "\r\n") if author.chance(10) else text
    return text.encode("utf-8-sig" if author.chance(10) else "utf-8")


def _main(author: Author, modules: list[Module]) -> str:
    names = [module.name for module in modules]
    entries = names if author.chance(50) else [name for name in names if author.chance(40)]
    return MAIN.format(
        entries=entries,
        modules=names,
        exports=[(one.name, name) for one in modules for name, kind in one.exports.items() if kind != "module"],
        checks=[(module.name, check) for module in modules for check in module.checks],
    )


def _groups(outcome: Outcome) -> dict[str, list[str]]:
    """Object -> the paths that denote it, in the order of `main.py`."""
    groups: dict[str, list[str]] = {}
    for line in outcome.lines:
        word, *rest = line.split(" ")
        if word == "export" and len(rest) == 2 and "#" in rest[1] and not rest[1].startswith("None#"):
            groups.setdefault(rest[1], []).append(rest[0])
    return groups
