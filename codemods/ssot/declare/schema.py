"""JSON Schemas (draft 2020-12): of the manifest, and of what `plan` and `audit` print as JSON."""

from __future__ import annotations

from typing import Any

from ssot.declare.manifest import Manifest
from ssot.values import SCHEMA_VERSION, FileKind, Fix, PathStatus, Safety, Severity

Schema = dict[str, Any]
_DRAFT = "https://json-schema.org/draft/2020-12/schema"


def manifest_schema() -> Schema:
    """The schema of `ssot.toml`; an editor reads it for completion and checks."""
    schema = Manifest.model_json_schema(by_alias=True, mode="validation")
    return {"$schema": _DRAFT, **schema, "title": "ssot.toml"}


def plan_schema() -> Schema:
    """The schema of ``ssot plan --format json``."""
    return {
        "$schema": _DRAFT,
        "title": "ssot plan",
        "description": "Every change set, refusal and the ledger of one tree.",
        **_object(plan_properties()),
    }


def apply_schema() -> Schema:
    """The schema of ``ssot apply --format json``: the plan, its branch and its commits."""
    commit = {
        "id": _text("The commit's id."),
        "change_set": _text("The change set it holds."),
        "files": _count("Files it changes."),
        "insertions": _count("Lines it adds."),
        "deletions": _count("Lines it removes."),
    }
    extra = {
        "branch": _nullable("The branch that holds the commits; null where nothing was to be done."),
        "commits": _array(_object(commit), "In order, one for each change set."),
    }
    branches = {"branches": _array(_text("A branch."), "Only with --split: all branches; `branch` begins their names.")}
    return {"$schema": _DRAFT, "title": "ssot apply", **_object({**plan_properties(), **extra}, optional=branches)}


def audit_schema() -> Schema:
    """The schema of ``ssot audit --format json``."""
    return {
        "$schema": _DRAFT,
        "title": "ssot audit",
        "description": "The score, the findings and the governed symbols of one tree.",
        **_object(
            {
                "schema": _version(),
                "tree": _nullable("The id of the tree that was read; null for the work tree."),
                "score": _score_with_areas(),
                "findings": _array(_finding(), "Sorted by path, line and column."),
                "symbols": _array(_symbol(), "The governed symbols, most fragmented first."),
            }
        ),
    }


def plan_properties() -> Schema:
    """The properties that the outputs of `plan` and `apply` share."""
    return {
        "schema": _version(),
        "base": _nullable("The commit the plan is for."),
        "tree": _nullable("The tree of that commit."),
        "change_sets": _array(_change_set(), "In the order of their commits."),
        "refusals": _array(_refusal(), "Places the tool leaves alone."),
        "ledger": _ledger(),
    }


def _change_set() -> Schema:
    edit = {
        "start": _count("First byte of the file that is replaced."),
        "end": _count("The byte after the last that is replaced."),
        "line": _line("Line of `start`."),
        "old": _text("What stands there."),
        "new": _text("What will."),
    }
    file = {"path": _path(), "edits": _array(_object(edit), "Ascending and disjoint; offsets are those of the base.")}
    kind = {
        "enum": [FileKind.CREATED.value, FileKind.DELETED.value],
        "description": "Absent for a file that is only edited.",
    }
    return _object(
        {
            "id": _text("Stable for the same plan."),
            "codemod": _text("Which codemod made it."),
            "title": _text("What it does."),
            "reason": _text("Why."),
            "safety": _choice(Safety, "How sure the tool is."),
            "files": _array(_object(file, {"kind": kind}), "Sorted by path."),
        }
    )


def _refusal() -> Schema:
    return _object(
        {
            "code": _text("A reason code that `ssot explain` knows."),
            "path": _path(),
            "line": _line("Where."),
            "symbol": _text("The canonical path that is concerned."),
            "reason": _text("Why this place is left alone."),
        },
        {
            "whole": {
                "const": True,
                "description": "A declared duplicate or shim as a whole; absent for a single place.",
            }
        },
    )


def _ledger() -> Schema:
    numbers = ("occurrences", "rewritten", "shimmed", "refused", "ignored")
    by = {"type": "object", "additionalProperties": {"type": "integer", "minimum": 0}}
    properties = {name: _count(f"Number {name}.") for name in numbers}
    return {
        "description": "rewritten + shimmed + refused + ignored == occurrences",
        **_object({**properties, "ignored_by": {"description": "Which setting ignored how many.", **by}}),
    }


def _finding() -> Schema:
    return _object(
        {
            "rule": _text("The rule's id.", "SSOT101"),
            "path": _path(),
            "line": _line("First line."),
            "column": _line("First column."),
            "end_line": _line("Last line."),
            "end_column": _line("The column after the last."),
            "message": _text("What is wrong."),
            "symbol": _text("The canonical path that is concerned; empty where none is."),
            "severity": _choice(Severity, "How bad it is."),
            "fix": _choice(Fix, "Whether and how safely the tool can fix it."),
            "fingerprint": _text("Stable when lines above move."),
        }
    )


def _symbol() -> Schema:
    use = {
        "path": _text("An import path.", "shop.engine.user:UserEngine"),
        "uses": _count("Places that use it."),
        "status": _choice(PathStatus, "What the manifest says of it."),
    }
    return _object(
        {
            "canonical": _text("The path to use.", "shop.engine.user:UserEngine"),
            "definition": _text("Where the object is made."),
            "paths": _array(_object(use), "Every import path in use."),
        }
    )


def _score_with_areas() -> Schema:
    areas = {"type": "object", "description": "The same, by area.", "additionalProperties": _score(None)}
    return _score(areas)


def _score(areas: Schema | None) -> Schema:
    percent = {"type": "number", "minimum": 0, "maximum": 100, "description": "100 for an empty whole."}
    canonical = {
        "canonical": _count("Imported names of governed symbols by a canonical or approved path."),
        "total": _count("All imported names of governed symbols."),
        "percent": percent,
    }
    compliance = {
        "clean": _count("Files without a finding."),
        "files": _count("All files read."),
        "percent": percent,
    }
    properties: Schema = {"canonical": _object(canonical), "compliance": _object(compliance)}
    return _object(properties if areas is None else {**properties, "areas": areas})


def _object(properties: Schema, optional: Schema | None = None) -> Schema:
    return {
        "type": "object",
        "properties": {**properties, **(optional or {})},
        "required": list(properties),
        "additionalProperties": False,
    }


def _array(items: Schema, description: str) -> Schema:
    return {"type": "array", "description": description, "items": items}


def _text(description: str, *examples: str) -> Schema:
    schema: Schema = {"type": "string", "description": description}
    return {**schema, "examples": list(examples)} if examples else schema


def _path() -> Schema:
    return _text("A file, relative to the repository's root, with forward slashes.")


def _nullable(description: str) -> Schema:
    return {"type": ["string", "null"], "description": description}


def _count(description: str) -> Schema:
    return {"type": "integer", "minimum": 0, "description": description}


def _line(description: str) -> Schema:
    return {"type": "integer", "minimum": 1, "description": f"{description} Counts from 1."}


def _choice(options: type[Safety] | type[Severity] | type[Fix] | type[PathStatus], description: str) -> Schema:
    return {"enum": [option.value for option in options], "description": description}


def _version() -> Schema:
    return {"const": SCHEMA_VERSION, "description": "The version of this format."}
