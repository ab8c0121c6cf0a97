"""Which definitions are worth comparing, told from facts alone. Nothing here grows faster than the number of definitions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ssot.audit.duplicates.definitions import Definitions
from ssot.audit.duplicates.places import words
from ssot.index.facts import Binding, Kind
from ssot.index.shapes import Shape
from ssot.index.table import Symbol

# Characters of normalised text, white space and names' lengths apart. Chosen by reading what is found in six large projects:
# below, equal code is convention or chance (a getter, a loop around one call).
LEAST_FUNCTION = 60
LEAST_CLASS = 80
LEAST_METHOD = 120
OTHER_NAME = 3  # times as much where the names say that the two are different things
_CONVENTIONAL = frozenset(
    {"main", "setup", "setUp", "tearDown", "setUpModule", "tearDownModule", "run", "register", "upgrade"}
)
_TEACHING = frozenset(
    {"docs", "doc", "examples", "example", "samples", "sample", "tutorial", "tutorials", "demos", "demo"}
)
_VARIANTS = frozenset(
    [
        *("canonical", "legacy", "old", "new", "compat", "compatible", "deprecated", "adapter", "wrapper", "unified"),
        *("enhanced", "improved", "modern", "alias", "original", "ssot", "v", "v1", "v2", "v3", "1", "2", "3", "impl"),
        *("real", "proxy"),
    ]
)


@dataclass(frozen=True, slots=True)
class Candidate:
    """One definition with its shape."""

    symbol: Symbol
    shape: Shape
    path: str

    @property
    def is_method(self) -> bool:
        return "." in self.symbol.name


def groups(project: Definitions) -> Iterator[tuple[Candidate, ...]]:
    """Definitions of equal digest, large enough to be no accident; methods apart from functions and classes."""
    found: dict[tuple[bytes, bool], list[Candidate]] = {}
    for one in candidates(project):
        if one.shape.size >= _least(project, one):
            found.setdefault((one.shape.digest, one.is_method), []).append(one)
    yield from (tuple(group) for group in found.values() if len(group) > 1)


def candidates(project: Definitions) -> Iterator[Candidate]:
    """The definitions of files that may be edited and are neither tests nor stubs, sorted by file."""
    layout = project.index.layout
    for path, facts in sorted(project.index.facts.items()):
        module = layout.names.get(path)
        if module is None or layout.paths.get(module) != path or module in layout.ambiguous or path in layout.shadowed:
            continue
        if path.endswith(".pyi") or not facts.shapes or project.is_test(path) or project.hands_off(path):
            continue
        if _TEACHING.intersection(path.split("/")[:-1]) or path.endswith("/tests.py"):  # each example stands on its own
            continue
        yield from (Candidate(Symbol(module, shape.name), shape, path) for shape in facts.shapes)


def _least(project: Definitions, one: Candidate) -> int:
    if one.is_method:
        return LEAST_METHOD
    if _binding(project, one.symbol, Kind.CLASS):
        return LEAST_CLASS
    return LEAST_METHOD * OTHER_NAME if one.symbol.name in _CONVENTIONAL else LEAST_FUNCTION


def _binding(project: Definitions, symbol: Symbol, kind: Kind) -> Binding | None:
    bindings = project.index.bindings(symbol.module).get(symbol.name, [])
    return bindings[0] if len(bindings) == 1 and bindings[0].kind is kind else None


def thin_classes(project: Definitions) -> Iterator[tuple[Symbol, Symbol]]:
    """Classes with next to nothing in them and the one class above, where the names say that they are one thing."""
    for one in candidates(project):
        if one.shape.thin and not one.is_method and _binding(project, one.symbol, Kind.CLASS) is not None:
            bases = project.lineage.bases(one.symbol)
            if len(bases) == 1 and isinstance(bases[0], Symbol) and one_thing(bases[0].name, one.symbol.name):
                yield bases[0], one.symbol


def thin_functions(project: Definitions) -> Iterator[tuple[Symbol, Symbol]]:
    """Short functions and what they end by calling, where the names say that they are one thing."""
    for one in candidates(project):
        if one.shape.hands and not one.is_method and _binding(project, one.symbol, Kind.DEF):
            found = project.lineage.denotes(one.symbol.module, one.shape.hands)
            if isinstance(found, Symbol) and found != one.symbol and one_thing(found.name, one.symbol.name):
                yield found, one.symbol


def stem(name: str) -> str:
    """A name without the words that variants of one thing are told apart by."""
    return " ".join(word for word in words(name) if word not in _VARIANTS)


def one_thing(one: str, two: str) -> bool:
    return bool(stem(one)) and stem(one) == stem(two)


def variant_words(name: str) -> int:
    return sum(word in _VARIANTS for word in words(name))
