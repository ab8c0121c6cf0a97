"""The entry point: every way a run can end becomes an exit code and at most two lines on stderr."""

from __future__ import annotations

import os
import sys
import tempfile
import traceback
from collections.abc import Sequence
from typing import Any

from ssot.values import SsotError
from ssot_cli import exit_codes, written
from ssot_cli.output import discard_stdout, say


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command line; the exit code."""
    _open_streams()
    written.reset()
    try:
        return _run(list(sys.argv[1:] if arguments is None else arguments))
    except SsotError as error:
        say(f"ssot: {error.what}")
        if error.todo:
            say(f"  {error.todo}")
        return error.exit_code
    except KeyboardInterrupt:
        return exit_codes.INTERRUPTED
    except SystemExit:
        # Typer's answer to a stdout that was closed while it printed a help text.
        discard_stdout()
        return exit_codes.OK
    except Exception as error:  # noqa: BLE001 - the last place that can keep a traceback from the user
        return _internal(error)


def _open_streams() -> None:
    """Streams that the caller closed are None; what is printed there is lost, and that is no error."""
    for name in ("stdin", "stdout", "stderr"):
        if getattr(sys, name) is None:
            # the lowest free descriptor, so that no file opened later becomes descriptor 1 or 2
            setattr(sys, name, open(os.devnull, "r" if name == "stdin" else "w", encoding="utf-8"))  # noqa: PTH123, SIM115


def _run(arguments: list[str]) -> int:
    import typer

    from ssot_cli.app import app

    # The class of every usage error; Typer has no public name for it.
    usage_error: type[Exception] = typer.BadParameter.__mro__[2]
    try:
        code = app(arguments, prog_name="ssot", standalone_mode=False)
    except typer.Abort:
        return exit_codes.INTERRUPTED
    except usage_error as error:
        return _usage(error)
    return code if isinstance(code, int) else exit_codes.OK


def _usage(error: Any) -> int:
    if type(error).__name__ == "NoArgsIsHelpError":
        error.show()
    else:
        context = getattr(error, "ctx", None)
        path = context.command_path if context else "ssot"
        say(f"ssot: {error.format_message().replace('Value error, ', '')}")
        say(f"  {_before_the_command(error) or f'see `{path} --help`'}")
    return exit_codes.USAGE


def _before_the_command(error: Any) -> str:
    """What helps against an option that every command has, written where only the command's own are looked for."""
    context, option = getattr(error, "ctx", None), getattr(error, "option_name", None)
    if context is None or option is None or context.parent is None:
        return ""
    known = {name for parameter in context.find_root().command.params for name in parameter.opts}
    return f"write it before the command: `ssot {option} {context.info_name}`" if option in known else ""


def _internal(error: Exception) -> int:
    try:
        handle, path = tempfile.mkstemp(prefix="ssot-trace-", suffix=".txt")
        with os.fdopen(handle, "w", encoding="utf-8", errors="backslashreplace") as file:
            traceback.print_exception(error, file=file)
        where = f"the trace is in {path}"
    except OSError as failure:
        where = f"the trace could not be written: {failure.strerror}"
    say(f"ssot: internal error ({type(error).__name__}); {where}; {written.what_is_known()}")
    return exit_codes.INTERNAL


if __name__ == "__main__":
    sys.exit(main())
