"""The cases under ``fixtures/collapse-duplicates``: a project before and after, and what must be refused or listed."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from fixture_cases import VARIANTS, Files, read_tree

ROOT = Path(__file__).parent / "fixtures" / "collapse-duplicates"
KEYS = {"about", "line", "run", "refused", "listed", "unsafe", "variants"}


@dataclass(frozen=True)
class Case:
    """One project, the duplicates that its manifest declares, and the project afterwards."""

    name: str
    about: str
    line: str
    manifest: str
    before: Files
    after: Files  # the files that change
    run: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()  # codes of duplicates that stay as a whole
    listed: tuple[str, ...] = ()  # codes of places that a person should look at
    unsafe: bool = False
    variants: tuple[str, ...] = tuple(VARIANTS)
    variant: str = ""

    @property
    def id(self) -> str:
        return f"{self.name}[{self.variant}]" if self.variant else self.name

    @property
    def declared(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """Each canonical reference with its duplicates."""
        tables = tomllib.loads(self.manifest)["collapse"]
        return tuple((table["canonical"], tuple(table["duplicates"])) for table in tables)

    def expected(self) -> dict[str, bytes]:
        return {**self.before, **self.after}


def load_cases() -> list[Case]:
    return [load_case(folder) for folder in sorted(ROOT.iterdir()) if folder.is_dir()]


def load_case(folder: Path) -> Case:
    about: Mapping[str, object] = tomllib.loads((folder / "case.toml").read_text("utf-8"))
    unknown = about.keys() - KEYS
    if unknown:
        raise ValueError(f"{folder.name}/case.toml: unknown keys {sorted(unknown)}")
    after = read_tree(folder / "after")
    lists = {key: tuple(value) for key, value in about.items() if isinstance(value, list)}
    return Case(
        folder.name,
        str(about["about"]),
        str(about["line"]),
        (folder / "ssot.toml").read_text("utf-8"),
        read_tree(folder / "before"),
        after,
        unsafe=bool(about.get("unsafe", False)),
        **{"variants": tuple(VARIANTS) if after else ("crlf",), **lists},
    )


def in_variants(case: Case) -> list[Case]:
    """The case as it is, and once for each of its variants."""
    return [case, *(_as_variant(case, variant) for variant in case.variants)]


def _as_variant(case: Case, variant: str) -> Case:
    return replace(case, before=_all(case.before, variant), after=_all(case.after, variant), variant=variant)


def _all(files: Files, variant: str) -> dict[str, bytes]:
    change = VARIANTS[variant]
    return {path: change(data) if path.endswith((".py", ".pyi")) and data else data for path, data in files.items()}
