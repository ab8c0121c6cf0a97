"""Every way a run can end has its exit code, and none shows a traceback."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from cli.fake_pipeline import FakeSession, Run

ROOT = Path(__file__).parents[2]
COMMANDS = [
    "init",
    "audit",
    "plan",
    "apply",
    "verify",
    "undo",
    "explain",
    "registry",
    "shims",
    "codemods",
    "schema",
    "demo",
]
COMMANDS += ["new", "run"]


def python(*arguments: str, **options: object) -> subprocess.CompletedProcess[bytes]:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT / "codemods"), str(ROOT / "cli")])}
    return subprocess.run(  # type: ignore[call-overload, no-any-return]
        [sys.executable, *arguments], **{"capture_output": True, "env": environment, **options}
    )


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_teaches_with_examples(run: Run, command: str) -> None:
    result = run(command, "--help")
    assert result.code == 0
    assert "Examples:\n    ssot " in result.out


@pytest.mark.parametrize("command", [*COMMANDS, "new codemod", "run libcst", "run bowler"])
def test_help_fits_a_terminal_of_eighty_columns(run: Run, command: str) -> None:
    """Nothing is broken where the terminal ends."""
    assert max(map(len, run(*command.split(), "--help").out.splitlines())) <= 80


def test_help_lists_the_commands_in_the_order_of_work(run: Run) -> None:
    listed = re.findall(r"^  ([a-z]+)  +[A-Z]", run("--help").out.partition("Commands:")[2], re.MULTILINE)
    assert listed == COMMANDS


@pytest.mark.parametrize(
    "arguments",
    [
        ("adit",),
        ("audit", "--format", "sarif"),
        ("audit", "--fail-under", "101"),
        ("plan", "--format", "html"),
        ("undo",),
        ("-j", "0", "audit"),
        ("-j", "many", "audit"),
        ("audit", "--zebra"),
    ],
)
def test_a_usage_error_is_two_lines_and_exits_2(run: Run, arguments: tuple[str, ...]) -> None:
    result = run(*arguments)
    assert result.code == 2
    assert result.out == ""
    first, second = result.err.splitlines()
    assert first.startswith("ssot: ")
    assert re.fullmatch(r"  see `ssot[a-z ]* --help`", second)


def test_no_arguments_show_the_help(run: Run) -> None:
    result = run()
    assert result.code == 2
    assert "ssot demo" in result.out + result.err


def test_version(run: Run) -> None:
    assert re.fullmatch(r"ssot \S+\n", run("--version").out)


def test_an_internal_error_is_one_line_with_the_place_of_the_trace(run: Run) -> None:
    result = run("audit", audit=ZeroDivisionError("oh\nno"))
    assert result.code == 4
    assert result.out == ""
    match = re.fullmatch(r"ssot: internal error \(ZeroDivisionError\); the trace is in (.*); nothing .*\n", result.err)
    assert match
    trace = Path(match[1])
    assert "ZeroDivisionError: oh\nno" in trace.read_text(encoding="utf-8")
    trace.unlink()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("plan",), "nothing was written to the repository"),
        (("apply",), "a branch may have been made or removed: see `git branch --list`"),
        (("apply", "--in-place"), "files may have been written: see `git status`"),
        (("undo", "x"), "a branch may have been made or removed: see `git branch --list`"),
    ],
)
def test_an_internal_error_does_not_say_that_nothing_was_written_where_something_may_be(
    words: tuple[str, ...], said: str, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("ssot_cli.output.show", broken)
    result = run(*words)
    assert result.code == 4
    assert result.err.endswith(f"; {said}\n")
    Path(result.err.partition("trace is in ")[2].partition(";")[0]).unlink()


@pytest.mark.parametrize("failure", [RecursionError(), MemoryError(), OSError("disk")])
def test_exhaustion_is_an_internal_error_too(run: Run, failure: Exception) -> None:
    result = run("audit", audit=failure)
    assert result.code == 4
    Path(result.err.partition("trace is in ")[2].partition(";")[0]).unlink()


def test_a_pipe_to_a_child_that_breaks_is_no_closed_stdout(run: Run) -> None:
    result = run("audit", audit=BrokenPipeError(32, "Broken pipe"))
    assert result.code == 4
    Path(result.err.partition("trace is in ")[2].partition(";")[0]).unlink()


def test_an_interruption_exits_130_in_silence(run: Run) -> None:
    result = run("audit", audit=KeyboardInterrupt())
    assert (result.code, result.out, result.err) == (130, "", "")


def test_a_closed_stdout_changes_neither_the_exit_code_nor_stderr() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    done = python("-m", "ssot_cli", "schema", capture_output=False, stdout=writer, stderr=subprocess.PIPE)
    os.close(writer)
    assert (done.returncode, done.stderr) == (0, b"")


def test_a_closed_stdout_is_fine_for_help_too() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    done = python("-m", "ssot_cli", "--help", capture_output=False, stdout=writer, stderr=subprocess.PIPE)
    os.close(writer)
    assert done.stderr == b""
    assert done.returncode == 0


HEAVY = ["libcst", "git", "rich", "pydantic", "tomlkit", "asyncio", "multiprocessing"]
HEAVY += ["ssot.declare", "ssot.index", "ssot.deliver", "ssot.report"]


@pytest.mark.parametrize("option", ["--help", "--version"])
def test_help_and_version_load_nothing_heavy(option: str) -> None:
    code = (
        "import sys\nfrom ssot_cli.__main__ import main\n"
        f"assert main([{option!r}]) == 0\n"
        f"loaded = [name for name in {HEAVY!r} if name in sys.modules]\n"
        "assert not loaded, loaded"
    )
    done = python("-c", code)
    assert done.returncode == 0, done.stderr.decode()


def test_results_are_utf8_whatever_the_locale() -> None:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT / "codemods"), str(ROOT / "cli")])}
    environment |= {"LC_ALL": "C", "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    done = python("-m", "ssot_cli", "explain", "gate-cycle", env=environment)
    assert "shop.user → shop.engine".encode() in done.stdout
    assert done.returncode == 0


def test_no_place_is_a_repository() -> None:
    done = python("-m", "ssot_cli", "-C", os.devnull, "init", cwd="/")
    assert done.returncode == 2
    assert b"Traceback" not in done.stderr


@pytest.mark.parametrize("option", ["-v", "--rev", "-C", "--no-color"])
def test_an_option_of_all_commands_that_stands_behind_one_is_told_its_place(run: Run, option: str) -> None:
    """Whoever reads that -v lists more writes it at the end first."""
    result = run("plan", option)
    assert result.code == 2
    assert result.err.splitlines()[1] == f"  write it before the command: `ssot {option} plan`"


def test_nothing_is_shown_while_the_progress_is_on_the_screen(
    run: Run, fake: FakeSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What takes the bar away again would take lines of the result with it."""
    live: list[bool] = []
    shown: list[int] = []

    @contextmanager
    def progress(*, quiet: bool) -> Iterator[None]:
        live.append(True)
        yield None
        live.pop()

    monkeypatch.setattr("ssot_cli.engine.progress", progress)
    monkeypatch.setattr("ssot_cli.output._write_stdout", lambda data: shown.append(len(live)))
    for words in SHOWING:
        run(*words.split())
    assert len(shown) >= len(SHOWING)
    assert set(shown) == {0}
    assert {call[0] for call in fake.calls} >= {"audit", "plan", "plan_removal", "apply", "verify", "undo", "registry"}


SHOWING = (
    "audit",
    "plan",
    "plan --format json",
    "plan --format patch",
    "apply",
    "apply --check",
    "apply --in-place",
    "shims --remove",
    "shims --remove --apply",
    "verify",
    "undo ssot/x",
    "registry",
    "explain shop.user:Engine",
)
