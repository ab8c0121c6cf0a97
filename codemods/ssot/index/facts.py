"""What is known of one file without looking at any other: its imports, module-level names, exports, top-level effects.

Facts are frozen, picklable and depend on the file's bytes alone.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from ssot.index.shapes import Shape
from ssot.index.shims import NONE, Shims
from ssot.values import Skipped


class Kind(StrEnum):
    """How a module-level name is bound."""

    CLASS = "class"
    DEF = "def"
    VALUE = "value"  # an assignment of something that is not a plain name
    FROM = "from"  # from target import name
    IMPORT = "import"  # import target [as name]
    ALIAS = "alias"  # name = target, a (dotted) name
    STAR = "star"  # from target import *
    DELETE = "del"


@dataclass(frozen=True, slots=True)
class Where:
    """The circumstances under which a statement runs."""

    scope: tuple[str, ...] = ()  # names of the enclosing functions and classes
    deferred: bool = False  # inside a function: runs when called
    type_only: bool = False  # under `if TYPE_CHECKING`
    guards: tuple[str, ...] = ()  # enclosing arms that may not run or may swallow errors, as "kind:line:arm"

    @property
    def certain(self) -> bool:
        return not self.guards


@dataclass(frozen=True, slots=True)
class ImportedName:
    """One alias of an import statement. ``name`` is ``*`` for a star, the dotted module for a plain import."""

    name: str
    asname: str | None
    line: int
    column: int  # UTF-8 bytes from the line's start, from 0

    @property
    def local(self) -> str:
        """The name it binds."""
        return self.asname or self.name.partition(".")[0]


@dataclass(frozen=True, slots=True)
class ImportFact:
    """One import statement: ``from <level dots><module> import names`` where `is_from`, else ``import names``."""

    is_from: bool
    module: str
    level: int
    names: tuple[ImportedName, ...]
    line: int
    column: int
    where: Where


@dataclass(frozen=True, slots=True)
class Binding:
    """A module-level name being bound. ``target`` is the dotted source for imports and aliases."""

    name: str
    kind: Kind
    line: int
    column: int = 0
    target: str = ""
    level: int = 0  # leading dots of a relative import
    attribute: str = ""  # FROM: the name taken from target
    where: Where = field(default_factory=Where)
    bases: tuple[str, ...] = ()  # CLASS: dotted bases, "?" for what is not a name
    metaclass: str = ""  # CLASS: dotted
    plain: bool = False  # VALUE: a literal, whose operators leave no trace
    hooked: bool = (
        False  # CLASS: has a metaclass, class keywords or __init_subclass__: defining a subclass may do things
    )


@dataclass(frozen=True, slots=True, order=True)
class Perhaps:
    """A module-level statement that leaves a trace if the object named has such a method, and the method does."""

    line: int
    method: str  # its name; with a dot in front of that of a property
    subject: str  # dotted; with ``()`` behind it for something got from what is named


@dataclass(frozen=True, slots=True, order=True)
class Run:
    """A chain evaluated, or called, while the module is loaded; it starts from a name of the module, or of ``source``.

    With a ``method``, that is called on what the chain stands for, or what calling it gives; on anything where it is empty.
    """

    line: int  # of the statement; what a function of the file does stands where it is first called
    column: int
    dotted: str
    called: bool
    source: str = ""  # the module, with its leading dots, that a function called here imports it from
    method: str = ""


@dataclass(frozen=True, slots=True)
class FileFacts:
    """Everything the index needs of one file."""

    path: str
    imports: tuple[ImportFact, ...] = ()
    bindings: tuple[Binding, ...] = ()
    exports: tuple[str, ...] | None = None  # __all__ where it is constant
    exports_computed: bool = False
    lazy: tuple[tuple[str, str, str], ...] = ()  # PEP 562 table: name, module, attribute ("" = the module itself)
    dynamic: bool = False  # has a module __getattr__ that is more than a constant table, or edits its own namespace
    unstable: bool = False  # edits its own namespace: even names that are bound may be other objects in the end
    replaced: bool = False  # puts something else in sys.modules under its own name
    path_hack: bool = False  # a package that edits __path__
    rebound: frozenset[str] = frozenset()  # module names assigned by `global` in functions, or unbound by `except … as`
    effects: tuple[int, ...] = ()  # lines of module-level statements that do something beyond binding names
    perhaps: tuple[Perhaps, ...] = ()  # module-level statements that may do so by a special method
    specials: frozenset[str] = (
        frozenset()
    )  # methods defined here that expressions may run unseen, and that leave a trace
    shapes: tuple[Shape, ...] = ()  # classes and functions by what copies of them share
    problem: Skipped | None = None  # why it could not be parsed
    lexed: bool = False  # could not be parsed, but its import statements were read
    shims: Shims = NONE  # names offered by their old paths
    runs: tuple[Run, ...] = ()  # what is evaluated while the module is loaded, beside its imports
    reach: tuple[
        tuple[str, str], ...
    ] = ()  # a function, class or method, and another that it may call and that imports
    made: tuple[tuple[str, str], ...] = ()  # a module-level name, and the dotted callable whose call has made its value
    spelled: frozenset[str] = frozenset()  # texts that are names, where `__getattr__` is more than a constant table

    @property
    def known(self) -> bool:
        """Whether a name that is not in `bindings` is known to be absent."""
        return self.problem is None and not self.dynamic and not self.replaced
