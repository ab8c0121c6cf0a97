"""Values of which two that are made alike stand for each other: those that nobody can change, and loggers."""

from __future__ import annotations

import ast

from ssot.index.table import External, Index, Missing

_MAKERS = frozenset(
    {
        "datetime.date",
        "datetime.datetime",
        "datetime.time",
        "datetime.timedelta",
        "decimal.Decimal",
        "fractions.Fraction",
        "frozenset",
        "pathlib.Path",
        "pathlib.PurePath",
        "pathlib.PurePosixPath",
        "re.compile",
        "uuid.UUID",
    }
)
_FLAGS = frozenset({"re"})  # modules whose names in capital letters are constants


class _OtherError(Exception):
    """Something that may change, or that is not the same everywhere."""


def value_key(index: Index, module: str, node: ast.expr) -> str | None:
    """What is the same for equal values that nobody can change; None for any other expression."""
    try:
        return _key(index, module, node)
    except _OtherError:
        return None


def is_logger(index: Index, module: str, node: ast.expr) -> bool:
    """``logging.getLogger(__name__)`` does what that of any other module does, ``getLogger("shop")`` is one everywhere."""
    match node:
        case ast.Call(
            func=ast.Name() | ast.Attribute() as called,
            args=[] | [ast.Name(id="__name__")] | [ast.Constant()],
            keywords=[],
        ):
            return _qualified(index, module, called) == "logging.getLogger"
        case _:
            return False


def _key(index: Index, module: str, node: ast.expr) -> str:
    match node:
        case ast.Constant():
            return ast.dump(node)
        case ast.Tuple(elts=items):
            return f"({', '.join(_key(index, module, one) for one in items)},)"
        case ast.UnaryOp(op=ast.USub() | ast.UAdd() | ast.Invert() as sign, operand=operand):
            return f"{type(sign).__name__} {_key(index, module, operand)}"
        case ast.BinOp(left=left, op=sign, right=right):
            return f"({_key(index, module, left)} {type(sign).__name__} {_key(index, module, right)})"
        case ast.Call(func=func, args=arguments, keywords=keywords):
            return _made(index, module, func, arguments, keywords)
        case ast.Attribute(attr=name):
            whole = _qualified(index, module, node)
            if whole.rpartition(".")[0] in _FLAGS and name.isupper():
                return whole
    raise _OtherError


def _made(index: Index, module: str, func: ast.expr, arguments: list[ast.expr], keywords: list[ast.keyword]) -> str:
    maker = _qualified(index, module, func)
    if maker not in _MAKERS:
        raise _OtherError
    given = [_items(index, module, one) if maker == "frozenset" else _key(index, module, one) for one in arguments]
    given += [f"{one.arg or '**'}={_key(index, module, one.value)}" for one in keywords]
    return f"{maker}({', '.join(given)})"


def _items(index: Index, module: str, node: ast.expr) -> str:
    """What a set is made of may be written as a list: nobody keeps it."""
    if isinstance(node, ast.List | ast.Set):
        return f"[{', '.join(_key(index, module, one) for one in node.elts)}]"
    return _key(index, module, node)


def _qualified(index: Index, module: str, node: ast.expr) -> str:
    """The whole name of something of another distribution, or a builtin; empty for anything else."""
    path: list[str] = []
    while isinstance(node, ast.Attribute):
        path.insert(0, node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        return ""
    found = index.resolve(module, node.id)
    if isinstance(found, Missing) and not path:
        return node.id
    return ".".join([found.name, *path]) if isinstance(found, External) else ""
