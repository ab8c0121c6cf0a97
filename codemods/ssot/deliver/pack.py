"""Blobs written to the object store in one go.

The blobs are handed to git as one pack: one process for any number of them, the ids known beforehand, and git itself
checks and stores them with the repository's permissions. A process or a temporary file for each blob costs more than
the rest of the commit.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterable, Iterator, Mapping
from typing import IO

from ssot.deliver.git import Git

_BLOB = 3
_UNPACK_LIMIT = 100  # as git's transfer.unpackLimit: few objects stay loose, many stay a pack


class BlobStore:
    """Collects blobs by id and writes them together."""

    def __init__(self, git: Git) -> None:
        self._git = git
        self._blobs: dict[str, bytes] = {}

    def add(self, data: bytes) -> str:
        """The blob's id; it is in the repository after `write`."""
        oid = blob_id(data, self._git.object_format)
        self._blobs[oid] = data
        return oid

    def write(self) -> None:
        if not self._blobs:
            return
        command = ("index-pack", "--stdin") if len(self._blobs) >= _UNPACK_LIMIT else ("unpack-objects", "-q")
        with self._git.scratch() as folder:
            file = folder / "blobs.pack"
            with file.open("w+b") as stream:
                write_pack(stream, self._blobs, self._git.object_format)
                stream.seek(0)
                self._git.run(*command, stdin=stream)
        self._blobs.clear()


def blob_id(data: bytes, object_format: str) -> str:
    return hashlib.new(object_format, b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()


def write_pack(stream: IO[bytes], blobs: Mapping[str, bytes], object_format: str) -> None:
    checksum = hashlib.new(object_format, usedforsecurity=False)
    for piece in _pieces(blobs.values(), len(blobs)):
        checksum.update(piece)
        stream.write(piece)
    stream.write(checksum.digest())
    stream.flush()


def _pieces(blobs: Iterable[bytes], count: int) -> Iterator[bytes]:
    yield b"PACK" + (2).to_bytes(4, "big") + count.to_bytes(4, "big")
    for data in blobs:
        yield _entry_header(len(data))
        yield zlib.compress(data, 1)


def _entry_header(size: int) -> bytes:
    """Type and size, four and then seven bits a byte, the lowest first."""
    byte, size = (_BLOB << 4) | (size & 15), size >> 4
    header = bytearray()
    while size:
        header.append(byte | 0x80)
        byte, size = size & 0x7F, size >> 7
    header.append(byte)
    return bytes(header)
