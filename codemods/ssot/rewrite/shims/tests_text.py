"""What generated tests do with the facts above them."""

from __future__ import annotations

TESTS = '''

def get(path: str) -> object:
    """The object at a path; skips where something that is not of this repository is not installed."""
    module, _, name = path.partition(":")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found: object = getattr(importlib.import_module(module), name)
    except ModuleNotFoundError as error:
        if str(error.name).partition(".")[0] in OWN:
            raise
        pytest.skip(f"{error.name} is not installed")
    return found


def is_shim(old: str) -> bool:
    """Whether the register in the code has it; it has not where the commit that made the shim was reverted."""
    module, _, name = old.partition(":")
    try:
        table = getattr(importlib.import_module(module), "_SSOT_SHIMS", {})
    except ImportError:
        return True
    return name in table or "*" in table


@pytest.mark.parametrize(("path", "canonical"), SAME)
def test_it_is_one_object(path: str, canonical: str) -> None:
    assert get(path) is get(canonical)


@pytest.mark.parametrize(("old", "canonical"), SHIMS)
def test_the_old_path_warns_its_importer_once(old: str, canonical: str) -> None:
    module, _, name = old.partition(":")
    wanted, found = get(canonical), get(old)
    if not is_shim(old):
        return
    assert found is wanted
    user: dict[str, object] = {"__name__": "user"}
    code = compile(f"from {module} import {name} as found", "user.py", "exec")
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        exec(code, user)
    places = [(one.filename, one.lineno, one.category) for one in caught]
    assert places == [("user.py", 1, DeprecationWarning)]
    assert canonical.replace(":", ".") in str(caught[0].message)
    assert user["found"] is wanted


class Warned(Exception):
    """Raised in place of showing a warning, so that what comes after it is not run."""


def seen(message: Warning | str, category: type[Warning], filename: str, line: int, *_: object, **__: object) -> None:
    raise Warned(filename, line, category, str(message))


@pytest.mark.parametrize(("old", "canonical"), CALLS)
def test_the_old_function_warns_its_caller(old: str, canonical: str) -> None:
    get(canonical)
    function = get(old)
    assert callable(function)
    if not is_shim(old):
        return
    parameters = [one for one in inspect.signature(function).parameters.values() if one.default is one.empty]
    plain = [one for one in parameters if one.kind not in (one.VAR_POSITIONAL, one.VAR_KEYWORD)]
    given = ", ".join(f"{one.name}=None" if one.kind is one.KEYWORD_ONLY else "None" for one in plain)
    waits = "await " if inspect.iscoroutinefunction(function) else ""
    user: dict[str, typing.Any] = {"__name__": "user", "function": function}
    exec(compile(f"async def call():\\n    {waits}function({given})\\n", "user.py", "exec"), user)
    with warnings.catch_warnings(), pytest.raises(Warned) as caught:
        warnings.simplefilter("always")
        warnings.showwarning = seen
        user["call"]().send(None)
    assert caught.value.args[:3] == ("user.py", 2, DeprecationWarning)
    assert canonical.replace(":", ".") in caught.value.args[3]


@pytest.mark.parametrize("old", GONE)
def test_the_old_path_is_gone(old: str) -> None:
    with pytest.raises((ImportError, AttributeError)):
        get(old)


def test_nothing_new_imports_an_old_path() -> None:
    olds = {*(old for old, _ in (*SHIMS, *CALLS) if is_shim(old)), *GONE}
    words = [old.partition(":")[2].encode() for old in olds]
    found = []
    for file in sorted(ROOT.rglob("*.py")):
        path = file.relative_to(ROOT).as_posix()
        hidden = any(part[0] == "." or part in _SKIPPED for part in file.relative_to(ROOT).parts)
        data = b"" if hidden else file.read_bytes()
        if any(word in data for word in words):
            found += [f"{path}: {old}" for old in imported(data) if old in olds and (path, old) not in ALLOWED]
    assert found == []


_SKIPPED = ("venv", "node_modules", "site-packages", "build", "dist")


def imported(data: bytes) -> list[str]:
    """What a file imports by absolute paths."""
    try:
        tree = ast.parse(data)
    except (SyntaxError, ValueError):
        return []
    return [
        f"{node.module}:{alias.name}"
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and not node.level
        for alias in node.names
    ]
'''
