"""A stand-in for `ssot.pipeline`: the same calls, answered with the values it was given."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from report.samples import AUDIT, ENGINE, PATCH, PLAN
from report.test_report_text import APPLIED

from ssot.declare.manifest import Manifest
from ssot.pipeline.guests import NOBODY, chosen
from ssot.pipeline.planning import CODEMODS
from ssot.report.explain_text import Explanation
from ssot.values import ChangeSet, Plan, Snapshot


@dataclass
class FakePlanned:
    plan: Plan = PLAN
    snapshot: Snapshot = field(default_factory=lambda: Snapshot(blobs=(), uncommitted=2))

    def patch(self) -> bytes:
        return PATCH

    def change_set_patch(self, change_set: ChangeSet) -> bytes:
        return PATCH


@dataclass
class FakeSession:
    """Records what it was asked; an answer that is an exception is raised."""

    answers: dict[str, Any]
    calls: list[tuple[Any, ...]] = field(default_factory=list)

    def open(self, repo: Path, manifest: Path | None, rev: str | None, jobs: int | None, progress: Any) -> Any:
        return self._answer("open", repo, manifest, rev, jobs, progress, default=self)

    def audit(self, paths: tuple[str, ...] = (), today: Any = None) -> Any:
        return self._answer("audit", paths, default=AUDIT)

    def plan(self, base: str | None, only: tuple[str, ...] = (), unsafe: bool = False, **_: Any) -> Any:
        chosen(CODEMODS, Manifest(), only, NOBODY)  # an unknown name is an error
        return self._answer("plan", base, only, unsafe, default=FakePlanned())

    def plan_removal(self, day: Any, base: str | None) -> Any:
        return self._answer("plan_removal", base, default=FakePlanned())

    def apply(self, planned: FakePlanned, branch: str | None, split: bool = False) -> Any:
        return self._answer("apply", branch, split, default=APPLIED)

    def apply_in_place(self, planned: FakePlanned) -> None:
        self._answer("apply_in_place", default=None)

    def verify(self, branch: str | None) -> Any:
        fine = SimpleNamespace(branch=branch or "ssot/newest", ok=True, checked_imports=3, checked_files=2, problems=())
        return self._answer("verify", branch, default=fine)

    def undo(self, branch: str) -> None:
        self._answer("undo", branch, default=None)

    def propose(self) -> Any:
        return self._answer("propose", default="# proposal\n")

    def registry(self) -> Any:
        return self._answer("registry", default="# Import registry\n")

    def explain(self, ref: str) -> Any:
        return self._answer("explain", ref, default=Explanation(ENGINE))

    def _answer(self, name: str, *arguments: Any, default: Any) -> Any:
        self.calls.append((name, *arguments))
        answer = self.answers.get(name, default)
        if isinstance(answer, BaseException):
            raise answer
        return answer


@dataclass
class Result:
    code: int
    out: str
    err: str


Run = Callable[..., Result]
