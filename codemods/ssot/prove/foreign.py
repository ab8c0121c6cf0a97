"""The gates that hold for any codemod, whatever it means to do: decode, parse, comments, minimal.

What names denote is not compared: that is what somebody's codemod may want to change.
"""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from difflib import SequenceMatcher

from ssot.index.lexer import skipped
from ssot.index.source import Source
from ssot.prove.gates import Failure, minimal, read_versions
from ssot.prove.proof import Changed, Prover

_ALIKE = 0.4  # from 0 to 1; statements less alike are not versions of each other
_WORD = re.compile(rb"\w+")


class ForeignProver(Prover):
    """Proves what can be proved of an edit whose purpose is not known."""

    def failures(self, changed: Iterable[Changed]) -> dict[str, Failure]:
        found = ((file.path, _check(file)) for file in changed)
        return {path: failure for path, failure in found if failure is not None}


def _check(file: Changed) -> Failure | None:
    if file.before is None or file.after is None:
        return Failure("gate-difference", "a codemod from elsewhere may not make or remove files")
    versions = read_versions(file.path, file.before, file.after)
    if isinstance(versions, Failure):
        return versions
    return minimal(file.before, file.edits, file.after) or _comments(
        versions.old, versions.old_tree, versions.new, versions.new_tree
    )


# -- comments


def _comments(old: Source, tree: ast.Module, new: Source, result: ast.Module) -> Failure | None:
    """A comment may go only with the statement it belongs to, or become the annotation that it stands for."""
    before, after = tuple(_found(old)), tuple(_found(new))
    lost = Counter(text for _, text in before) - Counter(text for _, text in after)
    if not lost:
        return None
    gone = _deleted(old, tree.body, new, result.body)
    for line, text in before:
        if lost[text] and line in gone:
            lost[text] -= 1
    annotations = max(0, _annotations(result) - _annotations(tree))
    for text in [text for text in lost if _is_type(text)]:
        annotations, lost[text] = annotations - min(annotations, lost[text]), max(0, lost[text] - annotations)
    left = sorted(text for text, count in lost.items() if count > 0)
    return Failure("gate-comments", f"comments would be lost: {', '.join(left)[:200]}") if left else None


def _found(source: Source) -> Iterator[tuple[int, str]]:
    """Every comment and its line."""
    for match in skipped(source.u8):
        if match.group().startswith(b"#"):
            yield source.line_of(match.start()), match.group().decode("utf-8", "replace").rstrip()


def _deleted(old: Source, before: Sequence[ast.stmt], new: Source, after: Sequence[ast.stmt]) -> set[int]:
    """Lines of statements that have no version in the result; the statements of blocks that do are asked in turn."""
    one, other = [ast.dump(node) for node in before], [ast.dump(node) for node in after]
    gone: set[int] = set()
    stays: set[int] = set()  # lines of statements that are still there, but for what is deleted inside them
    for tag, first, last, low, high in SequenceMatcher(None, one, other, autojunk=False).get_opcodes():
        pairs = dict(zip(before[first:last], after[low:high], strict=True)) if tag == "equal" else {}
        pairs = pairs or dict(_versions(old, before[first:last], new, after[low:high]))
        for node in before[first:last]:
            inside = _deleted_inside(old, node, new, pairs[node]) if node in pairs and tag != "equal" else set()
            gone |= inside if node in pairs else _lines(node)
            stays |= _lines(node) - inside if node in pairs else set()
    return gone - stays


def _versions(
    old: Source, before: Sequence[ast.stmt], new: Source, after: Sequence[ast.stmt]
) -> Iterator[tuple[ast.stmt, ast.stmt]]:
    """Each new statement with the old one that it most resembles."""
    texts = {node: old.segment(node) for node in before}
    free = list(before)
    for version in after:
        if isinstance(version, ast.Pass):  # what is put into a block that lost its statements
            continue
        text = new.segment(version)
        likely = [(_likeness(texts[node], text, node, version), -number) for number, node in enumerate(free)]
        best, number = max(likely, default=(0.0, 0))
        # as many new statements as old ones: nothing says that any of them went
        if best >= _ALIKE or (free and len(before) <= len(after)):
            yield free.pop(-number), version


def _likeness(one: bytes, other: bytes, node: ast.stmt, version: ast.stmt) -> float:
    named = getattr(node, "name", None)
    if named is not None and named == getattr(version, "name", None):
        return 1.0
    words, others = set(_WORD.findall(one)), set(_WORD.findall(other))
    shared = len(words & others) / max(1, len(words | others))
    return (shared + SequenceMatcher(None, one[:400], other[:400], autojunk=False).ratio()) / 2


def _deleted_inside(old: Source, node: ast.stmt, new: Source, version: ast.stmt) -> set[int]:
    gone: set[int] = set()
    for block, other in zip(_blocks(node), _blocks(version), strict=False):
        gone |= _deleted(old, block, new, other)
    return gone


def _blocks(node: ast.AST) -> Iterator[list[ast.stmt]]:
    """The blocks of a compound statement, those of its arms included, in order."""
    for name in ("body", "handlers", "cases", "orelse", "finalbody"):
        items = getattr(node, name, None)
        if not isinstance(items, list):
            continue
        if name in ("handlers", "cases"):
            yield from (item.body for item in items)
        else:
            yield items


def _lines(node: ast.stmt) -> set[int]:
    first = min([node.lineno, *(one.lineno for one in getattr(node, "decorator_list", []))])
    return set(range(first, (node.end_lineno or node.lineno) + 1))


def _is_type(text: str) -> bool:
    word = text.lstrip("#").strip()
    return word.startswith("type:") and not word.removeprefix("type:").strip().startswith("ignore")


def _annotations(tree: ast.Module) -> int:
    found = 0
    for node in ast.walk(tree):
        match node:
            case ast.AnnAssign():
                found += 1
            case ast.arg(annotation=ast.expr()):
                found += 1
            case ast.FunctionDef(returns=ast.expr()) | ast.AsyncFunctionDef(returns=ast.expr()):
                found += 1
    return found
