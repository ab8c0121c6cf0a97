"""Whatever a repository holds, what the commands print steers neither a terminal nor a build service nor a page."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest
from deliver.conftest import home
from deliver.helpers import Sandbox

from ssot_cli.__main__ import main

__all__ = ["home"]

NASTY = [
    "\x1b]0;title\x07\x1b[31mred\x1b[2J",  # what terminals obey
    "\x9b31m\x85\x08\x08\x7f",
    "\u202eevil\u2066\u200b\u2069\ufeff\U000e0041",  # what changes the order, or can't be seen
    "\u2028::error::boo\u2029",
    "::set-output name=a::b",
    "::error file=a,line=1::boo",
    "##[add-mask]x ##vso[task.setvariable variable=a]b ##teamcity[x]",
    "[bold red]markup[/] [link=https://example.com]x[/link] [/]",
    "](https://example.com) `code` | <script>alert(1)</script> &amp; <!-- --> $(id) `id`",
]
IDS = ["escape", "control", "bidi", "separator", "set-output", "error", "masks", "markup", "markdown"]
SECRET = "s3cr3t-token"
posix = pytest.mark.skipif(os.name != "posix", reason="makes names that Windows does not allow")

Check = Callable[[str], None]


def harmless(shown: str) -> None:
    for line in shown.split("\n"):
        assert not {unicodedata.category(char) for char in line.replace("\t", "")} & {"Cc", "Cf", "Cs", "Zl", "Zp"}, (
            line
        )
        assert not line.strip().startswith("::"), line
        assert not any(f"##{word}[" in line for word in ("", "vso", "teamcity")), line
    assert SECRET not in shown


def program(payload: str) -> bytes:
    """An import to rewrite, with the payload on the lines around it, at their beginning and behind other things."""
    code = (
        f'"""\n{payload}\n"""\nfrom shop.old import Engine  # {payload}\n"""\n{payload}\n  {payload}\n"""\n'
        f"x = 'shop.old.Engine'  # shop.old.Engine {payload}\n"
    )
    return code.replace("\u2028", "\u2028").encode("utf-8", "surrogatepass")


def repository(root: Path, payload: str) -> Sandbox:
    name = "".join(char for char in payload if char not in "/\x00" and not (ord(char) < 32 or ord(char) == 127))
    repo = Sandbox.create(
        root,
        files={
            "shop/__init__.py": b"",
            "shop/core.py": b"class Engine: pass\n",
            "shop/old.py": b"from shop.core import Engine\n",
            "user.py": program(payload),
            f"{name[:80]}.py": program(payload),
            f"docs/{name[:80]}.md": b"shop.old.Engine\n" + payload.encode("utf-8"),
            "broken.py": b"x = (\n" + payload.encode("utf-8"),
            "ssot.toml": b'[[symbol]]\ncanonical = "shop.core:Engine"\nlegacy = ["shop.old:Engine"]\n',
        },
    )
    for odd in (payload.replace("/", "")[:80], payload.replace("/", "")[:80] + ".py"):
        (repo.root / odd).write_bytes(b"from shop.old import Engine\n")
    repo.git("add", "--all")
    repo.commit("odd")
    repo.git("remote", "add", "origin", f"https://ada:{SECRET}@localhost:1/x.git")
    return repo


@posix
@pytest.mark.parametrize("payload", NASTY, ids=IDS)
def test_no_command_and_no_format_hands_it_on(
    payload: str, tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    repo = repository(tmp_path / "repo", payload)

    def run(*arguments: str) -> str:
        capfdbinary.readouterr()
        main(["-C", str(repo.root), *arguments])
        captured = capfdbinary.readouterr()
        harmless(captured.err.decode())
        harmless(captured.out.decode())
        return captured.out.decode()

    for arguments in (
        ["audit"],
        ["-v", "audit"],
        ["plan"],
        ["-v", "plan", "--unsafe"],
        ["registry"],
        ["apply", "--check"],
    ):
        assert run(*arguments)
    for arguments in (["audit"], ["plan"], ["plan", "--unsafe"], ["apply", "--branch", "ssot/done"]):
        assert json.loads(run(*arguments, "--format", "json"))
    assert run("-v", "explain", "shop.core:Engine")
    assert run("verify", "ssot/done")
    assert run("undo", "ssot/done")


@posix
@pytest.mark.parametrize("payload", NASTY, ids=IDS)
def test_no_error_hands_it_on(payload: str, tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    """Arguments, the manifest's text, names of branches, and what git says about them."""
    repo = Sandbox.create(tmp_path / "repo", files={"a.py": b"", "ssot.toml": b""})
    word = payload.replace("\x00", "")
    toml = json.dumps(word).replace("\\ud", "\\\\ud")
    calls = [
        ["explain", word],
        ["explain", f"a:{word}"],
        ["audit", word],
        ["audit", "--format", word],
        ["plan", "--base", word],
        ["plan", "--only", word],
        ["--rev", word, "audit"],
        ["--manifest", word, "audit"],
        ["apply", "--branch", word],
        ["verify", word],
        ["undo", word],
        ["registry", "--check", word],
        ["audit", "--output", f"{tmp_path}/missing/{word[:60]}"],
        [word],
    ]
    manifests = [
        f"{toml} = 1\n",
        f"[project]\n{toml} = 1\n",
        f"[[symbol]]\ncanonical = {toml}\n",
        f"[[symbol]]\ncanonical = 'a:B'\nlegacy = [{toml}]\n",
        f"[project]\nroots = [{toml}]\n",
        f"[git]\nbranch-prefix = {toml}\n",
        f"# {word}\nx = = {word}\n",
    ]
    for arguments in calls:
        capfdbinary.readouterr()
        main(["-C", str(repo.root), *arguments])
        captured = capfdbinary.readouterr()
        harmless(captured.err.decode("utf-8"))
        harmless(captured.out.decode("utf-8"))
    for manifest in manifests:
        (repo.root / "ssot.toml").write_bytes(manifest.encode("utf-8", "surrogatepass"))
        capfdbinary.readouterr()
        main(["-C", str(repo.root), "audit"])
        captured = capfdbinary.readouterr()
        harmless(captured.err.decode("utf-8"))
        harmless(captured.out.decode("utf-8"))


@posix
def test_a_patch_is_bytes_for_a_program_and_harmless_on_a_terminal(tmp_path: Path) -> None:
    repo = repository(tmp_path / "repo", NASTY[0])
    command = [sys.executable, "-m", "ssot_cli", "-C", str(repo.root), "plan", "--format", "patch"]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "TERM": "xterm"}
    piped = subprocess.run(command, capture_output=True, check=True, env=environment).stdout
    assert NASTY[0].encode() in piped
    repo.git("apply", "--check", "-", stdin=piped)
    for extra in ({}, {"NO_COLOR": "1"}):
        assert NASTY[0].encode()[1:] not in _on_a_terminal(command, {**environment, **extra})


def _on_a_terminal(command: list[str], environment: dict[str, str]) -> bytes:
    ours, theirs = pty.openpty()
    process = subprocess.Popen(command, stdout=theirs, stderr=theirs, stdin=theirs, env=environment)
    os.close(theirs)
    shown = b""
    while True:
        try:
            piece = os.read(ours, 65536)
        except OSError:
            break
        if not piece:
            break
        shown += piece
    os.close(ours)
    assert process.wait() == 0
    assert b"shop.core" in shown
    return shown
