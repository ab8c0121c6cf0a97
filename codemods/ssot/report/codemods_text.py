"""``ssot codemods``: what can change code, and from which tables of the manifest."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ssot.report.hygiene import visible
from ssot.report.lines import Line, Lines, Style, title


@dataclass(frozen=True, slots=True)
class CodemodInfo:
    """What is said of one codemod."""

    id: str
    summary: str
    reads: str  # tables of the manifest
    rules: tuple[str, ...]


CODEMODS = (
    CodemodInfo(
        "collapse-duplicates",
        "Makes declared duplicates of a class or function other names of the one definition; moves what it lacks.",
        "[[collapse]]",
        ("SSOT201",),
    ),
    CodemodInfo(
        "canonical-imports",
        "Rewrites fragmented imports, and the uses that depend on them, to the canonical path.",
        "[[symbol]], [[module]], [[collapse]]",
        ("SSOT101", "SSOT102", "SSOT103", "SSOT104", "SSOT105"),
    ),
    CodemodInfo(
        "deprecation-shims",
        "Makes old paths that nothing uses any more warn whoever imports them; with mode none, takes them away.",
        "[shims], [[symbol]], [[module]], [[collapse]]",
        ("SSOT202",),
    ),
    CodemodInfo(
        "generated-tests",
        "Keeps one test file that holds in the repository itself what has been made one.",
        "[tests]",
        (),
    ),
)


def codemods_lines(codemods: Iterable[CodemodInfo] = CODEMODS) -> Lines:
    """The list for a reader."""
    return tuple(line for codemod in codemods for line in _codemod(codemod))


def _codemod(codemod: CodemodInfo) -> Lines:
    return (
        title(codemod.id),
        Line(f"  {codemod.summary}"),
        Line(f"  reads {codemod.reads}{' · fixes ' if codemod.rules else ''}{', '.join(codemod.rules)}", Style.DIM),
    )


def plugin_lines(installed: Iterable[tuple[str, str]], on: Iterable[str] = ()) -> Lines:
    """Plug-ins by name and where they come from; `on`: those that the operator's configuration switches on."""
    found = [line for name, value in installed for line in _plugin(name, value, name in set(on))]
    return tuple(found)


def _plugin(name: str, value: str, on: bool) -> Lines:
    state = "on by your configuration" if on else f"off; --plugin {visible(name)} switches it on"
    return (title(visible(name)), Line(f"  an installed plug-in, {visible(value)}"), Line(f"  {state}", Style.DIM))
