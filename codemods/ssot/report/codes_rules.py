"""The rules of `ssot audit`."""

from __future__ import annotations

from ssot.report.codes import Code


def _rule(code: str, name: str, meaning: str, why: str, example: str, todo: str) -> Code:
    return Code(code, name, "rule", meaning, why, example, todo)


RULES = (
    _rule(
        "SSOT001",
        "unreadable-file",
        "A file could not be read or parsed.",
        "What it defines and imports is unknown, so names it might define are never taken to be absent.",
        "pkg/broken.py:3  unexpected indent",
        "Correct the file, run ssot on a newer Python if its syntax is newer, or exclude it under [project] exclude.",
    ),
    _rule(
        "SSOT101",
        "fragmented-path",
        "An import gets a governed symbol by another path than the canonical or an approved one.",
        "Every further path is one more thing to keep working, to patch in tests and to find again.",
        "from shop.compat import UserEngine    # canonical: shop.engine.user:UserEngine",
        "Run `ssot plan` to see the rewrite, `ssot apply` to get it as a branch, or approve the path in the manifest.",
    ),
    _rule(
        "SSOT102",
        "legacy-local-name",
        "An import uses the canonical path but binds the name of the thing it replaced.",
        "The code still reads as if the replaced thing were in use.",
        "from shop.engine.user import UserEngine as Engine",
        "`ssot apply` renames the uses where that is safe; set rename-uses = false to keep the alias.",
    ),
    _rule(
        "SSOT103",
        "unresolved-import",
        "An internal import names a module or an object that does not exist.",
        "It raises ImportError as soon as it runs. Some are meant to: guarded, or in a test that expects the failure.",
        "from shop.engine.gone import Engine",
        "Declare the path as legacy of what replaced it and run `ssot apply`, or remove the import.",
    ),
    _rule(
        "SSOT104",
        "star-import",
        "A star import brings in a governed symbol.",
        "Which names it binds can't be seen where it stands, and changes when the other module does.",
        "from shop.engine import *",
        "Import the names by their canonical paths; `ssot plan` shows an explicit import where it is safe.",
    ),
    _rule(
        "SSOT105",
        "string-reference",
        "A string names a governed symbol by a path that is not canonical.",
        "Patches, settings and dynamic imports follow such strings, and no import check sees them break.",
        'mock.patch("shop.compat.UserEngine")',
        "`ssot plan --unsafe` shows the edits of strings that resolve; look at each before you apply it.",
    ),
    _rule(
        "SSOT201",
        "duplicate-definition",
        "A class or function is defined a second time, or only hands on to another.",
        "What is changed in one copy is forgotten in the other, until they conflict.",
        "class QualityRouter(MessageRouter): ...    # adds nothing",
        "See `ssot explain A B`; declare the one that stays under [[collapse]], then run `ssot plan`.",
    ),
)
