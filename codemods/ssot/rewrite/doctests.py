"""Imports in doctests: ``>>> from old import Foo`` is code, and is rewritten where it stands.

Only statements that fit on their own lines and keep the local name are changed; the rest is listed.
"""

from __future__ import annotations

import ast
import doctest
import textwrap
from collections.abc import Iterator

from ssot.audit.governance import Status, Verdict
from ssot.index.source import Source, decode
from ssot.index.view import FileView, local_name
from ssot.rewrite.context import Project
from ssot.rewrite.fromlist import LayoutError, NewName, cut, retargeted, statement
from ssot.rewrite.locate import string_content
from ssot.rewrite.outcomes import Fate, FilePlan, Occurrence, Splice

_PARSER = doctest.DocTestParser()


def plan_doctests(view: FileView, project: Project) -> FilePlan:
    """The plan for all docstrings of a file."""
    splices: list[Splice] = []
    occurrences: list[Occurrence] = []
    for use in view.scopes.strings:
        if use.docstring and ">>>" in use.value and "import" in use.value:
            content = string_content(view, use.node)
            for example in _examples(use.value):
                found = _plan_example(view, project, example, content)
                splices += found[0]
                occurrences += found[1]
    return FilePlan(view.source.path, tuple(splices), tuple(occurrences))


def _examples(text: str) -> Iterator[tuple[doctest.Example, int]]:
    """Each example with the offset of its first line in the text."""
    try:
        examples = _PARSER.get_examples(text)
    except ValueError:
        return
    lines = text.splitlines(keepends=True)
    for example in examples:
        yield example, sum(len(line.encode()) for line in lines[: example.lineno])


def _plan_example(
    view: FileView, project: Project, found: tuple[doctest.Example, int], content: int | None
) -> tuple[list[Splice], list[Occurrence]]:
    example, offset = found
    source = decode(view.source.path, textwrap.dedent(example.source).encode())
    if not isinstance(source, Source):
        return [], []
    try:
        body = source.parse().body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return [], []
    if len(body) != 1 or not isinstance(body[0], ast.ImportFrom) or body[0].level:
        return [], []
    node = body[0]
    base = node.module or ""
    verdicts = {a: project.governance.classify((base, a.name), project.index.resolve(base, a.name)) for a in node.names}
    moving = {alias: verdict for alias, verdict in verdicts.items() if verdict and verdict.status is Status.FRAGMENTED}
    if not moving:
        return [], []
    line = view.source.line_of((content or view.source.span(view.tree.body[0])[0]) + offset)
    keys = frozenset(verdict.key for verdict in moving.values())

    def outcome(fate: Fate, code: str = "", reason: str = "") -> list[Occurrence]:
        return [Occurrence(view.source.path, line, verdict.key, fate, code, reason) for verdict in moving.values()]

    try:
        new = _rewritten(source, node, moving)
    except LayoutError as error:
        return [], outcome(Fate.REFUSED, "layout", str(error))
    start = None if content is None else content + offset
    old = example.source.rstrip("\n").encode()
    if start is None or b"\n" in old or any(verdict.broken or verdict.uncertain for verdict in moving.values()):
        return [], outcome(Fate.REFUSED, "doctest", "this doctest can't be edited in place")
    prompt = b" " * example.indent + b">>> "
    position = start + len(prompt)
    if view.source.u8[position : position + len(old)] != old:
        return [], outcome(Fate.REFUSED, "doctest", "where the example stands can't be told for sure")
    text = (view.source.newline + prompt).join(new)
    return [Splice(position, position + len(old), text, keys)], outcome(Fate.REWRITTEN)


def _rewritten(source: Source, node: ast.ImportFrom, moving: dict[ast.alias, Verdict]) -> list[bytes]:
    """The statements that take the place of one."""
    groups: dict[str, list[ast.alias]] = {}
    for alias, verdict in moving.items():
        groups.setdefault(verdict.target[0], []).append(alias)

    def names(aliases: list[ast.alias]) -> list[NewName]:
        return [NewName(moving[alias].target[1], local_name(alias), alias.asname == alias.name) for alias in aliases]

    if len(moving) == len(node.names) and len(groups) == 1:
        ((module, aliases),) = groups.items()
        return [retargeted(source.segment(node), module, names(aliases))]
    added = [statement(module, names(aliases)).encode() for module, aliases in groups.items()]
    if len(moving) == len(node.names):
        return added
    return [cut(source, node, moving).text, *added]
