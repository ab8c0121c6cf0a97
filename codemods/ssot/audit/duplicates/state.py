"""State that lives in the class: what two classes keep apart, and one class would share."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ssot.audit.duplicates.classes import bound_names
from ssot.audit.duplicates.comparison import Blocker
from ssot.audit.duplicates.definitions import Definition, Definitions
from ssot.audit.duplicates.stand_ins import is_constant
from ssot.index.table import Symbol

_READS = frozenset(
    {"get", "items", "keys", "values", "copy", "index", "count", "union", "difference", "intersection", "issubset"}
)
_IMMUTABLE = frozenset(
    {"frozenset", "property", "tuple", "MappingProxyType", "compile", "namedtuple", "TypeVar", "str", "int"}
)
_CLASS_NAMES = frozenset({"cls", "klass", "class_"})


def shared_state(project: Definitions, one: Definition, two: Definition) -> Iterator[Blocker]:
    """Class-level names that code of either class, or of what the canonical one descends from, changes."""
    related = two.symbol in project.lineage.ancestors(one.symbol) or one.symbol in project.lineage.ancestors(two.symbol)
    sides = [two, one, *_ancestors(project, one.symbol), *_ancestors(project, two.symbol)]
    for side in {side.symbol: side for side in sides}.values():
        if isinstance(side.node, ast.ClassDef):
            inherited = related or side.symbol not in (one.symbol, two.symbol)
            yield from _changed(side, side.node, inherited=inherited)


def _ancestors(project: Definitions, symbol: Symbol) -> Iterator[Definition]:
    for base in project.lineage.ancestors(symbol):
        found = project.get(base) if isinstance(base, Symbol) else None
        if found is not None:
            yield found


def _changed(side: Definition, node: ast.ClassDef, *, inherited: bool) -> Iterator[Blocker]:
    """An object that both inherit is one already; a name that is assigned on the class is not."""
    mutable = set() if inherited else _mutable_fields(node)
    parents = {id(child): parent for parent in ast.walk(node) for child in ast.iter_child_nodes(parent)}
    own = [one for one in ast.walk(node) if isinstance(one, ast.Attribute)]
    shadowed = {one.attr for one in own if isinstance(one.ctx, ast.Store) and _is_name(one.value, {"self"})}
    for one in sorted(own, key=lambda found: (found.lineno, found.col_offset)):
        through_class = _is_class(one.value, node.name)
        shared = through_class or (_is_name(one.value, {"self"}) and one.attr not in shadowed)
        if isinstance(one.ctx, ast.Store | ast.Del) and through_class:
            yield Blocker("shared-state", side.path, one.lineno, f"{node.name}.{one.attr} is assigned on the class")
        elif one.attr in mutable and shared and not _only_read(one, parents):
            reason = f"{node.name}.{one.attr} is one object for all instances"
            yield Blocker("shared-state", side.path, one.lineno, reason)


def _mutable_fields(node: ast.ClassDef) -> set[str]:
    found = set()
    for one in node.body:
        value = getattr(one, "value", None)
        if isinstance(one, ast.Assign | ast.AnnAssign) and isinstance(value, ast.expr) and not _is_fixed(value):
            found.update(bound_names(one))
    return found


def _is_fixed(value: ast.expr) -> bool:
    if isinstance(value, ast.Call):
        called = value.func
        name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
        return name in _IMMUTABLE
    return is_constant(value) or isinstance(value, ast.Name | ast.Attribute | ast.Lambda | ast.JoinedStr)


def _is_name(node: ast.expr, names: set[str] | frozenset[str]) -> bool:
    return isinstance(node, ast.Name) and node.id in names


def _is_class(node: ast.expr, own: str) -> bool:
    """``cls``, ``Itself``, ``type(self)``, ``self.__class__``, ``__class__``."""
    if isinstance(node, ast.Call):
        return _is_name(node.func, {"type"}) and len(node.args) == 1
    if isinstance(node, ast.Attribute):
        return node.attr == "__class__"
    return _is_name(node, _CLASS_NAMES | {own, "__class__"})


def _only_read(node: ast.Attribute, parents: dict[int, ast.AST]) -> bool:
    """Whether what holds the attribute cannot change the object, nor hand it on."""
    parent = parents.get(id(node))
    match parent:
        case ast.Subscript(value=value, ctx=ast.Load()) if value is node:
            return True
        case ast.Compare() | ast.BoolOp() | ast.UnaryOp():
            return True
        case ast.For(iter=iterated) | ast.AsyncFor(iter=iterated) | ast.comprehension(iter=iterated):
            return iterated is node
        case ast.Attribute(attr=attribute) if attribute in _READS:
            return True
        case ast.If(test=test) | ast.While(test=test) | ast.IfExp(test=test):
            return test is node
        case ast.Call(func=ast.Name(id=name)) if name in (
            "len",
            "list",
            "set",
            "dict",
            "tuple",
            "sorted",
            "any",
            "all",
            "sum",
        ):
            return True
        case ast.FormattedValue() | ast.Starred():
            return True
        case _:
            return False
