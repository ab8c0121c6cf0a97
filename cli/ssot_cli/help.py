"""Examples under a command's help."""

from __future__ import annotations

_WIDTH = 80


def examples(*pairs: tuple[str, str]) -> str:
    """An epilog with (command, what it does): side by side where that fits, else one above the other."""
    width = max(len(command) for command, _ in pairs)
    lines = [f"  {command.ljust(width)}  {what}" for command, what in pairs]
    if max(map(len, lines)) + len("  ") > _WIDTH:  # the help formatter indents by two
        lines = [line for command, what in pairs for line in (f"  {command}", f"      {what}")]
    # \b keeps the help formatter from filling the lines into one paragraph.
    return "\n".join(["\b", "Examples:", *lines])
