"""Whether a local name can follow the canonical name without any use changing its meaning."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from ssot.index.layout import is_init
from ssot.index.scopes import NameUse, Scope
from ssot.index.view import FileView
from ssot.rewrite.context import Project
from ssot.rewrite.locate import Span, name_span, prints_itself

DYNAMIC = frozenset({"eval", "exec", "globals", "locals", "vars"})


_NAMESPACE = re.compile(rb"\b(?:f_globals|f_locals|__globals__|_getframe|builtins\.globals)\b")


def is_expression(text: str) -> bool:
    """Whether a text could be evaluated: a name, a quoted type, a small program; prose can't."""
    try:
        ast.parse(text.strip())
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def words(text: str, name: str) -> int:
    return len(re.findall(rf"(?<![\w.]){name}\b", text))


def obstacle(view: FileView, project: Project, scope: Scope, old: str, new: str) -> str:
    """Why uses of `old`, bound in `scope`, can't be renamed to `new`; empty where they can."""
    return next(_obstacles(view, project, scope, old, new), "")


def _obstacles(view: FileView, project: Project, scope: Scope, old: str, new: str) -> Iterator[str]:
    if scope.kind == "class":
        yield f"{old} is an attribute of a class"
    if new == "_" and any(isinstance(node, ast.Match) for node in ast.walk(view.tree)):
        yield "_ stands for anything in patterns"
    if any(name.startswith("__") and not name.endswith("__") for name in (old, new)):
        yield "names with two leading underscores change inside classes"
    bindings = view.import_bindings(scope, old)
    if bindings is None or len(bindings) != 1:
        yield f"{old} is bound more than once"
    if scope.kind == "module":
        yield from _exported(view, project, old)
        yield from filter(None, [project.readers.looked_for(view.module, new)])
        if not view.scopes.uses_of(scope, old):
            yield f"nothing here uses {old}: it is there for others"
    yield from _spelled_out(view, old)
    yield from _declared(view, scope, old)
    yield from _captured(view, scope, old, new)
    for use in view.scopes.uses_of(scope, old):
        if prints_itself(view, use, old):
            yield f"an f-string prints the text {old}="
        if name_span(view, use) is None:
            yield f"a use of {old} in line {use.node.lineno} can't be located"


def _exported(view: FileView, project: Project, old: str) -> Iterator[str]:
    facts = view.facts
    if is_init(view.source.path):
        yield "the package offers the name"
    if (view.module, old) in project.governance.providers:
        yield f"{old} of this module is a declared path"
    if facts.exports_computed or old in (facts.exports or ()):
        yield f"{old} is in __all__"
    elsewhere = project.read_elsewhere(view.module, old)
    if elsewhere:
        yield elsewhere


def _spelled_out(view: FileView, old: str) -> Iterator[str]:
    """The name as text that the program may look it up by."""
    if any(use.node.id in DYNAMIC for use in view.scopes.names):
        yield "the file looks names up at run time"
    for use in view.scopes.strings:
        if not use.typing and not use.docstring and words(use.value, old) and is_expression(use.value):
            yield f'the text "{old}" may stand for the name'
        if use.docstring and ">>>" in use.value and re.search(rf"\b{old}\b", use.value):
            yield f"a doctest uses {old}"
    if _NAMESPACE.search(view.source.u8) or any(map(_lists_names, view.scopes.calls)):
        yield "the file reaches namespaces as dictionaries"
    for use in view.scopes.strings:
        if use.typing and words(use.value, old) != sum(
            other.in_string is use.node for other in view.scopes.uses_of(view.scopes.root, old)
        ):
            yield f"an annotation in quotes names {old} where it can't be followed"
    if b"__annotations__" in view.source.u8:
        yield "the file looks at annotations, which may be kept as text"
    if re.search(rb"#\s*type:[^\r\n]*\b" + old.encode() + rb"\b", view.source.u8):
        yield f"a type comment names {old}"


def _lists_names(call: tuple[ast.Call, Scope]) -> bool:
    return isinstance(call[0].func, ast.Name) and call[0].func.id == "dir" and not call[0].args


def _declared(view: FileView, scope: Scope, old: str) -> Iterator[str]:
    for inner in scope.subtree():
        if old in inner.global_names or old in inner.nonlocal_names:
            yield f"{old} is declared global or nonlocal"
        if inner is not scope and view.scopes.reads_outer_first(inner, old):
            yield f"{old} is bound in a class body, which reads the outer one until then"


def _captured(view: FileView, scope: Scope, old: str, new: str) -> Iterator[str]:
    if scope.bindings.get(new) or new in scope.global_names | scope.nonlocal_names:
        yield f"{new} is already bound"
    for use in view.scopes.uses_of(scope, old):
        if _bound_between(use.scope, scope, new):
            yield f"{new} means something else where {old} is used"
    inside = set(map(id, scope.subtree()))
    for use in view.scopes.named(new):
        if id(use.scope) in inside:
            owner = use.scope.lookup(new)
            if owner is None or id(owner) not in inside or owner is scope:
                yield f"{new} is already used"
    if scope.kind == "module":
        for _, base in view.stars():
            if any(view.index.star_may_bind(base, name) for name in (old, new)):
                yield f"a star import may bind {old} or {new}"


def _bound_between(inner: Scope, outer: Scope, name: str) -> bool:
    scope: Scope | None = inner
    while scope is not None and scope is not outer:
        if name in scope.bindings or name in scope.global_names:
            return True
        scope = scope.parent
    return False


def free(view: FileView, scope: Scope, name: str, uses: list[NameUse]) -> bool:
    """Whether `name` can be bound anew in `scope` and read by all of `uses`, with nothing else noticing."""
    return not any(_captured_new(view, scope, name, uses))


def _captured_new(view: FileView, scope: Scope, name: str, uses: list[NameUse]) -> Iterator[bool]:
    if name in scope.bindings or name in scope.global_names | scope.nonlocal_names:
        yield True
    inside = set(map(id, scope.subtree()))
    for use in view.scopes.named(name):
        if id(use.scope) in inside:
            owner = use.scope.lookup(name)
            if owner is None or id(owner) not in inside or owner is scope:
                yield True
    if any(_bound_between(use.scope, scope, name) for use in uses):
        yield True
    if any(view.scopes.reads_outer_first(inner, name) for inner in scope.subtree() if inner is not scope):
        yield True  # a class body looks its own name up outside until it has bound it
    if scope.kind == "module" and any(view.index.star_may_bind(base, name) for _, base in view.stars()):
        yield True
    if scope.kind == "module" and name in view.index.layout.children(view.module):
        yield True  # importing the submodule binds it, whenever that is


def spans(view: FileView, scope: Scope, old: str) -> list[Span]:
    """Where the uses stand; only after `obstacle` found nothing."""
    found = [name_span(view, use) for use in view.scopes.uses_of(scope, old)]
    return [span for span in found if span is not None]
