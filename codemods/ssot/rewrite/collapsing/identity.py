"""Places that can see which class a thing is of: arms of `except` and `isinstance`, names of classes, keys, bases."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from ssot.index.table import Symbol
from ssot.rewrite.collapsing.ground import Ground, Use
from ssot.rewrite.collapsing.values import Definition, Notice, Objection, Pair
from ssot.rewrite.patches import is_patching

_NAMES = frozenset(
    {"__name__", "__qualname__", "__module__", "__subclasses__", "__mro__", "mro", "__bases__", "__doc__"}
)
_TESTS = {
    "isinstance": 1,
    "issubclass": 1,
    "assertIsInstance": 1,
    "assertNotIsInstance": 1,
    "raises": 0,
    "assertRaises": 0,
    "assertRaisesRegex": 0,
    "suppress": 0,
}
_EXPECTING = frozenset({"raises", "assertRaises", "assertRaisesRegex", "suppress"})


@dataclass(frozen=True, eq=False)
class Arm:
    """A test of which class something is of. ``tested`` is what is tested, where that is an expression."""

    use: Use
    node: ast.AST
    kind: str  # "except", "isinstance"
    tested: ast.expr | None
    kinds: tuple[ast.expr, ...]  # the classes it names


def arms(ground: Ground, pair: Pair) -> tuple[list[Arm], list[Arm]]:
    """Tests on the duplicate alone, and on the canonical one alone."""
    old = [arm for use in ground.uses(pair.duplicate) if (arm := arm_of(use)) is not None]
    new = [arm for use in ground.uses(pair.canonical) if (arm := arm_of(use)) is not None]
    both = {id(arm.node) for arm in old} & {id(arm.node) for arm in new}
    return [arm for arm in old if id(arm.node) not in both], [arm for arm in new if id(arm.node) not in both]


def arm_of(use: Use) -> Arm | None:
    """The test that a use is part of."""
    here: ast.AST = use.node
    for node in use.around:
        match node:
            case ast.ExceptHandler() if node.type is here:
                return Arm(use, node, "except", None, _classes(here))
            case ast.Call() if here in node.args and (place := _TESTS.get(_called(node))) is not None:
                if len(node.args) <= place or node.args[place] is not here:
                    return None
                expects = _called(node) in _EXPECTING or _of_exit(use, node.args[0])
                kind = "except" if expects else "isinstance"
                return Arm(use, node, kind, node.args[0] if place and not expects else None, _classes(here))
            case ast.MatchClass() if node.cls is here:
                return Arm(use, node, "isinstance", _subject(use), (node.cls,))
            case ast.Compare() if _type_of(node, here):
                return Arm(use, node, "isinstance", _type_of(node, here), _classes(here))
            case ast.Tuple() | ast.BinOp(op=ast.BitOr()) | ast.List():
                here = node
            case _:
                return None
    return None


def _of_exit(use: Use, tested: ast.expr) -> bool:
    """``issubclass(kind, Old)`` in ``__exit__(self, kind, error, trace)``: a handler in other words."""
    function = next((n for n in use.around if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)), None)
    if function is None or function.name not in ("__exit__", "__aexit__"):
        return False
    return isinstance(tested, ast.Name) and tested.id in {one.arg for one in function.args.args}


def _classes(node: ast.AST) -> tuple[ast.expr, ...]:
    if isinstance(node, ast.Tuple | ast.List):
        return tuple(node.elts)
    return (node,) if isinstance(node, ast.expr) else ()


def _called(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else str(getattr(call.func, "id", ""))


def _subject(use: Use) -> ast.expr | None:
    return next((node.subject for node in use.around if isinstance(node, ast.Match)), None)


def _type_of(node: ast.Compare, here: ast.AST) -> ast.expr | None:
    """``x`` in ``type(x) is Old``, ``x.__class__ == Old``, ``type(x) in (Old, …)``."""
    for side in (node.left, *node.comparators):
        match side:
            case ast.Call(func=ast.Name(id="type"), args=[tested]) if side is not here:
                return tested
            case ast.Attribute(attr="__class__", value=tested) if side is not here:
                return tested
            case _:
                continue
    return None


def told_apart(ground: Ground, pair: Pair) -> Iterator[Objection]:
    """Code that does one thing for the duplicate and another for the canonical one."""
    old, new = arms(ground, pair)
    for arm in old:
        mate = next((other for other in new if _together(arm, other)), None)
        if mate is not None:
            where = f"{arm.use.path}:{arm.use.line} and line {mate.use.line}"
            yield Objection("collapse-told-apart", f"{where} tell {pair.text} from {pair.key}: one arm would take both")
    for use in ground.uses(pair.duplicate):
        for other in ground.uses(pair.canonical):
            if use.path == other.path and (kind := _one_display(use, other)):
                reason = f"{use.path}:{use.line} has both in one {kind}: two entries would become one"
                yield Objection("collapse-told-apart", reason)


def inner_classes(ground: Ground, old: Definition) -> Iterator[Objection]:
    """``except Canon.Error``: the class inside has been another one for each of the two."""
    inner = {node.name for node in old.node.body if isinstance(node, ast.ClassDef)}
    for view in ground.mentioning(inner) if inner else ():
        for node in ast.walk(view.tree):
            for kinds in _tested_kinds(node):
                asked = [n for n in ast.walk(kinds) if isinstance(n, ast.Attribute) and n.attr in inner]
                if asked:
                    where = f"{view.source.path}:{asked[0].lineno}"
                    reason = f"{where} tests for {ast.unparse(asked[0])}, which has been a class of its own in each"
                    yield Objection("collapse-told-apart", reason)


def _tested_kinds(node: ast.AST) -> Iterator[ast.expr]:
    match node:
        case ast.ExceptHandler(type=ast.expr() as kinds) | ast.MatchClass(cls=kinds):
            yield kinds
        case ast.Call() if (place := _TESTS.get(_called(node))) is not None:
            yield from node.args[place:]
        case ast.Compare(comparators=others):
            yield from (node.left, *others)
        case _:
            pass


def _together(one: Arm, other: Arm) -> bool:
    """Whether two tests stand in one function, or in one module's own code; handlers: around one block."""
    if one.use.path != other.use.path or one.kind != other.kind:
        return False
    if one.kind == "except":
        return not {id(n) for n in _attempts(one.use)}.isdisjoint(id(n) for n in _attempts(other.use))
    return _function(one.use) is _function(other.use)


def _attempts(use: Use) -> list[ast.AST]:
    return [node for node in use.around if isinstance(node, ast.Try | ast.TryStar | ast.With | ast.AsyncWith)]


def _function(use: Use) -> ast.AST | None:
    return next((n for n in use.around if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)), None)


def _one_display(use: Use, other: Use) -> str:
    """The kind of display in which both classes are entries."""
    for node in use.around[:1]:
        if node not in other.around[:1]:
            continue
        if isinstance(node, ast.Dict) and use.node in node.keys and other.node in node.keys:
            return "dictionary"
        if isinstance(node, ast.Set):
            return "set"
    if (_registers(use) and _registers(other)) or _rows(use, other):
        return "dispatch table"
    return ""


def _rows(use: Use, other: Use) -> bool:
    """``((Canon, 1), (Old, 2))`` in a file that tests for classes that it has in variables."""
    displays = [[n for n in one.around if isinstance(n, ast.Tuple | ast.List)][:2] for one in (use, other)]
    if not all(len(found) == 2 for found in displays) or displays[0][1] is not displays[1][1]:
        return False
    return displays[0][0] is not displays[1][0] and any(
        _called(call) in ("isinstance", "issubclass") and isinstance(call.args[-1], ast.Name)
        for call, _ in use.view.scopes.calls
        if len(call.args) == 2
    )


def _registers(use: Use) -> str:
    """The function of which `register(Old)` makes a use an argument."""
    node = use.parent
    if isinstance(node, ast.Call) and use.node in node.args and _called(node) in ("register", "add_type", "add"):
        return ast.unparse(node.func)
    return ""


def named(ground: Ground, pair: Pair, old: Definition, *, adapter: bool) -> Iterator[Objection]:
    """Code that reads what the duplicate is called, or who inherits from it; that of an adapter's own body goes with it."""
    for use in ground.uses(pair.duplicate):
        node = use.parent
        if adapter and old.node in use.around:
            continue
        if isinstance(node, ast.Attribute) and node.value is use.node and node.attr in _NAMES:
            yield Objection("collapse-name-read", f"{use.path}:{use.line} reads {node.attr} of it")
        if isinstance(node, ast.Call) and use.node in node.args and _called(node) == "super":
            yield Objection("collapse-super", f"{use.path}:{use.line} calls super({use.symbol.name}, …)")


def assigned(ground: Ground, pair: Pair) -> Iterator[Objection]:
    """Code that sets attributes of one of the two from outside: they would be set on both."""
    for use in ground.uses(pair.duplicate):
        node = use.parent
        stored = isinstance(node, ast.Attribute) and not isinstance(node.ctx, ast.Load)
        if stored or (_set_by_name(use) and not ground.tree.is_test(use.path)):
            yield Objection("collapse-assigned", f"{use.path}:{use.line} sets an attribute of it from outside")
    for one, other in ((pair.duplicate, pair.canonical), (pair.canonical, pair.duplicate)):
        there = {use.path for use in ground.uses(other)}
        for path, line in sorted(_replacing(ground, one)):
            if path in there:
                yield Objection("collapse-assigned", f"{path}:{line} replaces a part of {one}, and uses {other} too")


def _set_by_name(use: Use) -> bool:
    node = use.parent
    return isinstance(node, ast.Call) and node.args[:1] == [use.node] and _called(node) in ("setattr", "delattr")


def _replacing(ground: Ground, symbol: Symbol) -> Iterator[tuple[str, int]]:
    """Places that replace an attribute of a class or function for a while: by the object, or by its path as a text."""
    for use in ground.uses(symbol):
        node = use.parent
        if isinstance(node, ast.Call) and node.args[:1] == [use.node] and is_patching(node):
            yield use.path, use.line
        if isinstance(node, ast.Attribute) and not isinstance(node.ctx, ast.Load):
            yield use.path, use.line
    for view in ground.mentioning(ground.aliases(symbol)):
        for string in view.scopes.strings:
            if is_patching(string.call) and _inside(ground, string.value, symbol):
                yield view.source.path, string.node.lineno


def _inside(ground: Ground, text: str, symbol: Symbol) -> bool:
    """Whether a dotted text leads through a class or function to something of it."""
    parts = text.split(".")
    for count in range(1, len(parts) - 1):
        module = ".".join(parts[:count])
        if ground.index.layout.has(module) and ground.index.resolve(module, parts[count]) == symbol:
            return True
    return False


def compared(ground: Ground, pair: Pair) -> Iterator[Notice]:
    """``Old is Canon``: true from now on, which is what the declaration asks for."""
    for use in ground.uses(pair.duplicate):
        node = use.parent
        if (
            isinstance(node, ast.Compare)
            and arm_of(use) is None
            and any(isinstance(op, ast.Is | ast.IsNot) for op in node.ops)
        ):
            yield Notice("collapse-identity-test", use.path, use.line, f"{ast.unparse(node)} will have another outcome")
