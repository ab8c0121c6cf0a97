"""One JSON document as text: fixed order, trailing newline, nothing that a terminal would obey."""

from __future__ import annotations

import json
import re
from typing import Any

# json escapes what is below U+0020; these are the other characters that steer a terminal, or that UTF-8 lacks.
_STEERING = re.compile("[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def to_json(document: Any) -> str:
    """The document, indented, keys in the order they were given."""
    text = json.dumps(document, ensure_ascii=False, indent=2, allow_nan=False)
    return _STEERING.sub(lambda match: f"\\u{ord(match.group()):04x}", text) + "\n"
