"""The text of a first manifest, from what the audit found without one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import tomlkit
from tomlkit.items import AoT, Array, Table

from ssot.declare.manifest import Symbol
from ssot.declare.syntax import InvalidValueError, object_reference
from ssot.values import PathStatus, PathUse, SymbolReport

_INTRO = """\
The single source of truth of this codebase, proposed by `ssot init`: one entry for each name that is imported by
more than one path, most fragmented first. Each choice is yours:
 - is `canonical` the path you want? If not, swap it with one of the others;
 - `legacy` paths are rewritten by `ssot apply`;
 - move a path that is fine as it is from `legacy` to `approved`, or delete the entry.
Then: `ssot audit` to measure, `ssot plan` to see every change, `ssot apply` to get them as a branch."""
_NOTHING = """\
No name of this codebase is imported by more than one path today. Declare one like this:

[[symbol]]
canonical = "shop.engine.user:UserEngine"
legacy = ["shop.engine.old:Engine"]"""


def write_manifest(proposals: Iterable[SymbolReport]) -> str:
    """The text of a commented `ssot.toml` that declares `proposals`, most fragmented first."""
    ordered = sorted(proposals, key=lambda one: (-one.fragmented, one.canonical))
    document = tomlkit.document()
    entries = AoT([])
    for line in _INTRO.splitlines():
        document.add(tomlkit.comment(line))
    for report, symbol in _entries(ordered):
        entries.append(_table(report, symbol))
    if not entries:
        document.add(tomlkit.nl())
        for line in _NOTHING.splitlines():
            document.add(tomlkit.comment(line))
        return tomlkit.dumps(document)
    document.add("symbol", entries)
    return tomlkit.dumps(document).replace("\n\n\n", "\n\n").rstrip("\n") + "\n"


def _entries(ordered: Iterable[SymbolReport]) -> Iterator[tuple[SymbolReport, Symbol]]:
    """Entries that contradict no earlier one: where two claim a path, the more fragmented has it."""
    taken: set[str] = set()
    ordered = [report for report in ordered if _valid(report.canonical)]
    canonical = {report.canonical for report in ordered}
    for report in ordered:
        paths = [use.path for use in report.paths if use.status is not PathStatus.CANONICAL]
        legacy = [path for path in dict.fromkeys(paths) if _valid(path) and path not in taken | canonical]
        if report.canonical not in taken and legacy:
            taken.update((report.canonical, *legacy))
            yield report, Symbol(canonical=report.canonical, legacy=tuple(legacy))


def _valid(reference: str) -> bool:
    try:
        object_reference(reference)
    except InvalidValueError:
        return False
    return True


def _table(report: SymbolReport, symbol: Symbol) -> Table:
    uses = {use.path: use for use in report.paths}
    table = tomlkit.table()
    for line in _reasons(report):
        table.add(tomlkit.comment(line))
    table.add("canonical", symbol.canonical)
    table["canonical"].comment(_count(uses.get(symbol.canonical)))
    table.add("legacy", _paths(symbol.legacy, uses))
    table.add(tomlkit.nl())
    return table


def _paths(paths: tuple[str, ...], uses: dict[str, PathUse]) -> Array:
    array = tomlkit.array()
    for path in paths:
        array.add_line(path, comment=_count(uses.get(path)))
    array.add_line(indent="")
    return array


def _reasons(report: SymbolReport) -> Iterator[str]:
    total = sum(use.uses for use in report.paths)
    yield f"{report.fragmented} of {total} imported names take another path than the canonical one"
    if report.definition != report.canonical:
        yield _one_line(f"defined at {report.definition}")
    if report.why:
        yield _one_line(f"canonical because: {report.why}")


def _count(use: PathUse | None) -> str:
    uses = use.uses if use else 0
    return f"{uses} use{'' if uses == 1 else 's'}"


def _one_line(text: str) -> str:
    return "".join(char if char.isprintable() else "?" for char in text)
