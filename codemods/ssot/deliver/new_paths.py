"""Where a file may be created: inside the repository, where nothing is, on every file system alike."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence

from ssot.values import SsotError

# Names that Windows keeps for devices, whatever follows the first dot.
_DEVICE = re.compile(r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$)\s*(\..*)?", re.IGNORECASE)
_FORBIDDEN = frozenset('<>:"\\|?*')
_SHORT_GIT = re.compile(r"git~[0-9]+", re.IGNORECASE)  # what Windows may call .git in its short names


def check_new_paths(created: Sequence[str], existing: Iterable[str]) -> None:
    """Refuses a path to be created that can't be, or that would share a name with an existing file or folder."""
    if not created:
        return
    taken = _Names()
    for path in existing:
        taken.add(path)
    for path in sorted(created):
        check_possible(path)
        if clash := taken.clash(path):
            raise SsotError(
                f"the plan creates {path!r}, but {clash!r} is there", "choose another path, or move that one"
            )
        taken.add(path)


def check_possible(path: str) -> None:
    """Refuses a path that leaves the repository, is git's own, or can't exist on some system."""
    for part in path.split("/"):
        if why := _objection(part):
            raise SsotError(f"the plan creates {path!r}: {why}", "choose a plain path inside the repository")


def _objection(part: str) -> str:
    if part in ("", ".", ".."):
        return "not a relative path inside the repository"
    if folded(part).rstrip(" .") == ".git" or _SHORT_GIT.fullmatch(part.rstrip(" .")):
        return "git's own folder"
    if any(letter in _FORBIDDEN or unicodedata.category(letter) in ("Cc", "Cf", "Cs") for letter in part):
        return "a character in it is not allowed in names everywhere"
    if part[-1] in " ." or _DEVICE.fullmatch(part):
        return "not a name that every system can have"
    return ""


def folded(name: str) -> str:
    """Equal for names that are one name on a file system that ignores case, composition or invisible marks."""
    if name.isascii():
        return name.lower()
    visible = "".join(letter for letter in name if unicodedata.category(letter) != "Cf")
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", visible).casefold())


class _Names:
    """Files and folders as a file system that ignores case would know them."""

    def __init__(self) -> None:
        self._files: dict[str, str] = {}
        self._folders: dict[str, str] = {}
        self._spelled: set[str] = set()

    def add(self, path: str) -> None:
        self._files[folded(path)] = path
        for folder in _folders(path):
            if folder in self._spelled:
                break
            self._spelled.add(folder)
            self._folders.setdefault(folded(folder), folder)

    def clash(self, path: str) -> str:
        """What stands in the way of a new file; empty where nothing does."""
        key = folded(path)
        if key in self._files or key in self._folders:
            return self._files.get(key) or self._folders[key]
        for folder in _folders(path):
            key = folded(folder)
            if key in self._files:
                return self._files[key]
            # under the same spelling that is where the file goes; under another it would be a second folder
            if key in self._folders and folder not in self._spelled:
                return self._folders[key]
        return ""


def _folders(path: str) -> Iterator[str]:
    """Every folder above, the innermost first."""
    while "/" in path:
        path = path.rpartition("/")[0]
        yield path
