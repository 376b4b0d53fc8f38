"""Install exactly a lock: plan, hold the machine against it, build in rounds, make the view, tell what happened."""

from __future__ import annotations

import json
import os
import platform
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path

from sygaldry.config.resolve import Resolved
from sygaldry.flows._build_plan import HISTORY, Prepared, Wanted, history, labels_of, refuse_to_build
from sygaldry.flows._build_progress import Progress
from sygaldry.flows._caches import mirrors_of
from sygaldry.flows._environment import MANIFEST, SOURCE, Environment, Store
from sygaldry.flows._spack import find_spack, seed_index
from sygaldry.flows._store import install_tree, load_database, load_records
from sygaldry.flows.env_status import store_parts
from sygaldry.host import files
from sygaldry.host.group import watched
from sygaldry.model.command import Command, Completed
from sygaldry.model.errors import BuildError, LockError, SygaldryError
from sygaldry.model.report import Report
from sygaldry.spack import commands
from sygaldry.spack.graph import above
from sygaldry.spack.lock import canonical, parse_lock
from sygaldry.spack.output import Trouble, trouble
from sygaldry.spack.plan import next_targets

_PERIOD_S = 0.5
# So many failures have one cause, such as a network that is not there.
_MOST_FAILURES = 20
_MOST_NAMES = 15


@dataclass
class Outcome:
    """What became of a build."""

    built: tuple[str, ...] = ()
    failed: dict[str, Trouble] = field(default_factory=dict)
    skipped: tuple[str, ...] = ()
    log: str = ""


def env_build(prepared: Prepared, resolved: Resolved, run: Run, tell: Callable[[str], None]) -> Report:
    """Carry a plan out; exit code 1 when a package failed. Whatever was built stays and is used the next time."""
    environment, store = prepared.environment, prepared.store
    spack = find_spack(resolved, store, verb=f"{environment.folder}/build.sh", wanted=environment.lock.spack)
    spack = replace(spack, offline=prepared.wanted.offline)
    refuse_to_build(prepared, resolved)
    for folder in (store.here, store.own, store.own / "logs"):
        files.make_folder(folder)
    with ExitStack() as held:
        _only_build(held, environment, store, prepared.wanted)
        _claim_view(environment, store)
        _prepare_manifest(environment, tell)
        seed_index(store, store.here / "cache" / "misc")
        _mend_database(environment, store, spack, run, tell)
        before = environment.lock_path.read_text()
        outcome = _built(prepared, spack, tell)
        _restore_lock(environment, before, tell)
        _index_pushed(environment, spack, outcome, run, tell)
        regenerate = commands.regenerate_view(spack, str(environment.folder))
        viewed = _viewed(environment, store, outcome, lambda: run(regenerate))
        _remember(environment, store, outcome)
    if viewed is not None and not viewed.ok and not outcome.failed:
        raise commands.failure(viewed, "everything is installed, but the view could not be made")
    return _told(prepared, outcome)


Run = Callable[[Command], Completed]


def _built(prepared: Prepared, spack: commands.Spack, tell: Callable[[str], None]) -> Outcome:
    """Install in rounds: a failure ends a round, and the next one goes on with all that does not need it."""
    environment, store, plan, wanted = prepared.environment, prepared.store, prepared.plan, prepared.wanted
    log = (
        store.own
        / "logs"
        / f"build-{environment.name}-{time.strftime('%Y%m%dT%H%M%SZ', time.gmtime())}-{os.getpid()}.log"
    )
    outcome = Outcome(log=str(log))
    progress = Progress(environment, store, plan, tell, time.time)
    fetched = _from_cache(prepared)
    todo = [(fetched, True)] if fetched else []
    if not plan.cached and not plan.to_build:
        return outcome
    tried: tuple[tuple[str, ...], bool] = ((), False)
    with log.open("ab") as output:
        while len(outcome.failed) < _MOST_FAILURES:
            left = set(plan.to_build) | set(plan.cached)
            left -= set(load_database(environment, store))
            hashes, only_cache = todo.pop(0) if todo else (next_targets(environment.lock, left, outcome.failed), False)
            if not hashes or tried == (hashes, only_cache) or ((wanted.only_cache or wanted.pull) and not only_cache):
                break
            tried = (hashes, only_cache)
            effort = commands.Effort(wanted.jobs, wanted.at_once, only_cache, wanted.no_cache)
            command = commands.install(spack, str(environment.folder), hashes, effort)
            start = output.tell()
            code = _round(command, output, progress)
            if code and only_cache:
                raise _broken_promise(log, start)
            if code:
                _note_failures(outcome, prepared, log, start)
    present = set(load_database(environment, store))
    outcome.built = tuple(key for key in (*plan.cached, *plan.to_build) if key in present)
    doomed = above(environment.lock, outcome.failed) - set(outcome.failed)
    outcome.skipped = tuple(key for key in plan.to_build if key in doomed)
    return outcome


def _from_cache(prepared: Prepared) -> tuple[str, ...]:
    """Name the cached tops whose run-time needs are all cached or there: they need nothing that only builds."""
    from sygaldry.spack.graph import closure

    lock, plan = prepared.environment.lock, prepared.plan
    there = {*plan.cached, *plan.installed, *(node.hash for node in lock.externals)}
    whole = {key for key in plan.cached if closure(lock, [key], to_run=True) <= there}
    covered = {edge.hash for key in whole for edge in lock.nodes[key].edges if edge.is_needed_to_run}
    return tuple(sorted(whole - covered))


def _round(command: Command, output: object, progress: Progress) -> int:
    code = 1
    for state in watched(command, output, _PERIOD_S):  # type: ignore[arg-type]  # an open binary file
        progress.look()
        code = state if state is not None else code
    return code


def _said(log: Path, start: int) -> str:
    with log.open("rb") as text:
        text.seek(start)
        return text.read().decode("utf-8", "replace")


def _broken_promise(log: Path, start: int) -> BuildError:
    """Stop where a cache does not give what its index promises: building it all instead would take hours unasked."""
    why = trouble(_said(log, start)).sentence or "see its log"
    return BuildError(
        f"a build cache has packages that Spack would not take: {why}",
        hint=f"trust its keys: sygaldry env cache keys --trust; or build all: --no-cache; what Spack said: {log}",
    )


def _note_failures(outcome: Outcome, prepared: Prepared, log: Path, start: int) -> None:
    """Find out which package failed in this round; raises BuildError if nothing can be learned."""
    said = _said(log, start)
    marked = _marked(prepared) - set(outcome.failed)
    lock = prepared.environment.lock
    # Spack marks what it skipped too: the failure is what has no marked package below it.
    first = {
        key
        for key in marked
        if not any(edge.hash in marked or edge.hash in outcome.failed for edge in lock.nodes[key].edges)
    }
    found = trouble(said)
    if not first:
        problem = found.sentence or "Spack ended without saying why"
        raise BuildError(f"the build cannot go on: {problem}", hint=f"what Spack said: {log}")
    for key in first:
        outcome.failed[key] = found if len(first) == 1 else Trouble(log=_own_log(prepared, key) or found.log)


def _marked(prepared: Prepared) -> set[str]:
    folder = install_tree(prepared.environment, prepared.store) / ".spack-db" / "failures"
    names = [each.name for each in folder.iterdir()] if folder.is_dir() else []
    return {name[-32:] for name in names} & set(prepared.environment.lock.nodes)


def _own_log(prepared: Prepared, key: str) -> str:
    node = prepared.environment.lock.nodes[key]
    roots = [prepared.store.locate(each) for each in prepared.environment.manifest.stages]
    found = (path for root in roots for path in root.glob(f"**/spack-stage-{node.directory}/spack-build-out.txt"))
    return next((str(path) for path in found), "")


def _only_build(held: ExitStack, environment: Environment, store: Store, wanted: Wanted) -> None:
    """Let one build of an environment run on a host; another host joins it through Spack's own locks."""
    path = store.own / f"build-{environment.name}-{platform.node()}.lock"
    if held.enter_context(files.locked(path, wait=False)) is None and not wanted.join:
        raise BuildError(
            f"another build of {environment.name} is running on this machine",
            hint="wait for it, or share its work: --join",
        )


def _claim_view(environment: Environment, store: Store) -> None:
    """Write down whose view it is; another environment's is never overwritten."""
    view = environment.manifest.view
    if not view:
        return
    path = store.own / "views.json"
    with files.locked(store.own / "views.lock"):
        try:
            claims = json.loads(files.read_if_there(path) or "{}")
        except ValueError:
            claims = {}
        owner = claims.get(view, "")
        if owner and owner != str(environment.folder) and Path(owner).is_dir():
            raise LockError(
                f"the view {view} belongs to another environment: {owner}",
                hint=f"give this one a view of its own in {environment.source.name}: view: default: root: {view}-2",
            )
        link = store.locate(view)
        if link.exists() and not link.is_symlink():
            raise LockError(f"{link} is in the way of the view: it is no link", hint=f"move it: mv {link} {link}.old")
        files.replace(path, json.dumps(claims | {view: str(environment.folder)}, indent=1) + "\n")


def _mend_database(
    environment: Environment, store: Store, spack: commands.Spack, run: Run, tell: Callable[[str], None]
) -> None:
    """Let Spack look at its store anew when packages were deleted behind its back: it would never build them again."""
    records = load_records(environment, store)
    gone = sorted(set(records) - set(load_database(environment, store)))
    if not gone:
        return
    tell(f"{len(gone)} packages are gone from the store: {', '.join(records[key].name for key in gone[:5])}")
    done = run(spack.command("reindex", environment=str(environment.folder)))
    if not done.ok:
        raise commands.failure(done, "Spack's database cannot be mended")


def _index_pushed(
    environment: Environment, spack: commands.Spack, outcome: Outcome, run: Run, tell: Callable[[str], None]
) -> None:
    """Put what was pushed package by package into the index of its cache, also after a failure."""
    for mirror in mirrors_of(environment):
        if mirror.autopush and mirror.binary and outcome.built:
            done = run(commands.update_index(spack, str(environment.folder), mirror.name))
            if not done.ok:
                tell(f"the index of {mirror.name} could not be made anew: {done.last_line}")
            if mirror.signed:
                run(commands.publish_keys(spack, str(environment.folder), mirror.name))
                run(commands.end_agent(spack))


def _viewed(
    environment: Environment, store: Store, outcome: Outcome, regenerate: Callable[[], Completed]
) -> Completed | None:
    """Make the view anew, unless it is as it should be: that is the second and a half of a build with nothing to do."""
    if not environment.manifest.view:
        return None
    if not outcome.built and store_parts(environment, store)[-1].state == "ok":
        return None
    return regenerate()


def _prepare_manifest(environment: Environment, tell: Callable[[str], None]) -> None:
    """Copy the source to spack.yaml where Spack wants it, if it is not the same already."""
    source, target = environment.folder / SOURCE, environment.folder / MANIFEST
    if not source.exists():
        return
    if files.read_if_there(target) == source.read_text():
        return
    if target.exists():
        tell(f"{target} is replaced by a copy of {SOURCE}")
    files.replace(target, source.read_text(), 0o644)


def _restore_lock(environment: Environment, before: str, tell: Callable[[str], None]) -> None:
    """Keep the lock as it was: Spack writes it anew after an install, and it is not Spack's to change."""
    after = environment.lock_path.read_text()
    if after == before:
        return
    if canonical(parse_lock(after, str(environment.lock_path))) != canonical(environment.lock):
        tell("Spack wrote another lock, because spack_src.yaml asks for other specs; the lock was put back")
    files.replace(environment.lock_path, before, 0o644)


def _remember(environment: Environment, store: Store, outcome: Outcome) -> None:
    """Add the times of what was built to the history, for the next estimate."""
    times = history(store)
    database = load_database(environment, store)
    for key in outcome.built:
        path = store.locate(database[key].path) / ".spack" / "install_times.json"
        try:
            told = json.loads(files.read_if_there(path) or "{}")
            if not told.get("cache", True):
                times[environment.lock.nodes[key].label] = round(float(told["total"]), 2)
        except (ValueError, KeyError, TypeError, SygaldryError):
            continue
    files.replace(store.own / HISTORY, json.dumps(times, indent=0, sort_keys=True) + "\n")


def _told(prepared: Prepared, outcome: Outcome) -> Report:
    environment, plan = prepared.environment, prepared.plan
    left = set() if prepared.wanted.pull else {*plan.cached, *plan.to_build} - set(outcome.built)
    from_cache = [key for key in outcome.built if key in plan.cached]
    built = [key for key in outcome.built if key not in plan.cached]
    head = (
        f"{environment.name}: {len(built)} built, {len(from_cache)} from caches, {len(plan.installed)} already there, "
        f"{len(outcome.failed)} failed, {len(outcome.skipped)} skipped"
    )
    lines = [head]
    for key, why in outcome.failed.items():
        lines.append(f"failed: {environment.lock.nodes[key].label}: {why.line or why.sentence or 'see its log'}")
        if why.log:
            lines.append(f"  log: {why.log}")
    untried = left - set(outcome.failed) - set(outcome.skipped)
    if untried:
        lines.append(f"not tried after so many failures: {len(untried)} packages")
    if outcome.skipped:
        causing = tuple(key for key in outcome.failed if above(environment.lock, [key]) & set(outcome.skipped))
        causes = ", ".join(labels_of(environment, causing))
        names = labels_of(environment, outcome.skipped)
        more = f" and {len(names) - _MOST_NAMES} more" if len(names) > _MOST_NAMES else ""
        lines.append(f"skipped because of {causes}: {', '.join(names[:_MOST_NAMES])}{more}")
    notes = [f"what Spack said: {outcome.log}"] if outcome.failed else []
    logs = [each.log for each in outcome.failed.values() if each.log]
    notes += [f"type: sygaldry job explain {logs[0]}"] if logs else []
    return Report(
        {
            "environment": str(environment.folder),
            "built": labels_of(environment, built),
            "from_caches": labels_of(environment, from_cache),
            "reused": labels_of(environment, plan.installed),
            "failed": {
                environment.lock.nodes[key].label: {"why": why.line or why.sentence, "log": why.log}
                for key, why in outcome.failed.items()
            },
            "skipped": labels_of(environment, outcome.skipped),
            "log": outcome.log,
        },
        tuple(lines),
        tuple(notes),
        exit_code=1 if outcome.failed or left else 0,
    )
