"""Governed paths spelled out as text: in strings, comments and docstrings of code, and in other files."""

from __future__ import annotations

import ast
import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from ssot.audit.governance import Governance, Status
from ssot.index.facts import FileFacts
from ssot.index.lexer import skipped
from ssot.index.scopes import StringUse
from ssot.index.source import Source
from ssot.index.table import Path
from ssot.index.view import FileView

_NAME_BYTES = frozenset(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.")

_IMPORT = re.compile(rb"\bfrom[ \t]+([A-Za-z_][\w.]*)[ \t]+import[ \t]*(?:\(([^()]*)\)|\(([\w\s,#]*+)|([\w \t,]*))")
_NAME = re.compile(rb"(?<![\w.\\])(?<!\bas )[A-Za-z_]\w*")
_LONGEST = 1_000  # bytes of a dotted name
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
    example: bool = False  # on a line of a doctest, which may be planned as code


class Mentions:
    """Finds the paths in text; built once for a governance."""

    def __init__(self, governance: Governance) -> None:
        self.governance = governance
        words = b"|".join(re.escape(word.encode()) for word in sorted(governance.words)) or b"(?!)"
        self.pattern = re.compile(rb"\b(?:" + words + rb")(?!\w)")  # cheap: whether it is worth a closer look
        self.dotted = re.compile(rb"[.:](?:" + words + rb")(?!\w)")

    def in_text(self, text: bytes) -> Iterator[Mention]:
        """All mentions in a text that is not code."""
        return self._search(text)

    def may_be_in(self, source: Source, facts: FileFacts) -> bool:
        """Whether a Python file may mention something outside its import statements: cheaper than looking."""
        if not self.pattern.search(source.u8):
            return False
        imports = {name.line for fact in facts.imports for name in fact.names}
        return any(
            source.line_of(mention.start) not in imports or _behind_quote_or_hash(source, mention.start)
            for mention in self._search(source.u8)
        )

    def in_view(self, view: FileView) -> Iterator[Mention]:
        """All mentions in strings and comments of a Python file."""
        text = view.source.u8
        found = list(self._search(text))
        if not found:
            return
        strings, comments = _Spans(_string_spans(view)), _Spans(_comment_spans(text))
        for mention in found:
            holder = strings.around(mention)
            if holder is not None:
                kind = Kind.STRING if _is_whole(holder, mention.text) else Kind.PROSE
                yield replace(mention, kind=kind, use=holder.use, example=_is_example(text, mention.start))
            elif comments.around(mention) is not None:
                yield replace(mention, kind=Kind.COMMENT)

    def _search(self, text: bytes) -> Iterator[Mention]:
        yield from self._imports(text)
        for match in self.dotted.finditer(text):
            start = match.start()
            first = max(start - _LONGEST, 0)
            while start > first and text[start - 1] in _NAME_BYTES:
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
            names = match.lastindex or 0
            for name in _NAME.finditer(match.group(names)):
                path = (module, name.group().decode())
                found = self._governed(path)
                if found is not None:
                    start = match.start(names) + name.start()
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


@dataclass(frozen=True, slots=True)
class _Span:
    start: int
    end: int
    use: StringUse | None = None


class _Spans:
    """Stretches of a text of which the outermost count."""

    def __init__(self, spans: Iterable[_Span]) -> None:
        self._spans: list[_Span] = []
        for span in sorted(spans, key=lambda one: (one.start, -one.end)):
            if not self._spans or span.start >= self._spans[-1].end:
                self._spans.append(span)
        self._starts = [span.start for span in self._spans]

    def around(self, mention: Mention) -> _Span | None:
        found = bisect_right(self._starts, mention.start) - 1
        span = self._spans[found] if found >= 0 else None
        return span if span is not None and mention.end <= span.end else None


def _string_spans(view: FileView) -> Iterator[_Span]:
    known = {id(use.node): use for use in reversed(view.scopes.strings)}  # a docstring is listed as one first
    for node in ast.walk(view.tree):
        if isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str | bytes)):
            yield _Span(*view.source.span(node), known.get(id(node)))


def _comment_spans(text: bytes) -> Iterator[_Span]:
    return (_Span(*match.span()) for match in skipped(text) if match.group().startswith(b"#"))


def _behind_quote_or_hash(source: Source, offset: int) -> bool:
    line = source.u8[source.line_starts[source.line_of(offset) - 1] : offset]
    return any(sign in line for sign in (b"#", b"'", b'"'))


def _is_example(text: bytes, offset: int) -> bool:
    line_start = max(text.rfind(b"\n", 0, offset), text.rfind(b"\r", 0, offset)) + 1
    return _PROMPT.match(text, line_start) is not None


def _is_whole(span: _Span, text: str) -> bool:
    use = span.use
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
