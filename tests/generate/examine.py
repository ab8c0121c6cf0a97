"""What must hold of every generated package, as one function; what does not hold is raised as `PropertyError`."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from generate.manifests import Declared
from generate.packages import Package, shown
from generate.runner import Outcome, run
from ssot.declare.load import parse_manifest
from ssot.index.collect import facts_of
from ssot.index.source import apply_edits
from ssot.index.table import External, Index, Module, Symbol, Unknown
from ssot.pipeline.planning import plan_snapshot
from ssot.values import Blob, Edit, Plan, Safety, Snapshot

Files = Mapping[str, bytes]
SAFE, ALL = frozenset({Safety.SAFE}), frozenset({Safety.SAFE, Safety.UNSAFE})


@dataclass
class PropertyError(Exception):
    """A property that does not hold: its name, what was seen, and the files as they are afterwards."""

    kind: str
    seen: str
    after: Files = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.kind}: {self.seen}"


def examine(package: Package) -> Counter[str]:
    """All properties of one package; how much was tried, so that nobody counts packages in which nothing happened."""
    check_table(package)
    plan, after, tried = check_plan(package, SAFE)
    check_same("output", package.before, run(after, package.looks.main), after)
    if any(refusal.code == "needs-unsafe" for refusal in plan.refusals):
        bolder, result, _ = check_plan(package, ALL)
        tried["unsafe plans"] += 1
        if all(change_set.safety is Safety.SAFE for change_set in bolder.change_sets):
            check_same("unsafe output", package.before, run(result, package.looks.main), result)
            tried["unsafe plans of safe edits"] += 1
    tried["legacy paths removed"] += check_removal(package, plan, after)
    return tried


def check_table(package: Package) -> None:
    """The symbol table agrees with what running the code shows."""
    index = Index.build([facts_of(path, data) for path, data in package.files.items()], [""])
    objects: dict[Symbol, str] = {}
    for path, object_ in exports(package.before):
        found = index.resolve(*path)
        if isinstance(found, Module | External) and object_.startswith(f"module_{found}#"):
            continue
        if not isinstance(found, Symbol | Unknown) and "#" in object_:
            raise PropertyError("table", f"{path} is {found}, in truth {object_}")
        if isinstance(found, Symbol) and "#" in object_ and objects.setdefault(found, object_) != object_:
            raise PropertyError("table", f"{path} is {found}, in truth {object_} and not {objects[found]}")


def exports(outcome: Outcome) -> Iterator[tuple[tuple[str, str], str]]:
    """Path, and the object that running found there (or the exception)."""
    for line in outcome.lines:
        word = line.split(" ")
        if word[0] == "export":
            module, _, name = word[1].partition(":")
            yield (module, name), word[2]


def check_plan(package: Package, wanted: frozenset[Safety]) -> tuple[Plan, Files, Counter[str]]:
    """Everything that can be said of a plan without running its result."""
    plan = plan_for(package, package.files, wanted)
    after = applied(package, plan, wanted)
    tried = Counter({"packages": 1, "rewritten": plan.ledger.rewritten, "refused": plan.ledger.refused})
    tried.update(f"refused: {refusal.code}" for refusal in plan.refusals)
    for refusal in plan.refusals:
        if refusal.code.startswith("gate-"):
            raise PropertyError(refusal.code, f"{refusal.path}:{refusal.line}: {refusal.reason}", after)
        if not (refusal.path and refusal.line > 0 and refusal.reason):
            raise PropertyError("refusal", str(refusal), after)
    ledger = plan.ledger
    if ledger.rewritten + ledger.shimmed + ledger.refused + ledger.ignored != ledger.occurrences:
        raise PropertyError("ledger", str(ledger), after)
    for path, data in after.items():
        check_text(path, package.files[path], data, after)
    again = edits_of(plan_for(package, after, wanted), wanted)
    if again:
        raise PropertyError("second run", f"changes {again}", after)
    return plan, after, tried


def check_text(path: str, before: bytes, data: bytes, after: Files) -> None:
    if before == data:
        return
    try:
        ast.parse(data, path)
    except SyntaxError as problem:
        raise PropertyError("parse", f"{path}: {problem}", after) from problem
    lost = Counter(comments(before)) - Counter(comments(data))
    if lost:
        raise PropertyError("comments", f"{path} loses {sorted(lost)}", after)


def comments(data: bytes) -> list[str]:
    tokens = tokenize.tokenize(io.BytesIO(data).readline)
    return [token.string.rstrip() for token in tokens if token.type == tokenize.COMMENT]


def plan_for(package: Package, files: Files, wanted: frozenset[Safety]) -> Plan:
    blobs = sorted((Blob(located(package, path), data) for path, data in files.items()), key=lambda blob: blob.path)
    declared = parse_manifest(package.manifest, "ssot.toml")
    return plan_snapshot(Snapshot(tuple(blobs)), declared, unsafe=Safety.UNSAFE in wanted)


def located(package: Package, path: str) -> str:
    return f"{package.root}/{path}" if package.root else path


def edits_of(plan: Plan, wanted: frozenset[Safety]) -> dict[str, list[Edit]]:
    """Path -> the edits that `apply` would make."""
    found: dict[str, list[Edit]] = {}
    for change_set in plan.change_sets:
        for change in change_set.files if change_set.safety in wanted else ():
            found.setdefault(change.path, []).extend(change.edits)
    return found


def applied(package: Package, plan: Plan, wanted: frozenset[Safety]) -> Files:
    edits = edits_of(plan, wanted)
    return {path: apply_edits(data, edits.get(located(package, path), [])) for path, data in package.files.items()}


def check_same(kind: str, before: Outcome, after: Outcome, files: Files, without: Sequence[str] = ()) -> None:
    """The same lines, but for those that begin with one of `without`, and for paths that did not work before."""
    if after.error:
        raise PropertyError(kind, after.error, files)
    broken = [f"export {path[0]}:{path[1]} " for path, object_ in exports(before) if "#" not in object_]
    without = [*without, *broken]
    was, becomes = (
        [plain(line) for line in one.lines if not line.startswith(tuple(without))] for one in (before, after)
    )
    if was == becomes:
        return
    differing = [(one, other) for one, other in zip(was, becomes, strict=False) if one != other]
    if len(was) == len(becomes) and all(one.startswith("order ") for one, _ in differing):
        kind = "order"
    raise PropertyError(kind, "\n".join(f"\n  was {one}\n  now {other}" for one, other in differing[:5]), files)


def plain(line: str) -> str:
    line = re.sub(r" at 0x[0-9a-f]+", "", line)  # where an object lies in memory
    return re.sub(r"#\d+$", "", line) if line.startswith("export ") else line


def check_removal(package: Package, plan: Plan, after: Files) -> int:
    """Where every use of a symbol was rewritten, its legacy paths can go; how many went."""
    if package.moves or any(change_set.safety is not Safety.SAFE for change_set in plan.change_sets):
        return 0  # what a moved module leaves behind stands on other paths, and stays
    modules = (module.rpartition(".") for module in package.looks.modules)
    if any((parent, leaf) in package.looks.exports for parent, _, leaf in modules):
        return 0  # a submodule takes the name of its package's export once it is loaded, which a façade may do
    files = dict(after)
    clean = [symbol for symbol in package.symbols if is_clean(package, plan, symbol)]
    gone = tuple(path for symbol in clean for path in symbol.legacy if remove(package, files, path))
    if gone:
        # A façade that is gone no longer loads what it stood for; what nobody but a star names goes with it.
        lost = [*gone, *(path for path in package.via if by_star_alone(package, path, gone))]
        without = [*(f"export {path} " for path in lost), "loaded ", "order ", "trace", "late trace"]
        check_same("removed", package.before, run(files, package.looks.main), files, without)
    return len(gone)


def is_clean(package: Package, plan: Plan, symbol: Declared) -> bool:
    """Whether every use was rewritten and every legacy path is a re-export that nothing else stands on."""
    if any(refusal.symbol == symbol.canonical for refusal in plan.refusals):
        return False
    needed = {path for kept in (symbol.canonical, *symbol.approved) for path in chain(package, kept)}
    return all(path in package.plain and path not in needed for path in symbol.legacy)


def chain(package: Package, path: str) -> list[str]:
    """A path, and the paths through which it gets its object."""
    found = [path]
    while (path := package.via.get(path, "")) and path not in found:
        found.append(path)
    return found


def by_star_alone(package: Package, path: str, gone: Sequence[str]) -> bool:
    """Whether a path hands on one of those by star imports alone, in modules that don't name it: it occurs nowhere."""
    for one in chain(package, path):
        if one in gone:
            return True
        module, _, name = one.partition(":")
        place = module.replace(".", "/")
        text = package.files.get(f"{place}.py", package.files.get(f"{place}/__init__.py", b"")).decode("latin-1")
        if "import *" not in text or re.search(rf"\b{name}\b", text):
            return False
    return False


def remove(package: Package, files: dict[str, bytes], path: str) -> bool:
    """Take the statement of a legacy path out of its module, if the module itself does not use the name."""
    file, statement = package.plain[path]
    name, text = path.partition(":")[2], files[file].decode("latin-1")
    rest, found = re.subn(rf"(?m)^{re.escape(statement)}(?=\r?$)", "", text, count=1)
    if not found or re.search(rf"\b{name}\b", rest):
        return False
    files[file] = rest.encode("latin-1")
    return True


def changes(package: Package, after: Files) -> str:
    """The files that differ, as they are afterwards."""
    return "\n".join(
        f"# ++++ {path}\n{shown(after[path])}" for path in sorted(after) if after[path] != package.files[path]
    )
