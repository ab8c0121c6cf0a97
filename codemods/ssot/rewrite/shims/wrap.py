"""A function of its own under an old path becomes a wrapper: it warns its caller and hands over to the canonical one.

What it hands over is known where it calls the canonical function already, or where both do the same to parameters of
other names, in another order, or left to their defaults. In all other cases nobody but its author can say.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from ssot.audit.duplicates.functions import signature
from ssot.audit.governance import parse_reference, reference
from ssot.index.facts import Kind
from ssot.index.scopes import Scope
from ssot.index.source import Source
from ssot.index.table import Denotation, Index, Missing, Path, Symbol, Unknown
from ssot.index.view import FileView
from ssot.index.wrappers import SEES_ITS_FRAME, Function, functions_of, handed_to, statements_of, warning_text
from ssot.rewrite.outcomes import Splice
from ssot.rewrite.shims import block
from ssot.rewrite.shims.block import NewRow
from ssot.rewrite.shims.layout import laid_out
from ssot.rewrite.shims.oldest import has_deprecated
from ssot.rewrite.shims.places import Places, Way
from ssot.rewrite.shims.refused import NoShimError
from ssot.rewrite.shims.unbind import no_doctest
from ssot.rewrite.shims.unify import UnlikeError, call_for
from ssot.rewrite.stage import Tree

CODE = "shim-wrapper"
_LINE = 88
_ANY_DAY = date(1970, 1, 1)


def is_function_of_its_own(index: Index, path: Path, canonical: Denotation) -> bool:
    """Whether both are functions, each defined once where it is found, and two of them."""
    if not isinstance(canonical, Symbol) or canonical == Symbol(*path) or index.resolve(*path) != Symbol(*path):
        return False
    pairs = (path, (canonical.module, canonical.name))
    made = [[one for one in index.bindings(module).get(name, []) if not one.where.type_only] for module, name in pairs]
    return all(len(found) == 1 and found[0].kind is Kind.DEF and not found[0].where.guards for found in made)


def becomes_wrapper(tree: Tree, path: Path, canonical: Path) -> bool:
    """Whether a function that takes other parameters than the canonical one is, or can be, a wrapper of it."""
    file, denotes = tree.index.layout.paths.get(path[0], ""), tree.index.resolve(*canonical)
    settings = tree.manifest.shims
    if settings is None or settings.mode != "module-getattr" or file not in tree.sources or tree.hands_off(file):
        return False
    if not is_function_of_its_own(tree.index, path, denotes):
        return False
    if path[1] in tree.index.facts[file].shims.wrapped:
        return True
    row = NewRow(path[1], reference(canonical), _ANY_DAY, None)
    wrapping = Wrapping(tree, tree.view(file), row)
    try:
        return wrapping.takes_others() and bool(wrapping.splices(frozenset()))
    except NoShimError:
        return False


@dataclass(frozen=True)
class Wrapping:
    """One function of one module, and what it is to hand over to."""

    tree: Tree
    view: FileView
    row: NewRow

    def splices(self, keys: frozenset[str]) -> list[Splice]:
        """The edits that make it warn, and those that make it call. Raises NoShimError."""
        node = self._node()
        self._alone(node)
        edits = [] if self._hands_over(node) else [self._handed(node, keys)]
        if has_deprecated(self.tree) and not self._starred:
            imported = block.importing(self.view, "warnings", keys, edits)
            return [*edits, *imported, self._decorated(node, keys)]  # both may stand at the top of the file
        self._not_a_generator(node)
        return [*edits, self._warned(node, keys)]

    def takes_others(self) -> bool:
        """Whether its parameters are not those of the canonical function."""
        symbol = self._canonical
        assert isinstance(symbol, Symbol)
        file = self.tree.index.layout.paths.get(symbol.module, "")
        made = functions_of(self.tree.view(file).tree, symbol.name) if file in self.tree.sources else []
        return any(signature(self._node()) != signature(one) for one in made)

    @property
    def _starred(self) -> bool:
        """Whether a file takes whatever the module binds, as it would `warnings`."""
        index = self.tree.index
        statements = ((path, fact) for path, facts in index.facts.items() for fact in facts.imports)
        return self.view.facts.exports is None and any(
            fact.names[0].name == "*" and index.absolute(path, fact.module, fact.level) == self.view.module
            for path, fact in statements
            if fact.is_from
        )

    # -- whether it can be one

    def _node(self) -> Function:
        made = functions_of(self.view.tree, self.row.name)
        if len(made) != 1 or len(self.view.scopes.root.bindings.get(self.row.name, ())) != 1:
            raise NoShimError(CODE, f"{self.row.name} is not one plain function of {self.view.module}")
        (node,) = made
        if node.decorator_list:
            raise NoShimError(CODE, f"{self.row.name} is decorated with {ast.unparse(node.decorator_list[0])}")
        return node

    def _alone(self, node: Function) -> None:
        """The module itself must not call it, and `warnings` must mean there what it means everywhere."""
        root, name = self.view.scopes.root, self.row.name
        uses = [use for use in self.view.scopes.uses_of(root, name) if use.loads]
        if uses:
            raise NoShimError("shim-own-use", f"{self.view.module} itself uses {name}, in line {uses[0].node.lineno}")
        no_doctest(self.view, name)
        inside = {inner.id for inner in ast.walk(node) if isinstance(inner, ast.Name)}
        inside |= {inner.arg for inner in ast.walk(node) if isinstance(inner, ast.arg)}
        if "warnings" in inside or "DeprecationWarning" in inside or root.bindings.get("DeprecationWarning"):
            raise NoShimError(CODE, f"{name} warns in words of its own, or calls something else by that name")

    def _not_a_generator(self, node: Function) -> None:
        if any(isinstance(inner, ast.Yield | ast.YieldFrom) for inner in ast.walk(node)):
            reason = (
                "is a generator: it would warn whoever asks for its first value, not its caller, before Python 3.13"
            )
            raise NoShimError(CODE, f"{self.row.name} {reason}")

    # -- what it hands over

    @property
    def _canonical(self) -> Denotation:
        return self.tree.index.resolve(*parse_reference(self.row.canonical))

    def _hands_over(self, node: Function) -> bool:
        call = handed_to(node)
        return call is not None and denoted(self.view, call.func) == self._canonical

    def _handed(self, node: Function, keys: frozenset[str]) -> Splice:
        """Its body as one call of the canonical function."""
        try:
            arguments = call_for(self._checked(node), node)
        except UnlikeError as error:
            how = f"let it call {self.row.canonical} itself, and it becomes a wrapper"
            raise NoShimError(CODE, f"{self.row.name} is a function of its own, and {error}; {how}") from None
        module, _, name = self.row.canonical.partition(":")
        taken = {inner.arg for inner in ast.walk(node.args) if isinstance(inner, ast.arg)}
        local = name if name not in taken | {"warnings"} else f"_{name}"
        while local in taken:
            local += "_"
        named = name if local == name else f"{name} as {local}"
        waits = "await " if isinstance(node, ast.AsyncFunctionDef) else ""
        lines = [f"from {module} import {named}", "", f"return {waits}{local}({arguments})"]
        body = statements_of(node)
        start, end = self.view.source.span(body[0])[0], self.view.source.span(body[-1])[1]
        margin = _margin(self.view.source, node)
        text = ("\n" + margin).join(lines).replace(f"\n{margin}\n", "\n\n")
        return Splice(start, end, _ended(self.view.source, text), keys)

    def _checked(self, node: Function) -> Function:
        """The canonical function, where nothing but its parameters tells it from this one. Raises UnlikeError."""
        symbol = self._canonical
        assert isinstance(symbol, Symbol)
        file = self.tree.index.layout.paths.get(symbol.module, "")
        if file not in self.tree.sources:
            raise UnlikeError(f"{file or symbol.module} can't be looked at")
        there = self.tree.view(file)
        made = functions_of(there.tree, symbol.name)
        if len(made) != 1 or made[0].decorator_list:
            raise UnlikeError("the canonical one is not one plain function")
        if not statements_of(node):
            raise UnlikeError("it does nothing")
        self._same_surroundings(made[0], there, node)
        return made[0]

    def _same_surroundings(self, canonical: Function, there: FileView, node: Function) -> None:
        words = {word for one in (canonical, node) for word in _words(one)}
        if seen := sorted(words & SEES_ITS_FRAME):
            raise UnlikeError(f"what {seen[0]} gives depends on where it is called")
        own, other, unused = free(self.view, node), free(there, canonical), "nothing"
        for name in sorted(own.keys() | other.keys()):
            if own.get(name) != other.get(name):
                raise UnlikeError(
                    f"{name} is {own.get(name, unused)} to it, and {other.get(name, unused)} to the canonical one"
                )
            if name.startswith("__") or name in self.view.facts.rebound | there.facts.rebound:
                raise UnlikeError(f"{name} may be something else in each of the two modules")
        paths = {(view.module, name) for view in (self.view, there) for name in own}
        places = Places(self.tree, paths, everywhere=True, declared=False)
        if any(place.way is Way.PATCH for path in paths for place in places.of(path)):
            raise UnlikeError("what it uses is replaced while the program runs")

    # -- what it says

    def _text(self, margin: str) -> str:
        text = warning_text(self.view.module, self.row.name, self.row.canonical, self.row.until)
        head, semicolon, tail = text.rpartition("; ")
        if len(margin.expandtabs(4)) + len(text) + 3 <= _LINE:
            return f'{margin}"{text}"'
        return f'{margin}"{head}{semicolon}"\n{margin}"{tail}"'

    def _decorated(self, node: Function, keys: frozenset[str]) -> Splice:
        at = self.view.source.line_starts[node.lineno - 1]
        text = f"@warnings.deprecated(\n{self._text('    ')}\n)\n"
        if self.view.source.span(node)[0] != at:
            raise NoShimError(CODE, f"{self.row.name} shares its first line with another statement")
        return Splice(at, at, laid_out(text, self.view.source), keys)

    def _warned(self, node: Function, keys: frozenset[str]) -> Splice:
        source, margin = self.view.source, _margin(self.view.source, node)
        deeper = margin + ("\t" if margin.startswith("\t") else "    ")
        start = source.span(statements_of(node)[0])[0]
        text = (
            f"import warnings\n\n{margin}warnings.warn(\n{self._text(deeper)},\n"
            f"{deeper}DeprecationWarning,\n{deeper}stacklevel=2,\n{margin})\n{margin}"
        )
        head = source.u8[source.line_starts[source.line_of(start) - 1] : start]
        if not head.strip():
            return Splice(start, start, _ended(source, text), keys)
        first = node.body[0]
        if statements_of(node)[0] is not first:
            raise NoShimError(CODE, f"{self.row.name} has its docstring and its code in one line")
        return Splice(start, start, _ended(source, f"\n{margin}{text}"), keys)


def _ended(source: Source, text: str) -> bytes:
    return text.encode().replace(b"\n", source.newline)


def _margin(source: Source, node: Function) -> str:
    """The indentation of the body."""
    first = node.body[0]
    if first.lineno == node.lineno or first.lineno == _colon_line(node):
        return "\t" if b"\n\t" in source.u8 else "    "
    return source.u8[source.line_starts[first.lineno - 1] : source.span(first)[0]].decode()


def _colon_line(node: Function) -> int:
    """The last line of the parameters."""
    ends = [one.end_lineno or 0 for one in ast.walk(node.args) if isinstance(one, ast.expr | ast.arg)]
    return max([node.lineno, *ends, node.returns.end_lineno or 0 if node.returns else 0])


def _words(node: Function) -> Iterator[str]:
    for inner in (one for statement in node.body for one in ast.walk(statement)):
        for field in ("id", "attr", "arg"):
            value = getattr(inner, field, None)
            if isinstance(value, str):
                yield value


def free(view: FileView, node: Function) -> dict[str, str]:
    """What each name that a function takes from its module, or from Python, denotes."""
    inside = {id(inner) for statement in node.body for inner in ast.walk(statement)}
    found: dict[str, str] = {}
    for use in view.scopes.names:
        if id(use.in_string or use.node) in inside:
            owner = use.scope.lookup(use.node.id)
            if owner is None or owner is view.scopes.root:
                found[use.node.id] = _meant(view, owner, use.node.id)
    return found


def _meant(view: FileView, owner: Scope | None, name: str) -> str:
    found = view.index.resolve(view.module, name)
    if isinstance(found, Unknown):
        return f"something that {view.module} does not tell"
    return f"Python's {name}" if owner is None and isinstance(found, Missing) else str(found)


def denoted(view: FileView, node: ast.expr) -> Denotation | None:
    """What a name, or a chain of attributes through modules, denotes."""
    if isinstance(node, ast.Name):
        use = next((use for use in view.scopes.names if use.node is node), None)
        owner = use.scope.lookup(node.id) if use is not None else None
        found = view.denote(owner, node.id)
        return view.index.resolve(view.module, node.id) if found is None and owner is view.scopes.root else found
    step = next((one for one in view.steps if one.chain.nodes[one.depth] is node), None)
    return step.denotation if step is not None else None
