"""What planning again on the result finds, taken into the same plan: so that a second run has nothing left to do."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from ssot.index.source import Source
from ssot.rewrite.compose import Piece, Shift, compose
from ssot.rewrite.outcomes import Fate, FilePlan, Occurrence, Splice
from ssot.rewrite.stage import Outcome

_TOPIC = ""  # pieces are on behalf of topics of one codemod here: its name does not matter


def continued(first: Outcome, second: Outcome, source: Callable[[str], Source]) -> Outcome:
    """`second` was planned on what `first` leaves; both as edits of the tree that `first` was planned on."""
    plans = dict(first.plans)
    for path, plan in second.plans.items():
        if plan.splices:
            known = plans.get(path, FilePlan(path))
            plans[path] = _joined(source(path), known, plan) if known.splices else plan
    return replace(first, plans=dict(sorted(plans.items())))


def _joined(source: Source, first: FilePlan, second: FilePlan) -> FilePlan:
    """All edits of the file go together: the later ones may stand on the earlier ones."""
    keys = frozenset().union(*(one.keys for one in (*first.splices, *second.splices)))
    found = compose(source.u8, [_piece(one) for one in first.splices], [_piece(one) for one in second.splices])
    return FilePlan(
        first.path,
        tuple(sorted(Splice(one.start, one.end, one.new, keys, one.safety) for one in found)),
        tuple(_accounted(source, first, second.occurrences)),
        (*first.renamed, *second.renamed),
        (*first.redirects, *second.redirects),
        second.stuck,
    )


def _piece(one: Splice) -> Piece:
    return Piece(one.start, one.end, one.new, frozenset((_TOPIC, key) for key in one.keys), one.safety)


def _accounted(source: Source, first: FilePlan, later: Iterable[Occurrence]) -> list[Occurrence]:
    """The occurrences of the first text; those that had been left alone and are rewritten after all, as rewritten."""
    shift = Shift.of([_piece(one) for one in first.splices])
    middle = source.spliced((one.start, one.end, one.new) for one in first.splices)
    text = replace(source, data=middle, text=middle[source.bom :].decode(source.encoding))
    found = list(first.occurrences)
    for occurrence in later:
        if occurrence.fate is Fate.REWRITTEN:
            line = source.line_of(shift.back(text.offset(occurrence.line, 0))[0])
            _revise(found, replace(occurrence, line=line))
    return found


def _revise(found: list[Occurrence], rewritten: Occurrence) -> None:
    here = [one for one in found if one.line == rewritten.line]
    left = [one for one in here if one.fate in (Fate.REFUSED, Fate.IGNORED) and one.symbol == rewritten.symbol]
    if left:
        found[found.index(left[0])] = rewritten
    elif not any(one.fate is Fate.REWRITTEN for one in here):
        found.append(rewritten)
