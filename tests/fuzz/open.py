"""Numbers of the slice that are known to go wrong, and why; where there is a fixture, it is marked `open`."""

from __future__ import annotations

PACKAGES: dict[int, str] = {}  # number -> the fixture in tests/fixtures/canonical-imports, or what is wrong
EDITS: dict[int, str] = {}  # number of a package -> which wrong edit of it no gate sees yet
