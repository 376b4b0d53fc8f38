"""Plan a build, and refuse one that cannot go well."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from sygaldry.config.resolve import Resolved
from sygaldry.flows.env.cache.mirrors import mirrors_of, no_key_problem
from sygaldry.flows.env.cache.query import query_caches
from sygaldry.flows.env.cache.readers import Fetch, MirrorClient
from sygaldry.flows.env.environment import Environment, Store
from sygaldry.flows.env.install.caches import cache_line, cache_notes, refuse_rejected_packages
from sygaldry.flows.env.install.machine_facts import machine_facts
from sygaldry.flows.env.orphans import orphans
from sygaldry.flows.env.parts import lock_parts, source_parts
from sygaldry.flows.env.spack import spack_at
from sygaldry.flows.env.store import check_writable, load_database
from sygaldry.host import files
from sygaldry.model.command import Command, Completed
from sygaldry.model.errors import LockError, MachineNotReadyError, StorageError
from sygaldry.model.finding import Finding, Verdict
from sygaldry.model.report import Report
from sygaldry.spack.cache_hits import Hits
from sygaldry.spack.compatibility import judge_disk, judge_machine
from sygaldry.spack.database import installed_of
from sygaldry.spack.plan import BuildPlan, build_plan

HISTORY = "history.json"

_MOST_FINDINGS = 3
_MOST_CHANGES = 5


@dataclass(frozen=True)
class BuildOptions:
    """The options of a build."""

    jobs: int = 0
    at_once: int = 1
    locked: bool = False
    frozen: bool = False
    offline: bool = False
    only_cache: bool = False
    pull: bool = False
    no_cache: bool = False
    anyway: bool = False
    join: bool = False


@dataclass(frozen=True)
class BuildContext:
    """A plan and everything that decides whether it may run."""

    environment: Environment
    store: Store
    plan: BuildPlan
    caches: tuple[Hits, ...]
    findings: tuple[Finding, ...]
    room: Finding
    options: BuildOptions
    notes: tuple[str, ...] = ()


def prepare(
    environment: Environment,
    store: Store,
    options: BuildOptions,
    run: Callable[[Command], Completed],
    fetch: Fetch,
) -> BuildContext:
    """Inspect the source, the store, the caches and the machine; raises LockError where --locked refuses."""
    notes = () if options.frozen else _source_notes(environment, locked=options.locked)
    lock = environment.lock
    installed = installed_of(lock, load_database(environment, store))
    client = MirrorClient(fetch, run, spack_at(environment.spack_root, store), options.offline)
    caches = () if options.no_cache else query_caches(environment, store, client)
    plan = build_plan(lock, installed, caches, history(store))
    facts = machine_facts(lock, store.here, run)
    findings, room = judge_machine(lock, facts), judge_disk(facts, plan.bytes_needed)
    problems = [note for each in caches for note in cache_notes(each)]
    problems += [each.describe() for each in orphans(environment, store)]
    return BuildContext(environment, store, plan, caches, findings, room, options, (*notes, *problems))


def refuse_to_build(context: BuildContext, resolved: Resolved) -> None:
    """Raise for anything that would make the build fail or install something else."""
    options = context.options
    has_work = bool(context.plan.cached or context.plan.to_build)
    if has_work:
        check_writable(context.environment, context.store)
    bad = [each for each in context.findings if each.verdict is Verdict.PROBLEM]
    if bad and not options.anyway:
        summary = "; ".join(each.summary for each in bad[:_MOST_FINDINGS])
        more = f"; and {len(bad) - _MOST_FINDINGS} more, see --dry-run" if len(bad) > _MOST_FINDINGS else ""
        raise MachineNotReadyError(
            f"this machine does not match the lock: {summary}{more}",
            hint=f"{bad[0].remedy}; or build anyway: --anyway",
        )
    if context.room.verdict is Verdict.PROBLEM and not options.anyway:
        raise StorageError(context.room.summary, hint=f"{context.room.remedy}; or try anyway: --anyway")
    for part in lock_parts(context.environment, Path(resolved.settings.spack_recipes)):
        if part.state == "behind" and part.name in ("recipes", "spack"):
            raise LockError(part.summary, hint=part.next)
    refuse_rejected_packages(context.caches, context.plan, context.environment.lock)
    if missing := _uncached(context):
        raise LockError(missing, hint="see which and why: sygaldry env cache status; or let them be built")
    if not has_work:
        return
    for mirror in mirrors_of(context.environment):
        if context.plan.to_build and (problem := no_key_problem(mirror, context.store)):
            raise LockError(problem, hint="make one: sygaldry env cache keys --create NAME --mail MAIL")


def plan_report(context: BuildContext) -> Report:
    """Report a plan without running it."""
    plan, lock = context.plan, context.environment.lock
    findings = (*context.findings, context.room)
    labels = {key: node.label for key, node in lock.nodes.items()}
    lines = [
        (
            f"{context.environment.folder}: {plan.total} packages in total, {len(plan.installed)} installed, "
            f"{len(plan.cached)} cached, {len(plan.to_build)} to build"
        ),
        _estimated(plan),
        *(cache_line(each) for each in context.caches),
        *(f"{each.verdict}: {each.summary}" for each in findings if each.verdict is not Verdict.OK),
        *(f"  fetch {labels[key]} from {name}" for key, name in plan.cached.items()),
        *(f"  build {labels[key]}" + _reason(plan, key) for key in plan.to_build),
    ]
    return Report(
        {
            "environment": str(context.environment.folder),
            "total": plan.total,
            "installed": [labels[key] for key in plan.installed],
            "cached": {labels[key]: name for key, name in plan.cached.items()},
            "to_build": [labels[key] for key in plan.to_build],
            "not_needed": [labels[key] for key in plan.unneeded],
            "estimate_seconds": plan.seconds,
            "estimate_is_partial": plan.is_partial,
            "findings": [{"verdict": each.verdict, "summary": each.summary} for each in findings],
        },
        tuple(line for line in lines if line),
        context.notes,
    )


def history(store: Store) -> dict[str, float]:
    """Load how long packages took to build here; a damaged file is only a lost estimate."""
    try:
        summary = json.loads(files.read_if_there(store.own / HISTORY) or "{}")
    except (ValueError, StorageError):  # damaged, or the owner's alone
        return {}
    return {str(key): float(each) for key, each in summary.items() if isinstance(each, int | float)}


def _source_notes(environment: Environment, *, locked: bool) -> tuple[str, ...]:
    """Report a lock that does not match its source; --locked also refuses an unknown origin."""
    notes = []
    for part in source_parts(environment):
        if part.state != "behind" and not (locked and part.state == "unknown"):
            continue
        summary = f"{part.summary}: {'; '.join(part.details[:_MOST_CHANGES])}" if part.details else part.summary
        if locked:
            raise LockError(summary, hint=f"lock again: {part.next}; or build without --locked")
        notes.append(f"{summary}; the lock is what gets installed (new lock: {part.next})")
    return tuple(notes)


def _uncached(context: BuildContext) -> str:
    if not context.options.only_cache or not context.plan.to_build:
        return ""
    labels = [context.environment.lock.nodes[key].label for key in context.plan.to_build]
    return f"{len(labels)} packages are missing from every build cache: {', '.join(labels[:5])}"


def _estimated(plan: BuildPlan) -> str:
    if not plan.to_build:
        return ""
    about = f"about {plan.bytes_needed / 2**30:.0f} GiB of disk"
    if plan.seconds is None:
        return f"{about}; no time estimate: none of these were built here before"
    return f"{about}; {plan.seconds / 60:.0f} min one after another" + (
        ", excluding packages never built here" * plan.is_partial
    )


def _reason(plan: BuildPlan, key: str) -> str:
    return f" (cache: {plan.misses[key]})" if key in plan.misses else ""


def labels_of(environment: Environment, keys: Sequence[str]) -> list[str]:
    """Name packages for people."""
    return [environment.lock.nodes[key].label for key in keys]
