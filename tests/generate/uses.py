"""Functions that use an imported name, most of them with the same name meaning something else nearby.

In a template `{I}` stands for import statements (or nothing), `{E}` for the expression that denotes the symbol, `{H}`
for the first name in it, `{S}` for the name of some symbol, `{M}` and `{N}` for the module and name it is had from.
"""

from __future__ import annotations

import textwrap

from generate.imports import Reference, has_run, refer
from generate.model import NAMES, Author, Module, Target

ANY = (
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
)
CLASSES = (
    "def {f}():\n    {I}\n    class Sub({E}):\n        pass\n    return _fx.tag(Sub.__mro__[1])",
    "def {f}():\n    {I}\n    match {E}():\n        case {E}():\n            return 'matched'",
    "def {f}():\n    {I}\n    try:\n        raise {E}('x')\n    except {E} as {S}:\n        return type({S}).__name__",
    "def {f}(x: '{E}' = None) -> 'list[{E}]':\n    return _fx.hints({f})",
    "def {f}(x: {E} = None) -> {E} | None:\n    return _fx.hints({f})",
    "class Noted_{f}:\n    field: '{E}'\n    other: {E}\n\n\ndef {f}():\n    return _fx.hints(Noted_{f})",
    "def {f}():\n    {I}\n    return isinstance({E}(), ({E}, int)), {E}().meet()",
    "class Sub_{f}({E}):\n    def meet(self):\n        return super().meet() + {E}.own\n\n\n"
    "def {f}():\n    return Sub_{f}().meet()",
)


def use(author: Author, module: Module, everything: list[Module], number: int) -> None:
    """One more function in the module, which `main.py` will call."""
    inside = author.chance(40)
    target = _target(author, module, everything, inside)
    if target is None:
        return
    kind = CLASSES if target.kind == "class" and author.chance(30) else ANY
    templates = [text for text in kind if ("{I}" in text or not inside)]
    reference = refer(author, module, target, inside=inside)
    function = f"check_{number}"
    text = _fill(author, author.pick(templates), reference, target, function, inside)
    if not inside:
        _place(author, module, reference)
    elif author.chance(15) and target.kind == "class":
        _type_only(author, module, target, function)
    module.body.append(text)
    module.checks.append(function)


def _target(author: Author, module: Module, everything: list[Module], inside: bool) -> Target | None:
    sources = [
        one
        for one in everything
        if one is not module and set(one.exports.values()) - {"module"} and (inside or has_run(one, module))
    ]
    if not sources:
        return None
    source = author.pick(sources)
    return Target(source, author.pick([name for name, kind in source.exports.items() if kind != "module"]))


def _fill(author: Author, template: str, reference: Reference, target: Target, function: str, inside: bool) -> str:
    shadow = reference.head if author.chance(25) else author.pick((target.name, *NAMES))
    lines = []
    for line in template.split("\n"):
        if line.strip() == "{I}":
            indent = line[: -len("{I}")]
            lines += [textwrap.indent(text, indent) for text in (reference.lines if inside else ())]
        else:
            names = {"E": reference.expression, "H": reference.head, "S": shadow}
            lines.append(line.format(f=function, M=target.module.name, N=target.name, **names))
    return "\n".join(lines)


def _place(author: Author, module: Module, reference: Reference) -> None:
    """At the top, or below what has run so far."""
    where = module.body if author.chance(20) else module.head
    where += reference.lines


def _type_only(author: Author, module: Module, target: Target, function: str) -> None:
    """An import for type checkers only, and a signature that mentions it."""
    local = f"Typed{function}" if author.chance(40) else target.name
    alias = f" as {local}" if local != target.name else ""
    module.head.append(f"if _t.TYPE_CHECKING:\n    from {target.module.name} import {target.name}{alias}")
    annotation = local if module.future else f"'{local}'"
    module.body.append(f"def typed_{function}(x: {annotation}) -> None:\n    return None")


def cycle(author: Author, module: Module, everything: list[Module], number: int) -> None:
    """An import, while running, of a module that comes later: works because only a function uses it."""
    later = [one for one in everything if one.order > module.order and set(one.exports.values()) - {"module"}]
    if not later or not author.chance(12):
        return
    source = author.pick(later)
    name = author.pick([name for name, kind in source.exports.items() if kind != "module"])
    head, function = source.name.split(".")[0], f"check_{number}"
    module.tail.append(f"import {source.name}  # a cycle")
    module.body.append(f"def {function}():\n    return _fx.tag({source.name}.{name}), {head}.__name__")
    module.checks.append(function)
