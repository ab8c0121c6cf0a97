"""Code that lists the names of a scope or evaluates texts in it: no name comes or goes there."""

from __future__ import annotations

import pytest
from trees import plan_of, view_of

from ssot.rewrite.namespaces import evaluated, listed, looked_up
from ssot.values import Plan

FUNCTION = "def run():\n    import a.b\n    {}\n    return a.b.C\n"


@pytest.mark.parametrize("text", ["locals()", "dir()", "vars()", "(lambda: locals())()"])
def test_a_function_that_lists_its_names(text: str) -> None:
    """Calls without arguments count, in functions inside as well: free names are listed there."""
    view = view_of({"m.py": FUNCTION.format(text)}, "m.py")
    assert listed(view, view.scopes.root.children[0])
    assert not listed(view, view.scopes.root)


@pytest.mark.parametrize("text", ["vars(a)", "dir(a)", "a.locals()", "locals"])
def test_a_function_that_does_not(text: str) -> None:
    """The names of another object are not those of the scope."""
    view = view_of({"m.py": FUNCTION.format(text)}, "m.py")
    assert not listed(view, view.scopes.root.children[0])


@pytest.mark.parametrize(("text", "found"), [("eval('a.b')", True), ("eval(x)", True), ("eval('x.y')", False)])
def test_texts_that_are_evaluated(text: str, found: bool) -> None:
    """A text that can't be told may use any name."""
    view = view_of({"m.py": FUNCTION.format(text)}, "m.py")
    assert evaluated(view, view.scopes.root.children[0], "a") is found
    assert looked_up(view, view.scopes.root.children[0])


def test_a_local_that_would_be_listed_is_not_added() -> None:
    """The chain is refused with a reason."""
    files = {
        "shop/__init__.py": "",
        "shop/old.py": "from shop.new import Engine\n",
        "shop/new.py": "class Engine: ...\n",
        "m.py": "def run():\n    from shop import old\n    return sorted(locals()), old.Engine\n",
    }
    plan: Plan = plan_of(files, '[[symbol]]\ncanonical = "shop.new:Engine"\nlegacy = ["shop.old:Engine"]\n')
    assert [(one.path, one.code) for one in plan.refusals] == [("m.py", "name-taken")]
    assert not plan.change_sets
