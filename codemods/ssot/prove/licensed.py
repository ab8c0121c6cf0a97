"""Which statements of a file the warrant takes out of the comparison; each of them is accounted for on its own."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from ssot.index.announced import announces
from ssot.index.scopes import Scope
from ssot.index.shims import TABLE
from ssot.index.table import External, Module, Symbol
from ssot.index.view import FileView, local_name
from ssot.index.wrappers import Function, functions_of, statements_of, wrapper
from ssot.prove.terms import Terms

Definition = ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Grown:
    """A class before and after, and the statements of its body that are new."""

    name: str
    old: ast.ClassDef
    new: ast.ClassDef
    members: tuple[ast.stmt, ...]
    bases: tuple[tuple[ast.expr, ...], ...] = ((), ())  # its bases, where one of them was the duplicate
    replaced: tuple[ast.stmt, ...] = ()  # what stood in the place of new members, before


@dataclass(frozen=True)
class Wrapped:
    """A function that warns its caller now. ``emptied``: whether its own statements have made way for a call."""

    old: ast.FunctionDef | ast.AsyncFunctionDef
    new: ast.FunctionDef | ast.AsyncFunctionDef
    marks: tuple[ast.AST, ...]
    emptied: bool

    @property
    def gone(self) -> list[ast.stmt]:
        return statements_of(self.old) if self.emptied else []

    @property
    def come(self) -> list[ast.AST]:
        return [*self.marks, *(statements_of(self.new) if self.emptied else ())]


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
    wrapped: tuple[Wrapped, ...] = ()

    @cached_property
    def gone(self) -> frozenset[int]:
        """Identities of all nodes of the old tree that are not compared."""
        bases = [base for grown in self.grown for base in (*grown.bases[0], *grown.replaced)]
        return nodes_of([*self.collapsed, *self.retired, *self.shims_before, *self.emptied, *bases])

    @cached_property
    def come(self) -> frozenset[int]:
        """Identities of all nodes of the new tree that are not compared."""
        members = [member for grown in self.grown for member in grown.members]
        marks = [node for one in self.wrapped for node in one.come]
        bases = [base for grown in self.grown for base in grown.bases[1]]
        return nodes_of([*self.aliases, *self.shims_after, *self.helpers, *members, *marks, *bases])

    @cached_property
    def emptied(self) -> tuple[ast.stmt, ...]:
        """Statements of functions that hand over to another one now."""
        return tuple(node for one in self.wrapped for node in one.gone)

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
    grown = tuple(_grown(terms, gains, old, new))
    listed = any(_lists(old, node, lazy) for node in gone)
    shims = (_machinery(old, gone, lazy), _machinery(new, come, lazy, listed)) if lazy else ((), ())
    return Licensed(
        tuple(node for node in gone if _makes(old.scopes.root, node, merged)),
        tuple(node for node in come if _renames(new.scopes.root, node, merged)),
        tuple(
            node
            for node in gone
            if _renames(old.scopes.root, node, lazy) or _unwrapped(old, new, node, lazy) or _silenced(new, node, lazy)
        ),
        shims[0],
        shims[1],
        grown,
        tuple(_helpers(old, new, come, [member for one in grown for member in one.members])),
        tuple(_wrapped(old, new, lazy)),
    )


def nodes_of(statements: Iterable[ast.AST]) -> frozenset[int]:
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


def _grown(terms: Terms, gains: set[str], old: FileView, new: FileView) -> Iterator[Grown]:
    for name in sorted(gains):
        before, after = class_of(old, name), class_of(new, name)
        if before is None or after is None or ast.dump(before) == ast.dump(after):
            continue
        known = scope_of(old, before)
        members = tuple(node for node in after.body if _is_new(node, known))
        if _is_duplicate(terms, old, before):
            was, now = {bound_by(node): node for node in before.body}, {bound_by(node): node for node in after.body}
            other = [names for names in was if names and names in now and ast.dump(was[names]) != ast.dump(now[names])]
            members += tuple(now[names] for names in other)
            bases = (tuple(before.bases), tuple(after.bases))
            yield Grown(name, before, after, members, bases, tuple(was[names] for names in other))
        elif members:
            yield Grown(name, before, after, members)


def _is_duplicate(terms: Terms, view: FileView, node: ast.ClassDef) -> bool:
    """Whether the one base of a class is a duplicate that the class itself takes the place of."""
    if len(node.bases) != 1 or not dotted(node.bases[0]):
        return False
    first, *rest = ast.unparse(node.bases[0]).split(".")
    found = view.index.resolve(view.module, first)
    for attribute in rest:
        found = view.index.resolve(found.name, attribute) if isinstance(found, Module) else found
    return isinstance(found, Symbol) and terms.merged.get(found) == Symbol(view.module, node.name)


def _is_new(node: ast.stmt, known: Scope) -> bool:
    names = bound_by(node)
    return bool(names) and all(name not in known.bindings for name in names)


def class_of(view: FileView, name: str) -> ast.ClassDef | None:
    """The one class of that name that the module itself makes."""
    made = view.scopes.root.bindings.get(name, [])
    return made[0] if len(made) == 1 and isinstance(made[0], ast.ClassDef) and made[0] in view.tree.body else None


def scope_of(view: FileView, node: ast.AST) -> Scope:
    return next(scope for scope in view.scopes.root.subtree() if scope.node is node and scope.kind == "class")


def _helpers(old: FileView, new: FileView, come: list[ast.stmt], members: list[ast.stmt]) -> Iterator[ast.stmt]:
    """New module-level definitions and values that nothing but new members, or other such helpers, uses."""
    if not members:
        return
    inside = nodes_of(members)
    candidates = [
        node
        for node in come
        if (names := bound_by(node) or typed_imports(new, node))
        and not any(name in old.scopes.root.bindings for name in names)
    ]
    while True:
        within = inside | nodes_of(candidates)
        chosen = [node for node in candidates if used_within(new, bound_by(node) or typed_imports(new, node), within)]
        if len(chosen) == len(candidates):
            break
        candidates = chosen
    yield from candidates


def typed_imports(view: FileView, node: ast.stmt) -> tuple[str, ...]:
    """The names that ``if TYPE_CHECKING:`` with nothing but from-imports in it brings; none for any other statement."""
    plain = isinstance(node, ast.If) and isinstance(node.test, ast.Name) and type_only(node)
    if not plain or view.index.resolve(view.module, "TYPE_CHECKING") != External("typing.TYPE_CHECKING"):
        return ()
    found = [alias for one in getattr(node, "body", ()) if isinstance(one, ast.ImportFrom) for alias in one.names]
    return tuple(local_name(alias) for alias in found) if len(found) == len(_imported(node)) else ()


def used_within(view: FileView, names: Iterable[str], inside: frozenset[int], needed: frozenset[int] = ALL) -> bool:
    """Whether module-level names are used by nothing but some nodes, and by some at all that are `needed`."""
    places = {id(use.in_string or use.node) for name in names for use in view.scopes.uses_of(view.scopes.root, name)}
    return bool(places) and inside.issuperset(places) and (needed is ALL or not needed.isdisjoint(places))


# -- what offers names on demand

_HOOKS = ("__getattr__", "__dir__")


def _machinery(
    view: FileView, candidates: list[ast.stmt], names: set[str], listed: bool = False
) -> tuple[ast.stmt, ...]:
    """`candidates` that only offer names on demand: the two hooks, what nothing else uses, the names for type checkers.

    `listed`: the other version of the module has an ``__all__`` of nothing but such names.
    """
    found: list[ast.stmt] = [
        node
        for node in view.tree.body
        if (isinstance(node, ast.FunctionDef) and node.name in _HOOKS)
        or (type_only(node) and _imported(node) <= names)
        or (isinstance(node, ast.Delete) and _deleted(node) <= names)
        or (node in candidates and (_lists(view, node, names, listed) or _is_table(node, names)))
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


def _is_table(node: ast.stmt, names: set[str]) -> bool:
    """The table itself, which nothing asks where all its names are functions."""
    if bound_by(node) != (TABLE,) or not isinstance(node, ast.Assign) or not isinstance(node.value, ast.Dict):
        return False
    return all(isinstance(key, ast.Constant) and key.value in names for key in node.value.keys)


def _lists(view: FileView, node: ast.stmt, names: set[str], empty: bool = False) -> bool:
    """Whether a statement is the module's one ``__all__``, a constant list of names that are to be given on demand.

    `empty`: of none of them counts as well.
    """
    match node:
        case ast.Assign(targets=[ast.Name(id="__all__")], value=ast.List(elts=items) | ast.Tuple(elts=items)):
            alone = len(view.scopes.root.bindings["__all__"]) == 1
            return (
                alone
                and bool(items or empty)
                and all(isinstance(item, ast.Constant) and item.value in names for item in items)
            )
        case _:
            return False


def _wrapped(old: FileView, new: FileView, names: set[str]) -> Iterator[Wrapped]:
    """Functions that have come to warn their callers."""
    for name in sorted((new.facts.shims.wrapped - old.facts.shims.wrapped) & names):
        before, (after,) = functions_of(old.tree, name), functions_of(new.tree, name)
        found = wrapper(after)
        if len(before) == 1 and found is not None:
            rest = [node for node in after.body if not any(node is mark for mark in found.marks)]
            same = [ast.dump(node) for node in rest] == [ast.dump(node) for node in before[0].body]
            yield Wrapped(before[0], after, found.marks, not same)


def _unwrapped(old: FileView, new: FileView, node: ast.stmt, names: set[str]) -> bool:
    """A wrapper that goes, with its row."""
    name = getattr(node, "name", "")
    return name in old.facts.shims.wrapped & names and isinstance(node, Function) and not functions_of(new.tree, name)


def _silenced(new: FileView, node: ast.stmt, names: set[str]) -> bool:
    """What the module said of itself, where it has nothing left but names that say so themselves."""
    if not announces(node) or not new.facts.shims.live:
        return False
    bound = {name for name, made in new.index.bindings(new.module).items() if any(not b.where.type_only for b in made)}
    left = {name for name in bound - new.facts.shims.wrapped if not name.startswith("_")}
    return left <= {"TYPE_CHECKING", "annotations", "typing", "warnings", "warn"} and bool(names)


def _deleted(node: ast.Delete) -> set[str | None]:
    """What a star import brought and `__getattr__` is to give; None for anything but a name."""
    return {getattr(target, "id", None) for target in node.targets}


def type_only(node: ast.stmt) -> bool:
    """``if TYPE_CHECKING:`` with nothing but imports, and other names for what they bring, in it."""
    if not isinstance(node, ast.If) or node.orelse:
        return False
    name = node.test.attr if isinstance(node.test, ast.Attribute) else getattr(node.test, "id", None)
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
