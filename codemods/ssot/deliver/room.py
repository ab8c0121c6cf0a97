"""A temporary folder that is full or read-only is the person's to put right, no fault of ours."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager

from ssot.values import SsotError

# ENOENT: the interpreter tried all of its places for temporary files
_NO_ROOM = (
    errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOENT,
)  # fmt: skip


@contextmanager
def temporary_room() -> Iterator[None]:
    """Says what to do where a temporary file can't be written."""
    try:
        yield
    except OSError as error:
        if error.errno not in _NO_ROOM:
            raise
        raise SsotError(
            f"the temporary folder can't be written: {error.strerror}",
            "free some space there, or set TMPDIR to another folder",
        ) from error
