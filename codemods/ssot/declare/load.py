"""TOML text to a `Manifest`, or one error that says where and what to write instead."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from pathlib import PurePath
from typing import Any

from pydantic import ValidationError

from ssot.declare.consistency import problems
from ssot.declare.explain import Described, describe, one_line
from ssot.declare.locate import Key, locate, nearest_line
from ssot.declare.manifest import MANIFEST_NAME, Manifest
from ssot.values import SsotError

MAX_BYTES = 1_000_000
PYPROJECT_NAME = "pyproject.toml"
_PYPROJECT_TABLE: Key = ("tool", "ssot")


class ManifestError(SsotError):
    """The manifest can't be used; nothing was written."""


def find_manifest(read: Callable[[str], bytes | None]) -> Manifest | None:
    """The manifest at the root that `read` reads from (None for a file that isn't there), if there is one."""
    own, shared = read(MANIFEST_NAME), read(PYPROJECT_NAME)
    in_pyproject = parse_pyproject(shared, PYPROJECT_NAME) if shared is not None else None
    if own is None:
        return in_pyproject
    if in_pyproject is not None:
        raise ManifestError(
            f"{MANIFEST_NAME} and [tool.ssot] in {PYPROJECT_NAME} both declare a manifest", "keep one of the two"
        )
    return parse_manifest(own, MANIFEST_NAME)


def load_manifest(data: bytes, file: str) -> Manifest:
    """The manifest in a file that somebody named: an `ssot.toml` under any name, or a `pyproject.toml`."""
    if PurePath(file).name != PYPROJECT_NAME:
        return parse_manifest(data, file)
    found = parse_pyproject(data, file)
    if found is None:
        raise ManifestError(f"{file} has no [tool.ssot]", "add that table, or name another file with --manifest")
    return found


def parse_manifest(text: str | bytes, file: str = MANIFEST_NAME) -> Manifest:
    """The manifest in the text of an `ssot.toml`."""
    decoded = _decode(text, file)
    return _build(_parse_toml(decoded, file), decoded, file, ())


def parse_pyproject(text: str | bytes, file: str = PYPROJECT_NAME) -> Manifest | None:
    """The manifest in the ``[tool.ssot]`` table of a `pyproject.toml`, if it has one."""
    decoded = _decode(text, file, limit=False)
    if "ssot" not in decoded:
        return None  # a broken file that does not mention the tool is not ours to report
    tool = _parse_toml(decoded, file).get("tool", {})
    if not isinstance(tool, dict) or "ssot" not in tool:
        return None
    _check_size(decoded, file)
    return _build(tool["ssot"], decoded, file, _PYPROJECT_TABLE)


def _decode(text: str | bytes, file: str, *, limit: bool = True) -> str:
    if limit:
        _check_size(text, file)
    if isinstance(text, bytes):
        try:
            text = text.decode("utf-8")
        except UnicodeDecodeError as error:
            line = error.object.count(b"\n", 0, error.start) + 1
            raise ManifestError(f"{file}:{line}: not UTF-8, which TOML must be", "save the file as UTF-8") from None
    return text.removeprefix("\ufeff")


def _check_size(text: str | bytes, file: str) -> None:
    if len(text) > MAX_BYTES:
        raise ManifestError(f"{file}: larger than {MAX_BYTES} bytes", "a manifest is a list of names; shorten it")


def _parse_toml(text: str, file: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ManifestError(_syntax_error(str(error), text, file), "correct the TOML syntax there") from None
    except RecursionError:
        raise ManifestError(f"{file}: nested too deeply", "a manifest needs two levels; flatten it") from None
    except ValueError:  # a number with thousands of digits
        raise ManifestError(f"{file}: holds a value that can't be read", "remove it; no key takes numbers") from None


def _syntax_error(message: str, text: str, file: str) -> str:
    what, _, place = message.partition(" (at ")
    if place.startswith("line "):
        line = place.removeprefix("line ").partition(",")[0]
    else:
        line = str(text.rstrip("\n").count("\n") + 1)  # "at end of document"
    return one_line(f"{file}:{line}: not valid TOML: {what}")


def _build(data: Any, text: str, file: str, prefix: Key) -> Manifest:
    try:
        # By alias only: in a file, `rename_uses` is a misspelt `rename-uses`.
        manifest = Manifest.model_validate(data, by_alias=True, by_name=False)
    except ValidationError as error:
        raise _error(_described(error, data, prefix), text, file, prefix) from None
    found = [Described(problem.key, problem.text, problem.todo) for problem in problems(manifest)]
    if found:
        raise _error(found, text, file, prefix)
    return manifest.placed(file, prefix, _lines(text))


def _described(error: ValidationError, data: Any, prefix: Key) -> list[Described]:
    found = error.errors(include_url=False, include_input=False)
    misspelt = {one["loc"][:-1] for one in found if one["type"] == "extra_forbidden"}
    return [
        describe(one["loc"], one["type"], one.get("ctx", {}), data, prefix)
        for one in found
        if one["type"] != "missing" or one["loc"][:-1] not in misspelt  # it is missing because it is misspelt
    ]


def _error(found: list[Described], text: str, file: str, prefix: Key) -> ManifestError:
    lines = _lines(text)
    placed = sorted(((nearest_line(lines, (*prefix, *one.key)), one) for one in found), key=lambda pair: pair[0])
    line, first = placed[0]
    where = f"{file}:{line}" if line else file
    others = len(found) - 1
    more = f" (and {others} more error{'s' if others > 1 else ''})" if others else ""
    return ManifestError(one_line(f"{where}: {first.text}{more}"), one_line(first.todo))


def _lines(text: str) -> dict[Key, int]:
    try:
        return locate(text)
    except (ValueError, IndexError, RecursionError):
        return {}  # an error without a line is better than an error about finding the line
