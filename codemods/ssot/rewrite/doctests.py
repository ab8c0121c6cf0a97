"""Doctests are code: the examples of each docstring are planned as a file of their own, and the edits carried back.

Only edits within one line of an example are carried back; anything else is refused for the whole docstring.
"""

from __future__ import annotations

import ast
import doctest
import re
from bisect import bisect_right
from dataclasses import dataclass

from ssot.index.collect import facts_of
from ssot.index.source import Source, decode
from ssot.index.view import FileView
from ssot.rewrite.canonical_imports import plan_file
from ssot.rewrite.context import Project
from ssot.rewrite.locate import string_content
from ssot.rewrite.outcomes import Fate, FilePlan, Occurrence, Splice

_PARSER = doctest.DocTestParser()
_NEWLINE = re.compile(rb"\r\n|\r|\n")


@dataclass(frozen=True)
class _Line:
    """One line of an example: where its code starts in the file's text, and in the examples taken together."""

    outer: int
    inner: int
    code: bytes
    indent: int  # of the prompt


def plan_doctests(view: FileView, project: Project) -> FilePlan:
    """The plan for all docstrings of a file."""
    plan = FilePlan(view.source.path)
    for number, use in enumerate(view.scopes.strings):
        if use.docstring and ">>>" in use.value and "import" in use.value:
            plan = plan.joined(_plan_docstring(view, project, use.node, number))
    return plan


def _plan_docstring(view: FileView, project: Project, node: ast.Constant, number: int) -> FilePlan:
    empty = FilePlan(view.source.path)
    content = string_content(view, node)
    lines = _example_lines(view.source, node, content)
    text = b"".join(line.code + b"\n" for line in lines)
    pseudo = f"{view.source.path}::{number}"  # a name that no module has
    source = decode(pseudo, text)
    if not isinstance(source, Source) or (facts := facts_of(pseudo, text)).problem is not None:
        return empty
    inner = plan_file(FileView(source, project.index.with_facts([facts])), project)
    if _loads_otherwise(view, project, inner):
        inner = inner.without_edits("load-order", "modules that do something when they are loaded would come or go")
    carried = _carried(view.source, lines, inner) if content is not None else None
    refused = carried is None
    return FilePlan(
        view.source.path,
        () if refused else tuple(carried or ()),
        tuple(_outer(view.source, lines, node, one, refused) for one in inner.occurrences),
    )


def _loads_otherwise(view: FileView, project: Project, plan: FilePlan) -> bool:
    """Whether the examples load other modules that leave a trace than before, beside those that their file loads."""
    graph, bits = project.graph, 0
    for one in (redirect for redirect in plan.redirects if not redirect.type_only):
        bits |= graph.closure(one.source) ^ graph.closure(one.target)
    return bool(bits & project.noisy & ~graph.closure(view.module))


def _example_lines(source: Source, node: ast.Constant, content: int | None) -> list[_Line]:
    """The code lines of all examples. Without a `content` offset their places in the file are not known."""
    text = str(node.value)
    raw = source.u8[content : source.span(node)[1]] if content is not None else text.encode()
    starts = [0, *(match.end() for match in _NEWLINE.finditer(raw))]
    found: list[_Line] = []
    inner = 0
    try:
        examples = _PARSER.get_examples(text)
    except ValueError:
        return []
    for example in examples:
        for shift, code in enumerate(example.source.rstrip("\n").split("\n")):
            outer = starts[example.lineno + shift] + example.indent + len(">>> ")
            encoded = code.encode()
            found.append(_Line((content or 0) + outer, inner, encoded, example.indent))
            inner += len(encoded) + 1
    exact = content is not None and all(
        source.u8[line.outer : line.outer + len(line.code)] == line.code for line in found
    )
    return found if exact or content is None else []


def _carried(source: Source, lines: list[_Line], plan: FilePlan) -> list[Splice] | None:
    """The edits at their places in the file; None where one does not fit on a line."""
    carried = []
    starts = [line.inner for line in lines]
    for splice in plan.splices:
        line = lines[bisect_right(starts, splice.start) - 1]
        if splice.end > line.inner + len(line.code):
            return None
        start = line.outer + splice.start - line.inner
        first, *more = splice.new.split(b"\n")
        new = first
        for added in more:
            prompt = b"... " if added.startswith((b" ", b"\t")) else b">>> "
            new += source.newline + b" " * line.indent + prompt + added
        carried.append(Splice(start, start + splice.end - splice.start, new, splice.keys, splice.safety))
    return carried


def _outer(source: Source, lines: list[_Line], node: ast.Constant, one: Occurrence, refused: bool) -> Occurrence:
    place = lines[one.line - 1].outer if 0 < one.line <= len(lines) else 0
    line = max(source.line_of(place), node.lineno)
    if refused and one.fate is Fate.REWRITTEN:
        return Occurrence(
            source.path, line, one.symbol, Fate.REFUSED, "doctest", "this doctest can't be edited in place"
        )
    return Occurrence(source.path, line, one.symbol, one.fate, one.code, one.reason)
