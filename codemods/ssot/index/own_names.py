"""Whether a module edits its own namespace as a dictionary: names may come, go or change that no statement binds."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator

_WORDS = re.compile(
    rb"\b(?:globals|__globals__|f_globals)\b|\bexec\s*\(|\b(?:vars|locals)\s*\(\s*\)"
    rb"|\bmodules\s*\[\s*__name__\b|(?:import_module|__import__)\s*\(\s*__name__\b"
)
_READING = frozenset({"get", "keys", "values", "items", "copy", "__getitem__", "__contains__", "__iter__", "__len__"})
_READERS = frozenset(  # what they are given is only read
    {
        "dict", "list", "sorted", "set", "frozenset", "tuple", "len", "iter", "enumerate", "filter", "map", "zip",
        "any", "all", "bool", "print", "repr", "str", "id", "type", "isinstance", "min", "max", "eval", "__import__",
        "import_module", "get_type_hints", "ForwardRef", "_eval_type", "evaluate_forwardref", "timeit", "repeat",
        "Timer", "runctx", "testmod", "testfile", "run_docstring_examples", "ChainMap", "copy", "deepcopy",
        "MappingProxyType", "warn_explicit", "format", "format_map", "substitute", "safe_substitute", "pprint",
        "pformat", "issubset", "issuperset", "union", "intersection", "difference", "isdisjoint",
    }
)  # fmt: skip
_COMPARING = (ast.Compare, ast.For, ast.comprehension, ast.Expr, ast.Starred, ast.BinOp, ast.FormattedValue, ast.Dict)
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)


def edits_namespace(tree: ast.Module, text: bytes) -> bool:
    """Whether it stores into the dictionary, hands it to code that may, or gives itself a class that makes names."""
    swaps = b"ModuleType" in text and b"__class__" in text and _swaps_class(tree)
    return swaps or (_WORDS.search(text) is not None and _Reader(tree).edits())


class _Reader:
    def __init__(self, tree: ast.Module) -> None:
        self.nodes = list(ast.walk(tree))
        self.parents = {id(child): node for node in self.nodes for child in ast.iter_child_nodes(node)}
        self.caching = {id(node) for node in _cached_lookups(tree)}

    def edits(self) -> bool:
        return self.renamed() or any(
            _writes(node) or (self.is_namespace(node) and self.escapes(node, frozenset()))
            for node in self.nodes
            if id(node) not in self.caching
        )

    def renamed(self) -> bool:
        """Whether ``globals`` or ``exec`` itself is kept under another name."""
        own = {node.arg for node in self.nodes if isinstance(node, ast.arg)}
        kept = (node.value for node in self.nodes if isinstance(node, ast.Assign))
        return any(isinstance(one, ast.Name) and one.id in {"globals", "exec"} - own for one in kept)

    def is_namespace(self, node: ast.AST) -> bool:
        """Whether an expression is the module's dictionary."""
        match node:
            case ast.Call(func=ast.Name(id="globals")):
                return True
            case ast.Call(func=ast.Name(id="vars" | "locals"), args=[]):
                return self.runs_with_module(node)
            case ast.Call(func=ast.Name(id="vars"), args=[owner]) | ast.Attribute(value=owner, attr="__dict__"):
                return _is_own_module(owner)
            case _:
                return False

    def runs_with_module(self, node: ast.AST) -> bool:
        here = self.parents.get(id(node))
        while here is not None and not isinstance(here, _FUNCTIONS):
            here = self.parents.get(id(here))
        return here is None

    def escapes(self, node: ast.AST, followed: frozenset[str]) -> bool:
        """Whether what holds the dictionary does more than read it."""
        above = self.parents.get(id(node))
        if above is None or id(above) in self.caching or isinstance(above, _COMPARING):
            return isinstance(above, ast.For) and above.target is node
        match above:
            case ast.Subscript(value=value) if value is node:
                return not isinstance(above.ctx, ast.Load)
            case ast.Attribute(attr=attribute):
                return attribute not in _READING
            case ast.keyword(arg=name):
                return name is not None and _called(self.parents.get(id(above))) not in _READERS
            case ast.Call() if above.func is not node:
                return _called(above) not in _READERS and self.given_escapes(above, node, followed)
            case (
                ast.Assign(targets=[ast.Name(id=name)])
                | ast.AnnAssign(target=ast.Name(id=name))
                | ast.NamedExpr(target=ast.Name(id=name))
            ):
                return name not in followed and self.name_escapes(name, self.nodes, followed | {name})
            case _:
                return True

    def given_escapes(self, call: ast.Call, node: ast.AST, followed: frozenset[str]) -> bool:
        """The same for what a call is given: a function of the file is looked into."""
        position = next((at for at, one in enumerate(call.args) if one is node), None)
        name = getattr(call.func, "id", "")
        made = [one for one in self.nodes if isinstance(one, ast.FunctionDef) and one.name == name]
        if len(made) != 1 or position is None or position >= len(made[0].args.args):
            return True
        given = made[0].args.args[position].arg
        return given not in followed and self.name_escapes(given, ast.walk(made[0]), followed | {given})

    def name_escapes(self, name: str, nodes: Iterable[ast.AST], followed: frozenset[str]) -> bool:
        """The same for a name that holds it."""
        uses = [node for node in nodes if isinstance(node, ast.Name) and node.id == name]
        stored = any(isinstance(self.parents.get(id(use)), ast.AugAssign) for use in uses)
        return stored or any(self.escapes(use, followed) for use in uses if isinstance(use.ctx, ast.Load))


def _swaps_class(tree: ast.Module) -> bool:
    stored = (node for node in ast.walk(tree) if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store))
    return any(node.attr == "__class__" for node in stored)


def _is_own_module(node: ast.expr) -> bool:
    """``sys.modules[__name__]``, ``import_module(__name__)``."""
    text = ast.unparse(node) if isinstance(node, ast.Subscript | ast.Call) else ""
    return "modules" in text or ("__name__" in text and "import" in text)


def _called(node: ast.AST | None) -> str:
    function = node.func if isinstance(node, ast.Call) else None
    return function.attr if isinstance(function, ast.Attribute) else str(getattr(function, "id", ""))


def _writes(node: ast.AST) -> bool:
    """What need not spell the dictionary, or gets at it under another name."""
    match node:
        case ast.Subscript(value=ast.Call(func=ast.Name(id="vars" | "locals"), args=[]), ctx=ast.Store() | ast.Del()):
            return True
        case ast.Call(func=ast.Attribute(value=ast.Call(func=ast.Name(id="vars" | "locals"), args=[]), attr=attribute)):
            return attribute not in _READING
        case ast.Subscript(value=ast.Attribute(attr="__globals__" | "f_globals"), ctx=ast.Store() | ast.Del()):
            return True
        case ast.Call(func=ast.Attribute(value=ast.Attribute(attr="__globals__" | "f_globals"), attr="update")):
            return True
        case ast.Attribute(value=owner, attr="__class__", ctx=ast.Store()):
            return _is_own_module(owner)
        case ast.Call(func=ast.Name(id="exec")):
            return len(node.args) < 2
        case ast.Call(func=ast.Name(id="setattr"), args=[ast.Subscript() as owner, *_]):
            return "modules" in ast.unparse(owner)
        case ast.ImportFrom(module="builtins"):
            return any(alias.name in ("globals", "vars", "locals", "exec") for alias in node.names)
        case _:
            return False


def _cached_lookups(tree: ast.Module) -> Iterator[ast.AST]:
    """``globals()[name] = …`` for the very name that ``__getattr__`` is asked for: one that nothing binds."""
    function = next((n for n in tree.body if isinstance(n, ast.FunctionDef) and n.name == "__getattr__"), None)
    if function is None or not function.args.args:
        return
    asked, nodes = function.args.args[0].arg, list(ast.walk(function))
    names = [node for node in nodes if isinstance(node, ast.Name) and node.id == asked]
    if any(isinstance(node.ctx, ast.Store) for node in names):
        return
    for node in nodes:
        match node:
            case ast.Subscript(slice=ast.Name(id=key)) if key == asked:
                yield node
            case ast.Call(func=ast.Name(id="setattr"), args=[_, ast.Name(id=key), _]) if key == asked:
                yield node
            case _:
                pass
