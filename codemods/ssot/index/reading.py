"""Facts of many files. The answer depends neither on how many processes find them nor on what one file does to them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from ssot.index.collect import facts_of
from ssot.index.facts import FileFacts
from ssot.index.limits import Limits, is_suspicious
from ssot.index.recursion import deep
from ssot.index.workers import End, Lost, Pool, WorkersUnavailableError, default_jobs
from ssot.values import Blob, Skipped

_FEW = 600  # files below which processes cost more than they save
_CHUNK_FILES = 100
_CHUNK_BYTES = 500_000
DEFAULT = Limits()
Progress = Callable[[int, int], None]


@deep
def all_facts(blobs: Sequence[Blob], jobs: int | None, progress: Progress, limits: Limits = DEFAULT) -> list[FileFacts]:
    """In the order of `blobs`. Files that look dangerous are analysed in a process of their own, however few there are."""
    jobs = jobs or default_jobs()
    alone = [number for number, blob in enumerate(blobs) if is_suspicious(blob.data)]
    rest = sorted(set(range(len(blobs))).difference(alone))
    here = jobs == 1 or len(blobs) < _FEW
    chunks = [[number] for number in alone] + ([] if here else list(_chunks(blobs, rest)))
    found: dict[int, FileFacts] = {}
    for number, facts in _found(blobs, chunks, rest, jobs, limits):
        found[number] = facts
        progress(len(found), len(blobs))
    return [found[number] for number in range(len(blobs))]


def _found(
    blobs: Sequence[Blob], chunks: Sequence[Sequence[int]], rest: Iterable[int], jobs: int, limits: Limits
) -> Iterator[tuple[int, FileFacts]]:
    """The chunks in other processes, then here what is in none, or what no process could be started for."""
    seen = set()
    try:
        for number, result in Pool(analysed, jobs, limits).results(blobs, chunks):
            seen.add(number)
            yield number, _lost(blobs[number], result, limits) if isinstance(result, Lost) else result
    except WorkersUnavailableError:
        rest = range(len(blobs))
    for number in rest:
        if number not in seen:
            yield number, analysed(blobs[number])


def analysed(blob: Blob) -> FileFacts:
    try:
        return facts_of(blob.path, blob.data)
    except Exception as error:  # noqa: BLE001 - one file must not cost the others' results
        reason = f"analysing it fails with {type(error).__name__}, which is a defect of ssot"
        return FileFacts(blob.path, problem=Skipped(blob.path, "crash", reason))


def _chunks(blobs: Sequence[Blob], numbers: Iterable[int]) -> Iterator[list[int]]:
    chunk: list[int] = []
    size = 0
    for number in numbers:
        chunk.append(number)
        size += len(blobs[number].data)
        if len(chunk) >= _CHUNK_FILES or size >= _CHUNK_BYTES:
            yield chunk
            chunk, size = [], 0
    yield chunk


def _lost(blob: Blob, lost: Lost, limits: Limits) -> FileFacts:
    if lost.end is End.TIMEOUT:
        reason = f"analysing it took more than {limits.seconds:g} s; a faster machine might do it"
        return FileFacts(blob.path, problem=Skipped(blob.path, "timeout", reason))
    killed = lost.status == -9  # what Linux does to processes when memory runs out
    reason = "the system ends the process that analyses it" if killed else "analysing it takes the process down"
    return FileFacts(blob.path, problem=Skipped(blob.path, "crash", reason))
