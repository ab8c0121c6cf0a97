"""Every rule and reason code: what it means, why it is so, an example, what to do."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from ssot.declare.suggest import nearest


@dataclass(frozen=True, slots=True)
class Code:
    """One entry of the table behind ``ssot explain CODE``."""

    code: str
    name: str  # of a rule; for reason codes the code itself
    kind: str  # "rule", "refusal", "gate", "skipped" or "ignored"
    meaning: str
    why: str
    example: str
    todo: str


@cache
def all_codes() -> dict[str, Code]:
    """Every entry by its code, rules first, then in the order of the tables."""
    from ssot.report.codes_bridge import BRIDGE
    from ssot.report.codes_collapse import COLLAPSE
    from ssot.report.codes_duplicates import DUPLICATES
    from ssot.report.codes_gates import GATES
    from ssot.report.codes_ignored import IGNORED
    from ssot.report.codes_loading import LOADING
    from ssot.report.codes_refusals import REFUSALS
    from ssot.report.codes_rules import RULES
    from ssot.report.codes_shims import SHIMS
    from ssot.report.codes_skipped import SKIPPED

    return {
        entry.code: entry
        for entry in (*RULES, *REFUSALS, *SHIMS, *DUPLICATES, *COLLAPSE, *LOADING, *BRIDGE, *GATES, *SKIPPED, *IGNORED)
    }


def find_codes(word: str) -> tuple[Code, ...]:
    """The entries with this code or rule name, whatever its case: a rule and a refusal may share a name."""
    wanted = word.casefold()
    return tuple(entry for entry in all_codes().values() if wanted in (entry.code.casefold(), entry.name.casefold()))


def nearest_code(word: str) -> str:
    """The code or rule name that `word` most resembles, or the empty string."""
    return nearest(word, {name for entry in all_codes().values() for name in (entry.code, entry.name)})


def name_of(code: str) -> str:
    """The readable name of a rule; the code itself where the table has none."""
    entry = all_codes().get(code)
    return entry.name if entry else code


def meaning_of(code: str) -> str:
    """The one sentence that says what a code means, or the empty string."""
    entry = all_codes().get(code)
    return entry.meaning if entry else ""
