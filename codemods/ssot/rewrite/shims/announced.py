"""A module that warns its importers by itself: where its names come to do so, it need not do so as well."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator

from ssot.index.announced import announces
from ssot.index.layout import is_init
from ssot.index.shims import WHOLE
from ssot.index.view import FileView, local_name
from ssot.rewrite.outcomes import Splice
from ssot.rewrite.shims.layout import extent
from ssot.rewrite.shims.places import Places
from ssot.rewrite.stage import Tree

_OF_NO_ACCOUNT = frozenset({"warnings", "warn", "TYPE_CHECKING", "annotations", "typing"})


def silenced(tree: Tree, view: FileView, gone: Collection[str]) -> list[ast.stmt]:
    """The statements that go once `gone` warn by themselves: none where the module offers more, or is loaded for itself."""
    found = [node for node in view.tree.body if announces(node)]
    if not found or not _is_ours(view) or _offers_more(view, gone) or _is_loaded(tree, view.module):
        return []
    return [*found, *_imports(view, found)]


def cuts(view: FileView, nodes: Collection[ast.stmt], keys: frozenset[str]) -> list[Splice]:
    return [Splice(*extent(view.source, view.tree.body, node), b"", keys) for node in nodes]


def _is_ours(view: FileView) -> bool:
    """Whether `warnings` and `warn` are those of the standard library."""
    targets = {"warnings": ("warnings", ""), "warn": ("warnings", "warn")}
    return all(
        (one.target, one.attribute) == target
        for name, target in targets.items()
        for one in view.index.bindings(view.module).get(name, [])
    )


def _offers_more(view: FileView, gone: Collection[str]) -> bool:
    bound = view.index.bindings(view.module)
    names = {name for name, made in bound.items() if any(not one.where.type_only for one in made)}
    return any(not name.startswith("_") for name in names - {*gone, *_OF_NO_ACCOUNT})


def _is_loaded(tree: Tree, module: str) -> bool:
    """Whether anything in the repository asks for the module, and not for one of its names."""
    places = Places(tree, {(module, WHOLE)}, everywhere=True, declared=False)
    parent, _, leaf = module.rpartition(".")
    taken = any(
        fact.is_from and tree.index.absolute(path, fact.module, fact.level) == parent and name.name == leaf
        for path, facts in tree.index.facts.items()
        for fact in facts.imports
        for name in fact.names
    )
    return taken or bool(places.of((module, WHOLE)))


def _imports(view: FileView, found: list[ast.stmt]) -> Iterator[ast.stmt]:
    """The import that served nothing else."""
    inside = {id(inner) for node in found for inner in ast.walk(node)}
    for node in view.tree.body:
        if isinstance(node, ast.Import | ast.ImportFrom) and len(node.names) == 1 and not is_init(view.source.path):
            name = local_name(node.names[0])
            uses = view.scopes.uses_of(view.scopes.root, name)
            if name in ("warnings", "warn") and all(id(use.node) in inside for use in uses):
                yield node
