"""The grammar of single values in a manifest: references, module names, globs, versions, branch prefixes.

Each function gives the value back or raises `InvalidValueError`, whose text follows the quoted value in the error.
"""

from __future__ import annotations

import keyword
import re
import unicodedata
from collections.abc import Sequence

from ssot.declare.suggest import did_you_mean

_VERSION = re.compile(r"3\.(0|[1-9][0-9]?)")
_REF_FORBIDDEN = re.compile(r"[\x00-\x20\x7f~^:?*\[\\]|\.\.|@\{|//")
_DRIVE = re.compile(r"[A-Za-z]:")
_CODEMOD_ID = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")
_GLOB = re.compile(r"[*?\[\]{}]")
MAX_DAYS = 36_500
EXAMPLE = "package.module:Name"


class InvalidValueError(ValueError):
    """A value that is not what its key expects."""


def _check_identifier(word: str) -> None:
    if not word.isidentifier():
        raise InvalidValueError(f"is not valid: '{word}' is not a Python name")
    if keyword.iskeyword(word):
        raise InvalidValueError(f"is not valid: '{word}' is a Python keyword")
    if unicodedata.normalize("NFKC", word) != word:
        raise InvalidValueError(f"is not valid: Python spells this name '{unicodedata.normalize('NFKC', word)}'")


def module_name(value: str) -> str:
    """A dotted, absolute module name."""
    if ":" in value:
        raise InvalidValueError(f"is an object, not a module; did you mean '{value.partition(':')[0]}'?")
    if "/" in value or "\\" in value or value.endswith(".py"):
        raise InvalidValueError(f"is a path, not a module name; did you mean '{_dotted(value)}'?")
    if value.startswith("."):
        raise InvalidValueError("is relative; write the module's absolute name")
    for part in value.split("."):
        _check_identifier(part)
    return value


def _dotted(path: str) -> str:
    parts = [part for part in re.split(r"[/\\]", path.removesuffix(".py")) if part not in ("", ".")]
    return ".".join(parts[:-1] if parts[-1:] == ["__init__"] else parts)


def object_reference(value: str) -> str:
    """``package.module:Name`` of a module-level name."""
    module, colon, name = value.partition(":")
    if not colon:
        head, dot, tail = value.rpartition(".")
        hint = f"did you mean '{head}:{tail}'?" if dot and tail else f"write {EXAMPLE}"
        raise InvalidValueError(f"is not an object reference; {hint}")
    if not module or not name or ":" in name:
        raise InvalidValueError(f"is not an object reference; write {EXAMPLE}")
    module_name(module)
    if "." in name:
        raise InvalidValueError(f"names '{name}', something inside a class; only module-level names can be declared")
    _check_identifier(name)
    return value


def inside_path(value: str) -> str:
    """A path or glob that stays inside the repository."""
    if not value or any(unicodedata.category(char) in ("Cc", "Cs") for char in value):
        raise InvalidValueError("is not a path")
    if "\\" in value:
        raise InvalidValueError(f"has a backslash; did you mean '{value.replace(chr(92), '/')}'?")
    if value.startswith(("/", "~")) or _DRIVE.match(value):
        raise InvalidValueError("is absolute; write it relative to the repository's root")
    parts = [part.casefold() for part in value.split("/")]
    if ".." in parts:
        raise InvalidValueError("leaves the repository: '..' is not allowed")
    if ".git" in parts:
        raise InvalidValueError("is inside '.git', which is never read or written")
    return value


def target_version(value: str) -> str:
    """A version of Python 3, like ``3.11``."""
    if not _VERSION.fullmatch(value):
        raise InvalidValueError("is not a version of Python 3; write it like '3.11'")
    return value


def branch_prefix(value: str) -> str:
    """The start of a branch name, as `git check-ref-format` allows it."""
    if not value:
        raise InvalidValueError("is empty; the branches of this tool need a prefix of their own, like 'ssot/'")
    bad_part = any(part.startswith(".") or part.endswith(".lock") for part in value.split("/"))
    if _REF_FORBIDDEN.search(value) or value.startswith(("/", "-", "refs/")) or bad_part:
        raise InvalidValueError("can't start a branch name; write something like 'ssot/'")
    return value


def folder(value: str) -> str:
    """One folder inside the repository, not a pattern of several; without a slash at its end."""
    inside_path(value)
    if _GLOB.search(value):
        raise InvalidValueError("is a pattern; name one folder")
    parts = [part for part in value.split("/") if part not in ("", ".")]
    return "/".join(parts) or "."


def days(value: int) -> int:
    """A number of days from one day to a hundred years."""
    if not 1 <= value <= MAX_DAYS:
        raise InvalidValueError(f"is not a number of days; write one from 1 to {MAX_DAYS}")
    return value


def codemod_id(value: str) -> str:
    """A codemod's name: words in lower case, joined by dashes."""
    if not _CODEMOD_ID.fullmatch(value):
        raise InvalidValueError("is not a codemod's name; write it like 'drop-print'")
    return value


def not_among(value: str, words: Sequence[str]) -> str:
    """What to say of a word that is none of those expected."""
    *others, last = (f"'{word}'" for word in words)
    hint = did_you_mean(value, words)
    return f"is not one of {', '.join(others)} and {last}{hint}"
