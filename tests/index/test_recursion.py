"""Deep recursion ends in an answer or in an exception, never in a crash."""

from __future__ import annotations

import ast
import copy
import json
import symtable
import sys
import threading
from collections.abc import Callable

import pytest

from ssot.index.recursion import FRAMES, deep, on_large_stack

COUNT = 200_000
SUM = "x = " + "+".join(["a"] * COUNT) + "\n"


def nested_list(levels: int) -> list[object]:
    found: list[object] = []
    for _ in range(levels):
        found = [found]
    return found


def generators(levels: int) -> int:
    def inner(left: int) -> object:
        if left:
            yield from inner(left - 1)  # type: ignore[misc]

    return len(list(inner(levels)))  # type: ignore[call-overload]


def callbacks(levels: int) -> object:
    return sorted([1, 2], key=lambda _: callbacks(levels - 1) if levels else 0)  # type: ignore[arg-type, return-value]


DEEP: dict[str, Callable[[], object]] = {
    "parser": lambda: ast.parse(SUM),
    "symbol table": lambda: symtable.symtable(SUM, "x", "exec"),
    "elif": lambda: ast.parse("if a: pass\n" + "elif a: pass\n" * COUNT),
    "representation": lambda: repr(nested_list(COUNT)),
    "json": lambda: json.dumps(nested_list(COUNT)),
    "copy": lambda: copy.deepcopy(nested_list(COUNT)),
    "generators": lambda: generators(COUNT),
    "callbacks": lambda: callbacks(COUNT),
}


@pytest.mark.parametrize("kind", DEEP)
def test_what_is_too_deep_is_an_exception(kind: str) -> None:
    with pytest.raises((RecursionError, MemoryError)):
        on_large_stack(DEEP[kind])


def test_python_functions_may_call_each_other_far_deeper_than_usual() -> None:
    def down(left: int) -> int:
        return 1 + down(left - 1) if left else 0

    limit = sys.getrecursionlimit()
    assert on_large_stack(down, FRAMES - 500) == FRAMES - 500
    assert sys.getrecursionlimit() == limit


def test_arguments_results_and_exceptions_are_those_of_the_call() -> None:
    assert on_large_stack(divmod, 7, 3) == (2, 1)
    with pytest.raises(ZeroDivisionError):
        on_large_stack(divmod, 7, 0)


def test_calls_inside_calls_share_one_thread() -> None:
    @deep
    def outer() -> tuple[object, object]:
        return threading.current_thread(), on_large_stack(threading.current_thread)

    first, second = outer()
    assert first is second
    assert first is not threading.current_thread()


def test_other_threads_keep_their_size() -> None:
    before = threading.stack_size()
    on_large_stack(int)
    assert threading.stack_size() == before
