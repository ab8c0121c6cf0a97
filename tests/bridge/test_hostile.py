"""A repository that would have its own code loaded: nothing of it is."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
import tempfile
import threading
import warnings
from contextlib import suppress
from pathlib import Path
from typing import IO

import pytest
from deliver.helpers import Sandbox

from bridge.commands import folder_of, run
from ssot.bridge.process import _environment
from ssot.values import SsotError

pytestmark = pytest.mark.own_interpreter
SPY = "import pathlib; pathlib.Path({log!r}).open('a').write(__name__ + chr(10))\n"
MODULES = [
    "acme.py", "sitecustomize.py", "usercustomize.py", "conftest.py", "setup.py", "noxfile.py", "ssot.py", "typer.py", "bowler/__init__.py",
    "libcst/__init__.py", "libcst/codemod/__init__.py", "ssot_cli/__init__.py", "json.py", "shop/__init__.py", "query.py", "git.py", "queue.py",
]  # fmt: skip
MANIFEST = """
[[symbol]]
canonical = "shop.core:Engine"
legacy = ["shop.old:Engine"]
[[codemod]]
id = "theirs"
libcst = "acme:DropPrint"
[[codemod]]
id = "other"
bowler = "query.py"
"""
PROGRAM = "import sys; sys.path[:0] = {path!r}; from ssot_cli.__main__ import main; sys.exit(main(sys.argv[1:]))"
LINES = [
    (("audit", "--exit-zero"), 0),
    (("plan",), 0),
    (("apply",), 0),
    (("run", "libcst", "acme_codemods:Append", "--arg", "word=z", "--search", "@tools"), 0),
    (("plan", "--allow-exec", "--only", "theirs"), 2),  # allowed, and still not found in the tree
]


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "log"


@pytest.fixture
def repo(tmp_path: Path, log: Path) -> Sandbox:
    spy = SPY.format(log=str(log))
    files = {path: spy.encode() for path in MODULES}
    files |= {
        "ssot.toml": MANIFEST.encode(),
        ".libcst.codemod.yaml": f"formatter: [sh, -c, 'echo formatter >> {log}']\nmodules: [acme]\nrepo_root: .\n".encode(),
        "evil.pth": spy.encode(),
        "shop/core.py": spy.encode() + b"class Engine: ...\n",
        "shop/old.py": b"from shop.core import Engine\n",
        "shop/use.py": b"from shop.old import Engine\n",
    }
    return Sandbox.create(tmp_path / "repo", files=files)


@pytest.mark.parametrize(("words", "code"), LINES, ids=lambda one: "-".join(one[:2]) if isinstance(one, tuple) else "")
def test_nothing_of_the_repository_is_loaded(
    words: tuple[str, ...], code: int, repo: Sandbox, log: Path, tmp_path: Path
) -> None:
    (tmp_path / "tools").mkdir()
    folder_of(tmp_path / "tools")
    program = PROGRAM.format(path=[path for path in sys.path if path and Path(path).is_dir()])
    given = [word.replace("@", f"{tmp_path}/") for word in words]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    done = subprocess.run(
        [sys.executable, "-P", "-c", program, *given],
        cwd=repo.root,
        capture_output=True,
        env=environment,
        timeout=120,
        check=False,
    )
    assert done.returncode == code, done.stderr.decode()
    assert not log.exists(), log.read_text()


def test_what_would_change_the_import_path_is_not_inherited(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PYTHONPATH", "PYTHONHOME", "PYTHONSTARTUP", "PYTHONUSERBASE", "PYTHONHASHSEED"):
        monkeypatch.setenv(name, ".")
    found = {name for name in _environment() if name.startswith("PYTHON")}
    assert found == {"PYTHONHASHSEED", "PYTHONDONTWRITEBYTECODE", "PYTHONUTF8"}
    assert _environment()["PYTHONHASHSEED"] == "0"


@pytest.mark.parametrize("name", ["Append", "Deadly", "Gone"])
def test_nothing_stays_open_however_it_ends(name: str, tmp_path: Path) -> None:
    """Neither a stream, nor a temporary file, nor a thread."""
    threads, found = threading.active_count(), []
    with pytest.MonkeyPatch.context() as patch, warnings.catch_warnings():
        warnings.simplefilter("always", ResourceWarning)
        patch.setattr(sys, "unraisablehook", lambda one: found.append(one.exc_value))
        patch.setattr(warnings, "showwarning", lambda message, *_, **__: found.append(message))
        with suppress(SsotError):
            run(
                {"a.py": b"x = 1\n", "b.py": b"x = 2\n"},
                name,
                tmp_path,
                ("word", "z") if name == "Append" else ("x", "y"),
            )
        gc.collect()
    assert found == []
    assert threading.active_count() == threads


def test_nor_where_the_process_does_not_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[IO[bytes]] = []
    temporary_file = tempfile.TemporaryFile

    def noted() -> IO[bytes]:
        made.append(temporary_file())
        return made[-1]

    def failing(*_: object) -> None:
        raise OSError("no more processes")

    monkeypatch.setattr(tempfile, "TemporaryFile", noted)
    monkeypatch.setattr("ssot.bridge.process._started", failing)
    with pytest.raises(OSError, match="no more processes"):
        run({"a.py": b""}, "Append", tmp_path, ("word", "z"))
    assert [file.closed for file in made] == [True]
