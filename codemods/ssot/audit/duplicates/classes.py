"""Two classes side by side: head, fields in order, methods, other statements of the body."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from ssot.audit.duplicates.comparison import Level, Row
from ssot.audit.duplicates.definitions import Definition, Definitions, Function
from ssot.audit.duplicates.functions import Side, compare_functions, compare_statements, decorators, signature
from ssot.audit.duplicates.normal import Key, Normaliser
from ssot.audit.duplicates.stand_ins import StandIns


@dataclass(frozen=True, slots=True)
class Member:
    """One name of a class body with the statements that bind it, in order."""

    name: str
    nodes: tuple[ast.stmt, ...]

    @property
    def is_method(self) -> bool:
        return isinstance(self.nodes[-1], Function)

    @property
    def aspect(self) -> str:
        kind = "method" if self.is_method else "class" if isinstance(self.nodes[-1], ast.ClassDef) else "field"
        return f"{kind} {self.name}"

    @property
    def text(self) -> str:
        last = self.nodes[-1]
        if isinstance(last, Function):
            head = " ".join(
                filter(None, [decorators(last), "async def" if isinstance(last, ast.AsyncFunctionDef) else "def"])
            )
            return f"{head} {last.name}{signature(last)}"
        return f"class {last.name}" if isinstance(last, ast.ClassDef) else ast.unparse(last)

    @property
    def declares_only(self) -> bool:
        """An annotation without a value: it makes nothing at run time."""
        return all(isinstance(node, ast.AnnAssign) and node.value is None for node in self.nodes)


@dataclass(frozen=True, slots=True)
class Body:
    """A class body taken apart; ``rest`` are the statements that bind no plain name."""

    members: dict[str, Member]
    rest: tuple[ast.stmt, ...]


def take_apart(node: ast.ClassDef) -> Body:
    members: dict[str, list[ast.stmt]] = {}
    rest: list[ast.stmt] = []
    for statement in node.body:
        names = bound_names(statement)
        for name in names:
            members.setdefault(name, []).append(statement)
        if not names and not _no_op(statement):
            rest.append(statement)
    return Body({name: Member(name, tuple(nodes)) for name, nodes in members.items()}, tuple(rest))


def bound_names(node: ast.stmt) -> list[str]:
    """The names that a plain statement of a class body binds."""
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            return [node.name]
        case ast.Assign():
            found = [name for target in node.targets for name in _names(target)]
            return found if len(found) == sum(map(_targets, node.targets)) else []
        case ast.AnnAssign(target=ast.Name()):
            return [node.target.id] if isinstance(node.target, ast.Name) else []
        case _:
            return []


def _names(target: ast.expr) -> list[str]:
    if isinstance(target, ast.Tuple | ast.List):
        return [name for one in target.elts for name in _names(one)]
    return [target.id] if isinstance(target, ast.Name) else []


def _targets(target: ast.expr) -> int:
    return sum(map(_targets, target.elts)) if isinstance(target, ast.Tuple | ast.List) else 1


def _no_op(node: ast.stmt) -> bool:
    return isinstance(node, ast.Pass) or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))


def head_rows(project: Definitions, canonical: Side, duplicate: Side) -> Iterator[Row]:
    """Bases, metaclass and class keywords, decorators."""
    one, two = canonical.node, duplicate.node
    assert isinstance(one, ast.ClassDef)
    assert isinstance(two, ast.ClassDef)
    yield _row(project, canonical, duplicate, "bases", _bases(one), _bases(two))
    yield _row(project, canonical, duplicate, "decorators", one.decorator_list, two.decorator_list)
    if one.keywords or two.keywords:
        left, right = (sorted(node.keywords, key=lambda key: key.arg or "") for node in (one, two))
        same = _keys(project, canonical, [k.value for k in left]) == _keys(project, duplicate, [k.value for k in right])
        same = same and [k.arg for k in left] == [k.arg for k in right]
        yield Row("metaclass", _text(left), _text(right), Level.SAME if same else Level.CONFLICT)


def _bases(node: ast.ClassDef) -> list[ast.expr]:
    return [base for base in node.bases if not (isinstance(base, ast.Name) and base.id == "object")]


def _row(
    project: Definitions, canonical: Side, duplicate: Side, aspect: str, one: list[ast.expr], two: list[ast.expr]
) -> Row:
    same = _keys(project, canonical, one) == _keys(project, duplicate, two)
    stand_ins = StandIns(project)
    if not same and _keys(project, canonical, one, stand_ins) == _keys(project, duplicate, two, stand_ins):
        return Row(
            aspect, _text(one), _text(two), Level.COSMETIC, "each module has its own type variables or constants"
        )
    note = "the names denote different objects" if not same and _text(one) == _text(two) else ""
    return Row(aspect, _text(one), _text(two), Level.SAME if same else Level.CONFLICT, note)


def _keys(project: Definitions, side: Side, nodes: list[ast.expr], stand_ins: StandIns | None = None) -> list[Key]:
    normal = Normaliser(project, side.definition.view, side.itself)
    if stand_ins is not None:
        normal.stand_in = stand_ins.of
    return [normal.expression(node) for node in nodes]


def _text(nodes: list[ast.expr] | list[ast.keyword]) -> str:
    return ", ".join(ast.unparse(node) for node in nodes)


def member_rows(project: Definitions, canonical: Side, duplicate: Side) -> Iterator[Row]:
    """A row for each member of either, the canonical one's order first."""
    assert isinstance(canonical.node, ast.ClassDef)
    assert isinstance(duplicate.node, ast.ClassDef)
    one, two = take_apart(canonical.node), take_apart(duplicate.node)
    for name, left in one.members.items():
        right = two.members.get(name)
        if right is None:
            yield Row(
                left.aspect, left.text, "", Level.COSMETIC if left.declares_only and canonical.plain else Level.MISSING
            )
        else:
            yield shared_row(project, canonical, duplicate, left, right)
    for name, right in two.members.items():
        if name not in one.members:
            yield Row(
                right.aspect, "", right.text, Level.COSMETIC if right.declares_only and duplicate.plain else Level.EXTRA
            )
    yield from _rest_rows(project, canonical, duplicate, one.rest, two.rest)


def shared_row(project: Definitions, canonical: Side, duplicate: Side, left: Member, right: Member) -> Row:
    """One member that both have."""
    row = (left.aspect, left.text, right.text)
    if len(left.nodes) != len(right.nodes):
        return Row(*row, Level.CONFLICT, "one binds the name more often")
    levels = [
        _likeness(project, canonical.inner(a), duplicate.inner(b)) for a, b in zip(left.nodes, right.nodes, strict=True)
    ]
    worst = max(levels, key=lambda found: list(Level).index(found[0]))
    return Row(*row, *worst)


def _likeness(project: Definitions, one: Side, two: Side) -> tuple[Level, str]:
    both = isinstance(one.node, Function) and isinstance(two.node, Function)
    if not both and type(one.node) is not type(two.node):
        return Level.CONFLICT, "one is a method, the other is not" if isinstance(one.node, Function) else ""
    found = (compare_functions if both else compare_statements)(project, one, two)
    return found.level, found.note


def _rest_rows(
    project: Definitions, canonical: Side, duplicate: Side, one: tuple[ast.stmt, ...], two: tuple[ast.stmt, ...]
) -> Iterator[Row]:
    if not one and not two:
        return
    normal = [
        [Normaliser(project, side.definition.view, side.itself).visit(node, side.inner(node).scope) for node in nodes]
        for side, nodes in ((canonical, one), (duplicate, two))
    ]
    left, right = ("; ".join(ast.unparse(node).splitlines()[0] for node in nodes) for nodes in (one, two))
    yield Row("other statements", left, right, Level.SAME if normal[0] == normal[1] else Level.CONFLICT)


def definition_side(definition: Definition, *others: Definition) -> Side:
    """With the symbols that count as the class itself: its own, and what it is to become."""
    return Side.of(definition, frozenset(one.symbol for one in (definition, *others)))
