"""Names for constructs that an older grammar stops at."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

Position = tuple[int, int]  # line from 1, column from 0
_OLD_KEYWORDS = ("exec", "print", "nonlocal", "async", "await")  # names in Python today, or then
_WORD = re.compile(r"\w+")


def construct_at(data: bytes, line: int, column: int) -> str:
    """What an older grammar could not read at a token; the line itself where nothing explains it."""
    lines = data.decode("utf-8", "replace").splitlines()
    text = lines[line - 1] if 0 < line <= len(lines) else ""
    try:
        tree = ast.parse(data)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return f"a syntax error for this Python too: {text.strip()[:80]}"
    here = (line, column)
    around = [(start, name) for start, end, name in _modern(tree) if start <= here <= end]
    if around:
        return max(around)[1]  # the innermost: what stands around it had been read by then
    return _keyword(text, column) or text.strip()[:80] or "the end of the file"


def _keyword(text: str, column: int) -> str:
    """The word at the token, or before it, where an older Python took it for a keyword."""
    near = [found[0] for found in _WORD.finditer(text) if found.start() <= column][-2:]
    return next(
        (f"the name {word}, a keyword of older grammars" for word in reversed(near) if word in _OLD_KEYWORDS), ""
    )


def _modern(tree: ast.Module) -> Iterator[tuple[Position, Position, str]]:
    """Start, end and name of every construct that came late. Of compound statements the part that is new."""
    for node in ast.walk(tree):
        yield from (*_expressions(node), *_headers(node), *_by_type(node))


Span = tuple[Position, Position, str]


def _expressions(node: ast.AST) -> Iterator[Span]:
    match node:
        case ast.NamedExpr():
            yield *_span(node), "assignment expression (:=)"
        case ast.JoinedStr():
            yield *_span(node), "f-string with quotes, backslashes or comments inside its braces"
        case ast.Lambda() if node.args.posonlyargs:
            yield *_span(node), "positional-only parameters"
        case ast.Return(value=ast.Tuple(elts=elements)) | ast.Expr(value=ast.Yield(value=ast.Tuple(elts=elements))):
            if any(isinstance(one, ast.Starred) for one in elements):
                yield *_span(node), "unpacking after return or yield"
        case ast.Subscript(slice=ast.Tuple(elts=elements)) if any(isinstance(one, ast.Starred) for one in elements):
            yield *_span(node), "unpacking in a subscript"
        case ast.arg(annotation=ast.Starred()):
            yield *_span(node), "unpacking in an annotation"


def _headers(node: ast.AST) -> Iterator[Span]:
    match node:
        case ast.Match():
            yield _start(node), _end(node.subject), "match statement"
        case ast.With() | ast.AsyncWith():
            yield _start(node), _start(node.body[0]), "parenthesised context managers"
        case ast.FunctionDef() | ast.AsyncFunctionDef() if node.args.posonlyargs:
            yield _start(node), _start(node.body[0]), "positional-only parameters"
    for decorator in getattr(node, "decorator_list", ()):
        if not _is_dotted(decorator.func if isinstance(decorator, ast.Call) else decorator):
            yield *_span(decorator), "decorator that is not a name or a call"


def _is_dotted(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) or (isinstance(node, ast.Attribute) and _is_dotted(node.value))


def _by_type(node: ast.AST) -> Iterator[Span]:
    """Nodes that not every supported Python has."""
    kind = type(node).__name__
    if kind == "TryStar":
        for handler in getattr(node, "handlers", ()):
            yield _start(handler), _start(handler.body[0]), "except* clause"
    if kind == "TypeAlias":
        yield *_span(node), "type statement"
    if getattr(node, "type_params", None) and kind != "TypeAlias":
        yield _start(node), _start(node.body[0]), "type parameters"  # type: ignore[attr-defined]


def _start(node: ast.AST) -> Position:
    return node.lineno, node.col_offset  # type: ignore[attr-defined]


def _end(node: ast.AST) -> Position:
    return node.end_lineno, node.end_col_offset  # type: ignore[attr-defined]


def _span(node: ast.AST) -> tuple[Position, Position]:
    return _start(node), _end(node)
