"""Statements by which a module warns whoever imports it that it is deprecated."""

from __future__ import annotations

import ast

_CATEGORIES = frozenset({"DeprecationWarning", "PendingDeprecationWarning", "FutureWarning"})


def announces(node: ast.stmt) -> bool:
    """``warnings.warn("…", DeprecationWarning, stacklevel=2)``, with a text that is put together from names at most."""
    match node:
        case ast.Expr(value=ast.Call(func=function, args=[text, *rest], keywords=keywords)):
            values = [*rest, *(one.value for one in keywords)]
            named = any(isinstance(one, ast.Name) and one.id in _CATEGORIES for one in values)
            plain = all(isinstance(one, ast.Name | ast.Constant) for one in values)
            return _is_warn(function) and named and plain and _is_text(text)
        case _:
            return False


def _is_warn(node: ast.expr) -> bool:
    match node:
        case ast.Attribute(value=ast.Name(id="warnings"), attr="warn") | ast.Name(id="warn"):
            return True
        case _:
            return False


def _is_text(node: ast.expr) -> bool:
    allowed = ast.Constant | ast.JoinedStr | ast.FormattedValue | ast.Name | ast.BinOp | ast.Add | ast.Load
    return all(isinstance(one, allowed) for one in ast.walk(node))
