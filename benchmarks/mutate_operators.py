"""Small wrong programs: every place of a module where one operator, constant or statement is replaced."""

from __future__ import annotations

import ast
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

_OPERATORS: dict[type[ast.AST], tuple[str, str]] = {  # how it is written, and what takes its place
    ast.Eq: ("==", "!="),
    ast.NotEq: ("!=", "=="),
    ast.Lt: ("<", "<="),
    ast.LtE: ("<=", "<"),
    ast.Gt: (">", ">="),
    ast.GtE: (">=", ">"),
    ast.In: ("in", "not in"),
    ast.NotIn: ("not in", "in"),
    ast.Is: ("is", "is not"),
    ast.IsNot: ("is not", "is"),
    ast.Add: ("+", "-"),
    ast.Sub: ("-", "+"),
    ast.Mult: ("*", "+"),
    ast.BitOr: ("|", "&"),
    ast.BitAnd: ("&", "|"),
    ast.LShift: ("<<", ">>"),
    ast.RShift: (">>", "<<"),
}
# What is said to people is checked by reading it, not by tests.
_SAYS = ("SsotError", "GitError", "BranchMovedError", "RuntimeError", "ValueError", "Foreign", "Failure", "Refusal")


@dataclass(frozen=True, order=True)
class Mutant:
    """Characters ``start:end`` of a file replaced."""

    path: str
    line: int
    start: int
    end: int
    new: str

    def applied(self, text: str) -> str:
        return text[: self.start] + self.new + text[self.end :]


def mutants(path: str, text: str) -> list[Mutant]:
    """In the order of the text; those that do not compile are left out."""
    found = sorted(set(_Finder(path, text).find(ast.parse(text))))
    return [mutant for mutant in found if _compiles(mutant.applied(text))]


def _compiles(text: str) -> bool:
    try:
        compile(text, "mutant", "exec")
    except (SyntaxError, ValueError):
        return False
    return True


class _Finder:
    def __init__(self, path: str, text: str) -> None:
        self.path = path
        self.text = text
        self._lines = text.splitlines(keepends=True)
        self._starts = [0]
        for line in self._lines:
            self._starts.append(self._starts[-1] + len(line))

    def find(self, tree: ast.AST) -> Iterator[Mutant]:
        annotations = (getattr(tree, "returns", None), getattr(tree, "annotation", None))
        for node in ast.iter_child_nodes(tree):
            if node not in annotations and not _is_skipped(node):
                yield from self._of(node)
                yield from () if _is_answer(node) else self.find(node)

    def _of(self, node: ast.AST) -> Iterator[Mutant]:
        match node:
            case ast.Compare(left=left, ops=[op], comparators=[right]):
                yield from self._between(left, right, *_OPERATORS[type(op)])
            case ast.BoolOp(op=op, values=values):
                old, new = ("and", "or") if isinstance(op, ast.And) else ("or", "and")
                for one, other in pairwise(values):
                    yield from self._between(one, other, old, new)
            case ast.BinOp(left=left, op=binary, right=right) if type(binary) in _OPERATORS:
                yield from self._between(left, right, *_OPERATORS[type(binary)])
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                yield self._mutant(node, self._source(operand))
            case ast.Constant():
                yield from self._constant(node)
            case ast.If(test=test) | ast.While(test=test) | ast.IfExp(test=test):
                yield self._mutant(test, f"(not ({self._source(test)}))")
            case ast.comprehension(ifs=ifs):
                for test in ifs:
                    yield self._mutant(test, "True")
            case ast.Return(value=ast.expr() as value) if not _is_falsy(value):
                yield self._mutant(value, "None")
            case (
                ast.Expr(value=ast.Call() | ast.Yield() | ast.YieldFrom())
                | ast.Raise()
                | ast.AugAssign()
                | ast.Delete()
            ):
                yield self._mutant(node, "pass")
            case ast.Continue():
                yield self._mutant(node, "break")
            case ast.Break():
                yield self._mutant(node, "continue")
            case ast.Call(keywords=keywords):
                for keyword in keywords:
                    yield from self._without(keyword)

    def _constant(self, node: ast.Constant) -> Iterator[Mutant]:
        value = node.value
        if isinstance(value, bool):
            yield self._mutant(node, str(not value))
        elif isinstance(value, int):
            yield self._mutant(node, str(value + 1))
        elif isinstance(value, float):
            yield self._mutant(node, str(value + 1.0))
        elif isinstance(value, str | bytes) and self._source(node)[:1] in "\"'rb":
            wrong = "XX" if isinstance(value, str) else b"XX"
            yield self._mutant(node, repr(wrong + value))  # type: ignore[operator]

    def _without(self, keyword: ast.keyword) -> Iterator[Mutant]:
        end = self._end(keyword)
        rest = self.text[end:]
        comma = len(rest) - len(rest.lstrip(", \n"))
        if keyword.arg and keyword.arg != "strict":
            yield Mutant(self.path, keyword.lineno, self._start(keyword), end + comma, "")

    def _between(self, left: ast.expr, right: ast.expr, old: str, new: str) -> Iterator[Mutant]:
        start, end = self._end(left), self._start(right)
        where = self.text.find(old, start, end)
        if where >= 0:
            line = bisect_right(self._starts, where)
            yield Mutant(self.path, line, where, where + len(old), new)

    def _mutant(self, node: ast.AST, new: str) -> Mutant:
        return Mutant(self.path, node.lineno, self._start(node), self._end(node), new)  # type: ignore[attr-defined]

    def _source(self, node: ast.AST) -> str:
        return self.text[self._start(node) : self._end(node)]

    def _start(self, node: ast.AST) -> int:
        return self._offset(node.lineno, node.col_offset)  # type: ignore[attr-defined]

    def _end(self, node: ast.AST) -> int:
        return self._offset(node.end_lineno, node.end_col_offset)  # type: ignore[attr-defined]

    def _offset(self, line: int, column: int) -> int:
        return self._starts[line - 1] + len(self._lines[line - 1].encode()[:column].decode())


def _is_skipped(node: ast.AST) -> bool:
    """Docstrings, annotations, imports, assertions, what only checkers run, what is said to people."""
    match node:
        case ast.Import() | ast.ImportFrom() | ast.Assert() | ast.JoinedStr():
            return True
        case ast.Expr(value=ast.Constant()):
            return True
        case ast.If(test=ast.Name(id="TYPE_CHECKING")):
            return True
        case ast.Call(func=ast.Name(id=name)) if name in _SAYS:
            return True
        case ast.Yield(value=ast.Constant(value=str() as text)) if " " in text:
            return True
        case ast.arg() | ast.Constant(value=None) | ast.keyword(arg="strict"):  # an assertion, too
            return True
        case ast.Call(func=ast.Name(id="TypeVar" | "cast" | "dataclass")):
            return True
    return False


def _is_answer(node: ast.AST) -> bool:
    """``return "what is wrong, in words"``: whether it is said counts, and not how."""
    return isinstance(node, ast.Return) and isinstance(node.value, ast.Constant) and " " in str(node.value.value)


def _is_falsy(node: ast.expr) -> bool:
    """``None`` in the place of ``False`` or an empty text is no other answer to whoever asks for its truth."""
    return isinstance(node, ast.Constant) and not node.value
