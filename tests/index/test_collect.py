"""What is known of one file from its bytes alone."""

# Programs on one line each read better than broken up.

from __future__ import annotations

import sys
from textwrap import dedent

import pytest

from ssot.index.collect import facts_of
from ssot.index.facts import Binding, FileFacts, Kind


def facts(text: str, path: str = "m.py") -> FileFacts:
    found = facts_of(path, dedent(text).encode())
    assert found.problem is None, found.problem
    return found


def bound(text: str) -> list[tuple[str, str, str]]:
    return [(one.name, one.kind.value, one.target) for one in facts(text).bindings]


BINDINGS = [
    ("import a", [("a", "import", "a")]),
    ("import a.b", [("a", "import", "a")]),
    ("import a.b as c", [("c", "import", "a.b")]),
    ("import a, b.c", [("a", "import", "a"), ("b", "import", "b")]),
    ("from a import b", [("b", "from", "a")]),
    ("from ..a import b as c", [("c", "from", "a")]),
    ("from a import *", [("*", "star", "a")]),
    ("class A: ...", [("A", "class", "")]),
    ("def f(): x = 1", [("f", "def", "")]),
    ("async def f(): ...", [("f", "def", "")]),
    ("x = 1", [("x", "value", "")]),
    ("x = y", [("x", "alias", "y")]),
    ("x = a.b.C", [("x", "alias", "a.b.C")]),
    ("x = y = z", [("x", "alias", "z"), ("y", "alias", "z")]),
    ("x, (y, *z) = 1, (2,)", [("x", "value", ""), ("y", "value", ""), ("z", "value", "")]),
    ("x: int = 1", [("x", "value", "")]),
    ("x: type = y", [("x", "alias", "y")]),
    ("x: int", []),
    ("x += 1", [("x", "value", "")]),
    ("a.x = 1\nb[0] = 2", []),
    ("del x", [("x", "del", "")]),
    ("del a.x", []),
    ("for i, j in (): k = 1", [("i", "value", ""), ("j", "value", ""), ("k", "value", "")]),
    ("while x: y = 1\nelse: z = 1", [("y", "value", ""), ("z", "value", "")]),
    ("with a as b, c as (d, e): f = 1", [(name, "value", "") for name in "bdef"]),
    ("if (x := 1): pass", [("x", "value", "")]),
    ("print(y := 1)", [("y", "value", "")]),
    ("match x:\n    case [a, *b]: pass\n    case {'k': c, **d}: pass\n    case E(f) as g: h = 1", [(n, "value", "") for n in "badcgfh"]),
    ("try: x = 1\nexcept E: y = 1\nelse: z = 1\nfinally: w = 1", [(name, "value", "") for name in "xyzw"]),
    ("class A:\n    x = 1\n    import b\n    def f(self): ...", [("A", "class", "")]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), BINDINGS)
def test_module_level_names(text: str, expected: list[tuple[str, str, str]]) -> None:
    assert sorted(bound(text)) == sorted(expected)


GUARDS = [
    ("{}", ()),
    ("if x:\n    {}", ("if:1:then",)),
    ("if x: pass\nelse:\n    {}", ("if:1:else",)),
    ("if x: pass\nelif y:\n    {}", ("if:1:else", "if:2:then")),
    ("try:\n    {}\nexcept ImportError: pass", ("try:1:body",)),
    ("try:\n    {}\nexcept: pass", ("try:1:body",)),
    ("try:\n    {}\nexcept (ValueError, ImportError): pass", ("try:1:body",)),
    ("try:\n    {}\nexcept compat.Error: pass", ("try:1:body",)),
    ("try:\n    {}\nexcept ValueError: pass", ()),
    ("try:\n    {}\nexcept ImportError: raise", ()),
    ("try:\n    {}\nfinally: pass", ()),
    ("try: pass\nexcept ImportError:\n    {}", ("try:1:except0",)),
    ("try: pass\nexcept ValueError: pass\nexcept ImportError:\n    {}", ("try:1:except1",)),
    ("try: pass\nexcept ImportError: pass\nelse:\n    {}", ("try:1:body",)),
    ("try: pass\nexcept ImportError: pass\nfinally:\n    {}", ()),
    ("with x:\n    {}", ()),
    ("with pytest.raises(ImportError):\n    {}", ("raises:1:body",)),
    ("with self.assertRaises(ImportError):\n    {}", ("raises:1:body",)),
    ("with contextlib.suppress(ImportError):\n    {}", ("suppress:1:body",)),
    ("for i in x:\n    {}", ("loop:1:body",)),
    ("while x:\n    {}", ("loop:1:body",)),
    ("match x:\n    case 1:\n        {}", ("match:1:case0",)),
    ("if x:\n    try:\n        {}\n    except ImportError: pass", ("if:1:then", "try:2:body")),
]


@pytest.mark.parametrize(("text", "guards"), GUARDS)
def test_circumstances_of_an_import(text: str, guards: tuple[str, ...]) -> None:
    found = facts(text.format("import a"))
    (fact,) = found.imports
    assert fact.where.guards == guards
    assert fact.where.certain is not bool(guards)
    assert [one.where.guards for one in found.bindings if one.name == "a"] == [guards]


TYPING = ["if TYPE_CHECKING:\n    {}\nelse:\n    {}", "if typing.TYPE_CHECKING:\n    {}\nelse:\n    {}"]


@pytest.mark.parametrize("text", TYPING)
def test_what_only_type_checkers_see(text: str) -> None:
    one, other = facts(text.format("import a", "import b")).imports
    assert (one.where.type_only, other.where.type_only) == (True, False)
    assert one.where.certain
    negated = text.replace("if ", "if not ").format("import a", "import b")
    other, one = facts(negated).imports  # in the order of what is walked first
    assert {(fact.names[0].name, fact.where.type_only) for fact in (one, other)} == {("a", False), ("b", True)}


def test_scopes_of_imports() -> None:
    text = """
        class A:
            import a
            def f(self):
                if x:
                    import b
                def g():
                    from c import d
        async def h():
            import e
        """
    where = {fact.names[0].name: fact.where for fact in facts(text).imports}
    assert {name: (one.scope, one.deferred) for name, one in where.items()} == {
        "a": (("A",), False),
        "b": (("A", "f"), True),
        "d": (("A", "f", "g"), True),
        "e": (("h",), True),
    }
    assert where["b"].guards == ("if:5:then",)


def test_places_of_names() -> None:
    (fact,) = facts("if x:\n    from a import (b,\n        é as c)\n").imports
    assert (fact.line, fact.column) == (2, 4)
    assert [(name.name, name.local, name.line, name.column) for name in fact.names] == [
        ("b", "b", 2, 19),
        ("é", "c", 3, 8),
    ]


def test_names_that_functions_rebind() -> None:
    found = facts("x = 1\ndef f():\n    global x, y\n    x = 2\nclass A:\n    def g(self):\n        global z\n")
    assert found.rebound == {"x", "y", "z"}


EXPORTS = [
    ("", None, False),
    ("__all__ = ['a', 'b']", ("a", "b"), False),
    ("__all__ = ('a',)", ("a",), False),
    ("__all__: list[str] = ['a']", ("a",), False),
    ("__all__ = ['a'] + ['b']", ("a", "b"), False),
    ("__all__ = ['a']\n__all__ += ['b']", ("a", "b"), False),
    ("__all__ = ['a']\n__all__.extend(['b'])", ("a", "b"), False),
    ("__all__ = ['a']\n__all__.append('b')", ("a", "b"), False),
    ("__all__ = ['a', 'a']", ("a",), False),
    ("__all__ = ['a']\n__all__ = ['b']", ("b",), False),
    ("if x:\n    __all__ = ['a']", ("a",), False),
    ("try: pass\nexcept E:\n    __all__ = ['a']", ("a",), False),
    ("__all__ = []", (), False),
    ("__all__ = [n for n in dir()]", None, True),
    ("__all__ = ['a', b]", None, True),
    ("__all__ = ['a'] + other.__all__", None, True),
    ("__all__ = ['a']\n__all__.remove('a')", None, True),
    ("__all__ += sub.__all__", None, True),
    ("def f():\n    __all__ = x", None, False),
]


@pytest.mark.parametrize(("text", "names", "computed"), EXPORTS)
def test_all(text: str, names: tuple[str, ...] | None, computed: bool) -> None:
    found = facts(text)
    assert (found.exports, found.exports_computed) == (names, computed)


LAZY = [
    (
        "def __getattr__(name):\n    if name == 'A':\n        from .b import C\n        return C\n    raise AttributeError(name)",
        (("A", ".b", "C"),),
        False,
    ),
    (
        "def __getattr__(name):\n    if name == 'A':\n        import warnings\n        warnings.warn('old')\n        from b import C as D\n        return D\n    elif name in ('X', 'Y'):\n        from c import Z\n        return Z\n    raise AttributeError",
        (("A", "b", "C"), ("X", "c", "Z"), ("Y", "c", "Z")),
        False,
    ),
    (
        "T = {'A': 'b.c:D', 'E': 'b.E', 'F': 'b'}\ndef __getattr__(name):\n    'doc'\n    if name in T:\n        import importlib\n        module, _, attr = T[name].partition(':')\n        return getattr(importlib.import_module(module), attr)\n    raise AttributeError(name)",
        (("A", "b.c", "D"), ("E", "b", "E"), ("F", "b", "F")),
        False,
    ),
    (
        "T: dict = {'A': ('.b', 'C')}\ndef __getattr__(name):\n    if name in T:\n        m, a = T[name]\n        return getattr(import_module(m, __name__), a)\n    raise AttributeError(name)",
        (("A", ".b", "C"),),
        False,
    ),
    ("def __getattr__(name):\n    return compute(name)", (), True),
    ("def __getattr__(name):\n    if name == 'A':\n        return make()\n    raise AttributeError", (), True),
    ("def __getattr__(name):\n    if name in T:\n        return T[name]\n    raise AttributeError", (), True),
    ("T = {'A': f()}\ndef __getattr__(name):\n    if name in T:\n        return getattr(import_module(T[name]), name)\n    raise AttributeError", (), True),
    ("__getattr__ = make_getattr()", (), True),
    ("def __getattr__(): ...", (), False),
]  # fmt: skip


@pytest.mark.parametrize(("text", "table", "dynamic"), LAZY)
def test_names_made_on_demand(text: str, table: tuple[tuple[str, str, str], ...], dynamic: bool) -> None:
    found = facts(text)
    assert (found.lazy, found.dynamic) == (table, dynamic)


@pytest.mark.parametrize(
    "text",
    [
        "globals()['x'] = 1",
        "globals().update(x=1)",
        "vars()['x'] = 1",
        "exec('x = 1')",
        "import sys\nsetattr(sys.modules[__name__], 'x', 1)",
        "def f():\n    globals()['x'] = 1",
        "del globals()['x']",
        "space = globals()\nspace['x'] = 1",
        "space = globals()\nspace |= {'x': 1}",
        "fill(globals())",
        "fill(space=globals())",
        "def fill(space):\n    space['x'] = 1\nfill(globals())",
        "dict.update(globals(), x=1)",
        "exec('x = 1', globals())",
        "get = globals\nget()['x'] = 1",
        "from builtins import globals as get",
        "def f(): ...\nf.__globals__['x'] = 1",
        "import sys\nsys._getframe().f_globals['x'] = 1",
        "import sys\nfill(vars(sys.modules[__name__]))",
        "import sys\nsys.modules[__name__].__class__ = Lazy",
        "for globals()['x'] in y: ...",
        "fill(vars())",
    ],
)
def test_a_namespace_that_is_edited(text: str) -> None:
    assert facts(text).dynamic
    assert not facts(text).known


@pytest.mark.parametrize(
    "text",
    [
        "globals()['x']",
        "exec('x = 1', {})",
        "globals().get('x')",
        "x.__dict__",
        "'x' in globals()",
        "eval(text, globals())",
        "show(**globals())",
        "def show(space):\n    return sorted(space)\nshow(globals())",
        "def f():\n    return fill(locals())",
        "space = globals()\nfor name in space: ...",
        "def run(globals):\n    kept = globals",
        "x.__class__ = Y",
    ],
)
def test_a_namespace_that_is_only_read(text: str) -> None:
    assert not facts(text).dynamic


def test_a_module_that_replaces_itself_and_one_that_edits_its_path() -> None:
    assert facts("import sys\nsys.modules[__name__] = object()").replaced
    assert facts("from sys import modules\nmodules[__name__] = object()").replaced
    assert not facts("import sys\nsys.modules.get(__name__)").replaced
    assert facts("__path__ = extend(__path__)").path_hack


EFFECTS = [
    ("import a\nfrom b import c\nx = 1\ndef f(): g()\nclass A:\n    x = 1", ()),
    ('"""doc"""\n...\npass', ()),
    ("x = dict(a=1)\ny = [str(i) for i in range(3)]\nz = namedtuple('z', 'a')", ()),
    ("logger = logging.getLogger(__name__)", ()),
    ("x = lambda: g()", ()),
    ("warnings.warn('old')", ()),
    ("__all__.append('x')", ()),
    ("if __name__ == '__main__':\n    main()", ()),
    ("g()", (1,)),
    ("x = g()", (1,)),
    ("x: int = g()", (1,)),
    ("x += g()", (1,)),
    ("a.x = 1", (1,)),
    ("a[0] = 1", (1,)),
    ("del a[0]", (1,)),
    ("del a", ()),
    ("for i in x: pass", (1,)),
    ("while x: pass", (1,)),
    ("with x: pass", (1,)),
    ("assert x", (1,)),
    ("raise E", (1,)),
    ("@register\ndef f(): ...", (2,)),
    ("@a.b.setter\ndef f(): ...\n@property\ndef g(): ...", ()),
    ("@dataclass(frozen=True)\nclass A: ...", ()),
    ("@register\nclass A: ...", (2,)),
    ("class A:\n    g()", (2,)),
    ("if x:\n    g()\nelse:\n    h()", (2, 4)),
    ("if g(): pass", (1,)),
    ("try:\n    g()\nexcept E:\n    h()\nelse:\n    i()\nfinally:\n    j()", (2, 4, 6, 8)),
    ("x, y = 1, 2", ()),
    ("match x:\n    case 1: pass", (1,)),
]


@pytest.mark.parametrize(("text", "lines"), EFFECTS)
def test_statements_that_do_something(text: str, lines: tuple[int, ...]) -> None:
    assert tuple(sorted(facts(text).effects)) == lines


def test_bases_and_hooks_of_classes() -> None:
    text = "class A(b.C, D[int], f()): ...\nclass E(metaclass=abc.ABCMeta): ...\nclass F(metaclass=M): ...\nclass G(x=1): ...\nclass H:\n    def __init_subclass__(cls): ...\n"
    classes = {one.name: (one.bases, one.hooked) for one in facts(text).bindings}
    assert classes == {
        "A": (("b.C", "D", "?"), False),
        "E": ((), False),
        "F": ((), True),
        "G": ((), True),
        "H": ((), True),
    }


# -- what can't be read


UNREADABLE = [
    (b"x = '\xff'\n", "encoding"),
    (b"# coding: nonsense\n", "encoding"),
    (b"# coding: utf-7\nx = 1\n", "encoding"),
    (b"\xff\xfex\x00", "encoding"),
    ("import a\n".encode("utf-16"), "encoding"),
    (b"x = 1\0\n", "encoding"),
    (b"\xef\xbb\xbf# coding: latin-1\nx = 1\n", "encoding"),
    (b"def f(:\n", "unparsable"),
    (b"print 'x'\n", "unparsable"),
    (b"if x:\n\ty\n        z\n", "unparsable"),
    (b"\t\tx = 1\n", "unparsable"),
    (b"x = (" + b"(" * 5000 + b")" * 5001, "unparsable"),
    (b"x = " + b"-" * 20_000 + b"1\n", "too-deep"),
    (b"x = '" + b"a" * 10_000_000 + b"'\n", "too-large"),
]  # fmt: skip


@pytest.mark.parametrize(("data", "code"), UNREADABLE, ids=range(len(UNREADABLE)))
def test_what_can_not_be_read_is_said(data: bytes, code: str) -> None:
    found = facts_of("m.py", data)
    assert found.problem is not None
    assert found.problem.code in (code, "unparsable" if code == "too-deep" else code)
    assert found.problem.reason
    assert not found.known


READABLE = [
    b"# coding: latin-1\nfrom a import b  # \xe9\n",
    b"#!/bin/sh\n# -*- coding: cp1252 -*-\nfrom a import b # \x80\n",
    b"\xef\xbb\xbffrom a import b\n",
    b"from a import b\r\n",
    b"x = 1\rfrom a import b\r",
    b"x = 1\n\x0c\nfrom a import b\n",
    b"if 1:\n\tfrom a import b\n",
    b"from a import b",
    b"# coding: shift_jis\nx = '\x93\xfa'\nfrom a import b\n",
]


@pytest.mark.parametrize("data", READABLE)
def test_what_is_odd_but_legal_is_read(data: bytes) -> None:
    found = facts_of("m.py", data)
    assert found.problem is None
    assert [(fact.module, fact.names[0].name) for fact in found.imports] == [("a", "b")]


@pytest.mark.parametrize("data", [b"", b"\n", b"# only a comment", b"\xef\xbb\xbf"])
def test_an_empty_file_is_known_to_hold_nothing(data: bytes) -> None:
    assert facts_of("m.py", data) == FileFacts("m.py")


def test_a_thousand_branches_are_read() -> None:
    text = "from a import b\nif x == 0: y = 0\n" + "".join(f"elif x == {n}: y = {n}\n" for n in range(1000))
    assert facts_of("m.py", text.encode()).problem is None


def test_what_is_too_deep_takes_nothing_down() -> None:
    text = "from a import b\nif x == 0: y = 0\n" + "".join(f"elif x == {n}: y = {n}\n" for n in range(3000))
    found = facts_of("m.py", text.encode())
    assert found.problem is None or found.problem.code == "too-deep"


def test_a_long_list_is_no_trouble() -> None:
    assert facts_of("m.py", b"x = [" + b"1," * 100_000 + b"]\n").bindings == (Binding("x", Kind.VALUE, 1, plain=True),)


def test_a_file_of_another_pythons_grammar() -> None:
    newer = b"from a import b\ntype X = int\n" if sys.version_info < (3, 12) else b"from a import b\nx = t'{b}'\n"
    found = facts_of("m.py", newer)
    if found.problem is not None:
        assert found.lexed
    assert [fact.module for fact in found.imports] == ["a"]
