"""What is wrong between the entries of a manifest: duplicates, contradictions, cycles."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from ssot.declare.locate import Key
from ssot.declare.manifest import Manifest
from ssot.declare.suggest import did_you_mean


@dataclass(frozen=True, slots=True)
class Problem:
    """A contradiction and the place in the manifest that shows it."""

    key: Key
    text: str
    todo: str


@dataclass(frozen=True, slots=True)
class _Claim:
    """One path in one role of one entry."""

    path: str
    role: str
    owner: str
    key: Key


def problems(manifest: Manifest) -> Iterator[Problem]:
    """Every contradiction, in the order of the document within each kind."""
    replaced = _Replaced.by(manifest)
    for claims in ((*_symbol_claims(manifest), *_collapse_claims(manifest)), tuple(_module_claims(manifest))):
        yield from _clashes(claims, replaced)
    yield from _growing_modules(manifest)
    yield from _cycles(manifest, replaced)
    yield from _shims(manifest)
    yield from _codemods(manifest)


def _symbol_claims(manifest: Manifest) -> Iterator[_Claim]:
    for index, entry in enumerate(manifest.symbol):
        yield _Claim(entry.canonical, "canonical", entry.canonical, ("symbol", index, "canonical"))
        for role, paths in (("legacy", entry.legacy), ("approved", entry.approved)):
            yield from _listed(role, paths, entry.canonical, ("symbol", index, role))


def _collapse_claims(manifest: Manifest) -> Iterator[_Claim]:
    for index, entry in enumerate(manifest.collapse):
        yield _Claim(entry.canonical, "kept", entry.canonical, ("collapse", index, "canonical"))
        yield from _listed("duplicate", entry.duplicates, entry.canonical, ("collapse", index, "duplicates"))


def _module_claims(manifest: Manifest) -> Iterator[_Claim]:
    for index, entry in enumerate(manifest.module):
        yield _Claim(entry.canonical, "canonical", entry.canonical, ("module", index, "canonical"))
        yield from _listed("legacy", entry.legacy, entry.canonical, ("module", index, "legacy"))


def _listed(role: str, paths: Iterable[str], owner: str, key: Key) -> Iterator[_Claim]:
    for item, path in enumerate(paths):
        yield _Claim(path, role, owner, (*key, item))


def _clashes(claims: tuple[_Claim, ...], replaced: _Replaced) -> Iterator[Problem]:
    seen: dict[str, list[_Claim]] = {}
    for claim in claims:
        for earlier in seen.setdefault(claim.path, []):
            problem = _clash(earlier, claim, replaced)
            if problem is not None:
                yield problem
                break
        seen[claim.path].append(claim)


def _clash(first: _Claim, second: _Claim, replaced: _Replaced) -> Problem | None:
    roles = {first.role, second.role}
    if first.key[:2] == second.key[:2]:
        return _clash_within(first, second)
    if "kept" in roles or roles in ({"canonical", "legacy"}, {"canonical", "duplicate"}):
        return None  # a chain, A→B and B→C; the cycle check sees it whole
    if roles == {"legacy", "duplicate"} and replaced.end(first.owner) == replaced.end(second.owner):
        return None  # both say that the same thing replaces it
    if roles == {"canonical"}:
        return Problem(second.key, f"'{second.path}' is canonical in two entries", "merge the two entries into one")
    text = f"'{second.path}' is {first.role} of '{first.owner}' and {second.role} of '{second.owner}'"
    return Problem(second.key, text, "one path gives one object: keep it in one of the two entries")


def _clash_within(first: _Claim, second: _Claim) -> Problem:
    first, second = (replace(one, role="canonical") if one.role == "kept" else one for one in (first, second))
    if first.role == second.role:
        return Problem(second.key, f"'{second.path}' is listed twice as {second.role}", "remove one of the two")
    text = f"'{second.path}' is both {first.role} and {second.role} of the same entry"
    return Problem(second.key, text, f"decide which it is: remove it from '{first.role}' or from '{second.role}'")


def _growing_modules(manifest: Manifest) -> Iterator[Problem]:
    for index, entry in enumerate(manifest.module):
        for item, old in enumerate(entry.legacy):
            if entry.canonical.startswith(old + "."):
                text = f"'{entry.canonical}' lies inside '{old}', so the move would apply to its own result"
                yield Problem(("module", index, "legacy", item), text, "declare its names one by one with [[symbol]]")


@dataclass(frozen=True)
class _Replaced:
    """What each declared path is replaced by, one step at a time."""

    symbols: dict[str, str]
    modules: dict[str, str]

    @classmethod
    def by(cls, manifest: Manifest) -> _Replaced:
        symbols = {old: entry.canonical for entry in manifest.collapse for old in entry.duplicates}
        symbols |= {old: entry.canonical for entry in manifest.symbol for old in entry.legacy}
        return cls(symbols, {old: entry.canonical for entry in manifest.module for old in entry.legacy})

    def step(self, path: str) -> str | None:
        if path in self.symbols:
            return self.symbols[path]
        module, colon, name = path.partition(":")
        head, tail = module, ""
        while head:
            if head in self.modules:
                return self.modules[head] + tail + colon + name
            head, dot, last = head.rpartition(".")
            tail = dot + last + tail
        return None

    def trail(self, path: str) -> tuple[list[str], bool]:
        """The paths from `path` on, and whether they end; if not, the last has been there before or they grow for ever."""
        trail = [path]
        # Moves that lengthen a name may never repeat one, so the number of steps is bounded too.
        for _ in range(len(self.symbols) + len(self.modules) + 1):
            following = self.step(trail[-1])
            if following is None:
                return trail, True
            trail.append(following)
            if following in trail[:-1]:
                return trail[trail.index(following) :], False
        return trail, False

    def end(self, path: str) -> str:
        return self.trail(path)[0][-1]


def _cycles(manifest: Manifest, replaced: _Replaced) -> Iterator[Problem]:
    claims = (*_symbol_claims(manifest), *_collapse_claims(manifest), *_module_claims(manifest))
    reported: set[str] = set()
    for claim in claims:
        if claim.role not in ("legacy", "duplicate"):
            continue
        trail, ends = replaced.trail(claim.path)
        if not ends and not reported.intersection(trail):
            reported.update(trail)
            text = f"the entries go round in a circle: {' → '.join(trail)}"
            yield Problem(claim.key, text, "say which path is the last")


# -- tables of one kind


def _shims(manifest: Manifest) -> Iterator[Problem]:
    if manifest.shims is None:
        return
    if manifest.shims.days is not None and manifest.shims.remove_after is not None:
        text = "[shims] has both 'days' and 'remove-after'"
        yield Problem(("shims", "remove-after"), text, "a shim has one date: keep one of the two")
    declared = {old for entry in manifest.symbol for old in entry.legacy}
    declared |= {old for entry in manifest.collapse for old in entry.duplicates}
    replaced = _Replaced.by(manifest)
    for item, path in enumerate(manifest.shims.permanent):
        if replaced.step(path) is None:
            text = f"'{path}' is permanent, but replaced by nothing{did_you_mean(path, declared)}"
            yield Problem(("shims", "permanent", item), text, "declare it with [[symbol]], [[module]] or [[collapse]]")
        elif path in manifest.shims.permanent[:item]:
            yield Problem(
                ("shims", "permanent", item), f"'{path}' is listed twice as permanent", "remove one of the two"
            )


def _codemods(manifest: Manifest) -> Iterator[Problem]:
    seen: set[str] = set()
    for index, entry in enumerate(manifest.codemod):
        if (entry.libcst is None) == (entry.bowler is None):
            count = "neither" if entry.libcst is None else "both"
            text = f"[[codemod]] '{entry.id}' has {count} of 'libcst' and 'bowler'"
            yield Problem(("codemod", index), text, "say which one it is")
        if entry.id in seen:
            yield Problem(("codemod", index, "id"), f"two codemods are called '{entry.id}'", "give one another name")
        seen.add(entry.id)
