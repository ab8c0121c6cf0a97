"""Import statements of a file that this Python can't parse, found without a grammar.

One regular expression passes over strings, comments and import statements; each import statement is then given to `ast`
alone, so only the statement itself must be of a grammar this Python knows.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from ssot.index.facts import ImportedName, ImportFact, Where
from ssot.index.source import Source

_SKIP = re.compile(
    rb"""
      \#[^\r\n]*
    | (?:\b[A-Za-z]{1,2})?(?:'''(?:[^\\]|\\.)*?'''|\"\"\"(?:[^\\]|\\.)*?\"\"\")
    | (?:\b[A-Za-z]{1,2})?(?:'(?:[^\\'\r\n]|\\.)*'|\"(?:[^\\\"\r\n]|\\.)*\")
    """,
    re.VERBOSE | re.DOTALL,
)
_TOKEN = re.compile(
    rb"""
      (?P<skip> \#[^\r\n]*
      | (?:\b[A-Za-z]{1,2})?(?:'''(?:[^\\]|\\.)*?'''|\"\"\"(?:[^\\]|\\.)*?\"\"\")
      | (?:\b[A-Za-z]{1,2})?(?:'(?:[^\\'\r\n]|\\.)*'|\"(?:[^\\\"\r\n]|\\.)*\") )
    | (?:(?<=[\r\n;:])|\A)(?P<indent>[ \t\f]*)(?P<lazy>lazy[ \t]+)?(?P<statement>
        from(?:[ \t.]|\\\r?\n)+(?:[^\\\r\n#;:('"]|\\\r?\n)*?\bimport\b[ \t]*(?:\((?:[^()#]|\#[^\r\n]*+)*+\)|(?:[^\\\r\n#;]|\\\r?\n)*)
      | import[ \t]+(?:[^\\\r\n#;('"]|\\\r?\n)* )
    """,
    re.VERBOSE | re.DOTALL,
)


def skipped(text: bytes) -> Iterator[re.Match[bytes]]:
    """Strings and comments, in order; what stands in one is not taken for the other."""
    return (match for match in _SKIP.finditer(text))


def lex_imports(source: Source) -> Iterator[ImportFact]:
    """Every import statement at the start of a line or after ``;`` or ``:``, with the scope told by indentation alone."""
    for match in _TOKEN.finditer(source.u8):
        statement = match.group("statement")
        if statement is None:
            continue
        start = match.start("statement")
        line = source.line_of(start)
        column = start - source.line_starts[line - 1]
        node = _parse(statement)
        if node is not None:
            yield _fact(node, line, column, bool(match.group("indent")))


def _parse(statement: bytes) -> ast.Import | ast.ImportFrom | None:
    try:
        body = ast.parse(statement.strip()).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    return body[0] if len(body) == 1 and isinstance(body[0], ast.Import | ast.ImportFrom) else None


def _fact(node: ast.Import | ast.ImportFrom, line: int, column: int, indented: bool) -> ImportFact:
    def at(alias: ast.alias) -> tuple[int, int]:
        shift = column if alias.lineno == 1 else 0
        return line + alias.lineno - 1, alias.col_offset + shift

    names = tuple(ImportedName(alias.name, alias.asname, *at(alias)) for alias in node.names)
    where = Where(guards=("unparsed:1:indented",)) if indented else Where()
    if isinstance(node, ast.ImportFrom):
        return ImportFact(True, node.module or "", node.level, names, line, column, where)
    return ImportFact(False, "", 0, names, line, column, where)
