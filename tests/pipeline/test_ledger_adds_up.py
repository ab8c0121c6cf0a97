"""What a naive search finds of the governed paths, in whatever kind of file, the ledger accounts for, place by place."""

from __future__ import annotations

import io
import json
import re
import tokenize
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from trees import symbol

from ssot.declare.load import parse_manifest
from ssot.deliver.git import Git
from ssot.deliver.snapshot import read_commit
from ssot.index.recursion import on_large_stack
from ssot.index.selection import is_wanted
from ssot.pipeline.planning import plan_workspace
from ssot.pipeline.stages import tree_of
from ssot.pipeline.workspace import Workspace
from ssot.rewrite import import_stage
from ssot.rewrite.outcomes import Fate, Occurrence
from ssot.values import Blob, Snapshot

Places = Counter[tuple[str, int]]
FINE = ("canonical", "approved", "provider")

# -- the oracle: knows nothing but regular expressions and tokens


def naive(files: Mapping[str, bytes], legacy: Mapping[str, str]) -> Places:
    """Lines that name one of the legacy references (module -> name), once for each time."""
    found: Places = Counter()
    for path, data in files.items():
        text = re.sub(r"\r\n?", "\n", data.decode("latin-1"))
        for module, name in legacy.items():
            lines = _python_lines(text, module, name) if path.endswith(".py") else None
            found.update((path, line) for line in (lines if lines is not None else _text_lines(text, module, name)))
    return found


def _text_lines(text: str, module: str, name: str) -> list[int]:
    dotted = rf"(?<![\w.]){re.escape(module)}[.:]{name}(?!\w)"
    plain = (
        rf"\bfrom[ \t]+{re.escape(module)}[ \t]+import[ \t]+(?:\w+(?:[ \t]+as[ \t]+\w+)?,[ \t]*)*(?P<name>{name})(?!\w)"
    )
    listed = rf"\bfrom[ \t]+{re.escape(module)}[ \t]+import[ \t]*\([^()]*?\b(?P<name>{name})(?!\w)"
    starts = [match.start() for match in re.finditer(dotted, text)]
    starts += [match.start("name") for match in re.finditer(plain, text)]
    starts += [match.start("name") for match in re.finditer(listed, text)]
    return [_line(text, start) for start in starts]


def _line(text: str, offset: int) -> int:
    return text.count("\n", 0, offset) + 1


def _python_lines(text: str, module: str, name: str) -> list[int] | None:
    """None for what has no tokens: then it is text."""
    try:
        tokens = list(tokenize.generate_tokens(io.StringIO(text).readline))
        compile(text, "", "exec")
    except (tokenize.TokenError, SyntaxError, ValueError):
        return None
    found = []
    for token in tokens:
        if token.type in (tokenize.STRING, tokenize.COMMENT) or "FSTRING_MIDDLE" in tokenize.tok_name[token.type]:
            found += [token.start[0] + line - 1 for line in _text_lines(token.string, module, name)]
    return found + list(_code_lines(tokens, module, name))


def _code_lines(tokens: list[tokenize.TokenInfo], module: str, name: str) -> Iterator[int]:
    words = [token for token in tokens if token.type in (tokenize.NAME, tokenize.OP, tokenize.NEWLINE)]
    parts = [part for word in module.split(".") for part in (word, ".")][:-1]
    for start, token in enumerate(words):
        strings = [word.string for word in words[start : start + len(parts) + 3]]
        before = words[start - 1].string if start else ""
        if strings[: len(parts) + 2] == [*parts, ".", name] and before not in (".", "from"):
            yield words[start + len(parts) + 1].start[0]
        elif token.string == "from" and strings[1 : len(parts) + 2] == [*parts, "import"]:
            last = token
            for word in words[start + len(parts) + 2 :]:
                if word.type == tokenize.NEWLINE or word.string == ";":
                    break
                if word.string == name and last.string != "as":
                    yield word.start[0]
                last = word


# -- what the tool says


def accounted(workspace: Workspace) -> list[Occurrence]:
    outcome = on_large_stack(import_stage.plan, tree_of(workspace))
    return [occurrence for plan in outcome.plans.values() for occurrence in plan.occurrences]


def places(occurrences: list[Occurrence]) -> Places:
    return Counter((one.path, one.line) for one in occurrences if not (one.fate is Fate.IGNORED and one.code in FINE))


TREE: Mapping[str, bytes] = {
    "shop/__init__.py": b"",
    "shop/core.py": b"class Engine:\n    pass\n\n\ndef send():\n    pass\n",
    "shop/old.py": b"from shop.core import Engine, send\n",
    "imports.py": b"from shop.old import Engine\nfrom shop.old import (\n    send,  # why\n    Engine as Motor,\n)\nprint(Engine, send, Motor)\n",
    "chains.py": b"import shop.old\n\nshop.old.Engine()\nx = [shop.old.Engine, shop.old.send]\n",
    "strings.py": (
        b'"""Prose names shop.old.Engine, and shop.old:send.\n\nMore of shop.old.Engine.\n"""\n'
        b"PATHS = ['shop.old.Engine', 'shop.old:Engine', b'shop.old.Engine', f'shop.old.Engine {1}']\n"
        b"LONG = 'call shop.old.send() now' 'and from shop.old import Engine'\n"
    ),
    "comments.py": (
        b"from shop.old import Engine  # shop.old.Engine is the old path\n\n"
        b"Engine()  # see shop.old.send\n# from shop.old import Engine, send\n"
        b"x = '#'  # shop.old.Engine\ny = '# shop.old.Engine'\n"
    ),
    "doctests.py": (
        b'"""Shows.\n\n>>> from shop.old import Engine\n>>> Engine()\n"""\nfrom shop.old import Engine\n\n\n'
        b'def f():\n    """\n    >>> shop.old.Engine()\n    >>> print("shop.old.send")\n    """\n    return Engine\n\n\n'
        b'TEXT = """\n>>> from shop.old import Engine\n>>> broken (\n"""\n'
    ),
    "guarded.py": b"try:\n    from shop.old import Engine\nexcept ImportError:\n    Engine = None\n",
    "test_patch.py": b"from unittest import mock\nmock.patch('shop.old.Engine')\nwith mock.patch('shop.old.send'):\n    pass\n",
    "latin.py": b"# coding: latin-1\nfrom shop.old import Engine  # caf\xe9 shop.old.send\nx = '\xe9 shop.old.Engine'\n",
    "bom.py": b"\xef\xbb\xbffrom shop.old import Engine\r\n# shop.old.Engine\r\n",
    "returns.py": b"from shop.old import Engine\rx = 'shop.old.Engine'\r# shop.old.send\r",
    "broken.py": b"from shop.old import Engine\nfrom shop.old import (\n    send,\n)\n# shop.old.Engine\nprint 'shop.old.send'\n",
    "bytes.py": b"from shop.old import Engine\nx = '\xff shop.old.Engine'\n",
    "boundaries.py": b"# xshop.old.Engine shop.old.Engineer shop.olds.Engine a.shop.old.Engine\nx = 'shop.older.Engine'\n",
    "shop/_vendor/copy.py": b"from shop.old import Engine\n# shop.old.Engine\n>>> = 1\n",
    "shop/made_pb2.py": b"from shop.old import Engine  # shop.old.send\nx = 'shop.old.Engine'\n",
    "docs/guide.md": b"# Guide\n\nUse `shop.old.Engine`, or:\n\n```python\nfrom shop.old import Engine, send\nfrom shop.old import (\n    Engine,\n    send,\n)\n```\n",
    "docs/guide.rst": b".. autoclass:: shop.old.Engine\n\nSee :class:`~shop.old.Engine`.\n",
    "docs/latin.txt": b"caf\xe9: shop.old.Engine\n",
    "docs/page.html": b"<code>shop.old.Engine</code>\n",
    "README": b"shop.old.Engine and xshop.old.Engine\n",
    "pyproject.toml": b'[project.scripts]\nrun = "shop.old:send"\n',
    "setup.cfg": b"[options.entry_points]\nconsole_scripts =\n    run = shop.old:send\n",
    "tox.ini": b"[testenv]\ncommands = python -c 'from shop.old import send; send()'\n",
    "deploy/app.yaml": b"handler: shop.old.Engine\nother: [shop.old.send, shop.old:Engine]\n",
    "data.json": b'{"class": "shop.old.Engine", "not": "shop.old.Engineer"}\n',
    "Dockerfile": b'FROM python\nCMD ["python", "-c", "import shop; shop.old.send()"]\n',
    "Dockerfile.dev": b"RUN gunicorn shop.old:Engine\n",
    "Makefile": b"run:\n\tpython -m gunicorn shop.old:Engine\n",
    "Jenkinsfile": b"sh 'celery -A shop.old.Engine worker'\n",
    ".github/workflows/ci.yml": b"run: pytest -p shop.old.Engine\n",
    ".gitlab-ci.yml": b"script: [python -c 'shop.old.send']\n",
    ".coveragerc": b"[run]\nplugins = shop.old.Engine\n",
    "bin/start.sh": b"#!/bin/sh\nexec python -c 'from shop.old import Engine; Engine()'\n",
    "bin/start": b"#!/usr/bin/env python3\nfrom shop.old import Engine\n\nEngine()\n",
    "fast.pyx": b"from shop.old import Engine\ncdef class Fast:\n    pass\n",
    "notebook.ipynb": json.dumps(
        {"cells": [{"source": ["from shop.old import Engine\n", "x = shop.old.send\n"]}]}, indent=1
    ).encode(),
}
LEGACY = {"Engine": "shop.old", "send": "shop.old"}
MANIFEST = symbol("shop.core:Engine", "shop.old:Engine") + symbol("shop.core:send", "shop.old:send")


def of_tree(unsafe: bool = False) -> Workspace:
    files = {**TREE, "ssot.toml": MANIFEST.encode()}
    blobs = tuple(Blob(path, data) for path, data in sorted(files.items()) if is_wanted(path))
    return Workspace(Snapshot(blobs), parse_manifest(MANIFEST.encode()))


def expected() -> Places:
    found: Places = Counter()
    for name, module in LEGACY.items():
        found += naive(TREE, {module: name})
    return found


def test_every_kind_of_file_is_read() -> None:
    assert [path for path in TREE if not is_wanted(path)] == []


def test_every_place_that_a_naive_search_finds_is_one_occurrence() -> None:
    """No more and no less: a place that is counted twice would hide one that is not counted."""
    found = [one for one in accounted(of_tree()) if one.path != "ssot.toml"]
    assert places(found) == expected()


@pytest.mark.parametrize("unsafe", [False, True])
def test_the_four_outcomes_add_up_and_name_their_places(unsafe: bool) -> None:
    plan = plan_workspace(of_tree(), unsafe=unsafe)
    ledger = plan.ledger
    assert ledger.rewritten + ledger.shimmed + ledger.refused + ledger.ignored == ledger.occurrences
    assert ledger.refused == len(plan.refusals)
    assert sum(count for _, count in ledger.ignored_by) == ledger.ignored
    naive_places = expected()
    fine = sum(count for code, count in ledger.ignored_by if code in (*FINE, "manifest"))
    assert ledger.occurrences - fine == sum(naive_places.values())
    edited = {
        (file.path, edit.line + step)
        for change_set in plan.change_sets
        for file in change_set.files
        for edit in file.edits
        for step in range(edit.old.count("\n") + 1)
    }
    listed = edited | {(refusal.path, refusal.line) for refusal in plan.refusals}
    silent = {path for path, line in naive_places if (path, line) not in listed}
    assert silent <= {"shop/_vendor/copy.py", "shop/made_pb2.py"}


@pytest.mark.slow
def test_a_large_project_is_accounted_for() -> None:
    """This repository itself, for want of another: its tests and documents name the governed paths by the dozen."""
    git = Git.open(Path(__file__).parent)
    snapshot = read_commit(git, "HEAD", is_wanted)
    manifest = symbol("ssot.values:SsotError", "ssot.declare.load:SsotError")
    workspace = Workspace(snapshot, parse_manifest(f'[project]\nroots = ["codemods"]\n{manifest}'.encode()))
    found = accounted(workspace)
    files = {blob.path: blob.data for blob in snapshot.blobs}
    assert not naive(files, {"ssot.declare.load": "SsotError"}) - places(found)
