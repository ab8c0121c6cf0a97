"""The figures, counted by hand; the survey, the proposal, and the manifest that comes of it."""

from __future__ import annotations

import random

import pytest
from deliver.helpers import Sandbox
from trees import encoded, index_of, symbol, workspace

from ssot.audit.context import AuditContext
from ssot.audit.governance import Governance
from ssot.audit.rules import findings
from ssot.audit.score import areas_of, score, symbol_reports
from ssot.audit.survey import propose, survey
from ssot.declare.load import parse_manifest
from ssot.declare.propose import write_manifest
from ssot.pipeline.session import Session
from ssot.pipeline.workspace import Workspace
from ssot.values import PathStatus, PathUse, Ratio

FILES = {
    "shop/__init__.py": "from shop.core import Engine\n",  # provides an approved path: not counted
    "shop/core.py": "class Engine: ...\nclass Motor: ...\n",
    "shop/old.py": "from shop.core import Engine\n",  # provides a legacy path: not counted
    "shop/a.py": "from shop.core import Engine\n",  # canonical
    "shop/b.py": "from shop import Engine\n",  # approved
    "shop/c.py": "from shop.old import Engine\nimport shop.old\nprint(shop.old.Engine)\n",  # two fragmented
    "shop/d.py": "def f():\n    from shop.gone import Engine\n",  # broken, and counted
    "shop/e.py": "from shop.core import Engine as Piston\nPiston()\n",  # canonical under the old name: fragmented
    "shop/f.py": "from json import loads\nfrom shop.core import Motor\n",  # of no concern
    "shop/g.py": "def (\n",  # unreadable: not clean
    "tests/test_a.py": "from shop.old import Engine\nfrom shop.core import Engine as E\n",  # one of each
    "tool.py": "import shop\nprint(shop.Engine)\n",  # approved
}
MANIFEST = symbol("shop.core:Engine", "shop.old:Engine", "shop.gone:Engine", "shop.x:Piston", approved=["shop:Engine"])


@pytest.fixture(scope="module")
def work() -> Workspace:
    return workspace(FILES, MANIFEST)


@pytest.fixture(scope="module")
def context(work: Workspace) -> AuditContext:
    return AuditContext(work.index, work.governance, work.sources, True, work.is_test, work.hands_off)


def test_the_figures_of_the_whole_and_of_each_area(work: Workspace, context: AuditContext) -> None:
    files = sorted(work.index.facts)
    found = findings(context)
    whole = score(context.uses, found, files)
    assert whole.canonical == Ratio(4, 9)
    assert whole.compliance == Ratio(7, 12)
    areas = {
        name: score(context.uses, found, members) for name, members in areas_of(files, work.index, work.is_test).items()
    }
    assert {name: one.canonical for name, one in areas.items()} == {
        "package shop": Ratio(2, 6),
        "production": Ratio(3, 7),
        "tests": Ratio(1, 2),
    }
    assert areas["tests"].compliance == Ratio(0, 1)


def test_every_path_of_a_symbol_with_its_uses(work: Workspace, context: AuditContext) -> None:
    (report,) = symbol_reports(work.governance, context.uses, True, {})
    assert report.paths[0] == PathUse("shop.core:Engine", 3, PathStatus.CANONICAL)
    assert set(report.paths[1:]) == {
        PathUse("shop:Engine", 2, PathStatus.APPROVED),
        PathUse("shop.old:Engine", 3, PathStatus.FRAGMENTED),
        PathUse("shop.gone:Engine", 1, PathStatus.BROKEN),
    }
    assert report.fragmented == 4


# -- without a manifest

HOPS = {
    "pkg/__init__.py": "from pkg.api import Manager\n",
    "pkg/api.py": "from pkg._impl import _Real as Manager\n",
    "pkg/_impl.py": "class _Real: ...\n",
    "pkg/u1.py": "from pkg import Manager\n",
    "pkg/u2.py": "from pkg import Manager\n",
    "pkg/u3.py": "from pkg.api import Manager\n",
    "pkg/u4.py": "from pkg._impl import _Real\n",
}


def test_the_survey_counts_every_path_of_the_object() -> None:
    (paths,) = survey(index_of(HOPS)).values()
    assert paths == {("pkg._impl", "_Real"): 2, ("pkg.api", "Manager"): 2, ("pkg", "Manager"): 2}


def test_the_proposal_is_public_and_nearest_the_definition() -> None:
    index = index_of(HOPS)
    (proposal,) = propose(index, survey(index))
    assert proposal.canonical == ("pkg.api", "Manager")
    assert proposal.why == "public, 1 re-export from its definition, used 2 of 6 times"


def test_a_private_path_is_proposed_only_where_there_is_no_other() -> None:
    index = index_of(
        {
            "_p/__init__.py": "",
            "_p/a.py": "class A: ...\n",
            "_p/b.py": "from _p.a import A\n",
            "c.py": "from _p.b import A\n",
        }
    )
    (proposal,) = propose(index, survey(index))
    assert proposal.canonical == ("_p.a", "A")
    assert proposal.why.startswith("no path to it is public, where it is defined")


def test_what_is_decided_at_run_time_is_not_proposed() -> None:
    files = {
        "a.py": "try:\n    from fast import A\nexcept ImportError:\n    class A: ...\n",
        "b.py": "from a import A\n",
        "c.py": "from a import A\nfrom b import A\n",
    }
    assert list(propose(index_of(files), survey(index_of(files)))) == []


def many(symbols: int, seed: int) -> dict[str, str]:
    """A package with many symbols, each with several paths, some through façades, renamed or private."""
    chance = random.Random(seed)
    files = {"big/__init__.py": "", "big/facade/__init__.py": ""}
    for number in range(symbols):
        home = f"big/m{number % 7}.py"
        name = f"{'_' * chance.randrange(2)}Name{number}"
        files[home] = files.get(home, "") + f"class {name}: ...\n"
        module = f"big.m{number % 7}"
        published = f"Public{number}" if chance.random() < 0.5 else name
        files["big/facade/__init__.py"] += f"from {module} import {name} as {published}\n"
        files[f"big/c{number % 3}.py"] = (
            files.get(f"big/c{number % 3}.py", "")
            + f"from big.facade import {published}\nAlias{number} = {published}\n"
        )
        for use in range(chance.randrange(4)):
            path = chance.choice([(module, name), ("big.facade", published), (f"big.c{number % 3}", f"Alias{number}")])
            files[f"tests/test_{number}_{use}.py"] = f"from {path[0]} import {path[1]}\n"
    return files


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_what_init_writes_passes_audit_and_contradicts_nothing(seed: int) -> None:
    files = many(40, seed)
    bare = workspace(files)
    context = AuditContext(bare.index, bare.governance, bare.sources, False, bare.is_test, bare.hands_off)
    reports = symbol_reports(bare.governance, context.uses, False, bare.reasons)
    text = write_manifest(reports)
    manifest = parse_manifest(text)
    assert len(manifest.symbol) >= 20
    declared = workspace(files, text)
    assert isinstance(declared.governance, Governance)  # checks every reference
    context = AuditContext(
        declared.index, declared.governance, declared.sources, True, declared.is_test, declared.hands_off
    )
    before = {(finding.path, finding.line) for finding in findings(context) if finding.rule == "SSOT101"}
    assert before
    whole = score(context.uses, (), sorted(declared.index.facts))
    assert whole.canonical.whole > whole.canonical.part


def test_a_session_audits_with_and_without_a_manifest(tmp_path_factory: pytest.TempPathFactory) -> None:
    root = tmp_path_factory.mktemp("session") / "repo"
    repo = Sandbox.create(root, files={**encoded(FILES), "ssot.toml": MANIFEST.encode()})
    audit = Session.open(root, jobs=1).audit()
    assert audit.score.canonical == Ratio(4, 9)
    assert (audit.files, audit.unreadable) == (12, 1)
    assert set(audit.areas) == {"package shop", "production", "tests"}
    (repo.root / "ssot.toml").unlink()
    proposal = Session.open(root, jobs=1).audit()
    assert [one.canonical for one in proposal.symbols] == ["shop.core:Engine"]
    assert not proposal.symbols[0].declared
