"""Numbers of the slice that are known to go wrong; each fault has a fixture of its own, marked `open`."""

from __future__ import annotations

PACKAGES: dict[int, str] = {}  # number -> the fixture in tests/fixtures/canonical-imports
EDITS: dict[int, str] = {}  # number of a package -> which wrong edit of it no gate sees yet
