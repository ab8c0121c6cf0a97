"""Edits as a wrong codemod might make them: most break something, some are right, all look plausible."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from generate.model import ALIASES, NAMES, Author
from generate.packages import Package

from ssot.values import Edit

Change = tuple[int, int, str]  # characters start:end of the text, and what comes in their place


@dataclass(frozen=True)
class Page:
    """One file of a package, as somebody who is going to break it sees it."""

    package: Package
    path: str
    text: str
    tree: ast.Module
    names: tuple[tokenize.TokenInfo, ...]
    starts: tuple[int, ...]  # of the lines

    def at(self, line: int, column: int) -> int:
        """Columns of `ast` count bytes, those of `tokenize` characters: the files are ASCII, where it is the same."""
        return self.starts[line - 1] + column

    def span(self, node: ast.stmt | ast.expr | ast.alias) -> tuple[int, int]:
        return self.at(node.lineno, node.col_offset), self.at(node.end_lineno or 1, node.end_col_offset or 0)

    def source(self, node: ast.stmt | ast.expr | ast.alias) -> str:
        start, end = self.span(node)
        return self.text[start:end]

    def all(self, *kinds: type[ast.AST]) -> list[ast.AST]:
        return [node for node in ast.walk(self.tree) if isinstance(node, kinds)]


def page(package: Package, path: str) -> Page | None:
    data = package.files[path]
    if not data.isascii() or b"\r" in data:
        return None
    text = data.decode()
    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    names = tuple(token for token in tokens if token.type == tokenize.NAME)
    starts = (0, *(match.end() for match in re.finditer("\n", text)))
    return Page(package, path, text, ast.parse(text), names, starts)


def breakage(author: Author, given: Page) -> tuple[str, list[Edit]]:
    """The name of one way to break a file, and its edits; none where there is nothing of the kind to break."""
    kind = author.pick(tuple(KINDS))
    changes = KINDS[kind](author, given)
    edits = [
        Edit(start, end, given.text.count("\n", 0, start) + 1, given.text[start:end], new)
        for start, end, new in sorted(changes)
        if given.text[start:end] != new
    ]
    return kind, edits


def _modules(given: Page) -> list[str]:
    return [*given.package.looks.modules, "shop.nowhere"]


def _pick(author: Author, given: Page, *kinds: type[ast.AST]) -> ast.AST | None:
    found = given.all(*kinds)
    return author.pick(found) if found else None


def _from_import(author: Author, given: Page) -> ast.ImportFrom | None:
    found = [node for node in given.all(ast.ImportFrom) if isinstance(node, ast.ImportFrom) and node.module]
    found = [node for node in found if node.module != "__future__"]
    return author.pick(found) if found else None


def _module_of(author: Author, given: Page, name: str) -> str:
    """Mostly one that has the name."""
    having = [module for module, found in given.package.looks.exports if found == name]
    return author.pick(having) if having and author.chance(85) else author.pick(_modules(given))


def _with_module(given: Page, node: ast.ImportFrom, module: str) -> list[Change]:
    start, end = given.span(node)
    found = re.match(r"from(?:\s|\\\n)*([.\w]+)", given.text[start:end])
    return [(start + found.start(1), start + found.end(1), module)] if found else []


def retarget(author: Author, given: Page) -> list[Change]:
    """Another module, whether or not it has the same thing under the name."""
    node = _from_import(author, given)
    return [] if node is None else _with_module(given, node, _module_of(author, given, node.names[0].name))


def retarget_alias(author: Author, given: Page) -> list[Change]:
    """The same object under its other name, kept or renamed; the uses follow, or some do."""
    node = _from_import(author, given)
    if node is None or len(node.names) > 1 or node.names[0].name == "*":
        return []
    alias = node.names[0]
    objects = dict(line.split(" ")[1:3] for line in given.package.before.lines if line.startswith("export "))
    own = {object_ for path, object_ in objects.items() if path.endswith(f":{alias.name}")}
    paths = [path for path, object_ in objects.items() if object_ in own]
    if not paths:
        return []
    module, _, name = author.pick(paths).partition(":")
    local = alias.asname or alias.name
    keep = author.chance(40)
    shown = name if not keep or name == local else f"{name} as {local}"
    start, end = given.span(alias)
    changes = [*_with_module(given, node, module), (start, end, shown)]
    if not keep and name != local:
        changes += _renamed(author, given, local, name, (start, end))
    return changes


def _renamed(author: Author, given: Page, old: str, new: str, without: tuple[int, int] = (0, 0)) -> list[Change]:
    """All tokens of a name; now and then not quite all, or those of one half of the file."""
    spans = [(given.at(*token.start), given.at(*token.end)) for token in given.names if token.string == old]
    spans = [span for span in spans if not without[0] <= span[0] < without[1]]
    way = author.count(1, 10)
    if way == 1 and spans:
        spans.remove(author.pick(spans))
    if way == 2:
        spans = [span for span in spans if author.chance(50)]
    if way == 3:
        spans = [span for span in spans if given.text[span[0] - 1] != "." and given.text[span[1] : span[1] + 1] != "="]
    return [(start, end, new) for start, end in spans]


def rename(author: Author, given: Page) -> list[Change]:
    """A name everywhere in the file."""
    wanted = {token.string for token in given.names} & {
        *NAMES,
        *ALIASES,
        "holder",
        "_m",
        "_m2",
        "_sibling",
        "Alias",
        "shop",
    }
    if not wanted:
        return []
    return _renamed(author, given, author.pick(sorted(wanted)), author.pick((*NAMES, *ALIASES, "Fresh")))


def rename_one(author: Author, given: Page) -> list[Change]:
    token = author.pick(given.names)
    return [(given.at(*token.start), given.at(*token.end), author.pick((*NAMES, *ALIASES, "shop", "lib", "Fresh")))]


def import_as(author: Author, given: Page) -> list[Change]:
    """Another local name, and the uses with it."""
    node = _pick(author, given, ast.ImportFrom, ast.Import)
    if not isinstance(node, ast.ImportFrom | ast.Import):
        return []
    alias = author.pick(node.names)
    if alias.name in ("*", "annotations"):
        return []
    local, new = alias.asname or alias.name.partition(".")[0], author.pick((*NAMES, *ALIASES, "Fresh"))
    start, end = given.span(alias)
    return [(start, end, f"{alias.name} as {new}"), *_renamed(author, given, local, new, (start, end))]


def chain(author: Author, given: Page) -> list[Change]:
    """The same attribute of another module, imported where the first is or not at all."""
    nodes = [node for node in given.all(ast.Attribute) if isinstance(node, ast.Attribute)]
    nodes = [node for node in nodes if given.source(node.value).split(".")[0] in ("shop", "lib", "single", "_m", "_m2")]
    if not nodes:
        return []
    node = author.pick(nodes)
    module = _module_of(author, given, node.attr)
    start, end = given.span(node.value)
    changes: list[Change] = [(start, end, module)]
    imports = [one for one in given.all(ast.Import) if isinstance(one, ast.Import)]
    if imports and author.chance(80):
        _, behind = given.span(author.pick(imports))
        changes.append((behind, behind, f"; import {module}"))
    return changes


def drop_statement(author: Author, given: Page) -> list[Change]:
    node = _pick(author, given, ast.Import, ast.ImportFrom, ast.Assign, ast.Expr, ast.Delete, ast.Global, ast.Return)
    return [(*given.span(node), "pass")] if isinstance(node, ast.stmt) else []


def drop_name(author: Author, given: Page) -> list[Change]:
    node = _from_import(author, given)
    if node is None or len(node.names) < 2:
        return []
    left = list(node.names)
    left.remove(author.pick(left))
    return [(*given.span(node), f"from {'.' * node.level}{node.module} import {', '.join(map(ast.unparse, left))}")]


def add_name(author: Author, given: Page) -> list[Change]:
    node = _from_import(author, given)
    if node is None:
        return []
    _, end = given.span(node.names[-1])
    return [(end, end, f", {author.pick(NAMES)}")]


def add_import(author: Author, given: Page) -> list[Change]:
    """One more import somewhere."""
    node = _pick(author, given, ast.Import, ast.ImportFrom, ast.Expr, ast.Assign, ast.Return)
    if not isinstance(node, ast.stmt) or not given.package.looks.exports:
        return []
    module, name = author.pick(given.package.looks.exports)
    start, _ = given.span(node)
    text = author.pick(
        (f"from {module} import {name}; ", f"import {module}; ", f"from {module} import {name} as Fresh; ")
    )
    return [(start, start, text)]


def swap(author: Author, given: Page) -> list[Change]:
    """Two neighbours change places."""
    blocks = [body for node in ast.walk(given.tree) if isinstance(body := getattr(node, "body", None), list)]
    blocks = [body for body in blocks if len(body) > 1 and isinstance(body[0], ast.stmt)]
    if not blocks:
        return []
    body = author.pick(blocks)
    at = author.count(0, len(body) - 2)
    one, other = body[at], body[at + 1]
    return [(*given.span(one), given.source(other)), (*given.span(other), given.source(one))]


def move_import(author: Author, given: Page) -> list[Change]:
    """Into, or out of, a function."""
    node = _from_import(author, given)
    place = _pick(author, given, ast.Return, ast.Import)
    if node is None or not isinstance(place, ast.stmt) or node is place:
        return []
    start, _ = given.span(place)
    one, other = given.span(node)
    if one <= start <= other:
        return []
    return [(one, other, "pass"), (start, start, f"{given.source(node)}; ")]


def star(author: Author, given: Page) -> list[Change]:
    node = _from_import(author, given)
    if node is None:
        return []
    return [(*given.span(node), f"from {'.' * node.level}{node.module} import *")]


def constant(author: Author, given: Page) -> list[Change]:
    node = _pick(author, given, ast.Constant)
    if not isinstance(node, ast.Constant) or not isinstance(node.value, str) or "\n" in given.source(node):
        return []
    paths = [":".join(path) for path in given.package.looks.exports]
    new = author.pick((*NAMES, *[path.replace(":", ".") for path in paths], *given.package.looks.modules))
    return [(*given.span(node), repr(new))]


def relative(author: Author, given: Page) -> list[Change]:
    """A dot more or less."""
    node = _from_import(author, given)
    if node is None or not node.level:
        return []
    start, end = given.span(node)
    at = start + given.text[start:end].index(".")
    return author.pick(([(at, at, ".")], [(at, at + 1, "")]))


KINDS: dict[str, Callable[[Author, Page], Sequence[Change]]] = {
    "retarget": retarget,
    "retarget alias": retarget_alias,
    "retarget alias again": retarget_alias,
    "import as": import_as,
    "rename": rename,
    "rename one": rename_one,
    "chain": chain,
    "drop statement": drop_statement,
    "drop name": drop_name,
    "add name": add_name,
    "add import": add_import,
    "swap": swap,
    "move import": move_import,
    "star": star,
    "constant": constant,
    "relative": relative,
}
