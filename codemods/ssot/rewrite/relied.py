"""Submodules that files use as attributes of their packages without loading them: an import anywhere else makes those work."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from ssot.index.facts import ImportFact
from ssot.index.graph import ImportGraph, loaded_by
from ssot.index.scopes import Chain, NameUse, Scope
from ssot.index.table import Module
from ssot.index.view import FileView
from ssot.rewrite.readers import Readers
from ssot.rewrite.spelled import ENUMERATING

ALWAYS = float("inf")
_TABLE = re.compile(rb"\bmodules\b")
_EVALUATED = rb"\b(?:eval|exec)\(|>>> .*\b%s\b"


@dataclass
class Relied:
    """In one state of a project."""

    graph: ImportGraph
    readers: Readers
    _known: dict[str, frozenset[str]] = field(default_factory=dict, repr=False)

    def on(self, module: str) -> frozenset[str]:
        """The files that need somebody else to load a module."""
        if module not in self._known:
            package, _, leaf = module.rpartition(".")
            reads = self._attribute_readers(package, leaf) if package else iter(())
            found = [*reads, *((path, ALWAYS) for path in self._looking_up(module))]
            self._known[module] = frozenset(path for path, line in found if not self._loads(path, line, module))
        return self._known[module]

    def _loads(self, path: str, line: float, module: str) -> bool:
        """Whether a file has loaded a module itself when one of its lines runs."""
        index, bit = self.graph.index, self.graph.bit(module)
        if line == ALWAYS:
            return bool(self.graph.closure(index.module_of(path)) & bit)
        facts = (f for f in index.facts[path].imports if not f.where.deferred and not f.where.type_only)
        return any(self.graph.closure(one) & bit for f in facts if f.line < line for one in loaded_by(index, path, f))

    def _attribute_readers(self, package: str, leaf: str) -> Iterator[tuple[str, float]]:
        for path in self._candidates(package, leaf):
            yield from ((path, line) for line in _reads(self.readers.view(path), package, leaf))
        if self.readers.handed_on(package):
            asked = re.compile(rb"\.\s*%s\b" % re.escape(leaf.encode()))
            for path in (path for path, text in self.readers.texts.items() if asked.search(text)):
                yield from ((path, ALWAYS) for _ in _reads_of_unknown(self.readers.view(path), leaf))

    def _candidates(self, package: str, leaf: str) -> Iterator[str]:
        """The files that have the package as an object and mention the name, or get the package from such a file."""
        holders: Mapping[str, frozenset[str]] = self.readers.holders.get(package, {})
        own, word = self.graph.index.layout.paths.get(package, ""), re.escape(leaf.encode())
        names = b"|".join(re.escape(name.encode()) for name in sorted({*package.split("."), *_all_of(holders)}))
        here, through = re.compile(rb"\b%s\b" % word), re.compile(rb"\.\s*(?:%s)\s*\.\s*%s\b" % (names, word))
        for path, text in self.readers.texts.items():
            near = path == own or path in holders
            listing = path in holders and ENUMERATING.search(text)
            if listing or (leaf.encode() in text and (here if near else through).search(text)):
                yield path

    def _looking_up(self, module: str) -> Iterator[str]:
        """The files that may look it up in ``sys.modules``, or evaluate a text with it."""
        package, _, leaf = module.rpartition(".")
        quoted = [f"{quote}{name}{quote}".encode() for name in (module, leaf) for quote in ("'", '"')]
        chain = re.compile(rb"(?<![\w.])%s\b" % re.escape(module.encode()))
        evaluated = re.compile(_EVALUATED % re.escape(module.encode()))
        for path, text in self.readers.texts.items():
            table = package and _TABLE.search(text) and any(one in text for one in quoted)
            if table or (chain.search(text) and evaluated.search(text)):
                yield path


def _all_of(holders: Mapping[str, frozenset[str]]) -> frozenset[str]:
    return frozenset().union(*holders.values())


def _reads(view: FileView, package: str, leaf: str) -> Iterator[float]:
    """The lines on which the package is asked for the name while the file is loaded; `ALWAYS` for later, or for any time."""
    for chain in view.scopes.chains:
        if leaf in chain.attributes and _goes_through(view, chain, package, leaf):
            yield ALWAYS if _function(chain.scope) else chain.root.node.lineno
    if view.module == package and any(use.node.id == leaf and _is_unbound(use) for use in view.scopes.names):
        yield ALWAYS
    handed = any(view.hands_on(use) == Module(package) for use in view.scopes.names)
    if handed and (ENUMERATING.search(view.source.u8) or any(_mentions(node, leaf) for node in view.parsed.nodes)):
        yield ALWAYS


def _reads_of_unknown(view: FileView, leaf: str) -> Iterator[Chain]:
    """Chains that ask for the name of something that can't be told."""
    for chain in view.scopes.chains:
        unknown = view.denote(chain.scope.lookup(chain.root.node.id), chain.root.node.id) is None
        if unknown and leaf in chain.attributes and chain.root.node.id not in ("self", "cls"):
            yield chain


def _goes_through(view: FileView, chain: Chain, package: str, leaf: str) -> bool:
    passed = [str(one) for one in view.passed(chain)]
    return any(
        module == package and attribute == leaf and not _served(view, chain, f"{package}.{leaf}")
        for module, attribute in zip(passed, chain.attributes, strict=False)
    )


def _served(view: FileView, chain: Chain, module: str) -> bool:
    """Whether an import of the file itself certainly loads the module before the chain is evaluated."""
    late = _function(chain.scope)
    for fact in view.facts.imports:
        if fact.where.type_only or fact.where.guards or not _names(view, fact, module):
            continue
        above = fact.line < chain.root.node.lineno
        if (above and fact.where.scope == chain.scope.path) or (not fact.where.deferred and (late or above)):
            return True
    return False


def _names(view: FileView, fact: ImportFact, module: str) -> bool:
    return any(f"{one}.".startswith(f"{module}.") for one in loaded_by(view.index, view.source.path, fact))


def _function(scope: Scope | None) -> bool:
    while scope is not None and scope.kind in ("class", "comprehension"):
        scope = scope.parent
    return scope is not None and scope.kind != "module"


def _is_unbound(use: NameUse) -> bool:
    """Whether a name of a package is one that no statement binds."""
    owner = use.scope.lookup(use.node.id)
    return use.loads and (owner is None or not owner.bindings.get(use.node.id))


def _mentions(node: ast.AST, leaf: str) -> bool:
    match node:
        case ast.Attribute(attr=name):
            return name == leaf
        case ast.Constant(value=str() as text):
            return text == leaf or text.startswith(f"{leaf}.")
        case _:
            return False
