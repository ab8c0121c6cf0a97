"""Every test has its own home, so that the git configuration of whoever runs the tests is not part of them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from deliver.helpers import Sandbox


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in os.environ:
        if name.startswith("GIT_"):
            monkeypatch.delenv(name)
    folder = tmp_path / "home"
    folder.mkdir()
    monkeypatch.setenv("HOME", str(folder))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(folder / ".config"))
    (folder / ".gitconfig").write_text(
        "[user]\n\tname = Ada Example\n\temail = ada@example.com\n[init]\n\tdefaultBranch = main\n"
        '[protocol "file"]\n\tallow = always\n[core]\n\tautocrlf = false\n'
    )
    return folder


@pytest.fixture
def repo(tmp_path: Path) -> Sandbox:
    return Sandbox.create(tmp_path / "repo")
