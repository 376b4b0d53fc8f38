"""Install exactly a lock: plan, hold the machine against it, build in rounds, make the view, tell what happened."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace

from sygaldry.config.resolve import Resolved
from sygaldry.flows.env.cache.query import left_out
from sygaldry.flows.env.install import session as around
from sygaldry.flows.env.install.autopush import pushing, without_autopush
from sygaldry.flows.env.install.plan import Prepared, refuse_to_build
from sygaldry.flows.env.install.report import told
from sygaldry.flows.env.install.rounds import Outcome, built
from sygaldry.flows.env.spack import find_spack, seed_index
from sygaldry.flows.env.status import store_parts
from sygaldry.flows.env.store import check_writable, is_writable
from sygaldry.host import files
from sygaldry.model.report import Report
from sygaldry.spack import commands


def env_build(prepared: Prepared, resolved: Resolved, run: around.Run, tell: Callable[[str], None]) -> Report:
    """Carry a plan out; exit code 1 when a package failed. Whatever was built stays and is used the next time."""
    environment, store = prepared.environment, prepared.store
    spack = find_spack(resolved, store, verb=f"{environment.folder}/build.sh", wanted=environment.lock.spack)
    spack = replace(spack, offline=prepared.wanted.offline, without=left_out(prepared.caches))
    refuse_to_build(prepared, resolved)
    if not is_writable(environment, store):
        return _as_it_is(prepared)
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
    return told(prepared, outcome)


def _as_it_is(prepared: Prepared) -> Report:
    """Be content with a store of somebody else's, or a read-only one, in which nothing is missing."""
    environment, store = prepared.environment, prepared.store
    if any(part.state != "ok" for part in store_parts(environment, store)):
        check_writable(environment, store)
    return told(prepared, Outcome())
