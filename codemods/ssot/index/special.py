"""Special methods that evaluating an expression may run, and on which object.

An operator of a plain object leaves no trace, and one of an object whose class logs or registers does. Which class that is
can't be seen in one file: each place is noted as a `Perhaps`, and decided when all files are known.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from ssot.index.facts import Perhaps
from ssot.index.pure import PURE_CALLS, PURE_DECORATORS

_OPERATORS: dict[type[ast.operator], str] = {
    ast.Add: "add", ast.Sub: "sub", ast.Mult: "mul", ast.MatMult: "matmul", ast.Div: "truediv", ast.Mod: "mod",
    ast.Pow: "pow", ast.LShift: "lshift", ast.RShift: "rshift", ast.BitOr: "or", ast.BitXor: "xor", ast.BitAnd: "and",
    ast.FloorDiv: "floordiv",
}  # fmt: skip
_UNARY: dict[type[ast.unaryop], tuple[str, ...]] = {
    ast.USub: ("__neg__",), ast.UAdd: ("__pos__",), ast.Invert: ("__invert__",), ast.Not: ("__bool__", "__len__"),
}  # fmt: skip
_COMPARED: dict[type[ast.cmpop], tuple[str, ...]] = {
    ast.Eq: ("__eq__",), ast.NotEq: ("__ne__", "__eq__"), ast.Lt: ("__lt__", "__gt__"), ast.Gt: ("__gt__", "__lt__"),
    ast.LtE: ("__le__", "__ge__"), ast.GtE: ("__ge__", "__le__"),
    ast.In: ("__contains__", "__iter__", "__eq__"), ast.NotIn: ("__contains__", "__iter__", "__eq__"),
}  # fmt: skip
_TRUTH = ("__bool__", "__len__")
_ITERATED = ("__iter__", "__next__", "__getitem__", "__len__")
_SHOWN = ("__format__", "__str__", "__repr__")
_HASHED = ("__hash__", "__eq__")
_FOUND = ("__getattr__", "__getattribute__", "__get__")
_BUILTINS = {
    "len": ("__len__",),
    "str": ("__str__", "__repr__"),
    "repr": ("__repr__",),
    "bool": _TRUTH,
    "int": ("__int__", "__index__"),
    "float": ("__float__",),
    "bytes": ("__bytes__", *_ITERATED),
    "isinstance": ("__instancecheck__",),
    "issubclass": ("__subclasscheck__",),
    "hasattr": _FOUND,
    "join": (*_ITERATED, "__str__"),
    **dict.fromkeys(("list", "tuple", "set", "frozenset", "dict", "zip", "chain"), _ITERATED),
    **dict.fromkeys(("sorted", "sum", "max", "min"), (*_ITERATED, "__lt__", "__gt__", "__add__")),
}
_SPECIAL = frozenset(
    {f"__{prefix}{name}__" for name in _OPERATORS.values() for prefix in ("", "r", "i")}
    | {name for names in (*_UNARY.values(), *_COMPARED.values(), *_BUILTINS.values()) for name in names}
    | {*_TRUTH, *_ITERATED, *_SHOWN, *_FOUND, *_HASHED, "__class_getitem__", "__set_name__", "__call__"}
)
_LOOKUP_CALLS = frozenset({"import_module", "__import__", "getattr", "globals", "vars", "warn_deprecated"})
LOOKUP = "module.__getattr__"  # the one of the module itself
_ATTRIBUTE = "."  # before the name of a property


def noisy_methods(functions: Iterable[ast.FunctionDef]) -> frozenset[str]:
    """Names of the functions that expressions may run unseen, and that do more than compute a value."""
    found = set()
    for node in functions:
        if node.name == "__getattr__" and len(node.args.args) == 1:
            found |= set() if looks_up_quietly(node) else {LOOKUP}
        elif node.name in _SPECIAL or node.name in PURE_CALLS or node.name in PURE_DECORATORS:
            found |= set() if is_quiet(node) else {node.name}
        elif any(_named(decorator) in ("property", "cached_property") for decorator in node.decorator_list):
            found |= set() if is_quiet(node) else {_ATTRIBUTE + node.name}
    return frozenset(found)


def is_quiet(node: ast.FunctionDef) -> bool:
    """Whether a method only computes: it calls nothing unknown and stores nothing but attributes of its own object."""
    own = node.args.args[0].arg if node.args.args else ""
    return not any(_is_loud(inner, own) for statement in node.body for inner in _run_quietly(statement))


def _run_quietly(node: ast.AST) -> Iterator[ast.AST]:
    """The nodes below, less those that only make an exception."""
    yield node
    for child in ast.iter_child_nodes(node) if not isinstance(node, ast.Raise) else ():
        yield from _run_quietly(child)


def looks_up_quietly(node: ast.FunctionDef) -> bool:
    """Whether a module's ``__getattr__`` imports, warns and keeps what it found, and nothing else."""
    for inner in (one for statement in node.body for one in _run_quietly(statement)):
        match inner:
            case ast.Call() if _named(inner.func) not in PURE_CALLS | _LOOKUP_CALLS:
                return False
            case ast.Subscript(value=space, ctx=ast.Store()) if _named(space) != "globals":
                return False
            case ast.Attribute(ctx=ast.Store() | ast.Del()) | ast.Global():
                return False
            case _:
                pass
    return True


def _is_loud(node: ast.AST, own: str) -> bool:
    match node:
        case ast.Call():
            return _named(node.func) not in PURE_CALLS
        case ast.Attribute(ctx=ast.Store() | ast.Del(), value=ast.Name(id=owner)):
            return owner != own
        case ast.Attribute(ctx=ast.Store() | ast.Del()) | ast.Subscript(ctx=ast.Store() | ast.Del()):
            return True
        case ast.Global() | ast.Import() | ast.ImportFrom():
            return True
        case _:
            return False


def operations(node: ast.AST, line: int) -> Iterator[Perhaps]:
    """What evaluating one node, without the nodes below it, may run."""
    for names, operand in _operations(node):
        subject = operand_name(operand)
        if subject:
            yield from (Perhaps(line, name, subject) for name in names)


def _operations(node: ast.AST) -> Iterator[tuple[tuple[str, ...], ast.expr]]:
    match node:
        case ast.BinOp():
            name = _OPERATORS[type(node.op)]
            yield (f"__{name}__",), node.left
            yield (f"__r{name}__",), node.right
        case ast.AugAssign():
            name = _OPERATORS[type(node.op)]
            yield (f"__i{name}__", f"__{name}__"), node.target
            yield (f"__r{name}__",), node.value
        case ast.UnaryOp():
            yield _UNARY[type(node.op)], node.operand
        case ast.Compare():
            for operand in (node.left, *node.comparators):
                for operator in node.ops:
                    yield _COMPARED.get(type(operator), ()), operand
        case ast.BoolOp():
            yield from ((_TRUTH, value) for value in node.values)
        case ast.IfExp() | ast.If():
            yield _TRUTH, node.test
        case ast.comprehension():
            yield _ITERATED, node.iter
            yield from ((_TRUTH, test) for test in node.ifs)
        case ast.Starred():
            yield _ITERATED, node.value
        case ast.Subscript(ctx=ast.Load()):
            yield ("__getitem__", "__class_getitem__"), node.value
            yield _HASHED, node.slice
        case ast.Set():
            yield from ((_HASHED, element) for element in node.elts)
        case ast.Dict():
            yield from ((_HASHED, key) for key in node.keys if key is not None)
        case ast.FormattedValue():
            yield _SHOWN, node.value
        case ast.Attribute(ctx=ast.Load()):
            yield (*_FOUND, LOOKUP, _ATTRIBUTE + node.attr), node.value
        case ast.Call():
            name = _named(node.func)
            yield (name,), node.func.value if isinstance(node.func, ast.Attribute) else node.func
            yield from ((_BUILTINS.get(name, ()), argument) for argument in node.args)
        case _:
            pass


def unpacked(node: ast.Assign) -> Iterator[Perhaps]:
    """``a, b = value`` iterates over the value."""
    if any(isinstance(target, ast.Tuple | ast.List) for target in node.targets) and (name := operand_name(node.value)):
        yield from (Perhaps(node.lineno, method, name) for method in _ITERATED)


def described(node: ast.Assign | ast.AnnAssign) -> Iterator[Perhaps]:
    """An attribute of a class is told its name, if it wants to know."""
    name = operand_name(node.value) if node.value is not None else ""
    if name:
        yield Perhaps(node.lineno, "__set_name__", name)


def operand_name(node: ast.expr) -> str:
    """The dotted name of an operand; with ``()`` behind it where the operand is something got from what is named."""
    made = ""
    while not isinstance(node, ast.Name | ast.Attribute):
        match node:
            case ast.Call():
                node = node.func
            case ast.Subscript() | ast.Starred() | ast.Await():
                node = node.value
            case ast.BinOp():
                node = node.left
            case ast.IfExp():
                node = node.body
            case ast.NamedExpr():
                node = node.value
            case _:
                return ""
        made = "()"
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if isinstance(node, ast.Name):
        return ".".join([node.id, *reversed(parts)]) + made
    inner = operand_name(node)
    return inner and inner.removesuffix("()") + "()"


def _named(node: ast.expr) -> str:
    if isinstance(node, ast.Call):
        return _named(node.func)
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""
