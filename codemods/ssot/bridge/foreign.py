"""Somebody's codemod as one of a plan's."""

from __future__ import annotations

import base64
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath, PurePosixPath

from ssot.bridge.difference import RoundTripError, line_splices, without_round_trip
from ssot.bridge.process import SCRIPT_SECONDS, SECONDS, Answer, Request, answers, copied
from ssot.index.source import Source, decode
from ssot.rewrite.outcomes import Fate, FilePlan, Occurrence, Splice
from ssot.rewrite.stage import Codemod, Outcome, Tree
from ssot.values import Blob, Safety

LIBCST, BOWLER = "libcst", "bowler"
_DROPPED = ("codemod-crash", "codemod-timeout", "codemod-error", "libcst-parse", "bowler-parse")


@dataclass(frozen=True)
class Foreign:
    """What the operator asked to run. Nothing here comes from the repository unless the operator allowed it."""

    kind: str  # LIBCST or BOWLER
    name: str  # package.module:Class, or a script
    arguments: tuple[tuple[str, str | None], ...] = ()
    rest: tuple[str, ...] = ()
    search: tuple[str, ...] = ()
    jobs: int = 1
    seconds: float | None = None  # for one file; for a script, for all
    id: str = ""  # by which the manifest knows it
    inside: bool = False  # the script is a file of the tree itself

    @property
    def called(self) -> str:
        """Its name without the folders of this machine."""
        is_class = self.kind == LIBCST or (":" in self.name and not PurePath(self.name).suffix)
        return self.name if is_class else PurePath(self.name).name

    @property
    def label(self) -> str:
        return self.id or f"{self.kind}:{self.called}"

    def codemod(self) -> Codemod:
        said: list[str] = []
        return Codemod(
            self.label,
            lambda tree: self._plan(tree, said),
            lambda keys, safety: f"Run {self.called}",
            lambda keys, safety: self._reason(said),
            foreign=True,
        )

    def _reason(self, said: list[str]) -> str:
        words = (key if value is None else f"{key}={value}" for key, value in self.arguments)
        asked = " ".join([*words, *self.rest])
        what = f"{self.kind} codemod {self.called}{f' with {asked}' if asked else ''}."
        return "\n\n".join(
            filter(None, [what, *said, "Its own author answers for what it means; a person should look."])
        )

    def _plan(self, tree: Tree, said: list[str]) -> Outcome:
        files = tuple(sorted(path for path in tree.sources if path.endswith(".py") and not tree.hands_off(path)))
        everything = {path: source.data for path, source in {**tree.texts, **tree.sources}.items()}
        described = tuple(_described(tree, path) for path in files)
        with copied([Blob(path, data) for path, data in everything.items()]) as root:
            words, found = answers(
                self._request(described, root),
                root,
                self.jobs if self.kind == LIBCST else 1,  # Bowler runs over all files at once
                lambda done: tree.progress("running", done, len(files)),
            )
            beside = set(_written_beside(root, everything, () if self.kind == LIBCST else files))
        said[:] = [*filter(None, [words]), *(_remarks(everything, described, found) if self.kind == LIBCST else ())]
        plans = {one["path"]: self._file(tree.sources[one["path"]], one, str(root).encode()) for one in found}
        return Outcome({**plans, **self._others(tree, plans, beside)})

    def _request(self, described: tuple[Answer, ...], root: Path) -> Request:
        seconds = self.seconds or (SECONDS if self.kind == LIBCST else SCRIPT_SECONDS)
        name = str(root / self.name) if self.inside else self.name
        return Request(self.kind, name, described, self.arguments, self.rest, self.search, seconds)

    def _others(self, tree: Tree, plans: Mapping[str, FilePlan], beside: set[str]) -> dict[str, FilePlan]:
        """What is not known from an answer: files that were not given to the codemod, and files it wrote by itself."""
        found: dict[str, list[Occurrence]] = {}
        for path in tree.unread:
            if path.endswith(".py") and not tree.hands_off(path):
                reason = "ssot can't parse it, so nothing that is done to it could be checked"
                found.setdefault(path, []).append(self._note(path, "codemod-unread", reason))
        for path in tree.sources:
            if path.endswith(".py") and (setting := tree.hands_off(path)):
                found.setdefault(path, []).append(Occurrence(path, 1, self.label, Fate.IGNORED, setting))
        for path in beside:
            reason = "the codemod writes this file by itself; only changes of Python files it is given are taken over"
            found.setdefault(path, []).append(self._note(path, "codemod-wrote", reason))
        return {path: _joined(plans.get(path), FilePlan(path, (), tuple(notes))) for path, notes in found.items()}

    def _file(self, source: Source, answer: Answer, root: bytes) -> FilePlan:
        notes = tuple(self._note(source.path, "codemod-warning", text) for text in answer.get("warnings", ()))
        if answer["status"] != "done":
            return FilePlan(source.path, (), (*notes, self._note(source.path, answer["code"], answer["reason"])))
        try:
            splices = self._splices(source, answer, root)
        except RoundTripError as error:
            return FilePlan(source.path, (), (*notes, self._note(source.path, "round-trip", str(error), whole=True)))
        changed = (Occurrence(source.path, source.line_of(s.start), self.label, Fate.REWRITTEN) for s in splices)
        return FilePlan(source.path, splices, (*notes, *changed))

    def _splices(self, source: Source, answer: Answer, root: bytes) -> tuple[Splice, ...]:
        before, after = (base64.b64decode(answer[name]) for name in ("before", "after"))
        if before == after:
            return ()
        if root in after and root not in before:
            raise RoundTripError("the result names the folder of the copy that the codemod ran on")
        new = decode(source.path, without_round_trip(source.data, before, after))
        if not isinstance(new, Source) or (new.encoding, new.bom) != (source.encoding, source.bom):
            raise RoundTripError("the result has another encoding, or can't be read as text")
        return tuple(
            Splice(one.start, one.end, one.new, one.keys, Safety.UNSAFE)
            for one in line_splices(source.u8, new.u8, self.label)
        )

    def _note(self, path: str, code: str, reason: str, *, whole: bool = False) -> Occurrence:
        return Occurrence(path, 1, self.label, Fate.REFUSED, code, reason, whole or code in _DROPPED)


def _joined(plan: FilePlan | None, other: FilePlan) -> FilePlan:
    return plan.joined(other) if plan else other


def _written_beside(root: Path, known: Mapping[str, bytes], answered: tuple[str, ...]) -> Iterator[str]:
    """Files of the copy that the codemod made, changed or removed without saying so."""
    seen = set()
    for folder, folders, names in os.walk(root):
        folders[:] = [name for name in folders if name != "__pycache__"]
        for name in names:
            file = Path(folder, name)
            path = file.relative_to(root).as_posix()
            seen.add(path)
            if path not in known or (path not in answered and file.read_bytes() != known[path]):
                yield path
    yield from known.keys() - seen - set(answered)


_CONFIGURATION = ".libcst.codemod.yaml"


def _remarks(everything: Mapping[str, bytes], files: Sequence[Answer], found: Sequence[Answer]) -> Iterator[str]:
    """What may make the result differ from that of LibCST's own runner, and is no refusal."""
    altered = [one["path"] for one in found if _is_altered(everything[one["path"]], one)]
    if altered:
        yield f"LibCST by itself writes {len(altered)} of the files otherwise than it read them ({altered[0]}); that is not taken over."
    if _CONFIGURATION in everything:
        yield f"{_CONFIGURATION} was not read: no formatter was run, and none of its patterns excluded a file."
    odd = [
        (file, _name_by_path(file["path"]))
        for file, one in zip(files, found, strict=True)
        if one.get("asked_for_name") and file["module"] != _name_by_path(file["path"])
    ]
    if odd:
        first, name = odd[0]
        yield (
            f"The codemod asked for names of modules. LibCST's own runner, started at the root, calls {len(odd)} of the files "
            f"otherwise than Python does: {first['path']} is {first['module'] or 'no module'} here, {name} there."
        )


def _is_altered(data: bytes, answer: Answer) -> bool:
    done = answer["status"] == "done" and answer["before"] != answer["after"]
    return done and base64.b64decode(answer["before"]) != data


def _name_by_path(path: str) -> str:
    parts = PurePosixPath(path).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] in ("__init__", "__main__") else parts)


def _described(tree: Tree, path: str) -> Answer:
    module = tree.index.module_of(path)
    package = module if path.endswith("/__init__.py") or path == "__init__.py" else module.rpartition(".")[0]
    known = path in tree.index.layout.names
    return {"path": path, "module": module if known else None, "package": package if known else None}
