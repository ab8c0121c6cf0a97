"""Every error of a manifest names file, line, key and what to write instead."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ssot.declare.load import MAX_BYTES, ManifestError, find_manifest, load_manifest, parse_manifest, parse_pyproject
from ssot.declare.manifest import DEFAULT_TESTS, Manifest

FULL = """\
[project]
roots = ["src"]
exclude = ["backups/**"]
tests = ["tests/**"]
target-version = "3.11"

[[symbol]]
canonical = "shop.engine.user:UserEngine"
legacy = [
    "shop.engine.old:Engine",  # the first
    "shop.compat:UserEngine",
]
approved = ["shop:UserEngine"]
rename-uses = false

[[module]]
canonical = "shop.environment"
legacy = ["shop.core.environment"]

[git]
branch-prefix = "tidy/"
"""


def reader(files: dict[str, bytes]) -> Callable[[str], bytes | None]:
    return files.get


def error_of(text: str | bytes) -> ManifestError:
    with pytest.raises(ManifestError) as caught:
        parse_manifest(text, "ssot.toml")
    assert "\n" not in caught.value.what
    assert caught.value.todo
    assert caught.value.exit_code == 2
    return caught.value


def test_every_key_is_read() -> None:
    manifest = parse_manifest(FULL)
    assert manifest.project.roots == ("src",)
    assert manifest.project.target_version == "3.11"
    assert manifest.symbol[0].legacy == ("shop.engine.old:Engine", "shop.compat:UserEngine")
    assert manifest.symbol[0].approved == ("shop:UserEngine",)
    assert manifest.symbol[0].rename_uses is False
    assert manifest.module[0].legacy == ("shop.core.environment",)
    assert manifest.git.branch_prefix == "tidy/"


def test_an_empty_manifest_has_the_defaults() -> None:
    manifest = parse_manifest("")
    assert manifest == Manifest()
    assert manifest.project.tests == DEFAULT_TESTS
    assert manifest.git.branch_prefix == "ssot/"


def test_the_same_text_gives_equal_and_frozen_manifests() -> None:
    assert parse_manifest(FULL) == parse_manifest(FULL)
    with pytest.raises(ValueError, match="frozen"):
        parse_manifest(FULL).git = Manifest().git


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            '[[symbol]]\n\ncannonical = "a:B"\n',
            "ssot.toml:3: unknown key 'cannonical' in [[symbol]]; did you mean 'canonical'?",
        ),
        ('[[symbol]]\ncanonical = "a:B"\nrename_uses = true\n', "3: unknown key 'rename_uses' in [[symbol]]; did you"),
        ('[project]\nroot = ["."]\n', "ssot.toml:2: unknown key 'root' in [project]; did you mean 'roots'?"),
        ("[[symbols]]\n", "ssot.toml:1: unknown table 'symbols'; did you mean 'symbol'?"),
        ("[zebra]\n", "ssot.toml:1: unknown table 'zebra'"),
        ('[[symbol]]\nlegacy = ["a:B"]\n', "ssot.toml:1: [[symbol]] has no 'canonical'"),
        ("[[symbol]]\ncanonical = 3\n", "ssot.toml:2: 'canonical' in [[symbol]] must be a string, not a number"),
        ('[[symbol]]\ncanonical = "a:B"\nlegacy = "a:C"\n', "3: 'legacy' in [[symbol]] must be a list of strings, not"),
        (
            '[[symbol]]\ncanonical = "a:B"\nlegacy = [\n"a:C",\n1]\n',
            "5: 'legacy' in [[symbol]], item 2 must be a string",
        ),
        ('[[symbol]]\ncanonical = "a:B"\nrename-uses = "no"\n', "3: 'rename-uses' in [[symbol]] must be true or false"),
        ('[symbol]\ncanonical = "a:B"\n', "ssot.toml:1: 'symbol' must be written as [[symbol]], not as a table"),
        ("[[project]]\n", "ssot.toml:1: 'project' must be written as [project], not as a list"),
        ("symbol = [1979-05-27]\n", "ssot.toml:1: 'symbol' must be written as [[symbol]], not as a date"),
        ("[project]\ntarget-version = 3.11\n", "2: 'target-version' in [project] must be a string, not a number"),
        ('[project]\ntarget-version = "2.7"\n', "2: 'target-version' in [project]: '2.7' is not a version of Python 3"),
        ('project.rots = ["a"]\n', "ssot.toml:1: unknown key 'rots' in [project]; did you mean 'roots'?"),
        ('git = {branch-prefix = "a b"}\n', "1: 'branch-prefix' in [git]: 'a b' can't start a branch name"),
        ("x = \n", "ssot.toml:1: not valid TOML: Invalid value"),
        ("\n\n[[symbol]\n", "ssot.toml:3: not valid TOML: "),
        ("a = [\n1,\n", "ssot.toml:2: not valid TOML: "),
        ("[git]\n[git]\n", "ssot.toml:2: not valid TOML: "),
    ],
)
def test_an_error_names_line_key_and_nearest_spelling(text: str, message: str) -> None:
    assert message in error_of(text).what


@pytest.mark.parametrize(
    ("reference", "reason"),
    [
        ("shop.engine.User", "is not an object reference; did you mean 'shop.engine:User'?"),
        ("User", "is not an object reference; write package.module:Name"),
        ("shop.engine:", "is not an object reference"),
        (":User", "is not an object reference"),
        ("a:b:c", "is not an object reference"),
        ("shop.engine:User.run", "names 'User.run', something inside a class; only module-level names"),
        ("shop/engine.py:User", "is a path, not a module name; did you mean 'shop.engine'?"),
        (".engine:User", "is relative"),
        ("shop.class:User", "'class' is a Python keyword"),
        ("shop.engine:1st", "'1st' is not a Python name"),
        ("shop..engine:User", "'' is not a Python name"),
        ("shop.{engine}:User", "'{engine}' is not a Python name"),
        ("shop:ﬁle", "Python spells this name 'file'"),
    ],
)
def test_a_bad_object_reference_says_what_is_wrong_with_it(reference: str, reason: str) -> None:
    error = error_of(f'[[symbol]]\ncanonical = "{reference}"\n')
    assert error.what.startswith("ssot.toml:2: 'canonical' in [[symbol]]: ")
    assert reason in error.what


@pytest.mark.parametrize("name", ["shop:Engine", "shop/core", "core.py", "", "a-b", "a.", ".a"])
def test_a_bad_module_name_is_an_error(name: str) -> None:
    assert "'legacy' in [[module]], item 1" in error_of(f'[[module]]\ncanonical = "a"\nlegacy = ["{name}"]\n').what


@pytest.mark.parametrize(
    "path", ["../other", "a/../../b", "/etc", "C:/x", "~/x", ".git/hooks", "a/.GIT/b", "a\\\\b", "", "a\\nb"]
)
@pytest.mark.parametrize("key", ["roots", "exclude", "tests"])
def test_paths_can_not_leave_the_repository(path: str, key: str) -> None:
    assert f"'{key}' in [project], item 1" in error_of(f'[project]\n{key} = ["{path}"]\n').what


@pytest.mark.parametrize("prefix", ["", "/x", "-x", "a..b", "a~", "a.lock/", ".a", "a@{", "a//b", "refs/heads/"])
def test_a_branch_prefix_must_be_able_to_start_a_branch_name(prefix: str) -> None:
    assert "ssot.toml:2: 'branch-prefix' in [git]" in error_of(f'[git]\nbranch-prefix = "{prefix}"\n').what


@pytest.mark.parametrize(
    ("table", "shown"),
    [
        ("[[factory]]", "[[factory]]"),
        ("[[constructor]]", "[[constructor]]"),
        ("[await]", "[await]"),
        ("[[bypass]]", "[[bypass]]"),
        ("[protect]", "[protect]"),
        ("[verify]", "[verify]"),
        ("[score]", "[score]"),
    ],
)
def test_a_table_of_a_later_version_is_told_apart_from_a_misspelt_one(table: str, shown: str) -> None:
    assert error_of(f"\n{table}\n").what == f"ssot.toml:2: {shown} is not supported by this version yet"


def test_the_first_line_with_an_error_is_shown_and_the_others_are_counted() -> None:
    error = error_of('[git]\nx = 1\ny = 1\n[[symbol]]\ncanonical = "a"\n')
    assert error.what == "ssot.toml:2: unknown key 'x' in [git] (and 2 more errors)"


@pytest.mark.parametrize("opening", ["a = " + "[" * 100_000, "a = " + "{a=" * 100_000])
def test_deep_nesting_is_an_error_and_no_traceback(opening: str) -> None:
    assert error_of(opening).what == "ssot.toml: nested too deeply"


def test_deeply_dotted_keys_are_only_unknown() -> None:
    assert "unknown table 'a'" in error_of(".".join("a" * 400) + " = 1").what


def test_a_number_of_thousands_of_digits_is_an_error() -> None:
    assert "holds a value that can't be read" in error_of("a = " + "9" * 5000).what


def test_a_huge_file_is_refused() -> None:
    assert f"larger than {MAX_BYTES} bytes" in error_of("#" * (MAX_BYTES + 1)).what


def test_bytes_that_are_not_utf8_are_refused_with_their_line() -> None:
    assert error_of(b"# fine\n# \xe9\n").what == "ssot.toml:2: not UTF-8, which TOML must be"


def test_a_byte_order_mark_and_crlf_are_accepted() -> None:
    manifest = parse_manifest(b"\xef\xbb\xbf" + FULL.replace("\n", "\r\n").encode())
    assert manifest.symbol[0].canonical == "shop.engine.user:UserEngine"
    assert manifest.location("symbol", 0, "legacy", 1) == "ssot.toml:11"


def test_a_long_value_is_shortened_in_the_error() -> None:
    assert len(error_of(f'[[symbol]]\ncanonical = "{"x" * 5000}"\n').what) < 400


def test_location_names_the_line_of_a_key_of_an_item_and_of_what_is_absent() -> None:
    manifest = parse_manifest(FULL)
    assert manifest.location("symbol", 0, "canonical") == "ssot.toml:8"
    assert manifest.location("symbol", 0, "legacy", 1) == "ssot.toml:11"
    assert manifest.location("module", 0, "legacy", 0) == "ssot.toml:18"
    assert parse_manifest('[[symbol]]\ncanonical = "a:B"\n').location("symbol", 0, "legacy", 3) == "ssot.toml:1"
    assert Manifest().location("symbol", 0, "canonical") == "ssot.toml"


def test_pyproject_holds_the_manifest_under_tool_ssot() -> None:
    text = '[project]\nname = "x"\n[tool.ssot.project]\nroots = ["src"]\n[[tool.ssot.symbol]]\ncanonical = "a:B"\n'
    manifest = parse_pyproject(text)
    assert manifest is not None
    assert manifest.project.roots == ("src",)
    assert manifest.location("symbol", 0, "canonical") == "pyproject.toml:6"


def test_an_error_in_pyproject_names_its_own_tables() -> None:
    with pytest.raises(ManifestError) as caught:
        parse_pyproject('[[tool.ssot.symbol]]\nx = 1\ncanonical = "a:B"\n')
    assert caught.value.what.startswith("pyproject.toml:2: unknown key 'x' in [[tool.ssot.symbol]]")


@pytest.mark.parametrize("text", ["", "[tool.ruff]\n", "# ssot\n", "tool = 3 # ssot\n", "not toml at all"])
def test_a_pyproject_without_the_table_is_no_manifest(text: str) -> None:
    assert parse_pyproject(text) is None


def test_tool_ssot_must_be_a_table() -> None:
    with pytest.raises(ManifestError, match=r"pyproject.toml:2: \[tool.ssot\] must be a table"):
        parse_pyproject("[tool]\nssot = 3\n")


def test_the_manifest_is_found_in_either_file_but_not_in_both() -> None:
    pyproject = b'[[tool.ssot.symbol]]\ncanonical = "a:B"\n'
    own = b'[[symbol]]\ncanonical = "c:D"\n'
    assert find_manifest(reader({})) is None
    found = find_manifest(reader({"pyproject.toml": pyproject}))
    assert found is not None
    assert found.symbol[0].canonical == "a:B"
    found = find_manifest(reader({"ssot.toml": own, "pyproject.toml": b"[tool.ruff]\n"}))
    assert found is not None
    assert found.symbol[0].canonical == "c:D"
    with pytest.raises(ManifestError, match="both declare a manifest"):
        find_manifest(reader({"ssot.toml": own, "pyproject.toml": pyproject}))


def test_a_file_that_somebody_names_is_read_by_its_name() -> None:
    pyproject = b'[[tool.ssot.symbol]]\ncanonical = "a:B"\n'
    assert load_manifest(pyproject, "sub/pyproject.toml").symbol[0].canonical == "a:B"
    assert load_manifest(FULL.encode(), "other.toml").location("symbol", 0, "canonical") == "other.toml:8"
    with pytest.raises(ManifestError, match=r"pyproject.toml has no \[tool.ssot\]"):
        load_manifest(b"", "pyproject.toml")


PIECES = ["", "[[", "]]", '"', "'", "=", ".", "3", "{}", "[]", "\n", "true", "\\", "#"]


def what_is_said(text: str) -> str:
    try:
        parse_manifest(text)
    except ManifestError as error:
        return error.what
    return "ssot.toml is fine"


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_whatever_stands_in_the_file_is_a_manifest_or_one_error(data: st.DataObject) -> None:
    text = FULL
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(text)))
        end = data.draw(st.integers(start, min(len(text), start + 12)))
        text = text[:start] + data.draw(st.sampled_from(PIECES)) + text[end:]
    said = what_is_said(text)
    assert said.startswith("ssot.toml")
    assert said.isprintable()


@pytest.mark.parametrize("escape", ["\\n", "\\u001b", "\\u202e", "\\u2028"])
@pytest.mark.parametrize("key", ["canonical", "legacy"])
def test_an_escape_in_a_reference_stays_one(key: str, escape: str) -> None:
    """What TOML unescapes reaches neither the terminal nor a second line."""
    value = f'["shop.a{escape}b"]' if key == "legacy" else f'"shop.a{escape}b"'
    rest = "" if key == "canonical" else 'canonical = "shop.x:A"\n'
    said = what_is_said(f"[[symbol]]\n{rest}{key} = {value}\n")
    assert said.isprintable()
    assert "not an object reference" in said
