"""One project from the published code to a row of the table."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from corpus_fetch import commit, git
from corpus_look import Look, differences, good, look
from corpus_projects import Project
from corpus_row import Row
from corpus_tool import Ran, ssot

BRANCH = "ssot/corpus"
FRAGMENTED = frozenset({"SSOT101", "SSOT102", "SSOT104"})
Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Options:
    symbols: int
    tests: bool


@dataclass(frozen=True, slots=True)
class Steps:
    """Every call of the tool on the project, in order."""

    proposal: Ran
    before: Ran
    plan: Ran
    patch: Ran
    apply: Ran
    verify: Ran
    replan: Ran
    after: Ran


def measured(project: Project, place: Path, python: Path, options: Options) -> Row:
    steps, problems = rewrite(project, place, options)
    result = checkout(place, place.with_name(f"{place.name}-after"))
    clean = checkout(place, place.with_name(f"{place.name}-before"), revision="main")
    changed = sorted({file["path"] for change_set in applied_sets(steps) for file in change_set["files"]})
    before = look(project, clean, python, changed, tests=options.tests)
    after = look(project, result, python, changed, tests=options.tests)
    problems += differences(before, after) + accounted(steps)
    return row(project, steps, before, after, len(changed), problems)


def applied_sets(steps: Steps) -> list[Json]:
    return [one for one in steps.apply.document["change_sets"] if one["safety"] == "safe"]


def rewrite(project: Project, place: Path, options: Options) -> tuple[Steps, list[str]]:
    """Declare, plan, apply, verify; with somebody's uncommitted work lying in the repository all the while."""
    reset(place)
    proposal = ssot(place, "audit", "--format", "json", "--exit-zero")
    (place / "ssot.toml").write_bytes(manifest(project, proposal.document, options.symbols).encode())
    git(place, "add", "ssot.toml")
    commit(place, "declare ten symbols")
    before = ssot(place, "audit", "--format", "json", "--exit-zero")
    litter(place)
    state = fingerprint(place)
    plan = ssot(place, "plan", "--format", "json")
    patch = ssot(place, "plan", "--format", "patch")
    apply = ssot(place, "apply", "--branch", BRANCH, "--format", "json", expect=(0, 3))
    problems = [] if fingerprint(place) == state else ["the work tree, the index or HEAD changed"]
    verify = ssot(place, "verify", BRANCH, expect=(0, 1, 3))
    problems += [f"verify: exit {verify.code}"] if verify.code else []
    result = checkout(place, place.with_name(f"{place.name}-after"))
    problems += patch_problems(place, patch)
    replan = ssot(result, "plan", "--check", "--format", "json", expect=(0, 1))
    after = ssot(result, "audit", "--format", "json", "--exit-zero")
    return Steps(proposal, before, plan, patch, apply, verify, replan, after), problems


def reset(place: Path) -> None:
    """Back to the published code, as if no run had been here before."""
    git(place, "checkout", "--quiet", "--force", "main")
    git(place, "reset", "--quiet", "--hard", git(place, "rev-list", "--max-parents=0", "main").strip())
    git(place, "clean", "--quiet", "-ffdx")
    if git(place, "branch", "--list", BRANCH).strip():
        git(place, "branch", "--quiet", "-D", BRANCH)


def manifest(project: Project, audit: Json, count: int) -> str:
    """The symbols most often got by another path than the one that the audit proposes."""
    several = [one for one in audit["symbols"] if sum(path["uses"] > 0 for path in one["paths"]) > 1]
    several.sort(
        key=lambda one: (-sum(p["uses"] for p in one["paths"] if p["path"] != one["canonical"]), one["canonical"])
    )
    roots = ", ".join(f'"{root}"' for root in project.roots)
    entries = [f'[[symbol]]\ncanonical = "{one["canonical"]}"' for one in several[:count]]
    return "\n\n".join((f"[project]\nroots = [{roots}]", *entries)) + "\n"


def litter(place: Path) -> None:
    """A person's work: something staged, something changed, something untracked."""
    staged, edited = [path for path in git(place, "ls-files", "*.py").splitlines() if path.count("/") > 0][:2]
    with (place / staged).open("ab") as file:
        file.write(b"# staged\n")
    git(place, "add", staged)
    with (place / edited).open("ab") as file:
        file.write(b"# edited\n")
    (place / "untracked.py").write_bytes(b"from somewhere import something\n")


def fingerprint(place: Path) -> str:
    """HEAD, index and every file of the work tree, byte for byte."""
    seen = hashlib.sha256()
    for path in sorted(place.rglob("*")):
        if path.is_file() and ".git" not in path.relative_to(place).parts:
            seen.update(f"{path.relative_to(place)} {path.stat().st_mode}".encode() + path.read_bytes())
    for name in ("index", "HEAD", "refs/heads/main"):
        seen.update((place / ".git" / name).read_bytes())
    return seen.hexdigest()


def checkout(place: Path, target: Path, revision: str = BRANCH) -> Path:
    if target.exists():
        shutil.rmtree(target)
    git(place.parent, "clone", "--quiet", "--shared", "--branch", revision, str(place), str(target))
    return target


def patch_problems(place: Path, patch: Ran) -> list[str]:
    """The patch has to fit the base, and to give the branch's files."""
    base = checkout(place, place.with_name(f"{place.name}-base"), revision="main")
    for arguments in (["git", "apply", "--check", "-"], ["git", "apply", "--index", "-"]):
        done = subprocess.run(arguments, cwd=base, input=patch.out, capture_output=True, check=False)
        if done.returncode:
            return [f"{' '.join(arguments)}: {done.stderr.decode(errors='replace').splitlines()[:1]}"]
    tree = git(base, "write-tree").strip()
    shutil.rmtree(base)
    same = tree == git(place, "rev-parse", f"{BRANCH}^{{tree}}").strip()
    return [] if same else ["the patch and the branch give different trees"]


def accounted(steps: Steps) -> list[str]:
    """The ledger adds up, a second run has nothing to do, and every fragmented import left is a refusal."""
    problems = [] if adds_up(steps.plan.document["ledger"]) else ["the ledger does not add up"]
    if steps.plan.document["change_sets"] != steps.apply.document["change_sets"]:
        problems.append("apply did something else than plan showed")
    if [one for one in steps.replan.document["change_sets"] if one["safety"] == "safe"]:
        problems.append("a second run has something to do")
    refused = {(one["path"], one["line"]) for one in steps.replan.document["refusals"]}
    left = [one for one in steps.after.document["findings"] if one["rule"] in FRAGMENTED]
    silent = [f"{one['path']}:{one['line']}" for one in left if (one["path"], one["line"]) not in refused]
    return problems + [f"left without a refusal: {place}" for place in silent]


def adds_up(ledger: Mapping[str, Any]) -> bool:
    outcomes = ("rewritten", "shimmed", "refused", "ignored")
    return bool(sum(ledger[name] for name in outcomes) == ledger["occurrences"])


def row(project: Project, steps: Steps, before: Look, after: Look, changed: int, problems: list[str]) -> Row:
    ledger = steps.plan.document["ledger"]
    refused = Counter(one["code"] for one in steps.plan.document["refusals"])
    return Row(
        project=project.label,
        files=before.files,
        changed=changed,
        imports=before.imports,
        ledger={name: ledger[name] for name in ("occurrences", "rewritten", "shimmed", "refused", "ignored")},
        refused=tuple(sorted(refused.items())),
        seconds=(steps.proposal.seconds, steps.plan.seconds, steps.apply.seconds),
        canonical=tuple(ran.document["score"]["canonical"]["percent"] for ran in (steps.before, steps.after)),
        compiled=(good(before.compiled), good(after.compiled)),
        imported=(good(before.together), good(after.together), len(before.together)),
        alone=(good(before.alone), good(after.alone), len(before.alone)),
        tests=(before.passed, after.passed, sum(before.tests.values())),
        problems=tuple(problems),
    )
