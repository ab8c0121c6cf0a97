"""Functions under old names that become wrappers: they do what they did, and warn their callers at the callers' lines."""

from __future__ import annotations

import json
import subprocess
from datetime import date
from functools import cache
from pathlib import Path

import pytest
from tests.rewrite.test_shims_removal import result
from tests.shim_cases import pythons, run, workspace_of, written
from tests.wrapper_cases import MAKES, REFUSES, Wrapped

from ssot.pipeline.planning import CODEMODS, plan_with
from ssot.rewrite.remove_shims import codemod
from ssot.values import Plan

TARGETS = ("3.11", "3.13")
CALLER = """\
import asyncio, importlib, inspect, json, sys, warnings

sys.path.insert(0, ".")
found = []
for name, calls in json.loads(sys.argv[1]).items():
    old, new = (importlib.import_module(f"shop.{one}_{name}") for one in ("old", "new"))
    for call in calls:
        user = {"__name__": "user", "old": old, "asyncio": asyncio, "inspect": inspect}
        code = "\\n\\nasync def main(f, *a):\\n    return await f(*a)\\nresult = " + call
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            try:
                exec(compile(code, "user.py", "exec"), user)
                answer = repr(user["result"])
            except Exception as error:
                answer = type(error).__name__
        places = [[one.filename, one.lineno, one.category.__name__, str(one.message)] for one in caught]
        found.append([name, call, answer, repr(new.LOG), old.tell.__name__, str(inspect.signature(old.tell)), places])
print(json.dumps(found))
"""


def tree(cases: dict[str, Wrapped]) -> dict[str, bytes]:
    files = {"shop/__init__.py": b""}
    for name, case in cases.items():
        files[f"shop/old_{name}.py"] = case.old.replace("{name}", name).encode()
        files[f"shop/new_{name}.py"] = case.new.encode()
    return files


def manifest(cases: dict[str, Wrapped], target: str = "3.11", table: str = "symbol") -> str:
    word = "legacy" if table == "symbol" else "duplicates"
    entries = (f'[[{table}]]\ncanonical = "shop.new_{n}:send"\n{word} = ["shop.old_{n}:tell"]\n' for n in cases)
    return f'[project]\ntarget-version = "{target}"\n[shims]\n' + "".join(entries)


@cache
def wrapped(target: str) -> tuple[dict[str, Wrapped], dict[str, bytes], Plan, dict[str, bytes]]:
    """The cases that are wrapped for a target, their tree before and after."""
    cases = {name: case for name, case in MAKES.items() if target == "3.13" or not case.modern}
    plan = plan_with(workspace_of(tree(cases), manifest(cases, target)), CODEMODS)
    return cases, tree(cases), plan, result(tree(cases), plan)


def called(python: str, folder: Path, cases: dict[str, Wrapped]) -> list[list[object]]:
    done = run(python, folder, "-c", CALLER, json.dumps({name: case.calls for name, case in cases.items()}))
    assert done.returncode == 0, done.stderr
    found: list[list[object]] = json.loads(done.stdout)
    return found


def new_enough(python: str, target: str) -> bool:
    code = f"import sys; sys.exit(sys.version_info[:2] < ({target.replace('.', ', ')}))"
    return subprocess.run([python, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize("target", TARGETS)
def test_each_of_them_becomes_a_wrapper(target: str) -> None:
    """By PEP 702 where every Python that is meant has it."""
    cases, _, plan, after = wrapped(target)
    assert [(one.code, one.reason) for one in plan.refusals] == []
    for name in cases:
        text = after[f"shop/old_{name}.py"]
        assert b"shop.old_%s.tell is deprecated and will be removed after 2026-12-21" % name.encode() in text
        assert (b"@warnings.deprecated(" in text) == (target == "3.13")
        assert b'"tell": "shop.new_%s:send since 2026-11-21 until 2026-12-21"' % name.encode() in text


@pytest.mark.parametrize("python", pythons(), ids=lambda python: Path(python).parent.parent.name)
@pytest.mark.parametrize("target", TARGETS)
def test_it_does_what_it_did_and_warns_its_caller(target: str, python: str, tmp_path: Path) -> None:
    """Results, errors, names, signatures and what is logged are the same; one warning more for each call that works."""
    if not new_enough(python, target):
        pytest.skip("the code is not meant for this Python")
    cases, before, _, after = wrapped(target)
    was = called(python, written(before, tmp_path / "was"), cases)
    now = called(python, written(after, tmp_path / "now"), cases)
    for one, other in zip(was, now, strict=True):
        name, call, answer, *_ = one
        assert one[:6] == other[:6]
        if answer == "TypeError" or str(call).startswith("inspect"):
            continue
        line = 4 if "main(" in str(call) else 5
        text = f"shop.old_{name}.tell is deprecated and will be removed after 2026-12-21; use shop.new_{name}.send"
        assert other[6] == [["user.py", line, "DeprecationWarning", text]], (name, call)


@pytest.mark.parametrize("target", TARGETS)
def test_a_second_run_changes_nothing(target: str) -> None:
    """Nor does it refuse what it has done."""
    cases, _, _, after = wrapped(target)
    again = plan_with(workspace_of(after, manifest(cases, target)), CODEMODS)
    assert not again.change_sets
    assert not again.refusals


@pytest.mark.parametrize("target", TARGETS)
def test_expired_wrappers_go_with_their_functions(target: str) -> None:
    """No trace of them is left; files that hold nothing else go."""
    cases, _, _, after = wrapped(target)
    work = workspace_of(after, manifest(cases, target))
    assert all(work.index.facts[f"shop/old_{name}.py"].shims.live for name in cases)
    assert not plan_with(work, [codemod(date(2026, 12, 21))]).change_sets
    plan = plan_with(work, [codemod(date(2026, 12, 22))])
    left = result(after, plan)
    assert not plan.refusals
    assert not [path for path, data in left.items() if b"def tell" in data or b"warnings" in data or b"_SSOT" in data]
    assert "shop/old_late_import.py" not in left


@pytest.mark.parametrize("target", TARGETS)
def test_what_is_not_known_to_do_the_same_is_refused(target: str) -> None:
    """Each as a whole, and its file stays as it is."""
    plan = plan_with(workspace_of(tree(REFUSES), manifest(REFUSES, target)), CODEMODS)
    assert not plan.change_sets
    codes = {refusal.path: refusal.code for refusal in plan.refusals if refusal.whole}
    assert codes.keys() == {f"shop/old_{name}.py" for name in REFUSES}
    assert set(codes.values()) == {"shim-wrapper", "shim-own-use", "shim-other-object"}


def test_declared_duplicates_with_other_parameters_are_wrapped() -> None:
    """The collapse leaves them alone without a word, now and at the next run."""
    cases = {name: MAKES[name] for name in ("delegate", "reordered", "renamed")}
    text = manifest(cases, table="collapse")
    plan = plan_with(workspace_of(tree(cases), text), CODEMODS)
    assert not plan.refusals
    assert {one.codemod for one in plan.change_sets} == {"deprecation-shims"}
    again = plan_with(workspace_of(result(tree(cases), plan), text), CODEMODS)
    assert (again.change_sets, again.refusals) == ((), ())


@pytest.mark.parametrize(
    ("use", "code"),
    [
        ("from shop.old_delegate import tell\n", "shim-in-use"),
        ("import shop.old_delegate as old\nold.tell(1, 2)\n", "shim-in-use"),
        ("from unittest import mock\nmock.patch('shop.old_delegate.tell')\n", "shim-patched"),
    ],
)
def test_one_that_the_repository_uses_is_refused(use: str, code: str) -> None:
    """Its warning would come from the repository itself."""
    cases = {"delegate": MAKES["delegate"]}
    plan = plan_with(workspace_of({**tree(cases), "app.py": use.encode()}, manifest(cases)), CODEMODS)
    assert code in {refusal.code for refusal in plan.refusals if refusal.whole}


@pytest.mark.parametrize(
    ("requires", "modern"),
    [(">=3.13", True), (">=3.11", False), ("~=3.13", True), (">=3.9,>=3.14", True), ("<4", False), ("nonsense", False)],
)
def test_the_version_is_that_of_the_project(requires: str, modern: bool) -> None:
    """`requires-python`, where the manifest says nothing."""
    cases = {"delegate": MAKES["delegate"]}
    files = {**tree(cases), "pyproject.toml": f'[project]\nname = "shop"\nrequires-python = "{requires}"\n'.encode()}
    text = manifest(cases).partition("[shims]")[2]
    plan = plan_with(workspace_of(files, f"[shims]\n{text}"), CODEMODS)
    assert (b"@warnings.deprecated" in result(files, plan)["shop/old_delegate.py"]) == modern


def test_a_wrapper_and_a_name_on_demand_share_a_module() -> None:
    """One table; each goes without the other."""
    files = {
        "shop/__init__.py": b"",
        "shop/new.py": b"def send(a, b):\n    return a, b\n\n\nclass Engine:\n    pass\n",
        "shop/old.py": b"from shop.new import Engine, send\n\n\ndef tell(b, a):\n    return send(a, b)\n",
    }
    one = '[[symbol]]\ncanonical = "shop.new:send"\nlegacy = ["shop.old:tell"]\n[shims]\nremove-after = 2026-12-01\n'
    both = (
        one.replace("2026-12-01", "2026-12-31")
        + '[[symbol]]\ncanonical = "shop.new:Engine"\nlegacy = ["shop.old:Engine"]\n'
    )
    first = result(files, plan_with(workspace_of(files, one), CODEMODS))
    second = result(first, plan_with(workspace_of(first, both), CODEMODS))
    shims = workspace_of(second, both).index.facts["shop/old.py"].shims
    assert (shims.live, shims.wrapped, [row.name for row in shims.asked]) == (True, {"tell"}, ["Engine"])
    earlier = result(second, plan_with(workspace_of(second, both), [codemod(date(2026, 12, 2))]))
    assert b"def tell" not in earlier["shop/old.py"]
    assert b"Engine" in earlier["shop/old.py"]


def test_a_wrapper_that_was_changed_is_a_finding() -> None:
    """Its row says something else than the function does."""
    _, _, _, after = wrapped("3.11")
    text = after["shop/old_delegate.py"].replace(b"stacklevel=2", b"stacklevel=3")
    work = workspace_of({**after, "shop/old_delegate.py": text}, manifest(MAKES))
    shims = work.index.facts["shop/old_delegate.py"].shims
    assert not shims.live
    assert "tell is a function of the module, and not as the tool wrote it" in [fault.reason for fault in shims.faults]
