"""Paths that go for good: names out of a module, modules out of the tree."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from ssot.index.layout import is_init
from ssot.index.source import Source
from ssot.index.view import FileView
from ssot.rewrite.outcomes import Splice
from ssot.rewrite.shims.dunder_all import without
from ssot.rewrite.shims.layout import merged
from ssot.rewrite.stage import Tree
from ssot.values import splice


@dataclass(frozen=True)
class Edits:
    """Edits of one file; where it goes as a whole they are not needed."""

    splices: list[Splice] = field(default_factory=list)
    deletes: bool = False


def names(
    tree: Tree,
    view: FileView,
    gone: Collection[str],
    splices: list[Splice],
    keys: frozenset[str],
    going: Collection[str] = (),
) -> Edits:
    """The module without some names; no module at all where it holds nothing else, and nobody loads it.

    `going`: files that go in the same change.
    """
    found = [*splices, *without(view, gone, keys)]
    text = splice(view.source.u8, ((one.start, one.end, one.new) for one in found))
    if is_empty(text) and removable(tree, view, going):
        return Edits([], deletes=True)
    return Edits(_trimmed(view.source, [_closed_up(view.source, one) for one in merged(found)]))


def _trimmed(source: Source, found: list[Splice]) -> list[Splice]:
    """Where all that ends a file goes, so do the blank lines in front of it."""
    cuts = {one.end: one for one in found if not one.new and one.end > one.start}
    end = len(source.u8)
    gone: list[Splice] = []
    while True:
        blank = len(source.u8[:end]) - len(source.u8[:end].rstrip(b" \t\r\n\f"))
        cut = next((cuts[at] for at in range(end, end - blank - 1, -1) if at in cuts), None)
        if cut is None:
            break
        gone.append(cut)
        end = cut.start
    body = source.u8[:end].rstrip(b" \t\r\n\f")
    start = len(body) + len(source.newline) if body else 0
    if not gone or start >= end:
        return found
    keys = frozenset[str]().union(*(one.keys for one in gone))
    return [*(one for one in found if one not in gone), Splice(start, len(source.u8), b"", keys)]


def _closed_up(source: Source, one: Splice) -> Splice:
    """A cut at the very start of a file takes the blank lines behind it along."""
    if one.start or one.new or not one.end:
        return one
    rest = source.u8[one.end :]
    return Splice(0, one.end + len(rest) - len(rest.lstrip(b"\r\n")), b"", one.keys)


def module(tree: Tree, view: FileView) -> Edits:
    return Edits([], deletes=True)


def is_empty(text: bytes) -> bool:
    """Whether a module offers nothing: texts, directives, imports for type checkers, and an empty ``__all__``."""
    try:
        body = ast.parse(text).body
    except SyntaxError:
        return False
    return all(map(_idle, body))


def _idle(node: ast.stmt) -> bool:
    match node:
        case ast.Expr(value=ast.Constant()) | ast.Pass():
            return True
        case ast.ImportFrom(module="__future__" | "typing"):
            return True
        case ast.If(test=ast.Name(id="TYPE_CHECKING") | ast.Attribute(attr="TYPE_CHECKING"), orelse=[]):
            return True
        case ast.Assign(targets=[ast.Name(id="__all__")], value=ast.List(elts=[]) | ast.Tuple(elts=[])):
            return True
        case _:
            return False


def removable(tree: Tree, view: FileView, going: Collection[str] = ()) -> bool:
    """Whether a file can go: nobody loads its module, and no package stands on it."""
    module = view.module
    if is_init(view.source.path):
        folder = view.source.path.rpartition("/")[0] + "/"
        if any(path.startswith(folder) and path != view.source.path and path not in going for path in tree.paths):
            return False
    return not _loaded(tree, module, {view.source.path, *going})


def _loaded(tree: Tree, module: str, own: Collection[str]) -> bool:
    """Whether any import statement or text names the module."""
    parent, _, leaf = module.rpartition(".")
    for path, facts in tree.index.facts.items():
        if path in own:
            continue
        for fact in facts.imports:
            base = tree.index.absolute(path, fact.module, fact.level) if fact.is_from else None
            for name in fact.names:
                if module in (base, name.name if not fact.is_from else None):
                    return True
                if fact.is_from and base == parent and name.name == leaf:
                    return True
    tests = tree.manifest.tests.file if tree.manifest.tests is not None else ""
    code = (source for path, source in tree.sources.items() if path != tests and path not in own)
    documents = (
        one for one in tree.texts.values() if tree.hands_off(one.path) != "manifest" and not one.path.endswith(".md")
    )
    return _named_in_text(code, module) or _named_in_text(documents, module)


def _named_in_text(sources: Iterable[Source], module: str) -> bool:
    word = module.encode()
    return any(
        quote + word + end in source.u8
        for source in sources
        for quote in (b'"', b"'")
        for end in (b'"', b"'", b".", b":")
    )
