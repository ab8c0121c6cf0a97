"""Definitions and re-exports: how a module comes to have a name for others."""

from __future__ import annotations

from generate.imports import module_import, relative
from generate.model import ALIASES, NAMES, Author, Module, Target

DEFINITIONS = {
    "class": "class {name}(Exception):\n    own = {tag!r}\n\n    def meet(self):\n        return {name}.own",
    "def": "def {name}(*given):\n    return {tag!r}",
    "value": "{name} = ({tag!r},)",
}


def define(author: Author, module: Module) -> None:
    for _ in range(author.count(0, 2)):
        name = author.pick((*NAMES, "_Private"))
        kind = {"make": "def", "LIMIT": "value"}.get(name, "class" if author.chance(80) else "def")
        if name in module.exports:
            continue
        module.body.append(DEFINITIONS[kind].format(name=name, tag=f"{module.name}:{name}"))
        module.exports[name] = kind
        module.defined.add(name)


def reexport(author: Author, module: Module, earlier: list[Module]) -> None:
    """Some names of modules that have run before, bound here."""
    for _ in range(author.count(0, 3)):
        sources = [one for one in earlier if one.exports]
        if not sources:
            return
        source = author.pick(sources)
        target = Target(source, author.pick(list(source.exports)))
        local = target.name if author.chance(65) else author.pick((*NAMES, *ALIASES))
        if local in module.exports or local in (one.parts[-1] for one in earlier if one.within(module)):
            continue
        known = set(module.exports)
        STATEMENTS[author.pick(tuple(STATEMENTS))](author, module, target, local)
        for name in set(module.exports) - known:
            module.via[name] = f"{source.name}:{name if name != local else target.name}"


def stand_for(author: Author, module: Module, earlier: list[Module]) -> None:
    """Everything of another module, as a module that was moved leaves behind."""
    sources = [one for one in earlier if set(one.starred.values()) - {"module"}]
    if not sources:
        return
    source = author.pick(sources)
    names = [name for name, kind in source.starred.items() if kind != "module"]
    module.head.append(f"from {source.name} import {author.pick(('*', ', '.join(names)))}")
    module.exports |= {name: source.exports[name] for name in names}
    module.via |= {name: f"{source.name}:{name}" for name in names}
    module.stands_for = source.name


def by_from(author: Author, module: Module, target: Target, local: str) -> None:
    where = relative(module, target.module) if author.chance(50) else None
    alias = f" as {local}" if local != target.name or author.chance(20) else ""
    comment = "  # noqa: F401" if author.chance(30) else ""
    module.plain[local] = f"from {where or target.module.name} import {target.name}{alias}{comment}"
    module.head.append(module.plain[local])
    module.exports[local] = target.kind


def by_assignment(author: Author, module: Module, target: Target, local: str) -> None:
    lines, expression = module_import(author, module, target.module)
    module.head += [*lines, f"{local} = {expression}.{target.name}"]
    module.exports[local] = target.kind


def by_second_name(author: Author, module: Module, target: Target, local: str) -> None:
    module.head += [f"from {target.module.name} import {target.name} as _first", f"{local} = _first"]
    module.exports[local] = target.kind


def by_star(author: Author, module: Module, target: Target, local: str) -> None:
    where = relative(module, target.module) if author.chance(50) else None
    module.head.append(f"from {where or target.module.name} import *")
    for name, kind in target.module.starred.items():
        module.exports.setdefault(name, kind)


def by_try(author: Author, module: Module, target: Target, local: str) -> None:
    wanted = f"from {target.module.name} import {target.name} as {local}"
    other = f"{local} = None" if author.chance(50) else wanted
    first, second = (wanted, other) if author.chance(60) else (f"from missing.place import it as {local}", wanted)
    module.head.append(f"try:\n    {first}\nexcept ImportError:\n    {second}")
    module.exports[local] = target.kind


def by_condition(author: Author, module: Module, target: Target, local: str) -> None:
    wanted = f"from {target.module.name} import {target.name} as {local}"
    if author.chance(50):
        module.head.append(f"if _fx.YES:\n    {wanted}\nelse:\n    {local} = None")
    else:
        module.head.append(f"if _fx.YES: {wanted}")
    module.exports[local] = target.kind


def by_module_name(author: Author, module: Module, target: Target, local: str) -> None:
    """The module itself, under a name of its own: `holder.name` is then a path, too."""
    if "holder" in module.exports:
        return
    module.head.append(f"import {target.module.name} as holder")
    target.module.holders.append(module)
    module.exports["holder"] = "module"


def by_getattr(author: Author, module: Module, target: Target, local: str) -> None:
    if any("__getattr__" in text for text in module.body):
        return
    module.body.append(
        f"def __getattr__(name):\n"
        f"    if name == {local!r}:\n"
        f"        from {target.module.name} import {target.name}\n"
        f"        return {target.name}\n"
        f"    raise AttributeError(name)"
    )
    module.exports[local] = target.kind


STATEMENTS = {
    "from": by_from,
    "from again": by_from,
    "from yet again": by_from,
    "assignment": by_assignment,
    "second name": by_second_name,
    "star": by_star,
    "try": by_try,
    "condition": by_condition,
    "module": by_module_name,
    "getattr": by_getattr,
}


def declare(author: Author, module: Module) -> None:
    """`__all__` in one of its spellings."""
    names = [name for name, kind in module.exports.items() if kind != "module" and author.chance(75)]
    if not names or not author.chance(40):
        return
    first, rest = names[:1], names[1:]
    module.tail.append(
        author.pick(
            (
                f"__all__ = {names!r}",
                f"__all__ = {tuple(names)!r}",
                f"__all__ = {first!r}\n__all__ += {rest!r}",
                f"__all__ = {first!r}\n__all__.extend({rest!r})",
            )
        )
    )
    module.declared = names
