"""Paths given to `audit` start at the current folder, or at -C, and stay in the repository."""

from __future__ import annotations

from pathlib import Path

import pytest

from cli.fake_pipeline import FakeSession, Run
from ssot.deliver.sample import create_repository


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    files = {"shop/engine/user.py": b"", "tests/test_a.py": b""}
    create_repository(tmp_path / "repo", files, "first", name="n", email="e@example.invalid")
    return tmp_path / "repo"


@pytest.mark.parametrize(
    ("folder", "typed", "asked"),
    [
        (".", ["shop", "tests/"], ("shop", "tests")),
        ("shop", ["engine", "../tests/test_a.py", "engine/"], ("shop/engine", "tests/test_a.py")),
        ("shop", ["."], ("shop",)),
        (".", ["."], ()),
        (".", ["shop", "."], ()),
    ],
)
def test_a_path_is_taken_from_where_it_is_typed(
    run: Run,
    fake: FakeSession,
    repository: Path,
    monkeypatch: pytest.MonkeyPatch,
    folder: str,
    typed: list[str],
    asked: tuple[str, ...],
) -> None:
    run("-C", str(repository / folder), "audit", *typed)
    assert fake.calls[-1] == ("audit", asked)
    monkeypatch.chdir(repository / folder)
    run("audit", *typed)
    assert fake.calls[-1] == ("audit", asked)


@pytest.mark.parametrize(("typed", "said"), [("..", "is outside"), ("/", "is outside"), ("shopp", "there is no file")])
def test_what_is_not_there_is_an_error(run: Run, fake: FakeSession, repository: Path, typed: str, said: str) -> None:
    result = run("-C", str(repository), "audit", typed)
    assert result.code == 2
    assert said in result.err
    assert fake.calls == []


def test_a_rev_may_hold_what_the_work_tree_lacks(run: Run, fake: FakeSession, repository: Path) -> None:
    run("-C", str(repository), "--rev", "HEAD", "audit", "gone.py")
    assert fake.calls[-1] == ("audit", ("gone.py",))
