"""Attributes of modules that somebody replaces while the program runs: `mock.patch`, `monkeypatch`, plain assignment.

Whoever reads such an attribute when it is needed (an import inside a function, ``module.name``) sees the replacement;
reading the same object by another path would not. Those readers are only redirected together with the patches.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from ssot.index.table import Index, Module, Path, Symbol
from ssot.index.view import FileView
from ssot.rewrite.owners import module_named, module_of, text_of
from ssot.rewrite.setters import ANY, called, settings_of
from ssot.rewrite.targets import Computed, computed

_PATCHING = frozenset({"patch", "setattr", "delattr", "multiple", "object", "replace", "stub", "spy"})
_BY_TEXT = frozenset({"setattr", "replace", "stub", "spy"})  # these take a dotted path as text
STORED = re.compile(
    rb"\bmodules\s*\[[^\]\r\n]*\]\s*=[^=]|dict\(\s*['\"]?(?:\w+\.)*sys\.modules|sys\.modules\.(?:update|setdefault)"
    rb"|setitem\(\s*(?:\w+\.)*sys\.modules"
)
COMPUTED = re.compile(
    rb"\bpatch\(\s*(?:[fF]['\"]|['\"][^'\"\r\n]*['\"]\s*[%+.]|[A-Za-z_(])|\bsetattr\(\s*(?:[fF]['\"]|['\"][^'\"\r\n]*['\"]\s*[%+.])"
)
_BINDING = re.compile(rb"\b(?:for|as|del)\b")
_LINE_END = re.compile(rb"[\r\n]")
MOCKING = (b"mock", b"monkeypatch")  # files with these may keep the paths that they patch in constants
_SYSTEM = re.compile(rb"\bsys\.modules\b|\bmodules\s*[\[.,)]")  # of `sys`, by whatever name that was imported
_ASSIGNED = re.compile(r"\b([A-Za-z_][\w.]*)\.([A-Za-z_]\w*)\s*=[^=]")
_MAY_REPLACE = rb"\bvars\(|\bmodules\b|\bexec\(|__globals__"  # a file with these may replace attributes
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
            stored = STORED.search(view.source.u8) is not None  # whoever loads it meanwhile gets what was stored
            for use in view.scopes.strings:
                for module in _spelled(view, use.value, stored) if not use.docstring else ():
                    self.reloaded[module] = Patch(view.source.path, use.node.lineno, False, stored)
        for call, _ in view.scopes.calls:
            if called(call) == "reload" and call.args and isinstance(call.args[0], ast.Name | ast.Attribute):
                module = module_of(view, call.args[0])
                self.reloaded.setdefault(module, Patch(view.source.path, call.lineno, False))


def _spelled(view: FileView, text: str, stored: bool) -> Iterator[str]:
    """The module that a text names; with a dot in front, where modules are stored, those whose names end like that."""
    layout = view.index.layout
    if layout.has(text):
        yield text
    elif stored and text.startswith(".") and text[1:].replace(".", "").isidentifier():
        yield from (module for module in layout.paths if module.endswith(text))


def replacing(words: Iterable[str]) -> Callable[[bytes], bool]:
    """A search for files that may replace one of these attributes; finds all that do, and more."""
    names = b"|".join(re.escape(word.encode()) for word in sorted(words)) or b"(?!)"
    stored = rb"\.\s*(?:%s)\b[^\r\n()]*\)?\s*(?:[-+*/%%&|^@<>]*=[^=])" % names
    may = re.compile(b"|".join([_MAY_REPLACE, stored, *map(re.escape, PATCH_WORDS)]))
    named = re.compile(rb"\.\s*(?:%s)\b" % names)
    return lambda text: may.search(text) is not None or _bound(named, text)


def _bound(named: re.Pattern[bytes], text: bytes) -> bool:
    """Whether an attribute of such a name stands behind ``for``, ``as`` or ``del`` in its line."""
    found, position = named.search(text), 0
    while found is not None and (word := _BINDING.search(text, position)) is not None:
        if found.start() < word.end():
            found = named.search(text, word.end())
        line = _LINE_END.search(text, word.end())
        position = line.start() if line is not None else len(text)
        if found is not None and found.start() < position:
            return True
    return False


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
        module = module_named(view, one.owner) if one.name != ANY else None
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
    for module, line in _namespaces(view):
        yield module, Patch(view.source.path, line, False, not test)
    for one in settings_of(view):
        whole = module_named(view, one.owner) if one.name == ANY else None
        if whole:
            yield whole, Patch(view.source.path, one.line, False, not test and b"mock" not in view.source.u8)


def _namespaces(view: FileView) -> Iterator[tuple[str, int]]:
    """Modules whose dictionary a file takes: ``module.__dict__``, ``vars(module)``, ``function.__globals__``."""
    for chain in view.scopes.chains:
        passed = list(view.passed(chain))
        if 0 < len(passed) <= len(chain.attributes) and chain.attributes[len(passed) - 1] == "__dict__":
            yield str(passed[-1]), chain.root.node.lineno
        if "__globals__" in chain.attributes:
            found = view.denote(chain.scope.lookup(chain.root.node.id), chain.root.node.id)
            step = view.step(chain)
            found = step.denotation if step is not None else found
            yield from [(found.module, chain.root.node.lineno)] if isinstance(found, Symbol) else ()
    for call, _ in view.scopes.calls:
        if called(call) == "vars" and call.args and (module := module_named(view, call.args[0])):
            yield module, call.lineno


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
        if one.name == ANY and module_named(view, one.owner) == "":
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
            module = module_of(view, owner)
            if module:
                yield module, attribute
        case [owner, *_] if call.keywords:
            module = module_of(view, owner) if isinstance(owner, ast.Name | ast.Attribute) else text_of(owner)
            if view.index.layout.has(module):
                yield from ((module, keyword.arg) for keyword in call.keywords if keyword.arg)
        case _:
            pass


def _asserts(call: ast.Call | None) -> bool:
    """Whether a string is an argument of an assertion, which compares it and replaces nothing."""
    return call is not None and isinstance(call.func, ast.Attribute) and call.func.attr.startswith("assert")


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
