"""``ssot apply`` for a reader: the branch, its commits, what was left alone, what to do next."""

from __future__ import annotations

from ssot.deliver.branch import Applied
from ssot.deliver.commits import AppliedCommit
from ssot.report.hygiene import visible
from ssot.report.lines import Line, Lines, Style, count, joined, table, title
from ssot.report.plan_text import ledger_lines, refusal_lines, uncommitted_lines
from ssot.values import Plan

_ID_SHOWN = 10


def apply_lines(
    plan: Plan, applied: Applied | None, *, verbose: bool = False, uncommitted: int = 0, guest: bool = False
) -> Lines:
    """What `apply` did; `applied` is None where there was nothing to commit."""
    return joined(
        _head(applied),
        _commits(plan, applied),
        refusal_lines(plan.refusals, verbose=verbose),
        ledger_lines(plan.ledger, guest=guest),
        uncommitted_lines(uncommitted),
        _next(applied),
    )


def in_place_lines(plan: Plan, *, verbose: bool = False) -> Lines:
    """What ``apply --in-place`` did."""
    edited = count(len(plan.paths), "file")
    head = Line(f"Edited {edited} in the work tree." if plan.paths else "Nothing to change.", Style.GOOD)
    return joined((head,), refusal_lines(plan.refusals, verbose=verbose), ledger_lines(plan.ledger))


def _head(applied: Applied | None) -> Lines:
    if applied is None or not applied.branches:
        return (Line("Nothing to change; no branch was made.", Style.GOOD),)
    verb = "already holds this plan; nothing was written" if applied.already else "made"
    return tuple(Line(f"Branch {visible(branch.name)} {verb}.", Style.GOOD) for branch in applied.branches)


def _commits(plan: Plan, applied: Applied | None) -> Lines:
    if applied is None or not applied.commits:
        return ()
    titles = {change_set.id: change_set.title for change_set in plan.change_sets}
    rows = [_commit(commit, titles) for commit in applied.commits]
    return (title(count(len(rows), "commit")), *(Line(row) for row in table(rows)))


def _commit(commit: AppliedCommit, titles: dict[str, str]) -> tuple[str, ...]:
    size = f"{count(commit.files, 'file')}, +{commit.insertions:,} -{commit.deletions:,}"
    return commit.id[:_ID_SHOWN], size, titles.get(commit.change_set, commit.change_set)


def _next(applied: Applied | None) -> Lines:
    if applied is None or not applied.branches:
        return ()
    first, made = visible(applied.branches[0].name), visible(applied.branch or "")
    steps = (
        (f"ssot verify {first}", "check that imports on it resolve and denote what they did"),
        (f"git log -p {first}", "read it"),
        (f"git merge {first}", "take it"),
        (f"ssot undo {made}", "remove it"),
    )
    return (title("Next"), *(Line(row, Style.COMMAND) for row in table(steps)))
