"""Each commit of a plan can be taken back on its own, and the first ones do without the later: programs are executed."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from tests.trees import encoded, plan_of

from ssot.index.source import apply_edits
from ssot.values import ChangeSet, Edit, FileKind

MAIN = "from shop.user import state\nfrom shop.old import Mode\n\nprint(state(), Mode)\n"
STATE = "class State:\n    name = 'new'\n\n    def final(self):\n        return self.name == 'done'\n"
DUPLICATED = {
    "main.py": MAIN,
    "shop/__init__.py": "",
    "shop/new.py": STATE,
    "shop/old.py": f"import enum\n\n\n{STATE}\n\nMode = enum.Flag.__module__\n",
    "shop/user.py": "from shop.old import State\n\n\ndef state():\n    return State().final()\n",
}
MOVED = {**DUPLICATED, "shop/old.py": "import enum\nfrom shop.new import State\n\nMode = enum.Flag.__module__\n"}
LESS = STATE.partition("\n\n    def final")[0] + "\n\n    def start(self):\n        return 1\n"
MORE = LESS + "\n    def final(self):\n        return self.name == 'done'\n"
MERGED = {**DUPLICATED, "shop/new.py": LESS, "shop/old.py": DUPLICATED["shop/old.py"].replace(STATE, MORE)}
COLLAPSE = '[[collapse]]\ncanonical = "shop.new:State"\nduplicates = ["shop.old:State"]\n'
SYMBOL = '[[symbol]]\ncanonical = "shop.new:State"\nlegacy = ["shop.old:State"]\n'
CASES = {
    f"{kind}-{mode}": (files, f'{table}[shims]\nmode = "{mode}"\n')
    for kind, files, table in (
        ("collapse", DUPLICATED, COLLAPSE),
        ("merge", MERGED, COLLAPSE),
        ("symbol", MOVED, SYMBOL),
    )
    for mode in ("none", "alias", "module-getattr")
}


def with_change_sets(files: Mapping[str, str], chosen: Sequence[ChangeSet]) -> dict[str, bytes]:
    """The tree with some of the change sets applied."""
    edits: dict[str, list[Edit]] = {}
    result = encoded(files)
    for change in (change for change_set in chosen for change in change_set.files):
        edits.setdefault(change.path, []).extend(change.edits)
        if change.kind is FileKind.DELETED:
            edits[change.path] = []
            result.pop(change.path, None)
    return {path: apply_edits(data, sorted(edits.get(path, ()))) for path, data in result.items()}


def printed(files: Mapping[str, bytes], folder: Path) -> str:
    for path, data in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "main.py"], cwd=folder, capture_output=True, text=True, check=False, timeout=30
    )
    return done.stdout + done.stderr


@pytest.mark.parametrize("name", CASES)
def test_every_commit_stands_alone(name: str, tmp_path: Path) -> None:
    """The program prints the same after each commit, and without any one of them."""
    files, manifest = CASES[name]
    change_sets = plan_of(files, manifest).change_sets
    assert change_sets
    before = printed(encoded(files), tmp_path / "before")
    for number in range(len(change_sets)):
        some = {"until": change_sets[: number + 1], "without": change_sets[:number] + change_sets[number + 1 :]}
        for what, chosen in some.items():
            folder = tmp_path / f"{what}-{number}"
            assert printed(with_change_sets(files, chosen), folder) == before, (what, number, chosen)
