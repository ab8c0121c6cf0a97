"""The nearest spelling."""

from __future__ import annotations

from ssot.declare.suggest import did_you_mean, nearest


def test_the_nearest_word_is_found() -> None:
    assert nearest("cannonical", ["legacy", "canonical"]) == "canonical"
    assert nearest("shop.engin:User", ["shop.engine:User", "shop.cart:Cart"]) == "shop.engine:User"
    assert nearest("ssot101", ["SSOT101", "SSOT102"]) == "SSOT101"


def test_nothing_near_is_nothing() -> None:
    assert nearest("zebra", ["legacy"]) == ""
    assert did_you_mean("zebra", ["legacy"]) == ""
    assert nearest("x" * 100_000, ["legacy"] * 1000) == ""


def test_the_order_of_candidates_does_not_matter() -> None:
    words = ["abd", "abe", "abf"]
    assert nearest("abc", words) == nearest("abc", reversed(words))
