"""``ssot verify`` for a reader."""

from __future__ import annotations

from ssot.report.audit_text import place
from ssot.report.hygiene import visible
from ssot.report.lines import Line, Lines, Style, count, joined, title
from ssot.values import Finding


def verify_lines(
    branch: str | None, *, ok: bool, checked_imports: int, checked_files: int, problems: tuple[Finding, ...]
) -> Lines:
    """What was checked on the branch, and each problem found."""
    what = visible(branch) if branch else "the work tree"
    checked = f"{count(checked_imports, 'import')} in {count(checked_files, 'file')}"
    if ok:
        return (Line(f"{what}: {checked} checked; all resolve and denote what they did before.", Style.GOOD),)
    listed = tuple(
        Line(f"  {place(problem.path, problem.line, problem.column)}  {visible(problem.message)}", Style.BAD)
        for problem in sorted(problems)
    )
    head = title(f"{what}: {count(len(problems), 'problem')} in {checked}")
    todo = f"ssot undo {visible(branch)}" if branch else "ssot audit"
    return joined((head, *listed), (title("Next"), Line(f"  {todo}", Style.COMMAND)))
