"""One of the two descends from the other: what each class on the way adds."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field

from ssot.audit.duplicates.adapters import Adapters, thin_members
from ssot.audit.duplicates.classes import Member, definition_side, take_apart
from ssot.audit.duplicates.comparison import Blocker, Level, Row
from ssot.audit.duplicates.definitions import Definition, Definitions, Function
from ssot.audit.duplicates.functions import compare_statements
from ssot.audit.duplicates.lineage import Lineage
from ssot.audit.duplicates.normal import decorator_name
from ssot.index.table import External, Symbol

_MARKS = frozenset({"deprecated", "final", "runtime_checkable"})


@dataclass(frozen=True, slots=True)
class Found:
    """A member that a class has, by itself or from an ancestor."""

    holder: Definition
    member: Member


def find_member(project: Definitions, lineage: Lineage, symbol: Symbol, name: str) -> Found | str:
    """Where a class gets a name from; in words where the project does not show it; empty where from nowhere."""
    for one in lineage.mro(symbol) or (symbol,):
        if isinstance(one, Symbol):
            holder = project.get(one)
            if holder is None or not isinstance(holder.node, ast.ClassDef):
                return f"{one} is no plain class"
            member = take_apart(holder.node).members.get(name)
            if member is not None and not member.declares_only:
                return Found(holder, member)
        elif one in lineage.strangers(symbol):
            known = _builtin_attributes(one)
            if known is None or name in known:
                return f"{getattr(one, 'name', one)} may have it"
    return "object has it" if name in dir(object) else ""


def _builtin_attributes(one: object) -> list[str] | None:
    import builtins

    name = one.name if isinstance(one, External) else ""
    kind = getattr(builtins, name.removeprefix("builtins."), None) if name.startswith("builtins.") else None
    return dir(kind) if isinstance(kind, type) else None


@dataclass
class Descent:
    """The classes from the lower one up to the upper one, without the upper."""

    project: Definitions
    lineage: Lineage
    lower: Symbol
    upper: Symbol
    adds: list[str] = field(default_factory=list)

    def links(self) -> list[Symbol] | None:
        """None where the lower one does not descend from the upper."""
        found: list[Symbol] = []
        here = self.lower
        while here != self.upper:
            found.append(here)
            above = [
                base
                for base in self.lineage.bases(here)
                if isinstance(base, Symbol) and (base == self.upper or self.upper in self.lineage.ancestors(base))
            ]
            if not above or above[0] in found:
                return None
            here = above[0]
        return found

    def rows(self) -> Iterator[Row]:
        for link in self.links() or ():
            definition = self.project.get(link)
            if definition is None or not isinstance(definition.node, ast.ClassDef):
                yield Row("definition", "", str(link), Level.CONFLICT, "no single class statement")
                continue
            yield from self._head(definition, definition.node)
            yield from self._members(definition, definition.node)

    def lost(self) -> Iterator[Blocker]:
        """Classes on the way that would no longer be ancestors of the lower one."""
        for link in (self.links() or [])[1:]:
            definition = self.project.get(link)
            if definition is not None:
                reason = f"{self.lower} would no longer be a subclass of {link}"
                yield Blocker("lost-base", definition.path, definition.line, reason)

    def _head(self, definition: Definition, node: ast.ClassDef) -> Iterator[Row]:
        bases = [ast.unparse(base) for base in node.bases]
        single = len(self.lineage.bases(definition.symbol)) == 1
        note = "descends from it" if single else "has other bases too"
        yield Row("bases", "", ", ".join(bases), Level.COSMETIC if single else Level.CONFLICT, note)
        for decorator in node.decorator_list:
            mark = decorator_name(self.project, definition.file, decorator).rpartition(".")[2] in _MARKS
            yield Row("decorators", "", f"@{ast.unparse(decorator)}", Level.COSMETIC if mark else Level.CONFLICT)
        if node.keywords:
            yield Row("metaclass", "", ", ".join(ast.unparse(key) for key in node.keywords), Level.CONFLICT)

    def _members(self, definition: Definition, node: ast.ClassDef) -> Iterator[Row]:
        (base, *_) = self.lineage.bases(definition.symbol)
        assert isinstance(base, Symbol)
        body = take_apart(node)
        for name, method in thin_members(node):
            if not name:
                yield Row("other statements", "", "; ".join(map(ast.unparse, body.rest)), Level.CONFLICT)
                continue
            yield self._member(
                definition, body.members[name], method, find_member(self.project, self.lineage, base, name)
            )

    def _member(self, definition: Definition, member: Member, method: Function | None, above: Found | str) -> Row:
        inherited = above.member.nodes[-1] if isinstance(above, Found) else None
        shown = above.member.text if isinstance(above, Found) else ""
        if method is not None:
            target = inherited if isinstance(inherited, Function) else None
            holder = above.holder if isinstance(above, Found) else None
            passed = (
                None
                if inherited is not None and target is None
                else self._passes(definition, method, holder, target, above)
            )
            if passed is not None:
                self.adds += [passed] if passed else []
                return Row(
                    member.aspect, shown, member.text, Level.COSMETIC, "hands on" + (f", {passed}" if passed else "")
                )
        if isinstance(above, Found):
            return self._override(definition, member, above)
        extra = not above and not _implicit(member.name)
        level = Level.EXTRA if extra else Level.CONFLICT
        return Row(member.aspect, "", member.text, level, "" if extra else above or "Python calls it by itself")

    def _passes(
        self,
        definition: Definition,
        method: Function,
        holder: Definition | None,
        target: Function | None,
        above: Found | str,
    ) -> str | None:
        if above == "":
            return None
        found = Adapters(self.project).method(definition, method, holder, target)
        if found is None and above == "object has it" and method.name == "__init__":
            found = Adapters(self.project).bare_constructor(definition, method)
        return found.adds if found is not None else None

    def _override(self, definition: Definition, member: Member, above: Found) -> Row:
        own, other = member.nodes[-1], above.member.nodes[-1]
        level, note = Level.CONFLICT, "overrides it"
        if (
            type(own) is type(other)
            and not isinstance(own, Function)
            and len(member.nodes) == len(above.member.nodes) == 1
        ):
            one, two = definition_side(above.holder), definition_side(definition, above.holder)
            found = compare_statements(self.project, one.inner(other), two.inner(own))
            level, note = (found.level, found.note) if found.level is not Level.CONFLICT else (level, note)
        return Row(member.aspect, above.member.text, member.text, level, note)


def _implicit(name: str) -> bool:
    return (
        name.startswith("__")
        and name.endswith("__")
        and name not in ("__doc__", "__module__", "__author__", "__version__")
    )


def lifted(
    project: Definitions, lineage: Lineage, rows: tuple[Row, ...], canonical: Symbol, duplicate: Symbol
) -> tuple[Row, ...]:
    """Rows of members that one side lacks, as conflicts where the lack has a meaning of its own."""
    return tuple(_lifted(project, lineage, row, canonical, duplicate) for row in rows)


def _lifted(project: Definitions, lineage: Lineage, row: Row, canonical: Symbol, duplicate: Symbol) -> Row:
    if row.level not in (Level.EXTRA, Level.MISSING):
        return row
    name = row.aspect.partition(" ")[2]
    lacking = canonical if row.level is Level.EXTRA else duplicate
    reason = "Python calls it by itself" if _implicit(name) else _inherited(project, lineage, lacking, name)
    if not reason:
        return row
    return Row(row.aspect, row.canonical, row.duplicate, Level.CONFLICT, reason)


def _inherited(project: Definitions, lineage: Lineage, symbol: Symbol, name: str) -> str:
    found = find_member(project, lineage, symbol, name)
    return f"the other has it from {found.holder.symbol}" if isinstance(found, Found) else found
