"""Each rule on a small project: where the finding stands, what it says, what would fix it."""

# Programs on one line each read better than broken up.

from __future__ import annotations

import pytest
from trees import Tree, symbol, workspace

from ssot.audit.context import AuditContext
from ssot.audit.rules import findings
from ssot.values import Finding, Fix, Severity

LIBRARY = {
    "shop/__init__.py": "from shop.core import Engine\n",
    "shop/core.py": "class Engine: ...\ndef start(): ...\n",
    "shop/old.py": "from shop.core import Engine, start\n",
    "shop/other.py": "class Engine: ...\n",
}
MANIFEST = symbol("shop.core:Engine", "shop.old:Engine", "shop.gone:Engine", approved=["shop:Engine"])


def context_of(files: Tree, manifest: str | None = MANIFEST) -> AuditContext:
    work = workspace({**LIBRARY, **files}, manifest)
    return AuditContext(
        work.index, work.governance, work.sources, work.manifest is not None, work.is_test, work.hands_off
    )


def found(text: str, manifest: str | None = MANIFEST, path: str = "shop/user.py", **more: str) -> list[Finding]:
    files = {path: text, **{name.replace("__", "/") + ".py": content for name, content in more.items()}}
    return [finding for finding in findings(context_of(files, manifest)) if finding.path == path]


def short(finding: Finding) -> tuple[str, int, int, int, str]:
    return finding.rule, finding.line, finding.column, finding.end_column, finding.fix.value


FOUND = [
    # SSOT101
    ("from shop.old import Engine\n", [("SSOT101", 1, 22, 28, "safe")]),
    ("from shop.old import Engine as E\n", [("SSOT101", 1, 22, 33, "safe")]),
    ("from .old import Engine\n", [("SSOT101", 1, 18, 24, "safe")]),
    ("import os\ndef f():\n\tfrom shop.old import (\n\t\tstart,\n\t\tEngine)\n", [("SSOT101", 5, 3, 9, "safe")]),
    ("é = 1; from shop.old import Engine\n", [("SSOT101", 1, 30, 36, "safe")]),
    ("import shop.old\nprint(shop.old.Engine())\n", [("SSOT101", 2, 7, 22, "safe")]),
    ("from shop import old\nprint(old.Engine)\n", [("SSOT101", 2, 7, 17, "safe")]),
    ("from shop.gone import Engine\n", [("SSOT101", 1, 23, 29, "safe")]),
    ("from shop.old import Engine\nfrom shop.old import Engine\n", [("SSOT101", 1, 22, 28, "safe"), ("SSOT101", 2, 22, 28, "safe")]),
    # SSOT102
    ("from shop.core import Engine as Wheel\n", []),
    # SSOT103
    ("from shop.core import Nothing\n", [("SSOT103", 1, 23, 30, "none")]),
    ("from shop.nowhere import x\n", [("SSOT103", 1, 26, 27, "none")]),
    ("import os, shop.nowhere\n", [("SSOT103", 1, 12, 24, "none")]),
    ("try:\n    from shop.nowhere import x\nexcept ImportError:\n    pass\n", [("SSOT103", 2, 30, 31, "none")]),
    # SSOT104
    ("from shop.old import *\nprint(Engine)\n", [("SSOT104", 1, 1, 23, "safe")]),
    ("from shop.old import *\nprint(start)\n", []),
    # SSOT105
    ("from unittest import mock\nmock.patch('shop.old.Engine')\n", [("SSOT105", 2, 13, 28, "unsafe")]),
    ("X = 'shop.old:Engine'\n", [("SSOT105", 1, 6, 21, "unsafe")]),
    ("X = 'see shop.old.Engine'\n", []),
    ("# shop.old.Engine\n", []),
    ("X = 'shop.core.Engine'\n", []),
    # nothing
    ("from shop.core import Engine\nfrom shop import Engine as E\n", []),
    ("from elsewhere import Engine\nimport json\n", []),
    ("from shop.other import Engine\n", []),
    # SSOT001
    ("def f(:\n", [("SSOT001", 1, 1, 2, "none")]),
    ("x = 1\nfrom shop.old import Engine\nprint 'two'\n", [("SSOT001", 3, 1, 2, "none"), ("SSOT101", 2, 22, 28, "safe")]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), FOUND)
def test_place_and_fix(text: str, expected: list[tuple[str, int, int, int, str]]) -> None:
    assert sorted(map(short, found(text))) == sorted(expected)


def test_messages_name_both_paths() -> None:
    (finding,) = found("from shop.old import Engine\n")
    assert finding.message == "shop.old:Engine is a fragmented path; the canonical path is shop.core:Engine"
    assert (finding.symbol, finding.severity) == ("shop.core:Engine", Severity.ERROR)
    (finding,) = found("from shop.gone import Engine\n")
    assert "does not exist any more" in finding.message
    (finding,) = found("X = 'shop.old.Engine'\n")
    assert finding.message == "the text names shop.old.Engine; the canonical path is shop.core.Engine"


def test_another_object_under_a_declared_path_is_shown_not_fixed() -> None:
    manifest = symbol("shop.core:Engine", "shop.other:Engine")
    (finding,) = found("from shop.other import Engine\n", manifest)
    assert (finding.rule, finding.fix, finding.severity) == ("SSOT101", Fix.MANUAL, Severity.WARNING)
    assert "another object" in finding.message


def test_the_name_of_what_was_replaced_is_a_finding_of_its_own() -> None:
    manifest = symbol("shop.core:Engine", "shop.old:Motor")
    (finding,) = found("from shop.core import Engine as Motor\nMotor()\n", manifest)
    assert short(finding) == ("SSOT102", 1, 23, 38, "safe")
    kept = symbol("shop.core:Engine", "shop.old:Motor", more="rename-uses = false")
    (finding,) = found("from shop.core import Engine as Motor\nMotor()\n", kept)
    assert finding.fix is Fix.MANUAL


def test_the_statement_that_makes_a_declared_path_is_none() -> None:
    assert [finding for finding in findings(context_of({})) if finding.path == "shop/old.py"] == []


def test_an_unresolved_import_that_is_expected_to_fail_is_a_note() -> None:
    (finding,) = found("import pytest\nwith pytest.raises(ImportError):\n    import shop.nowhere\n")
    assert finding.severity is Severity.NOTE
    assert "expects that" in finding.message


def test_a_patch_where_the_name_is_used_is_none() -> None:
    user = "from shop.core import Engine\ndef f():\n    return Engine()\n"
    text = "from unittest import mock\nmock.patch('shop.late.Engine')\n"
    manifest = symbol("shop.core:Engine", "shop.late:Engine")
    assert [one for one in found(text, manifest, "tests/test_a.py", shop__late=user) if one.rule == "SSOT105"] == []


def test_moved_modules_are_found_in_every_form() -> None:
    manifest = '[[module]]\ncanonical = "shop.core"\nlegacy = ["shop.gone", "lib.core"]\n'
    text = "import shop.gone\nfrom shop import gone\nfrom shop.gone import Engine\nprint(shop.gone.Engine, gone)\nX = 'shop.gone.Engine'\n"
    lines = {(finding.rule, finding.line) for finding in found(text, manifest)}
    assert {("SSOT101", 1), ("SSOT101", 2), ("SSOT101", 3), ("SSOT105", 5)} <= lines
    (outside,) = found("from lib.core import Engine\n", manifest)
    assert outside.fix is Fix.UNSAFE


def test_findings_are_of_the_selected_files_alone() -> None:
    context = context_of({"shop/a.py": "from shop.old import Engine\n", "shop/b.py": "from shop.old import Engine\n"})
    context.selected = lambda path: path == "shop/b.py"
    assert {finding.path for finding in findings(context)} == {"shop/b.py"}


def test_a_fingerprint_stays_when_lines_above_move_and_tells_twins_apart() -> None:
    text = "from shop.old import Engine\nfrom shop.old import Engine\n"
    before, after = found(text), found("import os\n\n" + text)
    assert [one.fingerprint for one in before] == [one.fingerprint for one in after]
    assert len({one.fingerprint for one in before}) == 2


def test_without_a_manifest_symbols_with_several_paths_are_governed() -> None:
    (finding,) = found(
        "from shop.old import Engine\nX = 'shop.old.Engine'\n", None, shop__more="from shop.core import Engine\n"
    )
    assert (finding.rule, finding.symbol) == ("SSOT101", "shop.core:Engine")


def test_generated_and_vendored_files_are_never_called_fixable() -> None:
    (finding,) = found("from shop.old import Engine\n", path="shop/_vendor/x.py")
    assert finding.fix is Fix.MANUAL
    (finding,) = found("# Generated by a program\nfrom shop.old import Engine\n")
    assert finding.fix is Fix.MANUAL
