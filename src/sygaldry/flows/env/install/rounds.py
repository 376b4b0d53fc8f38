"""Install in rounds: a failure ends a round, and the next goes on with all that does not need it."""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

from sygaldry.flows.env.install.cache_fault import broken_promise
from sygaldry.flows.env.install.plan import Prepared
from sygaldry.flows.env.install.progress import Progress
from sygaldry.flows.env.install.targets import next_round
from sygaldry.flows.env.store import install_tree, load_database
from sygaldry.host.process_group import run_in_group
from sygaldry.model.command import Command
from sygaldry.model.errors import BuildError
from sygaldry.spack import commands
from sygaldry.spack.graph import above
from sygaldry.spack.output import Trouble, is_contended, trouble, troubles

_PERIOD_S = 0.5
# So many failures have one cause, such as a network that is not there.
_MOST_FAILURES = 20
# Each takes a build of somebody else's that ended in the middle.
_MOST_WAITS = 20
_WAIT_S = (0.2, 2.0)
_ELSEWHERE = "it failed in another build on this store"
_NO_ROOM = "No space left on device"


@dataclass
class Outcome:
    """What became of a build."""

    built: tuple[str, ...] = ()
    failed: dict[str, Trouble] = field(default_factory=dict)
    skipped: tuple[str, ...] = ()
    log: str = ""
    ended: str = ""  # why the rounds ended early


def built(prepared: Prepared, spack: commands.Spack, tell: Callable[[str], None]) -> Outcome:
    """Install in rounds: a failure ends a round, and the next one goes on with all that does not need it."""
    environment, store, plan, wanted = prepared.environment, prepared.store, prepared.plan, prepared.wanted
    log = (
        store.own
        / "logs"
        / f"build-{environment.name}-{time.strftime('%Y%m%dT%H%M%SZ', time.gmtime())}-{os.getpid()}.log"
    )
    outcome = Outcome(log=str(log))
    progress = Progress(environment, store, plan, tell, time.time, time.time(), outcome.failed)
    if not plan.cached and not plan.to_build:
        return outcome
    tried: tuple[tuple[str, ...], bool] = ((), False)
    waits = 0
    with log.open("ab") as output:
        while len(outcome.failed) < _MOST_FAILURES:
            left = set(plan.to_build) | set(plan.cached)
            left -= set(load_database(environment, store))
            hashes, only_cache = next_round(prepared, left, outcome.failed)
            if not hashes or tried == (hashes, only_cache) or ((wanted.only_cache or wanted.pull) and not only_cache):
                break
            tried = (hashes, only_cache)
            effort = commands.Effort(wanted.jobs, wanted.at_once, only_cache, wanted.no_cache)
            command = commands.install(spack, str(environment.folder), hashes, effort)
            start = output.tell()
            code = _round(command, output, progress)
            if not code:
                continue
            said = _said(log, start)
            if is_contended(said) and waits < _MOST_WAITS and not _new_failures(outcome, prepared, said):
                waits += 1
                tried = ((), False)
                time.sleep(random.uniform(*_WAIT_S))  # noqa: S311 - so that two do not meet again
                continue
            if only_cache:
                raise broken_promise(prepared, said, log)
            _note_failures(outcome, prepared, said, log)
            if _NO_ROOM in said:
                outcome.ended = "since the disk of the store is full"
                break
    present = set(load_database(environment, store))
    outcome.built = tuple(key for key in (*plan.cached, *plan.to_build) if key in present)
    doomed = above(environment.lock, outcome.failed) - set(outcome.failed)
    outcome.skipped = tuple(key for key in plan.to_build if key in doomed)
    return outcome


def _round(command: Command, output: object, progress: Progress) -> int:
    code = 1
    for state in run_in_group(command, output, _PERIOD_S):  # type: ignore[arg-type]  # an open binary file
        progress.look()
        code = state if state is not None else code
    return code


def _said(log: Path, start: int) -> str:
    with log.open("rb") as text:
        text.seek(start)
        return text.read().decode("utf-8", "replace")


def _note_failures(outcome: Outcome, prepared: Prepared, said: str, log: Path) -> None:
    """Find out which package failed in this round; raises BuildError if nothing can be learned."""
    first, own = _new_failures(outcome, prepared, said), troubles(said)
    if not first:
        problem = trouble(said).sentence or "Spack ended without saying why"
        todo = "; ".join(filter(None, (commands.hint_of(said), f"what Spack said: {log}")))
        raise BuildError(f"the build cannot go on: {problem}", hint=todo)
    for key in first:
        attempted = f"==> Installing {prepared.environment.lock.nodes[key].directory} " in said
        # What another build on this store failed at is told by its own log alone.
        why = own.get(key) or (trouble(said) if attempted and len(first) == 1 else Trouble())
        why = why if why.sentence or why.line else replace(why, sentence=_ELSEWHERE)
        outcome.failed[key] = why if why.log else replace(why, log=_own_log(prepared, key))


def _new_failures(outcome: Outcome, prepared: Prepared, said: str) -> set[str]:
    """Name what failed, by Spack's marks and by what it said: another build on the store may have cleared its marks.

    Spack marks what it skipped too: a failure is what has no marked package below it.
    """
    nodes = prepared.environment.lock.nodes
    marked = (_marked(prepared) | (set(troubles(said)) & set(nodes))) - set(outcome.failed)
    bad = marked | set(outcome.failed)
    return {key for key in marked if not any(edge.hash in bad for edge in nodes[key].edges)}


def _marked(prepared: Prepared) -> set[str]:
    folder = install_tree(prepared.environment, prepared.store) / ".spack-db" / "failures"
    names = [each.name for each in folder.iterdir()] if folder.is_dir() else []
    return {name[-32:] for name in names} & set(prepared.environment.lock.nodes)


def _own_log(prepared: Prepared, key: str) -> str:
    node = prepared.environment.lock.nodes[key]
    roots = [prepared.store.locate(each) for each in prepared.environment.manifest.stages]
    found = (path for root in roots for path in root.glob(f"**/spack-stage-{node.directory}/spack-build-out.txt"))
    return next((str(path) for path in found), "")
