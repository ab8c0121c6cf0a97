"""CPU time of ssot's commands against parsing the same files.

    python benchmarks/bench.py [DIR] [--rounds N] [--jobs N]

Measures on the repository DIR, to which nothing is written, or by default on the standard library's sources in a
temporary repository. Every figure is a ratio of CPU seconds (user and system, children included) to a yardstick that
runs in the same round; the table gives the median of the rounds. Nothing is asserted. Not for Windows.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

SSOT = (sys.executable, "-m", "ssot_cli")
PARSE = """
import ast, sys, warnings
warnings.simplefilter("ignore")
for path in sys.stdin.read().split("\\0"):
    try:
        with open(path, "rb") as file:
            ast.parse(file.read())
    except (SyntaxError, ValueError, OSError):
        pass
"""


@dataclass(frozen=True)
class Measure:
    """A command and what it is set against."""

    name: str
    command: Sequence[str]
    yardstick: str


@dataclass(frozen=True)
class Yardstick:
    """The command that a figure is a multiple of."""

    command: Sequence[str]
    stdin: bytes = b""


def environment() -> dict[str, str]:
    """Without what would steer git or Python; the same for every process measured."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("GIT_", "PYTHON", "COV_"))}
    return {**kept, "NO_COLOR": "1"}


def cpu_seconds(command: Sequence[str], stdin: bytes = b"") -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, input=stdin, capture_output=True, check=False, env=environment())
    if done.returncode not in (0, 1):
        sys.exit(f"{' '.join(command)}: exit {done.returncode}\n{done.stderr.decode(errors='replace')}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (after.ru_utime - before.ru_utime) + (after.ru_stime - before.ru_stime)


def git(folder: Path, *arguments: str) -> str:
    identity = ("-c", "user.name=bench", "-c", "user.email=bench@example.org", "-c", "commit.gpgSign=false")
    command = ("git", "-C", str(folder), *identity, *arguments)
    return subprocess.run(command, capture_output=True, check=True, text=True, env=environment()).stdout


def standard_library(place: Path) -> Path:
    """The standard library without its tests, as a repository of one commit."""
    source, target = Path(sysconfig.get_paths()["stdlib"]), place / "library"
    ignored = shutil.ignore_patterns(
        "site-packages", "test", "tests", "*_test", "__pycache__", "lib-dynload", "config-*"
    )
    shutil.copytree(source, target, ignore=ignored)
    git(target, "init", "--quiet")
    git(target, "add", "--all")
    git(target, "commit", "--quiet", "--message", "The standard library")
    return target


def python_files(repository: Path) -> list[Path]:
    listed = git(repository, "ls-files", "-z", "--", "*.py", "*.pyi").split("\0")
    return [repository / name for name in listed if name]


def first_symbol(repository: Path) -> dict[str, object] | None:
    """The most fragmented symbol, as the audit without a manifest proposes it."""
    command = (*SSOT, "-q", "-C", str(repository), "audit", "--format", "json", "--exit-zero")
    done = subprocess.run(command, capture_output=True, check=True, env=environment())
    symbols = json.loads(done.stdout)["symbols"]
    return symbols[0] if symbols else None


def manifest(place: Path, symbol: dict[str, object]) -> Path:
    """Declares that one symbol."""
    paths = symbol["paths"]
    assert isinstance(paths, list)
    legacy = [path["path"] for path in paths if path["status"] == "fragmented"]
    text = f"[[symbol]]\ncanonical = {json.dumps(symbol['canonical'])}\nlegacy = {json.dumps(legacy)}\n"
    file = place / "one.toml"
    file.write_text(text, encoding="utf-8")
    return file


def measures(repository: Path, place: Path, jobs: int | None) -> list[Measure]:
    on = (*SSOT, "-q", "-C", str(repository), *(("-j", str(jobs)) if jobs else ()))
    start = [Measure(f"ssot {flag}", (*SSOT, flag), "start") for flag in ("--version", "--help")]
    if (repository / "ssot.toml").exists():
        return [*start, *(Measure(f"ssot {word}, own manifest", (*on, word), "parse") for word in ("audit", "plan"))]
    alone = Measure("ssot audit, no manifest", (*on, "audit"), "parse")
    symbol = first_symbol(repository)
    if symbol is None:
        return [*start, alone]
    print(f"declared: {symbol['canonical']}")
    declared = (*on, "--manifest", str(manifest(place, symbol)))
    named = (Measure(f"ssot {word}, one [[symbol]]", (*declared, word), "parse") for word in ("audit", "plan"))
    return [*start, alone, *named]


def run(listed: Sequence[Measure], yardsticks: dict[str, Yardstick], rounds: int) -> None:
    ratios: dict[str, list[float]] = {measure.name: [] for measure in listed}
    seconds: dict[str, list[float]] = {name: [] for name in (*yardsticks, *ratios)}
    for number in range(rounds):
        print(f"round {number + 1} of {rounds}", file=sys.stderr, flush=True)
        for name, yardstick in yardsticks.items():
            seconds[name].append(cpu_seconds(yardstick.command, yardstick.stdin))
        for measure in listed:
            seconds[measure.name].append(cpu_seconds(measure.command))
            ratios[measure.name].append(seconds[measure.name][-1] / seconds[measure.yardstick][-1])
    median = statistics.median
    print(f"\n{'what':<28} {'CPU s':>8}  {'ratio':>6}  to")
    for name in yardsticks:
        print(f"{LABELS[name]:<28} {median(seconds[name]):>8.3f}")
    for measure in listed:
        ratio, label = median(ratios[measure.name]), LABELS[measure.yardstick]
        print(f"{measure.name:<28} {median(seconds[measure.name]):>8.3f}  {ratio:>6.2f}  {label}")


LABELS = {"start": "python -c pass", "parse": "ast.parse of every file"}


def main() -> None:
    parser = argparse.ArgumentParser(description="CPU time of ssot's commands against parsing the same files.")
    parser.add_argument("repository", nargs="?", type=Path, metavar="DIR", help="a git repository with a commit")
    parser.add_argument("--rounds", type=int, default=5, metavar="N")
    parser.add_argument("--jobs", type=int, metavar="N", help="worker processes of ssot (default: its own)")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="ssot-bench-") as folder:
        place = Path(folder)
        repository = given.repository.resolve() if given.repository else standard_library(place)
        files = python_files(repository)
        size = sum(file.stat().st_size for file in files if file.is_file())
        print(
            f"{len(files)} Python files, {size / 1e6:.1f} MB; Python {sys.version.split()[0]}; {os.cpu_count()} cores"
        )
        yardsticks = {
            "start": Yardstick((sys.executable, "-c", "pass")),
            "parse": Yardstick((sys.executable, "-c", PARSE), "\0".join(map(str, files)).encode()),
        }
        run(measures(repository, place, given.jobs), yardsticks, given.rounds)


if __name__ == "__main__":
    main()
