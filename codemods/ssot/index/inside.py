"""What stands inside a function, a class or a condition: the names it binds, and what of it runs."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass, field

from ssot.index.reach import FUNCTIONS, Function, chain_of


@dataclass
class Local:
    """What names of a function stand for: nothing that can be told, or something it imports itself."""

    hidden: set[str] = field(default_factory=set)
    sources: dict[str, tuple[str, str]] = field(default_factory=dict)  # name -> module with its dots, attribute
    own: str = ""  # the class whose method it is


def stored(nodes: Iterable[ast.AST]) -> set[str]:
    """Names that are bound within; parameters, too."""
    found: set[str] = set()
    for node in nodes:
        for inner in ast.walk(node):
            if isinstance(inner, ast.Name) and isinstance(inner.ctx, ast.Store):
                found.add(inner.id)
            elif isinstance(inner, ast.arg):
                found.add(inner.arg)
            elif isinstance(inner, (*FUNCTIONS, ast.ClassDef)):
                found.add(inner.name)
    return found


def local_names(function: Function, own: str) -> Local:
    local = Local(own=own)
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


def branches(node: ast.If) -> list[ast.stmt]:
    """The statements of a condition that may run while the module is loaded."""
    negated = isinstance(node.test, ast.UnaryOp) and isinstance(node.test.op, ast.Not)
    test = node.test.operand if isinstance(node.test, ast.UnaryOp) and negated else node.test
    name = (chain_of(test) or [""])[-1]
    if name == "TYPE_CHECKING":
        return node.body if negated else node.orelse
    if isinstance(test, ast.Compare) and chain_of(test.left) == ["__name__"]:
        return node.orelse
    return [*node.body, *node.orelse]


def signature(node: Function) -> list[ast.expr]:
    arguments = node.args
    every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, arguments.vararg, arguments.kwarg]
    notes = [one.annotation for one in every if one is not None]
    return [part for part in (*arguments.defaults, *arguments.kw_defaults, *notes, node.returns) if part is not None]
