"""Which module-level statements do something beyond binding names in their own module.

Importing a module without such statements can be dropped without anybody noticing. In doubt a statement counts as doing
something. A deprecation warning does not: it is there for the import that goes.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

# Calls whose only outcome is their value, by the last part of the name: what module-level constants are usually made with.
_PURE_CALLS = frozenset(
    [
        "ABCMeta",
        "Counter",
        "ContextVar",
        "Decimal",
        "Enum",
        "Event",
        "Flag",
        "Fraction",
        "IntEnum",
        "IntFlag",
        "Lock",
        "Logger",
        "MappingProxyType",
        "NewType",
        "Optional",
        "OrderedDict",
        "ParamSpec",
        "Path",
        "PurePath",
        "PurePosixPath",
        "RLock",
        "Semaphore",
        "SimpleNamespace",
        "StrEnum",
        "TypeVar",
        "TypeVarTuple",
        "TypedDict",
        "UUID",
        "Union",
        "WeakKeyDictionary",
        "WeakSet",
        "WeakValueDictionary",
        "abspath",
        "attrgetter",
        "basename",
        "bool",
        "bytes",
        "cast",
        "chain",
        "compile",
        "count",
        "date",
        "datetime",
        "deepcopy",
        "defaultdict",
        "deque",
        "dict",
        "dirname",
        "escape",
        "exists",
        "expanduser",
        "field",
        "float",
        "format",
        "frozendict",
        "frozenset",
        "fspath",
        "getLogger",
        "get_logger",
        "getenv",
        "getfilesystemencoding",
        "get",
        "hasattr",
        "int",
        "isinstance",
        "issubclass",
        "itemgetter",
        "items",
        "join",
        "keys",
        "len",
        "list",
        "local",
        "lower",
        "lru_cache",
        "max",
        "methodcaller",
        "min",
        "namedtuple",
        "normpath",
        "object",
        "partial",
        "range",
        "realpath",
        "repr",
        "resolve",
        "set",
        "slice",
        "sorted",
        "split",
        "str",
        "strip",
        "strptime",
        "sum",
        "super",
        "timedelta",
        "timezone",
        "tuple",
        "type",
        "upper",
        "values",
        "warn",
        "zip",
        "encode",
        "decode",
        "startswith",
        "endswith",
        "replace",
    ]
)
_PURE_DECORATORS = frozenset(
    [
        "abstractmethod",
        "asynccontextmanager",
        "cache",
        "cached_property",
        "classmethod",
        "contextmanager",
        "dataclass",
        "define",
        "deprecated",
        "final",
        "fixture",
        "frozen",
        "lru_cache",
        "mutable",
        "no_type_check",
        "overload",
        "override",
        "property",
        "runtime_checkable",
        "singledispatch",
        "staticmethod",
        "total_ordering",
        "unique",
        "wraps",
        "dataclass_transform",
    ]
)


def lines(tree: ast.Module) -> tuple[int, ...]:
    """Lines (from 1) of the module-level statements that do something."""
    imported = {
        alias.asname or alias.name.partition(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }
    aliases = {
        target.id
        for node in tree.body
        if isinstance(node, ast.Assign)
        and not isinstance(node.value, ast.Constant | ast.List | ast.Dict | ast.Set | ast.Tuple)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    return tuple(_effects(tree.body, frozenset(imported | aliases)))


def _effects(body: list[ast.stmt], foreign: frozenset[str]) -> Iterator[int]:
    """``foreign``: names that may stand for objects that others have too."""
    for node in body:
        match node:
            case ast.Import() | ast.ImportFrom() | ast.Pass() | ast.Global() | ast.Break() | ast.Continue():
                continue
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                quiet = all(map(_pure_decorator, node.decorator_list)) and all(map(_pure, _signature(node)))
            case ast.ClassDef():
                quiet = all(_pure_decorator(decorator) for decorator in node.decorator_list)
                yield from _effects(node.body, foreign)
            case ast.If():
                if _is_main(node.test):
                    continue
                quiet = _pure(node.test)
                yield from _effects([*node.body, *node.orelse], foreign)
            case ast.Try() | ast.TryStar():
                quiet = True
                handlers = [statement for handler in node.handlers for statement in handler.body]
                yield from _effects([*node.body, *handlers, *node.orelse, *node.finalbody], foreign)
            case ast.Assign():
                quiet = all(_own_name(target) for target in node.targets) and _pure(node.value)
            case ast.AnnAssign():
                quiet = _own_name(node.target) and _pure(node.annotation) and (node.value is None or _pure(node.value))
            case ast.AugAssign():
                quiet = isinstance(node.target, ast.Name) and node.target.id not in foreign and _pure(node.value)
            case ast.Expr():
                quiet = isinstance(node.value, ast.Constant) or _on_all(node.value) or _pure_call(node.value)
            case ast.Raise():
                quiet = False
            case ast.Delete():
                quiet = all(isinstance(target, ast.Name) for target in node.targets)
            case _:
                quiet = type(node).__name__ == "TypeAlias"
        if not quiet:
            yield node.lineno


def _own_name(target: ast.expr) -> bool:
    if isinstance(target, ast.Tuple | ast.List):
        return all(map(_own_name, target.elts))
    return isinstance(target, ast.Name)


def _is_main(test: ast.expr) -> bool:
    return isinstance(test, ast.Compare) and isinstance(test.left, ast.Name) and test.left.id == "__name__"


def _on_all(value: ast.expr) -> bool:
    return (
        isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute) and _named(value.func.value) == "__all__"
    )


def _named(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def _pure_decorator(node: ast.expr) -> bool:
    name = _named(node.func if isinstance(node, ast.Call) else node)
    return name in _PURE_DECORATORS or (isinstance(node, ast.Attribute) and name in ("setter", "getter", "deleter"))


def _pure_call(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and _pure(node)


def _signature(node: ast.FunctionDef | ast.AsyncFunctionDef) -> list[ast.expr]:
    """What is evaluated when a function is defined: defaults and annotations."""
    arguments = node.args
    everything = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, arguments.vararg, arguments.kwarg]
    annotations = [argument.annotation for argument in everything if argument is not None]
    return [
        part for part in (*arguments.defaults, *arguments.kw_defaults, *annotations, node.returns) if part is not None
    ]


def _pure(node: ast.expr) -> bool:
    """Whether evaluating the expression leaves no trace."""
    for inner in _evaluated(node):
        if isinstance(inner, ast.Call) and _named(inner.func) not in _PURE_CALLS:
            return False
        if isinstance(inner, ast.Await | ast.Yield | ast.YieldFrom):
            return False
        if isinstance(inner, ast.BinOp) and isinstance(inner.op, ast.RShift | ast.LShift | ast.MatMult):
            return False
    return True


def _evaluated(node: ast.AST) -> Iterator[ast.AST]:
    """The nodes below, except bodies of lambdas."""
    yield node
    if isinstance(node, ast.Lambda):
        for default in (*node.args.defaults, *(d for d in node.args.kw_defaults if d is not None)):
            yield from _evaluated(default)
        return
    for child in ast.iter_child_nodes(node):
        yield from _evaluated(child)
