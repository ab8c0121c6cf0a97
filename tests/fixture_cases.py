"""The cases under ``fixtures/canonical-imports`` and the variants of one project that must behave alike."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parent / "fixtures" / "canonical-imports"
KEYS = {"about", "line", "refused", "run", "unsafe", "remove", "variants", "free", "open"}
FOUND = ("bug-", "trap-")  # found by trying to break the tool; what they are about does not depend on the layout
BOM = b"\xef\xbb\xbf"

Files = Mapping[str, bytes]


@dataclass(frozen=True)
class Case:
    """One project before and after, and how to tell that it still means the same."""

    name: str
    about: str
    line: str
    manifest: str
    before: Files
    after: Files  # the files that change
    refused: tuple[str, ...] = ()
    run: tuple[str, ...] = ()
    unsafe: bool = False
    remove: Mapping[str, str] | None = None  # old path -> what is left of the file, empty: nothing
    variants: tuple[str, ...] = ()
    open: bool = False  # known to go wrong today; listed in docs/limits.md
    free: bool = False  # several results are right: behaviour is checked, bytes are not
    variant: str = ""

    @property
    def id(self) -> str:
        return f"{self.name}[{self.variant}]" if self.variant else self.name

    def expected(self) -> dict[str, bytes]:
        return {**self.before, **self.after}

    def without_old_path(self, files: Files) -> dict[str, bytes]:
        """`files` with the old paths removed, so that whatever still goes through them fails."""
        remove = self.remove or {}
        left = {path: data for path, data in files.items() if path not in remove}
        return left | {path: text.encode() for path, text in remove.items() if text}


def load_cases() -> list[Case]:
    return [load_case(folder) for folder in sorted(ROOT.iterdir()) if folder.is_dir()]


def load_case(folder: Path) -> Case:
    about = tomllib.loads((folder / "case.toml").read_text("utf-8"))
    unknown = about.keys() - KEYS
    if unknown:
        raise ValueError(f"{folder.name}/case.toml: unknown keys {sorted(unknown)}")
    return Case(
        name=folder.name,
        about=about["about"],
        line=about["line"],
        manifest=(folder / "ssot.toml").read_text("utf-8"),
        before=read_tree(folder / "before"),
        after=read_tree(folder / "after"),
        refused=tuple(about.get("refused", ())),
        run=tuple(about.get("run", ())),
        unsafe=about.get("unsafe", False),
        remove=about.get("remove"),
        variants=_wanted(about.get("variants", ["crlf"] if folder.name.startswith(FOUND) else True)),
        free=about.get("free", False),
        open=about.get("open", False),
    )


def read_tree(folder: Path) -> dict[str, bytes]:
    """Every file below `folder` by its POSIX path."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


def _wanted(value: bool | list[str]) -> tuple[str, ...]:
    if isinstance(value, list):
        return tuple(value)
    return tuple(VARIANTS) if value else ()


def in_variants(case: Case) -> list[Case]:
    """The case as it is, and once for each of its variants."""
    return [case, *(as_variant(case, variant) for variant in case.variants)]


def as_variant(case: Case, variant: str) -> Case:
    return replace(case, before=_all(case.before, variant), after=_all(case.after, variant), variant=variant)


def _all(files: Files, variant: str) -> dict[str, bytes]:
    change = VARIANTS[variant]
    return {path: change(data) if path.endswith((".py", ".pyi")) else data for path, data in files.items()}


def crlf(data: bytes) -> bytes:
    return data.replace(b"\n", b"\r\n")


def bom(data: bytes) -> bytes:
    return BOM + data


def no_final_newline(data: bytes) -> bytes:
    return data.removesuffix(b"\n")


@cache
def tabs(data: bytes) -> bytes:
    """Four spaces of indentation become a tab, except inside strings over several lines, where they are text."""
    lines = data.split(b"\n")
    text = _lines_inside_strings(data)
    return b"\n".join(line if number in text else _tabbed(line) for number, line in enumerate(lines, 1))


def _tabbed(line: bytes) -> bytes:
    return re.sub(rb"\A(?:    )+", lambda spaces: b"\t" * (len(spaces[0]) // 4), line)


def _lines_inside_strings(data: bytes) -> set[int]:
    """Numbers of the lines that begin inside a string."""
    try:
        tree = ast.parse(data)
    except SyntaxError:
        return set()
    strings = (node for node in ast.walk(tree) if isinstance(node, ast.Constant | ast.JoinedStr))
    lines = {line for node in strings for line in range(node.lineno + 1, (node.end_lineno or node.lineno) + 1)}
    pieces = (b'"', b"'")  # of a text that is put together begin lines of their own
    return {line for line in lines if not data.split(b"\n")[line - 1].lstrip().startswith(pieces)}


VARIANTS: Mapping[str, Callable[[bytes], bytes]] = {
    "crlf": crlf,
    "bom": bom,
    "tabs": tabs,
    "no-final-newline": no_final_newline,
}
