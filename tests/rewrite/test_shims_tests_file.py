"""The generated test file: it passes in the repository that the plan leaves, and fails where a shim is broken."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from tests.rewrite.test_shims_removal import result
from tests.shim_cases import Files, load_cases, workspace_of, written

from ssot.pipeline.planning import CODEMODS, plan_with
from ssot.rewrite import generated_tests
from ssot.values import Plan

FILE = "tests/ssot/test_single_source.py"
LOOKS = {"CI", "BUILD_NUMBER", "PYTEST_ADDOPTS"}  # pytest's summary looks different with these
TESTS = '\n[tests]\npath = "tests/ssot"\n'
CASES = {case.name: case for case in load_cases() if not case.alone}
RUN = [
    "chain",
    "star-provider",
    "package",
    "module-package",
    "mode-none",
    "mode-alias",
    "permanent",
    "effects-kept",
    "value",
    "wrapper",
    "wrapper-of-its-own",
]


def planned(files: Files, manifest: str) -> tuple[Plan, dict[str, bytes]]:
    plan = plan_with(workspace_of(files, manifest), CODEMODS)
    made = {change.path: b"" for change_set in plan.change_sets for change in change_set.files}
    return plan, result({**made, **files}, plan)


def after(name: str) -> dict[str, bytes]:
    return planned(CASES[name].before, CASES[name].manifest + TESTS)[1]


def pytest_run(files: Files, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """In an interpreter of its own, with no configuration but that of the repository."""
    written(files, folder)
    command = [
        sys.executable,
        "-B",
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "-p",
        "no:xdist",
        "-c",
        "/dev/null",
    ]
    return subprocess.run(
        [*command, "--rootdir", str(folder), *arguments, "tests/ssot"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        env={name: value for name, value in os.environ.items() if name not in LOOKS},
    )


def failures(done: subprocess.CompletedProcess[str]) -> list[str]:
    """The functions that failed, out of pytest's summary."""
    lines = [line for line in done.stdout.splitlines() if line.startswith("FAILED")]
    return [line.split("::")[1].split(" - ")[0] for line in lines]


@pytest.mark.parametrize("name", RUN)
def test_it_passes_in_the_repository_that_the_plan_leaves(name: str, tmp_path: Path) -> None:
    """Whatever warnings the person has turned into errors."""
    done = pytest_run(after(name), tmp_path, "-W", "error")
    assert done.returncode == 0, done.stdout
    assert "passed" in done.stdout


BROKEN = {
    "no warning": (b"warnings.warn(text, DeprecationWarning, stacklevel=3)", b"pass"),
    "warns the wrong place": (b"stacklevel=3", b"stacklevel=2"),
    "warns twice": (
        b"    return found",
        b"    warnings.warn(text, DeprecationWarning, stacklevel=3)\n    return found",
    ),
    "another category": (b"DeprecationWarning, stack", b"UserWarning, stack"),
    "another object": (b"shop.user:UserEngine since", b"shop.user:make since"),
    "bound again": (b"\n_SSOT_SHIMS", b"\nfrom shop.user import UserEngine as Engine\n\n_SSOT_SHIMS"),
    "a twin": (b"\n_SSOT_SHIMS", b"\n\nclass Engine:\n    pass\n\n\n_SSOT_SHIMS"),
}


@pytest.mark.parametrize("how", BROKEN)
def test_it_fails_where_a_shim_is_broken(how: str, tmp_path: Path) -> None:
    """Each of the ways in which a merge or a well-meant change may do that."""
    files = after("import-only")
    old, new = BROKEN[how]
    assert old in files["shop/old.py"]
    files["shop/old.py"] = files["shop/old.py"].replace(old, new)
    done = pytest_run(files, tmp_path)
    assert done.returncode == 1, done.stdout
    assert "test_the_old_path_warns_its_importer_once" in done.stdout


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"stacklevel=2", b"stacklevel=1"),
        (b"DeprecationWarning,", b"UserWarning,"),
        (b"    warnings.warn(", b"    str("),
        (b"use shop.events.broadcast", b"use something else"),
    ],
)
def test_it_fails_where_a_wrapper_is_broken(old: bytes, new: bytes, tmp_path: Path) -> None:
    """It is called, and stopped at its warning, so that nothing else of it runs."""
    files = after("wrapper")
    files["shop/old.py"] = files["shop/old.py"].replace(old, new)
    done = pytest_run(files, tmp_path)
    assert done.returncode == 1
    assert "test_the_old_function_warns_its_caller" in done.stdout


def test_it_passes_whichever_shim_is_reverted(tmp_path: Path) -> None:
    """What the code's own register no longer has is not asked for; an import of a shim that stands is still told of."""
    router = b"class Router:\n    def send(self, message):\n        return message\n"
    files = {
        "shop/__init__.py": b"",
        "shop/new.py": router
        + b"\n\ndef send(message, user):\n    return message, user\n\n\nclass Engine:\n    pass\n",
        "shop/twin.py": router,
        "shop/old.py": b"from shop.new import Engine\n",
        "shop/calls.py": b"from shop.new import send\n\n\ndef tell(user, message):\n    return send(message, user)\n",
        "app.py": b"from shop.old import Engine\n\nprint(Engine())\n",
        "web.py": b"from shop.twin import Router\n\nprint(Router())\n",
    }
    manifest = (
        '[[collapse]]\ncanonical = "shop.new:Router"\nduplicates = ["shop.twin:Router"]\n'
        '[[symbol]]\ncanonical = "shop.new:Engine"\nlegacy = ["shop.old:Engine"]\n'
        '[[symbol]]\ncanonical = "shop.new:send"\nlegacy = ["shop.calls:tell"]\n[shims]\n'
    )
    plan, _ = planned(files, manifest + TESTS)
    made = {change.path: b"" for change_set in plan.change_sets for change in change_set.files}
    others = [one for one in plan.change_sets if one.codemod != "generated-tests"]
    assert len(others) >= 3
    for number, reverted in enumerate(others):
        left = tuple(one for one in plan.change_sets if one is not reverted)
        done = pytest_run(result({**made, **files}, replace(plan, change_sets=left)), tmp_path / str(number))
        old_imports = ["test_nothing_new_imports_an_old_path"] if reverted.codemod == "canonical-imports" else []
        assert failures(done) == old_imports, (reverted.title, done.stdout)


def test_it_fails_where_an_alias_becomes_another_object(tmp_path: Path) -> None:
    """What has been made one stays one."""
    files = after("mode-alias")
    files["shop/old.py"] = b"class Engine:\n    pass\n"
    done = pytest_run(files, tmp_path)
    assert done.returncode == 1
    assert "test_it_is_one_object" in done.stdout


def test_it_fails_where_a_removed_path_is_back(tmp_path: Path) -> None:
    """A merge may bring it."""
    files = after("mode-none")
    files["shop/old.py"] = CASES["mode-none"].before["shop/old.py"]
    done = pytest_run(files, tmp_path)
    assert done.returncode == 1
    assert "test_the_old_path_is_gone" in done.stdout


def test_it_fails_where_new_code_imports_an_old_path(tmp_path: Path) -> None:
    """Code that was left alone is listed; nothing may be added."""
    files = {**after("import-only"), "new.py": b"def f():\n    from shop.old import Engine\n    return Engine\n"}
    done = pytest_run(files, tmp_path)
    assert done.returncode == 1
    assert "new.py: shop.old:Engine" in done.stdout


def test_a_second_plan_has_nothing_to_do() -> None:
    """The file is part of the tree like any other."""
    for name in RUN:
        assert planned(after(name), CASES[name].manifest + TESTS)[0].change_sets == ()


def test_it_is_brought_up_to_date() -> None:
    """When the manifest or the code says something else."""
    files = after("import-only")
    manifest = (
        CASES["import-only"].manifest.replace('"shop.old:Engine"', '"shop.old:Engine", "shop.olden:Engine"') + TESTS
    )
    plan, then = planned({**files, "shop/olden.py": b"from shop.user import UserEngine as Engine\n"}, manifest)
    assert not plan.refusals
    assert b'("shop.olden:Engine", "shop.user:UserEngine")' in then[FILE]


def test_a_file_of_somebody_else_is_refused() -> None:
    """Never overwritten."""
    case = CASES["import-only"]
    plan, then = planned({**case.before, FILE: b"def test_mine():\n    pass\n"}, case.manifest + TESTS)
    assert [(refusal.code, refusal.path, refusal.whole) for refusal in plan.refusals] == [
        ("foreign-test-file", FILE, True)
    ]
    assert then[FILE] == b"def test_mine():\n    pass\n"


def test_without_the_table_there_is_no_file() -> None:
    """Off without it; and nothing is made where nothing is to be held."""
    case = CASES["import-only"]
    assert FILE not in planned(case.before, case.manifest)[1]
    assert FILE not in planned({"a.py": b"class A:\n    pass\n"}, '[[symbol]]\ncanonical = "a:A"\n' + TESTS)[1]


def test_it_is_clean_python() -> None:
    """For the linter and the type checker that the repository may have."""
    assert generated_tests.MARK.encode() in after("chain")[FILE]
    compile(after("chain")[FILE], FILE, "exec")
