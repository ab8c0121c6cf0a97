"""Two module-level objects that may stand for each other: equal constants, loggers, type variables, equal helpers.

Each module has its own. Where nobody replaces either from outside, code that uses one does what code that uses the other does.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, field

from ssot.audit.duplicates.definitions import Definitions, File, Function, statements
from ssot.audit.duplicates.normal import Key, Normaliser
from ssot.index.facts import Kind
from ssot.index.immutable import value_key
from ssot.index.table import Symbol

_TYPING = frozenset({"TypeVar", "ParamSpec", "TypeVarTuple", "NewType"})
_NAMED = re.compile(rb"\b(?:TypeVar|ParamSpec|TypeVarTuple|NewType)\(\s*[\"']\w+[\"']")  # a name that replaces nothing
_HELPER = "an equal helper function"
_DEEP = 3  # helpers of helpers of helpers


@dataclass
class StandIns:
    """Answers are memoised; ``used`` says which symbols were taken for something else, and as what."""

    project: Definitions
    used: dict[Symbol, str] = field(default_factory=dict)
    _depth: int = 0
    _memo: dict[Symbol, tuple[Key, str] | None] = field(default_factory=dict)

    def of(self, symbol: Symbol, called: bool) -> Key | None:
        """A helper function only where it is `called`: as a value it may be compared, stored, or taken off a list."""
        if symbol not in self._memo:
            if self._depth >= _DEEP:
                return None
            self._memo[symbol] = None  # a helper that calls itself
            self._memo[symbol] = self._find(symbol)
        found = self._memo[symbol]
        if found is None or (found[1] == _HELPER and not called):
            return None
        self.used[symbol] = found[1]
        return found[0]

    def _find(self, symbol: Symbol) -> tuple[Key, str] | None:
        bindings = self.project.index.bindings(symbol.module).get(symbol.name, [])
        facts = self.project.index.module_facts(symbol.module)
        if len(bindings) != 1 or facts is None or facts.unstable or symbol.name in facts.rebound:
            return None
        if not bindings[0].where.certain or self.replaced(symbol):
            return None
        file = self.project.file_of(symbol.module)
        if file is None:
            return None
        return self._helper(file, symbol) if bindings[0].kind is Kind.DEF else self._value(file, symbol)

    def _value(self, file: File, symbol: Symbol) -> tuple[Key, str] | None:
        values = [value for name, value in assigned(file) if name == symbol.name]
        if len(values) != 1:
            return None
        (value,) = values
        known = value_key(self.project.index, symbol.module, value)
        if known is not None:
            return ("constant", known), "a constant of the same value"
        if isinstance(value, ast.Call) and isinstance(value.func, ast.Name | ast.Attribute):
            called = str(self.project.expression(file, value.func))
            if called == "logging.getLogger" and not value.keywords:
                return _logger(value.args)
            if called.rpartition(".")[0] in ("typing", "typing_extensions") and called.rpartition(".")[2] in _TYPING:
                return (
                    "typing",
                    Normaliser(self.project, file, frozenset()).expression(value),
                ), "an equal type variable"
        return None

    def _helper(self, file: File, symbol: Symbol) -> tuple[Key, str] | None:
        (node,) = file.definitions.get(symbol.name, [None])[-1:]
        if not isinstance(node, Function) or node.decorator_list:
            return None
        self._depth += 1
        try:
            part = file.part(node)
            normal = Normaliser(self.project, part, frozenset({symbol}), stand_in=self.of)
            key = normal.visit(node, part.scopes.root)
        finally:
            self._depth -= 1
        return ("helper", key), _HELPER

    def replaced(self, symbol: Symbol) -> bool:
        """Whether somebody outside may put something else in its place: an attribute assigned, a name in a string."""
        name = re.escape(symbol.name).encode()
        pattern = re.compile(rb"\.%b\s*(?:=[^=]|[-+*/|&]=)|[\"'](?:[\w.]+\.)?%b[\"']" % (name, name))
        own = self.project.index.layout.paths.get(symbol.module)
        return any(
            path != own and pattern.search(_NAMED.sub(b"", self.project.sources[path].u8))
            for path in self.project.holding(symbol.name)
        )


def _logger(arguments: list[ast.expr]) -> tuple[Key, str] | None:
    """The logging module keeps one logger for each name."""
    match arguments:
        case [ast.Name(id="__name__")]:
            return ("logger",), "a logger under its module's name"
        case [] | [ast.Constant()]:
            return ("logger", *map(ast.dump, arguments)), "the logger of the same name"
        case _:
            return None


def assigned(file: File) -> list[tuple[str, ast.expr]]:
    """The plain assignments of the module level."""
    found = []
    for node in statements(file.tree.body):
        targets = (
            node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
        )
        value = getattr(node, "value", None)
        found += [(one.id, value) for one in targets if isinstance(one, ast.Name) and isinstance(value, ast.expr)]
    return found


def is_constant(node: ast.expr) -> bool:
    """A literal that nobody can change."""
    match node:
        case ast.Constant():
            return True
        case ast.Tuple():
            return all(map(is_constant, node.elts))
        case ast.UnaryOp(op=ast.USub() | ast.UAdd() | ast.Invert()):
            return is_constant(node.operand)
        case ast.BinOp():
            return is_constant(node.left) and is_constant(node.right)
        case _:
            return False
