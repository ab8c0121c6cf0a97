"""The tables for duplicates, shims, generated tests and own codemods: values, defaults, errors."""

from __future__ import annotations

from datetime import date

import pytest

from ssot.declare.load import ManifestError, parse_manifest

OLD = '[[symbol]]\ncanonical = "a:A"\nlegacy = ["b:A", "c:Old"]\n'


def error_of(text: str) -> ManifestError:
    with pytest.raises(ManifestError) as caught:
        parse_manifest(text)
    return caught.value


def collapse(canonical: str, *duplicates: str) -> str:
    return f'[[collapse]]\ncanonical = "{canonical}"\nduplicates = {list(duplicates)}\n'.replace("'", '"')


def symbol(canonical: str, *legacy: str) -> str:
    return f'[[symbol]]\ncanonical = "{canonical}"\nlegacy = {list(legacy)}\n'.replace("'", '"')


def test_every_table_is_read() -> None:
    """All keys of the contract arrive under the names of the tables."""
    manifest = parse_manifest(
        collapse("shop.ws:Router", "shop.q:QRouter").rstrip() + '\nstrategy = "merge"\n'
        '[shims]\nmode = "alias"\nremove-after = 2026-12-31\npermanent = ["shop.q:QRouter"]\n'
        '[tests]\npath = "tests/ssot/"\n'
        '[[codemod]]\nid = "drop-print"\nlibcst = "acme.prints:DropPrint"\nargs = { name = "print" }\n'
        '[[codemod]]\nid = "old"\nbowler = "tools/old.py"\n'
    )
    assert manifest.collapse[0].duplicates == ("shop.q:QRouter",)
    assert manifest.collapse[0].strategy == "merge"
    assert manifest.shims is not None
    assert (manifest.shims.mode, manifest.shims.remove_after) == ("alias", date(2026, 12, 31))
    assert manifest.shims.permanent == ("shop.q:QRouter",)
    assert manifest.tests is not None
    assert manifest.tests.path == "tests/ssot"
    assert manifest.codemod[0].args == {"name": "print"}
    assert manifest.codemod[1].bowler == "tools/old.py"


def test_tables_that_are_absent_are_none() -> None:
    """Without [shims] and [tests], nothing is to be done about them."""
    manifest = parse_manifest("")
    assert (manifest.shims, manifest.tests, manifest.collapse, manifest.codemod) == (None, None, (), ())


@pytest.mark.parametrize(
    ("text", "last"),
    [
        ("[shims]\n", date(2026, 3, 31)),
        ("[shims]\ndays = 1\n", date(2026, 3, 2)),
        ("[shims]\nremove-after = 2027-01-01\n", date(2027, 1, 1)),
    ],
)
def test_the_last_day_of_a_shim(text: str, last: date) -> None:
    """It is counted from the day of the commit, thirty days where nothing is said."""
    shims = parse_manifest(text).shims
    assert shims is not None
    assert shims.until(date(2026, 3, 1)) == last


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('[shims]\nmode = "aliases"\n', "2: 'mode' in [shims]: 'aliases' is not one of 'module-getattr', 'alias' and"),
        ('[shims]\nmode = "aliases"\n', "; did you mean 'alias'?"),
        ("[shims]\nmode = 3\n", "2: 'mode' in [shims] must be a string, not a number"),
        ("[shims]\ndays = 0\n", "2: 'days' in [shims]: '0' is not a number of days; write one from 1 to 36500"),
        ('[shims]\ndays = "30"\n', "2: 'days' in [shims] must be a number, not a string"),
        ("[shims]\ndays = true\n", "2: 'days' in [shims] must be a number, not a boolean"),
        ('[shims]\nremove-after = "2026-12-31"\n', "2: 'remove-after' in [shims] must be a date, not a string"),
        ("[shims]\nremove-after = 2026-12-31T10:00:00\n", "must be a date, not a date with a time"),
        ("[shims]\nremove_after = 2026-12-31\n", "unknown key 'remove_after' in [shims]; did you mean 'remove-after'?"),
        ("[shims]\ndays = 3\nremove-after = 2026-12-31\n", "3: [shims] has both 'days' and 'remove-after'"),
        (f'{OLD}[shims]\npermanent = ["b:B"]\n', "5: 'b:B' is permanent, but replaced by nothing; did you mean 'b:A'?"),
        (f'{OLD}[shims]\npermanent = [\n"b:A",\n"b:A"]\n', "7: 'b:A' is listed twice as permanent"),
        (f'{OLD}[shims]\npermanent = ["b.A"]\n', "'b.A' is not an object reference; did you mean 'b:A'?"),
        ("[[shims]]\n", "1: 'shims' must be written as [shims], not as a list"),
        ("[tests]\n", "1: [tests] has no 'path'"),
        ('[tests]\npath = "tests/*"\n', "2: 'path' in [tests]: 'tests/*' is a pattern; name one folder"),
        ('[tests]\npath = "../tests"\n', "2: 'path' in [tests]: '../tests' leaves the repository"),
        ("[collapse]\n", "1: 'collapse' must be written as [[collapse]], not as a table"),
        ('[[collapse]]\ncanonical = "a:A"\n', "1: [[collapse]] has no 'duplicates'"),
        (collapse("a:A", "b:A") + 'strategy = "mrege"\n', "4: 'strategy' in [[collapse]]: 'mrege' is not one of"),
        (collapse("a:A", "b:A") + 'strategy = "mrege"\n', "; did you mean 'merge'?"),
        (
            collapse("a:A", "b:A.run"),
            "3: 'duplicates' in [[collapse]], item 1: 'b:A.run' names 'A.run', something inside",
        ),
        ('[[codemod]]\nid = "Drop"\nlibcst = "a:B"\n', "2: 'id' in [[codemod]]: 'Drop' is not a codemod's name"),
        ('[[codemod]]\nid = "x"\n', "1: [[codemod]] 'x' has neither of 'libcst' and 'bowler'"),
        ('[[codemod]]\nid = "x"\nlibcst = "a:B"\nbowler = "b.py"\n', "1: [[codemod]] 'x' has both of 'libcst' and"),
        ('[[codemod]]\nid = "x"\nlibcst = "a:B"\nargs = { y = 3 }\n', "must be a string, not a number"),
        ('[[codemod]]\nid = "x"\nlibcst = "a:B"\nargs = 3\n', "'args' in [[codemod]] must be a table of strings"),
        (
            '[[codemod]]\nid = "x"\nlibcst = "a:B"\n[[codemod]]\nid = "x"\nlibcst = "a:C"\n',
            "5: two codemods are called 'x'",
        ),
    ],
)
def test_an_error_of_these_tables_names_line_key_and_nearest_spelling(text: str, message: str) -> None:
    """Every mistake is one line that says where and what."""
    assert message in error_of(text).what


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (collapse("a:A", "a:A"), "3: 'a:A' is both canonical and duplicate of the same entry"),
        (collapse("a:A", "b:A", "b:A"), "3: 'b:A' is listed twice as duplicate"),
        (collapse("a:A", "b:A") + collapse("c:A", "b:A"), "6: 'b:A' is duplicate of 'a:A' and duplicate of 'c:A'"),
        (symbol("a:A", "b:A") + collapse("c:A", "b:A"), "6: 'b:A' is legacy of 'a:A' and duplicate of 'c:A'"),
        (
            '[[symbol]]\ncanonical = "a:A"\napproved = ["b:A"]\n' + collapse("a:A", "b:A"),
            "6: 'b:A' is approved of 'a:A' and duplicate of 'a:A'",
        ),
        (collapse("a:A", "b:A") + collapse("b:A", "a:A"), "round in a circle: b:A → a:A → b:A"),
        (symbol("a:A", "b:A") + collapse("b:A", "a:A"), "round in a circle: b:A → a:A → b:A"),
    ],
)
def test_duplicates_that_contradict_another_entry_are_an_error(text: str, message: str) -> None:
    """One path becomes one thing."""
    assert message in error_of(text).what


@pytest.mark.parametrize(
    "text",
    [
        symbol("a:A", "b:A") + collapse("a:A", "b:A"),
        symbol("a:A", "b:A") + collapse("a:A", "c:A"),
        collapse("a:A", "b:A") + collapse("b:A", "c:A"),
        collapse("a:A", "b:A") + symbol("b:A", "c:A"),
        symbol("x:A", "a:A") + collapse("a:A", "b:A"),
        symbol("x:A", "b:A", "a:A") + collapse("a:A", "b:A"),
        '[[symbol]]\ncanonical = "x:A"\napproved = ["a:A"]\n' + collapse("a:A", "b:A"),
        collapse("a:A", "b:A") + collapse("a:A", "c:A").rstrip() + '\nstrategy = "merge"\n',
        '[[module]]\ncanonical = "n"\nlegacy = ["o"]\n[shims]\npermanent = ["o.x:A"]\n',
    ],
)
def test_entries_that_agree_are_fine(text: str) -> None:
    """A path may be legacy and duplicate of the same thing, and what is replaced may itself replace."""
    assert parse_manifest(text)
