"""Scopes, bindings and uses against Python's own `symtable`, and the cases it has no opinion on."""

# Programs on one line each read better than broken up.

from __future__ import annotations

import ast
import symtable
import sys
import warnings
from collections import Counter

import pytest

from index.stdlib import sample
from ssot.index.scopes import Scope, Scopes

Bound = Counter[tuple[int, frozenset[str]]]


def by_symtable(table: symtable.SymbolTable, out: Bound) -> Bound:
    """Line and bound names of every scope. Annotation and type scopes are left out: versions differ."""
    kind = str(getattr(table.get_type(), "value", table.get_type())).lower()
    bound = {symbol.get_name() for symbol in table.get_symbols() if _binds(symbol, kind)}
    if "type" not in kind and "annotation" not in kind:
        out[0 if kind == "module" else table.get_lineno(), frozenset(bound)] += 1
    for child in table.get_children():
        by_symtable(child, out)
    return out


def _binds(symbol: symtable.Symbol, kind: str) -> bool:
    made = symbol.is_assigned() or symbol.is_imported() or symbol.is_parameter() or symbol.is_namespace()
    here = symbol.is_local() or (symbol.is_global() and kind == "module")
    return made and here and symbol.get_name() not in (".0", "__class__")


def by_scopes(scope: Scope, out: Bound, private: str = "") -> Bound:
    if scope.kind == "class":
        private = scope.name.lstrip("_")
    names = frozenset(_mangled(name, private) for name, nodes in scope.bindings.items() if nodes and name != "*")
    if scope.kind != "type":
        out[0 if scope.kind == "module" else getattr(scope.node, "lineno", 0), names] += 1
    for child in scope.children:
        by_scopes(child, out, private)
    return out


def _mangled(name: str, private: str) -> str:
    hidden = private and name.startswith("__") and not name.endswith("__")
    return f"_{private}{name}" if hidden else name


def _declared(tree: ast.Module) -> set[str]:
    """Names that functions declare: `symtable` counts global ones at module level only where the module binds them too."""
    declarations = (node for node in ast.walk(tree) if isinstance(node, ast.Global | ast.Nonlocal))
    return {name for node in declarations for name in node.names}


def _without(bound: Bound, names: set[str]) -> Bound:
    found: Bound = Counter()
    for (line, members), count in bound.items():
        found[line, members - names] += count
    return found


FILES = list(sample(every=11 if sys.version_info >= (3, 12) else 9))


def test_the_sample_is_one() -> None:
    assert len(FILES) >= 60


@pytest.mark.parametrize("path", [path for path, _, _ in FILES])
def test_the_same_names_in_the_same_scopes_as_symtable(path: str) -> None:
    ((data, tree),) = ((data, tree) for one, data, tree in FILES if one == path)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        table = symtable.symtable(data.decode("utf-8", "replace"), path, "exec")
    declared = _declared(tree) | {"__annotations__", "__conditional_annotations__"}
    expected = _without(by_symtable(table, Counter()), declared)
    found = _without(by_scopes(Scopes(tree).root, Counter()), declared)
    if sys.version_info >= (3, 12):  # comprehensions are inlined there, and have no table of their own
        assert not expected - found
    else:
        assert found == expected


def owner_of(text: str, name: str) -> list[tuple[str, ...] | None]:
    """For each use of a name the scope that it refers to."""
    scopes = Scopes(ast.parse(text))
    found = [use.scope.lookup(name) for use in scopes.names if use.node.id == name and use.loads]
    return [scope.path if scope is not None else None for scope in found]


LOOKUPS = [
    ("A = 1\nA", [()]),
    ("print(A)", [None]),
    ("A = 1\ndef f(A): return A", [("f",)]),
    ("A = 1\ndef f(x=A): return A", [(), ()]),
    ("A = 1\nclass C:\n    A = 2\n    def f(self): return A", [()]),
    ("A = 1\nclass C:\n    A = 2\n    x = A", [("C",)]),
    ("A = 1\nx = [A for A in (1,)]", [("<comprehension>",)]),
    ("A = 1\nx = [B for B in A]", [()]),
    ("class C:\n    A = 1\n    x = [B for B in A]", [("C",)]),
    ("class C:\n    A = 1\n    x = [A for B in ()]", [None]),
    ("A = 1\nx = lambda A: A", [("<lambda>",)]),
    ("A = 1\nx = lambda B=A: B", [()]),
    ("def f():\n    A = 1\n    def g():\n        nonlocal A\n        A = 2\n        return A", [("f",)]),
    ("A = 1\ndef f():\n    global A\n    A = 2\n    return A", [()]),
    ("def f():\n    global A\n    A = 2\nA", [()]),
    ("A = 1\ndef f():\n    if (A := 2): return A", [("f",)]),
    ("A = 1\ndef f():\n    [A := x for x in ()]\n    return A", [("f",)]),
    ("A = 1\ntry: pass\nexcept E as A: A", [()]),
    ("def f():\n    for A in (): pass\n    return A", [("f",)]),
    ("def f():\n    with x as (A, b): return A", [("f",)]),
    ("def f(x):\n    match x:\n        case {'k': A, **rest}: return A", [("f",)]),
    ("def f(x):\n    match x:\n        case [*A]: return A", [("f",)]),
    ("A = 1\nmatch x:\n    case A.b: pass", [()]),
    ("A = 1\nmatch x:\n    case A(b=1): pass", [()]),
    ("def f():\n    import A.b\n    return A", [("f",)]),
    ("A = 1\ndef f(x: 'A'): ...", [()]),
    ("A = 1\ndef f() -> 'list[A]': ...", [()]),
    ("from typing import cast\nA = 1\ncast('A', 1)", [()]),
    ("from typing import Literal\nA = 1\nx: Literal['A']", []),
    ("from typing import Annotated\nA = 1\nx: Annotated[A, 'A']", [()]),
    ("from typing import TypeVar\nA = 1\nT = TypeVar('T', bound='A')", [()]),
    ("A = 1\nx: 'not an expression A('", []),
    ("A = 1\nprint(f'{A!r:>{A}}')", [(), ()]),
    ("@A\ndef f(A): ...", [None]),
    ("A = 1\nclass C(A, k=A): A = 2", [(), ()]),
    ("A = 1\ndel A\nA", [()]),
    ("async def f(A):\n    async for x in A: await A\n    async with A: pass", [("f",)] * 3),
]


@pytest.mark.parametrize(("text", "owners"), LOOKUPS)
def test_a_use_refers_to_the_scope_that_python_looks_in(text: str, owners: list[tuple[str, ...] | None]) -> None:
    assert owner_of(text, "A") == owners


def test_a_nonlocal_name_belongs_to_the_function_around_even_if_that_binds_it_later() -> None:
    root = Scopes(ast.parse("def f():\n    def g():\n        nonlocal x\n        x = 1\n    x = 0\n")).root
    (outer,) = root.children
    assert len(outer.bindings["x"]) == 2
    assert "x" not in outer.children[0].bindings


@pytest.mark.skipif(sys.version_info < (3, 12), reason="PEP 695 is newer than this Python")
@pytest.mark.parametrize(
    ("text", "owners"),
    [
        ("A = 1\ndef f[A](x: A) -> A: return A", [("f",), ("f",), ("f",)]),
        ("A = 1\nclass C[A](B[A]): x: A", [("C",), ("C",)]),
        ("A = 1\ntype X = list[A]", [()]),
        ("A = 1\ntype X[A] = list[A]", [("X",)]),
    ],
)
def test_type_parameters_are_a_scope(text: str, owners: list[tuple[str, ...] | None]) -> None:
    assert owner_of(text, "A") == owners


def test_chains_are_maximal_and_know_where_they_stand() -> None:
    scopes = Scopes(ast.parse("import a\na.b.c()\na.b().c\ndef f(x: a.d, y: 'a.e'): return a\nx = [a.f for _ in a.g]"))
    chains = [(chain.root.node.id, chain.attributes, chain.typing) for chain in scopes.chains]
    assert sorted(chains) == [
        ("a", ("b",), False),
        ("a", ("b", "c"), False),
        ("a", ("d",), True),
        ("a", ("e",), True),
        ("a", ("f",), False),
        ("a", ("g",), False),
    ]


def test_strings_know_their_call_and_kind() -> None:
    text = '"""doc"""\npatch("a.b", new="c")\ndef f(x: "A"):\n    "inner doc"\n    return "plain"\n'
    scopes = Scopes(ast.parse(text))
    kinds = {use.value: (use.call is not None, use.typing, use.docstring) for use in scopes.strings if use.docstring}
    assert kinds == {"doc": (False, False, True), "inner doc": (False, False, True)}
    called = {use.value for use in scopes.strings if use.call is not None}
    assert called == {"a.b", "c"}
    assert {use.value for use in scopes.strings if use.typing} == {"A"}


def test_imports_know_their_surroundings() -> None:
    text = "import a\nif x:\n    try:\n        from b import c\n    except E:\n        pass\nclass D:\n    def f(self):\n        import e\n"
    found = [
        (ast.unparse(one.node), one.scope.path, one.index, [type(node).__name__ for node in one.ancestors])
        for one in Scopes(ast.parse(text)).imports
    ]
    assert found == [
        ("import a", (), 0, []),
        ("from b import c", (), 0, ["If", "Try"]),
        ("import e", ("D", "f"), 0, ["ClassDef", "FunctionDef"]),
    ]


def test_what_runs_later_is_what_stands_in_a_function() -> None:
    scopes = Scopes(
        ast.parse("class A:\n    x = B\n    def f(self):\n        return C\ny = [D for D in ()]\nz = lambda: E\n")
    )
    later = {use.node.id for use in scopes.names if use.scope.deferred}
    assert later == {"C", "E"}


def test_a_tree_of_scopes_goes_when_its_root_goes() -> None:
    """Parents are held weakly, so no cycle keeps a hundred thousand nodes alive."""
    scopes = Scopes(ast.parse("def f():\n    def g(): return 1\n"))
    inner = scopes.root.children[0].children[0]
    assert inner.parent is not None
    del scopes
    assert inner.parent is None
