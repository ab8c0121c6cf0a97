"""A smaller package that fails in the same way: statements, files and declarations are left out while it does."""

from __future__ import annotations

import ast
import time
from collections.abc import Iterator
from dataclasses import replace

from generate.examine import PropertyError, examine
from generate.manifests import Declared
from generate.packages import Package
from ssot.index.recursion import on_large_stack


def failure(package: Package) -> PropertyError | None:
    """What is wrong with a package that runs; an exception of the tool's own is wrong, too."""
    if not package.holds:
        return None
    try:
        on_large_stack(examine, package)  # once, instead of for each file
    except PropertyError as wrong:
        return wrong
    except Exception as problem:  # noqa: BLE001  # whatever the tool raises is a finding
        return PropertyError(f"crash {type(problem).__name__}", str(problem))
    return None


def minimise(package: Package, kind: str, seconds: float = 60.0) -> Package:
    """The smallest package found in time that is wrong in the same `kind` of way."""
    end = time.monotonic() + seconds
    smaller: Package | None = package
    while smaller is not None:
        package = smaller
        smaller = next((one for one in _smaller(package) if _fails(one, kind, end)), None)
    return package


def _fails(package: Package, kind: str, end: float) -> bool:
    if time.monotonic() > end:
        return False
    found = failure(package)
    return found is not None and found.kind == kind


def _smaller(package: Package) -> Iterator[Package]:
    """The largest steps first."""
    yield from _fewer_looks(package)
    yield from _fewer_files(package)
    yield from _fewer_declarations(package)
    yield from _fewer_statements(package)
    yield from _plainer(package)


def _fewer_looks(package: Package) -> Iterator[Package]:
    looks, needed = package.looks, {path for symbol in package.symbols for path in symbol.paths}
    needed |= {":".join(path) for path in looks.exports if {path[0]} & {*package.moves, *package.moves.values()}}
    for name in ("checks", "exports", "entries"):
        things = getattr(looks, name)
        size = size_of_all = len(things)
        while size:
            for start in range(0, len(things), size):
                left = [
                    one for at, one in enumerate(things) if not start <= at < start + size or ":".join(one) in needed
                ]
                if len(left) < size_of_all:
                    yield replace(package, looks=replace(looks, **{name: left}))
            size //= 2


def _fewer_files(package: Package) -> Iterator[Package]:
    for path in package.files:
        module = _module(path)
        if module in package.looks.modules and module not in package.moves:
            files = {one: data for one, data in package.files.items() if one != path}
            looks = replace(
                package.looks,
                entries=[one for one in package.looks.entries if one != module],
                modules=[one for one in package.looks.modules if one != module],
                exports=[one for one in package.looks.exports if one[0] != module],
                checks=[one for one in package.looks.checks if one[0] != module],
            )
            yield replace(package, files=files, looks=looks)
            yield replace(package, files={**package.files, path: b""}, looks=looks)


def _module(path: str) -> str:
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def _fewer_declarations(package: Package) -> Iterator[Package]:
    symbols = package.symbols
    for old in package.moves:
        yield replace(package, moves={one: new for one, new in package.moves.items() if one != old})
    for at, symbol in enumerate(symbols):
        for less in (None, *_simpler(symbol)):
            kept = () if less is None else (less,)
            yield replace(package, symbols=(*symbols[:at], *kept, *symbols[at + 1 :]))


def _simpler(symbol: Declared) -> Iterator[Declared]:
    if symbol.rename:
        yield replace(symbol, rename=False)
    for path in symbol.legacy:
        yield replace(symbol, legacy=tuple(one for one in symbol.legacy if one != path))
    for path in symbol.approved:
        yield replace(symbol, approved=tuple(one for one in symbol.approved if one != path))


def _fewer_statements(package: Package) -> Iterator[Package]:
    for path, data in sorted(package.files.items(), key=lambda item: -len(item[1])):
        if path == "_fx.py" or _module(path) in package.moves:
            continue  # what a façade offers is what makes the declaration true
        for text in _cuts(data):
            yield replace(package, files={**package.files, path: text})


def _cuts(data: bytes) -> Iterator[bytes]:
    """The file without one of its statements, outer ones first; or with a compound one replaced by its body."""
    try:
        tree = ast.parse(data)
    except SyntaxError:
        return
    lines = data.splitlines(keepends=True)
    spans = []
    for node in ast.walk(tree):
        for part in ("body", "orelse", "finalbody", "handlers", "cases"):
            block = getattr(node, part, None)
            if isinstance(block, list) and block and isinstance(block[0], ast.stmt):
                spans += [(_first(one), one.end_lineno or one.lineno, len(block) == 1) for one in block]
    for first, last, alone in sorted(spans, key=lambda span: span[0] - span[1]):
        margin = lines[first - 1][: len(lines[first - 1]) - len(lines[first - 1].lstrip())]
        instead = [margin + b"pass\n"] if alone and lines[first - 1].strip() != b"pass" else []
        if not alone or instead:
            yield b"".join([*lines[: first - 1], *instead, *lines[last:]])


def _first(node: ast.stmt) -> int:
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    return min([node.lineno, *(one.lineno for one in decorators)])


def _plainer(package: Package) -> Iterator[Package]:
    if package.root:
        yield replace(package, root="")
    for path, data in package.files.items():
        for text in (data.removeprefix(b"\xef\xbb\xbf"), data.replace(b"\r\n", b"\n"), data.replace(b"\t", b"    ")):
            if text != data:
                yield replace(package, files={**package.files, path: text})
