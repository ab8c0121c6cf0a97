"""The manifest as frozen models. `load` makes them from TOML; `consistency` checks what spans several entries."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, PrivateAttr, StrictBool, StrictStr
from pydantic_core import PydanticCustomError

from ssot.declare import syntax
from ssot.declare.locate import Key, nearest_line

MANIFEST_NAME = "ssot.toml"
DEFAULT_TESTS = ("tests/**", "**/tests/**", "**/test_*.py", "**/*_test.py", "**/conftest.py")


def _checked(check: Callable[[str], str]) -> AfterValidator:
    def validate(value: str) -> str:
        try:
            return check(value)
        except syntax.InvalidValueError as error:
            # Through the context, because a template would read braces in the value as fields.
            raise PydanticCustomError("ssot", "{text}", {"text": str(error)}) from None

    return AfterValidator(validate)


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
