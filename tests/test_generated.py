"""Whole random packages: what the code does is the same before and after; and no wrong edit of them passes the gates.

Each package comes from its number. `SSOT_FUZZ_EXAMPLES` says how many are tried, `SSOT_FUZZ_SEED` which is the first.
A failure shows the package made as small as time allows, what its number was, and its files before and after.
"""

from __future__ import annotations

import pytest
from fixture_cases import ROOT
from fuzz.broken import broken
from fuzz.budget import EXAMPLES, chunks, name
from fuzz.open import EDITS as OPEN_EDITS
from fuzz.open import PACKAGES as OPEN
from generate.examine import changes
from generate.minimise import failure, minimise
from generate.packages import Package, package

SECONDS = 60.0 if EXAMPLES else 10.0  # to make a failing package smaller
EDITS = 4  # wrong ones, for each package


@pytest.mark.parametrize("numbers", chunks(300), ids=name)
def test_a_package_does_what_it_did(numbers: range) -> None:
    """Its plan holds every property of `generate.examine`: the same output, all gates, stable, complete."""
    packages = [made for number in numbers if number not in OPEN and (made := package(number)) is not None]
    wrong = [made for made in packages if failure(made) is not None]
    assert not wrong, f"{len(wrong)} of {len(numbers)}: {[one.seed for one in wrong]}\n{report(wrong[0])}"


def report(made: Package) -> str:
    found = failure(made)
    assert found is not None
    small = minimise(made, found.kind, SECONDS)
    found = failure(small) or found
    return f"number {made.seed}\n{small.show()}\n{found}\n{changes(small, found.after)}"


@pytest.mark.parametrize("numbers", chunks(200), ids=name)
def test_no_wrong_edit_is_accepted(numbers: range) -> None:
    """What the gates accept of random edits behaves as before when it is run."""
    for number in numbers:
        made = package(number) if number not in OPEN_EDITS else None
        for edit in broken(made, EDITS) if made is not None else ():
            seen = edit.difference() if edit.failure is None else None
            if seen is not None:
                pytest.fail(f"number {number}, {edit.path}: {edit.edits}\n{seen}\n{edit.package.show()}")


def test_the_open_faults_have_fixtures() -> None:
    """What is left out here is held somewhere else."""
    assert all((ROOT / name).is_dir() for name in OPEN.values() if name.startswith("bug-"))
