"""What the finder of duplicates reports on real projects, for a person to read and judge.

    python benchmarks/duplicates.py DIR... [--first 50] [--sources] [--markdown FILE]

Each DIR is a git repository, to which nothing is written. Prints, for all of them together, how many duplicates there
are by verdict, and the first of each verdict; `--sources` prints both definitions of each. `--markdown` writes the table
with an empty column for the judgement.
"""

from __future__ import annotations

import argparse
import time
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from ssot.audit.duplicates.definitions import Definitions
from ssot.audit.duplicates.finding import Reported, find
from ssot.pipeline.session import Session
from ssot.report.hygiene import markdown_code


@dataclass(frozen=True)
class Row:
    """One reported duplicate with the sources of both sides."""

    project: str
    reported: Reported
    canonical: str
    duplicate: str

    @property
    def verdict(self) -> str:
        return self.reported.comparison.verdict.value

    @property
    def kind(self) -> str:
        return "proposed" if self.reported.proposed else "methods, reported only"


def rows_of(folder: Path) -> list[Row]:
    started = time.process_time()
    work = Session.open(folder, jobs=1).here
    definitions = Definitions(work.index, work.sources, work.is_test, work.hands_off)
    middle = time.process_time()
    found = find(definitions)
    ended = time.process_time()
    print(
        f"{folder.name}: {len(work.index.facts)} files read in {middle - started:.1f} s, compared in {ended - middle:.1f} s"
    )
    return [Row(folder.name, one, *_sources(definitions, one)) for one in found]


def _sources(definitions: Definitions, one: Reported) -> tuple[str, str]:
    sides = (definitions.get(one.comparison.canonical), definitions.get(one.comparison.duplicate))
    left, right = (f"# {side.path}:{side.line}\n{side.text}" if side else "" for side in sides)
    return left, right


def by_verdict(rows: Iterable[Row]) -> dict[tuple[str, str], list[Row]]:
    found: defaultdict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in rows:
        found[row.kind, row.verdict].append(row)
    return dict(sorted(found.items(), key=lambda item: (item[0][0] != "proposed", item[0][1])))


def show(groups: dict[tuple[str, str], list[Row]], first: int, *, sources: bool) -> None:
    for (kind, verdict), rows in groups.items():
        print(f"\n== {verdict} ({kind}): {len(rows)}")
        for row in rows[:first]:
            comparison = row.reported.comparison
            notes = "; ".join(dict.fromkeys(one.note for one in comparison.rows if one.note))
            print(f"{row.project}: {comparison.duplicate} -> {comparison.canonical}  {notes}")
            if sources:
                print(f"{row.canonical}\n{'-' * 20}\n{row.duplicate}\n{'=' * 60}")


def markdown(groups: dict[tuple[str, str], list[Row]], first: int) -> str:
    lines = ["| project | verdict | duplicate | of | differs in | right? |", "|---|---|---|---|---|---|"]
    for (kind, verdict), rows in groups.items():
        for row in rows[:first]:
            found = row.reported.comparison
            notes = "; ".join(dict.fromkeys(one.note for one in found.rows if one.note))
            word = verdict if kind == "proposed" else f"{verdict} (methods)"
            cells = (
                row.project,
                word,
                markdown_code(str(found.duplicate)),
                markdown_code(str(found.canonical)),
                notes,
                "",
            )
            lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+", type=Path, metavar="DIR")
    parser.add_argument("--first", type=int, default=50)
    parser.add_argument("--sources", action="store_true")
    parser.add_argument("--markdown", type=Path, metavar="FILE")
    wanted = parser.parse_args()
    groups = by_verdict(row for folder in wanted.folders for row in rows_of(folder.resolve()))
    show(groups, wanted.first, sources=wanted.sources)
    if wanted.markdown is not None:
        wanted.markdown.write_text(markdown(groups, wanted.first), encoding="utf-8")


if __name__ == "__main__":
    main()
