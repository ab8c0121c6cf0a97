"""Functions that use an imported name, most of them with the same name meaning something else nearby.

In a template `{I}` stands for import statements (or nothing), `{E}` for the expression that denotes the symbol, `{H}`
for the first name in it, `{S}` for the name of some symbol, `{M}` and `{N}` for the module and name it is had from.
"""

from __future__ import annotations

import textwrap

from generate.bodies import Body
from generate.imports import Reference, has_run, refer
from generate.model import NAMES, Author, Module, Target
from generate.templates import ANY, CLASSES, MODERN_ANY, MODERN_CLASSES, on_this_python


def use(author: Author, module: Module, everything: list[Module], number: int) -> None:
    """One more function in the module, which `main.py` will call."""
    if author.chance(35):
        wander(author, module, everything, number)
        return
    inside = author.chance(40)
    target = pick_target(author, module, everything, inside)
    if target is None:
        return
    special = target.kind == "class" and author.chance(30)
    kind = (*CLASSES, *MODERN_CLASSES) if special else (*ANY, *MODERN_ANY)
    templates = [text for text in kind if ("{I}" in text or not inside)]
    reference = refer(author, module, target, inside=inside)
    function = f"check_{number}"
    text = _fill(author, on_this_python(author.pick(templates)), reference, target, function, inside)
    if not compiles(text):
        return
    if not inside:
        _place(author, module, reference)
    elif author.chance(15) and target.kind == "class":
        _type_only(author, module, target, function)
    module.body.append(text)
    module.checks.append(function)


def wander(author: Author, module: Module, everything: list[Module], number: int) -> None:
    """A function with a random body."""
    if author.chance(60):
        target = pick_target(author, module, everything, False)
        if target is not None:
            _place(author, module, refer(author, module, target, inside=False))

    def another() -> Reference | None:
        target = pick_target(author, module, everything, True)
        return None if target is None else refer(author, module, target, inside=True)

    body = Body(author, f"{number}", another, list(module.references), list(module.exports))
    first = [f"global {author.pick((*NAMES, *module.exports))}"] if author.chance(8) else []
    lines = [*first, *body.block(3, 7)]
    given = f"{author.pick((*NAMES, *module.exports))}='parameter'" if author.chance(15) else ""
    text = f"def check_{number}({given}):\n" + textwrap.indent("\n".join(lines), "    ")
    if compiles(text):
        module.body.append(text)
        module.checks.append(f"check_{number}")


def straight(author: Author, module: Module, everything: list[Module]) -> None:
    """Statements that run while the module is loaded."""

    def another() -> Reference | None:
        target = pick_target(author, module, everything, False)
        return None if target is None else refer(author, module, target, inside=False)

    body = Body(author, f"m{module.order}", another, list(module.references))
    for _ in range(author.count(1, 3)):
        text = "\n".join(body.block(2, 2))
        if compiles(text):
            module.body.append(text)


def compiles(text: str) -> bool:
    try:
        compile(text, "generated", "exec", dont_inherit=True)
    except SyntaxError:
        return False
    return True


def pick_target(author: Author, module: Module, everything: list[Module], inside: bool) -> Target | None:
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
    module.references.append(reference.expression)


def _type_only(author: Author, module: Module, target: Target, function: str) -> None:
    """An import for type checkers only, and a signature that mentions it."""
    local = f"Typed{function}" if author.chance(40) else target.name
    alias = f" as {local}" if local != target.name else ""
    wanted = f"from {target.module.name} import {target.name}{alias}"
    module.head.append(
        author.pick(
            (
                f"if _t.TYPE_CHECKING:\n    {wanted}",
                f"from typing import TYPE_CHECKING\nif TYPE_CHECKING: {wanted}",
                f"if _t.TYPE_CHECKING:\n    {wanted}\nelse:\n    {local} = object",
                f"if not _t.TYPE_CHECKING:\n    pass\nelse:\n    {wanted}",
            )
        )
    )
    annotation = local if module.future else f"'{local}'"
    value = f" = _t.cast('{local}', None)" if author.chance(30) else ""
    module.body.append(f"def typed_{function}(x: {annotation}{value}) -> None:\n    return None")


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
