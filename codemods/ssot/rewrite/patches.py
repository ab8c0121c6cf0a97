"""Attributes of modules that somebody replaces while the program runs: `mock.patch`, `monkeypatch`, plain assignment.

Whoever reads such an attribute when it is needed (an import inside a function, ``module.name``) sees the replacement;
reading the same object by another path would not. Those readers are only redirected together with the patches.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from ssot.index.scopes import Chain, NameUse
from ssot.index.table import Denotation, Index, Module, Path
from ssot.index.view import FileView
from ssot.rewrite.setters import ANY, called, settings_of
from ssot.rewrite.targets import Computed, computed

_PATCHING = frozenset({"patch", "setattr", "delattr", "multiple", "object", "replace", "stub", "spy"})
_BY_TEXT = frozenset({"setattr", "replace", "stub", "spy"})  # these take a dotted path as text
_STORED = re.compile(
    rb"\bmodules\s*\[[^\]\r\n]*\]\s*=[^=]|dict\(\s*['\"]?(?:\w+\.)*sys\.modules|sys\.modules\.(?:update|setdefault)"
    rb"|setitem\(\s*(?:\w+\.)*sys\.modules"
)
COMPUTED = re.compile(
    rb"\bpatch\(\s*(?:[fF]['\"]|['\"][^'\"\r\n]*['\"]\s*[%+.]|[A-Za-z_(])|\bsetattr\(\s*(?:[fF]['\"]|['\"][^'\"\r\n]*['\"]\s*[%+.])"
)
MOCKING = (b"mock", b"monkeypatch")  # files with these may keep the paths that they patch in constants
_SYSTEM = re.compile(rb"\bsys\.modules\b|\bmodules\s*[\[.,)]")  # of `sys`, by whatever name that was imported
_ASSIGNED = re.compile(r"\b([A-Za-z_][\w.]*)\.([A-Za-z_]\w*)\s*=[^=]")
_MAY_REPLACE = rb"\bvars\(|\bmodules\b|\bexec\("  # a file with these may replace attributes
PATCH_WORDS = (b"reload", b"__dict__", b"sys.modules", b"patch", b"setattr", b"delattr", b"multiple", b"stub", b"spy")


@dataclass(frozen=True, slots=True)
class Patch:
    """One place that replaces a module's attribute. ``editable``: a constant dotted string that can follow."""

    file: str
    line: int
    editable: bool
    lasting: bool = False  # made by production code: readers at import time may see it as well


@dataclass
class PatchTable:
    by_path: dict[Path, list[Patch]] = field(default_factory=dict)
    by_name: dict[str, list[Patch]] = field(default_factory=dict)  # the module is computed
    reloaded: dict[str, Patch] = field(default_factory=dict)  # modules whose names are all made anew
    computed: list[tuple[Computed, Patch]] = field(default_factory=list)
    words: Callable[[Computed], frozenset[str]] = lambda target: frozenset()  # those of the texts around a target
    handed: Callable[[Path], tuple[Patch, ...]] = lambda path: ()  # by functions that were given the module
    _answers: dict[Path, tuple[Patch, ...]] = field(default_factory=dict, repr=False)

    def on(self, path: Path) -> tuple[Patch, ...]:
        """Patches that may hit this path."""
        if path not in self._answers:
            self._answers[path] = tuple(self._on(path))
        return self._answers[path]

    def _on(self, path: Path) -> Iterator[Patch]:
        yield from self.by_path.get(path, ())
        yield from self.by_name.get(path[1], ())
        if path[0] in self.reloaded:
            yield self.reloaded[path[0]]
        yield from (patch for target, patch in self.computed if target.may_be(path, self.words(target)))
        yield from self.handed(path)

    def add(self, view: FileView, test: bool) -> None:
        """What one file replaces."""
        for path, patch in _patches(view, test):
            if path[0]:
                self.by_path.setdefault(path, []).append(patch)
            else:
                self.by_name.setdefault(path[1], []).append(patch)
        self.reloaded.update(_whole_modules(view, test))
        for target, line in _computed_targets(view, test):
            self.computed.append((target, Patch(view.source.path, line, False, not test)))
        if b"sys" in view.source.u8 and _SYSTEM.search(view.source.u8):
            stored = _STORED.search(view.source.u8) is not None  # whoever loads it meanwhile gets what was stored
            for use in view.scopes.strings:
                if view.index.layout.has(use.value) and not use.docstring:
                    self.reloaded[use.value] = Patch(view.source.path, use.node.lineno, False, stored)
        for call, _ in view.scopes.calls:
            if called(call) == "reload" and call.args and isinstance(call.args[0], ast.Name | ast.Attribute):
                module = _module_of(view, call.args[0])
                self.reloaded.setdefault(module, Patch(view.source.path, call.lineno, False))


def replacing(words: Iterable[str]) -> re.Pattern[bytes]:
    """A search for files that may replace one of these attributes; matches all that do, and more."""
    names = b"|".join(re.escape(word.encode()) for word in sorted(words)) or b"(?!)"
    stored = rb"\.\s*(?:%s)\b[^\r\n()]*\)?\s*(?:[-+*/%%&|^@<>]*=[^=])" % names
    bound = rb"\b(?:for|as|del)\b[^\r\n]*\.\s*(?:%s)\b" % names
    return re.compile(b"|".join([_MAY_REPLACE, stored, bound, *map(re.escape, PATCH_WORDS)]))


def patch_table(views: Iterable[FileView], is_test: set[str]) -> PatchTable:
    table = PatchTable()
    for view in views:
        table.add(view, view.source.path in is_test)
    return table


def _patches(view: FileView, test: bool) -> Iterable[tuple[Path, Patch]]:
    file = view.source.path
    for step in view.steps:
        last = step.chain.nodes[step.depth]
        if not isinstance(last.ctx, ast.Load):
            yield step.path, Patch(file, last.lineno, False, not test)
    for one in settings_of(view):
        module = _module_named(view, one.owner) if one.name != ANY else None
        if module is not None:
            yield (module, one.name), Patch(file, one.line, False, not test and b"mock" not in view.source.u8)
    for use in view.scopes.strings:  # a program kept as text
        for module, name in _ASSIGNED.findall(use.value) if not use.docstring else ():
            known = view.index.layout.has(module)
            yield (module if known else "", name), Patch(file, use.node.lineno, False)
    words = PATCH_WORDS if test else MOCKING
    mocking = any(word in view.source.u8 for word in words)
    for use in view.scopes.strings:
        path = dotted_target(view.index, use.value)
        if (
            path is not None
            and not use.docstring
            and not use.typing
            and (mocking or is_patching(use.call))
            and not _asserts(use.call)
        ):
            yield path, Patch(file, use.node.lineno, True)
    for call, _ in view.scopes.calls:
        if not is_patching(call):
            continue
        if call.args:
            name = _computed_name(call.args[0])
            if name:
                yield ("", name), Patch(file, call.lineno, False)
        for path in attribute_paths(view, call):
            yield path, Patch(file, call.lineno, False)


def _whole_modules(view: FileView, test: bool) -> Iterator[tuple[str, Patch]]:
    """Modules whose namespace is written to as a whole: by its dictionary, or by names that are computed."""
    for use in view.scopes.strings:
        module, dot, attribute = use.value.rpartition(".")
        if dot and attribute == "__dict__" and view.index.layout.has(module):
            yield module, Patch(view.source.path, use.node.lineno, False, not test)
    for chain in view.scopes.chains:
        passed = list(view.passed(chain))
        if 0 < len(passed) <= len(chain.attributes) and chain.attributes[len(passed) - 1] == "__dict__":
            yield str(passed[-1]), Patch(view.source.path, chain.root.node.lineno, False, not test)
    for one in settings_of(view):
        whole = _module_named(view, one.owner) if one.name == ANY else None
        if whole:
            yield whole, Patch(view.source.path, one.line, False, not test and b"mock" not in view.source.u8)


def _computed_targets(view: FileView, test: bool) -> Iterator[tuple[Computed, int]]:
    """``patch(f"shop.{name}")``, ``patch(TARGET)``; in tests ``setattr(import_module(name), attribute, …)``.

    Elsewhere the latter makes names that were not there: classes and functions for a table of cases.
    """
    for call, _ in view.scopes.calls:
        if call.args and _patches_by_text(call):
            target = computed(call.args[0], view)
            if target is not None:
                yield target, call.lineno
    for one in settings_of(view) if test else ():
        if one.name == ANY and _module_named(view, one.owner) == "":
            target = computed(one.owner, view)
            if target is not None:
                yield target, one.line


def _patches_by_text(call: ast.Call) -> bool:
    """Whether a call's first argument may be the dotted path of what it replaces, rather than an object or a URL."""
    function, first = call.func, call.args[0]
    if called(call) == "patch":
        return isinstance(function, ast.Name) or "mock" in ast.unparse(function).rpartition(".")[0]
    joined = isinstance(first, ast.Call) and called(first) in ("format", "join")
    return called(call) in _BY_TEXT and (joined or isinstance(first, ast.JoinedStr | ast.BinOp))


def attribute_paths(view: FileView, call: ast.Call) -> Iterator[Path]:
    """The module attributes that a call names by a module and constant names: ``f(module, "name")``, ``f(module, name=…)``."""
    match call.args:
        case [ast.Call(args=[ast.Constant(value=str() as text)]) as owner, ast.Constant(value=str() as attribute), *_]:
            if called(owner) in ("import_module", "__import__") and view.index.layout.has(text):
                yield text, attribute
        case [ast.Name() | ast.Attribute() as owner, ast.Constant(value=str() as attribute), *_]:
            module = _module_of(view, owner)
            if module:
                yield module, attribute
        case [owner, *_] if call.keywords:
            module = _module_of(view, owner) if isinstance(owner, ast.Name | ast.Attribute) else _text(owner)
            if view.index.layout.has(module):
                yield from ((module, keyword.arg) for keyword in call.keywords if keyword.arg)
        case _:
            pass


def _asserts(call: ast.Call | None) -> bool:
    """Whether a string is an argument of an assertion, which compares it and replaces nothing."""
    return call is not None and isinstance(call.func, ast.Attribute) and call.func.attr.startswith("assert")


def _text(node: ast.expr) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def is_patching(call: ast.Call | None) -> bool:
    """Whether a call looks like one that replaces an attribute."""
    name = called(call) if call is not None else ""
    if name == "dict" and call is not None and isinstance(call.func, ast.Attribute):
        return ast.unparse(call.func.value).endswith("patch")
    return name in _PATCHING or name.endswith("patch")


def dotted_target(index: Index, text: str) -> Path | None:
    """``("a.b", "Foo")`` for the text ``a.b.Foo`` where ``a.b`` is the longest module of the project in it."""
    if "." not in text or not all(part.isidentifier() for part in text.split(".")):
        return None
    parts = text.split(".")
    longest = next((n for n in range(len(parts) - 1, 0, -1) if index.layout.has(".".join(parts[:n]))), 0)
    module = ".".join(parts[:longest])
    for name in parts[longest:-1] if longest else ():  # an attribute that is a module: `app.old.Foo` with `import old`
        here = index.resolve(module, name)
        if not isinstance(here, Module):
            return None
        module = here.name
    return (module, parts[-1]) if longest else None


def _computed_name(node: ast.expr) -> str:
    """``Foo`` for ``f"{module}.Foo"`` and ``module + ".Foo"``."""
    last: ast.expr | None = None
    if isinstance(node, ast.JoinedStr) and node.values:
        last = node.values[-1]
    elif isinstance(node, ast.BinOp):
        last = node.right
    if isinstance(last, ast.Constant) and isinstance(last.value, str):
        name = last.value.rpartition(".")[2]
        return name if name.isidentifier() else ""
    return ""


def _module_named(view: FileView, node: ast.expr) -> str | None:
    """The project module that an expression gives; empty for one imported by a computed name, None for anything else."""
    match node:
        case ast.Call(args=[target, *_]) if called(node) in ("import_module", "__import__"):
            text = _text(target)
            return text if view.index.layout.has(text) else None if text else ""
        case ast.Subscript(value=ast.Attribute(attr="modules") | ast.Name(id="modules"), slice=key):
            text = _text(key)
            return text if view.index.layout.has(text) else None if text else ""
        case ast.Name():
            return _module_of(view, node) or _assigned(view).get(node.id)
        case ast.Attribute():
            return _module_of(view, node) or None
        case _:
            return None


@lru_cache(maxsize=8)
def _assigned(view: FileView) -> dict[str, str]:
    """Local names that hold a module got by its name: ``m = import_module("shop.old")``; empty for a computed one."""
    found: dict[str, str] = {}
    for node in ast.walk(view.tree) if b"import_module" in view.source.u8 or b"modules" in view.source.u8 else ():
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Call() | ast.Subscript() as value):
                module = _module_named(view, value)
                if module is not None:
                    found[name] = module
            case ast.For(target=target, iter=source) | ast.comprehension(target=target, iter=source) if (
                "modules" in ast.unparse(source)
            ):
                found.update({name.id: "" for name in ast.walk(target) if isinstance(name, ast.Name)})
            case _:
                pass
    return found


@lru_cache(maxsize=8)
def _by_node(view: FileView) -> tuple[dict[int, NameUse], dict[int, Chain]]:
    names = {id(use.node): use for use in view.scopes.names}
    return names, {id(chain.nodes[-1]): chain for chain in view.scopes.chains}


def _module_of(view: FileView, node: ast.Name | ast.Attribute) -> str:
    """The project module that an expression denotes, if any."""
    names, chains = _by_node(view)
    here: Denotation | None = None
    if id(node) in names:
        use = names[id(node)]
        here = view.denote(use.scope.lookup(use.node.id), use.node.id)
    elif id(node) in chains:
        chain = chains[id(node)]
        here = view.denote(chain.scope.lookup(chain.root.node.id), chain.root.node.id)
        for attribute in chain.attributes:
            here = view.index.resolve(here.name, attribute) if isinstance(here, Module) else None
    return here.name if isinstance(here, Module) else ""
