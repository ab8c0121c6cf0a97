"""Strongly connected components of a graph."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator


def components(modules: Iterable[str], targets: Callable[[str], Iterable[str]]) -> Iterator[list[str]]:
    """Strongly connected components, each after all it leads to (Tarjan 1972, without recursion)."""
    order: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    on_stack: set[str] = set()
    for root in modules:
        if root in order:
            continue
        work: list[tuple[str, Iterator[str]]] = []

        def enter(module: str, work: list[tuple[str, Iterator[str]]] = work) -> None:
            order[module] = low[module] = len(order)
            stack.append(module)
            on_stack.add(module)
            work.append((module, iter(targets(module))))

        enter(root)
        while work:
            module, following = work[-1]
            child = next(following, None)
            if child is not None:
                if child not in order:
                    enter(child)
                elif child in on_stack:
                    low[module] = min(low[module], order[child])
                continue
            work.pop()
            if work:
                low[work[-1][0]] = min(low[work[-1][0]], low[module])
            if low[module] == order[module]:
                members: list[str] = []
                while not members or members[-1] != module:
                    members.append(stack.pop())
                    on_stack.discard(members[-1])
                yield members
