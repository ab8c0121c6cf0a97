"""Module-level classes, functions and methods of a project, parsed when asked for."""

from __future__ import annotations

import ast
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from ssot.audit.duplicates.lineage import Lineage
from ssot.index.facts import Kind
from ssot.index.scopes import NameUse, Scope
from ssot.index.source import Source
from ssot.index.table import Denotation, External, Index, Module, Symbol, Unknown
from ssot.index.trees import Parsed
from ssot.index.view import FileView

Function = ast.FunctionDef | ast.AsyncFunctionDef
Node = ast.ClassDef | Function
_VIEWS = 200  # syntax trees kept at a time


class File(FileView):
    """A file with the scope of each of its nodes at hand."""

    @cached_property
    def use_of(self) -> dict[int, NameUse]:
        return {id(use.node): use for use in self.scopes.names}

    @cached_property
    def scope_of(self) -> dict[int, Scope]:
        """The scope that a class, function, lambda or comprehension opens."""
        return {id(scope.node): scope for scope in self.scopes.root.subtree() if scope.kind != "type"}

    def part(self, node: ast.stmt) -> File:
        return File(self.source, self.index, Parsed(ast.Module([node], [])))

    @cached_property
    def definitions(self) -> dict[str, list[Node]]:
        """The classes and functions of the module level by name, those in arms and blocks included."""
        found: dict[str, list[Node]] = {}
        for node in statements(self.tree.body):
            if isinstance(node, Node):
                found.setdefault(node.name, []).append(node)
        return found


def statements(body: Iterable[ast.stmt]) -> Iterator[ast.stmt]:
    """The statements of a block and of the blocks in it, but not of the classes and functions in it."""
    for node in body:
        yield node
        if isinstance(node, Node):
            continue
        for part in ("body", "orelse", "finalbody"):
            yield from statements(getattr(node, part, ()))
        for inner in (*getattr(node, "handlers", ()), *getattr(node, "cases", ())):
            yield from statements(inner.body)


@dataclass(frozen=True, eq=False)
class Definition:
    """The statement that makes a class, a function or (with an owner) a method."""

    symbol: Symbol
    file: File
    node: Node
    owner: ast.ClassDef | None = None

    @cached_property
    def view(self) -> File:
        """The scopes of this statement alone; names of the module level look unbound there, and are asked of the index."""
        return self.file.part(self.node if self.owner is None else _alone(self.owner, self.node))

    @property
    def path(self) -> str:
        return self.file.source.path

    @property
    def line(self) -> int:
        return self.node.lineno

    @property
    def text(self) -> str:
        return self.file.source.segment(self.node).decode("utf-8")


def _alone(owner: ast.ClassDef, method: Node) -> ast.ClassDef:
    """The class with its other functions emptied: their names count, what is in them does not."""
    nothing = ast.arguments([], [], None, [], [], None, [])
    body = [
        ast.FunctionDef(one.name, nothing, [ast.Pass()], [], lineno=one.lineno, col_offset=one.col_offset)
        if isinstance(one, Function) and one is not method
        else one
        for one in owner.body
    ]
    return ast.ClassDef(owner.name, owner.bases, owner.keywords, body, owner.decorator_list)


@dataclass
class Definitions:
    """What the comparison may look at. ``equated``: objects to be taken for others, because they will become one."""

    index: Index
    sources: Mapping[str, Source]
    is_test: Callable[[str], bool] = lambda path: False
    hands_off: Callable[[str], str] = lambda path: ""
    equated: Mapping[Symbol, Symbol] = field(default_factory=dict)
    _files: OrderedDict[str, File] = field(default_factory=OrderedDict, repr=False)
    _holding: dict[bytes, tuple[str, ...]] = field(default_factory=dict, repr=False)

    @cached_property
    def lineage(self) -> Lineage:
        return Lineage(self.index, self.equated)

    def file(self, path: str) -> File | None:
        if path in self._files:
            self._files.move_to_end(path)
        elif path in self.sources:
            self._files[path] = File(self.sources[path], self.index)
            if len(self._files) > _VIEWS:
                self._files.popitem(last=False)
        return self._files.get(path)

    def file_of(self, module: str) -> File | None:
        path = self.index.layout.paths.get(module)
        return self.file(path) if path is not None else None

    def get(self, symbol: Symbol) -> Definition | None:
        """The one definition of ``name`` or ``Class.method``, the last of several; None where a class or def is not it."""
        name, _, member = symbol.name.partition(".")
        bindings = self.index.bindings(symbol.module).get(name, [])
        file = self.file_of(symbol.module)
        if file is None or not bindings or bindings[-1].kind not in (Kind.CLASS, Kind.DEF):
            return None
        node = file.definitions[name][-1]
        if not member:
            return Definition(symbol, file, node)
        methods = [
            one for one in statements(getattr(node, "body", [])) if isinstance(one, Function) and one.name == member
        ]
        if not methods or not isinstance(node, ast.ClassDef):
            return None
        return Definition(symbol, file, methods[-1], node)

    def global_name(self, file: File, name: str, *, typing: bool = False) -> Denotation:
        """What a name of the module level, or a builtin, denotes there."""
        found = self.index.resolve(file.module, name, typing=typing)
        if isinstance(found, Unknown):
            return Unknown(f"{file.module}:{name}")
        return self.equated.get(found, found) if isinstance(found, Symbol) else found

    def expression(self, file: File, node: ast.expr) -> Denotation:
        """What a name or dotted chain of the module level denotes."""
        parts: list[str] = []
        while isinstance(node, ast.Attribute):
            parts.append(node.attr)
            node = node.value
        if not isinstance(node, ast.Name):
            return Unknown(f"{file.module}:{ast.unparse(node)}")
        return self.index_chain(self.global_name(file, node.id), parts[::-1])

    def index_chain(self, here: Denotation, attributes: Iterable[str]) -> Denotation:
        for attribute in attributes:
            if isinstance(here, Module):
                here = self.index.resolve(here.name, attribute)
            elif isinstance(here, External):
                here = External(f"{here.name}.{attribute}")
            else:
                return Unknown(f"{here}.{attribute}")
        return self.equated.get(here, here) if isinstance(here, Symbol) else here

    def holding(self, word: str) -> tuple[str, ...]:
        """The parsable files whose text has a word, sorted."""
        key = word.encode()
        if key not in self._holding:
            self._holding[key] = tuple(sorted(path for path, source in self.sources.items() if key in source.u8))
        return self._holding[key]
