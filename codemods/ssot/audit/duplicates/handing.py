"""Calls that hand arguments on and results back: the shapes in which they are written."""

from __future__ import annotations

import ast

from ssot.audit.duplicates.definitions import Definition, Function
from ssot.audit.duplicates.functions import signature

_SHOWS = frozenset({"type", "len", "str", "repr", "id", "format"})


def without_detour(body: list[ast.stmt]) -> list[ast.stmt]:
    """``result = target(x)``, something said, ``return result``: as ``return target(x)``."""
    match body:
        case [*others, ast.Return(value=ast.Name(id=name))]:
            made = [one for one in others if isinstance(one, ast.Assign) and ast.unparse(one.targets[0]) == name]
            rest = [one for one in others if one not in made]
            stored = sum(
                isinstance(one, ast.Name) and one.id == name and isinstance(one.ctx, ast.Store)
                for s in body
                for one in ast.walk(s)
            )
            if len(made) == 1 and len(made[0].targets) == 1 and stored == 1:
                return [*rest, ast.Return(made[0].value)]
        case _:
            pass
    return body


def is_property(node: Function) -> bool:
    return [ast.unparse(one) for one in node.decorator_list] == ["property"]


def names_first(call: ast.Call, name: str) -> bool:
    return bool(call.args) and isinstance(call.args[0], ast.Name) and call.args[0].id == name


def harmless(node: ast.expr) -> bool:
    """Whether evaluating an argument does nothing but look."""
    for one in ast.walk(node):
        if isinstance(one, ast.Call) and not (isinstance(one.func, ast.Name) and one.func.id in _SHOWS):
            return False
        if isinstance(one, ast.Await | ast.Yield | ast.YieldFrom | ast.NamedExpr):
            return False
    return True


def no_op(node: ast.stmt) -> bool:
    return isinstance(node, ast.Pass) or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))


def call_of(node: ast.stmt) -> ast.Call | None:
    value = node.value if isinstance(node, ast.Return | ast.Expr) else None
    value = value.value if isinstance(value, ast.Await) else value
    return value if isinstance(value, ast.Call) else None


def is_super(called: ast.expr, name: str, definition: Definition) -> bool:
    """``super().name`` or ``super(Itself, self).name``."""
    if not isinstance(called, ast.Attribute) or called.attr != name or not isinstance(called.value, ast.Call):
        return False
    inner = called.value
    if not isinstance(inner.func, ast.Name) or inner.func.id != "super" or inner.keywords:
        return False
    own = definition.owner.name if definition.owner is not None else definition.node.name
    return not inner.args or (isinstance(inner.args[0], ast.Name) and inner.args[0].id == own)


def returned(statement: ast.stmt, node: Function, target: Function) -> bool:
    """Whether callers get what the target gives."""
    if isinstance(statement, ast.Return):
        return True
    if is_generator(target):
        return False
    return node.name == "__init__" or not any(
        isinstance(one, ast.Return) and one.value is not None for one in ast.walk(target)
    )


def awaited(statement: ast.stmt, node: Function) -> bool:
    awaits = isinstance(getattr(statement, "value", None), ast.Await)
    return awaits is isinstance(node, ast.AsyncFunctionDef)


def is_generator(node: Function) -> bool:
    return any(isinstance(one, ast.Yield | ast.YieldFrom) for one in ast.walk(node))


def is_static(node: Function) -> bool:
    return any(isinstance(one, ast.Name) and one.id == "staticmethod" for one in node.decorator_list)


def same_parameters(node: Function, target: Function, *, skip_first: bool) -> bool:
    left, right = signature(node), signature(target)
    if not skip_first:
        return left == right
    first = [[*one.args.posonlyargs, *one.args.args][:1] for one in (node, target)]
    if not first[0] or not first[1]:
        return False
    return left.replace(first[0][0].arg, "self", 1) == right.replace(first[1][0].arg, "self", 1)


def given(call: ast.Call) -> list[tuple[str, str]]:
    return sorted(
        [("", ast.unparse(one)) for one in call.args]
        + [(key.arg or "**", ast.unparse(key.value)) for key in call.keywords]
    )


def taken(own: ast.arguments, plain: list[ast.arg], call: ast.Call) -> list[tuple[str, str]]:
    """What the call must give: positional ones in order, or by their own names."""
    by_name = {key.arg for key in call.keywords if key.arg}
    wanted = [(one.arg if one.arg in by_name else "", one.arg) for one in plain]
    positional = [one.arg for one in plain if one.arg not in by_name]
    handed = [ast.unparse(one) for one in call.args if not isinstance(one, ast.Starred)]
    if handed != positional or [one.arg for one in plain][: len(positional)] != positional:
        return [("", "in another order")]
    wanted += [(one.arg, one.arg) for one in own.kwonlyargs]
    wanted += [("", f"*{own.vararg.arg}")] if own.vararg else []
    wanted += [("**", own.kwarg.arg)] if own.kwarg else []
    return sorted(wanted)


def in_words(statements: list[ast.stmt], node: Function) -> str:
    calls = [one.value for one in statements if isinstance(one, ast.Expr) and isinstance(one.value, ast.Call)]
    when = "at construction" if node.name in ("__init__", "__new__") else f"in {node.name}"
    verbs = {
        ("warns" if ast.unparse(call.func).endswith("warn") and "log" not in ast.unparse(call.func) else "logs")
        for call in calls
    }
    return f"{' and '.join(sorted(verbs))} {when}" if verbs else ""
