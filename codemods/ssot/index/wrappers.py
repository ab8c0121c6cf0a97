"""Functions under old names that call the canonical one: what makes one a deprecated wrapper, and how that is read back."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

Function = ast.FunctionDef | ast.AsyncFunctionDef

_DOTTED = r"[^\W\d]\w*(?:\.[^\W\d]\w*)*"
_TEXT = re.compile(
    rf"{_DOTTED}\.([^\W\d]\w*) is deprecated(?: and will be removed after (\d{{4}}-\d\d-\d\d))?; use ({_DOTTED})"
)

SEES_ITS_FRAME = frozenset(
    [
        "__class__",
        "_getframe",
        "currentframe",
        "dir",
        "eval",
        "exec",
        "globals",
        "locals",
        "stack",
        "stacklevel",
        "super",
        "vars",
        "warn",
        "warn_explicit",
    ]
)  # names by which code may ask who called it, or what it calls its variables


@dataclass(frozen=True, slots=True)
class Wrapper:
    """What a function says of itself. ``marks``: the nodes that say it, and nothing else."""

    canonical: str  # dotted
    until: str  # empty where it stays for good
    marks: tuple[ast.AST, ...]


def warning_text(module: str, name: str, canonical: str, until: date | None) -> str:
    """The words of a warning, the same as those of names that are offered on demand."""
    when = f" and will be removed after {until.isoformat()}" if until else ""
    return f"{module}.{name} is deprecated{when}; use {canonical.replace(':', '.')}"


def wrapper(node: Function) -> Wrapper | None:
    """What the tool has put into a function; None where that is not all there, and as the tool writes it."""
    for text, marks in _marked(node):
        found = _TEXT.fullmatch(text)
        if found is not None and found[1] == node.name:
            return Wrapper(found[3], found[2] or "", marks)
    return None


def _marked(node: Function) -> Iterator[tuple[str, tuple[ast.AST, ...]]]:
    match node.decorator_list[:1]:
        case [
            ast.Call(
                func=ast.Attribute(value=ast.Name(id="warnings"), attr="deprecated"),
                args=[ast.Constant(value=str() as text)],
                keywords=[],
            ) as decorator
        ]:
            yield text, (decorator,)
        case _:
            pass
    match statements_of(node)[:2]:
        case [
            ast.Import(names=[ast.alias(name="warnings", asname=None)]) as loading,
            ast.Expr(
                value=ast.Call(
                    func=ast.Attribute(value=ast.Name(id="warnings"), attr="warn"),
                    args=[ast.Constant(value=str() as text), ast.Name(id="DeprecationWarning")],
                    keywords=[ast.keyword(arg="stacklevel", value=ast.Constant(value=2))],
                )
            ) as warning,
        ]:
            yield text, (loading, warning)
        case _:
            pass


def statements_of(node: Function) -> list[ast.stmt]:
    """The body without its docstring."""
    return node.body[1:] if ast.get_docstring(node, clean=False) is not None else node.body


def functions_of(tree: ast.Module, name: str) -> list[Function]:
    """The functions of a name that the module defines at its top level."""
    return [node for node in tree.body if isinstance(node, Function) and node.name == name]


def wraps(tree: ast.Module, name: str, canonical: str, until: date | None) -> bool:
    """Whether a name of the module is a wrapper that says what its row in the table says."""
    made = functions_of(tree, name)
    found = wrapper(made[0]) if len(made) == 1 else None
    said = (canonical.replace(":", "."), until.isoformat() if until else "")
    return found is not None and (found.canonical, found.until) == said


def handed_to(node: Function) -> ast.Call | None:
    """The call that a function ends with, where its value is what the function gives, or where it gives nothing."""
    statements = statements_of(node)
    match statements[-1] if statements else None:
        case ast.Return(value=value) | ast.Expr(value=value):
            inner = value.value if isinstance(value, ast.Await | ast.YieldFrom) else value
            return inner if isinstance(inner, ast.Call) else None
        case _:
            return None
