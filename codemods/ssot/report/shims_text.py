"""``ssot shims`` for a reader: each old path, until when, and who still uses it."""

from __future__ import annotations

from collections.abc import Iterator

from ssot.report.audit_text import place
from ssot.report.hygiene import visible
from ssot.report.lines import Line, Lines, Style, count, joined, table, title
from ssot.rewrite.shims.register import Register, Registered

_PLACES_SHOWN = 3


def shims_lines(register: Register, *, verbose: bool = False) -> Lines:
    """The register. `verbose`: with every place that uses a shim."""
    blocks = [tuple(_shim(one, verbose)) for one in register.shims]
    return joined(*blocks, tuple(_faults(register)), _summary(register), _next(register))


def _shim(one: Registered, verbose: bool) -> Iterator[Line]:
    yield title(f"{one.path} → {one.canonical}")
    until = f"until {one.until.isoformat()}" if one.until else "permanent"
    uses = f"{count(len(one.in_code), 'use')} in code, {len(one.in_texts)} in texts"
    ended = " · expired" if one.expired else ""
    style = Style.BAD if one.expired else Style.PLAIN
    yield Line(f"  since {one.since.isoformat()} · {until}{ended} · {uses} · {place(one.file, one.line)}", style)
    shown = one.places if verbose else one.places[:_PLACES_SHOWN] if one.expired else ()
    for used in shown:
        yield Line(f"    {place(used.file, used.line)}  {used.way.value}")
    if one.expired and len(shown) < len(one.places):
        yield Line(f"    … and {count(len(one.places) - len(shown), 'more place')} (-v lists all)", Style.DIM)


def _faults(register: Register) -> Iterator[Line]:
    if register.faults:
        yield title("Tables that can't be read")
    for fault in register.faults:
        yield Line(f"  {place(fault.file, fault.line)}  {visible(fault.reason)}", Style.WARN)


def _summary(register: Register) -> Lines:
    if not register.shims:
        return (Line("No shims.", Style.GOOD),)
    expired = sum(one.expired for one in register.shims)
    used = sum(bool(one.places) for one in register.shims)
    return (Line(f"{count(len(register.shims), 'shim')}: {expired} expired, {used} still used.", Style.TITLE),)


def _next(register: Register) -> Lines:
    if not any(one.expired and not one.places for one in register.shims):
        return ()
    rows = table([("ssot shims --remove", "see the removal of those that are expired and unused")])
    return (title("Next"), *(Line(row, Style.COMMAND) for row in rows))
