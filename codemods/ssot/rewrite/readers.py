"""Who reads the names of a module, in one state of the project: by import, as an attribute, by text, or perhaps."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from ssot.index.facts import ImportedName, ImportFact
from ssot.index.graph import parents
from ssot.index.scopes import Chain
from ssot.index.source import Source, decode
from ssot.index.table import Index, Module, Path, Symbol
from ssot.index.view import FileView
from ssot.rewrite.patches import is_patching

_COMPUTED = re.compile(rb"import_module\(\s*[^'\")\s]|__import__\(\s*[^'\")\s]|sys\.modules\[|import __main__")
_DATA = (".toml", ".yaml", ".yml", ".json", ".cfg", ".ini", ".ipynb", ".sh")
_ANY = "*"  # an object that can't be told
_TEXT = "+"  # a text that is put together, or a keyword
_BY_NAME = rb"(?:import_module|__import__)\(\s*['\"]%s['\"]"


@dataclass
class Readers:
    """``texts`` is the UTF-8 text of every Python file, ``index`` the index of the same state."""

    index: Index
    texts: Mapping[str, bytes]
    documents: Mapping[str, bytes] = field(default_factory=dict)  # the other text files
    _reads: dict[str, Mapping[str, str]] = field(default_factory=dict)

    @cached_property
    def taken(self) -> frozenset[Path]:
        """Every path that some ``from`` statement imports; ``*`` for stars."""
        taken: set[Path] = set()
        for path, facts in self.index.facts.items():
            for statement in facts.imports:
                base = self.index.absolute(path, statement.module, statement.level) if statement.is_from else None
                taken.update((base, name.name) for name in statement.names if base is not None)
        return frozenset(taken)

    @cached_property
    def holders(self) -> Mapping[str, Mapping[str, frozenset[str]]]:
        """For each module the files that have it, or a package above it, as an object, and its names there."""
        holders: dict[str, dict[str, set[str]]] = {}
        for path, facts in self.index.facts.items():
            for statement in facts.imports:
                for name in statement.names:
                    for module in self._modules_named(path, statement, name):
                        local = name.asname or name.name.rpartition(".")[2]
                        holders.setdefault(module, {}).setdefault(path, set()).add(local)
        return {module: {p: frozenset(names) for p, names in by.items()} for module, by in holders.items()}

    def _modules_named(self, path: str, statement: ImportFact, name: ImportedName) -> Iterable[str]:
        if not statement.is_from:
            return (name.name,) if name.asname else (*parents(name.name), name.name)
        base = self.index.absolute(path, statement.module, statement.level)
        found = self.index.resolve(base, name.name) if base is not None else None
        return (found.name,) if isinstance(found, Module) else ()

    def of(self, module: str, name: str) -> str:
        """Who else gets a name from a module, in words; empty where nobody does."""
        if (module, name) in self.taken:
            return f"other modules import {name} from here"
        if (module, "*") in self.taken:
            return "another module star-imports this one"
        return self.attribute(module, name) or self._escaped(module) or self._spelled(module, name)

    def attribute(self, module: str, name: str) -> str:
        """Who reads, or may read, an attribute of a module.

        An object that can't be told is this module only where the module is handed on, or imported by a computed name.
        """
        reads = self._attribute_reads(name)
        return reads.get(_TEXT + module) or reads.get(_TEXT) or self.reached(module, name)

    def reached(self, module: str, name: str) -> str:
        """The same without texts: those who resolve a text import what it names."""
        reads = self._attribute_reads(name)
        known = reads.get(module, "")
        if known or _ANY not in reads:
            return known
        handed_on = any(self._escaped(one) for one in (*parents(module), module))
        return reads[_ANY] if self._imports_by_computed_name or handed_on else ""

    def _spelled(self, module: str, name: str) -> str:
        path_text = re.compile(re.escape(module.encode()) + rb"\s*[.:]\s*" + name.encode() + rb"\b")
        for path, text in (*self.texts.items(), *self.documents.items()):
            if path_text.search(text):
                return f"{path} names {module}.{name}"
        apart = re.compile(rb"\b" + name.encode() + rb"\b")
        for path, text in self.documents.items():
            if path.endswith(_DATA) and apart.search(text):
                return f"{path} may look {name} up by its name"
        return ""

    def quotes(self, module: str) -> bool:
        """Whether a string anywhere is the module's name: a key of `sys.modules`, an argument of `import_module`."""
        words = re.compile(rb"(['\"])" + re.escape(module.encode()) + rb"\1")
        return any(words.search(text) for text in self.texts.values())

    # -- attributes

    @cached_property
    def _imports_by_computed_name(self) -> bool:
        return any(_COMPUTED.search(text) for text in self.texts.values())

    def _attribute_reads(self, name: str) -> Mapping[str, str]:
        """Who reads an attribute of this name: by module where that is known, else under `_ANY` or `_TEXT`."""
        if name not in self._reads:
            self._reads[name] = self._find_reads(name)
        return self._reads[name]

    def _find_reads(self, name: str) -> Mapping[str, str]:
        word = name.encode()
        attribute = re.compile(rb"\.\s*" + word + rb"\b|(['\"])" + word + rb"(?:\.[\w.]*)?\1|\b" + word + rb"\s*=[^=]")
        found: dict[str, str] = {}
        for path, text in self.texts.items():
            if attribute.search(text):
                source = decode(path, text)
                if isinstance(source, Source):
                    view = FileView(source, self.index)
                    for module in _read_from(view, name, self._imports_by_computed_name):
                        found.setdefault(module, f"{path} may read {name} as an attribute")
        return found

    # -- modules as values

    def _escaped(self, module: str) -> str:
        """Whether a module object is handed on, so that its names may be listed or looked up anywhere."""
        leaf = module.rpartition(".")[2].encode()
        for path, locals_ in self.holders.get(module, {}).items():
            words = b"|".join(re.escape(local.encode()) for local in sorted(locals_)) + b"|" + re.escape(leaf)
            bare = re.compile(rb"\b(?:" + words + rb")\b(?!\s*\.\s*\w)")
            source = decode(path, self.texts.get(path, b""))
            if isinstance(source, Source) and bare.search(source.u8):
                view = FileView(source, self.index)
                if any(view.hands_on(use) == Module(module) for use in view.scopes.names):
                    return f"{path} hands the module {module} on"
        by_name = re.compile(_BY_NAME % re.escape(module.encode()))
        return next(
            (f"{path} imports {module} by name" for path, text in self.texts.items() if by_name.search(text)), ""
        )


def _read_from(view: FileView, name: str, strict: bool) -> Iterable[str]:
    """The modules that a file may read the attribute `name` of; `_ANY` where the object may be any module.

    What a call returned is taken for no module, unless the project imports modules by computed names (`strict`).
    """
    seen: set[int] = set()
    for chain in view.scopes.chains:
        if name not in chain.attributes:
            continue
        seen.update(map(id, chain.nodes))
        if chain.root.node.id in ("self", "cls"):
            continue
        modules = list(view.passed(chain))
        position = chain.attributes.index(name)
        if position < len(modules):
            yield str(modules[position])
        elif not modules and not _is_no_module(view, chain, strict):
            yield _ANY
    followed = {id(use.node) for use in view.scopes.strings if use.typing or use.docstring}
    for node in ast.walk(view.tree):
        if isinstance(node, ast.Attribute) and node.attr == name and id(node) not in seen:
            yield _ANY
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in followed:
            yield from _read_in_text(view, node.value, name)
        elif isinstance(node, ast.Call) and is_patching(node) and any(k.arg == name for k in node.keywords):
            yield _TEXT  # patch.multiple("module", name=…)


def _read_in_text(view: FileView, text: str, name: str) -> Iterable[str]:
    """A text that ends in ``.name`` is a path to it, put together from parts where it names no module."""
    if text == name or text.startswith(name + "."):
        yield _ANY
        yield _TEXT
    owner, dot, rest = text.rpartition("." + name)
    if dot and " " not in text and (not rest or rest.startswith(".")):
        yield _TEXT + (owner if view.index.layout.has(owner) else "")


def _is_no_module(view: FileView, chain: Chain, strict: bool) -> bool:
    """Whether a chain starts from a class, a symbol of the project, or what a call has made."""
    owner = chain.scope.lookup(chain.root.node.id)
    if owner is None:
        return False
    if isinstance(view.denote(owner, chain.root.node.id), Symbol):
        return True
    nodes = owner.bindings.get(chain.root.node.id, [])
    if not strict and nodes and all(id(node) in view.called for node in nodes):
        return True
    return bool(nodes) and all(isinstance(node, ast.ClassDef) for node in nodes)
