"""Definitions and re-exports: how a module comes to have a name for others."""

from __future__ import annotations

from generate.imports import module_import, relative
from generate.model import ALIASES, NAMES, Author, Module, Target

DEFINITIONS = {
    "class": (
        "class {name}(Exception):\n    own = {tag!r}\n\n    def meet(self):\n        return {name}.own",
        "class {name}(Exception, metaclass=type):  # {tag}\n    own = {tag!r}\n\n    def meet(self): return __class__.own",
        "@_fx.register\nclass {name}(Exception):\n    own = {tag!r}\n\n    def meet(self):\n        return self.own",
        "if _fx.YES:\n    class {name}(Exception):\n        own = {tag!r}\n        def meet(self): return {name}.own",
    ),
    "def": (
        "def {name}(*given):\n    return {tag!r}",
        "@_fx.register\ndef {name}(*given): return {tag!r}",
        "def {name}(*given, own={name!r}): return {tag!r}, own",
    ),
    "value": ("{name} = ({tag!r},)", "{name}: tuple = ({tag!r},)", "{name} = _fx.register(({tag!r},))"),
}


def define(author: Author, module: Module) -> None:
    for _ in range(author.count(0, 2)):
        name = author.pick((*NAMES, "_Private"))
        kind = {"make": "def", "LIMIT": "value"}.get(name, "class" if author.chance(80) else "def")
        if name in module.exports:
            continue
        shapes = DEFINITIONS[kind]
        shape = shapes[0] if author.chance(75) else author.pick(shapes)
        module.body.append(shape.format(name=name, tag=f"{module.name}:{name}"))
        module.exports[name] = kind
        module.defined.add(name)


def hand_on(author: Author, module: Module, trail: list[Target]) -> None:
    """One more hop of a chain of re-exports, often under another name; five hops, then a new chain."""
    if trail and len(trail) <= 5:
        target = trail[-1]
        local = target.name if author.chance(45) else author.pick((*NAMES, *ALIASES, "Chained"))
        around = not module.within(target.module) and target.module is not module
        if author.chance(60) and around and local not in module.exports:
            STATEMENTS[author.pick(tuple(STATEMENTS))](author, module, target, local)
            if local in module.exports:
                module.via[local] = f"{target.module.name}:{target.name}"
                trail.append(Target(module, local))
    elif module.exports and set(module.exports.values()) != {"module"}:
        trail[:] = [Target(module, author.pick([name for name, kind in module.exports.items() if kind != "module"]))]


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
    """PEP 562; `finish` writes the function."""
    module.lazy[local] = f"{target.module.name}:{target.name}"
    module.exports[local] = target.kind


def by_copy(author: Author, module: Module, target: Target, local: str) -> None:
    """Assignments of more than one kind."""
    lines, expression = module_import(author, module, target.module)
    value = f"{expression}.{target.name}"
    shapes = (
        f"{local}: object = {value}",
        f"{local} = _copy = {value}",
        f"{local}, _one = {value}, 1",
        f"{local} = {value} if _fx.YES else None",
        f"({local} := {value})",
        f"for {local} in [{value}]: pass",
        f"{local} = getattr({expression}, {target.name!r})",
        f"globals()[{local!r}] = {value}",
        f"if _fx.YES: {local} = {value}  # as it is now",
    )
    module.head += [*lines, author.pick(shapes)]
    module.exports[local] = target.kind


def by_renaming_delete(author: Author, module: Module, target: Target, local: str) -> None:
    module.head += [f"from {target.module.name} import {target.name} as _gone", f"{local} = _gone", "del _gone"]
    module.exports[local] = target.kind


def by_subclass(author: Author, module: Module, target: Target, local: str) -> None:
    """The same name, and another object."""
    if target.kind != "class":
        return
    tag = f"{module.name}:{local}"
    module.head.append(f"from {target.module.name} import {target.name} as _Base_{local}")
    module.body.append(f"class {local}(_Base_{local}):\n    own = {tag!r}")
    module.exports[local] = "class"


def finish(author: Author, module: Module) -> None:
    """`__getattr__` in one of its spellings."""
    if not module.lazy:
        return
    pairs = {name: tuple(path.split(":")) for name, path in module.lazy.items()}
    arms = "".join(
        f"    if name == {name!r}:\n        from {source} import {found}\n        return {found}\n"
        for name, (source, found) in pairs.items()
    )
    table = f"_LAZY = {pairs!r}\n\n\n"
    load = "        import importlib\n        module, found = _LAZY[name]\n"
    last = "    raise AttributeError(name)"
    shapes = (
        f"def __getattr__(name):\n{arms}{last}",
        f"{table}def __getattr__(name):\n    if name in _LAZY:\n{load}"
        f"        return getattr(importlib.import_module(module), found)\n{last}",
        f"{table}def __getattr__(name):\n    if name in _LAZY:\n{load}        thing = globals()[name] = "
        f"getattr(importlib.import_module(module), found)\n        return thing\n{last}",
        f"{table}def __getattr__(name):\n    try:\n        module, found = _LAZY[name]\n    except KeyError:\n"
        f"        raise AttributeError(name) from None\n    import importlib\n"
        f"    return getattr(importlib.import_module(module), found)\n\n\ndef __dir__(): return [*globals(), *_LAZY]",
    )
    module.body.append(author.pick(shapes))
    if author.chance(25):
        lines = "\n".join(f"    from {source} import {found} as {name}" for name, (source, found) in pairs.items())
        module.head.append(f"if _t.TYPE_CHECKING:\n{lines}")


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
    "copy": by_copy,
    "delete": by_renaming_delete,
    "subclass": by_subclass,
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
                f"__all__ = [*{first!r}, *{rest!r}]",
                f"__all__ = {first!r} + {rest!r}",
            )
        )
    )
    module.declared = names
