"""Files that LibCST would not write back as they were, and files in odd encodings."""

from __future__ import annotations

from pathlib import Path

from bridge.commands import codes, results, run

FORM_FEED = b"old = 1\n\x0cdef f():\n    pass\n"
FILES = {
    "crlf.py": b"old = 1\r\ny = 2\r\n",
    "mixed.py": b"old = 1\r\ny = 2\nz = 3",
    "bom.py": b"\xef\xbb\xbfold = 1\n",
    "latin.py": b"# coding: latin-1\nold = '\xe9'\n",
    "tabs.py": b"if True:\n\told = 1\n",
    "feed.py": FORM_FEED,
    "untouched_feed.py": FORM_FEED.replace(b"old", b"new"),
    "feed_meets.py": b"x = 1\n\x0cdef old():\n    pass\n",
    "cr.py": b"old = 1\ry = 2\r",
}


def test_what_the_command_does_not_change_keeps_its_bytes_or_the_file_is_refused(tmp_path: Path) -> None:
    plan = run(FILES, "NoComments", tmp_path, ("old", "old"), ("new", "fresh"))
    assert codes(plan) == {"feed_meets.py": ["round-trip"], "cr.py": ["round-trip"]}
    changed = results(FILES, plan)
    refused = {"feed_meets.py", "cr.py", "untouched_feed.py"}
    assert changed == {path: data.replace(b"old", b"fresh") for path, data in FILES.items() if path not in refused}
