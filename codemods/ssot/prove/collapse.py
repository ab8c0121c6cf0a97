"""Accounts for definitions that were declared to be duplicates: what became of them, and of what only they had."""

from __future__ import annotations

import ast
import builtins
import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from ssot.index.immutable import is_logger, value_key
from ssot.index.table import External, Index, Missing, Module, Symbol
from ssot.index.view import FileView
from ssot.prove.gates import Failure
from ssot.prove.licensed import Definition, Grown, Licensed, bound_by, class_of, scope_of
from ssot.prove.members import Move, same_binding
from ssot.prove.terms import Terms

Views = Callable[[str], FileView | None]  # a module of one tree; None where it can't be looked at
_PLAIN_BASES = frozenset(["object", "abc.ABC", "typing.Generic", "typing.Protocol"])


@dataclass(frozen=True)
class Collapse:
    """What became of the duplicates, seen in both trees."""

    terms: Terms
    before: Views
    after: Views
    _helpers: dict[tuple[str, str], dict[object, object]] = field(default_factory=dict)

    def check(self, old: FileView, new: FileView, license: Licensed) -> Failure | None:
        """One file: definitions that go, names that are bound anew, members and helpers that come."""
        complaints = [
            *self._positions(old, new, license),
            *(found for node in license.collapsed for found in self._replaced(old, node)),
            *(found for grown in license.grown for found in self._grown(old, new, grown, license)),
            *(found for node in license.helpers for found in self._helper(new, node, license)),
        ]
        return Failure("gate-difference", complaints[0]) if complaints else None

    # -- the duplicate's file

    def _positions(self, old: FileView, new: FileView, license: Licensed) -> Iterator[str]:
        """The name must be bound no later than it was, as seen from what stays."""
        for node in license.collapsed:
            for name in bound_by(node):
                made = new.scopes.root.bindings.get(name, [])
                if len(made) > 1:
                    yield f"{name} would be bound more than once"
                ahead = _kept_ahead(old.tree.body, node, license.gone)
                for one in made:
                    later = _kept_ahead(new.tree.body, one, license.come) > ahead
                    if later and not _unread_until(old, node, name, license):
                        yield f"{name} would be bound later than it was"

    def _replaced(self, old: FileView, node: ast.stmt) -> Iterator[str]:
        """What a duplicate offered, the canonical definition must offer, too."""
        for name in bound_by(node):
            canonical = self.terms.merged[Symbol(old.module, name)]
            there = self.after(canonical.module)
            definition = definition_of(there, canonical.name) if there is not None else None
            if there is None or definition is None:
                yield f"{canonical}, which replaces {name}, can't be looked at"
            elif _sort(node) != _sort(definition):
                yield f"{name} is {_sort(node)}, {canonical} is {_sort(definition)}"
            elif isinstance(node, ast.ClassDef) and isinstance(definition, ast.ClassDef):
                yield from self._members_lost(Symbol(old.module, name), canonical)

    def _members_lost(self, duplicate: Symbol, canonical: Symbol) -> Iterator[str]:
        had, has = (
            Family.of(self.terms.before, self.before, duplicate),
            Family.of(self.terms.after, self.after, canonical),
        )
        missing = {name for name in had.members - has.members if not hasattr(object, name)}
        if missing:
            yield f"{canonical} lacks {', '.join(sorted(missing))}, which {duplicate} has"
        strange = had.foreign - has.foreign - {"object"}
        if strange:
            yield f"{canonical} is no {', '.join(sorted(strange))}, as {duplicate} is"

    # -- the canonical definition's file

    def _sources(self, canonical: Symbol) -> list[Symbol]:
        return sorted((one for one, now in self.terms.merged.items() if now == canonical), key=str)

    def _grown(self, old: FileView, new: FileView, grown: Grown, license: Licensed) -> Iterator[str]:
        canonical = Symbol(new.module, grown.name)
        family = Family.of(self.terms.before, self.before, canonical)
        if grown.bases[0]:
            yield from self._folded(canonical, grown, family)
        for member in grown.members:
            for name in () if grown.bases[0] else bound_by(member):
                if name in family.members:
                    yield f"{canonical} has a member {name} already"
                elif family.foreign - _PLAIN_BASES and not _dunder(name):
                    yield f"{', '.join(sorted(family.foreign - _PLAIN_BASES))}, a base of {canonical}, may have a {name}"
            yield from self._moved(canonical, grown, member, new, license)

    def _folded(self, canonical: Symbol, grown: Grown, family: Family) -> Iterator[str]:
        """A class that takes over its base: it must inherit what that inherited, and skip no step of its own."""
        duplicate, *more = self._chain(canonical, family)
        top = (more or [duplicate])[-1]
        if (
            Family.of(self.terms.before, self.before, top).bases
            != Family.of(self.terms.after, self.after, canonical).bases
        ):
            yield f"{canonical} would not inherit what {top} does"
        for was in grown.replaced:
            if not all(hands_on(was, one) for one in same_binding(list(grown.members), was)):
                yield f"{canonical} does more in {bound_by(was)[0]} than {duplicate}"
        kept = [node for node in grown.new.body if node not in grown.members]
        if any(
            isinstance(one, ast.Name) and one.id in ("super", "__class__") for node in kept for one in ast.walk(node)
        ):
            yield f"super() in {canonical} would skip what {duplicate} does"
        had: list[str] = []
        for one in (duplicate, *more):
            view = self.before(one.module)
            node = class_of(view, one.name) if view is not None else None
            had += {name for inner in node.body for name in bound_by(inner)} if node is not None else ()
            if node is None or node.keywords or node.decorator_list:
                yield f"{one} is no plain class"
        if sorted(had) != sorted({name for member in grown.members for name in bound_by(member)}):
            yield f"{canonical} would not have all that {duplicate} has, or would have it in two ways"

    def _chain(self, canonical: Symbol, family: Family) -> Iterator[Symbol]:
        """The duplicates that a class inherited from, one from the other."""
        while len(family.bases) == 1 and self.terms.merged.get(family.bases[0]) == canonical:  # type: ignore[call-overload]
            (here,) = family.bases
            assert isinstance(here, Symbol)
            yield here
            family = Family.of(self.terms.before, self.before, here)

    def _moved(
        self, canonical: Symbol, grown: Grown, member: ast.stmt, new: FileView, license: Licensed
    ) -> Iterator[str]:
        complaints = []
        steps = same_binding(grown.new.body, member)
        for duplicate in self._sources(canonical):
            view = self.before(duplicate.module)
            node = class_of(view, duplicate.name) if view is not None else None
            if view is None or node is None:
                continue
            bases = Family.of(self.terms.before, self.before, duplicate).bases
            same = bases == Family.of(self.terms.after, self.after, canonical).bases
            moved = self._helpers_of(view, new, license)
            move = Move(view, duplicate.name, new, canonical.name, self.terms, moved, same)
            there = same_binding(node.body, member)
            bindings = scope_of(view, node).bindings
            if not there:
                continue
            if {len(bindings[name]) for name in bound_by(member)} != {len(steps)} or len(there) != len(steps):
                complaint = "there it is made in other steps"
            else:
                complaint = move.complaint(there[steps.index(member)], member)
            if not complaint:
                return
            complaints.append(complaint)
        names = ", ".join(bound_by(member))
        yield f"{canonical} would get {names}: " + (complaints or ["none of its duplicates has that"])[0]

    def _helpers_of(self, old: FileView, new: FileView, license: Licensed) -> dict[object, object]:
        """Module-level names of a duplicate's file that are the same in the canonical one's, or as good as that."""
        key = old.module, new.module
        if key not in self._helpers:
            self._helpers[key] = self._compared(old, new, license)
        return self._helpers[key]

    def _compared(self, old: FileView, new: FileView, license: Licensed) -> dict[object, object]:
        there = constants(new)
        alike = {name for name, value in constants(old).items() if there.get(name) == value}
        known = loggers(new)
        alike |= {name for name, called in loggers(old).items() if known.get(name) == called}
        nodes = [
            node for node in license.helpers if _is_as_good_twice(new, node) and _once(new, node) and _once(old, node)
        ]
        while True:
            names = {name for node in nodes for name in bound_by(node)} | alike
            moved: dict[object, object] = {Symbol(old.module, name): Symbol(new.module, name) for name in names}
            move = Move(old, "", new, "", self.terms, moved)
            kept = [
                node
                for node in nodes
                if not any(move.complaint(one, node) for one in same_binding(old.tree.body, node))
            ]
            if kept == nodes:
                return moved
            nodes = kept

    def _helper(self, new: FileView, node: ast.stmt, license: Licensed) -> Iterator[str]:
        """A function or constant at module level that moved members use; imports for type checkers are told by their uses."""
        for duplicate in self.terms.merged:
            view = self.before(duplicate.module)
            moved = self._helpers_of(view, new, license) if view is not None else {}
            if all(Symbol(duplicate.module, name) in moved for name in bound_by(node)):
                return
        yield f"{', '.join(bound_by(node))} would be a second object, or is not what any duplicate's module has"


def _once(view: FileView, node: ast.stmt) -> bool:
    """Whether one statement, and nothing else, binds the names that a statement binds."""
    bindings = view.scopes.root.bindings
    return len(same_binding(view.tree.body, node)) == 1 and all(len(bindings[name]) == 1 for name in bound_by(node))


def _kept_ahead(body: list[ast.stmt], node: ast.AST, leave: frozenset[int]) -> int:
    """How many statements that are on both sides stand before one."""
    count = 0
    for one in body:
        if any(inner is node for inner in ast.walk(one)):
            return count
        count += not isinstance(one, ast.Import | ast.ImportFrom) and id(one) not in leave
    return count


def _unread_until(view: FileView, node: ast.stmt, name: str, license: Licensed) -> bool:
    """Whether nothing that runs while the module is loaded, below a definition, can ask for its name."""
    below = [one for one in view.tree.body if one.lineno > node.lineno and id(one) not in license.gone]
    quiet = {line for one in below for line in range(one.lineno, (one.end_lineno or one.lineno) + 1)}
    uses = view.scopes.uses_of(view.scopes.root, name)
    return quiet.isdisjoint(view.facts.effects) and all(
        use.scope.deferred or use.node.lineno not in quiet or id(use.node) in license.gone for use in uses
    )


def _values(view: FileView) -> Iterator[tuple[str, ast.expr]]:
    """The names of a module that one assignment binds, with what it binds them to."""
    for node in view.tree.body:
        value = node.value if isinstance(node, ast.Assign | ast.AnnAssign) else None
        for name in bound_by(node) if value is not None else ():
            if value is not None and len(view.scopes.root.bindings.get(name, ())) == 1:
                yield name, value


def loggers(view: FileView) -> dict[str, str]:
    """``log = logging.getLogger(__name__)``: each module has its own, all do the same. With what each is got by."""
    return {name: ast.dump(value) for name, value in _values(view) if is_logger(view.index, view.module, value)}


def constants(view: FileView) -> dict[str, str]:
    """Names of equal text stand for equal values, where nobody binds them twice."""
    keys = ((name, value_key(view.index, view.module, value)) for name, value in _values(view))
    return {name: key for name, key in keys if key is not None}


def hands_on(node: ast.stmt, instead: ast.stmt) -> bool:
    """``def send(self, x): return super().send(x)``, where `instead` is what that calls."""
    if type(node) is not type(instead) or not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        return False
    assert isinstance(instead, ast.FunctionDef | ast.AsyncFunctionDef)
    body = [one for one in node.body if not (isinstance(one, ast.Expr) and isinstance(one.value, ast.Constant))]
    if node.decorator_list or instead.decorator_list or len(body) != 1 or not _same_arguments(node.args, instead.args):
        return False
    waits = "await " if isinstance(node, ast.AsyncFunctionDef) else ""
    said = f"{waits}super().{node.name}({', '.join(_passed_on(node.args))})"
    return ast.unparse(body[0]) in (f"return {said}", *([said] if node.name == "__init__" else []))


def _same_arguments(one: ast.arguments, other: ast.arguments) -> bool:
    """Whether a call that fits the first means the same to the second; the first may take whatever there is."""
    plain = [*one.posonlyargs, *one.args]
    if len(plain) == 1 and one.vararg and one.kwarg and not one.kwonlyargs:
        return True
    defaults = [*one.defaults, *(default for default in one.kw_defaults if default is not None)]
    return _bare(one) == _bare(other) and all(map(_constant, defaults))


def _bare(arguments: ast.arguments) -> str:
    found = copy.deepcopy(arguments)
    for one in ast.walk(found):
        if isinstance(one, ast.arg):
            one.annotation = None
    return ast.unparse(found)


def _passed_on(arguments: ast.arguments) -> Iterator[str]:
    yield from [one.arg for one in (*arguments.posonlyargs, *arguments.args)][1:]
    if arguments.vararg:
        yield f"*{arguments.vararg.arg}"
    yield from (f"{one.arg}={one.arg}" for one in arguments.kwonlyargs)
    if arguments.kwarg:
        yield f"**{arguments.kwarg.arg}"


def _dunder(name: str) -> bool:
    return name.startswith("__") and name.endswith("__")


def _is_as_good_twice(view: FileView, node: ast.stmt) -> bool:
    """Whether nobody can tell two of them apart: constants, and functions that keep nothing between calls."""
    if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        value = node.value if isinstance(node, ast.Assign | ast.AnnAssign) else None
        return value is not None and value_key(view.index, view.module, value) is not None
    made = (inner for inner in ast.walk(node.args) if isinstance(inner, _MADE_ANEW))
    return not node.decorator_list and not any(made)


_MADE_ANEW = ast.List | ast.Dict | ast.Set | ast.Call | ast.ListComp | ast.DictComp | ast.SetComp | ast.GeneratorExp


def _constant(node: ast.expr | None) -> bool:
    if isinstance(node, ast.Tuple):
        return all(map(_constant, node.elts))
    return isinstance(node, ast.Constant)


def _sort(node: ast.stmt) -> str:
    match node:
        case ast.ClassDef():
            return "a class"
        case ast.AsyncFunctionDef():
            return "an async function"
        case ast.FunctionDef():
            return "a function"
        case _:
            return "a value"


def definition_of(view: FileView, name: str) -> Definition | ast.Assign | ast.AnnAssign | None:
    """The statement that makes a module-level object, where there is exactly one."""
    found = [node for node in view.tree.body if name in bound_by(node)]
    made = found[0] if len(found) == 1 and len(view.scopes.root.bindings.get(name, ())) == 1 else None
    return made if isinstance(made, Definition | ast.Assign | ast.AnnAssign) else None


@dataclass(frozen=True)
class Family:
    """A class with all above it."""

    members: frozenset[str]
    foreign: frozenset[str]  # bases of other distributions, and what can't be told
    bases: tuple[object, ...]

    @classmethod
    def of(cls, index: Index, views: Views, symbol: Symbol) -> Family:
        members: set[str] = set()
        foreign: set[str] = set()
        todo, seen = [symbol], {symbol}
        while todo:
            here = todo.pop()
            view = views(here.module)
            node = class_of(view, here.name) if view is not None else None
            if view is None or node is None:
                foreign.add(str(here))
                continue
            members |= scope_of(view, node).bindings.keys()
            for base in _bases(index, view, node):
                if isinstance(base, Symbol) and base not in seen:
                    seen.add(base)
                    todo.append(base)
                elif not isinstance(base, Symbol):
                    foreign.add(str(base))
                    members |= _of_builtin(str(base))
        return cls(frozenset(members), frozenset(foreign), _own_bases(index, views, symbol))


def _own_bases(index: Index, views: Views, symbol: Symbol) -> tuple[object, ...]:
    view = views(symbol.module)
    node = class_of(view, symbol.name) if view is not None else None
    return tuple(_bases(index, view, node)) if view is not None and node is not None else (None,)


def _bases(index: Index, view: FileView, node: ast.ClassDef) -> Iterator[object]:
    for base in node.bases:
        spelled = ast.unparse(base.value if isinstance(base, ast.Subscript) else base)
        first, *rest = spelled.split(".")
        found: object = index.resolve(view.module, first)
        if isinstance(found, Missing):
            found = External(first)
        for attribute in rest:
            name = getattr(found, "name", "")
            found = External(f"{name}.{attribute}") if isinstance(found, External) else index.resolve(name, attribute)
        yield found if isinstance(found, Symbol) else External(getattr(found, "name", spelled))


def _of_builtin(name: str) -> set[str]:
    return set(dir(getattr(builtins, name))) if hasattr(builtins, name) else set()


def bases_broken(terms: Terms) -> Iterator[tuple[str, str]]:
    """Classes that could no longer be made: one base twice, or the class itself; with the module that brings it about."""
    ends = {now: duplicate.module for duplicate, now in terms.merged.items()}
    for path, facts in terms.after.facts.items() if ends else ():
        module = terms.after.module_of(path)
        for binding in facts.bindings:
            bases = [_dotted(terms.after, module, base) for base in binding.bases]
            for base, culprit in ends.items():
                if bases.count(base) > 1 or (base in bases and base == Symbol(module, binding.name)):
                    yield (
                        culprit,
                        f"{path}:{binding.line}: {binding.name} can't have the bases {', '.join(binding.bases)}",
                    )


def _dotted(index: Index, module: str, name: str) -> object:
    first, *rest = name.split(".")
    here: object = index.resolve(module, first)
    for attribute in rest:
        here = index.resolve(here.name, attribute) if isinstance(here, Module) else None
    return here
