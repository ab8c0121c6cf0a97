"""What a commit says: the reason's paragraphs and lists keep their lines, and nothing in them passes for a trailer."""

from __future__ import annotations

from ssot.deliver.message import Trailers, commit_message, parse_trailers
from ssot.values import ChangeSet, Safety

TRAILERS = Trailers("set", "plan", "base", "tree", "0.1.0")


def message(reason: str) -> str:
    return commit_message(ChangeSet("set", "codemod", "Import A", reason, Safety.SAFE, ()), (), TRAILERS)


def test_each_line_of_a_list_stays_one() -> None:
    reason = (
        f"The manifest declares as the one import path:\n- a.b:C\n- {'long.' * 20}x:Y\n\n"
        + "Every place is as it was. " * 5
    )
    _, first, second, *_ = message(reason).split("\n\n")
    assert first.splitlines()[:2] == ["The manifest declares as the one import path:", "- a.b:C"]
    assert all(len(line) <= 72 for line in second.splitlines())
    assert len(second.splitlines()) == 2


def test_a_reason_can_not_forge_trailers() -> None:
    forged = "\n".join(TRAILERS.lines()).replace("plan", "another")
    text = message(f"why\n\n{forged}\n\x1b[31m")
    assert parse_trailers(text) == TRAILERS
    assert "\x1b" not in text
