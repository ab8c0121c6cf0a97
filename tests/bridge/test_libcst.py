"""A LibCST command that somebody wrote, on files that it may not like."""

from __future__ import annotations

from pathlib import Path

import pytest

from bridge.commands import codes, results, run
from ssot.values import Safety, SsotError

PLAIN = {"a.py": b"x = 1\n", "pkg/__init__.py": b"", "pkg/b.py": b"y = 2\r\n"}


def test_what_a_command_changes_becomes_edits_of_those_lines_and_says_whose_it_is(tmp_path: Path) -> None:
    plan = run(PLAIN, "Append", tmp_path, ("word", "z"), ("loud", None))
    assert results(PLAIN, plan) == {
        "a.py": b"x = 1\nZ = 1\n",
        "pkg/__init__.py": b"Z = 1\n",
        "pkg/b.py": b"y = 2\r\nZ = 1\n",
    }
    (change_set,) = plan.change_sets
    assert change_set.safety is Safety.UNSAFE
    assert "acme_codemods:Append" in change_set.title
    assert "word=z loud" in change_set.reason
    assert not plan.incomplete


@pytest.mark.own_interpreter
def test_files_come_out_alike_whatever_the_number_of_processes_and_whatever_a_set_gives(tmp_path: Path) -> None:
    files = {f"m{number}.py": b"x = 1\n" for number in range(41)}
    one, two = (run(files, "Sets", tmp_path, jobs=jobs) for jobs in (1, 2))
    assert one.id == two.id
    assert len(results(files, one)) == 41


@pytest.mark.own_interpreter
def test_each_way_to_fail_costs_one_file_and_is_listed(tmp_path: Path) -> None:
    words = ["skip", "raise", "exit", "die", "segfault", "recurse", "warn", "fine", "where"]
    files = {f"{word}.py": f"# {word}\nx = 1\n".encode() for word in words} | {"syntax.py": b"def f(:\n"}
    plan = run(files, "Moody", tmp_path)
    assert codes(plan) == {
        "skip.py": ["codemod-skip"],
        "raise.py": ["codemod-error"],
        "exit.py": ["codemod-error"],
        "die.py": ["codemod-crash"],
        "segfault.py": ["codemod-crash"],
        "recurse.py": ["codemod-error"],
        "warn.py": ["codemod-warning"],
        "where.py": ["round-trip"],
        "syntax.py": ["codemod-unread"],
    }
    assert sorted(results(files, plan)) == ["fine.py", "warn.py"]
    assert plan.incomplete


def test_what_is_said_of_a_failure_or_a_warning_is_the_same_each_time(tmp_path: Path) -> None:
    """A command knows its file by the copy's folder, which has another name each time."""
    files = {"pkg/tells.py": b"# tells\n", "pkg/told.py": b"# told\n", "pkg/dies.py": b"# dies\n"}
    one, two = (run(files, "Moody", tmp_path) for _ in range(2))
    assert one.id == two.id
    assert [refusal.reason.partition(" (")[0] for refusal in one.refusals] == [
        "took the process down: pkg/dies.py",
        "ValueError: pkg/tells.py",
        "pkg/told.py",
    ]


def test_a_hang_costs_the_file_its_time_and_the_others_nothing(tmp_path: Path) -> None:
    files = {"a.py": b"# hang\n", "b.py": b"x = 1\n"}
    plan = run(files, "Moody", tmp_path, seconds=6)
    assert codes(plan) == {"a.py": ["codemod-timeout"]}
    assert sorted(results(files, plan)) == ["b.py"]


def test_a_command_that_takes_its_process_down_every_time_is_given_up_after_a_few_files(tmp_path: Path) -> None:
    plan = run({f"m{number}.py": b"x = 1\n" for number in range(9)}, "Deadly", tmp_path)
    assert len(plan.refusals) == 9
    assert {refusal.code for refusal in plan.refusals} == {"codemod-crash"}
    assert "not run" in plan.refusals[-1].reason


def test_files_that_the_command_writes_by_itself_are_named_and_not_taken_over(tmp_path: Path) -> None:
    files = {"a.py": b"# write\n", "data.toml": b"x = 1\n"}
    plan = run(files, "Moody", tmp_path)
    assert codes(plan) == {"data.toml": ["codemod-wrote"], "new.txt": ["codemod-wrote"]}
    assert sorted(results(files, plan)) == ["a.py"]


@pytest.mark.parametrize(
    ("name", "arguments", "said"),
    [
        ("Append", (), "required: --word"),
        ("Append", (("word", None),), "needs a value"),
        ("Append", (("wort", "x"),), "takes loud, word"),
        ("Append", (("word", "x"), ("loud", "perhaps")), "neither true nor false"),
        ("Plain", (), "is not a libcst.codemod.CodemodCommand"),
        ("nowhere.at:All", (), "can't be imported"),
        ("All", (), "is not a libcst.codemod.CodemodCommand"),
    ],
)
def test_a_command_that_can_not_be_run_as_asked_is_an_error(
    name: str, arguments: tuple[tuple[str, str | None], ...], said: str, tmp_path: Path
) -> None:
    with pytest.raises(SsotError, match=said) as error:
        run(PLAIN, name, tmp_path, *arguments)
    assert error.value.todo


def test_arguments_after_two_dashes_reach_the_command_as_they_are(tmp_path: Path) -> None:
    plan = run({"a.py": b""}, "Append", tmp_path, rest=("--loud", "--word", "z"))
    assert results({"a.py": b""}, plan) == {"a.py": b"Z = 1\n"}


def test_modules_and_packages_are_named_by_the_roots_that_python_would_use(tmp_path: Path) -> None:
    names = {
        "src/shop/__init__.py": ("shop", "shop", ["shop"]),
        "src/shop/web/views.py": ("shop.web.views", "shop.web", ["shop.web.views"]),
        "src/shop/web/__init__.py": ("shop.web", "shop.web", ["shop.web"]),
    }
    files = dict.fromkeys(names, b"") | {"pyproject.toml": b"[project]\nname = 'shop'\n"}
    found = results(files, run(files, "Where", tmp_path))
    assert {path: text.decode() for path, text in found.items()} == {
        path: f"w = {value}" for path, value in names.items()
    }


def test_the_command_that_ships_with_libcst_is_found_as_its_own_runner_finds_it(tmp_path: Path) -> None:
    files = {"a.py": b"x = 'a {}'.format(y)\n"}
    plan = run(files, "convert_format_to_fstring.ConvertFormatStringCommand", tmp_path)
    assert results(files, plan) == {"a.py": b"x = f'a {y}'\n"}


def test_a_file_marked_as_generated_is_left_alone(tmp_path: Path) -> None:
    files = {"a.py": b"x = '@" + b"generated'\n", "b.py": b"x = 1\n"}
    plan = run(files, "Append", tmp_path, ("word", "z"))
    assert sorted(results(files, plan)) == ["b.py"]
