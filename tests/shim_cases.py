"""The cases under ``fixtures/deprecation-shims``, and programs that import old paths in every way there is."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from pathlib import Path

from tests.fixture_cases import VARIANTS, read_tree

from ssot.declare.load import parse_manifest
from ssot.pipeline.workspace import Workspace
from ssot.values import Blob, Snapshot

ROOT = Path(__file__).parent / "fixtures" / "deprecation-shims"
KEYS = {"about", "line", "run", "probes", "refused", "gone", "star", "alone"}
DAY = date(2026, 11, 21)
NEWEST = (3, 15)

Files = Mapping[str, bytes]


@dataclass(frozen=True)
class ShimCase:
    """A project before and after. ``probes``: old path and canonical path, as ``module:Name = module:Name``."""

    name: str
    about: str
    manifest: str
    before: Files
    after: Files  # the files that change; empty ones go
    run: tuple[str, ...]
    probes: tuple[tuple[str, str], ...]
    refused: tuple[str, ...]
    gone: tuple[str, ...]  # old paths that no longer exist
    star: bool  # whether a star import of the old module gives the names
    alone: bool  # only this codemod, without the one that would rewrite the uses

    def expected(self) -> dict[str, bytes]:
        gone = {*self.deleted, "DELETED"}
        return {path: data for path, data in {**self.before, **self.after}.items() if path not in gone}

    @property
    def deleted(self) -> frozenset[str]:
        marker = self.after.get("DELETED", b"")
        return frozenset(marker.decode().split())

    def variant(self, name: str) -> ShimCase:
        change = VARIANTS[name]

        def changed(files: Files) -> dict[str, bytes]:
            """What holds nothing of the layout before gives nothing away about it."""
            tells = {path for path, data in self.before.items() if path.endswith(".py") and change(data) != data}
            return {path: change(data) if path in tells else data for path, data in files.items()}

        return replace(self, before=changed(self.before), after=changed(self.after))


def load_cases() -> list[ShimCase]:
    return [_load(folder) for folder in sorted(ROOT.iterdir()) if folder.is_dir()]


def _load(folder: Path) -> ShimCase:
    about = tomllib.loads((folder / "case.toml").read_text("utf-8"))
    if about.keys() - KEYS:
        raise ValueError(f"{folder.name}/case.toml: unknown keys {sorted(about.keys() - KEYS)}")
    probes = [tuple(part.strip() for part in probe.split("=")) for probe in about.get("probes", ())]
    after = folder / "after"
    return ShimCase(
        folder.name,
        about["about"],
        (folder / "ssot.toml").read_text("utf-8"),
        read_tree(folder / "before"),
        read_tree(after) if after.is_dir() else {},
        tuple(about.get("run", ())),
        tuple((old, new) for old, new in probes),
        tuple(about.get("refused", ())),
        tuple(about.get("gone", ())),
        about.get("star", True),
        about.get("alone", False),
    )


def workspace_of(files: Files, manifest: str) -> Workspace:
    """Of a commit of a known day."""
    everything = {**files, "ssot.toml": manifest.encode()}
    blobs = tuple(Blob(path, data) for path, data in sorted(everything.items()) if path != "DELETED")
    return Workspace(Snapshot(blobs, day=DAY), parse_manifest(manifest))


@cache
def pythons() -> tuple[str, ...]:
    """This Python, and every other from 3.11 on that can be found by its name."""
    found = [sys.executable]
    names = [f"python3.{minor}" for minor in range(11, NEWEST[1])]
    installed = sorted(Path.home().glob(".pyenv/versions/3.*/bin/python"))
    for one in [*filter(None, map(shutil.which, names)), *map(str, installed)]:
        version = _version(one)
        if version and version not in {_version(other) for other in found}:
            found.append(one)
    return tuple(found)


@cache
def _version(python: str) -> str:
    code = "import sys; print('%d.%d' % sys.version_info[:2] if sys.version_info >= (3, 11) else '')"
    done = subprocess.run([python, "-c", code], capture_output=True, text=True, check=False)
    return done.stdout.strip() if done.returncode == 0 else ""


def written(files: Files, folder: Path) -> Path:
    for path, data in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
    return folder


def run(python: str, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [python, "-B", "-X", "utf8", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=60)


PROBE = """\
import importlib, json, sys, warnings

sys.path.insert(0, ".")
FORMS = {
    "import": "\\nimport {module}\\nfound = {module}.{name}\\n",
    "from": "\\n\\nfrom {module} import {name} as found\\n",
    "star": "\\n\\nfrom {module} import *\\nfound = globals().get('{name}')\\n",
    "getattr": "\\nimport {module}\\nfound = getattr({module}, '{name}')\\n",
    "import_module": "import importlib\\n\\nfound = importlib.import_module('{module}').{name}\\n",
    "again": "\\nimport {module}\\nfound = [{module}.{name} for _ in range(3)][0]\\n",
    "late": "def f():\\n\\n    from {module} import {name}\\n    return {name}\\nfound = f()\\n",
}
result = []
for old, new in json.loads(sys.argv[1]):
    module, name = old.split(":")
    wanted = getattr(importlib.import_module(new.split(":")[0]), new.split(":")[1])
    for form, code in FORMS.items():
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("default" if form == "again" else "always")
            user = {"__name__": "user"}
            exec(compile(code.format(module=module, name=name), "user.py", "exec"), user)
        mine = [w for w in caught if f"{module}.{name} is deprecated" in str(w.message)]
        places = [(w.category.__name__, w.filename, w.lineno) for w in mine]
        texts = sorted({str(w.message) for w in mine})
        listed = name in dir(sys.modules[module])
        result.append([old, form, places, texts, user.get("found") is wanted, listed])
print(json.dumps(result))
"""


def probe(python: str, folder: Path, probes: tuple[tuple[str, str], ...]) -> list[list[object]]:
    """For each old path and each form of import: warnings, texts, whether the object is the canonical one."""
    done = run(python, folder, "-c", PROBE, json.dumps(probes))
    assert done.returncode == 0, done.stderr
    found: list[list[object]] = json.loads(done.stdout.splitlines()[-1])
    return found
