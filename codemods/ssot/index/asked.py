"""Who asks for a name of a module between two statements that bind it, with the functions that are called meanwhile."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from ssot.index.facts import Kind
from ssot.index.flux import Place, imported_between, spans_of
from ssot.index.graph import ImportGraph
from ssot.index.table import Index, Module, Symbol


def asked_meanwhile(graph: ImportGraph, asking: Collection[str], module: str, name: str, by: Symbol | None) -> bool:
    """Whether a module may load one of `asking` between two bindings of a name, or run the function `by` there.

    What the functions import counts that are called meanwhile; `asking` are those that call `by`, where it is a function.
    """
    bits = graph.bits(asking)
    return any(
        any(graph.wide_closure(target) & bits for target in _loaded(graph, module, *span))
        or _called_between(graph, asking, module, span, by)
        for span in (*spans_of(graph.index, module, name), *_as_submodule(graph.index, module, name))
    )


def _as_submodule(index: Index, package: str, name: str) -> Iterator[tuple[Place, Place]]:
    """Until a package binds the name of one of its submodules, that may stand there."""
    submodule = Module(f"{package}.{name}")
    if index.layout.has(submodule.name) and index.resolve(package, name) != submodule:
        for binding in index.candidates(package, name):
            if not binding.where.type_only:
                yield (0, 0), (binding.line, binding.column)


def _called_between(
    graph: ImportGraph, asking: Collection[str], module: str, span: tuple[Place, Place], by: Symbol | None
) -> bool:
    """Whether a module calls the function itself, or anything while it has the function to hand on."""
    facts = graph.index.module_facts(module)
    if facts is None or by is None or not (module in asking or _has(graph.index, module, by)):
        return False
    return any(run.called and span[0] < (run.line, run.column) <= span[1] for run in facts.runs)


def _has(index: Index, module: str, function: Symbol) -> bool:
    """Whether a module has imported a function, or the module that it stands in."""
    imported = [name for name, bound in index.bindings(module).items() if bound[0].kind in (Kind.FROM, Kind.IMPORT)]
    ends = {index.resolve(module, name) for name in imported}
    return function in ends or Module(function.module) in ends


def _loaded(graph: ImportGraph, module: str, after: Place, until: Place) -> Iterator[str]:
    yield from imported_between(graph.index, module, after, until)
    facts = graph.index.module_facts(module)
    for run in facts.runs if facts else ():
        if run.called and after < (run.line, run.column) <= until:
            for called in graph.script.callees(module, run):
                yield from graph.script.imported_by(called)
