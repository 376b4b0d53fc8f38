"""Plan a build, and refuse one that cannot go well."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from sygaldry.config.resolve import Resolved
from sygaldry.flows import _cache_told
from sygaldry.flows._caches import ask_caches
from sygaldry.flows._environment import Environment, Store
from sygaldry.flows._machine_facts import machine_facts
from sygaldry.flows._mirror_readers import Asker, Fetch
from sygaldry.flows._mirrors import mirrors_of, no_key_problem
from sygaldry.flows._orphans import orphans
from sygaldry.flows._spack import spack_at
from sygaldry.flows._store import load_database
from sygaldry.flows.env_status import lock_parts, source_changes
from sygaldry.host import files
from sygaldry.model.command import Command, Completed
from sygaldry.model.errors import LockError, MachineNotReadyError, StorageError
from sygaldry.model.finding import Finding, Verdict
from sygaldry.model.report import Report
from sygaldry.spack.database import installed_of
from sygaldry.spack.hits import Hits
from sygaldry.spack.machine import judge_machine
from sygaldry.spack.plan import BuildPlan, build_plan

HISTORY = "history.json"


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
    findings = judge_machine(lock, machine_facts(lock, store.here, run), plan.bytes_needed)
    problems = [note for each in caches for note in _cache_told.notes(each)]
    problems += [each.said() for each in orphans(environment, store)]
    return Prepared(environment, store, plan, caches, findings, wanted, (*notes, *problems))


def refuse_to_build(prepared: Prepared, resolved: Resolved) -> None:
    """Raise for what would make the build fail or, worse, succeed with something else."""
    wanted = prepared.wanted
    bad = [each for each in prepared.findings if each.verdict is Verdict.PROBLEM]
    if bad and not wanted.anyway:
        raise MachineNotReadyError(
            "this machine is not what the lock was made for: " + "; ".join(each.summary for each in bad),
            hint=f"{bad[0].remedy}; or build all the same: --anyway",
        )
    for part in lock_parts(prepared.environment, Path(resolved.settings.spack_recipes)):
        if part.state == "behind" and part.name in ("recipes", "spack"):
            raise LockError(part.said, hint=part.next)
    _cache_told.refuse(prepared.caches, prepared.plan, prepared.environment.lock)
    if missing := _uncached(prepared):
        raise LockError(missing, hint="see which and why: sygaldry env cache status; or let them be built")
    if not prepared.plan.cached and not prepared.plan.to_build:
        return
    for mirror in mirrors_of(prepared.environment):
        if prepared.plan.to_build and (problem := no_key_problem(mirror, prepared.store)):
            raise LockError(problem, hint="make one: sygaldry env cache keys --create NAME --mail MAIL")
    _check_writable(prepared.store.here)


def shown(prepared: Prepared) -> Report:
    """Report a plan without carrying it out."""
    plan, lock = prepared.plan, prepared.environment.lock
    labels = {key: node.label for key, node in lock.nodes.items()}
    lines = [
        (
            f"{prepared.environment.folder}: {plan.total} packages to have, {len(plan.installed)} installed, "
            f"{len(plan.cached)} cached, {len(plan.to_build)} to build"
        ),
        _estimated(plan),
        *(_cache_told.line(each) for each in prepared.caches),
        *(f"{each.verdict}: {each.summary}" for each in prepared.findings if each.verdict is not Verdict.OK),
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
            "findings": [{"verdict": each.verdict, "summary": each.summary} for each in prepared.findings],
        },
        tuple(line for line in lines if line),
        prepared.notes,
    )


def history(store: Store) -> dict[str, float]:
    """Load how long packages took to build here; a damaged file is only a lost estimate."""
    try:
        said = json.loads(files.read_if_there(store.own / HISTORY) or "{}")
    except ValueError:
        return {}
    return {str(key): float(each) for key, each in said.items() if isinstance(each, int | float)}


def _source_notes(environment: Environment, *, locked: bool) -> tuple[str, ...]:
    changes = source_changes(environment)
    if not changes:
        return ()
    said = f"{environment.source.name} was edited after the lock was made: {'; '.join(changes[:5])}"
    if locked:
        raise LockError(
            said, hint=f"make the lock again: sygaldry env lock {environment.folder}; or build without --locked"
        )
    return (f"{said}; the lock is what gets installed (new lock: sygaldry env lock {environment.folder})",)


def _uncached(prepared: Prepared) -> str:
    if not prepared.wanted.only_cache or not prepared.plan.to_build:
        return ""
    labels = [prepared.environment.lock.nodes[key].label for key in prepared.plan.to_build]
    return f"{len(labels)} packages are in no build cache: {', '.join(labels[:5])}"


def _check_writable(folder: Path) -> None:
    import os

    existing = next(each for each in (folder, *folder.parents) if each.exists())
    if not os.access(existing, os.W_OK | os.X_OK):
        status = existing.stat()
        raise StorageError(
            f"the store {folder} cannot be written: {existing} belongs to user {status.st_uid}, or is read-only",
            hint="is it yours? see: sygaldry storage show; another place: SYGALDRY_STORAGE_ROOT=/some/folder",
        )


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
