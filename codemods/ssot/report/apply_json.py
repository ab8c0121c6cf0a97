"""``ssot apply --format json``: the plan, and the commits it became."""

from __future__ import annotations

from typing import Any

from ssot.deliver.branch import Applied
from ssot.deliver.commits import AppliedCommit
from ssot.report.json_text import to_json
from ssot.report.plan_json import plan_document
from ssot.values import Plan


def apply_json(plan: Plan, applied: Applied | None) -> str:
    """`applied` is None where nothing was committed: nothing to do, or the work tree was edited in place."""
    return to_json(apply_document(plan, applied))


def apply_document(plan: Plan, applied: Applied | None) -> dict[str, Any]:
    document = {
        **plan_document(plan),
        "branch": applied.branch if applied else None,
        "commits": [_commit(commit) for commit in (applied.commits if applied else ())],
    }
    # Only --split makes several; a document with one branch keeps to the common form.
    names = [branch.name for branch in applied.branches] if applied else []
    return {**document, "branches": names} if applied and names not in ([], [applied.branch]) else document


def _commit(commit: AppliedCommit) -> dict[str, Any]:
    return {
        "id": commit.id,
        "change_set": commit.change_set,
        "files": commit.files,
        "insertions": commit.insertions,
        "deletions": commit.deletions,
    }
