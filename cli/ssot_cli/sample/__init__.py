"""The sample repository of `ssot demo`: a small shop that has been refactored a few times."""

from __future__ import annotations

import re
from importlib.resources import files
from pathlib import Path

# One text instead of modules: code that is meant to be wrong should not be found by linters and type checkers.
_HEADER = re.compile(r"^==== (\S+)\n", re.MULTILINE)


def sample_files() -> dict[str, bytes]:
    """Path to content of every file of the sample."""
    text = files(__name__).joinpath("shop.txt").read_bytes().decode("utf-8").replace("\r\n", "\n")
    _, *pairs = _HEADER.split(text)
    return {path: body.encode("utf-8") for path, body in zip(pairs[::2], pairs[1::2], strict=True)}


def make_sample(folder: Path) -> None:
    """A repository with the sample as its one commit, in an empty folder."""
    from ssot.deliver.sample import create_repository

    message = "A shop, refactored a few times"
    create_repository(folder, sample_files(), message, name="ssot demo", email="demo@example.invalid")
