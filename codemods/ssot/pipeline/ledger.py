"""Where every occurrence of the base ended, after codemods that each saw another tree."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from ssot.index.source import Source
from ssot.pipeline.stages import Staged, tree_of
from ssot.pipeline.workspace import Workspace
from ssot.rewrite import import_stage
from ssot.rewrite.compose import Piece, Shift
from ssot.rewrite.outcomes import Fate, Occurrence

Place = tuple[str, int, str]  # path, line of the base, symbol


@dataclass
class Account:
    """Occurrences by their place in the base. A later codemod's word about a place counts."""

    base: Workspace
    _found: dict[Place, list[Occurrence]] = field(default_factory=dict)
    _others: dict[str, set[int]] = field(
        default_factory=dict
    )  # lines of the base edited by codemods that move no imports

    def add(self, staged: Staged, earlier: Mapping[str, Sequence[Piece]]) -> None:
        """`earlier` are the edits that lie between the base and the tree that this codemod saw."""
        imports = staged.codemod.name == import_stage.CODEMOD.name
        for path, plan in staged.outcome.plans.items():
            lines = _Lines(self.base, staged.before, path, earlier.get(path, ()))
            for occurrence in plan.occurrences:
                line, put_there = lines.back(occurrence.line)
                moved = replace(occurrence, line=line)
                if not imports:
                    self._revise(moved)
                elif not put_there:  # else an import of the canonical path that an earlier codemod wrote
                    self._found.setdefault(_place(moved), []).append(moved)
        if not imports and not staged.codemod.foreign:  # what somebody else's codemod does is not about governed paths
            for path, pieces in staged.pieces().items():
                lines = _Lines(self.base, staged.before, path, earlier.get(path, ()))
                self._others.setdefault(path, set()).update(line for piece in pieces for line in lines.of(piece))

    def _revise(self, occurrence: Occurrence) -> None:
        known = self._found.setdefault(_place(occurrence), [])
        spoken = next((o for o in known if o.fate in (Fate.IGNORED, Fate.REWRITTEN)), None)
        if spoken is not None:
            known.remove(spoken)
        known.append(occurrence)

    def settled(self) -> list[Occurrence]:
        """All of them, those included that went away with a definition in which they stood."""
        found = [occurrence for known in self._found.values() for occurrence in known]
        return [*found, *self._gone()]

    def _gone(self) -> Iterator[Occurrence]:
        if not self._others:
            return
        counted = Counter({place: len(known) for place, known in self._found.items()})
        for occurrence in import_stage.occurrences(tree_of(self.base), sorted(self._others)):
            if counted[_place(occurrence)]:
                counted[_place(occurrence)] -= 1
            elif occurrence.line in self._others[occurrence.path]:
                yield replace(occurrence, fate=Fate.REWRITTEN, code="", reason="")


def _place(occurrence: Occurrence) -> Place:
    return occurrence.path, occurrence.line, occurrence.symbol


class _Lines:
    """Lines of one file as a codemod saw it, and as they are in the base."""

    def __init__(self, base: Workspace, seen: Workspace, path: str, earlier: Sequence[Piece]) -> None:
        self._base = _source(base, path)
        self._seen = _source(seen, path)
        self._shift = Shift.of(earlier) if earlier else None

    def back(self, line: int) -> tuple[int, bool]:
        if self._shift is None or self._seen is None or self._base is None:
            return line, False
        offset, put_there = self._shift.back(self._seen.offset(line, 0))
        return self._base.line_of(offset), put_there

    def of(self, piece: Piece) -> range:
        """The lines of the base that a piece of the seen text touches."""
        if self._seen is None:
            return range(0)
        first, last = (self.back(self._seen.line_of(offset))[0] for offset in (piece.start, piece.end))
        return range(first, last + 1)


def _source(work: Workspace, path: str) -> Source | None:
    return work.sources.get(path) or work.texts.get(path)
