"""The gates on single inputs: files that are no Python, other encodings, what is found of comments; the prover's memory."""

# Programs on one line each read better than broken up.

from __future__ import annotations

import pytest
from trees import edits_of, encoded, index_of, never, source_of

from ssot.index.recursion import on_large_stack
from ssot.index.source import apply_edits
from ssot.prove.comments import check_comments, comments
from ssot.prove.difference import explained
from ssot.prove.gates import Failure, minimal, read_versions
from ssot.prove.proof import Changed, Prover, changed_files

FILES = {"a.py": "class A: ...\n", "b.py": "from a import A as B\n", "user.py": "from b import B\nprint(B)\n"}


def test_comments_are_told_from_strings() -> None:
    text = b"x = '# no'  # yes\n'''\n# no\n'''\ny = 1 #also\r\nz = r'\\' # third\n"
    assert [one.text for one in comments(source_of(text))] == ["# yes", "#also", "# third"]
    assert comments(source_of("x = 1")) == []


def test_a_file_that_is_no_python_has_to_be_minimal_only() -> None:
    data = b"see a.A\n"
    edits = edits_of(data, [("a.A", "b.A")])
    prover = Prover(index_of(FILES), never)
    assert prover.failures([Changed("docs.md", data, edits, apply_edits(data, edits))]) == {}
    found = prover.failures([Changed("docs.md", data, edits, b"other")])
    assert found["docs.md"].code == "gate-minimal"


@pytest.mark.parametrize("encoding", ["utf-8", "latin-1", "cp1252", "shift_jis"])
def test_edits_behind_other_characters(encoding: str) -> None:
    """Offsets in the file's own bytes are found again in the tree."""
    word = "é" if encoding != "shift_jis" else "日本"
    text = f"# coding: {encoding}\nx = '{word}'; from b import B  # {word}\nprint(B, '{word}')\n"
    data = text.encode(encoding)
    start = data.index(b"from b import B")
    after = data.replace(b"from b import B", b"from a import A as B")
    (edit,) = edits_of(b" " * start + b"from b import B", [("from b import B", "from a import A as B")])
    files = {**FILES, "user.py": "\n"}
    index = index_of(files)
    versions = read_versions("user.py", data, after)
    assert not isinstance(versions, Failure)
    assert (minimal(data, [edit], after), check_comments(versions), explained(versions, [edit])) == (None, None, None)
    assert index.module_of("user.py") == "user"


def test_an_unreadable_version_is_a_failure() -> None:
    deep = b"(" * 5000 + b")" * 5000
    for before, after, code in (
        (b"\xff", b"x", "gate-decode"),
        (b"x = 1\n", b"x = \n", "gate-parse"),
        (deep, b"x\n", "gate-parse"),
    ):
        failure = read_versions("a.py", before, after)
        assert isinstance(failure, Failure)
        assert failure.code == code


def test_no_edits_and_no_change_are_minimal() -> None:
    assert minimal(b"x", (), b"x") is None


def test_what_does_not_work_today_may_become_what_is_allowed_and_nothing_else() -> None:
    files = {**FILES, "user.py": "from gone import B\nfrom a import C\nprint(B, C)\n"}
    data = encoded(files)["user.py"]
    edits = edits_of(data, [("import C", "import A as C")])
    changed = [Changed("user.py", data, edits, apply_edits(data, edits))]
    assert Prover(index_of(files), never).failures(changed)["user.py"].code == "gate-bindings"
    assert Prover(index_of(files), lambda now: str(now) == "a:A").failures(changed) == {}


def test_what_is_proved_is_not_proved_again_but_failures_are_found_again() -> None:
    data = encoded(FILES)["user.py"]
    edits = {"user.py": edits_of(data, [("from b import B", "from a import A as B")])}
    prover = Prover(index_of(FILES), never)
    changed = changed_files(edits, encoded(FILES))
    assert prover.failures(changed) == prover.failures(changed) == {}
    wrong = [Changed("user.py", data, (), b"print(1)\n")]
    first, second = prover.failures(wrong), prover.failures(wrong)
    assert first == second
    assert first


def test_edits_that_overlap_have_no_result() -> None:
    one, other = edits_of(b"abcdef", [("abc", "x"), ("cde", "y")])
    with pytest.raises(ValueError, match="overlaps"):
        changed_files({"a": [one, other]}, {"a": b"abcdef"})


def test_a_long_chain_of_branches_is_proved() -> None:
    """Hundreds of `elif` are a deep tree, and no reason to give up."""
    chain = "    if x == 0:\n        pass\n" + "".join(f"    elif x == {n}:\n        pass\n" for n in range(600))
    text = f"from b import B\ndef f(x):\n{chain}print(B)\n"
    files = {**FILES, "user.py": text}
    data = text.encode()
    edits = edits_of(data, [("from b import B", "from a import A as B")])
    changed = [Changed("user.py", data, edits, apply_edits(data, edits))]
    found = on_large_stack(Prover(index_of(files), never).failures, changed)
    assert found == {}


def test_breaking_a_circle_that_worked_is_charged_to_the_file_that_breaks_it() -> None:
    """`b` may be imported first today; afterwards `a` would ask `b` for a name it has not made yet."""
    files = {
        "a.py": "import b\nclass A: ...\n",
        "b.py": "import a\nclass B: ...\n",
        "user.py": "import a, b\n",
    }
    data = encoded(files)["a.py"]
    edits = edits_of(data, [("import b", "from b import B")])
    found = Prover(index_of(files), never).failures([Changed("a.py", data, edits, apply_edits(data, edits))])
    assert set(found) == {"a.py"}
