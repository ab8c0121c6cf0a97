"""What a module evaluates while it is loaded: chains and calls of imported names, and the functions of its own that it calls.

A function that is called while its module is loaded makes its imports, and asks for its names, at that moment.
"""

from __future__ import annotations

import ast
import builtins
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from ssot.index.facts import Binding, Kind, Run
from ssot.index.inside import Local, branches, local_names, signature, stored
from ssot.index.reach import FUNCTIONS, MAKING, Function, chain_of, definitions, methods_of

_MODULES = (Kind.FROM, Kind.IMPORT, Kind.ALIAS)  # kinds of names that may be modules
_BUILTIN = frozenset(dir(builtins))
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_PLAIN = (ast.Constant, ast.JoinedStr, ast.List, ast.Tuple, ast.Dict, ast.Set, *_COMPREHENSIONS)


@dataclass(frozen=True)
class _Names:
    """The module-level names that matter."""

    imported: frozenset[str]
    foreign: frozenset[str]  # builtins, and modules of the standard library
    known: frozenset[str]  # everything that the module binds, and the builtins
    starred: bool

    @classmethod
    def of(cls, bindings: Iterable[Binding]) -> _Names:
        rows = list(bindings)
        bound = frozenset(row.name for row in rows)
        own = frozenset(row.name for row in rows if row.kind not in _MODULES or not _standard(row))
        imported = frozenset(row.name for row in rows if row.kind in _MODULES and not _standard(row))
        starred = any(row.kind is Kind.STAR for row in rows)
        return cls(imported, (bound | _BUILTIN) - own, bound | _BUILTIN, starred)


def _standard(row: Binding) -> bool:
    return not row.level and row.target.partition(".")[0] in sys.stdlib_module_names


def runs_of(tree: ast.Module, bindings: Iterable[Binding]) -> tuple[Run, ...]:
    """Everything evaluated while the module is loaded, in the order of the file; of a function, at its first call."""
    reader = _Reader(tree, _Names.of(bindings))
    reader.block(tree.body)
    return tuple(dict.fromkeys(reader.found))


class _Reader:
    def __init__(self, tree: ast.Module, names: _Names) -> None:
        self.names = names
        self.defined = definitions(tree.body)
        self.methods = self._methods()
        self.entered: set[tuple[str, bool]] = set()
        self.found: list[Run] = []
        self.at = (1, 0)
        self.local: Local | None = None  # set in the body of a function that is called
        self.inner: list[set[str]] = []  # names of the comprehensions and lambdas around
        self.attributes: list[set[str]] = []  # names of the class bodies around
        self.quiet = False  # in a method of which only its class's object is known to be made

    def _methods(self) -> dict[str, dict[str, list[Function]]]:
        """Methods by name, by the classes of the module that have them."""
        found: dict[str, dict[str, list[Function]]] = {}
        for name, nodes in self.defined.items():
            for item in (item for node in nodes if isinstance(node, ast.ClassDef) for item in methods_of(node)):
                found.setdefault(item.name, {}).setdefault(name, []).append(item)
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
                self.decorated(node.decorator_list)
                self.several(signature(node))
                if self.local is not None:  # whether a function in a called one is called is not looked into
                    self.block(node.body)
            case ast.ClassDef():
                self.definition(node)
            case ast.With() | ast.AsyncWith():
                for item in node.items:
                    self.expression(item.context_expr)
                    self.receive(item.context_expr, "__enter__", "__exit__", "__aenter__", "__aexit__")
                self.block(node.body)
            case ast.If():
                self.several([node.test])
                self.block(branches(node))
            case _:
                self.parts(node)

    def definition(self, node: ast.ClassDef) -> None:
        self.decorated(node.decorator_list)
        self.several([*node.bases, *(key.value for key in node.keywords)])
        with self._among(self.attributes, stored(node.body) if self.names.starred else set()):
            self.block(node.body)
        for base in node.bases:
            self.receive(base.value if isinstance(base, ast.Subscript) else base, "__init_subclass__")
        for key in node.keywords:
            if key.arg == "metaclass" and (chain := chain_of(key.value)):
                self.chain(chain, called=True)

    def decorated(self, decorators: Iterable[ast.expr]) -> None:
        for node in decorators:
            chain = chain_of(node)
            if chain:
                self.chain(chain, called=True)
            else:
                self.expression(node)
                self.receive(node, "__call__")

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
        chain = chain_of(node)
        if chain:
            loads = isinstance(getattr(node, "ctx", None), ast.Load)
            self.chain(chain if loads else chain[:-1], called=False)
        elif isinstance(node, ast.Call):
            self.call(node)
        elif isinstance(node, (ast.Lambda, *_COMPREHENSIONS)):
            with self._among(self.inner, stored([node])):
                self.children(node)
        elif isinstance(node, ast.Attribute):
            self.children(node)
            self.asked([node.attr])
        else:
            self.children(node)

    def handed(self, chain: list[str]) -> None:
        """Whoever gets a function may call it."""
        if len(chain) == 1 and chain[0] in self.names.imported and not self._hidden(chain[0]):
            self.note(chain, called=False)

    def children(self, node: ast.AST) -> None:
        for child in ast.iter_child_nodes(node):
            self.expression(child)

    def call(self, node: ast.Call) -> None:
        for argument in (*node.args, *(key.value for key in node.keywords)):
            self.expression(argument)
            self.handed(chain_of(argument))
        chain = chain_of(node.func)
        if chain:
            self.chain(chain, called=True)
            return
        self.expression(node.func)
        if isinstance(node.func, ast.Attribute):
            self.receive(node.func.value, node.func.attr)
        else:
            self.receive(node.func, "__call__")

    @contextmanager
    def _among(self, stack: list[set[str]], names: set[str]) -> Iterator[None]:
        stack.append(names)
        yield
        stack.pop()

    # -- names and what is taken from them

    def chain(self, chain: list[str], *, called: bool) -> None:
        root = chain[0] if chain else ""
        if self.local is not None and root in self.local.sources:
            source, attribute = self.local.sources[root]
            self.note([*([attribute] if attribute else []), *chain[1:]], called=called, source=source)
        elif not root or self._hidden(root):
            if called and len(chain) > 1:
                self.on(chain[:-1], chain[-1], made=False)
            elif not called:
                self.asked(chain[1:])
        elif root in self.defined:
            functions = any(isinstance(one, FUNCTIONS) for one in self.defined[root])
            self.enter(root, called=called or functions)
            if called and len(chain) > 1:
                self.on(chain[:-1], chain[-1], made=False)
        elif root in self.names.imported:
            if called or len(chain) > 1:
                self.note(chain, called=called)
        elif self.names.starred and root not in self.names.known:
            if not any(root in names for names in self.attributes):
                self.note(chain, called=called)
        elif called:
            self.on(chain[:-1] or chain, chain[-1] if len(chain) > 1 else "__call__", made=False)
        elif root not in self.names.foreign:
            self.asked(chain[1:])

    def _hidden(self, root: str) -> bool:
        local = self.local is not None and root in self.local.hidden
        return local or any(root in names for names in self.inner)

    def asked(self, attributes: list[str]) -> None:
        """Attributes of what can't be told may be properties, or methods that are handed on."""
        for name in attributes[-1:]:
            self.on([], name, made=False)

    def receive(self, node: ast.expr, *methods: str) -> None:
        """Methods are called on what an expression gives."""
        made = isinstance(node, ast.Call)
        chain = chain_of(node.func if isinstance(node, ast.Call) else node)
        for method in methods if not isinstance(node, _PLAIN) else ():
            self.on(chain, method, made=made)

    def on(self, chain: list[str], method: str, *, made: bool) -> None:
        """A method is called on what a chain stands for, or on what calling that gives; on anything where there is none."""
        root = chain[0] if chain else ""
        if self.local is not None and root in self.local.sources:
            source, attribute = self.local.sources[root]
            self.note([*([attribute] if attribute else []), *chain[1:]], called=made, source=source, method=method)
            return
        if self._itself(chain, made):
            chain, made = [self.local.own if self.local is not None else ""], True
        elif not root or self._hidden(root):
            chain, made = [], False
        elif root in self.names.foreign:
            return
        self.note(chain, called=made, method=method)
        self.enter_methods(method)

    def _itself(self, chain: list[str], made: bool) -> bool:
        """Whether an object is one of the class whose method this is."""
        if self.local is None or not self.local.own:
            return False
        return (chain in (["self"], ["cls"]) and not made) or (chain in (["cls"], ["super"]) and made)

    def note(self, chain: list[str], *, called: bool, source: str = "", method: str = "") -> None:
        if (chain or (method and not source)) and not (method and self.quiet):
            self.found.append(Run(*self.at, ".".join(chain), called, source, method))

    # -- functions of the module that are called

    def enter(self, name: str, *, called: bool) -> None:
        if not called or not self._first(name):
            return
        self.note([name], called=True)
        for node in self.defined[name]:
            if isinstance(node, FUNCTIONS):
                self.body(node, "")
            elif isinstance(node, ast.ClassDef):
                self.making(node)

    def making(self, node: ast.ClassDef) -> None:
        """Any method may be called on the object then, also unseen; what it calls in turn counts where it surely makes it."""
        for function in methods_of(node):
            quiet, self.quiet = self.quiet, self.quiet or function.name not in MAKING
            self.body(function, node.name)
            self.quiet = quiet

    def enter_methods(self, method: str) -> None:
        """Those of that name, whatever class of the file has them."""
        for owner, functions in sorted(self.methods.get(method, {}).items()) if not self.quiet else ():
            if self._first(f"{owner}.{method}"):
                for function in functions:
                    self.body(function, owner)

    def _first(self, name: str) -> bool:
        """Whether nothing was called in this way yet; what was called for sure need not be looked at as perhaps called."""
        key = (name, self.quiet)
        first = key not in self.entered and (name, False) not in self.entered
        self.entered.add(key)
        return first

    def body(self, function: Function, own: str) -> None:
        outside, inner, attributes = self.local, self.inner, self.attributes
        self.local, self.inner, self.attributes = local_names(function, own), [], []
        self.block(function.body)
        self.local, self.inner, self.attributes = outside, inner, attributes
