"""Plan a build: what has to be done, how long it takes, and the facts that decide whether it may begin."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from sygaldry.flows.env.cache.query import query_caches
from sygaldry.flows.env.cache.readers import Fetch, MirrorClient
from sygaldry.flows.env.environment import Environment, Store
from sygaldry.flows.env.inspection import Inspection, inspect_store
from sygaldry.flows.env.install.caches import cache_notes
from sygaldry.flows.env.install.machine_facts import machine_facts, machine_size, speed_factor
from sygaldry.flows.env.orphans import orphans
from sygaldry.flows.env.parts import source_parts
from sygaldry.flows.env.spack import spack_at
from sygaldry.flows.env.store import load_database
from sygaldry.host import files
from sygaldry.host.checkout import find_checkout
from sygaldry.model.command import Command, Completed
from sygaldry.model.errors import LockError, StorageError
from sygaldry.model.finding import Finding
from sygaldry.model.json_text import parse_json
from sygaldry.spack.cache_hits import Hits
from sygaldry.spack.compatibility import judge_disk, judge_externals, judge_machine
from sygaldry.spack.database import installed_of
from sygaldry.spack.effort import choose_jobs
from sygaldry.spack.estimates import estimate
from sygaldry.spack.lock_formats import NEWEST
from sygaldry.spack.plan import BuildPlan, build_plan

HISTORY = "history.json"
SIZES = "sizes.json"

_MOST_CHANGES = 5
_MOST_MEASURED = 1e15


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
    accept_unknown: frozenset[str] = frozenset()


@dataclass(frozen=True)
class BuildContext:
    """A plan and everything that decides whether it may run; `jobs` are the compile jobs that fit the memory."""

    environment: Environment
    store: Store
    plan: BuildPlan
    caches: tuple[Hits, ...]
    findings: tuple[Finding, ...]
    room: Finding
    options: BuildOptions
    notes: tuple[str, ...] = ()
    externals: Mapping[str, Finding] = field(default_factory=dict)
    jobs: int = 0
    effort_note: str = ""
    inspection: Inspection = field(default_factory=Inspection)  # of what is installed

    @property
    def has_work(self) -> bool:
        return bool(self.plan.cached or self.plan.to_build)


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
    database = load_database(environment, store)
    installed = installed_of(lock, database)
    inspection = inspect_store(store, [node for node in lock.to_install if node.hash in database], database)
    client = MirrorClient(fetch, run, spack_at(environment.spack_root, store), options.offline)
    caches = () if options.no_cache else query_caches(environment, store, client)
    known = estimate(lock, load_history(store, HISTORY), speed_factor)
    plan = build_plan(lock, installed, caches, known, load_history(store, SIZES))
    facts = machine_facts(lock, store.here, run, _checkout(environment.folder))
    jobs, effort_note = choose_jobs([lock.nodes[key] for key in plan.to_build], machine_size(), options.jobs)
    usable = [each for each in caches if not (each.blocks_build and plan.to_build)]  # the refusal states the others
    problems = [note for each in usable for note in cache_notes(each)]
    problems += [each.describe() for each in orphans(environment, store)]
    problems += _format_notes(environment, plan)
    problems += [warning] if (warning := inspection.warning(environment)) else []
    return BuildContext(
        environment,
        store,
        plan,
        caches,
        judge_machine(lock, facts, environment.argument),
        judge_disk(facts, plan.bytes_needed),
        options,
        (*notes, *problems),
        judge_externals(lock, facts),
        jobs,
        effort_note,
        inspection,
    )


def load_history(store: Store, name: str) -> dict[str, float]:
    """Load what earlier builds measured; a damaged file is only a lost estimate."""
    try:
        summary = parse_json(files.read_if_there(store.own / name) or "{}")
    except (ValueError, StorageError):  # damaged, or the owner's alone
        return {}
    found = summary if isinstance(summary, dict) else {}
    return {str(key): float(each) for key, each in found.items() if _is_measurement(each)}


def _is_measurement(value: object) -> bool:
    """Whether a number can be seconds or bytes that somebody measured: code inside may write this file."""
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < _MOST_MEASURED


def _checkout(folder: Path) -> Path:
    """Find the repository that an environment comes with: its programs are not run on this machine."""
    return find_checkout(folder) or folder


def _source_notes(environment: Environment, *, locked: bool) -> tuple[str, ...]:
    """Report a lock that does not match its source; --locked also refuses an unknown origin."""
    notes = []
    for part in source_parts(environment):
        if part.state != "behind" and not (locked and part.state == "unknown"):
            continue
        summary = f"{part.summary}: {'; '.join(part.details[:_MOST_CHANGES])}" if part.details else part.summary
        if locked:
            again = f"lock again: {part.next}; or " if part.next else ""
            raise LockError(summary, hint=f"{again}build without --locked")
        notes.append(f"{summary}; the lock is what gets installed (new lock: {part.next})")
    return tuple(notes)


def _format_notes(environment: Environment, plan: BuildPlan) -> list[str]:
    """Warn of source builds from an old lock: Spack 1.1 puts its compiler wrapper into the locks that it writes."""
    lock = environment.lock
    if lock.format >= NEWEST or not plan.to_build:
        return []
    why = "Spack 1.1 installs it from caches, but what it compiles may not find its dependencies"
    lacks = f"lock format {lock.format} has no compiler wrapper among its packages"
    relock = f"; lock again: sygaldry env lock {environment.argument}" if environment.has_source else ""
    return [f"{lacks}: {why}{relock}"]


def labels_of(environment: Environment, keys: Sequence[str]) -> list[str]:
    """Name packages for people."""
    return [environment.lock.nodes[key].label for key in keys]
