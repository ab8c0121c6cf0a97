"""deprecation-shims: declared legacy and duplicate paths become names that warn whoever still imports them.

See docs/decisions for the form of a shim. A shim is refused while anything in the repository uses the old path.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from ssot.declare.manifest import Shims
from ssot.index.table import Path
from ssot.index.view import FileView
from ssot.rewrite.import_stage import shown_names
from ssot.rewrite.outcomes import Fate, FilePlan, Occurrence, Splice
from ssot.rewrite.shims import announced, block, drop, whole
from ssot.rewrite.shims.block import NewRow
from ssot.rewrite.shims.candidates import Candidate, candidates
from ssot.rewrite.shims.layout import apart, merged
from ssot.rewrite.shims.loads import Loads
from ssot.rewrite.shims.places import Place, Places, Way
from ssot.rewrite.shims.refused import NoShimError
from ssot.rewrite.shims.unbind import Unbinding
from ssot.rewrite.shims.wrap import Wrapping
from ssot.rewrite.stage import Codemod, Licence, Outcome, Tree
from ssot.values import Safety

NAME = "deprecation-shims"
_SHOWN = 3
_NO_DAY = date(1970, 1, 1)  # of a tree that is no commit


@dataclass
class _Run:
    """One plan: what is left of the candidates as reasons against them turn up."""

    tree: Tree
    settings: Shims
    refused: dict[Path, tuple[str, str]] = field(default_factory=dict)

    def outcome(self) -> Outcome:
        everything = candidates(self.tree)
        ignored = [one for one in everything if self.tree.hands_off(one.file)]
        drops = self.settings.mode == "none"
        wanted = [one for one in everything if one not in ignored and not (drops and one.permanent)]
        for one in wanted:
            if one.code:
                self.refused[one.path] = (one.code, one.fault)
        self._shapes(wanted)
        self._uses(wanted)
        self._shapes(wanted)
        made = [one for one in wanted if one.path not in self.refused]
        return self._outcome(made, wanted, ignored)

    # -- what speaks against a shim

    def _shapes(self, wanted: Iterable[Candidate]) -> None:
        """Refuses what can't be written, file by file, until what is left can."""
        for file, group in _by_file(wanted):
            while left := [one for one in group if one.path not in self.refused]:
                try:
                    self._edits(file, left)
                    break
                except _CandidateError as error:
                    self.refused.update((one.path, (error.code, error.reason)) for one in error.those)

    def _uses(self, wanted: list[Candidate]) -> None:
        """Refuses what is used; a statement that only makes another shim is no use."""
        places = Places(self.tree, {one.path for one in wanted}, everywhere=self.settings.mode == "none")
        while True:
            made = {one.path for one in wanted if one.path not in self.refused and one.bound}
            fresh = {
                one.path: reason
                for one in wanted
                if one.path not in self.refused
                and (reason := _in_use(one, [p for p in places.of(one.path) if p.by is None or p.by not in made]))
            }
            if not fresh:
                return
            self.refused.update(fresh)

    # -- edits

    def _edits(self, file: str, group: list[Candidate]) -> _Edits:
        keys = frozenset(one.key for one in group)
        view = self.tree.view(file)
        moved = next((one for one in group if one.whole), None)
        try:
            if moved is not None:
                return self._moved(view, moved, keys)
            return self._named(view, group, keys)
        except NoShimError as error:
            raise _CandidateError(group, error.code, error.reason) from None

    def _named(self, view: FileView, group: list[Candidate], keys: frozenset[str]) -> _Edits:
        unbinding = Unbinding(view)
        wrapped = self._wrapped(view, [one for one in group if one.wraps], keys)
        for one in sorted(group, key=lambda one: one.line, reverse=True):  # `New = Old` goes before Old does
            if one.bound and not one.wraps:
                try:
                    unbinding.take(one.path[1], keys)
                except NoShimError as error:
                    raise _CandidateError([one], error.code, error.reason) from None
        going = [node for number, node in unbinding.nodes.items() if unbinding.goes(number)]
        splices = unbinding.edits(keys, self._loads.kept(view, going), self._loads.parts(view, going))
        if self.settings.mode == "none":
            names = {one.path[1] for one in group}
            return drop.names(self.tree, view, names, splices, keys)
        rows = [self._row(one) for one in group]
        typed = [row for one, row in zip(group, rows, strict=True) if one.bound and not one.wraps]
        calling = {one.path[1] for one in group if one.wraps}
        names = {one.path[1] for one in group} | {row.name for row in view.facts.shims.rows}
        silent = announced.cuts(view, announced.silenced(self.tree, view, names), keys)
        splices = [*apart([*splices, *silent]), *wrapped] if silent else [*splices, *wrapped]
        return _Edits([*splices, *block.splices(view, rows, typed, keys, unbinding.known, splices, calling)])

    def _wrapped(self, view: FileView, group: list[Candidate], keys: frozenset[str]) -> list[Splice]:
        found: list[Splice] = []
        for one in group:
            try:
                if self.settings.mode == "none":
                    raise NoShimError("shim-other-object", f"{one.shown} is a function of its own")
                found += Wrapping(self.tree, view, self._row(one)).splices(keys)
            except NoShimError as error:
                raise _CandidateError([one], error.code, error.reason) from None
        return found

    def _moved(self, view: FileView, one: Candidate, keys: frozenset[str]) -> _Edits:
        if self.settings.mode == "none":
            whole.check(self.tree, view, one.canonical)
            return drop.module(self.tree, view)
        row = self._row(one)
        return _Edits(whole.splices(self.tree, self._loads, view, row, keys))

    @cached_property
    def _loads(self) -> Loads:
        return Loads(self.tree.index)

    def _row(self, one: Candidate) -> NewRow:
        day = self.tree.day or _NO_DAY
        row = {row.name: row for row in self.tree.index.facts[one.file].shims.rows}.get(one.path[1])
        until = None if one.permanent else self.settings.until(day)
        if row is not None:
            return NewRow(one.path[1], one.canonical, row.since, row.until)
        return NewRow(one.path[1], one.canonical, day, until)

    # -- the result

    def _outcome(self, made: list[Candidate], wanted: list[Candidate], ignored: list[Candidate]) -> Outcome:
        plans: dict[str, FilePlan] = {}
        deleted: dict[str, frozenset[str]] = {}
        for file, group in _by_file(made):
            edits = self._edits(file, group)
            plans[file] = FilePlan(file, merged(edits.splices))
            if edits.deletes:
                deleted[file] = frozenset(one.key for one in group)
        fates = [(one, Fate.SHIMMED, "", "") for one in made]
        fates += [(one, Fate.REFUSED, *self.refused[one.path]) for one in wanted if one.path in self.refused]
        fates += [(one, Fate.IGNORED, self.tree.hands_off(one.file), "") for one in ignored]
        for one, fate, code, reason in fates:
            occurrence = Occurrence(one.file, one.line, one.key, fate, code, reason, fate is Fate.REFUSED)
            plan = plans.get(one.file, FilePlan(one.file))
            plans[one.file] = plan.joined(FilePlan(one.file, (), (occurrence,)))
        # a path that is gone breaks whoever uses it, so that the commit that takes it away also rewrites its users
        together = frozenset(one.key for one in made) if self.settings.mode == "none" else frozenset[str]()
        return Outcome(plans, {}, deleted, together)


class _CandidateError(Exception):
    """Some candidates of a file can't become shims."""

    def __init__(self, those: list[Candidate], code: str, reason: str) -> None:
        super().__init__(reason)
        self.those = those
        self.code = code
        self.reason = reason


_Edits = drop.Edits


def _by_file(found: Iterable[Candidate]) -> Iterator[tuple[str, list[Candidate]]]:
    groups: dict[str, list[Candidate]] = {}
    for one in found:
        groups.setdefault(one.file, []).append(one)
    yield from groups.items()


def _in_use(one: Candidate, places: list[Place]) -> tuple[str, str] | None:
    """The code and reason that speak against a shim for a path with these uses."""
    if not places:
        return None
    shown = ", ".join(f"{place} ({place.way})" for place in places[:_SHOWN])
    more = f" and {len(places) - _SHOWN} more" if len(places) > _SHOWN else ""
    patched = any(place.way is Way.PATCH for place in places)
    count = f"{len(places)} place{'s' if len(places) > 1 else ''}"
    if patched:
        return "shim-patched", f"{one.shown} is replaced while the program runs, which no shim would see: {shown}{more}"
    return "shim-in-use", f"{one.shown} is still used in {count}: {shown}{more}"


def plan(tree: Tree) -> Outcome:
    """Every declared path that nothing uses any more, as a shim."""
    settings = tree.manifest.shims
    if settings is None or settings.mode == "alias":
        return Outcome({})
    return _Run(tree, settings).outcome()


def title(keys: list[str], safety: Safety) -> str:
    return f"Old paths of {shown_names(keys)} warn whoever imports them"


def reason(keys: list[str], safety: Safety) -> str:
    listed = "\n".join(f"- {key}" for key in keys)
    return (
        f"The manifest declares paths as replaced by:\n{listed}\n\n"
        "Nothing in this repository uses them any more. Whoever still imports one gets the same object and a "
        "DeprecationWarning with the canonical path and the day of removal."
    )


CODEMOD = Codemod(
    NAME,
    plan,
    title,
    reason,
    lambda safety: ("SSOT202",),
    frozenset({Licence.RETIRE, Licence.DROP}),
    atomic=True,
)
