"""What holds for every test."""

from __future__ import annotations

import signal


def _ignored_is_handled() -> None:
    """Started in the background, a suite ignores interrupts, and so would each program it starts; handled ones are not inherited."""
    for name in ("SIGINT", "SIGHUP", "SIGTERM"):
        number = getattr(signal, name, None)  # Windows has no SIGHUP
        if number is not None and signal.getsignal(number) is signal.SIG_IGN:
            signal.signal(number, lambda *_: None)


_ignored_is_handled()
