"""Every code is explained."""

from __future__ import annotations

import pytest

from ssot.report.codes import Code, all_codes, find_code, meaning_of, name_of, nearest_code

RULES = ["SSOT001", "SSOT101", "SSOT102", "SSOT103", "SSOT104", "SSOT105"]
REASONS = """different-object unresolved-path computed-all new-cycle name-taken patched-path equal-arms guarded-import
old-path-test side-effect prints-own-name needs-unsafe dynamic-reference text-file unparsable wall gate-parse
gate-difference gate-bindings gate-comments gate-cycle gate-minimal gate-stable""".split()
SKIPPED = ["encoding", "too-large", "symlink", "submodule", "odd-name", "unreadable"]


@pytest.mark.parametrize("code", [*RULES, *REASONS, *SKIPPED])
def test_it_is_in_the_table(code: str) -> None:
    assert find_code(code) is not None


@pytest.mark.parametrize("entry", all_codes().values(), ids=lambda entry: entry.code)
def test_it_says_what_it_means_why_with_an_example_and_what_to_do(entry: Code) -> None:
    assert entry.meaning.endswith(".")
    assert entry.why.endswith(".")
    assert entry.todo.endswith(".")
    assert entry.example
    assert entry.kind in ("rule", "refusal", "gate", "skipped")


def test_codes_and_names_are_unique() -> None:
    words = [word.casefold() for entry in all_codes().values() for word in {entry.code, entry.name}]
    assert len(words) == len(set(words))


def test_a_rule_is_found_by_its_name_and_in_any_case() -> None:
    assert find_code("ssot101") == find_code("Fragmented-Path") == all_codes()["SSOT101"]


def test_an_unknown_code_has_no_meaning_but_a_neighbour() -> None:
    assert find_code("nonsense") is None
    assert meaning_of("nonsense") == ""
    assert name_of("nonsense") == "nonsense"
    assert nearest_code("name-takken") == "name-taken"
