"""State and names that belong to one of two definitions and would be shared, or lost, when they become one."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ssot.index.facts import Kind
from ssot.index.table import Module, Symbol
from ssot.index.view import FileView
from ssot.rewrite.collapsing.ground import Ground
from ssot.rewrite.collapsing.hierarchy import Hierarchy
from ssot.rewrite.collapsing.reach import Reach
from ssot.rewrite.collapsing.values import Definition, Objection, Pair

_MODULE_NAMES = frozenset({"__name__", "__file__", "__package__", "__spec__", "__loader__", "__doc__", "__path__"})
_CLASS_NAMES = frozenset({"__name__", "__qualname__", "__module__"})
_CACHES = frozenset({"cache", "lru_cache", "cached", "memoize", "singleton"})
_IMMUTABLE = (ast.Constant, ast.Name, ast.Attribute, ast.UnaryOp, ast.BinOp, ast.JoinedStr, ast.Lambda, ast.Compare)


def objections(
    ground: Ground, pair: Pair, old: Definition, new: Definition, *, adapter: bool, thin: bool
) -> Iterator[Objection]:
    """What of the duplicate's own state or surroundings stands against making it the canonical one.

    ``adapter``: it inherits from the canonical one. ``thin``: nothing of it stays.
    """
    yield from _module_names(old)
    yield from _frames(old, new)
    yield from _set_meanwhile(ground, old, new)
    yield from _patched(ground, old, new)
    yield from _mangled(ground, old)
    if isinstance(old.node, ast.ClassDef):
        yield from _class_name_read(ground, old, new, thin=thin)
        yield from _class_state(old)
        yield from _class_written(ground, old, new, adapter=adapter)
    else:
        yield from _function_state(old)


def _module_names(old: Definition) -> Iterator[Objection]:
    for name in _names_in(old):
        if name.id in _MODULE_NAMES:
            yield Objection(
                "collapse-module-name", f"{old.path}:{name.lineno} reads {name.id}, which is another in each module"
            )


_FRAMES = frozenset({"_getframe", "currentframe"})


def _frames(old: Definition, new: Definition) -> Iterator[Objection]:
    """``sys._getframe().f_globals``: the frame is that of the canonical module from now on."""
    for definition in (old, new):
        nodes = list(ast.walk(definition.node))
        if any(isinstance(node, ast.Attribute) and node.attr == "f_back" for node in nodes):
            continue
        for node in nodes:
            own = isinstance(node, ast.Call) and _last(node.func) in _FRAMES
            if own and isinstance(node, ast.Call) and not any(getattr(one, "value", 1) for one in node.args):
                reason = f"{definition.path}:{node.lineno} looks at its own frame, which belongs to its module"
                yield Objection("collapse-module-name", reason)


def _set_meanwhile(ground: Ground, old: Definition, new: Definition) -> Iterator[Objection]:
    """``def send(limit=settings.LIMIT)``: read when the module is loaded, and set by somebody at another time."""
    for definition in (old, new):
        view = definition.view
        eager = {id(node) for one in _eager(definition.node) for node in ast.walk(one)}
        for chain in view.scopes.chains:
            root = chain.root.node
            here = ground.denoted(view, chain.root.scope, root.id) if id(root) in eager else None
            if isinstance(here, Module) and ground.patches.on((here.name, chain.attributes[0])):
                reason = f"{definition.path}:{root.lineno} reads {here.name}.{chain.attributes[0]} when it is defined"
                yield Objection("collapse-class-state", f"{reason}, and somebody sets that while the program runs")


def _eager(node: ast.AST) -> Iterator[ast.expr]:
    """The expressions that are evaluated when a definition is made."""
    yield from getattr(node, "decorator_list", [])
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        yield from (*node.args.defaults, *(one for one in node.args.kw_defaults if one is not None))
    for inner in node.body if isinstance(node, ast.ClassDef) else ():
        value = getattr(inner, "value", None)
        if isinstance(value, ast.expr):
            yield value
        yield from _eager(inner)


def _names_in(definition: Definition) -> Iterator[ast.Name]:
    return (node for node in ast.walk(definition.node) if isinstance(node, ast.Name))


def globals_of(definition: Definition) -> dict[str, int]:
    """The module-level names that a definition reads, with a line of each."""
    view = definition.view
    found: dict[str, int] = {}
    first, last = definition.line, definition.node.end_lineno or definition.node.lineno
    for use in view.scopes.names:
        owner = use.scope.lookup(use.node.id)
        line = use.in_string.lineno if use.in_string is not None else use.node.lineno
        if first <= line <= last and owner in (None, view.scopes.root) and use.node.id != definition.symbol.name:
            found.setdefault(use.node.id, line)
    return found


def _patched(ground: Ground, old: Definition, new: Definition) -> Iterator[Objection]:
    """Names of either module that somebody replaces: the one definition reads those of its own module."""
    users = {use.path for use in ground.uses(old.symbol)}
    for definition in (old, new):
        module = definition.symbol.module
        for name in sorted(globals_of(definition)):
            for patch in ground.patches.on((module, name)):
                # tests of the canonical one patch what it reads all the time; whoever uses the duplicate there would notice
                if definition is old or patch.lasting or patch.file in users:
                    reason = f"{patch.file}:{patch.line} replaces {module}.{name}, which the definition there reads"
                    yield Objection("collapse-patched", reason)


def _mangled(ground: Ground, old: Definition) -> Iterator[Objection]:
    prefix = f"_{old.symbol.name.lstrip('_')}__".encode()
    for path, source in sorted(ground.tree.sources.items()):
        if prefix in source.u8:
            yield Objection("collapse-private", f"{path} reaches for names of the form {prefix.decode()}…")


# -- classes


def _class_name_read(ground: Ground, old: Definition, new: Definition, *, thin: bool) -> Iterator[Objection]:
    """``type(self).__name__`` in the class itself: its objects would call themselves by the other name."""
    said = {ast.get_docstring(one.node) for one in (old, new)}
    asked = _CLASS_NAMES if old.symbol.name != new.symbol.name else frozenset({"__module__"})
    for definition in (*(() if thin else (old,)), new, *_bases(ground, old, new)):
        line = _reads(definition, asked)
        if line:
            yield Objection("collapse-name-read", f"{definition.path}:{line} reads the name of the class it is in")
        line = _reads(definition, frozenset({"__doc__"})) if said != {ast.get_docstring(new.node)} else 0
        if line:
            yield Objection("collapse-name-read", f"{definition.path}:{line} reads the docstring of the class it is in")
    if old.symbol.name != new.symbol.name and _generated_repr(old.node) and _generated_repr(new.node):
        yield Objection("collapse-name-read", f"the generated __repr__ of {old.symbol} prints the name of the class")


def _bases(ground: Ground, old: Definition, new: Definition) -> list[Definition]:
    """The classes of the project above the two."""
    hierarchy = Hierarchy(ground)
    above = {base for one in (old, new) for base in hierarchy.above(one.symbol) if isinstance(base, Symbol)}
    found = (ground.definition(symbol) for symbol in sorted(above - {old.symbol, new.symbol}, key=str))
    return [base for base in found if isinstance(base, Definition)]


def _reads(definition: Definition, names: frozenset[str]) -> int:
    for node in ast.walk(definition.node):
        if isinstance(node, ast.Attribute) and node.attr in names:
            return node.lineno
    return 0


def _generated_repr(node: ast.AST) -> bool:
    """Whether a decorator makes a ``__repr__``."""
    assert isinstance(node, ast.ClassDef)
    if any(isinstance(item, ast.FunctionDef) and item.name in ("__repr__", "__str__") for item in node.body):
        return False
    for decorator in node.decorator_list:
        call = decorator if isinstance(decorator, ast.Call) else None
        if _last(call.func if call else decorator) in ("dataclass", "define", "frozen", "mutable", "attrs", "s"):
            repr_off = [k for k in call.keywords if k.arg == "repr"] if call else []
            return not any(isinstance(k.value, ast.Constant) and k.value.value is False for k in repr_off)
    return any(_last(base) == "NamedTuple" for base in node.bases)


def _last(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else str(getattr(node, "id", ""))


def _class_state(old: Definition) -> Iterator[Objection]:
    """Mutable values made by the class body: two of them would become one."""
    assert isinstance(old.node, ast.ClassDef)
    if _is_record(old.node):
        return
    for statement in old.node.body:
        value = statement.value if isinstance(statement, ast.Assign | ast.AnnAssign) else None
        if value is not None and not immutable(value):
            text = ast.unparse(statement).partition("\n")[0][:60]
            yield Objection("collapse-class-state", f"{old.path}:{statement.lineno} makes an object of its own: {text}")


def _is_record(node: ast.ClassDef) -> bool:
    """A dataclass, whose field() calls are declarations."""
    names = {_last(d.func if isinstance(d, ast.Call) else d) for d in node.decorator_list}
    return bool(names & {"dataclass", "define", "frozen", "mutable", "attrs"})


_MAKERS = frozenset(
    {"frozenset", "property", "TypeVar", "staticmethod", "classmethod", "compile", "timedelta", "Decimal"}
)


def immutable(node: ast.expr) -> bool:
    if isinstance(node, ast.Tuple):
        return all(map(immutable, node.elts))
    if isinstance(node, ast.Call):
        return _last(node.func) in _MAKERS and all(
            isinstance(argument, ast.Set | ast.List) or immutable(argument) for argument in node.args
        )
    return isinstance(node, _IMMUTABLE)


def _class_written(ground: Ground, old: Definition, new: Definition, *, adapter: bool) -> Iterator[Objection]:
    """``cls.count += 1``: each class has a value of its own, the two would share one."""
    for definition in (old, new, *_bases(ground, old, new)):
        own = {"cls"} if adapter else {definition.symbol.name, "cls"}
        for node in ast.walk(definition.node):
            if isinstance(node, ast.Attribute) and not isinstance(node.ctx, ast.Load) and _is_class(node.value, own):
                yield Objection(
                    "collapse-class-state", f"{definition.path}:{node.lineno} sets {node.attr} on the class"
                )


def _is_class(node: ast.expr, names: set[str]) -> bool:
    """Whether an expression is the class itself, rather than an object of it."""
    if isinstance(node, ast.Call):
        return _last(node.func) == "type"
    return _last(node) == "__class__" or (isinstance(node, ast.Name) and node.id in names)


# -- functions


def _function_state(old: Definition) -> Iterator[Objection]:
    assert isinstance(old.node, ast.FunctionDef | ast.AsyncFunctionDef)
    for decorator in old.node.decorator_list:
        if _last(decorator.func if isinstance(decorator, ast.Call) else decorator) in _CACHES:
            yield Objection(
                "collapse-class-state", f"{old.path}:{decorator.lineno} keeps results of its own in a cache"
            )
    defaults = [*old.node.args.defaults, *(d for d in old.node.args.kw_defaults if d is not None)]
    for default in defaults:
        if not immutable(default):
            yield Objection(
                "collapse-class-state", f"{old.path}:{default.lineno} has a default that keeps its value between calls"
            )


# -- registration


def registered(ground: Ground, hierarchy: Hierarchy, old: Definition) -> Iterator[Objection]:
    """Defining the duplicate does something besides binding its name, which would no longer happen."""
    facts = old.view.facts
    first, last = old.line, old.node.end_lineno or old.node.lineno
    effects = [line for line in facts.effects if first <= line <= last]
    if effects:
        yield Objection(
            "collapse-registered", f"defining it does more than that, in line {effects[0]}: that would no longer happen"
        )
    if isinstance(old.node, ast.ClassDef) and hierarchy.hooked(old.symbol):
        yield Objection(
            "collapse-registered", "a metaclass or __init_subclass__ above it is told of each class that is defined"
        )
    for path, line in _listing_subclasses(ground, hierarchy, old.symbol):
        yield Objection(
            "collapse-registered", f"{path}:{line} looks up by __subclasses__ who inherits from a class above it"
        )


def _listing_subclasses(ground: Ground, hierarchy: Hierarchy, symbol: Symbol) -> Iterator[tuple[str, int]]:
    """Places that list the subclasses of something above a class, or of what can't be told."""
    above = hierarchy.above(symbol)
    known = frozenset(base for base in above if isinstance(base, Symbol))
    strange = any(isinstance(base, str) and base not in _OFTEN_BASES for base in above)
    for path, source in sorted(ground.tree.sources.items()) if above else ():
        for node in ast.walk(ground.view(path).tree) if b"__subclasses__" in source.u8 else ():
            if isinstance(node, ast.Attribute) and node.attr == "__subclasses__":
                asked = _asked_class(ground, ground.view(path), node.value)
                reach = Reach.of(ground, hierarchy, known, itself=True)
                told = asked in known if asked else strange or reach.may(ground.view(path), node.value)
                if told:
                    yield path, node.lineno


_OFTEN_BASES = frozenset(
    ("object", "ABC", "abc.ABC", "Exception", "Enum", "enum.Enum", "Generic", "typing.Generic", "Protocol")
)


def _asked_class(ground: Ground, view: FileView, node: ast.expr) -> Symbol | None:
    """The class of the project that an expression names, or in whose body ``cls`` and ``type(self)`` stand."""
    if isinstance(node, ast.Name) and node.id != "cls":
        found = ground.index.resolve(view.module, node.id)
        outer = any(use.node is node and use.scope.lookup(node.id) is view.scopes.root for use in view.scopes.names)
        return found if isinstance(found, Symbol) and outer and ground.index.kind(found) is Kind.CLASS else None
    around = [one for one in ground.around(view, node) if isinstance(one, ast.ClassDef)]
    own = ast.unparse(node) in ("cls", "type(self)", "self.__class__", "__class__")
    return Symbol(view.module, around[-1].name) if own and len(around) == 1 else None
