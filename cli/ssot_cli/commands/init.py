"""``ssot init``."""

from __future__ import annotations

from pathlib import Path

import typer

from ssot_cli import written
from ssot_cli.settings import Settings, settings_of

SUMMARY = "Propose a manifest, with the reasons as comments"
EXAMPLES = (
    ("ssot init", "write ssot.toml at the repository's root"),
    ("ssot -C ../shop init", "for another repository"),
)


def command(context: typer.Context) -> None:
    """Read the code and propose a manifest, with the reasons as comments. Never writes over an existing one."""
    from ssot_cli.engine import session
    from ssot_cli.output import emit

    settings = settings_of(context)
    target = _target(settings)
    with session(settings) as opened:
        text = opened.propose()
    written.begins(written.FILES)
    _create(target, text)
    emit(f"Wrote {target.name}. Read it, measure with `ssot audit`, then commit it: plan and apply read commits.\n")


def _target(settings: Settings) -> Path:
    """Where the manifest goes; refused before any work where one is there."""
    from ssot.declare.load import PYPROJECT_NAME, parse_pyproject
    from ssot.declare.manifest import MANIFEST_NAME
    from ssot.deliver.git import Git
    from ssot.values import SsotError

    root = Git.open(settings.repo).work_tree
    if root is None:
        raise SsotError("a bare repository has no place for a manifest", "run `ssot init` in a clone with a work tree")
    target = settings.manifest or root / MANIFEST_NAME
    pyproject = root / PYPROJECT_NAME
    if target.exists() or target.is_symlink():
        raise _exists(target.name)
    if pyproject.is_file() and parse_pyproject(pyproject.read_bytes()) is not None:
        raise _exists(f"[tool.ssot] in {PYPROJECT_NAME}")
    return target


def _exists(name: str) -> Exception:
    from ssot.values import SsotError

    return SsotError(f"there is a manifest already: {name}", "edit it, or move it away to get a fresh proposal")


def _create(target: Path, text: str) -> None:
    from ssot.values import SsotError

    try:
        with target.open("xb") as file:  # x: whatever appeared meanwhile is not ours to overwrite
            file.write(text.encode("utf-8"))
    except FileExistsError:
        raise _exists(target.name) from None
    except OSError as error:
        raise SsotError(
            f"{target} can't be written: {error.strerror}", "check the folder and its permissions"
        ) from error
