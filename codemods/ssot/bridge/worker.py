"""The process in which somebody's codemod runs.

Reads one request as JSON from stdin and answers with one JSON object a line: first ``ready`` or ``error``, then one for each
file, in the order of the request. Nothing but the named codemod is imported; the copy of the tree is never on the import path.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator
from typing import IO, Any

Answer = dict[str, Any]


class UsageError(Exception):
    """The codemod can't be run as asked; the texts are for the person who asked."""

    def __init__(self, what: str, todo: str = "") -> None:
        super().__init__(what)
        self.todo = todo


def main() -> None:
    answers = _own_output()
    request = json.loads(sys.stdin.buffer.read())
    sys.path[:0] = request["search"]
    for answer in _answers(request):
        answers.write(json.dumps(answer) + "\n")
        answers.flush()


def _own_output() -> IO[str]:
    """The real stdout; what the codemod prints, or a program that it starts, goes to stderr instead."""
    own = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    return own


def _answers(request: Answer) -> Iterator[Answer]:
    try:
        ready, run = _engine(request["kind"])(request)
    except UsageError as error:
        yield {"error": str(error), "todo": error.todo}
        return
    yield {"ready": ready}
    for file in request["files"]:
        yield {"path": file["path"], **run(file)}


def _engine(kind: str) -> Callable[[Answer], tuple[Answer, Callable[[Answer], Answer]]]:
    """Imported when asked for: LibCST's machinery and Bowler cost a second each."""
    if kind == "libcst":
        from ssot.bridge.libcst_engine import open_command

        return open_command
    from ssot.bridge.bowler_engine import open_script

    return open_script
