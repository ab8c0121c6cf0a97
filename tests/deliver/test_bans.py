"""The linter refuses what would go around the one module that runs git."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
REFUSED = (
    "import subprocess",
    "from subprocess import run",
    "import pty",
    "import pickle",
    *(f"os.{name}('x')" for name in ("system", "popen", "fork", "forkpty", "startfile", "posix_spawn", "posix_spawnp")),
    *(f"os.{kind}{tail}('x')" for kind in ("exec", "spawn") for tail in ("l", "le", "lp", "lpe", "v", "ve", "vp", "vpe")),
    "from os import system",
    "multiprocessing.Process()",
    "multiprocessing.Pool()",
    "multiprocessing.get_context('fork')",
    "from multiprocessing import Process",
    "from multiprocessing.pool import Pool",
    "concurrent.futures.ProcessPoolExecutor()",
    "from concurrent.futures import ProcessPoolExecutor",
    "asyncio.create_subprocess_exec('x')",
    "from asyncio import create_subprocess_shell",
    *(f"git.{name}('x')" for name in ("Repo", "IndexFile", "Head", "HEAD", "Reference", "SymbolicReference", "Remote", "Submodule")),
    "from git import Repo",
    "from git.repo import Repo",
    "from git.repo.base import Repo",
    "from git.index.base import IndexFile",
    "from git.refs import Head",
    "import git.remote",
    "from git.objects.submodule.base import Submodule",
)  # fmt: skip
ALLOWED = (
    "from git.cmd import Git",
    "from multiprocessing import cpu_count",
    "from concurrent.futures import ThreadPoolExecutor",
    "os.replace('a', 'b')",
)
# Each says why, in the line that is exempt.
EXEMPT = {"deliver/git.py", "index/workers.py", "index/worker.py"}


def _lines_refused(lines: tuple[str, ...], name: str) -> set[str]:
    source = "\n".join(("import asyncio, concurrent.futures, multiprocessing, os, git", *lines))
    command = [
        sys.executable,
        "-m",
        "ruff",
        "check",
        "--output-format=json",
        "--select=TID251",
        "--stdin-filename",
        name,
        "-",
    ]
    done = subprocess.run(command, cwd=ROOT, input=source.encode(), capture_output=True, check=False)
    assert done.returncode in (0, 1), done.stderr.decode()
    return {source.splitlines()[one["location"]["row"] - 1] for one in json.loads(done.stdout)}


@pytest.mark.parametrize("place", ["codemods/ssot/pipeline/x.py", "codemods/ssot/deliver/git.py", "cli/ssot_cli/x.py"])
def test_what_starts_programs_or_uses_gitpythons_objects_is_refused_everywhere(place: str) -> None:
    refused = _lines_refused((*REFUSED, *ALLOWED), place)
    assert set(REFUSED) <= refused
    assert not set(ALLOWED) & refused


def test_only_the_modules_that_may_are_exempt() -> None:
    library = ROOT / "codemods" / "ssot"
    exempt = {
        file.relative_to(library).as_posix()
        for file in library.rglob("*.py")
        if re.search(r"noqa:[^\n]*TID251|noqa\s*$", file.read_text("utf-8"), re.MULTILINE)
    }
    assert exempt <= EXEMPT


def test_gitpython_is_used_in_one_module() -> None:
    library = ROOT / "codemods" / "ssot"
    users = [
        file.name
        for file in library.rglob("*.py")
        if re.search(r"^\s*(from|import) git\b", file.read_text("utf-8"), re.M)
    ]
    assert sorted(users) == ["git.py", "plumbing.py"]
