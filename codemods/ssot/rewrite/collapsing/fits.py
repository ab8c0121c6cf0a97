"""Whether the uses of a duplicate fit a canonical class that has more than it, or another constructor."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from ssot.audit.duplicates.classes import take_apart
from ssot.audit.duplicates.comparison import Comparison, Level, Verdict
from ssot.rewrite.collapsing.ground import Ground, Use
from ssot.rewrite.collapsing.hierarchy import Hierarchy
from ssot.rewrite.collapsing.noticed import noticed
from ssot.rewrite.collapsing.reach import Reach
from ssot.rewrite.collapsing.values import Definition, Objection, Pair

_INIT = "method __init__"
_CONSTRUCTOR = frozenset({_INIT, "constructor"})


def subset(ground: Ground, hierarchy: Hierarchy, pair: Pair, comparison: Comparison) -> Objection | None:
    """Members that only the canonical one has must not be noticed by users of the duplicate."""
    for row in comparison.rows:
        if row.level is not Level.MISSING:
            continue
        name = row.aspect.partition(" ")[2]
        if not name.isidentifier() or name.startswith("__"):
            return Objection("collapse-subset", f"{row.aspect} of {pair.key} would change what objects of it do")
        reason = noticed(ground, name)
        if reason:
            return Objection("collapse-subset", reason)
        objection = _meets(ground, hierarchy, pair, name)
        if objection is not None:
            return objection
    return None


def _meets(ground: Ground, hierarchy: Hierarchy, pair: Pair, name: str) -> Objection | None:
    """Whether subclasses of the duplicate, or code that has one, use the name for something of their own."""
    word = re.compile(rb"\b" + name.encode() + rb"\b")
    canonical = {pair.canonical, *hierarchy.below(pair.canonical)}
    for symbol in sorted(hierarchy.below(pair.duplicate) - canonical, key=str):
        found = ground.definition(symbol)
        if isinstance(found, Objection) or word.search(found.view.source.segment(found.node)):
            return Objection("collapse-subset", f"{symbol} inherits from it and has a {name} of its own")
        others = hierarchy.above(symbol) - {pair.duplicate, *hierarchy.above(pair.duplicate)}
        if others - hierarchy.below(pair.duplicate) or b"__getattr__" in found.view.source.segment(found.node):
            return Objection("collapse-subset", f"{symbol} inherits from it and may get {name} from elsewhere")
    stored = re.compile(rb"\.\s*" + name.encode() + rb"\s*(?::[^=\n]*)?=[^=]")
    for path in sorted({use.path for use in ground.uses(pair.duplicate)}):
        if stored.search(ground.tree.sources[path].u8):
            return Objection("collapse-subset", f"{path} sets an attribute {name}")
    objects = Reach.of(ground, hierarchy, frozenset({pair.duplicate}))
    for view in objects.views():
        for node in ast.walk(view.tree) if stored.search(view.source.u8) else ():
            set_here = isinstance(node, ast.Attribute) and node.attr == name and not isinstance(node.ctx, ast.Load)
            if set_here and isinstance(node, ast.Attribute) and objects.may(view, node.value):
                return Objection("collapse-subset", f"{view.source.path}:{node.lineno} sets an attribute {name}")
    return None


# -- constructors


def only_constructor(comparison: Comparison) -> bool:
    """Whether the two are in conflict about how they are made, and about nothing else."""
    conflicting = comparison.verdict is Verdict.CONFLICTING
    return conflicting and {row.aspect for row in comparison.conflicts} <= _CONSTRUCTOR


def constructor(ground: Ground, hierarchy: Hierarchy, pair: Pair, old: Definition, new: Definition) -> Objection | None:
    """Every call of the duplicate must mean the same to the canonical constructor."""
    one, other = _init(new), _init(old)
    if one is None or other is None:
        return Objection("collapse-constructor", "only one of the two has a constructor of its own")
    if hierarchy.below(pair.duplicate):
        return Objection(
            "collapse-constructor", f"{min(map(str, hierarchy.below(pair.duplicate)))} builds on its constructor"
        )
    if not _covers(one, other):
        return Objection("collapse-constructor", "the canonical constructor does not do all that the duplicate's does")
    for use in ground.uses(pair.duplicate):
        reason = _misfit(use, one, other)
        if reason:
            return Objection("collapse-constructor", f"{use.path}:{use.line} {reason}")
    return None


def _init(definition: Definition) -> ast.FunctionDef | None:
    assert isinstance(definition.node, ast.ClassDef)
    member = take_apart(definition.node).members.get("__init__")
    node = member.nodes[-1] if member is not None and len(member.nodes) == 1 else None
    return node if isinstance(node, ast.FunctionDef) and not node.decorator_list else None


def _covers(one: ast.FunctionDef, other: ast.FunctionDef) -> bool:
    """Whether the canonical body has every statement of the duplicate's, in order, and else only sets attributes."""
    left, right = ([ast.dump(node) for node in _code(side)] for side in (one, other))
    rest = iter(left)
    if not all(any(mine == its for its in rest) for mine in right):
        return False
    extra = [node for node in _code(one) if ast.dump(node) not in right]
    return all(isinstance(node, ast.Assign | ast.AnnAssign) and not _calls(node) for node in extra)


def _code(node: ast.FunctionDef) -> list[ast.stmt]:
    return [one for one in node.body if not (isinstance(one, ast.Expr) and isinstance(one.value, ast.Constant))]


def _calls(node: ast.stmt) -> bool:
    return any(isinstance(inner, ast.Await | ast.Yield) for inner in ast.walk(node))


def _misfit(use: Use, one: ast.FunctionDef, other: ast.FunctionDef) -> str:
    call = use.parent
    if not isinstance(call, ast.Call) or call.func is not use.node:
        harmless = isinstance(call, ast.Import | ast.ImportFrom) or use.quoted or _only_typing(use)
        return "" if harmless else "hands it on, so that its calls can't be seen"
    theirs, ours = bound(other, call), bound(one, call)
    if theirs is None or ours is None:
        return f"calls it with arguments that the canonical constructor does not take: {ast.unparse(call)}"
    if theirs != {name: value for name, value in ours.items() if name in theirs}:
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
