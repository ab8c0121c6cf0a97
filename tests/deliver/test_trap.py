"""A repository whose every hook, filter and program writes to a log leaves the log empty."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from deliver.helpers import FILES, Sandbox, any_python, apply, make_plan
from ssot.deliver.in_place import apply_in_place
from ssot.deliver.owned import branch_base
from ssot.deliver.snapshot import read_commit, read_worktree
from ssot.deliver.undo import undo_branch
from ssot.values import SsotError

HOOKS = (
    "applypatch-msg", "pre-applypatch", "post-applypatch", "pre-commit", "pre-merge-commit", "prepare-commit-msg",
    "commit-msg", "post-commit", "pre-rebase", "post-checkout", "post-merge", "pre-push", "pre-receive", "update",
    "proc-receive", "post-receive", "post-update", "reference-transaction", "push-to-checkout", "pre-auto-gc",
    "post-rewrite", "sendemail-validate", "fsmonitor-watchman", "post-index-change",
)  # fmt: skip

pytestmark = pytest.mark.skipif(os.name == "nt", reason="the traps are shell scripts")


def _settings(trap: str) -> dict[str, str]:
    programs = (
        "core.fsmonitor", "core.pager", "pager.log", "core.editor", "sequence.editor", "core.sshCommand",
        "core.askPass", "core.gitProxy", "core.alternateRefsCommand", "credential.helper",
        "gpg.program", "gpg.openpgp.program",
        "gpg.x509.program", "gpg.ssh.program", "gpg.ssh.defaultKeyCommand", "diff.external", "diff.trap.textconv",
        "diff.trap.command", "filter.trap.clean", "filter.trap.smudge", "filter.trap.process", "filter.tr.ap.clean",
        "merge.trap.driver", "interactive.diffFilter", "difftool.trap.cmd", "mergetool.trap.cmd", "trailer.x.command",
        "trailer.x.cmd", "uploadpack.packObjectsHook", "remote.origin.uploadpack", "browser.trap.cmd",
        "hook.trap.command",
    )  # fmt: skip
    settings = dict.fromkeys(programs, trap)
    settings |= {
        "core.fsmonitorHookVersion": "1",
        "protocol.allow": "always",
        "protocol.ext.allow": "always",
        "hook.trap.event": "reference-transaction",
        "filter.trap.required": "true",
    }
    settings |= {"alias.status": f"!{trap}", "alias.cat-file": f"!{trap}", "log.showSignature": "true"}
    return settings | {
        "remote.origin.url": f"ext::{trap}",
        "remote.origin.promisor": "true",
        "status.submoduleSummary": "true",
    }


def arm(repo: Sandbox, folder: Path) -> Path:
    folder.mkdir()
    log = folder / "log"
    trap = folder / "trap"
    trap.write_text(f'#!/bin/sh\necho "$0 $*" >> "{log}"\n')
    trap.chmod(0o755)
    repo.write({".gitattributes": b"*.py filter=trap diff=trap merge=trap\nt*.py filter=tr.ap\n"})
    repo.commit("attributes")
    for name in HOOKS:
        (repo.root / ".git/hooks" / name).write_text(f'#!/bin/sh\necho {name} >> "{log}"\n')
        (repo.root / ".git/hooks" / name).chmod(0o755)
    for key, value in _settings(str(trap)).items():
        repo.git("config", key, value)
    return log


def test_the_traps_work(repo: Sandbox, tmp_path: Path) -> None:
    log = arm(repo, tmp_path / "traps")
    repo.git("update-ref", "refs/heads/x", "HEAD")
    repo.git("status", check=False)
    assert "reference-transaction" in log.read_text()
    assert "trap" in log.read_text()


def test_nothing_of_the_repository_runs(repo: Sandbox, tmp_path: Path) -> None:
    log = arm(repo, tmp_path / "traps")
    # a time stamp that says nothing makes git compare contents, which is when it would run filters
    future = time.time() + 5
    for path in FILES:
        os.utime(repo.root / path, (future, future))
    git = repo.open()
    assert len(read_worktree(git, any_python).blobs) == len(FILES)
    snapshot = read_commit(git, "HEAD", any_python)
    assert len(snapshot.blobs) == len(FILES)
    assert snapshot.uncommitted == 0
    apply(git)
    apply(git)
    apply(git, split=True, branch="ssot/split")
    assert branch_base(git, "ssot/test")[0] == snapshot.commit
    undo_branch(git, "ssot/test")
    undo_branch(git, "ssot/split")
    apply_in_place(git, snapshot, make_plan(snapshot))
    assert not log.exists(), log.read_text()


def test_a_signing_program_of_the_repository_does_not_run(repo: Sandbox, tmp_path: Path) -> None:
    log = arm(repo, tmp_path / "traps")
    for method in ("openpgp", "x509", "ssh"):
        repo.git("config", "gpg.format", method)
        repo.git("config", "commit.gpgsign", "true")
        with pytest.raises(SsotError, match="signing failed"):
            apply(repo.open())
    assert not log.exists(), log.read_text()


def test_nothing_of_a_submodule_runs(repo: Sandbox, tmp_path: Path) -> None:
    other = Sandbox.create(tmp_path / "other")
    repo.git("submodule", "--quiet", "add", str(other.root), "vendor")
    repo.commit("submodule")
    log = tmp_path / "log"
    trap = tmp_path / "trap"
    trap.write_text(f'#!/bin/sh\necho "$0 $*" >> "{log}"\n')
    trap.chmod(0o755)
    repo.git("-C", "vendor", "config", "core.fsmonitor", str(trap))
    repo.git("-C", "vendor", "config", "filter.trap.clean", str(trap))
    repo.write({".git/modules/vendor/info/attributes": b"*.py filter=trap\n"})
    repo.write({"vendor/shop/a.py": FILES["shop/a.py"].replace(b"old", b"new")})
    read_commit(repo.open(), "HEAD", any_python)
    read_worktree(repo.open(), any_python)
    apply(repo.open())
    assert not log.exists(), log.read_text()


def test_a_promised_object_is_not_fetched_whatever_the_repository_allows(repo: Sandbox, tmp_path: Path) -> None:
    repo.git("config", "uploadpack.allowFilter", "true")
    repo.git("clone", "--quiet", "--no-checkout", "--filter=blob:none", repo.root.as_uri(), str(tmp_path / "partial"))
    partial = Sandbox(tmp_path / "partial")
    log, trap = tmp_path / "log", tmp_path / "trap"
    trap.write_text(f'#!/bin/sh\necho "$0 $*" >> "{log}"\n')
    trap.chmod(0o755)
    for key in ("protocol.ext.allow", "protocol.allow"):
        partial.git("config", key, "always")
    partial.git("config", "remote.origin.url", f"ext::{trap}")
    blob = partial.git("rev-parse", "HEAD:tool.py")
    git = partial.open()
    assert not git.succeeds("cat-file", "blob", blob)
    assert not git.succeeds("fetch", "origin")
    snapshot = read_commit(git, "HEAD", any_python)
    assert {one.code for one in snapshot.skipped} == {"unreadable"}
    assert not log.exists(), log.read_text()
    partial.git("cat-file", "blob", blob, check=False)
    assert log.exists(), "the trap does not work"
