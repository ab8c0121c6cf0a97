"""Who reads the names of a module, in one state of the project: by import, as an attribute, by text, or perhaps."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from ssot.index.facts import ImportedName, ImportFact
from ssot.index.graph import parents
from ssot.index.scopes import Chain
from ssot.index.source import Source
from ssot.index.table import Index, Module, Path, Symbol, Unknown
from ssot.index.trees import Trees
from ssot.index.view import FileView
from ssot.rewrite.mentioned import Mentioned
from ssot.rewrite.patches import attribute_paths, is_patching
from ssot.rewrite.spelled import ENUMERATING, Enumerator, Spelled

_COMPUTED = re.compile(
    rb"\b(?:import_module|__import__)\(\s*(?:[^'\")\s]|(['\"])[^'\"]*\1\s*[^,)\s])|sys\.modules\[|import __main__"
    rb"|\b(?:spec_from_file_location|SourceFileLoader|run_path|load_source|find_spec|load_module|walk_packages|iter_modules)\b"
)
_ANY = "*"  # an object that can't be told
_TEXT = "+"  # a text that is put together, or a keyword
_LISTING = re.compile(rb"\b(?:dir|vars|globals|locals)\(|__dict__")
_ASKING = frozenset({"hasattr", "getattr", "delattr"})
_SEPARATORS = re.compile(r"[\s,;:|]+")
_BY_NAME = rb"(?:import_module|__import__)\(\s*['\"]%s['\"]"


@dataclass
class Readers:
    """``sources`` are all Python files that can be read, ``index`` the index of the same state."""

    index: Index
    sources: Mapping[str, Source]
    documents: Mapping[str, bytes] = field(default_factory=dict)  # the other text files
    asked: set[tuple[str, str]] = field(default_factory=set)  # in all states: a file is looked at once for all names
    trees: Trees = field(default_factory=Trees)
    _reads: dict[str, Mapping[str, str]] = field(default_factory=dict)
    _lookup: dict[str, Mapping[str, str]] = field(default_factory=dict)
    _handed: dict[str, str] = field(default_factory=dict)

    @cached_property
    def texts(self) -> Mapping[str, bytes]:
        """The text of every file, in UTF-8."""
        return {path: source.u8 for path, source in self.sources.items()}

    def view(self, path: str) -> FileView:
        source = self.sources[path]
        return FileView(source, self.index, self.trees.of(source))

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

    @cached_property
    def _held(self) -> Mapping[str, set[str]]:
        held: dict[str, set[str]] = {}
        for files in self.holders.values():
            for path, names in files.items():
                held.setdefault(path, set()).update(names)
        return held

    def held_in(self, path: str) -> set[str]:
        """The names by which a file may have modules of the project."""
        return self._held.get(path, set())

    def _modules_named(self, path: str, statement: ImportFact, name: ImportedName) -> Iterable[str]:
        if not statement.is_from:
            return (name.name,) if name.asname else (*parents(name.name), name.name)
        base = self.index.absolute(path, statement.module, statement.level)
        found = self.index.resolve(base, name.name) if base is not None else None
        if isinstance(found, Unknown) and self.index.layout.has(f"{base}.{name.name}"):
            return (f"{base}.{name.name}",)
        return (found.name,) if isinstance(found, Module) else ()

    def of(self, module: str, name: str) -> str:
        """Who else gets a name from a module, in words; empty where nobody does."""
        if (module, name) in self.taken:
            return f"other modules import {name} from here"
        if (module, "*") in self.taken:
            return "another module star-imports this one"
        return (
            self.attribute(module, name)
            or self._escaped(module)
            or self.spelled.names(module, name)
            or self.spelled.programs(module, name)
            or self.enumerated(module)
        )

    def looked_for(self, module: str, name: str) -> str:
        """Who looks whether a module has a name that it has not, in words."""
        if (module, name) in self.taken:
            return f"other modules expect that {name} is not here"
        found = self._lookups(name)
        return found.get(module, "") or (found.get(_ANY, "") if self._may_be_any(module) else "")

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
        return reads[_ANY] if self._may_be_any(module) else ""

    def _may_be_any(self, module: str) -> bool:
        """Whether an object that can't be told may be this module."""
        return self._imports_by_computed_name or any(self._escaped(one) for one in (*parents(module), module))

    @cached_property
    def spelled(self) -> Spelled:
        return Spelled(self.texts, self.documents, self.view)

    def enumerated(self, module: str) -> str:
        """Who imports a module by a computed name, or runs its file, and may then go through its names."""
        path = self.index.layout.paths.get(module, "")
        return self.spelled.runs_file(path) or next(
            (f"{file} goes through the names of modules" for file, one in self._enumerators if one.may_load(module)), ""
        )

    @cached_property
    def _enumerators(self) -> list[tuple[str, Enumerator]]:
        return [
            (path, Enumerator(self.view(path)))
            for path, text in self.texts.items()
            if _COMPUTED.search(text) and ENUMERATING.search(text)
        ]

    def quotes(self, module: str) -> bool:
        """Whether a string anywhere is the module's name: a key of `sys.modules`, an argument of `import_module`."""
        word = module.encode()
        quoted = (b"'" + word + b"'", b'"' + word + b'"')
        return any(one in text for text in self.texts.values() for one in quoted)

    # -- attributes

    @cached_property
    def _imports_by_computed_name(self) -> bool:
        return any(_COMPUTED.search(text) for text in self.texts.values())

    def _attribute_reads(self, name: str) -> Mapping[str, str]:
        """Who reads an attribute of this name: by module where that is known, else under `_ANY` or `_TEXT`."""
        if name not in self._reads:
            self._reads.update(self._find_reads(self._with("read", name, self._reads)))
        return self._reads[name]

    def _lookups(self, name: str) -> Mapping[str, str]:
        """Who asks whether a module has the name: by module where that is known, else under `_ANY`."""
        if name not in self._lookup:
            self._lookup.update(self._find_lookups(self._with("lookup", name, self._lookup)))
        return self._lookup[name]

    def _with(self, how: str, name: str, known: Mapping[str, object]) -> list[str]:
        """What to look for together with a name: what was asked of another state will be asked of this one."""
        self.asked.add((how, name))
        return sorted(one for asked, one in self.asked if asked == how and one not in known)

    def _find_reads(self, names: Iterable[str]) -> Mapping[str, Mapping[str, str]]:
        found: dict[str, dict[str, str]] = {name: {} for name in names}
        lists = self._imports_by_computed_name
        for path, view, there in self._mentioning(found, lambda name, text: name.reads(text, lists)):
            nodes = list(_telling(view.parsed.nodes))
            for name in there:
                for module in _read_from(view, name, nodes, lists):
                    found[name].setdefault(module, f"{path} may read {name} as an attribute")
        return found

    def _find_lookups(self, names: Iterable[str]) -> Mapping[str, Mapping[str, str]]:
        found: dict[str, dict[str, str]] = {name: {} for name in names}
        for path, view, there in self._mentioning(found, Mentioned.looks_for):
            for name, module in _asked_for(view, frozenset(there)):
                found[name].setdefault(module, f"{path} looks whether something has {name}")
        return found

    def _mentioning(
        self, names: Iterable[str], may: Callable[[Mentioned, bytes], bool]
    ) -> Iterator[tuple[str, FileView, list[str]]]:
        """The files that may mention some of the names, each with those that it mentions."""
        mentioned = [Mentioned(name) for name in names]
        for path, text in self.texts.items():
            there = [one.name for one in mentioned if may(one, text)]
            if there:
                yield path, self.view(path), there

    # -- modules as values

    def handed_on(self, module: str) -> str:
        """Who takes a module as a value, in words: it may be asked for names anywhere."""
        return self._escaped(module)

    def _escaped(self, module: str) -> str:
        """Whether a module object is handed on, so that its names may be listed or looked up anywhere."""
        if module not in self._handed:
            self._handed[module] = self._find_escape(module)
        return self._handed[module]

    def _find_escape(self, module: str) -> str:
        leaf = module.rpartition(".")[2].encode()
        for path, locals_ in self.holders.get(module, {}).items():
            words = b"|".join(re.escape(local.encode()) for local in sorted(locals_)) + b"|" + re.escape(leaf)
            bare = re.compile(rb"\b(?:" + words + rb")\b(?!\s*\.\s*(?!__dict__\b)\w)")
            if bare.search(self.texts.get(path, b"")):
                view = self.view(path)
                if any(module in modules for _, modules in view.handed):
                    return f"{path} hands the module {module} on"
        by_name = re.compile(_BY_NAME % re.escape(module.encode()))
        return next(
            (f"{path} imports {module} by name" for path, text in self.texts.items() if by_name.search(text)), ""
        )


def _telling(nodes: Iterable[ast.AST]) -> Iterator[ast.Attribute | ast.Constant | ast.Call]:
    """The nodes by which a file may read attributes, other than chains that start from a name."""
    for node in nodes:
        match node:
            case ast.Attribute() | ast.Constant(value=str()):
                yield node
            case ast.Call() if is_patching(node):
                yield node
            case _:
                pass


def _read_from(view: FileView, name: str, nodes: Iterable[ast.AST], strict: bool) -> Iterable[str]:
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
    lists = set(_split_texts(view)) if strict else set()
    for node in nodes:
        if isinstance(node, ast.Attribute):
            if node.attr == name and id(node) not in seen:
                yield _ANY
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in followed:
            yield from _read_in_text(view, node.value, name)
            if id(node) in lists and name in _SEPARATORS.split(node.value):
                yield _ANY
        elif isinstance(node, ast.Call) and any(k.arg == name for k in node.keywords):
            yield _TEXT  # patch.multiple("module", name=…)


def _split_texts(view: FileView) -> Iterable[int]:
    """Ids of the strings that hold a list of words: ``"Engine Router".split()``."""
    for call, _ in view.scopes.calls:
        if isinstance(call.func, ast.Attribute) and call.func.attr in ("split", "splitlines"):
            yield id(call.func.value)


def _asked_for(view: FileView, names: frozenset[str]) -> Iterator[tuple[str, str]]:
    """Each name that a file asks a module for by ``hasattr``, ``in dir()``, ``globals().get``; `_ANY` where unknown."""
    for node in view.parsed.nodes:
        match node:
            case ast.Call(args=[ast.Constant(value=str(value)), *_], func=ast.Attribute(value=owner)) if value in names:
                yield from [(value, _ANY)] if _is_namespace(owner) else []
            case ast.Call(args=[_, ast.Constant(value=str(value)), *_]) if value in names and _called(node) in _ASKING:
                yield from [(value, module) for module, _ in attribute_paths(view, node)] or [(value, _ANY)]
            case ast.Compare(left=ast.Constant(value=str(value)), comparators=[owner]) if value in names:
                listed = isinstance(owner, ast.Name) and _LISTING.search(view.source.u8)
                yield from [(value, _ANY)] if listed or _is_namespace(owner) else []
            case ast.Subscript(value=owner, slice=ast.Constant(value=str(value))) if value in names:
                yield from [(value, _ANY)] if _is_namespace(owner) else []
            case _:
                pass
    yield from ((step.path[1], step.path[0]) for step in view.steps if step.path[1] in names)


def _is_namespace(node: ast.expr) -> bool:
    """Whether an expression is the names of something: ``dir(m)``, ``vars(m)``, ``m.__dict__``, ``globals()``."""
    match node:
        case ast.Call(func=ast.Name(id=called)):
            return called in ("dir", "vars", "globals", "locals")
        case ast.Attribute(attr=attribute):
            return attribute in ("__dict__", "f_globals", "f_locals", "__globals__")
        case _:
            return False


def _called(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else str(getattr(call.func, "id", ""))


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
    if not strict and nodes and all(id(node) in view.parsed.called for node in nodes):
        return True
    return bool(nodes) and all(isinstance(node, ast.ClassDef) for node in nodes)
