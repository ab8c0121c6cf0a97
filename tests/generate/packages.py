"""Whole packages: files, a manifest, and the `main.py` that shows what the code does; each from one number.

A package is run while it is made: the groups of paths that denote one object are what running it says they are.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from random import Random

from generate.exports import declare, define, finish, hand_on, reexport, stand_for
from generate.manifests import Declared, declare_symbols, manifest
from generate.model import MOVED, Author, Module, Target, layout
from generate.program import HELPERS, Looks
from generate.runner import Outcome, run
from generate.uses import cycle, straight, use

EFFECTS = ("_fx.EVENTS.append({name!r})", "class _Noted(metaclass=_fx.Registering): pass", "_fx.register({name!r})")


@dataclass(frozen=True)
class Package:
    """Files below an import root, how to look at them, and what is governed."""

    seed: int
    root: str
    files: Mapping[str, bytes]
    looks: Looks
    symbols: tuple[Declared, ...]
    plain: Mapping[str, tuple[str, str]]  # path -> its file, and the one statement through which it exists
    via: Mapping[str, str]  # path -> the path that its re-export takes
    moves: Mapping[str, str]  # module -> the one it moved to

    @cached_property
    def before(self) -> Outcome:
        return run(self.files, self.looks.main)

    @property
    def holds(self) -> bool:
        """Whether it runs, and what is declared is true."""
        shown = {path: object_ for object_, paths in _groups(self.before).items() for path in paths}
        declared = [{shown.get(path) for path in symbol.paths} for symbol in self.symbols]
        moved = [(path, f"{self.moves[path[0]]}:{path[1]}") for path in self.looks.exports if path[0] in self.moves]
        raw = dict(line.split(" ")[1:3] for line in self.before.lines if line.startswith("export "))
        standing = all(raw.get(":".join(old)) == raw.get(new) for old, new in moved)
        return not self.before.error and standing and all(len(one) == 1 and one != {None} for one in declared)

    @property
    def manifest(self) -> str:
        return manifest(self.root or ".", self.symbols, self.moves)

    def show(self) -> str:
        """Everything needed to see it fail by hand."""
        parts = [f"# ---- {path}\n{shown(data)}" for path, data in sorted(self.files.items())]
        return "\n".join((*parts, f"# ---- main.py\n{self.looks.main}", f"# ---- ssot.toml\n{self.manifest}"))


def shown(data: bytes) -> str:
    return data.decode("utf-8-sig", "backslashreplace").replace("\r\n", "\n")


def package(seed: int) -> Package | None:
    """The package of a number; none where what came out does not run, or has nothing to govern."""
    author = Author(Random(seed))
    modules = layout(author)
    _write(author, modules)
    files = {module.path: _encode(author, _text(module)) for module in modules} | {"_fx.py": HELPERS.encode()}
    looks = _looks(author, modules)
    before = run(files, looks.main)
    if before.error:
        return None
    moves = {one.name: one.stands_for for one in modules if one.stands_for and author.chance(75)}
    symbols = declare_symbols(author, _groups(before), moves)
    if not symbols and not moves:
        return None
    plain = {f"{one.name}:{name}": (one.path, text) for one in modules for name, text in one.plain.items()}
    via = {f"{one.name}:{name}": path for one in modules for name, path in one.via.items()}
    made = Package(seed, author.pick(("", "src")), files, looks, symbols, plain, via, moves)
    made.__dict__["before"] = before
    return made if made.holds else None


def _write(author: Author, modules: list[Module]) -> None:
    trail: list[Target] = []
    for module in modules:
        module.effect = author.pick(EFFECTS) if author.chance(30) else ""
        module.future = author.chance(15)
        earlier = [one for one in modules[: module.order] if not module.within(one)]
        if module.parts[-1] in MOVED:
            stand_for(author, module, earlier)
            continue
        define(author, module)
        reexport(author, module, earlier)
        hand_on(author, module, trail)
        finish(author, module)
        declare(author, module)
    users = [module for module in modules if not module.stands_for]
    for number in range(author.count(3, 12)):
        use(author, author.pick(users), modules, number)
    for module in users:
        cycle(author, module, modules, 100 + module.order)
        if author.chance(12):
            straight(author, module, modules)


def _text(module: Module) -> str:
    top = [f'"""{module.name}."""']
    top += ["from __future__ import annotations"] if module.future else []
    top += ["import typing as _t", "from unittest import mock as _mock", "import _fx"]
    effect = [module.effect.format(name=module.name)] if module.effect else []
    return "\n".join((*top, *module.head, *effect)) + "\n\n\n" + "\n\n\n".join((*module.body, *module.tail, ""))


def _encode(author: Author, text: str) -> bytes:
    text = text.rstrip("\n") + ("" if author.chance(10) else "\n")
    if author.chance(6):
        text = re.sub(r"(?m)^(?:    )+", lambda spaces: "\t" * (len(spaces[0]) // 4), text)
    if author.chance(10):
        text = text.replace("\n", "\r\n")
    if author.chance(4):
        return ("# coding: latin-1\n# é\n" + text).encode("latin-1")
    return text.encode("utf-8-sig" if author.chance(10) else "utf-8")


def _looks(author: Author, modules: list[Module]) -> Looks:
    names = [module.name for module in modules]
    entries = names if author.chance(40) else [name for name in names if author.chance(author.pick((20, 60)))]
    if author.chance(30):
        author.random.shuffle(entries := list(entries))
    return Looks(
        entries,
        names,
        [(one.name, name) for one in modules for name, kind in one.exports.items() if kind != "module"],
        [(module.name, check) for module in modules for check in module.checks],
    )


def _groups(outcome: Outcome) -> dict[str, list[str]]:
    """Object -> the paths that denote it, in the order of `main.py`."""
    groups: dict[str, list[str]] = {}
    for line in outcome.lines:
        word, *rest = line.split(" ")
        if word == "export" and len(rest) == 2 and "#" in rest[1] and not rest[1].startswith(("None#", "module_")):
            groups.setdefault(rest[1], []).append(rest[0])
    return groups
