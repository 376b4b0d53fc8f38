"""Install exactly a lock: plan, hold the machine against it, build in rounds, make the view, tell what happened."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace

from sygaldry.config.resolve import Resolved
from sygaldry.flows import _build_around as around
from sygaldry.flows._build_plan import Prepared, labels_of, refuse_to_build
from sygaldry.flows._build_rounds import Outcome, built
from sygaldry.flows._caches import left_out
from sygaldry.flows._pushing import pushing, without_autopush
from sygaldry.flows._spack import find_spack, seed_index
from sygaldry.host import files
from sygaldry.model.report import Report
from sygaldry.spack import commands
from sygaldry.spack.graph import above

_MOST_NAMES = 15


def env_build(prepared: Prepared, resolved: Resolved, run: around.Run, tell: Callable[[str], None]) -> Report:
    """Carry a plan out; exit code 1 when a package failed. Whatever was built stays and is used the next time."""
    environment, store = prepared.environment, prepared.store
    spack = find_spack(resolved, store, verb=f"{environment.folder}/build.sh", wanted=environment.lock.spack)
    spack = replace(spack, offline=prepared.wanted.offline, without=left_out(prepared.caches))
    refuse_to_build(prepared, resolved)
    for folder in (store.here, store.own, store.own / "logs"):
        files.make_folder(folder)
    with ExitStack() as held:
        around.only_build(held, environment, store, prepared.wanted)
        around.claim_view(environment, store)
        around.prepare_manifest(environment, tell)
        seed_index(store, store.here / "cache" / "misc")
        around.mend_database(environment, store, spack, run, tell)
        around.no_agent_left(held, prepared, spack, run)
        before = environment.lock_path.read_text()
        try:
            with pushing(prepared, spack, run, tell):
                outcome = built(prepared, without_autopush(environment, spack), tell)
        finally:
            around.restore_lock(environment, before, tell)
        regenerate = commands.regenerate_view(spack, str(environment.folder))
        view = around.made_view(environment, store, lambda: run(regenerate))
        around.remember(environment, store, outcome)
    if view is not None and not view.ok and not outcome.failed:
        raise commands.failure(view, "everything is installed, but the view could not be made")
    return _told(prepared, outcome)


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
