"""Duplicates, contradictions and cycles between entries are errors; chains are not."""

from __future__ import annotations

import pytest

from ssot.declare.load import ManifestError, parse_manifest


def entry(kind: str, canonical: str, *legacy: str, approved: tuple[str, ...] = ()) -> str:
    lists = f"legacy = {list(legacy)}\n" + (f"approved = {list(approved)}\n" if approved else "")
    return f'[[{kind}]]\ncanonical = "{canonical}"\n{lists}'.replace("'", '"')


def symbol(canonical: str, *legacy: str, approved: tuple[str, ...] = ()) -> str:
    return entry("symbol", canonical, *legacy, approved=approved)


def module(canonical: str, *legacy: str) -> str:
    return entry("module", canonical, *legacy)


def fault(*entries: str) -> str:
    with pytest.raises(ManifestError) as caught:
        parse_manifest("".join(entries))
    return caught.value.what


@pytest.mark.parametrize(
    ("entries", "message"),
    [
        ((symbol("a:A", "a:A"),), "3: 'a:A' is both canonical and legacy of the same entry"),
        ((symbol("a:A", approved=("a:A",)),), "4: 'a:A' is both canonical and approved of the same entry"),
        ((symbol("a:A", "b:A", approved=("b:A",)),), "4: 'b:A' is both legacy and approved of the same entry"),
        ((symbol("a:A", "b:A", "b:A"),), "3: 'b:A' is listed twice as legacy"),
        ((symbol("a:A"), symbol("a:A")), "5: 'a:A' is canonical in two entries"),
        ((symbol("a:A", "c:A"), symbol("b:A", "c:A")), "6: 'c:A' is legacy of 'a:A' and legacy of 'b:A'"),
        (
            (symbol("a:A", "c:A"), symbol("b:A", approved=("c:A",))),
            "7: 'c:A' is legacy of 'a:A' and approved of 'b:A'",
        ),
        ((module("a", "a"),), "3: 'a' is both canonical and legacy of the same entry"),
        ((module("a", "c"), module("b", "c")), "6: 'c' is legacy of 'a' and legacy of 'b'"),
        ((module("a.core", "a"),), "3: 'a.core' lies inside 'a'"),
    ],
)
def test_a_contradiction_is_an_error_at_its_second_place(entries: tuple[str, ...], message: str) -> None:
    assert message in fault(*entries)


@pytest.mark.parametrize(
    ("entries", "trail"),
    [
        ((symbol("a:A", "b:A"), symbol("b:A", "a:A")), "b:A → a:A → b:A"),
        ((symbol("a:A", "b:A"), symbol("b:A", "c:A"), symbol("c:A", "a:A")), "b:A → a:A → c:A → b:A"),
        ((module("a", "b"), module("b", "a")), "b → a → b"),
        ((module("a", "b"), symbol("b:A", "a:A")), "a:A → b:A → a:A"),
        ((module("a.x", "b"), symbol("b.c:A", "a.x.c:A")), "a.x.c:A → b.c:A → a.x.c:A"),
    ],
)
def test_a_cycle_is_an_error_that_shows_the_way(entries: tuple[str, ...], trail: str) -> None:
    assert f"the entries go round in a circle: {trail}" in fault(*entries)


def test_moves_that_would_lengthen_a_name_for_ever_are_a_cycle() -> None:
    assert "the entries go round in a circle" in fault(module("b.c", "a"), module("a", "b"))


@pytest.mark.parametrize(
    "entries",
    [
        (symbol("c:A", "b:A"), symbol("b:A", "a:A")),  # A→B and B→C
        (module("c", "b"), module("b", "a")),
        (module("new", "old"), symbol("new.x:A", "old.y:B")),
        (module("new", "old"), symbol("old.x:A", "legacy:A")),
        (module("a", "a.core"),),  # flattening
        (symbol("a:A", "b:A"), symbol("a:B", "b:B")),
    ],
)
def test_chains_and_moves_that_meet_are_fine(entries: tuple[str, ...]) -> None:
    assert parse_manifest("".join(entries))
