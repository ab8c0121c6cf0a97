"""What pydantic found, in the manifest's own terms."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from ssot.declare.locate import Key
from ssot.declare.manifest import Codemod, Collapse, Generated, Git, Manifest, Module, Project, Shims, Symbol
from ssot.declare.suggest import did_you_mean

TABLES: Mapping[str, type[BaseModel]] = {
    "project": Project,
    "symbol": Symbol,
    "module": Module,
    "collapse": Collapse,
    "shims": Shims,
    "tests": Generated,
    "codemod": Codemod,
    "git": Git,
}
ARRAYS = frozenset({"symbol", "module", "collapse", "codemod"})
LATER = {
    "factory": "[[factory]]",
    "constructor": "[[constructor]]",
    "await": "[await]",
    "bypass": "[[bypass]]",
    "protect": "[protect]",
    "verify": "[verify]",
    "score": "[score]",
}
KNOWN = "[project], [[symbol]], [[module]], [[collapse]], [shims], [tests], [[codemod]] and [git]"
_WANTED = {
    **dict.fromkeys(
        ("roots", "exclude", "tests", "legacy", "approved", "duplicates", "permanent"), "a list of strings"
    ),
    "rename-uses": "true or false",
    "days": "a number",
    "remove-after": "a date",
    "args": "a table of strings",
}
_EXAMPLES = {"a date": "a date, like 2026-12-31 without quotes,", "a number": "a whole number"}
_MAX_SHOWN = 120


@dataclass(frozen=True, slots=True)
class Described:
    """One error: its place as a key, what is wrong, what to do."""

    key: Key
    text: str
    todo: str


def describe(key: Key, kind: str, context: Mapping[str, Any], data: Any, prefix: Key) -> Described:
    """The error of pydantic at `key` in `data`, in the words of the manifest."""
    value = _value(data, key)
    if kind == "extra_forbidden":
        return _unknown(key, prefix)
    if kind == "missing":
        text = f"{table_name(key, prefix)} has no '{key[-1]}'"
        return Described(key[:-1], text, f'add {key[-1]} = "…" to it')
    if kind == "ssot":
        said = one_line(context["text"])
        return Described(key, f"{_place(key, prefix)}: '{_short(str(value))}' {said}", _todo(said))
    if len(key) == 1 or (len(key) == 2 and isinstance(key[1], int)) or not key:
        return _wrong_table(key, value, prefix)
    wanted = _wanted(key)
    text = f"{_place(key, prefix)} must be {wanted}, not {_toml_type(value)}"
    return Described(key, text, f"write {_EXAMPLES.get(wanted, wanted)} there")


def table_name(key: Key, prefix: Key) -> str:
    """``[[symbol]]``, or ``[[tool.ssot.symbol]]`` in pyproject.toml."""
    names = ".".join(str(part) for part in (*prefix, *key[:1]))
    return f"[[{names}]]" if key and key[0] in ARRAYS else f"[{names}]"


def _unknown(key: Key, prefix: Key) -> Described:
    word = str(key[-1])
    if len(key) > 1:
        valid = [field.validation_alias or name for name, field in TABLES[str(key[0])].model_fields.items()]
        keys = [str(one) for one in valid]
        text = f"unknown key '{_short(word)}' in {table_name(key, prefix)}{did_you_mean(word, keys)}"
        return Described(key, text, f"the keys there are {', '.join(keys)}")
    if word in LATER:
        text = f"{LATER[word]} is not supported by this version yet"
        return Described(key, text, f"remove it for now; this version reads {KNOWN}")
    text = f"unknown table '{_short(word)}'{did_you_mean(word, (*Manifest.model_fields, *LATER))}"
    return Described(key, text, f"the tables are {KNOWN}")


def _wrong_table(key: Key, value: Any, prefix: Key) -> Described:
    name = table_name(key, prefix)
    if not key:
        return Described(
            key, f"[{'.'.join(map(str, prefix))}] must be a table, not {_toml_type(value)}", "make it a table"
        )
    text = f"'{key[0]}' must be written as {name}, not as {_toml_type(value)}"
    return Described(key, text, f"start {'each entry' if key[0] in ARRAYS else 'it'} with a line {name}")


def _todo(text: str) -> str:
    if "did you mean" in text or "write " in text:
        return "correct the spelling there"
    return "correct the value there"


def _place(key: Key, prefix: Key) -> str:
    item = f", item {key[-1] + 1}" if isinstance(key[-1], int) else ""
    return f"'{key[2] if key[0] in ARRAYS else key[1]}' in {table_name(key, prefix)}{item}"


def _wanted(key: Key) -> str:
    return _WANTED.get(str(key[-1]), "a string")


def _toml_type(value: Any) -> str:
    for kind, name in _TOML_TYPES:
        if isinstance(value, kind):
            return name
    return "that"


_TOML_TYPES: tuple[tuple[type, str], ...] = (
    (bool, "a boolean"),
    (str, "a string"),
    (int, "a number"),
    (float, "a number"),
    (list, "a list"),
    (dict, "a table"),
    (datetime.datetime, "a date with a time"),
    (datetime.date, "a date"),
    (datetime.time, "a time"),
)


def _value(data: Any, key: Key) -> Any:
    for part in key:
        try:
            data = data[part]
        except (KeyError, IndexError, TypeError):
            return None
    return data


def _short(word: str) -> str:
    shown = one_line(word[:_MAX_SHOWN])
    return shown if len(word) <= _MAX_SHOWN else shown + "…"


def one_line(text: str) -> str:
    """What can't be printed as the escape that TOML and Python write for it."""
    return "".join(char if char.isprintable() else ascii(char)[1:-1] for char in text)
