"""Trees before and after, with what the manifest declares between them."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, field

from trees import Tree, encoded, index_of

from ssot.index.source import Source, decode
from ssot.index.table import Symbol
from ssot.prove.gates import Failure
from ssot.prove.proof import Changed, Prover
from ssot.prove.warrant import Warrant
from ssot.values import Edit


@dataclass(frozen=True)
class Step:
    """What a codemod makes of a tree: each changed file's new text, None where it goes."""

    name: str
    before: Tree
    after: Mapping[str, str | None]
    gate: str = ""  # which must refuse it; empty where it is right
    at: str = ""  # the file charged
    warrant: Warrant = field(default_factory=Warrant)
    run: str = ""  # what prints the same before and after
    governed: str = ""  # references of symbols that are declared


def symbol(path: str) -> Symbol:
    return Symbol(*path.split(":"))


def warrant(
    becomes: Mapping[str, str] | None = None, retires: str = "", drops: str = "", gains: bool = True
) -> Warrant:
    """`retires` and `drops` are references, separated by blanks."""
    found = {symbol(one): symbol(other) for one, other in (becomes or {}).items()}
    late, gone = (frozenset((one.module, one.name) for one in map(symbol, text.split())) for text in (retires, drops))
    return Warrant(found, frozenset(found.values()) if gains else frozenset(), late, gone)


def edits_between(before: str, after: str) -> tuple[Edit, ...]:
    """Edits of whole lines."""
    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    starts = [0]
    for line in old:
        starts.append(starts[-1] + len(line.encode()))
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    return tuple(
        Edit(starts[a], starts[b], a + 1, "".join(old[a:b]), "".join(new[c:d]))
        for tag, a, b, c, d in matcher.get_opcodes()
        if tag != "equal"
    )


def changes(step: Step) -> list[Changed]:
    before = encoded(step.before)
    found = []
    for path, text in step.after.items():
        old = before.get(path)
        if text is None:
            assert old is not None
            found.append(Changed(path, old, (Edit(0, len(old), 1, old.decode(), ""),), None))
        elif old is None:
            found.append(Changed(path, None, (Edit(0, 0, 1, "", text),), text.encode()))
        else:
            found.append(Changed(path, old, edits_between(old.decode(), text), text.encode()))
    return found


def sources(tree: Tree) -> dict[str, Source]:
    found = {path: decode(path, data) for path, data in encoded(tree).items() if path.endswith(".py")}
    return {path: source for path, source in found.items() if isinstance(source, Source)}


def failures(step: Step) -> dict[str, Failure]:
    governed = [symbol(one) for one in step.governed.split()]
    return Prover(index_of(step.before), governed.__contains__, step.warrant, sources(step.before)).failures(
        changes(step)
    )


def tree_after(step: Step) -> dict[str, str]:
    merged = {**step.before, **step.after}
    return {path: text for path, text in merged.items() if text is not None}
