"""Facts of many files, in worker processes where that pays. The answer does not depend on how many there are."""

from __future__ import annotations

import gc
import multiprocessing
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool

from ssot.index.collect import facts_of
from ssot.index.facts import FileFacts
from ssot.values import Blob, Skipped

_FEW = 600  # below this many files a worker costs more than it saves
_CHUNK = 100
Progress = Callable[[int, int], None]


def all_facts(blobs: Sequence[Blob], jobs: int | None, progress: Progress) -> list[FileFacts]:
    """In the order of `blobs`."""
    workers = jobs or os.cpu_count() or 1
    if workers == 1 or len(blobs) < _FEW:
        return list(_here(blobs, progress))
    chunks = [blobs[start : start + _CHUNK] for start in range(0, len(blobs), _CHUNK)]
    results: dict[int, list[FileFacts]] = {}
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, mp_context=context) as pool:
        pending = {pool.submit(_chunk_facts, chunk): number for number, chunk in enumerate(chunks)}
        for future in as_completed(pending):
            try:
                results[pending[future]] = future.result()
            except BrokenProcessPool:
                continue
            progress(sum(len(chunks[number]) for number in results), len(blobs))
    lost = [number for number in range(len(chunks)) if number not in results]
    for number in lost:
        results[number] = [_alone(blob) for blob in chunks[number]]
    return [fact for number in range(len(chunks)) for fact in results[number]]


def _here(blobs: Sequence[Blob], progress: Progress) -> Iterator[FileFacts]:
    for number, blob in enumerate(blobs):
        yield facts_of(blob.path, blob.data)
        progress(number + 1, len(blobs))


def _chunk_facts(chunk: Sequence[Blob]) -> list[FileFacts]:
    gc.disable()  # in a worker: syntax trees have no cycles, and the collector would walk them again and again
    return [facts_of(blob.path, blob.data) for blob in chunk]


def _alone(blob: Blob) -> FileFacts:
    """One file in a process of its own, because one of its chunk took a worker down."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        try:
            return pool.submit(facts_of, blob.path, blob.data).result()
        except BrokenProcessPool:
            return FileFacts(blob.path, problem=Skipped(blob.path, "crash", "analysing it takes the process down"))
