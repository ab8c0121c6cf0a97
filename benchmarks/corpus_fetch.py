"""Fetch a source distribution, unpack it as a git repository, and make an environment that can import it."""

from __future__ import annotations

import fnmatch
import os
import subprocess
import sys
import tarfile
import venv
from collections.abc import Mapping, Sequence
from pathlib import Path

from corpus_projects import Project

QUIET = ("--quiet", "--disable-pip-version-check", "--no-input")
DATE = "2025-01-01T00:00:00Z"  # so that the same distribution gives the same commit


def call(arguments: Sequence[str | Path], *, cwd: Path, environment: Mapping[str, str] | None = None) -> str:
    """Run a program that has to succeed; its standard output."""
    done = subprocess.run(
        [str(word) for word in arguments],
        cwd=cwd,
        env=dict(environment) if environment is not None else None,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
    if done.returncode:
        raise SystemExit(f"corpus: {' '.join(map(str, arguments))}: exit {done.returncode}\n{done.stderr[-2000:]}")
    return done.stdout


def fetched(project: Project, folder: Path) -> Path:
    """The archive. pip checks the digest before it looks inside; then it runs the build backend for the metadata."""
    downloads = folder / "downloads"
    downloads.mkdir(parents=True, exist_ok=True)
    pattern = f"{project.name.replace('-', '[-_]')}-{project.version}.tar.gz"
    found = _archive(downloads, pattern)
    if found is None:
        wanted = downloads / f"{project.name}.txt"
        wanted.write_text(f"{project.name}=={project.version} --hash=sha256:{project.sha256}\n", encoding="utf-8")
        options = ("--no-deps", "--no-binary", ":all:", "--require-hashes", "--dest", downloads, "-r", wanted)
        call([sys.executable, "-m", "pip", "download", *QUIET, *options], cwd=downloads)
        found = _archive(downloads, pattern)
    if found is None:
        raise SystemExit(f"corpus: pip downloaded no source distribution of {project.label}")
    return found


def _archive(folder: Path, pattern: str) -> Path | None:
    names = (path for path in sorted(folder.iterdir()) if fnmatch.fnmatch(path.name.lower(), pattern))
    return next(names, None)


def unpacked(project: Project, archive: Path, folder: Path) -> Path:
    """The distribution as a git repository with one commit."""
    place = folder / project.name
    if (place / ".git").exists():
        return place
    parts = folder / f"{project.name}.part"
    parts.mkdir(parents=True)
    with tarfile.open(archive) as tar:
        tar.extractall(parts, filter="data")
    (inner,) = parts.iterdir()
    _commit_all(inner, f"{project.label} as published")
    inner.rename(place)
    parts.rmdir()
    return place


def _commit_all(place: Path, message: str) -> None:
    git(place, "init", "--quiet", "--initial-branch=main")
    settings = {"user.name": "Corpus", "user.email": "corpus@example.invalid", "core.autocrlf": "false", "gc.auto": "0"}
    for key, value in settings.items():
        git(place, "config", key, value)
    (place / ".git" / "info" / "attributes").write_text("* -text\n", encoding="utf-8")
    git(place, "add", "--all", "--force")
    commit(place, message)


def commit(place: Path, message: str) -> None:
    git(place, "commit", "--quiet", "--no-verify", "--message", message)


def git(place: Path, *arguments: str) -> str:
    inherited = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
    dates = {"GIT_AUTHOR_DATE": DATE, "GIT_COMMITTER_DATE": DATE, "GIT_OPTIONAL_LOCKS": "0"}
    return call(["git", *arguments], cwd=place, environment=inherited | dates)


def interpreter(project: Project, folder: Path) -> Path:
    """A Python that has what the distribution requires. The code itself comes from the repository, by PYTHONPATH."""
    place = folder / "environments" / project.name
    python = place / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if not (place / "ready").exists():
        venv.create(place, with_pip=True, clear=True)
        wanted = (f"{project.name}=={project.version}", *project.extra)
        call([python, "-m", "pip", "install", *QUIET, "--prefer-binary", *wanted], cwd=place)
        (place / "ready").touch()
    return python
