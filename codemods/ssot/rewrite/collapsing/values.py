"""The values that the parts of collapse-duplicates pass to each other."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field

from ssot.index.facts import Binding
from ssot.index.table import Path, Symbol
from ssot.index.view import FileView
from ssot.rewrite.outcomes import Splice

DefinitionNode = ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class Pair:
    """One declared duplicate and what it is to become."""

    key: str  # the canonical reference, on whose behalf all edits are made
    target: Path  # the canonical path, from which the name is imported
    canonical: Symbol  # where the canonical one is made
    declared: Path  # the duplicate as the manifest names it
    duplicate: Symbol  # where the duplicate is made
    strategy: str

    @property
    def text(self) -> str:
        return f"{self.declared[0]}:{self.declared[1]}"


@dataclass(frozen=True, slots=True)
class Objection:
    """Why a duplicate as a whole is left alone."""

    code: str
    reason: str


@dataclass(frozen=True, slots=True)
class Notice:
    """A place that a person should look at; it does not stand in the way."""

    code: str
    path: str
    line: int
    reason: str


@dataclass(frozen=True, eq=False)
class Definition:
    """A module-level class or function with the file it stands in."""

    symbol: Symbol
    path: str
    view: FileView
    node: DefinitionNode
    binding: Binding

    @property
    def line(self) -> int:
        return min([self.node.lineno, *(decorator.lineno for decorator in self.node.decorator_list)])


@dataclass(frozen=True)
class Edits:
    """What is to be spliced into which file, and what a person should know of."""

    splices: dict[str, tuple[Splice, ...]]
    notices: tuple[Notice, ...] = field(default=())
