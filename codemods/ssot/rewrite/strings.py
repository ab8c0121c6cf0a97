"""Governed paths spelled out as text: changed as `unsafe` edits where a string is the path, listed everywhere else."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from ssot.audit.mentions import Kind, Mention, Mentions, patched_where_used
from ssot.index.source import Source
from ssot.index.table import External, Missing, Module, Path, Unknown
from ssot.index.view import FileView
from ssot.rewrite.context import Project
from ssot.rewrite.locate import string_content
from ssot.rewrite.outcomes import Fate, FilePlan, Occurrence, Splice
from ssot.rewrite.patches import is_patching
from ssot.values import Safety

_LISTED = {
    Kind.PROSE: ("prose", "named inside a longer text: a person should read it"),
    Kind.COMMENT: ("comment", "named in a comment: a person should read it"),
    Kind.FILE: ("text-file", "named in a file that is not Python: a person should look"),
}


@dataclass(frozen=True)
class StringPlanner:
    """Plans the mentions of one file. ``stuck``: paths with readers that were left alone, so patches must stay too."""

    project: Project
    mentions: Mentions
    views: Mapping[str, FileView]
    stuck: frozenset[Path]

    def in_python(self, view: FileView, hands_off: str, planned: Iterable[Occurrence] = ()) -> FilePlan:
        """`planned`: what has been found in the file already, the code of doctests included."""
        places = {(occurrence.line, occurrence.symbol) for occurrence in planned}
        found = [
            mention
            for mention in self.mentions.in_view(view)
            if not (_is_code(mention) and (view.source.line_of(mention.start), mention.key) in places)
        ]
        outcomes = [self._one(view, mention, hands_off) for mention in found]
        splices = tuple(_disjoint(splice for _, splice in outcomes if splice is not None))
        return FilePlan(view.source.path, splices, tuple(occurrence for occurrence, _ in outcomes))

    def in_text(self, source: Source, setting: str) -> FilePlan:
        occurrences = []
        for mention in self.mentions.in_text(source.u8):
            fate, code, reason = (Fate.IGNORED, setting, "") if setting else (Fate.REFUSED, *_LISTED[Kind.FILE])
            line = source.line_of(mention.start)
            occurrences.append(Occurrence(source.path, line, mention.key, fate, code, f"{mention.text}: {reason}"))
        return FilePlan(source.path, (), tuple(occurrences))

    def _one(self, view: FileView, mention: Mention, hands_off: str) -> tuple[Occurrence, Splice | None]:
        fate, code, reason = self._fate(view, mention, hands_off)
        line = view.source.line_of(mention.start)
        occurrence = Occurrence(view.source.path, line, mention.key, fate, code, reason)
        if fate is not Fate.REWRITTEN:
            return occurrence, None
        new = mention.target.encode()
        return occurrence, Splice(mention.start, mention.end, new, frozenset({mention.key}), Safety.UNSAFE)

    def _fate(self, view: FileView, mention: Mention, hands_off: str) -> tuple[Fate, str, str]:
        if hands_off:
            return Fate.IGNORED, hands_off, ""
        if mention.kind in _LISTED:
            code, reason = _LISTED[mention.kind]
            return Fate.REFUSED, code, f"{mention.text}: {reason}"
        assert mention.use is not None
        if self._patched_where_used(view, mention):
            return Fate.IGNORED, "patched-where-used", ""
        if string_content(view, mention.use.node) is None:
            return Fate.REFUSED, "dynamic-reference", f"{mention.text} is part of a string that is put together"
        if mention.use.typing:
            return Fate.REFUSED, "dynamic-reference", f"{mention.text} is an annotation that can't be followed"
        if self._also_module(mention):
            return Fate.REFUSED, "dynamic-reference", f"{mention.text} is the name of a module as well"
        if mention.path in self.stuck:
            return Fate.REFUSED, "patched-path", f"{mention.text} is read by code that was left alone"
        if not self.project.unsafe:
            return (
                Fate.REFUSED,
                "needs-unsafe",
                f'the text "{mention.text}" resolves to {mention.key}; --unsafe changes it',
            )
        if self._loses_effects(mention):
            return Fate.REFUSED, "load-order", f"{mention.path[0]} does something when it is loaded"
        if told := self._goes_on(mention) or self._offered_by(view, mention):
            return Fate.REFUSED, *told
        stays = self._patch_stays(view, mention)
        return (Fate.REFUSED, "patched-path", stays) if stays else (Fate.REWRITTEN, "", "")

    def _also_module(self, mention: Mention) -> bool:
        index = self.project.index
        module = f"{mention.path[0]}.{mention.path[1]}"
        return index.layout.has(module) and index.resolve(*mention.path) != Module(module)

    def _loses_effects(self, mention: Mention) -> bool:
        """Whether whoever resolves the text would no longer load a module that does something at import time, or would
        load one that takes a name of its package."""
        graph, target = self.project.graph, mention.target.replace(":", ".")
        module = target if self.project.index.layout.has(target) else target.rpartition(".")[0]
        was, becomes = graph.closure(mention.path[0]), graph.closure(module)
        taking = graph.bits(self.project.index.contested)
        return bool(was & self.project.noisy & ~becomes) or bool(becomes & taking & ~was)

    def _goes_on(self, mention: Mention) -> tuple[str, str] | None:
        """Why what a longer text names by way of a moved module may be something else afterwards."""
        index, old, new = self.project.index, ".".join(filter(None, mention.path)), mention.target.replace(":", ".")
        text = (mention.use.value if mention.use is not None else "").replace(":", ".")
        if not text.startswith(f"{old}.") or not (index.layout.has(old) and index.layout.has(new)):
            return None
        name = text[len(old) + 1 :].partition(".")[0]
        was, becomes = index.resolve(old, name), index.resolve(new, name)
        if isinstance(was, Unknown) or (was != becomes and not isinstance(was, Missing | External | Module)):
            return "unresolved-path", f"{old}.{name} and {new}.{name} can't be told to be the same"
        return None

    def _offered_by(self, view: FileView, mention: Mention) -> tuple[str, str] | None:
        """Why a name that the file makes on demand by such a text may be another one afterwards."""
        index, old = self.project.index, ".".join(filter(None, mention.path))
        for name, source, attribute in view.facts.lazy:
            path = f"{source}.{attribute}".rstrip(".")
            if not f"{path}.".startswith(f"{old}."):
                continue
            module, _, leaf = (mention.target.replace(":", ".") + path[len(old) :]).rpartition(".")
            was = index.resolve(source, attribute) if attribute else index.resolve_module(source)
            becomes = index.resolve(module, leaf)
            if isinstance(was, Unknown) or (was != becomes and not isinstance(was, Missing)):
                return "unresolved-path", f"{name} is made from it, and {path} can't be told to be the same"
        return None

    def _patch_stays(self, view: FileView, mention: Mention) -> str:
        assert mention.use is not None
        patches = is_patching(mention.use.call) or any(
            patch.file == view.source.path for patch in self.project.patches.on(mention.path)
        )
        module, _, name = mention.target.replace(":", ".").rpartition(".")
        if patches and self.project.patches.on((module, name)) and (module, name) != mention.path:
            return f"{mention.target} is replaced as well"
        return self.project.patch_stays(mention.path, (module, name), mention.key) if patches else ""

    def _patched_where_used(self, view: FileView, mention: Mention) -> bool:
        assert mention.use is not None
        if not (is_patching(mention.use.call) or self.project.is_test(view.source.path)):
            return False
        file = self.project.index.layout.paths.get(mention.path[0], "")
        user = self.views.get(file)
        return user is not None and patched_where_used(user, mention.path[1])


def _is_code(mention: Mention) -> bool:
    """Whether it may have been planned as code: a doctest, an annotation in quotes."""
    return mention.example or (mention.use is not None and mention.use.typing)


def _disjoint(splices: Iterable[Splice]) -> Iterator[Splice]:
    """One edit for each text: where a moved module and a symbol in it both claim it, the one that covers more."""
    reach = -1
    for splice in sorted(splices, key=lambda one: (one.start, -one.end)):
        if splice.start >= reach:
            yield splice
            reach = splice.end


def stuck_paths(plans: Iterable[FilePlan]) -> frozenset[Path]:
    """Paths whose late readers were refused: a patch on them must not move."""
    return frozenset(path for plan in plans for path in plan.stuck)
