"""The functions that use a name: `{f}` is the function, the other signs are those of `uses`."""

from __future__ import annotations

from generate.model import PEP_695

ANY: tuple[str, ...] = (
    "def {f}():\n    {I}\n    return _fx.tag({E})",
    "def {f}():\n    {I}\n    return _fx.tag({E}), _fx.tag({E})",
    "def {f}({S}='parameter'):\n    {I}\n    return {S}, _fx.tag({E})",
    "def {f}(given=None):\n    {I}\n    {S} = 'local'\n    return {S}, _fx.tag({E})",
    "def {f}():\n    {I}\n    return [_fx.tag({E}) for _ in range(2)], [{S} for {S} in 'ab'], _fx.tag({E})",
    "def {f}():\n    {I}\n    return [_fx.tag({H}) for {H} in [{E}, {E}]]",
    "def {f}():\n    {I}\n    return [(_fx.tag({S}), _fx.tag({E})) for {S} in [{E}]]",
    "def {f}():\n    {I}\n    class Inner:\n        {S} = 'own'\n        kept = {E}\n\n"
    "        def get(self):\n            return _fx.tag({E})\n    return _fx.tag(Inner.kept), Inner().get(), Inner.{S}",
    "class Holder_{f}:\n    {I}\n    {H} = {H}\n    again = {E}\n\n\n"
    "def {f}():\n    return _fx.tag(Holder_{f}.again), sorted(k for k in vars(Holder_{f}) if k[0] != '_')",
    "def {f}():\n    {I}\n    return (lambda {S}='default': {S})(), (lambda: _fx.tag({E}))()",
    "def {f}():\n    {S} = 'outer'\n\n    def inner():\n        nonlocal {S}\n        {S} += '!'\n        return {S}\n"
    "    {I}\n    return inner(), _fx.tag({E})",
    "def {f}():\n    def inner():\n        {I}\n        return _fx.tag({E})\n    {S} = 'mine'\n    return inner(), {S}",
    "def {f}():\n    {I}\n    match {{'{S}': 'value'}}:\n        case {{'{S}': {S}}}:\n"
    "            return {S}, _fx.tag({E})",
    "def {f}():\n    {I}\n    if ({S} := 'walrus'):\n        return {S}, _fx.tag({E})",
    "def {f}():\n    {I}\n    return f'{{_fx.tag({E})}}', f\"{{_fx.tag({E})!r:>{{20}}}}\"",
    "def {f}():\n    {I}\n    return f'{{_fx.tag({E})=}}'",
    "def {f}(given={E}):\n    return _fx.tag(given)",
    "@_fx.mark({E})\ndef {f}():\n    return {f}.mark",
    "def {f}():\n    {I}\n    return _fx.named({S}=_fx.tag({E})), _fx.space({S}='attribute').{S}",
    "def {f}():\n    global {H}\n    {I}\n    return _fx.tag({E})",
    "def {f}():\n    {I}\n    found = _fx.tag({E})\n    del {H}\n    return found",
    "def {f}():\n    {I}\n    {H} = 'rebound'\n    return {H}",
    "def {f}():\n    {I}\n    try:\n        raise ValueError\n    except ValueError as {S}:\n"
    "        return type({S}).__name__, _fx.tag({E})",
    "def {f}():\n    {I}\n    for {S} in ['loop']:\n        pass\n    return {S}, _fx.tag({E})",
    "def {f}():\n    {I}\n    return 'in a string: {E}', '{M}'",
    'def {f}():\n    """\n    >>> from {M} import {N}\n    >>> {N}\n    """\n    {I}\n    return _fx.tag({E})',
    "def {f}():\n    import importlib\n    return _fx.tag(getattr(importlib.import_module('{M}'), '{N}'))",
    "def {f}():\n    return [_fx.tag({E}) for _ in range(1) if {E} is not None and (lambda: {E})() is {E}]",
    "async def co_{f}():\n    {I}\n    return _fx.tag({E})\n\n\ndef {f}():\n    return _fx.finish(co_{f}())",
    "def {f}():\n    {I}\n    with _mock.patch('{M}.{N}', 'fake'):\n        return _fx.tag({E})",
    "def {f}():\n    with _mock.patch('{M}.{N}', 'fake'):\n        {I}\n        return _fx.tag({E})",
    "def {f}():\n    import {M} as owner\n    kept, owner.{N} = owner.{N}, 'fake'\n    try:\n        {I}\n"
    "        return _fx.tag({E})\n    finally:\n        owner.{N} = kept",
    "def {f}():\n    {I}\n    del {H}\n    try:\n        return _fx.tag({E})\n    except NameError as problem:\n        return type(problem).__name__",
    "def {f}():\n    with _mock.patch.dict('sys.modules', {{'{M}': _fx.space({N}='replaced')}}):\n        {I}\n        return _fx.tag({E})",
    "def {f}():\n    import sys\n    {I}\n    return _fx.tag(sys.modules['{M}'].{N}), _fx.tag({E})",
    "def {f}():\n    import {M} as owner\n    with _mock.patch.object(owner, '{N}', 'fake'):\n        {I}\n        return _fx.tag({E})",
    "def {f}():\n    {I}\n    return sorted(k for k in locals() if k[:1] != '_'), _fx.tag({E})",
    "def {f}():\n    {I}\n    return _fx.tag(eval('{E}'))",
    "def {f}():\n    {I}\n    return (lambda given={E}, *, other={E}: (_fx.tag(given), given is other))()",
    "def {f}():\n    {I}\n    def inner({S}={E}):\n        def innermost():\n            return _fx.tag({S})\n        return innermost()\n    return inner()",
    "def {f}():\n    {I}\n    from {M} import {N} as again\n    return again is {E}, _fx.tag(again)",
    "def {f}():\n    import {M}\n    {I}\n    return {M}.{N} is {E}, _fx.tag({M}.{N})",
    "def {f}():\n    import {M} as owner\n    {I}\n    return owner.{N} is {E}, hasattr(owner, '{S}')",
    "def {f}():\n    try:\n        {I}\n        return _fx.tag({E})\n    except (ImportError, AttributeError):\n        return 'gone'",
    "def {f}():\n    {I}\n    yield_ = {{{S!r}: {E} for _ in 'a'}}\n    return [_fx.tag(one) for one in yield_.values()]",
    "def {f}():\n    {I}\n    for {H} in [{E}]:\n        pass\n    return _fx.tag({H})",
    "def {f}():\n    {I}\n    with _fx.context({E}) as {S}:\n        return _fx.tag({S}), _fx.tag({E})",
    "def {f}():\n    # {M}.{N}: in a comment\n    {I}\n    return _fx.tag({E})  # {N} of {M}",
)
CLASSES: tuple[str, ...] = (
    "def {f}():\n    {I}\n    class Sub({E}):\n        pass\n    return _fx.tag(Sub.__mro__[1])",
    "def {f}():\n    {I}\n    match {E}():\n        case {E}():\n            return 'matched'",
    "def {f}():\n    {I}\n    try:\n        raise {E}('x')\n    except {E} as {S}:\n        return type({S}).__name__",
    "def {f}(x: '{E}' = None) -> 'list[{E}]':\n    return _fx.hints({f})",
    "def {f}(x: {E} = None) -> {E} | None:\n    return _fx.hints({f})",
    "class Noted_{f}:\n    field: '{E}'\n    other: {E}\n\n\ndef {f}():\n    return _fx.hints(Noted_{f})",
    "def {f}():\n    {I}\n    return isinstance({E}(), ({E}, int)), {E}().meet()",
    "class Sub_{f}({E}):\n    def meet(self):\n        return super().meet() + {E}.own\n\n\n"
    "def {f}():\n    return Sub_{f}().meet()",
    "def {f}():\n    {I}\n    try:\n        raise {E}\n    except* {E} as {S}:\n        pass\n    return 'grouped'",
    "def {f}():\n    {I}\n    return [type(one).__name__ for one in ({E}(), {E}('x'))], issubclass({E}, {E})",
    "class Typed_{f}:\n    made: '_t.ClassVar[{E}]' = None\n    def go(self, x: 'list[{E} | None]', *y: {E}, **z: '_t.Literal[\"{S}\"]') -> {E}: ...\n\n\ndef {f}():\n    return _fx.hints(Typed_{f}), _fx.hints(Typed_{f}.go)",
    "@_fx.register\nclass Kept_{f}({E}):\n    {S} = 'attribute'\n\n\ndef {f}():\n    return Kept_{f}.{S}, _fx.tag(Kept_{f}.__base__)",
)

# Drawn on every Python, so that a number stands for the same package, and replaced where they are no syntax yet.
MODERN_ANY: tuple[str, ...] = (
    'def {f}():\n    {I}\n    return f"{{_fx.tag({{"{S}": {E}}}["{S}"])}}"',
    "def {f}[{S}](x: {S} = None):\n    {I}\n    return _fx.tag({E}), _fx.tag(x)",
)
MODERN_CLASSES: tuple[str, ...] = (
    "def {f}[T: {E}](x: T = None) -> T:\n    return _fx.tag({f}.__type_params__[0].__bound__)",
    "type Alias_{f} = {E} | None\n\n\ndef {f}():\n    return str(Alias_{f}.__value__)",
    "class Generic_{f}[T: {E}]({E}):\n    held: T\n\n\ndef {f}():\n    return _fx.tag(Generic_{f}.__mro__[1])",
)


def on_this_python(template: str) -> str:
    return ANY[0] if not PEP_695 and template in (*MODERN_ANY, *MODERN_CLASSES) else template
