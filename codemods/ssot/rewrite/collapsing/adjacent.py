"""Edits of several pairs in one file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from ssot.index.source import Source
from ssot.rewrite.collapsing.extent import without_blank_lines
from ssot.rewrite.outcomes import Splice
from ssot.values import Safety


def disjoint(splices: Iterable[Splice], source: Source) -> list[Splice]:
    """Removals that meet, because their definitions stood next to each other, made one; no blank lines left at the end."""
    found = list(_joined(_gathered(splices)))
    if found and found[-1].end == len(source.u8) and not found[-1].new:
        last, floor = found.pop(), found[-1].end if found else 0
        found.append(replace(last, start=max(floor, without_blank_lines(source, last.start))))
    return found


def _gathered(splices: Iterable[Splice]) -> list[Splice]:
    """The same; what is added at one place is one edit: import lines first, none of them twice."""
    found: list[Splice] = []
    added: dict[int, list[Splice]] = {}
    for one in splices:
        if one.start == one.end:
            added.setdefault(one.start, []).append(one)
        else:
            found.append(one)
    for place, here in added.items():
        imports = [one for one in here if _imports(one)]
        others = dict.fromkeys(one.new for one in here if not _imports(one))  # what two bring is brought once
        keys = frozenset[str]().union(*(one.keys for one in here))
        safety = Safety.UNSAFE if any(one.safety is Safety.UNSAFE for one in here) else Safety.SAFE
        found.append(Splice(place, place, b"".join([_united(imports), *others]), keys, safety))
    return found


def _imports(one: Splice) -> bool:
    """Whether it consists of import statements of the module level."""
    lines = [line for line in one.new.splitlines() if line.strip()]
    return bool(lines) and all(line.startswith((b"from ", b"import ")) for line in lines)


def _united(imports: list[Splice]) -> bytes:
    """The lines of all, in order, between the line endings of the first."""
    if not imports:
        return b""
    first = min(imports, key=lambda one: (-len(one.new) + len(one.new.lstrip()), one.new)).new
    lead = first[: len(first) - len(first.lstrip())]
    tail = min((one.new[len(one.new.rstrip()) :] for one in imports), key=len)
    ending = next((e for e in (b"\r\n", b"\n", b"\r") if e in lead + tail), b"\n")
    found = {line for one in imports for line in one.new.strip().splitlines()}
    lines = sorted(found, key=lambda line: (line.startswith(b"from "), line))
    return lead + ending.join(lines) + tail


def _least_sure(one: Splice, other: Splice) -> Safety:
    return Safety.UNSAFE if Safety.UNSAFE in (one.safety, other.safety) else one.safety


def _joined(splices: Iterable[Splice]) -> Iterator[Splice]:
    """What overlaps, because definitions stood next to each other, or starts at one place, made one."""
    held: Splice | None = None
    for one in sorted(splices):
        if held is not None and (one.start < held.end or held.start == held.end == one.start):
            new, keys = held.new + one.new, held.keys | one.keys
            held = Splice(held.start, max(held.end, one.end), new, keys, _least_sure(held, one))
            continue
        if held is not None:
            yield held
        held = one
    if held is not None:
        yield held
