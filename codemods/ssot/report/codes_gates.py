"""The proofs that each changed file must pass. A gate that fails on an edit of ssot is a defect of ssot."""

from __future__ import annotations

from ssot.report.codes import Code

_TODO = "The file is left as it was. Change it by hand, and please report the case: an edit should not fail its proof."


def _gate(code: str, meaning: str, why: str, example: str) -> Code:
    return Code(code, code, "gate", meaning, why, example, _TODO)


GATES = (
    _gate(
        "gate-decode",
        "The file could not be read as the same kind of text after the edit.",
        "Encoding and byte order mark must be the same before and after.",
        "a new name that the file's Latin-1 coding line can't write",
    ),
    _gate(
        "gate-parse",
        "The file would not parse after the edit.",
        "Every changed file is parsed before and after, for the project's target version.",
        "an edit inside a construct that this Python reads differently",
    ),
    _gate(
        "gate-difference",
        "The syntax trees differ by more than the plan's edits.",
        "With the declared edits taken out of both, the trees before and after must be equal; a definition may go, and a member "
        "may come, only as the manifest declares and as the definitions before the change show.",
        "an edit that also swallowed the statement after it",
    ),
    _gate(
        "gate-bindings",
        "A name would denote something else than before, or nothing.",
        "Every use in every scope is resolved before and after; it must denote the same object.",
        "a rename that meets a local variable of the same name",
    ),
    _gate(
        "gate-effects",
        "Loading a module would do less, more or something in another order.",
        "Whatever leaves a trace when it is imported is still imported, in the same order, and nothing comes without need.",
        "an import of a module that registers handlers is dropped because no name of it is used",
    ),
    _gate(
        "gate-comments",
        "A comment would be lost, made up or moved to other code.",
        "Comments outside deleted statements must be the same before and after, in the same order.",
        "from a import (  # why\n    Foo,\n)",
    ),
    _gate(
        "gate-cycle",
        "Modules would import each other at start-up that did not before.",
        "The eager import graph may gain no cycle.",
        "shop.user → shop.engine → shop.user",
    ),
    _gate(
        "gate-minimal",
        "A line would change that no edit declares, or an edit changes nothing but the layout.",
        "A diff touches only what must change.",
        "a line ending normalised on the way",
    ),
    _gate(
        "gate-stable",
        "Planning again on the result would change it again.",
        "A second run finds nothing to do; otherwise the first was not finished or went too far.",
        "two manifest entries that undo each other",
    ),
)
