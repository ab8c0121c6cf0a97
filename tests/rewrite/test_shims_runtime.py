"""What a shim is like to live with: type checkers, linters, threads, reload, pickles, whoever walks over modules."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from tests.shim_cases import load_cases, pythons, run, written

CASES = {case.name: case for case in load_cases()}
SHIMMED = sorted(name for name, case in CASES.items() if case.probes)
WAYS = {
    "threads": """
import threading, warnings, importlib, shop.old
warnings.simplefilter("ignore")
found = []
def ask():
    from shop.old import Engine
    found.append(Engine)
threads = [threading.Thread(target=ask) for _ in range(20)]
[t.start() for t in threads], [t.join() for t in threads]
assert len(found) == 20 and len(set(found)) == 1
""",
    "reload": """
import importlib, warnings, shop.old
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    importlib.reload(shop.old)
    assert not caught
    assert shop.old.Engine is importlib.import_module("shop.user").UserEngine
    assert len(caught) == 1
""",
    "stored pickles": """
import pickle, warnings
from shop.user import UserEngine
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    assert pickle.loads(b"cshop.old\\nEngine\\n.") is UserEngine
    assert len(caught) == 1
assert b"shop.user" in pickle.dumps(UserEngine()) and b"shop.old" not in pickle.dumps(UserEngine())
""",
    "walking over packages and doctests": """
import doctest, importlib, inspect, pkgutil, warnings
warnings.simplefilter("error")
import shop
for one in pkgutil.walk_packages(shop.__path__, "shop."):
    importlib.import_module(one.name)
import shop.old
doctest.testmod(shop.old)
assert "Engine" in dir(shop.old)
assert inspect.getmodule(shop.old) is None or True
""",
    "inspect.getmembers asks for everything": """
import inspect, warnings, shop.old
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    members = dict(inspect.getmembers(shop.old))
assert members["Engine"].__name__ == "UserEngine" and len(caught) == 1
""",
    "errors name the module": """
import shop.old
try:
    shop.old.Nothing
except AttributeError as error:
    assert str(error) == "module 'shop.old' has no attribute 'Nothing'"
try:
    from shop.old import Nothing
except ImportError as error:
    assert "cannot import name 'Nothing' from 'shop.old'" in str(error)
""",
    "a default filter shows each place once": """
import subprocess, sys
code = "import shop.old\\nfor _ in range(3):\\n    shop.old.Engine\\nshop.old.Engine\\n"
done = subprocess.run([sys.executable, "-W", "default", "-c", code], capture_output=True, text=True)
assert done.stderr.count("DeprecationWarning: shop.old.Engine is deprecated") == 2, done.stderr
""",
    "loading the old module does not load the canonical one": """
import sys, shop.old
assert "shop.user" not in sys.modules
""",
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("python", pythons(), ids=lambda python: Path(python).parent.parent.name)
def test_living_with_a_shim(way: str, python: str, tmp_path: Path) -> None:
    """The program says what holds."""
    folder = written(CASES["import-only"].expected(), tmp_path)
    done = run(python, folder, "-c", WAYS[way])
    assert done.returncode == 0, done.stderr


def test_type_checkers_see_the_object(tmp_path: Path) -> None:
    """In strict mode, through the old path, with the canonical type; the generated code itself is clean."""
    for name in ("import-only", "several-names", "own-use-same-name", "module-names"):
        written(CASES[name].expected(), tmp_path / name)
    (tmp_path / "several-names" / "user.py").write_text(
        "from shop.old import Engine, make\n\nengine: Engine = make()\nreveal_type(engine)\nreveal_type(Engine.kind)\n"
    )
    for name, own in (("import-only", []), ("several-names", ["user.py"]), ("module-names", [])):
        command = [sys.executable, "-m", "mypy", "--strict", "--no-incremental", "--cache-dir", "/dev/null"]
        done = subprocess.run(
            [*command, "shop/old.py", *own], cwd=tmp_path / name, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout
        if own:
            assert 'Revealed type is "shop.user.UserEngine"' in done.stdout
            assert 'str"' in done.stdout.splitlines()[1]


@pytest.mark.skipif(shutil.which("ruff", path=str(Path(sys.executable).parent)) is None, reason="needs ruff")
def test_linters_have_nothing_to_say_that_they_did_not_say_before(tmp_path: Path) -> None:
    """With ruff's default rules, over every fixture that becomes a shim."""
    ruff = str(Path(sys.executable).parent / "ruff")

    def said(folder: Path) -> dict[str, int]:
        command = [ruff, "check", "--isolated", "--no-cache", "--output-format", "json", "."]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
        counts: dict[str, int] = {}
        for one in json.loads(done.stdout):
            counts[one["code"]] = counts.get(one["code"], 0) + 1
        return counts

    for name in set(SHIMMED) - {"star-provider"}:  # whose `del` linters can't tell, because of the star above it
        before = said(written(CASES[name].before, tmp_path / name / "before"))
        after = said(written(CASES[name].expected(), tmp_path / name / "after"))
        fresh = {code: count for code, count in after.items() if count > before.get(code, 0)}
        assert not fresh, (name, fresh)


def test_formatters_do_not_break_it(tmp_path: Path) -> None:
    """The table is read from the syntax tree, so that its layout is nobody's business."""
    from tests.shim_cases import workspace_of

    ruff = Path(sys.executable).parent / "ruff"
    if not ruff.is_file():
        pytest.skip("needs ruff")
    case = CASES["several-names"]
    folder = written(case.expected(), tmp_path)
    for options in ([], ["--line-length", "40"], ["--config", "format.quote-style='single'"]):
        subprocess.run(
            [str(ruff), "format", "--isolated", *options, "shop"], cwd=folder, check=True, capture_output=True
        )
        index = workspace_of(
            {"shop/old.py": (folder / "shop/old.py").read_bytes(), "shop/user.py": b"class UserEngine: ..."}, ""
        ).index
        shims = index.facts["shop/old.py"].shims
        assert shims.live, options
        assert [row.name for row in shims.rows] == ["Engine", "make"]
