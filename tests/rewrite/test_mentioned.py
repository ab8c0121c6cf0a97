"""What is told of a text before it is parsed."""

from __future__ import annotations

import pytest

from ssot.rewrite.mentioned import Mentioned


@pytest.mark.parametrize(
    "text",
    [
        "shop.Engine",
        "shop.\\\n    Engine",
        "(shop.  # the old one\n    Engine)",
        "getattr(shop, 'Engine')",
        'patch("shop.Engine")',
        'patch(PREFIX + "Engine.start")',
        'patch(f"{module}.Engine")',
        'patch(f"{module}Engine.start")',
        'patch(f"{module:Engine.start}")',
        'text = """\nEngine.start"""',
        "patch.multiple('shop', Engine=Fake)",
        "import shop.old as old; old.Engine",
        "from shop import old; old.Engine",
    ],
)
def test_whatever_may_read_the_attribute_is_looked_at(text: str) -> None:
    """Every way to spell an attribute of some object counts."""
    assert Mentioned("Engine").reads(text.encode(), lists=False)


@pytest.mark.parametrize(
    "text",
    [
        "from shop.Engine import start",
        "    import shop.Engine as one, shop.other",
        "Engine('x')",
        "shop.EngineRoom",
        "MyEngine = 1",
    ],
)
def test_import_statements_and_the_name_alone_read_no_attribute(text: str) -> None:
    """The dots of an import statement are none of an attribute, and a call of the name reads nothing from an object."""
    assert not Mentioned("Engine").reads(text.encode(), lists=False)
    assert not Mentioned("Engine").looks_for(text.encode())


def test_a_list_of_words_counts_where_names_are_computed() -> None:
    """Words that are split at run time may be names of attributes."""
    text = b"for name in 'Engine Router'.split(): ..."
    assert Mentioned("Router").reads(text, lists=True)
    assert not Mentioned("Router").reads(text, lists=False)


def test_asking_for_a_name_is_seen() -> None:
    """A text by itself and an attribute may be what somebody looks for."""
    assert Mentioned("Engine").looks_for(b"hasattr(shop, 'Engine')")
    assert Mentioned("Engine").looks_for(b"shop.Engine")
    assert not Mentioned("Engine").looks_for(b"hasattr(shop, 'Engines')")


def test_long_lines_take_no_longer_than_short_ones() -> None:
    """A line of a hundred thousand statements is gone through once: more often would take hours."""
    line = b"Engine.split # . # . #; " * 100_000
    assert not Mentioned("Engine").reads(line, lists=True)
    assert not Mentioned("Engine").looks_for(line)
