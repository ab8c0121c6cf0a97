"""The proposed manifest reads well and is a valid manifest."""

from __future__ import annotations

from ssot.declare.load import parse_manifest
from ssot.declare.propose import write_manifest
from ssot.values import PathStatus, PathUse, SymbolReport

CANONICAL, FRAGMENTED = PathStatus.CANONICAL, PathStatus.FRAGMENTED


def report(canonical: str, *others: tuple[str, int], why: str = "public name") -> SymbolReport:
    paths = (PathUse(canonical, 3, CANONICAL), *(PathUse(path, uses, FRAGMENTED) for path, uses in others))
    return SymbolReport(canonical, "shop._impl:_X", paths, declared=False, why=why)


def test_the_most_fragmented_comes_first_with_its_reasons() -> None:
    text = write_manifest((report("b:X", ("c:X", 1)), report("a:Y", ("d:Y", 7), ("e:Y", 1), why="most used")))
    assert text.endswith(
        """\
[[symbol]]
# 8 of 11 imported names take another path than the canonical one
# defined at shop._impl:_X
# canonical because: most used
canonical = "a:Y" # 3 uses
legacy = [
    "d:Y", # 7 uses
    "e:Y", # 1 use
]

[[symbol]]
# 1 of 4 imported names take another path than the canonical one
# defined at shop._impl:_X
# canonical because: public name
canonical = "b:X" # 3 uses
legacy = [
    "c:X", # 1 use
]
"""
    )
    assert [one.canonical for one in parse_manifest(text).symbol] == ["a:Y", "b:X"]


def test_contradictions_are_left_out() -> None:
    claims = (report("a:X", ("c:X", 5), ("b:X", 1)), report("b:X", ("c:X", 2)), report("d:X", ("c:X", 1), ("e:X", 1)))
    manifest = parse_manifest(write_manifest(claims))
    assert [(one.canonical, one.legacy) for one in manifest.symbol] == [("a:X", ("c:X",)), ("d:X", ("e:X",))]


def test_what_can_not_be_a_reference_is_left_out() -> None:
    manifest = parse_manifest(write_manifest((report("a:X", ("c:X.y", 5), ("b:X", 1)), report("no reference"))))
    assert [(one.canonical, one.legacy) for one in manifest.symbol] == [("a:X", ("b:X",))]


def test_a_reason_can_not_break_out_of_its_comment() -> None:
    text = write_manifest((report("a:X", ("b:X", 1), why='x\n[git]\nbranch-prefix = "evil/"\u202e'),))
    assert parse_manifest(text).git.branch_prefix == "ssot/"
    assert "\u202e" not in text


def test_nothing_to_propose_is_still_a_manifest() -> None:
    text = write_manifest(())
    assert parse_manifest(text).symbol == ()
    assert "# [[symbol]]" in text
