"""Imports found without a grammar: the same as `ast` finds on real code, and something where `ast` finds nothing."""

from __future__ import annotations

import ast

import pytest
from trees import source_of

from index.stdlib import sample
from ssot.index.collect import facts_of
from ssot.index.lexer import lex_imports, skipped
from ssot.index.source import Source, decode

Imported = tuple[str, int, tuple[tuple[str, str | None, int], ...], int]
FILES = list(sample(every=6))


def by_ast(tree: ast.Module) -> set[Imported]:
    return {_of_node(node) for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)}


def _of_node(node: ast.Import | ast.ImportFrom) -> Imported:
    names = tuple((alias.name, alias.asname, alias.lineno) for alias in node.names)
    module, level = (node.module or "", node.level) if isinstance(node, ast.ImportFrom) else ("", 0)
    return module, level, names, node.lineno


def by_lexer(source: Source) -> set[Imported]:
    return {
        (fact.module, fact.level, tuple((name.name, name.asname, name.line) for name in fact.names), fact.line)
        for fact in lex_imports(source)
    }


def test_the_same_imports_as_ast_on_real_code() -> None:
    compared = 0
    for path, data, tree in FILES:
        source = decode(path, data)
        if isinstance(source, Source):
            assert by_lexer(source) == by_ast(tree), path
            compared += 1
    assert compared >= 100


@pytest.mark.parametrize(
    "text",
    [
        "import a",
        "import a.b as c, d\n",
        "from a import b\n",
        "from . import b\n",
        "from ...a.b import c as d, e\n",
        "from a import *\n",
        "from a import (b,\n    c as d,  # (\n    # e,\n)\n",
        "from a import b, \\\n    c\n",
        "from \\\n  a import b\n",
        "from.a import(b)\n",
        "x = 1; import a; from b import c\n",
        "if x: import a\n",
        "try: from a import b\nexcept E: import c\n",
        "def f():\n\timport a\n\n\tfrom b import (\n\t\tc\n\t)\n",
        "import a\r\nfrom b import (\r\n  c,\r\n  d)\r\n",
        "import a\rimport b\r",
        "import a  # import b\n",
        "x = '''\nimport no\n'''\nimport yes\n",
        'x = "from no import no"; import yes\n',
        "x = 'it\\'s'\nimport yes\n",
        "# import no\nimport yes\n",
        "x = rb'\\'\nimport yes\n",
        'f"""\nimport no\n{x}\n"""\nimport yes\n',
        "é = 'é'; import yes\n",
        "\x0cimport a\n",
    ],
)
def test_every_form_is_found_with_its_place(text: str) -> None:
    try:
        tree = ast.parse(text)
    except SyntaxError:
        pytest.skip("not of this Python's grammar")
    source = source_of(text)
    assert by_lexer(source) == by_ast(tree)
    columns = {(fact.line, fact.column) for fact in lex_imports(source)}
    assert columns == {
        (node.lineno, node.col_offset) for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)
    }


NEWER = {
    "a template string": "import a\nx = t'{a}'\nfrom b import c\n",
    "except without parentheses": "try:\n    import a\nexcept A, B:\n    from b import c\n",
    "a lazy import": "lazy import a\nlazy from b import c\nx = = 1\n",
    "a nested f-string": "import a\nx = f'{d['k']}'\nfrom b import c\n",
    "a type parameter": "import a\ndef f[T: (int, str) = int](x: T): ...\nfrom b import c\n",
    "something unheard of": "import a\nunless x:\n    pass\nfrom b import c\n",
    "Python 2": "import a\nprint 'x'\nfrom b import c\nexec 'y' in {}\n",
}


@pytest.mark.parametrize("text", NEWER.values(), ids=NEWER)
def test_a_grammar_of_another_time_does_not_hide_imports(text: str) -> None:
    found = {(name.name, name.line) for fact in lex_imports(source_of(text)) for name in fact.names}
    line = next(number for number, one in enumerate(text.splitlines(), 1) if "from b" in one)
    assert {name for name, _ in found} == {"a", "c"}
    assert ("c", line) in found


def test_facts_of_such_a_file_have_its_imports_and_say_what_is_wrong() -> None:
    facts = facts_of("m.py", b"import a\nprint 'x'\nif x:\n    from b import c\n")
    assert facts.lexed
    assert facts.problem is not None
    assert (facts.problem.code, facts.problem.line) == ("unparsable", 2)
    assert "Python 3." in facts.problem.reason
    assert [fact.where.certain for fact in facts.imports] == [True, False]
    assert not facts.known


def test_a_statement_that_is_none_is_passed_over() -> None:
    text = "import\nfrom a import\nimport a.\nfrom import b\nimport a as\nfrom a import (b\nimport yes\n"
    assert {name.name for fact in lex_imports(source_of(text)) for name in fact.names} <= {"yes", "b"}


def test_strings_and_comments_come_in_order() -> None:
    text = b'x = \'#\' # \'a\'\ny = """b"""\n'
    assert [match.group() for match in skipped(text)] == [b"'#'", b"# 'a'", b'"""b"""']
