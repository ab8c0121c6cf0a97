"""``ssot plan --format json``."""

from __future__ import annotations

from typing import Any

from ssot.report.json_text import to_json
from ssot.values import SCHEMA_VERSION, ChangeSet, Edit, FileChange, FileKind, Ledger, Plan, Refusal


def plan_json(plan: Plan) -> str:
    return to_json(plan_document(plan))


def plan_document(plan: Plan) -> dict[str, Any]:
    return {
        "schema": SCHEMA_VERSION,
        "base": plan.base,
        "tree": plan.tree,
        "change_sets": [_change_set(change_set) for change_set in plan.change_sets],
        "refusals": [_refusal(refusal) for refusal in sorted(plan.refusals)],
        "ledger": _ledger(plan.ledger),
    }


def _change_set(change_set: ChangeSet) -> dict[str, Any]:
    return {
        "id": change_set.id,
        "codemod": change_set.codemod,
        "title": change_set.title,
        "reason": change_set.reason,
        "safety": change_set.safety.value,
        "files": [_file(change) for change in sorted(change_set.files, key=lambda change: change.path)],
    }


def _file(change: FileChange) -> dict[str, Any]:
    kind = {} if change.kind is FileKind.MODIFIED else {"kind": change.kind.value}
    return {"path": change.path, **kind, "edits": [_edit(edit) for edit in change.edits]}


def _edit(edit: Edit) -> dict[str, Any]:
    return {"start": edit.start, "end": edit.end, "line": edit.line, "old": edit.old, "new": edit.new}


def _refusal(refusal: Refusal) -> dict[str, Any]:
    return {
        "code": refusal.code,
        "path": refusal.path,
        "line": refusal.line,
        "symbol": refusal.symbol,
        "reason": refusal.reason,
        **({"whole": True} if refusal.whole else {}),
    }


def _ledger(ledger: Ledger) -> dict[str, Any]:
    return {
        "occurrences": ledger.occurrences,
        "rewritten": ledger.rewritten,
        "shimmed": ledger.shimmed,
        "refused": ledger.refused,
        "ignored": ledger.ignored,
        "ignored_by": dict(sorted(ledger.ignored_by)),
    }
