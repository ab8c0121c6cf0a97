"""Gate 4, texts: a string may change where it is an annotation, holds doctests, or spells a path that denotes the same."""

from __future__ import annotations

import ast

from ssot.index.table import Denotation, External, Index, Missing, Module
from ssot.index.view import FileView
from ssot.prove.gates import Failure
from ssot.prove.licensed import Licensed
from ssot.prove.terms import Terms


def compare_strings(before: FileView, after: FileView, terms: Terms, license: Licensed) -> Failure | None:
    dropped = dropped_exports(before.tree, before.module, terms)
    old = [one for one in before.scopes.strings if id(one.node) not in license.gone | dropped]
    new = [one for one in after.scopes.strings if id(one.node) not in license.come]
    if len(old) != len(new):
        return Failure("gate-difference", "there would be other strings")
    documentation = {id(one.node) for one in before.scopes.strings if one.docstring and ">>>" in one.value}
    for one, other in zip(old, new, strict=True):
        if one.value == other.value or one.typing:  # names in annotations have been compared as uses
            continue
        if id(one.node) in documentation and _prose(one.value) == _prose(other.value):
            continue
        if not _same_path(before, one.value, after, other.value, terms):
            return Failure("gate-difference", f"the text in line {one.node.lineno} would say something else")
    return None


def _prose(text: str) -> list[str]:
    """The lines of a docstring that are no doctest."""
    return [line for line in text.splitlines() if not line.lstrip().startswith((">>>", "..."))]


def _same_path(before: FileView, old: str, after: FileView, new: str, terms: Terms) -> bool:
    was, becomes = _spelled(before.index, old), _spelled(after.index, new)
    if was is None or becomes is None:
        return False
    moved = isinstance(was[0], Missing | External | Module) and terms.allowed(becomes[0])
    return (terms.expected(was[0]), was[1]) == becomes or moved


def _spelled(index: Index, text: str) -> tuple[Denotation, str] | None:
    """What a dotted text denotes as far as it leads through modules, and the rest of it."""
    parts = text.replace(":", ".").split(".")
    if len(parts) == 1 and index.layout.has(text):
        return Module(text), ""
    if len(parts) < 2 or not all(part.isidentifier() for part in parts):
        return None
    for count in range(len(parts) - 1, 0, -1):
        module = ".".join(parts[:count])
        if index.layout.has(module):
            return index.resolve(module, parts[count]), ".".join(parts[count + 1 :])
    return External(text), ""


def dropped_exports(tree: ast.Module, module: str, terms: Terms) -> frozenset[int]:
    """Identities of the strings in ``__all__`` that name what may vanish, and does."""
    names = {name for one, name in terms.warrant.drops if one == module}
    if not names or isinstance(terms.after.resolve_module(module), Missing):
        return frozenset()
    listed = terms.after.module_facts(module)
    names -= set(listed.exports or () if listed else ())
    return frozenset(
        id(item)
        for node in tree.body
        if isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign) and _of_all(node)
        for item in ast.walk(node)
        if isinstance(item, ast.Constant) and item.value in names
    )


def _of_all(node: ast.Assign | ast.AnnAssign | ast.AugAssign) -> bool:
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    return any(isinstance(target, ast.Name) and target.id == "__all__" for target in targets)
