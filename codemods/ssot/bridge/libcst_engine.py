"""A LibCST ``CodemodCommand``, run file by file as LibCST's own runner does, without its formatter and its writing."""

from __future__ import annotations

import argparse
import base64
import importlib
import inspect
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from libcst import ParserSyntaxError, parse_module
from libcst.codemod import CodemodCommand, CodemodContext, SkipFile
from libcst.metadata import FullRepoManager

from ssot.bridge.worker import Answer, UsageError

_GENERATED = b"@" + b"generated"  # LibCST's own marker; in two parts, so that this file does not bear it


def open_command(request: Answer) -> tuple[Answer, Callable[[Answer], Answer]]:
    """What is said of the command, and how to run it on a file."""
    command = load_command(request["name"])
    arguments = parse_arguments(command, request["arguments"], request["rest"])
    root = Path(request["root"])
    manager = _manager(command, root, [file["path"] for file in request["files"]])

    def run(file: Answer) -> Answer:
        return _run(command, arguments, root, manager, file)

    return {"description": inspect.cleandoc(command.DESCRIPTION or command.__doc__ or "")}, run


def load_command(name: str) -> type[CodemodCommand]:
    """``package.module:Class``; raises UsageError."""
    module, colon, attribute = name.partition(":")
    if not colon:
        module, _, attribute = name.rpartition(".")
    try:
        found = getattr(importlib.import_module(module), attribute, None)
    except Exception as error:
        raise UsageError(f"{module} can't be imported: {type(error).__name__}: {error}") from error
    if not (isinstance(found, type) and issubclass(found, CodemodCommand)):
        raise UsageError(f"{name} is not a libcst.codemod.CodemodCommand")
    return found


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> Any:
        raise UsageError(f"the command says: {message}")


def parse_arguments(
    command: type[CodemodCommand], pairs: Iterable[Sequence[str]], rest: Sequence[str]
) -> dict[str, Any]:
    """The command's own parser on ``key=value`` pairs, then on what was given verbatim."""
    parser = _Parser(prog=command.__name__, add_help=False)
    command.add_args(parser)
    words, positional = [], []
    for key, value in pairs:
        action = _action(parser, key)
        if not action.option_strings:
            positional.append(value)
        elif action.nargs == 0:
            words += [action.option_strings[0]] if value.lower() in ("", "true", "yes", "1") else []
        else:
            words.append(f"{action.option_strings[-1]}={value}")
    return vars(parser.parse_args([*words, *rest, *(["--", *positional] if positional else [])]))


def _action(parser: argparse.ArgumentParser, key: str) -> argparse.Action:
    """The argument meant by `key`: its destination or an option string, dashes and underscores alike."""
    wanted = key.replace("-", "_")
    for action in parser._actions:
        names = {action.dest, *(option.lstrip("-") for option in action.option_strings)}
        if wanted in {name.replace("-", "_") for name in names}:
            return action
    known = ", ".join(sorted(action.dest for action in parser._actions)) or "none"
    raise UsageError(f"the command takes no argument {key}; it takes {known}")


def _manager(command: type[CodemodCommand], root: Path, paths: Sequence[str]) -> FullRepoManager | None:
    """Metadata that spans files, where the command asks for it."""
    needed = command.get_inherited_dependencies()
    if not needed:
        return None
    manager = FullRepoManager(str(root), [str(root / path) for path in paths], needed)
    try:
        manager.resolve_cache()
    except Exception as error:
        raise UsageError(f"metadata for the whole tree can't be had: {type(error).__name__}: {error}") from error
    return manager


def _run(
    command: type[CodemodCommand],
    arguments: dict[str, Any],
    root: Path,
    manager: FullRepoManager | None,
    file: Answer,
) -> Answer:
    path = root / file["path"]
    data = path.read_bytes()
    if _GENERATED in data:
        return {"status": "skipped", "code": "generated", "reason": "marked as generated"}
    context = CodemodContext(
        filename=str(path),
        full_module_name=file["module"],
        full_package_name=file["package"],
        metadata_manager=manager,
    )
    try:
        tree = parse_module(data)
        result = command(context, **arguments).transform_module(tree)
        return {"status": "done", "before": _text(tree.bytes), "after": _text(result.bytes), **_warnings(context)}
    except SkipFile as skip:
        return {"status": "skipped", "code": "codemod-skip", "reason": str(skip), **_warnings(context)}
    except ParserSyntaxError as error:
        return {"status": "failed", "code": "libcst-parse", "reason": f"line {error.raw_line}: {error.message}"}
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # noqa: BLE001  somebody's code, and its sys.exit() ends one file, not all
        what = str(error).partition("\n")[0]
        return {
            "status": "failed",
            "code": "codemod-error",
            "reason": f"{type(error).__name__}: {what}",
            **_warnings(context),
        }


def _warnings(context: CodemodContext) -> Answer:
    return {"warnings": list(map(str, context.warnings))}


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")
