"""Modules and names spelled out in texts: paths, data files, programs kept as text, names of files that are run."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from ssot.index.layout import is_init
from ssot.index.view import FileView
from ssot.rewrite.setters import called
from ssot.rewrite.targets import Computed, computed

ENUMERATING = re.compile(rb"\b(?:getmembers|vars|dir)\b|__dict__")
_DATA = (".toml", ".yaml", ".yml", ".json", ".cfg", ".ini", ".ipynb", ".sh")
_RUNNING = re.compile(rb"\b(?:run_path|spec_from_file_location|SourceFileLoader|load_source|exec|compile)\b")
_DROPPED = re.compile(rb"(?m)^[ \t]*(?:runpy\.)?run_path\(")  # nobody takes the names
_IMPORTING = frozenset({"import_module", "__import__", "find_spec"})
_SHORT = 6  # words in a line of a text file that may be data


@dataclass
class Spelled:
    """``texts`` is the UTF-8 text of every Python file, ``documents`` are the other text files."""

    texts: Mapping[str, bytes]
    documents: Mapping[str, bytes]
    view: Callable[[str], FileView]
    _importers: dict[str, list[tuple[str, bytes]]] = field(default_factory=dict, repr=False)
    _programs: dict[tuple[str, str], bytes] = field(default_factory=dict, repr=False)

    def names(self, module: str, name: str) -> str:
        """Who spells a name out: with its module, or in a data file by itself."""
        words = module.encode(), name.encode()
        path_text = re.compile(re.escape(words[0]) + rb"\s*[.:]\s*" + words[1] + rb"\b")
        for path, text in (*self.texts.items(), *self.documents.items()):
            if words[0] in text and words[1] in text and path_text.search(text):
                return f"{path} names {module}.{name}"
        for path, text in self.documents.items():
            if words[1] in text and _may_be_data(path, text, *words):
                return f"{path} may look {name} up by its name"
        return ""

    def programs(self, module: str, name: str) -> str:
        """A program kept as text, a template, a snippet in a document: it imports the module and uses the name."""
        word, uses = name.encode(), re.compile(rb"\b%s\b" % name.encode())
        for path, text in self._importing(module):
            if word in text and uses.search(text) and uses.search(self._program(module, path)):
                return f"{path} holds a text that imports {module}"
        return ""

    def _importing(self, module: str) -> list[tuple[str, bytes]]:
        """The files in which an import of a module is spelled, documents first."""
        if module not in self._importers:
            loads, leaf = _loading(module), module.rpartition(".")[2].encode()
            files = (*self.documents.items(), *self.texts.items())
            self._importers[module] = [(path, text) for path, text in files if leaf in text and loads.search(text)]
        return self._importers[module]

    def _program(self, module: str, path: str) -> bytes:
        """What may be a program in one of those files; nothing where that does not import the module."""
        if (module, path) not in self._programs:
            kept = b"\n".join(self._kept(path)) if path in self.texts else self.documents[path]
            self._programs[module, path] = kept if _loading(module).search(kept) else b""
        return self._programs[module, path]

    def _kept(self, path: str) -> Iterable[bytes]:
        """The strings of a Python file that may be programs."""
        parsed = self.view(path).parsed
        passed_over = {id(use.node) for use in parsed.scopes.strings if use.typing or use.docstring}
        for node in parsed.nodes:
            if isinstance(node, ast.Constant) and id(node) not in passed_over:
                value = node.value
                yield value.encode("utf-8", "replace") if isinstance(value, str) else b""
                yield value if isinstance(value, bytes) else b""

    def runs_file(self, path: str) -> str:
        """Who runs a file by its name, and so has its names without importing it."""
        name = path.rpartition("/")[2].encode()
        for other, text in self.texts.items() if name not in (b"", b"__init__.py") else ():
            if (
                name in text
                and _RUNNING.search(_DROPPED.sub(b"", text))
                and re.search(rb"(?<![\w.])%s['\"]" % re.escape(name), text)
            ):
                return f"{other} may run {path}"
        return ""


def _loading(module: str) -> re.Pattern[bytes]:
    """The ways in which a text may import a module."""
    parent, _, leaf = (part.encode() for part in module.rpartition("."))
    whole, leaf = re.escape(module.encode()), re.escape(leaf)
    ways = [
        rb"\b(?:import|from)\s+%s\b(?!\.)" % whole,
        rb"['\"]%s['\"]" % whole,
        rb"\bfrom\s+\.[\w.]*\b%s\b(?!\.)" % leaf,
    ]
    if parent:
        ways.append(rb"\bfrom\s+(?:\.+|%s)\s+import\b[^\r\n]*\b%s\b" % (re.escape(parent), leaf))
    return re.compile(b"|".join(ways))


def _may_be_data(path: str, text: bytes, module: bytes, name: bytes) -> bool:
    apart = re.compile(rb"\b%s\b" % name)
    if path.endswith(_DATA):
        return apart.search(text) is not None
    return any(
        module in line and apart.search(line) and len(line.split()) <= _SHORT
        for line in (text.splitlines() if module in text else ())
    )


class Enumerator:
    """A file that imports modules by computed names and goes through the names of modules."""

    def __init__(self, view: FileView) -> None:
        self.package = view.module if is_init(view.source.path) else view.module.rpartition(".")[0]
        self.text = view.source.u8
        self.patterns = list(_imported(view))

    def may_load(self, module: str) -> bool:
        """A name of which nothing is spelled out may be any module of a package that the file names, or is part of."""
        if any(one.literal and one.pattern.fullmatch(module) for one in self.patterns):
            return True
        parent = module.rpartition(".")[0]
        named = re.search(rb"['\"]%s\.?['\"]|\b%s\.__path__" % ((re.escape(parent.encode()),) * 2), self.text)
        return bool(parent) and (named is not None or (parent == self.package and b"__path__" in self.text))


def _imported(view: FileView) -> Iterator[Computed]:
    for call, _ in view.scopes.calls:
        if called(call) in _IMPORTING and call.args:
            target = computed(call.args[0], view)
            if target is not None:
                yield target
