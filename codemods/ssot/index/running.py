"""What a module evaluates while it is loaded: chains and calls of imported names, and the functions of its own that it calls.

A function that is called while its module is loaded makes its imports, and asks for its names, at that moment.
"""

from __future__ import annotations

import ast
import builtins
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from ssot.index.facts import Binding, ImportFact, Kind, Run

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_MODULES = (Kind.FROM, Kind.IMPORT, Kind.ALIAS)  # kinds of names that may be modules
Function = ast.FunctionDef | ast.AsyncFunctionDef
MAKING = frozenset({"__init__", "__new__", "__post_init__", "__init_subclass__", "__set_name__"})


@dataclass(frozen=True)
class _Names:
    """The module-level names that matter."""

    imported: frozenset[str]
    known: frozenset[str]  # everything that the module binds, and the builtins
    starred: bool

    @classmethod
    def of(cls, bindings: Iterable[Binding]) -> _Names:
        rows = list(bindings)
        imported = {row.name for row in rows if row.kind in _MODULES and not _standard(row)}
        known = frozenset({row.name for row in rows} | set(dir(builtins)))
        return cls(frozenset(imported), known, any(row.kind is Kind.STAR for row in rows))


def _standard(row: Binding) -> bool:
    return not row.level and row.target.partition(".")[0] in sys.stdlib_module_names


@dataclass
class _Local:
    """What names of a function stand for: nothing that can be told, or something it imports itself."""

    hidden: set[str] = field(default_factory=set)
    sources: dict[str, tuple[str, str]] = field(default_factory=dict)  # name -> module with its dots, attribute


def runs_of(tree: ast.Module, bindings: Iterable[Binding]) -> tuple[Run, ...]:
    """Everything evaluated while the module is loaded, in the order of the file; of a function, at its first call."""
    reader = _Reader(tree, _Names.of(bindings))
    reader.block(tree.body)
    return tuple(dict.fromkeys(reader.found))


def reach_of(tree: ast.Module, imports: Iterable[ImportFact]) -> tuple[tuple[str, str], ...]:
    """Functions and classes of the module, each with others of it that it may call and that import something."""
    late = {fact.where.scope[0] for fact in imports if fact.where.deferred and fact.where.scope}
    if not late:
        return ()
    bodies = definitions(tree.body)
    calls = {name: _mentioned(_when_called(nodes)) & bodies.keys() for name, nodes in bodies.items()}
    return tuple((name, other) for name in sorted(calls) for other in sorted((_all_from(name, calls) & late) - {name}))


def _when_called(nodes: Iterable[ast.stmt]) -> Iterator[ast.stmt]:
    """What a call of a function or class runs."""
    for node in nodes:
        if isinstance(node, ast.ClassDef):
            yield from (item for item in node.body if isinstance(item, _FUNCTIONS) and item.name in MAKING)
        else:
            yield node


def _mentioned(nodes: Iterable[ast.AST]) -> set[str]:
    return {inner.id for node in nodes for inner in ast.walk(node) if isinstance(inner, ast.Name)}


def _all_from(name: str, calls: Mapping[str, set[str]]) -> set[str]:
    found, todo = {name}, [name]
    while todo:
        fresh = calls[todo.pop()] - found
        found |= fresh
        todo += fresh
    return found


def definitions(body: Iterable[ast.stmt]) -> dict[str, list[ast.stmt]]:
    """Functions and classes of a module, those in blocks of it included, by name."""
    found: dict[str, list[ast.stmt]] = {}
    todo: list[ast.AST] = list(body)
    while todo:
        node = todo.pop()
        if isinstance(node, (*_FUNCTIONS, ast.ClassDef)):
            found.setdefault(node.name, []).append(node)
        elif isinstance(node, ast.stmt | ast.excepthandler | ast.match_case):
            todo += ast.iter_child_nodes(node)
    return found


class _Reader:
    def __init__(self, tree: ast.Module, names: _Names) -> None:
        self.names = names
        self.defined = definitions(tree.body)
        self.methods = self._methods()
        self.entered: set[str] = set()
        self.found: list[Run] = []
        self.at = (1, 0)
        self.local: _Local | None = None  # set in the body of a function that is called

    def _methods(self) -> dict[str, set[str]]:
        """Classes of the module by the methods they have."""
        found: dict[str, set[str]] = {}
        for name, nodes in self.defined.items():
            for node in nodes:
                for item in node.body if isinstance(node, ast.ClassDef) else ():
                    if isinstance(item, _FUNCTIONS):
                        found.setdefault(item.name, set()).add(name)
        return found

    # -- statements

    def block(self, body: Iterable[ast.stmt]) -> None:
        for node in body:
            if self.local is None:
                self.at = (node.lineno, node.col_offset)
            self.statement(node)

    def statement(self, node: ast.stmt) -> None:
        match node:
            case ast.Import() | ast.ImportFrom():
                pass
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                self.several([*node.decorator_list, *_signature(node)])
                if self.local is not None:  # whether a function in a called one is called is not looked into
                    self.block(node.body)
            case ast.ClassDef():
                self.several([*node.decorator_list, *node.bases, *(key.value for key in node.keywords)])
                self.block(node.body)
            case ast.If():
                self.several([node.test])
                self.block(_branches(node))
            case _:
                self.parts(node)

    def parts(self, node: ast.AST) -> None:
        """The expressions of a statement before the statements in it."""
        children = list(ast.iter_child_nodes(node))
        self.several(child for child in children if isinstance(child, ast.expr))
        for child in children:
            if isinstance(child, ast.stmt):
                self.block([child])
            elif not isinstance(child, ast.expr):
                self.parts(child)

    # -- expressions

    def several(self, nodes: Iterable[ast.expr]) -> None:
        for node in nodes:
            self.expression(node)

    def expression(self, node: ast.AST) -> None:
        chain = _chain(node)
        if chain:
            self.chain(chain, called=False)
        elif isinstance(node, ast.Call):
            self.call(node)
        else:
            for child in ast.iter_child_nodes(node):
                self.expression(child)

    def call(self, node: ast.Call) -> None:
        for argument in (*node.args, *(key.value for key in node.keywords)):
            self.expression(argument)
        chain = _chain(node.func)
        if chain:
            self.chain(chain, called=True)
            return
        self.expression(node.func)
        if isinstance(node.func, ast.Attribute):
            self.method(node.func.attr)

    def chain(self, chain: list[str], *, called: bool) -> None:
        root = chain[0]
        if self.local is not None and root in self.local.sources:
            source, attribute = self.local.sources[root]
            self.note([*([attribute] if attribute else []), *chain[1:]], called=called, source=source)
        elif self.local is not None and root in self.local.hidden:
            pass
        elif root in self.defined:
            self.enter(root, called=called or any(isinstance(one, _FUNCTIONS) for one in self.defined[root]))
        elif root in self.names.imported:
            if called or len(chain) > 1:
                self.note(chain, called=called)
        elif self.names.starred and root not in self.names.known:
            self.note(chain, called=called)
        elif called and len(chain) > 1:
            self.method(chain[-1])

    def note(self, chain: list[str], *, called: bool, source: str = "") -> None:
        if chain:
            self.found.append(Run(*self.at, ".".join(chain), called, source))

    # -- functions of the module that are called

    def method(self, name: str) -> None:
        for owner in sorted(self.methods.get(name, ())):
            self.enter(owner, called=True)

    def enter(self, name: str, *, called: bool) -> None:
        if not called or name in self.entered:
            return
        self.entered.add(name)
        self.note([name], called=True)
        for function in _functions(self.defined[name]):
            outside, self.local = self.local, _local(function)
            self.block(function.body)
            self.local = outside


def _functions(nodes: Iterable[ast.stmt]) -> Iterator[Function]:
    """The functions themselves, and the methods of classes."""
    for node in nodes:
        if isinstance(node, _FUNCTIONS):
            yield node
        elif isinstance(node, ast.ClassDef):
            yield from (item for item in node.body if isinstance(item, _FUNCTIONS))


def _local(function: Function) -> _Local:
    local = _Local()
    for node in ast.walk(function):
        match node:
            case ast.arg(arg=name) | ast.Name(id=name, ctx=ast.Store()):
                local.hidden.add(name)
            case ast.Import():
                for alias in node.names:
                    top = alias.name if alias.asname else alias.name.partition(".")[0]
                    local.sources[alias.asname or top] = (top, "")
            case ast.ImportFrom():
                source = "." * node.level + (node.module or "")
                local.sources.update({alias.asname or alias.name: (source, alias.name) for alias in node.names})
            case ast.Global():
                local.hidden -= set(node.names)
    return local


def _branches(node: ast.If) -> list[ast.stmt]:
    """The statements of a condition that may run while the module is loaded."""
    negated = isinstance(node.test, ast.UnaryOp) and isinstance(node.test.op, ast.Not)
    test = node.test.operand if isinstance(node.test, ast.UnaryOp) and negated else node.test
    name = (_chain(test) or [""])[-1]
    if name == "TYPE_CHECKING":
        return node.body if negated else node.orelse
    if isinstance(test, ast.Compare) and _chain(test.left) == ["__name__"]:
        return node.orelse
    return [*node.body, *node.orelse]


def _signature(node: Function) -> list[ast.expr]:
    arguments = node.args
    every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, arguments.vararg, arguments.kwarg]
    notes = [one.annotation for one in every if one is not None]
    return [part for part in (*arguments.defaults, *arguments.kw_defaults, *notes, node.returns) if part is not None]


def _chain(node: ast.AST) -> list[str]:
    """The names of a dotted expression, empty for any other."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return [node.id, *reversed(parts)] if isinstance(node, ast.Name) else []
