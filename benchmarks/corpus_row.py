"""The table of `docs/corpus.md`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

HEAD = """\
# Run on published projects

`make corpus` fetches these source distributions, lets `ssot audit` find the symbols with several import paths, declares
the ten most used of them with the canonical path that the audit proposes, and runs `plan`, `apply` and `verify` while
uncommitted work lies in the repository. Then it compares the code before with the code after. This page is what
`python benchmarks/corpus.py --write` wrote.

"""
TAIL = """
*Occurrences* are those of the declared symbols' paths, in code, strings and other text; *rewritten*, *refused* and
*ignored* are where they ended. *Canonical* is the share of imported names that use the canonical path. Seconds are wall
time and, in brackets, processor time of all processes. Modules are imported one after another in one process, and those
whose files changed (at most 200) also alone, each in a new process; an import that fails before has to fail the same
way after. Test counts are passed before, passed after, of all that ran, and every single outcome is compared.
"""
COLUMNS = (
    "project",
    ".py files (changed)",
    "imported names",
    "occurrences",
    "rewritten",
    "refused",
    "ignored",
    "canonical",
    "audit s",
    "plan s",
    "apply s",
    "files that compile",
    "modules that import",
    "alone",
    "tests that pass",
    "holds",
)


@dataclass(frozen=True, slots=True)
class Row:
    """What one project showed."""

    project: str
    files: int
    changed: int
    imports: int
    ledger: Mapping[str, int]
    refused: tuple[tuple[str, int], ...]
    seconds: tuple[str, ...]
    canonical: tuple[float, ...]
    compiled: tuple[int, int]
    imported: tuple[int, int, int]
    alone: tuple[int, int, int]
    tests: tuple[int, int, int]
    problems: tuple[str, ...]

    def cells(self) -> tuple[str, ...]:
        codes = "".join(f"<br>{code}: {count}" for code, count in self.refused)
        return (
            self.project,
            f"{self.files} ({self.changed})",
            str(self.imports),
            str(self.ledger["occurrences"]),
            str(self.ledger["rewritten"]),
            f"{self.ledger['refused']}{codes}",
            str(self.ledger["ignored"]),
            " → ".join(f"{percent:.2f} %" for percent in self.canonical),
            *self.seconds,
            f"{self.compiled[0]} → {self.compiled[1]}",
            _of(self.imported),
            _of(self.alone),
            _of(self.tests) if self.tests[2] else "not run here",
            "no" if self.problems else "yes",
        )


def _of(numbers: tuple[int, int, int]) -> str:
    before, after, all_of_them = numbers
    return f"{before} → {after} of {all_of_them}"


def show(row: Row) -> str:
    """One line of the table, and below it what does not hold."""
    problems = [f"  - {problem}" for problem in row.problems[:40]]
    more = [f"  - and {len(row.problems) - 40} more"] if len(row.problems) > 40 else []
    return "\n".join((_line(row.cells()), *problems, *more))


def document(rows: Sequence[Row]) -> str:
    table = [_line(COLUMNS), _line(["---"] * len(COLUMNS)), *(_line(row.cells()) for row in rows)]
    broken = [f"- {row.project}: {problem}" for row in rows for problem in row.problems]
    failures = ["", "## What does not hold", "", *broken] if broken else []
    return HEAD + "\n".join((*table, *failures)) + "\n" + TAIL


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
