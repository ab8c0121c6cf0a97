"""Which import paths of which symbols are in use, and which one the tool would make canonical."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from ssot.audit.governance import Entry, Governance, reference
from ssot.index.table import Index, Path, Symbol

Survey = dict[Symbol, Counter[Path]]


@dataclass(frozen=True, slots=True)
class Proposal:
    """The path that should be canonical, and why."""

    symbol: Symbol
    canonical: Path
    why: str


def survey(index: Index) -> Survey:
    """Every path by which a ``from`` statement gets a symbol of the project, and how many do."""
    found: Survey = {}
    for path, facts in index.facts.items():
        for statement in facts.imports:
            base = index.absolute(path, statement.module, statement.level) if statement.is_from else None
            if base is None or not index.layout.has(base):
                continue
            for name in statement.names:
                denotes = index.resolve(base, name.name, typing=statement.where.type_only)
                if isinstance(denotes, Symbol):
                    found.setdefault(denotes, Counter())[base, name.name] += 1
    return found


def propose(index: Index, found: Survey) -> Iterator[Proposal]:
    """One proposal for each symbol with two or more paths in use, most uses by other paths first."""
    several = [(symbol, paths) for symbol, paths in found.items() if len(paths) > 1 and not index.is_choice(symbol)]
    proposals = [_proposal(index, symbol, paths) for symbol, paths in several]
    weight = {p.symbol: sum(found[p.symbol].values()) - found[p.symbol][p.canonical] for p in proposals}
    yield from sorted(proposals, key=lambda p: (-weight[p.symbol], str(p.symbol)))


def _proposal(index: Index, symbol: Symbol, paths: Counter[Path]) -> Proposal:
    def rank(path: Path) -> tuple[bool, int, int, Path]:
        return (not _public(path), len(index.hops(*path)), -paths[path], path)

    best = min(paths, key=rank)
    hops = len(index.hops(*best)) - 1
    distance = "where it is defined" if hops == 0 else f"{hops} re-export{'s' * (hops > 1)} from its definition"
    kind = "public" if _public(best) else "no path to it is public"
    share = f"used {paths[best]} of {sum(paths.values())} times"
    return Proposal(symbol, best, f"{kind}, {distance}, {share}")


def _public(path: Path) -> bool:
    return not any(part.startswith("_") for part in (*path[0].split("."), path[1]))


def proposed(index: Index, found: Survey) -> tuple[Governance, dict[str, str]]:
    """The governance that follows from the proposals, and the reason for each by canonical reference."""
    proposals = list(propose(index, found))
    entries = tuple(
        Entry(p.canonical, p.canonical, frozenset(), frozenset(), False, p.symbol, number)
        for number, p in enumerate(proposals)
    )
    return Governance(index, entries), {reference(p.canonical): p.why for p in proposals}
