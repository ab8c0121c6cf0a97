"""Codemods of other distributions, found by their entry points; off unless somebody names them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from importlib.metadata import EntryPoint, entry_points

from ssot.declare.suggest import did_you_mean
from ssot.rewrite.stage import Codemod, Outcome, Tree
from ssot.values import SsotError

GROUP = "ssot.codemods"
_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")


def installed() -> tuple[tuple[str, str], ...]:
    """Name and value of every plug-in there is; none is imported."""
    return tuple(sorted((one.name, one.value) for one in entry_points(group=GROUP)))


def load(names: Iterable[str]) -> list[Codemod]:
    """The plug-ins of these names, in this order; raises SsotError where one can't be had."""
    points = {one.name: one for one in entry_points(group=GROUP)}
    return [_loaded(points, name) for name in dict.fromkeys(names)]


def _loaded(points: dict[str, EntryPoint], name: str) -> Codemod:
    if name not in points:
        what = f"no plug-in '{name}' is installed{did_you_mean(name, sorted(points))}"
        raise SsotError(what, "install it where ssot is installed; `ssot codemods` lists what there is")
    try:
        found = points[name].load()
    except BaseException as error:
        raise _broken(name, "can't be loaded", error) from error
    if not isinstance(found, Codemod):
        what = f"plug-in '{name}' is a {type(found).__name__}, not an ssot.codemod.Codemod"
        raise SsotError(what, "leave it out, or ask its author")
    if not _NAME.fullmatch(found.name):
        raise SsotError(
            f"plug-in '{name}' calls its codemod '{found.name}'", "words of a-z and 0-9 with dashes are names"
        )
    return guarded(name, found)


def guarded(name: str, codemod: Codemod) -> Codemod:
    """The same codemod under the gates of our own, its exceptions told as what they are."""

    def plan(tree: Tree) -> Outcome:
        try:
            found = codemod.plan(tree)
        except SsotError:
            raise
        except Exception as error:
            raise _broken(name, "fails", error) from error
        if not isinstance(found, Outcome):
            raise SsotError(f"plug-in '{name}' gives no Outcome", "leave it out, or ask its author")
        return found

    return replace(codemod, plan=plan, foreign=False)


def _broken(name: str, what: str, error: BaseException) -> SsotError:
    words = str(error).partition("\n")[0]
    return SsotError(f"plug-in '{name}' {what}: {type(error).__name__}: {words}", "leave it out, or ask its author")


def unique(codemods: Sequence[Codemod]) -> Sequence[Codemod]:
    """The same, or an error where two have one name: the plan could not tell their edits apart."""
    seen: set[str] = set()
    for codemod in codemods:
        if codemod.name in seen:
            raise SsotError(
                f"two codemods are called '{codemod.name}'", "rename the [[codemod]], or leave the plug-in out"
            )
        seen.add(codemod.name)
    return codemods
