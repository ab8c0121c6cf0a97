"""The JSON documents are those of the contract, and their schemas accept them."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from jsonschema import Draft202012Validator

from report.samples import AUDIT, CLEAN, EMPTY_PLAN, PLAN, finding
from report.test_report_text import APPLIED
from ssot.declare.schema import apply_schema, audit_schema, plan_schema
from ssot.deliver.branch import AppliedBranch
from ssot.report.apply_json import apply_json
from ssot.report.audit_json import audit_json
from ssot.report.json_text import to_json
from ssot.report.plan_json import plan_json
from ssot.values import Audit, Plan


@pytest.mark.parametrize("audit", [AUDIT, CLEAN])
def test_audit_matches_its_schema(audit: Audit) -> None:
    Draft202012Validator(audit_schema()).validate(json.loads(audit_json(audit)))


@pytest.mark.parametrize("plan", [PLAN, EMPTY_PLAN])
def test_plan_matches_its_schema(plan: Plan) -> None:
    Draft202012Validator(plan_schema()).validate(json.loads(plan_json(plan)))


def test_apply_matches_its_schema() -> None:
    validator = Draft202012Validator(apply_schema())
    validator.validate(json.loads(apply_json(PLAN, APPLIED)))
    validator.validate(json.loads(apply_json(EMPTY_PLAN, None)))


def test_the_schemas_notice_what_is_missing_and_what_is_new() -> None:
    document = json.loads(plan_json(PLAN))
    validator = Draft202012Validator(plan_schema())
    assert not validator.is_valid({**document, "more": 1})
    assert not validator.is_valid({key: value for key, value in document.items() if key != "ledger"})


def test_audit_document() -> None:
    document = json.loads(audit_json(AUDIT))
    assert list(document) == ["schema", "tree", "score", "findings", "symbols"]
    assert document["schema"] == 1
    assert document["score"]["canonical"] == {"canonical": 10, "total": 24, "percent": 41.67}
    assert document["score"]["compliance"] == {"clean": 7, "files": 9, "percent": 77.78}
    assert list(document["score"]["areas"]) == ["production", "tests"]
    assert document["findings"][0] == {
        "rule": "SSOT101",
        "path": "shop/a.py",
        "line": 3,
        "column": 1,
        "end_line": 3,
        "end_column": 20,
        "message": "says why",
        "symbol": "shop.user:Engine",
        "severity": "warning",
        "fix": "safe",
        "fingerprint": "shop/a.py-3",
    }
    assert [symbol["canonical"] for symbol in document["symbols"]] == ["shop.user:Engine", "shop.money:Money"]
    assert document["symbols"][0]["paths"][2] == {"path": "shop.compat:Engine", "uses": 12, "status": "fragmented"}


def test_plan_document() -> None:
    document = json.loads(plan_json(PLAN))
    assert list(document) == ["schema", "base", "tree", "change_sets", "refusals", "ledger"]
    assert document["change_sets"] == [
        {
            "id": "canonical-imports/shop.user:Engine",
            "codemod": "canonical-imports",
            "title": "Import shop.user:Engine by its canonical path",
            "reason": "1 import used shop.compat:Engine, which the manifest calls legacy",
            "safety": "safe",
            "files": [
                {
                    "path": "shop/a.py",
                    "edits": [{"start": 5, "end": 16, "line": 1, "old": "shop.compat", "new": "shop.user"}],
                }
            ],
        }
    ]
    assert document["refusals"][0] == {
        "code": "name-taken",
        "path": "shop/a.py",
        "line": 4,
        "symbol": "shop.user:Engine",
        "reason": "Engine is a parameter",
    }
    assert document["ledger"] == {
        "occurrences": 9,
        "rewritten": 1,
        "shimmed": 0,
        "refused": 5,
        "ignored": 3,
        "ignored_by": {"comment": 2, "exclude": 1},
    }


def test_apply_document() -> None:
    document = json.loads(apply_json(PLAN, APPLIED))
    assert document["branch"] == "ssot/2026-01-31-abcdef01"
    assert document["commits"] == [
        {
            "id": "d" * 40,
            "change_set": "canonical-imports/shop.user:Engine",
            "files": 1,
            "insertions": 1,
            "deletions": 1,
        }
    ]
    assert "branches" not in document


def test_a_split_apply_lists_its_branches() -> None:
    split = replace(APPLIED, branches=(AppliedBranch("x/a", ()), AppliedBranch("x/b", ())), branch="x")
    document = json.loads(apply_json(PLAN, split))
    assert (document["branch"], document["branches"]) == ("x", ["x/a", "x/b"])
    Draft202012Validator(apply_schema()).validate(document)


def test_nothing_to_apply_has_no_branch() -> None:
    document = json.loads(apply_json(EMPTY_PLAN, None))
    assert (document["branch"], document["commits"]) == (None, [])


def test_the_order_of_findings_does_not_matter() -> None:
    assert audit_json(replace(AUDIT, findings=AUDIT.findings[::-1], symbols=AUDIT.symbols[::-1])) == audit_json(AUDIT)


def test_text_is_utf8_and_harmless_and_comes_back_the_same() -> None:
    odd = "é\x1b\x9b\u202e\udc80\u2028\x7f"
    text = to_json({"a": odd})
    assert text.endswith("}\n")
    assert "é" in text
    assert text.replace("é", "").replace("\n", "").isprintable()
    assert json.loads(text) == {"a": odd}
    assert json.loads(audit_json(replace(AUDIT, findings=(finding(odd, 1),))))["findings"][0]["path"] == odd
