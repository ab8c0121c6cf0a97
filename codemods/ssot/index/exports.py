"""What a module offers beyond its plain bindings: `__all__`, PEP 562 `__getattr__`, tricks with its own namespace."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ssot.index import shims

Table = tuple[tuple[str, str, str], ...]


def static_all(tree: ast.Module) -> tuple[tuple[str, ...] | None, bool]:
    """The names in `__all__` where every statement on it is constant; and whether it is computed instead."""
    names: list[str] | None = None
    for node in _module_level(tree.body):
        value = _all_value(node)
        if value is None:
            continue
        constant = _strings(value)
        if constant is None:
            return None, True
        if isinstance(node, ast.Assign | ast.AnnAssign):
            names = constant
        else:
            names = [*(names or []), *constant]
    return (None if names is None else tuple(dict.fromkeys(names))), names is None and _gives_all(tree)


def _gives_all(tree: ast.Module) -> bool:
    """Whether the module's ``__getattr__`` says what a star import takes."""
    function = shims.function_of(tree, "__getattr__")
    return function is not None and any(map(shims.is_all_arm, function.body))


def _module_level(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    for node in body:
        yield node
        for field in ("body", "orelse", "finalbody"):
            if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                yield from _module_level(getattr(node, field, []))
        for handler in getattr(node, "handlers", []):
            yield from _module_level(handler.body)


def _is_all(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id == "__all__"


def _all_value(node: ast.stmt) -> ast.expr | None:
    """The expression that a statement puts into or adds to `__all__`."""
    match node:
        case ast.Assign() if any(map(_is_all, node.targets)):
            return node.value
        case ast.AnnAssign(value=ast.expr() as value) if _is_all(node.target):
            return value
        case ast.AugAssign() if _is_all(node.target):
            return node.value
        case ast.Expr(value=ast.Call(func=ast.Attribute(value=owner, attr=method), args=[argument])) if _is_all(owner):
            return ast.List([argument]) if method == "append" else argument
        case ast.Expr(value=ast.Call(func=ast.Attribute(value=owner))) if _is_all(owner):
            return ast.Constant(None)
        case _:
            return None


def _strings(node: ast.expr) -> list[str] | None:
    match node:
        case ast.List() | ast.Tuple() | ast.Set():
            values = [item.value if isinstance(item, ast.Constant) else None for item in node.elts]
            return [v for v in values if isinstance(v, str)] if all(isinstance(v, str) for v in values) else None
        case ast.BinOp(op=ast.Add()):
            left, right = _strings(node.left), _strings(node.right)
            return None if left is None or right is None else left + right
        case _:
            return None


def replaces_itself(tree: ast.Module, text: bytes) -> bool:
    """Whether the module assigns to ``sys.modules[...]`` at its top level."""
    if b"sys.modules" not in text and b"import modules" not in text:
        return False
    for node in _module_level(tree.body):
        targets = node.targets if isinstance(node, ast.Assign) else []
        if any(isinstance(t, ast.Subscript) and ast.unparse(t.value).endswith("modules") for t in targets):
            return True
    return False


def lazy_table(tree: ast.Module) -> tuple[Table, bool]:
    """The constant part of a module's ``__getattr__``, and whether there is more to it than constants."""
    function = next((n for n in tree.body if isinstance(n, ast.FunctionDef) and n.name == "__getattr__"), None)
    if function is None or not function.args.args or function.decorator_list:
        return (), function is not None and bool(function.decorator_list)
    rows = shims.live_rows(tree)
    if any(row.name == shims.WHOLE for row in rows):
        return tuple((shims.WHOLE, row.module, shims.WHOLE) for row in rows), False
    reader = _LazyReader(tree, function.args.args[0].arg, rows)
    return reader.read(function.body)


def spelled_names(tree: ast.Module) -> frozenset[str]:
    """The names that stand as texts in a module: for a ``__getattr__`` to be asked for, or of modules for it to load."""
    texts = (node.value for node in ast.walk(tree) if isinstance(node, ast.Constant))
    return frozenset(text for text in texts if isinstance(text, str) and text.replace(".", "").isidentifier())


def _named(node: ast.expr, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name


class _LazyReader:
    """Reads ``__getattr__`` bodies of the two usual shapes: ``if name == "X": …return`` and a constant dictionary."""

    def __init__(self, tree: ast.Module, parameter: str, rows: tuple[shims.ShimRow, ...]) -> None:
        self.parameter = parameter
        self.rows = rows
        self.tables = {
            target.id: node.value
            for node in tree.body
            for target in _targets(node)
            if isinstance(node, ast.Assign | ast.AnnAssign)
            and isinstance(node.value, ast.Dict)
            and isinstance(target, ast.Name)
            and _only_looked_up(tree, target.id)
        }
        self.found: list[tuple[str, str, str]] = []

    def read(self, body: list[ast.stmt]) -> tuple[Table, bool]:
        constant = all(self.statement(node) for node in body)
        return tuple(self.found), not constant

    def statement(self, node: ast.stmt) -> bool:
        """Whether the statement is understood completely."""
        match node:
            case ast.Raise() | ast.Import() | ast.ImportFrom() | ast.Pass():
                return True
            case ast.Expr(value=ast.Constant()):
                return True
            case ast.If(orelse=[]) if self.rows and shims.is_arm(node, self.parameter):
                self.found += [(row.name, row.module, row.attribute) for row in self.rows]
                return True
            case ast.If(body=[ast.Return()], orelse=[]) if shims.is_all_arm(node):
                return True
            case ast.If(test=ast.Compare(left=left, ops=[ast.Eq()], comparators=[ast.Constant(value=str() as name)])):
                return _named(left, self.parameter) and self.arm([name], node.body) and self.rest(node.orelse)
            case ast.If(test=ast.Compare(left=left, ops=[ast.In()], comparators=[container])) if _named(
                left, self.parameter
            ):
                return self.membership(container, node)
            case _:
                return False

    def rest(self, body: list[ast.stmt]) -> bool:
        return all(self.statement(node) for node in body)

    def membership(self, container: ast.expr, node: ast.If) -> bool:
        names = _strings(container)
        if names is not None:
            return self.arm(names, node.body) and self.rest(node.orelse)
        table = self.tables.get(container.id) if isinstance(container, ast.Name) else None
        if table is None or not self.uses_table(node.body):
            return False
        return all(self.row(key, value) for key, value in zip(table.keys, table.values, strict=True)) and self.rest(
            node.orelse
        )

    def uses_table(self, body: list[ast.stmt]) -> bool:
        """Whether the body imports what the table says: ``getattr(import_module(TABLE[name]…), …)``."""
        text = "\n".join(ast.unparse(node) for node in body)
        last = body[-1]
        if "import_module(" not in text or not isinstance(last, ast.Return) or last.value is None:
            return False
        looked_up = {
            target.id
            for node in body
            if isinstance(node, ast.Assign) and _is_getattr(node.value)
            for target in node.targets
            if isinstance(target, ast.Name)
        }
        quiet = all(_binds_only(node) for node in body[:-1])
        return quiet and (_is_getattr(last.value) or (isinstance(last.value, ast.Name) and last.value.id in looked_up))

    def row(self, key: ast.expr | None, value: ast.expr) -> bool:
        match key, value:
            case ast.Constant(value=str() as name), ast.Constant(value=str() as target):
                module, colon, attribute = target.partition(":")
                if not colon and target.rpartition(".")[2] == name:
                    module = target.rpartition(".")[0]
                self.found.append((name, module, attribute or name))
                return True
            case ast.Constant(value=str() as name), ast.Tuple(
                elts=[ast.Constant(value=str() as module), ast.Constant(value=str() as attr)]
            ):
                self.found.append((name, module, attr))
                return True
            case _:
                return False

    def arm(self, names: list[str], body: list[ast.stmt]) -> bool:
        """``from m import X [as Y]`` … ``return X``; other statements may warn but bind nothing that matters."""
        imported: dict[str, tuple[str, str]] = {}
        for node in body[:-1]:
            if isinstance(node, ast.ImportFrom):
                module = "." * node.level + (node.module or "")
                imported.update({alias.asname or alias.name: (module, alias.name) for alias in node.names})
            elif not _binds_only(node):
                return False
        last = body[-1]
        if not isinstance(last, ast.Return) or not isinstance(last.value, ast.Name) or last.value.id not in imported:
            return False
        self.found += [(name, *imported[last.value.id]) for name in names]
        return True


def _only_looked_up(tree: ast.Module, name: str) -> bool:
    """Whether a table is bound once, and never stored into, updated or handed on."""
    uses = [node for node in ast.walk(tree) if isinstance(node, ast.Name) and node.id == name]
    looked_up = {
        id(node.value if isinstance(node, ast.Subscript) else node.comparators[0])
        for node in ast.walk(tree)
        if (isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load))
        or (isinstance(node, ast.Compare) and len(node.comparators) == 1)
    }
    stores = [node for node in uses if not isinstance(node.ctx, ast.Load)]
    listed = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("list", "sorted", "tuple", "set", "dir")
        for inner in ast.walk(node)
    }
    return len(stores) == 1 and all(id(node) in looked_up | listed for node in uses if isinstance(node.ctx, ast.Load))


def _is_getattr(node: ast.expr) -> bool:
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "getattr"
        and len(node.args) == 2
    )


def _binds_only(node: ast.stmt) -> bool:
    """Imports, assignments of names, warnings: what a lookup may do beside finding its object."""
    if isinstance(node, ast.Import | ast.ImportFrom | ast.Assign | ast.Pass):
        return True
    if not isinstance(node, ast.Expr):
        return False
    call = node.value
    return isinstance(call, ast.Constant) or (
        isinstance(call, ast.Call) and (getattr(call.func, "attr", "") or getattr(call.func, "id", "")) == "warn"
    )


def _targets(node: ast.stmt) -> list[ast.expr]:
    if isinstance(node, ast.Assign):
        return node.targets
    return [node.target] if isinstance(node, ast.AnnAssign) else []
