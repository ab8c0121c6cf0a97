"""``ssot explain``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from ssot_cli.settings import Settings, settings_of

if TYPE_CHECKING:
    from ssot.report.lines import Lines

SUMMARY = "Explain a symbol, a rule or a reason code"
EXAMPLES = (
    ("ssot explain shop.engine.user:UserEngine", "where it is defined, every path to it, who uses each"),
    ("ssot explain SSOT101", "what a rule means"),
    ("ssot explain name-taken", "what a reason code means"),
)


def command(
    context: typer.Context,
    subject: Annotated[
        str, typer.Argument(metavar="REF_OR_CODE", help="package.module:Name, a rule or a reason code.")
    ],
) -> None:
    """Explain a symbol, or what a rule or reason code means, with an example and what to do."""
    from ssot_cli.output import show

    settings = settings_of(context)
    show(_symbol(subject, settings) if ":" in subject else _code(subject), settings)


def _symbol(reference: str, settings: Settings) -> Lines:
    from ssot.declare.syntax import InvalidValueError, object_reference
    from ssot.report.explain_text import explain_lines
    from ssot.values import SsotError
    from ssot_cli.engine import session

    try:
        object_reference(reference)
    except InvalidValueError as error:
        raise SsotError(f"'{reference}' {error}", "name a symbol like shop.engine.user:UserEngine") from None
    with session(settings) as opened:
        explanation = opened.explain(reference)
    return explain_lines(explanation, verbose=settings.verbose)


def _code(word: str) -> Lines:
    from ssot.report.codes import all_codes, find_codes, nearest_code
    from ssot.report.explain_text import code_lines
    from ssot.report.lines import joined
    from ssot.values import SsotError

    entries = find_codes(word)
    if entries:
        return joined(*(code_lines(entry) for entry in entries))
    found = nearest_code(word)
    hint = f"; did you mean '{found}'?" if found else ""
    todo = f"name a symbol like shop.engine.user:UserEngine, or a code: {', '.join(all_codes())}"
    raise SsotError(f"there is no rule or reason code '{word}'{hint}", todo)
