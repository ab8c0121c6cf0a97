"""Every test has its own home; a repository is made where one is needed."""

from __future__ import annotations

import os

import pytest
from deliver.conftest import home

from bridge import forked

__all__ = ["home"]


@pytest.fixture(autouse=True)
def _quick_workers(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Workers are forks of this process, but where the test is about what an interpreter of their own gives."""
    if os.name == "posix" and request.node.get_closest_marker("own_interpreter") is None:
        monkeypatch.setattr("ssot.bridge.process._started", forked.started)
