"""Code that moves from one file to another: the same syntax, and each name in it denotes what it did."""

from __future__ import annotations

import ast
import copy
import inspect
from collections.abc import Mapping
from dataclasses import dataclass, replace

from ssot.index.view import FileView, local_name
from ssot.prove.comments import attached, comments, inside
from ssot.prove.difference import BlankNames
from ssot.prove.licensed import bound_by, nodes_of
from ssot.prove.meaning import Meaning, Meanings, place_of, same, uses_of
from ssot.prove.terms import Terms

# What these give depends on the module or class that the code stands in.
_OF_ITS_PLACE = frozenset(
    [
        "__name__",
        "__file__",
        "__doc__",
        "__package__",
        "__spec__",
        "__loader__",
        "__path__",
        "__class__",
        "globals",
        "locals",
        "vars",
        "dir",
        "eval",
        "exec",
        "super",
    ]
)


@dataclass(frozen=True)
class Move:
    """A class or function before, in one file, and what it has become in another."""

    before: FileView
    source: str  # the name of the class there; empty for module-level code
    after: FileView
    target: str
    terms: Terms
    moved: Mapping[object, object]  # symbols that have moved along
    same_bases: bool = False  # what `super` gives is the same

    def complaint(self, old: ast.stmt, new: ast.stmt) -> str:
        """Why the new statement is not the old one; empty where it is."""
        if blanked(old) != blanked(new):
            return "its code is not what it was"
        if self.source != self.target and _private(old, self.source) != _private(new, self.target):
            return "its private names would be others"
        return self._imports(old, new) or self._names(old, new) or self._comments(old, new)

    def _comments(self, old: ast.stmt, new: ast.stmt) -> str:
        was, now = (
            [one.text for one in inside(view.source, node)] for view, node in ((self.before, old), (self.after, new))
        )
        above = [one.text for one in attached(self.after.source, comments(self.after.source), new)][: -len(now) or None]
        known = [one.text for one in comments(self.before.source)]
        if was != now or not all(text in known for text in above):
            return "its comments would be others"
        return ""

    def _names(self, old: ast.stmt, new: ast.stmt) -> str:
        inside_old, inside_new = nodes_of([old]), nodes_of([new])
        was = [use for use in uses_of(self.before) if place_of(use[0]) in inside_old]
        now = [use for use in uses_of(self.after) if place_of(use[0]) in inside_new]
        if len(was) != len(now):
            return "it uses other names"
        meanings, others = Meanings(self.before), Meanings(self.after)
        for one, other in zip(was, now, strict=True):
            name = one[0].node.id
            before, after = meanings.of(one), others.of(other)
            if before.owner is None and name in _OF_ITS_PLACE - ({"super", "__class__"} if self.same_bases else set()):
                return f"{name} means something else there"
            if not same(self._there(before), after, self.terms):
                return f"{name} would denote {after.denotes}, not {before.denotes}"
        return ""

    def _there(self, was: Meaning) -> Meaning:
        """What a use means in the other file, if it means the same."""
        owner = was.owner
        if owner and self.source and owner[0] == self.source:
            owner = (self.target, *owner[1:])
        return replace(was, owner=owner, denotes=self.moved.get(was.denotes, was.denotes))

    def _imports(self, old: ast.stmt, new: ast.stmt) -> str:
        was = [(self.terms.expected(self.before.imported(*one)), local_name(one[1])) for one in _aliases(old)]
        now = [(self.after.imported(*one), local_name(one[1])) for one in _aliases(new)]
        if was != now:
            return "it imports something else"
        return ""


def _aliases(node: ast.AST) -> list[tuple[ast.Import | ast.ImportFrom, ast.alias]]:
    return [
        (inner, alias)
        for inner in ast.walk(node)
        if isinstance(inner, ast.Import | ast.ImportFrom)
        for alias in inner.names
    ]


class _Blank(BlankNames, ast.NodeTransformer):
    """Names, which are compared by what they denote; modules of imports, likewise; the indentation of docstrings."""

    def visit_ImportFrom(self, node: ast.ImportFrom) -> ast.AST:
        return ast.Import([ast.alias(local_name(alias)) for alias in node.names])

    def visit_Import(self, node: ast.Import) -> ast.AST:
        return ast.Import([ast.alias(local_name(alias)) for alias in node.names])

    def visit_arg(self, node: ast.arg) -> ast.AST:
        return self.generic_visit(ast.arg(node.arg, _unquoted(node.annotation), node.type_comment))

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        node.returns = _unquoted(node.returns)
        return self.generic_visit(node)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> ast.AST:
        node.returns = _unquoted(node.returns)
        return self.generic_visit(node)

    def visit_Expr(self, node: ast.Expr) -> ast.AST:
        match node.value:
            case ast.Constant(value=str() as text):
                return ast.Expr(ast.Constant(inspect.cleandoc(text)))
            case _:
                return self.generic_visit(node)


def _unquoted(node: ast.expr | None) -> ast.expr | None:
    """A name in quotes is compared like a name."""
    match node:
        case ast.Constant(value=str() as text) if text.isidentifier():
            return ast.Constant("EDIT")
        case _:
            return node


def blanked(node: ast.stmt) -> str:
    """The syntax of a statement without the names in it, whose denotations are compared apart."""
    return ast.dump(_Blank().visit(copy.deepcopy(node)))


def _private(node: ast.AST, owner: str) -> list[str]:
    """Names that the compiler mangles with the name of the class around them."""
    found = []
    for inner in ast.walk(node):
        for name in (getattr(inner, "attr", None), getattr(inner, "id", None), getattr(inner, "name", None)):
            if isinstance(name, str) and name.startswith("__") and not name.endswith("__"):
                found.append(f"_{owner.lstrip('_')}{name}")
    return found


def same_binding(candidates: list[ast.stmt], node: ast.stmt) -> list[ast.stmt]:
    """Those of the statements that bind the names that a statement binds."""
    return [one for one in candidates if bound_by(one) == bound_by(node)]
