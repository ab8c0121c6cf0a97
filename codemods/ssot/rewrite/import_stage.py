"""canonical-imports over a whole tree: code, doctests, then everything that is text."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from ssot.audit.governance import Status
from ssot.audit.mentions import Mentions
from ssot.audit.sites import may_concern
from ssot.index.source import Source
from ssot.index.view import FileView
from ssot.rewrite.canonical_imports import NAME
from ssot.rewrite.doctests import plan_doctests
from ssot.rewrite.outcomes import Fate, FilePlan, Occurrence
from ssot.rewrite.project import Planner
from ssot.rewrite.stage import Codemod, Outcome, Tree
from ssot.rewrite.strings import StringPlanner, stuck_paths
from ssot.values import Safety, Skipped

_SHOWN = 3  # symbols named in a title


def plan(tree: Tree) -> Outcome:
    """Every governed symbol imported by its canonical path, unproved."""
    planner = _planner(tree)
    plans = planner.run()
    views = _Views(planner.view, planner.sources)
    for path, found in plans.items():
        if b">>>" in planner.sources[path].u8:
            plans[path] = found.joined(plan_doctests(planner.view(path), planner.project))
    for path in sorted(planner.sources.keys() - plans.keys() - tree.settled):
        plans[path] = planner.left_alone(path, tree.hands_off(path))
    strings = StringPlanner(planner.project, Mentions(tree.governance), views, stuck_paths(plans.values()))
    for path, source in planner.sources.items():
        if path not in tree.settled and strings.mentions.may_be_in(source, tree.index.facts[path]):
            known = plans.get(path, FilePlan(path))
            plans[path] = known.joined(strings.in_python(planner.view(path), tree.hands_off(path), known.occurrences))
    for path, source in tree.texts.items():
        if strings.mentions.pattern.search(source.u8):
            plans[path] = strings.in_text(source, tree.hands_off(path))
    plans.update(_unread(tree, strings.mentions))
    return Outcome(plans)


def occurrences(tree: Tree, paths: Iterable[str]) -> Iterator[Occurrence]:
    """Every occurrence in some Python files of the tree, whatever is to become of it."""
    planner = _planner(tree)
    views = _Views(planner.view, planner.sources)
    strings = StringPlanner(planner.project, Mentions(tree.governance), views, frozenset())
    for path in paths:
        if path in planner.sources:
            yield from planner.left_alone(path, "exclude").occurrences
            if strings.mentions.may_be_in(planner.sources[path], tree.index.facts[path]):
                yield from strings.in_python(planner.view(path), "exclude").occurrences


def _planner(tree: Tree) -> Planner:
    concerned = may_concern(tree.governance.words).search
    return Planner(
        tree.index,
        tree.governance,
        {path: source for path, source in tree.sources.items() if concerned(source.u8)},
        tree.sources,
        lambda path: path not in tree.settled and not tree.hands_off(path),
        tree.is_test,
        tree.unsafe,
        {path: text.u8 for path, text in tree.texts.items() if tree.hands_off(path) != "manifest"},
        lambda done, total: tree.progress("planning", done, total),
        tree.trees,
    )


def _unread(tree: Tree, mentions: Mentions) -> Iterator[tuple[str, FilePlan]]:
    """Files that can't be parsed: the governed imports that were read in them all the same, and what else they mention."""
    for path, source in tree.unread.items():
        problem = tree.index.facts[path].problem
        assert problem is not None
        setting = tree.hands_off(path)
        found = list(_unread_imports(tree, path))
        lines = {line for line, _, _ in found}
        for mention in mentions.in_text(source.u8) if mentions.pattern.search(source.u8) else ():
            if (line := source.line_of(mention.start)) not in lines:
                found.append((line, mention.key, False))
        outcomes = [_left(path, line, key, setting, fine, problem) for line, key, fine in found]
        if outcomes:
            yield path, FilePlan(path, (), tuple(outcomes))


def _unread_imports(tree: Tree, path: str) -> Iterator[tuple[int, str, bool]]:
    """Line, symbol, and whether the import is canonical already."""
    index = tree.index
    for fact in index.facts[path].imports:
        base = index.absolute(path, fact.module, fact.level) if fact.is_from else None
        for name in fact.names if base is not None else ():
            verdict = tree.governance.classify((base or "", name.name), index.resolve(base or "", name.name))
            if verdict is not None and verdict.status is not Status.APPROVED:
                yield name.line, verdict.key, verdict.status is Status.CANONICAL


def _left(path: str, line: int, key: str, setting: str, fine: bool, problem: Skipped) -> Occurrence:
    if setting or fine:
        return Occurrence(path, line, key, Fate.IGNORED, setting or "canonical")
    return Occurrence(path, line, key, Fate.REFUSED, problem.code, problem.reason)


class _Views(Mapping[str, FileView]):
    """Views by path, made when asked for."""

    def __init__(self, view: Callable[[str], FileView], sources: Mapping[str, Source]) -> None:
        self._view = view
        self._sources = sources

    def __getitem__(self, path: str) -> FileView:
        if path not in self._sources:
            raise KeyError(path)
        return self._view(path)

    def __iter__(self) -> object:  # type: ignore[override]
        return iter(self._sources)

    def __len__(self) -> int:
        return len(self._sources)


def title(keys: list[str], safety: Safety) -> str:
    what = "Point strings and late imports at" if safety is Safety.UNSAFE else "Import"
    if len(keys) > 1:
        return f"{what} {shown_names(keys)} from their canonical modules"
    module, colon, name = keys[0].partition(":")
    return f"{what} {name} from {module}" if colon else f"{what} {module} by its canonical name"


def shown_names(keys: list[str]) -> str:
    """The names of some symbols for a title: the first few, and how many more there are."""
    names = ", ".join(name.rpartition(":")[2] or name for name in keys[:_SHOWN])
    return f"{names} and {len(keys) - _SHOWN} more" if len(keys) > _SHOWN else names


def reason(keys: list[str], safety: Safety) -> str:
    listed = "\n".join(f"- {name}" for name in keys)
    how = (
        "The objects are the same by static resolution; these places are read or replaced while the program runs, so a person should look."
        if safety is Safety.UNSAFE
        else "Every place denotes the object it did before; only the import path changes."
    )
    return f"The manifest declares as the one import path:\n{listed}\n\n{how}"


def rules(safety: Safety) -> tuple[str, ...]:
    return ("SSOT101", "SSOT105") if safety is Safety.UNSAFE else ("SSOT101", "SSOT102", "SSOT104")


CODEMOD = Codemod(NAME, plan, title, reason, rules, continues=True)
