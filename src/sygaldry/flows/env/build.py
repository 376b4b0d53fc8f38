"""Install exactly a lock: plan, check the machine, build in rounds, make the view, report."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace

from sygaldry.config.resolve import Resolved
from sygaldry.flows.env.cache.query import unreachable_mirrors
from sygaldry.flows.env.install import session
from sygaldry.flows.env.install.autopush import push_during_build, without_autopush
from sygaldry.flows.env.install.plan import BuildContext
from sygaldry.flows.env.install.refusals import refuse_to_build
from sygaldry.flows.env.install.report import build_report
from sygaldry.flows.env.install.rounds import Outcome, run_rounds
from sygaldry.flows.env.parts import store_parts
from sygaldry.flows.env.spack import find_spack, seed_index
from sygaldry.flows.env.store import check_writable, is_writable
from sygaldry.host import files
from sygaldry.model.report import Report
from sygaldry.spack import commands


def env_build(
    context: BuildContext, resolved: Resolved, run: session.Run, report_progress: Callable[[str], None]
) -> Report:
    """Run a plan; exit code 1 when a package failed. Installed packages are kept and reused."""
    environment, store = context.environment, context.store
    refuse_to_build(context, resolved)
    spack = find_spack(resolved, store, environment, verb="env build", wanted=environment.lock.required_spack)
    spack = replace(spack, offline=context.options.offline, without=unreachable_mirrors(context.caches))
    if not is_writable(environment, store):
        return _read_only_report(context)
    for folder in (store.here, store.own, store.own / "logs"):
        files.make_folder(folder)
    with ExitStack() as stack:
        session.lock_environment(stack, environment, store, context.options)
        session.claim_view(environment, store)
        session.prepare_manifest(environment, report_progress)
        seed_index(store, store.here / "cache" / "misc")
        session.reindex_store(environment, store, spack, run, report_progress)
        session.stop_gpg_agent_on_exit(stack, context, spack, run)
        before = environment.lock_path.read_text()
        try:
            with push_during_build(context, spack, run, report_progress):
                outcome = run_rounds(context, without_autopush(environment, spack), report_progress)
        finally:
            session.restore_lock(environment, before, report_progress)
        regenerate = commands.regenerate_view(spack, str(environment.folder))
        view = session.refresh_view(environment, store, lambda: run(regenerate))
        session.record_times(environment, store, outcome)
    if view is not None and not view.ok and not outcome.failed:
        raise commands.failure(view, "everything is installed, but the view could not be made")
    return build_report(context, outcome)


def _read_only_report(context: BuildContext) -> Report:
    """Accept a store without write access if nothing is missing in it."""
    environment, store = context.environment, context.store
    if any(part.state != "ok" for part in store_parts(environment, store)):
        check_writable(environment, store)
    return build_report(context, Outcome())
