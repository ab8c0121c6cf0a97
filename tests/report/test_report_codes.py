"""Every code is explained."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

import ssot.values
from ssot.report.codes import Code, all_codes, find_codes, meaning_of, name_of, nearest_code

RULES = ["SSOT001", "SSOT101", "SSOT102", "SSOT103", "SSOT104", "SSOT105"]
REASONS = [
    "different-object",
    "unresolved-path",
    "new-cycle",
    "name-taken",
    "patched-path",
    "equal-arms",
    "guarded-import",
    "old-path-test",
    "prints-own-name",
    "needs-unsafe",
    "dynamic-reference",
    "text-file",
    "unparsable",
    "prose",
    "comment",
    "layout",
    "doctest",
    "gate-parse",
    "gate-difference",
    "gate-bindings",
    "gate-comments",
    "gate-cycle",
    "gate-minimal",
    "gate-stable",
]
SKIPPED = ["encoding", "too-large", "too-deep", "crash", "symlink", "submodule", "odd-name", "unreadable"]
IGNORED = ["canonical", "approved", "provider", "rename-uses = false", "patched-where-used"]
IGNORED += ["manifest", "exclude", "vendored", "generated"]


@pytest.mark.parametrize("code", [*RULES, *REASONS, *SKIPPED, *IGNORED])
def test_it_is_in_the_table(code: str) -> None:
    assert find_codes(code)


@pytest.mark.parametrize("entry", all_codes().values(), ids=lambda entry: entry.code)
def test_it_says_what_it_means_why_with_an_example_and_what_to_do(entry: Code) -> None:
    assert entry.meaning.endswith(".")
    assert entry.why.endswith(".")
    assert entry.todo.endswith(".")
    assert entry.example
    assert entry.kind in ("rule", "refusal", "gate", "skipped", "ignored")


def test_a_name_is_shared_at_most_by_a_rule_and_a_refusal() -> None:
    for entry in all_codes().values():
        kinds = [found.kind for found in find_codes(entry.name)]
        assert kinds in ([entry.kind], ["rule", "refusal"])


def test_a_rule_is_found_by_its_name_and_in_any_case() -> None:
    assert find_codes("ssot101") == find_codes("Fragmented-Path") == (all_codes()["SSOT101"],)


def test_an_unknown_code_has_no_meaning_but_a_neighbour() -> None:
    assert find_codes("nonsense") == ()
    assert meaning_of("nonsense") == ""
    assert name_of("nonsense") == "nonsense"
    assert nearest_code("name-takken") == "name-taken"


def _codes_in(path: Path) -> set[str]:
    """Constant arguments that look like codes, of the calls that make refusals, failures and skipped files."""
    calls = [node for node in ast.walk(ast.parse(path.read_bytes())) if isinstance(node, ast.Call)]
    makers = [call for call in calls if getattr(call.func, "id", getattr(call.func, "attr", "")) in MAKERS]
    words = [word.value for call in makers for word in call.args if isinstance(word, ast.Constant)]
    return {word for word in words if isinstance(word, str) and re.fullmatch(r"[a-z]+(-[a-z]+)+", word)}


MAKERS = {"Refusal", "Failure", "Skipped", "Block", "refuse", "without_edits", "skip"}
LIBRARY = Path(ssot.values.__file__).parent


@pytest.mark.parametrize("layer", ["index", "audit", "rewrite", "prove", "deliver"])
def test_every_code_that_a_layer_gives_is_explained(layer: str) -> None:
    used = {code for path in sorted((LIBRARY / layer).rglob("*.py")) for code in _codes_in(path)}
    assert used <= set(all_codes())
