"""A file that can't be read or parsed: what it defines and uses is not known."""

from __future__ import annotations

from collections.abc import Iterator

from ssot.audit.context import AuditContext
from ssot.index.selection import is_python
from ssot.values import Finding, Fix, Severity, Skipped

RULE = "SSOT001"


# Nothing is wrong with these: they are just not looked into.
_FINE = ("symlink", "submodule")


def check(context: AuditContext) -> Iterator[Finding]:
    problems = [(facts.problem, facts.lexed) for facts in context.index.facts.values() if facts.problem is not None]
    skipped = [(one, False) for one in _of_interest(context)]
    for problem, lexed in sorted(problems + skipped, key=lambda one: one[0].path):
        read = "; its imports were read" if lexed else ""
        message = f"not read ({problem.code}): {problem.reason}{read}"
        severity = Severity.NOTE if problem.code in _FINE else Severity.WARNING
        yield context.finding(RULE, (problem.path, problem.line, 1, 1), message, "", severity, Fix.NONE)


def _of_interest(context: AuditContext) -> Iterator[Skipped]:
    """Modules, and folders that somebody imports from: a link to a licence is nobody's concern."""
    words: set[str] = set()
    for facts in context.index.facts.values() if context.skipped else ():
        for fact in facts.imports:
            words.update(fact.module.split("."))
            words.update(part for name in fact.names for part in name.name.split("."))
    for one in context.skipped:
        if is_python(one.path) or one.path.rpartition("/")[2].partition(".")[0] in words:
            yield one
