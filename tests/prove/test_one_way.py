"""Nothing gets from a codemod to the writer around the gates."""

# Programs on one line each read better than broken up.

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import pytest
from trees import Tree, workspace

import ssot
from ssot.index.source import Source
from ssot.pipeline.stages import Staged, run_stage
from ssot.rewrite.outcomes import FilePlan, Splice
from ssot.rewrite.stage import Codemod, Created, Outcome
from ssot.rewrite.stage import Tree as WholeTree

LIBRARY = Path(ssot.__file__).parent
# What is planned, proved and written is made in one place each.
MADE_IN = {
    "Plan": {"rewrite/assemble.py"},
    "ChangeSet": {"rewrite/assemble.py"},
    "FileChange": {"rewrite/assemble.py"},
    "assemble": {"pipeline/planning.py"},
    "Wanted": {"pipeline/planning.py"},
    "Staged": {"pipeline/stages.py"},
    "apply_plan": {"pipeline/session.py"},
    "apply_in_place": {"pipeline/session.py"},
    "plan_patch": {"pipeline/session.py"},
}


@cache
def calls() -> tuple[tuple[str, str, ast.Call], ...]:
    """Where something is called, by which name."""
    return tuple(
        (path.relative_to(LIBRARY).as_posix(), getattr(node.func, "attr", getattr(node.func, "id", "")), node)
        for path in sorted(LIBRARY.rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_bytes()))
        if isinstance(node, ast.Call)
    )


@pytest.mark.parametrize("name", MADE_IN)
def test_each_step_is_taken_in_one_place(name: str) -> None:
    """A second place that made plans or wrote them would be a way around."""
    assert {path for path, called, _ in calls() if called == name} == MADE_IN[name]


def test_a_plan_is_not_changed_once_it_is_made() -> None:
    """`dataclasses.replace` would be a second way to make one."""
    replaced = [
        (path, keyword.arg) for path, called, node in calls() if called == "replace" for keyword in node.keywords
    ]
    assert [one for one in replaced if one[1] == "change_sets"] == []


def test_whoever_makes_a_stage_has_proved_it() -> None:
    """A stage is made of what the prover let pass, or of nothing."""
    tree = ast.parse((LIBRARY / "pipeline/stages.py").read_bytes())
    made = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Staged"]
    nothing = "replace(outcome, created={}, deleted={})"
    outcomes = {ast.unparse(node.args[2]) for node in made}
    assert outcomes == {nothing, "_Proof(codemod, work, prover, unsafe).settled(outcome)"}
    (settled,) = (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name == "settled")
    (loop,) = (node for node in settled.body if isinstance(node, ast.While))
    assert ast.unparse(loop.body[0]) == "failures = self.unproved(outcome)"
    leaves = [node for node in ast.walk(settled) if isinstance(node, ast.Return)]
    guarded = [
        node
        for one in loop.body
        if isinstance(one, ast.If) and ast.unparse(one.test) == "not failures"
        for node in one.body
    ]
    assert leaves == guarded


FILES = {
    "lib.py": "class A: ...\nclass B: ...\n",
    "one.py": "from lib import A\nprint(A)\n",
    "two.py": "from lib import B\nprint(B)\n",
    "three.py": "from lib import A\nprint(A)\n",
}


def codemod(
    edits: Mapping[str, tuple[str, str, str]], *, atomic: bool, created: str = "", deleted: str = ""
) -> Codemod:
    """Replaces one text in each of some files, for a key."""

    def plan(tree: WholeTree) -> Outcome:
        plans = {path: FilePlan(path, tuple(splices(tree.sources[path], *edit))) for path, edit in edits.items()}
        made = {created: Created(b"x = (\n", frozenset({"k:made"}))} if created else {}
        gone = {deleted: frozenset({"k:gone"})} if deleted and deleted in tree.paths else {}
        return Outcome({path: found for path, found in plans.items() if found.splices}, made, gone)

    return Codemod("wrong", plan, lambda keys, safety: "t", lambda keys, safety: "r", atomic=atomic)


def splices(source: Source, old: str, new: str, key: str) -> Iterator[Splice]:
    start = source.u8.find(old.encode())
    if start >= 0:
        yield Splice(start, start + len(old.encode()), new.encode(), frozenset({key}))


def staged(tree: Tree, wrong: Codemod) -> Staged:
    return run_stage(wrong, workspace(tree, "[project]\nroots = ['.']\n"), False)


SWAPS = {
    "one.py": ("import A", "import B", "k:A"),
    "two.py": ("import B", "import A", "k:B"),
    "three.py": ("(A)", "(A, A)", "k:C"),
}


@pytest.mark.parametrize("atomic", [False, True])
@pytest.mark.parametrize("count", [1, 2, 3])
def test_a_wrong_codemod_changes_nothing(atomic: bool, count: int) -> None:
    """However many of its files fail, and whether or not they stand together, none of its edits is left."""
    result = staged(FILES, codemod(dict(list(SWAPS.items())[:count]), atomic=atomic))
    assert result.edits == ()
    assert result.pieces() == {}


@pytest.mark.parametrize("atomic", [False, True])
def test_files_that_a_wrong_codemod_makes_or_removes(atomic: bool) -> None:
    result = staged(FILES, codemod(SWAPS, atomic=atomic, created="new.py", deleted="lib.py"))
    assert result.edits == ()
    assert (dict(result.outcome.created), dict(result.outcome.deleted)) == ({}, {})


@pytest.mark.parametrize("atomic", [False, True])
def test_what_is_left_of_a_codemod_that_is_half_wrong_is_proved(atomic: bool) -> None:
    right = {"one.py": ("lib import A", "again import A", "k:A"), "two.py": ("import B", "import A", "k:B")}
    result = staged({**FILES, "again.py": "from lib import A\n"}, codemod(right, atomic=atomic))
    assert [change.path for change in result.edits] == ["one.py"]
    assert result.prover.failures(result.edits) == {}
