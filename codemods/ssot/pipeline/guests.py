"""Which codemods make a plan: our own, plug-ins that somebody named, and those of the manifest where they are allowed."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from ssot.bridge.foreign import BOWLER, LIBCST, Foreign
from ssot.bridge.plugins import load, unique
from ssot.declare.manifest import Manifest
from ssot.declare.suggest import did_you_mean
from ssot.rewrite.outcomes import Fate, FilePlan, Occurrence
from ssot.rewrite.stage import Codemod, Outcome
from ssot.values import SsotError


@dataclass(frozen=True)
class Guests:
    """What the person at the command line allows. Never read from the repository."""

    allow_exec: bool = False
    search: tuple[str, ...] = ()  # folders in which the manifest's LibCST codemods are found
    plugins: tuple[str, ...] = ()


NOBODY = Guests()


def chosen(
    own: Sequence[Codemod], manifest: Manifest, only: Collection[str], guests: Guests, jobs: int = 1
) -> list[Codemod]:
    """In the order in which they run; ``only`` names some, none means all."""
    plugins = load(guests.plugins)
    declared = [_declared(manifest, number, guests, jobs) for number in range(len(manifest.codemod))]
    everything = unique([*own, *plugins, *declared])
    known = [codemod.name for codemod in everything]
    for name in only:
        if name not in known:
            raise SsotError(f"there is no codemod '{name}'{did_you_mean(name, known)}", "`ssot codemods` lists them")
    return [codemod for codemod in everything if not only or codemod.name in only]


def _declared(manifest: Manifest, number: int, guests: Guests, jobs: int) -> Codemod:
    entry = manifest.codemod[number]
    if not guests.allow_exec:
        return _held_back(entry.id, *_place(manifest, number))
    kind, name = (LIBCST, entry.libcst) if entry.libcst is not None else (BOWLER, entry.bowler or "")
    arguments: dict[str, str | None] = dict(entry.args)
    inside = kind == BOWLER
    return Foreign(kind, name, tuple(arguments.items()), (), guests.search, jobs, id=entry.id, inside=inside).codemod()


def _place(manifest: Manifest, number: int) -> tuple[str, int]:
    file, _, line = manifest.location("codemod", number, "id").rpartition(":")
    return (file, int(line)) if file and line.isdigit() else (manifest.file, 1)


def _held_back(name: str, file: str, line: int) -> Codemod:
    """Stands for a codemod that nobody allowed: it does nothing and says so."""
    reason = "runs only with --allow-exec"
    note = Occurrence(file, line, name, Fate.REFUSED, "needs-allow-exec", reason)
    outcome = Outcome({file: FilePlan(file, (), (note,))})
    return Codemod(name, lambda tree: outcome, lambda *_: name, lambda *_: "", foreign=True)
