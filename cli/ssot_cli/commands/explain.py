"""``ssot explain``."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from ssot_cli.settings import Settings, settings_of

if TYPE_CHECKING:
    from ssot.report.duplicates_text import Pair
    from ssot.report.lines import Lines

SUMMARY = "Explain a symbol, two definitions side by side, a rule or a reason code"
EXAMPLES = (
    ("ssot explain shop.engine.user:UserEngine", "where it is defined, every path to it, who uses each"),
    ("ssot explain shop.ws:Router shop.quality:Router", "what the second is to the first, and whether they can be one"),
    ("ssot explain SSOT101", "what a rule means"),
    ("ssot explain name-taken", "what a reason code means"),
)


class Format(StrEnum):
    TEXT = "text"
    JSON = "json"


def command(
    context: typer.Context,
    subject: Annotated[
        str, typer.Argument(metavar="REF_OR_CODE", help="package.module:Name, a rule or a reason code.")
    ],
    other: Annotated[
        str, typer.Argument(metavar="REF", help="A second definition, to be compared with the first.")
    ] = "",
    form: Annotated[Format, typer.Option("--format", help="How to print a comparison.")] = Format.TEXT,
) -> None:
    """Explain a symbol, what two definitions have in common, or what a rule or reason code means."""
    from ssot_cli.output import show

    settings = settings_of(context)
    if other:
        _compared(_pair(subject, other, settings), form, settings)
        return
    if form is Format.JSON:
        from ssot.values import SsotError

        raise SsotError("--format json is for two definitions", "name a second one, or leave --format out")
    show(_symbol(subject, settings) if ":" in subject else _code(subject), settings)


def _pair(canonical: str, duplicate: str, settings: Settings) -> Pair:
    from ssot_cli.engine import session

    for reference in (canonical, duplicate):
        head, dot, method = reference.rpartition(".") if "." in reference.partition(":")[2] else (reference, "", "")
        _checked(head)
        if dot:
            _checked(f"{head.partition(':')[0]}:{method}")
    with session(settings) as opened:
        return opened.compare(canonical, duplicate)


def _compared(pair: Pair, form: Format, settings: Settings) -> None:
    from ssot.report.duplicates_json import comparison_json
    from ssot.report.duplicates_text import comparison_lines
    from ssot_cli.output import emit, show

    if form is Format.JSON:
        emit(comparison_json(pair))
    else:
        show(comparison_lines(pair), settings)


def _checked(reference: str) -> None:
    from ssot.declare.syntax import InvalidValueError, object_reference
    from ssot.values import SsotError

    try:
        object_reference(reference)
    except InvalidValueError as error:
        raise SsotError(f"'{reference}' {error}", "name a symbol like shop.engine.user:UserEngine") from None


def _symbol(reference: str, settings: Settings) -> Lines:
    from ssot.report.explain_text import explain_lines
    from ssot_cli.engine import session

    _checked(reference)
    with session(settings) as opened:
        explanation = opened.explain(reference)
    return explain_lines(explanation, verbose=settings.verbose)


def _code(word: str) -> Lines:
    from ssot.report.codes import find_codes, nearest_code
    from ssot.report.explain_text import code_lines
    from ssot.report.lines import joined
    from ssot.values import SsotError

    entries = find_codes(word)
    if entries:
        return joined(*(code_lines(entry) for entry in entries))
    found = nearest_code(word)
    hint = f"; did you mean '{found}'?" if found else ""
    todo = f"name a symbol like {_as_symbol(word)}, or a code that a report prints, like SSOT101"
    raise SsotError(f"there is no rule or reason code '{word}'{hint}", todo)


def _as_symbol(word: str) -> str:
    """What was probably meant by a dotted name."""
    head, dot, tail = word.rpartition(".")
    return f"{head}:{tail}" if dot and head and tail else "shop.engine.user:UserEngine"
