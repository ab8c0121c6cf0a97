"""Which file is which module: import roots, packages, namespace packages, stubs, shadowed modules."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from ssot.index.facts import FileFacts


@dataclass(frozen=True)
class Layout:
    """Modules by dotted name and back. ``roots`` are POSIX folders, ``""`` for the repository itself."""

    roots: tuple[str, ...]
    paths: Mapping[str, str] = field(repr=False)  # module name -> path of the file that defines it
    names: Mapping[str, str] = field(repr=False)  # path -> module name
    packages: frozenset[str] = field(repr=False)  # modules that are an __init__
    namespaces: frozenset[str] = field(repr=False)  # folders without __init__ that hold modules
    ambiguous: frozenset[str] = field(repr=False)  # module names that several roots claim
    shadowed: frozenset[str] = field(repr=False)  # paths that no import can reach
    native: frozenset[str] = field(repr=False)  # compiled modules

    def has(self, module: str) -> bool:
        return module in self.paths or module in self.namespaces

    def children(self, module: str) -> frozenset[str]:
        """The names of a package's submodules."""
        return self._children.get(module, frozenset())

    @cached_property
    def _children(self) -> Mapping[str, frozenset[str]]:
        found: dict[str, set[str]] = {}
        for name in (*self.paths, *self.namespaces):
            package, _, leaf = name.rpartition(".")
            found.setdefault(package, set()).add(leaf)
        return {package: frozenset(leaves) for package, leaves in found.items()}

    def is_package(self, module: str) -> bool:
        return module in self.packages or module in self.namespaces

    def provably_absent(self, module: str) -> bool:
        """Whether no installed distribution can supply the module either: its parent is a regular package of ours."""
        if self.has(module) or module in self.ambiguous or module in self.native:
            return False
        parent = module.rpartition(".")[0]
        while parent:
            if parent in self.native:
                return False
            if self.has(parent):
                return parent not in self.namespaces and parent not in self.ambiguous
            parent = parent.rpartition(".")[0]
        return False

    def absolute(self, path: str, module: str, level: int) -> str | None:
        """The absolute name of ``from <level dots><module>`` in a file; None beyond the top-level package."""
        if level == 0:
            return module
        parts = self.names.get(path, "").split(".")
        if not is_init(path):
            parts = parts[:-1]
        keep = len(parts) - (level - 1)
        if keep < 1 or not parts[0]:
            return None
        return ".".join([*parts[:keep], *([module] if module else [])])


def is_init(path: str) -> bool:
    return path.rpartition("/")[2] in ("__init__.py", "__init__.pyi")


def lay_out(facts: Mapping[str, FileFacts], roots: Iterable[str] | None = None, native: Iterable[str] = ()) -> Layout:
    """Roots as declared, or found: the repository, its `src` folders, and folders of packages imported from there."""
    chosen = tuple(sorted({_clean(root) for root in roots})) if roots else find_roots(facts)
    claims: dict[str, list[str]] = {}
    for path in facts:
        name = module_name(path, chosen)
        if name is not None:
            claims.setdefault(name, []).append(path)
    paths = {name: min(claimants, key=_precedence) for name, claimants in claims.items()}
    ambiguous = frozenset(name for name, claimants in claims.items() if len({_stem(path) for path in claimants}) > 1)
    shadowed = {path for name, claimants in claims.items() for path in claimants if _loses(path, paths[name])}
    packages = frozenset(name for name, path in paths.items() if is_init(path))
    namespaces = {parent for name in paths for parent in _parents(name) if parent not in paths}
    names = {path: name for name, claimants in claims.items() for path in claimants}
    for name in [name for name in paths if _inside_plain_module(name, paths, packages)]:
        shadowed.update(claims[name])
    compiled = {module_name(_as_python(path), chosen) for path in native} - {None}
    return Layout(
        chosen,
        paths,
        names,
        packages,
        frozenset(namespaces),
        ambiguous,
        frozenset(shadowed),
        frozenset(name for name in compiled if name),
    )


def _as_python(path: str) -> str:
    """``pkg/fast.cpython-311-x86_64-linux-gnu.so`` as if it were ``pkg/fast.py``."""
    folder, slash, name = path.rpartition("/")
    return f"{folder}{slash}{name.partition('.')[0]}.py"


def _clean(root: str) -> str:
    return "" if root in (".", "./", "") else root.strip("/").removeprefix("./")


def _stem(path: str) -> str:
    """The path without what a stub, or a package over a module of the same name, may differ in."""
    return path.removesuffix("i").removesuffix("/__init__.py").removesuffix(".py")


def _precedence(path: str) -> tuple[bool, bool, str]:
    return (path.endswith(".pyi"), not is_init(path), path)


def _loses(path: str, winner: str) -> bool:
    return is_init(winner) and not is_init(path)


def _parents(name: str) -> list[str]:
    parts = name.split(".")
    return [".".join(parts[:count]) for count in range(1, len(parts))]


def _inside_plain_module(name: str, paths: Mapping[str, str], packages: frozenset[str]) -> bool:
    return any(parent in paths and parent not in packages for parent in _parents(name))


def module_name(path: str, roots: Iterable[str]) -> str | None:
    """The dotted name of a file under the deepest root that holds it; None where a part is no identifier."""
    holding = [root for root in roots if not root or path.startswith(root + "/")]
    if not holding:
        return None
    root = max(holding, key=len)
    relative = path[len(root) + 1 :] if root else path
    stem = relative.removesuffix(".pyi").removesuffix(".py")
    parts = stem.split("/")
    if parts[-1] == "__init__":
        parts = parts[:-1]
    if not parts or not all(part.isidentifier() for part in parts):
        return None
    return ".".join(parts)


def find_roots(facts: Mapping[str, FileFacts]) -> tuple[str, ...]:
    """Folders from which top-level packages are imported, judged by what the code imports."""
    inits = {path.rpartition("/")[0] for path in facts if is_init(path)}
    tops = {folder for folder in inits if folder.rpartition("/")[0] not in inits and folder}
    candidates = {folder.rpartition("/")[0] for folder in tops} - {""}
    candidates |= {folder for path in facts for folder in _source_folders(path)} - inits
    wanted = _imported_prefixes(facts)
    roots = {""} | {folder for folder in candidates if _imported_from(folder, facts, wanted)}
    return tuple(sorted(roots))


def _source_folders(path: str) -> Iterable[str]:
    parts = path.split("/")
    return ("/".join(parts[: index + 1]) for index, part in enumerate(parts[:-1]) if part in ("src", "lib", "python"))


def _imported_prefixes(facts: Mapping[str, FileFacts]) -> Counter[str]:
    """How often each dotted prefix is imported absolutely."""
    wanted: Counter[str] = Counter()
    for fact in facts.values():
        for statement in fact.imports:
            modules = [statement.module] if statement.is_from else [name.name for name in statement.names]
            if statement.level == 0:
                for module in modules:
                    wanted.update([*_parents(module), module])
    return wanted


def _imported_from(folder: str, facts: Mapping[str, FileFacts], wanted: Counter[str]) -> bool:
    """Whether code imports what is in the folder by names relative to it more than by the folder's own dotted name."""
    tops = {
        path[len(folder) + 1 :].split("/")[0].removesuffix(".pyi").removesuffix(".py")
        for path in facts
        if path.startswith(folder + "/")
    }
    prefix = folder.replace("/", ".")
    relative = sum(wanted[top] for top in tops if top.isidentifier())
    qualified = sum(wanted[f"{prefix}.{top}"] for top in tops)
    if folder.rpartition("/")[2] in ("src", "lib", "python"):
        return relative >= qualified
    return relative > qualified and not _same_names_at_root(tops, facts)


def _same_names_at_root(tops: set[str], facts: Mapping[str, FileFacts]) -> bool:
    """A folder of copies (`backups/pkg`) is no root: the imports mean the original."""
    at_root = {path.split("/")[0].removesuffix(".py") for path in facts}
    return not tops.isdisjoint(at_root)
