"""Whether every call of a duplicate's constructor means the same to the canonical class's."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from ssot.audit.duplicates.classes import take_apart
from ssot.audit.duplicates.comparison import Comparison, Verdict
from ssot.index.immutable import value_key
from ssot.index.table import Missing
from ssot.index.view import FileView
from ssot.rewrite.collapsing.fits import meets
from ssot.rewrite.collapsing.ground import Ground, Use
from ssot.rewrite.collapsing.hierarchy import Hierarchy
from ssot.rewrite.collapsing.noticed import listed
from ssot.rewrite.collapsing.quiet import leaves_no_trace
from ssot.rewrite.collapsing.reach import Reach
from ssot.rewrite.collapsing.values import Definition, Objection, Pair

_CODE = "collapse-constructor"
_CONSTRUCTOR = frozenset({"method __init__", "constructor"})


def only_constructor(comparison: Comparison) -> bool:
    """Whether the two are in conflict about how they are made, and about nothing else."""
    conflicting = comparison.verdict is Verdict.CONFLICTING
    return conflicting and {row.aspect for row in comparison.conflicts} <= _CONSTRUCTOR


def constructor(ground: Ground, hierarchy: Hierarchy, pair: Pair, old: Definition, new: Definition) -> Objection | None:
    """Every call of the duplicate must mean the same to the canonical constructor."""
    one, other = _init(new), _init(old)
    if one is None or other is None:
        return Objection(_CODE, "only one of the two has a constructor of its own")
    if hierarchy.below(pair.duplicate):
        return Objection(_CODE, f"{min(map(str, hierarchy.below(pair.duplicate)))} builds on its constructor")
    handed = _handed_on(other) if list(hierarchy.bases(pair.duplicate)) == [pair.canonical] else None
    making = _Making(ground, hierarchy, pair, old, new, one, other)
    objection = making.names([*other.args.defaults, *filter(None, other.args.kw_defaults)])
    if handed is None:
        objection = objection or making.covered()
    if objection is not None:
        return objection
    for use in ground.uses(pair.duplicate):
        reason = _misfit(use, one, other, handed)
        if reason:
            return Objection(_CODE, f"{use.path}:{use.line} {reason}")
    return None


def _init(definition: Definition) -> ast.FunctionDef | None:
    assert isinstance(definition.node, ast.ClassDef)
    member = take_apart(definition.node).members.get("__init__")
    node = member.nodes[-1] if member is not None and len(member.nodes) == 1 else None
    return node if isinstance(node, ast.FunctionDef) and not node.decorator_list else None


def _handed_on(node: ast.FunctionDef) -> ast.Call | None:
    """The call, where all that a constructor does is to hand parameters and constants on to the one above."""
    match _code(node):
        case [ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Call() as above, attr="__init__")) as call)]:
            given = [*call.args, *(keyword.value for keyword in call.keywords)]
            plain = ast.unparse(above) == "super()" and all(isinstance(one, ast.Name | ast.Constant) for one in given)
            return call if plain and all(keyword.arg is not None for keyword in call.keywords) else None
        case _:
            return None


@dataclass(frozen=True)
class _Making:
    """The two constructors. ``one``: the canonical one; ``other``: the duplicate's."""

    ground: Ground
    hierarchy: Hierarchy
    pair: Pair
    old: Definition
    new: Definition
    one: ast.FunctionDef
    other: ast.FunctionDef

    def covered(self) -> Objection | None:
        """The canonical body must have every statement of the duplicate's, in order, and else only fill attributes."""
        shared, extra = self._split()
        if len(shared) < len(_code(self.other)):
            return Objection(_CODE, "the canonical constructor does not do all that the duplicate's does")
        objection = self.names(shared)
        used = {inner.attr for node in shared for inner in ast.walk(node) if isinstance(inner, ast.Attribute)}
        for node in extra:
            name = self._filled(node)
            if not name or name in used or self._is_member(name):
                said = ast.unparse(node).partition("\n")[0][:60]
                return Objection(_CODE, f"the canonical constructor does more than the duplicate's: {said}")
            objection = objection or meets(self.ground, self.hierarchy, self.pair, name)
        return objection or (self._shown() if extra else None)

    def _split(self) -> tuple[list[ast.stmt], list[ast.stmt]]:
        """The statements of the canonical body that the duplicate's has as well, and the others."""
        wanted = [ast.dump(node) for node in _code(self.other)]
        shared: list[ast.stmt] = []
        extra: list[ast.stmt] = []
        for node in _code(self.one):
            same = len(shared) < len(wanted) and ast.dump(node) == wanted[len(shared)]
            (shared if same else extra).append(node)
        return shared, extra

    def names(self, nodes: list[ast.stmt] | list[ast.expr]) -> Objection | None:
        """Names in what is spelled alike on both sides must mean the same there."""
        used = {one.id for node in nodes for one in ast.walk(node) if isinstance(one, ast.Name)}
        for name in sorted(used):
            was, becomes = (_meaning(*side, name) for side in ((self.old.view, self.other), (self.new.view, self.one)))
            if was.key != becomes.key and {was.key, becomes.key} != {str(self.old.symbol), str(self.new.symbol)}:
                said = f"{name} is {was.shown} in {self.old.path} and {becomes.shown} in {self.new.path}"
                return Objection(_CODE, said)
        return None

    def _filled(self, node: ast.stmt) -> str:
        """The attribute that a statement sets, without doing anything else."""
        match node:
            case ast.Assign(targets=[ast.Attribute(value=ast.Name(id=owner), attr=name)], value=value):
                pass
            case ast.AnnAssign(target=ast.Attribute(value=ast.Name(id=owner), attr=name), value=ast.expr() as value):
                pass
            case _:
                return ""
        itself = next(iter((*self.one.args.posonlyargs, *self.one.args.args)), None)
        return name if itself is not None and owner == itself.arg and self._is_plain(value) else ""

    def _is_plain(self, value: ast.expr) -> bool:
        """Whether evaluating it does nothing that anybody notices, whatever was given for the parameters of both."""
        view, params = self.new.view, _locals(self.one)
        for inner in ast.walk(value):
            if isinstance(inner, ast.Call):
                root = inner.func
                while isinstance(root, ast.Attribute):
                    root = root.value
                if not isinstance(root, ast.Name) or root.id in params:
                    return False
            elif isinstance(inner, ast.BoolOp | ast.IfExp | ast.BinOp | ast.Compare | ast.Subscript | ast.JoinedStr):
                names = {one.id for one in ast.walk(inner) if isinstance(one, ast.Name)}
                if names & _locals(self.other):
                    return False
            elif isinstance(inner, ast.Starred | ast.Await | ast.Yield | ast.YieldFrom | ast.NamedExpr):
                return False
        return leaves_no_trace(view, value)

    def _is_member(self, name: str) -> bool:
        for symbol in (self.pair.canonical, self.pair.duplicate):
            for one in (symbol, *self.hierarchy.above(symbol)):
                found = self.ground.definition(one) if not isinstance(one, str) else None
                node = getattr(found, "node", None)
                if isinstance(node, ast.ClassDef) and name in take_apart(node).members:
                    return True
        return False

    def _shown(self) -> Objection | None:
        """``vars(x)``: one attribute more is seen there."""
        reason = listed(Reach.of(self.ground, self.hierarchy, frozenset({self.pair.duplicate})))
        return Objection(_CODE, f"the canonical constructor sets more, and {reason}") if reason else None


@dataclass(frozen=True)
class _Meaning:
    """What is the same for names that mean the same, and how to say it."""

    key: str
    shown: str


def _meaning(view: FileView, function: ast.FunctionDef, name: str) -> _Meaning:
    """What a name stands for in a function, or in its defaults; values that nobody can change stand for themselves."""
    if name in _locals(function):
        return _Meaning(f"own {name}", "a parameter or local name")
    found = view.index.resolve(view.module, name)
    if isinstance(found, Missing):
        return _Meaning(f"builtin {name}", f"Python's {name}")
    nodes = [node for node in view.tree.body if isinstance(node, ast.Assign | ast.AnnAssign)]
    values = [node.value for node in nodes if node.value is not None and name in _targets(node)]
    made = value_key(view.index, view.module, values[0]) if len(values) == 1 else None
    once = len(view.scopes.root.bindings.get(name, ())) == 1
    if made is None or not once:
        return _Meaning(str(found), str(found))
    return _Meaning(made, ast.unparse(values[0]))


def _targets(node: ast.Assign | ast.AnnAssign) -> set[str]:
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    return {one.id for one in targets if isinstance(one, ast.Name)}


def _locals(function: ast.FunctionDef) -> set[str]:
    arguments = {inner.arg for inner in ast.walk(function.args) if isinstance(inner, ast.arg)}
    bound = (one for node in function.body for one in ast.walk(node))
    return arguments | {one.id for one in bound if isinstance(one, ast.Name) and not isinstance(one.ctx, ast.Load)}


def _code(node: ast.FunctionDef) -> list[ast.stmt]:
    return [one for one in node.body if not (isinstance(one, ast.Expr) and isinstance(one.value, ast.Constant))]


def _misfit(use: Use, one: ast.FunctionDef, other: ast.FunctionDef, handed: ast.Call | None) -> str:
    call = use.parent
    if not isinstance(call, ast.Call) or call.func is not use.node:
        harmless = isinstance(call, ast.Import | ast.ImportFrom) or use.quoted or _only_typing(use)
        return "" if harmless else "hands it on, so that its calls can't be seen"
    theirs, ours = bound(other, call), bound(one, call)
    if theirs is None or ours is None:
        return f"calls it with arguments that the canonical constructor does not take: {ast.unparse(call)}"
    if handed is not None:
        through = bound(one, handed) or {}
        known = {ast.dump(ast.Name(name, ast.Load())): value for name, value in theirs.items()}
        same = ours == {name: known.get(value, value) for name, value in through.items()}
    else:
        same = theirs == {name: value for name, value in ours.items() if name in theirs}
    if not same:
        return f"calls it with arguments that would go to other parameters: {ast.unparse(call)}"
    return ""


def _only_typing(use: Use) -> bool:
    return any(isinstance(node, ast.arg | ast.AnnAssign) for node in use.around[:3]) or _tests_or_returns(use)


def _tests_or_returns(use: Use) -> bool:
    for inner, outer in zip((use.node, *use.around), use.around, strict=False):
        if isinstance(outer, ast.FunctionDef | ast.AsyncFunctionDef):
            return outer.returns is inner
        if isinstance(outer, ast.Call):
            return getattr(outer.func, "id", "") in ("isinstance", "issubclass")
        if isinstance(outer, ast.ExceptHandler):
            return outer.type is inner
    return False


def bound(function: ast.FunctionDef, call: ast.Call) -> dict[str, str] | None:
    """Which parameter gets which value, defaults included; None where that can't be told or does not fit."""
    if any(isinstance(argument, ast.Starred) for argument in call.args) or any(k.arg is None for k in call.keywords):
        return None
    arguments = function.args
    if arguments.vararg is not None or arguments.kwarg is not None:
        return None
    positional = [a.arg for a in (*arguments.posonlyargs, *arguments.args)][1:]
    found = dict(_defaults(arguments))
    given = dict(zip(positional, map(ast.dump, call.args), strict=False))
    only = {a.arg for a in arguments.posonlyargs}
    for keyword in call.keywords:
        assert keyword.arg is not None
        if keyword.arg in given or keyword.arg in only:
            return None
        given[keyword.arg] = ast.dump(keyword.value)
    names = [*positional, *(a.arg for a in arguments.kwonlyargs)]
    found.update(given)
    if len(call.args) > len(positional) or set(given) - set(names) or set(names) - set(found):
        return None
    return found


def _defaults(arguments: ast.arguments) -> Iterator[tuple[str, str]]:
    positional = [*arguments.posonlyargs, *arguments.args]
    for argument, default in zip(reversed(positional), reversed(arguments.defaults), strict=False):
        yield argument.arg, ast.dump(default)
    for argument, value in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
        if value is not None:
            yield argument.arg, ast.dump(value)
