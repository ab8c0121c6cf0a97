"""ssot's codemods in LibCST's own runner."""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
from pathlib import Path

import pytest
from trees import encoded

from bridge.commands import results, run
from ssot import commands

FILES = {
    "shop/__init__.py": "",
    "shop/core.py": "class Engine: ...\n",
    "shop/old.py": "from shop.core import Engine\n",
    "shop/other.py": "class Engine: ...\n",
    "use.py": "from shop.old import Engine  # why\nprint(Engine)\n",
    "chain.py": "import shop.old\nprint(shop.old.Engine)\n",
    "twin.py": "from shop.other import Engine\nengine = Engine()\n",
}


def test_the_runner_of_libcst_takes_them(tmp_path: Path) -> None:
    for path, data in encoded(FILES).items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_bytes(data)
    words = [
        "--from",
        "shop.old:Engine",
        "--from",
        "shop.other:Engine",
        "--to",
        "shop.core:Engine",
        "--no-format",
        "-j",
        "1",
        ".",
    ]
    program = [sys.executable, "-m", "libcst.tool", "codemod", "-x", "ssot.commands.CanonicalImports", *words]
    done = subprocess.run(program, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "use.py").read_text() == "from shop.core import Engine  # why\nprint(Engine)\n"
    assert (tmp_path / "chain.py").read_text() == "import shop.core\nprint(shop.core.Engine)\n"
    assert (tmp_path / "twin.py").read_text() == FILES["twin.py"]
    assert "different-object" in done.stderr


def test_they_run_through_the_bridge_too(tmp_path: Path) -> None:
    files = encoded(FILES)
    plan = run(
        files, "ssot.commands:CanonicalImports", tmp_path, ("from", "shop.old:Engine"), ("to", "shop.core:Engine")
    )
    assert sorted(results(files, plan)) == ["chain.py", "use.py"]


def test_duplicates_are_collapsed(tmp_path: Path) -> None:
    files = encoded(FILES)
    arguments = (("canonical", "shop.core:Engine"), ("duplicate", "shop.other:Engine"))
    plan = run(files, "ssot.commands:CollapseDuplicates", tmp_path, *arguments)
    assert results(files, plan)["twin.py"] == b"from shop.core import Engine\nengine = Engine()\n"
    assert results(files, plan)["shop/other.py"].startswith(b"from shop.core import Engine")


@pytest.mark.parametrize(
    ("command", "words", "said"),
    [
        (
            "CanonicalImports",
            ("--from", "a.b:Foo.bar", "--to", "a:Foo"),
            "--from: 'a.b:Foo.bar' names 'Foo.bar', something",
        ),
        ("CanonicalImports", ("--from", "a/b.py", "--to", "a"), "--from: 'a/b.py' is a path, not a module name"),
        ("CollapseDuplicates", ("--canonical", "a.b", "--duplicate", "a:Foo"), "--canonical: 'a.b' is not an object"),
    ],
)
def test_an_argument_that_can_not_be_is_said_once(command: str, words: tuple[str, ...], said: str) -> None:
    """By LibCST's own parser, before it begins with the files."""
    parser = argparse.ArgumentParser(exit_on_error=False)
    getattr(commands, command).add_args(parser)
    with pytest.raises(argparse.ArgumentError, match=re.escape(said)):
        parser.parse_args(words)


def test_libcst_lists_the_commands_and_nothing_else(tmp_path: Path) -> None:
    """With one line of what each does."""
    (tmp_path / ".libcst.codemod.yaml").write_text('modules: ["ssot"]\n')
    program = [sys.executable, "-m", "libcst.tool", "list"]
    done = subprocess.run(program, cwd=tmp_path, capture_output=True, text=True, check=True)
    listed = [line.partition(" - ")[0] for line in done.stdout.splitlines() if line.startswith("commands.")]
    assert listed == ["commands.CanonicalImports", "commands.CollapseDuplicates"]
