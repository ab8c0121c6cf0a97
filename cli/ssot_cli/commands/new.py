"""``ssot new codemod``."""

from __future__ import annotations

import keyword
import re
import sys
from pathlib import Path
from typing import Annotated

import typer

from ssot_cli.help import examples
from ssot_cli.settings import settings_of

SUMMARY = "Start a codemod of your own"
EXAMPLES = (("ssot new codemod readable-numbers", "a package with codemod, fixture and test, in ./readable-numbers"),)
_TAKEN = frozenset({"ssot", "ssot_cli", "tests"})
_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)


@app.callback()
def _new() -> None:
    """Start something of your own."""


@app.command("codemod", short_help=SUMMARY, epilog=examples(*EXAMPLES))
def codemod(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="Words of a-z and 0-9 with dashes.")],
    into: Annotated[
        Path | None, typer.Option("--into", metavar="DIR", help="Where to write it.  [default: ./NAME]")
    ] = None,
) -> None:
    """Write a package that can be installed: a codemod that works, a fixture, a test. Never over files that exist."""
    from ssot.report.lines import Line, Style, title
    from ssot_cli.output import show

    folder = into if into is not None else Path(name)
    package = write_skeleton(name, folder)
    steps = (f"cd {folder}", "python -m pip install -e . && python -m pytest", f"ssot codemods  # lists {name}")
    lines = [Line(f"Wrote {folder}: the codemod is {package}/codemod.py."), title("Next")]
    show([*lines, *(Line(f"  {step}", Style.COMMAND) for step in steps)], settings_of(context))


def write_skeleton(name: str, folder: Path) -> str:
    """The files of the package, with its name in them; gives the package's."""
    from ssot.values import SsotError

    package = name.replace("-", "_")
    if not _NAME.fullmatch(name):
        raise SsotError(f"'{name}' can't name a codemod", "use words of a-z and 0-9 with dashes, like drop-print")
    if keyword.iskeyword(package) or package in sys.stdlib_module_names | _TAKEN:
        raise SsotError(f"'{package}' can't name a package: Python, ssot or the tests use it", "add a word to the name")
    sample = Path(__file__).parents[1] / "skeleton"
    files = {
        folder / _named(path.relative_to(sample).as_posix().removesuffix(".tmpl"), name, package): path
        for path in sorted(sample.rglob("*.tmpl"))
    }
    taken = next((target for target in files if target.exists()), None)
    if taken is not None:
        raise SsotError(f"{taken} exists already", "choose another folder with --into")
    try:
        for target, path in files.items():
            target.parent.mkdir(parents=True, exist_ok=True)
            with target.open("xb") as stream:
                stream.write(_named(path.read_text("utf-8"), name, package).encode())
    except OSError as error:
        raise SsotError(f"{folder} can't be written: {error.strerror}", "choose another folder with --into") from error
    return package


def _named(text: str, name: str, package: str) -> str:
    return text.replace("NAME_OF_CODEMOD", name).replace("NAME_OF_PACKAGE", package)
