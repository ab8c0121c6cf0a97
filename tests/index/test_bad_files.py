"""Whatever lies in a repository, it is edited right or listed with its reason, and the files beside it get their due."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from deliver.conftest import home
from deliver.helpers import Sandbox

from ssot.index.newer import looks_like
from ssot_cli.__main__ import main

__all__ = ["home"]

IMPORT = b"from shop.old import Engine\n"
GOOD = {
    "shop/__init__.py": b"",
    "shop/core.py": b"class Engine:\n    name = 'engine'\n",
    "shop/old.py": b"from shop.core import Engine\n",
    "good.py": IMPORT + b"print('good', Engine.name)\n",
    "ssot.toml": b'[[symbol]]\ncanonical = "shop.core:Engine"\nlegacy = ["shop.old:Engine"]\n',
}
SHOW = b"print(Engine.name)\n"


def chain(count: int) -> bytes:
    branches = b"".join(b"    elif x == %d:\n        return %d\n" % (n, n) for n in range(count))
    return b"def f(x):\n    if x == -1:\n        return 0\n" + branches + b"print(f(9))\n"


def total(count: int) -> bytes:
    return b"a = 1\nprint(" + b" + ".join([b"a"] * count) + b")\n"


EDITED: Mapping[str, bytes] = {
    "byte order mark": b"\xef\xbb\xbf" + IMPORT + SHOW,
    "CRLF": (IMPORT + SHOW).replace(b"\n", b"\r\n"),
    "mixed newlines": b"import os\r\nimport re\r" + IMPORT + SHOW,
    "lone CR": (b"import os\n" + IMPORT + SHOW).replace(b"\n", b"\r"),
    "form feed": b"import os\n\x0c\n" + IMPORT + b"\x0c" + SHOW,
    "tabs": b"if True:\n\t" + IMPORT + b"\tif True:\n\t\t" + SHOW,
    "no final newline": b"import os\n" + IMPORT + SHOW.rstrip(),
    "only an import, no final newline": IMPORT.rstrip(),
    "Latin-1 with its cookie": b"# coding: latin-1\nprint(ascii('\xe9'))\n" + IMPORT + SHOW,
    "another alphabet with its cookie": b"# -*- coding: cp1251 -*-\nprint(ascii('\xcf'))\n" + IMPORT + SHOW,
    "1,000 elif": IMPORT + chain(1_000) + SHOW,
    "a sum of 1,000 terms": IMPORT + total(1_000) + SHOW,
    "a chain of 1,000 attributes": IMPORT + b"def f(a): return a" + b".b" * 1_000 + b"\n" + SHOW,
    "100 blocks in blocks": IMPORT + b"".join(b" " * n + b"if 1:\n" for n in range(99)) + b" " * 99 + SHOW,
    "brackets in brackets": IMPORT + b"x = " + b"[" * 150 + b"]" * 150 + b"\n" + SHOW,
    "a list of 100,000 elements": IMPORT + b"x = [" + b"1, " * 100_000 + b"]\n" + SHOW,
    "a table of more than a megabyte": IMPORT + b"x = [\n" + b"    'abcdefghij',\n" * 80_000 + b"]\n" + SHOW,
    "a very long line": IMPORT + b"x = '" + b"import from ( # \\\\ " * 50_000 + b"'\n" + SHOW,
    "a very long line of code": IMPORT + b"a = 1; " * 1_000 + b"\n" + SHOW,
}

SKIPPED: Mapping[str, tuple[bytes, str, str]] = {
    "a syntax error": (IMPORT + b"def f(:\n", "unparsable", "can't parse it: "),
    "Python 2": (IMPORT + b"print 'x'\n", "unparsable", "can't parse it: Missing parentheses"),
    "a merge conflict": (b"<<<<<<< HEAD\n" + IMPORT + b"=======\n", "unparsable", "can't parse it: "),
    "an import that does not end": (
        b"from shop.old import (\n" + b"    Engine,  # a\n" * 50,
        "unparsable",
        "parse it: ",
    ),
    "another grammar": (IMPORT + b"lazy import os\n", "unparsable", "it looks like Python 3.15"),
    "not UTF-8": (IMPORT + b"x = '\xff'\n", "encoding", "not utf-8"),
    "an unknown cookie": (b"# coding: nonsense\n" + IMPORT, "encoding", "unknown encoding"),
    "a cookie of no text": (b"# coding: rot13\n" + IMPORT, "encoding", "can't be edited in place"),
    "NUL": (IMPORT + b"x = '\0'\n", "encoding", "NUL"),
    "UTF-16": (IMPORT.decode().encode("utf-16"), "encoding", "UTF-16"),
    "10 MB": (IMPORT + b"x = 1  # some words of a comment\n" * 320_000, "too-large", "the limit is 8000000"),
    "4,000,000 signs": (IMPORT + b"x = [" + b"1," * 3_000_000 + b"]\n", "too-large", "the limit is 2000000"),
    "5,000 parentheses": (IMPORT + b"x = " + b"(" * 5_000 + b")" * 5_000, "unparsable", "too many nested parentheses"),
    "100,000 parentheses": (IMPORT + b"x = " + b"(" * 100_000 + b")" * 100_000, "unparsable", "too many nested"),
    "parentheses in an import": (
        IMPORT + b"from a import " + b"(" * 5_000 + b"b" + b")" * 5_000,
        "unparsable",
        "parse it",
    ),
    "a sum of 100,000 terms": (IMPORT + total(100_000), "too-deep", "nested more than 2000 levels deep"),
    "a sum of 3,000 terms": (IMPORT + total(3_000), "too-deep", "nested more than 2000 levels deep"),
    "20,000 elif": (IMPORT + chain(20_000), "too-deep", "nested more than 2000 levels deep"),
    "100,000 signs": (IMPORT + b"x = " + b"-" * 100_000 + b"1\n", "too-deep", "nested more than 2000 levels deep"),
    "100,000 attributes": (IMPORT + b"x = a" + b".b" * 100_000 + b"\n", "too-deep", "nested more than 2000 levels"),
    "a deep decorator": (IMPORT + b"@a" + b".b" * 3_000 + b"\ndef f(): pass\n", "too-deep", "nested more than 2000"),
    "a deep default": (IMPORT + b"def f(x=a" + b".b" * 3_000 + b"): pass\n", "too-deep", "nested more than 2000"),
}


@pytest.fixture
def repo(tmp_path: Path) -> Sandbox:
    return Sandbox.create(tmp_path / "repo", files=GOOD)


def ssot(repo: Sandbox, capfdbinary: pytest.CaptureFixture[bytes], *arguments: str) -> tuple[int, Any]:
    capfdbinary.readouterr()
    code = main(["-C", str(repo.root), *arguments, "--format", "json"])
    captured = capfdbinary.readouterr()
    assert code in (0, 1, 3), captured.err.decode()
    return code, json.loads(captured.out)


def unread(audit: Any) -> dict[str, str]:
    return {one["path"]: one["message"] for one in audit["findings"] if one["rule"] == "SSOT001"}


def content(repo: Sandbox, rev: str, path: str) -> bytes:
    return subprocess.run(["git", "show", f"{rev}:{path}"], cwd=repo.root, capture_output=True, check=True).stdout


def ran(repo: Sandbox, rev: str, tmp_path: Path) -> bytes:
    folder = tmp_path / f"checkout of {rev.replace('/', ' ')}"
    repo.git("worktree", "add", "--quiet", "--detach", str(folder), rev)
    done = subprocess.run([sys.executable, "bad.py"], cwd=folder, capture_output=True, check=True)
    return done.stdout


@pytest.mark.parametrize("name", EDITED)
def test_what_can_be_edited_is_edited_without_touching_another_byte(
    name: str, repo: Sandbox, tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    repo.write({"bad.py": EDITED[name]})
    repo.commit("bad")
    assert unread(ssot(repo, capfdbinary, "audit")[1]) == {}
    code, applied = ssot(repo, capfdbinary, "apply", "--branch", "ssot/done")
    assert code == 0
    assert applied["refusals"] == []
    assert content(repo, "ssot/done", "bad.py") == EDITED[name].replace(b"shop.old", b"shop.core")
    assert content(repo, "ssot/done", "good.py") == GOOD["good.py"].replace(b"shop.old", b"shop.core")
    assert ran(repo, "main", tmp_path) == ran(repo, "ssot/done", tmp_path)
    assert ssot(repo, capfdbinary, "plan", "--base", "ssot/done")[1]["change_sets"] == []


@pytest.mark.parametrize("name", SKIPPED)
def test_what_can_not_be_read_is_listed_and_costs_nothing_else(
    name: str, repo: Sandbox, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    data, reason, words = SKIPPED[name]
    repo.write({"bad.py": data})
    repo.commit("bad")
    found = unread(ssot(repo, capfdbinary, "audit")[1])
    assert found.keys() == {"bad.py"}
    assert found["bad.py"].startswith(f"not read ({reason}): ")
    assert words in found["bad.py"]
    code, applied = ssot(repo, capfdbinary, "apply", "--branch", "ssot/done")
    assert code == 0
    refused = {(one["path"], one["code"]) for one in applied["refusals"]}
    assert refused == ({("bad.py", reason)} if b"shop.old" in data else set())
    assert content(repo, "ssot/done", "bad.py") == data
    assert content(repo, "ssot/done", "good.py") == GOOD["good.py"].replace(b"shop.old", b"shop.core")


def test_an_empty_file_is_nothing_special(repo: Sandbox, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    repo.write({"bad.py": b"", "worse.py": b"\n\n", "comment.py": b"# only this"})
    repo.commit("bad")
    assert unread(ssot(repo, capfdbinary, "audit")[1]) == {}
    assert ssot(repo, capfdbinary, "plan")[1]["refusals"] == []


@pytest.mark.skipif(os.name != "posix", reason="makes symbolic links")
def test_what_lies_behind_a_link_is_not_taken_for_gone(
    repo: Sandbox, tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    """A module that is a link exists: an import of it is no broken one that could be repaired."""
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "far.py").write_text("class Engine: pass\n")
    repo.write({"lib/near.py": b"class Engine: pass\n", "lib/folder/part.py": b"class Engine: pass\n"})
    links = {
        "shop/near.py": "../lib/near.py",
        "shop/folder": "../lib/folder",
        "shop/far.py": str(outside / "far.py"),
        "shop/away": str(outside),
        "shop/broken.py": "nowhere.py",
        "shop/loop.py": "loop.py",
        "LICENSE": "shop/__init__.py",
    }
    for path, target in links.items():
        (repo.root / path).symlink_to(target)
    modules = ["shop.near", "shop.folder.part", "shop.far", "shop.away.far", "shop.broken", "shop.loop", "shop.gone"]
    legacy = ", ".join(f'"{module}:Engine"' for module in modules)
    users = "".join(f"from {module} import Engine as E{number}\n" for number, module in enumerate(modules))
    repo.write(
        {"user.py": users.encode(), "ssot.toml": GOOD["ssot.toml"].replace(b'"shop.old:Engine"', legacy.encode())}
    )
    repo.commit("links")
    found = unread(ssot(repo, capfdbinary, "audit")[1])
    assert found.keys() == links.keys() - {"LICENSE"}
    assert all(message.startswith("not read (symlink): ") for message in found.values())
    assert unread(ssot(repo, capfdbinary, "--rev", "HEAD", "audit")[1]).keys() == found.keys()
    _, plan = ssot(repo, capfdbinary, "plan")
    changes = [file for change_set in plan["change_sets"] for file in change_set["files"] if file["path"] == "user.py"]
    assert [edit["line"] for change in changes for edit in change["edits"]] == [7]
    assert sorted(one["line"] for one in plan["refusals"] if one["path"] == "user.py") == [1, 2, 3, 4, 5, 6]


NAMES = [
    "not-an-identifier.py",
    "with space.py",
    "quo'te.py",
    'quo"te.py',
    "back\\slash.py",
    "ünï.py",
    "[markup].py",
    "$HOME.py",
]


@pytest.mark.skipif(os.name != "posix", reason="makes names that Windows does not allow")
def test_files_are_edited_whatever_their_name_if_it_can_be_written_down(
    repo: Sandbox, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    repo.write(dict.fromkeys(NAMES, IMPORT))
    repo.commit("names")
    code, applied = ssot(repo, capfdbinary, "apply", "--branch", "ssot/done")
    assert code == 0
    changed = {file["path"] for change_set in applied["change_sets"] for file in change_set["files"]}
    assert changed == {*NAMES, "good.py"}
    assert all(content(repo, "ssot/done", name) == b"from shop.core import Engine\n" for name in NAMES)
    capfdbinary.readouterr()
    assert main(["-C", str(repo.root), "plan", "--format", "patch"]) == 0
    patch = capfdbinary.readouterr().out
    repo.git("apply", "--check", "-", stdin=patch)


@pytest.mark.skipif(os.name != "posix" or sys.platform == "darwin", reason="makes names that are not UTF-8")
def test_a_name_that_can_not_be_written_down_is_listed(
    repo: Sandbox, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    for name in (b"new\nline.py", b"ta\tb.py", b"not-utf8-\xff.py", b"escape\x1b[31m.py"):
        (Path(os.fsdecode(os.fsencode(repo.root) + b"/" + name))).write_bytes(IMPORT)
    repo.commit("names")
    for arguments in (["audit"], ["--rev", "HEAD", "audit"]):
        found = unread(ssot(repo, capfdbinary, *arguments)[1])
        assert len(found) == 4
        assert all(message.startswith("not read (odd-name): ") for message in found.values())
        assert all(path.isprintable() for path in found)
    code, plan = ssot(repo, capfdbinary, "plan")
    assert code == 0
    assert [file["path"] for change_set in plan["change_sets"] for file in change_set["files"]] == ["good.py"]


def test_copies_of_others_and_of_oneself_are_read_and_left_alone(
    repo: Sandbox, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    repo.write(
        {
            "shop/_vendor/copy.py": IMPORT,
            "shop/api_pb2.py": IMPORT,
            "shop/made.py": b"# Generated by a program. DO NOT EDIT.\n" + IMPORT,
            "backups/shop/old.py": GOOD["shop/old.py"],
            "backups/good.py": IMPORT,
            "ssot.toml": GOOD["ssot.toml"] + b'[project]\nexclude = ["backups/**"]\n',
        }
    )
    repo.commit("copies")
    code, plan = ssot(repo, capfdbinary, "plan")
    assert code == 0
    assert [file["path"] for change_set in plan["change_sets"] for file in change_set["files"]] == ["good.py"]
    assert plan["ledger"]["ignored_by"]["vendored"] == 1
    assert plan["ledger"]["ignored_by"]["generated"] == 2
    assert plan["ledger"]["ignored_by"]["exclude"] >= 1


@pytest.mark.parametrize(
    ("manifest", "words"),
    [
        (b"a = " + b"[" * 100_000 + b"]" * 100_000, "ssot.toml"),
        (b"a = " + b"{a=" * 50_000 + b"1" + b"}" * 50_000, "ssot.toml"),
        (b"[" + b"a." * 2_000 + b"a]\nb = 1", "ssot.toml"),
        (b"a = 1" + b"0" * 100_000, "ssot.toml"),
    ],
    ids=["arrays", "tables", "dotted", "number"],
)
def test_a_deep_manifest_is_an_error_of_two_lines(
    manifest: bytes, words: str, repo: Sandbox, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    repo.write({"ssot.toml": manifest})
    repo.commit("deep")
    for command in ("audit", "plan", "registry"):
        capfdbinary.readouterr()
        assert main(["-C", str(repo.root), command]) == 2
        captured = capfdbinary.readouterr()
        assert captured.out == b""
        assert 1 <= captured.err.decode().count("\n") <= 3
        assert words in captured.err.decode()


def test_deep_files_of_data_are_only_text(repo: Sandbox, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    deep = b"[" * 200_000 + b'"shop.old.Engine"' + b"]" * 200_000
    repo.write({"deep.json": deep, "deep.ipynb": deep, "deep.toml": b"a = " + deep, "deep.yaml": b"- " * 100_000})
    repo.commit("deep")
    _, plan = ssot(repo, capfdbinary, "plan")
    refused = {(one["path"], one["code"]) for one in plan["refusals"]}
    assert refused == {("deep.json", "text-file"), ("deep.ipynb", "text-file"), ("deep.toml", "text-file")}


@pytest.mark.parametrize(
    ("line", "running", "version"),
    [
        ("type X = int", (3, 11), "3.12"),
        ("type X = int", (3, 12), ""),
        ("def first[T](x: list[T]) -> T: ...", (3, 11), "3.12"),
        ("class Box[T]:", (3, 11), "3.12"),
        ("x = f'{d['a']}'", (3, 11), "3.12"),
        ("x = t'{a}'", (3, 13), "3.14"),
        ("lazy import os", (3, 14), "3.15"),
        ("print 'x'", (3, 11), ""),
        ("exec 'f'", (3, 11), ""),
        ("x = list[0", (3, 11), ""),
    ],
)
def test_which_python_a_line_is_of(line: str, running: tuple[int, int], version: str) -> None:
    assert looks_like(line, running) == version
