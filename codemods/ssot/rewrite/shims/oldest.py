"""The oldest Python that the code is to run on: what the manifest says, else ``requires-python``."""

from __future__ import annotations

import re
import tomllib

from ssot.rewrite.stage import Tree

Version = tuple[int, int]
DEPRECATED: Version = (3, 13)  # has `warnings.deprecated`, PEP 702
_BOUND = re.compile(r"\s*(?:>=|~=|==|===|>)\s*(\d+)\.(\d+)")


def oldest_python(tree: Tree) -> Version | None:
    """None where nothing says it."""
    declared = tree.manifest.project.target_version
    if declared is not None:
        major, _, minor = declared.partition(".")
        return int(major), int(minor)
    bounds = [_BOUND.match(clause) for clause in _requires(tree).split(",")]
    return max(((int(found[1]), int(found[2])) for found in bounds if found is not None), default=None)


def has_deprecated(tree: Tree) -> bool:
    oldest = oldest_python(tree)
    return oldest is not None and oldest >= DEPRECATED


def _requires(tree: Tree) -> str:
    source = tree.texts.get("pyproject.toml")
    if source is None:
        return ""
    try:
        project = tomllib.loads(source.text).get("project", {})
    except tomllib.TOMLDecodeError:
        return ""
    found = project.get("requires-python", "") if isinstance(project, dict) else ""
    return found if isinstance(found, str) else ""
