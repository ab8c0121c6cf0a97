"""Accounts for names that a module offers on demand: the same objects, and nothing else happens on the way."""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from ssot.index.facts import Kind
from ssot.index.shims import HELPER, MODULE_DIR, NAME_DIR, TABLE, WHOLE, is_all_arm, is_arm, is_written
from ssot.index.table import Denotation, Missing, Unknown
from ssot.index.view import FileView
from ssot.prove.gates import Failure
from ssot.prove.licensed import Licensed, bound_by, type_only
from ssot.prove.terms import Terms

_HARMLESS = frozenset(
    [
        "warn",
        "warn_explicit",
        "getattr",
        "import_module",
        "globals",
        "dir",
        "sorted",
        "list",
        "set",
        "frozenset",
        "tuple",
        "dict",
        "str",
        "repr",
        "isinstance",
        "len",
        "get",
        "items",
        "keys",
        "values",
        "add",
        "union",
        "format",
        "join",
        "startswith",
        "endswith",
        "partition",
        "rpartition",
        "split",
        "_getframe",
        "AttributeError",
        "DeprecationWarning",
        "FutureWarning",
        "PendingDeprecationWarning",
    ]
)


@dataclass(frozen=True)
class Shims:
    """What one file offers on demand, before and after."""

    terms: Terms
    old: FileView
    new: FileView
    license: Licensed

    @cached_property
    def _helpers(self) -> frozenset[str]:
        """Functions that only the hooks call."""
        statements = (*self.license.shims_before, *self.license.shims_after)
        return frozenset(node.name for node in statements if isinstance(node, ast.FunctionDef))

    def check(self) -> Failure | None:
        if not (self.license.shims_before or self.license.shims_after or self.old.facts.lazy or self.new.facts.lazy):
            return None
        complaints = [*self._rows(), *self._hooks(), *self._hidden()]
        return Failure("gate-bindings", complaints[0]) if complaints else None

    def _rows(self) -> Iterator[str]:
        """Each name offered on demand: there was one, or it may be; the same object; none lost."""
        old, new = ({row[0] for row in view.facts.lazy} for view in (self.old, self.new))
        module = self.new.module
        if WHOLE in new - old and not self._may_offer(WHOLE):
            yield "all names would be offered on demand"
        old, new = old - {WHOLE}, new - {WHOLE}
        for name in sorted(new | old):
            path = (module, name)
            was, now = self.old.index.resolve(*path), self.new.index.resolve(*path)
            if name not in new:
                if name not in bound(self.new) and not self.terms.drops(path):
                    yield f"{name} would no longer be offered on demand"
                continue
            if name not in old and not self.terms.retires(path):
                yield f"{name} would be offered on demand"
            elif self.terms.expected(was) != now and not (isinstance(was, Unknown) and self._same_row(name, now)):
                yield f"{name} on demand would be {now}, not {was}"
        if self.new.facts.shims.faults and not self.old.facts.shims.faults:
            yield self.new.facts.shims.faults[0].reason
        if self.new.facts.dynamic and not self.old.facts.dynamic:
            yield "what the module offers on demand can't be told"

    def _same_row(self, name: str, now: Denotation) -> bool:
        """Whether the file says of the name what it said, and others made what could not be told into something."""
        old, new = ([row for row in view.facts.lazy if row[0] == name] for view in (self.old, self.new))
        return old == new and not isinstance(now, Missing)

    def _hooks(self) -> Iterator[str]:
        """The statements themselves: what was there stays, in order; what comes leaves no trace."""
        before = {_name(node): node for node in self.license.shims_before}
        after = {_name(node): node for node in self.license.shims_after}
        for name, node in after.items():
            old = before.get(name)
            if old is None:
                yield from self._noise(node) if not isinstance(node, ast.Delete) else ()
            elif isinstance(node, ast.FunctionDef) and isinstance(old, ast.FunctionDef):
                yield from self._extended(old, node)
            else:
                yield from self._longer(old, node)
        for name, node in before.items():
            if name not in after and not self._may_go(node):
                yield f"{name} would go, and what it does"

    def _may_go(self, node: ast.stmt) -> bool:
        """What offers nothing any more, and was understood completely, can go; `__dir__` lists what is still offered."""
        written = bound_by(node) in ((TABLE,), (HELPER,)) or any(
            is_written(node, text) for text in (NAME_DIR, MODULE_DIR)
        )
        ours = self.old.facts.shims.live and written
        if bound_by(node) == ("__dir__",) and self.new.facts.lazy and (self.new.facts.shims.live or not ours):
            return False
        return ours or type_only(node) or (not self.old.facts.dynamic and not any(self._noise(node)))

    def _extended(self, old: ast.FunctionDef, new: ast.FunctionDef) -> Iterator[str]:
        if ast.dump(old.args) != ast.dump(new.args):
            yield f"{old.name} would take something else"
        if old.name == "__dir__" and [ast.dump(_narrower(one)) for one in old.body] == [
            ast.dump(_narrower(one)) for one in new.body
        ]:
            return
        if self._without_arms(old) == [ast.dump(one) for one in new.body]:
            return
        there = [ast.dump(node) for node in old.body]
        kept = 0
        for node in new.body:
            if kept < len(there) and ast.dump(node) == there[kept]:
                kept += 1
            elif not self._own_arm(node, new) and not self._wider(old, node):
                yield f"{new.name} would do more than offer names"
        if kept < len(there) and not (kept == len(there) - 1 and self._wider(old, new.body[-1])):
            yield f"{new.name} would no longer do what it did"

    def _without_arms(self, old: ast.FunctionDef) -> list[str] | None:
        """An existing function as it was before the tool put its arms into it; None where it did not."""
        if not self.old.facts.shims.live or old.name != "__getattr__" or not old.args.args:
            return None
        parameter = old.args.args[0].arg
        return [ast.dump(one) for one in old.body if not is_arm(one, parameter) and not is_all_arm(one)]

    def _own_arm(self, node: ast.stmt, function: ast.FunctionDef) -> bool:
        """``if name == "Old":`` or ``if name in TABLE:`` about names that may be offered on demand, without noise."""
        if any(self._noise(node)):
            return False
        if not isinstance(node, ast.If) or node.orelse or not function.args.args:
            return isinstance(node, ast.Import | ast.ImportFrom)
        match node.test:
            case ast.Compare(left=ast.Name(id=left), ops=[ast.Eq() | ast.In()], comparators=[other]):
                return left == function.args.args[0].arg and self._licensed_names(other)
            case _:
                return False

    def _licensed_names(self, node: ast.expr) -> bool:
        if isinstance(node, ast.Name):
            tables = [one for one in self.new.tree.body if bound_by(one) == (node.id,)]
            values = [getattr(one, "value", None) for one in tables]
            return len(values) == 1 and isinstance(values[0], ast.Dict) and self._all(values[0].keys)
        return self._all(node.elts if isinstance(node, ast.Tuple | ast.List | ast.Set) else [node])

    def _all(self, keys: list[ast.expr | None] | list[ast.expr]) -> bool:
        return bool(keys) and all(isinstance(key, ast.Constant) and self._may_offer(str(key.value)) for key in keys)

    def _may_offer(self, name: str) -> bool:
        if name == "__all__":  # what a star import takes has to be said where nothing is bound
            return "__all__" not in self.old.scopes.root.bindings
        if name == WHOLE:
            return all(self._may_offer(one) for one in bound(self.old) if not one.startswith("_"))
        path = (self.new.module, name)
        return path in self.terms.warrant.retires or name in {row[0] for row in self.old.facts.lazy}

    def _longer(self, old: ast.stmt, new: ast.stmt) -> Iterator[str]:
        """A table whose rows are compared as names."""
        before, after = (getattr(node, "value", None) for node in (old, new))
        if not isinstance(before, ast.Dict | ast.Set | ast.List | ast.Tuple) or type(before) is not type(after):
            yield f"{_name(old)} would be something else"
        else:
            yield from self._noise(new)

    def _hidden(self) -> Iterator[str]:
        """A name that a statement still binds is never asked for on demand."""
        offered = {row[0] for row in self.new.facts.lazy} - {row[0] for row in self.old.facts.lazy}
        for name in sorted(offered & bound(self.new)):
            yield f"{name} would be bound, so that the module is never asked for it"

    def _wider(self, old: ast.FunctionDef, node: ast.stmt) -> bool:
        """Whether a statement returns what the last one of a function returned, and more."""
        last = old.body[-1]
        if (
            not isinstance(node, ast.Return)
            or not isinstance(last, ast.Return)
            or node.value is None
            or last.value is None
        ):
            return False
        wanted = ast.dump(last.value)
        return (
            old.name == "__dir__"
            and not any(self._noise(node))
            and any(ast.dump(one) == wanted for one in ast.walk(node.value))
        )

    def _noise(self, node: ast.AST) -> Iterator[str]:
        """What a statement does beside looking something up and warning about it."""
        for inner in ast.walk(node):
            match inner:
                case ast.Call(func=function):
                    name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", None)
                    if name not in _HARMLESS | self._helpers:
                        yield f"a call of {name or 'something'} where names are only to be offered"
                case ast.Attribute(ctx=ast.Store() | ast.Del()) | ast.Subscript(ctx=ast.Store() | ast.Del()):
                    yield "an assignment to something of others where names are only to be offered"
                case ast.Global() | ast.Await() | ast.Yield() | ast.YieldFrom() | ast.Delete() | ast.While():
                    yield "more than a look-up where names are only to be offered"
                case _:
                    pass


class _Narrower(ast.NodeTransformer):
    """Takes the table's names out of what ``__dir__`` returns."""

    def visit_Return(self, node: ast.Return) -> ast.AST:
        match node.value:
            case ast.Call(
                func=ast.Name(id="sorted"),
                args=[ast.Set(elts=[ast.Starred(value=inner), ast.Starred(value=ast.Name(id=table))])],
                keywords=[],
            ) if table == TABLE:
                return ast.Return(inner)
            case _:
                return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        return node


def _narrower(node: ast.stmt) -> ast.AST:
    found: ast.AST = _Narrower().visit(copy.deepcopy(node))
    return found


def bound(view: FileView) -> set[str]:
    """What statements of the module bind when it runs, star imports included, and have not deleted in the end."""
    known = {
        name: [one.kind for one in made if not one.where.type_only]
        for name, made in view.index.bindings(view.module).items()
        if name != WHOLE
    }
    starred = {name for _, base in view.stars() for name in view.index.star_names(base) or ()}
    names = starred | {name for name, kinds in known.items() if kinds}
    return {name for name in names if known.get(name, [])[-1:] != [Kind.DELETE]}


def _name(node: ast.stmt) -> str:
    names = bound_by(node)
    return names[0] if names else f"if TYPE_CHECKING, {ast.dump(node)}"
