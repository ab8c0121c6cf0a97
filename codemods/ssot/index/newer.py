"""Which Python a line is of that this one can't parse, where that can be told from the line."""

from __future__ import annotations

import re
import sys

_SIGNS = (
    ((3, 15), re.compile(r"\s*lazy\s+(import|from)\b")),
    ((3, 14), re.compile(r"(.*[^\w'\"])?([tT][rR]?|[rR][tT])['\"]")),
    ((3, 12), re.compile(r"\s*(async\s+)?(def|class)\s+\w+\s*\[|\s*type\s+\w+\s*(=[^=]|\[)")),
    ((3, 12), re.compile(r"(.*[^\w'\"])?([fF][rR]?|[rR][fF])['\"]")),
)


def looks_like(line: str, running: tuple[int, ...] = sys.version_info[:2]) -> str:
    """``3.12`` for a construct that came with it; empty where nothing newer than `running` is recognised."""
    for version, sign in _SIGNS:
        if running < version and sign.match(line):
            return ".".join(map(str, version))
    return ""
