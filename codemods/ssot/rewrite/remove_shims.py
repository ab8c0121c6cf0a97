"""remove-shims: shims whose day has passed and that nobody uses any more go, with the files that hold nothing else."""

from __future__ import annotations

from datetime import date

from ssot.index.layout import is_init
from ssot.rewrite.import_stage import shown_names
from ssot.rewrite.outcomes import Fate, FilePlan, Occurrence, Splice
from ssot.rewrite.shims.layout import merged
from ssot.rewrite.shims.refused import NoShimError
from ssot.rewrite.shims.register import Registered, register
from ssot.rewrite.shims.retire import without_rows
from ssot.rewrite.stage import Codemod, Licence, Outcome, Tree
from ssot.values import Safety

NAME = "remove-shims"
_SHOWN = 3


def removal(tree: Tree, today: date) -> Outcome:
    """What goes on some day: expired and unused. Those that are expired and used are refused as a whole."""
    plans: dict[str, FilePlan] = {}
    deleted: dict[str, frozenset[str]] = {}
    by_file: dict[str, list[Registered]] = {}
    for one in register(tree, today).shims:
        if one.expired:
            by_file.setdefault(one.file, []).append(one)
    for file, group in sorted(by_file.items(), key=lambda item: _inside_out(item[0])):
        free = [one for one in group if not one.places]
        outcomes = [_occurrence(one, Fate.REFUSED, *_used(one)) for one in group if one.places]
        keys = frozenset(one.canonical for one in free)
        splices: tuple[Splice, ...] = ()
        try:
            edits = without_rows(tree, tree.view(file), {_name(one) for one in free}, keys, deleted) if free else None
        except NoShimError as error:
            outcomes += [_occurrence(one, Fate.REFUSED, error.code, error.reason) for one in free]
        else:
            outcomes += [_occurrence(one, Fate.REWRITTEN, "", "") for one in free]
            splices = merged(edits.splices) if edits else ()
            if edits is not None and edits.deletes:
                deleted[file] = keys
        plans[file] = FilePlan(file, splices, tuple(outcomes))
    return Outcome(plans, {}, deleted)


def _inside_out(file: str) -> tuple[int, bool, str]:
    """Packages after what is in them."""
    return -file.count("/"), is_init(file), file


def _name(one: Registered) -> str:
    return one.path.partition(":")[2] or "*"


def _used(one: Registered) -> tuple[str, str]:
    shown = ", ".join(f"{place} ({place.way})" for place in one.places[:_SHOWN])
    more = f" and {len(one.places) - _SHOWN} more" if len(one.places) > _SHOWN else ""
    return "shim-expired-in-use", f"{one.path} ended on {one.until}, and is still used: {shown}{more}"


def _occurrence(one: Registered, fate: Fate, code: str, reason: str) -> Occurrence:
    return Occurrence(one.file, one.line, one.canonical, fate, code, reason, fate is Fate.REFUSED)


def title(keys: list[str], safety: Safety) -> str:
    return f"Remove the expired shims of {shown_names(keys)}"


def reason(keys: list[str], safety: Safety) -> str:
    listed = "\n".join(f"- {key}" for key in keys)
    return f"The last day of the old paths of these has passed, and nothing in this repository uses them:\n{listed}"


def codemod(today: date) -> Codemod:
    """The codemod for one day, which is said on the command line."""
    needs = frozenset({Licence.REMOVE})
    return Codemod(
        NAME, lambda tree: removal(tree, today), title, reason, lambda safety: ("SSOT202",), needs, atomic=True
    )
