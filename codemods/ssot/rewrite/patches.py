"""Attributes of modules that somebody replaces while the program runs: `mock.patch`, `monkeypatch`, plain assignment.

Whoever reads such an attribute when it is needed (an import inside a function, ``module.name``) sees the replacement;
reading the same object by another path would not. Those readers are only redirected together with the patches.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from ssot.index.table import Index, Module, Path
from ssot.index.view import FileView

_PATCHING = frozenset({"patch", "setattr", "delattr", "multiple", "object", "replace", "stub", "spy"})
_MOCKING = (b"mock", b"monkeypatch")  # files with these may keep the paths that they patch in constants
PATCH_WORDS = (b"reload", b"__dict__", b"sys.modules", b"patch", b"setattr", b"delattr", b"multiple", b"stub", b"spy")


@dataclass(frozen=True, slots=True)
class Patch:
    """One place that replaces a module's attribute. ``editable``: a constant dotted string that can follow."""

    file: str
    line: int
    editable: bool
    lasting: bool = False  # made by production code: readers at import time may see it as well


@dataclass(frozen=True)
class PatchTable:
    by_path: dict[Path, tuple[Patch, ...]] = field(default_factory=dict)
    by_name: dict[str, tuple[Patch, ...]] = field(default_factory=dict)  # the module is computed
    reloaded: dict[str, Patch] = field(default_factory=dict)  # modules whose names are all made anew

    def on(self, path: Path) -> tuple[Patch, ...]:
        """Patches that may hit this path."""
        reload = self.reloaded.get(path[0])
        return (*self.by_path.get(path, ()), *self.by_name.get(path[1], ()), *([reload] if reload else []))


def patch_table(views: Iterable[FileView], is_test: set[str]) -> PatchTable:
    by_path: dict[Path, list[Patch]] = {}
    by_name: dict[str, list[Patch]] = {}
    reloaded: dict[str, Patch] = {}
    for view in views:
        for path, patch in _patches(view, view.source.path in is_test):
            if path[0]:
                by_path.setdefault(path, []).append(patch)
            else:
                by_name.setdefault(path[1], []).append(patch)
        for module, patch in _whole_modules(view, view.source.path in is_test):
            reloaded[module] = patch
        if b"sys.modules" in view.source.u8:
            for use in view.scopes.strings:
                if view.index.layout.has(use.value) and not use.docstring:
                    reloaded[use.value] = Patch(view.source.path, use.node.lineno, False)
        for call, _ in view.scopes.calls:
            if _called(call) == "reload" and call.args and isinstance(call.args[0], ast.Name | ast.Attribute):
                reloaded[_module_of(view, call.args[0])] = Patch(view.source.path, call.lineno, False)
    return PatchTable(
        {path: tuple(found) for path, found in by_path.items()},
        {name: tuple(found) for name, found in by_name.items()},
        reloaded,
    )


def _patches(view: FileView, test: bool) -> Iterable[tuple[Path, Patch]]:
    file = view.source.path
    for step in view.steps:
        last = step.chain.nodes[step.depth]
        if not isinstance(last.ctx, ast.Load):
            yield step.path, Patch(file, last.lineno, False, not test)
    words = PATCH_WORDS if test else _MOCKING
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
    for call, _ in view.scopes.calls:
        match call.args:
            case [ast.Name() | ast.Attribute() as owner, name, _] if _called(call) == "setattr":
                if not isinstance(name, ast.Constant) and (module := _module_of(view, owner)):
                    yield module, Patch(view.source.path, call.lineno, False, not test)
            case _:
                pass


def attribute_paths(view: FileView, call: ast.Call) -> Iterator[Path]:
    """The module attributes that a call names by a module and constant names: ``f(module, "name")``, ``f(module, name=…)``."""
    match call.args:
        case [ast.Call(args=[ast.Constant(value=str() as text)]) as owner, ast.Constant(value=str() as attribute), *_]:
            if _called(owner) in ("import_module", "__import__") and view.index.layout.has(text):
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
    name = _called(call) if call is not None else ""
    if name == "dict" and call is not None and isinstance(call.func, ast.Attribute):
        return ast.unparse(call.func.value).endswith("patch")
    return name in _PATCHING or name.endswith("patch")


def _called(call: ast.Call) -> str:
    """The last part of what a call calls."""
    return call.func.attr if isinstance(call.func, ast.Attribute) else str(getattr(call.func, "id", ""))


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


def _module_of(view: FileView, node: ast.Name | ast.Attribute) -> str:
    """The project module that an expression denotes, if any."""
    for use in view.scopes.names:
        if use.node is node:
            here = view.denote(use.scope.lookup(use.node.id), use.node.id)
            return here.name if isinstance(here, Module) else ""
    for chain in view.scopes.chains:
        if chain.nodes[-1] is node:
            here = view.denote(chain.scope.lookup(chain.root.node.id), chain.root.node.id)
            for attribute in chain.attributes:
                here = view.index.resolve(here.name, attribute) if isinstance(here, Module) else None
            return here.name if isinstance(here, Module) else ""
    return ""
