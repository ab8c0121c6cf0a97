"""Bowler scripts as people have them, on a copy, and what becomes of the files."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from bridge.commands import codes, results, run
from ssot.bridge.foreign import BOWLER
from ssot.bridge.grammar import construct_at
from ssot.values import Plan, SsotError

FILES = {
    "shop/__init__.py": b"",
    "shop/core.py": b"class Engine:\r\n    pass\r\n\r\n\r\ndef start(engine, speed=1):\r\n    return engine  # as is\r\n",
    "shop/use.py": b"from shop.core import Engine, start\n\nstart(Engine(), speed=2)\n\x0cdef f():\n    return start(Engine())",
    "shop/modern.py": b"match start:\n    case _:\n        start(1)\n",
}


def _run(script: str, tmp_path: Path, *rest: str, files: dict[str, bytes] | None = None, seconds: float = 60) -> Plan:
    path = tmp_path / "query_script.py"
    path.write_text(script)
    (tmp_path / "tools").mkdir(exist_ok=True)
    return run(files or FILES, str(path), tmp_path / "tools", kind=BOWLER, rest=rest, seconds=seconds)


def test_a_function_is_renamed_line_by_line_and_what_its_grammar_stops_at_is_listed(tmp_path: Path) -> None:
    plan = _run('from bowler import Query\nQuery(".").select_function("start").rename("go").idiff()\n', tmp_path)
    changed = {path: FILES[path].replace(b"start", b"go") for path in ("shop/core.py", "shop/use.py")}
    assert results(FILES, plan) == changed
    (refusal,) = plan.refusals
    assert (refusal.path, refusal.code) == ("shop/modern.py", "bowler-parse")
    assert "line 1: match statement" in refusal.reason
    (change_set,) = plan.change_sets
    assert str(tmp_path) not in change_set.title + change_set.reason + change_set.id


def test_a_class_is_renamed_by_a_query_that_the_script_only_makes(tmp_path: Path) -> None:
    plan = _run('from bowler import Query\nquery = Query().select_class("Engine").rename("Motor")\n', tmp_path)
    changed = {path: FILES[path].replace(b"Engine", b"Motor") for path in ("shop/core.py", "shop/use.py")}
    assert results(FILES, plan) == changed


def test_an_argument_is_renamed_on_the_paths_that_are_given(tmp_path: Path) -> None:
    script = (
        "import sys\nfrom bowler import Query\n"
        '(Query(sys.argv[1]).select_function("start").modify_argument("speed", "pace").execute(write=True, interactive=True))\n'
    )
    plan = _run(script, tmp_path, "shop")
    changed = {path: FILES[path].replace(b"speed", b"pace") for path in ("shop/core.py", "shop/use.py")}
    assert results(FILES, plan) == changed


def test_a_fixer_class_is_run_and_may_import_what_lies_beside_the_script(tmp_path: Path) -> None:
    (tmp_path / "words_beside.py").write_text('NEW = "halt"\n')
    script = (
        "from fissix.fixer_base import BaseFix\nfrom fissix.fixer_util import Name\nfrom words_beside import NEW\n\n\n"
        "class FixStart(BaseFix):\n    BM_compatible = True\n    PATTERN = \"'start'\"\n\n"
        "    def transform(self, node, results):\n        node.replace(Name(NEW, prefix=node.prefix))\n"
    )
    assert results(FILES, _run(script, tmp_path))["shop/core.py"] == FILES["shop/core.py"].replace(b"start", b"halt")


def test_a_file_that_the_script_takes_away_or_adds_is_listed(tmp_path: Path) -> None:
    plan = _run('import os\nos.remove("shop/use.py")\nopen("new.py", "w").write("x = 1")\n', tmp_path)
    assert codes(plan) == {"shop/use.py": ["codemod-error"], "new.py": ["codemod-wrote"]}
    assert not plan.change_sets


def test_what_is_said_of_a_failure_is_the_same_each_time(tmp_path: Path) -> None:
    """The folder of the copy has another name each time, and is in what the script's exceptions say."""
    script = (
        "import os\nfrom bowler import Query\nos.remove('shop/use.py')\n\n"
        "def broken(node, capture, filename):\n    raise ValueError(f'{filename} in {os.getcwd()}')\n\n"
        "Query('.').select_class('Engine').modify(broken).execute()\n"
    )
    one, two = (_run(script, tmp_path) for _ in range(2))
    assert one.id == two.id
    reasons = {refusal.path: refusal.reason for refusal in one.refusals if refusal.code == "codemod-error"}
    assert reasons["shop/core.py"].endswith("shop/core.py in .")
    assert reasons["shop/use.py"].endswith("'shop/use.py'")


@pytest.mark.parametrize(
    ("script", "said", "seconds"),
    [
        ("raise KeyError('a')", "the script fails: KeyError", 60),
        ("import sys; sys.exit(3)", "ended with 3", 60),
        ("def f(:", "the script fails: SyntaxError", 60),
        ("import os; os._exit(4)", r"took its process down: .*exit code 4", 60),
        ("import time; time.sleep(600)", "took over 3 seconds", 3),
        (
            "from bowler import Query; Query('/').select_function('f').rename('g').write()",
            "not below the repository",
            60,
        ),
    ],
)
def test_a_script_that_fails_is_an_error_of_one_line(script: str, said: str, seconds: float, tmp_path: Path) -> None:
    with pytest.raises(SsotError, match=said) as error:
        _run(script, tmp_path, seconds=seconds)
    assert "\n" not in error.value.what
    assert error.value.todo


NEW = [  # program, line, column, what stops an older grammar
    ("match a:\n    case 1: ...\n", 1, 6, "match statement"),
    ("def f(a, /): ...\n", 1, 9, "positional-only parameters"),
    ("with (open(a) as b, open(c) as d): ...\n", 1, 14, "parenthesised context managers"),
    ("try: ...\nexcept* E: ...\n", 2, 6, "except* clause"),
    ("if (n := 1): ...\n", 1, 6, "assignment expression (:=)"),
    ("@a[0].b\ndef f(): ...\n", 1, 2, "decorator that is not a name or a call"),
    ("x[1, *y]\n", 1, 5, "unpacking in a subscript"),
    ("def exec(a): ...\n", 1, 4, "the name exec, a keyword of older grammars"),
    ("match a:\n    case 1:\n        def f(x, /): ...\n", 3, 17, "positional-only parameters"),
    ("def f(a, /):\n    x = exec\n", 2, 8, "the name exec, a keyword of older grammars"),
    ("x = 1\n", 1, 0, "x = 1"),
    ("x = = 1\n", 1, 4, "a syntax error for this Python too: x = = 1"),
]
NEWER = [
    ("type X = int\n", 1, 5, "type statement"),
    ("def f[T](x: T): ...\n", 1, 5, "type parameters"),
]


@pytest.mark.parametrize(("program", "line", "column", "name"), NEW)
def test_the_construct_that_stops_an_older_grammar_has_a_name(program: str, line: int, column: int, name: str) -> None:
    assert construct_at(program.encode(), line, column) == name


@pytest.mark.skipif(sys.version_info < (3, 12), reason="needs the grammar of 3.12")
@pytest.mark.parametrize(("program", "line", "column", "name"), NEWER)
def test_so_has_what_came_with_3_12(program: str, line: int, column: int, name: str) -> None:
    assert construct_at(program.encode(), line, column) == name
