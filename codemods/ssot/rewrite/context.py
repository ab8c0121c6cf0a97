"""What the planner of one file must know of all others: who reads its names, what is patched, what is not to be touched."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from ssot.audit.governance import Governance
from ssot.index.facts import ImportedName, ImportFact
from ssot.index.graph import ImportGraph, loaded_by, parents
from ssot.index.scopes import Chain
from ssot.index.source import Source, decode
from ssot.index.table import Index, Module, Path, Symbol
from ssot.index.view import FileView
from ssot.rewrite.patches import PatchTable

_COMPUTED = re.compile(rb"import_module\(\s*[^'\")\s]|__import__\(\s*[^'\")\s]|sys\.modules\[|import __main__")


@dataclass(frozen=True)
class Block:
    """An edit that a check over the whole project has ruled out."""

    code: str
    reason: str


@dataclass
class Project:
    """The project as seen from one file that is being planned."""

    index: Index
    governance: Governance
    texts: Mapping[str, bytes]  # UTF-8 text of every Python file
    is_test: Callable[[str], bool]
    patches: PatchTable
    graph: ImportGraph
    noisy: int = 0  # the modules whose loading leaves a trace, as bits of the graph
    unsafe: bool = False
    blocked: dict[tuple[str, str], Block] = field(default_factory=dict)  # (file, target module) -> why not
    keep_loaded: set[tuple[str, str]] = field(default_factory=set)  # (file, module) whose import has effects to keep
    _answers: dict[Path, str] = field(default_factory=dict)
    _reads: dict[str, Mapping[str, str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.reading = self.index  # the index in which readers are looked for

    # -- who reads a module's names

    def observe(self, index: Index, texts: Mapping[str, bytes]) -> set[str]:
        """Take notice of what the files will be after the plan so far; the modules for which that changes an answer."""
        answers = dict(self._answers)
        self.reading, self.texts = index, texts
        self._answers.clear()
        self._reads.clear()
        for name in ("_taken", "_holders"):
            self.__dict__.pop(name, None)
        return {asked[0] for asked, answer in answers.items() if bool(self.read_elsewhere(*asked)) != bool(answer)}

    @cached_property
    def _taken(self) -> frozenset[Path]:
        taken: set[Path] = set()
        for path, facts in self.reading.facts.items():
            for statement in facts.imports:
                base = self.reading.absolute(path, statement.module, statement.level) if statement.is_from else None
                taken.update((base, name.name) for name in statement.names if base is not None)
        return frozenset(taken)

    @cached_property
    def _holders(self) -> Mapping[str, Mapping[str, frozenset[str]]]:
        """For each module the files that have it, or a package above it, as an object, and its names there."""
        holders: dict[str, dict[str, set[str]]] = {}
        for path, facts in self.reading.facts.items():
            for statement in facts.imports:
                for name in statement.names:
                    for module in self._module_named(path, statement, name):
                        local = name.asname or name.name.rpartition(".")[2]
                        holders.setdefault(module, {}).setdefault(path, set()).add(local)
        return {module: {p: frozenset(names) for p, names in by.items()} for module, by in holders.items()}

    def _module_named(self, path: str, statement: ImportFact, name: ImportedName) -> Iterable[str]:
        if not statement.is_from:
            return (name.name,) if name.asname else (*parents(name.name), name.name)
        base = self.reading.absolute(path, statement.module, statement.level)
        found = self.reading.resolve(base, name.name) if base is not None else None
        return (found.name,) if isinstance(found, Module) else ()

    def read_elsewhere(self, module: str, name: str) -> str:
        """Who else gets this name from this module, in words; empty where nobody does."""
        if (module, name) not in self._answers:
            self._answers[module, name] = self._read_elsewhere(module, name)
        return self._answers[module, name]

    def _read_elsewhere(self, module: str, name: str) -> str:
        if (module, name) in self._taken:
            return f"other modules import {name} from here"
        if (module, "*") in self._taken:
            return "another module star-imports this one"
        unclear = self._unclear_reads(name).get(module) or self._unclear_reads(name).get("")
        if unclear:
            return unclear
        leaf = module.rpartition(".")[2]
        quoted = re.compile(rb"(['\"])" + name.encode() + rb"\1")
        for holder in (*parents(module), module):
            for path, locals_ in self._holders.get(holder, {}).items():
                text = self.texts.get(path, b"")
                owners = b"|".join(
                    re.escape(local.encode()) for local in sorted(locals_ | {leaf} if holder == module else {leaf})
                )
                if re.search(rb"\b(?:" + owners + rb")\s*\.\s*" + name.encode() + rb"\b", text):
                    return f"{path} reads it as an attribute"
                if holder == module and quoted.search(text):
                    return f"{path} may look it up by its name"
        escaped = self._escaped(module)
        if escaped:
            return escaped
        dotted = f"{module}.{name}".encode()
        for path, text in self.texts.items():
            if dotted in text:
                return f"{path} names {module}.{name}"
        return ""

    def _escaped(self, module: str) -> str:
        """Whether a module object is handed on, so that its names may be listed or looked up anywhere."""
        leaf = module.rpartition(".")[2].encode()
        for path, locals_ in self._holders.get(module, {}).items():
            words = b"|".join(re.escape(local.encode()) for local in sorted(locals_)) + b"|" + re.escape(leaf)
            bare = re.compile(rb"\b(?:" + words + rb")\b(?!\s*\.\s*\w)")
            source = decode(path, self.texts.get(path, b""))
            if isinstance(source, Source) and bare.search(source.u8):
                view = FileView(source, self.reading)
                if any(view.hands_on(use, Module(module)) for use in view.scopes.names):
                    return f"{path} hands the module {module} on"
        quoted = re.compile(rb"import(?:_module)?__?\s*\(\s*['\"]" + re.escape(module.encode()) + rb"['\"]|import_module\(\s*['\"]" + re.escape(module.encode()) + rb"['\"]")
        for path, text in self.texts.items():
            if quoted.search(text):
                return f"{path} imports {module} by name"
        return ""

    @cached_property
    def _imports_by_computed_name(self) -> bool:
        return any(_COMPUTED.search(text) for text in self.texts.values())

    def _unclear_reads(self, name: str) -> Mapping[str, str]:
        """Who reads an attribute of this name: by module where the module is known, under "" where it may be any."""
        if name not in self._reads:
            self._reads[name] = self._find_reads(name)
        return self._reads[name]

    def _find_reads(self, name: str) -> Mapping[str, str]:
        word = name.encode()
        attribute = re.compile(rb"\.\s*" + word + rb"\b|(['\"])" + word + rb"(?:\.[\w.]*)?\1")
        found: dict[str, str] = {}
        for path, text in self.texts.items():
            if attribute.search(text):
                source = decode(path, text)
                if isinstance(source, Source):
                    for module in _readers(FileView(source, self.reading), name, self._imports_by_computed_name):
                        found.setdefault(module, f"{path} may read {name} as an attribute")
        return found

    # -- what happens while imports run

    def loads_ours(self, path: str, fact: ImportFact) -> bool:
        """Whether an import statement loads modules of the project."""
        return any(True for _ in loaded_by(self.index, path, fact))

    def loads_noise(self, path: str, fact: ImportFact) -> bool:
        """Whether loading what an import statement names does more than define names."""
        return any(self.graph.closure(module) & self.noisy for module in loaded_by(self.index, path, fact))


def _readers(view: FileView, name: str, strict: bool) -> Iterable[str]:
    """The modules that a file may read the attribute `name` of; "" where the object may be any module.

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
            yield ""
    for node in ast.walk(view.tree):
        if isinstance(node, ast.Attribute) and node.attr == name and id(node) not in seen:
            yield ""
    for use in view.scopes.strings:
        if not use.docstring and not use.typing and (use.value == name or use.value.startswith(name + ".")):
            yield ""


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
