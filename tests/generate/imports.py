"""How code gets a name of another module: statements, and the expression that they make possible."""

from __future__ import annotations

from dataclasses import dataclass

from generate.model import NAMES, Author, Module, Target


@dataclass(frozen=True, slots=True)
class Reference:
    """Import statements (lines, perhaps compound) and the expression that then denotes the target."""

    lines: tuple[str, ...]
    expression: str

    @property
    def head(self) -> str:
        return self.expression.split(".")[0]


def relative(importer: Module, target: Module) -> str | None:
    """The relative spelling of the target's module, where they share a top package."""
    around = importer.parts if importer.package else importer.parts[:-1]
    shared = 0
    for one, other in zip(around, target.parts, strict=False):
        if one != other:
            break
        shared += 1
    if not shared:
        return None
    return "." * (len(around) - shared + 1) + ".".join(target.parts[shared:])


def module_import(author: Author, importer: Module, target: Module) -> tuple[list[str], str]:
    """Statements that import a module, and the expression for it."""
    parent, _, leaf = target.name.rpartition(".")
    forms = [
        ([f"import {target.name}"], target.name),
        ([f"import {target.name} as _m"], "_m"),
        ([f"import os, {target.name}, sys"], target.name),
        ([f"import {target.name} as _m; _n = _m"], "_n"),
        ([f"import {target.name}, {target.name} as _m3"], author.pick((target.name, "_m3"))),
    ]
    if parent:
        forms += [([f"import {parent}, {target.name}"], target.name)]
        forms += [([f"from {parent} import {leaf}"], leaf), ([f"from {parent} import {leaf} as _m2"], "_m2")]
        dotted = relative(importer, target)
        if dotted and dotted.rstrip(".") != "":
            stem, last = dotted[: len(dotted) - len(leaf)], dotted.rpartition(".")[2]
            stem = stem if not stem.strip(".") else stem.removesuffix(".")
            forms.append(([f"from {stem} import {last}"], last))
    return author.pick(forms)


def refer(author: Author, importer: Module, target: Target, *, inside: bool) -> Reference:
    """One way to get the target; `inside` a function, what only modules may do is left out."""
    way = author.pick(("from", "from", "as", "relative", "module", "module", "group", "guard", "holder"))
    module, name = target.module.name, target.name
    if way == "holder":
        return _through_holder(author, importer, target, inside)
    if way == "module":
        lines, expression = module_import(author, importer, target.module)
        return Reference(tuple(lines), f"{expression}.{name}")
    if way == "as":
        local = author.pick((*NAMES, "Alias"))
        return Reference((f"from {module} import {name} as {local}",), local)
    if way == "relative":
        return Reference((f"from {relative(importer, target.module) or module} import {name}",), name)
    if way == "group":
        return _group(author, target)
    if way == "guard":
        return _guard(author, target)
    star = not inside and name in target.module.starred and author.chance(25)
    return Reference((f"from {module} import {'*' if star else name}",), name)


def _through_holder(author: Author, importer: Module, target: Target, inside: bool) -> Reference:
    holders = [one for one in target.module.holders if one is not importer and (inside or has_run(one, importer))]
    if not holders:
        return Reference((f"import {target.module.name} as _h",), f"_h.{target.name}")
    lines, expression = module_import(author, importer, author.pick(holders))
    return Reference(tuple(lines), f"{expression}.holder.{target.name}")


def has_run(module: Module, importer: Module) -> bool:
    """Whether a module has run to its end when the importer imports it while running itself."""
    return module.order < importer.order and not importer.within(module)


def _group(author: Author, target: Target) -> Reference:
    others = [name for name, kind in target.module.exports.items() if name != target.name and kind != "module"]
    sibling = f"{author.pick(others)} as _sibling" if others else f"{target.name} as _sibling"
    name, module = target.name, target.module.name
    shape = author.pick(
        (
            f"from {module} import (\n    {sibling},  # the sibling's\n    {name},  # its own\n)",
            f"from {module} import {name}, {sibling}",
            f"from {module} import {sibling}, \\\n    {name}",
            f"import os; from {module} import {name}  # both",
            f"from {module} import {name}; import os  # both",
            f"from {module} import {name}; from {module} import {sibling}",
            f"from {module} import ({name})",
            f"from {module} import {name}, {name} as _again",
            f"from {module} import (  # the names\n    {name}\n    , {sibling}\n)",
            f"from {module} import ({name},\n    # of the sibling\n    {sibling})  # end",
            f"from \\\n    {module} \\\n    import {name}",
            f"from   {module}   import   {name}  ,  {sibling}",
            f"from {module} import (\n\n    {name}, {sibling},\n\n)",
            f"if 1: from {module} import {name}; from {module} import {sibling}",
            f"from {module} import {name} as {name}  # noqa: F401",
            f"from {module} import {name}  # fmt: skip",
        )
    )
    return Reference((shape,), name)


def _guard(author: Author, target: Target) -> Reference:
    wanted = f"from {target.module.name} import {target.name}"
    shape = author.pick(
        (
            f"try:\n    {wanted}\nexcept ImportError:\n    {target.name} = None",
            f"try:\n    from missing.place import {target.name}\nexcept ImportError:\n    {wanted}",
            f"try:\n    {wanted}\nfinally:\n    pass",
            f"if _fx.YES: {wanted}",
            f"if _fx.YES:\n    {wanted}\nelse:\n    {target.name} = None",
            f"with _fx.context():\n    {wanted}",
            f"with _fx.safely():\n    {wanted}",
            f"try:\n    {wanted}\nexcept (ModuleNotFoundError, AttributeError) as _problem:\n    raise",
            f"try:\n    import missing.place as {target.name}\nexcept ImportError:\n    {wanted}\nelse:\n    pass",
            f"try:\n    pass\nexcept ImportError:\n    {target.name} = None\nelse:\n    {wanted}",
            f"import sys\nif sys.version_info >= (3, 11):\n    {wanted}\nelse:\n    from missing.place import {target.name}",
            f"for _ in 'a':\n    {wanted}",
            f"while True:\n    {wanted}\n    break",
            f"match 1:\n    case _:\n        {wanted}",
        )
    )
    return Reference((shape,), target.name)
