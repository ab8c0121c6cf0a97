"""Trees that are parsed once for many questions."""

from __future__ import annotations

import ast
from pathlib import Path

from trees import source_of

from ssot.index.trees import Parsed, Trees, walked


def test_a_text_is_parsed_once_while_there_is_room() -> None:
    """The first texts stay; one that does not fit is parsed each time, and drives out none."""
    trees = Trees(room=10)
    small, large = source_of("a = 1\n"), source_of("a_longer_name = 1\n", "n.py")
    kept = trees.of(small)
    assert trees.of(large) is not trees.of(large)
    assert trees.of(small) is kept
    assert trees.of(source_of("a = 1\n")) is kept


def test_texts_of_two_files_are_apart() -> None:
    """The path is part of what is parsed: syntax errors and warnings name it."""
    trees = Trees()
    assert trees.of(source_of("a = 1\n")) is not trees.of(source_of("a = 1\n", "n.py"))


def test_nodes_come_in_the_order_of_the_standard_library() -> None:
    """`walked` gives what `ast.walk` gives."""
    tree = ast.parse(Path(ast.__file__).read_bytes())
    assert [*map(id, walked(tree))] == [*map(id, ast.walk(tree))]


def test_names_that_calls_are_assigned_to_are_told() -> None:
    """Only plain names that are assigned what a call returned."""
    parsed = Parsed(ast.parse("a = make()\nb = made\nc.d = make()\n"))
    named = {node.id for node in parsed.nodes if isinstance(node, ast.Name) and id(node) in parsed.called}
    assert named == {"a"}
