"""The canonical class inherits from the duplicate: it takes over all that it inherits, and stands in the place of its base."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from ssot.audit.duplicates.classes import Member, take_apart
from ssot.audit.duplicates.comparison import Comparison
from ssot.audit.duplicates.definitions import Function
from ssot.audit.duplicates.functions import signature
from ssot.audit.duplicates.handing import awaited, call_of, given, no_op, returned
from ssot.audit.duplicates.handing import taken as taken_by
from ssot.rewrite.collapsing.extent import Extent, newline_behind
from ssot.rewrite.collapsing.members import body_indent, lines_of, moved_text
from ssot.rewrite.collapsing.merge import Merge
from ssot.rewrite.collapsing.spare import Spare, named_only_inside, without
from ssot.rewrite.collapsing.surroundings import Surroundings
from ssot.rewrite.collapsing.values import Objection
from ssot.rewrite.outcomes import Splice

_OPENS = re.compile(rb"\(\s*\Z")
_CLOSES = re.compile(rb"\s*,?\s*\)")


@dataclass
class Fold(Merge):
    """The members of the base on their way into the class below it."""

    _thin: dict[str, ast.stmt] = field(default_factory=dict)  # methods that only call those of the base

    def _members(self, comparison: Comparison) -> list[Member] | Objection:
        """All that the canonical class does not have itself."""
        own, theirs = take_apart(self._lower), take_apart(self._upper)
        if theirs.rest:
            line = theirs.rest[0].lineno
            return Objection("collapse-merge-member", f"{self.old.path}:{line} is nothing that can be moved")
        self._thin = {
            name: member.nodes[0]
            for name, member in own.members.items()
            if name in theirs.members and _hands_on(member, theirs.members[name])
        }
        return [member for name, member in theirs.members.items() if name not in own.members or name in self._thin]

    @property
    def _lower(self) -> ast.ClassDef:
        assert isinstance(self.new.node, ast.ClassDef)
        return self.new.node

    @property
    def _upper(self) -> ast.ClassDef:
        assert isinstance(self.old.node, ast.ClassDef)
        return self.old.node

    # -- what rules it out

    def _objections(self, members: list[Member]) -> Iterator[Objection]:
        yield from self._heads()
        yield from self._steps()
        yield from self._between()
        for member in members:
            for node in member.nodes:
                yield from self._private(node)
            yield from self._evaluated(member)

    def _heads(self) -> Iterator[Objection]:
        """Both class statements must be plain."""
        key, old = self.pair.key, self.pair.text
        if len(self._lower.bases) != 1 or self.hierarchy.bases(self.new.symbol) != (self.old.symbol,):
            yield Objection(
                "collapse-base", f"{old} is not the one base of {key}: something stands between or beside them"
            )
        for name, node in ((key, self._lower), (old, self._upper)):
            if node.keywords or any(ast.unparse(one).rpartition(".")[2] != "final" for one in node.decorator_list):
                yield Objection("collapse-base", f"{name} is made by a decorator or a metaclass")

    def _steps(self) -> Iterator[Objection]:
        """``super()`` in the canonical class would skip what it has taken over."""
        overridden = take_apart(self._lower).members.keys() & take_apart(self._upper).members.keys() - self._thin.keys()
        goes = {id(inner) for node in self._thin.values() for inner in ast.walk(node)}
        for node in ast.walk(self._lower):
            if id(node) not in goes and isinstance(node, ast.Name) and node.id in ("super", "__class__"):
                yield Objection(
                    "collapse-base", f"{self.new.path}:{node.lineno} calls what {self.pair.text} does by {node.id}"
                )
        for name in sorted(overridden):
            yield Objection("collapse-base", f"{self.pair.key} and {self.pair.text}, its base, both have {name}")

    def _between(self) -> Iterator[Objection]:
        """Classes that inherit from the canonical one and, by another way, from its base."""
        below = self.hierarchy.below(self.new.symbol)
        beside = self.hierarchy.below(self.old.symbol) - below - {self.new.symbol}
        for symbol in sorted(below, key=str):
            if self.hierarchy.above(symbol) & beside or self.old.symbol in self.hierarchy.bases(symbol):
                yield Objection("collapse-both-bases", f"{symbol} inherits from {self.pair.text} by two ways")
        for use in self.ground.uses(self.old.symbol):
            bases = self.hierarchy.written_bases(use)
            if len(bases) > 1 and any(base == self.new.symbol or base in below for base in bases):
                yield Objection("collapse-both-bases", f"{use.path}:{use.line} inherits from both")

    def _private(self, node: ast.stmt) -> Iterator[Objection]:
        if self.old.node.name.lstrip("_") == self.new.node.name.lstrip("_"):
            return
        for inner in ast.walk(node):
            word = getattr(inner, "attr", None) or getattr(inner, "id", None) or getattr(inner, "name", None) or ""
            if isinstance(word, str) and word.startswith("__") and not word.endswith("__"):
                where = f"{self.old.path}:{getattr(inner, 'lineno', node.lineno)}"
                yield Objection(
                    "collapse-private", f"{where} uses {word}, which Python spells by the name of the class"
                )

    def _evaluated(self, member: Member) -> Iterator[Objection]:
        """Names that the class body reads while it is made: the canonical one may have its own."""
        there = take_apart(self._lower).members
        scope = next(s for s in self.old.view.scopes.root.children if s.node is self.old.node)
        inside = {id(inner) for node in member.nodes for inner in ast.walk(node)}
        for use in self.old.view.scopes.names:
            if id(use.node) in inside and use.scope is scope and use.loads and use.node.id in there:
                yield Objection("collapse-merge-member", f"{use.node.id} means a member in {self.pair.key}")

    # -- the text

    def _inserted(self, members: Iterable[Member], around: Surroundings) -> list[Splice] | Objection:
        """What only hands on makes way for what it hands on to; the rest comes behind."""
        members = list(members)
        rest = super()._inserted([one for one in members if one.name not in self._thin], around)
        if isinstance(rest, Objection):
            return rest
        for member in members:
            if member.name in self._thin:
                found = self._replaced(self._thin[member.name], member.nodes[0], around)
                if isinstance(found, Objection):
                    return found
                rest.append(found)
        return rest

    def _replaced(self, thin: ast.stmt, node: ast.stmt, around: Surroundings) -> Splice | Objection:
        source, old = self.new.view.source, self.old.view.source
        there, here = lines_of(source, thin), lines_of(old, node)
        units = body_indent(old, self._upper), body_indent(source, self._lower)
        if there is None or here is None or units[0] is None or units[1] is None or b"#" in source.u8[slice(*there)]:
            return Objection("collapse-layout", f"{self.new.path}:{thin.lineno} can't be replaced as it is written")
        newline = newline_behind(source, there[1])
        renamed = [(one, self.new.symbol.name.encode()) for one in around.needs.renamed]
        text = moved_text(old, node, here, (units[0], units[1]), newline, renamed)
        return Splice(*there, text, frozenset({self.pair.key}))

    def _take_in(self, around: Surroundings, members: list[Member]) -> None:
        around.take_in_expressions(self._upper.bases)
        super()._take_in(around, members)

    def _head(self) -> list[Splice] | Objection:
        """The bases of the base in its stead, without the import that nothing else uses."""
        source, keys = self.new.view.source, frozenset({self.pair.key})
        (base,) = self._lower.bases
        start, end = source.span(base)
        spare = list(self._spare(Extent(start, end)))
        if not spare and self.old.path != self.new.path:
            reason = f"{self.new.path} would go on importing {self.old.symbol.module}, which would import it"
            return Objection("collapse-cycle", reason)
        taken = b", ".join(self.old.view.source.segment(one) for one in self._upper.bases)
        if not taken:
            opens, closes = _OPENS.search(source.u8, 0, start), _CLOSES.match(source.u8, end)
            if opens is None or closes is None:
                return Objection("collapse-layout", f"the bases of {self.pair.key} are written in an unusual way")
            start, end = opens.start(), closes.end()
        return [Splice(start, end, taken, keys), *without(self.new.view, spare, keys, {})]

    def _settled(self, found: list[Splice]) -> list[Splice]:
        """What is added behind an import that goes takes its place."""
        gone = [one for one in found if one.start < one.end and not one.new]
        for one in gone:
            inside = next(
                (other for other in found if other.start == other.end and one.start < other.start < one.end), None
            )
            if inside is not None:
                tail = newline_behind(self.new.view.source, inside.start)
                found = [other for other in found if other not in (one, inside)]
                found.append(replace(one, new=inside.new.lstrip(b"\r\n") + tail))
        return found

    def _spare(self, base: Extent) -> Iterator[Spare]:
        """The import through which the base is named."""
        view = self.new.view
        for node in view.tree.body:
            if isinstance(node, ast.Import | ast.ImportFrom):
                names = tuple(alias for alias in node.names if named_only_inside(self.ground, view, node, alias, base))
                if names:
                    yield Spare(node, names)


def _hands_on(member: Member, above: Member) -> bool:
    """Whether a method of the canonical class does nothing but call that of its base, with the same arguments."""
    if len(member.nodes) != 1 or len(above.nodes) != 1:
        return False
    node, target = member.nodes[0], above.nodes[0]
    if type(node) is not type(target) or not isinstance(node, Function) or not isinstance(target, Function):
        return False
    if node.decorator_list or target.decorator_list:
        return False
    body = [one for one in node.body if not no_op(one)]
    call = call_of(body[0]) if len(body) == 1 else None
    if call is None or ast.unparse(call.func) != f"super().{node.name}":
        return False
    taken = taken_by(node.args, [*node.args.posonlyargs, *node.args.args][1:], call)
    everything = bool(node.args.vararg and node.args.kwarg and len([*node.args.posonlyargs, *node.args.args]) == 1)
    same = everything or signature(node) == signature(target)
    return same and given(call) == taken and returned(body[0], node, target) and awaited(body[0], node)
