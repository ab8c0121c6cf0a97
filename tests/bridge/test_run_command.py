"""``ssot run`` as a person types it."""

from __future__ import annotations

import ast
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from deliver.helpers import Sandbox
from pipeline.command import Run
from pipeline.conftest import run

import ssot.bridge
from bridge.commands import folder_of
from ssot.report.codes import all_codes
from ssot.report.codes_bridge import BRIDGE

__all__ = ["run"]
APPEND = ("run", "libcst", "acme_codemods:Append", "--arg", "word=z", "--search")


@pytest.fixture
def repo(tmp_path: Path) -> Sandbox:
    return Sandbox.create(tmp_path / "repo", files={"a.py": b"x = 1\n", "b.py": b"# raise\ny = 2\n"})


@pytest.fixture
def folder(tmp_path: Path) -> str:
    (tmp_path / "tools").mkdir()
    return folder_of(tmp_path / "tools")


def test_it_makes_a_branch_and_leaves_the_work_tree_as_it_was(run: Run, repo: Sandbox, folder: str) -> None:
    repo.write({"a.py": b"x = 1  # not committed\n"})
    result = run(*APPEND, folder, "--branch", "tidy")
    assert result.code == 0, result.err
    assert repo.git("show", "tidy:a.py") == "x = 1\nz = 1"
    message = repo.git("log", "-1", "--format=%B", "tidy")
    assert "libcst codemod acme_codemods:Append with word=z" in message
    assert (repo.root / "a.py").read_bytes() == b"x = 1  # not committed\n"
    assert repo.git("status", "--porcelain") == "M a.py"


def test_a_dry_run_writes_nothing_and_says_how_to_commit(run: Run, repo: Sandbox, folder: str) -> None:
    before = repo.git("for-each-ref")
    result = run(*APPEND, folder, "--dry-run")
    assert result.code == 0
    assert "+z = 1" in result.text
    assert "without --dry-run" in result.text
    assert "ssot apply" not in result.text
    assert "governed" not in result.text
    assert run(*APPEND, folder, "--check").code == 1
    assert repo.git("for-each-ref") == before


def test_a_file_that_the_codemod_fails_at_makes_the_run_partly_done(run: Run, repo: Sandbox, folder: str) -> None:
    result = run("run", "libcst", "acme_codemods:Moody", "--search", folder, "--branch", "tidy")
    assert result.code == 3
    assert "codemod-error" in result.text
    assert repo.git("diff", "--name-only", "main", "tidy") == "a.py"


def test_what_can_not_be_run_is_an_error_of_two_lines(run: Run, tmp_path: Path) -> None:
    for words in (("libcst", "acme_codemods:Gone"), ("bowler", str(tmp_path / "gone.py"))):
        result = run("run", *words)
        assert result.code == 2
        assert len(result.err.strip().splitlines()) == 2, result.err


@pytest.mark.skipif(os.name == "nt", reason="signals")
def test_an_interrupt_ends_the_codemod_too(repo: Sandbox, folder: str, tmp_path: Path) -> None:
    mark = tmp_path / "pid"
    text = "import os, time\nfrom libcst.codemod import CodemodCommand\n\n\nclass Hang(CodemodCommand):\n"
    text += f"    def transform_module_impl(self, tree):\n        open({str(mark)!r}, 'w').write(str(os.getpid()))\n        time.sleep(600)\n"
    (Path(folder) / "acme_hang.py").write_text(text)
    program = f"import sys; sys.path[:0] = {[path for path in sys.path if path]!r}; from ssot_cli.__main__ import main; sys.exit(main(sys.argv[1:]))"
    words = [
        sys.executable,
        "-P",
        "-c",
        program,
        "-C",
        str(repo.root),
        "run",
        "libcst",
        "acme_hang:Hang",
        "--search",
        folder,
    ]
    with subprocess.Popen(
        words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    ) as process:
        _wait(lambda: mark.exists() and mark.read_text() != "")
        process.send_signal(signal.SIGINT)
        assert process.wait(300) == 130
    _wait(lambda: not Path(f"/proc/{mark.read_text()}").exists() or _is_gone(int(mark.read_text())))
    assert repo.git("for-each-ref", "--format=%(refname)") == "refs/heads/main"


def _is_gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


def _wait(true: object) -> None:
    end = time.monotonic() + 300
    while not true():  # type: ignore[operator]
        assert time.monotonic() < end
        time.sleep(0.05)


def test_every_code_that_the_bridge_gives_is_explained_and_no_other() -> None:
    folder = Path(ssot.bridge.__file__).parent
    files = [*sorted(folder.glob("*.py")), folder.parent / "pipeline" / "guests.py"]
    words = {
        node.value
        for file in files
        for node in ast.walk(ast.parse(file.read_bytes()))
        if isinstance(node, ast.Constant)
    }
    given = {
        word
        for word in words
        if isinstance(word, str) and re.fullmatch(r"(codemod|libcst|bowler|round|needs)-[a-z-]+", word)
    }
    assert given == {entry.code for entry in BRIDGE}
    assert given <= set(all_codes())
