"""Taking a name out of a module: the statement that binds it goes, and the module's own uses go by another name."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

from ssot.index.scopes import NameUse
from ssot.index.view import FileView, local_name
from ssot.rewrite.fromlist import LayoutError, cut
from ssot.rewrite.locate import name_span, prints_itself
from ssot.rewrite.outcomes import Splice
from ssot.rewrite.shims.dynamic import LOOKS_UP, looks_up_constants, own_lookups
from ssot.rewrite.shims.layout import extent, laid_out
from ssot.rewrite.shims.refused import NoShimError


@dataclass
class Unbinding:
    """The names that leave one module; statements that bind several of them are edited once."""

    view: FileView
    aliases: dict[int, list[ast.alias]] = field(default_factory=dict)  # import statement -> names that go
    renamed: dict[int, dict[str, str]] = field(default_factory=dict)  # import statement -> local name -> new one
    removed: dict[int, ast.stmt] = field(default_factory=dict)
    deleted: dict[int, list[str]] = field(default_factory=dict)  # star import -> names to delete behind it
    nodes: dict[int, ast.stmt] = field(default_factory=dict)
    uses: list[Splice] = field(default_factory=list)
    known: dict[str, str] = field(default_factory=dict)  # names under which the module goes on using an object

    def take(self, name: str, keys: frozenset[str]) -> None:
        """Note how to unbind one name. Raises NoShimError, having noted nothing."""
        providers = list(self._providers(name))
        if not providers:
            raise NoShimError("shim-binding", f"no single statement of {self.view.module} binds {name}")
        for node in providers:
            self._check(node, name)
        if self._in_class_body(name):
            raise NoShimError(
                "shim-own-use", f"a class of {self.view.module} binds {name} too, and may read the module's"
            )
        if any(use.loads and not _in_hook(self.view, use.node) for use in self._uses(name)):
            self._rename(name, providers, keys)
            return
        self._not_spelled(name)
        for node in providers:
            self._remove(node, name)
            value = getattr(node, "value", None)
            if isinstance(value, ast.Name) and self.view.import_bindings(self.view.scopes.root, value.id):
                self.known[name] = value.id
        self.known = {one: other for one, other in self.known.items() if other != name}

    def _uses(self, name: str) -> list[NameUse]:
        """Where the module uses its own name, but for statements that go as well."""
        going = {id(inner) for node in self.removed.values() for inner in ast.walk(node)}
        uses = self.view.scopes.uses_of(self.view.scopes.root, name)
        return [use for use in uses if id(use.in_string or use.node) not in going]

    # -- what binds the name

    def _providers(self, name: str) -> Iterator[ast.stmt]:
        for node in dict.fromkeys(self.view.scopes.root.bindings.get(name, [])):
            if isinstance(node, ast.stmt) and not self._type_only(node):
                yield node
            elif not isinstance(node, ast.stmt):
                yield self._statement_of(node, name)
        for found, base in self.view.stars():
            offered = self.view.index.star_names(base)
            if found.scope is self.view.scopes.root and (offered is None or name in offered):
                if offered is None:
                    raise NoShimError("shim-binding", f"the names that {base} gives by a star import can't be told")
                yield found.node

    def _statement_of(self, node: ast.AST, name: str) -> ast.stmt:
        for statement in self.view.tree.body:
            if any(inner is node for inner in ast.walk(statement)):
                return statement
        raise NoShimError("shim-binding", f"{name} is bound in a way that can't be taken out")

    def _type_only(self, node: ast.stmt) -> bool:
        if isinstance(node, ast.Import | ast.ImportFrom):
            return self.view.where(node).type_only
        bindings = [one for found in self.view.index.bindings(self.view.module).values() for one in found]
        return any(one.where.type_only and one.line == node.lineno for one in bindings)

    def _check(self, node: ast.stmt, name: str) -> None:
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            raise NoShimError("shim-definition", f"{name} is defined in {self.view.module}, not taken from elsewhere")
        if node not in self.view.tree.body:
            raise NoShimError("shim-conditional", f"{name} is bound under a condition, in line {node.lineno}")
        plain = isinstance(node, ast.ImportFrom) or _is_alias(node, name)
        if not plain:
            raise NoShimError(
                "shim-binding", f"{name} is bound in line {node.lineno} by more than a plain import or alias"
            )
        for scope in self.view.scopes.root.subtree():
            if name in scope.global_names:
                raise NoShimError("shim-own-use", f"a function of {self.view.module} declares {name} global")

    # -- the module's own uses

    def _not_spelled(self, name: str) -> None:
        """Texts by which the module may look the name up in itself."""
        word = _word(name)
        own = own_lookups(self.view)
        dynamic = bool(own)
        if unknown := [node for node in own if not looks_up_constants(self.view, node)]:
            reason = f"line {unknown[0].lineno} may look up any name of {self.view.module}, {name} as well"
            raise NoShimError("shim-own-use", reason)
        for use in self.view.scopes.strings:
            hit = word.search(use.value)
            if hit and (dynamic and not use.docstring and not self._in_all(use.node)):
                raise NoShimError("shim-own-use", f"line {use.node.lineno} may look {name} up in the module itself")
        no_doctest(self.view, name)

    def _in_all(self, node: ast.Constant) -> bool:
        return any(
            isinstance(statement, ast.Assign | ast.AugAssign | ast.AnnAssign | ast.Expr)
            and any(inner is node for inner in ast.walk(statement))
            and any(isinstance(inner, ast.Name) and inner.id == "__all__" for inner in ast.walk(statement))
            for statement in self.view.tree.body
        )

    def _rename(self, name: str, providers: list[ast.stmt], keys: frozenset[str]) -> None:
        """The module goes on using the object, by a name that is not the old one."""
        self._not_spelled(name)
        uses = self._uses(name)
        (node, *others) = providers
        if others:
            raise NoShimError(
                "shim-own-use", f"{self.view.module} itself uses {name}, which more than one statement binds"
            )
        new = self._new_name(node, name)
        if new.isidentifier():
            self.known = {one: new if other == name else other for one, other in self.known.items()} | {name: new}
        for use in uses:
            if not use.loads:
                continue
            if _in_hook(self.view, use.node):
                continue
            span = name_span(self.view, use)
            inner = use.scope.lookup(new.partition(".")[0])
            shadowed = inner is not None and inner is not self.view.scopes.root
            if span is None or shadowed or prints_itself(self.view, use, name):
                raise NoShimError("shim-own-use", f"the use of {name} in line {use.node.lineno} can't be renamed")
            self.uses.append(Splice(*span, new.encode(), keys))
        if isinstance(node, ast.ImportFrom) and node.names[0].name != "*":
            self.renamed.setdefault(id(node), {})[name] = new
            self.nodes[id(node)] = node
        else:
            self._remove(node, name)

    def _in_class_body(self, name: str) -> bool:
        """Whether the body of a class reads what may be its own name or, as long as that is not bound, the module's."""
        scopes = (one for one in self.view.scopes.root.subtree() if one.kind == "class" and name in one.bindings)
        return any(use.loads for scope in scopes for use in self.view.scopes.uses_of(scope, name))

    def _new_name(self, node: ast.stmt, name: str) -> str:
        if isinstance(node, ast.Assign | ast.AnnAssign):
            assert node.value is not None
            target = ast.unparse(node.value)
            owner = self.view.scopes.root.bindings.get(target.partition(".")[0], [])
            if len(owner) != 1 or not isinstance(
                owner[0], ast.Import | ast.ImportFrom | ast.ClassDef | ast.FunctionDef
            ):
                raise NoShimError("shim-own-use", f"{self.view.module} itself uses {name}, which stands for {target}")
            return target
        assert isinstance(node, ast.ImportFrom)
        if node.names[0].name == "*":
            raise NoShimError("shim-own-use", f"{self.view.module} itself uses {name}, which a star import brings")
        alias = next(one for one in node.names if local_name(one) == name)
        wanted = alias.name if alias.name != name else f"_{name.lstrip('_')}"
        while wanted != alias.name and wanted.encode() in self.view.source.u8:
            wanted += "_"
        known = any(wanted == use.node.id for use in self.view.scopes.names) or any(
            wanted in scope.bindings for scope in self.view.scopes.root.subtree()
        )
        if known:
            raise NoShimError(
                "shim-own-use", f"{self.view.module} itself uses {name}, and {wanted} means something there"
            )
        return wanted

    # -- edits

    def _remove(self, node: ast.stmt, name: str) -> None:
        self.nodes[id(node)] = node
        if isinstance(node, ast.ImportFrom) and node.names[0].name == "*":
            self.deleted.setdefault(id(node), []).append(name)
        elif isinstance(node, ast.ImportFrom):
            gone = [alias for alias in node.names if local_name(alias) == name]
            self.aliases.setdefault(id(node), []).extend(gone)
        else:
            self.removed[id(node)] = node

    def edits(
        self, keys: frozenset[str], loaded: Mapping[int, Collection[str]], parts: Mapping[int, Collection[str]]
    ) -> list[Splice]:
        """For statements that go as a whole, `loaded`: the modules that must still be imported there; `parts`: those of a package."""
        found = [*self.uses]
        for number, node in self.nodes.items():
            near = "." if getattr(node, "level", 0) else self.view.module
            lines = [f"import {module}\n" for module in sorted(loaded.get(number, ()))]
            lines += [f"from {near} import {part}\n" for part in sorted(parts.get(number, ()))]
            if number in self.deleted and isinstance(node, ast.ImportFrom):
                found.append(self._star(node, self.deleted[number], "".join(lines), keys))
            elif number in self.removed or self.goes(number):
                start, end = extent(self.view.source, self.view.tree.body, node)
                found.append(Splice(start, end, laid_out("".join(lines), self.view.source), keys))
            elif isinstance(node, ast.ImportFrom):
                found.append(self._cut(node, keys))
        return found

    def goes(self, number: int) -> bool:
        """Whether an import statement loses all its names."""
        node = self.nodes[number]
        gone = self.aliases.get(number, [])
        return isinstance(node, ast.ImportFrom) and len(gone) == len(node.names) and number not in self.renamed

    def leaves(self, name: str) -> bool:
        """Whether a name of the module is among those that go."""
        gone = {local_name(alias) for found in self.aliases.values() for alias in found}
        starred = {one for names in self.deleted.values() for one in names}
        return name in gone | starred

    def _star(self, node: ast.ImportFrom, names: list[str], lines: str, keys: frozenset[str]) -> Splice:
        base = self.view.base(node)
        offered = self.view.index.star_names(base) if base is not None else None
        if offered is not None and offered <= set(names):
            start, end = extent(self.view.source, self.view.tree.body, node)
            return Splice(start, end, laid_out(lines, self.view.source), keys)
        end = extent(self.view.source, self.view.tree.body, node)[1]
        text = f"del {', '.join(sorted(names))}\n"
        at_end = end == len(self.view.source.u8) and not self.view.source.u8.endswith((b"\n", b"\r"))
        return Splice(end, end, laid_out(("\n" if at_end else "") + text, self.view.source), keys)

    def _cut(self, node: ast.ImportFrom, keys: frozenset[str]) -> Splice:
        gone = self.aliases.get(id(node), [])
        renamed = self.renamed.get(id(node), {})
        start, end = self.view.source.span(node)
        try:
            text = cut(self.view.source, node, gone).text if gone else self.view.source.segment(node)
        except LayoutError as error:
            raise NoShimError("layout", str(error)) from None
        for old, new in renamed.items():
            alias = next(one for one in node.names if local_name(one) == old)
            written = self.view.source.segment(alias)
            spelled = alias.name if alias.name == new else f"{alias.name} as {new}"
            text = re.sub(
                rb"(?<![\w.])" + re.escape(written) + rb"(?![\w.])(?!\s+as\b)", spelled.encode(), text, count=1
            )
        return Splice(start, end, text, keys)


def _is_alias(node: ast.stmt, name: str) -> bool:
    """``name = dotted.path`` and nothing else."""
    match node:
        case ast.Assign(targets=[ast.Name(id=found)], value=ast.Name() | ast.Attribute() as value):
            return found == name and _dotted(value)
        case ast.AnnAssign(target=ast.Name(id=found), value=ast.Name() | ast.Attribute() as value):
            return found == name and _dotted(value)
        case _:
            return False


def _dotted(node: ast.expr) -> bool:
    while isinstance(node, ast.Attribute):
        node = node.value
    return isinstance(node, ast.Name)


def _in_hook(view: FileView, node: ast.AST) -> bool:
    """Whether a name stands in the module's own ``__getattr__`` or ``__dir__``, where `globals()` is nothing to fear."""
    return getattr(node, "id", "") in LOOKS_UP and not any(node is one for one in own_lookups(view))


def _word(name: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w.]){re.escape(name)}\b")


def no_doctest(view: FileView, name: str) -> None:
    """Raises NoShimError where an example in the module's own texts uses the name."""
    for use in view.scopes.strings:
        if use.docstring and _in_doctest(use.value, _word(name)):
            raise NoShimError("shim-own-use", f"a doctest of {view.module} uses {name}")


def _in_doctest(text: str, word: re.Pattern[str]) -> bool:
    return any(word.search(line) for line in text.splitlines() if line.lstrip().startswith((">>>", "...")))
