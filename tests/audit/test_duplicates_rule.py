"""SSOT201: which definitions are reported, how, and which never are; and `ssot explain A B`."""

from __future__ import annotations

import json

import pytest
from trees import Tree, workspace

from ssot.audit.context import AuditContext
from ssot.audit.rules import findings
from ssot.pipeline.comparing import compare_pair
from ssot.report.codes import all_codes
from ssot.report.codes_duplicates import DUPLICATES
from ssot.report.duplicates_json import comparison_json
from ssot.report.duplicates_text import comparison_lines
from ssot.report.lines import to_text
from ssot.values import Finding, Fix, Severity, SsotError

BODY = """
    def __init__(self, transport, retries=3):
        self.transport = transport
        self.retries = retries
        self.pending = []

    def send(self, message):
        for attempt in range(self.retries):
            if self.transport.deliver(message, attempt):
                return attempt
        self.pending.append(message)
        self.pending.sort(key=lambda one: one.priority)
        self.transport.note(message, len(self.pending), self.retries)
        return None
"""
ROUTER = f"class Router:{BODY}"
FUNCTION = """
def normalise(rows, limit):
    found = []
    for row in rows:
        text = row.strip().lower()
        if text and len(text) < limit:
            found.append(text)
    return sorted(found)
"""
PACKAGE = {
    "shop/__init__.py": "",
    "shop/a.py": ROUTER,
    "shop/b.py": ROUTER.replace("for attempt in", "for attempt  in"),
}
DECLARED = '[[collapse]]\ncanonical = "shop.a:Router"\nduplicates = ["shop.b:Router"]\n'


def found(files: Tree, manifest: str | None = None) -> list[Finding]:
    work = workspace({"shop/__init__.py": "", **files}, manifest)
    collapse = work.manifest.collapse if work.manifest is not None else ()
    parts = (work.index, work.governance, work.sources, manifest is not None, work.is_test, work.hands_off)
    return [one for one in findings(AuditContext(*parts, collapse=collapse)) if one.rule == "SSOT201"]


def test_a_copy_is_reported_with_the_other_place_and_what_to_declare() -> None:
    """Without a manifest, identical definitions are a warning at the one that could go."""
    (one,) = found(PACKAGE)
    assert (one.path, one.line, one.column, one.end_column) == ("shop/b.py", 1, 1, 13)
    assert one.message.startswith("identical with shop.a:Router (shop/a.py:1); to make them one, declare [[collapse]]")
    assert (one.severity, one.fix) == (Severity.WARNING, Fix.MANUAL)


def test_a_declared_duplicate_is_an_error_as_long_as_it_is_defined() -> None:
    """And is not reported a second time as a proposal."""
    (one,) = found(PACKAGE, DECLARED)
    assert one.message == "still defined here (identical); the canonical definition is shop.a:Router"
    assert (one.severity, one.fix) == (Severity.ERROR, Fix.SAFE)


def test_a_declared_duplicate_that_is_an_alias_is_no_finding() -> None:
    """The names lead to one object."""
    assert found({**PACKAGE, "shop/b.py": "from shop.a import Router\n"}, DECLARED) == []


def test_a_declared_duplicate_that_conflicts_says_in_what() -> None:
    """A person has to decide."""
    other = ROUTER.replace("return None", "return -1")
    (one,) = found({**PACKAGE, "shop/b.py": other}, DECLARED)
    assert "in the way: method send" in one.message
    assert (one.severity, one.fix) == (Severity.WARNING, Fix.MANUAL)


def test_an_adapter_of_the_same_name_is_reported() -> None:
    """A subclass of one name that adds nothing."""
    adapter = 'from shop.a import Router as _Router\nclass LegacyRouter(_Router):\n    """Old name."""\n'
    (one,) = found({**PACKAGE, "shop/b.py": adapter})
    assert one.message.startswith("an adapter of shop.a:Router")


def test_a_wrapper_function_of_the_same_name_is_reported() -> None:
    """One that hands on what it gets."""
    wrapper = "from shop import a\ndef normalise(rows, limit):\n    return a.normalise(rows, limit)\n"
    (one,) = found({"shop/a.py": FUNCTION, "shop/b.py": wrapper})
    assert one.message.startswith("an adapter of shop.a:normalise")


def test_equal_methods_of_classes_apart_are_only_a_note() -> None:
    """They are never proposed for a collapse."""
    first = f"class First:\n    kind = 1{BODY}"
    second = f"class Second:\n    kind = 2{BODY}"
    (one,) = found({"shop/a.py": first, "shop/b.py": second})
    assert (one.symbol, one.severity, one.fix) == ("shop.b:Second.send", Severity.NOTE, Fix.NONE)


MODEL = "from django.db import models\nclass Order(models.Model):\n    number = models.CharField(max_length=30)\n"
ENUM = "from enum import Enum\nclass Color(Enum):\n" + "".join(
    f"    COLOR_{n} = 'value number {n}'\n" for n in range(9)
)
NEVER = {
    "models": {"shop/a.py": MODEL + BODY, "shop/b.py": MODEL + BODY},
    "enumerations": {"shop/a.py": ENUM, "shop/b.py": ENUM},
    "tests": {"shop/a.py": ROUTER, "tests/b.py": ROUTER},
    "both in tests": {"tests/a.py": ROUTER, "tests/b.py": ROUTER},
    "doubles": {"shop/a.py": ROUTER, "shop/b.py": ROUTER.replace("Router", "FakeRouter")},
    "migrations": {"shop/a.py": FUNCTION, "shop/migrations/__init__.py": "", "shop/migrations/m1.py": FUNCTION},
    "vendored": {"shop/a.py": ROUTER, "shop/_vendor/__init__.py": "", "shop/_vendor/b.py": ROUTER},
    "generated": {"shop/a.py": ROUTER, "shop/b.py": "# @generated\n" + ROUTER},
    "examples": {"shop/a.py": ROUTER, "examples/b.py": ROUTER},
    "copies of the tree": {"shop/a.py": ROUTER, "backups/shop/__init__.py": "", "backups/shop/a.py": ROUTER},
    "versions": {"shop/v1/__init__.py": "", "shop/v1/a.py": ROUTER, "shop/v2/__init__.py": "", "shop/v2/a.py": ROUTER},
    "other names, little text": {"shop/a.py": FUNCTION, "shop/b.py": FUNCTION.replace("normalise", "shorten")},
    "small": {"shop/a.py": "def run(x):\n    return x.go()\n", "shop/b.py": "def run(x):\n    return x.go()\n"},
    "same text, other globals": {
        "shop/a.py": "from shop.one import base\n" + ROUTER.replace("range(", "base("),
        "shop/b.py": "from shop.two import base\n" + ROUTER.replace("range(", "base("),
        "shop/one.py": "def base(n): return range(n)\n",
        "shop/two.py": "def base(n): return range(n + 1)\n",
    },
    "empty exceptions": {
        "shop/a.py": "class AppError(Exception): ...\n",
        "shop/b.py": "class AppError(Exception): ...\n",
    },
    "subclasses that say what they are": {
        "shop/a.py": ROUTER,
        "shop/b.py": "from shop.a import Router\nclass Http(Router): ...\n",
    },
}


@pytest.mark.parametrize("files", NEVER.values(), ids=NEVER)
def test_it_is_never_proposed(files: Tree) -> None:
    """What is the same by nature, on purpose or by chance."""
    assert [one.message for one in found(files) if one.severity is not Severity.NOTE] == []


def test_super_in_equal_methods_of_classes_with_other_bases_means_something_else() -> None:
    """Such methods are no duplicates at all."""
    method = BODY.replace("self.pending.append(message)", "super().send(message)")
    files = {
        "shop/base.py": "class One: ...\nclass Two: ...\n",
        "shop/a.py": f"from shop.base import One\nclass First(One):{method}",
        "shop/b.py": f"from shop.base import Two\nclass Second(Two):{method}",
    }
    assert found(files) == []


def test_explain_shows_the_verdict_first_and_every_row() -> None:
    """As text, with what would happen."""
    other = ROUTER + "\n    def close(self):\n        self.pending.clear()\n"
    text = to_text(
        comparison_lines(compare_pair(workspace({**PACKAGE, "shop/b.py": other}), "shop.a:Router", "shop.b:Router"))
    )
    assert text.startswith("superset: the duplicate has members that the canonical one lacks")
    assert "method close" in text
    assert "strategy merge (or auto): method close would move to the canonical one" in text


def test_explain_says_what_the_codemod_would_do() -> None:
    """Equal definitions are refused where the codemod would refuse them, and what it would list is listed."""
    known = {
        "main.py": "import copyreg\nfrom shop.b import Router\ncopyreg.pickle(Router, lambda one: (Router, (one.bus,)))\n"
    }
    pair = compare_pair(workspace({**PACKAGE, **known}), "shop.a:Router", "shop.b:Router")
    assert pair.refusal[0] == "collapse-told-apart"
    assert f"refused (collapse-told-apart): {pair.refusal[1]}" in to_text(comparison_lines(pair))
    other = {"shop/b.py": ROUTER.replace("Router", "Switch")}
    noted = compare_pair(workspace({**PACKAGE, **other}), "shop.a:Router", "shop.b:Switch")
    assert [note.code for note in noted.notes] == ["collapse-reported-as"]


def test_explain_fits_a_terminal() -> None:
    """The table is no wider than 100 columns, however long the names are."""
    long = ROUTER.replace("def send(self, message)", "def send_to_everybody_in_the_room(self, message, urgent=False)")
    files = {**PACKAGE, "shop/b.py": long}
    lines = to_text(comparison_lines(compare_pair(workspace(files), "shop.a:Router", "shop.b:Router"))).splitlines()
    rows = [line for line in lines if line.endswith(("same", "cosmetic", "extra", "missing", "conflict"))]
    assert rows
    assert max(map(len, rows)) <= 100


def test_explain_as_json_holds_the_same() -> None:
    """One document with rows, blockers, doubts and outlook."""
    work = workspace(PACKAGE, DECLARED)
    document = json.loads(comparison_json(compare_pair(work, "shop.a:Router", "shop.b:Router")))
    assert document["verdict"] == "identical"
    assert document["declared"] == "ssot.toml:3"
    assert document["duplicate"] == {"symbol": "shop.b:Router", "place": "shop/b.py:1"}
    assert document["blockers"] == []


def test_explain_shows_nothing_that_a_terminal_obeys() -> None:
    """Text out of a repository is escaped."""
    evil = ROUTER.replace("retries=3", "retries='\\x1b[31m'").encode().decode("unicode_escape")
    lines = comparison_lines(compare_pair(workspace({**PACKAGE, "shop/b.py": evil}), "shop.a:Router", "shop.b:Router"))
    assert "\x1b" not in to_text(lines)


def test_explain_names_what_it_cannot_find() -> None:
    """With the nearest spelling."""
    with pytest.raises(SsotError, match=r"did you mean shop\.a:Router"):
        compare_pair(workspace(PACKAGE), "shop.a:Ruter", "shop.b:Router")


def test_every_code_has_an_entry_of_its_own() -> None:
    """No other table gives one of these codes another meaning."""
    assert all(all_codes()[entry.code] is entry for entry in DUPLICATES)
