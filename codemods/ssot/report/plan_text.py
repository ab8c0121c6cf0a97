"""``ssot plan`` for a reader: every change set with its diff, the refusals, the ledger."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import groupby

from ssot.report.audit_text import place
from ssot.report.codes import meaning_of
from ssot.report.hygiene import code_line, visible
from ssot.report.lines import Line, Lines, Style, count, joined, table, title
from ssot.values import ChangeSet, Ledger, Plan, Refusal, Safety

_PLACES_SHOWN = 3
_SAFETY_STYLE = {Safety.SAFE: Style.GOOD, Safety.UNSAFE: Style.WARN, Safety.MANUAL: Style.DIM}


def plan_lines(
    plan: Plan,
    patches: Mapping[str, bytes],
    *,
    verbose: bool = False,
    uncommitted: int = 0,
    unsafe: bool = False,
    again: str = "",
    look: str = "",
    guest: bool = False,
) -> Lines:
    """The whole preview. `patches`: each change set's diff by its id; `unsafe`: the plan was made with those edits;
    `again`: what commits it, where that is not ``ssot apply``; `look`: what shows those edits too, where that is not
    ``ssot plan --unsafe``; `guest`: it is the plan of somebody else's codemod alone."""
    blocks = [_change_set(change_set, patches.get(change_set.id, b"")) for change_set in plan.change_sets]
    return joined(
        *blocks,
        refusal_lines(plan.refusals, verbose=verbose),
        ledger_lines(plan.ledger, guest=guest),
        uncommitted_lines(uncommitted),
        _summary(plan),
        _next(plan, unsafe, again, look),
    )


def _change_set(change_set: ChangeSet, patch: bytes) -> Lines:
    size = f"{count(change_set.edit_count, 'edit')} in {count(len(change_set.files), 'file')}"
    details = f"  {change_set.safety.value} · {visible(change_set.codemod)} · {size}"
    return (
        title(change_set.title),
        *(Line(f"  {visible(line)}".rstrip()) for line in change_set.reason.split("\n")),
        Line(details, _SAFETY_STYLE[change_set.safety]),
        *diff_lines(patch),
    )


def diff_lines(patch: bytes) -> Iterator[Line]:
    """A patch, line by line; bytes that are not UTF-8 are shown as escapes."""
    text = patch.decode("utf-8", "backslashreplace")
    in_hunk = False
    for line in text.split("\n")[: -1 if text.endswith("\n") else None] if text else ():
        in_hunk = line.startswith("@@") or (in_hunk and not line.startswith("diff --git "))
        yield Line(f"  {code_line(line)}", _diff_style(line, in_hunk))


def _diff_style(line: str, in_hunk: bool) -> Style:
    if not in_hunk:
        return Style.DIM
    return {"@": Style.HUNK, "+": Style.ADDED, "-": Style.REMOVED, "\\": Style.DIM}.get(line[:1], Style.PLAIN)


def refusal_lines(refusals: tuple[Refusal, ...], *, verbose: bool = False) -> Lines:
    """Refusals grouped by code, the most frequent first, with their first places or all."""
    ordered = sorted(refusals, key=lambda refusal: (refusal.code, refusal))
    groups = [(code, tuple(group)) for code, group in groupby(ordered, key=lambda refusal: refusal.code)]
    groups.sort(key=lambda group: (-len(group[1]), group[0]))
    lines = [line for code, group in groups for line in _refused(code, group, verbose)]
    return (title(f"Left alone: {count(len(refusals), 'place')}"), *lines) if lines else ()


def _refused(code: str, refusals: tuple[Refusal, ...], verbose: bool) -> Iterator[Line]:
    yield Line(f"  {visible(code)}  {count(len(refusals), 'place')}  {meaning_of(code)}".rstrip(), Style.WARN)
    shown = refusals if verbose else refusals[:_PLACES_SHOWN]
    for refusal in shown:
        yield Line(f"    {place(refusal.path, refusal.line)}  {visible(refusal.symbol)}  {visible(refusal.reason)}")
    if len(shown) < len(refusals):
        left = len(refusals) - len(shown)
        yield Line(f"    … and {count(left, 'more place')} (-v lists all; ssot explain {visible(code)})", Style.DIM)


def ledger_lines(ledger: Ledger, *, guest: bool = False) -> Lines:
    """The occurrences and where each ended; the four outcomes add up."""
    outcomes = ("rewritten", "shimmed", "refused", "ignored")
    rows = table([(name, f"{getattr(ledger, name):,}") for name in outcomes], right=frozenset({1}))
    by = table([(reason, f"{number:,}") for reason, number in ledger.ignored_by], right=frozenset({1}), indent="      ")
    of = "that the codemod changed, or that were left" if guest else "of governed paths and names"
    return (
        title(f"Ledger: {count(ledger.occurrences, 'place' if guest else 'occurrence')} {of}"),
        *(Line(row) for row in rows),
        *(Line(row, Style.DIM) for row in by),
    )


def uncommitted_lines(uncommitted: int) -> Lines:
    """What is said where the work tree differs from the commit that was read."""
    if not uncommitted:
        return ()
    verb = "is" if uncommitted == 1 else "are"
    return (Line(f"{count(uncommitted, 'uncommitted file')} {verb} not part of this: a commit was read.", Style.WARN),)


def _summary(plan: Plan) -> Lines:
    if not plan.change_sets:
        return (Line("Nothing to change.", Style.GOOD),)
    safety = Counter(change_set.safety for change_set in plan.change_sets)
    kinds = ", ".join(f"{safety[kind]:,} {kind.value}" for kind in Safety if safety[kind])
    edits = sum(change_set.edit_count for change_set in plan.change_sets)
    sets = count(len(plan.change_sets), "change set")
    return (Line(f"{sets} ({kinds}): {count(edits, 'edit')} in {count(len(plan.paths), 'file')}.", Style.TITLE),)


def _next(plan: Plan, unsafe: bool, again: str, look: str) -> Lines:
    steps: list[tuple[str, str]] = []
    if plan.change_sets:
        steps.append((again or f"ssot apply{' --unsafe' if unsafe else ''}", "commit exactly this on a new branch"))
    if not unsafe and any(refusal.code == "needs-unsafe" for refusal in plan.refusals):
        steps.append((look or "ssot plan --unsafe", "see the edits that a person should look at"))
    return (title("Next"), *(Line(row, Style.COMMAND) for row in table(steps))) if steps else ()
