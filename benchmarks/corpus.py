"""Declare ten symbols of several import paths in large published projects, apply, and compare before with after.

    python benchmarks/corpus.py [--keep DIR] [--only NAME] [--no-tests] [--symbols N] [--write]

Fetches source distributions by name, version and digest; nothing is written outside the folder in use, except
`docs/corpus.md` with `--write`. Exit 1 when anything that must hold does not.
"""

from __future__ import annotations

import argparse
import contextlib
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from corpus_fetch import fetched, interpreter, unpacked
from corpus_projects import PROJECTS, Project
from corpus_row import Row, document, show
from corpus_run import Options, measured

DOCUMENT = Path(__file__).resolve().parent.parent / "docs" / "corpus.md"


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Run ssot on large published projects.")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="work here and leave everything (default: temporary)")
    parser.add_argument("--only", action="append", metavar="NAME", choices=[project.name for project in PROJECTS])
    parser.add_argument("--symbols", type=int, default=10, metavar="N", help="how many symbols to declare")
    parser.add_argument("--no-tests", action="store_true", help="do not run the projects' own tests")
    parser.add_argument("--fetch", action="store_true", help="fetch and unpack, no more")
    parser.add_argument("--write", action="store_true", help="write docs/corpus.md")
    return parser.parse_args()


@contextlib.contextmanager
def folder(keep: Path | None) -> Iterator[Path]:
    if keep is None:
        with tempfile.TemporaryDirectory(prefix="ssot-corpus-") as place:
            yield Path(place)
        return
    keep.mkdir(parents=True, exist_ok=True)
    yield keep.resolve()


def run(project: Project, place: Path, options: Options) -> Row:
    repository = unpacked(project, fetched(project, place), place)
    print(f"{project.label}: fetched", file=sys.stderr, flush=True)
    row = measured(project, repository, interpreter(project, place), options)
    print(show(row), flush=True)
    return row


def main() -> int:
    given = arguments()
    chosen = [project for project in PROJECTS if not given.only or project.name in given.only]
    with folder(given.keep) as place:
        if given.fetch:
            for project in chosen:
                unpacked(project, fetched(project, place), place)
            return 0
        options = Options(symbols=given.symbols, tests=not given.no_tests)
        rows = [run(project, place, options) for project in chosen]
    if given.write:
        DOCUMENT.write_bytes(document(rows).encode())
    else:
        print(document(rows))
    return int(any(row.problems for row in rows))


if __name__ == "__main__":
    raise SystemExit(main())
