"""Which modules do something that others can notice when they are loaded, other than making classes and values with third-party tools.

What a distribution from elsewhere does when one of its classes is inherited from, or one of its functions called for a value, is not
known. For *losing* such a load that is reason enough to keep it; for an additional load of the declared definition it is not.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator

from ssot.index.facts import Kind
from ssot.index.loading import effect_lines
from ssot.index.table import External, Index, Symbol
from ssot.index.view import FileView
from ssot.rewrite.collapsing.ground import Ground
from ssot.rewrite.collapsing.quiet import is_quiet_call


def is_loud(ground: Ground, module: str) -> bool:
    """Whether a statement of the module, without what it imports, leaves a trace that is more than third-party class making."""
    path = ground.index.layout.paths.get(module, "")
    facts = ground.index.module_facts(module)
    if facts is None:
        return False
    if facts.problem is not None or facts.replaced or path not in ground.tree.sources:
        return True
    lines = set(effect_lines(ground.index, module))
    view = ground.view(path)
    loud = (node for node in view.tree.body if lines & set(_lines(node)) and not _made_elsewhere(view, node))
    return not all(_only_made(ground, view, node) for node in loud)


def _only_made(ground: Ground, view: FileView, node: ast.stmt) -> bool:
    """``registry = Registry()``, of a class whose constructor does nothing else."""
    value = node.value if isinstance(node, ast.Assign | ast.AnnAssign) else None
    targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
    if value is None or not all(isinstance(target, ast.Name) for target in targets):
        return False
    calls = list(_calls(value))
    return all(_all_third_party(view, [one]) or is_quiet_call(ground, view, one) for one in calls) and _simple(value)


def _simple(value: ast.expr) -> bool:
    """A call whose arguments are names, constants, or such calls."""
    if isinstance(value, ast.Call):
        return all(map(_simple, [*value.args, *(keyword.value for keyword in value.keywords)]))
    return isinstance(value, ast.Constant | ast.Name)


def _lines(node: ast.stmt) -> range:
    first = min([node.lineno, *(one.lineno for one in getattr(node, "decorator_list", []))])
    return range(first, (node.end_lineno or node.lineno) + 1)


def _made_elsewhere(view: FileView, node: ast.stmt) -> bool:
    match node:
        case ast.ClassDef():
            above = [*node.decorator_list, *(keyword.value for keyword in node.keywords)]
            bases = all(_third_party(view, base) or _plain_class(view.index, view.module, base) for base in node.bases)
            return bases and _all_third_party(view, above) and all(_quiet_in_class(view, one) for one in node.body)
        case ast.FunctionDef() | ast.AsyncFunctionDef():
            return _all_third_party(view, node.decorator_list)
        case ast.Assign(value=ast.expr() as value) | ast.AnnAssign(value=ast.expr() as value):
            return _all_third_party(view, _calls(value))
        case _:
            return False


def _quiet_in_class(view: FileView, node: ast.stmt) -> bool:
    if isinstance(node, ast.Pass | ast.AnnAssign) and getattr(node, "value", None) is None:
        return True
    return (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)) or _made_elsewhere(view, node)


def _calls(value: ast.expr) -> Iterator[ast.expr]:
    return (node.func for node in ast.walk(value) if isinstance(node, ast.Call))


def _all_third_party(view: FileView, nodes: object) -> bool:
    return all(_third_party(view, node) or _harmless(node) for node in nodes)  # type: ignore[attr-defined]


def _harmless(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id in ("property", "classmethod", "staticmethod")


def _third_party(view: FileView, node: ast.expr) -> bool:
    """Whether an expression is a name of another distribution, called or subscripted or not; never a method of an object here."""
    while isinstance(node, ast.Attribute | ast.Call | ast.Subscript):
        node = node.func if isinstance(node, ast.Call) else node.value
    found = view.index.resolve(view.module, node.id) if isinstance(node, ast.Name) else None
    return isinstance(found, External) and found.name.partition(".")[0] not in sys.stdlib_module_names


def _plain_class(index: Index, module: str, base: ast.expr) -> bool:
    """Whether a base is a class of the project that runs nothing for its subclasses, as far as the project goes."""
    if not isinstance(base, ast.Name):
        return False
    found = index.resolve(module, base.id)
    if not isinstance(found, Symbol):
        return isinstance(found, External) or base.id in ("object", "Exception")
    bindings = index.bindings(found.module).get(found.name, [])
    return [one.kind for one in bindings] == [Kind.CLASS] and not bindings[0].hooked
