"""A whole repository with routers, broadcasts and dispatchers in several versions: collapsed, tested, reverted."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from ssot_cli.__main__ import main

FOLDER = Path(__file__).parent.parent / "fixtures" / "repositories" / "routers"
BRANCH = "ssot/routers"
SAME = {
    "courier.websocket.router.MessageRouter": (
        "courier.websocket.handlers.MessageRouter",
        "courier.quality.router.QualityMessageRouter",
        "courier.agents.router.CanonicalMessageRouter",
    ),
    "courier.broadcast.broadcast_to_user": ("courier.notifications.push.broadcast_to_user",),
    "courier.tools.dispatcher.ToolDispatcher": (
        "courier.tools.request.RequestToolDispatcher",
        "courier.tools.unified.UnifiedToolDispatcher",
    ),
}
QUIET = {
    "GIT_AUTHOR_NAME": "Ann",
    "GIT_AUTHOR_EMAIL": "ann@example.org",
    "GIT_COMMITTER_NAME": "Ann",
    "GIT_COMMITTER_EMAIL": "ann@example.org",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "PYTHONDONTWRITEBYTECODE": "1",
}


def run(root: Path, *command: str) -> str:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    done = subprocess.run(
        command, cwd=root, env={**inherited, **QUIET}, capture_output=True, encoding="utf-8", check=False, timeout=120
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def own_tests(root: Path, *options: str) -> None:
    """The repository's own tests, in which a deprecation warning is an error."""
    run(root, sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *options)


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The repository with the branch that `apply` makes."""
    root = tmp_path_factory.mktemp("routers") / "repo"
    shutil.copytree(FOLDER, root, ignore=shutil.ignore_patterns("__pycache__"))
    run(root, "git", "init", "--quiet", "-b", "main")
    run(root, "git", "config", "user.name", "Ann")
    run(root, "git", "config", "user.email", "ann@example.org")
    run(root, "git", "add", "--all")
    run(root, "git", "commit", "--quiet", "-m", "first")
    own_tests(root)
    assert main(["-C", str(root), "apply", "--branch", BRANCH]) == 3, "one declared class can't be collapsed"
    run(root, "git", "checkout", "--quiet", BRANCH)
    return root


def test_its_own_tests_pass_on_the_branch(root: Path) -> None:
    """What passed before passes after, although deprecation warnings are errors there."""
    own_tests(root)


def test_the_names_are_one_object(root: Path) -> None:
    """Every collapsed name is the canonical object; the class that routes by another rule is still its own."""
    lines = ["import importlib, warnings", "warnings.simplefilter('ignore')"]
    lines += ["get = lambda path: getattr(importlib.import_module(path.rpartition('.')[0]), path.rpartition('.')[2])"]
    lines += [f"assert get({one!r}) is get({name!r}), {name!r}" for one, names in SAME.items() for name in names]
    lines += ["assert get('courier.legacy.FirstMatchRouter') is not get('courier.websocket.router.MessageRouter')"]
    run(root, sys.executable, "-c", "\n".join(lines))


def test_one_definition_is_left(root: Path) -> None:
    """Of three routers, two functions and three dispatchers one statement each makes the object; methods are left alone."""
    python = [path.read_text("utf-8") for path in sorted(root.glob("courier/**/*.py"))]
    made = [line for text in python for line in text.splitlines() if line.lstrip().startswith(("class ", "def "))]
    assert [line for line in made if "Router" in line and "class" in line] == [
        "class FirstMatchRouter:",
        "class MessageRouter:",
    ]
    assert [line for line in made if "Dispatcher" in line and "class" in line] == ["class ToolDispatcher:"]
    assert sum(line.startswith("def broadcast_to_user") for line in made) == 1
    assert sum(line.startswith("    def broadcast_to_user") for line in made) == 3


def test_nothing_is_left_to_do(root: Path) -> None:
    """A second plan on the branch is empty, but for the class that a person has to decide about."""
    assert main(["-C", str(root), "plan", "--check"]) in (0, 3)


def test_each_commit_can_be_reverted_alone(root: Path) -> None:
    """`git revert` of any one commit applies cleanly, and the repository's tests still pass."""
    commits = run(root, "git", "rev-list", f"main..{BRANCH}").split()
    assert len(commits) >= 4
    for commit in commits:
        run(root, "git", "checkout", "--quiet", "--detach", BRANCH)
        run(root, "git", "revert", "--no-edit", commit)
        # Users that are back on an old path are warned, and the generated tests say what is no longer so.
        own_tests(root, "-W", "ignore::DeprecationWarning", "--ignore=tests/ssot")
    run(root, "git", "checkout", "--quiet", BRANCH)
