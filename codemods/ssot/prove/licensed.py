"""Which statements of a file the warrant takes out of the comparison; each of them is accounted for on its own."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from ssot.index.scopes import Scope
from ssot.index.table import Symbol
from ssot.index.view import FileView, local_name
from ssot.prove.terms import Terms

Definition = ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Grown:
    """A class before and after, and the statements of its body that are new."""

    name: str
    old: ast.ClassDef
    new: ast.ClassDef
    members: tuple[ast.stmt, ...]


@dataclass(frozen=True)
class Licensed:
    """Statements that stand on one side only, by what licenses them."""

    collapsed: tuple[ast.stmt, ...] = ()  # definitions of duplicates, before
    aliases: tuple[ast.stmt, ...] = ()  # assignments that bind a duplicate's name to what it became, after
    retired: tuple[ast.stmt, ...] = ()  # assignments of names that are offered on demand now, or not at all, before
    shims_before: tuple[ast.stmt, ...] = ()  # what offers names on demand
    shims_after: tuple[ast.stmt, ...] = ()
    grown: tuple[Grown, ...] = ()
    helpers: tuple[ast.stmt, ...] = ()  # what new members need, after

    @cached_property
    def gone(self) -> frozenset[int]:
        """Identities of all nodes of the old tree that are not compared."""
        return nodes_of([*self.collapsed, *self.retired, *self.shims_before])

    @cached_property
    def come(self) -> frozenset[int]:
        """Identities of all nodes of the new tree that are not compared."""
        members = [member for grown in self.grown for member in grown.members]
        return nodes_of([*self.aliases, *self.shims_after, *self.helpers, *members])

    @cached_property
    def placeholders(self) -> frozenset[int]:
        """``pass`` and ``...`` in the bodies of classes that got members."""
        bodies = [node for grown in self.grown for node in (*grown.old.body, *grown.new.body)]
        return frozenset(id(node) for node in bodies if _empty(node))

    @property
    def commented(self) -> tuple[ast.stmt, ...]:
        """What may bring comments along."""
        return tuple(node for node in self.statements[1] if node not in self.aliases)

    @property
    def statements(self) -> tuple[tuple[ast.stmt, ...], tuple[ast.stmt, ...]]:
        """All that goes, and all that comes."""
        members = tuple(member for grown in self.grown for member in grown.members)
        return (
            (*self.collapsed, *self.retired, *self.shims_before),
            (*self.aliases, *self.shims_after, *self.helpers, *members),
        )


NOTHING_LICENSED = Licensed()
ALL = frozenset[int]()  # by identity: no restriction


def licensed(terms: Terms, old: FileView, new: FileView) -> Licensed:
    """What the warrant, and nothing else, licenses in one file."""
    module = old.module
    warrant = terms.warrant
    merged = {symbol.name for symbol in terms.merged if symbol.module == module}
    lazy = {name for one, name in warrant.retires | warrant.drops if one == module}
    gains = {symbol.name for symbol in warrant.gains if symbol.module == module}
    if not (merged or lazy or gains):
        return NOTHING_LICENSED
    kept, there = _spelled(new.tree.body), _spelled(old.tree.body)
    gone = [node for node in old.tree.body if ast.dump(node) not in kept]
    come = [node for node in new.tree.body if ast.dump(node) not in there]
    grown = tuple(_grown(gains, old, new))
    shims = (_machinery(old, gone, lazy), _machinery(new, come, lazy)) if lazy else ((), ())
    return Licensed(
        tuple(node for node in gone if _makes(old.scopes.root, node, merged)),
        tuple(node for node in come if _renames(new.scopes.root, node, merged)),
        tuple(node for node in gone if _renames(old.scopes.root, node, lazy)),
        shims[0],
        shims[1],
        grown,
        tuple(_helpers(old, new, come, [member for one in grown for member in one.members])),
    )


def nodes_of(statements: Iterable[ast.stmt]) -> frozenset[int]:
    """Identities of all nodes of some statements, less those like ``Load()`` of which there is one for all trees."""
    return frozenset(
        id(inner)
        for node in statements
        for inner in ast.walk(node)
        if not isinstance(inner, ast.expr_context | ast.operator | ast.boolop | ast.unaryop | ast.cmpop)
    )


def _spelled(body: Iterable[ast.stmt]) -> frozenset[str]:
    return frozenset(map(ast.dump, body))


def _empty(node: ast.stmt) -> bool:
    return isinstance(node, ast.Pass) or (
        isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and node.value.value is ...
    )


# -- definitions and aliases


def bound_by(node: ast.stmt) -> tuple[str, ...]:
    """The names that a definition or a plain assignment binds; none for any other statement."""
    match node:
        case ast.ClassDef() | ast.FunctionDef() | ast.AsyncFunctionDef():
            return (node.name,)
        case ast.Assign() if all(isinstance(target, ast.Name) for target in node.targets):
            return tuple(target.id for target in node.targets if isinstance(target, ast.Name))
        case ast.AnnAssign(target=ast.Name(id=name)):
            return (name,)
        case _:
            return ()


def _makes(scope: Scope, node: ast.stmt, names: set[str]) -> bool:
    """Whether the statement binds some of the names, and is the only one to do so."""
    bound = bound_by(node)
    return bool(bound) and set(bound) <= names and all(len(scope.bindings[name]) == 1 for name in bound)


def _renames(scope: Scope, node: ast.stmt, names: set[str]) -> bool:
    """Whether the statement gives another name to something, and nothing more."""
    plain = isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None and dotted(node.value)
    return plain and _makes(scope, node, names)


def dotted(node: ast.expr) -> bool:
    """Whether an expression is a name, or attributes of one."""
    while isinstance(node, ast.Attribute):
        node = node.value
    return isinstance(node, ast.Name)


# -- classes that get members


def _grown(gains: set[str], old: FileView, new: FileView) -> Iterator[Grown]:
    for name in sorted(gains):
        before, after = class_of(old, name), class_of(new, name)
        if before is None or after is None or ast.dump(before) == ast.dump(after):
            continue
        known = _scope_of(old, before)
        members = tuple(node for node in after.body if _is_new(node, known))
        if members:
            yield Grown(name, before, after, members)


def _is_new(node: ast.stmt, known: Scope) -> bool:
    names = bound_by(node)
    return bool(names) and all(name not in known.bindings for name in names)


def class_of(view: FileView, name: str) -> ast.ClassDef | None:
    """The one class of that name that the module itself makes."""
    made = view.scopes.root.bindings.get(name, [])
    return made[0] if len(made) == 1 and isinstance(made[0], ast.ClassDef) and made[0] in view.tree.body else None


def _scope_of(view: FileView, node: ast.AST) -> Scope:
    return next(scope for scope in view.scopes.root.subtree() if scope.node is node and scope.kind != "type")


def _helpers(old: FileView, new: FileView, come: list[ast.stmt], members: list[ast.stmt]) -> Iterator[ast.stmt]:
    """New module-level definitions and values that nothing but new members, or other such helpers, uses."""
    if not members:
        return
    inside = nodes_of(members)
    candidates = [
        node
        for node in come
        if (names := bound_by(node)) and not any(name in old.scopes.root.bindings for name in names)
    ]
    while True:
        chosen = [node for node in candidates if used_within(new, bound_by(node), inside | nodes_of(candidates))]
        if len(chosen) == len(candidates):
            break
        candidates = chosen
    yield from candidates


def used_within(view: FileView, names: Iterable[str], inside: frozenset[int], needed: frozenset[int] = ALL) -> bool:
    """Whether module-level names are used by nothing but some nodes, and by some at all that are `needed`."""
    places = {id(use.in_string or use.node) for name in names for use in view.scopes.uses_of(view.scopes.root, name)}
    return bool(places) and inside.issuperset(places) and (needed is ALL or not needed.isdisjoint(places))


# -- what offers names on demand

_HOOKS = ("__getattr__", "__dir__")


def _machinery(view: FileView, candidates: list[ast.stmt], names: set[str]) -> tuple[ast.stmt, ...]:
    """`candidates` that only offer names on demand: the two hooks, what nothing else uses, the names for type checkers."""
    found: list[ast.stmt] = [
        node
        for node in view.tree.body
        if (isinstance(node, ast.FunctionDef) and node.name in _HOOKS)
        or (type_only(node) and _imported(node) <= names)
        or (isinstance(node, ast.Delete) and _deleted(node) <= names)
        or (node in candidates and _lists(view, node, names))
    ]
    while True:
        inside = nodes_of(found)
        more = [
            node
            for node in view.tree.body
            if id(node) not in inside and used_within(view, bound_by(node), inside | nodes_of([node]), inside)
        ]
        if not more:
            return tuple(node for node in candidates if node in found)
        found += more


def _lists(view: FileView, node: ast.stmt, names: set[str]) -> bool:
    """Whether a statement is the module's one ``__all__``, a constant list of names that are to be given on demand."""
    match node:
        case ast.Assign(targets=[ast.Name(id="__all__")], value=ast.List(elts=items)):
            alone = len(view.scopes.root.bindings["__all__"]) == 1
            return (
                alone and bool(items) and all(isinstance(item, ast.Constant) and item.value in names for item in items)
            )
        case _:
            return False


def _deleted(node: ast.Delete) -> set[str]:
    """What a star import brought and `__getattr__` is to give; the empty text for anything but a name."""
    return {getattr(target, "id", "") for target in node.targets}


def type_only(node: ast.stmt) -> bool:
    """``if TYPE_CHECKING:`` with nothing but imports, and other names for what they bring, in it."""
    if not isinstance(node, ast.If) or node.orelse:
        return False
    name = node.test.attr if isinstance(node.test, ast.Attribute) else getattr(node.test, "id", "")
    return name == "TYPE_CHECKING" and all(
        isinstance(one, ast.Import | ast.ImportFrom) or _alias(one) for one in node.body
    )


def _alias(node: ast.stmt) -> bool:
    """``Old = _New``."""
    return isinstance(node, ast.Assign) and isinstance(node.value, ast.Name) and len(bound_by(node)) == 1


def _imported(node: ast.stmt) -> set[str]:
    """The names that a block offers to type checkers; what it imports only to give it another name is none of them."""
    body = node.body if isinstance(node, ast.If) else []
    renamed = {one.value.id for one in body if isinstance(one, ast.Assign) and isinstance(one.value, ast.Name)}
    imported = {
        local_name(alias) for one in body if isinstance(one, ast.Import | ast.ImportFrom) for alias in one.names
    }
    return {name for one in body for name in bound_by(one)} | (imported - renamed)


def merged_names(terms: Terms, module: str) -> dict[str, Symbol]:
    """The names of a module that were duplicates, with what they became."""
    return {symbol.name: now for symbol, now in terms.merged.items() if symbol.module == module}
