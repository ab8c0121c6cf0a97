"""Targets of test doubles that are put together from parts: which paths they may stand for."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from ssot.index.table import Module, Path, Symbol
from ssot.index.view import FileView

_SOMETHING = ".*"
_SLOT = re.compile(r"%[sr]|\{[^{}]*\}")
_WORD = re.compile(r"[A-Za-z_]\w*")


@dataclass(frozen=True)
class Computed:
    """A target as a pattern over dotted paths; what the pattern leaves open is spelled by a text near by."""

    pattern: re.Pattern[str]
    literal: frozenset[str]  # the words that the pattern spells out
    file: str
    parts: tuple[str, ...] = ()  # the files that its parts are imported from

    def may_be(self, path: Path, words: frozenset[str]) -> bool:
        """`words` are those of the texts around it."""
        needed = {path[1], path[0].rpartition(".")[2]} - self.literal
        return needed <= words and self.pattern.fullmatch(f"{path[0]}.{path[1]}") is not None


def computed(node: ast.expr, view: FileView) -> Computed | None:
    """The pattern of an expression that is no plain text; None for a plain one, and for what is no text at all."""
    if isinstance(node, ast.Constant | ast.Lambda | ast.List | ast.Dict | ast.Tuple):
        return None
    pattern = _Pattern(_constants(view)).of(node)
    literal = frozenset(_WORD.findall(pattern.replace("\\", "")))
    return Computed(re.compile(pattern, re.DOTALL), literal, view.source.path, tuple(_sources(node, view)))


def _sources(node: ast.expr, view: FileView) -> Iterator[str]:
    for inner in ast.walk(node):
        if isinstance(inner, ast.Name):
            found = view.denote(view.scopes.root, inner.id)
            module = found.module if isinstance(found, Symbol) else found.name if isinstance(found, Module) else ""
            if module in view.index.layout.paths:
                yield view.index.layout.paths[module]


@lru_cache(maxsize=8)
def _constants(view: FileView) -> dict[str, frozenset[str]]:
    """The texts that a name of the file may hold, where all that is assigned to it are plain texts."""
    found: dict[str, set[str | None]] = {}
    for node in ast.walk(view.tree):
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                found.setdefault(name, set()).add(_text(value))
            case ast.Name(id=name, ctx=ast.Store()) | ast.arg(arg=name):
                found.setdefault(name, set())
            case _:
                pass
    bound = Counter(node.id for node in ast.walk(view.tree) if isinstance(node, ast.Name) and _stores(node))
    bound.update(node.arg for node in ast.walk(view.tree) if isinstance(node, ast.arg))
    assigned = Counter(
        node.targets[0].id
        for node in ast.walk(view.tree)
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
    )
    return {
        name: frozenset(text for text in texts if text is not None)
        for name, texts in found.items()
        if texts and None not in texts and bound[name] == assigned[name]
    }


def _stores(node: ast.Name) -> bool:
    return isinstance(node.ctx, ast.Store)


def _text(node: ast.expr) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


@dataclass(frozen=True)
class _Pattern:
    """``constants``: what names are known to hold."""

    constants: Mapping[str, frozenset[str]]

    def of(self, node: ast.expr) -> str:
        match node:
            case ast.Constant(value=str() as text):
                return re.escape(text)
            case ast.Name(id=name) if name in self.constants:
                return f"(?:{'|'.join(map(re.escape, sorted(self.constants[name])))})"
            case ast.FormattedValue(value=value):
                return self.of(value)
            case ast.JoinedStr(values=values):
                return "".join(map(self.of, values))
            case ast.BinOp(op=ast.Add(), left=left, right=right):
                return self.of(left) + self.of(right)
            case ast.BinOp(op=ast.Mod(), left=ast.Constant(value=str() as text), right=right):
                return self.filled(text, right.elts if isinstance(right, ast.Tuple) else [right])
            case ast.Call(func=ast.Attribute(value=ast.Constant(value=str() as text), attr="format"), args=arguments):
                return self.filled(text, arguments)
            case ast.Call(
                func=ast.Attribute(value=ast.Constant(value=str() as joint), attr="join"),
                args=[ast.List(elts=parts) | ast.Tuple(elts=parts)],
            ):
                return re.escape(joint).join(map(self.of, parts))
            case _:
                return _SOMETHING

    def filled(self, text: str, values: list[ast.expr]) -> str:
        """A template with its slots, which are filled in order where there are as many values."""
        slots = _SLOT.findall(text)
        in_order = len(slots) == len(values) and all(slot in ("%s", "%r", "{}") for slot in slots)
        filling = [self.of(value) for value in values] if in_order else [_SOMETHING] * len(slots)
        pieces = [re.escape(piece) for piece in _SLOT.split(text)]
        return pieces[0] + "".join(slot + piece for slot, piece in zip(filling, pieces[1:], strict=True))


def words_in(view: FileView) -> frozenset[str]:
    """The words of all texts in a file that could be names or paths."""
    return frozenset(
        word
        for use in view.scopes.strings
        if not use.docstring and " " not in use.value.strip()
        for word in _WORD.findall(use.value)
    ) | frozenset(
        word
        for node in ast.walk(view.tree)
        if isinstance(node, ast.JoinedStr)
        for part in node.values
        if isinstance(part, ast.Constant)
        for word in _WORD.findall(str(part.value))
    )
