"""Build a lock over nodes: check, coordinate, make the view, report."""

from collections.abc import Callable
from dataclasses import replace

from sygaldry.config.resolve import Resolved
from sygaldry.flows.env.build import env_build
from sygaldry.flows.env.install import session
from sygaldry.flows.env.install.plan import BuildContext
from sygaldry.flows.env.install.refusals import refuse_to_build
from sygaldry.flows.env.install.report import build_report
from sygaldry.flows.env.spack import seed_index
from sygaldry.flows.env.spread.coordinator import Coordinator
from sygaldry.flows.env.store import check_writable
from sygaldry.host import files
from sygaldry.model.errors import BuildError
from sygaldry.model.report import Report


def env_build_spread(
    context: BuildContext,
    resolved: Resolved,
    scheduler: str,
    nodes: int,
    tools: tuple[session.Run, Callable[[str], None]],
) -> Report:
    """Build with a job a package; the view and the last check are made here. Exit code 1 when a package failed."""
    run, report_progress = tools
    environment, store = context.environment, context.store
    refuse_to_build(context, resolved)
    check_writable(environment, store)
    for folder in (store.here, store.own, store.own / "logs"):
        files.make_folder(folder)
    with files.locked(store.own / f"spread-{environment.name}.lock", wait=False) as lock:
        if lock is None:
            raise BuildError(
                f"another build of {environment.name} over nodes is running",
                hint=f"watch it: sygaldry env status {environment.argument}",
            )
        session.claim_view(environment, store)
        session.prepare_manifest(environment, report_progress)
        seed_index(store, store.here / "cache" / "misc")
        before = environment.lock_path.read_text()
        try:
            outcome = Coordinator(context, resolved, scheduler, nodes, report_progress).build()
        finally:
            session.restore_lock(environment, before, report_progress)
    if outcome.failed or not environment.manifest.view:
        return build_report(context, outcome)
    whole = env_build(
        replace(context, plan=replace(context.plan, cached={}, to_build=())), resolved, run, report_progress
    )
    return build_report(context, outcome) if whole.exit_code == 0 else whole
