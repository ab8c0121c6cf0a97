"""Bytes of one file to its facts, in one pass over the syntax tree.

Function bodies are entered only where they hold an import or a `global` statement: that keeps the pass close to the cost
of parsing alone.
"""

from __future__ import annotations

import ast
import re
import sys
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import lru_cache

from ssot.index import effects, exports
from ssot.index.facts import Binding, FileFacts, ImportedName, ImportFact, Kind, Where
from ssot.index.lexer import lex_imports
from ssot.index.limits import MAX_DEPTH, too_deep, too_large
from ssot.index.newer import looks_like
from ssot.index.own_names import edits_namespace
from ssot.index.reach import made_of, reach_of
from ssot.index.recursion import deep
from ssot.index.running import runs_of
from ssot.index.shapes import shapes_of
from ssot.index.shims import read as read_shims
from ssot.index.source import Source, decode
from ssot.index.special import is_quiet
from ssot.values import Skipped

_INNER = re.compile(rb"\b(?:import|global)\b")
_PLAIN = (
    ast.Constant, ast.JoinedStr, ast.List, ast.Tuple, ast.Set, ast.Dict, ast.ListComp, ast.SetComp, ast.DictComp, ast.Lambda
)  # fmt: skip
_IMPORT_ERRORS = {"ImportError", "ModuleNotFoundError", "Exception", "BaseException"}


@deep
def facts_of(path: str, data: bytes) -> FileFacts:
    """What can't be read is in ``problem``."""
    source = decode(path, data)
    problem = source if isinstance(source, Skipped) else too_large(source)
    if problem is not None or isinstance(source, Skipped):
        return FileFacts(path, problem=problem)
    try:
        tree = source.parse()
        problem = too_deep(source, tree)
        return _Collector(source, tree).facts() if problem is None else _with_imports(source, problem)
    except SyntaxError as error:
        return _unparsable(source, error)
    except ValueError as error:
        return FileFacts(path, problem=Skipped(path, "unparsable", str(error)))
    except (RecursionError, MemoryError):
        reason = f"nested more than {MAX_DEPTH} levels deep, or too large for the memory there is"
        return _with_imports(source, Skipped(path, "too-deep", reason))


@lru_cache(maxsize=2048)
def known_facts(path: str, data: bytes) -> FileFacts:
    """The same, for results of edits: whoever plans, proves and goes on from them asks for the facts of each."""
    return facts_of(path, data)


def _with_imports(source: Source, problem: Skipped) -> FileFacts:
    """The import statements can be told without a syntax tree."""
    imports = tuple(lex_imports(source))
    return FileFacts(source.path, imports=imports, problem=problem, lexed=bool(imports))


def _unparsable(source: Source, error: SyntaxError) -> FileFacts:
    version = ".".join(map(str, sys.version_info[:2]))
    newer = looks_like(error.text or "")
    hint = f"; it looks like Python {newer}" if newer else ""
    reason = f"Python {version} can't parse it: {error.msg} (line {error.lineno}){hint}"
    return _with_imports(source, Skipped(source.path, "unparsable", reason, error.lineno or 1))


def is_type_checking(test: ast.expr) -> bool:
    """Whether a condition is ``TYPE_CHECKING`` itself."""
    return (isinstance(test, ast.Name) and test.id == "TYPE_CHECKING") or (
        isinstance(test, ast.Attribute) and test.attr == "TYPE_CHECKING"
    )


def swallows_import_error(handler: ast.ExceptHandler) -> bool:
    """Whether a failed import ends in this handler and the program goes on."""
    kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    names = {kind.id if isinstance(kind, ast.Name) else "" for kind in kinds if kind is not None}
    catches = handler.type is None or not names.isdisjoint(_IMPORT_ERRORS) or "" in names
    return catches and not isinstance(handler.body[-1], ast.Raise)


def _catches_warning(handler: ast.ExceptHandler) -> bool:
    return handler.type is not None and "Warning" in ast.unparse(handler.type)


def suppresses(node: ast.With | ast.AsyncWith) -> str:
    """`raises` for a block that expects an error, `suppress` for one that hides it, else nothing."""
    for item in node.items:
        call = item.context_expr
        if isinstance(call, ast.Call):
            name = dotted(call.func).rpartition(".")[2]
            if name in ("raises", "assertRaises", "assertRaisesRegex", "warns", "assertWarns", "deprecated_call"):
                return "raises"
            if name == "suppress":
                return "suppress"
    return ""


def dotted(node: ast.expr) -> str:
    """``a.b.c`` for such an expression, else the empty string."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        return ""
    return ".".join([node.id, *reversed(parts)])


class _Collector:
    def __init__(self, source: Source, tree: ast.Module) -> None:
        self.source = source
        self.tree = tree
        self.imports: list[ImportFact] = []
        self.bindings: list[Binding] = []
        self.rebound: set[str] = set()
        self.caught: dict[str, int] = {}  # names of `except … as`, which unbinds them afterwards, with the last line
        self.replaced = False
        text = source.u8
        self.inner_lines = sorted({source.line_of(match.start()) for match in _INNER.finditer(text)})
        self.walrus = b":=" in text

    def _unbound(self) -> set[str]:
        """Names that something binds, and that the end of an `except` clause may have taken away again."""
        caught = [one for one in self.bindings if one.name in self.caught]
        again = {one.name for one in caught if one.where.certain and one.line > self.caught[one.name]}
        return {one.name for one in caught} - again

    def _one_hook(self) -> bool:
        """Whether a module-level function is all that the module's ``__getattr__`` may be, if there is one."""
        bound = [one for one in self.bindings if one.name == "__getattr__" and not one.where.type_only]
        plain = all(one.kind is Kind.DEF and one.where.certain for one in bound)
        return len(bound) <= 1 and plain and "__getattr__" not in self.rebound

    def facts(self) -> FileFacts:
        self.block(self.tree.body, Where())
        names, computed = exports.static_all(self.tree)
        lazy, dynamic = exports.lazy_table(self.tree) if self._one_hook() else ((), True)
        text = self.source.u8
        unstable = edits_namespace(self.tree, text)
        found = effects.effects_of(self.tree)
        return FileFacts(
            self.source.path,
            tuple(self.imports),
            tuple(self.bindings),
            names,
            computed,
            lazy,
            dynamic or unstable,
            unstable,
            exports.replaces_itself(self.tree, text),
            b"__path__" in text,
            frozenset(self.rebound | self._unbound()),
            tuple(found.lines),
            tuple(sorted(found.perhaps)),
            found.specials,
            shims=read_shims(self.tree, text),
            shapes=shapes_of(self.source, self.tree),
            runs=runs_of(self.tree, self.bindings),
            reach=reach_of(self.tree, self.imports),
            made=made_of(self.tree),
            spelled=exports.spelled_names(self.tree) if dynamic else frozenset(),
        )

    # -- statements that run when the module is imported

    def block(self, body: Iterable[ast.stmt], where: Where) -> None:
        for node in body:
            self.statement(node, where)

    def statement(self, node: ast.stmt, where: Where) -> None:
        if self.walrus and not where.scope:
            self.walrus_names(node, where)
        match node:
            case ast.Import() | ast.ImportFrom():
                self.import_statement(node, where)
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                self.bind(node.name, Kind.DEF, node, where)
                self.function(node, where)
            case ast.ClassDef():
                self.bind_class(node, where)
                self.class_body(node, where)
            case ast.If():
                self.conditional(node, where)
            case ast.Try() | ast.TryStar():
                self.attempt(node, where)
            case ast.With() | ast.AsyncWith():
                self.with_block(node, where)
            case ast.For() | ast.AsyncFor() | ast.While():
                self.loop(node, where)
            case ast.Match():
                self.match(node, where)
            case _:
                self.simple(node, where)

    def simple(self, node: ast.stmt, where: Where) -> None:
        match node:
            case ast.Assign():
                for target in node.targets:
                    self.assign(target, node.value, where)
            case ast.AnnAssign(value=ast.expr() as value):
                self.assign(node.target, value, where)
            case ast.AugAssign(target=ast.Name()):
                self.assign(node.target, node.value, replace(where, guards=(*where.guards, f"augmented:{node.lineno}")))
            case ast.Delete():
                for target in node.targets:
                    if isinstance(target, ast.Name):
                        self.bind(target.id, Kind.DELETE, target, where)
            case _ if type(node).__name__ == "TypeAlias":
                self.assign(getattr(node, "name"), ast.Constant(None), where)  # noqa: B009 - not in every Python's ast
            case ast.Global():
                self.rebound.update(node.names if where.scope else ())
            case _:
                pass

    def assign(self, target: ast.expr, value: ast.expr, where: Where) -> None:
        if isinstance(target, ast.Name):
            source = dotted(value) if isinstance(value, ast.Name | ast.Attribute) else ""
            self.bind(target.id, Kind.ALIAS if source else Kind.VALUE, target, where, source, isinstance(value, _PLAIN))
        else:
            for name in _stored_names(target):
                self.bind(name.id, Kind.VALUE, name, where)

    def bind(
        self, name: str, kind: Kind, node: ast.stmt | ast.expr, where: Where, target: str = "", plain: bool = False
    ) -> None:
        if not where.scope:
            self.bindings.append(Binding(name, kind, node.lineno, node.col_offset, target, where=where, plain=plain))

    def bind_class(self, node: ast.ClassDef, where: Where) -> None:
        if where.scope:
            return
        bases = tuple(dotted(base.value if isinstance(base, ast.Subscript) else base) or "?" for base in node.bases)
        keywords = [
            key for key in node.keywords if not (key.arg == "metaclass" and dotted(key.value).endswith("ABCMeta"))
        ]
        hooked = bool(keywords) or any(
            isinstance(item, ast.FunctionDef) and item.name in ("__init_subclass__", "__set_name__")
            for item in node.body
        )
        hooked = hooked or (_is_enum(bases) and any(map(_makes_members_loudly, node.body)))
        metaclass = next((dotted(key.value) for key in node.keywords if key.arg == "metaclass"), "")
        at = node.lineno, node.col_offset
        self.bindings.append(
            Binding(node.name, Kind.CLASS, *at, where=where, bases=bases, metaclass=metaclass, hooked=hooked)
        )

    def conditional(self, node: ast.If, where: Where) -> None:
        negated = isinstance(node.test, ast.UnaryOp) and isinstance(node.test.op, ast.Not)
        test = node.test.operand if negated and isinstance(node.test, ast.UnaryOp) else node.test
        if is_type_checking(test):
            typing, runtime = (node.orelse, node.body) if negated else (node.body, node.orelse)
            self.block(typing, replace(where, type_only=True))
            self.block(runtime, where)
            return
        self.block(node.body, _arm(where, "if", node, "then"))
        self.block(node.orelse, _arm(where, "if", node, "else"))

    def attempt(self, node: ast.Try | ast.TryStar, where: Where) -> None:
        guarded = any(swallows_import_error(handler) for handler in node.handlers)
        body = _arm(where, "try", node, "body") if guarded else where
        if any(_catches_warning(handler) for handler in node.handlers):
            body = _arm(where, "raises", node, "body")
        self.block(node.body, body)
        for number, handler in enumerate(node.handlers):
            if handler.name and not where.scope:
                self.caught[handler.name] = handler.lineno
            self.block(handler.body, _arm(where, "try", node, f"except{number}"))
        self.block(node.orelse, body)
        self.block(node.finalbody, where)

    def with_block(self, node: ast.With | ast.AsyncWith, where: Where) -> None:
        for item in node.items:
            if item.optional_vars is not None:
                self.assign(item.optional_vars, ast.Constant(None), where)
        kind = suppresses(node)
        self.block(node.body, _arm(where, kind, node, "body") if kind else where)

    def loop(self, node: ast.For | ast.AsyncFor | ast.While, where: Where) -> None:
        inner = _arm(where, "loop", node, "body")
        if not isinstance(node, ast.While):
            self.assign(node.target, ast.Constant(None), inner)
        self.block([*node.body, *node.orelse], inner)

    def match(self, node: ast.Match, where: Where) -> None:
        for number, case in enumerate(node.cases):
            inner = _arm(where, "match", node, f"case{number}")
            for pattern in ast.walk(case.pattern):
                name = getattr(pattern, "name", None) or getattr(pattern, "rest", None)
                if isinstance(name, str) and isinstance(pattern, ast.pattern):
                    self.bindings.append(Binding(name, Kind.VALUE, pattern.lineno, pattern.col_offset, where=inner))
            self.block(case.body, inner)

    def walrus_names(self, node: ast.stmt, where: Where) -> None:
        """Those in the expressions of a statement itself; comprehensions bind outside."""
        for inner in _expressions(node):
            if isinstance(inner, ast.NamedExpr):
                self.assign(inner.target, ast.Constant(None), where)

    # -- imports

    def import_statement(self, node: ast.Import | ast.ImportFrom, where: Where) -> None:
        module = (node.module or "") if isinstance(node, ast.ImportFrom) else ""
        level = node.level if isinstance(node, ast.ImportFrom) else 0
        names = tuple(ImportedName(a.name, a.asname, a.lineno, a.col_offset) for a in node.names)
        fact = ImportFact(isinstance(node, ast.ImportFrom), module, level, names, node.lineno, node.col_offset, where)
        self.imports.append(fact)
        if not where.scope:
            self.bindings += bindings_of(fact)

    # -- bodies that are entered only where they hold something of interest

    def function(self, node: ast.FunctionDef | ast.AsyncFunctionDef, where: Where) -> None:
        if not self.of_interest(node):
            return
        self.block(node.body, replace(where, scope=(*where.scope, node.name), deferred=True))

    def class_body(self, node: ast.ClassDef, where: Where) -> None:
        if self.of_interest(node):
            inner = replace(where, scope=(*where.scope, node.name))
            self.block(node.body, inner)

    def of_interest(self, node: ast.stmt) -> bool:
        position = bisect_left(self.inner_lines, node.lineno)
        return position < len(self.inner_lines) and self.inner_lines[position] <= (node.end_lineno or node.lineno)


def bindings_of(fact: ImportFact) -> Iterator[Binding]:
    """The module-level names that an import statement binds."""
    for name in fact.names:
        at = (name.line, name.column)
        if not fact.is_from:
            target = name.name if name.asname else name.local
            yield Binding(name.local, Kind.IMPORT, *at, target, where=fact.where)
        elif name.name == "*":
            yield Binding("*", Kind.STAR, *at, fact.module, fact.level, where=fact.where)
        else:
            yield Binding(name.local, Kind.FROM, *at, fact.module, fact.level, name.name, fact.where)


def _expressions(node: ast.AST) -> Iterator[ast.AST]:
    """The expressions that a statement holds, without those of the statements in it."""
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, ast.stmt):
            yield child
            yield from _expressions(child)


def _is_enum(bases: Iterable[str]) -> bool:
    return any(base.endswith(("Enum", "Flag")) for base in bases)


def _makes_members_loudly(node: ast.stmt) -> bool:
    """An enumeration's members are made when the class is."""
    made = ("__init__", "__new__", "_generate_next_value_")
    return isinstance(node, ast.FunctionDef) and node.name in made and not is_quiet(node)


def _arm(where: Where, kind: str, node: ast.stmt, arm: str) -> Where:
    return replace(where, guards=(*where.guards, f"{kind}:{node.lineno}:{arm}"))


def _stored_names(target: ast.expr) -> Iterator[ast.Name]:
    for node in ast.walk(target):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node
