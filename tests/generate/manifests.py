"""Manifests for a package whose paths are known from running it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from generate.model import Author


@dataclass(frozen=True, slots=True)
class Declared:
    """One governed symbol."""

    canonical: str
    legacy: tuple[str, ...]
    approved: tuple[str, ...]
    rename: bool

    @property
    def paths(self) -> tuple[str, ...]:
        return (self.canonical, *self.legacy, *self.approved)

    def toml(self) -> str:
        lines = ["[[symbol]]", f'canonical = "{self.canonical}"']
        lines += [f"legacy = {_array(self.legacy)}"] if self.legacy else []
        lines += [f"approved = {_array(self.approved)}"] if self.approved else []
        lines += ["rename-uses = true"] if self.rename else []
        return "\n".join(lines)


def _array(texts: Sequence[str]) -> str:
    return "[" + ", ".join(f'"{text}"' for text in texts) + "]"


def declare_symbols(
    author: Author, groups: Mapping[str, Sequence[str]], moves: Mapping[str, str]
) -> tuple[Declared, ...]:
    """Some objects of several paths, each with one of its paths as canonical: none in a module that was moved."""
    staying = [[path for path in paths if path.partition(":")[0] not in moves] for paths in groups.values()]
    several = [paths for paths in staying if len(paths) > 1]
    chosen = [paths for paths in several if author.chance(60)] or several[:1]
    return tuple(_declare(author, paths) for paths in chosen)


def _declare(author: Author, paths: Sequence[str]) -> Declared:
    canonical = author.pick(paths)
    others = [path for path in paths if path != canonical]
    share = author.pick((0, 35, 100))
    legacy = tuple(path for path in others if author.chance(share))
    approved = tuple(path for path in others if path not in legacy and author.chance(12))
    return Declared(canonical, legacy, approved, author.chance(40))


def manifest(root: str, symbols: Sequence[Declared], moves: Mapping[str, str]) -> str:
    """`moves` maps modules to where they moved."""
    project = f'[project]\nroots = ["{root}"]'
    left = {new: tuple(old for old, to in moves.items() if to == new) for new in moves.values()}
    modules = [f'[[module]]\ncanonical = "{new}"\nlegacy = {_array(old)}' for new, old in left.items()]
    return "\n\n".join((project, *(symbol.toml() for symbol in symbols), *modules)) + "\n"
