"""A package while it is being written, and the author who makes it up."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random
from typing import TypeVar

T = TypeVar("T")

NAMES = ("Engine", "Router", "Tracker", "make", "LIMIT")  # few, so that the same name means different things
ALIASES = ("Old", "Impl", "_Private", "user")  # one of them is also the name of a module

MOVED = ("moved", "gone")  # the names of modules that are façades of another one
PEP_695 = sys.version_info >= (3, 12)  # and 701


@dataclass(frozen=True, slots=True)
class Author:
    """Makes the choices of one package: the same seed, the same choices."""

    random: Random

    def pick(self, options: Sequence[T]) -> T:
        return options[self.random.randrange(len(options))]

    def chance(self, percent: int) -> bool:
        return self.random.randrange(100) < percent

    def count(self, least: int, most: int) -> int:
        return self.random.randint(least, most)


@dataclass(slots=True, eq=False)
class Module:
    """One module: its statements in order, and what they bind for others (name -> class, def, value or module)."""

    name: str
    package: bool
    order: int
    exports: dict[str, str] = field(default_factory=dict)
    defined: set[str] = field(default_factory=set)
    declared: list[str] | None = None  # __all__
    plain: dict[str, str] = field(default_factory=dict)  # name -> the one `from` statement that re-exports only it
    via: dict[str, str] = field(default_factory=dict)  # name -> the path that a re-export of it takes
    head: list[str] = field(default_factory=list)
    body: list[str] = field(default_factory=list)
    tail: list[str] = field(default_factory=list)
    checks: list[str] = field(default_factory=list)
    holders: list[Module] = field(default_factory=list)  # modules that bind this one to the name `holder`
    references: list[str] = field(default_factory=list)  # expressions that denote something in the whole module
    lazy: dict[str, str] = field(default_factory=dict)  # name -> what `__getattr__` gives for it
    stands_for: str = ""  # the module that this one was moved to; it re-exports everything from there
    effect: str = ""
    future: bool = False

    @property
    def parts(self) -> list[str]:
        return self.name.split(".")

    @property
    def path(self) -> str:
        return "/".join(self.parts) + ("/__init__.py" if self.package else ".py")

    @property
    def starred(self) -> dict[str, str]:
        """What `from module import *` binds, as far as others should rely on it."""
        if self.declared is not None:
            return {name: self.exports[name] for name in self.declared}
        return {name: kind for name, kind in self.exports.items() if not name.startswith("_") and name not in self.lazy}

    def within(self, other: Module) -> bool:
        """Whether `other` is a package around this module: it has not run to its end when this one runs."""
        return self.name.startswith(f"{other.name}.")


@dataclass(frozen=True, slots=True)
class Target:
    """A name in a module."""

    module: Module
    name: str

    @property
    def kind(self) -> str:
        return self.module.exports[self.name]


def layout(author: Author) -> list[Module]:
    """The modules, each after everything it may import while it runs: submodules before their package."""
    found: list[Module] = []

    def add(name: str, package: bool = False) -> None:
        found.append(Module(name, package, len(found)))

    for top in ("shop", "lib")[: author.count(1, 2)]:
        for inner in ("core", "api")[: author.count(0, 2)]:
            if author.chance(15):
                add(f"{top}.{inner}.deep.user")
                add(f"{top}.{inner}.deep", package=True)
            for leaf in ("user", "old", "jobs")[: author.count(1, 3)]:
                add(f"{top}.{inner}.{leaf}")
            if not author.chance(12):  # else a namespace package
                add(f"{top}.{inner}", package=True)
        for leaf in ("base", "compat", "views")[: author.count(1, 3)]:
            add(f"{top}.{leaf}")
        for leaf in MOVED:
            if author.chance(15):
                add(f"{top}.{leaf}")
        add(top, package=True)
    if author.chance(25):
        add("single")
    return found
