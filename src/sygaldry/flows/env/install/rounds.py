"""Install in rounds: a failure ends a round, and the next continues with everything independent of it."""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace
from pathlib import Path

from sygaldry.flows.env.install.caches import missing_package_error
from sygaldry.flows.env.install.plan import BuildContext
from sygaldry.flows.env.install.progress import Progress
from sygaldry.flows.env.store import install_tree, load_database
from sygaldry.host.process_group import run_in_group
from sygaldry.model.command import Command
from sygaldry.model.errors import BuildError
from sygaldry.spack import commands
from sygaldry.spack.graph import above, closure
from sygaldry.spack.output import InstallFailure, installed_here, is_contended, parse_failure, parse_failures
from sygaldry.spack.plan import next_targets

_PERIOD_S = 0.5
# So many failures have one cause, such as a network that is not there.
_MOST_FAILURES = 20
# Each wait is for another build that was interrupted.
_MOST_WAITS = 20
_WAIT_S = (0.2, 2.0)
_ELSEWHERE = "it failed in another build on this store"
_NO_ROOM = "No space left on device"


@dataclass
class Outcome:
    """The outcome of a build."""

    built: tuple[str, ...] = ()
    failed: dict[str, InstallFailure] = field(default_factory=dict)
    skipped: tuple[str, ...] = ()
    log: str = ""
    ended: str = ""  # why the rounds ended early
    by_others: tuple[str, ...] = ()  # installed meanwhile by another build on the store


def run_rounds(context: BuildContext, spack: commands.Spack, report_progress: Callable[[str], None]) -> Outcome:
    """Install in rounds: a failure ends a round, and the next one continues with everything independent of it."""
    environment, store, plan, options = context.environment, context.store, context.plan, context.options
    log = (
        store.own
        / "logs"
        / f"build-{environment.name}-{time.strftime('%Y%m%dT%H%M%SZ', time.gmtime())}-{os.getpid()}.log"
    )
    outcome = Outcome(log=str(log))
    progress = Progress(environment, store, plan, report_progress, time.time, time.time(), outcome.failed)
    if not plan.cached and not plan.to_build:
        return outcome
    tried: tuple[tuple[str, ...], bool] = ((), False)
    waits = 0
    with log.open("ab") as output:
        while len(outcome.failed) < _MOST_FAILURES:
            left = set(plan.to_build) | set(plan.cached)
            left -= set(load_database(environment, store))
            hashes, only_cache = next_round(context, left, outcome.failed)
            if not hashes or tried == (hashes, only_cache) or ((options.only_cache or options.pull) and not only_cache):
                break
            tried = (hashes, only_cache)
            effort = commands.Effort(context.jobs, options.at_once, only_cache, options.no_cache)
            command = commands.install(spack, str(environment.folder), hashes, effort)
            start = output.tell()
            code = _round(command, output, progress)
            if not code:
                continue
            text = _read_from(log, start)
            if is_contended(text) and waits < _MOST_WAITS and not _new_failures(outcome, context, text):
                waits += 1
                tried = ((), False)
                time.sleep(random.uniform(*_WAIT_S))  # noqa: S311 - so that two do not meet again
                continue
            if only_cache:
                mirrors = {each.mirror.name: each.mirror for each in context.caches}
                cached = {environment.lock.nodes[key]: mirrors[name] for key, name in plan.cached.items()}
                raise missing_package_error(cached, environment, store, text, log)
            _note_failures(outcome, context, text, log)
            if _NO_ROOM in text:
                outcome.ended = "since the disk of the store is full"
                break
    present = set(load_database(environment, store))
    own = installed_here(_read_from(log, 0))
    arrived = tuple(key for key in (*plan.cached, *plan.to_build) if key in present)
    outcome.built = tuple(key for key in arrived if key in own)
    outcome.by_others = tuple(key for key in arrived if key not in own)
    doomed = above(environment.lock, outcome.failed) - set(outcome.failed)
    outcome.skipped = tuple(key for key in plan.to_build if key in doomed)
    return outcome


def _round(command: Command, output: object, progress: Progress) -> int:
    code = 1
    for state in run_in_group(command, output, _PERIOD_S):  # type: ignore[arg-type]  # an open binary file
        progress.update()
        code = state if state is not None else code
    return code


def _read_from(log: Path, start: int) -> str:
    with log.open("rb") as text:
        text.seek(start)
        return text.read().decode("utf-8", "replace")


def _note_failures(outcome: Outcome, context: BuildContext, text: str, log: Path) -> None:
    """Find the package that failed in this round; raises BuildError if none can be identified."""
    first, own = _new_failures(outcome, context, text), parse_failures(text)
    if not first:
        problem = parse_failure(text).sentence or "Spack ended without saying why"
        todo = "; ".join(filter(None, (commands.hint_of(text), f"Spack's output: {log}")))
        raise BuildError(f"the build cannot go on: {problem}", hint=todo)
    for key in first:
        attempted = f"==> Installing {context.environment.lock.nodes[key].directory} " in text
        # A failure of another build on this store is explained by that build's log alone.
        why = own.get(key) or (parse_failure(text) if attempted and len(first) == 1 else InstallFailure())
        why = why if why.sentence or why.line else replace(why, sentence=_ELSEWHERE)
        outcome.failed[key] = why if why.log else replace(why, log=_own_log(context, key))


def _new_failures(outcome: Outcome, context: BuildContext, text: str) -> set[str]:
    """Name the failed packages by Spack's marks and its output: another build on the store may have cleared the marks.

    Spack marks what it skipped too: a failure is what has no marked package below it.
    """
    nodes = context.environment.lock.nodes
    marked = (_marked(context) | (set(parse_failures(text)) & set(nodes))) - set(outcome.failed)
    bad = marked | set(outcome.failed)
    return {key for key in marked if not any(edge.hash in bad for edge in nodes[key].edges)}


def _marked(context: BuildContext) -> set[str]:
    folder = install_tree(context.environment, context.store) / ".spack-db" / "failures"
    names = [each.name for each in folder.iterdir()] if folder.is_dir() else []
    return {name[-32:] for name in names} & set(context.environment.lock.nodes)


def _own_log(context: BuildContext, key: str) -> str:
    node = context.environment.lock.nodes[key]
    roots = [context.store.locate(each) for each in context.environment.manifest.stages]
    found = (path for root in roots for path in root.glob(f"**/spack-stage-{node.directory}/spack-build-out.txt"))
    return next((str(path) for path in found), "")


def next_round(context: BuildContext, left: Collection[str], failed: Collection[str]) -> tuple[tuple[str, ...], bool]:
    """Name what is installed next, and whether from caches alone.

    First what needs nothing to run that is still to be built, from the caches alone; then what is built before the
    rest of that. By default, Spack silently builds a package whose archive it rejects.
    """
    lock, cached = context.environment.lock, set(left) & set(context.plan.cached)
    whole = {key for key in cached if closure(lock, [key], to_run=True) & set(left) <= cached}
    if whole:
        covered = {edge.hash for key in whole for edge in lock.nodes[key].edges if edge.is_needed_to_run}
        return tuple(sorted(whole - covered)), True
    return next_targets(lock, set(left) - above(lock, cached), failed), False
