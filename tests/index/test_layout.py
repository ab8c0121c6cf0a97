"""Which file is which module."""

from __future__ import annotations

import pytest
from trees import encoded

from ssot.index.collect import facts_of
from ssot.index.layout import Layout, lay_out
from ssot.index.selection import globs, hands_off, is_python, is_text, is_wanted


def layout(files: dict[str, str], roots: list[str] | None = None, native: list[str] | None = None) -> Layout:
    facts = {path: facts_of(path, data) for path, data in encoded(files).items()}
    return lay_out(facts, roots, native or ())


def test_packages_modules_and_namespaces() -> None:
    found = layout({"a/__init__.py": "", "a/b.py": "", "n/c.py": "", "n/d/e.py": "", "top.py": ""})
    assert dict(found.paths) == {
        "a": "a/__init__.py",
        "a.b": "a/b.py",
        "n.c": "n/c.py",
        "n.d.e": "n/d/e.py",
        "top": "top.py",
    }
    assert found.packages == {"a"}
    assert found.namespaces == {"n", "n.d"}
    assert found.is_package("n.d")
    assert not found.is_package("top")
    assert found.has("n")


def test_a_src_layout_is_found_by_what_is_imported() -> None:
    found = layout({"src/a/__init__.py": "", "src/a/b.py": "from a import c\n", "tests/t.py": "import a.b\n"})
    assert found.roots == ("", "src")
    assert found.names["src/a/b.py"] == "a.b"
    assert found.names["tests/t.py"] == "tests.t"


def test_src_is_a_package_of_its_own_where_the_code_says_so() -> None:
    found = layout({"src/__init__.py": "", "src/a.py": "", "main.py": "from src.a import x\nfrom src import a\n"})
    assert found.names["src/a.py"] == "src.a"


def test_a_service_folder_is_a_root_where_its_packages_are_imported_without_it() -> None:
    files = {"svc/app/__init__.py": "", "svc/app/a.py": "import app.b\n", "svc/app/b.py": "", "other/x.py": ""}
    assert layout(files).names["svc/app/a.py"] == "app.a"
    files["main.py"] = "import svc.app.a, svc.app.b\nfrom svc.app import a\n"
    assert layout(files).names["svc/app/a.py"] == "svc.app.a"


def test_a_backup_copy_is_no_root() -> None:
    files = {
        "a/__init__.py": "",
        "a/b.py": "import a.b\n",
        "backups/a/__init__.py": "",
        "backups/a/b.py": "import a.b\n",
    }
    found = layout(files)
    assert found.names["backups/a/b.py"] == "backups.a.b"
    assert found.names["a/b.py"] == "a.b"
    assert not found.ambiguous


def test_declared_roots_are_taken_as_they_are() -> None:
    files = {"one/a.py": "", "two/b.py": "", "c.py": ""}
    found = layout(files, ["./one", "two/"])
    assert found.roots == ("one", "two")
    assert dict(found.names) == {"one/a.py": "a", "two/b.py": "b"}
    assert layout(files, ["."]).names["one/a.py"] == "one.a"


def test_the_deepest_root_names_a_file() -> None:
    assert layout({"a/b/c.py": ""}, [".", "a/b"]).names["a/b/c.py"] == "c"


def test_two_roots_with_the_same_module_are_ambiguous() -> None:
    found = layout({"one/a.py": "", "two/a.py": "", "two/b.py": ""}, ["one", "two"])
    assert found.ambiguous == {"a"}
    assert found.has("a")


def test_a_package_shadows_the_module_of_the_same_name() -> None:
    found = layout({"a.py": "", "a/__init__.py": "", "a/b.py": ""})
    assert found.paths["a"] == "a/__init__.py"
    assert found.shadowed == {"a.py"}
    assert not found.ambiguous


def test_a_folder_beside_a_plain_module_of_its_name_can_not_be_reached() -> None:
    found = layout({"a.py": "", "a/b.py": ""})
    assert found.shadowed == {"a/b.py"}


def test_a_stub_gives_way_to_the_module() -> None:
    found = layout({"a.py": "", "a.pyi": "", "b.pyi": "", "p/__init__.pyi": "", "p/__init__.py": ""})
    assert found.paths["a"] == "a.py"
    assert found.paths["b"] == "b.pyi"
    assert found.paths["p"] == "p/__init__.py"
    assert found.names["a.pyi"] == "a"
    assert not found.ambiguous
    assert not found.shadowed


def test_names_that_are_no_identifiers_are_no_modules() -> None:
    found = layout({"a-b.py": "", "2x/c.py": "", "ok.py": "", "__init__.py": ""})
    assert set(found.names) == {"ok.py"}


def test_compiled_modules_exist() -> None:
    found = layout({"p/__init__.py": ""}, native=["p/fast.cpython-311-x86_64-linux-gnu.so", "p/slow.pyx", "p-q/x.so"])
    assert found.native == {"p.fast", "p.slow"}
    assert not found.provably_absent("p.fast")
    assert found.provably_absent("p.other")


@pytest.mark.parametrize(
    ("module", "absent"),
    [("a.x", True), ("a.b.x", True), ("n.x", False), ("other", False), ("other.x", False), ("a.b", False)],
)
def test_what_no_other_distribution_could_supply(module: str, absent: bool) -> None:
    assert layout({"a/__init__.py": "", "a/b.py": "", "n/c.py": ""}).provably_absent(module) is absent


@pytest.mark.parametrize(
    ("path", "module", "level", "result"),
    [
        ("a/b/c.py", "x", 0, "x"),
        ("a/b/c.py", "", 1, "a.b"),
        ("a/b/c.py", "x.y", 1, "a.b.x.y"),
        ("a/b/c.py", "x", 2, "a.x"),
        ("a/b/c.py", "x", 3, None),
        ("a/b/__init__.py", "x", 1, "a.b.x"),
        ("a/b/__init__.py", "", 2, "a"),
        ("top.py", "x", 1, None),
        ("not-a-module.py", "x", 1, None),
    ],
)
def test_relative_imports(path: str, module: str, level: int, result: str | None) -> None:
    files = {"a/__init__.py": "", "a/b/__init__.py": "", "a/b/c.py": "", "top.py": "", "not-a-module.py": ""}
    assert layout(files).absolute(path, module, level) == result


# -- which files, and what is done with them


@pytest.mark.parametrize(
    ("pattern", "path", "matches"),
    [
        ("tests/**", "tests/a/b.py", True),
        ("tests/**", "src/tests/b.py", False),
        ("**/tests/**", "src/tests/b.py", True),
        ("**/tests/**", "tests/b.py", True),
        ("tests", "tests/a.py", True),
        ("tests/", "tests/a.py", True),
        ("./tests", "tests/a.py", True),
        ("test", "tests/a.py", False),
        ("*.py", "a.py", True),
        ("*.py", "a/b.py", False),
        ("**/*_test.py", "a/b/c_test.py", True),
        ("a?.py", "ab.py", True),
        ("a?.py", "a/.py", False),
        ("a[b].py", "a[b].py", True),
        ("a[b].py", "ab.py", False),
    ],
)
def test_globs(pattern: str, path: str, matches: bool) -> None:
    assert globs([pattern])(path) is matches


def test_no_pattern_matches_nothing() -> None:
    assert not globs([])("a.py")


@pytest.mark.parametrize(
    ("path", "wanted"),
    [
        ("a.py", True),
        ("a.pyi", True),
        ("README.md", True),
        ("Dockerfile", True),
        ("x/fast.so", True),
        ("a.png", False),
        (".venv/lib/a.py", False),
        ("x/site-packages/a.py", False),
        ("node_modules/a/setup.py", False),
        ("venv.py", True),
    ],
)
def test_what_is_read_at_all(path: str, wanted: bool) -> None:
    assert is_wanted(path) is wanted
    assert not (is_python(path) and is_text(path))


@pytest.mark.parametrize(
    ("path", "data", "why"),
    [
        ("a.py", b"x = 1", ""),
        ("a/_vendor/b.py", b"", "vendored"),
        ("third_party/b.py", b"", "vendored"),
        ("vendor.py", b"", ""),
        ("a_pb2.py", b"", "generated"),
        ("a_pb2_grpc.pyi", b"", "generated"),
        ("a.py", b"# Generated by a compiler\n", "generated"),
        ("a.py", b"#!/bin/sh\n# DO NOT EDIT\n", "generated"),
        ("a.py", b'"""Automatically generated."""\n', "generated"),
        ("a.py", b"x = 'DO NOT EDIT'\n", ""),
        ("a.py", b"x = 1\n" * 300 + b"# @generated\n", ""),
    ],
)
def test_what_is_read_but_never_edited(path: str, data: bytes, why: str) -> None:
    assert hands_off(path, data) == why
