"""Each command asks the library the right thing, prints the answer on stdout and sets the exit code."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
from report.samples import AUDIT, CHANGE_SET, CLEAN, EMPTY_PLAN, PATCH, PLAN, finding
from report.test_report_text import AUDIT_TEXT, PLAN_TEXT

from cli.fake_pipeline import FakePlanned, FakeSession, Result, Run
from ssot.values import Plan, Refusal, Safety, SsotError


def test_audit_prints_the_text_and_exits_1_with_findings(run: Run, fake: FakeSession) -> None:
    result = run("audit")
    assert (result.code, result.out, result.err) == (1, AUDIT_TEXT, "")
    assert fake.calls[-1] == ("audit", ())


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ((), 1),
        (("--exit-zero",), 0),
        (("--fail-under", "40"), 0),
        (("--fail-under", "41.67"), 0),
        (("--fail-under", "41.68"), 1),
        (("--fail-under", "95", "--exit-zero"), 0),
    ],
)
def test_audit_exit_codes(run: Run, arguments: tuple[str, ...], code: int) -> None:
    assert run("audit", *arguments).code == code


def test_a_clean_audit_exits_0(run: Run) -> None:
    assert run("audit", audit=CLEAN).code == 0


def test_audit_as_json_is_one_document(run: Run) -> None:
    result = run("audit", "--format", "json")
    assert json.loads(result.out)["schema"] == 1
    assert result.err == ""


def test_audit_writes_to_a_file_instead(run: Run, tmp_path: Path) -> None:
    target = tmp_path / "audit.txt"
    target.write_text("old")
    result = run("audit", "--output", str(target))
    assert result.out == ""
    assert target.read_text(encoding="utf-8") == AUDIT_TEXT
    assert [path.name for path in tmp_path.iterdir()] == ["audit.txt"]


def test_an_output_that_can_not_be_written_is_an_error(run: Run, tmp_path: Path) -> None:
    result = run("audit", "--output", str(tmp_path / "no" / "audit.txt"))
    assert result.code == 2
    assert "can't be written" in result.err
    assert len(result.err.splitlines()) == 2


def test_plan_prints_every_diff(run: Run, fake: FakeSession) -> None:
    result = run("plan")
    assert (result.code, result.out) == (0, PLAN_TEXT)
    assert fake.calls[-1] == ("plan", None, (), False)


def test_plan_passes_its_options_on(run: Run, fake: FakeSession) -> None:
    run("plan", "--base", "main~1", "--only", "canonical-imports", "--only", "canonical-imports", "--unsafe")
    assert fake.calls[-1] == ("plan", "main~1", ("canonical-imports",), True)


@pytest.mark.parametrize(
    ("arguments", "command"),
    [
        ((), "ssot apply"),
        (("--only", "canonical-imports", "--unsafe"), "ssot apply --only canonical-imports --unsafe"),
        (("--base", "v1", "--allow-exec"), "ssot apply --base v1 --allow-exec"),
        (("--search", "my tools", "--plugin", "acme"), "ssot apply --search 'my tools' --plugin acme"),
    ],
)
def test_plan_names_the_command_that_commits_the_same(run: Run, arguments: tuple[str, ...], command: str) -> None:
    """Every option that made the plan what it is comes again, quoted for a shell."""
    assert _next_of(run("plan", *arguments)) == command


def test_plan_names_the_global_options_that_matter_too(run: Run) -> None:
    """Another folder, another manifest and another commit would give another plan."""
    result = run("-C", "..", "--manifest", "m.toml", "--rev", "v1", "-q", "plan")
    assert _next_of(result) == "ssot -C .. --manifest m.toml apply --base v1"
    assert "\n  ssot -C .. --manifest m.toml plan --base v1 --unsafe  see the edits" in result.out


def test_the_preview_of_apply_says_how_to_commit_it(run: Run) -> None:
    assert _next_of(run("apply", "--check", "--unsafe")) == "the same command without --check"


def _next_of(result: Result) -> str:
    (line,) = (line for line in result.out.splitlines() if "commit exactly this" in line)
    return line.partition("  commit exactly this")[0].strip()


def test_plan_reads_the_rev_where_there_is_no_base(run: Run, fake: FakeSession) -> None:
    run("--rev", "v1", "plan")
    assert fake.calls[-1] == ("plan", "v1", (), False)


def test_an_unknown_codemod_is_an_error_before_any_work(run: Run) -> None:
    result = run("plan", "--only", "canonical-import")
    assert result.code == 2
    assert "did you mean 'canonical-imports'?" in result.err


def test_plan_as_json_and_as_patch(run: Run) -> None:
    assert json.loads(run("plan", "--format", "json").out)["base"] == "b" * 40
    assert run("plan", "--format", "patch").out == PATCH.decode()


MANUAL = replace(PLAN, change_sets=(replace(CHANGE_SET, safety=Safety.MANUAL),))


@pytest.mark.parametrize(("plan", "code"), [(PLAN, 1), (EMPTY_PLAN, 0), (MANUAL, 0)])
@pytest.mark.parametrize("command", ["plan", "apply"])
def test_check_exits_1_only_if_something_would_change(
    run: Run, fake: FakeSession, command: str, plan: Plan, code: int
) -> None:
    assert run(command, "--check", plan=FakePlanned(plan)).code == code
    assert "apply" not in [call[0] for call in fake.calls]


def test_apply_commits_the_plan(run: Run, fake: FakeSession) -> None:
    result = run("apply", "--branch", "tidy", "--split", "--unsafe")
    assert result.code == 0
    assert result.out.startswith("Branch ssot/2026-01-31-abcdef01 made.\n")
    assert fake.calls[-2:] == [("plan", None, (), True), ("apply", "tidy", True)]


def test_apply_of_an_empty_plan_commits_nothing(run: Run, fake: FakeSession) -> None:
    result = run("apply", plan=FakePlanned(EMPTY_PLAN))
    assert result.code == 0
    assert fake.calls[-1][0] == "plan"
    assert "no branch was made" in result.out


def test_apply_as_json(run: Run) -> None:
    document = json.loads(run("apply", "--format", "json").out)
    assert document["branch"] == "ssot/2026-01-31-abcdef01"
    assert len(document["commits"]) == 1


def test_apply_in_place(run: Run, fake: FakeSession) -> None:
    result = run("apply", "--in-place")
    assert result.code == 0
    assert fake.calls[-1] == ("apply_in_place",)
    assert result.out.startswith("Edited 1 file in the work tree.\n")


@pytest.mark.parametrize("option", [("--branch", "x"), ("--split",), ("--base", "x")])
def test_in_place_excludes_what_is_about_branches(run: Run, fake: FakeSession, option: tuple[str, ...]) -> None:
    result = run("apply", "--in-place", *option)
    assert result.code == 2
    assert f"--in-place and {option[0]} exclude each other" in result.err
    assert fake.calls == []


def test_apply_that_had_to_drop_a_file_exits_3(run: Run) -> None:
    dropped = Refusal("a.py", 1, "gate-bindings", "shop.user:Engine", "Engine would be unbound")
    result = run("apply", plan=FakePlanned(replace(PLAN, refusals=(dropped,))))
    assert result.code == 3
    assert "gate-bindings" in result.out


def test_verify_exits_0_or_3(run: Run, fake: FakeSession) -> None:
    assert run("verify", "ssot/x").code == 0
    assert fake.calls[-1] == ("verify", "ssot/x")
    bad = SimpleNamespace(branch="ssot/x", ok=False, checked_imports=3, checked_files=2, problems=(finding("a.py", 1),))
    result = run("verify", verify=bad)
    assert result.code == 3
    assert "a.py:1:1" in result.out


def test_undo_names_the_branch(run: Run, fake: FakeSession) -> None:
    result = run("undo", "ssot/x")
    assert (result.code, result.out) == (0, "Removed branch ssot/x.\n")
    assert fake.calls[-1] == ("undo", "ssot/x")


def test_registry_prints_writes_and_checks(run: Run, tmp_path: Path) -> None:
    target = tmp_path / "imports.md"
    assert run("registry").out == "# Import registry\n"
    assert run("registry", "--check", str(target)).code == 2
    assert run("registry", "--output", str(target)).code == 0
    assert run("registry", "--check", str(target)).code == 0
    target.write_bytes(b"# Import registry\r\n")
    assert run("registry", "--check", str(target)).code == 0
    target.write_text("old\n")
    result = run("registry", "--check", str(target))
    assert result.code == 1
    assert "out of date" in result.out


def test_explain_a_symbol_asks_the_library(run: Run, fake: FakeSession) -> None:
    result = run("explain", "shop.user:Engine")
    assert result.out.startswith("shop.user:Engine\n")
    assert fake.calls[-1] == ("explain", "shop.user:Engine")


def test_explain_a_code_needs_no_repository(run: Run, fake: FakeSession) -> None:
    assert run("explain", "name-taken").out.startswith("name-taken  (refusal)\n")
    assert fake.calls == []


@pytest.mark.parametrize(
    ("subject", "message"),
    [("name-takne", "did you mean 'name-taken'?"), ("zebra", "no rule or reason code 'zebra'"), ("a:b.c", "inside a")],
)
def test_explain_what_is_unknown_is_an_error(run: Run, subject: str, message: str) -> None:
    result = run("explain", subject)
    assert result.code == 2
    assert message in result.err


def test_a_dotted_name_is_told_how_a_symbol_is_spelled(run: Run) -> None:
    """In two lines, whatever the number of codes there are."""
    result = run("explain", "shop.user.Engine")
    assert result.err.splitlines() == [
        "ssot: there is no rule or reason code 'shop.user.Engine'",
        "  name a symbol like shop.user:Engine, or a code that a report prints, like SSOT101",
    ]


def test_codemods_and_schemas(run: Run) -> None:
    assert "\ncanonical-imports\n" in run("codemods").out
    assert json.loads(run("schema").out)["title"] == "ssot.toml"
    assert json.loads(run("schema", "--plan").out)["title"] == "ssot plan"
    assert json.loads(run("schema", "--audit").out)["title"] == "ssot audit"
    assert run("schema", "--plan", "--audit").code == 2


def test_global_options_reach_the_library(run: Run, fake: FakeSession, tmp_path: Path) -> None:
    run("-C", str(tmp_path), "--manifest", "m.toml", "--rev", "v1", "-j", "3", "--no-cache", "-q", "audit")
    assert fake.calls[0] == ("open", tmp_path, Path("m.toml"), "v1", 3, None)


def test_verbose_lists_everything(run: Run) -> None:
    assert "more place" in run("audit").out
    assert "more place" not in run("-v", "audit").out


def test_an_error_of_the_library_is_two_lines(run: Run) -> None:
    result = run("audit", open=SsotError("no commit\x1b yet", "commit something"))
    assert (result.code, result.out, result.err) == (2, "", "ssot: no commit\\x1b yet\n  commit something\n")


def test_output_does_not_depend_on_the_order_of_values(run: Run) -> None:
    turned = replace(AUDIT, findings=AUDIT.findings[::-1])
    assert run("audit", "--format", "json").out == run("audit", "--format", "json", audit=turned).out
