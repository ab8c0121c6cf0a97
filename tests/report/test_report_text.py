"""The texts, word for word, on small values."""

from __future__ import annotations

from dataclasses import replace

from report.samples import AUDIT, CHANGE_SET, CLEAN, EMPTY_PLAN, ENGINE, MONEY, PATCH, PLAN, PROPOSED, finding
from ssot.deliver.branch import Applied, AppliedBranch
from ssot.deliver.commits import AppliedCommit
from ssot.report.apply_text import apply_lines, in_place_lines
from ssot.report.audit_text import audit_lines
from ssot.report.codemods_text import codemods_lines
from ssot.report.codes import find_codes
from ssot.report.explain_text import Explanation, PathUsers, Place, code_lines, explain_lines
from ssot.report.lines import Style, to_text
from ssot.report.plan_text import diff_lines, plan_lines
from ssot.report.verify_text import verify_lines

AUDIT_TEXT = """\
Canonical usage  41.67 %  10 of 24 imported names of governed symbols
Compliance       77.78 %  7 of 9 files have no finding

By area
  area        canonical        clean files
  production    45.00 %  9/20      83.33 %  5/6
  tests         25.00 %   1/4      66.67 %  2/3

Symbols with several import paths, most fragmented first
  shop.user:Engine  13 of 20 fragmented
    defined at shop._impl:_Engine
    canonical    6  shop.user:Engine
    approved     1  shop:Engine
    fragmented  12  shop.compat:Engine
    broken       1  shop.gone:Engine
  shop.money:Money  1 of 4 fragmented
    canonical   3  shop.money:Money
    fragmented  1  shop:Money

Findings
  SSOT001 unreadable-file  1 finding
    shop/broken.py:1:1  unexpected indent
  SSOT101 fragmented-path  4 findings, 4 fixed by ssot apply
    shop/a.py:3:1  says why
    shop/b.py:3:1  says why
    shop/c.py:3:1  says why
    … and 1 more place (-v lists all)
  SSOT105 string-reference  1 finding, 1 fixed by ssot apply --unsafe
    tests/test_a.py:7:1  a string names shop.compat.Engine

Read 9 files and 1,234 internal imports.
1 file could not be read (SSOT001); what they define is unknown.

Next
  ssot plan             see every change as a diff, with its reason
  ssot apply            get the changes as commits on a new branch; your files stay as they are
  ssot plan --unsafe    see also those that a person should look at
  ssot explain SSOT001  what a rule means and why
"""

PLAN_TEXT = """\
Import shop.user:Engine by its canonical path
  1 import used shop.compat:Engine, which the manifest calls legacy
  safe · canonical-imports · 1 edit in 1 file
  diff --git a/shop/a.py b/shop/a.py
  --- a/shop/a.py
  +++ b/shop/a.py
  @@ -1,2 +1,2 @@
  -from shop.compat import Engine
  +from shop.user import Engine
   --- not a header
  \\ No newline at end of file

Left alone: 5 places
  name-taken  4 places  The new local name is already bound in a scope that uses it.
    shop/a.py:4  shop.user:Engine  Engine is a parameter
    shop/b.py:4  shop.user:Engine  Engine is a parameter
    shop/c.py:4  shop.user:Engine  Engine is a parameter
    … and 1 more place (-v lists all; ssot explain name-taken)
  needs-unsafe  1 place  An edit exists, but it can't be shown to keep behaviour.
    tests/test_a.py:7  shop.user:Engine  a string

Ledger: 9 occurrences of governed paths and names
  rewritten  1
  shimmed    0
  refused    5
  ignored    3
      comment  2
      exclude  1

2 uncommitted files are not part of this: a commit was read.

1 change set (1 safe): 1 edit in 1 file.

Next
  ssot apply          commit exactly this on a new branch
  ssot plan --unsafe  see the edits that a person should look at
"""

APPLIED = Applied(
    "ssot/2026-01-31-abcdef01",
    "b" * 40,
    (
        AppliedBranch(
            "ssot/2026-01-31-abcdef01", (AppliedCommit("d" * 40, "canonical-imports/shop.user:Engine", 1, 1, 1),)
        ),
    ),
    already=False,
)


def test_audit() -> None:
    assert to_text(audit_lines(AUDIT)) == AUDIT_TEXT


def test_audit_lists_everything_when_asked() -> None:
    text = to_text(audit_lines(AUDIT, verbose=True))
    assert "shop/d.py:3:1" in text
    assert "more" not in text


def test_without_a_manifest_init_comes_first_and_nothing_else_is_promised() -> None:
    text = to_text(audit_lines(PROPOSED))
    assert "  shop.money:Money  1 of 4 fragmented  (proposed)\n    canonical because: public name, nearest" in text
    assert "fixed by" not in text
    steps = text.partition("Next\n")[2].splitlines()
    assert [step.strip().partition("  ")[0] for step in steps] == ["ssot init", "ssot explain SSOT001"]
    assert steps[0].endswith("then commit it")


def test_a_proposal_against_the_custom_of_the_code_says_so() -> None:
    text = to_text(audit_lines(PROPOSED))
    said = "    shop:Engine is used 1,435 of 1,438 times: swap it with the canonical path, or approve it\n"
    assert said in text
    assert text.count("swap it") == 1


def test_a_reason_of_several_lines_is_shown_as_such() -> None:
    listed = replace(CHANGE_SET, reason="The manifest declares:\n- shop.user:Engine\n- shop.x:Y\n\nAll is well.\x1b")
    text = to_text(plan_lines(replace(PLAN, change_sets=(listed,)), {}))
    assert "  The manifest declares:\n  - shop.user:Engine\n  - shop.x:Y\n\n  All is well.\\x1b\n" in text


def test_a_clean_audit_says_so() -> None:
    assert to_text(audit_lines(CLEAN)) == (
        "Canonical usage  100.00 %  0 of 0 imported names of governed symbols\n"
        "Compliance       100.00 %  3 of 3 files have no finding\n"
        "\n"
        "Read 3 files and 1 internal import.\n"
        "\n"
        "Nothing to do.\n"
    )


def test_the_order_of_findings_and_symbols_does_not_matter() -> None:
    turned = replace(AUDIT, findings=AUDIT.findings[::-1], symbols=AUDIT.symbols[::-1])
    assert audit_lines(turned) == audit_lines(AUDIT)


def test_nothing_out_of_a_repository_reaches_the_terminal_raw() -> None:
    evil = finding("a\x1b[31m\u202e.py", 1, message="\x07[bold]\nssot: done")
    text = to_text(audit_lines(replace(AUDIT, findings=(evil,), symbols=())))
    assert "a\\x1b[31m\\u202e.py:1:1  \\x07[bold]\\x0assot: done\n" in text


def test_plan() -> None:
    assert to_text(plan_lines(PLAN, {CHANGE_SET.id: PATCH}, uncommitted=2)) == PLAN_TEXT


def test_plan_with_unsafe_edits_suggests_to_apply_them_so() -> None:
    text = to_text(plan_lines(PLAN, {CHANGE_SET.id: PATCH}, verbose=True, unsafe=True))
    assert "  ssot apply --unsafe  commit exactly this" in text
    assert "ssot plan --unsafe" not in text
    assert "shop/d.py:4" in text


def test_an_empty_plan() -> None:
    assert "Nothing to change.\n" in to_text(plan_lines(EMPTY_PLAN, {}))


def test_a_diff_is_coloured_by_what_its_lines_are() -> None:
    styles = [line.style for line in diff_lines(PATCH)]
    assert styles[3:] == [Style.HUNK, Style.REMOVED, Style.ADDED, Style.PLAIN, Style.DIM]
    assert set(styles[:3]) == {Style.DIM}


def test_a_diff_of_odd_bytes_is_shown_harmless() -> None:
    patch = b"@@ -1 +1 @@\n-\tcaf\xe9 \x1b[2J\r\n+\ta\rb\r\n"
    assert [line.text for line in diff_lines(patch)] == ["  @@ -1 +1 @@", "  -\tcaf\\xe9 \\x1b[2J", "  +\ta\\x0db"]


def test_apply() -> None:
    text = to_text(apply_lines(PLAN, APPLIED, uncommitted=1))
    assert text.startswith(
        """\
Branch ssot/2026-01-31-abcdef01 made.

1 commit
  dddddddddd  1 file, +1 -1  Import shop.user:Engine by its canonical path

Left alone: 5 places
"""
    )
    assert "1 uncommitted file is not part of this: a commit was read.\n" in text
    assert "  ssot undo ssot/2026-01-31-abcdef01    remove it\n" in text


def test_apply_of_what_is_there_already() -> None:
    text = to_text(apply_lines(PLAN, replace(APPLIED, already=True)))
    assert text.startswith("Branch ssot/2026-01-31-abcdef01 already holds this plan; nothing was written.\n")


def test_apply_of_nothing() -> None:
    assert to_text(apply_lines(EMPTY_PLAN, None)).startswith("Nothing to change; no branch was made.\n")


def test_in_place() -> None:
    assert to_text(in_place_lines(PLAN)).startswith("Edited 1 file in the work tree.\n")
    assert to_text(in_place_lines(EMPTY_PLAN)).startswith("Nothing to change.\n")


def test_verify() -> None:
    good = verify_lines("b", ok=True, checked_imports=1200, checked_files=1, problems=())
    assert to_text(good) == "b: 1,200 imports in 1 file checked; all resolve and denote what they did before.\n"
    bad = verify_lines("b", ok=False, checked_imports=2, checked_files=1, problems=(finding("a.py", 1),))
    assert to_text(bad) == "b: 1 problem in 2 imports in 1 file\n  a.py:1:1  says why\n\nNext\n  ssot undo b\n"


def test_explain_a_declared_symbol() -> None:
    explanation = Explanation(
        ENGINE,
        definition_place=Place("shop/_impl.py", 3),
        declared_at="ssot.toml:2",
        legacy=("shop.compat:Engine",),
        approved=("shop:Engine",),
        users=(PathUsers("shop.compat:Engine", tuple(Place(f"shop/{number}.py", 1) for number in range(7, 0, -1))),),
    )
    assert to_text(explain_lines(explanation)) == (
        """\
shop.user:Engine
  defined as shop._impl:_Engine  (shop/_impl.py:3)

Declared at ssot.toml:2
  legacy: shop.compat:Engine
  approved: shop:Engine

Import paths
  shop.user:Engine  canonical, 6 uses
  shop:Engine  approved, 1 use
  shop.compat:Engine  fragmented, 12 uses
    shop/1.py:1
    shop/2.py:1
    shop/3.py:1
    shop/4.py:1
    shop/5.py:1
    … and 2 more places (-v lists all)
  shop.gone:Engine  broken, 1 use
"""
    )


def test_explain_a_proposed_symbol_says_why() -> None:
    text = to_text(explain_lines(Explanation(MONEY)))
    assert "This canonical path is a proposal: public name, nearest the definition.\n" in text


def test_explain_a_code() -> None:
    (code,) = find_codes("Fragmented-Path")
    assert to_text(code_lines(code)).startswith(
        "SSOT101 fragmented-path  (rule)\n  An import gets a governed symbol by another path"
    )


def test_codemods() -> None:
    assert "\ncanonical-imports\n  Rewrites fragmented imports" in to_text(codemods_lines())
