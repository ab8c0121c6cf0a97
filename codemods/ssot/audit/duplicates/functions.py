"""Two functions or methods side by side."""

from __future__ import annotations

import ast
import io
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass

from ssot.audit.duplicates.comparison import Level
from ssot.audit.duplicates.definitions import Definition, Definitions, Function
from ssot.audit.duplicates.normal import Global, Key, Normaliser
from ssot.audit.duplicates.stand_ins import StandIns
from ssot.index.scopes import Scope
from ssot.index.table import Symbol


@dataclass(frozen=True, slots=True)
class Side:
    """A statement with the surroundings that give its names a meaning."""

    definition: Definition
    node: ast.stmt
    scope: Scope
    itself: frozenset[Symbol]
    plain: bool = False  # of a class: nobody reads the annotations in its body

    @classmethod
    def of(cls, definition: Definition, itself: frozenset[Symbol]) -> Side:
        scope = definition.view.scopes.root
        if definition.owner is not None:
            scope = definition.view.scope_of[id(definition.node)].parent or scope
        return cls(definition, definition.node, scope, itself)

    def inner(self, node: ast.stmt) -> Side:
        """A statement of the class body."""
        return Side(self.definition, node, self.definition.view.scope_of[id(self.node)], self.itself, self.plain)

    @property
    def text(self) -> str:
        return self.definition.file.source.segment(self.node).decode("utf-8")


@dataclass(frozen=True, slots=True)
class Likeness:
    """How alike two statements are, and in what they differ."""

    level: Level
    note: str = ""


def compare_functions(project: Definitions, canonical: Side, duplicate: Side) -> Likeness:
    """Name, signature, decorators and body; `note` says the first thing that differs."""
    one, two = canonical.node, duplicate.node
    assert isinstance(one, Function)
    assert isinstance(two, Function)
    if type(one) is not type(two):
        return Likeness(
            Level.CONFLICT, f"the {'canonical one' if isinstance(one, ast.AsyncFunctionDef) else 'duplicate'} is async"
        )
    return _graded(project, canonical, duplicate) or Likeness(
        Level.CONFLICT, _difference(project, canonical, duplicate)
    )


def compare_statements(project: Definitions, canonical: Side, duplicate: Side) -> Likeness:
    """Statements of a class body that are no functions."""
    return _graded(project, canonical, duplicate) or Likeness(
        Level.CONFLICT, _globals_note(project, canonical, duplicate)
    )


def _graded(project: Definitions, canonical: Side, duplicate: Side) -> Likeness | None:
    if key_of(project, canonical, exact=True) == key_of(project, duplicate, exact=True):
        same = comments(canonical.text) == comments(duplicate.text)
        return Likeness(Level.SAME) if same else Likeness(Level.COSMETIC, "comments differ")
    if key_of(project, canonical) == key_of(project, duplicate):
        return Likeness(Level.COSMETIC, _cosmetic_note(canonical, duplicate))
    stand_ins = StandIns(project)
    if key_of(project, canonical, stand_ins) == key_of(project, duplicate, stand_ins):
        used = sorted({f"{symbol.name}: {what}" for symbol, what in stand_ins.used.items()})
        return Likeness(Level.COSMETIC, "each module has its own " + "; ".join(used))
    return None


def key_of(
    project: Definitions, side: Side, stand_ins: StandIns | None = None, *, exact: bool = False, named: bool = True
) -> Key:
    normal = _normaliser(project, side, stand_ins, exact=exact, named=named)
    return _visited(normal, side)


def _normaliser(
    project: Definitions, side: Side, stand_ins: StandIns | None = None, *, exact: bool = False, named: bool = True
) -> Normaliser:
    normal = Normaliser(project, side.definition.view, side.itself, exact, named, plain=side.plain)
    if stand_ins is not None:
        normal.stand_in = stand_ins.of
    return normal


def _visited(normal: Normaliser, side: Side) -> Key:
    if not isinstance(side.node, Function):
        return normal.visit(side.node, side.scope)
    return normal.method(side.node, side.scope)


def globals_of(project: Definitions, side: Side) -> list[Global]:
    normal = _normaliser(project, side)
    _visited(normal, side)
    return normal.globals


def _difference(project: Definitions, canonical: Side, duplicate: Side) -> str:
    one, two = canonical.node, duplicate.node
    assert isinstance(one, Function)
    assert isinstance(two, Function)
    if ast.dump(one.args) != ast.dump(two.args) and signature(one) != signature(two):
        return f"signatures differ: {signature(one)} and {signature(two)}"
    if decorators(one) != decorators(two):
        return f"decorators differ: {decorators(one) or 'none'} and {decorators(two) or 'none'}"
    return _globals_note(project, canonical, duplicate) or _first_difference(one, two)


def _globals_note(project: Definitions, canonical: Side, duplicate: Side) -> str:
    if key_of(project, canonical, named=False) != key_of(project, duplicate, named=False):
        return ""
    pairs = zip(globals_of(project, canonical), globals_of(project, duplicate), strict=False)
    for one, two in pairs:
        if one.denotes != two.denotes:
            return f"the same text, but {one.name} is {shown(one)} there and {shown(two)} here"
    return ""


def uses_super(node: ast.AST) -> bool:
    return any(isinstance(one, ast.Name) and one.id in ("super", "__class__") for one in ast.walk(node))


def similar(one: Function, two: Function) -> bool:
    """Whether two functions that differ are about the same thing: one signature, or half of their lines in common."""
    if signature(one) == signature(two):
        return True
    left, right = (set("\n".join(ast.unparse(part) for part in _plain(node)).splitlines()) for node in (one, two))
    return len(left & right) * 2 >= len(left | right) > 0


def shown(name: Global) -> str:
    """What a global denotes, for people."""
    text = str(name.denotes)
    return "something that can't be told" if text.startswith("?") else text


def _first_difference(one: Function, two: Function) -> str:
    for left, right in zip(_plain(one), _plain(two), strict=False):
        if ast.dump(left) != ast.dump(right):
            return f"line {left.lineno}: {_short(left)} · line {right.lineno}: {_short(right)}"
    return f"{len(_plain(one))} statements and {len(_plain(two))}"


def _plain(node: Function) -> list[ast.stmt]:
    return [one for one in node.body if not (isinstance(one, ast.Expr) and isinstance(one.value, ast.Constant))]


def _short(node: ast.stmt) -> str:
    text = ast.unparse(node).splitlines()[0]
    return text if len(text) <= 60 else text[:57] + "…"


def signature(node: Function) -> str:
    """Parameters with their kinds and defaults, without annotations."""
    bare = ast.parse("def f(): pass").body[0]
    assert isinstance(bare, ast.FunctionDef)
    return f"({ast.unparse(_without_annotations(node.args))})"


def _without_annotations(arguments: ast.arguments) -> ast.arguments:
    def plain(one: ast.arg) -> ast.arg:
        return ast.arg(one.arg)

    return ast.arguments(
        [plain(one) for one in arguments.posonlyargs],
        [plain(one) for one in arguments.args],
        plain(arguments.vararg) if arguments.vararg else None,
        [plain(one) for one in arguments.kwonlyargs],
        arguments.kw_defaults,
        plain(arguments.kwarg) if arguments.kwarg else None,
        arguments.defaults,
    )


def decorators(node: Function | ast.ClassDef) -> str:
    return " ".join(f"@{ast.unparse(one)}" for one in node.decorator_list)


def _cosmetic_note(canonical: Side, duplicate: Side) -> str:
    one, two = canonical.node, duplicate.node
    found = []
    if isinstance(one, Function) and isinstance(two, Function):
        found += ["docstring"] if ast.get_docstring(one) != ast.get_docstring(two) else []
    found += ["annotations"] if _annotations(one) != _annotations(two) else []
    if comments(canonical.text) != comments(duplicate.text):
        found.append("comments")
    return (" and ".join(found) or "names of locals, or statements without effect") + " differ"


def _annotations(node: ast.AST) -> list[str]:
    return [
        ast.unparse(annotation)
        for one in ast.walk(node)
        for annotation in (getattr(one, "annotation", None), getattr(one, "returns", None))
        if annotation is not None
    ]


def comments(text: str) -> tuple[str, ...]:
    """The comments in a piece of source."""
    if "#" not in text:
        return ()
    return tuple(_comments(text))


def _comments(text: str) -> Iterator[str]:
    try:
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            if token.type == tokenize.COMMENT:
                yield token.string
    except (tokenize.TokenError, IndentationError):
        return
