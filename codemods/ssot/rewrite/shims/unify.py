"""Two functions that do the same to parameters of other names or in another order: which parameter is which."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from ssot.index.wrappers import Function, statements_of

_NESTED = (
    ast.FunctionDef,
    ast.AsyncFunctionDef,
    ast.Lambda,
    ast.ClassDef,
    ast.ListComp,
    ast.SetComp,
    ast.DictComp,
    ast.GeneratorExp,
)


class UnlikeError(Exception):
    """The functions are not known to do the same."""


@dataclass(frozen=True)
class Parameters:
    """The parameters of a function by kind."""

    before: tuple[str, ...]  # positional only
    either: tuple[str, ...]  # positional or by keyword
    keyword: tuple[str, ...]
    rest: str  # *args, without the star
    named: str  # **kwargs
    defaults: dict[str, ast.expr] = field(hash=False)

    @classmethod
    def of(cls, node: Function) -> Parameters:
        given = node.args
        positional = [one.arg for one in (*given.posonlyargs, *given.args)]
        defaults = dict(zip(reversed(positional), reversed(given.defaults), strict=False))
        pairs = zip(given.kwonlyargs, given.kw_defaults, strict=True)
        defaults |= {one.arg: value for one, value in pairs if value is not None}
        return cls(
            tuple(one.arg for one in given.posonlyargs),
            tuple(one.arg for one in given.args),
            tuple(one.arg for one in given.kwonlyargs),
            given.vararg.arg if given.vararg else "",
            given.kwarg.arg if given.kwarg else "",
            defaults,
        )

    @property
    def single(self) -> tuple[str, ...]:
        return (*self.before, *self.either, *self.keyword)

    @property
    def names(self) -> frozenset[str]:
        return frozenset({*self.single, self.rest, self.named} - {""})

    def kind(self, name: str) -> str:
        return "*" if name == self.rest else "**" if name == self.named else ""


@dataclass
class Unified:
    """Canonical parameter -> the old one that takes its place; empty where its default does."""

    canonical: Parameters
    old: Parameters
    found: dict[str, str] = field(default_factory=dict)

    def bodies(self, one: Sequence[ast.stmt], other: Sequence[ast.stmt]) -> None:
        self._same(list(one), list(other))

    def _same(self, one: object, other: object) -> None:
        if isinstance(one, ast.Name) and one.id in self.canonical.names:
            self._bind(one, other)
        elif isinstance(one, ast.Name) and isinstance(other, ast.Name):
            if one.id != other.id or other.id in self.old.names:
                raise UnlikeError(f"it uses {other.id} where the canonical one uses {one.id}")
        elif isinstance(one, list) and isinstance(other, list):
            if len(one) != len(other):
                raise UnlikeError("the bodies differ")
            for left, right in zip(one, other, strict=True):
                self._same(left, right)
        elif type(one) is not type(other):
            raise UnlikeError("the bodies differ")
        elif isinstance(one, ast.AST):
            for name in one._fields:
                self._same(getattr(one, name, None), getattr(other, name, None))
        elif repr(one) != repr(other):
            raise UnlikeError(f"it says {other!r} where the canonical one says {one!r}")

    def _bind(self, one: ast.Name, other: object) -> None:
        if isinstance(other, ast.Name) and other.id in self.old.names and type(one.ctx) is type(other.ctx):
            taken = other.id
        elif isinstance(other, ast.Constant) and isinstance(one.ctx, ast.Load) and self._is_default(one.id, other):
            taken = ""
        else:
            raise UnlikeError(f"no parameter of it is what {one.id} is in the canonical one")
        if self.found.setdefault(one.id, taken) != taken:
            raise UnlikeError(f"{one.id} of the canonical one is several things in it")

    def _is_default(self, name: str, value: ast.Constant) -> bool:
        default = self.canonical.defaults.get(name)
        return isinstance(default, ast.Constant) and repr(default.value) == repr(value.value)


def call_for(canonical: Function, old: Function) -> str:
    """The arguments with which the canonical function does what the old one does. Raises UnlikeError."""
    if type(canonical) is not type(old):
        raise UnlikeError("one of the two is async")
    for node in (canonical, old):
        _plain(node)
    unified = Unified(Parameters.of(canonical), Parameters.of(old))
    unified.bodies(statements_of(canonical), statements_of(old))
    _unrenamed(canonical, unified)
    _unrenamed(old, unified)
    taken = [name for name in unified.found.values() if name]
    if len(set(taken)) != len(taken):
        raise UnlikeError("one parameter of it is two of the canonical one")
    return ", ".join(_arguments(unified))


def _plain(node: Function) -> None:
    for inner in ast.walk(node):
        if isinstance(inner, ast.Yield | ast.YieldFrom):
            raise UnlikeError("it is a generator")
        if isinstance(inner, ast.Global | ast.Nonlocal):
            raise UnlikeError("it binds names outside")


def _unrenamed(node: Function, unified: Unified) -> None:
    """What is bound by other than plain assignment to a name, or in a scope of its own, can't be told apart by names."""
    names = unified.canonical.names | unified.old.names
    for inner in (one for statement in node.body for one in ast.walk(statement)):
        clash = names & set(_bound_otherwise(inner))
        if clash:
            raise UnlikeError(f"{sorted(clash)[0]} is bound again inside it")


def _bound_otherwise(node: ast.AST) -> Iterator[str]:
    for name in ("name", "asname", "rest", "arg"):
        value = getattr(node, name, None)
        if isinstance(value, str) and not isinstance(node, ast.keyword):
            yield value if not isinstance(node, ast.alias) else value.partition(".")[0]
    if isinstance(node, _NESTED):
        for inner in ast.walk(node):
            if isinstance(inner, ast.Name) and not isinstance(inner.ctx, ast.Load):
                yield inner.id


def _arguments(unified: Unified) -> Iterator[str]:
    given = {name: _given(unified, name) for name in unified.canonical.single}
    rest = _variadic(unified, unified.canonical.rest)
    named = _variadic(unified, unified.canonical.named)
    by_position = True
    for name in (*unified.canonical.before, *unified.canonical.either):
        by_position = by_position and bool(given[name])
        if not by_position and given[name] and name in unified.canonical.before:
            raise UnlikeError(f"{name} of the canonical one can't be given by its name")
        if not by_position and rest:
            raise UnlikeError(f"*{rest} can't be given behind what is left out")
        if given[name]:
            yield given[name] if by_position else f"{name}={given[name]}"
    if rest:
        yield f"*{rest}"
    yield from (f"{name}={given[name]}" for name in unified.canonical.keyword if given[name])
    if named:
        _no_clash(unified)
        yield f"**{named}"


def _given(unified: Unified, name: str) -> str:
    """What to give for a parameter; the empty text where its default is right, or nothing reads it."""
    found = unified.found.get(name)
    if found is None:
        if name in unified.old.single:
            return name
        if name not in unified.canonical.defaults:
            raise UnlikeError(f"nothing is known to give for {name} of the canonical one")
        return ""
    if found and unified.old.kind(found):
        raise UnlikeError(f"{found} takes several values, {name} of the canonical one is a single one")
    return found


def _variadic(unified: Unified, name: str) -> str:
    found = unified.found.get(name, "") if name else ""
    if found and unified.old.kind(found) != unified.canonical.kind(name):
        raise UnlikeError(f"{found} is not what {name} of the canonical one is")
    return found


def _no_clash(unified: Unified) -> None:
    """A name that the old function would have taken as one of any must not be a parameter of the canonical one."""
    own = {*unified.old.either, *unified.old.keyword}
    clash = {*unified.canonical.either, *unified.canonical.keyword} - own
    if clash:
        raise UnlikeError(f"{sorted(clash)[0]} is a parameter of the canonical one, and any name to the old one")
