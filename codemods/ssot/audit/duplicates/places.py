"""Reasons against a collapse that lie in where and how the two are defined."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from ssot.audit.duplicates.comparison import Blocker
from ssot.audit.duplicates.definitions import Definition, Definitions, Function
from ssot.audit.duplicates.normal import decorator_name
from ssot.index.facts import Binding, Kind
from ssot.index.table import Symbol

_VERSION = re.compile(r"v\d+(?:alpha\d*|beta\d*)?|py[23]\d*|python[23]|\d+|[23]x|old(?:est)?version")
_WAITING = frozenset(
    {"sync", "async", "aio", "asyncio", "asynchronous", "synchronous", "asyncs", "trio", "anyio", "gevent"}
)
_PLATFORMS = frozenset(
    ["posix", "nt", "win", "win32", "windows", "linux", "darwin", "macos", "osx", "unix", "cygwin", "android", "ios", "wasm"]
)  # fmt: skip
_DOUBLES = frozenset({"fake", "mock", "stub", "dummy", "spy", "mocked", "faked", "fakes", "mocks", "stubs"})
_TOKEN = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")


def blockers_of_places(project: Definitions, one: Definition, two: Definition) -> Iterator[Blocker]:
    """`one` is the canonical definition."""
    yield from twins(project, one.symbol, two.symbol)
    for side in (two, one):
        yield from _of_file(project, side)
        yield from _of_bindings(project, side)
        yield from _of_decorators(project, side)
    yield from _doubles(project, one, two)
    if one.owner is not None or two.owner is not None:
        yield _block(
            "method-of-a-class", two, "methods stay in their classes: move what they do to a function or a base"
        )


def _block(code: str, side: Definition, reason: str, line: int = 0) -> Blocker:
    return Blocker(code, side.path, line or side.line, reason)


def _of_file(project: Definitions, side: Definition) -> Iterator[Blocker]:
    setting = project.hands_off(side.path)
    if setting in ("vendored", "generated"):
        code = "vendored-copy" if setting == "vendored" else "generated-copy"
        yield _block(code, side, f"{side.path} is {setting}")
    elif setting:
        yield _block("not-edited", side, f"{side.path} is left alone by {setting}")
    folders = side.path.split("/")[:-1]
    if "migrations" in folders or ("alembic" in folders and "versions" in folders):
        yield _block("migration-code", side, "a migration stays as it was when it was run")


def _of_bindings(project: Definitions, side: Definition) -> Iterator[Blocker]:
    module, name = side.symbol.module, side.symbol.name.partition(".")[0]
    facts = project.index.module_facts(module)
    bindings = [one for one in project.index.bindings(module).get(name, []) if not one.where.type_only]
    if facts is None or not bindings:
        return
    if len(bindings) > 1:
        yield _several(side, bindings)
    elif name in facts.rebound or facts.unstable or facts.replaced:
        yield _block("bound-again", side, f"{name} may be bound again while the program runs")
    if any(not one.where.certain for one in bindings):
        yield _block(
            "conditional-definition", side, f"{name} is defined in an arm: another arm may define it otherwise"
        )
    if facts.exports_computed:
        yield _block("computed-exports", side, f"the __all__ of {module} is computed")


def _several(side: Definition, bindings: list[Binding]) -> Blocker:
    if all(one.kind is Kind.DEF for one in bindings) and side.file.source.u8.count(b"overload"):
        return _block("overloads", side, f"{side.symbol.name} has overloads, which would have to go with it")
    lines = ", ".join(str(one.line) for one in bindings)
    return _block(
        "bound-again", side, f"{side.symbol.name} is bound {len(bindings)} times (lines {lines})", bindings[0].line
    )


def _of_decorators(project: Definitions, side: Definition) -> Iterator[Blocker]:
    nodes: list[ast.AST] = [side.node]
    for node in nodes:
        assert isinstance(node, ast.ClassDef | Function)
        for decorator in node.decorator_list:
            name = decorator_name(project, side.file, decorator)
            last = re.split(r"[.:]", name)[-1]
            if last in _CACHES and isinstance(node, Function):
                yield _block("shared-state", side, f"the caches of @{last} would become one", decorator.lineno)
            elif last in _TASKS:
                yield _block(
                    "persisted-name",
                    side,
                    f"@{ast.unparse(decorator)} stores the name outside the code",
                    decorator.lineno,
                )
            elif name.replace(":", ".") not in _HARMLESS and last not in _RECORDS:
                yield _block("registered", side, f"@{ast.unparse(decorator)} may register it", decorator.lineno)


_CACHES = frozenset({"cache", "lru_cache"})
_TASKS = frozenset({"task", "shared_task", "periodic_task"})
_RECORDS = frozenset({"dataclass", "define", "frozen", "mutable", "dataclass_transform", "attrs"})
_HARMLESS = frozenset(
    ["builtins.property", "builtins.staticmethod", "builtins.classmethod"]
    + ["attr.s", "attr.attrs", "attr.define", "attr.frozen", "attr.mutable", "enum.unique", "enum.verify"]
    + [f"contextlib.{name}" for name in ("contextmanager", "asynccontextmanager")]
    + [f"functools.{name}" for name in ("wraps", "total_ordering", "cached_property", "singledispatch")]
    + ["abc.abstractmethod", "warnings.deprecated", "types.coroutine"]
    + [
        f"{module}.{name}"
        for module in ("typing", "typing_extensions")
        for name in ("final", "override", "overload", "runtime_checkable", "no_type_check", "deprecated", "runtime")
    ]
)


def _doubles(project: Definitions, one: Definition, two: Definition) -> Iterator[Blocker]:
    """Something that stands for another thing in tests."""
    if project.is_test(one.path) != project.is_test(two.path):
        side = two if project.is_test(two.path) else one
        yield _block("test-double", side, f"{side.path} is a test, the other is not")
    for side in (one, two):
        if _DOUBLES.intersection(words(side.symbol.name)):
            yield _block("test-double", side, f"{side.symbol.name} is named as a double")


def words(name: str) -> list[str]:
    """The words of an identifier or module name, in lower case: ``CanonicalWSRouter`` is canonical, ws, router."""
    return [word.lower() for word in _TOKEN.findall(name)]


def twins(project: Definitions, one: Symbol, two: Symbol) -> Iterator[Blocker]:
    """Two that are there on purpose: for two versions, two platforms, with and without waiting; or one file twice."""
    paths = project.index.layout.paths
    path = paths.get(two.module, paths.get(one.module, two.module))
    if one.module != two.module and (one.module.endswith("." + two.module) or two.module.endswith("." + one.module)):
        yield Blocker(
            "path-copy", path, 1, f"{one.module} and {two.module} are one module by two paths, or a copy of the tree"
        )
        return
    if _copied_tree(paths.get(one.module, ""), paths.get(two.module, "")):
        yield Blocker("path-copy", path, 1, f"{two.module} lies in a copy of the tree that holds {one.module}")
    yield from _variants(one, two, path)


def _variants(one: Symbol, two: Symbol, path: str) -> Iterator[Blocker]:
    modules = _apart(module_words(one.module), module_words(two.module))
    names = _apart([*module_words(one.module), *words(one.name)], [*module_words(two.module), *words(two.name)])
    for code, what, vocabulary, (here, there), both in (
        ("version-twin", "versions", _VERSION.fullmatch, modules, True),
        ("platform-variant", "platforms", _PLATFORMS.__contains__, modules, False),
        ("async-variant", "ways to wait", _WAITING.__contains__, names, False),
    ):
        differ = (here and there) if both else (here or there)
        if differ and all(map(vocabulary, [*here, *there])):
            yield Blocker(code, path, 1, f"{one} and {two} differ in {what}: {', '.join([*here, *there])}")


_COPIES = frozenset({"backup", "backups", "bak", "copy", "archive", "archived", "old_copy", "snapshot", "snapshots"})


def _copied_tree(one: str, two: str) -> bool:
    """Whether the paths end alike and one begins in a folder for copies."""
    left, right = one.split("/"), two.split("/")
    return left[-1] == right[-1] and bool(_COPIES.intersection(left[:-1]) ^ _COPIES.intersection(right[:-1]))


def _apart(one: list[str], two: list[str]) -> tuple[list[str], list[str]]:
    """The words of each that the other lacks."""
    return [word for word in one if word not in two], [word for word in two if word not in one]


def module_words(module: str) -> list[str]:
    return [
        word for part in re.split(r"[._]", module) for word in ([part] if _VERSION.fullmatch(part) else words(part))
    ]
