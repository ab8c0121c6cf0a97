"""The duplicate's definition goes, its name becomes another name of the canonical one."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator

from ssot.index.source import Source
from ssot.index.table import Path
from ssot.rewrite.collapsing.extent import Extent, extent, removal, with_comments_above
from ssot.rewrite.collapsing.ground import Ground
from ssot.rewrite.collapsing.placement import added_line, between, import_block, import_line, slot
from ssot.rewrite.collapsing.spare import Spare, spare_imports, without
from ssot.rewrite.collapsing.values import Definition, Pair
from ssot.rewrite.outcomes import Splice


def alias(ground: Ground, pair: Pair, old: Definition, new: Definition, target: Path, *, tidy: bool) -> list[Splice]:
    """The edits of the duplicate's file. `target`: the path that the name is imported from. `tidy`: imports may go."""
    source, keys = old.view.source, frozenset({pair.key})
    found = extent(source, old.node)
    assert found is not None
    if old.path == new.path:
        return list(_assignment(source, old, new, found, keys))
    line = import_line(old.view, target, pair.duplicate.name)
    spare = spare_imports(ground, old, found, target[0]) if tidy else []
    place, rises = slot(old.view, target[0]), _may_rise(ground, old, target[0])
    if place is None and rises and not import_block(old.view):
        return list(_at_the_top(old, found, line, keys))
    if place is None or not rises:
        inplace = Splice(found.start, found.end, line.encode() + _ending(source, found), keys)
        return [inplace, *without(old.view, spare, keys, {})]
    gone = removal(source, found)
    taken = next((s.node for s in spare if s.whole and source.line_end(source.span(s.node)[1]) == place.offset), None)
    if taken is not None:  # the line behind which the import would stand is not needed any more
        apart = source.newline if place.apart and _follows_imports(old, taken, spare) else b""
        rest = list(without(old.view, spare, keys, {taken.lineno: apart + line.encode()}))
        return [*rest, Splice(max(gone.start, place.offset), gone.end, b"", keys)]
    at = place.offset
    added = Splice(at, at, added_line(source, place, line), keys)
    return [added, Splice(max(gone.start, at), gone.end, b"", keys), *without(old.view, spare, keys, {})]


def _at_the_top(old: Definition, found: Extent, line: str, keys: frozenset[str]) -> Iterator[Splice]:
    """In a module without imports: in front of its first statement, or where the definition stood if that was the first."""
    source, body = old.view.source, old.view.tree.body
    said = isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant)
    head = body[1 if said and len(body) > 1 else 0]
    if head is old.node:
        yield Splice(found.start, found.start, line.encode() + (_ending(source, found) or b""), keys)
        yield Splice(found.start, found.end, b"", keys)
        return
    defined = isinstance(head, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
    first = min([head.lineno, *(one.lineno for one in getattr(head, "decorator_list", []))])
    start, gone = with_comments_above(source, source.line_starts[first - 1]), removal(source, found)
    yield Splice(start, start, line.encode() + source.newline * (3 if defined else 2), keys)
    yield Splice(gone.start, gone.end, b"", keys)


def _follows_imports(old: Definition, taken: ast.stmt, spare: list[Spare]) -> bool:
    """Whether the line above a statement is an import that stays."""
    going = [one.node for one in spare if one.whole]
    above = [node for node in import_block(old.view) if node.lineno < taken.lineno and node not in going]
    behind = [node for node in going if above and above[-1].lineno < node.lineno <= taken.lineno]
    first = min(behind, key=lambda node: node.lineno, default=taken)
    return bool(above) and (above[-1].end_lineno or 0) + 1 == first.lineno


def _ending(source: Source, found: Extent) -> bytes:
    """The line ending of the definition's last line; nothing at the end of a file without one."""
    text = source.u8[found.start : found.end]
    return next((newline for newline in (b"\r\n", b"\n", b"\r") if text.endswith(newline)), b"")


def _may_rise(ground: Ground, old: Definition, module: str) -> bool:
    """Whether the import may stand with the others, above the code in front of the definition."""
    own, effects = old.symbol.module, set(old.view.facts.effects)
    if ground.graph.same_cycle(own, module):
        return False
    loaded = 0
    for target in ground.graph.targets(own):
        loaded |= ground.graph.closure(target)
    if not ground.graph.closure(module) & ground.graph.effectful:
        return True
    crossed = list(between(old.view, old))
    spans = (range(node.lineno, (node.end_lineno or node.lineno) + 1) for node in crossed)
    return not any(effects.intersection(span) for span in spans) and not any(
        fact.line > crossed[0].lineno for fact in old.view.facts.imports if crossed and not fact.where.deferred
    )


def _assignment(
    source: Source, old: Definition, new: Definition, found: Extent, keys: frozenset[str]
) -> Iterator[Splice]:
    """In the canonical one's own module: ``Old = Canon``, behind both definitions."""
    line = f"{old.symbol.name} = {new.symbol.name}".encode()
    if new.line < old.line:
        yield Splice(found.start, found.end, line + _ending(source, found), keys)
        return
    behind = extent(source, new.node)
    assert behind is not None
    gone = removal(source, found)
    ending = _ending(source, behind)
    at = behind.end
    text = source.newline * 2 + line + ending if ending else source.newline * 3 + line
    yield Splice(gone.start, gone.end, b"", keys)
    yield Splice(at, at, (ending * 2 + line + ending) if ending else text, keys)


def eager_uses_between(old: Definition, new: Definition, gone: Collection[int] = ()) -> list[int]:
    """Lines between an earlier duplicate and a later canonical one, of one module, that may read the name at once.

    ``gone``: identities of nodes that go as well.
    """
    if new.line < old.line:
        return []
    last = new.node.end_lineno or new.node.lineno
    lines = [line for line in old.view.facts.effects if old.line < line < last]
    for use in old.view.scopes.names:
        early = not use.scope.deferred and use.node.id == old.symbol.name and use.loads and id(use.node) not in gone
        if early and old.line < use.node.lineno <= last:
            lines.append(use.node.lineno)
    return lines
