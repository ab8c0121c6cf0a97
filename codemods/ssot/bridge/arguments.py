"""What the operator says as ``key=value``, as the words that a command's own argument parser takes."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from ssot.bridge.worker import UsageError

Values = list[str | None]
_TRUE, _FALSE = ("true", "yes", "on", "1"), ("false", "no", "off", "0")


class Parser(argparse.ArgumentParser):
    """Says what is wrong instead of ending the process."""

    def error(self, message: str) -> Any:
        raise UsageError(f"the command says: {message}")

    def exit(self, status: int = 0, message: str | None = None) -> Any:
        raise UsageError(f"the command says: {(message or 'nothing to do').strip()}")


def parsed(parser: Parser, pairs: Iterable[Sequence[Any]], rest: Sequence[str]) -> dict[str, Any]:
    """The parser's result on the pairs, then on what was given verbatim."""
    given = _given(parser, pairs)
    words = [word for key, values in given.items() for word in _words(_action(parser, key), key, values)]
    plain = {id(_action(parser, key)): values for key, values in given.items()}
    # the parser takes positional arguments in its own order, whatever order they were given in
    chosen = [plain[id(action)] for action in parser._actions if not action.option_strings and id(action) in plain]
    positional = [_needed(action) for values in chosen for action in values]
    return vars(parser.parse_args([*words, *rest, *(["--", *positional] if positional else [])]))


def _needed(value: str | None) -> str:
    if value is None:
        raise UsageError("a positional argument needs a value", "give it as --arg name=value")
    return value


def _given(parser: Parser, pairs: Iterable[Sequence[Any]]) -> Mapping[str, Values]:
    found: dict[str, Values] = {}
    for key, value in pairs:
        found.setdefault(_same_key(found, parser, key), []).append(value)
    return found


def _same_key(found: Iterable[str], parser: Parser, key: str) -> str:
    """The spelling of the same argument that came first: a list may be given as ``--arg a=1 --arg a=2``."""
    action = _action(parser, key)
    if action.nargs == 0:
        return key
    return next((other for other in found if _action(parser, other) is action), key)


def _words(action: argparse.Action, key: str, values: Values) -> Iterator[str]:
    if not action.option_strings:
        return
    option = _option(action, key)
    if action.nargs == 0 or isinstance(action, argparse.BooleanOptionalAction):
        yield from _flags(action, option, key, values)
    elif action.nargs in ("+", "*") or isinstance(action.nargs, int):
        yield from _several(option, key, values)
    else:
        yield from _single(action, option, key, values)


def _single(action: argparse.Action, option: str, key: str, values: Values) -> Iterator[str]:
    repeats = isinstance(action, argparse._AppendAction | argparse._ExtendAction)
    if len(values) > 1 and not repeats:
        raise UsageError(f"the command takes {key} once, it was given {len(values)} times")
    for value in values:
        if value is None and action.nargs != "?":
            raise UsageError(f"the argument {key} needs a value", f"give it as --arg {key}=VALUE")
        yield option if value is None else f"{option}={value}" if option.startswith("--") else f"{option}{value}"


def _several(option: str, key: str, values: Values) -> Iterator[str]:
    if any(value is None or value.startswith("-") for value in values):
        raise UsageError(f"the values of {key} can't be given this way", f"give them verbatim: -- {option} VALUE …")
    yield option
    yield from (str(value) for value in values)


def _flags(action: argparse.Action, option: str, key: str, values: Values) -> Iterator[str]:
    for value in values:
        wanted = (value or "true").lower()
        if wanted not in _TRUE + _FALSE:
            raise UsageError(f"{key} is a flag; {value} is neither true nor false")
        on = wanted in _TRUE
        if isinstance(action, argparse.BooleanOptionalAction):
            negative = next(one for one in action.option_strings if one.startswith("--no-"))
            yield _positive(action) if on != (option == negative) else negative
        elif on == (action.const is not False or _is_option(action, key)):
            yield option


def _positive(action: argparse.Action) -> str:
    return next(one for one in action.option_strings if not one.startswith("--no-"))


def _is_option(action: argparse.Action, key: str) -> bool:
    """Whether the flag itself is named, not the variable that it sets: ``no_x=true`` and ``x=false`` are the same."""
    return any(_plain(option) == _plain(key) for option in action.option_strings)


def _option(action: argparse.Action, key: str) -> str:
    named = [option for option in action.option_strings if _plain(option) == _plain(key)]
    long = [option for option in action.option_strings if option.startswith("--")]
    return (named or long or list(action.option_strings))[0]


def _plain(name: str) -> str:
    return name.lstrip("-").replace("-", "_")


def _action(parser: Parser, key: str) -> argparse.Action:
    """The argument meant by `key`: an option string, else its destination, dashes and underscores alike."""
    for names in (lambda one: one.option_strings, lambda one: [one.dest]):
        for action in parser._actions:
            if _plain(key) in map(_plain, names(action)):
                return action
    known = ", ".join(sorted({action.dest for action in parser._actions})) or "none"
    raise UsageError(f"the command takes no argument {key}; it takes {known}")
