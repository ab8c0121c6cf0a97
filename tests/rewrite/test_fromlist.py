"""Surgery on one `from` statement, as a table of layouts."""

# Programs on one line each read better than broken up.

from __future__ import annotations

import ast

import pytest
from trees import source_of

from ssot.rewrite.fromlist import LayoutError, NewName, cut, extended, restarred, retargeted, statement

CUTS = [
    # text, names that go, what stays, comments that go along
    ("from m import A, B, C\n", "A", "from m import B, C", []),
    ("from m import A, B, C\n", "B", "from m import A, C", []),
    ("from m import A, B, C\n", "C", "from m import A, B", []),
    ("from m import A, B, C\n", "AB", "from m import C", []),
    ("from m import A, B, C\n", "BC", "from m import A", []),
    ("from m import A, B, C\n", "AC", "from m import B", []),
    ("from m import A as X, B as Y\n", "A", "from m import B as Y", []),
    ("from m import A as X, B as Y\n", "B", "from m import A as X", []),
    ("from m import (A, B)\n", "A", "from m import (B)", []),
    ("from m import (A, B)\n", "B", "from m import (A)", []),
    ("from m import (A, B,)\n", "B", "from m import (A,)", []),
    ("from m import ( A , B )\n", "B", "from m import ( A )", []),
    ("from m import A, \\\n    B, C\n", "C", "from m import A, \\\n    B", []),
    ("from m import A, \\\n    B, C\n", "A", "from m import B, C", []),
    ("from m import (\n    A,\n    B,\n)\n", "A", "from m import (\n    B,\n)", []),
    ("from m import (\n    A,\n    B,\n)\n", "B", "from m import (\n    A,\n)", []),
    ("from m import (\n    A,\n    B\n)\n", "B", "from m import (\n    A,\n)", []),
    ("from m import (\n    A,  # why\n    B,\n)\n", "A", "from m import (\n    B,\n)", [b"# why"]),
    ("from m import (\n    A,  # why\n    B,\n)\n", "B", "from m import (\n    A,  # why\n)", []),
    ("from m import (\n    A,\n    # about B\n    B,\n)\n", "A", "from m import (\n    # about B\n    B,\n)", []),
    ("from m import (\n    A, B,  # both\n    C,\n)\n", "AB", "from m import (\n    C,\n)", [b"# both"]),
    ("from m import (\n    A, B,  # both\n    C,\n)\n", "A", "from m import (\n    B,  # both\n    C,\n)", []),
    ("from m import (\n    A, B,  # both\n    C,\n)\n", "B", "from m import (\n    A,  # both\n    C,\n)", []),
    ("from m import (A,\n               B,\n               C)\n", "B", "from m import (A,\n               C)", []),
    ("from m import (A,\n               B)\n", "A", "from m import (B)", []),
    ("from m import (\r\n    A,\r\n    B,\r\n)\r\n", "A", "from m import (\r\n    B,\r\n)", []),
    ("from m import (\r    A,\r    B,\r)\r", "A", "from m import (\r    B,\r)", []),
    ("from m import (\n\tA,\n\n\tB,\n)\n", "A", "from m import (\n\n\tB,\n)", []),
    ("from .. m import A, B\n", "A", "from .. m import B", []),
    ("from m import é, B\n", "é", "from m import B", []),
]


@pytest.mark.parametrize(("text", "gone", "left", "comments"), CUTS)
def test_names_are_cut_out_and_all_else_stays(text: str, gone: str, left: str, comments: list[bytes]) -> None:
    source = source_of(text)
    (node,) = source.parse().body
    assert isinstance(node, ast.ImportFrom)
    found = cut(source, node, [alias for alias in node.names if alias.name in gone])
    assert found.text.decode() == left
    assert [comment for _, comment in found.comments] == comments
    ast.parse(found.text)


@pytest.mark.parametrize(
    ("text", "gone"),
    [
        ("from m import (A,  # why\n    B)\n", "A"),
        ("from m import (A,\n    # about B\n    B)\n", "A"),
        ("from m import (A  # why\n    , B)\n", "A"),
        ("from m import (A, B)\n", "AB"),
    ],
)
def test_a_layout_that_would_lose_something_is_refused(text: str, gone: str) -> None:
    source = source_of(text)
    (node,) = source.parse().body
    assert isinstance(node, ast.ImportFrom)
    with pytest.raises(LayoutError):
        cut(source, node, [alias for alias in node.names if alias.name in gone])


EXTENSIONS = [
    ("from m import A\n", "from m import A, N, O as P"),
    ("from m import A as X\n", "from m import A as X, N, O as P"),
    ("from m import (A)\n", "from m import (A, N, O as P)"),
    ("from m import (A,)\n", "from m import (A, N, O as P,)"),
    ("from m import A, \\\n    B\n", "from m import A, \\\n    B, N, O as P"),
    ("from m import (\n    A,\n    B,\n)\n", "from m import (\n    A,\n    B,\n    N,\n    O as P,\n)"),
    ("from m import (\n    A,\n    B\n)\n", "from m import (\n    A,\n    B,\n    N,\n    O as P\n)"),
    ("from m import (\n    A,  # why\n)\n", "from m import (\n    A,  # why\n    N,\n    O as P,\n)"),
    ("from m import (\n    A  # why\n)\n", "from m import (\n    A,  # why\n    N,\n    O as P\n)"),
    ("from m import (\r\n\tA,\r\n)\r\n", "from m import (\r\n\tA,\r\n\tN,\r\n\tO as P,\r\n)"),
    ("from m import (A,\n               B)\n", "from m import (A,\n               B, N, O as P)"),
]


@pytest.mark.parametrize(("text", "result"), EXTENSIONS)
def test_names_are_added_in_the_statements_own_layout(text: str, result: str) -> None:
    source = source_of(text)
    (node,) = source.parse().body
    assert isinstance(node, ast.ImportFrom)
    found = extended(source, node, [NewName("N", "N"), NewName("O", "P")])
    assert found.decode() == result
    assert [alias.name for alias in ast.parse(found).body[0].names][-2:] == ["N", "O"]  # type: ignore[attr-defined]


def test_nothing_is_added_before_a_comment_inside_the_line() -> None:
    source = source_of("from m import (A  # why\n    )\n")
    (node,) = source.parse().body
    assert isinstance(node, ast.ImportFrom)
    with pytest.raises(LayoutError, match="comment"):
        extended(source, node, [NewName("N", "N")])


RETARGETS = [
    ("from old import A", "new.home", [NewName("A", "A")], "from new.home import A"),
    ("from old import A", "new", [NewName("B", "A")], "from new import B as A"),
    ("from old import A as X", "new", [NewName("B", "X")], "from new import B as X"),
    ("from old import B as A", "new", [NewName("A", "A")], "from new import A"),
    ("from old import A as A", "new", [NewName("A", "A", redundant=True)], "from new import A as A"),
    ("from old import  A , C", "new", [NewName("A", "A"), NewName("D", "C")], "from new import  A , D as C"),
    ("from old import (  # why\n    A,  # A\n    C\n)", "new", [NewName("A", "A"), NewName("C", "C")], "from new import (  # why\n    A,  # A\n    C\n)"),
    ("from .old import A", ".new", [NewName("A", "A")], "from .new import A"),
    ("from .old import A", "..pkg.new", [NewName("A", "A")], "from ..pkg.new import A"),
    ("from .old import A", "new", [NewName("A", "A")], "from new import A"),
    ("from old import A", ".", [NewName("A", "A")], "from . import A"),
    ("from.old import A", "new", [NewName("A", "A")], "from new import A"),
    ("from .import A", ".new", [NewName("A", "A")], "from .new import A"),
    ("from . import A", ".new", [NewName("A", "A")], "from .new import A"),
    ("from old import \\\n    A", "new", [NewName("A", "A")], "from new import \\\n    A"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "module", "names", "result"), RETARGETS)
def test_the_module_changes_and_the_layout_does_not(text: str, module: str, names: list[NewName], result: str) -> None:
    assert retargeted(text.encode(), module, names).decode() == result


@pytest.mark.parametrize(
    ("text", "module", "result"),
    [
        ("from old import *", "new", "from new import *"),
        ("from .old import  *", "new.x", "from new.x import  *"),
        ("from.old import *", "..new", "from ..new import *"),
    ],
)
def test_a_star_changes_its_module(text: str, module: str, result: str) -> None:
    assert restarred(text.encode(), module).decode() == result


@pytest.mark.parametrize("text", [b"import a", b"from a import (", b"x = 1", b"if x: from a import b"])
def test_what_is_no_from_statement_is_refused(text: bytes) -> None:
    with pytest.raises(LayoutError):
        retargeted(text, "m", [NewName("b", "b")])
    with pytest.raises(LayoutError):
        restarred(text, "m")


def test_a_statement_is_written_plainly() -> None:
    names = [NewName("A", "A"), NewName("B", "C"), NewName("D", "D", redundant=True)]
    assert statement("m.n", names) == "from m.n import A, B as C, D as D"
