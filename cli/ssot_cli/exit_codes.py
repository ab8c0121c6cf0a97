"""Every exit code, defined once."""

from __future__ import annotations

from typing import Final

OK: Final = 0
FINDINGS: Final = 1
USAGE: Final = 2
PARTLY: Final = 3
INTERNAL: Final = 4
INTERRUPTED: Final = 130
