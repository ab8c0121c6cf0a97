"""Code that goes through all names of modules: of one that it names, or of all that a package holds."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

from ssot.index.table import Index, Module
from ssot.index.view import FileView

_LISTING = frozenset({"vars", "dir", "getmembers", "getmembers_static"})
LISTS = re.compile(rb"\b(?:vars|dir|getmembers|getmembers_static|__dict__)\b")
_LOADS = re.compile(rb"\b(?:import_module|__import__|iter_modules|walk_packages|find_loader|exec_module)\b")
_OWN = frozenset({"__path__", "__package__", "__name__"})


@dataclass(frozen=True, slots=True, order=True)
class Listed:
    """A module whose names are listed at a line. ``below``: the modules of a package, found while the program runs."""

    line: int
    module: str
    below: bool = False

    def covers(self, module: str) -> bool:
        return module.startswith(self.module + ".") if self.below else module == self.module


def listed(view: FileView) -> Iterator[Listed]:
    """The modules of the project whose names a file goes through."""
    if not LISTS.search(view.source.u8):
        return
    asked = _asked(view.tree)
    if not asked:
        return
    for chain in view.scopes.chains:
        if id(chain.root.node) in asked:
            modules = {one.name for one in view.passed(chain) if isinstance(one, Module)}
            yield from (Listed(chain.root.node.lineno, module) for module in sorted(modules))
    for use in view.scopes.names:
        if id(use.node) in asked and isinstance(found := view.hands_on(use), Module):
            yield Listed(use.node.lineno, found.name)
    if _LOADS.search(view.source.u8):
        yield from _packages(view)


def _asked(tree: ast.Module) -> set[int]:
    """The nodes of expressions whose attributes are listed."""
    found: set[int] = set()
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name(id=called) | ast.Attribute(attr=called), args=[asked, *_]):
                found |= {id(inner) for inner in ast.walk(asked)} if called in _LISTING else set()
            case ast.Attribute(attr="__dict__", value=asked):
                found |= {id(inner) for inner in ast.walk(asked)}
            case _:
                pass
    return found


def _packages(view: FileView) -> Iterator[Listed]:
    """Packages by whose name or folder the file may find modules."""
    index = view.index
    for node in ast.walk(view.tree):
        match node:
            case ast.Attribute(attr="__path__" | "__name__" | "__package__", value=owner):
                found = _module_of(view, index, owner)
            case ast.Name(id=name) if name in _OWN:
                found = view.module if view.source.path.endswith("__init__.py") else view.module.rpartition(".")[0]
            case ast.Constant(value=str() as text) if text.endswith("."):
                found = text.strip(".")
            case _:
                continue
        if found and index.layout.has(found):
            yield Listed(node.lineno, found, below=True)


def _module_of(view: FileView, index: Index, owner: ast.expr) -> str:
    text = ast.unparse(owner)
    if not isinstance(owner, ast.Name):
        return text
    found = index.resolve(view.module, text)
    return found.name if isinstance(found, Module) else ""
