"""Plan, prove, and leave alone what can't be proved."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Set

from ssot.audit.governance import Governance, Status
from ssot.audit.mentions import Mentions
from ssot.audit.sites import may_concern
from ssot.declare.manifest import Manifest
from ssot.index.source import Source, decode
from ssot.index.table import Denotation, Index, Module, Symbol
from ssot.index.view import FileView
from ssot.pipeline.memory import without_collector
from ssot.pipeline.workspace import Workspace
from ssot.prove.gates import Failure
from ssot.prove.proof import Changed, Prover, changed_files
from ssot.rewrite.assemble import assemble
from ssot.rewrite.canonical_imports import NAME
from ssot.rewrite.doctests import plan_doctests
from ssot.rewrite.outcomes import Fate, FilePlan, Occurrence
from ssot.rewrite.project import Planner
from ssot.rewrite.strings import StringPlanner, stuck_paths
from ssot.values import Edit, Plan, Snapshot


def plan_snapshot(snapshot: Snapshot, manifest: Manifest, *, unsafe: bool = False) -> Plan:
    """The proved plan for one tree."""
    return plan_workspace(Workspace(snapshot, manifest), unsafe=unsafe)


def plan_workspace(workspace: Workspace, *, unsafe: bool = False) -> Plan:
    with without_collector():
        plans = _proved(workspace, unsafe)
    everything = {**workspace.texts, **workspace.sources}
    return assemble(NAME, plans.values(), everything, workspace.snapshot.commit, workspace.snapshot.tree)


def _proved(workspace: Workspace, unsafe: bool) -> dict[str, FilePlan]:
    """Plans of which every gate holds, after refusing the files of which one does not."""
    planned = raw_plans(workspace.index, workspace.governance, workspace.sources, workspace, unsafe)
    refused: set[str] = set()
    prover = Prover(workspace.index, allowed_repairs(workspace.governance))
    while failures := _failures(workspace, planned, unsafe, refused, prover):
        for path, failure in failures.items():
            planned[path] = planned[path].without_edits(failure.code, failure.reason)
        refused |= failures.keys()
    return planned


def raw_plans(
    index: Index,
    governance: Governance,
    sources: Mapping[str, Source],
    workspace: Workspace,
    unsafe: bool,
    settled: Set[str] = frozenset(),
) -> dict[str, FilePlan]:
    """What the codemod wants, unproved: code, doctests, then everything that is text. Files in `settled` are passed over."""
    concerned = may_concern(governance.words).search
    chosen = {path: source for path, source in sources.items() if concerned(source.u8)}

    def report(done: int, total: int) -> None:
        workspace.progress("planning", done, total)

    planner = Planner(
        index,
        governance,
        chosen,
        sources,
        lambda path: path not in settled and not workspace.hands_off(path),
        workspace.is_test,
        unsafe,
        {path: text.u8 for path, text in workspace.texts.items() if workspace.hands_off(path) != "manifest"},
        report,
    )
    plans = planner.run()
    views = _Views(planner.view, chosen)
    for path, plan in plans.items():
        if b">>>" in chosen[path].u8:
            plans[path] = plan.joined(plan_doctests(planner.view(path), planner.project))
    for path in sorted(chosen.keys() - plans.keys() - settled):
        plans[path] = planner.left_alone(path, workspace.hands_off(path))
    strings = StringPlanner(planner.project, Mentions(governance), views, stuck_paths(plans.values()))
    for path, source in chosen.items():
        if path not in settled and strings.mentions.may_be_in(source, index.facts[path]):
            found = strings.in_python(planner.view(path), workspace.hands_off(path))
            plans[path] = plans.get(path, FilePlan(path)).joined(found)
    for path, source in workspace.texts.items():
        if strings.mentions.pattern.search(source.u8):
            plans[path] = strings.in_text(source, workspace.hands_off(path))
    for path, plan in unparsable(index, governance, workspace.hands_off):
        plans[path] = plan
    return plans


def unparsable(index: Index, governance: Governance, hands_off: Callable[[str], str]) -> Iterator[tuple[str, FilePlan]]:
    """Files that can't be parsed, with the governed imports that were read in them all the same."""
    for path, facts in index.facts.items():
        if facts.problem is None:
            continue
        setting = hands_off(path)
        found = []
        for fact in facts.imports:
            base = index.absolute(path, fact.module, fact.level) if fact.is_from else None
            for name in fact.names:
                verdict = governance.classify((base, name.name), index.resolve(base, name.name)) if base else None
                if verdict is not None and verdict.status is not Status.APPROVED:
                    fate = Fate.IGNORED if setting or verdict.status is Status.CANONICAL else Fate.REFUSED
                    code = (setting or "canonical") if fate is Fate.IGNORED else "unparsable"
                    found.append(Occurrence(path, name.line, verdict.key, fate, code, facts.problem.reason))
        if found:
            yield path, FilePlan(path, (), tuple(found))


class _Views(Mapping[str, FileView]):
    """Views by path, made when asked for."""

    def __init__(self, view: Callable[[str], FileView], sources: Mapping[str, Source]) -> None:
        self._view = view
        self._sources = sources

    def __getitem__(self, path: str) -> FileView:
        if path not in self._sources:
            raise KeyError(path)
        return self._view(path)

    def __iter__(self) -> object:  # type: ignore[override]
        return iter(self._sources)

    def __len__(self) -> int:
        return len(self._sources)


def _failures(
    workspace: Workspace, plans: Mapping[str, FilePlan], unsafe: bool, refused: set[str], prover: Prover
) -> dict[str, Failure]:
    """The files to leave alone next; each is named once, so that this comes to an end."""
    edits = edits_of(plans.values(), workspace.sources)
    contents = {path: workspace.blobs[path].data for path in edits}
    changed = changed_files(edits, contents)
    failures = {path: failure for path, failure in prover.failures(changed).items() if path not in refused}
    return failures or _unstable(workspace, plans, changed, prover.after(changed), unsafe, refused)


def edits_of(plans: Iterable[FilePlan], sources: Mapping[str, Source]) -> dict[str, tuple[Edit, ...]]:
    """The edits of each file that has any."""
    return {
        plan.path: tuple(sorted(sources[plan.path].edit(s.start, s.end, s.new) for s in plan.splices))
        for plan in plans
        if plan.splices
    }


def allowed_repairs(governance: Governance) -> Callable[[Denotation], bool]:
    """What a path that does not work today may become: a declared symbol, or a part of a module that moved."""
    symbols = {entry.denotes for entry in governance.entries}
    modules = tuple(canonical for _, canonical in governance.moves)

    def allowed(now: Denotation) -> bool:
        module = now.module if isinstance(now, Symbol) else now.name if isinstance(now, Module) else ""
        inside = any(module == one or module.startswith(one + ".") for one in modules)
        # a moved module may offer what it imports from elsewhere
        return now in symbols or inside or bool(modules)

    return allowed


def _unstable(
    workspace: Workspace,
    plans: Mapping[str, FilePlan],
    changed: list[Changed],
    index: Index,
    unsafe: bool,
    refused: set[str],
) -> dict[str, Failure]:
    """Gate 8: planning again on the result gives nothing, but for what has been refused already."""
    sources = dict(workspace.sources)
    for file in changed:
        decoded = decode(file.path, file.after)
        if isinstance(decoded, Source):
            sources[file.path] = decoded
    governance = (
        Governance.declared(index, workspace.manifest) if workspace.manifest is not None else workspace.governance
    )
    # A file in which nothing was fragmented has nothing to plan, whatever happened elsewhere.
    settled = {p.path for p in plans.values() if all(o.fate is Fate.IGNORED for o in p.occurrences)}
    again = raw_plans(index, governance, sources, workspace, unsafe, settled)
    return {
        plan.path: Failure("gate-stable", "a second run would change the file again")
        for plan in again.values()
        if plan.splices and plan.path not in refused
    }
