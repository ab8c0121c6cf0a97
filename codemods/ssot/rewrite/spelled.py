"""Modules and names spelled out in texts: paths, data files, programs kept as text, names of files that are run."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from ssot.index.layout import is_init
from ssot.index.source import Source, decode
from ssot.index.table import Index
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

    index: Index
    texts: Mapping[str, bytes]
    documents: Mapping[str, bytes]

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
        loads, uses = _loading(module), re.compile(rb"\b%s\b" % name.encode())
        leaf = module.rpartition(".")[2].encode()
        for path, text in (*self.documents.items(), *self.texts.items()):
            if leaf in text and name.encode() in text and loads.search(text) and uses.search(text):
                kept = b"\n".join(self._kept(path, text)) if path in self.texts else text
                if loads.search(kept) and uses.search(kept):
                    return f"{path} holds a text that imports {module}"
        return ""

    def _kept(self, path: str, text: bytes) -> Iterable[bytes]:
        """The strings of a Python file that may be programs."""
        source = decode(path, text)
        if isinstance(source, Source):
            view = FileView(source, self.index)
            passed_over = {id(use.node) for use in view.scopes.strings if use.typing or use.docstring}
            for node in ast.walk(view.tree):
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
