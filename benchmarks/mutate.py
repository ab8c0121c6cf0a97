"""Mutation testing: small wrong programs, each of which at least one test must refuse.

    python benchmarks/mutate.py [git|prove] [--sample N] [--seed N] [--jobs N] [--only FILE] [--json FILE]

A mutant is run against the tests that reach its line, the quickest first, in a forked process with a time limit.
Nothing is written to the sources: the mutated module is given to the import system. Known equivalents, which no test
could tell from the original, stand with their reason in mutate_equivalent.toml and are not run. Not for Windows.
"""

from __future__ import annotations

import argparse
import contextlib
import gc
import importlib
import importlib.abc
import importlib.util
import json
import os
import random
import signal
import sys
import tempfile
import time
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import unified_diff
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType
from typing import Any

import coverage
import pytest
from mutate_operators import Mutant, mutants

ROOT = Path(__file__).resolve().parents[1]
LIBRARY = ROOT / "codemods"
PRELOADED = ("libcst", "pydantic", "rich.console", "tomlkit", "typer.main", "jsonschema", "hypothesis")


@dataclass(frozen=True)
class Group:
    """Modules, and the tests that are to hold them."""

    modules: tuple[str, ...]
    tests: tuple[str, ...]
    beneath: tuple[str, ...] = ()  # layers that import none of the modules: they need loading only once


_WRITER = ("branch", "commits", "refs", "owned", "objects", "pack", "undo", "git", "remains")
GROUPS = {
    "git": Group(
        tuple(f"ssot/deliver/{name}.py" for name in _WRITER),
        ("tests/deliver", "tests/pipeline/test_faults_repository.py", "tests/pipeline/test_faults_disk.py"),
    ),
    "prove": Group(
        ("ssot/prove/*.py",),
        ("tests/prove", "tests/bridge/test_comments_gate.py"),
        ("declare", "index", "audit", "rewrite", "bridge"),
    ),
}


@dataclass
class Reach:
    """Which tests run a line, and how long each takes."""

    seconds: dict[str, float] = field(default_factory=dict)
    lines: dict[str, dict[int, list[str]]] = field(default_factory=dict)

    def tests(self, mutant: Mutant) -> list[str]:
        """The quickest first; of a line that runs at import time, those of the whole module."""
        lines = self.lines.get(mutant.path, {})
        found = set(lines.get(mutant.line, ())) - {""} or {one for tests in lines.values() for one in tests} - {""}
        found = found or set(self.seconds)  # a module that runs nowhere but at import time
        return sorted(found, key=lambda name: (self.seconds.get(name, 0.0), name))


class _Recorder:
    """A pytest plugin: each test is a context of its own."""

    def __init__(self, measured: coverage.Coverage) -> None:
        self._measured = measured
        self.seconds: dict[str, float] = defaultdict(float)

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        self._measured.switch_context(nodeid)

    def pytest_runtest_logfinish(self) -> None:
        self._measured.switch_context("")

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.seconds[report.nodeid] += report.duration


def _pytest(arguments: Sequence[str], plugins: Sequence[object] = ()) -> int:
    options = (
        "-q",
        "-m",
        "not slow",
        "-p",
        "no:cacheprovider",
        "-p",
        "no:xdist",
        "-p",
        "no:cov",
        "--hypothesis-seed=0",
        "-W",
        "ignore::pytest.PytestAssertRewriteWarning",
        "-o",
        "tmp_path_retention_policy=none",
    )
    with open(os.devnull, "w") as null, contextlib.redirect_stdout(null), contextlib.redirect_stderr(null):  # noqa: PTH123
        return int(pytest.main([*options, *arguments], plugins=list(plugins)))


def _reach(group: Group, files: Sequence[Path]) -> Reach:
    """One run of all tests, with coverage; in a process of its own, so that nothing of it stays imported."""
    with tempfile.TemporaryDirectory() as folder:
        child = os.fork()
        if not child:
            os._exit(_measure(group, files, Path(folder, "reach.json")))
        if os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]):
            raise SystemExit("the tests fail without any mutant")
        return Reach(**json.loads(Path(folder, "reach.json").read_text()))


def _known(file: Path | None) -> Reach | None:
    return Reach(**json.loads(file.read_text("utf-8"))) if file and file.exists() else None


def _measure(group: Group, files: Sequence[Path], result: Path) -> int:
    measured = coverage.Coverage(data_file=None, include=[str(file) for file in files], config_file=False)
    recorder = _Recorder(measured)
    measured.start()
    code = _pytest([*group.tests, f"--basetemp={result.parent}/base"], [recorder])
    measured.stop()
    data = measured.get_data()
    lines = {
        _name(file): {str(line): tests for line, tests in data.contexts_by_lineno(str(file)).items()} for file in files
    }
    result.write_text(json.dumps({"seconds": recorder.seconds, "lines": lines}))
    return code


def _name(file: Path) -> str:
    return file.relative_to(LIBRARY).as_posix()


class _Mutated(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Gives the import system the mutant instead of the file."""

    def __init__(self, mutant: Mutant, text: str) -> None:
        self._module = _module(mutant.path)
        self._file = LIBRARY / mutant.path
        self._text = mutant.applied(text)

    def find_spec(self, name: str, path: object, target: object = None) -> ModuleSpec | None:
        return importlib.util.spec_from_file_location(name, self._file, loader=self) if name == self._module else None

    def exec_module(self, module: ModuleType) -> None:
        exec(compile(self._text, str(self._file), "exec"), module.__dict__)


@dataclass
class Run:
    """A mutant that is being tried."""

    mutant: Mutant
    deadline: float


def _start(mutant: Mutant, text: str, tests: Sequence[str], base: Path) -> int:
    child = os.fork()
    if not child:
        os.setsid()
        sys.meta_path.insert(0, _Mutated(mutant, text))
        try:
            code = _pytest(["-x", f"--basetemp={base}", *tests])
        except BaseException:  # noqa: BLE001 - a mutant may do anything
            code = 1
        os._exit(code)
    return child


def _try_all(
    chosen: Sequence[Mutant], texts: Mapping[str, str], reach: Reach, jobs: int
) -> Iterator[tuple[Mutant, str]]:
    """(mutant, outcome) as they come to an end: killed, survived, timeout, unreached."""
    waiting, running = list(reversed(chosen)), dict[int, Run]()
    with tempfile.TemporaryDirectory() as folder:
        while waiting or running:
            while waiting and len(running) < jobs:
                mutant = waiting.pop()
                tests = reach.tests(mutant)
                if not tests:
                    yield mutant, "unreached"
                    continue
                limit = 20 + 8 * sum(reach.seconds[test] for test in tests)
                child = _start(mutant, texts[mutant.path], tests, Path(folder, f"base{len(waiting)}"))
                running[child] = Run(mutant, time.monotonic() + limit)
            yield from _ended(running)


def _ended(running: dict[int, Run]) -> Iterator[tuple[Mutant, str]]:
    time.sleep(0.02)
    for child, run in list(running.items()):
        late = time.monotonic() > run.deadline
        if late:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(child, signal.SIGKILL)
        done, status = os.waitpid(child, 0 if late else os.WNOHANG)
        if done:
            del running[child]
            # 0: every test passed; anything else, and be it an import that fails, was noticed
            yield run.mutant, "timeout" if late else "killed" if status else "survived"


def _control(mutant: Mutant, texts: Mapping[str, str], reach: Reach) -> None:
    """A run with nothing changed must pass, or every mutant would look killed."""
    same = Mutant(mutant.path, mutant.line, 0, 0, "")
    if [outcome for _, outcome in _try_all([same], texts, reach, 1)] != ["survived"]:
        raise SystemExit("the tests fail on an unchanged module")


def _equivalents() -> dict[tuple[str, str, str], str]:
    """(file, line before, line after) and why no test can tell them apart."""
    file = Path(__file__).with_name("mutate_equivalent.toml")
    entries = tomllib.loads(file.read_text("utf-8"))["equivalent"] if file.exists() else []
    return {(one["file"], one["before"], one["after"]): one["why"] for one in entries}


def _changed(mutant: Mutant, text: str) -> tuple[str, str]:
    """The line, or lines, before and after."""
    old, new = text.splitlines(), mutant.applied(text).splitlines()
    lines = list(unified_diff(old, new, n=0, lineterm=""))[3:]
    pick = {mark: " ".join(line[1:].strip() for line in lines if line[0] == mark) for mark in "-+"}
    return pick["-"], pick["+"]


def _files(group: Group, only: str | None) -> list[Path]:
    files = sorted({file for pattern in group.modules for file in LIBRARY.glob(pattern)})
    return [file for file in files if only in (None, file.name)]


def _report(results: Mapping[str, list[Mutant]], texts: Mapping[str, str]) -> dict[str, Any]:
    known = _equivalents()
    survivors: list[dict[str, str]] = []
    equivalent: list[dict[str, str]] = []
    for mutant in sorted(results["survived"] + results["unreached"]):
        before, after = _changed(mutant, texts[mutant.path])
        entry = {"at": f"codemods/{mutant.path}:{mutant.line}", "before": before, "after": after}
        why = known.get((mutant.path, before, after))
        (equivalent if why else survivors).append({**entry, "why": why or ""})
    killed, late = len(results["killed"]), len(results["timeout"])
    tried = killed + late + len(survivors)
    return {
        "killed": killed,
        "timeouts": late,
        "survived": len(survivors),
        "equivalent": len(equivalent),
        "percent": round(100 * (killed + late) / tried, 1) if tried else 100.0,
        "survivors": survivors,
        "equivalents": equivalent,
    }


def _preload(group: Group, mutated: Iterable[str]) -> None:
    """What every child would import in the same way; it gets all that is there now, and need not look through it."""
    sys.path.insert(0, str(LIBRARY))
    layers = (file for layer in group.beneath for file in sorted((LIBRARY / "ssot" / layer).rglob("*.py")))
    for name in (*PRELOADED, *(_module(_name(file)) for file in layers)):
        importlib.import_module(name)
    if sys.modules.keys() & {_module(path) for path in mutated}:
        raise SystemExit("a module that is to be mutated has been imported already")
    gc.freeze()


def _module(path: str) -> str:
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def main() -> int:
    parser = argparse.ArgumentParser(description="Mutation testing")
    parser.add_argument("group", nargs="?", default="git", choices=sorted(GROUPS))
    parser.add_argument("--sample", type=int, help="try N mutants, spread over all files; all by default")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--only", metavar="FILE", help="mutate that file alone, by its name")
    parser.add_argument("--json", metavar="FILE", type=Path, help="write the figures there too")
    parser.add_argument(
        "--reach", metavar="FILE", type=Path, help="keep there which test reaches what, and use it again"
    )
    parser.add_argument("--at-least", type=float, default=90.0, help="exit 1 where fewer per cent are killed")
    options = parser.parse_args()
    os.chdir(ROOT)
    group = GROUPS[options.group]
    files = _files(group, options.only)
    texts = {_name(file): file.read_text("utf-8") for file in files}
    everything = [mutant for path, text in texts.items() for mutant in mutants(path, text)]
    chosen = random.Random(options.seed).sample(everything, min(options.sample or len(everything), len(everything)))
    _preload(group, texts)
    reach = _known(options.reach) or _reach(group, files)
    if options.reach:
        options.reach.write_text(json.dumps(vars(reach)), "utf-8")
    reach.lines = {path: {int(line): tests for line, tests in lines.items()} for path, lines in reach.lines.items()}
    _control(chosen[0], texts, reach)
    results: dict[str, list[Mutant]] = {"killed": [], "survived": [], "timeout": [], "unreached": []}
    known = _equivalents()
    results["survived"] += [one for one in chosen if (one.path, *_changed(one, texts[one.path])) in known]
    unknown = [one for one in chosen if one not in results["survived"]]
    for number, (mutant, outcome) in enumerate(_try_all(unknown, texts, reach, options.jobs), 1):
        results[outcome].append(mutant)
        print(f"{number}/{len(unknown)} {outcome:9} codemods/{mutant.path}:{mutant.line}", file=sys.stderr)
    report = {"group": options.group, "mutants": len(everything), "tried": len(chosen), **_report(results, texts)}
    if options.json:
        options.json.write_text(json.dumps(report, indent=2) + "\n", "utf-8")
    for kind in ("survivors", "equivalents"):
        for one in report[kind]:
            print(f"{kind[:-1]} {one['at']}  {one['why']}\n- {one['before']}\n+ {one['after']}")
    print(
        ", ".join(
            f"{key} {report[key]}"
            for key in ("mutants", "tried", "killed", "timeouts", "survived", "equivalent", "percent")
        )
    )
    return 0 if report["percent"] >= options.at_least else 1


if __name__ == "__main__":
    sys.exit(main())
