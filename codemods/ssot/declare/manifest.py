"""The manifest as frozen models. `load` makes them from TOML; `consistency` checks what spans several entries."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Annotated, Any, Literal, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PrivateAttr,
    Strict,
    StrictBool,
    StrictInt,
    StrictStr,
)
from pydantic_core import PydanticCustomError

from ssot.declare import syntax
from ssot.declare.locate import Key, nearest_line

MANIFEST_NAME = "ssot.toml"
DEFAULT_TESTS = ("tests/**", "**/tests/**", "**/test_*.py", "**/*_test.py", "**/conftest.py")
DEFAULT_DAYS = 30
TEST_FILE = "test_single_source.py"
_Value = TypeVar("_Value")


def _checked(check: Callable[[_Value], _Value]) -> AfterValidator:
    def validate(value: _Value) -> _Value:
        try:
            return check(value)
        except syntax.InvalidValueError as error:
            # Through the context, because a template would read braces in the value as fields.
            raise PydanticCustomError("ssot", "{text}", {"text": str(error)}) from None

    return AfterValidator(validate)


def _one_of(*words: str) -> BeforeValidator:
    """Says which words are possible; what is no text at all is left to the type."""

    def validate(value: Any) -> Any:
        if isinstance(value, str) and value not in words:
            raise PydanticCustomError("ssot", "{text}", {"text": syntax.not_among(value, words)})
        return value

    return BeforeValidator(validate)


_REFERENCE_PATTERN = r"^[^\W\d]\w*(\.[^\W\d]\w*)*:[^\W\d]\w*$"
_MODULE_PATTERN = r"^[^\W\d]\w*(\.[^\W\d]\w*)*$"

ObjectReference = Annotated[
    StrictStr, _checked(syntax.object_reference), Field(json_schema_extra={"pattern": _REFERENCE_PATTERN})
]
ModuleName = Annotated[StrictStr, _checked(syntax.module_name), Field(json_schema_extra={"pattern": _MODULE_PATTERN})]
InsidePath = Annotated[StrictStr, _checked(syntax.inside_path), Field(json_schema_extra={"minLength": 1})]
TargetVersion = Annotated[
    StrictStr, _checked(syntax.target_version), Field(json_schema_extra={"pattern": r"^3\.(0|[1-9][0-9]?)$"})
]
Folder = Annotated[StrictStr, _checked(syntax.folder), Field(json_schema_extra={"minLength": 1})]
Days = Annotated[StrictInt, _checked(syntax.days), Field(json_schema_extra={"minimum": 1, "maximum": syntax.MAX_DAYS})]
CodemodId = Annotated[
    StrictStr, _checked(syntax.codemod_id), Field(json_schema_extra={"pattern": r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$"})
]
Strategy = Annotated[Literal["auto", "alias", "merge"], _one_of("auto", "alias", "merge")]
ShimMode = Annotated[Literal["module-getattr", "alias", "none"], _one_of("module-getattr", "alias", "none")]
BranchPrefix = Annotated[StrictStr, _checked(syntax.branch_prefix), Field(json_schema_extra={"minLength": 1})]


class _Table(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", validate_by_name=True, validate_by_alias=True)


class Project(_Table):
    """Where the code is."""

    roots: tuple[InsidePath, ...] = Field(
        default=(),
        title="Import roots",
        description="Folders that imports start from. Default: detected.",
        examples=[["."], ["src"]],
    )
    exclude: tuple[InsidePath, ...] = Field(
        default=(),
        title="Excluded files",
        examples=[["backups/**"]],
        description="Globs of files to leave alone, besides ignored, generated and vendored ones.",
    )
    tests: tuple[InsidePath, ...] = Field(
        default=DEFAULT_TESTS,
        title="Test files",
        description="Globs of the files that count as tests.",
        examples=[["tests/**", "**/tests/**"]],
    )
    target_version: TargetVersion | None = Field(
        default=None,
        validation_alias="target-version",
        title="Python version",
        examples=["3.11"],
        description="The oldest Python the code runs on. Default: requires-python of pyproject.toml.",
    )


class Symbol(_Table):
    """A name that has one import path to use."""

    canonical: ObjectReference = Field(
        title="Canonical path",
        description="The one import path that code should use.",
        examples=["shop.engine.user:UserEngine"],
    )
    legacy: tuple[ObjectReference, ...] = Field(
        default=(),
        title="Legacy paths",
        examples=[["shop.engine.old:Engine", "shop.compat:UserEngine"]],
        description="Paths it replaces, whether or not they still exist.",
    )
    approved: tuple[ObjectReference, ...] = Field(
        default=(),
        title="Approved paths",
        description="Other import paths that are fine.",
        examples=[["shop:UserEngine"]],
    )
    rename_uses: StrictBool = Field(
        default=True,
        validation_alias="rename-uses",
        title="Rename uses",
        examples=[True],
        description="The local name follows the canonical name where that is safe; else `as` is kept.",
    )


class Module(_Table):
    """A module that moved, with everything in it."""

    canonical: ModuleName = Field(
        title="Canonical module", description="The module's name today.", examples=["shop.environment"]
    )
    legacy: tuple[ModuleName, ...] = Field(
        default=(), title="Legacy modules", description="Names it had before.", examples=[["shop.core.environment"]]
    )


class Collapse(_Table):
    """Definitions of one thing, of which one is to stay."""

    canonical: ObjectReference = Field(
        title="The one that stays",
        description="The definition that all others become.",
        examples=["shop.ws.router:MessageRouter"],
    )
    duplicates: tuple[ObjectReference, ...] = Field(
        title="Duplicates",
        description="The definitions that become the canonical one.",
        examples=[["shop.ws.handlers:MessageRouter", "shop.quality:QualityRouter"]],
    )
    strategy: Strategy = Field(
        default="auto",
        title="Strategy",
        examples=["auto"],
        description="alias: only if equivalent. merge: move what is missing. auto: alias, else merge, else refuse.",
    )


class Shims(_Table):
    """What legacy and duplicate paths become."""

    # At most one date: said here for editors, checked in `consistency` for a better message.
    model_config = ConfigDict(json_schema_extra={"not": {"required": ["days", "remove-after"]}})

    mode: ShimMode = Field(
        default="module-getattr",
        title="Mode",
        examples=["module-getattr"],
        description="module-getattr: warn whoever imports them. alias: keep them without a warning. none: remove them.",
    )
    days: Days | None = Field(
        default=None,
        title="Days to live",
        examples=[30],
        description=f"Days from the commit that brings a shim to its removal. Default, without remove-after: {DEFAULT_DAYS}.",
    )
    remove_after: Annotated[date, Strict()] | None = Field(
        default=None,
        validation_alias="remove-after",
        title="Day of removal",
        examples=["2026-12-31"],
        description="The last day of every shim, instead of days.",
    )
    permanent: tuple[ObjectReference, ...] = Field(
        default=(),
        title="Permanent paths",
        examples=[["shop.jobs:SendMail"]],
        description="Legacy or duplicate paths whose names are stored somewhere: they stay, without a date.",
    )

    def until(self, day: date) -> date:
        """The last day of a shim that is made on some day."""
        return self.remove_after or day + timedelta(days=self.days or DEFAULT_DAYS)


class Generated(_Table):
    """Tests that the tool writes into the repository."""

    path: Folder = Field(title="Folder", description="Where the generated test file is kept.", examples=["tests/ssot"])

    @property
    def file(self) -> str:
        """The one file that is kept there."""
        return TEST_FILE if self.path == "." else f"{self.path}/{TEST_FILE}"


class Codemod(_Table):
    """Somebody's own codemod: a LibCST command or a Bowler query file. Data only: nothing here is run by reading it."""

    model_config = ConfigDict(json_schema_extra={"oneOf": [{"required": ["libcst"]}, {"required": ["bowler"]}]})

    id: CodemodId = Field(title="Name", description="What the plan and --only call it.", examples=["drop-print"])
    libcst: ObjectReference | None = Field(
        default=None,
        title="LibCST command",
        description="A CodemodCommand, by its object reference.",
        examples=["acme_codemods.prints:DropPrint"],
    )
    bowler: InsidePath | None = Field(
        default=None,
        title="Bowler query",
        description="A file with a Bowler query, relative to the repository's root.",
        examples=["codemods/drop_print.py"],
    )
    args: dict[StrictStr, StrictStr] = Field(
        default_factory=dict,
        title="Arguments",
        description="What the command is made with: names and texts.",
        examples=[{"name": "print"}],
    )


class Git(_Table):
    """How branches are made."""

    branch_prefix: BranchPrefix = Field(
        default="ssot/",
        validation_alias="branch-prefix",
        title="Branch prefix",
        examples=["ssot/"],
        description="What the names of this tool's branches start with.",
    )


class Manifest(_Table):
    """The single source of truth of a codebase, as its owner declares it."""

    project: Project = Field(default_factory=Project, description="Where the code is.")
    symbol: tuple[Symbol, ...] = Field(default=(), description="Names that have one import path to use.")
    module: tuple[Module, ...] = Field(default=(), description="Modules that moved.")
    collapse: tuple[Collapse, ...] = Field(default=(), description="Duplicates that become one definition.")
    shims: Shims | None = Field(default=None, description="What legacy and duplicate paths become; else they stay.")
    tests: Generated | None = Field(default=None, description="Generated tests; none without it.")
    codemod: tuple[Codemod, ...] = Field(default=(), description="Somebody's own codemods.")
    git: Git = Field(default_factory=Git, description="How branches are made.")

    _file: str = PrivateAttr(default=MANIFEST_NAME)
    _prefix: Key = PrivateAttr(default=())
    _lines: Mapping[Key, int] = PrivateAttr(default_factory=dict)

    @property
    def file(self) -> str:
        """The file it was read from."""
        return self._file

    @property
    def prefix(self) -> Key:
        """The table that holds it: empty in ssot.toml, ``("tool", "ssot")`` in pyproject.toml."""
        return self._prefix

    def location(self, table: str, index: int, key: str, item: int | None = None) -> str:
        """``ssot.toml:12``: where an entry's key (or one item of its list) stands."""
        tail: Key = () if item is None else (item,)
        line = nearest_line(self._lines, (*self._prefix, table, index, key, *tail))
        return f"{self._file}:{line}" if line else self._file

    def placed(self, file: str, prefix: Key, lines: Mapping[Key, int]) -> Manifest:
        """The same manifest, knowing where it was read."""
        copy = self.model_copy()
        copy._file, copy._prefix, copy._lines = file, prefix, lines
        return copy
