"""A string names a governed symbol by a path to replace: `mock.patch` targets, settings, lazy imports."""

from __future__ import annotations

from collections.abc import Iterator

from ssot.audit.context import AuditContext
from ssot.audit.mentions import Kind, Mentions
from ssot.index.view import FileView
from ssot.values import Finding, Fix, Severity

RULE = "SSOT105"


def check(context: AuditContext) -> Iterator[Finding]:
    if not context.declared:
        return
    mentions = Mentions(context.governance)
    for path, source in sorted(context.sources.items()):
        if not mentions.may_be_in(source, context.index.facts[path]):
            continue
        for mention in mentions.in_view(FileView(source, context.index)):
            if mention.kind is Kind.STRING and not _patched_where_used(context, mention.path):
                line = source.line_of(mention.start)
                column = mention.start - source.line_starts[line - 1] + 1
                message = f"the text names {mention.text}; the canonical path is {mention.target}"
                place = (path, line, column, mention.end - mention.start)
                yield context.finding(RULE, place, message, mention.key, Severity.WARNING, Fix.UNSAFE)


def _patched_where_used(context: AuditContext, path: tuple[str, str]) -> bool:
    return context.used_in_own_module(path)
