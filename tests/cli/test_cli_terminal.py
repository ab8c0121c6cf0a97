"""Colours and progress only where somebody looks, and never out of the repository."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SHOW = """
import sys
from pathlib import Path
from ssot.report.lines import Line, Style
from ssot_cli.output import show
from ssot_cli.progress import progress
from ssot_cli.settings import Settings
with progress(quiet="-q" in sys.argv) as report:
    if report:
        report("[red]reading", 1, 2)
line = Line("[bold]a[/bold] :smile: /usr/bin 'x' " + "w" * 200, Style.BAD)
show((line,), Settings(Path(), color="-n" not in sys.argv))
"""
TEXT = "[bold]a[/bold] :smile: /usr/bin 'x' " + "w" * 200


def on_a_terminal(*arguments: str, **variables: str) -> str:
    pty = pytest.importorskip("pty")
    primary, secondary = pty.openpty()
    environment = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "COLUMNS")}
    environment |= {"PYTHONPATH": os.pathsep.join([str(ROOT / "codemods"), str(ROOT / "cli")]), "TERM": "xterm"}
    process = subprocess.Popen(
        [sys.executable, "-c", SHOW, *arguments], stdout=secondary, stderr=secondary, env=environment | variables
    )
    os.close(secondary)
    output = b""
    while True:
        try:
            piece = os.read(primary, 65536)
        except OSError:  # the other side is closed
            break
        if not piece:
            break
        output += piece
    os.close(primary)
    assert process.wait() == 0
    return output.decode().replace("\r\n", "\n")


def test_a_terminal_gets_colours_and_progress_but_no_markup() -> None:
    output = on_a_terminal()
    assert f"\x1b[31m{TEXT}\x1b[0m\n" in output
    assert "[red]reading" in output


@pytest.mark.parametrize(
    ("arguments", "variables"), [(("-n",), {}), ((), {"NO_COLOR": "1"}), ((), {"TERM": "dumb"})], ids=str
)
def test_colours_can_be_had_off(arguments: tuple[str, ...], variables: dict[str, str]) -> None:
    assert on_a_terminal("-q", *arguments, **variables) == f"{TEXT}\n"


def test_quiet_means_no_progress() -> None:
    assert "reading" not in on_a_terminal("-q")
