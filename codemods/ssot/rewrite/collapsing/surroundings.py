"""What moved members need around them: every global must be, at the new place, what it was at the old one."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from ssot.index.facts import Binding, Kind
from ssot.index.immutable import is_logger, value_key
from ssot.index.scopes import NameUse
from ssot.index.table import Module, Symbol
from ssot.index.view import FileView
from ssot.rewrite.collapsing.ground import Ground
from ssot.rewrite.collapsing.placement import spelled_module
from ssot.rewrite.collapsing.values import Definition, Objection
from ssot.rewrite.fromlist import NewName, statement


class CannotMoveError(Exception):
    """A member can't stand at its new place."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.objection = Objection("collapse-merge-global", reason)


@dataclass
class Needs:
    """What is to be added to the canonical module so that the moved members mean the same there."""

    imports: list[str] = field(default_factory=list)
    type_imports: list[str] = field(default_factory=list)
    helpers: list[ast.stmt] = field(default_factory=list)  # statements of the old module, in its order
    loads: list[str] = field(default_factory=list)  # modules that the imports load
    brought: dict[str, str] = field(default_factory=dict)  # what each new module-level name will be
    renamed: list[ast.expr] = field(default_factory=list)  # where the members name their own class by its other name


@dataclass
class Surroundings:
    """The move from one module to another."""

    ground: Ground
    old: Definition
    new: Definition
    taken: Mapping[str, str] = field(default_factory=dict)  # module-level names that other duplicates bring
    needs: Needs = field(default_factory=Needs)
    _seen: set[str] = field(default_factory=set)

    def take_in(self, nodes: Iterable[ast.stmt]) -> None:
        """Raises CannotMoveError for the first name that would mean something else."""
        for node in nodes:
            noted = set(map(id, _annotation_nodes(node))) if postponed(self.new.view) else set[int]()
            for use in self._globals(node):
                later = use.in_string is not None or use.scope.deferred or id(use.node) in noted
                self._name(use, eager=not later)

    def take_in_expressions(self, nodes: Iterable[ast.expr]) -> None:
        """The same for expressions that are evaluated where the class is defined."""
        inside = {id(inner) for node in nodes for inner in ast.walk(node)}
        for use in self.old.view.scopes.names:
            if id(use.node) in inside:
                self._name(use, eager=True)

    def _globals(self, node: ast.stmt) -> Iterator[NameUse]:
        view = self.old.view
        lines = range(min([node.lineno, *_decorator_lines(node)]), (node.end_lineno or node.lineno) + 1)
        for use in view.scopes.names:
            line = use.in_string.lineno if use.in_string is not None else use.node.lineno
            if line in lines and use.scope.lookup(use.node.id) in (None, view.scopes.root):
                yield use

    def _name(self, use: NameUse, *, eager: bool) -> None:
        name, index = use.node.id, self.ground.index
        if name == self.old.symbol.name != self.new.symbol.name:
            self._itself(use, eager=eager)
            return
        here, there = index.bindings(self.old.view.module), index.bindings(self.new.view.module)
        if name not in here:
            self._builtin(name, there)
        elif name in there:
            self._bound_there(name, eager=eager)
        elif name not in self._seen:
            self._seen.add(name)
            if self._free_there(name):
                raise CannotMoveError(f"{name} means a builtin in {self.new.path}")
            self._bring(name, here[name], eager=eager)

    def _itself(self, use: NameUse, *, eager: bool) -> None:
        """``return Old()`` in a method of ``Old``: the canonical class by its own name."""
        name, old, new = use.node.id, self.old, self.new
        node = use.in_string or use.node
        hidden = use.scope.lookup(new.symbol.name) not in (None, old.view.scopes.root)
        plain = use.in_string is None or getattr(use.in_string, "value", "") == name
        here = self.ground.index.bindings(old.view.module).get(new.symbol.name)
        if (
            eager
            or hidden
            or not plain
            or (here and self.ground.index.resolve(old.view.module, new.symbol.name) != new.symbol)
        ):
            raise CannotMoveError(f"it names its own class, {name}, which is not the name of the canonical one")
        self.needs.renamed.append(node)

    def _builtin(self, name: str, there: dict[str, list[Binding]]) -> None:
        if "*" in self.ground.index.bindings(self.old.view.module) or "*" in there:
            raise CannotMoveError(f"{name} may come from a star import")
        if name in there or not hasattr(builtins, name):
            raise CannotMoveError(f"{name} is not the same in {self.new.path}")

    def _free_there(self, name: str) -> bool:
        view = self.new.view
        return any(use.node.id == name and use.scope.lookup(name) is None for use in view.scopes.names)

    def _bound_there(self, name: str, *, eager: bool) -> None:
        index, old, new = self.ground.index, self.old.view, self.new.view
        was, becomes = index.resolve(old.module, name), index.resolve(new.module, name)
        becomes_itself = {was, becomes} <= {self.old.symbol, self.new.symbol}
        if was != becomes and not becomes_itself and not self._alike(name):
            raise CannotMoveError(f"{name} is {was} in {old.source.path} and {becomes} in {new.source.path}")
        if any(binding.where.type_only for binding in index.bindings(new.module)[name]) and eager:
            raise CannotMoveError(f"{name} is there for type checkers only in {new.source.path}")
        if eager and max(binding.line for binding in index.bindings(new.module)[name]) >= self.new.line:
            raise CannotMoveError(f"{name} is not bound yet where the class is defined in {new.source.path}")

    def _alike(self, name: str) -> bool:
        """Equal constants, and loggers that each module has under its own name."""
        one, other = (_value(view, name) for view in (self.old.view, self.new.view))
        if one is None or other is None:
            return False
        keys = [
            value_key(self.ground.index, view.module, n) for view, n in ((self.old.view, one), (self.new.view, other))
        ]
        if keys[0] is not None and keys[0] == keys[1]:
            return True
        same = ast.dump(one) == ast.dump(other)
        return same and all(is_logger(v.index, v.module, n) for v, n in ((self.old.view, one), (self.new.view, other)))

    # -- what is not there yet

    def _bring(self, name: str, found: list[Binding], *, eager: bool) -> None:
        if len(found) != 1 or not found[0].where.certain or self.ground.patches.on((self.old.view.module, name)):
            raise CannotMoveError(f"{name} of {self.old.path} is bound more than once, under a condition, or patched")
        (binding,) = found
        if binding.kind in (Kind.FROM, Kind.IMPORT):
            self._bring_import(name, binding, eager=eager)
        else:
            self._bring_helper(name, binding)

    def _bring_import(self, name: str, binding: Binding, *, eager: bool) -> None:
        index, view = self.ground.index, self.new.view
        if binding.kind is Kind.IMPORT:
            line = f"import {binding.target}" + (f" as {name}" if name != binding.target else "")
            module = binding.target
        else:
            absolute = index.absolute(self.old.path, binding.target, binding.level)
            if absolute is None or absolute == view.module:
                raise CannotMoveError(f"{name} is imported from {view.module} itself under another name")
            module = absolute
            spelled = spelled_module(view, absolute) if index.layout.has(absolute) else absolute
            line = statement(spelled, [NewName(binding.attribute, name)])
        self._claim(name, line)
        if binding.where.type_only:
            if eager:
                raise CannotMoveError(f"{name} is imported for type checkers only, and would be needed at once")
            self.needs.type_imports.append(line)
            return
        self.needs.imports.append(line)
        if index.layout.has(module):
            submodule = index.resolve(module, binding.attribute) if binding.attribute else None
            self.needs.loads.append(submodule.name if isinstance(submodule, Module) else module)

    def _bring_helper(self, name: str, binding: Binding) -> None:
        view = self.old.view
        node = next((n for n in view.tree.body if n.lineno == binding.line and _makes(n, name)), None)
        if node is None or any(node.lineno <= line <= (node.end_lineno or line) for line in view.facts.effects):
            raise CannotMoveError(f"{name} of {self.old.path} can't be copied: making it does something")
        function = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and not node.decorator_list
        value = node.value if isinstance(node, ast.Assign | ast.AnnAssign) else None
        if not function and (value is None or not (_valued(view, value) or is_logger(view.index, view.module, value))):
            raise CannotMoveError(f"{name} of {self.old.path} holds state, or is a class: two of it would differ")
        if function and _used_as_value(view, name):
            raise CannotMoveError(f"{name} of {self.old.path} is used as a value there, and two of it would differ")
        if Symbol(view.module, name) != self.ground.index.resolve(view.module, name):
            raise CannotMoveError(f"{name} of {self.old.path} is decided while the program runs")
        self.take_in([node])
        if self._claim(name, ast.dump(node)):
            self.needs.helpers.append(node)

    def _claim(self, name: str, what: str) -> bool:
        """Whether the name is to be brought; False where another duplicate brings the same."""
        other = self.taken.get(name, what)
        if other != what:
            raise CannotMoveError(f"another duplicate brings another {name}")
        self.needs.brought[name] = what
        return name not in self.taken


def _decorator_lines(node: ast.stmt) -> list[int]:
    return [decorator.lineno for decorator in getattr(node, "decorator_list", [])]


def postponed(view: FileView) -> bool:
    """Whether annotations are not evaluated when a function is defined."""
    return any(
        isinstance(node, ast.ImportFrom)
        and node.module == "__future__"
        and any(a.name == "annotations" for a in node.names)
        for node in view.tree.body
    )


def _annotation_nodes(node: ast.stmt) -> Iterator[ast.AST]:
    for inner in ast.walk(node):
        found = [getattr(inner, "annotation", None), getattr(inner, "returns", None)]
        for annotation in found:
            if isinstance(annotation, ast.expr):
                yield from ast.walk(annotation)


def _used_as_value(view: FileView, name: str) -> bool:
    """Whether a function of the module is more than called there: kept, compared, or given attributes."""
    called = {id(node.func) for node in ast.walk(view.tree) if isinstance(node, ast.Call)}
    uses = view.scopes.uses_of(view.scopes.root, name)
    return any(id(use.node) not in called and use.in_string is None for use in uses)


def _makes(node: ast.stmt, name: str) -> bool:
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            return node.name == name
        case ast.Assign(targets=[ast.Name(id=target)]) | ast.AnnAssign(target=ast.Name(id=target)):
            return target == name
        case _:
            return False


def _value(view: FileView, name: str) -> ast.expr | None:
    found = [node for node in view.tree.body if _makes(node, name)]
    (node,) = found if len(found) == 1 else (None,)
    return node.value if isinstance(node, ast.Assign | ast.AnnAssign) else None


def _valued(view: FileView, node: ast.expr) -> bool:
    """A value that is made of nothing but constants, and that nobody can change."""
    return value_key(view.index, view.module, node) is not None
