"""What the checks ask of the project: definitions, uses with the expression around them, classes above and below."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property

from ssot.index.facts import Binding, Kind
from ssot.index.graph import ImportGraph
from ssot.index.scopes import Scope
from ssot.index.table import Denotation, Index, Module, Symbol
from ssot.index.view import FileView
from ssot.rewrite.collapsing.values import Definition, Objection
from ssot.rewrite.patches import PATCH_WORDS, PatchTable, patch_table
from ssot.rewrite.readers import Readers
from ssot.rewrite.stage import Tree

_DEFINES = re.compile(rb"\b(?:def|class)\s+(\w+)")
_VALUES = re.compile(
    rb"(?:[(,=\[{:]|\breturn\b|\byield\b|\bor\b|\band\b|\belse\b)\s*(?:\w+\s*\.\s*)*(\w+)(?!\w)(?!\s*[(.=])"
)


@dataclass(frozen=True, eq=False)
class Use:
    """An expression that denotes a symbol, and the nodes around it, innermost first."""

    symbol: Symbol
    path: str
    view: FileView
    node: ast.Name | ast.Attribute
    scope: Scope
    around: tuple[ast.AST, ...]
    quoted: bool  # inside a string annotation

    @property
    def line(self) -> int:
        return self.around[-1].lineno if self.quoted and self.around else self.node.lineno  # type: ignore[attr-defined]

    @property
    def parent(self) -> ast.AST | None:
        return self.around[0] if self.around else None


@dataclass
class Ground:
    """The tree with what has been found out about it so far."""

    tree: Tree
    _views: dict[str, FileView] = field(default_factory=dict)
    _parents: dict[str, dict[int, ast.AST]] = field(default_factory=dict)
    _uses: dict[Symbol, tuple[Use, ...]] = field(default_factory=dict)
    reaches: dict[tuple[frozenset[Symbol], bool, bool], object] = field(
        default_factory=dict
    )  # by what reach.py is asked
    _flows: dict[str, tuple[list[tuple[ast.expr, ast.expr]], list[ast.AST]]] = field(default_factory=dict)

    @property
    def index(self) -> Index:
        return self.tree.index

    @cached_property
    def graph(self) -> ImportGraph:
        return ImportGraph(self.index)

    def view(self, path: str) -> FileView:
        if path not in self._views:
            self._views[path] = self.tree.view(path)
        return self._views[path]

    def mentioning(self, words: Iterable[str]) -> Iterator[FileView]:
        """The files in which one of the identifiers stands."""
        pattern = re.compile(rb"\b(?:" + b"|".join(sorted(re.escape(word.encode()) for word in words)) + rb")\b")
        for path in sorted(self.tree.sources):
            if pattern.search(self.tree.sources[path].u8):
                yield self.view(path)

    # -- definitions

    def definition(self, symbol: Symbol) -> Definition | Objection:
        """The one unconditional module-level statement that makes a symbol, or why there is none."""
        path = self.index.layout.paths.get(symbol.module)
        facts = self.index.module_facts(symbol.module)
        if path is None or facts is None or path not in self.tree.sources:
            return Objection("collapse-unresolved", f"{symbol} is in no file that can be read")
        found = self.index.bindings(symbol.module).get(symbol.name, [])
        reason = self._unclear(symbol, found)
        if reason:
            return reason
        view = self.view(path)
        node = next((n for n in view.tree.body if n.lineno == found[0].line and _defines(n, symbol.name)), None)
        if not isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            return Objection("collapse-value", f"{symbol} is no class or function, but a value")
        return Definition(symbol, path, view, node, found[0])

    def _unclear(self, symbol: Symbol, found: list[Binding]) -> Objection | None:
        facts = self.index.module_facts(symbol.module)
        assert facts is not None
        stars = [star for star in self.index.bindings(symbol.module).get("*", []) if self._may_offer(star, symbol)]
        if len(found) != 1 or stars or symbol.name in facts.rebound or facts.unstable or facts.replaced:
            lines = ", ".join(str(binding.line) for binding in [*found, *stars])
            return Objection(
                "collapse-bound-twice", f"{symbol} is bound more than once, or while the program runs: {lines}"
            )
        if found[0].kind not in (Kind.CLASS, Kind.DEF):
            return Objection("collapse-value", f"{symbol} is no class or function, but a value")
        if not found[0].where.certain or found[0].where.type_only or found[0].where.scope:
            return Objection("collapse-conditional", f"{symbol} is defined under a condition, in line {found[0].line}")
        return None

    def _may_offer(self, star: Binding, symbol: Symbol) -> bool:
        path = self.index.layout.paths[symbol.module]
        source = self.index.absolute(path, star.target, star.level)
        offered = self.index.star_names(source) if source else None
        return offered is None or symbol.name in offered

    # -- uses

    def uses(self, symbol: Symbol) -> tuple[Use, ...]:
        """Every place that denotes the symbol: by name, through a module, in string annotations."""
        if symbol not in self._uses:
            views = self.mentioning(self.aliases(symbol))
            self._uses[symbol] = tuple(use for view in views for use in self._in_file(view, symbol))
        return self._uses[symbol]

    def aliases(self, symbol: Symbol) -> set[str]:
        """The names under which modules have the symbol."""
        words, grown = {symbol.name}, True
        while grown:
            fresh = {
                binding.name
                for path, facts in self.index.facts.items()
                for binding in facts.bindings
                if (binding.attribute or binding.target.rpartition(".")[2]) in words and binding.name not in words
                if self.index.resolve(self.index.module_of(path), binding.name) == symbol
            }
            words |= fresh
            grown = bool(fresh)
        return words

    def _in_file(self, view: FileView, symbol: Symbol) -> Iterator[Use]:
        chains = {id(chain.root): chain for chain in view.scopes.chains}
        for name in view.scopes.names:
            chain = chains.get(id(name))
            here = self.denoted(view, name.scope, name.node.id)
            node: ast.Name | ast.Attribute = name.node
            for attribute, outer in zip(chain.attributes, chain.nodes, strict=True) if chain else ():
                if not isinstance(here, Module):
                    break
                here, node = self.index.resolve(here.name, attribute), outer
            if here == symbol:
                around = (name.in_string,) if name.in_string else tuple(self.around(view, node))
                yield Use(symbol, view.source.path, view, node, name.scope, around, name.in_string is not None)

    def denoted(self, view: FileView, scope: Scope, name: str) -> Denotation | None:
        """What a name means in a scope: an import there, or whatever the module has under it."""
        owner = scope.lookup(name)
        if owner is not None and owner is not view.scopes.root:
            return view.denote(owner, name)
        if owner is None and not view.index.bindings(view.module).get("*"):
            return None
        return self.index.resolve(view.module, name)

    def around(self, view: FileView, node: ast.AST) -> Iterator[ast.AST]:
        """The nodes that hold a node, innermost first, the module left out."""
        parents = self._parents.get(view.source.path)
        if parents is None:
            parents = {id(c): node for node in ast.walk(view.tree) for c in ast.iter_child_nodes(node)}
            self._parents[view.source.path] = parents
        here = parents.get(id(node))
        while here is not None and not isinstance(here, ast.Module):
            yield here
            here = parents.get(id(here))

    def bindings_in(self, view: FileView) -> list[tuple[ast.expr, ast.expr]]:
        """Each target of a file with the expression that is bound to it, or taken apart into it."""
        return self._flow(view)[0]

    def flows_in(self, view: FileView) -> list[ast.AST]:
        """The nodes of a file that hand values on: returns, calls, raises."""
        return self._flow(view)[1]

    def _flow(self, view: FileView) -> tuple[list[tuple[ast.expr, ast.expr]], list[ast.AST]]:
        path = view.source.path
        if path not in self._flows:
            handing = (ast.Return, ast.Yield, ast.Call, ast.Raise, ast.Dict, ast.ExceptHandler)
            nodes: list[ast.AST] = [node for node in ast.walk(view.tree) if isinstance(node, handing)]
            self._flows[path] = (list(_bindings(view.tree)), nodes)
        return self._flows[path]

    def defines(self, name: str) -> bool:
        """Whether the project has a function, method or class of this name."""
        return name.encode() in self._defined

    @cached_property
    def _defined(self) -> frozenset[bytes]:
        return frozenset(name for source in self.tree.sources.values() for name in _DEFINES.findall(source.u8))

    def handed_on(self, name: str) -> bool:
        """Whether a function of this name is used as a value somewhere, rather than called."""
        return name.encode() in self._values

    @cached_property
    def _values(self) -> frozenset[bytes]:
        found = {name for source in self.tree.sources.values() for name in _VALUES.findall(source.u8)}
        return frozenset(found & self._defined)

    @cached_property
    def readers(self) -> Readers:
        """Who gets which name from which module."""
        tree = self.tree
        documents = {path: text.u8 for path, text in tree.texts.items() if tree.hands_off(path) != "manifest"}
        return Readers(tree.index, tree.sources, documents, trees=tree.trees)

    # -- what replaces attributes of modules while the program runs

    @cached_property
    def patches(self) -> PatchTable:
        stores = re.compile(rb"\.\s*\w+\s*[-+*/%&|^@<>]*=[^=]")
        paths = [
            path
            for path, source in sorted(self.tree.sources.items())
            if any(word in source.u8 for word in (*PATCH_WORDS, b"mock")) or stores.search(source.u8)
        ]
        return patch_table(map(self.view, paths), {path for path in paths if self.tree.is_test(path)})


def _defines(node: ast.stmt, name: str) -> bool:
    return isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and node.name == name


def _bindings(tree: ast.Module) -> Iterator[tuple[ast.expr, ast.expr]]:
    """Each target of an assignment, loop, ``with`` or comprehension, with what it is bound to or drawn from."""
    for node in ast.walk(tree):
        match node:
            case ast.Assign():
                yield from ((target, node.value) for target in node.targets)
            case ast.AnnAssign(value=ast.expr() as value) | ast.AugAssign(value=value) | ast.NamedExpr(value=value):
                yield node.target, value
            case ast.For() | ast.AsyncFor() | ast.comprehension():
                yield node.target, node.iter
            case ast.withitem(optional_vars=ast.expr() as target):
                yield target, node.context_expr
            case _:
                pass
