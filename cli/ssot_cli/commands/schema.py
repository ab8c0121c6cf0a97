"""``ssot schema``."""

from __future__ import annotations

from typing import Annotated

import typer

SUMMARY = "JSON Schema of the manifest or an output"
EXAMPLES = (
    ("ssot schema > ssot.schema.json", "for an editor that completes and checks ssot.toml"),
    ("ssot schema --plan", "of the output of ssot plan --format json"),
)


def command(
    plan: Annotated[bool, typer.Option("--plan", help="Of the JSON that plan prints.")] = False,
    audit: Annotated[bool, typer.Option("--audit", help="Of the JSON that audit prints.")] = False,
) -> None:
    """Print the JSON Schema (draft 2020-12) of the manifest."""
    from ssot.declare.schema import audit_schema, manifest_schema, plan_schema
    from ssot.report.json_text import to_json
    from ssot.values import SsotError
    from ssot_cli.output import emit

    if plan and audit:
        raise SsotError("--plan and --audit exclude each other", "ask for one schema at a time")
    emit(to_json(plan_schema() if plan else audit_schema() if audit else manifest_schema()))
