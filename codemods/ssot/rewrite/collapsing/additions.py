"""Import lines added to the canonical module."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator

from ssot.index.table import External
from ssot.index.view import FileView, local_name
from ssot.rewrite.collapsing.extent import newline_behind, with_comments_above
from ssot.rewrite.collapsing.placement import Slot, added_line, import_block, slot, slot_ahead
from ssot.rewrite.collapsing.surroundings import Needs
from ssot.rewrite.collapsing.values import Definition
from ssot.rewrite.fromlist import LayoutError, NewName, extended
from ssot.rewrite.outcomes import Splice
from ssot.rewrite.statements import shares_line

_TAB = re.compile(rb"^\t", re.MULTILINE)
_LONGEST = 100  # columns of an import line that gets another name
_ABOUT_THE_LINE = re.compile(rb"#\s*(?:noqa|type|pylint|pyright|ruff|isort|flake8|fmt)\b", re.IGNORECASE)


def added_imports(new: Definition, needs: Needs, keys: frozenset[str]) -> Iterator[Splice]:
    """What moved members need, behind the imports of its kind."""
    view = new.view
    indent = "\t" if _TAB.search(view.source.u8) else "    "
    typed = [indent + line for line in dict.fromkeys(needs.type_imports)]
    guarded = next((node for node in view.tree.body if isinstance(node, ast.If) and _for_type_checkers(node)), None)
    if typed and guarded is not None:
        yield from _guarded(view, guarded, needs.type_imports, keys)
        typed = []
    known = not typed or _knows_type_checking(view)
    by_place: dict[Slot | None, list[str]] = {}
    for line in dict.fromkeys([*needs.imports, *([] if known else ["from typing import TYPE_CHECKING"])]):
        node = _import(line)
        taken_up = list(_taken_up(view, node, keys)) if isinstance(node, ast.ImportFrom) else []
        yield from taken_up
        if not taken_up:
            _together(by_place.setdefault(_slot(view, node), []), line)
    if typed:
        imports = import_block(view)
        end = Slot(view.source.line_end(view.source.span(imports[-1])[1]), apart=True) if imports else None
        if end is None and None in by_place:
            by_place[None].append("")
        by_place.setdefault(end, []).extend(["if TYPE_CHECKING:", *typed])
    for place, found in by_place.items():
        yield block(new, place, found, keys)


def _import(line: str) -> ast.Import | ast.ImportFrom:
    (node,) = ast.parse(line).body
    assert isinstance(node, ast.Import | ast.ImportFrom)
    return node


def _together(lines: list[str], line: str) -> None:
    """A line added to others; names from the same module in one statement."""
    start, found, names = line.partition(" import ")
    same = next((one for one in lines if found and one.startswith(f"{start} import ")), None)
    if same is None or len(same) + len(names) + 2 > _LONGEST:
        lines.append(line)
    else:
        known = same.removeprefix(f"{start} import ").split(", ")
        lines[lines.index(same)] = f"{start} import {', '.join(sorted({*known, names}))}"


def _slot(view: FileView, node: ast.Import | ast.ImportFrom) -> Slot | None:
    plain = isinstance(node, ast.Import)
    module = node.names[0].name if isinstance(node, ast.Import) else view.base(node) or ""
    return slot_ahead(view, module) or slot(view, module, plain=plain)


def _knows_type_checking(view: FileView) -> bool:
    """Whether the imports at the top bring the constant, by its own name."""
    known = view.index.resolve(view.module, "TYPE_CHECKING") == External("typing.TYPE_CHECKING")
    own = view.scopes.root.bindings.get("TYPE_CHECKING", [])
    return known and all(node in import_block(view) for node in own)


def _taken_up(view: FileView, line: ast.ImportFrom, keys: frozenset[str]) -> Iterator[Splice]:
    """The names added to a statement at the top that imports from the same module, where it has room for them."""
    source = view.source
    same = [one for one in import_block(view) if isinstance(one, ast.ImportFrom) and view.base(one) == view.base(line)]
    node = same[-1] if same else None
    if node is None or node.names[0].name == "*" or shares_line(source, node):
        return
    start, end = source.span(node)
    if _ABOUT_THE_LINE.search(source.u8[start : source.line_end(end)]):
        return
    try:
        texts = [extended(source, node, [NewName(one.name, local_name(one))]) for one in line.names]
    except LayoutError:
        return
    was = source.segment(node)
    if any(len(row) > _LONGEST for text in texts for row in text.splitlines()):
        return
    for text in texts:
        at = next((at for at, (one, other) in enumerate(zip(was, text, strict=False)) if one != other), len(was))
        yield Splice(start + at, start + at, text[at : at + len(text) - len(was)], keys)


def _guarded(view: FileView, guarded: ast.If, lines: Iterable[str], keys: frozenset[str]) -> Iterator[Splice]:
    source, last = view.source, guarded.body[-1]
    at = source.line_end(source.span(last)[1])
    newline = newline_behind(source, at)
    indent = source.u8[source.line_starts[last.lineno - 1] :][: last.col_offset]
    yield from (Splice(at, at, newline + indent + line.encode(), keys) for line in dict.fromkeys(lines))


def _for_type_checkers(node: ast.If) -> bool:
    return ast.unparse(node.test).rpartition(".")[2] == "TYPE_CHECKING" and not node.orelse


def block(new: Definition, place: Slot | None, lines: list[str], keys: frozenset[str]) -> Splice:
    """Lines added to the imports; a module without any gets them in front of its first statement."""
    view, source = new.view, new.view.source
    if place is not None and place.ahead:
        newline = newline_behind(source, place.offset)
        text = newline.join(line.encode() for line in lines) + newline * 2
        return Splice(place.offset, place.offset, text, keys)
    if place is not None:
        text = added_line(source, place, lines[0])
        newline = newline_behind(source, place.offset)
        return Splice(place.offset, place.offset, text + b"".join(newline + line.encode() for line in lines[1:]), keys)
    head, imports = view.tree.body[0], import_block(view)
    newline = source.newline
    text = newline.join(line.encode() for line in lines)
    if imports or (isinstance(head, ast.Expr) and isinstance(head.value, ast.Constant)):
        at = source.line_end(source.span(imports[-1] if imports else head)[1])
        return Splice(at, at, newline * (1 if imports else 2) + text, keys)
    first = min([head.lineno, *(d.lineno for d in getattr(head, "decorator_list", []))])
    at = with_comments_above(source, source.line_starts[first - 1])
    return Splice(at, at, text + newline * 3, keys)
