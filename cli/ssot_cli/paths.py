"""Paths as somebody types them, as the library wants them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path, PurePosixPath

from ssot.values import SsotError
from ssot_cli.settings import Settings


def inside(paths: Iterable[str], settings: Settings) -> tuple[str, ...]:
    """POSIX paths below the repository's root; empty where the root itself is among them."""
    named = tuple(paths)
    if not named:
        return ()
    from ssot.deliver.git import Git

    root = Git.open(settings.repo).work_tree
    if root is None:
        found = [str(PurePosixPath(path)) for path in named]
    else:
        found = [_below(path, root.resolve(), settings) for path in named]
    return () if "." in found else tuple(dict.fromkeys(found))


def _below(path: str, root: Path, settings: Settings) -> str:
    try:
        full = (settings.repo / path).resolve()
    except (OSError, ValueError, RuntimeError) as error:  # a loop of links, a NUL
        raise SsotError(f"{path!r} is not a path: {error}", "name a file or folder of the repository") from error
    if not full.is_relative_to(root):
        raise SsotError(f"{path} is outside the repository", f"name files or folders below {root}")
    if settings.rev is None and not full.exists():
        raise SsotError(f"there is no file or folder {path}", "check the spelling; paths start at the current folder")
    return full.relative_to(root).as_posix()
