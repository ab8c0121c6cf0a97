"""``ssot audit`` for a reader: the score, the worst symbols, the findings by rule, and what to run next."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from ssot.report.codes import name_of
from ssot.report.hygiene import visible
from ssot.report.lines import Line, Lines, Style, count, joined, percent, table, title
from ssot.values import Audit, Finding, Fix, PathStatus, Ratio, SymbolReport

_SYMBOLS_SHOWN = 10
_PLACES_SHOWN = 3
_STATUS_STYLE = {
    PathStatus.CANONICAL: Style.GOOD,
    PathStatus.APPROVED: Style.GOOD,
    PathStatus.FRAGMENTED: Style.WARN,
    PathStatus.BROKEN: Style.BAD,
}
_FIXABLE = {Fix.SAFE: "fixed by ssot apply", Fix.UNSAFE: "fixed by ssot apply --unsafe"}
_FAR_MORE = 4  # times the canonical path's uses
_MANY = 5  # uses below which no custom shows


def audit_lines(audit: Audit, *, verbose: bool = False) -> Lines:
    """The whole report; `verbose` lists every symbol and every place."""
    return joined(
        _score(audit), _areas(audit), _symbols(audit, verbose), _findings(audit, verbose), _summary(audit), _next(audit)
    )


def _score(audit: Audit) -> Lines:
    canonical, compliance = audit.score.canonical, audit.score.compliance
    rows = table(
        (
            ("Canonical usage", percent(canonical.percent), _of(canonical, "imported names of governed symbols")),
            ("Compliance", percent(compliance.percent), _of(compliance, "files have no finding")),
        ),
        right=frozenset({1}),
        indent="",
    )
    return tuple(Line(row, _good_if(ratio)) for row, ratio in zip(rows, (canonical, compliance), strict=True))


def _of(ratio: Ratio, noun: str) -> str:
    return f"{ratio.part:,} of {ratio.whole:,} {noun}"


def _good_if(ratio: Ratio) -> Style:
    return Style.GOOD if ratio.part == ratio.whole else Style.WARN


def _areas(audit: Audit) -> Lines:
    if not audit.areas:
        return ()
    rows = [("area", "canonical", "", "clean files", "")]
    for area in sorted(audit.areas):
        canonical, compliance = audit.areas[area].canonical, audit.areas[area].compliance
        rows.append((area, *_cells(canonical), *_cells(compliance)))
    header, *body = table(rows, right=frozenset({1, 2, 3, 4}))
    return (title("By area"), Line(header, Style.DIM), *(Line(row) for row in body))


def _cells(ratio: Ratio) -> tuple[str, str]:
    return percent(ratio.percent), f"{ratio.part:,}/{ratio.whole:,}"


def _symbols(audit: Audit, verbose: bool) -> Lines:
    ordered = sorted(audit.symbols, key=lambda symbol: (-symbol.fragmented, symbol.canonical))
    wanted = [symbol for symbol in ordered if symbol.fragmented or verbose]
    if not wanted:
        return ()
    shown = wanted if verbose else wanted[:_SYMBOLS_SHOWN]
    blocks = [line for symbol in shown for line in _symbol(symbol)]
    return (title("Symbols with several import paths, most fragmented first"), *blocks, *_rest(wanted, shown, "symbol"))


def _symbol(symbol: SymbolReport) -> Iterator[Line]:
    total = sum(use.uses for use in symbol.paths)
    kind = "" if symbol.declared else "  (proposed)"
    yield Line(f"  {visible(symbol.canonical)}  {symbol.fragmented:,} of {total:,} fragmented{kind}", Style.TITLE)
    if symbol.definition != symbol.canonical:
        yield Line(f"    defined at {visible(symbol.definition)}", Style.DIM)
    if symbol.why and not symbol.declared:
        yield Line(f"    canonical because: {visible(symbol.why)}", Style.DIM)
    if not symbol.declared:
        yield from _custom(symbol, total)
    rows = table(
        [(use.status.value, f"{use.uses:,}", use.path) for use in symbol.paths], right=frozenset({1}), indent="    "
    )
    yield from (Line(row, _STATUS_STYLE[use.status]) for row, use in zip(rows, symbol.paths, strict=True))


def _custom(symbol: SymbolReport, total: int) -> Iterator[Line]:
    """Where the code has long decided for another path than the proposed one."""
    proposed = sum(use.uses for use in symbol.paths if use.path == symbol.canonical)
    most = max(symbol.paths, key=lambda use: use.uses, default=None)
    if most is not None and most.uses >= max(_MANY, _FAR_MORE * proposed):
        share = f"{visible(most.path)} is used {most.uses:,} of {total:,} times"
        yield Line(f"    {share}: swap it with the canonical path, or approve it", Style.WARN)


def _rest(everything: Sequence[object], shown: Sequence[object], noun: str, indent: str = "  ") -> Lines:
    left = len(everything) - len(shown)
    return (Line(f"{indent}… and {count(left, f'more {noun}')} (-v lists all)", Style.DIM),) if left else ()


def _findings(audit: Audit, verbose: bool) -> Lines:
    if not audit.findings:
        return ()
    ordered = sorted(audit.findings, key=lambda finding: (finding.rule, finding))
    lines: list[Line] = []
    for rule, group in groupby(ordered, key=lambda finding: finding.rule):
        lines += _rule(rule, tuple(group), verbose, _declared(audit))
    return (title("Findings"), *lines)


def _rule(rule: str, findings: tuple[Finding, ...], verbose: bool, declared: bool) -> Lines:
    shown = findings if verbose else findings[:_PLACES_SHOWN]
    head = f"  {visible(rule)} {visible(name_of(rule))}  {count(len(findings), 'finding')}{_fixes(findings, declared)}"
    places = tuple(
        Line(f"    {place(finding.path, finding.line, finding.column)}  {visible(finding.message)}")
        for finding in shown
    )
    return (Line(head, Style.WARN), *places, *_rest(findings, shown, "place", "    "))


def place(path: str, line: int, column: int | None = None) -> str:
    """``path:line:column`` of a place, safe to print."""
    return f"{visible(path)}:{line}" + (f":{column}" if column is not None else "")


def _fixes(findings: tuple[Finding, ...], declared: bool) -> str:
    if not declared:
        return ""
    counts = [(sum(finding.fix is fix for finding in findings), words) for fix, words in _FIXABLE.items()]
    return "".join(f", {number:,} {words}" for number, words in counts if number)


def _summary(audit: Audit) -> Lines:
    text = f"Read {count(audit.files, 'file')} and {count(audit.imports, 'internal import')}."
    if not audit.unreadable:
        return (Line(text),)
    warning = f"{count(audit.unreadable, 'file')} could not be read (SSOT001); what they define is unknown."
    return (Line(text), Line(warning, Style.WARN))


def _next(audit: Audit) -> Lines:
    steps = tuple(_steps(audit))
    if not steps:
        return (Line("Nothing to do.", Style.GOOD),) if not audit.findings else ()
    return (title("Next"), *(Line(row, Style.COMMAND) for row in table(steps)))


def _declared(audit: Audit) -> bool:
    """Whether there is a manifest, without which `plan` and `apply` have nothing to go by."""
    return all(symbol.declared for symbol in audit.symbols)


def _steps(audit: Audit) -> Iterator[tuple[str, str]]:
    if any(symbol.fragmented and not symbol.declared for symbol in audit.symbols):
        yield "ssot init", "write this proposal to ssot.toml, to keep, change or delete its entries; then commit it"
    fixes = {finding.fix for finding in audit.findings} if _declared(audit) else set()
    if Fix.SAFE in fixes:
        yield "ssot plan", "see every change as a diff, with its reason"
        yield "ssot apply", "get the changes as commits on a new branch; your files stay as they are"
    if Fix.UNSAFE in fixes:
        yield "ssot plan --unsafe", "see also those that a person should look at"
    if audit.findings:
        rule = min(finding.rule for finding in audit.findings)
        yield f"ssot explain {visible(rule)}", "what a rule means and why"
