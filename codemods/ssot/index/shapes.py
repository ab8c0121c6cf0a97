"""Classes and functions of one file by a digest that copies share, cheap enough to be taken of every file.

Two copies that differ in docstrings, comments, annotations of parameters, white space or the names of variables have one
digest. Others may have it too: whoever finds equal digests compares.
"""

from __future__ import annotations

import ast
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ssot.index.source import Source

_COMMENT = re.compile(rb"#[^\n]*")
_NAME = re.compile(rb"(?<![\w.])[A-Za-z_]\w*")
_SPACE = b" \t\r\n\f\\"
SMALL = 40  # characters of normalised text below which a function says too little to be a copy of another
_FUNCTION = (ast.FunctionDef, ast.AsyncFunctionDef)


@dataclass(frozen=True, slots=True)
class Shape:
    """One class, function or method (``Class.method``) of the module level."""

    name: str
    line: int
    size: int  # characters of its text that count
    digest: bytes
    thin: bool = False  # so short that it may do nothing but hand on to another
    hands: str = ""  # of a thin function: the dotted name that its last statement calls


def shapes_of(source: Source, tree: ast.Module) -> tuple[Shape, ...]:
    """In the order of the file; small functions are left out unless they are thin."""
    return tuple(_Shapes(source).of(tree))


class _Shapes:
    def __init__(self, source: Source) -> None:
        self.text = source.u8
        self.starts = source.line_starts

    def of(self, tree: ast.Module) -> Iterator[Shape]:
        for node in tree.body:
            if isinstance(node, ast.ClassDef):
                yield from self.class_(node)
            elif isinstance(node, _FUNCTION):
                shape = self.function(node, node.name)
                if shape.size >= SMALL or shape.thin:
                    yield shape

    def class_(self, node: ast.ClassDef) -> Iterator[Shape]:
        digest = hashlib.blake2b(digest_size=8)
        size, thin, methods = 0, len(node.body) <= _THIN_CLASS, []
        for item in node.body:
            if isinstance(item, _FUNCTION):
                shape = self.function(item, f"{node.name}.{item.name}")
                digest.update(item.name.encode() + shape.digest)
                size += shape.size + len(item.name)
                thin = thin and shape.thin
                methods += [shape] if shape.size >= SMALL else []
            elif not _says_nothing(item):
                text = self.normal(item, item)
                digest.update(text)
                size += len(text)
                thin = False
        yield Shape(node.name, node.lineno, size, digest.digest(), thin)
        yield from methods

    def function(self, node: ast.FunctionDef | ast.AsyncFunctionDef, name: str) -> Shape:
        body = node.body
        first = 1 if _says_nothing(body[0]) and len(body) > 1 else 0
        text = self.normal(body[first], body[-1])
        arguments = node.args
        names = [one.arg for one in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)]
        head = f"{','.join(names[1:])}{len(names)}{arguments.vararg is not None}{arguments.kwarg is not None}"
        digest = hashlib.blake2b(text + head.encode(), digest_size=8).digest()
        thin = not text or (len(body) <= _THIN_FUNCTION and b"(" in text)
        return Shape(name, node.lineno, len(text), digest, thin, _called(body[-1]) if thin else "")

    def normal(self, first: ast.stmt, last: ast.stmt) -> bytes:
        end = self.starts[(last.end_lineno or 1) - 1] + (last.end_col_offset or 0)
        text = self.text[self.starts[first.lineno - 1] + first.col_offset : end]
        if b"#" in text:
            text = _COMMENT.sub(b"", text)
        return _NAME.sub(b"a", text).translate(None, _SPACE).replace(b"'", b'"').replace(b",)", b")")


def _called(node: ast.stmt) -> str:
    value = getattr(node, "value", None)
    value = value.value if isinstance(value, ast.Await) else value
    parts: list[str] = []
    here = value.func if isinstance(value, ast.Call) else None
    while isinstance(here, ast.Attribute):
        parts.append(here.attr)
        here = here.value
    return ".".join([here.id, *reversed(parts)]) if isinstance(here, ast.Name) else ""


_THIN_CLASS = 8
_THIN_FUNCTION = 4


def _says_nothing(node: ast.stmt) -> bool:
    return isinstance(node, ast.Pass) or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))
