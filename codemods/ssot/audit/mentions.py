"""Governed paths spelled out as text: in strings, comments and docstrings of code, and in other files."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from ssot.audit.governance import Governance, Status
from ssot.index.facts import FileFacts
from ssot.index.scopes import StringUse
from ssot.index.source import Source
from ssot.index.table import Path
from ssot.index.view import FileView

_NAME_BYTES = frozenset(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.")

_IMPORT = re.compile(rb"\bfrom[ \t]+([A-Za-z_][\w.]*)[ \t]+import[ \t]+\(?([\w \t,]*)")
_PROMPT = re.compile(rb"[ \t]*(?:>>>|\.\.\.)[ \t]")


class Kind(StrEnum):
    STRING = "string"  # a string constant that is the path, or begins with it
    PROSE = "prose"  # inside a longer string or a docstring
    COMMENT = "comment"
    FILE = "file"  # in a file that is not Python


@dataclass(frozen=True, eq=False)
class Mention:
    """``text`` at ``start:end`` of the UTF-8 text names a governed symbol, or a moved module, by a path to replace."""

    kind: Kind
    start: int
    end: int
    text: str
    path: Path
    key: str
    target: str  # the dotted text that would take its place
    use: StringUse | None = None


class Mentions:
    """Finds the paths in text; built once for a governance."""

    def __init__(self, governance: Governance) -> None:
        self.governance = governance
        words = b"|".join(re.escape(word.encode()) for word in sorted(governance.words)) or b"(?!)"
        self.pattern = re.compile(rb"[.:](?:" + words + rb")(?!\w)|\bimport\b[^\r\n]*?\b(?:" + words + rb")(?!\w)")
        self.dotted = re.compile(rb"[.:](?:" + words + rb")(?!\w)")

    def in_text(self, text: bytes) -> Iterator[Mention]:
        """All mentions in a text that is not code."""
        return self._search(text)

    def may_be_in(self, source: Source, facts: FileFacts) -> bool:
        """Whether a Python file may mention something outside its import statements: cheaper than looking."""
        if not self.pattern.search(source.u8):
            return False
        imports = {name.line for fact in facts.imports for name in fact.names}
        return any(source.line_of(mention.start) not in imports for mention in self._search(source.u8))

    def in_view(self, view: FileView) -> Iterator[Mention]:
        """All mentions in strings and comments of a Python file."""
        text = view.source.u8
        found = list(self._search(text))
        if not found:
            return
        strings = _string_spans(view)
        for mention in found:
            line_start = view.source.line_starts[view.source.line_of(mention.start) - 1]
            holder = next(((a, b, use) for a, b, use in strings if a <= mention.start and mention.end <= b), None)
            if holder is not None and _PROMPT.match(text, line_start):
                continue  # a doctest: planned as code
            if holder is not None:
                kind = Kind.STRING if _is_whole(holder[2], mention.text) else Kind.PROSE
                yield replace(mention, kind=kind, use=holder[2])
            elif b"#" in text[line_start : mention.start]:
                yield replace(mention, kind=Kind.COMMENT)

    def _search(self, text: bytes) -> Iterator[Mention]:
        yield from self._imports(text)
        for match in self.dotted.finditer(text):
            start = match.start()
            while start > 0 and text[start - 1] in _NAME_BYTES:
                start -= 1
            spelled = text[start : match.end()].decode("ascii", "replace")
            module, name = spelled.replace(":", ".").rpartition(".")[::2]
            found = self._governed((module, name))
            if found is not None:
                key, target = found
                separator = ":" if ":" in spelled else "."
                new = separator.join(filter(None, target))
                yield Mention(Kind.FILE, start, match.end(), spelled, (module, name), key, new)

    def _imports(self, text: bytes) -> Iterator[Mention]:
        """``from module import name`` as it stands in documentation, notebooks and code held in strings."""
        for match in _IMPORT.finditer(text):
            module = match.group(1).decode()
            for name in re.finditer(rb"(?<![\w.])(?<!\bas )[A-Za-z_]\w*", match.group(2)):
                path = (module, name.group().decode())
                found = self._governed(path)
                if found is not None:
                    start = match.start(2) + name.start()
                    new = ".".join(filter(None, found[1]))
                    yield Mention(Kind.FILE, start, start + len(name.group()), ".".join(path), path, found[0], new)

    def _governed(self, path: Path) -> tuple[str, Path] | None:
        whole = f"{path[0]}.{path[1]}"
        moved = self.governance.moved_module(whole)
        if moved is not None:
            parent, _, leaf = moved.rpartition(".")
            return moved, (parent, leaf)
        declared = any(path in entry.legacy for entry in self.governance.entries)
        if not declared and not self.governance.index.layout.has(path[0]) and not self.governance.moved_module(path[0]):
            return None
        verdict = self.governance.classify(path, self.governance.index.resolve(*path))
        if verdict is None or verdict.status is not Status.FRAGMENTED:
            return None
        return verdict.key, verdict.target


def _string_spans(view: FileView) -> list[tuple[int, int, StringUse | None]]:
    known = {id(use.node): use for use in view.scopes.strings}
    spans = []
    for node in ast.walk(view.tree):
        if isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str | bytes)):
            spans.append((*view.source.span(node), known.get(id(node))))
    return spans


def _is_whole(use: StringUse | None, text: str) -> bool:
    if use is None or use.docstring:
        return False
    return use.value == text or use.value.startswith((text + ".", text + ":"))


def patched_where_used(view: FileView, name: str) -> bool:
    """Whether functions of a module read its own global `name`: patching it there is patching where it is used."""
    root = view.scopes.root
    return any(
        use.node.id == name and use.loads and use.scope.deferred and use.scope.lookup(name) is root
        for use in view.scopes.names
    )
