"""How much is tried: a short slice that is always the same, or as much as `SSOT_FUZZ_EXAMPLES` says."""

from __future__ import annotations

import os
from collections.abc import Iterable

EXAMPLES = int(os.environ.get("SSOT_FUZZ_EXAMPLES", "0"))  # 0: the slice
FIRST = int(os.environ.get("SSOT_FUZZ_SEED", "0"))  # where counting starts: another campaign needs another one
CHUNK = 100  # examples in one test, so that tests can be spread over processes


def chunks(slice_: int) -> Iterable[range]:
    """The numbers of the examples, in pieces."""
    count = EXAMPLES or slice_
    end = FIRST + count
    return [range(start, min(start + CHUNK, end)) for start in range(FIRST, end, CHUNK)]


def name(numbers: range) -> str:
    return f"{numbers.start}-{numbers.stop - 1}"
