"""Whether a folder lies on a disk that only this machine can have mounted."""

from __future__ import annotations

import os
from pathlib import Path

_MOUNTS = Path("/proc/self/mountinfo")
# Mounted by one running system at a time. Network, cluster, shared-folder and layered file systems are not, and
# the subvolumes of btrfs have device numbers that no mount shows.
_LOCAL = frozenset({"ext2", "ext3", "ext4", "f2fs", "jfs", "xfs", "zfs"})


def on_local_disk(folder: Path) -> bool:
    """False in any doubt."""
    try:
        device, table = folder.stat().st_dev, _MOUNTS.read_bytes()
    except OSError:
        return False
    number = b"%d:%d" % (os.major(device), os.minor(device))
    kinds = {kind for line in table.splitlines() for mounted, kind in _mount(line) if mounted == number}
    return bool(kinds) and kinds <= _LOCAL


def _mount(line: bytes) -> list[tuple[bytes, str]]:
    """The number of the device and the type of what is on it; how many fields stand before the dash varies."""
    left, dash, right = line.partition(b" - ")
    fields = left.split(b" ")
    return [(fields[2], right.split(b" ")[0].decode("latin-1"))] if dash and len(fields) > 4 else []
