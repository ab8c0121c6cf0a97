"""What is to happen to the import statements of one file, and the bytes that follow from it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from ssot.index.scopes import ImportNode
from ssot.index.source import Source
from ssot.index.view import FileView
from ssot.rewrite.fromlist import LayoutError, NewName, cut, extended, restarred, retargeted, statement
from ssot.rewrite.outcomes import Splice
from ssot.values import Safety

_BLANK = b" \t\f"
_WALL = re.compile(rb"#\s*(?:isort|fmt|yapf|ruff)\s*:", re.IGNORECASE)
_NEWLINE = re.compile(rb"\r\n|\r|\n")


@dataclass(frozen=True, eq=False)
class Move:
    """One name of a ``from`` statement that shall come from `module` (as text, relative dots included)."""

    alias: ast.alias
    module: str
    name: NewName
    into: StatementPlan | None = None  # the statement that takes it up; None for one of its own


@dataclass(eq=False)
class StatementPlan:
    """The changes to one import statement."""

    found: ImportNode
    keys: set[str] = field(default_factory=set)
    moves: list[Move] = field(default_factory=list)
    taken_up: list[NewName] = field(default_factory=list)
    replaced: dict[ast.alias, str] = field(default_factory=dict)  # plain imports: new text of a part, "" to take it out
    after: list[str] = field(default_factory=list)
    before: list[str] = field(default_factory=list)
    safety: Safety = Safety.SAFE
    star: str = ""  # a star import: the module to take the names from
    dropped: bool = False  # nothing needs it any more

    @property
    def node(self) -> ast.Import | ast.ImportFrom:
        return self.found.node

    @property
    def disappears(self) -> bool:
        """Whether nothing of it stays: it is not needed, or other statements take up all there is in it."""
        if self.dropped:
            return True
        moved = {move.alias for move in self.moves if move.into is not None}
        return bool(moved) and all(alias in moved for alias in self.node.names)


# -- surroundings


def starts_line(source: Source, node: ast.stmt) -> bool:
    start, _ = source.span(node)
    return not source.u8[source.line_starts[node.lineno - 1] : start].strip(_BLANK)


def shares_line(source: Source, node: ast.stmt) -> bool:
    """Whether other code stands on a line of the statement."""
    _, end = source.span(node)
    rest = source.u8[end : source.line_end(end)].strip(_BLANK)
    return not starts_line(source, node) or not (rest == b"" or rest.startswith(b"#"))


def has_comment(source: Source, node: ast.stmt) -> bool:
    """Whether a comment stands on the statement's lines or on a line of its own directly above."""
    start, end = source.span(node)
    line_start = source.line_starts[node.lineno - 1]
    above = source.u8[:line_start].rstrip(b"\r\n").rpartition(b"\n")[2].rpartition(b"\r")[2].strip(_BLANK)
    directly_above = above.startswith(b"#") and not source.u8[:line_start].endswith((b"\n\n", b"\r\n\r\n", b"\r\r"))
    return directly_above or b"#" in source.u8[start : source.line_end(end)]


def imports_between(one: ImportNode, other: ImportNode) -> list[ast.Import | ast.ImportFrom]:
    """The import statements between two statements of one block."""
    first, last = sorted((one.index, other.index))
    return [node for node in one.block[first + 1 : last] if isinstance(node, ast.Import | ast.ImportFrom)]


def at_one_time(found: ImportNode, other: ast.stmt) -> bool:
    """Whether another import statement stands in the same block, and nothing but imports in between."""
    place = next((index for index, node in enumerate(found.block) if node is other), None)
    if place is None:
        return False
    between = found.block[min(place, found.index) : max(place, found.index)]
    return all(isinstance(node, ast.Import | ast.ImportFrom) for node in between)


def only_imports_between(view: FileView, one: ImportNode, other: ImportNode) -> bool:
    """Whether nothing but import statements stands between two statements of one block, and no formatter's wall."""
    if one.block is not other.block:
        return False
    first, last = sorted((one, other), key=lambda found: found.index)
    between = one.block[first.index + 1 : last.index]
    if not all(isinstance(node, ast.Import | ast.ImportFrom) for node in between):
        return False
    start = view.source.line_starts[first.node.lineno - 1]
    return _WALL.search(view.source.u8[start : view.source.line_end(view.source.span(last.node)[1])]) is None


def bound_between(one: ImportNode, other: ImportNode, name: str) -> bool:
    """Whether an import statement between two of one block binds the name."""
    return any(
        (alias.asname or alias.name.partition(".")[0]) in (name, "*")
        for node in imports_between(one, other)
        for alias in node.names
    )


def module_text(view: FileView, node: ast.ImportFrom | None, target: str) -> str:
    """How a file names a module: relative where the statement was, inside the same top package; absolute otherwise."""
    if node is None or node.level == 0:
        return target
    own = view.module.split(".")
    package = own if view.source.path.endswith(("/__init__.py", "/__init__.pyi")) else own[:-1]
    parts = target.split(".")
    common = 0
    while common < min(len(package), len(parts)) and package[common] == parts[common]:
        common += 1
    if common == 0:
        return target
    return "." * (len(package) - common + 1) + ".".join(parts[common:])


# -- rendering


def render(view: FileView, plans: Iterable[StatementPlan]) -> Iterator[Splice]:
    """Raises LayoutError where a statement is written in a way that can't be edited without loss."""
    for plan in plans:
        keys, safety = frozenset(plan.keys), plan.safety
        if plan.disappears:
            start, end = _whole_line(view.source, plan.node)
            yield Splice(start, end, b"", keys, safety)
        else:
            for start, end, new in _changed(view, plan):
                yield Splice(start, end, new, keys, safety)


def _whole_line(source: Source, node: ast.stmt) -> tuple[int, int]:
    """The statement's lines with the line ending that makes them lines."""
    start = source.line_starts[node.lineno - 1]
    end = source.line_end(source.span(node)[1])
    following = _NEWLINE.match(source.u8, end)
    if following:
        return start, following.end()
    before = re.search(rb"(?:\r\n|\r|\n)\Z", source.u8[:start])
    return (before.start() if before else start), end


def _changed(view: FileView, plan: StatementPlan) -> Iterator[tuple[int, int, bytes]]:
    source, node = view.source, plan.node
    start, end = source.span(node)
    text, following = _from_text(source, plan) if isinstance(node, ast.ImportFrom) else _import_text(source, plan)
    following += [(line, b"") for line in plan.after]
    if shares_line(source, node):
        if any(comment for _, comment in following):
            raise LayoutError("a comment would have to stand inside a line")
        whole = [*(line.encode() for line in plan.before), text, *(line.encode() for line, _ in following)]
        yield start, end, b"; ".join(whole)
        return
    line_start = source.line_starts[node.lineno - 1]
    indent = source.u8[line_start:start]
    line_end = source.line_end(end)
    newline = _newline_after(source, line_end)
    if plan.before:
        yield start, start, b"".join(line.encode() + newline + indent for line in plan.before)
    if text != source.u8[start:end]:
        yield start, end, text
    added = b"".join(newline + indent + line.encode() + comment for line, comment in following)
    if added:
        yield line_end, line_end, added


def _newline_after(source: Source, offset: int) -> bytes:
    match = _NEWLINE.match(source.u8, offset)
    return match.group() if match else source.newline


def _from_text(source: Source, plan: StatementPlan) -> tuple[bytes, list[tuple[str, bytes]]]:
    """The statement's new text, and statements that follow it, each with the comment that goes with it."""
    node = plan.node
    assert isinstance(node, ast.ImportFrom)
    if plan.star:
        return restarred(source.segment(node), plan.star), []
    if plan.taken_up:
        return extended(source, node, plan.taken_up), []
    groups: dict[str, list[Move]] = {}
    for move in plan.moves:
        if move.into is None:
            groups.setdefault(move.module, []).append(move)
    moved = {move.alias for move in plan.moves}
    stays = [alias for alias in node.names if alias not in moved]
    modules = list(groups)
    in_place = [] if stays or not modules else groups[modules.pop(0)]
    gone = moved - {move.alias for move in in_place}
    rest = cut(source, node, gone) if gone else None
    text = rest.text if rest else source.segment(node)
    if in_place:
        text = retargeted(text, in_place[0].module, [move.name for move in in_place])
    comments = dict(rest.comments) if rest else {}
    following = []
    for module in modules:
        own = [comments[move.alias] for move in groups[module] if move.alias in comments]
        if len(own) > 1:  # each keeps its comment, so each needs a line
            lines = [(move.name, comments.get(move.alias)) for move in groups[module]]
            following += [(statement(module, [name]), b"  " + comment if comment else b"") for name, comment in lines]
        else:
            line = statement(module, [move.name for move in groups[module]])
            following.append((line, b"".join(b"  " + comment for comment in own)))
    return text, following


def _import_text(source: Source, plan: StatementPlan) -> tuple[bytes, list[tuple[str, bytes]]]:
    base, _ = source.span(plan.node)
    text = bytearray(source.segment(plan.node))
    names = plan.node.names
    for position in reversed(range(len(names))):
        if names[position] in plan.replaced:
            start, end = source.span(names[position])
            new = plan.replaced[names[position]].encode()
            if not new and position + 1 < len(names):
                end = source.span(names[position + 1])[0]
            elif not new:
                start = source.span(names[position - 1])[1]
            text[start - base : end - base] = new
    return bytes(text), []
