"""Names for constructs that an older grammar stops at."""

from __future__ import annotations

import ast
from collections.abc import Iterator


def construct_at(data: bytes, line: int) -> str:
    """What stands on a line that a grammar older than this Python could not read; the line itself where nothing explains it."""
    lines = data.decode("utf-8", "replace").splitlines()
    text = lines[line - 1].strip() if 0 < line <= len(lines) else ""
    try:
        tree = ast.parse(data)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return f"a syntax error for this Python too: {text[:80]}"
    near = [(abs(start - line), name) for start, end, name in _modern(tree, lines) if start <= line <= end]
    return min(near)[1] if near else text[:80] or "the end of the file"


def _modern(tree: ast.Module, lines: list[str]) -> Iterator[tuple[int, int, str]]:
    for node in ast.walk(tree):
        name = _name(node, lines)
        if name:
            yield node.lineno, node.end_lineno or node.lineno, name  # type: ignore[attr-defined]


def _name(node: ast.AST, lines: list[str]) -> str:
    match node:
        case ast.Match():
            return "match statement"
        case ast.NamedExpr():
            return "assignment expression (:=)"
        case ast.With() | ast.AsyncWith() if "(" in lines[node.lineno - 1].partition("with")[2][:2]:
            return "parenthesised context managers"
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.Lambda() if node.args.posonlyargs:
            return "positional-only parameters"
        case ast.JoinedStr():
            return "f-string"
        case ast.Return(value=ast.Tuple(elts=elements)) if any(isinstance(one, ast.Starred) for one in elements):
            return "unpacking in a return statement"
        case ast.Subscript(slice=ast.Tuple(elts=elements)) if any(isinstance(one, ast.Starred) for one in elements):
            return "unpacking in a subscript"
        case ast.arg(annotation=ast.Starred()):
            return "unpacking in an annotation"
        case _:
            return _named_by_type(node)


def _named_by_type(node: ast.AST) -> str:
    """Nodes that not every supported Python has."""
    kind = type(node).__name__
    if kind == "TryStar":
        return "except* clause"
    if kind == "TypeAlias":
        return "type statement"
    if getattr(node, "type_params", None):
        return "type parameters"
    if kind in ("FunctionDef", "AsyncFunctionDef", "ClassDef") and any(
        not isinstance(one, ast.Name | ast.Attribute | ast.Call) for one in getattr(node, "decorator_list", [])
    ):
        return "decorator that is not a name or a call"
    return ""
