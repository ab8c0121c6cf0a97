"""One file seen with the index beside it: what each import, name and dotted chain in it denotes."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from ssot.index.facts import FileFacts, ImportFact, Where
from ssot.index.scopes import Chain, ImportNode, NameUse, Scope, Scopes
from ssot.index.source import Source
from ssot.index.table import Denotation, Index, Module, Path, Unknown
from ssot.index.trees import Parsed


@dataclass(frozen=True, eq=False)
class Step:
    """The part of a chain that reaches through modules to the first thing that is none."""

    chain: Chain
    depth: int  # chain.nodes[depth] is that part
    path: Path
    denotation: Denotation


class FileView:
    """Syntax tree, scopes and denotations of one parsed file."""

    def __init__(self, source: Source, index: Index, parsed: Parsed | None = None) -> None:
        self.source = source
        self.index = index
        self.parsed = parsed if parsed is not None else Parsed(source.parse())
        self.tree = self.parsed.tree
        self.facts: FileFacts = index.facts[source.path]
        self.module = index.module_of(source.path)
        self._denoted: dict[tuple[int, str], Denotation | None] = {}

    @property
    def scopes(self) -> Scopes:
        return self.parsed.scopes

    @cached_property
    def _where(self) -> dict[tuple[int, int], ImportFact]:
        return {(fact.line, fact.column): fact for fact in self.facts.imports}

    def fact(self, node: ast.stmt) -> ImportFact | None:
        """What the index knows of an import statement of this file."""
        return self._where.get((node.lineno, node.col_offset))

    def where(self, node: ast.stmt) -> Where:
        """The circumstances of an import statement of this file."""
        fact = self.fact(node)
        return fact.where if fact else Where(guards=("unknown:1:body",))

    def base(self, node: ast.ImportFrom) -> str | None:
        """The absolute module that a ``from`` statement names."""
        return self.index.absolute(self.source.path, node.module or "", node.level)

    # -- what names denote

    def imported(self, node: ast.Import | ast.ImportFrom, alias: ast.alias) -> Denotation:
        """What one alias of an import statement binds its local name to."""
        if isinstance(node, ast.Import):
            return (
                self.index.resolve_import(alias.name) if alias.asname else self.index.resolve_module(local_name(alias))
            )
        base = self.base(node)
        if base is None:
            return Unknown("a relative import that leaves the package")
        return self.index.resolve(base, alias.name, typing=self.where(node).type_only)

    def import_bindings(self, scope: Scope, name: str) -> list[tuple[ast.Import | ast.ImportFrom, ast.alias]] | None:
        """The import aliases that bind a name in its scope; None where anything else binds it too."""
        found = []
        for node in dict.fromkeys(scope.bindings.get(name, [])):  # one that binds a name twice stands there twice
            if not isinstance(node, ast.Import | ast.ImportFrom):
                return None
            found += [(node, alias) for alias in node.names if local_name(alias) == name]
        return found or None

    def denote(self, scope: Scope | None, name: str) -> Denotation | None:
        """What a name bound by imports denotes; None where it is bound by other means or by imports that differ."""
        if scope is None:
            return None
        key = (id(scope), name)
        if key not in self._denoted:
            ends = {self.imported(node, alias) for node, alias in self.import_bindings(scope, name) or ()}
            self._denoted[key] = ends.pop() if len(ends) == 1 and not self._rebound(scope, name) else None
        return self._denoted[key]

    def _rebound(self, scope: Scope, name: str) -> bool:
        """Whether loading a submodule may put that in the place of what a package has imported under its name."""
        if scope.kind != "module" or not self.index.layout.has(f"{self.module}.{name}"):
            return False
        return isinstance(self.index.resolve(self.module, name), Unknown)

    def step(self, chain: Chain) -> Step | None:
        """Follow a chain through modules to the first attribute that is not a module."""
        return self._follow(chain, self.denote(chain.scope.lookup(chain.root.node.id), chain.root.node.id))

    def _follow(self, chain: Chain, here: Denotation | None) -> Step | None:
        for depth, attribute in enumerate(chain.attributes):
            if not isinstance(here, Module):
                return None
            path = (here.name, attribute)
            here = self.index.resolve(*path)
            if not isinstance(here, Module):
                return Step(chain, depth, path, here)
        return None

    def perhaps_module(self, scope: Scope | None, name: str) -> Denotation | None:
        """What a name denotes; a submodule also where its package may have something else under that name."""
        found = self.denote(scope, name)
        for node, alias in self.import_bindings(scope, name) or () if scope and isinstance(found, Unknown) else ():
            plain = alias.name if alias.asname else local_name(alias)
            module = plain if isinstance(node, ast.Import) else f"{self.base(node)}.{alias.name}"
            if self.index.layout.has(module):
                return Module(module)
        return found

    def perhaps_submodule(self, here: Denotation | None, name: str) -> Denotation | None:
        """The same for an attribute."""
        found = self.index.resolve(here.name, name) if isinstance(here, Module) else None
        submodule = f"{here.name}.{name}" if isinstance(here, Module) else ""
        return Module(submodule) if isinstance(found, Unknown) and self.index.layout.has(submodule) else found

    def passed(self, chain: Chain) -> Iterator[Denotation]:
        """The modules that a chain goes through, or may go through, the first included."""
        here = self.perhaps_module(chain.scope.lookup(chain.root.node.id), chain.root.node.id)
        for attribute in (*chain.attributes, ""):
            if not isinstance(here, Module):
                return
            yield here
            here = self.perhaps_submodule(here, attribute) if attribute else None

    def hands_on(self, use: NameUse) -> Denotation | None:
        """The module that a use takes, or may take, as a value, rather than an attribute of it."""
        chain = self.scopes.chain_from(use)
        if chain is not None:
            passed = list(self.passed(chain))
            rest = chain.attributes[len(passed) - 1 :]
            return passed[-1] if passed and rest[:1] in ((), ("__dict__",)) else None
        found = self.perhaps_module(use.scope.lookup(use.node.id), use.node.id) if use.loads else None
        return found if isinstance(found, Module) else None

    @cached_property
    def handed(self) -> list[tuple[NameUse, frozenset[str]]]:
        """The uses that take, or may take, modules as values, with their names."""
        return [(use, found) for use in self.scopes.names if (found := self.may_hand_on(use))]

    def may_hand_on(self, use: NameUse) -> frozenset[str]:
        """The same where the name may be one of several modules, by different statements."""
        found = self.hands_on(use)
        owner = use.scope.lookup(use.node.id)
        if isinstance(found, Module) or owner is None or self.denote(owner, use.node.id) is not None or not use.loads:
            return frozenset({found.name} if isinstance(found, Module) else ())
        nodes = [node for node in owner.bindings.get(use.node.id, ()) if isinstance(node, ast.Import | ast.ImportFrom)]
        aliases = [(node, alias) for node in nodes for alias in node.names if local_name(alias) == use.node.id]
        chain = self.scopes.chain_from(use)
        ends = {self._end(chain, self.imported(node, alias)) for node, alias in aliases}
        return frozenset(end.name for end in ends if isinstance(end, Module))

    def _end(self, chain: Chain | None, here: Denotation | None) -> Denotation | None:
        for attribute in chain.attributes if chain is not None else ():
            if attribute == "__dict__":
                return here
            here = self.perhaps_submodule(here, attribute)
        return here

    def perhaps(self, chain: Chain) -> Iterator[Step]:
        """Where a chain may lead whose first name is bound by imports and by other statements, or deleted."""
        name = chain.root.node.id
        owner = chain.scope.lookup(name)
        if owner is not None and self.scopes.reads_outer_first(owner, name) and owner.parent is not None:
            owner = owner.parent.lookup(name)
        for node in owner.bindings.get(name, []) if owner is not None else ():
            if not isinstance(node, ast.Import | ast.ImportFrom):
                continue
            for here in [self.imported(node, alias) for alias in node.names if local_name(alias) == name]:
                step = self._follow(chain, here)
                if step is not None:
                    yield step

    @cached_property
    def steps(self) -> list[Step]:
        return [step for chain in self.scopes.chains if (step := self.step(chain)) is not None]

    def from_imports(self) -> Iterator[tuple[ImportNode, ast.alias, str, Denotation]]:
        """Each name of each ``from`` statement (stars apart) with its absolute module and what it denotes."""
        for found in self.scopes.imports:
            if isinstance(found.node, ast.ImportFrom):
                base = self.base(found.node)
                for alias in found.node.names:
                    if alias.name != "*" and base is not None:
                        yield found, alias, base, self.imported(found.node, alias)

    def stars(self) -> Iterator[tuple[ImportNode, str]]:
        """Each star import with its absolute module."""
        for found in self.scopes.imports:
            if isinstance(found.node, ast.ImportFrom) and found.node.names[0].name == "*":
                base = self.base(found.node)
                if base is not None:
                    yield found, base


def local_name(alias: ast.alias) -> str:
    """The name that an alias binds; ``*`` for a star."""
    return alias.asname or alias.name.partition(".")[0]
