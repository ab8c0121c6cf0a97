"""Who still uses a path: imports, attributes, texts that resolve, patches."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from ssot.audit.mentions import Kind, Mention, Mentions
from ssot.index.facts import ImportedName, ImportFact
from ssot.index.shims import WHOLE
from ssot.index.table import Module, Path
from ssot.index.view import FileView
from ssot.rewrite.discovery import LISTS, listed
from ssot.rewrite.patches import Patch, is_patching, patch_table
from ssot.rewrite.shims.by_text import by_module, handed_on, loaded_by_text, spells_one
from ssot.rewrite.stage import Tree

_DATA = (".toml", ".yaml", ".yml", ".json", ".cfg", ".ini", ".ipynb", ".sh")
_DOTTED = re.compile(rb"[A-Za-z_]\w*(?:[.:][A-Za-z_]\w*)+")


class Way(StrEnum):
    """How a place uses a path."""

    IMPORT = "import"
    STAR = "star import"
    ATTRIBUTE = "attribute"
    TEXT = "text"
    PATCH = "patch"


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """One use of a path. ``by`` is the module-level path that the statement provides, where it does nothing else."""

    file: str
    line: int
    way: Way
    by: Path | None = None

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


class Places:
    """The uses of some paths in one tree, found in one pass over the files that may hold them."""

    def __init__(self, tree: Tree, paths: Iterable[Path], *, everywhere: bool = False, declared: bool = True) -> None:
        """`everywhere`: also in files that are never edited. `declared`: the manifest names all of them."""
        self.tree = tree
        self.declared = declared
        self.paths = frozenset(paths)
        self.modules = {module for module, name in self.paths if name == WHOLE}
        self.everywhere = everywhere

    def of(self, path: Path) -> tuple[Place, ...]:
        """By file and line."""
        return self._found.get(path, ())

    @cached_property
    def _found(self) -> Mapping[Path, tuple[Place, ...]]:
        found: dict[Path, set[Place]] = {}
        everything = (self._imports, self._in_code, self._listed, self._by_texts, self._in_texts, self._patches)
        for path, place in (pair for find in everything for pair in find()):
            for used in self._concerned(path):
                if self.tree.index.layout.paths.get(used[0]) != place.file:
                    found.setdefault(used, set()).add(place)
        return {path: tuple(sorted(places)) for path, places in found.items()}

    def _concerned(self, path: Path) -> Iterator[Path]:
        """The paths of interest that a use of `path` goes through."""
        if path in self.paths:
            yield path
        module = f"{path[0]}.{path[1]}" if path[1] != WHOLE else path[0]
        while module:
            if module in self.modules:
                yield (module, WHOLE)
            module = module.rpartition(".")[0]

    def _counts(self, file: str) -> bool:
        if self.tree.manifest.tests is not None and file == self.tree.manifest.tests.file:
            return False  # it names the old paths to hold what becomes of them
        inside = self.tree.index.layout.names.get(file, "")
        if any(inside == one or inside.startswith(one + ".") for one in self.modules):
            return False  # one old module that goes through another
        return self.everywhere or not self.tree.hands_off(file)

    # -- import statements

    def _imports(self) -> Iterator[tuple[Path, Place]]:
        for file, facts in self.tree.index.facts.items():
            if not self._counts(file):
                continue
            module = self.tree.index.layout.names.get(file, "")
            for fact in facts.imports:
                if not (self.declared and self._subject(file, fact)):
                    for name in fact.names:
                        yield from self._named(file, module, fact, name)

    def _named(self, file: str, module: str, fact: ImportFact, name: ImportedName) -> Iterator[tuple[Path, Place]]:
        if not fact.is_from:
            if self.modules:
                yield (name.name, WHOLE), Place(file, name.line, Way.IMPORT)
            return
        base = self.tree.index.absolute(file, fact.module, fact.level)
        if base is None:
            return
        if name.name != "*":
            by = (module, name.local) if not fact.where.scope else None
            yield (base, name.name), Place(file, name.line, Way.IMPORT, by)
            return
        for path in self.paths:
            if path[0] == base and (path[1] == WHOLE or self._offered(base, path[1])):
                # A star that brings other names too stays, and goes on asking for this one.
                alone = (self.tree.index.star_names(base) or frozenset()) == frozenset({path[1]})
                by = (module, path[1]) if alone and not fact.where.scope else None
                yield path, Place(file, name.line, Way.STAR, by)

    def _offered(self, module: str, name: str) -> bool:
        """Whether a star import takes the name."""
        offered = self.tree.index.star_names(module)
        return offered is None or name in offered

    def _subject(self, file: str, fact: ImportFact) -> bool:
        """Whether the statement is there to see what the old path does."""
        if any(guard.startswith("raises:") for guard in fact.where.guards):
            return True
        return self.tree.is_test(file) and bool(fact.where.scope) and self._compared(file, fact)

    def _compared(self, file: str, fact: ImportFact) -> bool:
        """Whether the same function gets the same object by another path as well."""
        index = self.tree.index

        def got(one: ImportFact) -> Iterator[tuple[object, Path]]:
            base = index.absolute(file, one.module, one.level) if one.is_from else None
            yield from ((index.resolve(base, name.name), (base, name.name)) for name in one.names if base)

        others = [pair for one in index.facts[file].imports if one.where.scope == fact.where.scope for pair in got(one)]
        return any(what == found and path != other for what, path in got(fact) for found, other in others)

    # -- attributes and texts in code

    @cached_property
    def _words(self) -> re.Pattern[bytes]:
        names = {name for _, name in self.paths} | {module.rpartition(".")[2] for module in self.modules}
        words = sorted(names - {WHOLE})
        return re.compile(
            rb"\b(?:" + b"|".join(re.escape(word.encode()) for word in words) + rb")\b" if words else rb"(?!)"
        )

    @cached_property
    def _mentions(self) -> Mentions:
        return Mentions(self.tree.governance)

    @cached_property
    def _views(self) -> Mapping[str, FileView]:
        """The files that hold one of the names, looked at closely."""
        return {
            file: self.tree.view(file)
            for file, source in self.tree.sources.items()
            if self._words.search(source.u8) and self._counts(file)
        }

    def _in_code(self) -> Iterator[tuple[Path, Place]]:
        for file, view in self._views.items():
            for chain in view.scopes.chains:
                step = view.step(chain)
                for one in [step] if step is not None else view.perhaps(chain):
                    yield one.path, Place(file, one.chain.nodes[one.depth].lineno, Way.ATTRIBUTE)
            yield from self._modules_passed(file, view)
            yield from ((path, Place(file, line, Way.ATTRIBUTE)) for path, line in handed_on(view, self._by_module))
            for mention in self._mentions.in_view(view):
                if mention.kind is Kind.STRING and not _asserted(mention):
                    way = Way.PATCH if mention.use is not None and is_patching(mention.use.call) else Way.TEXT
                    yield self._spelled(mention), Place(file, view.source.line_of(mention.start), way)
            for use in view.scopes.strings if not self.declared else ():
                if not use.docstring and not use.typing and (path := self._spelled_by(use.value)) is not None:
                    way = Way.PATCH if is_patching(use.call) else Way.TEXT
                    yield path, Place(file, use.node.lineno, way)
            for path, line in _looked_up(view):
                yield path, Place(file, line, Way.ATTRIBUTE)

    def _modules_passed(self, file: str, view: FileView) -> Iterator[tuple[Path, Place]]:
        for chain in view.scopes.chains if self.modules else ():
            for passed in view.passed(chain):
                if isinstance(passed, Module) and passed.name in self.modules:
                    yield (passed.name, WHOLE), Place(file, chain.root.node.lineno, Way.ATTRIBUTE)

    def _listed(self) -> Iterator[tuple[Path, Place]]:
        """``vars(module)``, ``dir(module)``, ``module.__dict__``: whoever goes through all names meets this one."""
        for file, source in self.tree.sources.items():
            if LISTS.search(source.u8) and self._counts(file):
                for found in listed(self.tree.view(file)):
                    for path in self.paths:
                        if found.covers(path[0]):
                            yield path, Place(file, found.line, Way.ATTRIBUTE)

    def _by_texts(self) -> Iterator[tuple[Path, Place]]:
        for file, source in self.tree.sources.items():
            if spells_one(source, self._by_module) and self._counts(file):
                for path, line in loaded_by_text(self.tree.view(file), self._by_module):
                    yield path, Place(file, line, Way.TEXT)

    @cached_property
    def _by_module(self) -> Mapping[str, frozenset[str]]:
        return by_module(path for path in self.paths if path[1] != WHOLE)

    def _spelled(self, mention: Mention) -> Path:
        whole = ".".join(filter(None, mention.path))
        return (whole, WHOLE) if whole in self.modules else mention.path

    @cached_property
    def _by_text(self) -> Mapping[str, Path]:
        return {path[0] if path[1] == WHOLE else f"{path[0]}.{path[1]}": path for path in self.paths}

    def _spelled_by(self, text: str) -> Path | None:
        """The path that a text is, or begins with."""
        parts = text.replace(":", ".").split(".")
        heads = (".".join(parts[:count]) for count in range(len(parts), 1, -1))
        return next((self._by_text[head] for head in heads if head in self._by_text), None)

    # -- elsewhere

    def _in_texts(self) -> Iterator[tuple[Path, Place]]:
        for file, source in self.tree.texts.items():
            if file.endswith(_DATA) and self.tree.hands_off(file) != "manifest" and self._words.search(source.u8):
                for mention in self._mentions.in_text(source.u8):
                    yield self._spelled(mention), Place(file, source.line_of(mention.start), Way.TEXT)
                for found in _DOTTED.finditer(source.u8) if not self.declared else ():
                    path = self._spelled_by(found.group().decode())
                    if path is not None:
                        yield path, Place(file, source.line_of(found.start()), Way.TEXT)

    def _patches(self) -> Iterator[tuple[Path, Place]]:
        table = patch_table(self._views.values(), {file for file in self._views if self.tree.is_test(file)})
        for path, patches in table.by_path.items():
            yield from ((path, _patched(patch)) for patch in patches)


def _patched(patch: Patch) -> Place:
    return Place(patch.file, patch.line, Way.PATCH)


def _asserted(mention: Mention) -> bool:
    """Whether a text is only compared with something."""
    call = mention.use.call if mention.use is not None else None
    name = getattr(call.func, "attr", "") if call is not None else ""
    return str(name).startswith("assert")


def _looked_up(view: FileView) -> Iterator[tuple[Path, int]]:
    """``getattr(module, "Name")`` with a constant name."""
    from ssot.rewrite.patches import attribute_paths

    for call, _ in view.scopes.calls:
        if getattr(call.func, "id", "") in ("getattr", "hasattr"):
            yield from ((path, call.lineno) for path in attribute_paths(view, call))
