"""collapse-duplicates: a declared duplicate's definition goes, its name becomes another name of the canonical one.

Users of the name are not touched: they denote the canonical object from then on, and canonical-imports redirects them.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from ssot.audit.governance import reference
from ssot.index.table import Path
from ssot.rewrite.collapsing.declared import pairs
from ssot.rewrite.collapsing.plan_pair import Done
from ssot.rewrite.collapsing.rounds import rounds, splices
from ssot.rewrite.collapsing.values import Objection, Pair
from ssot.rewrite.outcomes import Fate, FilePlan, Occurrence, Splice
from ssot.rewrite.stage import Codemod, Licence, Outcome, Tree
from ssot.values import Safety

NAME = "collapse-duplicates"


def plan(tree: Tree) -> Outcome:
    """The edits for every declared duplicate that can be collapsed; the others are refused as a whole."""
    if not any(True for _ in pairs(tree)):
        return Outcome({})
    gathered = _Gathered()
    for one in rounds(tree):
        for key, path, made, done in one.found:
            gathered.add(tree, key, path, made, done)
        gathered.splices = {file: splices(pieces) for file, pieces in one.pieces.items() if pieces}
    return Outcome(gathered.plans(), inseparable=frozenset(gathered.gaining))


@dataclass
class _Gathered:
    """Outcomes of all pairs, by file."""

    splices: dict[str, tuple[Splice, ...]] = field(default_factory=dict)
    occurrences: dict[str, list[Occurrence]] = field(default_factory=dict)
    gaining: set[str] = field(default_factory=set)  # keys of classes whose new users need what they have got

    def add(self, tree: Tree, key: str, path: Path, made: Pair | Objection, done: Done | Objection) -> None:
        file, line = _place(tree, path, made, done)
        if isinstance(done, Objection):
            reason = f"{reference(path)}: {done.reason}"
            self._note(Occurrence(file, line, key, Fate.REFUSED, done.code, reason, whole=True))
            return
        self.gaining |= {key} if done.gains else set()
        self._note(Occurrence(file, line, key, Fate.REWRITTEN))
        for one in done.notices:
            self._note(Occurrence(one.path, one.line, key, Fate.REFUSED, one.code, one.reason))

    def _note(self, occurrence: Occurrence) -> None:
        self.occurrences.setdefault(occurrence.path, []).append(occurrence)

    def plans(self) -> dict[str, FilePlan]:
        paths = sorted(self.splices.keys() | self.occurrences.keys())
        return {
            path: FilePlan(path, self.splices.get(path, ()), tuple(self.occurrences.get(path, ()))) for path in paths
        }


def _place(tree: Tree, path: Path, made: Pair | Objection, done: Done | Objection) -> tuple[str, int]:
    """Where the duplicate is defined; the module's first line where it can't be found."""
    if isinstance(done, Done):
        return done.path, done.line
    module = made.duplicate.module if isinstance(made, Pair) else path[0]
    name = made.duplicate.name if isinstance(made, Pair) else path[1]
    file = tree.index.layout.paths.get(module, tree.manifest.file)
    bindings = tree.index.bindings(module).get(name, [])
    return file, bindings[-1].line if bindings else 1


def _title(keys: list[str], safety: Safety) -> str:
    names = ", ".join(key.rpartition(":")[2] for key in keys[:3])
    return f"Collapse the duplicates of {names}" + (f" and {len(keys) - 3} more" if len(keys) > 3 else "")


def _reason(keys: list[str], safety: Safety) -> str:
    listed = "\n".join(f"- {key}" for key in keys)
    how = (
        "Modules with effects are loaded where they were not before, so a person should look."
        if safety is Safety.UNSAFE
        else "The definitions were compared: what callers can see is the same."
    )
    return f"The manifest declares as the one definition:\n{listed}\n\n{how} The old names are other names of it."


CODEMOD = Codemod(
    NAME, plan, _title, _reason, lambda safety: ("SSOT201",), needs=frozenset({Licence.COLLAPSE}), atomic=True
)
