"""Somebody's codemod as one of a plan's."""

from __future__ import annotations

import base64
from dataclasses import dataclass

from ssot.bridge.difference import RoundTripError, line_splices, without_round_trip
from ssot.bridge.process import SECONDS, Answer, Request, answers, copied
from ssot.index.source import Source, decode
from ssot.rewrite.outcomes import Fate, FilePlan, Occurrence, Splice
from ssot.rewrite.stage import Codemod, Outcome, Tree
from ssot.values import Blob, Safety


@dataclass(frozen=True)
class Foreign:
    """What the operator asked to run. Nothing here comes from the repository unless the operator allowed it."""

    kind: str  # "libcst" or "bowler"
    name: str  # package.module:Class, or a script
    arguments: tuple[tuple[str, str], ...] = ()
    rest: tuple[str, ...] = ()
    search: tuple[str, ...] = ()
    jobs: int = 1
    seconds: float = SECONDS
    id: str = ""  # by which the manifest knows it

    @property
    def label(self) -> str:
        return self.id or f"{self.kind}:{self.name}"

    def codemod(self) -> Codemod:
        said: list[str] = []
        return Codemod(
            self.label,
            lambda tree: self._plan(tree, said),
            lambda keys, safety: f"Run {self.name}",
            lambda keys, safety: self._reason(said),
            foreign=True,
        )

    def _reason(self, said: list[str]) -> str:
        words = " ".join(f"{key}={value}" for key, value in self.arguments)
        asked = " ".join(filter(None, [words, *self.rest]))
        what = f"{self.kind} codemod {self.name}{f' with {asked}' if asked else ''}."
        return "\n\n".join(
            filter(None, [what, *said[:1], "Its own author answers for what it means; a person should look."])
        )

    def _plan(self, tree: Tree, said: list[str]) -> Outcome:
        files = tuple(sorted(path for path in tree.sources if path.endswith(".py") and not tree.hands_off(path)))
        everything = {**tree.texts, **tree.sources}
        described = tuple(_described(tree, path) for path in files)
        request = Request(self.kind, self.name, described, self.arguments, self.rest, self.search, self.seconds)
        with copied([Blob(path, source.data) for path, source in everything.items()]) as root:
            jobs = self.jobs if self.kind == "libcst" else 1  # Bowler runs over all files at once
            words, found = answers(request, root, jobs, lambda done: tree.progress("running", done, len(files)))
        said[:] = [words] if words else []
        return Outcome({answer["path"]: self._file(tree.sources[answer["path"]], answer) for answer in found})

    def _file(self, source: Source, answer: Answer) -> FilePlan:
        notes = tuple(self._note(source.path, "codemod-warning", text) for text in answer.get("warnings", ()))
        if answer["status"] != "done":
            return FilePlan(source.path, (), (*notes, self._note(source.path, answer["code"], answer["reason"])))
        try:
            splices = self._splices(source, answer)
        except RoundTripError as error:
            return FilePlan(source.path, (), (*notes, self._note(source.path, "round-trip", str(error))))
        changed = (Occurrence(source.path, source.line_of(s.start), self.label, Fate.REWRITTEN) for s in splices)
        return FilePlan(source.path, splices, (*notes, *changed))

    def _splices(self, source: Source, answer: Answer) -> tuple[Splice, ...]:
        before, after = (base64.b64decode(answer[name]) for name in ("before", "after"))
        if before == after:
            return ()
        new = decode(source.path, without_round_trip(source.data, before, after))
        if not isinstance(new, Source) or (new.encoding, new.bom) != (source.encoding, source.bom):
            raise RoundTripError("the result has another encoding, or can't be read as text")
        return tuple(
            Splice(one.start, one.end, one.new, one.keys, Safety.UNSAFE)
            for one in line_splices(source.u8, new.u8, self.label)
        )

    def _note(self, path: str, code: str, reason: str) -> Occurrence:
        return Occurrence(path, 1, self.label, Fate.REFUSED, code, reason)


def _described(tree: Tree, path: str) -> Answer:
    module = tree.index.module_of(path)
    package = module if path.endswith("/__init__.py") or path == "__init__.py" else module.rpartition(".")[0]
    known = path in tree.index.layout.names
    return {"path": path, "module": module if known else None, "package": package if known else None}
