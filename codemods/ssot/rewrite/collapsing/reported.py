"""What is logged, warned of or shown under another name from now on: nothing that stands in the way, but never silent."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from ssot.audit.duplicates.comparison import Comparison, Verdict
from ssot.rewrite.collapsing.ground import Ground
from ssot.rewrite.collapsing.hierarchy import Hierarchy
from ssot.rewrite.collapsing.reach import Reach
from ssot.rewrite.collapsing.state import globals_of
from ssot.rewrite.collapsing.values import Definition, Notice, Pair

_CODE = "collapse-reported-as"
_STORES = re.compile(
    rb"^\s*(?:import|from)\s+(?:pickle|cPickle|shelve|dill|joblib|jsonpickle|cloudpickle)\b", re.MULTILINE
)


def reported(
    ground: Ground, hierarchy: Hierarchy, pair: Pair, old: Definition, new: Definition, comparison: Comparison
) -> Iterator[Notice]:
    """Loggers and warnings of the duplicate's module, names in default texts, and what an adapter said."""
    if comparison.adds:
        reason = f"what it adds to {pair.key} goes with it: {comparison.adds}"
        yield Notice("collapse-adapter-adds", old.path, old.line, reason)
    if old.symbol.module != new.symbol.module and comparison.verdict is not Verdict.ADAPTER:
        yield from _loggers(old, new)
        yield from _warnings(old, new)
    yield from _stored(ground, hierarchy, pair, old)
    if old.node.name != new.node.name and not _has_text(old.node):
        reason = f"default texts and tracebacks say {pair.key} where they said {pair.text}"
        yield Notice(_CODE, old.path, old.line, reason)


def _loggers(old: Definition, new: Definition) -> Iterator[Notice]:
    named = dict(_named_after_module(old))
    for name, line in sorted(globals_of(old).items()):
        if name in named:
            modules = f"{new.symbol.module} where it was {old.symbol.module}"
            yield Notice(_CODE, old.path, line, f"{name} = {named[name]} is that of {modules}")


def _named_after_module(definition: Definition) -> Iterator[tuple[str, str]]:
    """Module-level values that are made from the module's name: ``log = logging.getLogger(__name__)``."""
    for node in definition.view.tree.body:
        match node:
            case (
                ast.Assign(targets=[ast.Name(id=name)], value=ast.Call() as call)
                | ast.AnnAssign(target=ast.Name(id=name), value=ast.Call() as call)
            ):
                if any(isinstance(one, ast.Name) and one.id == "__name__" for one in ast.walk(call)):
                    yield name, ast.unparse(call)
            case _:
                pass


def _warnings(old: Definition, new: Definition) -> Iterator[Notice]:
    for node in ast.walk(old.node):
        warns = isinstance(node, ast.Call) and ast.unparse(node.func) in ("warn", "warnings.warn")
        if warns and isinstance(node, ast.Call) and not _has_level(node):
            reason = f"the warning points to {new.path}, where it pointed to {old.path}"
            yield Notice(_CODE, old.path, node.lineno, reason)


def _has_level(call: ast.Call) -> bool:
    return len(call.args) > 2 or any(key.arg in (None, "stacklevel") for key in call.keywords)


def _has_text(node: ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    own = (one for one in node.body if isinstance(one, ast.FunctionDef))
    return isinstance(node, ast.ClassDef) and any(one.name == "__repr__" for one in own)


def _stored(ground: Ground, hierarchy: Hierarchy, pair: Pair, old: Definition) -> Iterator[Notice]:
    """Pickles name the class of what they hold, and outlive the code."""
    if not isinstance(old.node, ast.ClassDef):
        return
    if not any(_STORES.search(source.u8) for source in ground.tree.sources.values()):
        return
    views = Reach.of(ground, hierarchy, frozenset({pair.duplicate})).views()
    found = next((view for view in views if _STORES.search(view.source.u8)), None)
    if found is not None:
        reason = f"{found.source.path} stores objects: what is stored already names {pair.text}, which has to stay importable"
        yield Notice("collapse-stored", old.path, old.line, reason)
