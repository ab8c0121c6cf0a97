"""Modules that are handed to code which assigns their names, over the whole project."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from ssot.index.graph import loaded_by, parents
from ssot.index.table import Index, Path
from ssot.index.view import FileView
from ssot.rewrite.patches import Patch
from ssot.rewrite.readers import Readers
from ssot.rewrite.setters import ANY, SETTING, Setters, Setting, given_modules, loose
from ssot.rewrite.targets import Computed, words_in


@dataclass
class Handed:
    """Looks at the other files only when a module is a value somewhere."""

    index: Index
    texts: Mapping[str, bytes]  # of every Python file
    readers: Readers
    view: Callable[[str], FileView]
    is_test: Callable[[str], bool]
    words: frozenset[str]  # the governed names: attributes of interest
    _given: dict[str, tuple[tuple[str, str, int], ...]] = field(default_factory=dict)
    _in_file: dict[str, tuple[tuple[str, str, int], ...]] = field(default_factory=dict)
    _words: dict[str, frozenset[str]] = field(default_factory=dict)

    def on(self, path: Path) -> tuple[Patch, ...]:
        """Places that may replace an attribute of a module they were given."""
        module, name = path
        found = []
        for given in (module, *parents(module)):
            for file, taker, line in self.given(given):
                if self._names(file, taker) & {name, ANY}:
                    found.append(Patch(file, line, False, not self.is_test(file)))
        return tuple(found)

    def _names(self, file: str, taker: str) -> frozenset[str]:
        """Names of the attributes that may be assigned of what is given."""
        if taker == ANY:
            return frozenset({ANY})
        return self._setters.of(taker) if taker else frozenset(one.name for one in self._loose(file))

    def given(self, module: str) -> tuple[tuple[str, str, int], ...]:
        """Where a module is given to somebody: file, name of the function or nothing, line."""
        if module not in self._given:
            files = self.readers.holders.get(module, {}).keys()
            self._given[module] = tuple(
                (file, taker, line)
                for file in sorted(files & self.texts.keys())
                for given, taker, line in self._given_in(file)
                if given == module
            )
        return self._given[module]

    def _given_in(self, file: str) -> tuple[tuple[str, str, int], ...]:
        """What a file gives to somebody: module, name of the function or nothing, line."""
        if file not in self._in_file:
            self._in_file[file] = tuple(given_modules(self.view(file)))
        return self._in_file[file]

    @cached_property
    def _setters(self) -> Setters:
        return Setters(self.texts, lambda path: self.view(path).tree)

    def _loose(self, file: str) -> Iterator[Setting]:
        for near in self.near(file):
            text = self.texts.get(near, b"")
            if SETTING.search(text) or any(word.encode() in text for word in self.words):
                yield from loose(self.view(near))

    def near(self, file: str) -> list[str]:
        """A file and those that import it; for the fixtures of a folder all files in it."""
        folder, _, name = file.rpartition("/")
        inside = [path for path in self.texts if path.startswith(f"{folder}/")] if name == "conftest.py" else []
        return list(dict.fromkeys([file, *self._users.get(self.index.module_of(file), ()), *inside]))

    @cached_property
    def _users(self) -> Mapping[str, list[str]]:
        users: dict[str, list[str]] = {}
        for path, facts in self.index.facts.items():
            for module in dict.fromkeys(m for fact in facts.imports for m in loaded_by(self.index, path, fact)):
                if path in self.texts:
                    users.setdefault(module, []).append(path)
        return users

    def words_near(self, target: Computed) -> frozenset[str]:
        """The words of all texts in the file of a target, those near it, and those that its parts come from."""
        files = (*self.near(target.file), *target.parts)
        return frozenset().union(*(self._words_of(file) for file in files if file in self.texts))

    def _words_of(self, file: str) -> frozenset[str]:
        if file not in self._words:
            self._words[file] = words_in(self.view(file))
        return self._words[file]
