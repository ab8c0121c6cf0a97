"""Modules that code loads by a text, or hands on as values: whoever does so may ask them for any name that it mentions."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping

from ssot.index.scopes import StringUse
from ssot.index.source import Source
from ssot.index.table import Module, Path
from ssot.index.view import FileView

_LOADERS = ("__import__", "import_module", "import_string", "load_object", "locate", "reload", "resolve_name")
_NO_LOADERS = ("getLogger", "get_logger", "getChild")


def by_module(paths: Iterable[Path]) -> Mapping[str, frozenset[str]]:
    """Module -> the names of interest in it."""
    found: dict[str, set[str]] = {}
    for module, name in paths:
        found.setdefault(module, set()).add(name)
    return {module: frozenset(names) for module, names in found.items()}


def spells_one(source: Source, modules: Mapping[str, frozenset[str]]) -> bool:
    return any(quote + module.encode() + quote in source.u8 for module in modules for quote in (b'"', b"'"))


def loaded_by_text(view: FileView, modules: Mapping[str, frozenset[str]]) -> Iterator[tuple[Path, int]]:
    """Each path that may be got from a module whose name stands in the file as a text, with the line of that."""
    for use in view.scopes.strings:
        if use.value in modules and not use.docstring and not use.typing:
            called = _called(use)
            if called not in _NO_LOADERS:
                anything = called in _LOADERS and b"getattr" in view.source.u8
                yield from (
                    ((use.value, name), use.node.lineno)
                    for name in sorted(modules[use.value])
                    if anything or _mentions(view.source, name)
                )


def handed_on(view: FileView, modules: Mapping[str, frozenset[str]]) -> Iterator[tuple[Path, int]]:
    """Each path that may be got from a module which the file takes as a value, and whose name it mentions."""
    for use in view.scopes.names:
        found = view.hands_on(use)
        if isinstance(found, Module) and found.name in modules and use.loads:
            yield from (
                ((found.name, name), use.node.lineno)
                for name in sorted(modules[found.name])
                if _mentions(view.source, name)
            )


def _called(use: StringUse) -> str:
    function = use.call.func if use.call is not None else None
    return str(getattr(function, "attr", "") or (function.id if isinstance(function, ast.Name) else ""))


def _mentions(source: Source, name: str) -> bool:
    return re.search(rb"\b" + re.escape(name.encode()) + rb"\b", source.u8) is not None
