"""What can be observed of a checkout without `ssot`: what compiles, what imports, which tests pass."""

from __future__ import annotations

import ast
import json
import os
import re
import subprocess
import tempfile
import warnings
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from corpus_projects import Project

ALONE = 200  # modules that are also imported in a process of their own, of those whose files change
OUTCOMES = (
    re.compile(r"^(?P<test>\w+ \([\w.]+\)).*?\.\.\. (?P<outcome>ok|FAIL|ERROR|skipped|expected failure)"),
    re.compile(r"^\s*(?P<test>[\w.]+) \.\.\. +\[(?P<outcome>\w+)\]"),
    re.compile(r"^(?P<outcome>PASSED|FAILED|ERROR|XFAIL|XPASS) (?P<test>[^\s(]\S*)"),
    re.compile(r"^(?P<outcome>SKIPPED) (?P<test>\[\d+\] \S+?):\d+"),
)
GOOD = frozenset({"ok", "OK", "PASSED"})


@dataclass(frozen=True, slots=True)
class Look:
    """What one checkout does."""

    files: int
    imports: int
    compiled: Mapping[str, str]
    together: Mapping[str, str]
    alone: Mapping[str, str]
    tests: Mapping[str, int]  # "outcome test" -> how often

    @property
    def passed(self) -> int:
        return sum(count for line, count in self.tests.items() if line.split(" ")[0] in GOOD)


def good(outcomes: Mapping[str, str]) -> int:
    return sum(outcome == "ok" for outcome in outcomes.values())


def look(project: Project, place: Path, python: Path, changed: Sequence[str], *, tests: bool) -> Look:
    paths = sorted(path.relative_to(place).as_posix() for path in place.rglob("*.py") if ".git" not in path.parts)
    trees = {path: parsed(place / path) for path in paths}
    compiled = {path: tree if isinstance(tree, str) else "ok" for path, tree in trees.items()}
    names = sum(imported(tree) for tree in trees.values() if not isinstance(tree, str))
    together, alone = imports(project, place, python, paths, changed)
    return Look(len(paths), names, compiled, together, alone, run_tests(project, place, python) if tests else {})


def parsed(path: Path) -> ast.Module | str:
    """The tree of a file that compiles, or the name of the exception."""
    data = path.read_bytes()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            compile(data, path.name, "exec", dont_inherit=True)
            return ast.parse(data)
        except (SyntaxError, ValueError, RecursionError, MemoryError) as problem:
            return type(problem).__name__


def imported(tree: ast.Module) -> int:
    return sum(len(node.names) for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom))


def module_of(project: Project, path: str) -> str | None:
    """The dotted name of a file in the folders whose modules are imported; None for others and for scripts."""
    if not any(folder == "." or path.startswith(f"{folder}/") for folder in project.modules):
        return None
    root = next((root for root in project.roots if root != "." and path.startswith(f"{root}/")), "")
    parts = path.removeprefix(f"{root}/" if root else "").removesuffix(".py").split("/")
    parts = parts[:-1] if parts[-1] == "__init__" else parts
    usable = parts and parts[-1] != "__main__" and all(part.isidentifier() for part in parts)
    return ".".join(parts) if usable else None


def imports(
    project: Project, place: Path, python: Path, paths: Iterable[str], changed: Sequence[str]
) -> tuple[dict[str, str], dict[str, str]]:
    modules = [name for path in paths if (name := module_of(project, path))]
    touched = [name for path in changed if (name := module_of(project, path))]
    alone = touched[:: max(1, -(-len(touched) // ALONE))]
    request = {"prelude": project.prelude, "together": modules, "alone": alone}
    with tempfile.TemporaryDirectory() as scratch:
        answer = Path(scratch) / "answer.json"
        command = [python, Path(__file__).with_name("corpus_imports.py"), answer]
        done = subprocess.run(
            command,
            cwd=scratch,
            env=environment(project, place),
            input=json.dumps(request),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            errors="replace",
            check=False,
        )
        if not answer.exists():
            raise SystemExit(f"corpus: {project.label}: importing its modules died\n{done.stderr[-2000:]}")
        found = json.loads(answer.read_text(encoding="utf-8"))
    return found["together"], found["alone"]


def environment(project: Project, place: Path) -> dict[str, str]:
    inherited = {key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "GIT_"))}
    roots = os.pathsep.join(str(place / root) for root in project.roots)
    fixed = {"PYTHONPATH": roots, "PYTHONHASHSEED": "0", "PYTHONDONTWRITEBYTECODE": "1", "TZ": "UTC"}
    return inherited | fixed | dict(project.environment)


def run_tests(project: Project, place: Path, python: Path) -> dict[str, int]:
    """Outcome and name of every test of the project's selection."""
    if not project.tests:
        return {}
    settings = environment(project, place)
    done = subprocess.run(
        [python, *project.tests],
        cwd=place / project.tests_in,
        env=settings,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
    found = Counter(filter(None, map(outcome, done.stdout.splitlines())))
    if not found:
        raise SystemExit(f"corpus: {project.label}: no test ran\n{done.stdout[-2000:]}")
    return dict(found)


def outcome(line: str) -> str | None:
    for pattern in OUTCOMES:
        if match := pattern.match(line):
            return f"{match['outcome']} {match['test']}"
    return None


def differences(before: Look, after: Look) -> list[str]:
    """What the two do differently; empty where nothing."""
    found = []
    for title, one, other in (
        ("compiles", before.compiled, after.compiled),
        ("imports", before.together, after.together),
        ("imports alone", before.alone, after.alone),
        ("tests", before.tests, after.tests),
    ):
        keys = sorted(key for key in one.keys() | other.keys() if one.get(key) != other.get(key))
        found += [f"{title}: {key}: {one.get(key, 'absent')} before, {other.get(key, 'absent')} after" for key in keys]
    return found
