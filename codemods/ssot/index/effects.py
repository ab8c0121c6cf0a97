"""Which module-level statements do something beyond binding names in their own module.

Importing a module without such statements can be dropped without anybody noticing. In doubt a statement counts as doing
something. A deprecation warning does not: it is there for the import that goes.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field

from ssot.index.facts import Perhaps
from ssot.index.pure import PURE_CALLS, PURE_DECORATORS
from ssot.index.special import described, noisy_methods, operand_name, operations, unpacked


@dataclass
class Effects:
    """What the module-level statements of one file do, or may do."""

    lines: list[int] = field(default_factory=list)  # statements that certainly leave a trace, as far as can be told
    perhaps: set[Perhaps] = field(default_factory=set)
    specials: frozenset[str] = frozenset()  # names of methods in this file that expressions elsewhere may run


def effects_of(tree: ast.Module) -> Effects:
    imported: set[str] = set()
    functions = []
    for node in _statements(tree.body):
        if isinstance(node, ast.Import | ast.ImportFrom):
            imported |= {alias.asname or alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.FunctionDef):
            functions.append(node)
    aliases = {
        target.id
        for node in tree.body
        if isinstance(node, ast.Assign)
        and not isinstance(node.value, ast.Constant | ast.List | ast.Dict | ast.Set | ast.Tuple)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    reader = _Reader(frozenset(imported | aliases))
    reader.block(tree.body)
    reader.found.specials = noisy_methods(functions)
    return reader.found


def _statements(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """All statements at any depth, without looking into expressions."""
    pending: list[ast.AST] = [*body]
    while pending:
        node = pending.pop()
        if isinstance(node, ast.stmt):
            yield node
        for field_name in ("body", "orelse", "finalbody", "handlers", "cases"):
            pending += getattr(node, field_name, ())


class _Reader:
    """``foreign``: names that may stand for objects that others have too."""

    def __init__(self, foreign: frozenset[str]) -> None:
        self.foreign = foreign
        self.found = Effects()

    def block(self, body: list[ast.stmt], *, in_class: bool = False) -> None:
        for node in body:
            if not self.quiet(node):
                self.found.lines.append(node.lineno)
            if in_class and isinstance(node, ast.Assign | ast.AnnAssign):
                self.found.perhaps.update(described(node))

    def quiet(self, node: ast.stmt) -> bool:
        match node:
            case ast.Import() | ast.ImportFrom() | ast.Pass() | ast.Global() | ast.Break() | ast.Continue():
                return True
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                return self.decorated(node) and all(self.pure(part) for part in _signature(node))
            case ast.ClassDef():
                self.block(node.body, in_class=True)
                return self.decorated(node)
            case ast.If():
                return self.conditional(node)
            case ast.Try() | ast.TryStar():
                handlers = [statement for handler in node.handlers for statement in handler.body]
                self.block([*node.body, *handlers, *node.orelse, *node.finalbody])
                return True
            case ast.Raise():
                return False
            case _:
                return self.simple(node)

    def simple(self, node: ast.stmt) -> bool:
        match node:
            case ast.Assign():
                self.found.perhaps.update(unpacked(node))
                return all(_own_name(target) for target in node.targets) and self.pure(node.value)
            case ast.AnnAssign():
                value = node.value is None or self.pure(node.value)
                return _own_name(node.target) and self.pure(node.annotation) and value
            case ast.AugAssign():
                self.found.perhaps.update(operations(node, node.lineno))
                own = isinstance(node.target, ast.Name) and node.target.id not in self.foreign
                return own and self.pure(node.value)
            case ast.Expr():
                if isinstance(node.value, ast.Constant) or _on_all(node.value):
                    return True
                return isinstance(node.value, ast.Call) and self.pure(node.value)
            case ast.Delete():
                return all(isinstance(target, ast.Name) for target in node.targets)
            case _:
                return type(node).__name__ == "TypeAlias"

    def conditional(self, node: ast.If) -> bool:
        if _is_main(node.test):
            return True
        self.found.perhaps.update(operations(node, node.lineno))
        self.block([*node.body, *node.orelse])
        return self.pure(node.test)

    def decorated(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> bool:
        for decorator in node.decorator_list:
            if (name := operand_name(decorator)) and _pure_decorator(decorator):
                self.found.perhaps.add(Perhaps(node.lineno, name.removesuffix("()").rpartition(".")[2], name))
        return all(map(_pure_decorator, node.decorator_list))

    def pure(self, node: ast.expr) -> bool:
        """Whether evaluating the expression leaves no trace, unless a special method does."""
        quiet = True
        for inner in _evaluated(node):
            self.found.perhaps.update(operations(inner, node.lineno))
            quiet = quiet and _leaves_none(inner)
        return quiet


def _own_name(target: ast.expr) -> bool:
    if isinstance(target, ast.Tuple | ast.List):
        return all(map(_own_name, target.elts))
    return isinstance(target, ast.Name)


def _is_main(test: ast.expr) -> bool:
    return isinstance(test, ast.Compare) and isinstance(test.left, ast.Name) and test.left.id == "__name__"


def _on_all(value: ast.expr) -> bool:
    return (
        isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute) and _named(value.func.value) == "__all__"
    )


def _named(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def _pure_decorator(node: ast.expr) -> bool:
    name = _named(node.func if isinstance(node, ast.Call) else node)
    return name in PURE_DECORATORS or (isinstance(node, ast.Attribute) and name in ("setter", "getter", "deleter"))


def _signature(node: ast.FunctionDef | ast.AsyncFunctionDef) -> list[ast.expr]:
    """What is evaluated when a function is defined: defaults and annotations."""
    arguments = node.args
    everything = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, arguments.vararg, arguments.kwarg]
    annotations = [argument.annotation for argument in everything if argument is not None]
    return [
        part for part in (*arguments.defaults, *arguments.kw_defaults, *annotations, node.returns) if part is not None
    ]


def _leaves_none(node: ast.AST) -> bool:
    match node:
        case ast.Call():
            return _named(node.func) in PURE_CALLS
        case ast.Await() | ast.Yield() | ast.YieldFrom():
            return False
        case ast.BinOp():
            return not isinstance(node.op, ast.RShift | ast.LShift | ast.MatMult)
        case _:
            return True


def _evaluated(node: ast.AST) -> Iterator[ast.AST]:
    """The nodes below, except bodies of lambdas."""
    yield node
    if isinstance(node, ast.Lambda):
        for default in (*node.args.defaults, *(d for d in node.args.kw_defaults if d is not None)):
            yield from _evaluated(default)
        return
    for child in ast.iter_child_nodes(node):
        yield from _evaluated(child)
