"""The schemas are valid, describe every key, and accept what the tool reads and writes."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from ssot.declare.schema import apply_schema, audit_schema, manifest_schema, plan_schema

SCHEMAS = [manifest_schema(), plan_schema(), audit_schema(), apply_schema()]


@pytest.mark.parametrize("schema", SCHEMAS, ids=lambda schema: schema["title"])
def test_it_is_a_valid_schema(schema: dict[str, Any]) -> None:
    Draft202012Validator.check_schema(schema)


def test_every_key_of_the_manifest_is_described_with_an_example() -> None:
    for table in manifest_schema()["$defs"].values():
        for key, described in table["properties"].items():
            assert described["title"], key
            assert described["description"], key
            assert described["examples"], key


@pytest.mark.parametrize(
    ("text", "valid"),
    [
        ('[[symbol]]\ncanonical = "a.b:C"\nlegacy = ["d:E"]\nrename-uses = true\n', True),
        ('[project]\nroots = ["."]\ntarget-version = "3.12"\n[git]\nbranch-prefix = "x/"\n', True),
        ("", True),
        ('[[symbol]]\ncanonical = "a.b.C"\n', False),
        ('[[symbol]]\ncannonical = "a.b:C"\n', False),
        ('[[symbol]]\ncanonical = "a:B"\nrename_uses = true\n', False),
        ("[protect]\n", False),
        ("[shims]\n", True),
        ('[[collapse]]\ncanonical = "a:B"\nduplicates = ["c:B"]\nstrategy = "merge"\n', True),
        ('[[collapse]]\ncanonical = "a:B"\nduplicates = ["c:B"]\nstrategy = "merged"\n', False),
        ('[[collapse]]\ncanonical = "a:B"\n', False),
        (
            '[shims]\nmode = "none"\ndays = 30\npermanent = ["a:B"]\n[[symbol]]\ncanonical = "c:B"\nlegacy = ["a:B"]\n',
            True,
        ),
        ("[shims]\ndays = 0\n", False),
        ('[shims]\ndays = 30\nremove-after = "2026-12-31"\n', False),
        ("[tests]\n", False),
        ('[tests]\npath = "tests/ssot"\n', True),
        ('[[codemod]]\nid = "x"\n', False),
        ('[[codemod]]\nid = "x"\nlibcst = "a:B"\nargs = { name = "y" }\n', True),
        ('[[codemod]]\nid = "x"\nlibcst = "a:B"\nbowler = "b.py"\n', False),
        ('[project]\ntarget-version = "2.7"\n', False),
    ],
)
def test_it_tells_right_from_wrong_as_the_tool_does(text: str, valid: bool) -> None:
    assert Draft202012Validator(manifest_schema()).is_valid(tomllib.loads(text)) is valid
