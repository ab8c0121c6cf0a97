"""The same thing is defined twice: a declared duplicate that is still there, or one that nobody has declared.

Not looked at without a declaration: tests, stubs, examples, vendored and generated code, migrations, database models,
enumerations, protocols, typed dicts, named tuples, classes with slots, what is registered somewhere or keeps state in the
class, twins for versions, platforms or waiting, and what is too small to say much (below 60 characters of a function's
text, 80 of a class's, white space and names apart; three times as much where the names differ).
"""

from __future__ import annotations

from collections.abc import Iterator

from ssot.audit.context import AuditContext
from ssot.audit.duplicates.compare import compare
from ssot.audit.duplicates.comparison import Comparison, Verdict
from ssot.audit.duplicates.definitions import Definitions
from ssot.audit.duplicates.finding import SAME, Reported, find
from ssot.audit.governance import parse_reference
from ssot.index.table import Symbol
from ssot.values import Finding, Fix, Severity

RULE = "SSOT201"
_SEVERITY = {
    Verdict.IDENTICAL: Severity.ERROR,
    Verdict.EQUIVALENT: Severity.ERROR,
    Verdict.ADAPTER: Severity.ERROR,
    Verdict.SUPERSET: Severity.WARNING,
    Verdict.SUBSET: Severity.WARNING,
    Verdict.CONFLICTING: Severity.WARNING,
    Verdict.UNRELATED: Severity.NOTE,
}


def check(context: AuditContext) -> Iterator[Finding]:
    project = Definitions(context.index, context.sources, context.is_test, context.hands_off)
    declared = dict(_declared(context))
    for duplicate, canonical in declared.items():
        if project.get(duplicate) is not None:
            yield _of_declared(context, project, compare(project, canonical, duplicate, uses=False))
    for one in find(project):
        if one.comparison.duplicate not in declared and one.comparison.canonical not in declared:
            yield _of_undeclared(context, project, one)


def _declared(context: AuditContext) -> Iterator[tuple[Symbol, Symbol]]:
    """Each declared duplicate that is an object of its own, with its canonical one."""
    for entry in context.collapse:
        canonical = context.index.resolve(*parse_reference(entry.canonical))
        for text in entry.duplicates:
            duplicate = context.index.resolve(*parse_reference(text))
            if isinstance(canonical, Symbol) and isinstance(duplicate, Symbol) and canonical != duplicate:
                yield duplicate, canonical


def _of_declared(context: AuditContext, project: Definitions, found: Comparison) -> Finding:
    why = "; ".join(dict.fromkeys(one.reason for one in found.blockers)) or _first_conflict(found)
    message = f"still defined here ({found.verdict.value}); the canonical definition is {found.canonical}"
    message += f"; in the way: {why}" if why else ""
    same = found.verdict in SAME and not found.blockers
    fix = Fix.SAFE if same else Fix.MANUAL if found.blockers or found.conflicts else Fix.UNSAFE
    return _finding(context, project, found, message, _SEVERITY[found.verdict], fix)


def _first_conflict(found: Comparison) -> str:
    return next((f"{row.aspect}: {row.note or 'differs'}" for row in found.conflicts), "")


def _of_undeclared(context: AuditContext, project: Definitions, one: Reported) -> Finding:
    found = one.comparison
    other = project.get(found.canonical)
    place = f" ({other.path}:{other.line})" if other is not None else ""
    adds = f", which {found.adds}" if found.adds else ""
    if not one.proposed:
        message = f"{found.verdict.value} with {found.canonical}{place}: a method of a class that is not related"
        return _finding(context, project, found, message, Severity.NOTE, Fix.NONE)
    message = f"{_WORDS[found.verdict]} {found.canonical}{place}{adds}; to make them one, declare [[collapse]]"
    message += f' canonical = "{found.canonical}", duplicates = ["{found.duplicate}"], or the other way round'
    return _finding(context, project, found, message, Severity.WARNING, Fix.MANUAL)


_WORDS = {
    Verdict.IDENTICAL: "identical with",
    Verdict.EQUIVALENT: "equivalent to",
    Verdict.ADAPTER: "an adapter of",
}


def _finding(
    context: AuditContext, project: Definitions, found: Comparison, message: str, severity: Severity, fix: Fix
) -> Finding:
    definition = project.get(found.duplicate)
    assert definition is not None
    prefix = {"FunctionDef": 4, "ClassDef": 6, "AsyncFunctionDef": 10}[type(definition.node).__name__]
    place = (definition.path, definition.line, definition.node.col_offset + 1, prefix + len(definition.node.name))
    return context.finding(RULE, place, message, str(found.duplicate), severity, fix)
