"""What the manifest allows to change. It is made from the declarations alone, so that no codemod can license itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ssot.index.table import Path, Symbol


@dataclass(frozen=True)
class Warrant:
    """Everything that is not named here must be after an edit what it was before."""

    becomes: Mapping[Symbol, Symbol] = field(
        default_factory=dict
    )  # declared duplicate -> the definition it collapses into
    gains: frozenset[Symbol] = (
        frozenset()
    )  # canonical classes that may get members they lack (strategies merge and auto)
    retires: frozenset[Path] = (
        frozenset()
    )  # import paths that may be offered by a module's ``__getattr__`` instead of bound
    drops: frozenset[Path] = frozenset()  # import paths that may vanish, where nobody uses them any more
    generated: frozenset[str] = frozenset()  # files that the tool writes as a whole and keeps up to date


NOTHING = Warrant()
