"""Every test has its own home and its own repository; the command line runs in this process."""

from __future__ import annotations

from pathlib import Path

import pytest
from deliver.conftest import home
from deliver.helpers import Sandbox

from pipeline.command import FILES, MANIFEST, Result, Run
from ssot_cli.__main__ import main

__all__ = ["home"]


@pytest.fixture
def repo(tmp_path: Path) -> Sandbox:
    return Sandbox.create(tmp_path / "repo", files={**FILES, "ssot.toml": MANIFEST})


@pytest.fixture
def run(repo: Sandbox, capfdbinary: pytest.CaptureFixture[bytes]) -> Run:
    """Runs ``ssot -C <the repository> ARGUMENTS``."""

    def runner(*arguments: str, root: Path | None = None) -> Result:
        capfdbinary.readouterr()
        code = main(["-C", str(root or repo.root), *arguments])
        captured = capfdbinary.readouterr()
        return Result(code, captured.out, captured.err.decode("utf-8"))

    return runner
