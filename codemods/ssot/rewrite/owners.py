"""Which module of the project an expression gives, as far as that can be told."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection
from functools import lru_cache

from ssot.index.scopes import Chain, NameUse
from ssot.index.table import Denotation, Module, Unknown
from ssot.index.view import FileView
from ssot.rewrite.setters import called

_GIVING = frozenset({"import_module", "__import__", "resolve_name", "import_string", "getmodule", "module_from_spec"})

_TAKING = re.compile(rb"\b(?:vars|setattr|delattr|__setattr__|__delattr__|__dict__|__globals__)\b")


def module_named(view: FileView, node: ast.expr) -> str | None:
    """The project module that an expression gives; empty for one that can't be told, None for anything else."""
    match node:
        case ast.Call(args=[target, *_]) if called(node) in _GIVING:
            return _by_text(view, text_of(target), whole=called(node) != "__import__")
        case ast.Subscript(value=ast.Attribute(attr="modules") | ast.Name(id="modules"), slice=key):
            return _by_text(view, text_of(key))
        case ast.Name():
            return module_of(view, node) or _assigned(view).get(node.id, "" if _may_be_module(view, node) else None)
        case ast.Attribute():
            return module_of(view, node) or ("" if _may_be_module(view, node) or _below_module(view, node) else None)
        case _:
            return None


def _by_text(view: FileView, text: str, *, whole: bool = True) -> str | None:
    """`whole`: the text is all of the module's name, rather than a path of which the first part is given."""
    if view.index.layout.has(text):
        return text if whole or "." not in text else ""
    return None if text and not text.startswith(".") else ""


def _below_module(view: FileView, node: ast.expr) -> bool:
    """Whether it is an attribute of a module that is got by its name."""
    while isinstance(node, ast.Attribute):
        node = node.value
    return isinstance(node, ast.Call | ast.Subscript) and module_named(view, node) is not None


@lru_cache(maxsize=8)
def _assigned(view: FileView) -> dict[str, str]:
    """Local names that hold a module got by its name: ``m = import_module("shop.old")``; empty for a computed one."""
    found: dict[str, str] = {}
    for node in view.parsed.nodes if b"import_module" in view.source.u8 or b"modules" in view.source.u8 else ():
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Call() | ast.Subscript() as value):
                module = module_named(view, value)
                if module is not None:
                    found[name] = module
            case ast.For(target=target, iter=source) | ast.comprehension(target=target, iter=source) if (
                "modules" in ast.unparse(source)
            ):
                found.update({name.id: "" for name in ast.walk(target) if isinstance(name, ast.Name)})
            case _:
                pass
    return found


@lru_cache(maxsize=8)
def _by_node(view: FileView) -> tuple[dict[int, NameUse], dict[int, tuple[Chain, int]]]:
    names = {id(use.node): use for use in view.scopes.names}
    return names, {id(node): (chain, at + 1) for chain in view.scopes.chains for at, node in enumerate(chain.nodes)}


def module_of(view: FileView, node: ast.Name | ast.Attribute) -> str:
    """The project module that an expression denotes, if any."""
    here = _denoted(view, node)
    return here.name if isinstance(here, Module) else ""


def _may_be_module(view: FileView, node: ast.Name | ast.Attribute) -> bool:
    """Whether it starts from a name that is imported, by itself or among all, and what it denotes can't be told."""
    root: ast.expr = node
    while isinstance(root, ast.Attribute):
        root = root.value
    use = _by_node(view)[0].get(id(root))
    scope = use.scope.lookup(use.node.id) if use is not None else None
    if use is None:
        return False
    if scope is None:
        return any(view.index.star_may_bind(base, use.node.id) for _, base in view.stars())
    imported = any(isinstance(one, ast.Import | ast.ImportFrom) for one in scope.bindings.get(use.node.id, ()))
    return imported and (view.denote(scope, use.node.id) is None or isinstance(_denoted(view, node), Unknown))


def _denoted(view: FileView, node: ast.Name | ast.Attribute) -> Denotation | None:
    names, chains = _by_node(view)
    if id(node) in names:
        use = names[id(node)]
        return view.perhaps_module(use.scope.lookup(use.node.id), use.node.id)
    chain, depth = chains.get(id(node), (None, 0))
    if chain is None:
        return None
    here = view.perhaps_module(chain.scope.lookup(chain.root.node.id), chain.root.node.id)
    for attribute in chain.attributes[:depth]:
        here = view.perhaps_submodule(here, attribute)
    return here


def takes_namespaces(text: bytes, names: Collection[str]) -> bool:
    """Whether a file takes the dictionary of a module, or sets attributes of it by ``setattr``; `names` are its modules."""
    if not names or _TAKING.search(text) is None:
        return False
    one = b"|".join(re.escape(name.encode()) for name in sorted(names))
    return re.search(rb"\(\s*(?:\w+\.)*(?:%s)\b|\b(?:%s)\s*\.\s*__\w+__" % (one, one), text) is not None


def text_of(node: ast.expr) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""
