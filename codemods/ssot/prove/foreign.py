"""The gates that hold for any codemod, whatever it means to do: decode, parse, comments, minimal.

What names denote is not compared: that is what somebody's codemod may want to change.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from ssot.index.lexer import skipped
from ssot.index.source import Source
from ssot.prove.gates import Failure, minimal, read_versions
from ssot.prove.proof import Changed, Prover
from ssot.values import Edit


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
        versions.old, versions.old_tree, versions.new, file.edits
    )


def _comments(old: Source, tree: ast.Module, new: Source, edits: Sequence[Edit]) -> Failure | None:
    """A comment may go only with the statement it belongs to."""
    lost = Counter(text for _, text in _found(old)) - Counter(text for _, text in _found(new))
    if not lost:
        return None
    gone = _replaced_lines(old, edits)
    inside = {line for node in _statements(tree) for line in _own_lines(node) if _own_lines(node) <= gone}
    for line, text in _found(old):
        if lost[text] and line in inside and line in gone:
            lost[text] -= 1
    left = sorted(text for text, count in lost.items() if count > 0)
    return Failure("gate-comments", f"comments would be lost: {', '.join(left)[:200]}") if left else None


def _found(source: Source) -> Iterator[tuple[int, str]]:
    """Every comment and its line."""
    for match in skipped(source.u8):
        if match.group().startswith(b"#"):
            yield source.line_of(match.start()), match.group().decode("utf-8", "replace").rstrip()


def _replaced_lines(source: Source, edits: Sequence[Edit]) -> set[int]:
    lines: set[int] = set()
    for edit in edits:
        count = edit.old.count("\n")
        lines.update(range(edit.line, edit.line + count + (not edit.old.endswith("\n"))))
    return lines


def _statements(tree: ast.Module) -> Iterator[ast.stmt]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.stmt))


def _own_lines(node: ast.stmt) -> set[int]:
    first = min([node.lineno, *(one.lineno for one in getattr(node, "decorator_list", []))])
    return set(range(first, (node.end_lineno or node.lineno) + 1))
