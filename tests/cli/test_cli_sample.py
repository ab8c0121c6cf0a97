"""The sample of `ssot demo` is a program that works and a manifest that is right about it."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path

from ssot.declare.load import parse_manifest
from ssot_cli.sample import make_sample, sample_files


def test_every_module_parses_and_the_manifest_too() -> None:
    files = sample_files()
    assert len([path for path in files if path.startswith("shop/")]) >= 10
    for path, data in files.items():
        if path.endswith(".py"):
            ast.parse(data)
    assert len(parse_manifest(files["ssot.toml"]).symbol) == 2


def test_it_is_one_commit_with_its_own_identity(tmp_path: Path) -> None:
    make_sample(tmp_path / "demo")
    log = subprocess.run(
        ["git", "-C", str(tmp_path / "demo"), "log", "--format=%an %s"], capture_output=True, text=True, check=True
    )
    assert log.stdout == "ssot demo A shop, refactored a few times\n"


def test_it_runs(tmp_path: Path) -> None:
    """Every module but the two whose import has been broken by a move."""
    for path, data in sample_files().items():
        target = tmp_path / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
    code = "from tests.test_cart import *\ntest_total()\ntest_engine_is_made_for_the_user()\nimport shop.report\n"
    code += "assert shop.report.report('ada') == 'ada: A'"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(tmp_path)}, capture_output=True
    )
    assert done.returncode == 0, done.stderr.decode()
