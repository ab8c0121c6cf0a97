"""What is wrong between the entries of a manifest: duplicates, contradictions, cycles."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ssot.declare.locate import Key
from ssot.declare.manifest import Manifest


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
    for claims in (tuple(_symbol_claims(manifest)), tuple(_module_claims(manifest))):
        yield from _clashes(claims)
    yield from _growing_modules(manifest)
    yield from _cycles(manifest)


def _symbol_claims(manifest: Manifest) -> Iterator[_Claim]:
    for index, entry in enumerate(manifest.symbol):
        yield _Claim(entry.canonical, "canonical", entry.canonical, ("symbol", index, "canonical"))
        for role, paths in (("legacy", entry.legacy), ("approved", entry.approved)):
            yield from _listed(role, paths, entry.canonical, ("symbol", index, role))


def _module_claims(manifest: Manifest) -> Iterator[_Claim]:
    for index, entry in enumerate(manifest.module):
        yield _Claim(entry.canonical, "canonical", entry.canonical, ("module", index, "canonical"))
        yield from _listed("legacy", entry.legacy, entry.canonical, ("module", index, "legacy"))


def _listed(role: str, paths: Iterable[str], owner: str, key: Key) -> Iterator[_Claim]:
    for item, path in enumerate(paths):
        yield _Claim(path, role, owner, (*key, item))


def _clashes(claims: tuple[_Claim, ...]) -> Iterator[Problem]:
    seen: dict[str, list[_Claim]] = {}
    for claim in claims:
        for earlier in seen.setdefault(claim.path, []):
            problem = _clash(earlier, claim)
            if problem is not None:
                yield problem
                break
        seen[claim.path].append(claim)


def _clash(first: _Claim, second: _Claim) -> Problem | None:
    roles = {first.role, second.role}
    if first.key[:2] == second.key[:2]:
        return _clash_within(first, second)
    if roles == {"canonical", "legacy"}:
        return None  # a chain, A→B and B→C; the cycle check sees it whole
    if roles == {"canonical"}:
        return Problem(second.key, f"'{second.path}' is canonical in two entries", "merge the two entries into one")
    text = f"'{second.path}' is {first.role} of '{first.owner}' and {second.role} of '{second.owner}'"
    return Problem(second.key, text, "one path gives one object: keep it in one of the two entries")


def _clash_within(first: _Claim, second: _Claim) -> Problem:
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


def _cycles(manifest: Manifest) -> Iterator[Problem]:
    symbols = {old: entry.canonical for entry in manifest.symbol for old in entry.legacy}
    modules = {old: entry.canonical for entry in manifest.module for old in entry.legacy}
    starts = [(claim.key, claim.path) for claim in _symbol_claims(manifest) if claim.role == "legacy"]
    starts += [(claim.key, claim.path) for claim in _module_claims(manifest) if claim.role == "legacy"]
    reported: set[str] = set()
    for key, path in starts:
        trail = _trail(path, symbols, modules)
        if trail and not reported.intersection(trail):
            reported.update(trail)
            yield Problem(key, f"the entries go round in a circle: {' → '.join(trail)}", "say which path is the last")


def _trail(path: str, symbols: dict[str, str], modules: dict[str, str]) -> tuple[str, ...]:
    """The paths from `path` back to one already seen; empty where the walk ends."""
    trail = [path]
    # Moves that lengthen a name may never repeat one, so the number of steps is bounded too.
    for _ in range(len(symbols) + len(modules) + 1):
        following = _step(trail[-1], symbols, modules)
        if following is None:
            return ()
        trail.append(following)
        if following in trail[:-1]:
            return tuple(trail[trail.index(following) :])
    return tuple(trail)


def _step(path: str, symbols: dict[str, str], modules: dict[str, str]) -> str | None:
    if path in symbols:
        return symbols[path]
    module, colon, name = path.partition(":")
    head, tail = module, ""
    while head:
        if head in modules:
            return modules[head] + tail + colon + name
        head, dot, last = head.rpartition(".")
        tail = dot + last + tail
    return None
