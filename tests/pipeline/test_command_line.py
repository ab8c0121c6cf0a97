"""From the command line to git and back, on real repositories."""

# Programs on one line each read better than broken up.

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest
from deliver.helpers import Sandbox, fingerprint

from pipeline.command import FILES, MANIFEST, Run
from ssot.declare.schema import audit_schema, plan_schema

ROOT = Path(__file__).parents[2]
REWRITTEN = {
    "shop/one.py": FILES["shop/one.py"].replace(b"shop.old", b"shop.core"),
    "shop/two.py": FILES["shop/two.py"].replace(b"shop.old", b"shop.core"),
}


def in_subprocess(repo: Sandbox, *arguments: str, **variables: str) -> subprocess.CompletedProcess[bytes]:
    paths = os.pathsep.join([str(ROOT / "codemods"), str(ROOT / "cli")])
    return subprocess.run(
        [sys.executable, "-m", "ssot_cli", "-C", str(repo.root), *arguments],
        env={**os.environ, "PYTHONPATH": paths, **variables},
        capture_output=True,
        check=False,
    )


def content(repo: Sandbox, rev: str, path: str) -> bytes:
    return subprocess.run(["git", "show", f"{rev}:{path}"], cwd=repo.root, capture_output=True, check=True).stdout


# -- audit


def test_audit_finds_and_exits_1(run: Run) -> None:
    result = run("audit")
    assert (result.code, result.err) == (1, "")
    assert "SSOT101 fragmented-path" in result.text
    assert "shop/one.py:1:22" in result.text
    assert "SSOT001" in result.text
    assert "ssot apply" in result.text


def test_audit_as_json_is_one_document_of_its_schema(run: Run) -> None:
    document = run("audit", "--format", "json").json
    jsonschema.validate(document, audit_schema())
    places = {(finding["path"], finding["rule"]) for finding in document["findings"]}
    assert ("shop/one.py", "SSOT101") in places
    assert ("tests/test_one.py", "SSOT105") in places
    assert ("shop/broken.py", "SSOT001") in places


@pytest.mark.parametrize(
    ("arguments", "code"),
    [(("--exit-zero",), 0), (("--fail-under", "0"), 0), (("--fail-under", "100"), 1), (("docs",), 0), (("shop/core.py",), 0)],
)  # fmt: skip
def test_audit_exit_codes(run: Run, arguments: tuple[str, ...], code: int) -> None:
    assert run("audit", *arguments).code == code


def test_audit_below_a_path_keeps_the_score_of_the_whole(run: Run) -> None:
    whole, part = run("audit", "--format", "json").json, run("audit", "--format", "json", "tests").json
    assert part["score"] == whole["score"]
    assert {finding["path"] for finding in part["findings"]} == {"tests/test_one.py"}


def test_audit_reads_the_work_tree_or_the_rev(run: Run, repo: Sandbox) -> None:
    repo.write({"shop/new.py": b"from shop.old import Engine\n"})
    assert "shop/new.py" in run("audit", "-v").text or "shop/new.py" in run("-v", "audit").text
    assert "shop/new.py" not in run("-v", "--rev", "HEAD", "audit").text


def test_audit_without_a_manifest_proposes(run: Run, repo: Sandbox) -> None:
    (repo.root / "ssot.toml").unlink()
    repo.write({"shop/four.py": b"from shop.core import Engine\n"})
    result = run("audit")
    assert result.code == 1
    assert "shop.core:Engine" in result.text
    assert "ssot init" in result.text
    assert "ssot plan" not in result.text


# -- init


def test_init_writes_what_audit_accepts(run: Run, repo: Sandbox) -> None:
    (repo.root / "ssot.toml").unlink()
    repo.write({"shop/four.py": b"from shop.core import Engine, Motor\n"})
    assert run("init").code == 0
    assert run("audit").code == 1
    assert run("init").code == 2
    repo.commit("manifest")
    assert run("plan", "--check").code == 1
    assert run("apply", "--branch", "tidy").code == 0
    assert content(repo, "tidy", "shop/one.py") == REWRITTEN["shop/one.py"]


def test_init_says_to_commit_and_plan_says_what_is_missing(run: Run, repo: Sandbox) -> None:
    repo.git("rm", "--quiet", "ssot.toml")
    repo.git("commit", "--quiet", "-m", "none")
    result = run("plan")
    assert result.code == 2
    assert "ssot init" in result.err
    assert "commit it" in run("init").text
    result = run("plan")
    assert (result.code, result.out) == (2, b"")
    assert "ssot.toml is not part of HEAD" in result.err
    named = shlex.split(result.err.rpartition("name it with ")[2])  # as typed, in whatever folder one is
    assert run(*named, "plan").code == 0


# -- plan


def test_plan_shows_each_edit_and_refusal(run: Run) -> None:
    result = run("plan")
    assert (result.code, result.err) == (0, "")
    assert "-from shop.old import Engine  # why" in result.text
    assert "guarded-import" in result.text
    assert "unparsable" in result.text
    assert "  - shop.core:Engine\n" in run("plan", "--unsafe").text or "shop.core:Engine" in result.text
    assert "\\x0a" not in result.text
    assert run("plan", "--check").code == 1


def test_plan_as_json_is_of_its_schema_and_adds_up(run: Run) -> None:
    document = run("plan", "--format", "json").json
    jsonschema.validate(document, plan_schema())
    ledger = document["ledger"]
    assert ledger["occurrences"] == sum(ledger[name] for name in ("rewritten", "shimmed", "refused", "ignored"))
    assert ledger["refused"] == len(document["refusals"])


@pytest.mark.parametrize("unsafe", [[], ["--unsafe"]])
def test_git_takes_the_patch(run: Run, repo: Sandbox, unsafe: list[str]) -> None:
    patch = run("plan", "--format", "patch", *unsafe).out
    repo.git("apply", "--check", "-", stdin=patch)
    repo.git("apply", "-", stdin=patch)
    assert {path: (repo.root / path).read_bytes() for path in REWRITTEN} == REWRITTEN
    assert b"shop.old" not in (repo.root / "tests/test_one.py").read_bytes() or not unsafe


def test_plan_writes_to_a_file_alone(run: Run, repo: Sandbox, tmp_path: Path) -> None:
    target = tmp_path / "out.patch"
    result = run("plan", "--format", "patch", "--output", str(target))
    assert result.out == b""
    assert target.read_bytes() == run("plan", "--format", "patch").out


def test_only_names_a_codemod(run: Run) -> None:
    assert run("plan", "--only", "canonical-imports").code == 0
    result = run("plan", "--only", "canonical-import")
    assert result.code == 2
    assert "did you mean" in result.err


def test_base_and_rev_read_that_commit(run: Run, repo: Sandbox) -> None:
    first = repo.git("rev-parse", "HEAD")
    repo.write(REWRITTEN)
    repo.commit("by hand")
    assert run("plan", "--check").code == 0
    assert run("plan", "--check", "--base", first).code == 1
    assert run("--rev", first, "plan", "--check").code == 1
    assert run("plan", "--base", "nonsense").code == 2
    assert run("apply", "--base", first, "--branch", "back").code == 0
    assert repo.git("merge-base", "back", "HEAD") == first


# -- apply


def dirty(repo: Sandbox) -> None:
    repo.write({"shop/core.py": b"staged\n", "shop/staged.py": b"from shop.old import Engine\n"})
    repo.git("add", "shop/core.py", "shop/staged.py")
    repo.write(
        {"shop/core.py": b"changed again\n", "shop/one.py": b"changed\n", "untracked.py": b"from shop.old import Motor"}
    )
    (repo.root / "shop/two.py").unlink()


def test_apply_leaves_a_dirty_tree_byte_for_byte_alone(run: Run, repo: Sandbox) -> None:
    dirty(repo)
    before, status = fingerprint(repo.root), repo.git("status", "--porcelain=v2", "--branch")
    before = fingerprint(repo.root)
    result = run("apply", "--branch", "ssot/tidy")
    assert (result.code, result.err) == (0, "")
    after = fingerprint(repo.root)
    new = set(after) - set(before)
    assert {path: after[path] for path in before} == before
    assert all(path.startswith((".git/refs/", ".git/logs/")) for path in new)
    assert repo.git("status", "--porcelain=v2", "--branch") == status
    assert "uncommitted files are not part of this" in result.text
    assert {path: content(repo, "ssot/tidy", path) for path in REWRITTEN} == REWRITTEN


def test_the_branch_holds_what_the_plan_shows(run: Run, repo: Sandbox) -> None:
    plan = run("plan", "--format", "json").json
    document = run("apply", "--format", "json").json
    assert {key: document[key] for key in plan} == plan
    branch = document["branch"]
    assert re.fullmatch(r"ssot/\d{4}-\d\d-\d\d-[0-9a-f]{8}", branch)
    assert len(document["commits"]) == len(plan["change_sets"])
    changed = repo.git("diff", "--name-only", "HEAD", branch).split()
    assert changed == sorted({file["path"] for one in plan["change_sets"] for file in one["files"]})
    message = repo.git("log", "-1", "--format=%B", branch)
    assert "Ssot-Change-Set: " in message
    assert "\n- shop.core:" in message


def test_a_second_apply_finds_its_branch_and_writes_nothing(run: Run, repo: Sandbox) -> None:
    first = run("apply", "--format", "json").json
    before = fingerprint(repo.root)
    again = run("apply", "--format", "json")
    assert again.code == 0
    assert again.json == first
    assert fingerprint(repo.root) == before
    assert "nothing was written" in run("apply").text


def test_apply_on_the_result_finds_nothing_to_do(run: Run, repo: Sandbox) -> None:
    branch = run("apply", "--format", "json").json["branch"]
    repo.git("checkout", "--quiet", branch)
    assert run("plan", "--check").code == 0
    result = run("apply")
    assert result.code == 0
    assert "Nothing to change" in result.text


def test_split_makes_a_branch_for_each_change_set(run: Run, repo: Sandbox) -> None:
    plan = run("plan", "--format", "json").json
    document = run("apply", "--split", "--format", "json").json
    assert len(document["branches"]) == len(plan["change_sets"]) == 2
    for branch in document["branches"]:
        assert repo.git("rev-list", "--count", f"HEAD..{branch}") == "1"


def test_check_of_apply_writes_nothing(run: Run, repo: Sandbox) -> None:
    before = fingerprint(repo.root)
    assert run("apply", "--check").code == 1
    assert fingerprint(repo.root) == before


def test_in_place_edits_a_clean_tree_and_refuses_a_dirty_one(run: Run, repo: Sandbox) -> None:
    assert run("apply", "--in-place").code == 0
    assert {path: (repo.root / path).read_bytes() for path in REWRITTEN} == REWRITTEN
    assert sorted(repo.git("diff", "--name-only").split()) == sorted(REWRITTEN)
    result = run("apply", "--in-place")
    assert result.code == 2
    assert {path: (repo.root / path).read_bytes() for path in REWRITTEN} == REWRITTEN


def test_a_branch_of_somebody_else_is_not_overwritten(run: Run, repo: Sandbox) -> None:
    repo.git("branch", "mine")
    tip = repo.git("rev-parse", "mine")
    assert run("apply", "--branch", "mine").code == 2
    assert repo.git("rev-parse", "mine") == tip


def test_unsafe_edits_are_made_when_asked_for(run: Run, repo: Sandbox) -> None:
    assert run("apply", "--unsafe", "--branch", "bold").code == 0
    assert b"shop.core.Engine" in content(repo, "bold", "tests/test_one.py")


# -- verify, undo, explain, registry, demo


def test_verify_says_whether_the_branch_is_as_sound_as_its_base(run: Run, repo: Sandbox) -> None:
    run("apply", "--branch", "ssot/tidy")
    result = run("verify", "ssot/tidy")
    assert result.code == 0
    assert "ssot/tidy" in result.text
    assert run("verify").code == 0


def test_verify_finds_what_somebody_broke(run: Run, repo: Sandbox) -> None:
    run("apply", "--branch", "ssot/tidy")
    repo.git("checkout", "--quiet", "ssot/tidy")
    repo.write({"shop/core.py": b"class Motor: ...\n", "shop/old.py": b"x = (\n"})
    (repo.root / "shop/three.py").unlink()
    repo.commit("by hand")
    result = run("verify", "ssot/tidy")
    assert result.code in (2, 3)


def test_verify_without_a_branch_of_ours(run: Run) -> None:
    result = run("verify")
    assert result.code == 2
    assert "ssot apply" in result.err


def test_undo_removes_the_branch_and_nothing_else(run: Run, repo: Sandbox) -> None:
    before = fingerprint(repo.root, without=[".git/logs"])
    run("apply", "--branch", "ssot/tidy")
    assert run("undo", "ssot/tidy").code == 0
    assert fingerprint(repo.root, without=[".git/logs", ".git/refs/heads/ssot"]) == before
    assert run("undo", "ssot/tidy").code == 2
    assert run("undo", "main").code == 2


def test_explain_tells_definition_paths_and_users(run: Run) -> None:
    text = run("explain", "shop.old:Engine").text
    assert "shop.core:Engine" in text
    assert "(shop/core.py:1)" in text
    assert "Declared at ssot.toml:2" in text
    assert "shop/one.py:1" in text
    result = run("explain", "shop.old:Engin")
    assert result.code == 2
    assert "did you mean shop.old:Engine" in result.err
    assert run("explain", "patched-where-used").code == 0


def test_explain_of_what_nobody_declared(run: Run, repo: Sandbox) -> None:
    repo.write({"shop/more.py": b"class Wheel: ...\n", "shop/user.py": b"from shop.more import Wheel\nimport json\n"})
    text = run("explain", "shop.more:Wheel").text
    assert "Not in the manifest" in text
    assert "shop/user.py:1" in text
    assert run("explain", "shop.three:Engine").code == 0
    assert run("explain", "json:loads").code == 2


def test_registry_is_written_and_checked(run: Run, repo: Sandbox) -> None:
    target = repo.root / "docs" / "imports.md"
    assert run("registry", "--output", str(target)).code == 0
    assert run("registry", "--check", str(target)).code == 0
    assert b"shop.gone:Engine" in target.read_bytes()
    target.write_text("old\n")
    assert run("registry", "--check", str(target)).code == 1


def test_demo_runs_from_start_to_end(run: Run) -> None:
    result = run("demo")
    assert (result.code, result.err) == (0, "")
    assert "$ ssot verify" in result.text
    folder = Path(result.text.splitlines()[0].removeprefix("A sample repository is in "))
    subprocess.run(["git", "-C", str(folder), "fsck", "--strict"], check=True, capture_output=True)


# -- the same bytes, whatever the circumstances


def test_the_same_bytes_whatever_jobs_seed_locale_and_time_zone(repo: Sandbox) -> None:
    runs = [
        in_subprocess(repo, *jobs, "plan", "--format", "json", PYTHONHASHSEED=seed, TZ=zone, LC_ALL=locale)
        for jobs, seed, zone, locale in (
            (("-j", "1"), "0", "UTC", "C"),
            (("-j", "2"), "1", "Asia/Tokyo", "C.UTF-8"),
            ((), "4242", "America/New_York", "POSIX"),
        )
    ]
    assert {(done.returncode, done.stderr) for done in runs} == {(0, b"")}
    assert len({done.stdout for done in runs}) == 1


def test_the_same_commit_whatever_seed(repo: Sandbox) -> None:
    for seed in ("1", "2"):
        done = in_subprocess(repo, "apply", "--branch", f"ssot/{seed}", PYTHONHASHSEED=seed, TZ=f"Etc/GMT-{seed}")
        assert done.returncode == 0, done.stderr.decode()
    assert repo.git("rev-parse", "ssot/1") == repo.git("rev-parse", "ssot/2")


# -- what goes wrong


MANIFEST_ERRORS = [
    (b"[[symbol]]\ncanonical = 'shop.core:Engin'\n", "ssot.toml:2: ", "did you mean shop.core:Engine?"),
    (b"[[symbol]]\ncanonical = 'shop.cor:Engine'\n", "ssot.toml:2: ", "did you mean shop.core:Engine?"),
    (b"[[symbol]]\ncanonical = 'shop.core:Engine'\napproved = ['shop.old:Engin']\n", "ssot.toml:3: ", "did you mean"),
    (b"[[symbol]]\ncanonnical = 'shop.core:Engine'\n", "ssot.toml:2: ", "did you mean 'canonical'?"),
    (b"[[module]]\ncanonical = 'shop.cor'\nlegacy = ['shop.x']\n", "ssot.toml:2: ", "did you mean shop.core?"),
    (
        b"[[symbol]]\ncanonical = 'shop.core:Engine'\n[[symbol]]\ncanonical = 'shop.old:Engine'\n",
        "ssot.toml:4: ",
        "the same",
    ),
    (b"[[symbol]]\ncanonical = 3\n", "ssot.toml:2: ", "must be a string"),
    (b"[[symbol]\n", "ssot.toml:1: ", "not valid TOML"),
    (b"[await]\nignore = []\n", "ssot.toml:1: ", "not supported by this version yet"),
]


@pytest.mark.parametrize(("text", "place", "said"), MANIFEST_ERRORS)
@pytest.mark.parametrize("command", ["audit", "plan", "apply"])
def test_a_manifest_error_names_place_and_what_was_meant(
    run: Run, repo: Sandbox, text: bytes, place: str, said: str, command: str
) -> None:
    repo.write({"ssot.toml": text})
    repo.commit("wrong")
    before = fingerprint(repo.root)
    result = run(command)
    assert (result.code, result.out) == (2, b"")
    assert result.err.startswith(f"ssot: {place}")
    assert said in result.err
    assert len(result.err.splitlines()) == 2
    assert fingerprint(repo.root) == before


def test_a_folder_that_is_no_repository_and_one_without_commits(run: Run, repo: Sandbox, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert run("audit", root=tmp_path / "empty").code == 2
    subprocess.run(["git", "init", "--quiet", str(tmp_path / "empty")], check=True)
    (tmp_path / "empty" / "ssot.toml").write_bytes(b"")
    for command in ("plan", "apply"):
        result = run(command, root=tmp_path / "empty")
        assert (result.code, result.out) == (2, b"")
        assert len(result.err.splitlines()) == 2


def test_without_an_identity_nothing_is_written(run: Run, repo: Sandbox, home: Path) -> None:
    (home / ".gitconfig").write_text("[user]\n\tuseConfigOnly = true\n")
    result = run("apply")
    assert result.code == 2
    assert "user.name" in result.err + result.text
    assert repo.git("branch", "--list", "ssot/*") == ""


def test_a_gate_that_fails_drops_the_file_and_exits_3(run: Run, repo: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    from ssot.prove import proof
    from ssot.prove.gates import Failure

    real = proof._Proof._check

    def strict(self: proof._Proof, file: proof.Changed) -> Failure | None:
        return Failure("gate-bindings", "on purpose") if file.path == "shop/one.py" else real(self, file)

    monkeypatch.setattr(proof._Proof, "_check", strict)
    result = run("apply", "--branch", "ssot/tidy")
    assert result.code == 3
    assert "gate-bindings" in result.text
    assert repo.git("diff", "--name-only", "HEAD", "ssot/tidy").split() == ["shop/two.py"]


@pytest.mark.parametrize(
    ("error", "code"), [(KeyboardInterrupt(), 130), (ZeroDivisionError(), 4), (RecursionError(), 4)]
)
def test_what_ends_a_run_early_writes_nothing(
    run: Run, repo: Sandbox, monkeypatch: pytest.MonkeyPatch, error: BaseException, code: int
) -> None:
    def fail(*arguments: object, **named: object) -> None:
        raise error

    before = fingerprint(repo.root)
    monkeypatch.setattr("ssot.pipeline.session.apply_plan", fail)
    result = run("apply")
    assert (result.code, result.out) == (code, b"")
    assert "Traceback" not in result.err
    assert fingerprint(repo.root) == before
    for trace in re.findall(r"trace is in (\S+);", result.err):
        Path(trace).unlink()


def test_a_manifest_elsewhere_and_in_pyproject(run: Run, repo: Sandbox, tmp_path: Path) -> None:
    expected = run("plan", "--format", "patch").out
    repo.git("rm", "--quiet", "ssot.toml")
    (tmp_path / "mine.toml").write_bytes(MANIFEST)
    repo.commit("moved")
    assert run("--manifest", str(tmp_path / "mine.toml"), "plan", "--format", "patch").out == expected
    assert run("--manifest", str(tmp_path / "none.toml"), "plan").code == 2
    repo.write({"pyproject.toml": MANIFEST.replace(b"[[symbol]]", b"[[tool.ssot.symbol]]")})
    repo.commit("in pyproject")
    assert run("plan", "--format", "patch").out == expected


def test_a_bare_repository_is_planned_too(run: Run, repo: Sandbox, tmp_path: Path) -> None:
    expected = run("plan", "--format", "json").json["change_sets"]
    subprocess.run(["git", "clone", "--quiet", "--bare", str(repo.root), str(tmp_path / "bare")], check=True)
    assert run("plan", "--format", "json", root=tmp_path / "bare").json["change_sets"] == expected
    assert run("audit", root=tmp_path / "bare").code == 1


def test_quiet_and_verbose(run: Run) -> None:
    assert run("-q", "audit").code == 1
    assert len(run("-v", "plan").out) >= len(run("plan").out)


@pytest.mark.parametrize(("roots", "code"), [('["."]', 1), ('["shopp"]', 2), ('["sh*"]', 2), ('["docs"]', 2)])
def test_a_root_without_python_files_is_named_where_nothing_resolves(
    run: Run, tmp_path: Path, roots: str, code: int
) -> None:
    """A misspelt one makes every import look like somebody else's."""
    manifest = tmp_path / "other.toml"
    manifest.write_text(f'[project]\nroots = {roots}\n[[symbol]]\ncanonical = "shop.core:Engine"\n')
    result = run("--manifest", str(manifest), "audit")
    assert result.code == code
    if code == 2:
        assert re.search(r"no module shop.core, and no Python file below its root (shopp|sh\*|docs)\n", result.err)
