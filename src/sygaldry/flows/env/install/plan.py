"""Plan a build, and refuse one that cannot go well."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from sygaldry.config.resolve import Resolved
from sygaldry.flows.env.cache.mirrors import mirrors_of, no_key_problem
from sygaldry.flows.env.cache.query import ask_caches
from sygaldry.flows.env.cache.readers import Asker, Fetch
from sygaldry.flows.env.environment import Environment, Store
from sygaldry.flows.env.install import cache_policy
from sygaldry.flows.env.install.machine_facts import machine_facts
from sygaldry.flows.env.orphans import orphans
from sygaldry.flows.env.spack import spack_at
from sygaldry.flows.env.status import lock_parts, source_parts
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
class Wanted:
    """How a build was asked for."""

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
class Prepared:
    """A plan with everything that speaks for and against it."""

    environment: Environment
    store: Store
    plan: BuildPlan
    caches: tuple[Hits, ...]
    findings: tuple[Finding, ...]
    room: Finding
    wanted: Wanted
    notes: tuple[str, ...] = ()


def prepare(
    environment: Environment,
    store: Store,
    wanted: Wanted,
    run: Callable[[Command], Completed],
    fetch: Fetch,
) -> Prepared:
    """Look at the source, the store, the caches and the machine; raises LockError where --locked forbids to go on."""
    notes = () if wanted.frozen else _source_notes(environment, locked=wanted.locked)
    lock = environment.lock
    installed = installed_of(lock, load_database(environment, store))
    asker = Asker(fetch, run, spack_at(environment.spack_root, store), wanted.offline)
    caches = () if wanted.no_cache else ask_caches(environment, store, asker)
    plan = build_plan(lock, installed, caches, history(store))
    facts = machine_facts(lock, store.here, run)
    findings, room = judge_machine(lock, facts), judge_disk(facts, plan.bytes_needed)
    problems = [note for each in caches for note in cache_policy.notes(each)]
    problems += [each.said() for each in orphans(environment, store)]
    return Prepared(environment, store, plan, caches, findings, room, wanted, (*notes, *problems))


def refuse_to_build(prepared: Prepared, resolved: Resolved) -> None:
    """Raise for what would make the build fail or, worse, succeed with something else."""
    wanted = prepared.wanted
    has_work = bool(prepared.plan.cached or prepared.plan.to_build)
    if has_work:
        check_writable(prepared.environment, prepared.store)
    bad = [each for each in prepared.findings if each.verdict is Verdict.PROBLEM]
    if bad and not wanted.anyway:
        said = "; ".join(each.summary for each in bad[:_MOST_FINDINGS])
        more = f"; and {len(bad) - _MOST_FINDINGS} more, see --dry-run" if len(bad) > _MOST_FINDINGS else ""
        raise MachineNotReadyError(
            f"this machine is not what the lock was made for: {said}{more}",
            hint=f"{bad[0].remedy}; or build all the same: --anyway",
        )
    if prepared.room.verdict is Verdict.PROBLEM and not wanted.anyway:
        raise StorageError(prepared.room.summary, hint=f"{prepared.room.remedy}; or try all the same: --anyway")
    for part in lock_parts(prepared.environment, Path(resolved.settings.spack_recipes)):
        if part.state == "behind" and part.name in ("recipes", "spack"):
            raise LockError(part.said, hint=part.next)
    cache_policy.refuse(prepared.caches, prepared.plan, prepared.environment.lock)
    if missing := _uncached(prepared):
        raise LockError(missing, hint="see which and why: sygaldry env cache status; or let them be built")
    if not has_work:
        return
    for mirror in mirrors_of(prepared.environment):
        if prepared.plan.to_build and (problem := no_key_problem(mirror, prepared.store)):
            raise LockError(problem, hint="make one: sygaldry env cache keys --create NAME --mail MAIL")


def shown(prepared: Prepared) -> Report:
    """Report a plan without carrying it out."""
    plan, lock = prepared.plan, prepared.environment.lock
    findings = (*prepared.findings, prepared.room)
    labels = {key: node.label for key, node in lock.nodes.items()}
    lines = [
        (
            f"{prepared.environment.folder}: {plan.total} packages to have, {len(plan.installed)} installed, "
            f"{len(plan.cached)} cached, {len(plan.to_build)} to build"
        ),
        _estimated(plan),
        *(cache_policy.line(each) for each in prepared.caches),
        *(f"{each.verdict}: {each.summary}" for each in findings if each.verdict is not Verdict.OK),
        *(f"  fetch {labels[key]} from {name}" for key, name in plan.cached.items()),
        *(f"  build {labels[key]}" + _reason(plan, key) for key in plan.to_build),
    ]
    return Report(
        {
            "environment": str(prepared.environment.folder),
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
        prepared.notes,
    )


def history(store: Store) -> dict[str, float]:
    """Load how long packages took to build here; a damaged file is only a lost estimate."""
    try:
        said = json.loads(files.read_if_there(store.own / HISTORY) or "{}")
    except (ValueError, StorageError):  # damaged, or the owner's alone
        return {}
    return {str(key): float(each) for key, each in said.items() if isinstance(each, int | float)}


def _source_notes(environment: Environment, *, locked: bool) -> tuple[str, ...]:
    """Say where the lock is not the source's; under --locked, where that cannot be known is no good either."""
    notes = []
    for part in source_parts(environment):
        if part.state != "behind" and not (locked and part.state == "unknown"):
            continue
        said = f"{part.said}: {'; '.join(part.details[:_MOST_CHANGES])}" if part.details else part.said
        if locked:
            raise LockError(said, hint=f"make the lock again: {part.next}; or build without --locked")
        notes.append(f"{said}; the lock is what gets installed (new lock: {part.next})")
    return tuple(notes)


def _uncached(prepared: Prepared) -> str:
    if not prepared.wanted.only_cache or not prepared.plan.to_build:
        return ""
    labels = [prepared.environment.lock.nodes[key].label for key in prepared.plan.to_build]
    return f"{len(labels)} packages are in no build cache: {', '.join(labels[:5])}"


def _estimated(plan: BuildPlan) -> str:
    if not plan.to_build:
        return ""
    about = f"about {plan.bytes_needed / 2**30:.0f} GiB of disk"
    if plan.seconds is None:
        return f"{about}; no estimate of the time: nothing of it was built here before"
    return f"{about}; {plan.seconds / 60:.0f} min one after the other" + (
        ", without those never built here" * plan.is_partial
    )


def _reason(plan: BuildPlan, key: str) -> str:
    return f" (cache: {plan.misses[key]})" if key in plan.misses else ""


def labels_of(environment: Environment, keys: Sequence[str]) -> list[str]:
    """Name packages for people."""
    return [environment.lock.nodes[key].label for key in keys]
