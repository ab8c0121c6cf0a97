"""What a proof costs grows as the file does: calls are counted, not seconds."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType

import pytest
from trees import encoded, index_of, never

from prove.test_corners import LIB
from prove.warranted import sources
from ssot.index.source import apply_edits
from ssot.prove.proof import Changed, Prover
from ssot.values import Edit

SHAPES: dict[str, Callable[[int], tuple[str, str]]] = {
    "statements on one line": lambda n: ("quiet", "from quiet import A\n" + "; ".join(f"x{i} = A" for i in range(n))),
    "statements on lines": lambda n: ("quiet", "from quiet import A\n" + "\n".join(f"x{i} = A" for i in range(n))),
    "a name bound again and again": lambda n: ("quiet", "from quiet import A\n" + "A = A\n" * n),
    "edits on one line": lambda n: ("quiet", "import quiet, lib\n" + "; ".join(f"x{i} = quiet.A" for i in range(n))),
    "edits on lines": lambda n: ("quiet", "import quiet, lib\n" + "\n".join(f"x{i} = quiet.A" for i in range(n))),
    "imports": lambda n: ("quiet", "\n".join(f"from quiet import A as x{i}" for i in range(n))),
    "functions": lambda n: (
        "quiet",
        "\n".join(f"def f{i}():\n    from quiet import A\n    return A" for i in range(n)),
    ),
    "methods": lambda n: (
        "quiet",
        "from quiet import A\nclass C:\n" + "\n".join(f"  def f{i}(self): A" for i in range(n)),
    ),
    "comments": lambda n: ("quiet", "\n".join(f"from quiet import A as x{i}  # {i}" for i in range(n))),
}


def edits_to(text: str, word: str) -> tuple[Edit, ...]:
    """`word` becomes ``lib`` wherever it stands behind the first ``import``, or in front of it."""
    found, start = [], text.find(f"{word}.") if f"{word}." in text else text.find(word)
    while start >= 0:
        found.append(Edit(start, start + len(word), text.count("\n", 0, start) + 1, word, "lib"))
        start = text.find(word, start + 1)
    return tuple(found)


def calls(shape: Callable[[int], tuple[str, str]], count: int) -> int:
    """How many calls it takes to prove a right edit of a file of that many statements."""
    word, text = shape(count)
    files = {**LIB, "m.py": text}
    edits = edits_to(text, word)
    data = encoded(files)["m.py"]
    prover = Prover(index_of(files), never, sources=sources(files))
    changed = [Changed("m.py", data, edits, apply_edits(data, edits))]
    seen = 0

    def note(frame: FrameType, event: str, argument: object) -> None:
        nonlocal seen
        seen += event in ("call", "c_call")

    sys.setprofile(note)
    try:
        found = prover.failures(changed)
    finally:
        sys.setprofile(None)
    assert found == {}
    return seen


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
def test_a_file_of_twice_the_size_takes_twice_the_work(shape: Callable[[int], tuple[str, str]]) -> None:
    """Nothing in a proof looks through the file for each of its statements."""
    few, many = calls(shape, 100), calls(shape, 200)
    assert many < 2.1 * few
