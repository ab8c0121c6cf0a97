"""Kinds of classes that are more than their members: tables, enumerations, protocols, records, registries."""

from __future__ import annotations

import ast
import builtins
from dataclasses import dataclass
from enum import StrEnum

from ssot.audit.duplicates.definitions import Definition, Definitions
from ssot.audit.duplicates.lineage import Lineage
from ssot.audit.duplicates.normal import decorator_name
from ssot.index.table import Symbol


class Special(StrEnum):
    ORM = "orm-model"
    ENUM = "enumeration"
    PROTOCOL = "protocol"
    TYPED_DICT = "typed-dict"
    NAMED_TUPLE = "named-tuple"
    RECORD = "record"  # dataclass, attrs, pydantic: the order of fields is the constructor
    SLOTS = "slots"
    EXCEPTION = "exception"
    TEST_CASE = "test-case"


_ENUMS = frozenset(
    {"Enum", "IntEnum", "StrEnum", "Flag", "IntFlag", "ReprEnum", "TextChoices", "IntegerChoices", "Choices"}
)
_ORM_BASES = frozenset(
    ["Model", "SQLModel", "Document", "EmbeddedDocument", "DeclarativeBase", "MappedAsDataclass", "DeclarativeMeta", "Entity"]
)  # fmt: skip
_RECORD_BASES = frozenset({"BaseModel", "BaseSettings", "Struct", "Schema", "RootModel"})
_RECORD_DECORATORS = frozenset(
    ["dataclass", "dataclasses", "attrs", "define", "frozen", "mutable", "s", "attrib", "attributes", "dataclass_transform"]
)  # fmt: skip
_COLUMNS = frozenset(
    ["Column", "mapped_column", "relationship", "ForeignKey", "ManyToManyField", "OneToOneField", "AutoField", "BigAutoField"]
)  # fmt: skip


@dataclass(frozen=True)
class Kinds:
    """What a class is, judged by the names of all it descends from and by its body."""

    project: Definitions
    lineage: Lineage

    def of(self, definition: Definition) -> frozenset[Special]:
        node = definition.node
        if not isinstance(node, ast.ClassDef):
            return frozenset()
        names = self.ancestor_names(definition.symbol)
        found = {kind for kind, test in _BY_NAME if any(test(name) for name in names)}
        found |= {Special.ORM} if _has_table(node) or self._concrete_base(definition) else set()
        found |= {Special.SLOTS} if _has_slots(node) else set()
        found |= {Special.RECORD} if self._is_record(definition, node) else set()
        return frozenset(found)

    def ancestor_names(self, symbol: Symbol) -> tuple[str, ...]:
        """Full dotted names of the ancestors; the spelling where it is not known what they are."""
        found = []
        for one in self.lineage.ancestors(symbol):
            text = (
                f"{one.module}.{one.name}"
                if isinstance(one, Symbol)
                else getattr(one, "name", getattr(one, "reason", ""))
            )
            found.append(text)
        return tuple(found)

    def _is_record(self, definition: Definition, node: ast.ClassDef) -> bool:
        names = (decorator_name(self.project, definition.file, one).replace(":", ".") for one in node.decorator_list)
        return any(name.rpartition(".")[2] in _RECORD_DECORATORS for name in names)

    def _concrete_base(self, definition: Definition) -> bool:
        """Whether an ancestor in the project is a table, so that this is one too."""
        for one in self.lineage.ancestors(definition.symbol):
            base = self.project.get(one) if isinstance(one, Symbol) else None
            if base is not None and isinstance(base.node, ast.ClassDef) and _has_table(base.node):
                return True
        return False


def _is_exception(name: str) -> bool:
    module, _, last = name.rpartition(".")
    if module == "builtins":
        kind = getattr(builtins, last, None)
        return isinstance(kind, type) and issubclass(kind, BaseException)
    return last.endswith(("Error", "Exception", "Warning"))


_BY_NAME = (
    (Special.ENUM, lambda name: name.rpartition(".")[2] in _ENUMS),
    (Special.PROTOCOL, lambda name: name in ("typing.Protocol", "typing_extensions.Protocol")),
    (Special.TYPED_DICT, lambda name: name.rpartition(".")[2] == "TypedDict"),
    (Special.NAMED_TUPLE, lambda name: name.rpartition(".")[2] == "NamedTuple"),
    (Special.RECORD, lambda name: name.rpartition(".")[2] in _RECORD_BASES),
    (Special.ORM, lambda name: name.rpartition(".")[2] in _ORM_BASES),
    (Special.EXCEPTION, _is_exception),
    (Special.TEST_CASE, lambda name: name.rpartition(".")[2].endswith(("TestCase", "TestBase"))),
)


def _has_table(node: ast.ClassDef) -> bool:
    """Columns or a table name in the body."""
    for one in node.body:
        targets = one.targets if isinstance(one, ast.Assign) else [one.target] if isinstance(one, ast.AnnAssign) else []
        if any(isinstance(target, ast.Name) and target.id in ("__tablename__", "__table__") for target in targets):
            return True
        value = getattr(one, "value", None)
        called = value.func if isinstance(value, ast.Call) else None
        if _last(called) in _COLUMNS or (isinstance(called, ast.Attribute) and _last(called.value) == "models"):
            return True
    return False


def table_is_named(node: ast.ClassDef) -> bool:
    """Whether the table does not depend on where the class stands: it is named, or there is none."""
    named = {"__tablename__", "__table__", "__abstract__", "db_table", "table_name", "abstract"}
    bodies = [node.body, *(one.body for one in node.body if isinstance(one, ast.ClassDef))]
    return any(
        isinstance(target, ast.Name) and target.id in named
        for body in bodies
        for one in body
        if isinstance(one, ast.Assign)
        for target in one.targets
    )


def _has_slots(node: ast.ClassDef) -> bool:
    by_name = any(
        isinstance(target, ast.Name) and target.id == "__slots__"
        for one in node.body
        for target in (one.targets if isinstance(one, ast.Assign) else [getattr(one, "target", None)])
    )
    return by_name or any(
        key.arg == "slots" and isinstance(key.value, ast.Constant) and bool(key.value.value)
        for one in node.decorator_list
        if isinstance(one, ast.Call)
        for key in one.keywords
    )


def _last(node: ast.expr | None) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""
