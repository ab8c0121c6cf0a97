"""Running the command line in this process, on a fake library."""

from __future__ import annotations

import sys
from types import SimpleNamespace
from typing import Any

import pytest

from cli.fake_pipeline import FakeSession, Result, Run
from ssot_cli.__main__ import main


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> FakeSession:
    session = FakeSession({})
    monkeypatch.setitem(sys.modules, "ssot.pipeline", SimpleNamespace(Session=session))
    return session


@pytest.fixture
def run(fake: FakeSession, capfdbinary: pytest.CaptureFixture[bytes]) -> Run:
    """Runs ``ssot ARGUMENTS``; keyword arguments are the library's answers."""

    def runner(*arguments: str, **answers: Any) -> Result:
        fake.answers.update(answers)
        code = main(arguments)
        captured = capfdbinary.readouterr()
        return Result(code, captured.out.decode("utf-8"), captured.err.decode("utf-8"))

    return runner
