"""File plans to change sets: who shares a commit, disjoint edits of the base, a ledger that adds up."""

# Programs on one line each read better than broken up.

from __future__ import annotations

import itertools
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from trees import applied, edits_by_path, encoded, plan_of, source_of, symbol

from ssot.index.source import apply_edits
from ssot.rewrite.assemble import Wanted, assemble, ledger_of
from ssot.rewrite.compose import Piece
from ssot.rewrite.import_stage import CODEMOD
from ssot.rewrite.outcomes import Fate, FilePlan, Occurrence, Splice
from ssot.values import Plan, Safety

TEXT = "".join(f"line {number}\n" for number in range(1, 21))


def splice(line: int, *keys: str, safety: Safety = Safety.SAFE, new: bytes = b"LINE") -> Splice:
    start = TEXT.index(f"line {line}\n")
    return Splice(start, start + 4, new, frozenset(keys), safety)


def assembled(**files: list[Splice]) -> Plan:
    plans = [
        FilePlan(
            f"{name}.py", tuple(splices), tuple(Occurrence(f"{name}.py", 1, "m:A", Fate.REWRITTEN) for _ in splices)
        )
        for name, splices in files.items()
    ]
    sources = {plan.path: source_of(TEXT, plan.path) for plan in plans}
    pieces = {plan.path: [as_piece(one) for one in plan.splices] for plan in plans}
    occurrences = [occurrence for plan in plans for occurrence in plan.occurrences]
    return assemble([CODEMOD], Wanted(pieces, occurrences), sources, "base", "tree")


def as_piece(one: Splice) -> Piece:
    return Piece(one.start, one.end, one.new, frozenset((CODEMOD.name, key) for key in one.keys), one.safety)


def grouped(plan: Plan) -> dict[str, list[tuple[str, int]]]:
    """For each change set its places."""
    return {
        one.title: [(change.path, edit.line) for change in one.files for edit in change.edits]
        for one in plan.change_sets
    }


def test_each_symbol_has_a_change_set_of_its_own() -> None:
    found = grouped(assembled(a=[splice(1, "m:A"), splice(5, "m:B")], b=[splice(1, "m:B")]))
    assert found == {"Import A from m": [("a.py", 1)], "Import B from m": [("a.py", 5), ("b.py", 1)]}


def test_symbols_that_share_a_statement_share_a_change_set_everywhere() -> None:
    found = grouped(
        assembled(a=[splice(1, "m:A", "m:B")], b=[splice(1, "m:A"), splice(9, "m:C")], c=[splice(3, "m:A", "m:B")])
    )
    (both,) = (places for title, places in found.items() if "A, B" in title)
    assert ("a.py", 1) in both
    assert ("c.py", 3) in both
    assert found["Import C from m"] == [("b.py", 9)]


@pytest.mark.parametrize(("second", "together"), [(1, True), (2, True), (3, False)])
def test_neighbouring_lines_are_one_change_set(second: int, together: bool) -> None:
    """A revert of one would conflict with the other."""
    first = splice(1, "m:A")
    other = Splice(first.end + 1, first.end + 2, b"one", frozenset({"m:B"})) if second == 1 else splice(second, "m:B")
    found = grouped(assembled(a=[first, other]))
    assert (len(found) == 1) is together


def test_what_is_unsafe_comes_last_and_apart() -> None:
    plan = assembled(a=[splice(1, "m:A", safety=Safety.UNSAFE), splice(5, "m:A"), splice(9, "n:B")])
    assert [one.safety for one in plan.change_sets] == [Safety.SAFE, Safety.SAFE, Safety.UNSAFE]
    assert len({one.id for one in plan.change_sets}) == 3


def test_a_title_names_three_and_counts_the_rest_and_the_reason_names_all() -> None:
    keys = [f"m.long:Name{number}" for number in range(5)]
    (one,) = assembled(a=[splice(1, *keys)]).change_sets
    assert one.title == "Import Name0, Name1, Name2 and 2 more from their canonical modules"
    assert all(f"- {key}\n" in one.reason for key in keys)
    assert one.id.startswith("canonical-imports-Name0-and-4-more-")


def test_a_moved_module_has_a_title_of_its_own() -> None:
    (one,) = assembled(a=[splice(1, "shop.env")]).change_sets
    assert one.title == "Import shop.env by its canonical name"


def test_the_order_of_the_file_plans_does_not_matter_and_the_edits_do() -> None:
    one = assembled(a=[splice(1, "m:A")], b=[splice(1, "m:B")])
    other = assembled(b=[splice(1, "m:B")], a=[splice(1, "m:A")])
    assert one == other
    assert one.id != assembled(a=[splice(1, "m:A")], b=[splice(1, "m:B", new=b"X")]).id


@given(st.lists(st.sampled_from([*Fate]), max_size=30))
def test_the_ledger_adds_up(fates: list[Fate]) -> None:
    occurrences = [Occurrence("a.py", 1, "m:A", fate, "exclude" if fate is Fate.IGNORED else "") for fate in fates]
    ledger = ledger_of(occurrences)
    assert ledger.occurrences == len(fates)
    assert dict(ledger.ignored_by) == ({"exclude": ledger.ignored} if ledger.ignored else {})


def test_leaving_a_file_alone_refuses_what_was_to_be_rewritten() -> None:
    fates = [Fate.REWRITTEN, Fate.IGNORED, Fate.REFUSED]
    plan = FilePlan("a.py", (splice(1, "m:A"),), tuple(Occurrence("a.py", 1, "m:A", fate, "x") for fate in fates))
    left = plan.without_edits("gate-parse", "why")
    assert left.splices == ()
    assert [one.fate for one in left.occurrences] == [Fate.REFUSED, Fate.IGNORED, Fate.REFUSED]
    assert [one.code for one in left.occurrences] == ["gate-parse", "x", "x"]


def test_leaving_one_symbol_alone_keeps_the_others() -> None:
    occurrences = tuple(Occurrence("a.py", 1, key, Fate.REWRITTEN) for key in ("m:A", "m:B"))
    plan = FilePlan("a.py", (splice(1, "m:A"), splice(5, "m:B")), occurrences)
    left = plan.without_edits("new-cycle", "why", ["m:A"])
    assert [one.keys for one in left.splices] == [frozenset({"m:B"})]
    assert [one.fate for one in left.occurrences] == [Fate.REFUSED, Fate.REWRITTEN]


def test_two_plans_of_one_file_are_joined_without_overlaps() -> None:
    one, other = FilePlan("a.py", (splice(1, "m:A"),)), FilePlan("a.py", (splice(1, "m:A", new=b"X"), splice(3, "m:B")))
    assert one.joined(other).splices == (splice(1, "m:A"), splice(3, "m:B"))


# -- whole plans


def write(folder: Path, files: Mapping[str, bytes]) -> None:
    for path, content in files.items():
        (folder / path).parent.mkdir(exist_ok=True)
        (folder / path).write_bytes(content)


def import_all(folder: Path) -> None:
    modules = [path.removesuffix(".py").replace("/", ".") for path in USERS]
    program = f"import {', '.join(modules)}; shop.two.f(); tests.test_a.test_a()"
    done = subprocess.run(
        [sys.executable, "-E", "-S", "-B", "-c", program], cwd=folder, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr.decode()


LIBRARY = {
    "shop/__init__.py": "",
    "shop/core.py": "class Engine: ...\nclass Motor: ...\ndef start(): ...\nclass Wheel: ...\n",
    "shop/old.py": "from shop.core import Engine, Motor, start as begin, Wheel\n",
}
USERS = {
    "shop/one.py": "from shop.old import Engine\nprint(Engine)\n",
    "shop/two.py": "from shop.old import Motor\n\n\nx = 1\n\n\ndef f():\n    from shop.old import Engine\n    return Engine\n",
    "shop/three.py": "from shop.old import Engine, Motor\nprint(Engine, Motor)\n",
    "shop/four.py": "import os\n\nfrom shop.old import begin  # go\n\nx = 1\nbegin()\nfrom shop.old import Wheel\ny = Wheel\n",
    "shop/five.py": "from shop.old import (\n    Wheel,  # w\n    begin,\n)\nprint(Wheel, begin)\n",
    "shop/six.py": "import shop.old\n\n\nprint(shop.old.Wheel)\n\n\nprint(shop.old.Engine)\n",
    "shop/seven.py": "from shop.old import Wheel\nprint(Wheel)\n",
    "tests/test_a.py": "from shop.old import Wheel\nfrom shop.old import Engine\n\n\ndef test_a():\n    assert Wheel and Engine\n",
}
FILES = {**LIBRARY, **USERS}
MANIFEST = "\n".join(
    [
        symbol("shop.core:Engine", "shop.old:Engine"),
        symbol("shop.core:Motor", "shop.old:Motor"),
        symbol("shop.core:start", "shop.old:begin"),
        symbol("shop.core:Wheel", "shop.old:Wheel"),
    ]
)


@pytest.fixture(scope="module")
def plan() -> Plan:
    return plan_of(FILES, MANIFEST)


def test_the_mixed_project_is_planned_as_several_change_sets(plan: Plan) -> None:
    assert plan.paths == tuple(sorted(USERS))
    assert len(plan.change_sets) >= 2


def test_edits_are_disjoint_and_of_the_base(plan: Plan) -> None:
    data = encoded(FILES)
    for path, edits in edits_by_path(plan).items():
        for one, following in itertools.pairwise(sorted(edits)):
            assert one.end <= following.start, path
        for edit in edits:
            assert data[path][edit.start : edit.end].decode() == edit.old


def test_any_subset_of_the_change_sets_applies_and_runs(plan: Plan, tmp_path: Path) -> None:
    data = encoded(FILES)
    write(tmp_path, data)
    for chosen in itertools.chain.from_iterable(
        itertools.combinations(plan.change_sets, size) for size in range(len(plan.change_sets) + 1)
    ):
        edits = edits_by_path(Plan("", None, None, chosen, (), plan.ledger))
        write(tmp_path, {**data, **{path: apply_edits(data[path], found) for path, found in edits.items()}})
        import_all(tmp_path)


def test_each_commit_can_be_reverted_alone_and_the_program_still_runs(plan: Plan, tmp_path: Path) -> None:
    def git(*arguments: str) -> str:
        identity = ["-c", "user.name=n", "-c", "user.email=e@example.invalid", "-c", "core.hooksPath=/dev/null"]
        done = subprocess.run(["git", *identity, *arguments], cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode == 0, (arguments, done.stderr)
        return done.stdout.strip()

    git("init", "--quiet")
    write(tmp_path, encoded(FILES))
    git("add", ".")
    git("commit", "--quiet", "-m", "base")
    commits = []
    for number in range(1, len(plan.change_sets) + 1):
        edits = edits_by_path(Plan("", None, None, plan.change_sets[:number], (), plan.ledger))
        write(tmp_path, {path: apply_edits(encoded(FILES)[path], found) for path, found in edits.items()})
        git("commit", "--quiet", "--all", "-m", str(number))
        commits.append(git("rev-parse", "HEAD"))
    for commit in commits:
        git("reset", "--quiet", "--hard", commits[-1])
        git("revert", "--no-edit", commit)
        import_all(tmp_path)


@settings(max_examples=15, deadline=None)
@given(st.sets(st.sampled_from(sorted(USERS))), st.booleans())
def test_whatever_is_planned_adds_up_and_is_done_once(users: set[str], unsafe: bool) -> None:
    files = {**LIBRARY, **{path: USERS[path] for path in users}}
    plan = plan_of(files, MANIFEST, unsafe=unsafe)
    ledger = plan.ledger
    assert ledger.refused == len(plan.refusals)
    again = plan_of({**files, **applied(files, plan)}, MANIFEST, unsafe=unsafe)
    assert again.change_sets == ()
    assert again.ledger.rewritten == 0
    assert again.ledger.refused == ledger.refused
