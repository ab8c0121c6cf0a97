"""A LibCST ``CodemodCommand``, run file by file as LibCST's own runner does, without its formatter and its writing."""

from __future__ import annotations

import base64
import importlib
import inspect
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from types import FrameType
from typing import Any, ClassVar

from libcst import Module, ParserSyntaxError, parse_module
from libcst.codemod import CodemodCommand, CodemodContext, SkipFile
from libcst.helpers import ModuleNameAndPackage
from libcst.metadata import FullRepoManager, FullyQualifiedNameProvider

from ssot.bridge.arguments import Parser, parsed
from ssot.bridge.worker import Answer, UsageError

_GENERATED = b"@" + b"generated"  # LibCST's own marker; in two parts, so that this file does not bear it
_SHIPPED = "libcst.codemod.commands"


def open_command(request: Answer) -> tuple[Answer, Callable[[Answer], Answer]]:
    """What is said of the command, and how to run it on a file."""
    command = load_command(request["name"])
    arguments = parse_arguments(command, request["arguments"], request["rest"])
    root = Path(request["root"])
    manager = _manager(command, root, request["tree"])

    def run(file: Answer) -> Answer:
        return _run(command, arguments, root, manager, file)

    return {"description": inspect.cleandoc(command.DESCRIPTION or command.__doc__ or "")}, run


def load_command(name: str) -> type[CodemodCommand]:
    """``package.module:Class``, or with a dot as LibCST's runner writes it; raises UsageError."""
    errors = []
    for module, attribute in _spellings(name):
        try:
            found = getattr(importlib.import_module(module), attribute, None)
        except ModuleNotFoundError as error:
            errors.append(f"{module} can't be imported: {error}")
            continue
        except BaseException as error:
            raise UsageError(f"{module} can't be imported: {type(error).__name__}: {error}") from error
        if not (isinstance(found, type) and issubclass(found, CodemodCommand)):
            raise UsageError(f"{module}:{attribute} is not a libcst.codemod.CodemodCommand")
        return found
    todo = "install it where ssot is installed, or name its folder with --search"
    raise UsageError((errors or [f"{name} names no class"])[0], todo if errors else "write it as package.module:Class")


def _spellings(name: str) -> Iterator[tuple[str, str]]:
    module, colon, attribute = name.partition(":")
    if not colon:
        module, _, attribute = name.rpartition(".")
    if module and attribute:
        yield module, attribute
        if not colon:  # LibCST's runner finds those that ship with it by their last two names
            yield f"{_SHIPPED}.{module}", attribute


def parse_arguments(
    command: type[CodemodCommand], pairs: Iterable[Sequence[Any]], rest: Sequence[str]
) -> dict[str, Any]:
    """The command's own parser on ``key=value`` pairs, then on what was given verbatim."""
    parser = Parser(prog=command.__name__, add_help=False)
    try:
        command.add_args(parser)
        return parsed(parser, pairs, rest)
    except UsageError:
        raise
    except BaseException as error:
        raise UsageError(f"the command's arguments fail: {type(error).__name__}: {error}") from error


def _manager(command: type[CodemodCommand], root: Path, files: Sequence[Answer]) -> FullRepoManager | None:
    """Metadata that spans files, where the command asks for it; always of all files, whoever runs on which."""
    needed = command.get_inherited_dependencies()
    if not any(provider.gen_cache for provider in needed):
        return None
    manager = FullRepoManager(str(root), [str(root / file["path"]) for file in files], needed)
    try:
        manager.resolve_cache()
    except BaseException as error:
        said = str(error).partition("\n")[0]
        raise UsageError(
            f"metadata for the whole tree can't be had: {type(error).__name__}: {said}",
            "types come from the type checker pyre, which must be on PATH and know the files; names need nothing",
        ) from error
    if FullyQualifiedNameProvider in manager.cache:
        known = (file for file in files if file["module"] is not None)
        names = {str(root / file["path"]): ModuleNameAndPackage(file["module"], file["package"]) for file in known}
        found = manager.cache[FullyQualifiedNameProvider]
        manager.cache[FullyQualifiedNameProvider] = {**found, **names}  # LibCST knows of no source roots
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
        return {"status": "skipped", "code": "codemod-generated", "reason": "LibCST leaves generated files alone"}
    context = _Context(
        filename=str(path),
        full_module_name=file["module"],
        full_package_name=file["package"],
        metadata_manager=manager,
    )
    context.asked_for.clear()
    if manager is not None and FullyQualifiedNameProvider in manager.cache:
        context.asked_for.add("full_module_name")
    found = _outcome(command, arguments, context, data)
    return {**found, "warnings": list(map(str, context.warnings)), "asked_for_name": bool(context.asked_for)}


class _Context(CodemodContext):
    """Notes whether the codemod asked for its file's name, which LibCST's own runner may give differently."""

    asked_for: ClassVar[set[str]] = set()  # of the file that is being done: LibCST goes on with copies of its context

    def __getattribute__(self, name: str) -> Any:
        if name in ("full_module_name", "full_package_name") and not _is_copied(sys._getframe(1)):
            self.asked_for.add(name)
        return super().__getattribute__(name)


def _is_copied(frame: FrameType) -> bool:
    return frame.f_globals.get("__name__") in ("dataclasses", "copy")


def _outcome(command: type[CodemodCommand], arguments: dict[str, Any], context: CodemodContext, data: bytes) -> Answer:
    try:
        tree = parse_module(data)
    except ParserSyntaxError as error:
        reason = f"line {error.raw_line}: {error.message.partition(chr(10))[0]}"
        return {"status": "failed", "code": "libcst-parse", "reason": reason}
    except Exception as error:  # noqa: BLE001  one file must not cost the others
        return {"status": "failed", "code": "libcst-parse", "reason": f"{type(error).__name__}: {error}"}
    try:
        result = command(context, **arguments).transform_module(tree)
        if not isinstance(result, Module):
            reason = f"it gives {type(result).__name__} instead of a module"
            return {"status": "failed", "code": "codemod-error", "reason": reason}
        return {"status": "done", "before": _text(tree.bytes), "after": _text(result.bytes)}
    except SkipFile as skip:
        return {"status": "skipped", "code": "codemod-skip", "reason": str(skip) or "the codemod skips this file"}
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # noqa: BLE001  somebody's code, and its sys.exit() ends one file, not all
        reason = f"{type(error).__name__}: {str(error).partition(chr(10))[0]}"
        return {"status": "failed", "code": "codemod-error", "reason": reason}


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")
