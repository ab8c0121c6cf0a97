"""Where results go: stdout or a file, in UTF-8, coloured only on a terminal."""

from __future__ import annotations

import errno
import os
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from ssot.values import SsotError

if TYPE_CHECKING:
    from ssot.report.lines import Line, Style
    from ssot_cli.settings import Settings

# EINVAL is how Windows says that the reader of a pipe is gone.
_CLOSED = (errno.EPIPE, errno.EINVAL)


def show(lines: Iterable[Line], settings: Settings, output: Path | None = None) -> None:
    """Lines for a reader, in colour where somebody looks."""
    if output is None and settings.color and colours_wanted():
        _show_styled(lines)
        return
    from ssot.report.lines import to_text

    emit(to_text(lines), output)


def colours_wanted() -> bool:
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def emit(result: str | bytes, output: Path | None = None) -> None:
    """A result, whole, to `output` or to stdout."""
    data = result if isinstance(result, bytes) else result.encode("utf-8", "backslashreplace")
    if output is None:
        _write_stdout(data)
    else:
        _write_file(output, data)


def _write_stdout(data: bytes) -> None:
    buffer: BinaryIO | None = getattr(sys.stdout, "buffer", None)
    try:
        if buffer is None:
            sys.stdout.write(data.decode("utf-8", "replace"))
        else:
            sys.stdout.flush()
            buffer.write(data)
        sys.stdout.flush()
    except OSError as error:
        _stdout_failed(error)


def _stdout_failed(error: OSError) -> None:
    if error.errno not in _CLOSED:
        raise SsotError(
            f"the result can't be written: {error.strerror}", "use --output FILE, or free the device"
        ) from error
    discard_stdout()


def discard_stdout() -> None:
    """Whoever read stdout is gone (``| head``): that changes neither the work done nor its exit code."""
    null = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(null, sys.stdout.fileno())
    except OSError:
        return  # no file descriptor behind it: nothing left to flush at exit
    finally:
        os.close(null)


def _write_file(path: Path, data: bytes) -> None:
    try:
        if path.is_symlink() or (path.exists() and not path.is_file()):
            path.write_bytes(data)  # a device or a link: replacing it would not be writing to it
        else:
            _replace(path, data)
    except OSError as error:
        raise SsotError(f"{path} can't be written: {error.strerror}", "name another file with --output") from error


def _replace(path: Path, data: bytes) -> None:
    """All or nothing: a reader never sees half a report."""
    mode = path.stat().st_mode & 0o777 if path.exists() else 0o666 & ~_umask()
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        Path(name).chmod(mode)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _umask() -> int:
    current = os.umask(0)
    os.umask(current)
    return current


def _show_styled(lines: Iterable[Line]) -> None:
    from rich.console import Console
    from rich.text import Text

    from ssot.report.hygiene import no_command
    from ssot.report.lines import Style

    styles = _styles(Style)
    console = Console(file=sys.stdout, markup=False, highlight=False, emoji=False, soft_wrap=True)
    try:
        for line in lines:
            # Text, never a plain string: what comes out of a repository is not markup.
            console.print(Text(no_command(line.text), style=styles[line.style]), end="\n")
    except OSError as error:
        _stdout_failed(error)


def _styles(style: type[Style]) -> dict[Style, str]:
    return {
        style.PLAIN: "",
        style.TITLE: "bold",
        style.GOOD: "green",
        style.BAD: "red",
        style.WARN: "yellow",
        style.DIM: "dim",
        style.COMMAND: "cyan",
        style.ADDED: "green",
        style.REMOVED: "red",
        style.HUNK: "cyan",
    }


def say(text: str) -> None:
    """One line to stderr, with nothing in it that a terminal would obey."""
    from ssot.report.hygiene import no_command, visible, without_credentials

    shown = visible(no_command(without_credentials(text)))
    try:
        sys.stderr.write(shown.encode(sys.stderr.encoding or "utf-8", "backslashreplace").decode() + "\n")
        sys.stderr.flush()
    except (OSError, UnicodeError, AttributeError):
        return  # nobody is left to tell
