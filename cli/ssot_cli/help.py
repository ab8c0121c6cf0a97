"""Examples under a command's help."""

from __future__ import annotations


def examples(*pairs: tuple[str, str]) -> str:
    """An epilog with one aligned line for each (command, what it does)."""
    width = max(len(command) for command, _ in pairs)
    lines = [f"  {command.ljust(width)}  {what}" for command, what in pairs]
    # \b keeps the help formatter from filling the lines into one paragraph.
    return "\n".join(["\b", "Examples:", *lines])
