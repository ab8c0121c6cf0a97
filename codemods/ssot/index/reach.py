"""What functions, classes and methods of one file may call of each other, and what its names are made by calling."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping

from ssot.index.facts import ImportFact

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
Function = ast.FunctionDef | ast.AsyncFunctionDef
MAKING = frozenset({"__init__", "__new__", "__post_init__", "__init_subclass__", "__set_name__"})


def reach_of(tree: ast.Module, imports: Iterable[ImportFact]) -> tuple[tuple[str, str], ...]:
    """Functions, classes (made) and methods (``C.m``) of the module, each with others that it may call and that import something."""
    late = {name for fact in imports if fact.where.deferred for name in _runners(fact.where.scope)}
    if not late:
        return ()
    defined = definitions(tree.body)
    bodies = dict(_bodies(defined))
    named: dict[str, set[str]] = {}
    for key in bodies:
        named.setdefault(key.rpartition(".")[2], set()).add(key)
    calls = {key: _mentioned(nodes, defined.keys(), named) for key, nodes in bodies.items()}
    return tuple((name, other) for name in sorted(calls) for other in sorted((_all_from(name, calls) & late) - {name}))


def _runners(scope: tuple[str, ...]) -> Iterator[str]:
    """What must be called for an import in a scope to be made."""
    yield from scope[:1]
    if len(scope) > 1:
        yield f"{scope[0]}.{scope[1]}"


def _bodies(defined: Mapping[str, list[ast.stmt]]) -> Iterator[tuple[str, list[ast.stmt]]]:
    """What a call of each function, class and method runs."""
    for name, nodes in defined.items():
        methods = {item for node in nodes if isinstance(node, ast.ClassDef) for item in methods_of(node)}
        functions = [node for node in nodes if isinstance(node, FUNCTIONS)]
        yield name, [*functions, *(item for item in methods if item.name in MAKING)]
        for method in sorted({item.name for item in methods}):
            yield f"{name}.{method}", [item for item in methods if item.name == method]


def methods_of(node: ast.ClassDef) -> Iterator[Function]:
    """The methods of a class, those under conditions included, in the order of the file."""
    found = [item for nodes in definitions(node.body).values() for item in nodes if isinstance(item, FUNCTIONS)]
    yield from sorted(found, key=lambda item: item.lineno)


def _mentioned(nodes: Iterable[ast.AST], defined: Iterable[str], named: Mapping[str, set[str]]) -> set[str]:
    """Functions and classes whose names stand there, and the methods of all classes that have an attribute's name."""
    found: set[str] = set()
    for node in nodes:
        for inner in ast.walk(node):
            if isinstance(inner, ast.Name) and inner.id in defined:
                found.add(inner.id)
            elif isinstance(inner, ast.Attribute):
                found.update(key for key in named.get(inner.attr, ()) if "." in key)
    return found


def _all_from(name: str, calls: Mapping[str, set[str]]) -> set[str]:
    found, todo = {name}, [name]
    while todo:
        fresh = calls[todo.pop()] - found
        found |= fresh
        todo += fresh
    return found


def definitions(body: Iterable[ast.stmt]) -> dict[str, list[ast.stmt]]:
    """Functions and classes of a block, those in blocks of it included, by name."""
    found: dict[str, list[ast.stmt]] = {}
    todo: list[ast.AST] = list(body)
    while todo:
        node = todo.pop()
        if isinstance(node, (*FUNCTIONS, ast.ClassDef)):
            found.setdefault(node.name, []).append(node)
        elif isinstance(node, ast.stmt | ast.excepthandler | ast.match_case):
            todo += ast.iter_child_nodes(node)
    return found


def made_of(tree: ast.Module) -> tuple[tuple[str, str], ...]:
    """Module-level names with the dotted callable whose call has made what they stand for."""
    found: list[tuple[str, str]] = []
    todo: list[ast.AST] = list(tree.body)
    while todo:
        node = todo.pop()
        match node:
            case ast.Assign(targets=targets, value=ast.Call(func=func)):
                found += [(target.id, ".".join(chain_of(func))) for target in targets if isinstance(target, ast.Name)]
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.Call(func=func)):
                found.append((name, ".".join(chain_of(func))))
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                pass
            case ast.stmt() | ast.excepthandler() | ast.match_case():
                todo += ast.iter_child_nodes(node)
            case _:
                pass
    return tuple(sorted((name, made) for name, made in found if made))


def chain_of(node: ast.AST) -> list[str]:
    """The names of a dotted expression, empty for any other."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return [node.id, *reversed(parts)] if isinstance(node, ast.Name) else []
