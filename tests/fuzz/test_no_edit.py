"""Reading a file and changing nothing gives the same bytes; positions are where they are said to be."""

from __future__ import annotations

import ast
import sys
import warnings
from random import Random

from hypothesis import HealthCheck, Phase, example, given, seed, settings

from fuzz.budget import EXAMPLES, FIRST
from fuzz.sources import rubbish, sources
from ssot.index.collect import facts_of
from ssot.index.source import Source, apply_edits, decode
from ssot.index.table import Index
from ssot.index.view import FileView
from ssot.prove.comments import comments
from ssot.prove.proof import Changed, Prover
from ssot.values import Skipped

budget = settings(
    max_examples=EXAMPLES or 60,
    derandomize=not EXAMPLES,
    database=None,
    deadline=None,
    phases=[Phase.explicit, Phase.generate, *([Phase.shrink] if EXAMPLES else [])],
    suppress_health_check=list(HealthCheck),
)
SAMPLE = 12  # nodes of a file; each costs as much as reading the file several times
Position = ast.stmt | ast.expr | ast.alias | ast.pattern


@seed(FIRST)
@budget
@given(sources())
@example(b"\xef\xbb\xbf# coding: utf-8\rx = 1\r\ny = 2\n")
@example("# coding: shift_jis\nx = '日本'; from a import b".encode("shift_jis"))
def test_no_edit_gives_the_same_bytes(data: bytes) -> None:
    """A file that can be read is given back as it was, and every node stands where its position says."""
    source = decode("m.py", data)
    facts = facts_of("m.py", data)
    assert apply_edits(data, ()) == data
    if isinstance(source, Skipped):
        assert facts.problem is not None
        return
    assert source.spliced(()) == data
    assert data == data[: source.bom] + source.text.encode(source.encoding)
    if facts.problem is None:
        check_positions(source)
        check_gates(source)


@seed(FIRST)
@budget
@given(rubbish())
def test_no_bytes_are_too_odd(data: bytes) -> None:
    """Whatever the bytes are, reading them gives facts or a reason, never an exception, and no edit changes nothing."""
    facts = facts_of("m.py", data)
    source = decode("m.py", data)
    assert apply_edits(data, ()) == data
    assert isinstance(source, Source) or facts.problem is not None
    if isinstance(source, Source):
        assert source.spliced(()) == data
        comments(source)


def check_positions(source: Source) -> None:
    nodes = positions(source.parse())
    for node in Random(len(nodes)).sample(nodes, min(SAMPLE, len(nodes))):
        start, end = source.span(node)
        assert source.segment(node).decode() == ast.get_source_segment(source.text, node)
        same = source.edit(start, end, source.segment(node))
        assert same.old == same.new
        assert source.data[same.start : same.end] == same.old.encode(source.encoding)
        assert apply_edits(source.data, [same]) == source.data
        other = source.edit(start, end, b"(other)")
        assert apply_edits(source.data, [other]) == source.spliced([(start, end, b"(other)")])
        assert source.line_of(start) == node.lineno == same.line


def positions(node: ast.AST) -> list[Position]:
    """The nodes that have a position; before Python 3.12 those inside f-strings have a wrong one."""
    found = []
    for child in ast.iter_child_nodes(node):
        found += [child] if isinstance(child, Position) else []
        if sys.version_info >= (3, 12) or not isinstance(child, ast.JoinedStr):
            found += positions(child)
    return found


def check_gates(source: Source) -> None:
    """No edit passes all gates, and is seen to change nothing."""
    index = Index.build([facts_of("m.py", source.data)], [""])
    view = FileView(source, index)
    assert view.module == "m"
    assert len(view.scopes.imports) == sum(
        isinstance(node, ast.Import | ast.ImportFrom) for node in ast.walk(view.tree)
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            compile(source.data, "m.py", "exec", dont_inherit=True)
        except (SyntaxError, ValueError):
            return  # `ast` reads some files that are no programs
    assert Prover(index, lambda now: False).failures([Changed("m.py", source.data, (), source.data)]) == {}
