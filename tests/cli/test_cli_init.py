"""`init` writes a manifest, once."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from cli.fake_pipeline import FakeSession, Run
from ssot.deliver.sample import create_repository


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    create_repository(tmp_path / "repo", {"a/b.py": b"x = 1\n"}, "first", name="n", email="e@example.invalid")
    return tmp_path / "repo"


def test_it_writes_at_the_root_from_any_folder(run: Run, repository: Path) -> None:
    result = run("-C", str(repository / "a"), "init")
    assert result.code == 0
    assert result.out == (
        "Wrote ssot.toml. Read it, measure with `ssot audit`, then commit it: plan and apply read commits.\n"
    )
    assert (repository / "ssot.toml").read_bytes() == b"# proposal\n"


def test_it_never_writes_over_a_manifest(run: Run, fake: FakeSession, repository: Path) -> None:
    (repository / "ssot.toml").write_bytes(b"mine")
    result = run("-C", str(repository), "init")
    assert result.code == 2
    assert result.err == (
        "ssot: there is a manifest already: ssot.toml\n  edit it, or move it away to get a fresh proposal\n"
    )
    assert (repository / "ssot.toml").read_bytes() == b"mine"
    assert fake.calls == []


def test_a_manifest_in_pyproject_counts(run: Run, repository: Path) -> None:
    (repository / "pyproject.toml").write_bytes(b"[tool.ssot]\n")
    assert "[tool.ssot] in pyproject.toml" in run("-C", str(repository), "init").err


def test_a_dangling_link_is_not_written_through(run: Run, repository: Path) -> None:
    (repository / "ssot.toml").symlink_to(repository.parent / "elsewhere")
    assert run("-C", str(repository), "init").code == 2
    assert not (repository.parent / "elsewhere").exists()


def test_a_folder_that_is_no_repository_is_an_error(run: Run, tmp_path: Path) -> None:
    result = run("-C", str(tmp_path), "init")
    assert result.code == 2
    assert len(result.err.splitlines()) == 2


def test_a_manifest_that_appears_meanwhile_is_not_overwritten(run: Run, fake: FakeSession, repository: Path) -> None:
    fake.propose = lambda: str((repository / "ssot.toml").write_bytes(b"mine"))  # type: ignore[method-assign]
    assert run("-C", str(repository), "init").code == 2
    assert (repository / "ssot.toml").read_bytes() == b"mine"


def test_a_folder_that_can_not_be_written_is_an_error(run: Run, repository: Path) -> None:
    result = run("-C", str(repository), "--manifest", str(repository / "no" / "ssot.toml"), "init")
    assert result.code == 2
    assert "can't be written" in result.err


def test_a_bare_repository_has_no_place_for_it(run: Run, tmp_path: Path) -> None:
    subprocess.run(["git", "init", "--quiet", "--bare", str(tmp_path / "bare")], check=True)
    assert "bare repository" in run("-C", str(tmp_path / "bare"), "init").err
