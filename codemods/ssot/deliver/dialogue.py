"""A program that is told something and answers, in turns."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import IO


class Dialogue:
    """Both ends of a program's streams. What it says when it fails is the business of whoever started it."""

    def __init__(self, told: IO[bytes], answers: IO[bytes]) -> None:
        self._told, self._answers = told, answers

    def ask(self, words: bytes, expected: bytes) -> bool:
        """Whether it gives the expected line; it does not where it has ended."""
        with suppress(BrokenPipeError):
            # past the stream's buffer, which would try again when it is closed
            while words:
                words = words[os.write(self._told.fileno(), words) :]
        return self._answers.readline().rstrip(b"\r\n") == expected
