"""`demo` shows the four commands on a sample of its own."""

from __future__ import annotations

import shutil
from pathlib import Path

from cli.fake_pipeline import FakeSession, Run


def test_it_runs_audit_plan_apply_verify_and_says_where(run: Run, fake: FakeSession) -> None:
    result = run("demo")
    assert result.code == 0
    assert [call[0] for call in fake.calls] == ["open", "audit", "plan", "apply", "verify"]
    folder = Path(result.out.splitlines()[0].removeprefix("A sample repository is in "))
    assert fake.calls[0][1] == folder
    assert (folder / "shop" / "cart.py").is_file()
    assert [line for line in result.out.splitlines() if line.startswith("$ ssot")] == [
        "$ ssot audit",
        "$ ssot plan",
        "$ ssot apply",
        "$ ssot verify ssot/2026-01-31-abcdef01",
    ]
    assert f"  cd {folder}\n" in result.out
    shutil.rmtree(folder)
