"""Members that only the duplicate has move into the canonical class; then the duplicate is an alias like any other."""

from __future__ import annotations

import ast
import builtins
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import zip_longest

from ssot.audit.duplicates.classes import Member, definition_side, shared_row, take_apart
from ssot.audit.duplicates.comparison import Comparison, Level
from ssot.audit.duplicates.definitions import Definitions
from ssot.index.table import Symbol
from ssot.rewrite.collapsing.additions import added_imports
from ssot.rewrite.collapsing.bodies import Room, room
from ssot.rewrite.collapsing.extent import newline_behind, with_comments_above
from ssot.rewrite.collapsing.ground import Ground
from ssot.rewrite.collapsing.hierarchy import Hierarchy
from ssot.rewrite.collapsing.members import body_indent, lines_of, moved_text
from ssot.rewrite.collapsing.noticed import listed, noticed, stored, stores
from ssot.rewrite.collapsing.reach import Reach
from ssot.rewrite.collapsing.state import immutable
from ssot.rewrite.collapsing.surroundings import CannotMoveError, Surroundings
from ssot.rewrite.collapsing.values import Definition, Objection, Pair
from ssot.rewrite.outcomes import Splice

_KINDS = ("method", "field", "class", "property")
_PLAIN_BASES = frozenset({"object", "ABC", "abc.ABC", "Generic", "typing.Generic"})
_FIXED = frozenset({"__slots__", "__getattr__", "__getattribute__", "__match_args__"})


@dataclass
class Brought:
    """What duplicates bring to one canonical class, by name: members, and names of the module."""

    members: dict[str, Symbol] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)

    def add(self, other: Brought) -> None:
        self.members.update(other.members)
        self.names.update(other.names)


@dataclass
class Merge:
    """The members of one duplicate on their way into the canonical class."""

    ground: Ground
    hierarchy: Hierarchy
    pair: Pair
    old: Definition
    new: Definition
    definitions: Definitions
    taken: Brought  # by other duplicates
    brought: Brought = field(default_factory=lambda: Brought())
    loads: list[str] = field(default_factory=list)

    def plan(self, comparison: Comparison) -> list[Splice] | Objection:
        """The edits of the canonical one's file, or why the members can't move."""
        members = self._members(comparison)
        if isinstance(members, Objection):
            return members
        setting = self.ground.tree.hands_off(self.new.path)
        if setting:
            return Objection("collapse-left-alone", f"{self.new.path} is not to be edited: {setting}")
        objection = next(self._objections(members), None)
        if objection is not None:
            return objection
        around = Surroundings(self.ground, self.old, self.new, self.taken.names)
        try:
            self._take_in(around, members)
        except CannotMoveError as error:
            return error.objection
        for node in around.needs.helpers:
            if lines_of(self.old.view.source, node) is None:
                return Objection("collapse-layout", f"{self.old.path}:{node.lineno} shares its line with other code")
        self.loads, self.brought.names = around.needs.loads, around.needs.brought
        splices = self._inserted(members, around)
        if isinstance(splices, Objection):
            return splices
        head = self._head()
        if isinstance(head, Objection):
            return head
        found = self._settled(
            [
                *head,
                *splices,
                *added_imports(self.new, around.needs, frozenset({self.pair.key})),
                *self._added_helpers(around),
            ]
        )
        encoding = self.new.view.source.encoding
        if not all(_encodes(one.new, encoding) for one in found):
            return Objection("collapse-layout", f"{self.new.path} is in {encoding}, which lacks some of the characters")
        return found

    def _members(self, comparison: Comparison) -> list[Member] | Objection:
        """The members to move, in their order."""
        assert isinstance(self.old.node, ast.ClassDef)
        names = []
        for aspect in comparison.extra:
            kind, _, name = aspect.partition(" ")
            if kind not in _KINDS or not name.isidentifier():
                return Objection("collapse-merge-member", f"{aspect} is nothing that can be moved")
            names.append(name)
        own = take_apart(self.old.node).members
        return [member for name, member in own.items() if name in names]

    # -- what rules it out

    def _objections(self, members: list[Member]) -> Iterator[Objection]:
        names = {member.name for member in members}
        yield from self._class_forbids()
        makes = frozenset({self.pair.canonical})
        for itself in (False, True):
            reason = listed(Reach.of(self.ground, self.hierarchy, makes, itself=itself))
            if reason:
                yield Objection("collapse-merge-member", f"{self.pair.key} would have more, and {reason}")
        for member in members:
            yield from self._member_forbids(member)
            yield from self._seen_elsewhere(member.name)
            yield from self._class_scope(member, names)

    def _class_forbids(self) -> Iterator[Objection]:
        assert isinstance(self.new.node, ast.ClassDef)
        fixed = sorted(_FIXED & take_apart(self.new.node).members.keys())
        if fixed:
            yield Objection(
                "collapse-merge-member", f"{self.pair.key} has {fixed[0]}: another member would change what it does"
            )
        records = {
            ast.unparse(d.func if isinstance(d, ast.Call) else d).rpartition(".")[2]
            for d in self.new.node.decorator_list
        }
        if records - {"final", "runtime_checkable", "total_ordering"}:
            yield Objection("collapse-merge-member", f"{self.pair.key} is made by the decorator {min(records)}")

    def _member_forbids(self, member: Member) -> Iterator[Objection]:
        name = member.name
        if name.startswith("__"):
            yield Objection("collapse-merge-member", f"{name} would change what every {self.pair.key} does")
        if name in self.taken.members and not self._same_member(name, self.taken.members[name]):
            yield Objection("collapse-merge-member", f"{self.taken.members[name]} brings another {name}")
        for node in member.nodes:
            yield from self._statement_forbids(name, node)

    def _same_member(self, name: str, other: Symbol) -> bool:
        one, two = self.definitions.get(other), self.definitions.get(self.old.symbol)
        assert one is not None
        assert two is not None
        assert isinstance(one.node, ast.ClassDef)
        assert isinstance(two.node, ast.ClassDef)
        left, right = (take_apart(side.node).members[name] for side in (one, two))  # type: ignore[arg-type]
        row = shared_row(self.definitions, definition_side(one, two), definition_side(two, one), left, right)
        return row.level in (Level.SAME, Level.COSMETIC)

    def _statement_forbids(self, name: str, node: ast.stmt) -> Iterator[Objection]:
        where = f"{self.old.path}:{node.lineno}"
        for inner in ast.walk(node):
            word = getattr(inner, "attr", None) or getattr(inner, "id", None) or getattr(inner, "arg", None) or ""
            if isinstance(word, str) and word.startswith("__") and not word.endswith("__"):
                yield Objection(
                    "collapse-private", f"{where} uses {word}, which Python spells by the name of the class"
                )
            if word in ("super", "__class__"):
                yield Objection("collapse-super", f"{where} uses {word}, which depends on the class it stands in")
            if word in ("abstractmethod", "abstractproperty", "overload"):
                yield Objection("collapse-merge-member", f"{where}: {name} is {word}")
        value = node.value if isinstance(node, ast.Assign | ast.AnnAssign) else None
        if value is not None and not immutable(value):
            yield Objection("collapse-class-state", f"{where} makes an object of its own for {name}")
        if any(node.lineno <= line <= (node.end_lineno or line) for line in self.old.view.facts.effects):
            yield Objection("collapse-registered", f"{where}: defining {name} does more than that")

    def _seen_elsewhere(self, name: str) -> Iterator[Objection]:
        """Whether somebody can tell whether canonical objects have the member."""
        for base in sorted(self.hierarchy.above(self.pair.canonical), key=str):
            if self._may_have(base, name):
                yield Objection("collapse-merge-member", f"{base} above {self.pair.key} may have {name} already")
        for symbol in sorted(self.hierarchy.below(self.pair.canonical), key=str):
            for reason in self._hidden_in(symbol, name):
                yield Objection("collapse-merge-member", f"{symbol} inherits from {self.pair.key}, and {reason}")
        if any(stores(self.new.node, name)):
            yield Objection("collapse-merge-member", f"{self.pair.key} sets {name} on its objects")
        objects = Reach.of(self.ground, self.hierarchy, frozenset({self.pair.canonical}))
        reason = noticed(self.ground, name) or stored(objects, name)
        if reason:
            yield Objection("collapse-merge-member", reason)

    def _hidden_in(self, symbol: Symbol, name: str) -> Iterator[str]:
        """What a subclass has by other ways, and would find in the canonical class first."""
        mine = {
            self.pair.canonical,
            *self.hierarchy.above(self.pair.canonical),
            *self.hierarchy.below(self.pair.canonical),
        }
        for base in sorted(self.hierarchy.above(symbol) - mine, key=str):
            if any(self._may_have(base, one) for one in (name, "__getattr__")):
                yield f"{base} above it may have {name} already"
        if self._may_have(symbol, "__getattr__"):
            yield "computes its attributes"

    def _may_have(self, base: Symbol | str, name: str) -> bool:
        if isinstance(base, str):
            return base not in _PLAIN_BASES and (
                not isinstance(kind := getattr(builtins, base, None), type) or hasattr(kind, name)
            )
        found = self.ground.definition(base)
        if isinstance(found, Objection):
            return True
        return bool(re.search(rb"\b" + name.encode() + rb"\b", found.view.source.segment(found.node)))

    def _class_scope(self, member: Member, names: set[str]) -> Iterator[Objection]:
        """Names that the class body itself reads while it is made."""
        assert isinstance(self.new.node, ast.ClassDef)
        there = take_apart(self.new.node).members
        scope = next((s for s in self.old.view.scopes.root.children if s.node is self.old.node), None)
        for node in member.nodes:
            inside = {id(inner) for inner in ast.walk(node)}
            for use in self.old.view.scopes.names:
                if id(use.node) not in inside or use.scope is not scope or not use.loads:
                    continue
                own = use.scope.lookup(use.node.id) is scope
                if own and use.node.id not in there and use.node.id not in names:
                    yield Objection("collapse-merge-member", f"{member.name} needs {use.node.id} of the class body")
                if not own and use.node.id in there:
                    yield Objection("collapse-merge-member", f"{use.node.id} means a member in {self.pair.key}")

    # -- the text

    def _take_in(self, around: Surroundings, members: list[Member]) -> None:
        around.take_in(node for member in members for node in member.nodes)

    def _head(self) -> list[Splice] | Objection:
        """What changes in the head of the canonical class, and because of it."""
        return []

    def _settled(self, found: list[Splice]) -> list[Splice]:
        return found

    def _inserted(self, members: Iterable[Member], around: Surroundings) -> list[Splice] | Objection:
        source, old = self.new.view.source, self.old.view.source
        assert isinstance(self.new.node, ast.ClassDef)
        assert isinstance(self.old.node, ast.ClassDef)
        own = body_indent(old, self.old.node)
        place = room(self.new.view, self.new.node, own)
        if place is None:
            return Objection("collapse-layout", f"the last line of {self.pair.key} holds several statements")
        _, end = source.span(self.new.node)
        newline = newline_behind(source, end)
        text = b""
        renamed = [(one, self.new.symbol.name.encode()) for one in around.needs.renamed]
        for member in members:
            if member.name in self.taken.members:
                continue
            self.brought.members[member.name] = self.old.symbol
            for number, node in enumerate(member.nodes):
                span = lines_of(old, node)
                if span is None:
                    return Objection(
                        "collapse-layout", f"{self.old.path}:{node.lineno} shares its line with other code"
                    )
                gap = b"" if number == 0 and isinstance(node, ast.Assign | ast.AnnAssign) and text else newline
                text += newline + gap + moved_text(old, node, span, (own or place.unit, place.unit), newline, renamed)
        return list(self._placed(place, text[len(newline) * place.less :])) if text else []

    def _placed(self, place: Room, text: bytes) -> Iterator[Splice]:
        keys = frozenset({self.pair.key})
        if place.cut is not None:
            yield Splice(*place.cut, b"", keys)
        yield Splice(place.start, place.end, place.lead + text, keys)

    def _added_helpers(self, around: Surroundings) -> Iterator[Splice]:
        """Copies of the functions and constants that the members use, in front of the class."""
        old, source = self.old.view.source, self.new.view.source
        start = source.line_starts[self.new.line - 1]
        start = with_comments_above(source, start)
        newline = newline_behind(source, source.span(self.new.node)[0])
        helpers = sorted(around.needs.helpers, key=lambda one: one.lineno)
        for node, following in zip_longest(helpers, helpers[1:]):
            span = lines_of(old, node)
            assert span is not None
            renamed = [(one, self.new.symbol.name.encode()) for one in around.needs.renamed]
            text = moved_text(old, node, span, (b"\0", b""), newline, renamed)
            values = all(isinstance(one, ast.Assign | ast.AnnAssign) for one in (node, following))
            yield Splice(start, start, text + newline * (1 if values else 3), frozenset({self.pair.key}))


def _encodes(text: bytes, encoding: str) -> bool:
    try:
        text.decode("utf-8").encode(encoding)
    except UnicodeEncodeError:
        return False
    return True
