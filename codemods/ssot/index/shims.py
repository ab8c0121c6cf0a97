"""What a deprecation shim looks like in code, and how it is read back: the table in the code is the register.

A module that offers names by their old paths has a dictionary `TABLE` of constant texts, ``module:Name since DATE until
DATE``, without ``until`` where the name stays for good; under the name ``*`` a whole module, ``module since … until …``.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache

from ssot.index.wrappers import functions_of, wraps

TABLE = "_SSOT_SHIMS"
HELPER = "_ssot_shim"
WHOLE = "*"  # the row of a module that moved with everything in it

_DATE = r"\d{4}-\d\d-\d\d"
_DOTTED = r"[^\W\d]\w*(?:\.[^\W\d]\w*)*"
_ROW = re.compile(rf"({_DOTTED})(?::([^\W\d]\w*))? since ({_DATE})(?: until ({_DATE}))?")

_BODY = """\
    found: object = getattr(importlib.import_module(module), {attribute})
    if sys._getframe(2).f_globals.get("__name__") != "importlib._bootstrap":
        when = f" and will be removed after {{dates[-1]}}" if "until" in dates else ""
        text = f"{{__name__}}.{{name}} is deprecated{{when}}; use {{module}}.{{{attribute}}}"
        warnings.warn(text, DeprecationWarning, stacklevel=3)
    return found
"""
_IMPORTS = """\
    import importlib
    import sys
    import warnings

"""
NAME_HELPER = f'''def {HELPER}(name: str) -> object:
    """Give a name by its canonical path, and warn whoever asks for it here."""
{_IMPORTS}    target, *dates = {TABLE}[name].split()
    module, _, attribute = target.partition(":")
''' + _BODY.format(attribute="attribute")
MODULE_HELPER = f'''def {HELPER}(name: str) -> object:
    """Give a name of the moved module, and warn whoever asks for it here."""
{_IMPORTS}    module, *dates = {TABLE}["{WHOLE}"].split()
''' + _BODY.format(attribute="name")
NO_ATTRIBUTE = 'raise AttributeError(f"module {__name__!r} has no attribute {name!r}")'
ARM = f"""\
    if {{name}} in {TABLE}:
        return {HELPER}({{name}})
"""
ALL_ARM = """\
    if {name} == "__all__":
        return [public for public in __dir__() if public[0] != "_"]
"""
NAME_GETATTR = "def __getattr__(name: str) -> object:\n"
MODULE_ARMS = f"""\
    if name[:2] == "__":
        {NO_ATTRIBUTE}
    return {HELPER}(name)
"""
NAME_DIR = f"""\
def __dir__() -> list[str]:
    return sorted({{*globals(), *{TABLE}}})
"""
MODULE_DIR = f"""\
def __dir__() -> list[str]:
    import importlib

    module = {TABLE}["{WHOLE}"].split()[0]
    return sorted({{*globals(), *dir(importlib.import_module(module))}})
"""


@dataclass(frozen=True, slots=True)
class ShimRow:
    """One row of the table: ``name`` of this module is ``module:attribute``; `WHOLE` and an empty attribute for a moved module."""

    name: str
    module: str
    attribute: str
    since: date
    until: date | None
    line: int
    column: int  # UTF-8 bytes, from 0

    @property
    def canonical(self) -> str:
        return f"{self.module}:{self.attribute}" if self.attribute else self.module


@dataclass(frozen=True, slots=True)
class ShimFault:
    """A place where a shim is not what the tool writes, so that it can't be followed."""

    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class Shims:
    """The shims of one module. ``live``: the module really gives what the table says.

    ``wrapped``: names that are functions, which warn when they are called; `__getattr__` gives the others.
    """

    rows: tuple[ShimRow, ...] = ()
    faults: tuple[ShimFault, ...] = ()
    live: bool = False
    wrapped: frozenset[str] = frozenset()

    @property
    def asked(self) -> tuple[ShimRow, ...]:
        """The rows of names that the module is asked for."""
        return tuple(row for row in self.rows if row.name not in self.wrapped)


NONE = Shims()


def row_text(canonical: str, since: date, until: date | None) -> str:
    """The text of a row's value."""
    return f"{canonical} since {since.isoformat()}" + (f" until {until.isoformat()}" if until else "")


def table_of(tree: ast.Module) -> ast.Assign | ast.AnnAssign | None:
    """The statement that makes the table."""
    for node in tree.body:
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        if isinstance(node, ast.Assign | ast.AnnAssign) and any(named(target, TABLE) for target in targets):
            return node
    return None


def named(node: object, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name


def function_of(tree: ast.Module, name: str) -> ast.FunctionDef | None:
    """The one function of a name that the module defines at its top level."""
    found = [node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == name]
    return found[0] if len(found) == 1 else None


def read(tree: ast.Module, text: bytes) -> Shims:
    """The table of a module and what is wrong with it. Never raises."""
    if TABLE.encode() not in text:
        return NONE
    node = table_of(tree)
    if node is None:
        return Shims(faults=(ShimFault(_first_line(text), f"{TABLE} is named here, but no statement makes it"),))
    if not isinstance(node.value, ast.Dict):
        return Shims(faults=(ShimFault(node.lineno, f"{TABLE} is no dictionary of constants"),))
    rows: list[ShimRow] = []
    faults: list[ShimFault] = []
    for key, value in zip(node.value.keys, node.value.values, strict=True):
        found = _row(key, value)
        (rows if isinstance(found, ShimRow) else faults).append(found)  # type: ignore[arg-type]
    faults += _mistakes(tree, rows, node.lineno)
    wrapped = frozenset(row.name for row in rows if _wrapped(tree, row))
    return Shims(tuple(rows), tuple(faults), bool(rows) and _given(tree, rows), wrapped)


def live_rows(tree: ast.Module) -> tuple[ShimRow, ...]:
    """The rows that the module's ``__getattr__`` really gives."""
    node = table_of(tree)
    if node is None or not isinstance(node.value, ast.Dict):
        return ()
    pairs = zip(node.value.keys, node.value.values, strict=True)
    rows = [row for row in (_row(key, value) for key, value in pairs) if isinstance(row, ShimRow)]
    return tuple(row for row in rows if not functions_of(tree, row.name)) if _given(tree, rows) else ()


def _first_line(text: bytes) -> int:
    return text.count(b"\n", 0, text.index(TABLE.encode())) + 1


def _row(key: ast.expr | None, value: ast.expr) -> ShimRow | ShimFault:
    match key, value:
        case ast.Constant(value=str() as name), ast.Constant(value=str() as text):
            found = _ROW.fullmatch(text)
            if found is None or (name == WHOLE) != (found[2] is None):
                return ShimFault(key.lineno, f"'{text}' is not 'module:Name since DATE until DATE'")
            try:
                since, until = (date.fromisoformat(one) if one else None for one in found.group(3, 4))
            except ValueError:
                return ShimFault(key.lineno, f"'{text}' has a day that does not exist")
            assert since is not None
            return ShimRow(name, found[1], found[2] or "", since, until, key.lineno, key.col_offset)
        case _:
            return ShimFault(value.lineno, f"a row of {TABLE} is no pair of constant texts")


def _mistakes(tree: ast.Module, rows: list[ShimRow], line: int) -> Iterator[ShimFault]:
    names = [row.name for row in rows]
    for row in rows:
        if names.index(row.name) != rows.index(row):
            yield ShimFault(row.line, f"{row.name} stands twice in {TABLE}")
        if functions_of(tree, row.name) and not _wrapped(tree, row):
            yield ShimFault(row.line, f"{row.name} is a function of the module, and not as the tool wrote it")
    if not _served(tree, [row for row in rows if not functions_of(tree, row.name)]):
        yield ShimFault(line, f"the names of {TABLE} are not given by the functions that the tool wrote")


def _wrapped(tree: ast.Module, row: ShimRow) -> bool:
    return wraps(tree, row.name, row.canonical, row.until)


def _given(tree: ast.Module, rows: list[ShimRow]) -> bool:
    """Whether each row is a wrapper, or given by `__getattr__`."""
    functions = [row for row in rows if functions_of(tree, row.name)]
    return all(_wrapped(tree, row) for row in functions) and _served(tree, [r for r in rows if r not in functions])


def _served(tree: ast.Module, rows: list[ShimRow]) -> bool:
    """Whether `__getattr__` hands the table's names to the helper, and the helper is as it was written."""
    if not rows:
        return True
    helper, getter = function_of(tree, HELPER), function_of(tree, "__getattr__")
    if helper is None or getter is None or not getter.args.args:
        return False
    whole = any(row.name == WHOLE for row in rows)
    if _dump(helper) != _template(MODULE_HELPER if whole else NAME_HELPER):
        return False
    body = body_of(getter)
    if not whole:
        return bool(body) and is_arm(body[0], getter.args.args[0].arg)
    written = ast.parse(f"{NAME_GETATTR}{MODULE_ARMS}").body[0]
    assert isinstance(written, ast.FunctionDef)
    return [_dump(node) for node in body if not is_all_arm(node)] == [_dump(node) for node in written.body]


def body_of(function: ast.FunctionDef) -> list[ast.stmt]:
    """The statements of a function without its docstring."""
    documented = ast.get_docstring(function, clean=False) is not None
    return function.body[1:] if documented else function.body


def is_arm(node: ast.stmt, parameter: str) -> bool:
    """``if name in TABLE: return helper(name)``."""
    return _dump(node) == _template(f"def f({parameter}):\n{ARM.format(name=parameter)}", inner=True)


def is_all_arm(node: ast.stmt) -> bool:
    """``if name == "__all__": …``: gives what a star import takes."""
    return (
        isinstance(node, ast.If)
        and isinstance(node.test, ast.Compare)
        and isinstance(node.test.comparators[0], ast.Constant)
        and node.test.comparators[0].value == "__all__"
    )


def _dump(node: ast.AST) -> str:
    return ast.dump(node)


@cache
def _template(text: str, *, inner: bool = False) -> str:
    node = ast.parse(text).body[0]
    return _dump(node.body[0] if inner and isinstance(node, ast.FunctionDef) else node)


def is_written(node: ast.stmt, text: str) -> bool:
    """Whether a statement is what a template says, however it is laid out."""
    return _dump(node) == _template(text)
