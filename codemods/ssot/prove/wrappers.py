"""Accounts for functions under old names that warn their callers now: they do what they did, or what the canonical one does."""

from __future__ import annotations

import ast
import copy
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from ssot.audit.governance import parse_reference
from ssot.index.table import External, Missing, Symbol, Unknown
from ssot.index.view import FileView
from ssot.index.wrappers import SEES_ITS_FRAME, Function, functions_of, handed_to, statements_of
from ssot.prove.gates import Failure
from ssot.prove.licensed import Licensed, Wrapped
from ssot.prove.meaning import Meanings, uses_of
from ssot.prove.terms import Terms

Views = Callable[[str], FileView | None]  # a module of one tree; None where it can't be looked at


@dataclass(frozen=True)
class Wrappers:
    """The wrappers that one plan makes."""

    terms: Terms
    after: Views

    def check(self, old: FileView, new: FileView, license: Licensed) -> Failure | None:
        for one in license.wrapped:
            for complaint in self._complaints(old, new, one):
                return Failure("gate-difference", f"{one.new.name}: {complaint}")
        return None

    def _complaints(self, old: FileView, new: FileView, one: Wrapped) -> Iterator[str]:
        name = one.new.name
        if (new.module, name) not in self.terms.warrant.retires:
            yield "nothing declares it as replaced"
        if len(new.scopes.root.bindings.get(name, ())) != 1:
            yield "it is bound more than once"
        if one.old.decorator_list:
            yield "it is decorated"
        if "DeprecationWarning" in {*_identifiers(one.old), *new.scopes.root.bindings}:
            yield "what it calls DeprecationWarning is something else"
        if "warnings" in _identifiers(one.old):
            yield "it uses the name warnings itself"
        if isinstance(one.marks[0], ast.Call) and not _imports_warnings(new, one.new):
            yield "what it is decorated with is nothing of the module warnings, or not there yet"
        if isinstance(one.marks[0], ast.Import) and any(isinstance(inner, _YIELDS) for inner in _inner(one.new)):
            yield "it would warn whoever asks for its first value, not its caller"
        if new.scopes.uses_of(new.scopes.root, name):
            yield "the module itself uses it"
        row = next(row for row in new.facts.shims.rows if row.name == name)
        canonical = self.terms.after.resolve(*parse_reference(row.canonical))
        call = handed_to(one.new)
        if not isinstance(canonical, Symbol) or call is None or _callee(new, call) != canonical:
            yield f"it would not end with a call of {row.canonical}"
        elif one.emptied:
            yield from self._replaced(old, one, canonical, call)

    def _replaced(self, old: FileView, one: Wrapped, canonical: Symbol, call: ast.Call) -> Iterator[str]:
        """Its own statements went: with these arguments the canonical function does what they did."""
        there = self.after(canonical.module)
        made = functions_of(there.tree, canonical.name) if there is not None else []
        if len(made) != 1 or made[0].decorator_list or type(made[0]) is not type(one.old):
            yield f"{canonical} is not one plain function of the same kind"
            return
        assert there is not None
        (other,) = made
        if not _only_hands_over(one):
            yield "it would do more than call"
        else:
            given = _given(other, one.old, call)
            yield from [given] if isinstance(given, str) else _difference(other, one.old, given)
            yield from _surroundings(old, one.old, there, other)


# -- what a function says


def _imports_warnings(view: FileView, function: Function) -> bool:
    """Whether the module's one `warnings` is Python's, imported above a function in any case."""
    made = view.scopes.root.bindings.get("warnings", [])
    return (
        len(made) == 1
        and isinstance(made[0], ast.Import)
        and made[0] in view.tree.body
        and made[0].lineno < function.lineno
        and view.index.resolve(view.module, "warnings") == External("warnings")
    )


def _identifiers(node: ast.AST) -> set[object]:
    fields = ("id", "arg", "name", "asname", "rest")
    return {getattr(inner, field, None) for inner in ast.walk(node) for field in fields}


def _callee(view: FileView, call: ast.Call) -> object:
    root: ast.expr = call.func
    while isinstance(root, ast.Attribute):
        root = root.value
    for name, chain in uses_of(view):
        if name.node is root:
            meaning = Meanings(view).of((name, chain))
            return meaning.denotes if not meaning.rest else None
    return None


def _only_hands_over(one: Wrapped) -> bool:
    """One import, and one call of what it brings, waited for where the function is async."""
    rest = [node for node in statements_of(one.new) if not any(node is mark for mark in one.marks)]
    match rest:
        case [ast.ImportFrom(level=0, names=[alias]), ast.Return(value=value)]:
            waits = isinstance(value, ast.Await)
            called = value.value if isinstance(value, ast.Await) else value
            local = alias.asname or alias.name
            return (
                waits is isinstance(one.new, ast.AsyncFunctionDef)
                and isinstance(called, ast.Call)
                and isinstance(called.func, ast.Name)
                and called.func.id == local
            )
        case _:
            return False


# -- what the canonical function does with what it is given


def _given(canonical: Function, old: Function, call: ast.Call) -> dict[str, ast.expr] | str:
    """Each parameter of the canonical function with what takes its place; or what is wrong with the call."""
    takes = canonical.args
    positional = [one.arg for one in (*takes.posonlyargs, *takes.args)]
    by_name = {one.arg for one in (*takes.args, *takes.kwonlyargs)}
    own = {one.arg for one in (*old.args.args, *old.args.kwonlyargs)}
    plain = own | {one.arg for one in old.args.posonlyargs}
    found: dict[str, ast.expr] = {}
    for position, value in enumerate(call.args):
        if isinstance(value, ast.Starred):
            if position != len(call.args) - 1 or position != len(positional) or takes.vararg is None:
                return "the rest of its arguments would be others"
            found[takes.vararg.arg] = value.value
            if not _is(value.value, old.args.vararg):
                return "it would hand over something else than the rest of its arguments"
        elif position >= len(positional):
            return "it would hand over too many arguments"
        else:
            found[positional[position]] = value
    for keyword in call.keywords:
        if keyword.arg is None:
            if takes.kwarg is None or not _is(keyword.value, old.args.kwarg) or by_name - own:
                return "it would hand over a name that means something to the canonical function"
            found[takes.kwarg.arg] = keyword.value
        elif keyword.arg in found or keyword.arg not in by_name:
            return "it would hand over what the canonical function does not take"
        else:
            found[keyword.arg] = keyword.value
    variadic = {one.arg for one in (takes.vararg, takes.kwarg) if one is not None}
    for name, value in found.items():
        if name not in variadic and not (isinstance(value, ast.Name) and value.id in plain):
            return "it would hand over something else than its parameters"
    if len({ast.dump(value) for value in found.values()}) != len(found):
        return "one of its parameters would be two"
    return found


def _is(node: ast.expr, parameter: ast.arg | None) -> bool:
    return isinstance(node, ast.Name) and parameter is not None and node.id == parameter.arg


def _difference(canonical: Function, old: Function, given: Mapping[str, ast.expr]) -> Iterator[str]:
    """The canonical function's statements with the old names, beside the old ones."""
    arguments = canonical.args
    names = {one.arg for one in ast.walk(arguments) if isinstance(one, ast.arg)}
    own = {one.arg for one in ast.walk(old.args) if isinstance(one, ast.arg)}
    defaults = _defaults(arguments)
    places: dict[str, ast.expr] = {**defaults, **given}
    inside = [inner for node in statements_of(canonical) for inner in ast.walk(node)]
    read = {inner.id for inner in inside if isinstance(inner, ast.Name)}
    stored = {inner.id for inner in inside if isinstance(inner, ast.Name) and not isinstance(inner.ctx, ast.Load)}
    required = (
        names - {one.arg for one in (arguments.vararg, arguments.kwarg) if one} - set(given) - _optional(arguments)
    )
    if required:
        yield f"nothing would be given for {sorted(required)[0]}"
    elif (read & names) - places.keys():
        yield f"what {sorted((read & names) - places.keys())[0]} is without being given can't be told"
    elif stored & (names - given.keys()):
        yield "a parameter that is left to its default is bound again"
    elif any(_binds_apart(inner, names | own) for node in (canonical, old) for inner in _inner(node)):
        yield "a parameter's name means something else inside"
    elif (read - names) & own:
        yield f"{sorted((read - names) & own)[0]} means something else there"
    else:
        renamed = [ast.dump(_Placed(places).visit(copy.deepcopy(node))) for node in statements_of(canonical)]
        if renamed != [ast.dump(node) for node in statements_of(old)]:
            yield "the canonical function does something else with what it would be given"


def _defaults(arguments: ast.arguments) -> dict[str, ast.expr]:
    """The constant ones."""
    positional = [one.arg for one in (*arguments.posonlyargs, *arguments.args)]
    pairs: list[tuple[str, ast.expr | None]] = [
        *zip(reversed(positional), reversed(arguments.defaults), strict=False),
        *zip([one.arg for one in arguments.kwonlyargs], arguments.kw_defaults, strict=True),
    ]
    return {name: value for name, value in pairs if isinstance(value, ast.Constant)}


def _optional(arguments: ast.arguments) -> set[str]:
    positional = [one.arg for one in (*arguments.posonlyargs, *arguments.args)]
    found = set(positional[len(positional) - len(arguments.defaults) :])
    return found | {
        one.arg for one, value in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True) if value is not None
    }


def _inner(node: Function) -> Iterator[ast.AST]:
    return (inner for statement in node.body for inner in ast.walk(statement))


def _binds_apart(node: ast.AST, names: set[str]) -> bool:
    """Whether a name is bound by other than assignment, or in a scope of its own."""
    for field in ("name", "asname", "rest", "arg"):
        value = getattr(node, field, None)
        if isinstance(value, str) and value in names and not isinstance(node, ast.keyword):
            return True
    if isinstance(node, ast.Global | ast.Nonlocal | _YIELDS):
        return True
    if isinstance(node, ast.Lambda | ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | _COMPREHENSIONS):
        return any(
            isinstance(inner, ast.Name) and not isinstance(inner.ctx, ast.Load) and inner.id in names
            for inner in ast.walk(node)
        )
    return False


_YIELDS = ast.Yield | ast.YieldFrom
_COMPREHENSIONS = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp


class _Placed(ast.NodeTransformer):
    def __init__(self, places: Mapping[str, ast.expr]) -> None:
        self.places = places

    def visit_Name(self, node: ast.Name) -> ast.AST:
        value = self.places.get(node.id)
        return ast.Name(value.id, node.ctx) if isinstance(value, ast.Name) else node if value is None else value


def _surroundings(view: FileView, old: Function, there: FileView, canonical: Function) -> Iterator[str]:
    """What both take from around them is the same, and neither can see who calls it."""
    own, other = _free(view, old), _free(there, canonical)
    if own != other:
        yield f"{min(name for name, _ in own.items() ^ other.items())} is not the same in both modules"
    words = {word for node in (old, canonical) for word in _words(node)}
    if SEES_ITS_FRAME & words or any(name.startswith("__") for name in own):
        yield "what it does may depend on where it is called"


def _words(node: Function) -> Iterator[str]:
    for inner in _inner(node):
        for field in ("id", "attr", "arg"):
            value = getattr(inner, field, None)
            if isinstance(value, str):
                yield value


def _free(view: FileView, node: Function) -> dict[str, str | None]:
    """What a function takes from its module, as text; None for what is built in."""
    nodes = {id(inner) for inner in _inner(node)}
    found: dict[str, str | None] = {}
    for use in view.scopes.names:
        owner = use.scope.lookup(use.node.id)
        if id(use.in_string or use.node) in nodes and owner in (None, view.scopes.root):
            denotes = view.index.resolve(view.module, use.node.id)
            missing = owner is None and isinstance(denotes, Missing)
            untold = f"unknown in {view.module}" if isinstance(denotes, Unknown) else str(denotes)
            found[use.node.id] = None if missing else untold
    return found
