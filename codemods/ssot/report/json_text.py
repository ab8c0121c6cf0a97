"""One JSON document as text: fixed order, trailing newline, nothing that a terminal or a build service would obey."""

from __future__ import annotations

import json
import re
from typing import Any

from ssot.report.hygiene import is_unseen

_NOT_ASCII = re.compile("[\x7f-\U0010ffff]")  # json escapes what is below U+0020
_MIDLINE_COMMAND = re.compile(r"#(?=#\w*\[)")


def to_json(document: Any) -> str:
    """The document, indented, keys in the order they were given."""
    text = json.dumps(document, ensure_ascii=False, indent=2, allow_nan=False)
    return _MIDLINE_COMMAND.sub(r"\\u0023", _NOT_ASCII.sub(_escaped, text)) + "\n"


def _escaped(match: re.Match[str]) -> str:
    char = match.group()
    return json.dumps(char)[1:-1] if is_unseen(char) else char
