"""Commit messages: what, why, how sure; and the trailers by which a commit is known as ours."""

from __future__ import annotations

import re
import textwrap
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ssot.values import ChangeSet, Refusal

_KEYS = ("Ssot-Change-Set", "Ssot-Plan", "Ssot-Base", "Ssot-Tree", "Ssot-Version")
_MAX_REFUSALS = 20
_MAX_TITLE = 200
_SPACES = re.compile(r"\s+")
# Cc control, Cf format (bidi and zero-width marks), Cs surrogates, Zl and Zp line and paragraph separators
_UNPRINTABLE = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


@dataclass(frozen=True, slots=True)
class Trailers:
    """What one of our commits says of itself."""

    change_set: str
    plan: str
    base: str
    tree: str
    version: str

    def lines(self) -> Iterator[str]:
        values = (self.change_set, self.plan, self.base, self.tree, self.version)
        for key, value in zip(_KEYS, values, strict=True):
            yield f"{key}: {one_line(value)}"


def one_line(text: str) -> str:
    """`text` without what moves a terminal's cursor or reorders what is read: titles come from scanned code."""
    plain = "".join(" " if unicodedata.category(letter) in _UNPRINTABLE else letter for letter in text)
    return _SPACES.sub(" ", plain).strip()


def commit_message(change_set: ChangeSet, refusals: Sequence[Refusal], trailers: Trailers) -> str:
    title = one_line(change_set.title)[:_MAX_TITLE] or one_line(change_set.id)
    paragraphs = [
        title,
        *map(_filled, change_set.reason.split("\n\n")),
        "\n".join(_facts(change_set)),
        "\n".join(_refused(refusals)),
        "\n".join(trailers.lines()),
    ]
    return "\n\n".join(paragraph for paragraph in paragraphs if paragraph) + "\n"


def _filled(paragraph: str) -> str:
    """Each line of a list stays a line of its own."""
    filled = (
        one_line(line)
        if line.startswith("- ")
        else textwrap.fill(
            one_line(line),
            72,
            break_long_words=False,
            break_on_hyphens=False,
        )
        for line in paragraph.split("\n")
    )
    return "\n".join(line for line in filled if line)


def _facts(change_set: ChangeSet) -> Iterator[str]:
    yield f"Codemod: {one_line(change_set.codemod)}"
    if change_set.rules:
        yield f"Rules: {', '.join(one_line(rule) for rule in change_set.rules)}"
    yield f"Safety: {change_set.safety.value}"
    yield f"Edits: {change_set.edit_count} in {_count(len(change_set.files), 'file')}"


def _refused(refusals: Sequence[Refusal]) -> Iterator[str]:
    if not refusals:
        return
    yield f"Left alone: {_count(len(refusals), 'place')}"
    for refusal in sorted(refusals)[:_MAX_REFUSALS]:
        yield f"- {one_line(refusal.code)} {one_line(refusal.path)}:{refusal.line} {one_line(refusal.reason)}".rstrip()
    if len(refusals) > _MAX_REFUSALS:
        yield f"- and {len(refusals) - _MAX_REFUSALS} more"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def parse_trailers(message: str) -> Trailers | None:
    """The trailers of the last paragraph; None unless it is exactly ours: each of them once, nothing else."""
    lines = message.rstrip("\n").rpartition("\n\n")[2].split("\n")
    pairs = [line.partition(": ")[::2] for line in lines]
    if tuple(key for key, _ in pairs) != _KEYS:
        return None
    return Trailers(*(value for _, value in pairs))
