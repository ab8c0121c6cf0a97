"""Where exactly in the source a use stands, verified against the text; None where that can't be told."""

from __future__ import annotations

import ast
import re

from ssot.index.scopes import NameUse
from ssot.index.view import FileView, Step

Span = tuple[int, int]
_NEWLINE = re.compile(rb"\r\n?")
_PLAIN_STRING = re.compile(rb"[uUrR]?('''|\"\"\"|'|\")((?:(?!\1)[^\\])*)\1", re.DOTALL)


def string_content(view: FileView, node: ast.Constant) -> int | None:
    """Where the content of a plain string literal (one piece, no escapes) starts."""
    start, _ = view.source.span(node)
    segment = view.source.segment(node)
    match = _PLAIN_STRING.fullmatch(segment)
    if match is None or _NEWLINE.sub(b"\n", match.group(2)).decode() != node.value:
        return None
    return start + match.start(2)


def name_span(view: FileView, use: NameUse) -> Span | None:
    """The span of a name."""
    return _located(view, use, use.node, use.node.id)


def chain_span(view: FileView, step: Step) -> Span | None:
    """The span of the part of a chain that a step covers, as it stands in the source."""
    use = step.chain.root
    text = ".".join([use.node.id, *step.chain.attributes[: step.depth + 1]])
    return _located(view, use, step.chain.nodes[step.depth], text)


def _located(view: FileView, use: NameUse, node: ast.expr, text: str) -> Span | None:
    if use.in_string is not None:
        return _in_string(view, use.in_string, node, text)
    start, end = view.source.span(node)
    if _same(view.source.u8[start:end], text):
        return start, end
    if use.in_fstring is not None:
        return _in_fstring(view, use.in_fstring, use, text)
    return None


def _same(found: bytes, text: str) -> bool:
    return b"".join(found.split()).decode("utf-8", "replace") == text


def _in_string(view: FileView, constant: ast.Constant, node: ast.expr, text: str) -> Span | None:
    content = string_content(view, constant)
    value = str(constant.value)
    if content is None or node.lineno != 1 or node.end_col_offset is None:
        return None
    shift = content + len((value[: len(value) - len(value.lstrip())]).encode())
    span = shift + node.col_offset, shift + node.end_col_offset
    return span if _same(view.source.u8[span[0] : span[1]], text) else None


def _in_fstring(view: FileView, literal: ast.JoinedStr, use: NameUse, text: str) -> Span | None:
    """Before Python 3.12 `ast` gives wrong positions inside f-strings: count the occurrences instead."""
    start, end = view.source.span(literal)
    pattern = re.compile(rb"(?<![\w.])" + rb"\s*\.\s*".join(part.encode() for part in text.split(".")) + rb"\b")
    places = [match.span() for match in pattern.finditer(view.source.u8, start, end)]
    uses = [
        other
        for other in view.scopes.names
        if other.in_fstring is literal and other.node.id == use.node.id and _chain_text(view, other, text)
    ]
    if len(places) != len(uses):
        return None
    return places[[other is use for other in uses].index(True)]


def _chain_text(view: FileView, use: NameUse, text: str) -> bool:
    if "." not in text:
        return True
    chain = view.scopes.chain_from(use)
    if chain is None:
        return False
    full = ".".join([use.node.id, *chain.attributes])
    return full == text or full.startswith(text + ".")


def prints_itself(view: FileView, use: NameUse, text: str) -> bool:
    """Whether an f-string shows the expression's own text: ``{name=}``."""
    if use.in_fstring is None:
        return False
    pattern = rb"\s*\.\s*".join(re.escape(part.encode()) for part in text.split("."))
    return re.search(rb"(?<![\w.])" + pattern + rb"\b[^{}]*=\s*[}!:]", view.source.segment(use.in_fstring)) is not None
