"""Code that would notice that objects of a class have one member more."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from ssot.index.view import FileView
from ssot.rewrite.collapsing.ground import Ground
from ssot.rewrite.collapsing.reach import Reach

_BY_TEXT = re.compile(
    rb"\b(?:[gs]etattr|delattr|hasattr|startswith|dir|vars|getmembers|runtime_checkable|AttributeError)\b"
)
_ASKS = frozenset({"getattr", "setattr", "delattr", "hasattr", "startswith"})


def noticed(ground: Ground, name: str) -> str:
    """The first such place, in words; nothing where there is none."""
    for path, source in sorted(ground.tree.sources.items()):
        if _BY_TEXT.search(source.u8):
            line = next(_lines(ground.view(path), name), 0)
            if line:
                return f"{path}:{line} asks objects whether they have {name}"
    return ""


def stores(node: ast.AST, name: str) -> Iterator[ast.Attribute]:
    """Where an attribute of that name is set or deleted."""
    for inner in ast.walk(node):
        if isinstance(inner, ast.Attribute) and inner.attr == name and not isinstance(inner.ctx, ast.Load):
            yield inner


def stored(objects: Reach, name: str) -> str:
    """The first place where that is done to one of some objects; nothing where there is none."""
    for view in objects.views():
        for node in stores(view.tree, name) if name.encode() in view.source.u8 else ():
            if objects.may(view, node.value):
                return f"{view.source.path}:{node.lineno} sets an attribute {name}"
    return ""


_ALL = frozenset({"vars", "dir", "getmembers", "fields", "get_type_hints", "get_annotations"})
_INNER = frozenset({"__dict__", "__annotations__"})


def listed(objects: Reach) -> str:
    """The first place that shows all attributes of one of some objects; nothing where there is none."""
    for view in objects.views():
        for node in ast.walk(view.tree):
            match node:
                case ast.Call(args=[shown, *_]) if _called(node) in _ALL:
                    found = objects.may(view, shown)
                case ast.Attribute(value=shown, attr=name) if name in _INNER:
                    found = objects.may(view, shown)
                case _:
                    found = False
            if found:
                return f"{view.source.path}:{node.lineno} shows all that it has: {ast.unparse(node)[:60]}"  # type: ignore[attr-defined]
    return ""


def _lines(view: FileView, name: str) -> Iterator[int]:
    for node in ast.walk(view.tree):
        match node:
            case ast.Try() if any(_misses(handler) for handler in node.handlers):
                tried = (inner for one in node.body for inner in ast.walk(one))
                if any(isinstance(inner, ast.Attribute) and inner.attr == name for inner in tried):
                    yield node.lineno
            case ast.Call(args=args) if _called(node) in _ASKS:
                if any(_may_spell(argument, name, whole=_called(node) != "startswith") for argument in args):
                    yield node.lineno
            case ast.ClassDef(decorator_list=marks, body=body):
                if any("runtime_checkable" in ast.unparse(mark) for mark in marks) and name in map(_bound, body):
                    yield node.lineno
            case _:
                pass


def _misses(handler: ast.ExceptHandler) -> bool:
    return handler.type is not None and "AttributeError" in ast.unparse(handler.type)


def _may_spell(node: ast.expr, name: str, *, whole: bool) -> bool:
    """Whether a text is the name, or a computed one has a beginning of it that tells something."""
    match node:
        case ast.Constant(value=str() as text):
            return text == name if whole else bool(text) and name.startswith(text)
        case ast.BinOp(op=ast.Add() | ast.Mod(), left=ast.Constant(value=str() as text)):
            return name.startswith(text.partition("%")[0])
        case ast.JoinedStr(values=[ast.Constant(value=str() as text), *_]):
            return name.startswith(text)
        case ast.Tuple(elts=parts):
            return any(_may_spell(part, name, whole=whole) for part in parts)
        case _:
            return False


def _bound(node: ast.stmt) -> str:
    target = node.target if isinstance(node, ast.AnnAssign) else None
    return str(getattr(node, "name", getattr(target, "id", "")))


def _called(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else str(getattr(call.func, "id", ""))
