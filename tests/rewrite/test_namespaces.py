"""Code that lists the names of a scope or evaluates texts in it: no name comes or goes there."""

from __future__ import annotations

import pytest
from trees import plan_of, view_of

from ssot.rewrite.namespaces import evaluated, listed, looked_up, looks_in_globals
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


@pytest.mark.parametrize(
    ("text", "looks"),
    [
        ("'lib' in globals()", True),
        ("globals().get('lib')", True),
        ("globals()[name]", True),
        ("name in globals()", True),
        ("list(globals())", True),
        ("ask(globals)", True),
        ("'other' in globals()", False),
        ("globals().get('other')", False),
        ("globals()[name] = 1", False),
        ("globals().update(names)", False),
        ("kept.globals()", False),
    ],
)
def test_who_looks_in_globals(text: str, looks: bool) -> None:
    """Storing names, and asking for another one, is no asking for this one."""
    view = view_of({"m.py": f"def run(name):\n    {text}\n"}, "m.py")
    assert looks_in_globals(view, "lib") is looks


@pytest.mark.parametrize("text", ["'lib' in globals()", "globals().get('lib')", "eval('lib', {'lib': 1})"])
def test_a_module_gets_no_name_that_it_asks_for(text: str) -> None:
    """The chain is refused: the import that it needs would give the answer."""
    files = {
        "shop/__init__.py": "",
        "shop/old.py": "from lib.new import Engine\n",
        "lib/__init__.py": "",
        "lib/new.py": "class Engine: ...\n",
        "m.py": f"import shop.old\nprint(shop.old.Engine, {text})\n",
    }
    plan = plan_of(files, '[[symbol]]\ncanonical = "lib.new:Engine"\nlegacy = ["shop.old:Engine"]\n')
    assert [(one.path, one.code) for one in plan.refusals] == [("m.py", "name-taken")]
