"""Whether making an object of a class of the project does nothing but fill the object: ``registry = Registry()``."""

from __future__ import annotations

import ast

from ssot.index.effects import effects_of
from ssot.index.facts import Kind
from ssot.index.table import External, Missing, Symbol
from ssot.index.view import FileView
from ssot.rewrite.collapsing.ground import Ground

_PLAIN_BASES = frozenset({"abc.ABC", "typing.Generic", "typing.Protocol"})
_UNPLAIN = frozenset({"__new__", "__setattr__", "__post_init__", "__del__"})


def is_quiet_call(ground: Ground, view: FileView, called: ast.expr) -> bool:
    """Whether a name that is called is a class without bases that count, whose constructor only sets attributes."""
    found = view.index.resolve(view.module, called.id) if isinstance(called, ast.Name) else None
    if not isinstance(found, Symbol):
        return False
    bindings = view.index.bindings(found.module).get(found.name, [])
    path = view.index.layout.paths.get(found.module, "")
    if [one.kind for one in bindings] != [Kind.CLASS] or path not in ground.tree.sources:
        return False
    owner = ground.view(path)
    nodes = [one for one in owner.tree.body if isinstance(one, ast.ClassDef) and one.name == found.name]
    return len(nodes) == 1 and _is_quiet_class(owner, nodes[0])


def _is_quiet_class(view: FileView, node: ast.ClassDef) -> bool:
    if node.decorator_list or node.keywords or not all(_is_plain_base(view, base) for base in node.bases):
        return False
    made = {one.name: one for one in node.body if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef)}
    if made.keys() & _UNPLAIN:
        return False
    constructor = made.get("__init__")
    if constructor is None:
        return True
    if constructor.decorator_list or not constructor.args.args:
        return False
    members = frozenset(made) | {name for one in node.body for name in _bound(one)}
    return all(_only_fills(view, one, constructor.args.args[0].arg, members) for one in constructor.body)


def _bound(node: ast.stmt) -> list[str]:
    """The names of a class body that may stand for descriptors."""
    value = node.value if isinstance(node, ast.Assign | ast.AnnAssign) else None
    targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
    return [] if isinstance(value, ast.Constant | None) else [one.id for one in targets if isinstance(one, ast.Name)]


def _is_plain_base(view: FileView, base: ast.expr) -> bool:
    name = base.value if isinstance(base, ast.Subscript) else base
    first, *rest = ast.unparse(name).split(".")
    if first == "object" and not rest:
        return True
    found = view.index.resolve(view.module, first)
    return isinstance(found, External) and ".".join([found.name, *rest]) in _PLAIN_BASES


def _only_fills(view: FileView, node: ast.stmt, itself: str, members: frozenset[str]) -> bool:
    """``self.items = {}``; `members`: names that may be properties, which do something when they are set."""
    match node:
        case ast.Pass() | ast.Expr(value=ast.Constant()):
            return True
        case ast.Assign(targets=targets, value=value):
            return all(_is_own(one, itself, members) for one in targets) and leaves_no_trace(view, value)
        case ast.AnnAssign(target=target, value=filled):
            return _is_own(target, itself, members) and (filled is None or leaves_no_trace(view, filled))
        case ast.If(test=test, body=body, orelse=orelse):
            return leaves_no_trace(view, test) and all(
                _only_fills(view, one, itself, members) for one in [*body, *orelse]
            )
        case _:
            return False


def _is_own(target: ast.expr, itself: str, members: frozenset[str]) -> bool:
    match target:
        case ast.Attribute(value=ast.Name(id=owner), attr=name):
            return owner == itself and name not in members
        case ast.Name():
            return True
        case ast.Tuple(elts=items):
            return all(_is_own(one, itself, members) for one in items)
        case _:
            return False


def leaves_no_trace(view: FileView, value: ast.expr) -> bool:
    """As for a value of the module level."""
    kept = ast.Assign([ast.Name("kept", ast.Store())], value, lineno=value.lineno, col_offset=0)
    found = effects_of(ast.Module([kept], []))
    if any(_is_own_call(view, node) for node in ast.walk(value) if isinstance(node, ast.Call)):
        return False
    return not found.lines and not any(one.method in view.index.specials for one in found.perhaps)


def _is_own_call(view: FileView, node: ast.Call) -> bool:
    """Whether something of the project may be called, whatever its name promises."""
    root: ast.expr = node.func
    while isinstance(root, ast.Attribute | ast.Subscript):
        root = root.value
    if not isinstance(root, ast.Name):
        return not isinstance(root, ast.Constant)
    return not isinstance(view.index.resolve(view.module, root.id), External | Missing)
